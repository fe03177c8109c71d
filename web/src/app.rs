//! The page, put together; and what each thing that the reader wants leads to.
//!
//! End-to-end tests find their way by these names, which stay as they are:
//! * in the dialog `files-dialog`, which `open-files` opens: `choose-file`, `pasted`, `open-pasted`, `toml`, `json`,
//!   `jsonl`, `figure`, `files-status`, `files-wrong`, `verdict`, `written`, `copy-written`, `drawn`, `view`, `colours`,
//!   `moment` and `save-ENDING`;
//! * `data-testid` of controls: `scenario`, `seed`, `new-seed`, `theme`, `course`, `open-palette`, `share`, `open-help`, `play`,
//!   `step-back`, `step-forward`, `to-start`, `to-end`, `previous-notable`, `next-notable`,
//!   `speed`, `auto-pace`, `jumps`, `open-runs`, `time-slider`, `open-actions` (small windows), `crash-leader`, `open-partition`, `raise-wall`, `heal`, `write`,
//!   `read-index`, `read-lease`, `undo`, `redo`, `compare`, and `tab-story`, `tab-nodes`,
//!   `tab-log`, `tab-rpcs`, `tab-history`, `tab-checks`, `tab-settings`;
//! * `data-testid` of what one reads: `time`, `event-count`, `next-event`, `speed-label`, `stage`,
//!   `space-time`, `space-time-box`, `runs` (its rows have `data-run`), `explanation`, `story`, `violation`, `reads-by-lease`, `reads-by-read-index`,
//!   `embed-story` and `open-full` (embeds only), `notice` (dismissed by `dismiss`), `not-loaded` (with `load-again` and `do-without`), `announcement`, `menu`, `on-stage`, `palette` (`palette-input`), `help` (`character-keys`), `partition`, `share-dialog`
//!   (with `share-link`, `copy-link`, `share-snippet`, `copy-snippet`, `copied`, `preview`, and `embed-size`, `embed-theme`,
//!   `embed-autoplay`, `embed-controls`, `embed-has-story`, `embed-timeline`), `panic`, and a tab's `panel-NAME`;
//! * in `settings`: `set-NAME` for each setting, `flaw-NAME`, `clock-A`, and `free-nodes`,
//!   `free-preset`, `free-clients` and `free-play`; `modified-run` where a rule is left out;
//! * in a lesson: `lesson`, `lesson-text` (with `step`, `question` or `explained`), `lesson-back`, `lesson-next`, `steps`, `own-run`
//!   (`back-to-its-run`), `commit`, `unknown`, `look-inside`, `typed`, `lacks`, `verdict-now`, `score` (`start-over`), `next-lesson`, `as-page`, `all-pages`; of two runs
//!   `side-0`, `side-1`, `parting`, `to-parting`, and what is on the second stage begins with `second-`;
//! * the list `rpcs` (`data-message`, `data-kind`), filtered by `filter-kind` and `filter-node`, counted in `rpcs-count`, and
//!   what is chosen of it, `message`, with `go-to-sent` and `go-to-ended`;
//! * the tables `nodes` (a cell has `data-node`), `log` (a row has `data-node`, an entry `data-index`),
//!   `log-indices`, `history` (drawn in `intervals`)
//!   (`data-operation`, `data-stale`) and `checks` (`data-property`, `data-state`), whose cells have
//!   `data-field`; an `entry` that is chosen, what was taken out of logs in `removals`, a `counterexample`;
//! * on the stage, nodes are `#node-A` and so on, with `data-node` and `data-role`; an item of a
//!   menu has `data-action`, the actions' text in a link.

mod host;
pub(crate) mod lesson;
mod look;

