//! Finding occasions in the records of a run.

use super::{ClientDeed, Deed, Occasion, Parcel, Subject};
use crate::history::{OperationId, Outcome};
use crate::network::MessageId;
use crate::record::Happening;
use crate::scenario::Scenario;
use alloc::collections::VecDeque;
use litemap::LiteMap;
use raft_core::{Change, Index, Message, MessageKind, NodeId, Office, Term, Transition, WriteId};

/// A node's term, in memory and on its disk.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Terms {
    now: Term,
    durable: Term,
    asked: VecDeque<(WriteId, Term)>,
}

/// A message under way, as far as an occasion can ask about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Letter {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) kind: MessageKind,
    pub(super) has_entries: bool,
}

/// What of a run it takes to tell whether something in its record is an occasion. It is
/// fed every record, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Watch {
    terms: LiteMap<NodeId, Terms>,
    /// Who believes to lead, and which term.
    leaders: LiteMap<NodeId, Term>,
    /// Kept only where an occasion asks for messages that arrive or are lost.
    letters: Option<LiteMap<MessageId, Letter>>,
    /// Of operations that have not ended: whose they are.
    clients: LiteMap<OperationId, u32>,
}

/// A record, with what of the run it takes to tell which occasions it is.
#[derive(Debug)]
pub struct Moment<'a> {
    pub(super) what: &'a Happening,
    /// Whom it is about.
    pub(crate) node: Option<NodeId>,
    term: Term,
    is_leader: bool,
    is_stale_leader: bool,
    pub(super) letter: Option<Letter>,
    pub(super) client: Option<u32>,
}

impl Watch {
    /// A watch that can tell of all these occasions.
    pub fn of<'a>(scenario: &Scenario, occasions: impl IntoIterator<Item = &'a Occasion>) -> Watch {
        let follows_letters = |occasion: &Occasion| {
            let does = match occasion {
                Occasion::Node { does, .. } => Some(does),
                _ => None,
            };
            matches!(does, Some(Deed::Receives { .. } | Deed::Loses { .. }))
        };
        let mut all_terms = LiteMap::new();
        for state in &scenario.initial {
            let terms = Terms { now: state.term(), durable: state.term(), asked: VecDeque::new() };
            for node in state.nodes.iter() {
                all_terms.insert(node, terms.clone());
            }
        }
        Watch {
            terms: all_terms,
            leaders: LiteMap::new(),
            letters: occasions.into_iter().any(follows_letters).then(LiteMap::new),
            clients: LiteMap::new(),
        }
    }

    fn leader(&self) -> Option<NodeId> {
        self.leaders.iter().max_by_key(|(_, term)| **term).map(|(node, _)| *node)
    }

    fn is_stale_leader(&self, node: NodeId) -> bool {
        self.leaders.get(&node).is_some_and(|term| self.leaders.values().any(|other| other > term))
    }

    /// Takes note of what happened.
    pub fn observe<'a>(&mut self, what: &'a Happening) -> Moment<'a> {
        let letter = self.letter(what);
        let node = match what {
            Happening::Sent { envelope, .. } => Some(envelope.from),
            Happening::Delivered { .. } => letter.map(|letter| letter.to),
            Happening::Lost { .. } => letter.map(|letter| letter.from),
            Happening::Node { node, .. }
            | Happening::WriteAsked { node, .. }
            | Happening::WriteDurable { node, .. }
            | Happening::Applied { node, .. }
            | Happening::Crashed { node, .. }
            | Happening::Paused { node, .. }
            | Happening::Resumed { node }
            | Happening::Restarted { node } => Some(*node),
            _ => None,
        };
        let stands = |watch: &Watch| {
            let is_leader = node.is_some() && watch.leader() == node;
            (is_leader, node.is_some_and(|node| watch.is_stale_leader(node)))
        };
        let before = stands(self);
        if let Some(node) = node {
            self.note(node, what);
        }
        let after = stands(self);
        Moment {
            what,
            node,
            term: node.and_then(|node| self.terms.get(&node)).map_or(Term(0), |terms| terms.now),
            is_leader: before.0 || after.0,
            is_stale_leader: before.1 || after.1,
            letter,
            client: self.client(what),
        }
    }

    fn letter(&mut self, what: &Happening) -> Option<Letter> {
        match what {
            Happening::Sent { message, envelope, .. } => {
                let has_entries = match &envelope.body {
                    Message::AppendEntries(append) => !append.entries.is_empty(),
                    _ => false,
                };
                let (from, to, kind) = (envelope.from, envelope.to, envelope.body.kind());
                let letter = Letter { from, to, kind, has_entries };
                if let Some(letters) = &mut self.letters {
                    letters.insert(*message, letter);
                }
                Some(letter)
            }
            Happening::Delivered { message } | Happening::Lost { message, .. } => {
                self.letters.as_mut()?.remove(message)
            }
            _ => None,
        }
    }

    fn client(&mut self, what: &Happening) -> Option<u32> {
        match what {
            Happening::OperationBegan { operation, client, .. } => {
                self.clients.insert(*operation, *client);
                Some(*client)
            }
            Happening::OperationEnded { operation, .. } => self.clients.remove(operation),
            _ => None,
        }
    }

    fn note(&mut self, node: NodeId, what: &Happening) {
        match what {
            Happening::Node { transition: Transition::TermAdvanced { to, .. }, .. } => {
                self.terms.entry(node).or_default().now = *to;
            }
            Happening::Node { transition: Transition::BecameLeader { term, .. }, .. } => {
                self.leaders.insert(node, *term);
            }
            Happening::Node {
                transition: Transition::SteppedDown { was: Office::Leader, .. },
                ..
            } => {
                self.leaders.remove(&node);
            }
            Happening::WriteAsked { write, change: Change::HardState(hard_state), .. } => {
                let terms = self.terms.entry(node).or_default();
                terms.asked.push_back((*write, hard_state.term));
            }
            Happening::WriteDurable { write, .. } => {
                let terms = self.terms.entry(node).or_default();
                while let Some((asked, term)) = terms.asked.front()
                    && asked <= write
                {
                    terms.durable = *term;
                    terms.asked.pop_front();
                }
            }
            Happening::Crashed { .. } => {
                self.leaders.remove(&node);
                let terms = self.terms.entry(node).or_default();
                terms.asked.clear();
                terms.now = terms.durable;
            }
            _ => {}
        }
    }
}

