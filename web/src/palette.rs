//! Everything that one can do, in one list that is filtered by typing: a combobox with
//! its listbox (ARIA Authoring Practices, "editable combobox with list autocomplete").

use crate::app::Msg;
use crate::browser;
use crate::command::{Command, Way};
use crate::dialog::Dialog;
use crate::engine::Engine;
use crate::jumps::Jumps;
use crate::keys;
use crate::offers::{self, Offer};
use crate::overlay::Overlay;
use crate::panels::Tab;
use crate::session::Session;
use crate::source::Source;
use raft_scene::{Hit, words};
use raft_sim::Host;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// The most that is shown of what fits: who sees this many types on.
const MOST_SHOWN: usize = 50;

/// What the palette needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run.
    pub(crate) session: Session,
    /// Tells the page what is wanted.
    pub(crate) on_message: Callback<Msg>,
}

/// Something that can be chosen.
struct Entry {
    title: AttrValue,
    /// Among what it stands.
    group: &'static str,
    /// The key that does the same.
    key: Option<&'static str>,
    message: Msg,
}

impl Entry {
    fn of(group: &'static str, title: impl Into<AttrValue>, message: Msg) -> Entry {
        let key = match &message {
            Msg::Do(command) => keys::hint(command),
            _ => None,
        };
        Entry { title: title.into(), group, key, message }
    }
}

/// Everything that can be done at a moment.
fn entries(engine: &Engine) -> Vec<Entry> {
    let mut entries = Vec::new();
    let world = engine.world();
    let can_act = !engine.is_at_end();
    let act = |offer: &Offer| match offer.actions.as_slice() {
        [only] => Msg::Do(Command::Act(only.clone())),
        all => Msg::Do(Command::ActAll(all.to_vec())),
    };
    if can_act {
        for offer in offers::to_cluster(world) {
            entries.push(Entry::of(offer.group, offer.title.clone(), act(&offer)));
        }
        let partition = Msg::Open(Overlay::Partition);
        entries.push(Entry::of("Cluster", "Partition the network …", partition));
    }
    let playback = [
        ("Play or pause", Command::TogglePlaying),
        ("One event forward", Command::Step(Way::Forward)),
        ("One event back", Command::Step(Way::Back)),
        ("To the beginning", Command::ToStart),
        ("To the end", Command::ToEnd),
        ("Faster", Command::Faster),
        ("Slower", Command::Slower),
    ];
    for (title, command) in playback {
        entries.push(Entry::of("Time", title, Msg::Do(command)));
    }
    let jumps = engine.jumps().name();
    for (which, way) in [("Next", Way::Forward), ("Previous", Way::Back)] {
        let title = format!("{which} of {jumps}");
        entries.push(Entry::of("Time", title, Msg::Do(Command::Notable(way))));
    }
    for jumps in Jumps::all().filter(|jumps| *jumps != engine.jumps()) {
        let title = format!("Jump to {}", jumps.name());
        entries.push(Entry::of("Time", title, Msg::Do(Command::SetJumps(jumps))));
    }
    let pacing = match engine.is_pacing() {
        true => "Be as quick everywhere",
        false => "Be quicker where nothing happens",
    };
    let toggle = Command::SetPacing(!engine.is_pacing());
    entries.push(Entry::of("Time", pacing, Msg::Do(toggle)));
    if engine.can_undo() {
        entries.push(Entry::of("Time", "Undo", Msg::Do(Command::Undo)));
    }
    if engine.can_redo() {
        entries.push(Entry::of("Time", "Redo", Msg::Do(Command::Redo)));
    }
    for tab in Tab::ALL {
        entries.push(Entry::of("Show", tab.title(), Msg::Tab(tab)));
    }
    let page = [
        ("Help and keys", Msg::Open(Overlay::Help)),
        ("Light or dark", Msg::ToggleTheme),
        ("New seed", Msg::NewSeed),
        ("Runs that you made", Msg::Open(Overlay::Runs)),
        ("Files: open or save a scenario, a trace, a figure", Msg::Open(Overlay::Files)),
    ];
    entries.extend(page.map(|(title, message)| Entry::of("Page", title, message)));
    if can_act {
        for hit in things(engine) {
            let name = words::name(hit, world);
            for offer in offers::to(hit, world) {
                let title =
                    format!("{name}: {} · {}", offer.group.to_ascii_lowercase(), offer.title);
                entries.push(Entry::of("", title, act(&offer)));
            }
        }
    }
    for lesson in raft_lessons::list() {
        let open = Msg::Go(format!("lesson={}", lesson.name));
        entries.push(Entry::of("Lesson", lesson.title, open));
    }
    for scenario in raft_scenarios::list() {
        let open = Command::OpenRun(Source::BuiltIn(scenario.name.into()));
        entries.push(Entry::of("Scenario", scenario.title, Msg::Do(open)));
    }
    entries
}

