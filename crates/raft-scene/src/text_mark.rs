//! A line of text on the stage.

use crate::geometry::{Point, Rectangle};

/// Which end of a text stands at its place; the values of SVG's `text-anchor`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Anchor {
    /// The text begins there.
    #[default]
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Anchor {
    /// The value of SVG's `text-anchor`.
    pub const fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// How something is meant, which gives it its colour; the graver the later.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Tone {
    /// Worth little ink.
    #[default]
    Quiet,
    /// Ordinary text.
    Plain,
    /// As it should be.
    Good,
    /// Under way, or unusual; nothing is wrong.
    Notable,
    /// Wrong, or about to lead people wrong.
    Bad,
}

impl Tone {
    /// The end of a CSS class: `quiet`, `plain`, `good`, `notable`, `bad`.
    pub const fn name(self) -> &'static str {
        match self {
            Tone::Quiet => "quiet",
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Notable => "notable",
            Tone::Bad => "bad",
        }
    }

    /// The token that it is coloured by.
    pub const fn token(self) -> &'static str {
        match self {
            Tone::Quiet => "quiet",
            Tone::Plain => "ink",
            Tone::Good => "leader",
            Tone::Notable => "candidate",
            Tone::Bad => "bad",
        }
    }
}

/// A line of text. `at` is on its baseline.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TextMark {
    /// What it says.
    pub text: String,
    /// Where, on the baseline.
    pub at: Point,
    /// Which end stands there.
    pub anchor: Anchor,
    /// How it is meant.
    pub tone: Tone,
    /// The size of the letters.
    pub size: f32,
}

impl TextMark {
    /// The box that the text takes, by an estimate on the safe side.
    pub fn bounds(&self) -> Rectangle {
        let width = text_width(&self.text, self.size);
        let left = match self.anchor {
            Anchor::Start => self.at.x,
            Anchor::Middle => self.at.x - width / 2.0,
            Anchor::End => self.at.x - width,
        };
        Rectangle::new(left, self.at.y - self.size * 0.8, width, self.size * 1.05)
    }
}

/// About how wide a text is. It errs on the wide side for every common UI font.
pub(crate) fn text_width(text: &str, size: f32) -> f32 {
    let ems: f32 = text
        .chars()
        .map(|letter| match letter {
            'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' => 0.33,
            ' ' | 'f' | 't' | 'r' | '(' | ')' | '{' | '}' | '[' | ']' | '·' | '-' | '/' => 0.41,
            'm' | 'w' | 'M' | 'W' | '→' => 0.96,
            'A'..='Z' => 0.73,
            _ => 0.63,
        })
        .sum();
    ems * size
}
