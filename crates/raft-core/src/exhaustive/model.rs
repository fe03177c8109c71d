//! A small cluster of real nodes as a model for `stateright`: its states, and the steps from
//! one to the next.

mod event;

use super::projection::{Fingerprint, Project, Renaming, mixed};
use super::properties::{self, History, Property};
use crate::node::Role;
use crate::testing::{self, Server};
use crate::*;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use core::sync::atomic::AtomicU64;
use event::{Event, Heard, Memory, Outcome};
use std::sync::Mutex;

/// How far is looked. Every run that stays within these is explored, to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The last term in which a server may stand.
    pub(super) term: u64,
    /// How many different messages may be under way at once. Without this bound, whatever
    /// was ever sent stays under way: it may arrive at any time, any number of times, or never.
    pub(super) messages: Option<usize>,
    /// How many crashes there may be, all servers together.
    pub(super) crashes: u8,
    /// How many commands clients may propose.
    pub(super) proposals: u8,
    /// How many changes of the members may be ordered, and transfers.
    pub(super) orders: u8,
    /// How many snapshots may be taken.
    pub(super) snapshots: u8,
}

/// How one server begins.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Beginning {
    pub(super) hard_state: HardState,
    /// Its log, as the terms of its entries.
    pub(super) log: &'static [u64],
}

/// Which cluster, and what may happen to it.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) settings: Settings,
    pub(super) servers: Vec<Beginning>,
    /// Who led before it begins.
    pub(super) leaders: Vec<(Term, NodeId)>,
    /// The voters that the cluster begins with.
    pub(super) voters: NodeSet,
    /// The changes of the members that may be ordered.
    pub(super) changes: Vec<Reconfiguration>,
    pub(super) transfers: bool,
    /// Whether writes take their time. If not, each is durable at once.
    pub(super) slow_disks: bool,
    pub(super) bounds: Bounds,
}

/// A value with its fingerprint under each renaming: worked out once, when it is made.
#[derive(Debug)]
pub(super) struct Known<T> {
    pub(super) value: T,
    numbers: Vec<u64>,
}

/// A moment of the cluster. What did not change since the moment before is shared with it.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) servers: Vec<Arc<Known<Server>>>,
    /// The messages that may arrive. One that arrives may stay, to arrive again: so no two
    /// are the same. In the order of their fingerprints.
    pub(super) under_way: Vec<Arc<Known<Envelope>>>,
    pub(super) history: Arc<Known<History>>,
    /// What of the bounds is used up: crashes, proposals, orders, snapshots.
    spent: [u8; 4],
    /// What the last step broke.
    pub(super) broken: Option<Property>,
    fingerprint: u64,
}

impl PartialEq for State {
    fn eq(&self, other: &State) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.fingerprint.hash(hasher);
    }
}

impl State {
    pub(super) fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
}

/// Something that may happen. Places are those of [`State`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Action {
    /// A message arrives; if it is kept, it may arrive again.
    Deliver { place: usize, is_kept: bool },
    /// A message is lost.
    Lose { place: usize },
    /// Something happens to one server.
    Happens { to: usize, what: Event },
}

/// What has been met on the way, in all runs together: a model in which nothing happens
/// would violate nothing either.
#[derive(Default, Debug)]
pub(super) struct Met {
    pub(super) entries_removed: AtomicU64,
    pub(super) votes_refused: AtomicU64,
    pub(super) writes_lost: AtomicU64,
    pub(super) removed_leaders: AtomicU64,
    pub(super) snapshots_installed: AtomicU64,
}

/// The model.
pub(super) struct Cluster {
    pub(super) scope: Scope,
    settings: CheckedSettings,
    renamings: Vec<Renaming>,
    pub(super) met: Arc<Met>,
    memory: Mutex<Memory>,
    checks_memory: bool,
    keeps_the_dead: bool,
}

