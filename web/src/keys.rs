//! What each key does. Keys that a control needs for itself stay with that control.

use crate::command::{Command, Way};
use crate::overlay::Overlay;

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
    /// The focus, to a node: A for 1.
    Node(u8),
}

/// What a key means where the focus is there. `key` is the browser's name for it.
pub(crate) fn pressed(key: &str, shift: bool, focus: Focus) -> Option<Pressed> {
    if focus == Focus::Everything {
        return None;
    }
    let arrows_are_free = matches!(focus, Focus::Page | Focus::Button | Focus::TimeSlider);
    let command = match key {
        " " if matches!(focus, Focus::Page | Focus::TimeSlider) => Command::TogglePlaying,
        "k" => Command::TogglePlaying,
        "ArrowRight" if arrows_are_free && shift => Command::Notable(Way::Forward),
        "ArrowLeft" if arrows_are_free && shift => Command::Notable(Way::Back),
        "ArrowRight" if arrows_are_free => Command::Step(Way::Forward),
        "ArrowLeft" if arrows_are_free => Command::Step(Way::Back),
        "Home" if arrows_are_free => Command::ToStart,
        "End" if arrows_are_free => Command::ToEnd,
        "+" | "=" => Command::Faster,
        "-" => Command::Slower,
        "u" => Command::Undo,
        "?" => return Some(Pressed::Open(Overlay::Help)),
        _ => {
            let mut letters = key.bytes();
            return match (letters.next(), letters.next()) {
                (Some(digit @ b'1'..=b'9'), None) => Some(Pressed::Node(digit - b'1')),
                _ => None,
            };
        }
    };
    Some(Pressed::Run(command))
}

/// The keys, for the help: what to press, and what it does.
pub(crate) const HELP: [(&str, &str); 10] = [
    ("Space or K", "play or pause"),
    ("← and →", "one event back or forward"),
    ("Shift with ← and →", "to the previous or next election, commit, fault or violation"),
    ("Home and End", "to the beginning or the end of the run"),
    ("+ and -", "faster or slower"),
    ("1 to 9", "go to node A to I"),
    ("Enter or Space on a node", "what one can do to it: crash, restart, cut off …"),
    ("U", "undo the last action"),
    ("Escape", "close a menu or this help"),
    ("?", "this help"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_belongs_to_a_button_that_has_the_focus() {
        let toggle = Some(Pressed::Run(Command::TogglePlaying));
        assert_eq!(pressed(" ", false, Focus::Page), toggle);
        assert_eq!(pressed(" ", false, Focus::TimeSlider), toggle);
        assert_eq!(pressed(" ", false, Focus::Button), None);
        assert_eq!(pressed(" ", false, Focus::Arrows), None);
        assert_eq!(pressed(" ", false, Focus::Everything), None);
    }

    #[test]
    fn arrows_belong_to_what_uses_them() {
        let step = Some(Pressed::Run(Command::Step(Way::Forward)));
        let notable = Some(Pressed::Run(Command::Notable(Way::Back)));
        for focus in [Focus::Page, Focus::Button, Focus::TimeSlider] {
            assert_eq!(pressed("ArrowRight", false, focus), step);
            assert_eq!(pressed("ArrowLeft", true, focus), notable);
        }
        assert_eq!(pressed("ArrowRight", false, Focus::Arrows), None);
        assert_eq!(pressed("?", false, Focus::Arrows), Some(Pressed::Open(Overlay::Help)));
    }

    #[test]
    fn what_is_typed_is_no_command() {
        for key in ["1", "k", "-", "Home", "?"] {
            assert_eq!(pressed(key, false, Focus::Everything), None);
        }
    }

    #[test]
    fn digits_are_nodes() {
        assert_eq!(pressed("1", false, Focus::Page), Some(Pressed::Node(0)));
        assert_eq!(pressed("9", false, Focus::Button), Some(Pressed::Node(8)));
        assert_eq!(pressed("0", false, Focus::Page), None);
        assert_eq!(pressed("F1", false, Focus::Page), None);
    }
}
