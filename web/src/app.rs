//! The page, put together; and what each thing that the reader wants leads to.
//!
//! End-to-end tests find their way by these names, which stay as they are:
//! * `data-testid` of controls: `scenario`, `seed`, `new-seed`, `theme`, `open-palette`, `open-help`, `play`,
//!   `step-back`, `step-forward`, `to-start`, `to-end`, `previous-notable`, `next-notable`,
//!   `speed`, `auto-pace`, `jumps`, `open-runs`, `time-slider`, `open-actions` (small windows), `crash-leader`, `open-partition`, `raise-wall`, `heal`, `write`,
//!   `read-index`, `read-lease`, `undo`, `redo`, `compare`, and `tab-story`, `tab-nodes`,
//!   `tab-log`, `tab-rpcs`, `tab-history`, `tab-checks`;
//! * `data-testid` of what one reads: `time`, `event-count`, `next-event`, `speed-label`, `stage`,
//!   `space-time`, `space-time-box`, `runs` (its rows have `data-run`), `explanation`, `story`, `violation`, `reads-by-lease`, `reads-by-read-index`,
//!   `notice` (dismissed by `dismiss`), `announcement`, `menu`, `on-stage`, `palette`, `help`, `partition`, `panic`;
//! * the list `rpcs` (`data-message`, `data-kind`), filtered by `filter-kind` and `filter-node`, and
//!   what is chosen of it, `message`, with `go-to-sent` and `go-to-ended`;
//! * the tables `nodes` (a cell has `data-node`), `log` (a row has `data-node`, an entry `data-index`),
//!   `log-indices`, `history`
//!   (`data-operation`, `data-stale`) and `checks` (`data-property`, `data-state`), whose cells have
//!   `data-field`;
//! * on the stage, nodes are `#node-A` and so on, with `data-node` and `data-role`; an item of a
//!   menu has `data-action`, the actions' text in a link.

use crate::actions::Actions;
use crate::address::{self, Address};
use crate::announce::Announcer;
use crate::browser::{self, Listener};
use crate::carrying_out::carry_out;
use crate::command::Command;
use crate::engine::Engine;
use crate::header::Header;
use crate::help::help;
use crate::keys::{self, Focus, Held, Pressed};
use crate::overlay::Overlay;
use crate::palette::palette;
use crate::panels::{Panels, Tab};
use crate::partition_dialog::PartitionDialog;
use crate::random_seed::random_seed;
use crate::runs_dialog::runs_dialog;
use crate::session::Session;
use crate::space_time::SpaceTime;
use crate::stage::{self, Stage};
use crate::theme::Theme;
use crate::{location, panic_message, transport};
use gloo_timers::callback::Timeout;
use raft_core::Micros;
use raft_scene::Hit;
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// How long the playhead rests before the address bar names its moment.
const ADDRESS_DEBOUNCE_MILLISECONDS: u32 = 300;

/// What happens to the page.
#[derive(Clone)]
pub(crate) enum Msg {
    /// The run moved on.
    Refresh,
    /// The reader wants something of the run.
    Do(Command),
    /// The address bar changed: by hand, by a link, by Back or Forward.
    AddressChanged,
    /// A key was pressed.
    Key(KeyboardEvent),
    /// Something is to lie over the page, in place of what did.
    Open(Overlay),
    /// Nothing is to lie over the page any more.
    Close,
    /// Something is chosen, or nothing any more.
    Select(Option<Hit>),
    /// Another tab.
    Tab(Tab),
    /// A seed was typed.
    Seed(String),
    /// A fresh seed is wanted.
    NewSeed,
    /// Light or dark.
    ToggleTheme,
    /// Whether letters, digits and signs are keys.
    CharacterKeys(bool),
    /// The message was read.
    Dismiss,
}

/// The page.
pub(crate) struct App {
    session: Session,
    callbacks: Callbacks,
    /// What is wrong, for the reader.
    notices: Vec<String>,
    announcer: Announcer,
    announcement: String,
    overlay: Option<Overlay>,
    /// Whether it plays on when what lies over the page is gone.
    plays_on: bool,
    tab: Tab,
    /// What is chosen, and in which run.
    selected: Option<(u32, Hit)>,
    theme: Theme,
    has_character_keys: bool,
    /// The run that the address bar names.
    run: Address,
    address_timeout: Option<Timeout>,
    _listeners: Vec<Listener>,
}

/// What parts of the page call. Made once: a part whose properties have not changed
/// is not drawn again, and a new callback would be a change.
struct Callbacks {
    message: Callback<Msg>,
    command: Callback<Command>,
    tab: Callback<Tab>,
    select: Callback<Option<Hit>>,
    open: Callback<Overlay>,
    close: Callback<()>,
    character_keys: Callback<bool>,
}

impl Callbacks {
    fn new(link: &yew::html::Scope<App>) -> Callbacks {
        Callbacks {
            message: link.callback(|message| message),
            command: link.callback(Msg::Do),
            tab: link.callback(Msg::Tab),
            select: link.callback(Msg::Select),
            open: link.callback(Msg::Open),
            close: link.callback(|()| Msg::Close),
            character_keys: link.callback(Msg::CharacterKeys),
        }
    }
}

