//! The name that somebody meant who wrote another.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Names that differ by more than this share are no typos of each other: one letter of
/// three, two of six.
fn is_near(name: &str, distance: usize) -> bool {
    distance <= (name.chars().count() / 3).max(1)
}

/// The known name that is nearest to this one, if one is near, and else all there are:
/// `did you mean crash?`
pub fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    // A long text is no name, and would take long to compare.
    let short: String = name.chars().take(64).collect::<String>().to_ascii_lowercase();
    let distance =
        |known: &&str| strsim::osa_distance(&short.replace('_', "-"), &known.replace('_', "-"));
    let nearest = known.iter().copied().min_by_key(distance);
    match nearest.filter(|nearest| is_near(nearest, distance(nearest))) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None if known.is_empty() => "there is none at all".to_owned(),
        None => format!("it is one of {}", known.join(", ")),
    }
}

/// The same, after what is wrong with the name: `: did you mean crash?`
pub(in super::super) fn did_you_mean(name: &str, known: &[&str]) -> String {
    format!(": {}", suggestion(name, known.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, suggestion};

    #[test]
    fn a_typo_finds_the_name_that_was_meant() {
        let known = ["heartbeat_interval", "election_timeout"];
        for typo in
            ["hearbeat_interval", "heartbeat-interval", "HEARTBEAT_INTERVAL", "haertbeat_intervall"]
        {
            assert_eq!(did_you_mean(typo, &known), ": did you mean heartbeat_interval?", "{typo}");
        }
        let all = ": it is one of heartbeat_interval, election_timeout";
        assert_eq!(did_you_mean("colour", &known), all);
        assert_eq!(did_you_mean("", &known), all);
        assert_eq!(suggestion("colour", []), "there is none at all");
    }
}