impl Cluster {
    pub(super) fn new(scope: Scope) -> Cluster {
        let settings = Settings {
            // No number of heartbeats within the bounds makes up a timeout.
            heartbeat_interval: Micros(1),
            election_timeout_min: Micros::from_secs(1),
            election_timeout_max: Micros::from_secs(1),
            ..scope.settings
        };
        assert!(!settings.stickiness, "the projection leaves the rounds of heartbeats out");
        let mut cluster = Cluster {
            settings: settings.check().expect("these settings can be"),
            renamings: Renaming::all(scope.servers.len() as u8),
            met: Arc::default(),
            memory: Mutex::default(),
            checks_memory: false,
            keeps_the_dead: false,
            scope,
        };
        // Those under which the cluster begins as it did, with the same orders to come.
        let begun = cluster.beginning();
        let changes = &cluster.scope.changes;
        let same = |(place, names): &(usize, Renaming)| {
            cluster.number_of(&begun, *place) == cluster.number_of(&begun, 0)
                && changes.iter().all(|change| changes.contains(&renamed(change, names)))
        };
        let renamings = cluster.renamings.iter().cloned().enumerate().filter(same);
        cluster.renamings = renamings.map(|(_, names)| names).collect();
        cluster
    }

    /// The same, each step worked out anew from the very state in which it is taken, and
    /// compared with what it would have remembered.
    pub(super) fn checking_its_memory(self) -> Cluster {
        Cluster { checks_memory: true, ..self }
    }

    /// The same, with messages left under way that nobody will ever heed.
    pub(super) fn keeping_the_dead(self) -> Cluster {
        Cluster { keeps_the_dead: true, ..self }
    }

    fn known<T: Project>(&self, value: T) -> Arc<Known<T>> {
        let numbers = self.renamings.iter().map(|names| value.number(names)).collect();
        Arc::new(Known { value, numbers })
    }

    /// The smallest of the fingerprints that it has under the renamings: those that are one
    /// another's renamings have the same.
    fn fingerprint(&self, state: &State) -> u64 {
        let numbers = (0..self.renamings.len()).map(|place| self.number_of(state, place));
        numbers.min().expect("one renaming keeps all names")
    }

    /// Its fingerprint under the renaming at this place.
    fn number_of(&self, state: &State, place: usize) -> u64 {
        // Servers and messages are in no order: a sum has none either.
        let servers = state.servers.iter().map(|server| server.numbers[place]);
        let under_way = state.under_way.iter().map(|message| message.numbers[place]);
        let mut fingerprint = Fingerprint::new();
        fingerprint.write(servers.fold(0, |sum, number| mixed(number).wrapping_add(sum)));
        fingerprint.write(under_way.fold(0, |sum, number| mixed(number).wrapping_add(sum)));
        fingerprint.write(state.history.numbers[place]);
        fingerprint.write(state.spent.iter().fold(0, |all, spent| all << 8 | u64::from(*spent)));
        fingerprint.write(state.broken.map_or(0, |broken| 1 + broken as u64));
        fingerprint.number()
    }

    /// The fingerprint of the servers and of what has been, whatever is under way.
    pub(super) fn fingerprint_of_servers(&self, state: &State) -> u64 {
        self.fingerprint(&State { under_way: Vec::new(), ..state.clone() })
    }

    fn beginning(&self) -> State {
        let history =
            History { leaders: self.scope.leaders.iter().copied().collect(), ..History::default() };
        let servers = NodeSet::first(self.scope.servers.len() as u8).iter();
        let mut state = State {
            servers: servers.map(|id| self.known(self.server(id))).collect(),
            under_way: Vec::new(),
            history: self.known(history),
            spent: [0; 4],
            broken: None,
            fingerprint: 0,
        };
        state.fingerprint = self.fingerprint(&state);
        state
    }

    fn server(&self, id: NodeId) -> Server {
        let Beginning { hard_state, log } = self.scope.servers[usize::from(id.number())];
        let membership = Membership::of(self.scope.voters);
        let disk = Durable { hard_state, log: testing::log(log), ..Durable::new(membership) };
        let now = testing::Start::default().now;
        Server {
            node: Node::restore(id, self.settings, 0, disk.clone(), now),
            disk,
            now,
            disk_is_slow: self.scope.slow_disks,
            applies_slowly: false,
            writes_under_way: Default::default(),
            state: Default::default(),
        }
    }