impl App {
    /// Does what the reader wants of the run.
    fn carry_out(&mut self, command: Command) {
        self.notices.clear();
        let result = carry_out(&self.session, command);
        if let Err(messages) = result {
            self.notices = messages;
        }
        self.session.changed();
        self.note_address();
    }

    /// Lays something over the page, or nothing. What one can do depends on the moment:
    /// the run stands still while that is shown, and plays on after.
    fn lay_over(&mut self, overlay: Option<Overlay>) {
        let stands_still = overlay.as_ref().is_some_and(Overlay::is_of_a_moment);
        self.overlay = overlay;
        if stands_still {
            let is_playing = self.session.engine().is_playing();
            self.plays_on |= is_playing;
            if is_playing {
                self.carry_out(Command::Pause);
            }
        } else if std::mem::take(&mut self.plays_on) {
            self.carry_out(Command::Play);
        }
    }

    /// Sees to it that the address bar names what is shown.
    fn note_address(&mut self) {
        let (address, is_playing) = {
            let engine = self.session.engine();
            (engine.address(), engine.is_playing())
        };
        panic_message::note(&address);
        if !address.is_same_run(&self.run) {
            self.run = Address { at: None, ..address.clone() };
            self.address_timeout = None;
            return location::visit(&address);
        }
        let at = if is_playing { None } else { address.at };
        self.address_timeout = Some(Timeout::new(ADDRESS_DEBOUNCE_MILLISECONDS, move || {
            location::refine(&Address { at, ..address });
        }));
    }

    /// The address bar changed.
    fn follow_address(&mut self) {
        let hash = location::hash();
        let (address, wrong) = match Address::read(&hash).and_then(|address| {
            address.plan()?;
            Ok(address)
        }) {
            Ok(address) => (address, Vec::new()),
            Err(messages) => (Address::default(), messages),
        };
        let is_ours = wrong.is_empty() && self.session.engine().address().hash() == hash;
        if is_ours {
            return;
        }
        self.notices = wrong;
        {
            let mut engine = self.session.engine_mut();
            if address.is_same_run(engine.run_address()) {
                if let Some(at) = address.at {
                    engine.pause();
                    engine.seek(at);
                }
            } else if let Err(messages) = engine.open(&address) {
                self.notices.extend(messages);
            }
            if address.at.is_some() {
                engine.pause();
            }
            self.run = engine.run_address().clone();
        }
        panic_message::note(&address);
        self.session.changed();
    }

    fn key(&mut self, event: &KeyboardEvent) -> bool {
        if event.alt_key() || event.default_prevented() {
            return false;
        }
        let target = event.target().and_then(|target| target.dyn_into().ok());
        let held = Held {
            shift: event.shift_key(),
            control: event.ctrl_key() || event.meta_key(),
            characters: self.has_character_keys,
        };
        let Some(pressed) = keys::pressed(&event.key(), held, Focus::of(target.as_ref())) else {
            return false;
        };
        event.prevent_default();
        match pressed {
            Pressed::Run(command) => self.carry_out(command),
            Pressed::Open(overlay) => self.lay_over(Some(overlay)),
            Pressed::Node(number) => stage::focus_node(number),
            Pressed::List => stage::focus_list(),
        }
        true
    }

