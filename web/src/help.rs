//! The help: what one sees, and the keys.

use crate::dialog::Dialog;
use crate::keys;
use yew::prelude::*;

/// The help.
pub(crate) fn help(
    is_open: bool,
    has_character_keys: bool,
    on_character_keys: &Callback<bool>,
    on_close: &Callback<()>,
) -> Html {
    let switch = on_character_keys.reform(move |_: Event| !has_character_keys);
    html! {
        <Dialog
            id="help"
            title="What you see, and the keys"
            {is_open}
            on_close={on_close.clone()}
        >
            <p>
                { "A real Raft cluster, simulated: the same link gives the same run, always. \
                   The ring around a follower is the time left before it stands for election; \
                   around a leader, until its next heartbeats, or what is left of its lease. \
                   Beside each node is its log, filled where it is committed. \
                   Whatever you do to the cluster begins a new run from that moment on; \
                   Undo, or your browser's Back, returns to the one before." }
            </p>
            <p class="shapes">{ crate::stage::legend() }</p>
            <dl class="keys">
                { for keys::told().map(|(key, what)| html! {
                    <div><dt>{ key }</dt><dd>{ what }</dd></div>
                }) }
            </dl>
            <label class="switch">
                <input
                    type="checkbox"
                    data-testid="character-keys"
                    checked={has_character_keys}
                    onchange={switch}
                />
                { " Letters, digits and signs are keys" }
            </label>
            <div class="dialog-buttons">
                <button
                    type="button"
                    class="primary"
                    onclick={on_close.reform(|_: MouseEvent| ())}
                >
                    { "Close" }
                </button>
            </div>
        </Dialog>
    }
}