    /// Takes what became of one server into the state.
    fn take(&self, state: &mut State, place: usize, outcome: &Outcome) {
        state.servers[place] = outcome.server.clone();
        let id = outcome.server.value.node.id;
        state.under_way.retain(|message| {
            message.value.to != id || !self.is_dead(&outcome.server.value, &message.value)
        });
        for sent in &outcome.sent {
            let to = &state.servers[usize::from(sent.value.to.number())];
            if self.is_dead(&to.value, &sent.value) {
                continue;
            }
            let by_number = |known: &Arc<Known<Envelope>>| known.numbers[0].cmp(&sent.numbers[0]);
            if let Err(place) = state.under_way.binary_search_by(by_number) {
                state.under_way.insert(place, sent.clone());
            }
        }
        if outcome.broke_append_only {
            state.broken = Some(Property::LeaderAppendOnly);
        }
        if outcome.won.is_none() && outcome.states.is_empty() {
            return;
        }
        let view = outcome.server.value.node.view();
        let mut history = state.history.value.clone();
        if let Some(term) = outcome.won
            && let Err(broken) = history.won(term, view.id())
        {
            state.broken = Some(broken);
        }
        for (index, entry) in &outcome.applied {
            if let Err(broken) = history.applied(*index, entry, view.term()) {
                state.broken = Some(broken);
            }
        }
        for was in &outcome.states {
            if let Err(broken) = history.was(*was) {
                state.broken = Some(broken);
            }
        }
        if history != state.history.value {
            state.history = self.known(history);
        }
    }

    /// Whether the server that this message is for will ignore it, now and for ever: it is
    /// as good as lost. An answer counts for the election, or the leadership, of its term only; no
    /// server has a second one in a term that its disk knows of.
    fn is_dead(&self, server: &Server, message: &Envelope) -> bool {
        if self.keeps_the_dead {
            return false;
        }
        let term = message.term;
        let is_known = term <= server.disk.hard_state.term;
        let is_current = term == server.node.hard_state.term;
        match (&message.body, &server.node.role) {
            (Message::RequestVoteReply(_), Role::Candidate(candidate)) if is_current => {
                is_known && candidate.granted.union(candidate.refused).contains(message.from)
            }
            (
                Message::AppendEntriesReply(_) | Message::InstallSnapshotReply(_),
                Role::Leader(_),
            ) if is_current => false,
            (
                Message::RequestVoteReply(_)
                | Message::AppendEntriesReply(_)
                | Message::InstallSnapshotReply(_),
                _,
            ) => is_known,
            (Message::RequestPreVoteReply(reply), _) => {
                is_known && reply.for_term <= server.disk.hard_state.term
            }
            _ => false,
        }
    }

    /// In words, for a counterexample.
    pub(super) fn describe(state: &State, action: Action) -> alloc::string::String {
        match action {
            Action::Deliver { place, is_kept } => {
                let Envelope { from, to, term, body } = &state.under_way[place].value;
                let kept = if is_kept { ", and stays to arrive again" } else { "" };
                alloc::format!("{from} -> {to}, term {term}: {body:?}{kept}")
            }
            Action::Lose { place } => {
                let Envelope { from, to, term, body } = &state.under_way[place].value;
                alloc::format!("lost: {from} -> {to}, term {term}: {body:?}")
            }
            Action::Happens { to, what } => {
                alloc::format!("{}: {what:?}", state.servers[to].value.node.view().id())
            }
        }
    }
}

fn renamed(change: &Reconfiguration, names: &Renaming) -> Reconfiguration {
    match *change {
        Reconfiguration::AddLearner(server) => Reconfiguration::AddLearner(names.of(server)),
        Reconfiguration::AddVoter(server) => Reconfiguration::AddVoter(names.of(server)),
        Reconfiguration::Remove(server) => Reconfiguration::Remove(names.of(server)),
        Reconfiguration::Joint { voters, learners } => Reconfiguration::Joint {
            voters: names.of_set(voters),
            learners: names.of_set(learners),
        },
    }
}

