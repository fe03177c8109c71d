//! No text and no bytes, however strange, make reading a scenario panic, or take much memory.

use proptest::prelude::*;
use raft_core::{Micros, NodeId, NodeSet};
use raft_sim::{
    Action, Ask, Document, Key, Latency, LinkPlan, MOST_NODES, MOST_STEPS, Plan, Quantiles,
    RoundTrip, Scenario, Step, Work, World,
};
use std::sync::Arc;

/// Whatever is read can be run, or it is said why not.
fn try_to_run(document: &Document) {
    let Ok(scenario) = document.scenario() else { return };
    let Ok(plan) = Plan::new(scenario, 1, Vec::new()) else { return };
    let mut world = World::new(Arc::new(plan));
    let mut records = Vec::new();
    for _ in 0..200 {
        if !world.step(&mut records) {
            break;
        }
        records.clear();
    }
}

fn read_as_everything(bytes: &[u8]) {
    if let Ok(document) = Document::from_packed(bytes) {
        try_to_run(&document);
    }
    let text = String::from_utf8_lossy(bytes);
    for document in [Document::from_toml(&text), Document::from_json(&text)] {
        match document {
            Ok(document) => try_to_run(&document),
            Err(errors) => {
                assert!(!errors.is_empty() && errors.len() <= 100);
                // A sentence for a person, not the text again.
                assert!(errors.iter().all(|error| error.to_string().len() < 4_000));
            }
        }
    }
}

/// A built-in scenario in one of its forms, with some of its bytes changed.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..4u8);
    (any::<prop::sample::Index>(), 0..3u8, prop::collection::vec(edit, 1..12)).prop_map(
        |(which, form, edits)| {
            let all = raft_scenarios::all();
            let document = Document::of(which.get(&all));
            let mut bytes = match form {
                0 => document.to_toml().into_bytes(),
                1 => document.to_json().into_bytes(),
                _ => document.to_packed(),
            };
            for (place, byte, kind) in edits {
                let place = place.index(bytes.len().max(1));
                match kind {
                    0 if place < bytes.len() => bytes[place] = byte,
                    1 if place < bytes.len() => drop(bytes.remove(place)),
                    2 => bytes.truncate(place),
                    _ => bytes.insert(place.min(bytes.len()), byte),
                }
            }
            bytes
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_as_everything(&bytes);
        // The rest of the packed form is looked at behind its version only.
        let packed: Vec<u8> = [1].into_iter().chain(bytes).collect();
        read_as_everything(&packed);
    }

    #[test]
    fn a_changed_document_is_read_or_refused(bytes in mutated()) {
        read_as_everything(&bytes);
    }
}

/// A list that claims to be endless has nothing allocated for it.
#[test]
fn a_packed_list_that_claims_to_be_endless_is_refused() {
    let good = Document::from_toml(
        "raftlab = 1\nnodes = 3\nduration = \"1 s\"\nsteps = [{ at = \"1 ms\", do = \"heal\" }]\n",
    );
    let packed = good.expect("it can be run").to_packed();
    for place in 1..packed.len() {
        let mut endless = packed[..place].to_vec();
        endless.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
        assert!(Document::from_packed(&endless).is_err(), "at {place}");
    }
    assert!(Document::from_packed(&[1; 70_000]).is_err());
}

/// Whatever is cut off is refused, and it is said where, unless what is left is a whole.
#[test]
fn a_scenario_that_is_cut_short_anywhere_is_a_whole_or_refused_with_a_place() {
    for scenario in raft_scenarios::all().into_iter().step_by(7) {
        let document = Document::of(&scenario);
        let (toml, json, packed) = (document.to_toml(), document.to_json(), document.to_packed());
        for end in (0..toml.len()).filter(|end| toml.is_char_boundary(*end)).step_by(3) {
            let Err(errors) = Document::from_toml(&toml[..end]) else { continue };
            let has_place =
                |it: &raft_sim::ScenarioError| it.line.is_some() || !it.field.is_empty();
            assert!(errors.iter().all(has_place), "{errors:?}");
        }
        for end in (0..json.len()).filter(|end| json.is_char_boundary(*end)).step_by(3) {
            let errors =
                Document::from_json(&json[..end]).expect_err("its last bracket is missing");
            assert!(errors[0].line.is_some(), "{errors:?}");
        }
        for end in 0..packed.len() {
            let error = Document::from_packed(&packed[..end]).expect_err("it is cut short");
            let raft_sim::document::PackedError::NoDocument { at } = error else {
                panic!("{error}")
            };
            assert!(at <= end, "{error}");
        }
    }
}

