//! Small clusters, every run of them: real nodes, explored by the model checker `stateright`.
//!
//! Within its [`Bounds`] a model leaves nothing out: timeouts fire at any moment, messages
//! arrive in any order, twice, late or never, disks are done when they like, and servers crash at
//! any point. In each state that can be reached, the five properties of the paper's Figure 3
//! are looked at.
//!
//! ```text
//!   Node, disk, writes ──┐
//!   messages under way ──┼── a state ── its projection ── a fingerprint, by which states meet
//!   what has been      ──┘   (model)     (projection)
//! ```
//!
//! Two states are taken for the same by 64 bits. Of the twenty million that a large bound
//! has, two that differ share them with a probability of some 1 in 90,000.
//!
//! `RAFTLAB_EXHAUSTIVE=full` looks as far as fits in some minutes; `cargo xtask verify` sets it.

mod model;
mod projection;
mod properties;

use crate::testing::*;
use crate::*;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;
use model::{Beginning, Bounds, Cluster, Met, Scope, State};
use properties::Property;
use stateright::{Checker, HasDiscoveries, Model};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Three servers that start for the first time, with disks that are done at once.
fn three_servers(bounds: Bounds) -> Scope {
    Scope {
        settings: Settings::default(),
        servers: vec![Beginning::default(); 3],
        leaders: Vec::new(),
        voters: NodeSet::first(3),
        changes: Vec::new(),
        transfers: false,
        slow_disks: false,
        bounds,
    }
}

/// A and B are the cluster; C has started, and is no member yet.
fn two_of_three_servers(bounds: Bounds, changes: Vec<Reconfiguration>) -> Scope {
    Scope { voters: NodeSet::first(2), changes, ..three_servers(bounds) }
}

const fn bounds(term: u64, messages: usize) -> Bounds {
    Bounds { term, messages: Some(messages), crashes: 0, proposals: 0, orders: 0, snapshots: 0 }
}

/// `small` in every run of the tests, `large` in the long one.
fn either(small: Bounds, large: Bounds) -> Bounds {
    let is_full = std::env::var("RAFTLAB_EXHAUSTIVE").is_ok_and(|text| text == "full");
    if is_full { large } else { small }
}

/// What an exploration has come across, beside no violation.
struct Explored {
    reached: BTreeSet<&'static str>,
    met: Arc<Met>,
}

/// Each takes all the cores, and in the long run much of the memory.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Explores everything, and finds nothing violated.
#[track_caller]
fn explore(what: &str, scope: Scope) -> Explored {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let began = Instant::now();
    let Bounds { term, messages, .. } = scope.bounds;
    let cluster = Cluster::new(scope);
    let met = cluster.met.clone();
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let checker = cluster.checker().threads(threads).finish_when(HasDiscoveries::AnyFailures);
    let checker = checker.spawn_bfs().join();
    if let Some((property, steps, story)) = violation(&checker) {
        let property = property.name();
        panic!("{what}: {property} is violated after {steps} steps:\n{story}");
    }
    let messages = messages.map_or("any number of".into(), |most| alloc::format!("{most}"));
    explored(format_args!(
        "{} states ({what}; up to term {term}, {messages} messages under way; {} steps, depth {}, {:.1} s)",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        began.elapsed().as_secs_f64()
    ));
    let reached = checker.discoveries().into_keys().collect();
    Explored { reached, met }
}

/// The property that was violated, after how many steps, and which.
fn violation(checker: &impl Checker<Cluster>) -> Option<(Property, usize, String)> {
    let discoveries = checker.discoveries();
    let found = |property: &Property| discoveries.contains_key(property.name());
    let property = Property::ALL.into_iter().find(found)?;
    let path = discoveries.get(property.name())?.clone().into_vec();
    let steps: Vec<String> = path
        .iter()
        .filter_map(|(state, action)| Some(Cluster::describe(state, (*action)?)))
        .collect();
    Some((property, steps.len(), steps.join("\n")))
}