impl stateright::Model for Cluster {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        alloc::vec![self.beginning()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for place in 0..state.under_way.len() {
            actions.push(Action::Deliver { place, is_kept: true });
            if self.scope.bounds.messages.is_some() {
                actions.push(Action::Deliver { place, is_kept: false });
                actions.push(Action::Lose { place });
            }
        }
        for (to, server) in state.servers.iter().enumerate() {
            let mut offer = |what| actions.push(Action::Happens { to, what });
            self.events(state, &server.value, &mut offer);
        }
    }

    fn next_state(&self, before: &State, action: Action) -> Option<State> {
        // What follows a violation is of no interest.
        if before.broken.is_some() {
            return None;
        }
        let mut state = before.clone();
        match action {
            Action::Lose { place } => {
                state.under_way.remove(place);
            }
            Action::Deliver { place, is_kept } => {
                let envelope = state.under_way[place].clone();
                if !is_kept {
                    state.under_way.remove(place);
                }
                let to = usize::from(envelope.value.to.number());
                let outcome = self.outcome_of(&before.servers[to], Heard::Message(&envelope));
                self.take(&mut state, to, &outcome);
            }
            Action::Happens { to, what } => {
                let outcome = self.outcome_of(&before.servers[to], Heard::Event(what));
                self.take(&mut state, to, &outcome);
                let [crashes, proposals, orders, snapshots] = &mut state.spent;
                match what {
                    Event::CrashesAndStarts => *crashes += 1,
                    Event::ClientProposes => *proposals += 1,
                    Event::TakesSnapshot => *snapshots += 1,
                    Event::Change(_) | Event::Transfer(_) => *orders += 1,
                    _ => {}
                }
            }
        }
        state.fingerprint = self.fingerprint(&state);
        Some(state)
    }

    fn properties(&self) -> Vec<stateright::Property<Cluster>> {
        use stateright::Property as Checked;
        alloc::vec![
            Checked::always(Property::ElectionSafety.name(), |_, state: &State| {
                state.broken != Some(Property::ElectionSafety)
            }),
            Checked::always(Property::LeaderAppendOnly.name(), |_, state: &State| {
                state.broken != Some(Property::LeaderAppendOnly)
            }),
            Checked::always(Property::LogMatching.name(), |_, state: &State| {
                let log = |server: &Arc<Known<Server>>| server.value.node.view().log().clone();
                let logs: Vec<Log> = state.servers.iter().map(log).collect();
                (0..logs.len()).all(|left| {
                    (0..left).all(|right| properties::logs_match(&logs[left], &logs[right]))
                })
            }),
            Checked::always(Property::LeaderCompleteness.name(), |_, state: &State| {
                let mut leaders =
                    state.servers.iter().filter(|server| server.value.node.view().is_leader());
                leaders.all(|leader| properties::is_complete(&leader.value, &state.history.value))
            }),
            Checked::always(Property::StateMachineSafety.name(), |_, state: &State| {
                state.broken != Some(Property::StateMachineSafety)
            }),
            Checked::sometimes("leaders in two terms", |_, state: &State| {
                state.history.value.leaders.len() > 1
            }),
            Checked::sometimes("two leaders at once", |_, state: &State| {
                let leads = |server: &&Arc<Known<Server>>| server.value.node.view().is_leader();
                state.servers.iter().filter(leads).count() > 1
            }),
            Checked::sometimes("an entry of an earlier term committed", |_, state: &State| {
                let committed = &state.history.value.committed;
                committed.iter().any(|(entry, by)| entry.term < *by)
            }),
        ]
    }

    fn within_boundary(&self, state: &State) -> bool {
        let bounds = &self.scope.bounds;
        bounds.messages.is_none_or(|most| state.under_way.len() <= most)
            && state.servers.iter().all(|server| server.value.term() <= bounds.term)
    }
}