/// Everything that has a menu.
fn things(engine: &Engine) -> Vec<Hit> {
    let nodes: Vec<_> = engine.world().hosts().iter().map(Host::id).collect();
    let mut things: Vec<Hit> = nodes.iter().map(|node| Hit::Node(*node)).collect();
    for (place, one) in nodes.iter().enumerate() {
        let others = nodes.iter().skip(place + 1);
        things.extend(others.map(|other| Hit::Link { one: *one, other: *other }));
    }
    things.extend(engine.world().network().flights().map(|(id, _)| Hit::Message(id)));
    things
}

/// How well a text fits what was typed, the best first; `None` where it does not. Each
/// word that was typed must be in it somewhere.
fn fit(text: &str, typed: &str) -> Option<u8> {
    let text = text.to_ascii_lowercase();
    let is_beginning = |word: &str| {
        text.match_indices(word)
            .any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
    };
    let mut worst = if text.starts_with(typed) { 0 } else { 1 };
    for word in typed.split_whitespace() {
        if !text.contains(word) {
            return None;
        }
        if !is_beginning(word) {
            worst = 2;
        }
    }
    Some(worst)
}

/// What fits what was typed, the best first, by place.
fn found(entries: &[Entry], typed: &str) -> Vec<usize> {
    let typed = typed.trim().to_ascii_lowercase();
    let mut found: Vec<(u8, usize)> = entries
        .iter()
        .enumerate()
        .filter_map(|(place, entry)| {
            let text = format!("{} {}", entry.title, entry.group);
            Some((fit(&text, &typed)?, place))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, place)| place).collect()
}

/// The palette; its list is made when it opens.
pub(crate) fn palette(
    session: &Session,
    is_open: bool,
    on_message: &Callback<Msg>,
    on_close: &Callback<()>,
) -> Html {
    html! {
        <Dialog id="palette" title="Find what to do" {is_open} on_close={on_close}>
            <Palette session={session.clone()} {on_message} />
        </Dialog>
    }
}

/// What happens to it.
pub(crate) enum Change {
    /// This was typed.
    Typed(String),
    /// This option is the one now, of those that are shown.
    Chosen(usize),
    /// It is to be done.
    Done,
}

/// What is in the dialog.
pub(crate) struct Palette {
    input: NodeRef,
    list: NodeRef,
    entries: Vec<Entry>,
    found: Vec<usize>,
    chosen: usize,
}

impl Palette {
    fn shown(&self) -> usize {
        self.found.len().min(MOST_SHOWN)
    }
}

impl Component for Palette {
    type Message = Change;
    type Properties = Props;

    fn create(ctx: &Context<Palette>) -> Palette {
        let entries = entries(&ctx.props().session.engine());
        let found = found(&entries, "");
        Palette { input: NodeRef::default(), list: NodeRef::default(), entries, found, chosen: 0 }
    }

    fn update(&mut self, ctx: &Context<Palette>, change: Change) -> bool {
        match change {
            Change::Typed(text) => {
                self.found = found(&self.entries, &text);
                self.chosen = 0;
            }
            Change::Chosen(place) => self.chosen = place,
            Change::Done => {
                let place = self.found.get(self.chosen);
                if let Some(entry) = place.and_then(|place| self.entries.get(*place)) {
                    ctx.props().on_message.emit(Msg::Close);
                    ctx.props().on_message.emit(entry.message.clone());
                }
                return false;
            }
        }
        true
    }

    fn changed(&mut self, _: &Context<Palette>, _: &Props) -> bool {
        false
    }

