//! What is set anew.

use super::happenings::hundredths;
use super::span;
use raft_core::{DriftBound, ReadMode};
use raft_sim::document::words::Choice as _;
use raft_sim::{Latency, Quantiles, Setting};

/// What is so from now on.
pub(super) fn changed(setting: &Setting) -> String {
    let what = match setting {
        Setting::PreVote(true) => "nodes ask before they stand: pre-vote is on",
        Setting::PreVote(false) => "nodes stand without asking: pre-vote is off",
        Setting::CheckQuorum(true) => "a leader that no majority answers steps down",
        Setting::CheckQuorum(false) => "a leader that no majority answers leads on",
        Setting::Lease(None) => "no leader has a lease",
        Setting::Lease(Some(DriftBound { numerator, denominator })) => {
            return format!(
                "From now on leaders have leases, with a drift bound of {numerator}/{denominator}."
            );
        }
        Setting::Reads(ReadMode::ReadIndex) => "clients read by ReadIndex",
        Setting::Reads(ReadMode::Lease) => "clients read by lease",
        Setting::Reads(ReadMode::Log) => "clients read through the log",
        Setting::Stickiness(true) => "a node that hears a leader ignores requests for its vote",
        Setting::Stickiness(false) => {
            "a node gives its vote also while it hears a leader, and no leader has a lease"
        }
        Setting::FollowerReads(true) => "followers take reads, and ask the leader",
        Setting::FollowerReads(false) => "followers send readers on to the leader",
        Setting::NoOp(true) => "a new leader begins with an entry that holds nothing",
        Setting::NoOp(false) => "a new leader waits for a client to write",
        Setting::SnapshotEvery(None) => "nodes take snapshots only when they are told to",
        other => return format!("From now on {}.", with_value(other)),
    };
    format!("From now on {what}.")
}

fn with_value(setting: &Setting) -> String {
    match setting {
        Setting::Heartbeat(interval) => {
            format!("leaders send heartbeats every {}", span(*interval))
        }
        Setting::ElectionTimeout(timeouts) if timeouts.min == timeouts.max => {
            format!("every election timeout is {}", span(timeouts.min))
        }
        Setting::ElectionTimeout(timeouts) => {
            format!("election timeouts are {} to {}", span(timeouts.min), span(timeouts.max))
        }
        Setting::Timing(preset) => format!(
            "the timing is that of {}: election timeouts of {} to {}, heartbeats every {}",
            preset.name(),
            span(preset.election_timeout().min),
            span(preset.election_timeout().max),
            span(preset.heartbeat_interval())
        ),
        Setting::MaxEntries(1) => "a message carries 1 entry at most".to_string(),
        Setting::MaxEntries(most) => format!("a message carries {most} entries at most"),
        Setting::InFlight(most) => {
            format!(
                "a leader has at most {most} unanswered with entries under way to each follower"
            )
        }
        Setting::PromotionLag(most) => {
            format!("a learner that lacks no more than {most} entries may be made a voter")
        }
        Setting::SnapshotEvery(Some(1)) => "nodes take a snapshot after each entry".to_string(),
        Setting::SnapshotEvery(Some(every)) => {
            format!("nodes take a snapshot after every {every} entries")
        }
        Setting::SnapshotKept(kept) => {
            format!("{kept} entries that a snapshot covers stay in the log")
        }
        Setting::SnapshotChunk(bytes) => {
            format!("a message carries {bytes} bytes of a snapshot at most")
        }
        Setting::Latency(it) => format!("messages between nodes take {}", latency(it)),
        Setting::Loss(per_million) => {
            format!("{} of a hundred messages between nodes get lost", hundredths(*per_million))
        }
        Setting::Duplicates(per_million) => {
            format!("{} of a hundred messages arrive twice", hundredths(*per_million))
        }
        Setting::ClientLatency(it) => {
            format!("messages between clients and nodes take {}", latency(it))
        }
        Setting::Fsync { node: None, latency: it } => {
            format!("an fsync takes {} on every disk", latency(it))
        }
        Setting::Fsync { node: Some(node), latency: it } => {
            format!("an fsync takes {} on {node}'s disk", latency(it))
        }
        Setting::Flaw { flaw, is_on: true } => {
            format!("a rule is left out: {}; this is modified Raft", flaw.removes())
        }
        Setting::Flaw { flaw, is_on: false } => {
            format!("a rule is back in force: {}", flaw.removes())
        }
        // Those without a value are told above.
        _ => "it is as it was".to_string(),
    }
}

/// How long something takes: `5 ms`, `0.4 to 1.2 ms`, `5 ms, give or take 1 ms`.
pub fn latency(latency: &Latency) -> String {
    match latency {
        Latency::Constant(it) => span(*it),
        Latency::Uniform { min, max } => format!("{} to {}", span(*min), span(*max)),
        Latency::Normal { mean, deviation } => {
            format!("{}, give or take {}", span(*mean), span(*deviation))
        }
        Latency::LogNormal { median, p99 } => {
            format!("{} mostly, and more than {} once in a hundred", span(*median), span(*p99))
        }
        Latency::Quantiles(Quantiles { min, p50, p99, .. }) => format!(
            "{} at least, {} mostly, and more than {} once in a hundred",
            span(*min),
            span(*p50),
            span(*p99)
        ),
    }
}
