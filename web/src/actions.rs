//! Buttons for what one does to the cluster as a whole, at the playhead.

use crate::browser;
use crate::command::Command;
use crate::engine::Moment;
use crate::offers;
use crate::overlay::Overlay;
use crate::session::Session;
use raft_core::ReadMode;
use raft_sim::{Action, Who};
use yew::prelude::*;

/// What the buttons need.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run.
    pub(crate) session: Session,
    /// The events that have happened.
    pub(crate) moment: Moment,
    /// Does something with the run.
    pub(crate) on_command: Callback<Command>,
    /// Lays something over the page.
    pub(crate) on_open: Callback<Overlay>,
    /// What the button is called that they are behind where there is little room.
    #[prop_or("Act")]
    pub(crate) together: &'static str,
}

/// The buttons.
#[component]
pub(crate) fn Actions(props: &Props) -> Html {
    // Only where there is little room are they behind a button: see style.css.
    let is_open = use_state(|| false);
    let toggle_button = use_node_ref();
    let engine = props.session.engine();
    let world = engine.world();
    let has_leases = offers::has_leases(world);
    let is_whole = offers::is_whole(world);
    let button = |id: &'static str,
                  sign: &'static str,
                  name: &'static str,
                  hint: &'static str,
                  is_off: bool,
                  command: Command| {
        html! {
            <button
                type="button"
                data-testid={id}
                title={hint}
                disabled={is_off}
                onclick={props.on_command.reform(move |_: MouseEvent| command.clone())}
            >
                <span aria-hidden="true">{ sign }</span>{ name }
            </button>
        }
    };
    let act = |action| Command::Act(action);
    let read = |mode| act(Action::Read { from: Who::Leader, mode });
    let no_leader = world.leader().is_none();
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    // A choice closes them, and so does Escape: what had the focus is then gone from sight.
    let shut = {
        let (is_open, toggle_button) = (is_open.clone(), toggle_button.clone());
        move || {
            if *is_open {
                is_open.set(false);
                if let Some(button) = toggle_button.cast::<web_sys::Element>() {
                    browser::focus(&button);
                }
            }
        }
    };
    let close = {
        let shut = shut.clone();
        Callback::from(move |_: MouseEvent| shut())
    };
    let on_key = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            shut();
        }
    });
    html! {
        <div class="actions-place" onkeydown={on_key}>
        <button
            ref={toggle_button}
            type="button"
            class="actions-toggle"
            data-testid="open-actions"
            aria-expanded={if *is_open { "true" } else { "false" }}
            aria-controls="actions"
            onclick={toggle}
        >
            <span aria-hidden="true">{ "⚡ " }</span><span class="long">{ props.together }</span>
        </button>
        <div
            id="actions"
            class={classes!("actions", is_open.then_some("open"))}
            role="group"
            aria-label="Do something to the cluster"
            onclick={close}
        >
            { button("crash-leader", "⚡ ", "Crash leader", "The leader loses power",
                no_leader, act(Action::Crash(Who::Leader))) }
            <button
                type="button"
                data-testid="open-partition"
                title="Put walls between groups of nodes"
                onclick={props.on_open.reform(|_: MouseEvent| Overlay::Partition)}
            >
                <span aria-hidden="true">{ "✂ " }</span>{ "Partition…" }
            </button>
            { button("heal", "", "Heal", "Take down every wall and mend every link",
                is_whole, act(Action::Heal)) }
            { button("write", "✎ ", "Write", "A client writes through the leader",
                no_leader, act(Action::Write(Who::Leader))) }
            { button("read-index", "", "Read by ReadIndex",
                "A client reads from the leader, which first asks a majority whether it still leads",
                no_leader, read(ReadMode::ReadIndex)) }
            if has_leases {
                { button("read-lease", "", "Read by lease",
                    "A client reads from the leader, which answers at once while its lease holds",
                    no_leader, read(ReadMode::Lease)) }
            }
        </div>
        </div>
    }
}
