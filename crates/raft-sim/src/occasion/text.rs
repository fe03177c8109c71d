//! Occasions as text: `B becomes candidate`.

use super::{ClientDeed, Deed, Occasion, Parcel, Subject};
use crate::monitor::Property;
use crate::state_machine::Value;
use crate::who::{self, Letters};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use raft_core::{Index, MessageKind, NodeId, Term};

/// Why a text is no occasion: what is wrong, and what would be right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OccasionError(String);

impl fmt::Display for OccasionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl core::error::Error for OccasionError {}

/// The deeds that nothing more is said about.
const PLAIN_DEEDS: [(&str, Deed); 19] = [
    ("becomes pre-candidate", Deed::BecomesPreCandidate),
    ("becomes candidate", Deed::BecomesCandidate),
    ("becomes leader", Deed::BecomesLeader),
    ("steps down", Deed::StepsDown),
    ("follows a leader", Deed::FollowsLeader),
    ("draws a timeout", Deed::DrawsTimeout),
    ("removes entries", Deed::RemovesEntries),
    ("withholds a commit", Deed::WithholdsCommit),
    ("adopts a configuration", Deed::AdoptsConfiguration),
    ("hands over", Deed::HandsOver),
    ("takes a snapshot", Deed::TakesSnapshot),
    ("sends its snapshot", Deed::SendsSnapshot),
    ("installs a snapshot", Deed::InstallsSnapshot),
    ("has written", Deed::HasWritten),
    ("crashes", Deed::Crashes),
    ("restarts", Deed::Restarts),
    ("stands still", Deed::StandsStill),
    ("goes on", Deed::GoesOn),
    ("applies", Deed::Applies(None)),
];

const DEEDS: &str = "becomes pre-candidate, becomes candidate, becomes leader, steps down, \
                     follows a leader, draws a timeout, reaches term 5, grants its vote [to B], \
                     refuses its vote [to B], ignores a candidate [B], proposes [index 5], \
                     appends [index 5], removes entries, commits [index 5], withholds a commit, \
                     applies [index 5], adopts a configuration, hands over, takes a snapshot, \
                     sends its snapshot, installs a snapshot, has written, crashes, restarts, stands still, goes on, \
                     sends append-entries [to B], receives append-entries [from B] or loses \
                     append-entries [to B]";

const KINDS: [(&str, MessageKind); 11] = [
    ("request-vote", MessageKind::RequestVote),
    ("request-vote-reply", MessageKind::RequestVoteReply),
    ("request-pre-vote", MessageKind::RequestPreVote),
    ("request-pre-vote-reply", MessageKind::RequestPreVoteReply),
    ("append-entries", MessageKind::AppendEntries),
    ("append-entries-reply", MessageKind::AppendEntriesReply),
    ("timeout-now", MessageKind::TimeoutNow),
    ("install-snapshot", MessageKind::InstallSnapshot),
    ("install-snapshot-reply", MessageKind::InstallSnapshotReply),
    ("request-read-index", MessageKind::RequestReadIndex),
    ("request-read-index-reply", MessageKind::RequestReadIndexReply),
];

/// ` to B`, where there is somebody.
struct Other(&'static str, Option<NodeId>);

impl fmt::Display for Other {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1.map_or(Ok(()), |node| write!(formatter, " {}{node}", self.0))
    }
}

/// ` index 5`, where there is one.
struct At(Option<Index>);

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |index| write!(formatter, " index {index}"))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Anyone => formatter.write_str("anyone"),
            Subject::OneOf(nodes) => Letters(*nodes).fmt(formatter),
            Subject::Leader => formatter.write_str("leader"),
            Subject::StaleLeader => formatter.write_str("stale-leader"),
        }
    }
}

impl fmt::Display for Parcel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Parcel::Any => "message",
            Parcel::Heartbeat => "heartbeat",
            Parcel::Entries => "entries",
            Parcel::Kind(kind) => {
                KINDS.iter().find(|(_, known)| known == kind).map_or("message", |(name, _)| name)
            }
        })
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::ReachesTerm(term) => write!(formatter, "reaches term {term}"),
            Deed::GrantsVote(to) => write!(formatter, "grants its vote{}", Other("to ", *to)),
            Deed::RefusesVote(to) => write!(formatter, "refuses its vote{}", Other("to ", *to)),
            Deed::IgnoresVoteRequest(of) => {
                write!(formatter, "ignores a candidate{}", Other("", *of))
            }
            Deed::Proposes(index) => write!(formatter, "proposes{}", At(*index)),
            Deed::Appends(index) => write!(formatter, "appends{}", At(*index)),
            Deed::Commits(index) => write!(formatter, "commits{}", At(*index)),
            Deed::Applies(index) => write!(formatter, "applies{}", At(*index)),
            Deed::Sends { what, to } => write!(formatter, "sends {what}{}", Other("to ", *to)),
            Deed::Receives { what, from } => {
                write!(formatter, "receives {what}{}", Other("from ", *from))
            }
            Deed::Loses { what, to } => write!(formatter, "loses {what}{}", Other("to ", *to)),
            plain => {
                let text = PLAIN_DEEDS.iter().find(|(_, deed)| deed == plain);
                formatter.write_str(text.map_or("", |(text, _)| text))
            }
        }
    }
}

