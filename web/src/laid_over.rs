//! The dialogs that lie over the page, one at a time.

use crate::address::Address;
use crate::app::Callbacks;
use crate::help::help;
use crate::overlay::Overlay;
use crate::palette::palette;
use crate::partition_dialog::PartitionDialog;
use crate::runs_dialog::runs_dialog;
use crate::session::Session;
use crate::share::ShareDialog;
use yew::prelude::*;

/// What they need to know.
pub(crate) struct LaidOver<'a> {
    /// The run.
    pub(crate) session: &'a Session,
    /// Which of them is open.
    pub(crate) overlay: Option<Overlay>,
    /// What to share; nothing inside another page.
    pub(crate) address: Option<Address>,
    /// Whether letters, digits and signs are keys.
    pub(crate) has_character_keys: bool,
    /// What they call.
    pub(crate) callbacks: &'a Callbacks,
}

/// All of them; those that are closed too, which the browser then keeps hidden.
pub(crate) fn laid_over(over: &LaidOver<'_>) -> Html {
    let LaidOver { session, overlay, address, has_character_keys, callbacks } = over;
    let Callbacks { message, command, close, character_keys, .. } = callbacks;
    let is_open = |one: Overlay| *overlay == Some(one);
    html! {
        <>
            { help(is_open(Overlay::Help), *has_character_keys, character_keys, close) }
            { palette(session, is_open(Overlay::Palette), message, close) }
            { runs_dialog(&session.engine(), is_open(Overlay::Runs), command, close) }
            if let Some(address) = address {
                <ShareDialog
                    address={is_open(Overlay::Share).then(|| address.clone())}
                    title={session.engine().scenario().title.clone()}
                    on_close={close}
                />
            }
            <PartitionDialog
                session={(*session).clone()}
                is_open={is_open(Overlay::Partition)}
                on_command={command}
                on_close={close}
            />
        </>
    }
}