impl Explored {
    /// A model in which nothing happens would violate nothing either.
    #[track_caller]
    fn reached(self, everything: &[&'static str]) -> Explored {
        for what in everything {
            assert!(self.reached.contains(what), "no state has {what}");
        }
        self
    }
}

const TWO_TERMS: &[&str] =
    &["leaders in two terms", "two leaders at once", "an entry of an earlier term committed"];

#[test]
fn three_servers_keep_the_five_properties() {
    let small = Bounds { proposals: 1, ..bounds(2, 2) };
    let large = Bounds { proposals: 1, ..bounds(2, 3) };
    let explored = explore("three servers, one proposal", three_servers(either(small, large)));
    let met = explored.reached(TWO_TERMS).met;
    assert!(met.entries_removed.load(Relaxed) > 0, "no log was ever cut");
    assert!(met.votes_refused.load(Relaxed) > 0, "no vote was ever refused");
}

#[test]
fn three_servers_of_which_one_crashes_keep_the_five_properties() {
    let small = Bounds { crashes: 1, ..bounds(2, 2) };
    let large = Bounds { crashes: 2, proposals: 1, ..bounds(2, 2) };
    explore("three servers that crash", three_servers(either(small, large))).reached(TWO_TERMS);
}

/// A vote is promised, an entry acknowledged, only once a crash can't take it back.
#[test]
fn three_servers_whose_disks_take_their_time_keep_the_five_properties() {
    let small = Bounds { crashes: 1, ..bounds(1, 2) };
    let large = Bounds { crashes: 1, ..bounds(2, 2) };
    let scope = Scope { slow_disks: true, ..three_servers(either(small, large)) };
    let met = explore("three servers that crash, with slow disks", scope).met;
    assert!(met.writes_lost.load(Relaxed) > 0, "no crash ever lost a write");
}

/// No message is ever lost for good, and each may arrive again at any time, however late.
#[test]
fn a_network_that_forgets_nothing_breaks_no_property() {
    let small = Bounds { messages: None, ..bounds(2, 0) };
    let large = Bounds { crashes: 1, ..small };
    let what = "three servers, a network that forgets nothing";
    explore(what, three_servers(either(small, large))).reached(TWO_TERMS);
}

#[test]
fn pre_vote_and_check_quorum_break_no_property() {
    let small = bounds(2, 2);
    let large = Bounds { crashes: 1, proposals: 1, ..bounds(2, 2) };
    let mut scope = three_servers(either(small, large));
    scope.settings.pre_vote = true;
    scope.settings.check_quorum = true;
    explore("three servers with pre-vote and check-quorum", scope).reached(TWO_TERMS);
}

#[test]
fn transfers_break_no_property() {
    let small = Bounds { orders: 1, ..bounds(2, 2) };
    let large = Bounds { orders: 2, proposals: 1, ..bounds(2, 2) };
    let scope = Scope { transfers: true, ..three_servers(either(small, large)) };
    explore("three servers with transfers", scope).reached(TWO_TERMS);
}

/// From two servers to three, or to one: the leader itself may be the one that goes.
#[test]
fn changing_one_server_at_a_time_breaks_no_property() {
    let changes = vec![
        Reconfiguration::AddVoter(C),
        Reconfiguration::Remove(A),
        Reconfiguration::Remove(B),
        Reconfiguration::Remove(C),
    ];
    let small = Bounds { orders: 1, ..bounds(2, 2) };
    let large = Bounds { orders: 2, crashes: 1, ..bounds(2, 2) };
    let scope = two_of_three_servers(either(small, large), changes);
    let met = explore("single-server changes", scope).reached(TWO_TERMS).met;
    assert!(met.removed_leaders.load(Relaxed) > 0, "no leader was ever removed");
}

/// From {A B} to {A C}, {B C} or {A B C}, by way of both majorities.
#[test]
fn joint_consensus_breaks_no_property() {
    let joint = |voters: [NodeId; 2]| Reconfiguration::Joint {
        voters: voters.into_iter().collect(),
        learners: NodeSet::EMPTY,
    };
    let everyone = Reconfiguration::Joint { voters: NodeSet::first(3), learners: NodeSet::EMPTY };
    let small = Bounds { orders: 1, ..bounds(2, 2) };
    let large = Bounds { orders: 1, ..bounds(2, 3) };
    let changes = vec![joint([A, C]), joint([B, C]), everyone];
    let scope = two_of_three_servers(either(small, large), changes);
    let met = explore("joint consensus", scope).reached(TWO_TERMS).met;
    assert!(met.removed_leaders.load(Relaxed) > 0, "no leader was ever removed");
}

/// A snapshot of two chunks takes the place of entries, on one server or more; a follower that
/// lacks them gets it.
#[test]
fn snapshots_break_no_property() {
    let small = Bounds { snapshots: 1, ..bounds(2, 2) };
    let large = Bounds { crashes: 1, proposals: 1, ..small };
    let mut scope = three_servers(either(small, large));
    scope.settings.entries_kept_after_snapshot = 0;
    scope.settings.snapshot_chunk_bytes = 8;
    let met = explore("three servers that take snapshots", scope).reached(TWO_TERMS).met;
    assert!(met.snapshots_installed.load(Relaxed) > 0, "no snapshot was ever installed");
}

/// With the rule left out there is a shortest way to a violation, and with the rule kept
/// the same bounds hold none.
#[track_caller]
fn needs_the_rule(flaw: Flaw, scope: Scope, breaks: Property) {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let found = |flaws: Flaws| {
        let settings = Settings { flaws, ..scope.settings };
        let checker = Cluster::new(Scope { settings, ..scope.clone() }).checker();
        let checker = checker.finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
        (violation(&checker), checker.unique_state_count())
    };
    let (violated, _) = found(Flaws::NONE.with(flaw));
    let (property, steps, story) = violated.expect("without the rule, something is violated");
    assert_eq!(property, breaks, "{story}");
    let (violated, states) = found(Flaws::NONE);
    assert!(violated.is_none(), "{violated:?}");
    explored(format_args!(
        "{states} states ({flaw:?}: {} violated after {steps} steps with it, nothing without it)",
        property.name()
    ));
}

#[test]
fn it_finds_out_votes_given_without_comparing_logs() {
    let flaw = Flaw::VoteWithoutComparingLogs;
    needs_the_rule(flaw, three_servers(bounds(2, 2)), Property::LeaderCompleteness);
}

#[test]
fn it_finds_out_answers_given_before_the_disk_is_done() {
    let scope = three_servers(Bounds { crashes: 1, ..bounds(1, 2) });
    let scope = Scope { slow_disks: true, ..scope };
    needs_the_rule(Flaw::AcknowledgeBeforeFsync, scope, Property::ElectionSafety);
}

/// Figure 8 with three servers, from its moment (b) on:
///
/// ```text
///            (b)      (c) term 3: A wins        (d) term 4: B wins with C's vote
///   A   1    1        1   and counts for 1 at   1
///   B        2        2   index 1: A and C      2 ──▶ overwrites
///   C                 1                         2
/// ```
#[test]
fn it_finds_out_earlier_terms_committed_by_counting() {
    let at = |term: u64, vote: NodeId, log: &'static [u64]| Beginning {
        hard_state: HardState { term: Term(term), voted_for: Some(vote) },
        log,
    };
    let mut scope = three_servers(bounds(4, 2));
    scope.servers = vec![at(1, A, &[1]), at(2, B, &[2]), at(2, B, &[])];
    scope.leaders = vec![(Term(1), A), (Term(2), B)];
    // The entry of its own term that a leader begins with would have to come along.
    scope.settings.no_op_at_start_of_term = false;
    needs_the_rule(Flaw::CommitEarlierTermByCounting, scope, Property::LeaderCompleteness);
}