impl fmt::Display for Occasion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Occasion::Node { who, does, in_term } => {
                write!(formatter, "{who} {does}")?;
                in_term.map_or(Ok(()), |term| write!(formatter, " in term {term}"))
            }
            Occasion::Client { client, what } => {
                match client {
                    Some(client) => write!(formatter, "client {client} ")?,
                    None => formatter.write_str("a client ")?,
                }
                match what {
                    ClientDeed::Asks => formatter.write_str("asks"),
                    ClientDeed::IsAnswered => formatter.write_str("is answered"),
                    ClientDeed::HasWritten => formatter.write_str("has written"),
                    ClientDeed::HasRead(None) => formatter.write_str("has read"),
                    ClientDeed::HasRead(Some(value)) => write!(formatter, "has read {value}"),
                    ClientDeed::IsRefused => formatter.write_str("is refused"),
                }
            }
            Occasion::Violated(None) => formatter.write_str("anything is violated"),
            Occasion::Violated(Some(property)) => {
                write!(formatter, "{} is violated", name(*property))
            }
            Occasion::NetworkParted => formatter.write_str("network is parted"),
            Occasion::NetworkHealed => formatter.write_str("network is healed"),
        }
    }
}

/// `leader-append-only`
fn name(property: Property) -> String {
    property.to_string().to_ascii_lowercase().replace(' ', "-")
}

fn number<T: FromStr>(text: &str, of: &str) -> Result<T, OccasionError> {
    text.parse().map_err(|_| OccasionError(format!("“{text}” is no {of}: write a whole number")))
}

fn node(text: &str) -> Result<Option<NodeId>, OccasionError> {
    who::node(text).map(Some).map_err(|error| OccasionError(error.to_string()))
}

fn index(text: &str) -> Result<Option<Index>, OccasionError> {
    number(text, "index").map(|index| Some(Index(index)))
}

fn parcel(text: &str) -> Result<Parcel, OccasionError> {
    Ok(match text {
        "message" => Parcel::Any,
        "heartbeat" => Parcel::Heartbeat,
        "entries" => Parcel::Entries,
        _ => match KINDS.iter().find(|(name, _)| *name == text) {
            Some((_, kind)) => Parcel::Kind(*kind),
            None => {
                let kinds = KINDS.map(|(name, _)| name).join(", ");
                return Err(OccasionError(format!(
                    "“{text}” is no kind of message: write message, heartbeat, entries, {kinds}"
                )));
            }
        },
    })
}

fn subject(text: &str) -> Result<Subject, OccasionError> {
    Ok(match text {
        "anyone" => Subject::Anyone,
        "leader" => Subject::Leader,
        "stale-leader" => Subject::StaleLeader,
        _ => who::set(text).map(Subject::OneOf).map_err(|_| {
            OccasionError(format!(
                "“{text}” is nobody: an occasion begins with anyone, leader, stale-leader, nodes \
                 such as B or CD, client 2, a client, a property, or network"
            ))
        })?,
    })
}

fn deed(words: &[&str]) -> Result<Deed, OccasionError> {
    Ok(match *words {
        ["reaches", "term", term] => Deed::ReachesTerm(Term(number(term, "term")?)),
        ["grants", "its", "vote"] => Deed::GrantsVote(None),
        ["grants", "its", "vote", "to", to] => Deed::GrantsVote(node(to)?),
        ["refuses", "its", "vote"] => Deed::RefusesVote(None),
        ["refuses", "its", "vote", "to", to] => Deed::RefusesVote(node(to)?),
        ["ignores", "a", "candidate"] => Deed::IgnoresVoteRequest(None),
        ["ignores", "a", "candidate", of] => Deed::IgnoresVoteRequest(node(of)?),
        ["proposes"] => Deed::Proposes(None),
        ["proposes", "index", at] => Deed::Proposes(index(at)?),
        ["appends"] => Deed::Appends(None),
        ["appends", "index", at] => Deed::Appends(index(at)?),
        ["commits"] => Deed::Commits(None),
        ["commits", "index", at] => Deed::Commits(index(at)?),
        ["applies", "index", at] => Deed::Applies(index(at)?),
        ["sends", what] => Deed::Sends { what: parcel(what)?, to: None },
        ["sends", what, "to", to] => Deed::Sends { what: parcel(what)?, to: node(to)? },
        ["receives", what] => Deed::Receives { what: parcel(what)?, from: None },
        ["receives", what, "from", from] => {
            Deed::Receives { what: parcel(what)?, from: node(from)? }
        }
        ["loses", what] => Deed::Loses { what: parcel(what)?, to: None },
        ["loses", what, "to", to] => Deed::Loses { what: parcel(what)?, to: node(to)? },
        _ => {
            let text = words.join(" ");
            let plain = PLAIN_DEEDS.iter().find(|(known, _)| *known == text);
            return plain.map(|(_, deed)| *deed).ok_or_else(|| {
                OccasionError(format!("“{text}” is nothing that a node does: it {DEEDS}"))
            });
        }
    })
}

