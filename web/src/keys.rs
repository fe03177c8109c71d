//! What each key does, in one table: what is pressed is looked up in it, and the help
//! is made of it. Keys that a control needs for itself stay with that control.

use crate::command::{Command, Way};
use crate::overlay::Overlay;
use raft_core::ReadMode;
use raft_sim::{Action, Who};

/// What has the focus, as far as keys are concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Focus {
    /// Nothing that wants keys: the page itself.
    Page,
    /// A button or a link: Space and Enter press it.
    Button,
    /// A slider over time: our own arrow keys do better than its.
    TimeSlider,
    /// Something that uses arrows, Home, End or Space for itself: tabs, sliders.
    Arrows,
    /// Something that one types or chooses in, a menu, a dialog: all keys are its own.
    Everything,
}

impl Focus {
    /// Where the focus is, by the element that a key went to.
    pub(crate) fn of(target: Option<&web_sys::Element>) -> Focus {
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
}

/// What a key asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Pressed {
    /// Something of the run.
    Run(Command),
    /// Something that lies over the page, such as the list of keys.
    Open(Overlay),
    /// The focus, to a node: A for 0.
    Node(u8),
    /// The focus, to the list of all that is on the stage.
    List,
}

/// Keys that are held down with another, and whether keys of one character count at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Held {
    /// Shift.
    pub(crate) shift: bool,
    /// Ctrl, or a Mac's Command key.
    pub(crate) control: bool,
    /// Whether letters, digits and signs alone mean something. Who dictates to the machine,
    /// or hits keys by accident, can do without (WCAG 2.1.4).
    pub(crate) characters: bool,
}

/// One meaning of one or several keys.
struct Meaning {
    /// The browser's names for the keys; letters small.
    keys: &'static [&'static str],
    /// Whether Shift must be held, or must not; `None` where the key itself may need it.
    shift: Option<bool>,
    control: bool,
    pressed: Pressed,
    /// What the help says: the key, and what it does. Empty where the line above says both.
    told: (&'static str, &'static str),
}

const fn plain(
    keys: &'static [&'static str],
    pressed: Pressed,
    told: (&'static str, &'static str),
) -> Meaning {
    Meaning { keys, shift: Some(false), control: false, pressed, told }
}

const fn shifted(
    keys: &'static [&'static str],
    pressed: Pressed,
    told: (&'static str, &'static str),
) -> Meaning {
    Meaning { keys, shift: Some(true), control: false, pressed, told }
}

const fn sign(
    keys: &'static [&'static str],
    pressed: Pressed,
    told: (&'static str, &'static str),
) -> Meaning {
    Meaning { keys, shift: None, control: false, pressed, told }
}

const SAID_ABOVE: (&str, &str) = ("", "");

