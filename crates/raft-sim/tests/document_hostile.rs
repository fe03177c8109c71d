//! No text and no bytes, however strange, make reading a scenario panic, or take much memory.

use proptest::prelude::*;
use raft_sim::{Document, Plan, World};
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