fn client_deed(words: &[&str]) -> Result<ClientDeed, OccasionError> {
    Ok(match *words {
        ["asks"] => ClientDeed::Asks,
        ["is", "answered"] => ClientDeed::IsAnswered,
        ["has", "written"] => ClientDeed::HasWritten,
        ["has", "read"] => ClientDeed::HasRead(None),
        ["has", "read", value] => ClientDeed::HasRead(Some(Value(number(value, "value")?))),
        ["is", "refused"] => ClientDeed::IsRefused,
        _ => {
            let text = words.join(" ");
            return Err(OccasionError(format!(
                "“{text}” is nothing that a client does: it asks, is answered, has written, has \
                 read, has read 7, or is refused"
            )));
        }
    })
}

fn property(text: &str) -> Result<Option<Property>, OccasionError> {
    if text == "anything" {
        return Ok(None);
    }
    let known = Property::ALL.iter().copied().find(|property| name(*property) == text);
    known.map(Some).ok_or_else(|| {
        let names = Property::ALL.map(name).join(", ");
        OccasionError(format!("“{text}” is no property: write anything, {names}"))
    })
}

impl FromStr for Occasion {
    type Err = OccasionError;

    fn from_str(text: &str) -> Result<Occasion, OccasionError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(match &words[..] {
            ["client", client, does @ ..] => Occasion::Client {
                client: Some(number(client, "client")?),
                what: client_deed(does)?,
            },
            ["a", "client", does @ ..] => {
                Occasion::Client { client: None, what: client_deed(does)? }
            }
            ["network", "is", "parted"] => Occasion::NetworkParted,
            ["network", "is", "healed"] => Occasion::NetworkHealed,
            ["network", ..] => {
                return Err(OccasionError(format!(
                    "“{text}” is no occasion: write network is parted, or network is healed"
                )));
            }
            [what @ .., "is", "violated"] => Occasion::Violated(property(&what.join(" "))?),
            [who, does @ .., "in", "term", term] => Occasion::Node {
                who: subject(who)?,
                does: deed(does)?,
                in_term: Some(Term(number(term, "term")?)),
            },
            [who, does @ ..] => {
                Occasion::Node { who: subject(who)?, does: deed(does)?, in_term: None }
            }
            [] => {
                let message = "an occasion says who does what, such as “B becomes candidate”";
                return Err(OccasionError(message.to_string()));
            }
        })
    }
}

// In a document an occasion is its text: one reads and writes it gladly.

impl serde::Serialize for Occasion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'a> serde::Deserialize<'a> for Occasion {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Occasion, D::Error> {
        let text = alloc::borrow::Cow::<'a, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_occasion_survives_its_text() {
        let does = [
            "reaches term 5",
            "grants its vote",
            "grants its vote to C",
            "refuses its vote to C",
            "ignores a candidate",
            "ignores a candidate C",
            "proposes",
            "proposes index 7",
            "appends index 7",
            "commits",
            "commits index 9500",
            "applies index 5",
            "sends message",
            "sends append-entries to C",
            "receives heartbeat from A",
            "loses entries to B",
            "sends install-snapshot-reply",
        ];
        let plain = PLAIN_DEEDS.map(|(text, _)| text);
        let mut texts: Vec<String> = Vec::new();
        for does in does.iter().chain(&plain) {
            for who in ["anyone", "leader", "stale-leader", "B", "BCE"] {
                texts.push(format!("{who} {does}"));
                texts.push(format!("{who} {does} in term 2"));
            }
        }
        for client in ["a client", "client 2", "client 0"] {
            for does in ["asks", "is answered", "has written", "has read", "is refused"] {
                texts.push(format!("{client} {does}"));
            }
            texts.push(format!("{client} has read 17"));
        }
        texts.extend(Property::ALL.iter().map(|it| format!("{} is violated", name(*it))));
        for text in ["anything is violated", "network is parted", "network is healed"] {
            texts.push(text.to_string());
        }
        for text in texts {
            let occasion: Occasion = text.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(occasion.to_string(), text);
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right() {
        for (text, says) in [
            ("", "who does what"),
            ("nobody crashes", "an occasion begins with anyone"),
            ("B explodes", "“explodes” is nothing that a node does: it becomes"),
            ("B becomes candidate in term two", "“two” is no term"),
            ("B sends letters", "write message, heartbeat"),
            ("B commits index -1", "“-1” is no index"),
            ("client 2 sleeps", "it asks, is answered"),
            ("client two asks", "“two” is no client"),
            ("luck is violated", "write anything, election-safety"),
            ("log matching is violated", "“log matching” is no property: write anything, election"),
            (
                "network heals",
                "“network heals” is no occasion: write network is parted, or network",
            ),
        ] {
            let error = text.parse::<Occasion>().expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _ = text.parse::<Occasion>();
        }
    }
}
