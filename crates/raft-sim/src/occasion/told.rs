//! What happened, in the words that one would write for it.

use super::{ClientDeed, Deed, Moment, Occasion, Parcel, Subject};
use crate::history::Outcome;
use crate::record::Happening;
use raft_core::{MessageKind, NodeSet, Office, Transition};

impl Moment<'_> {
    /// The occasion that this is, as closely as one can write it: which node, which entry,
    /// which message. `None` where no occasion is about such a thing.
    pub fn occasion(&self) -> Option<Occasion> {
        let client = |what| Some(Occasion::Client { client: Some(self.client?), what });
        let does = match self.what {
            Happening::Violated(violation) => {
                return Some(Occasion::Violated(Some(violation.property)));
            }
            Happening::Parted { .. } => return Some(Occasion::NetworkParted),
            Happening::Healed => return Some(Occasion::NetworkHealed),
            Happening::OperationBegan { .. } => return client(ClientDeed::Asks),
            Happening::OperationEnded { outcome, .. } => {
                return client(match outcome {
                    Outcome::Written => ClientDeed::HasWritten,
                    Outcome::Found { value, .. } => ClientDeed::HasRead(Some(*value)),
                    Outcome::Refused | Outcome::GaveUp => ClientDeed::IsRefused,
                });
            }
            Happening::Sent { .. } => {
                Deed::Sends { what: self.parcel()?, to: Some(self.letter?.to) }
            }
            Happening::Delivered { .. } => {
                Deed::Receives { what: self.parcel()?, from: Some(self.letter?.from) }
            }
            Happening::Lost { .. } => {
                Deed::Loses { what: self.parcel()?, to: Some(self.letter?.to) }
            }
            Happening::Applied { index, .. } => Deed::Applies(Some(*index)),
            Happening::WriteDurable { .. } => Deed::HasWritten,
            Happening::Crashed { .. } => Deed::Crashes,
            Happening::Restarted { .. } => Deed::Restarts,
            Happening::Paused { .. } => Deed::StandsStill,
            Happening::Resumed { .. } => Deed::GoesOn,
            Happening::Node { transition, .. } => deed(transition)?,
            _ => return None,
        };
        let who = Subject::OneOf(NodeSet::only(self.node?));
        Some(Occasion::Node { who, does, in_term: None })
    }

    fn parcel(&self) -> Option<Parcel> {
        let letter = self.letter?;
        Some(match (letter.kind, letter.has_entries) {
            (MessageKind::AppendEntries, false) => Parcel::Heartbeat,
            (MessageKind::AppendEntries, true) => Parcel::Entries,
            (kind, _) => Parcel::Kind(kind),
        })
    }
}