/// What is wrong is said in a sentence, whatever is quoted in it.
#[test]
fn a_flood_is_not_repeated_by_the_error() {
    let flood = "ä\\u0007x".repeat(20_000);
    for text in [
        format!("{{\"raftlab\": 1, \"{flood}\": 1}}"),
        format!("{{\"raftlab\": 1, \"raft\": {{\"flaws\": [\"{flood}\"]}}}}"),
        format!("{{\"raftlab\": 1, \"steps\": [{{\"at\": \"1 s\", \"do\": \"{flood}\"}}]}}"),
        format!("{{\"raftlab\": 1, \"rules\": [{{\"when\": \"{flood}\", \"do\": \"heal\"}}]}}"),
        format!("{{\"raftlab\": 1, \"initial\": [{{\"nodes\": \"A\", \"log\": \"{flood}\"}}]}}"),
        format!("{{\"raftlab\": 1, \"network\": {{\"latency\": {{\"{flood}\": 1}}}}}}"),
        format!("{{\"raftlab\": \"{flood}\"}}"),
        format!("{{\"{flood}"),
    ] {
        for error in Document::from_json(&text).expect_err("it is a flood") {
            let said = error.to_string();
            assert!(said.chars().count() < 2_500, "{} letters", said.chars().count());
            assert!(!said.chars().any(char::is_control), "{said:?}");
        }
    }
}

/// As much of everything as there may be.
fn the_largest() -> Scenario {
    let mut scenario = raft_scenarios::by_name("leader-crash").expect("it is built in");
    let all: Vec<NodeId> = NodeSet::first(MOST_NODES).iter().collect();
    let span = |number: usize| Micros(1_234_567 + number as u64);
    let latency = |number: usize| {
        let [min, p10, p50, p90, p99, max] = [0, 1, 2, 3, 4, 5].map(|it| span(number + it));
        Latency::Quantiles(Quantiles { min, p10, p50, p90, p99, max })
    };
    scenario.name = "n".repeat(100);
    scenario.title = "\"".repeat(400);
    scenario.summary = "\"".repeat(4_000);
    scenario.nodes = MOST_NODES;
    scenario.duration = raft_sim::LONGEST_RUN;
    scenario.network.links = (0..100)
        .map(|it| LinkPlan { from: all[it % 9], to: all[it / 9 % 9], latency: latency(it) })
        .collect();
    scenario.network.round_trips = (0..100)
        .map(|it| RoundTrip { from: all[it % 9], to: all[it / 9 % 9], span: span(it) })
        .collect();
    scenario.fsyncs = (0..100).map(|it| (all[it % 9], latency(it))).collect();
    scenario.clock_offsets = (0..100).map(|it| (all[it % 9], span(it))).collect();
    let groups: Vec<NodeSet> = all.iter().map(|node| [*node].into_iter().collect()).collect();
    scenario.script = (0..MOST_STEPS)
        .map(|it| Step { at: span(it * 1_000_003), action: Action::Partition(groups.clone()) })
        .collect();
    let listed = raft_sim::ClientPlan { work: Work::Listed, ..scenario.clients[0] };
    scenario.clients = vec![listed];
    scenario.asks = (0..MOST_STEPS)
        .map(|it| Ask {
            client: 1,
            at: span(it * 1_000_003),
            work: Work::Read(raft_core::ReadMode::ReadIndex),
            key: Key(255),
        })
        .collect();
    scenario.expectations = scenario.expectations.iter().cycle().take(100).cloned().collect();
    scenario
}

#[test]
fn the_largest_scenario_is_read_in_every_form_and_a_larger_one_is_refused_with_its_place() {
    let largest = the_largest();
    Plan::new(largest.clone(), 1, Vec::new()).expect("there may be so much");
    let document = Document::of(&largest);
    assert_eq!(Document::from_toml(&document.to_toml()).as_ref(), Ok(&document));
    assert_eq!(Document::from_json(&document.to_json()).as_ref(), Ok(&document));
    assert_eq!(Document::from_packed(&document.to_packed()).as_ref(), Ok(&document));
    type Grow = fn(&mut Scenario);
    let grown: [(&str, Grow); 7] = [
        ("name", |it| it.name.push('n')),
        ("title", |it| it.title.push('n')),
        ("summary", |it| it.summary.push('n')),
        ("network.links", |it| it.network.links.push(it.network.links[0])),
        ("network.round_trips", |it| it.network.round_trips.push(it.network.round_trips[0])),
        ("disks.of", |it| it.fsyncs.push(it.fsyncs[0])),
        ("clocks", |it| it.clock_offsets.push(it.clock_offsets[0])),
    ];
    for (field, grow) in grown {
        let mut larger = largest.clone();
        grow(&mut larger);
        let errors = Plan::new(larger, 1, Vec::new()).expect_err(field);
        assert_eq!(errors[0].field, field);
    }
}