/// Whether an occasion that names one, or any, means this one.
fn means<T: PartialEq>(named: &Option<T>, it: &T) -> bool {
    named.as_ref().is_none_or(|named| named == it)
}

/// Whether an occasion that names an entry, or any, means one of `first ..= last`.
fn is_among(named: &Option<Index>, first: Index, last: Index) -> bool {
    named.is_none_or(|named| first <= named && named <= last)
}

impl Moment<'_> {
    /// Whom it is about.
    pub const fn node(&self) -> Option<NodeId> {
        self.node
    }

    /// The term that whom it is about is in then.
    pub const fn term(&self) -> Term {
        self.term
    }

    /// Whether this is that occasion.
    pub fn is(&self, occasion: &Occasion) -> bool {
        match occasion {
            Occasion::Node { who, does, in_term } => {
                means(in_term, &self.term) && self.is_by(*who) && self.is_deed(does)
            }
            Occasion::Client { client, what } => {
                self.client.is_some_and(|it| means(client, &it)) && self.is_client_deed(what)
            }
            Occasion::Violated(property) => match self.what {
                Happening::Violated(violation) => means(property, &violation.property),
                _ => false,
            },
            Occasion::NetworkParted => matches!(self.what, Happening::Parted { .. }),
            Occasion::NetworkHealed => matches!(self.what, Happening::Healed),
        }
    }

    fn is_by(&self, who: Subject) -> bool {
        match who {
            Subject::Anyone => self.node.is_some(),
            Subject::OneOf(nodes) => self.node.is_some_and(|node| nodes.contains(node)),
            Subject::Leader => self.is_leader,
            Subject::StaleLeader => self.is_stale_leader,
        }
    }

    fn is_deed(&self, deed: &Deed) -> bool {
        let transition = match self.what {
            Happening::Node { transition, .. } => Some(transition),
            _ => None,
        };
        match deed {
            Deed::Sends { what, to } => {
                matches!(self.what, Happening::Sent { .. })
                    && self.letter.is_some_and(|it| means(to, &it.to) && it.is_a(*what))
            }
            Deed::Receives { what, from } => {
                matches!(self.what, Happening::Delivered { .. })
                    && self.letter.is_some_and(|it| means(from, &it.from) && it.is_a(*what))
            }
            Deed::Loses { what, to } => {
                matches!(self.what, Happening::Lost { .. })
                    && self.letter.is_some_and(|it| means(to, &it.to) && it.is_a(*what))
            }
            Deed::Applies(named) => match self.what {
                Happening::Applied { index, .. } => means(named, index),
                _ => false,
            },
            Deed::HasWritten => matches!(self.what, Happening::WriteDurable { .. }),
            Deed::Crashes => matches!(self.what, Happening::Crashed { .. }),
            Deed::Restarts => matches!(self.what, Happening::Restarted { .. }),
            Deed::StandsStill => matches!(self.what, Happening::Paused { .. }),
            Deed::GoesOn => matches!(self.what, Happening::Resumed { .. }),
            _ => transition.is_some_and(|transition| is_transition(deed, transition)),
        }
    }

    fn is_client_deed(&self, deed: &ClientDeed) -> bool {
        let outcome = match self.what {
            Happening::OperationBegan { .. } => return *deed == ClientDeed::Asks,
            Happening::OperationEnded { outcome, .. } => outcome,
            _ => return false,
        };
        match (deed, outcome) {
            (ClientDeed::IsAnswered, Outcome::Written | Outcome::Found { .. })
            | (ClientDeed::HasWritten, Outcome::Written)
            | (ClientDeed::IsRefused, Outcome::Refused | Outcome::GaveUp) => true,
            (ClientDeed::HasRead(named), Outcome::Found { value, .. }) => means(named, value),
            _ => false,
        }
    }
}

