//! The panel beside the stage: tabs.

mod checks;
mod history;
mod log;
mod long_list;
mod meanings;
mod nodes;
mod rpcs;
mod settings;
mod story;

use crate::command::Command;
use crate::engine::Moment;
use crate::later::Later;
use crate::message_list::{Filter, MessageList};
use crate::session::Session;
use raft_core::Micros;
use raft_scene::Hit;
use raft_sim::Property;
pub(crate) use rpcs::Kept;
use yew::prelude::*;

/// A tab.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Tab {
    /// What one sees, in words.
    #[default]
    Story,
    /// The state of each node.
    Nodes,
    /// The logs side by side.
    Log,
    /// Who asked whom what, and was told what.
    Rpcs,
    /// What clients asked and were told.
    History,
    /// What Raft promises, checked.
    Checks,
    /// What can be set anew, and free play.
    Settings,
}

impl Tab {
    /// All of them, as they stand beside each other.
    pub(crate) const ALL: [Tab; 7] =
        [Tab::Story, Tab::Nodes, Tab::Log, Tab::Rpcs, Tab::History, Tab::Checks, Tab::Settings];

    const LAST: Tab = Tab::ALL[Tab::ALL.len() - 1];

    /// Reads `tab=`.
    ///
    /// # Errors
    /// Which tabs there are.
    pub(crate) fn read(text: &str) -> Result<Tab, String> {
        Tab::ALL.into_iter().find(|tab| tab.id() == text).ok_or_else(|| {
            let tabs = Tab::ALL.map(Tab::id).join(", ");
            format!("There is no tab “{}”: there are {tabs}.", crate::source::shortened(text))
        })
    }

    /// Its name in a link.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Tab::Story => "story",
            Tab::Nodes => "nodes",
            Tab::Log => "log",
            Tab::Rpcs => "rpcs",
            Tab::History => "history",
            Tab::Checks => "checks",
            Tab::Settings => "settings",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Tab::Story => "Story",
            Tab::Nodes => "Nodes",
            Tab::Log => "Log",
            Tab::Rpcs => "RPCs",
            Tab::History => "History",
            Tab::Checks => "Checks",
            Tab::Settings => "Settings",
        }
    }

    /// Whether what it shows goes on between two events: clocks and timers.
    pub(crate) const fn is_of_time(self) -> bool {
        matches!(self, Tab::Nodes)
    }

    fn beside(self, step: usize) -> Tab {
        let place = Tab::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        Tab::ALL[(place + step) % Tab::ALL.len()]
    }
}

/// What the tabs need.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run.
    pub(crate) session: Session,
    /// The events that have happened: a panel is drawn again when they have changed.
    pub(crate) moment: Moment,
    /// The playhead, for a tab that shows clocks.
    pub(crate) at: Option<Micros>,
    /// The tab that is open.
    pub(crate) tab: Tab,
    /// What is chosen: a message, say. The stage and the diagram show it too.
    pub(crate) selected: Option<Hit>,
    /// Chooses something, or nothing.
    pub(crate) on_select: Callback<Option<Hit>>,
    /// Opens a tab.
    pub(crate) on_tab: Callback<Tab>,
    /// Does something with the run.
    pub(crate) on_command: Callback<Command>,
    /// The panels other than the story, once they are there.
    pub(crate) later: Option<Later>,
}

/// The tabs, and the panel of the one that is open.
#[component]
pub(crate) fn Panels(props: &Props) -> Html {
    let kept =
        Kept { filter: use_state_eq(Filter::default), messages: use_mut_ref(MessageList::default) };
    let violations = {
        let engine = props.session.engine();
        let monitors = engine.world().monitors();
        Property::ALL
            .iter()
            .filter(|property| monitors.standing(**property).violation.is_some())
            .count()
    };
    let on_key = {
        let (on_tab, tab) = (props.on_tab.clone(), props.tab);
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" => tab.beside(1),
                "ArrowLeft" => tab.beside(Tab::ALL.len() - 1),
                "Home" => Tab::Story,
                "End" => Tab::LAST,
                _ => return,
            };
            event.prevent_default();
            on_tab.emit(to);
            if let Some(element) = crate::browser::element(&format!("tab-{}", to.id())) {
                crate::browser::focus(&element);
            }
        })
    };
    let shown = match (props.tab, props.later) {
        (Tab::Story, _) => story::story(props),
        (_, Some(later)) => (later.panel)(props, &kept),
        (_, None) => html! { <p class="hint" role="status">{ "Loading…" }</p> },
    };
    let open = props.tab.id();
    html! {
        <aside class="card panels" aria-label="What happens">
            <div class="tabs" role="tablist" aria-label="Views of the run" onkeydown={on_key}>
                { for Tab::ALL.into_iter().map(|tab| tab_button(props, tab, violations)) }
            </div>
            // It can be scrolled, so the keyboard must be able to get there.
            <div
                class={classes!("panel", (props.tab == Tab::Rpcs).then_some("of-a-list"))}
                role="tabpanel"
                id={format!("panel-{open}")}
                aria-labelledby={format!("tab-{open}")}
                tabindex="0"
                data-testid={format!("panel-{open}")}
            >
                { shown }
            </div>
        </aside>
    }
}

/// A panel other than the story.
pub(crate) fn panel(props: &Props, kept: &Kept) -> Html {
    match props.tab {
        Tab::Story => Html::default(),
        Tab::Nodes => html! {
            <nodes::Nodes
                session={props.session.clone()}
                moment={props.moment}
                at={props.at.unwrap_or_default()}
            />
        },
        Tab::Log => log::log(props),
        Tab::Rpcs => rpcs::rpcs(props, kept),
        Tab::History => history::history(props),
        Tab::Checks => html! { <checks::Checks ..props.clone() /> },
        Tab::Settings => html! { <settings::Settings ..props.clone() /> },
    }
}

fn tab_button(props: &Props, tab: Tab, violations: usize) -> Html {
    let is_open = tab == props.tab;
    html! {
        <button
            type="button"
            role="tab"
            id={format!("tab-{}", tab.id())}
            data-testid={format!("tab-{}", tab.id())}
            aria-selected={if is_open { "true" } else { "false" }}
            aria-controls={is_open.then(|| format!("panel-{}", tab.id()))}
            tabindex={if is_open { "0" } else { "-1" }}
            onclick={props.on_tab.reform(move |_: MouseEvent| tab)}
        >
            { tab.title() }
            if tab == Tab::Checks && violations > 0 {
                <span class="badge">
                    { violations }<span class="visually-hidden">{ " violated" }</span>
                </span>
            }
        </button>
    }
}

/// A sentence, and a way to the moment of which it tells.
fn moment(props: &Props, at: Micros, event: u64, text: String) -> Html {
    html! {
        <li>
            <button
                type="button"
                class="moment"
                title="Go to this moment"
                onclick={props.on_command.reform(move |_: MouseEvent| Command::SeekEvent(event))}
            >
                { at.to_string() }
            </button>
            <span>{ text }</span>
        </li>
    }
}

/// A time without its unit, which stands at the head of the column or the rows.
fn milliseconds(time: Micros) -> String {
    time.to_string().trim_end_matches(" ms").to_owned()
}