/// The models of the tests below: every kind of thing that a model may do, in small.
fn one_of_each() -> Vec<Scope> {
    let crash = Bounds { crashes: 1, ..bounds(1, 2) };
    let order = Bounds { orders: 1, ..bounds(2, 2) };
    let changes = vec![Reconfiguration::AddVoter(C), Reconfiguration::Remove(A)];
    let mut asks_first = three_servers(bounds(2, 2));
    asks_first.settings.pre_vote = true;
    asks_first.settings.check_quorum = true;
    let mut takes_snapshots = three_servers(Bounds { proposals: 1, snapshots: 1, ..bounds(2, 2) });
    takes_snapshots.settings.entries_kept_after_snapshot = 0;
    takes_snapshots.settings.snapshot_chunk_bytes = 8;
    vec![
        three_servers(Bounds { proposals: 1, ..bounds(2, 2) }),
        Scope { slow_disks: true, ..three_servers(crash) },
        Scope { transfers: true, ..three_servers(order) },
        two_of_three_servers(order, changes),
        asks_first,
        takes_snapshots,
    ]
}

fn next_states(cluster: &Cluster, state: &State) -> Vec<State> {
    let mut actions = Vec::new();
    cluster.actions(state, &mut actions);
    actions.into_iter().filter_map(|action| cluster.next_state(state, action)).collect()
}

