//! The page and a lesson: reached through what comes later only, so that the first load does
//! without.

use super::App;
use crate::address::Address;
use crate::command::Command;
use crate::lesson::{self, Wish};
use raft_core::Micros;

/// Opens the lesson of the run, if it has one that is not open; has the one that is open take note
/// of where the run is.
pub(crate) fn keep(app: &mut App) {
    let text = app.session.engine().run_address().lesson.as_ref().map(|it| it.text.clone());
    if app.player.as_ref().map(|(open, _)| open) != text.as_ref() {
        let opened = lesson::open(&app.session, &app.callbacks.message, app.embed.is_some());
        app.player = text.zip(opened);
        if app.player.is_none() {
            app.session.engine_mut().set_stops(None, None);
        }
    }
    if let Some((_, player)) = &mut app.player
        && let Some(tab) = player.keep_up(&app.session, app.tab)
    {
        app.tab = tab;
    }
}

/// Says in an address where in its lesson one is.
pub(crate) fn name_place(app: &App, address: &mut Address) {
    // The run may be another by now, of which no lesson tells.
    if let Some((text, player)) = &app.player
        && address.lesson_text() == Some(text)
    {
        player.name_place(address);
    }
}

/// The page went to an address: to its step, where the lesson was open already.
pub(crate) fn follow(app: &mut App, address: &Address) {
    let Some(place) = &address.lesson else { return };
    app.session.engine_mut().pause();
    if let Some((text, player)) = &mut app.player
        && *text == place.text
        && let Some(step) = &place.step
        && address.at.is_none()
    {
        player.go_to(step, &app.session);
    }
}

/// Does what the reader wants of the lesson.
pub(crate) fn grant(app: &mut App, wish: Wish) {
    app.starts_in_view = false;
    let Some((_, player)) = &mut app.player else { return };
    let address = player.grant(wish, &app.session);
    if let Some(address) = address {
        let step = address.lesson.as_ref().and_then(|place| place.step.clone());
        app.carry_out(Command::Visit(address, Micros::ZERO));
        keep(app);
        if let (Some((_, player)), Some(step)) = (&mut app.player, step) {
            player.go_to(&step, &app.session);
        }
    }
    keep(app);
    app.session.changed();
    app.note_address();
}