    fn view(&self, ctx: &Context<Palette>) -> Html {
        let link = ctx.link();
        let typed = link.batch_callback(|event: InputEvent| {
            let input = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
            Some(Change::Typed(input.value()))
        });
        let (chosen, shown) = (self.chosen, self.shown());
        let on_key = link.batch_callback(move |event: KeyboardEvent| {
            let count = shown.max(1);
            let change = match event.key().as_str() {
                "ArrowDown" => Change::Chosen((chosen + 1) % count),
                "ArrowUp" => Change::Chosen((chosen + count - 1) % count),
                "PageDown" => Change::Chosen((chosen + 8).min(count - 1)),
                "PageUp" => Change::Chosen(chosen.saturating_sub(8)),
                "Enter" => Change::Done,
                _ => return None,
            };
            event.prevent_default();
            Some(change)
        });
        let options = self.found.iter().take(MOST_SHOWN).enumerate().filter_map(|(place, at)| {
            let entry = self.entries.get(*at)?;
            let is_chosen = place == chosen;
            let on_click =
                link.batch_callback(move |_: MouseEvent| vec![Change::Chosen(place), Change::Done]);
            Some(html! {
                <li
                    id={format!("palette-{place}")}
                    role="option"
                    aria-selected={if is_chosen { "true" } else { "false" }}
                    onclick={on_click}
                >
                    <span>{ entry.title.clone() }</span>
                    <small>{ entry.group }</small>
                    if let Some(key) = entry.key {
                        <kbd>{ key }</kbd>
                    }
                </li>
            })
        });
        let options: Html = options.collect();
        let count = match self.found.len() {
            0 => "Nothing fits. Try fewer or other words.".to_owned(),
            1 => "1 thing to do".to_owned(),
            all if all > MOST_SHOWN => format!("{all} things to do: type on to find one"),
            all => format!("{all} things to do"),
        };
        html! {
            <div class="palette">
                <input
                    ref={self.input.clone()}
                    type="text"
                    role="combobox"
                    data-testid="palette-input"
                    aria-label="What to do"
                    aria-expanded="true"
                    aria-autocomplete="list"
                    aria-controls="palette-list"
                    aria-activedescendant={(shown > 0).then(|| format!("palette-{chosen}"))}
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder="crash B, wall, read by lease, Figure 8 …"
                    oninput={typed}
                    onkeydown={on_key}
                />
                <p role="status">{ count }</p>
                <ul
                    ref={self.list.clone()}
                    id="palette-list"
                    role="listbox"
                    aria-label="What to do"
                >
                    { options }
                </ul>
            </div>
        }
    }

    fn rendered(&mut self, _: &Context<Palette>, first_render: bool) {
        if first_render && let Some(input) = self.input.cast::<Element>() {
            browser::focus(&input);
        }
        let Some(list) = self.list.cast::<web_sys::HtmlElement>() else { return };
        let Some(option) = browser::element(&format!("palette-{}", self.chosen)) else { return };
        // Scrolls the list only, and never the page.
        let (outer, inner) = (list.get_bounding_client_rect(), option.get_bounding_client_rect());
        let hidden =
            (inner.bottom() - outer.bottom()).max(0.0) - (outer.top() - inner.top()).max(0.0);
        if hidden != 0.0 {
            list.set_scroll_top(list.scroll_top() + hidden as i32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;

    fn titles(engine: &Engine, typed: &str) -> Vec<String> {
        let entries = entries(engine);
        found(&entries, typed).into_iter().map(|place| entries[place].title.to_string()).collect()
    }

    fn engine(hash: &str) -> Engine {
        Engine::new(Address::read(hash).expect("a right hash")).expect("a right run")
    }

    #[test]
    fn words_are_found_in_any_order_and_beginnings_first() {
        assert_eq!(fit("Crash the leader", "crash"), Some(0));
        assert_eq!(fit("Node B: process · Crash", "crash b"), Some(1));
        assert_eq!(fit("Node B: process · Crash", "ash"), Some(2));
        assert_eq!(fit("Node B: process · Crash", "crash x node"), None);
        assert_eq!(fit("anything", ""), Some(0));
    }

    #[test]
    fn everything_is_in_it() {
        let engine = engine("#scenario=leader-crash&seed=42&t=700000");
        assert_eq!(titles(&engine, "crash the leader")[0], "Crash the leader");
        assert!(titles(&engine, "crash b")[0].contains("Node B"));
        assert!(titles(&engine, "link a b cut").iter().any(|title| title.contains("A → B")));
        for typed in ["play", "undo", "history", "figure 8", "pre-vote", "partition", "help"] {
            let is_there = !titles(&engine, typed).is_empty();
            // There is nothing to undo yet.
            assert_eq!(is_there, typed != "undo", "{typed}");
        }
    }

    #[test]
    fn at_the_end_of_a_run_nothing_is_done_to_the_cluster() {
        let mut engine = engine("#scenario=leader-crash&seed=42");
        engine.seek(raft_core::Micros::MAX);
        assert!(titles(&engine, "crash node").is_empty());
        assert!(titles(&engine, "to the beginning").len() == 1);
    }
}