/// The projection is right if it leaves out nothing on which the future depends: so states that
/// were reached by different ways, with clocks, writes and rounds of their own, and
/// are taken for the same, lead to the same states.
#[test]
fn states_of_one_projection_have_one_future() {
    for scope in one_of_each() {
        let cluster = Cluster::new(scope).checking_its_memory();
        let mut futures: HashMap<u64, Vec<u64>> = HashMap::new();
        let mut ways: HashMap<u64, u8> = HashMap::new();
        let mut waiting: VecDeque<State> = cluster.init_states().into();
        let mut compared = 0;
        // From both ends, so that it soon gets far and yet leaves nothing near out.
        while compared < 20_000
            && let Some(state) = match futures.len() % 2 {
                0 => waiting.pop_front(),
                _ => waiting.pop_back(),
            }
        {
            let next = next_states(&cluster, &state);
            let mut future: Vec<u64> = next.iter().map(State::fingerprint).collect();
            future.sort_unstable();
            future.dedup();
            if let Some(known) = futures.get(&state.fingerprint()) {
                assert_eq!(known, &future, "the same state, and another future: {state:#?}");
                compared += 1;
            }
            futures.insert(state.fingerprint(), future);
            for state in next.into_iter().filter(|state| cluster.within_boundary(state)) {
                let ways = ways.entry(state.fingerprint()).or_default();
                *ways += 1;
                if *ways <= 3 {
                    waiting.push_back(state);
                }
            }
        }
        assert!(compared > 1_000, "only {compared} states were met twice");
    }
}

/// Messages that the model drops because nobody will ever heed them: with them, the servers
/// come into the same states.
#[test]
fn what_is_dropped_as_dead_makes_no_difference() {
    let scope = three_servers(Bounds { messages: None, proposals: 1, ..bounds(1, 0) });
    let states_of_servers = |cluster: Cluster| -> (usize, BTreeSet<u64>) {
        let mut known = BTreeSet::new();
        let mut of_servers = BTreeSet::new();
        let mut waiting = cluster.init_states();
        while let Some(state) = waiting.pop() {
            of_servers.insert(cluster.fingerprint_of_servers(&state));
            let next = next_states(&cluster, &state).into_iter();
            let next = next.filter(|state| cluster.within_boundary(state));
            waiting.extend(next.filter(|state| known.insert(state.fingerprint())));
        }
        (known.len(), of_servers)
    };
    let (without_dead, servers_without) = states_of_servers(Cluster::new(scope.clone()));
    let (with_dead, servers_with) = states_of_servers(Cluster::new(scope).keeping_the_dead());
    assert!(without_dead < with_dead);
    assert_eq!(servers_without, servers_with);
}
