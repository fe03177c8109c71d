//! How long it takes to clone a node, as timelines and model checkers do.

use raft_core::{
    Change, Command, Durable, Entry, Index, Membership, Micros, Node, NodeId, NodeSet, Payload,
    Settings, Term,
};
use std::hint::black_box;
use std::time::{Duration, Instant};

pub(crate) fn measure() {
    for count in [100, 10_000, 100_000] {
        let took = fastest_clone(count);
        let each_hundred = took.as_secs_f64() * 1e6 / (count as f64 / 100.0);
        println!(
            "a node with {count:>6} entries is cloned in {:.2} µs: {each_hundred:.3} µs for each \
             hundred entries",
            took.as_secs_f64() * 1e6
        );
    }
}

fn fastest_clone(count: usize) -> Duration {
    let payload = Payload::Command(Command([7; 16].into()));
    let entries = vec![Entry { term: Term(1), payload }; count];
    let mut disk = Durable::new(Membership::of(NodeSet::first(3)));
    disk.write(Change::Log { first: Index(1), entries });
    let settings = Settings::default().check().expect("these settings can be");
    let node = Node::restore(NodeId::A, settings, 1, disk, Micros::ZERO);
    let clones = 1_000;
    let run = || {
        let began = Instant::now();
        for _ in 0..clones {
            black_box(black_box(&node).clone());
        }
        began.elapsed() / clones
    };
    (0..20).map(|_| run()).min().unwrap_or_default()
}
