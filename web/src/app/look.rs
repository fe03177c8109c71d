//! What the page looks like: its parts, put together.

use super::{App, Callbacks, Fetching, Msg};
use crate::actions::Actions;
use crate::embed::Embed;
use crate::embed_page::{self, Around};
use crate::header::Header;
use crate::laid_over::LaidOver;
use crate::overlay::Overlay;
use crate::panels::Panels;
use crate::space_time::SpaceTime;
use crate::stage::Stage;
use crate::{location, transport};
use raft_core::NodeSet;
use raft_scene::Hit;
use yew::prelude::*;

/// What a lesson adds to the stage.
#[derive(Default)]
pub(crate) struct StageOf {
    /// The nodes that one should look at.
    pub(crate) lit: NodeSet,
    /// What opening something is for, if not its menu.
    pub(crate) on_open: Option<Callback<Overlay>>,
    /// What stands above it.
    pub(crate) caption: Html,
}

impl App {
    /// The page as it is now.
    pub(super) fn look(&self) -> Html {
        let engine = self.session.engine();
        let shown = transport::Shown {
            session: self.session.clone(),
            at: engine.at(),
            moment: engine.moment(),
            is_playing: engine.is_playing(),
            speed: engine.speed(),
            is_pacing: engine.is_pacing(),
            on_command: self.callbacks.command.clone(),
            on_open: self.callbacks.open.clone(),
        };
        drop(engine);
        if let Some(embed) = &self.embed {
            return self.embedded(embed, &shown);
        }
        if let Some((_, player)) = &self.player {
            return player.look(self, &shown);
        }
        html! {
            <div class="page">
                { self.header() }
                { self.notice() }
                { self.stage(StageOf::default()) }
                { self.panels(&shown) }
                { self.transport(&shown) }
                { self.laid_over() }
            </div>
        }
    }

    pub(crate) fn header(&self) -> Html {
        let engine = self.session.engine();
        html! {
            <Header
                key={self.given_up}
                source={engine.run_address().source.clone()}
                lesson={self.player.as_ref().map(|(text, _)| text.clone())}
                later={self.later()}
                title={engine.scenario().title.clone()}
                seed={engine.run_address().seed}
                can_undo={engine.can_undo()}
                can_redo={engine.can_redo()}
                theme={self.theme}
                on_message={&self.callbacks.message}
            />
        }
    }

    pub(crate) fn panels(&self, shown: &transport::Shown) -> Html {
        html! {
            <Panels
                session={self.session.clone()}
                moment={shown.moment}
                at={self.tab.is_of_time().then_some(shown.at)}
                selected={self.selected()}
                on_select={&self.callbacks.select}
                tab={self.tab}
                on_tab={&self.callbacks.tab}
                on_command={&self.callbacks.command}
                later={self.later()}
            />
        }
    }

    /// Time and actions.
    pub(crate) fn transport(&self, shown: &transport::Shown) -> Html {
        let Callbacks { command, select, open, .. } = &self.callbacks;
        html! {
            <section class="card transport" aria-label="Time and actions">
                <div class="transport-row">
                    { transport::buttons(shown) }
                    { transport::readout(shown) }
                    <Actions
                        session={self.session.clone()}
                        moment={shown.moment}
                        on_command={command}
                        on_open={open}
                    />
                </div>
                { transport::progress(shown) }
                <SpaceTime
                    session={self.session.clone()}
                    selected={self.selected()}
                    on_select={select}
                    on_command={command}
                    until={self.session.engine().horizon().map(|it| it.at)}
                />
                { transport::time_slider(shown) }
            </section>
        }
    }

    /// The page as it is inside another.
    fn embedded(&self, embed: &Embed, shown: &transport::Shown) -> Html {
        let around = Around {
            embed,
            shown,
            full_page: location::full_link(&self.address()),
            tab: self.tab,
            selected: self.selected(),
            on_select: &self.callbacks.select,
            on_tab: &self.callbacks.tab,
            on_open: &self.callbacks.open,
            later: self.later(),
        };
        let shown = match &self.player {
            Some((_, player)) => player.embedded(self, &around),
            None => html! {
                <>
                    { self.stage(StageOf::default()) }
                    { embed_page::around(&around) }
                </>
            },
        };
        html! {
            <div class="page" ref={self.page.clone()}>
                { self.notice() }
                { shown }
                { self.laid_over() }
            </div>
        }
    }

    /// What is chosen in this run.
    fn selected(&self) -> Option<Hit> {
        let now = self.session.engine().moment().run;
        self.selected.filter(|(run, _)| *run == now).map(|(_, hit)| hit)
    }

    /// The cluster, and the menu of what is on it.
    pub(crate) fn stage(&self, of: StageOf) -> Html {
        let Callbacks { command, select, open, close, .. } = &self.callbacks;
        let session = &self.session;
        html! {
            <main class="card stage-card">
                if self.embed.is_some() {
                    <h1 class="visually-hidden">{ "Raftlab" }</h1>
                }
                <h2 class="visually-hidden">{ "The cluster" }</h2>
                { of.caption }
                if session.engine().world().is_modified_raft() {
                    <p class="modified">{ "modified Raft: a rule is left out" }</p>
                }
                <Stage
                    session={session.clone()}
                    open={self.overlay.as_ref().and_then(Overlay::hit)}
                    on_open={of.on_open.as_ref().unwrap_or(open)}
                    selected={self.selected()}
                    on_select={select}
                    on_close={close}
                    on_command={command}
                    later={self.later()}
                    lit={of.lit}
                />
            </main>
        }
    }

    /// What lies over the page, and what is said to who can't see it.
    pub(crate) fn laid_over(&self) -> Html {
        let over = self.later().map(|later| {
            (later.laid_over)(&LaidOver {
                session: &self.session,
                overlay: self.overlay,
                address: self.embed.is_none().then(|| self.address()),
                has_character_keys: self.has_character_keys,
                callbacks: &self.callbacks,
            })
        });
        html! {
            <>
                { over.unwrap_or_default() }
                <div class="visually-hidden" role="status" data-testid="announcement">
                    { &self.announcement }
                </div>
            </>
        }
    }

    /// What is wrong, until it is dismissed; what did not come that is wanted, until it does.
    pub(crate) fn notice(&self) -> Html {
        let button = |name: &'static str, text: &'static str, message: fn() -> Msg| {
            let onclick = self.callbacks.message.reform(move |_: MouseEvent| message());
            html! { <button type="button" data-testid={name} {onclick}>{ text }</button> }
        };
        let is_missed = self.embed.is_some() || self.wants_more();
        if matches!(self.later, Fetching::Failed) && is_missed {
            return html! {
                <div class="notice" role="alert" data-testid="not-loaded">
                    <div><p>{ "A part of the page could not be loaded." }</p></div>
                    { button("load-again", "Try again", || Msg::Fetch) }
                    { button("do-without", "Not now", || Msg::DoWithout) }
                </div>
            };
        }
        if self.notices.is_empty() {
            return Html::default();
        }
        html! {
            <div class="notice" role="alert" data-testid="notice">
                <div>{ for self.notices.iter().map(|notice| html! { <p>{ notice }</p> }) }</div>
                { button("dismiss", "Dismiss", || Msg::Dismiss) }
            </div>
        }
    }
}
