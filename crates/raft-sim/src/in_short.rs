//! What is said to a person about a text that nobody vouches for, which it may quote: on
//! one line, and not much longer than a sentence.

use alloc::string::String;

/// No sentence of ours is longer; the longest lists all rules that can be left out.
const LONGEST: usize = 1_000;
/// Of a longer one, so much is kept of its beginning and of its end: what is quoted stands
/// before what would be right.
const BEGINNING: usize = 120;
const END: usize = 800;

/// The text, without what is too much of it in the middle; control characters are shown.
pub(crate) fn in_short(text: &str) -> String {
    let mut short = String::new();
    let mut show = |letter: char| {
        if letter.is_control() {
            short.extend(letter.escape_default());
        } else {
            short.push(letter);
        }
    };
    let count = text.chars().count();
    if count <= LONGEST {
        text.chars().for_each(show);
    } else {
        text.chars().take(BEGINNING).for_each(&mut show);
        show('…');
        text.chars().skip(count - END).for_each(show);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_sentence_stays_as_it_is_and_a_flood_does_not() {
        let sentence = "“crahs:B” is no action: did you mean crash?";
        assert_eq!(in_short(sentence), sentence);
        assert_eq!(in_short("one\ntwo\u{1b}"), "one\\ntwo\\u{1b}");
        let flood = format!("“{}” is no action: did you mean crash?", "ä".repeat(100_000));
        let short = in_short(&flood);
        assert_eq!(short.chars().count(), BEGINNING + 1 + END);
        assert!(short.starts_with("“ää") && short.ends_with("” is no action: did you mean crash?"));
    }
}
