//! The page, put together; and what each thing that the reader wants leads to.
//!
//! End-to-end tests find their way by these names, which stay as they are:
//! * `data-testid` of controls: `scenario`, `seed`, `new-seed`, `theme`, `open-help`, `play`,
//!   `step-back`, `step-forward`, `to-start`, `to-end`, `previous-notable`, `next-notable`,
//!   `speed`, `time-slider`, `open-actions` (small windows), `crash-leader`, `open-partition`, `raise-wall`, `heal`, `write`,
//!   `read-index`, `read-lease`, `undo`, `redo`, `compare`, and `tab-story`, `tab-nodes`,
//!   `tab-rpcs`, `tab-history`, `tab-checks`;
//! * `data-testid` of what one reads: `time`, `event-count`, `next-event`, `speed-label`, `stage`,
//!   `space-time`, `explanation`, `story`, `violation`, `reads-by-lease`, `reads-by-read-index`,
//!   `notice` (dismissed by `dismiss`), `announcement`, `node-menu`, `help`, `partition`, `panic`;
//! * the tables `nodes` (a row has `data-node`), `rpcs` (`data-message`, `data-kind`), `history`
//!   (`data-operation`, `data-stale`) and `checks` (`data-property`, `data-state`), whose cells have
//!   `data-field`;
//! * on the stage, nodes are `#node-A` and so on, with `data-node` and `data-role`; an item of the
//!   node's menu has `data-action`, the action's text in a link.

use crate::actions::Actions;
use crate::address::{self, Address};
use crate::announce::Announcer;
use crate::browser::{self, Listener};
use crate::command::{Command, Way};
use crate::engine::Engine;
use crate::header::Header;
use crate::help::help;
use crate::keys::{self, Focus, Pressed};
use crate::node_menu::NodeMenu;
use crate::panels::{Panels, Tab};
use crate::partition_dialog::PartitionDialog;
use crate::random_seed::random_seed;
use crate::session::Session;
use crate::space_time::SpaceTime;
use crate::stage::{self, Stage};
use crate::theme::Theme;
use crate::{location, panic_message, transport};
use gloo_timers::callback::Timeout;
use raft_core::{Micros, NodeId};
use wasm_bindgen::JsCast;
use yew::prelude::*;

/// How long the playhead rests before the address bar names its moment.
const ADDRESS_DEBOUNCE_MILLISECONDS: u32 = 300;

/// What happens to the page.
pub(crate) enum Msg {
    /// The run moved on.
    Refresh,
    /// The reader wants something of the run.
    Do(Command),
    /// The address bar changed: by hand, by a link, by Back or Forward.
    AddressChanged,
    /// A key was pressed.
    Key(KeyboardEvent),
    /// A node's menu is to open, or close.
    Menu(Option<NodeId>),
    /// The help is to open, or close.
    Help(bool),
    /// The dialog for walls is to open, or close.
    Partition(bool),
    /// Another tab.
    Tab(Tab),
    /// A seed was typed.
    Seed(String),
    /// A fresh seed is wanted.
    NewSeed,
    /// Light or dark.
    ToggleTheme,
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
    menu: Option<NodeId>,
    is_help_open: bool,
    is_partition_open: bool,
    /// Whether it plays on when a menu or a dialog closes.
    plays_on: bool,
    tab: Tab,
    theme: Theme,
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
    open_menu: Callback<NodeId>,
    close_menu: Callback<()>,
    open_partition: Callback<()>,
    close_partition: Callback<()>,
    close_help: Callback<()>,
}