use crate::address::{self, Address};
use crate::announce::Announcer;
use crate::browser::{self, Listener, Observer};
use crate::carrying_out::carry_out;
use crate::command::Command;
use crate::embed::Embed;
use crate::engine::Engine;
use crate::files;
use crate::host_channel::{Heard, HostChannel};
use crate::host_page::News;
use crate::keys::{self, Focus, Held, Pressed};
use crate::later::{self, Later, NotFetched};
use crate::lesson::{Player, Wish};
use crate::overlay::Overlay;
use crate::panels::Tab;
use crate::random_seed::random_seed;
use crate::session::Session;
use crate::stage;
use crate::theme::{self, Theme};
use crate::{location, panic_message};
use gloo_timers::callback::Timeout;
pub(crate) use look::StageOf;
use raft_scene::Hit;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use yew::prelude::*;

/// How long the playhead rests before the address bar names its moment.
const ADDRESS_DEBOUNCE_MILLISECONDS: u32 = 300;

/// How much of an embed must be in view for it to begin to play: of a high frame on a low
/// screen no more than this may ever be.
const PART_IN_VIEW: f64 = 0.3;

/// How long after the first picture what comes later is fetched: the page plays by then.
const FETCH_MILLISECONDS: u32 = 200;

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
    /// Something was dropped on the page, or pasted.
    Given(JsValue),
    /// What is for files is there, or can't be had.
    FilesLoaded(files::Loaded),
    /// The dialog for files was closed, or has a run to be opened: see [`files::show`].
    FilesAnswer(Option<String>),
    /// What is for files has broken, and why.
    FilesBroke(String),
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
    /// An embed was scrolled into view.
    InView,
    /// The page around an embed says something.
    Host(Heard),
    /// To another run or lesson, by its link's text.
    Go(String),
    /// The reader wants something of the lesson.
    Lesson(Wish),
    /// The window has another size.
    Resized,
    /// Time to fetch what comes later; again, if it did not come.
    Fetch,
    /// It did not come, and is not wanted that much.
    DoWithout,
    /// It came, or did not.
    Fetched(Result<Later, NotFetched>),
}

impl Msg {
    /// Whether it takes what comes later, to make a run other than the one that the page opens
    /// with.
    fn takes_later(&self) -> bool {
        match self {
            Msg::Do(command) => command.makes_run(),
            Msg::AddressChanged => Address::of_opening_run(&location::hash()).is_none(),
            Msg::Go(_) => true,
            _ => false,
        }
    }

    /// Whether it leads to another run, so that what waits is to be done before.
    fn is_of_another_run(&self) -> bool {
        matches!(
            self,
            Msg::Do(Command::SetSeed(_)) | Msg::Seed(_) | Msg::NewSeed | Msg::AddressChanged
        )
    }
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
    later: Fetching,
    /// What is wanted of what comes later, until it is there.
    aside: Vec<Msg>,
    /// How often that was given up: a control that shows what was wanted is then made anew.
    given_up: u32,
    /// What is for files, once it is there.
    files: Option<JsValue>,
    /// Whether it has broken: a browser loads a module once, so only a new page has another.
    have_files_broken: bool,
    /// What was dropped or pasted, until it is there.
    given: JsValue,
    /// What its dialog calls.
    files_answer: JsValue,
    /// Whether it plays on when what lies over the page is gone.
    plays_on: bool,
    tab: Tab,
    /// What is chosen, and in which run.
    selected: Option<(u32, Hit)>,
    theme: Theme,
    has_character_keys: bool,
    /// How it is shown inside another page, if it is.
    embed: Option<Embed>,
    /// Whether it is to begin to play by itself, once it is in view.
    starts_in_view: bool,
    page: NodeRef,
    in_view: Option<Observer>,
    /// The page around an embed, and what it was told.
    host: Option<HostChannel>,
    news: News,
    news_timeout: Option<Timeout>,
    told_height: Option<u32>,
    /// The lesson that is open, and what names it in a link.
    player: Option<(Rc<str>, Box<dyn Player>)>,
    /// The run that the address bar names.
    run: Address,
    /// The hash by which the page itself went there, until another is followed.
    visited: Option<String>,
    address_timeout: Option<Timeout>,
    listeners: Vec<Listener>,
}

