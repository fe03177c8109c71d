//! Clients that ask by a list, read straight from whoever they ask, keep no session, or
//! give up.

use raft_core::{Index, Micros, NodeId, Payload, ReadMode};
use raft_sim::{
    Ask, ClientPlan, Happening, Key, Operation, Outcome, Plan, Property, Put, Request, Scenario,
    Session, Timeline, Value, Work, parse_steps,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const A: NodeId = NodeId::A;
const B: NodeId = NodeId::B;

/// Five nodes, led by A since the beginning, these clients, and these steps.
fn scenario(clients: Vec<ClientPlan>, asks: Vec<Ask>, steps: &str) -> Scenario {
    let scenario = raft_scenarios::by_name("two-data-centres").expect("it is built in");
    let script = parse_steps(&format!("10000:timeout:A,{steps}")).expect("they are steps");
    Scenario { clients, asks, script, ..scenario }
}

fn run(scenario: Scenario, seed: u64) -> Timeline {
    Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be")))
}

fn violated(timeline: &Timeline) -> BTreeSet<Property> {
    let properties = timeline.records().filter_map(|record| match &record.what {
        Happening::Violated(violation) => Some(violation.property),
        _ => None,
    });
    properties.collect()
}

fn operations(timeline: &Timeline) -> Vec<Operation> {
    let end = timeline.world_after(timeline.events());
    end.history().operations().map(|(_, operation)| operation.clone()).collect()
}

fn ask(client: u32, millis: u64, work: Work, key: u8) -> Ask {
    Ask { client, at: Micros::from_millis(millis), work, key: Key(key) }
}

/// A client that asks a node for what is listed, and waits for as long as it takes.
fn by_list(node: NodeId) -> ClientPlan {
    let patience = Micros::from_secs(2);
    ClientPlan { stuck_to: Some(node), patience, ..ClientPlan::of(Work::Listed) }
}

const BY_INDEX: Work = Work::Read(ReadMode::ReadIndex);

#[test]
fn a_client_asks_what_is_listed_at_its_moment_or_once_it_is_answered() {
    for seed in 0..20 {
        let asks = vec![
            ask(1, 400, Work::Write, 0),
            ask(1, 400, Work::Write, 1),
            ask(1, 900, BY_INDEX, 1),
            ask(3, 700, BY_INDEX, 0),
        ];
        let clients =
            vec![by_list(A), ClientPlan { key: Key(5), ..ClientPlan::of(BY_INDEX) }, by_list(A)];
        let timeline = run(scenario(clients, asks, ""), seed);
        assert_eq!(violated(&timeline), BTreeSet::new());
        let all = operations(&timeline);
        let of = |client: u32| all.iter().filter(move |operation| operation.client == client);
        let first: Vec<&Operation> = of(1).collect();
        assert_eq!(first.len(), 3);
        let (one, two, three) = (first[0], first[1], first[2]);
        assert_eq!(one.began_at, Micros::from_millis(400));
        let (ended_at, outcome) = one.ended.expect("it is answered");
        assert_eq!((two.began_at, outcome), (ended_at + Micros(1), Outcome::Written));
        assert_eq!(three.began_at, Micros::from_millis(900));
        let Request::Write { key: Key(1), value } = two.request else { panic!("{two:?}") };
        assert!(
            matches!(three.ended, Some((_, Outcome::Found { value: found, .. })) if found == value)
        );
        assert_eq!(of(3).map(|it| it.began_at).collect::<Vec<_>>(), [Micros::from_millis(700)]);
        assert!(of(2).count() > 10 && of(2).all(|it| it.request.key() == Key(5)));
    }
}

#[test]
fn a_read_straight_from_a_follower_may_be_stale_and_one_that_is_checked_is_not() {
    for seed in 0..20 {
        // B is behind a wall when x is written.
        for (work, is_stale) in [(Work::ReadStraight, true), (BY_INDEX, false)] {
            let asks = vec![ask(1, 700, Work::Write, 0), ask(2, 1_000, work, 0)];
            let clients = vec![by_list(A), by_list(B)];
            let timeline = run(scenario(clients, asks, "600000:isolate:B"), seed);
            let expected = is_stale.then_some(Property::Linearizability);
            assert_eq!(violated(&timeline), expected.into_iter().collect(), "seed {seed}");
            let read = operations(&timeline).pop().expect("it read");
            assert_eq!(read.answered_by, is_stale.then_some(B));
            if is_stale {
                let found = read.ended.expect("it is answered").1;
                assert_eq!(found, Outcome::Found { value: Value(0), basis: None });
            }
        }
    }
}

#[test]
fn whoever_sits_in_front_of_the_page_may_read_straight_too() {
    let asks = vec![ask(1, 700, Work::Write, 0)];
    let steps = "900000:read-straight:B,900000:read-straight:leader,1000000:crash:B,\
                 1100000:read-straight:B";
    let timeline = run(scenario(vec![by_list(A)], asks, steps), 1);
    let found: Vec<Outcome> = operations(&timeline)[1..]
        .iter()
        .map(|operation| operation.ended.expect("it is answered").1)
        .collect();
    let one = Outcome::Found { value: Value(1), basis: None };
    assert_eq!(found, [one, one, Outcome::Refused]);
}

/// A client that asks again before it can have been answered, and someone who writes
/// between its two tries.
fn impatient(keeps_session: bool) -> Scenario {
    let patience = Micros::from_millis(4);
    let client = ClientPlan { patience, keeps_session, ..by_list(A) };
    scenario(vec![client], (0..20).map(|nth| ask(1, 400 + nth * 50, Work::Write, 0)).collect(), "")
}

#[test]
fn a_write_that_is_sent_again_without_a_session_is_applied_twice() {
    for seed in 0..20 {
        assert_eq!(violated(&run(impatient(true), seed)), BTreeSet::new(), "seed {seed}");
        let timeline = run(impatient(false), seed);
        let found = violated(&timeline);
        assert!(found.contains(&Property::AtMostOnce), "seed {seed}: {found:?}");
        let mut places: BTreeMap<Value, BTreeSet<Index>> = BTreeMap::new();
        for record in timeline.records() {
            let Happening::Applied { index, entry, .. } = &record.what else { continue };
            let Payload::Command(command) = &entry.payload else { continue };
            let put = Put::decode(command).expect("clients write puts");
            assert_eq!(put.session, Session { client: 0, sequence: 0 });
            places.entry(put.value).or_default().insert(*index);
        }
        assert!(places.values().any(|places| places.len() > 1));
    }
}

#[test]
fn a_client_that_does_not_try_again_asks_once_and_knows_no_more_than_it_was_told() {
    let client = |node| ClientPlan {
        tries_again: false,
        patience: Micros::from_millis(200),
        ..by_list(node)
    };
    for seed in 0..20 {
        let clients = vec![client(A), client(B), ClientPlan { stuck_to: None, ..client(A) }];
        let asks = vec![
            // The leader stands still: nobody answers, and what was asked is done later.
            ask(1, 610, Work::Write, 0),
            ask(1, 2_000, BY_INDEX, 0),
            // A follower says who leads.
            ask(2, 500, Work::Write, 1),
            // This one asks whom it was told of, next time.
            ask(3, 500, Work::Write, 2),
            ask(3, 1_500, Work::Write, 2),
        ];
        let steps = "300000:transfer:B,400000:transfer:A,600000:pause:A,900000:resume:A";
        let mut scenario = scenario(clients, asks, steps);
        // Nobody else stands while A stands still.
        scenario.settings.election_timeout_min = Micros::from_secs(1);
        scenario.settings.election_timeout_max = Micros::from_secs(2);
        let timeline = run(scenario, seed);
        assert_eq!(violated(&timeline), BTreeSet::new(), "seed {seed}");
        let asked =
            timeline.records().filter(|it| matches!(it.what, Happening::OperationAsked { .. }));
        let all = operations(&timeline);
        assert_eq!((asked.count(), all.len()), (5, 5), "each is asked once");
        let outcome = |client: u32, nth: usize| {
            let mut of = all.iter().filter(|operation| operation.client == client);
            of.nth(nth).and_then(|operation| operation.ended).expect("it has ended")
        };
        assert_eq!(outcome(1, 0), (Micros::from_millis(810), Outcome::GaveUp), "seed {seed}");
        let Request::Write { value, .. } =
            all.iter().find(|it| it.client == 1).expect("it").request
        else {
            panic!("it wrote")
        };
        let (_, Outcome::Found { value: found, .. }) = outcome(1, 1) else { panic!("it read") };
        assert_eq!(found, value, "the write took effect all the same");
        assert_eq!(outcome(2, 0).1, Outcome::Refused);
        assert_eq!(outcome(3, 1).1, Outcome::Written, "seed {seed}");
    }
}

#[test]
fn lists_that_can_not_be_are_named_with_their_field() {
    let listed = || vec![by_list(A), ClientPlan::of(Work::Write)];
    for (clients, asks, says) in [
        (
            listed(),
            vec![ask(3, 1, Work::Write, 0)],
            "clients: there is no client 3: they are 1 to 2",
        ),
        (listed(), vec![ask(0, 1, Work::Write, 0)], "clients: there is no client 0"),
        (
            listed(),
            vec![ask(2, 1, Work::Write, 0)],
            "clients[1].asks[0]: this client has other work",
        ),
        (listed(), vec![ask(1, 1, Work::Listed, 0)], "clients[0].asks[0]: say what"),
        (listed(), vec![ask(1, 90_000, Work::Write, 0)], "after the run's end at"),
        (
            listed(),
            vec![ask(1, 2, Work::Write, 0), ask(1, 1, Work::Write, 0)],
            "clients[0].asks[1]: the questions are not in the order of time",
        ),
        (listed(), vec![], "clients[0]: it asks nothing"),
    ] {
        let errors =
            Plan::new(scenario(clients, asks, ""), 1, Vec::new()).expect_err("it can't be");
        let text = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        assert!(text.contains(says), "{text}");
    }
}