    fn announce(&mut self) {
        let now = js_sys::Date::now();
        if let Some(news) = self.announcer.news(&self.session.engine(), now) {
            self.announcement = news;
        }
    }
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<App>) -> App {
        let read = Address::read(&location::hash());
        let (engine, notices) = match read.and_then(Engine::new) {
            Ok(engine) => (engine, Vec::new()),
            Err(messages) => {
                let engine = Engine::new(Address::default());
                (engine.expect("the built-in default run is right"), messages)
            }
        };
        // A link to a moment shows that moment; else it plays.
        let shows_moment = notices.is_empty() && engine.at() > Micros::ZERO;
        let session = Session::new(engine);
        session.on_refresh(ctx.link().callback(|()| Msg::Refresh));
        if !shows_moment && !browser::prefers_reduced_motion() {
            session.engine_mut().play();
            session.playback().wake();
        }
        let run = session.engine().run_address().clone();
        panic_message::note(&run);
        if notices.is_empty() && !shows_moment {
            location::refine(&run);
        }
        let mut listeners = Vec::new();
        if let Some(window) = web_sys::window() {
            let changed = ctx.link().callback(|_: web_sys::Event| Msg::AddressChanged);
            listeners.push(Listener::new(&window, "hashchange", move |event| changed.emit(event)));
            let pressed = ctx
                .link()
                .batch_callback(|event: web_sys::Event| event.dyn_into().ok().map(Msg::Key));
            listeners.push(Listener::new(&window, "keydown", move |event| pressed.emit(event)));
        }
        App {
            session,
            callbacks: Callbacks::new(ctx.link()),
            notices,
            announcer: Announcer::default(),
            announcement: String::new(),
            overlay: None,
            plays_on: false,
            tab: Tab::default(),
            selected: None,
            theme: Theme::current(),
            has_character_keys: true,
            run,
            address_timeout: None,
            _listeners: listeners,
        }
    }

    fn update(&mut self, _: &Context<App>, message: Msg) -> bool {
        match message {
            Msg::Refresh => self.announce(),
            Msg::Do(command) => self.carry_out(command),
            Msg::AddressChanged => self.follow_address(),
            Msg::Key(event) => return self.key(&event),
            Msg::Open(overlay) => self.lay_over(Some(overlay)),
            Msg::Close => self.lay_over(None),
            Msg::Tab(tab) => self.tab = tab,
            Msg::Select(chosen) => {
                let run = self.session.engine().moment().run;
                self.selected = chosen.map(|hit| (run, hit));
            }
            Msg::Seed(text) => match address::read_seed(&text) {
                Ok(seed) => self.carry_out(Command::SetSeed(seed)),
                Err(message) => self.notices = vec![message],
            },
            Msg::NewSeed => match random_seed() {
                Ok(seed) => self.carry_out(Command::SetSeed(seed)),
                Err(message) => self.notices = vec![message],
            },
            Msg::ToggleTheme => {
                self.theme = self.theme.other();
                self.theme.choose();
            }
            Msg::CharacterKeys(are_on) => self.has_character_keys = are_on,
            Msg::Dismiss => self.notices.clear(),
        }
        true
    }

    fn view(&self, _: &Context<App>) -> Html {
        let Callbacks { message, command, tab, select, open, close, character_keys } =
            &self.callbacks;
        let session = &self.session;
        let engine = session.engine();
        let moment = engine.moment();
        // In another run the same name is another message.
        let selected = self.selected.filter(|(run, _)| *run == moment.run).map(|(_, hit)| hit);
        let shown = transport::Shown {
            session: session.clone(),
            at: engine.at(),
            moment,
            is_playing: engine.is_playing(),
            speed: engine.speed(),
            is_pacing: engine.is_pacing(),
            on_command: command.clone(),
            on_open: open.clone(),
        };
        html! {
            <div class="page">
                <Header
                    source={engine.run_address().source.clone()}
                    title={engine.scenario().title.clone()}
                    seed={engine.run_address().seed}
                    can_undo={engine.can_undo()}
                    can_redo={engine.can_redo()}
                    theme={self.theme}
                    on_message={message}
                />
                { self.notice() }
                <main class="card stage-card">
                    <h2 class="visually-hidden">{ "The cluster" }</h2>
                    if !engine.scenario().settings.flaws.is_none() {
                        <p class="modified">{ "modified Raft: a rule is left out" }</p>
                    }
                    <Stage
                        session={session.clone()}
                        open={self.overlay.as_ref().and_then(Overlay::hit)}
                        on_open={open}
                        {selected}
                        on_select={select}
                        on_close={close}
                        on_command={command}
                    />
                </main>
                <Panels
                    session={session.clone()}
                    {moment}
                    at={self.tab.is_of_time().then(|| engine.at())}
                    {selected}
                    on_select={select}
                    tab={self.tab}
                    on_tab={tab}
                    on_command={command}
                />
                <section class="card transport" aria-label="Time and actions">
                    <div class="transport-row">
                        { transport::buttons(&shown) }
                        { transport::readout(&shown) }
                        <Actions
                            session={session.clone()}
                            {moment}
                            on_command={command}
                            on_open={open}
                        />
                    </div>
                    { transport::progress(&shown) }
                    <SpaceTime
                        session={session.clone()}
                        {selected}
                        on_select={select}
                        on_command={command}
                    />
                    { transport::time_slider(&shown) }
                </section>
                { help(
                    self.overlay == Some(Overlay::Help),
                    self.has_character_keys,
                    character_keys,
                    close,
                ) }
                { palette(session, self.overlay == Some(Overlay::Palette), message, close) }
                { runs_dialog(&engine, self.overlay == Some(Overlay::Runs), command, close) }
                <PartitionDialog
                    session={session.clone()}
                    is_open={self.overlay == Some(Overlay::Partition)}
                    on_command={command}
                    on_close={close}
                />
                <div class="visually-hidden" role="status" data-testid="announcement">
                    { &self.announcement }
                </div>
            </div>
        }
    }
}

impl App {
    /// What is wrong, until it is dismissed.
    fn notice(&self) -> Html {
        if self.notices.is_empty() {
            return Html::default();
        }
        html! {
            <div class="notice" role="alert" data-testid="notice">
                <div>{ for self.notices.iter().map(|notice| html! { <p>{ notice }</p> }) }</div>
                <button
                    type="button"
                    data-testid="dismiss"
                    onclick={self.callbacks.message.reform(|_: MouseEvent| Msg::Dismiss)}
                >
                    { "Dismiss" }
                </button>
            </div>
        }
    }
}