impl Callbacks {
    fn new(link: &yew::html::Scope<App>) -> Callbacks {
        Callbacks {
            message: link.callback(|message| message),
            command: link.callback(Msg::Do),
            tab: link.callback(Msg::Tab),
            open_menu: link.callback(|node| Msg::Menu(Some(node))),
            close_menu: link.callback(|()| Msg::Menu(None)),
            open_partition: link.callback(|()| Msg::Partition(true)),
            close_partition: link.callback(|()| Msg::Partition(false)),
            close_help: link.callback(|()| Msg::Help(false)),
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

    /// What one can do depends on the moment: it stands still while a menu or a dialog
    /// shows it, and plays on after.
    fn stand_still(&mut self, is_open: bool) {
        if is_open {
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
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() {
            return false;
        }
        let target = event.target().and_then(|target| target.dyn_into().ok());
        let Some(pressed) =
            keys::pressed(&event.key(), event.shift_key(), focus_of(target.as_ref()))
        else {
            return false;
        };
        event.prevent_default();
        match pressed {
            Pressed::Run(command) => self.carry_out(command),
            Pressed::Help => self.is_help_open = true,
            Pressed::Node(number) => stage::focus_node(number),
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

/// What has the focus, as far as keys are concerned.
fn focus_of(target: Option<&web_sys::Element>) -> Focus {
    let Some(target) = target else { return Focus::Page };
    let is_in = |selector| target.closest(selector).ok().flatten().is_some();
    if is_in("[data-testid=time-slider]") {
        Focus::TimeSlider
    } else if is_in("[role=tab], input[type=range]") {
        Focus::Arrows
    } else if is_in("dialog, [role=menu], select, textarea, input") {
        Focus::Everything
    } else if is_in("button, a, [role=button], summary") {
        Focus::Button
    } else {
        Focus::Page
    }
}

fn carry_out(session: &Session, command: Command) -> Result<(), Vec<String>> {
    let mut engine = session.engine_mut();
    match command {
        Command::TogglePlaying if engine.is_playing() => engine.pause(),
        Command::TogglePlaying | Command::Play => engine.play(),
        Command::Pause => engine.pause(),
        Command::SetSpeed(speed) => engine.set_speed(speed),
        Command::Faster => {
            let faster = engine.speed().faster();
            engine.set_speed(faster);
        }
        Command::Slower => {
            let slower = engine.speed().slower();
            engine.set_speed(slower);
        }
        Command::Seek(at) => engine.seek(at),
        Command::Undo => engine.undo(),
        Command::Redo => engine.redo(),
        Command::Act(action) => engine.act(action).map_err(|message| vec![message])?,
        Command::OpenScenario(scenario) => {
            let seed = engine.run_address().seed;
            let address = Address { scenario, seed, ..Address::default() };
            begin(&mut engine, &address)?;
        }
        Command::SetSeed(seed) => {
            let scenario = engine.run_address().scenario.clone();
            begin(&mut engine, &Address { scenario, seed, ..Address::default() })?;
        }
        Command::Compare(scenario) => {
            let at = engine.at();
            let mut address = Address { scenario, at: None, ..engine.address() };
            if address.plan().is_err() {
                address.interventions.clear();
            }
            engine.open(&address)?;
            engine.seek(at);
        }
        Command::Step(_)
        | Command::Notable(_)
        | Command::ToStart
        | Command::ToEnd
        | Command::SeekEvent(_) => {
            // Who goes to a moment wants to look at it.
            engine.pause();
            match command {
                Command::Step(Way::Forward) => engine.step_forward(),
                Command::Step(Way::Back) => engine.step_back(),
                Command::Notable(Way::Forward) => engine.next_notable(),
                Command::Notable(Way::Back) => engine.previous_notable(),
                Command::SeekEvent(event) => engine.seek_event(event),
                Command::ToEnd => engine.seek(Micros::MAX),
                _ => engine.seek(Micros::ZERO),
            }
        }
    }
    Ok(())
}

/// Opens another run, and plays it from its beginning.
fn begin(engine: &mut Engine, address: &Address) -> Result<(), Vec<String>> {
    engine.open(address)?;
    engine.seek(Micros::ZERO);
    if !browser::prefers_reduced_motion() {
        engine.play();
    }
    Ok(())
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
            menu: None,
            is_help_open: false,
            is_partition_open: false,
            plays_on: false,
            tab: Tab::default(),
            theme: Theme::current(),
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
            Msg::Menu(node) => {
                self.menu = node;
                self.stand_still(node.is_some());
            }
            Msg::Help(is_open) => self.is_help_open = is_open,
            Msg::Partition(is_open) => {
                self.is_partition_open = is_open;
                self.stand_still(is_open);
            }
            Msg::Tab(tab) => self.tab = tab,
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
            Msg::Dismiss => self.notices.clear(),
        }
        true
    }

    fn view(&self, _: &Context<App>) -> Html {
        let Callbacks { message, command, tab, .. } = &self.callbacks;
        let session = &self.session;
        let engine = session.engine();
        let moment = engine.moment();
        let shown = transport::Shown {
            session: session.clone(),
            at: engine.at(),
            moment,
            is_playing: engine.is_playing(),
            speed: engine.speed(),
            on_command: command.clone(),
        };
        html! {
            <div class="page">
                <Header
                    scenario={engine.scenario().name.clone()}
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
                        open={self.menu}
                        on_open={&self.callbacks.open_menu}
                    />
                    if let Some(node) = self.menu {
                        <NodeMenu
                            session={session.clone()}
                            {node}
                            on_command={command}
                            on_close={&self.callbacks.close_menu}
                        />
                    }
                </main>
                <Panels
                    session={session.clone()}
                    {moment}
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
                            on_partition={&self.callbacks.open_partition}
                        />
                    </div>
                    { transport::progress(&shown) }
                    <SpaceTime session={session.clone()} on_command={command} />
                    { transport::time_slider(&shown) }
                </section>
                { help(self.is_help_open, &self.callbacks.close_help) }
                <PartitionDialog
                    session={session.clone()}
                    is_open={self.is_partition_open}
                    on_command={command}
                    on_close={&self.callbacks.close_partition}
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