impl Letter {
    fn is_a(&self, what: Parcel) -> bool {
        let is_append = self.kind == MessageKind::AppendEntries;
        match what {
            Parcel::Any => true,
            Parcel::Kind(kind) => self.kind == kind,
            Parcel::Heartbeat => is_append && !self.has_entries,
            Parcel::Entries => is_append && self.has_entries,
        }
    }
}

fn is_transition(deed: &Deed, transition: &Transition) -> bool {
    match (deed, transition) {
        (Deed::BecomesPreCandidate, Transition::BecamePreCandidate { .. })
        | (Deed::BecomesCandidate, Transition::BecameCandidate { .. })
        | (Deed::BecomesLeader, Transition::BecameLeader { .. })
        | (Deed::StepsDown, Transition::SteppedDown { was: Office::Leader, .. })
        | (Deed::FollowsLeader, Transition::LeaderRecognised { .. })
        | (Deed::DrawsTimeout, Transition::TimeoutDrawn { .. })
        | (Deed::RemovesEntries, Transition::EntriesRemoved { .. })
        | (Deed::WithholdsCommit, Transition::CommitWithheld { .. })
        | (Deed::AdoptsConfiguration, Transition::ConfigurationAdopted { .. })
        | (Deed::HandsOver, Transition::TransferStarted { .. })
        | (Deed::TakesSnapshot, Transition::SnapshotTaken { .. })
        | (Deed::SendsSnapshot, Transition::SnapshotSendStarted { .. })
        | (Deed::InstallsSnapshot, Transition::SnapshotInstalled { .. }) => true,
        (Deed::ReachesTerm(named), Transition::TermAdvanced { from, to, .. }) => {
            from < named && named <= to
        }
        (Deed::GrantsVote(named), Transition::VoteGranted { to })
        | (Deed::RefusesVote(named), Transition::VoteRefused { to, .. })
        | (Deed::IgnoresVoteRequest(named), Transition::VoteIgnored { from: to, .. }) => {
            means(named, to)
        }
        (Deed::Proposes(named), Transition::EntryProposed { index }) => means(named, index),
        (Deed::Appends(named), Transition::EntriesAppended { first, last }) => {
            is_among(named, *first, *last)
        }
        (Deed::Commits(named), Transition::CommitAdvanced { from, to, .. }) => {
            is_among(named, from.next(), *to)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::parse_steps;
    use crate::scenario::Plan;
    use crate::workload::five_nodes;
    use crate::world::World;
    use alloc::sync::Arc;
    use alloc::vec::Vec;

    /// Terms that a crash takes back, too: the watch reads them off the disk.
    #[test]
    fn the_watch_knows_terms_and_leaders_as_the_world_does() {
        let crashes = "300000:crash:leader,301000:restart:former-leader,400000:timeout:C,\
                       400300:crash:C,450000:restart:C,600000:timeout:D,600900:crash:D,\
                       700000:restart:D,900000:isolate:leader,1500000:heal";
        let script = parse_steps(crashes).expect("they are steps");
        let mut terms_taken_back = 0;
        for seed in 0..20 {
            let scenario = Scenario { script: script.clone(), ..five_nodes("watch", "", "") };
            let plan = Plan::new(scenario, seed, Vec::new()).expect("it can be");
            let mut world = World::new(Arc::new(plan));
            let mut watch = Watch::of(world.plan().scenario(), []);
            let mut records = Vec::new();
            while world.step(&mut records) {
                for record in records.drain(..) {
                    let known = |watch: &Watch, node| watch.terms.get(&node).map(|it| it.now);
                    if let Happening::Crashed { node, .. } = record.what {
                        let before = known(&watch, node);
                        watch.observe(&record.what);
                        terms_taken_back += u32::from(known(&watch, node) < before);
                    } else {
                        watch.observe(&record.what);
                    }
                }
                assert_eq!(watch.leader(), world.leader());
                for view in world.hosts().iter().filter_map(|it| it.node()).map(|it| it.view()) {
                    let term = watch.terms.get(&view.id()).map_or(Term(0), |terms| terms.now);
                    assert_eq!(term, view.term(), "seed {seed}: {} at {}", view.id(), world.now());
                    assert_eq!(watch.is_stale_leader(view.id()), world.is_stale_leader(view.id()));
                }
            }
        }
        assert!(terms_taken_back > 0, "no crash came before a term was durable");
    }
}
