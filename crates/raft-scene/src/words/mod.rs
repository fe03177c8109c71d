//! What happens, in plain English: one place for the RPC log, the story, the live
//! region and the tooltips. Present tense, short, and always with the reason.

mod explain;
mod happenings;
mod messages;
mod operations;
mod settings;
mod transitions;

pub use explain::{hit, name};
pub use happenings::{happening, is_beginning, is_worth_telling};
pub use messages::{Said, message};
pub use operations::{client, how, operation};
pub use settings::latency;
pub use transitions::transition;

pub(crate) use operations::{in_short as operation_in_short, is_stale, request};

use crate::log_grid::SeenByLeader;
use raft_core::{LogEnd, Membership, Micros, NodeId, NodeSet, PaceView, VoteRefusal};
use raft_sim::Property;

/// A property's name, and what it says, in a sentence (paper, Figure 3).
pub const fn property(property: Property) -> (&'static str, &'static str) {
    match property {
        Property::ElectionSafety => {
            ("Election Safety", "At most one leader can be elected in a given term.")
        }
        Property::LeaderAppendOnly => (
            "Leader Append-Only",
            "A leader never overwrites or deletes entries in its log; it only appends new ones.",
        ),
        Property::LogMatching => (
            "Log Matching",
            "If two logs contain an entry with the same index and term, then the logs are \
             identical in all entries up through that index.",
        ),
        Property::LeaderCompleteness => (
            "Leader Completeness",
            "If an entry is committed in a given term, it is in the logs of the leaders of all \
             later terms.",
        ),
        Property::StateMachineSafety => (
            "State Machine Safety",
            "If a server has applied an entry at a given index, no other server will ever apply \
             a different one there.",
        ),
        Property::Durability => (
            "Durability",
            "A write that a client was told is done is never lost: every later leader has it, and \
             whoever applies that far applies it.",
        ),
        Property::AtMostOnce => (
            "At-Most-Once",
            "A write that its client sent again takes effect once, at one place in the order of \
             the log.",
        ),
        Property::Linearizability => (
            "Linearizability",
            "Every read sees the latest write that had ended before it began: clients can't tell \
             the cluster from one machine.",
        ),
    }
}

/// Where a property is written down.
pub const fn source(property: Property) -> &'static str {
    match property {
        Property::ElectionSafety => "Raft paper, Figure 3 and section 5.2",
        Property::LeaderAppendOnly | Property::LogMatching => {
            "Raft paper, Figure 3 and section 5.3"
        }
        Property::LeaderCompleteness => "Raft paper, Figure 3 and section 5.4",
        Property::StateMachineSafety => "Raft paper, Figure 3 and section 5.4.3",
        Property::Durability => "follows from Leader Completeness, for clients",
        Property::AtMostOnce => "Raft dissertation, section 6.3",
        Property::Linearizability => "Herlihy and Wing, 1990; Raft paper, section 8",
    }
}

/// `187 ms`, or `187.4 ms` where it is not a whole number of them.
pub(crate) fn span(micros: Micros) -> String {
    if micros.0.is_multiple_of(1_000) {
        format!("{} ms", micros.0 / 1_000)
    } else {
        micros.to_string()
    }
}

/// `voters A, B and C`; `voters A and D, joint with A, B and C; learners E`.
pub(crate) fn members(membership: &Membership) -> String {
    let mut text = format!("voters {}", names(membership.voters));
    if membership.is_joint() {
        text.push_str(&format!(", joint with {}", names(membership.outgoing)));
    }
    if !membership.learners.is_empty() {
        text.push_str(&format!("; learners {}", names(membership.learners)));
    }
    text
}

/// `A`, `A and B`, `A, B and D`.
pub(crate) fn names(set: NodeSet) -> String {
    let names: Vec<String> = set.iter().map(|id| id.to_string()).collect();
    match names.split_last() {
        None => "nobody".to_string(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// `A B | C D E`: the groups of a partition, each in these words, in the order of their
/// first nodes.
pub(crate) fn groups(groups: &[NodeSet], in_words: fn(&NodeSet) -> String) -> String {
    let mut groups = groups.to_vec();
    groups.sort_by_cached_key(|group| group.iter().next().map_or(0, |id| u64::from(id.number())));
    groups.iter().map(in_words).collect::<Vec<_>>().join(" | ")
}

/// `entry 3`, `entries 3 to 5`.
pub(crate) fn entries(first: raft_core::Index, last: raft_core::Index) -> String {
    if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") }
}

/// What a leader believes of a follower's log, in a sentence.
pub(crate) fn seen_by_leader(leader: NodeId, seen: &SeenByLeader) -> String {
    let SeenByLeader { next_index, match_index, .. } = seen;
    let matches = match match_index.0 {
        0 => "knows of no entry that matches".to_string(),
        _ => format!("knows that it matches up to {match_index}"),
    };
    match seen.pace {
        PaceView::Probe => {
            format!("{leader} {matches}, and looks for where the logs part, at {next_index}.")
        }
        PaceView::Replicate => format!("{leader} {matches}, and sends {next_index} next."),
        PaceView::Snapshot(progress) => format!(
            "{leader} {matches}, and sends its snapshot up to {}: {} of {} bytes are there.",
            progress.end.index, progress.received_bytes, progress.total_bytes
        ),
    }
}

/// `index 3 of term 2`, `the beginning`.
pub(crate) fn place(end: LogEnd) -> String {
    if end.index.0 == 0 {
        "the beginning".to_string()
    } else {
        format!("index {} of term {}", end.index, end.term)
    }
}

/// Why a voter refuses a candidate, after `refused: ` or `because `.
pub(crate) fn refusal(voter: NodeId, candidate: NodeId, because: &VoteRefusal) -> String {
    match because {
        VoteRefusal::StaleTerm => format!("{candidate}'s term is over"),
        VoteRefusal::AlreadyVotedFor(other) if *other == voter => {
            format!("{voter} voted for itself in this term")
        }
        VoteRefusal::AlreadyVotedFor(other) => format!("{voter} voted for {other} in this term"),
        VoteRefusal::LogBehind { candidate: theirs, voter: ours } => {
            if theirs.index.0 == 0 {
                format!("{candidate}'s log is empty, {voter}'s ends in term {}", ours.term)
            } else if theirs.term == ours.term {
                format!(
                    "{voter}'s log reaches index {}, {candidate}'s only index {}",
                    ours.index, theirs.index
                )
            } else {
                format!(
                    "{voter}'s log ends in term {}, {candidate}'s in term {}",
                    ours.term, theirs.term
                )
            }
        }
        VoteRefusal::IsLeader => format!("{voter} leads this very term"),
        VoteRefusal::HearsLeader => format!("{voter} has just heard from a leader"),
    }
}