/// Every key, in the order of the help.
const MEANINGS: &[Meaning] = &[
    plain(&[" ", "k"], Pressed::Run(Command::TogglePlaying), ("Space or K", "play or pause")),
    plain(
        &["ArrowLeft"],
        Pressed::Run(Command::Step(Way::Back)),
        ("← and →", "one event back or forward"),
    ),
    plain(&["ArrowRight"], Pressed::Run(Command::Step(Way::Forward)), SAID_ABOVE),
    shifted(
        &["ArrowLeft"],
        Pressed::Run(Command::Notable(Way::Back)),
        ("Shift with ← and →", "to the previous or next election, commit, fault or violation"),
    ),
    shifted(&["ArrowRight"], Pressed::Run(Command::Notable(Way::Forward)), SAID_ABOVE),
    plain(
        &["Home"],
        Pressed::Run(Command::ToStart),
        ("Home and End", "to the beginning or the end of the run"),
    ),
    plain(&["End"], Pressed::Run(Command::ToEnd), SAID_ABOVE),
    sign(&["+", "="], Pressed::Run(Command::Faster), ("+ and -", "faster or slower")),
    sign(&["-"], Pressed::Run(Command::Slower), SAID_ABOVE),
    plain(
        &["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Pressed::Node(0),
        ("1 to 9", "go to node A to I; then Enter says what one can do to it"),
    ),
    plain(
        &["l"],
        Pressed::List,
        ("L", "go through all that is on the stage: messages, links, logs"),
    ),
    plain(
        &["c"],
        Pressed::Run(Command::Act(Action::Crash(Who::Leader))),
        ("C", "crash the leader"),
    ),
    plain(
        &["f"],
        Pressed::Run(Command::Act(Action::ForceTimeout(Who::Follower))),
        ("F", "force a follower's timeout"),
    ),
    plain(&["p"], Pressed::Open(Overlay::Partition), ("P", "partition the network: put up a wall")),
    plain(&["h"], Pressed::Run(Command::Act(Action::Heal)), ("H", "heal the network")),
    plain(
        &["w"],
        Pressed::Run(Command::Act(Action::Write(Who::Leader))),
        ("W", "write through the leader"),
    ),
    plain(
        &["r"],
        Pressed::Run(Command::Act(Action::Read { from: Who::Leader, mode: ReadMode::ReadIndex })),
        ("R", "read from the leader"),
    ),
    plain(&["u"], Pressed::Run(Command::Undo), ("U and Shift with U", "undo, redo")),
    shifted(&["u"], Pressed::Run(Command::Redo), SAID_ABOVE),
    Meaning {
        keys: &["k"],
        shift: Some(false),
        control: true,
        pressed: Pressed::Open(Overlay::Palette),
        told: ("Ctrl K or ⌘ K", "find anything that one can do by typing"),
    },
    plain(
        &["o"],
        Pressed::Open(Overlay::Files),
        ("O", "open or save a scenario, a trace, a figure"),
    ),
    sign(&["?"], Pressed::Open(Overlay::Help), ("?", "this help")),
];

/// The keys that a part of the page hears itself, for the help.
const ELSEWHERE: [(&str, &str); 2] = [
    ("Enter or Space on a node", "what one can do to it"),
    ("Escape", "close a menu, a list or this help"),
];

/// What a key means where the focus is there. `key` is the browser's name for it.
pub(crate) fn pressed(key: &str, held: Held, focus: Focus) -> Option<Pressed> {
    // One finds things from anywhere.
    if focus == Focus::Everything && !held.control {
        return None;
    }
    let is_character = key != " " && key.chars().count() == 1;
    if is_character && !held.control && !held.characters {
        return None;
    }
    let is_free = match key {
        " " => matches!(focus, Focus::Page | Focus::TimeSlider),
        "ArrowLeft" | "ArrowRight" | "Home" | "End" => focus != Focus::Arrows,
        _ => true,
    };
    // With the Caps Lock on, or Shift held, letters come large.
    let large = key.bytes().next().filter(|byte| is_character && byte.is_ascii_uppercase());
    let small = large.map(|byte| [byte.to_ascii_lowercase()]);
    let key = small.as_ref().and_then(|small| std::str::from_utf8(small).ok()).unwrap_or(key);
    let (meaning, place) = MEANINGS.iter().filter(|_| is_free).find_map(|meaning| {
        let place = meaning.keys.iter().position(|known| *known == key)?;
        let is_held = meaning.control == held.control
            && meaning.shift.is_none_or(|shift| shift == held.shift);
        is_held.then_some((meaning, place))
    })?;
    Some(match &meaning.pressed {
        Pressed::Node(_) => Pressed::Node(place as u8),
        pressed => pressed.clone(),
    })
}

/// The keys, for the help: what to press, and what it does.
pub(crate) fn told() -> impl Iterator<Item = (&'static str, &'static str)> {
    let told = MEANINGS.iter().map(|meaning| meaning.told);
    told.filter(|told| *told != SAID_ABOVE).chain(ELSEWHERE)
}

/// The key for something, as a short hint beside it.
pub(crate) fn hint(command: &Command) -> Option<&'static str> {
    MEANINGS.iter().find_map(|meaning| match &meaning.pressed {
        Pressed::Run(known) if known == command && meaning.told.0.len() == 1 => {
            Some(meaning.told.0)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Held = Held { shift: false, control: false, characters: true };
    const SHIFT: Held = Held { shift: true, ..NONE };
    const CONTROL: Held = Held { control: true, ..NONE };

    #[test]
    fn space_belongs_to_a_button_that_has_the_focus() {
        let toggle = Some(Pressed::Run(Command::TogglePlaying));
        assert_eq!(pressed(" ", NONE, Focus::Page), toggle);
        assert_eq!(pressed(" ", NONE, Focus::TimeSlider), toggle);
        assert_eq!(pressed(" ", NONE, Focus::Button), None);
        assert_eq!(pressed(" ", NONE, Focus::Arrows), None);
        assert_eq!(pressed(" ", NONE, Focus::Everything), None);
    }

    #[test]
    fn arrows_belong_to_what_uses_them() {
        let step = Some(Pressed::Run(Command::Step(Way::Forward)));
        let notable = Some(Pressed::Run(Command::Notable(Way::Back)));
        for focus in [Focus::Page, Focus::Button, Focus::TimeSlider] {
            assert_eq!(pressed("ArrowRight", NONE, focus), step);
            assert_eq!(pressed("ArrowLeft", SHIFT, focus), notable);
        }
        assert_eq!(pressed("ArrowRight", NONE, Focus::Arrows), None);
        assert_eq!(pressed("?", SHIFT, Focus::Arrows), Some(Pressed::Open(Overlay::Help)));
    }

    #[test]
    fn what_is_typed_is_no_command() {
        for key in ["1", "k", "-", "Home", "?", "c"] {
            assert_eq!(pressed(key, NONE, Focus::Everything), None);
        }
        let palette = Some(Pressed::Open(Overlay::Palette));
        assert_eq!(pressed("k", CONTROL, Focus::Everything), palette);
    }

    #[test]
    fn the_browsers_own_keys_stay_its_own() {
        for key in ["r", "w", "p", "f", "h", "l", "u", "c", "+", "-", "1", "Home"] {
            assert_eq!(pressed(key, CONTROL, Focus::Page), None, "Ctrl {key}");
        }
    }

    #[test]
    fn digits_are_nodes() {
        assert_eq!(pressed("1", NONE, Focus::Page), Some(Pressed::Node(0)));
        assert_eq!(pressed("9", NONE, Focus::Button), Some(Pressed::Node(8)));
        assert_eq!(pressed("0", NONE, Focus::Page), None);
        assert_eq!(pressed("F1", NONE, Focus::Page), None);
    }

    #[test]
    fn letters_mean_the_same_with_caps_lock_and_undo_is_not_redo() {
        let undo = Some(Pressed::Run(Command::Undo));
        assert_eq!(pressed("u", NONE, Focus::Page), undo);
        assert_eq!(pressed("U", NONE, Focus::Page), undo);
        assert_eq!(pressed("U", SHIFT, Focus::Page), Some(Pressed::Run(Command::Redo)));
    }

    #[test]
    fn keys_of_one_character_can_be_switched_off() {
        let off = Held { characters: false, ..NONE };
        for key in ["k", "c", "1", "?", "+"] {
            assert_eq!(pressed(key, off, Focus::Page), None);
        }
        assert!(pressed(" ", off, Focus::Page).is_some());
        assert!(pressed("Home", off, Focus::Page).is_some());
        let control = Held { control: true, ..off };
        assert!(pressed("k", control, Focus::Page).is_some());
    }

    #[test]
    fn no_key_means_two_things_and_each_is_told() {
        for (place, meaning) in MEANINGS.iter().enumerate() {
            for key in meaning.keys {
                let held = Held {
                    shift: meaning.shift.unwrap_or(false),
                    control: meaning.control,
                    characters: true,
                };
                let found = pressed(key, held, Focus::Page);
                let is_it = found.as_ref() == Some(&meaning.pressed);
                assert!(is_it || matches!(found, Some(Pressed::Node(_))), "{key} is taken");
            }
            assert!(place > 0 || meaning.told != SAID_ABOVE);
        }
        assert!(told().all(|(key, what)| !key.is_empty() && !what.is_empty()));
    }
}
