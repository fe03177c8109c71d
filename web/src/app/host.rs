//! An embed and the page around it: what that is told, and what is done for it.

use super::{App, Msg};
use crate::browser::Listener;
use crate::carrying_out::carry_out;
use crate::command::Command;
use crate::host_channel::Heard;
use crate::host_page::{Told, Wanted};
use crate::later::Later;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

impl App {
    /// Opens the way to it, if this page is inside another, and says where the run is.
    pub(super) fn open_host(&mut self, later: Later, ctx: &Context<App>) {
        let Some(embed) = &self.embed else { return };
        let Some(host) = (later.host)(embed, ctx.link().callback(Msg::Host)) else { return };
        if let Some(window) = web_sys::window() {
            let resized = ctx.link().callback(|_: web_sys::Event| Msg::Resized);
            self.listeners.push(Listener::new(&window, "resize", move |event| resized.emit(event)));
        }
        host.tell(&Told::ready(&self.session.engine()));
        if !self.notices.is_empty() {
            host.tell(&Told::error(&self.notices));
        }
        self.host = Some(host);
        self.tell_size();
    }

    /// Tells it what is new.
    pub(super) fn tell_host(&mut self, ctx: &Context<App>) {
        let Some(host) = &self.host else { return };
        let (news, again) = self.news.of(&self.session.engine(), js_sys::Date::now());
        for told in &news {
            host.tell(told);
        }
        let link = ctx.link().clone();
        self.news_timeout = again.map(|milliseconds| {
            Timeout::new(milliseconds as u32 + 1, move || link.send_message(Msg::Refresh))
        });
    }

    /// Tells it how high the frame should be.
    pub(super) fn tell_size(&mut self) {
        let width = web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64());
        if let (Some(host), Some(embed), Some(width)) = (&self.host, &self.embed, width) {
            let height = embed.wished_height(width as u32, self.player.is_some());
            if self.told_height.replace(height) != Some(height) {
                host.tell(&Told::resize(height));
            }
        }
    }

    /// Does what it asks for, and answers.
    pub(super) fn answer(&mut self, heard: Heard) {
        let id = heard.id;
        let done = match heard.wanted {
            Ok(None) => return,
            Ok(Some(wanted)) => self.grant(wanted),
            Err(messages) => Err(messages),
        };
        let Some(host) = &self.host else { return };
        match done {
            Ok(()) if id.is_some() => {
                host.tell(&Told { id, ..Told::state(&self.session.engine()) });
            }
            Ok(()) => {}
            Err(messages) => host.tell(&Told { id, ..Told::error(&messages) }),
        }
    }

    /// What is wrong is for the author of the host page, not for the reader.
    fn grant(&mut self, wanted: Wanted) -> Result<(), Vec<String>> {
        let (address, commands) = match wanted {
            Wanted::State => return Ok(()),
            Wanted::Do(command) => (None, vec![command]),
            Wanted::Step(by) => (None, vec![self.step(by)]),
            Wanted::Load(address) => (Some(address), Vec::new()),
            Wanted::Restore(address, commands) => (address, commands),
        };
        let mut done = Ok(());
        if let Some(address) = address {
            self.tab = address.tab;
            {
                let mut engine = self.session.engine_mut();
                done = engine.open(&address);
                if address.at.is_some() {
                    engine.pause();
                }
            }
            // The lesson of that run, if it has one.
            if done.is_ok() {
                self.keep_lesson();
                self.follow_lesson(&address);
            }
        }
        for command in commands {
            done = done.and_then(|()| carry_out(&self.session, command));
        }
        // What is refused changes nothing.
        self.starts_in_view &= done.is_err();
        self.session.changed();
        self.note_address();
        done
    }

    /// To the event that is so many further; past the last one, to the end.
    fn step(&self, by: i64) -> Command {
        let engine = self.session.engine();
        match engine.events().saturating_add_signed(by) {
            event if event > engine.timeline().events() => Command::ToEnd,
            event => Command::SeekEvent(event),
        }
    }
}
