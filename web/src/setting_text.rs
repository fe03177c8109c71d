//! A setting's value as a reader types it: in milliseconds and per cent, where an action
//! has microseconds and parts of a million.

use raft_sim::{Action, SettingKind, SettingRow, Unit};

/// How many decimal places an action's number is finer than what is typed.
const fn places(kind: SettingKind) -> u32 {
    match kind {
        SettingKind::Number { unit: Unit::Micros, .. }
        | SettingKind::Range { .. }
        | SettingKind::Latency => 3,
        SettingKind::Number { unit: Unit::PerMillion, .. } => 4,
        _ => 0,
    }
}

/// What stands behind the field.
pub(crate) const fn unit(kind: SettingKind) -> &'static str {
    match kind {
        SettingKind::Range { .. } | SettingKind::Latency => "ms",
        SettingKind::Number { unit, .. } => match unit {
            Unit::Micros => "ms",
            Unit::Entries => "entries",
            Unit::Messages => "messages",
            Unit::Bytes => "bytes",
            Unit::PerMillion => "%",
        },
        _ => "",
    }
}

/// The value of an action, as it is typed: `150000-300000` is `150-300`.
pub(crate) fn shown(kind: SettingKind, value: &str) -> String {
    each_number(value, |digits| Some(coarser(digits, places(kind)))).unwrap_or_default()
}

/// What was typed, as an action has it.
fn meant(kind: SettingKind, typed: &str) -> Option<String> {
    // Ranges are typed with all kinds of dashes, and spaces around them.
    let typed: String = typed
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| if matches!(letter, '–' | '−') { '-' } else { letter })
        .collect();
    each_number(&typed.to_ascii_lowercase(), |digits| finer(digits, places(kind)))
}

/// The action that sets what was typed.
///
/// # Errors
/// What would be right.
pub(crate) fn action(row: &SettingRow, typed: &str) -> Result<Action, String> {
    let action = meant(row.kind, typed)
        .and_then(|value| format!("set:{}:{value}", row.name).parse::<Action>().ok());
    action.ok_or_else(|| hint(row.kind))
}

/// What would be right.
fn hint(kind: SettingKind) -> String {
    let bound = |number: u64| coarser(&number.to_string(), places(kind));
    let unit = unit(kind);
    match kind {
        SettingKind::OnOff | SettingKind::Flaw => "It is on or off.".to_owned(),
        SettingKind::Choice(choices) => {
            let titles: Vec<&str> = choices.iter().map(|(_, title)| *title).collect();
            format!("Choose one of these: {}.", titles.join(", "))
        }
        SettingKind::Number { least, most, may_be_off, .. } => {
            let or_off = if may_be_off { ", or “off”" } else { "" };
            format!("Write a number from {} to {} {unit}{or_off}.", bound(least), bound(most))
        }
        SettingKind::Range { least, most } => format!(
            "Write the shortest and the longest, such as 150-300: from {} to {} {unit}.",
            bound(least),
            bound(most)
        ),
        SettingKind::Ratio => "Write a ratio of at least 1, such as 11/10, or “off”.".to_owned(),
        SettingKind::Latency => "Write a time in ms such as 5, a span such as 0.4-1.2, or \
                                 normal-5-1: the mean and the deviation."
            .to_owned(),
    }
}

/// Changes each number of a text, and leaves the words between them.
fn each_number(text: &str, change: impl Fn(&str) -> Option<String>) -> Option<String> {
    let parts =
        text.split('-').map(|part| match part.starts_with(|it: char| it.is_ascii_digit()) {
            true => change(part),
            false => Some(part.to_owned()),
        });
    Some(parts.collect::<Option<Vec<String>>>()?.join("-"))
}

/// `1500` with three places is `1.5`.
fn coarser(digits: &str, places: u32) -> String {
    let Ok(number) = digits.parse::<u64>() else { return digits.to_owned() };
    let one = 10_u64.pow(places);
    let (whole, rest) = (number / one, number % one);
    if rest == 0 {
        return whole.to_string();
    }
    let rest = format!("{rest:0width$}", width = places as usize);
    format!("{whole}.{}", rest.trim_end_matches('0'))
}

/// `1.5` with three places is `1500`; `None` for what is finer than that, or no number.
fn finer(typed: &str, places: u32) -> Option<String> {
    if places == 0 {
        return Some(typed.to_owned());
    }
    let (whole, rest) = typed.split_once(['.', ',']).unwrap_or((typed, ""));
    let is_number = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    if !is_number(whole) || !is_number(rest) || rest.len() > places as usize {
        return None;
    }
    let number = format!("{whole}{rest:0<width$}", width = places as usize);
    number.parse::<u64>().ok().map(|number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::SETTINGS;

    fn row(name: &str) -> &'static SettingRow {
        SETTINGS.iter().find(|row| row.name == name).expect(name)
    }

    #[test]
    fn what_is_shown_of_each_setting_means_the_same_when_it_is_typed_again() {
        for row in SETTINGS {
            let (_, value) = row.example.split_once(':').expect("a name and a value");
            let shown = shown(row.kind, value);
            assert_eq!(meant(row.kind, &shown).as_deref(), Some(value), "{}", row.name);
            let action = action(row, &shown).expect(row.name);
            assert_eq!(action.to_string(), format!("set:{}", row.example));
        }
    }

    #[test]
    fn times_are_typed_in_milliseconds_and_losses_in_per_cent() {
        let typed = |name, text| action(row(name), text).map(|action| action.to_string());
        let right = |text: &str| Ok(text.to_owned());
        assert_eq!(typed("heartbeat", "50"), right("set:heartbeat:50000"));
        assert_eq!(typed("heartbeat", "0.5"), right("set:heartbeat:500"));
        let timeout = right("set:election-timeout:150000-300000");
        assert_eq!(typed("election-timeout", "150 – 300"), timeout);
        assert_eq!(typed("loss", "2.5"), right("set:loss:25000"));
        assert_eq!(typed("latency", "normal-5-1.5"), right("set:latency:normal-5000-1500"));
        assert_eq!(typed("lease", "11/10"), right("set:lease:11/10"));
        assert_eq!(typed("snapshot-every", "Off"), right("set:snapshot-every:off"));
    }

    #[test]
    fn what_is_wrong_is_answered_by_what_would_be_right() {
        for (name, text, hint) in [
            ("loss", "101", "Write a number from 0 to 100 %."),
            ("loss", "much", "Write a number from 0 to 100 %."),
            ("heartbeat", "0.0001", "Write a number from 0.001 to 600000 ms."),
            ("heartbeat", "-5", "Write a number from 0.001 to 600000 ms."),
            ("max-entries", "0", "Write a number from 1 to 1000000 entries."),
            ("max-entries", "1.5", "Write a number from 1 to 1000000 entries."),
            ("lease", "1/2", "Write a ratio of at least 1, such as 11/10, or “off”."),
            (
                "latency",
                "",
                "Write a time in ms such as 5, a span such as 0.4-1.2, or \
                             normal-5-1: the mean and the deviation.",
            ),
        ] {
            assert_eq!(action(row(name), text), Err(hint.to_owned()), "{name} {text}");
        }
    }
}