/// Of several entries at once, the last.
const fn deed(transition: &Transition) -> Option<Deed> {
    Some(match transition {
        Transition::BecamePreCandidate { .. } => Deed::BecomesPreCandidate,
        Transition::BecameCandidate { .. } => Deed::BecomesCandidate,
        Transition::BecameLeader { .. } => Deed::BecomesLeader,
        Transition::SteppedDown { was: Office::Leader, .. } => Deed::StepsDown,
        Transition::LeaderRecognised { .. } => Deed::FollowsLeader,
        Transition::TimeoutDrawn { .. } => Deed::DrawsTimeout,
        Transition::TermAdvanced { to, .. } => Deed::ReachesTerm(*to),
        Transition::VoteGranted { to } => Deed::GrantsVote(Some(*to)),
        Transition::VoteRefused { to, .. } => Deed::RefusesVote(Some(*to)),
        Transition::VoteIgnored { from, .. } => Deed::IgnoresVoteRequest(Some(*from)),
        Transition::EntryProposed { index } => Deed::Proposes(Some(*index)),
        Transition::EntriesAppended { last, .. } => Deed::Appends(Some(*last)),
        Transition::EntriesRemoved { .. } => Deed::RemovesEntries,
        Transition::CommitAdvanced { to, .. } => Deed::Commits(Some(*to)),
        Transition::CommitWithheld { .. } => Deed::WithholdsCommit,
        Transition::ConfigurationAdopted { .. } => Deed::AdoptsConfiguration,
        Transition::TransferStarted { .. } => Deed::HandsOver,
        Transition::SnapshotTaken { .. } => Deed::TakesSnapshot,
        Transition::SnapshotSendStarted { .. } => Deed::SendsSnapshot,
        Transition::SnapshotInstalled { .. } => Deed::InstallsSnapshot,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::action::parse_steps;
    use crate::occasion::{KINDS_OF_OCCASIONS, Occasion, Watch};
    use crate::scenario::{Plan, Scenario};
    use crate::workload::{five_nodes, troubled};
    use crate::world::World;
    use alloc::collections::BTreeSet;
    use alloc::string::{String, ToString};
    use alloc::sync::Arc;
    use alloc::vec::Vec;
    use raft_core::Micros;

    /// The kinds, of anyone, of any entry and to anyone: what none of them is has no name.
    fn any_of_each() -> Vec<Occasion> {
        let loose = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            let words = match words.as_slice() {
                [who, "reaches", ..] => alloc::vec![*who, "reaches", "term", "5"],
                [who, does, "message" | "append-entries", ..] => {
                    alloc::vec![*who, *does, "message"]
                }
                [who @ .., "to" | "from", _] | [who @ .., "index", _] => who.to_vec(),
                ["client", _, does @ ..] => {
                    [&["a", "client"], does.strip_suffix(&["7"]).unwrap_or(does)].concat()
                }
                ["election-safety", ..] => alloc::vec!["anything", "is", "violated"],
                [who, "ignores", ..] => alloc::vec![*who, "ignores", "a", "candidate"],
                other => other.to_vec(),
            };
            let text = words.join(" ");
            let text = match text.split_once(' ') {
                Some(("A" | "B" | "C" | "leader" | "stale-leader", does)) => {
                    ["anyone ", does].concat()
                }
                _ => text,
            };
            text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
        };
        KINDS_OF_OCCASIONS.iter().map(|(text, _)| loose(text)).collect()
    }

    #[test]
    fn what_happened_is_the_occasion_that_it_is_told_as() {
        let script = parse_steps(
            "300000:crash:leader,500000:restart:former-leader,600000:timeout:C,700000:partition:AB-CDE,\
             1200000:heal,1300000:pause:D,1350000:resume:D,1400000:transfer:B,1500000:snapshot:leader,\
             1600000:remove:E,1700000:loss:A-B:500000",
        )
        .expect("they are steps");
        let any = any_of_each();
        let mut told: BTreeSet<String> = BTreeSet::new();
        let plans = (0..5).map(|seed| {
            let scenario = Scenario { script: script.clone(), ..five_nodes("told", "", "") };
            Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be"))
        });
        // There, clients write and read as well.
        let of_clients = troubled(5, Micros::from_secs(8), 1).expect("it can be");
        for plan in plans.chain([of_clients]) {
            let mut world = World::new(plan);
            let mut watch = Watch::of(world.plan().scenario(), &any);
            let mut records = Vec::new();
            while world.step(&mut records) {
                for record in records.drain(..) {
                    let moment = watch.observe(&record.what);
                    match moment.occasion() {
                        Some(occasion) => {
                            assert!(moment.is(&occasion), "{occasion}: {record:?}");
                            let is_term = occasion.to_string().contains("reaches term");
                            assert!(is_term || any.iter().any(|it| moment.is(it)), "{occasion}");
                            told.insert(occasion.to_string());
                        }
                        None => {
                            let missed: Vec<_> = any.iter().filter(|it| moment.is(it)).collect();
                            assert!(missed.is_empty(), "{missed:?}: {record:?}");
                        }
                    }
                }
            }
        }
        for part in [
            "becomes leader",
            "receives heartbeat from",
            "loses ",
            "network is parted",
            "client 1 has written",
            "client 2 has read ",
        ] {
            assert!(told.iter().any(|it| it.contains(part)), "{part}");
        }
    }
}
