//! The page as it is inside another: the stage, a short story, a slim transport, and the
//! way to the full page. What is where and how large, style.css says (`.embed`).

use crate::actions::Actions;
use crate::embed::{Beside, Embed};
use crate::engine::Engine;
use crate::later::Later;
use crate::overlay::Overlay;
use crate::panels::{Panels, Tab};
use crate::session::Session;
use crate::space_time::SpaceTime;
use crate::transport::{self, Shown};
use raft_scene::Hit;
use yew::prelude::*;

/// How many of the last things that happened the story tells.
const MOST_SENTENCES: usize = 3;

/// What an embed shows beside the stage and below it.
pub(crate) struct Around<'a> {
    /// How the page is shown inside another.
    pub(crate) embed: &'a Embed,
    /// The run, and where in it.
    pub(crate) shown: &'a Shown,
    /// The full page at this very state, where it has an address.
    pub(crate) full_page: Option<String>,
    /// The tab that is open.
    pub(crate) tab: Tab,
    /// What is chosen.
    pub(crate) selected: Option<Hit>,
    /// Chooses something, or nothing.
    pub(crate) on_select: &'a Callback<Option<Hit>>,
    /// Opens a tab.
    pub(crate) on_tab: &'a Callback<Tab>,
    /// Lays something over the page.
    pub(crate) on_open: &'a Callback<Overlay>,
    /// What comes later, once it is there.
    pub(crate) later: Option<Later>,
}

/// All that is around the stage.
pub(crate) fn around(around: &Around<'_>) -> Html {
    let Around { embed, shown, tab, selected, on_select, on_tab, later, .. } = around;
    let session = &shown.session;
    html! {
        <>
            { match embed.beside {
                Beside::Story => story(&session.engine()),
                Beside::Tabs => html! {
                    <Panels
                        session={session.clone()}
                        moment={shown.moment}
                        at={tab.is_of_time().then_some(shown.at)}
                        tab={*tab}
                        selected={*selected}
                        on_select={*on_select}
                        on_tab={*on_tab}
                        on_command={&shown.on_command}
                        later={*later}
                    />
                },
                Beside::Nothing => Html::default(),
            } }
            { transport(around, session, 0) }
        </>
    }
}

/// The controls, and the diagram of a run; `key` tells runs apart.
pub(crate) fn transport(around: &Around<'_>, of: &Session, key: u32) -> Html {
    let Around { embed, shown, full_page, selected, on_select, on_open, .. } = around;
    let session = &shown.session;
    html! {
        <>
            if embed.has_controls || embed.has_timeline {
                <section class="transport" aria-label="Time and actions">
                    if embed.has_controls {
                        <div class="transport-row">
                            { transport::buttons(shown) }
                            { transport::readout(shown) }
                            <Actions
                                session={session.clone()}
                                moment={shown.moment}
                                on_command={&shown.on_command}
                                on_open={*on_open}
                                together="Break it"
                            />
                            if let Some(full_page) = full_page {
                                <a
                                    class="button"
                                    href={full_page.clone()}
                                    target="_blank"
                                    rel="noopener"
                                    title="The full page, at this moment"
                                    data-testid="open-full"
                                >
                                    <span class="long">{ "Open full " }</span>
                                    <span aria-hidden="true">{ "↗" }</span>
                                </a>
                            }
                        </div>
                    }
                    if embed.has_timeline {
                        <SpaceTime
                            {key}
                            session={of.clone()}
                            selected={*selected}
                            on_select={*on_select}
                            on_command={&shown.on_command}
                            until={of.engine().horizon().map(|it| it.at)}
                        />
                    }
                </section>
            }
        </>
    }
}

/// What one sees, in a few words: a violation if there is one, else what the scenario is
/// about, and the last things that happened.
fn story(engine: &Engine) -> Html {
    let scenario = engine.scenario();
    let lately = engine.lately();
    let violations = engine.index().violations_by(engine.events());
    html! {
        <aside class="card story-card" aria-label="What happens" data-testid="embed-story">
            <h2>{ &scenario.title }</h2>
            if let Some(violation) = violations.first() {
                <p class="violation-line" data-testid="violation">
                    <b>{ violation.heading_and_text().0 }</b>
                    { ": " }
                    { violation.heading_and_text().1 }
                </p>
            } else {
                <p class="summary">{ &scenario.summary }</p>
            }
            <ol reversed=true>
                { for lately.sentences().iter().take(MOST_SENTENCES).map(|sentence| html! {
                    <li>
                        <b>{ format!("{}  ", sentence.at) }</b>{ &sentence.text }
                    </li>
                }) }
            </ol>
        </aside>
    }
}