/// How far what comes later is.
#[derive(Clone, Copy)]
enum Fetching {
    /// Nobody asked for it yet.
    Not,
    /// It is asked for.
    Begun,
    /// It did not come.
    Failed,
    /// It did not come, and nobody minds until something of it is wanted.
    Without,
    /// It is there.
    Done(Later),
}

/// What parts of the page call. Made once: a part whose properties have not changed
/// is not drawn again, and a new callback would be a change.
pub(crate) struct Callbacks {
    /// Whatever one wants of the page.
    pub(crate) message: Callback<Msg>,
    /// Whatever one wants of the run.
    pub(crate) command: Callback<Command>,
    /// Another tab.
    pub(crate) tab: Callback<Tab>,
    /// Something is chosen.
    pub(crate) select: Callback<Option<Hit>>,
    /// Something is to lie over the page.
    pub(crate) open: Callback<Overlay>,
    /// Nothing is any more.
    pub(crate) close: Callback<()>,
    /// Whether letters, digits and signs are keys.
    pub(crate) character_keys: Callback<bool>,
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
        self.starts_in_view = false;
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
        if overlay == Some(Overlay::Files) && self.have_files_broken {
            let what_helps = "What reads and writes files has broken: load the page again.";
            self.notices = vec![what_helps.to_owned()];
            return;
        }
        let stands_still = overlay.as_ref().is_some_and(Overlay::is_of_a_moment);
        let before = std::mem::replace(&mut self.overlay, overlay);
        if before == Some(Overlay::Files) && overlay != before {
            self.given = JsValue::NULL;
        }
        if stands_still {
            self.stand_still();
        } else {
            self.play_on();
        }
        let loaded = self.callbacks.message.reform(Msg::FilesLoaded);
        match &self.files {
            Some(module) if overlay == Some(Overlay::Files) => loaded.emit(Ok(module.clone())),
            // Without that it is fetched once it is there.
            None if overlay == Some(Overlay::Files) => {
                if let Some(later) = self.later() {
                    (later.load_files)(loaded);
                }
            }
            Some(module) if before == Some(Overlay::Files) => files::hide(module),
            _ => {}
        }
    }

    /// Stops for what is done at this moment, to play on after.
    fn stand_still(&mut self) {
        let is_playing = self.session.engine().is_playing();
        self.plays_on |= is_playing;
        if is_playing {
            self.carry_out(Command::Pause);
        }
    }

    /// Plays on, unless there is still something to be done at this moment.
    fn play_on(&mut self) {
        let stands_still = self.overlay.as_ref().is_some_and(Overlay::is_of_a_moment);
        if !stands_still && self.aside.is_empty() && std::mem::take(&mut self.plays_on) {
            self.carry_out(Command::Play);
        }
    }

    /// The address of what is shown.
    fn address(&self) -> Address {
        let mut address = Address { tab: self.tab, ..self.session.engine().address() };
        if let Some(later) = self.later() {
            (later.name_place)(self, &mut address);
        }
        address
    }

    /// The run.
    pub(crate) const fn session(&self) -> &Session {
        &self.session
    }

    /// Has the lesson take note of what happened.
    fn keep_lesson(&mut self) {
        if let Some(later) = self.later() {
            (later.keep_lesson)(self);
        }
    }

    /// Has the lesson go where an address says.
    fn follow_lesson(&mut self, address: &Address) {
        if let Some(later) = self.later() {
            (later.follow_lesson)(self, address);
        }
    }

    /// Sees to it that the address bar names what is shown.
    fn note_address(&mut self) {
        let (address, is_playing) = (self.address(), self.session.engine().is_playing());
        panic_message::note(&address);
        // Where the reader has gone meanwhile, and what comes later is to follow.
        if self.aside.iter().any(|message| matches!(message, Msg::AddressChanged)) {
            return;
        }
        if !address.is_same_run(&self.run) {
            self.run = Address { at: None, ..address.clone() };
            self.address_timeout = None;
            // The Back button of an article belongs to the article.
            if self.embed.is_some() {
                location::refine(&address);
            } else {
                location::visit(&address);
                self.visited = Some(address.hash());
            }
            return;
        }
        let at = if is_playing { None } else { address.at };
        self.address_timeout = Some(Timeout::new(ADDRESS_DEBOUNCE_MILLISECONDS, move || {
            location::refine(&Address { at, ..address });
        }));
    }

    /// The address bar changed.
    fn follow_address(&mut self) {
        let hash = location::hash();
        // The page went there itself; by the time that it hears of it, it may have played on.
        if self.visited.as_ref() == Some(&hash) {
            return;
        }
        self.visited = None;
        let (address, wrong) = match Address::read(&hash).and_then(|address| {
            address.plan()?;
            Ok(address)
        }) {
            Ok(address) => (address, Vec::new()),
            Err(messages) => (Address::default(), messages),
        };
        let is_ours = wrong.is_empty() && self.address().hash() == hash;
        if is_ours {
            return;
        }
        self.tab = address.tab;
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
        self.follow_lesson(&address);
        panic_message::note(&address);
        self.session.changed();
    }

    /// What a key leads to, if it is one of the page's.
    fn pressed(&self, event: &KeyboardEvent) -> Option<Pressed> {
        if event.alt_key() || event.default_prevented() {
            return None;
        }
        let target = event.target().and_then(|target| target.dyn_into().ok());
        let held = Held {
            shift: event.shift_key(),
            control: event.ctrl_key() || event.meta_key(),
            characters: self.has_character_keys,
        };
        let pressed = keys::pressed(&event.key(), held, Focus::of(target.as_ref()))?;
        event.prevent_default();
        Some(pressed)
    }

    /// What comes later, if it is there.
    pub(crate) fn later(&self) -> Option<Later> {
        match self.later {
            Fetching::Done(later) => Some(later),
            Fetching::Not | Fetching::Begun | Fetching::Failed | Fetching::Without => None,
        }
    }

    /// Whether something of what comes later is wanted.
    fn wants_more(&self) -> bool {
        self.overlay.is_some() || self.tab != Tab::Story || !self.aside.is_empty()
    }

    /// Whether what comes later is to be fetched without waiting for a quiet moment.
    fn is_later_due(&self) -> bool {
        match self.later {
            // An embed needs it to speak with its host page.
            Fetching::Not => self.embed.is_some() || self.wants_more(),
            Fetching::Without => self.wants_more(),
            Fetching::Begun | Fetching::Failed | Fetching::Done(_) => false,
        }
    }

    fn fetch(&mut self, ctx: &Context<App>) {
        if let Fetching::Not | Fetching::Failed | Fetching::Without = self.later {
            self.later = Fetching::Begun;
            ctx.link().send_future(async { Msg::Fetched(later::fetch().await) });
        }
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
        let (embed, mut wrong) = Embed::read(&location::query());
        if let Some(embed) = &embed {
            theme::impose(embed.theme);
            if let Some(root) = browser::document().and_then(|page| page.document_element()) {
                root.set_class_name("embed");
            }
        }
        let read = Address::read(&location::hash());
        let tab = read.as_ref().map_or(Tab::default(), |address| address.tab);
        let names_moment = read.as_ref().is_ok_and(|address| address.at.is_some());
        let (mut engine, notices) = match read.and_then(Engine::new) {
            Ok(engine) => (engine, Vec::new()),
            Err(messages) => {
                let Ok(engine) = Engine::new(Address::default()) else {
                    unreachable!("the run that the page opens with is right");
                };
                (engine, messages)
            }
        };
        // A link to a moment shows that moment; else it plays.
        let is_told = engine.run_address().lesson.is_some();
        let shows_moment = notices.is_empty() && (names_moment || is_told);
        let is_right = notices.is_empty();
        wrong.extend(notices);
        if let Some(speed) = embed.as_ref().and_then(|embed| embed.speed) {
            // Whoever names a speed wants that one.
            engine.set_speed(speed);
            engine.set_pacing(false);
        }
        let autoplay = embed.as_ref().and_then(|embed| embed.autoplay);
        let starts = autoplay.unwrap_or(!shows_moment) && !browser::prefers_reduced_motion();
        let session = Session::new(engine);
        session.on_refresh(ctx.link().callback(|()| Msg::Refresh));
        if starts && embed.is_none() {
            session.engine_mut().play();
            session.playback().wake();
        }
        let run = session.engine().run_address().clone();
        let at = (shows_moment && !is_told).then(|| session.engine().at());
        let shown = Address { at, tab, ..run.clone() };
        panic_message::note(&shown);
        if is_right && !shows_moment {
            location::refine(&shown);
        }
        let mut listeners = Vec::new();
        if let Some(window) = web_sys::window() {
            let changed = ctx.link().callback(|_: web_sys::Event| Msg::AddressChanged);
            listeners.push(Listener::new(&window, "hashchange", move |event| changed.emit(event)));
            let pressed = ctx
                .link()
                .batch_callback(|event: web_sys::Event| event.dyn_into().ok().map(Msg::Key));
            listeners.push(Listener::new(&window, "keydown", move |event| pressed.emit(event)));
            listeners.extend(files::hear(&window, ctx.link().callback(Msg::Given)));
        }
        let mut app = App {
            session,
            callbacks: Callbacks::new(ctx.link()),
            notices: wrong,
            announcer: Announcer::default(),
            announcement: String::new(),
            overlay: None,
            later: later::there().map_or(Fetching::Not, Fetching::Done),
            aside: Vec::new(),
            given_up: 0,
            files: None,
            have_files_broken: false,
            given: JsValue::NULL,
            files_answer: Closure::<dyn Fn(Option<String>, Option<bool>)>::new({
                let link = ctx.link().clone();
                move |answer: Option<String>, is_broken: Option<bool>| match answer {
                    Some(why) if is_broken == Some(true) => {
                        panic_message::pass_by_next();
                        link.send_message(Msg::FilesBroke(why));
                    }
                    answer => link.send_message(Msg::FilesAnswer(answer)),
                }
            })
            .into_js_value(),
            plays_on: false,
            tab,
            selected: None,
            has_character_keys: true,
            theme: Theme::current(),
            starts_in_view: starts && embed.is_some(),
            embed,
            page: NodeRef::default(),
            in_view: None,
            host: None,
            news: News::default(),
            news_timeout: None,
            told_height: None,
            player: None,
            run,
            visited: None,
            address_timeout: None,
            listeners,
        };
        app.keep_lesson();
        app
    }

    fn update(&mut self, ctx: &Context<App>, message: Msg) -> bool {
        if matches!(message, Msg::AddressChanged) {
            // What was to be written there belongs to where the reader was before.
            self.address_timeout = None;
        }
        let is_next = !self.aside.is_empty() && message.is_of_another_run();
        if self.later().is_none() && (message.takes_later() || is_next) {
            // What is done is done at the moment at which it was wanted.
            if matches!(message, Msg::Do(Command::Act(_) | Command::ActAll(_))) {
                self.stand_still();
                let at = self.session.engine().at();
                self.aside.push(Msg::Do(Command::Seek(at)));
            }
            self.aside.push(message);
            self.fetch(ctx);
            return true;
        }
        match message {
            Msg::Refresh => {
                self.announce();
                self.tell_host(ctx);
            }
            Msg::Do(command) => self.carry_out(command),
            Msg::AddressChanged => {
                let again = ctx.link().callback(|()| Msg::AddressChanged);
                // A lesson is fetched first; until then the page stays as it is.
                if !self.later().is_some_and(|it| (it.prepare)(&location::hash(), again)) {
                    self.follow_address();
                }
            }
            Msg::Go(text) => {
                location::go(&text);
                return false;
            }
            Msg::Lesson(wish) => {
                if let Some(later) = self.later() {
                    (later.grant)(self, wish);
                }
            }
            // As if it had been asked for by a button: what comes later may have to come first.
            Msg::Key(event) => match self.pressed(&event) {
                Some(Pressed::Run(command)) => {
                    return Component::update(self, ctx, Msg::Do(command));
                }
                Some(Pressed::Open(overlay)) => self.lay_over(Some(overlay)),
                Some(Pressed::Node(number)) => stage::focus_node(number),
                Some(Pressed::List) => stage::focus_list(),
                None => return false,
            },
            Msg::Open(overlay) => self.lay_over(Some(overlay)),
            Msg::Given(given) => {
                // What an embed shows is its author's choice.
                if self.embed.is_some() && self.overlay != Some(Overlay::Files) {
                    return false;
                }
                self.given = given;
                self.lay_over(Some(Overlay::Files));
            }
            Msg::FilesLoaded(Ok(module)) => {
                // By now something else may lie over the page.
                if self.overlay == Some(Overlay::Files) {
                    let given = std::mem::replace(&mut self.given, JsValue::NULL);
                    if let Some(later) = self.later() {
                        let engine = self.session.engine();
                        (later.show_files)(&module, &engine, &given, &self.files_answer);
                    }
                }
                self.files = Some(module);
            }
            Msg::FilesLoaded(Err(message)) => {
                if self.overlay == Some(Overlay::Files) {
                    self.lay_over(None);
                }
                self.notices = vec![message];
            }
            Msg::FilesAnswer(answer) => {
                self.lay_over(None);
                match answer {
                    Some(hash) if hash.starts_with('#') => match Address::read(&hash) {
                        Ok(address) => self.carry_out(Command::Begin(address)),
                        Err(messages) => self.notices = messages,
                    },
                    wrong => self.notices.extend(wrong),
                }
            }
            Msg::FilesBroke(why) => {
                (self.files, self.have_files_broken) = (None, true);
                self.lay_over(None);
                self.notices = vec![why];
            }
            Msg::Close => self.lay_over(None),
            Msg::Tab(tab) => {
                self.tab = tab;
                self.note_address();
            }
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
            Msg::InView => {
                if !std::mem::take(&mut self.starts_in_view) {
                    return false;
                }
                self.session.engine_mut().play();
                self.session.changed();
            }
            Msg::Host(heard) => self.answer(heard),
            Msg::Resized => {
                self.tell_size();
                return false;
            }
            Msg::Fetch => self.fetch(ctx),
            Msg::DoWithout => {
                self.later = Fetching::Without;
                self.aside.clear();
                self.given_up += 1;
                self.lay_over(None);
                self.tab = Tab::Story;
                self.note_address();
            }
            Msg::Fetched(Ok(later)) => {
                self.later = Fetching::Done(later);
                self.open_host(later, ctx);
                for message in std::mem::take(&mut self.aside) {
                    Component::update(self, ctx, message);
                }
                self.play_on();
                if self.overlay == Some(Overlay::Files) {
                    self.lay_over(self.overlay);
                }
            }
            Msg::Fetched(Err(NotFetched)) => self.later = Fetching::Failed,
        }
        self.keep_lesson();
        if self.is_later_due() {
            self.fetch(ctx);
        }
        true
    }

    fn view(&self, _: &Context<App>) -> Html {
        self.look()
    }

    fn rendered(&mut self, ctx: &Context<App>, first_render: bool) {
        if first_render && let Some(later) = self.later() {
            self.open_host(later, ctx);
        } else if first_render {
            let link = ctx.link().clone();
            let wait = if self.is_later_due() { 0 } else { FETCH_MILLISECONDS };
            Timeout::new(wait, move || link.send_message(Msg::Fetch)).forget();
        }
        if first_render
            && self.starts_in_view
            && let Some(page) = self.page.cast::<web_sys::Element>()
        {
            let in_view = ctx.link().callback(|()| Msg::InView);
            self.in_view = Observer::of_visibility(&page, PART_IN_VIEW, move |is_visible| {
                if is_visible {
                    in_view.emit(());
                }
            });
        }
    }
}
