//! Random schedules: a cluster, its surroundings, clients, and a script of faults,
//! each a pure function of a number.

pub(crate) mod everything;
pub(crate) mod explored;
pub(crate) mod live_settings;
#[allow(dead_code, reason = "not every test draws rules")]
pub(crate) mod occasions;
pub(crate) mod shrink;

use raft_core::{DriftBound, Flaws, Micros, NodeId, NodeSet, ReadMode, Settings};
use raft_sim::{
    Action, ClientPlan, Happening, Key, Latency, LinkPlan, NetworkPlan, Place, Plan, Rate, Record,
    Scenario, Step, Violation, Who, Work, World,
};
use std::sync::Arc;

/// SplitMix64: enough, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number of `least ..= most`.
    fn of(&mut self, least: u64, most: u64) -> u64 {
        least + ((u128::from(self.next()) * u128::from(most - least + 1)) >> 64) as u64
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.of(1, count) == 1
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.of(0, from.len() as u64 - 1) as usize]
    }

    fn span(&mut self, least: u64, most: u64) -> Micros {
        Micros(self.of(least, most))
    }

    fn node(&mut self, nodes: u8) -> NodeId {
        NodeId::new(self.of(0, u64::from(nodes) - 1) as u8).expect("a small number")
    }
}

/// What the generator leans to; the schedules themselves are all its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Leaning {
    /// Anything.
    Any,
    /// Leaders that go down soon after they are elected, one entry a message: where
    /// the paper's Figure 8 can happen.
    ShortLeaderships,
    /// Reads by lease, with clocks that drift within the bound that is kept.
    Leases,
    /// The same with three nodes, and what a lease rests on gone again and again: links
    /// in one direction, slow answers, voters that restart.
    ThreatenedLeases,
    /// All that the protocol has, switched on at random: see [`everything`].
    Everything,
    /// The same, and what can be set anew while a cluster runs is: see [`live_settings`].
    LiveSettings,
}

/// The schedule of this number, with these rules left out.
#[allow(clippy::needless_update, reason = "settings grow, and keep their defaults here")]
pub(crate) fn scenario(number: u64, leaning: Leaning, flaws: Flaws) -> Scenario {
    if leaning == Leaning::Everything {
        return everything::scenario(number, flaws);
    }
    if leaning == Leaning::LiveSettings {
        return live_settings::scenario(number, flaws);
    }
    let mut dice = Dice(number.wrapping_mul(0xd6e8_feb8_6659_fd93));
    let threatened = leaning == Leaning::ThreatenedLeases;
    let leases = threatened || leaning == Leaning::Leases;
    let short = leaning == Leaning::ShortLeaderships;
    let nodes = dice.pick(if threatened {
        &[3]
    } else if short {
        &[3, 3, 5]
    } else {
        &[3, 3, 3, 4, 5, 5, 5, 7]
    });
    let trouble = dice.node(nodes);
    // Everything else is measured by the shortest timeout.
    let timeout = dice.pick(&[12_000, 50_000, 150_000]);
    let duration = timeout * dice.of(6, 16);
    // Clocks run between `low` and `high` tenths of true time, and the bound says so.
    let (low, high) = match leaning {
        Leaning::Leases => dice.pick(&[(10, 10), (9, 10), (8, 12), (5, 20)]),
        Leaning::ThreatenedLeases => dice.pick(&[(10, 10), (9, 10), (5, 20)]),
        Leaning::Any | Leaning::ShortLeaderships | Leaning::Everything | Leaning::LiveSettings => {
            (5, 20)
        }
    };
    let settings = Settings {
        election_timeout_min: Micros(timeout),
        election_timeout_max: Micros(
            timeout + dice.of(0, if threatened { 2 } else { 10 }) * timeout / 10,
        ),
        heartbeat_interval: Micros(timeout / dice.of(2, 5)),
        max_entries_per_message: if short { 1 } else { dice.pick(&[1, 1, 2, 64]) },
        no_op_at_start_of_term: !dice.one_in(if short { 2 } else { 4 }),
        stickiness: leases || !short && dice.one_in(3),
        lease: leases.then_some(DriftBound { numerator: high, denominator: low }),
        pre_vote: !short && dice.one_in(4),
        check_quorum: dice.one_in(4),
        flaws,
        ..Settings::default()
    };
    let latency = latency(&mut dice, timeout / 2);
    let mut network = NetworkPlan::of(latency);
    network.loss_per_million = dice.pick(&[0, 0, 10_000, 100_000, 300_000]);
    for _ in 0..dice.pick(&[0, 0, 1, 3]) {
        let (from, to) = (dice.node(nodes), dice.node(nodes));
        if from != to {
            let latency = self::latency(&mut dice, timeout);
            network.links.push(LinkPlan { from, to, latency });
        }
    }
    if dice.one_in(if leases { 2 } else { 4 }) {
        // One node's mail is slow, in one direction.
        let (slow, is_inbound) = (trouble, dice.one_in(2));
        let latency = self::latency(&mut dice, if leases { timeout } else { timeout * 2 });
        for other in (0..nodes).filter_map(NodeId::new).filter(|other| *other != slow) {
            let (from, to) = if is_inbound { (other, slow) } else { (slow, other) };
            network.links.push(LinkPlan { from, to, latency });
        }
    }
    let clocks = (0..nodes)
        .filter_map(NodeId::new)
        .filter(|_| dice.one_in(3))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|node| (node, rate(&mut dice, (low, high))))
        .collect();
    let mut clients: Vec<ClientPlan> =
        (0..dice.of(1, 4)).map(|_| client(&mut dice, nodes, timeout, leases)).collect();
    if leases && (threatened || dice.one_in(2)) {
        // Someone asks each node all the time, and one writes by way of one node.
        let patience = Micros(timeout / 16);
        let base = ClientPlan { key: Key(0), rest: patience, patience, ..clients[0] };
        let work = Work::Read(ReadMode::Lease);
        clients = (0..nodes)
            .filter_map(NodeId::new)
            .map(|node| ClientPlan { work, stuck_to: Some(node), ..base })
            .collect();
        let stuck_to = Some(dice.node(nodes));
        clients.push(ClientPlan { work: Work::Write, stuck_to, ..base });
    }
    let mut script = Vec::new();
    if threatened || dice.one_in(2) {
        // Somebody leads soon: more of the run is about what happens then.
        script.push(Step { at: Micros(10), action: Action::ForceTimeout(trouble.into()) });
    }
    let around = Around { nodes, trouble, timeout, rates: (low, high), leaning };
    for _ in 0..dice.of(1, 12) {
        let at = dice.of(timeout / 2, duration - 1);
        if short && !dice.one_in(4) {
            duel(&mut dice, &mut script, trouble, nodes, at, timeout);
            continue;
        }
        incident(&mut dice, &mut script, &around, at);
    }
    script.retain(|step: &Step| step.at.0 <= duration);
    script.sort_by_key(|step| step.at);
    Scenario {
        name: format!("random-{number}"),
        title: String::new(),
        summary: String::new(),
        rules: Vec::new(),
        expectations: Vec::new(),
        initial: Vec::new(),
        pins: Vec::new(),
        nodes,
        voters: None,
        learners: NodeSet::EMPTY,
        settings,
        snapshot_every: None,
        network,
        fsync: self::latency(&mut dice, timeout / 4),
        clocks,
        clock_offsets: Vec::new(),
        fsyncs: Vec::new(),
        snapshot_work: None,
        clients,
        asks: Vec::new(),
        client_latency: self::latency(&mut dice, timeout / 10),
        script,
        duration: Micros(duration),
        seed: number.is_multiple_of(2).then_some(number >> 1),
        places: places(number, nodes),
    }
}

fn latency(dice: &mut Dice, most: u64) -> Latency {
    let middle = Micros(dice.of(20, most.max(40)) / dice.pick(&[1, 4, 16]) + 2);
    match dice.of(0, 2) {
        // No dice are thrown for it, so that schedules stay what they are.
        0 if middle.0.is_multiple_of(3) => {
            Latency::LogNormal { median: middle, p99: middle.scaled(5, 2) }
        }
        0 => Latency::Constant(middle),
        1 => Latency::Uniform { min: middle.scaled(1, 4), max: middle.scaled(2, 1) },
        _ => Latency::Normal { mean: middle, deviation: middle.scaled(1, 4) },
    }
}

fn client(dice: &mut Dice, nodes: u8, timeout: u64, leases: bool) -> ClientPlan {
    let read = if leases { ReadMode::Lease } else { ReadMode::ReadIndex };
    let work = dice.pick(&[Work::Write, Work::Read(read), Work::Read(read)]);
    let key = Key(dice.pick(&[0, 0, 0, 1]));
    let starts_at = dice.span(0, timeout);
    // Some read through the log.
    let reads_log = work == Work::Read(ReadMode::ReadIndex) && starts_at.0.is_multiple_of(4);
    ClientPlan {
        work: if reads_log { Work::Read(ReadMode::Log) } else { work },
        key,
        starts_at,
        stops_at: Micros::MAX,
        rest: dice.span(timeout / 32, timeout / 2),
        patience: dice.span(timeout / 8, timeout * 2),
        stuck_to: dice.one_in(3).then(|| dice.node(nodes)),
        keeps_session: true,
        tries_again: true,
    }
}

/// What an incident must know of its schedule.
struct Around {
    nodes: u8,
    /// The one that most things happen to.
    trouble: NodeId,
    timeout: u64,
    /// Clocks run between these tenths of true time.
    rates: (u32, u32),
    leaning: Leaning,
}

fn rate(dice: &mut Dice, (low, high): (u32, u32)) -> Rate {
    Rate { numerator: dice.of(u64::from(low), u64::from(high)) as u32, denominator: 10 }
}

/// Something goes wrong, or right again.
fn incident(dice: &mut Dice, script: &mut Vec<Step>, around: &Around, at: u64) {
    let Around { nodes, trouble, timeout, rates, leaning } = *around;
    let node = if dice.one_in(2) { trouble } else { dice.node(nodes) };
    let other = another(dice, node, nodes);
    let who = if dice.one_in(2) { Who::Leader } else { Who::Node(node) };
    let soon = at + dice.of(1, timeout / 4);
    let later = at + dice.of(1, timeout * 3);
    let mut then = |at: u64, action: Action| script.push(Step { at: Micros(at), action });
    // Leases break by what happens to links while voters come and go.
    let kind = match leaning {
        Leaning::ThreatenedLeases => dice.of(17, 18),
        Leaning::Leases if dice.one_in(4) => dice.of(17, 18),
        _ => dice.of(0, 22),
    };
    match kind {
        0 => then(at, Action::Crash(who)),
        1 => then(at, Action::Restart(node.into())),
        // Down and up again, at once or after others have taken over.
        2 | 3 => {
            then(at, Action::Crash(Who::Node(node)));
            then(if dice.one_in(2) { soon } else { later }, Action::Restart(node.into()));
        }
        // The power goes in the whole room, or in most of it.
        4 => {
            for node in (0..nodes).filter_map(NodeId::new) {
                if !dice.one_in(4) {
                    then(at, Action::Crash(Who::Node(node)));
                    then(soon + dice.of(0, timeout / 8), Action::Restart(node.into()));
                }
            }
        }
        // One stands for election, and another soon after.
        5 => then(at, Action::ForceTimeout(node.into())),
        6 => {
            then(at, Action::ForceTimeout(node.into()));
            then(soon, Action::ForceTimeout(other.into()));
        }
        // The leader has just taken a write when it goes down or is cut off.
        7 => {
            then(at, Action::Write(Who::Leader));
            let moment = at + dice.of(1, timeout / 8);
            then(moment, if dice.one_in(2) { Action::Crash(who) } else { Action::Isolate(who) });
            then(later, if dice.one_in(2) { Action::Restart(node.into()) } else { Action::Heal });
        }
        8 | 9 => {
            let group: NodeSet =
                (0..nodes).filter_map(NodeId::new).filter(|_| dice.one_in(2)).collect();
            if !group.is_empty() {
                then(at, Action::Partition(vec![group]));
            }
            then(later, Action::Heal);
        }
        10 => {
            then(at, Action::Isolate(who));
            then(later, Action::Heal);
        }
        // A link is cut, in one direction or both.
        11 => {
            then(at, Action::CutLink { from: node.into(), to: other.into() });
            if dice.one_in(2) {
                then(at, Action::CutLink { from: other.into(), to: node.into() });
            }
        }
        12 => then(at, Action::MendLink { from: node.into(), to: other.into() }),
        13 => then(at, Action::Heal),
        14 => then(at, Action::SetClock { node: node.into(), rate: rate(dice, rates) }),
        15 => then(at, Action::Write(who)),
        16 => {
            let mode = if at.is_multiple_of(4) { ReadMode::Log } else { ReadMode::ReadIndex };
            then(at, Action::Read { from: who, mode });
        }
        // A node goes mute, or deaf, or both at different moments.
        17 => {
            let others = (0..nodes).filter_map(NodeId::new).filter(|other| *other != node);
            let moments = dice.pick(&[(Some(at), None), (None, Some(at)), (Some(at), Some(soon))]);
            for other in others {
                if let Some(mute) = moments.0 {
                    then(mute, Action::CutLink { from: node.into(), to: other.into() });
                }
                if let Some(deaf) = moments.1 {
                    then(deaf, Action::CutLink { from: other.into(), to: node.into() });
                }
            }
            then(later, Action::Heal);
        }
        // Two don't hear each other, and then those between them restart.
        18 => {
            then(at, Action::CutLink { from: node.into(), to: other.into() });
            then(at, Action::CutLink { from: other.into(), to: node.into() });
            let between = (0..nodes)
                .filter_map(NodeId::new)
                .filter(|between| *between != node && *between != other);
            for between in between {
                then(later, Action::Crash(Who::Node(between)));
                then(later + dice.of(1, timeout / 16), Action::Restart(between.into()));
            }
        }
        _ => duel(dice, script, node, nodes, at, timeout),
    }
}

/// Two take turns: each stands, perhaps leads, and before long goes down or is cut
/// off, with a write that it can't pass on, as in the paper's Figure 8.
fn duel(dice: &mut Dice, script: &mut Vec<Step>, node: NodeId, nodes: u8, at: u64, timeout: u64) {
    let other = another(dice, node, nodes);
    let crashes = dice.one_in(2);
    let mut then = |at: u64, action: Action| script.push(Step { at: Micros(at), action });
    let mut from = at;
    for turn in 0..dice.of(3, 6) {
        let (up, down) = if turn % 2 == 0 { (node, other) } else { (other, node) };
        if crashes {
            then(from, Action::Crash(Who::Node(down)));
            then(from, Action::Restart(up.into()));
        } else {
            then(from, Action::Partition(vec![NodeSet::only(down)]));
            then(from + 1, Action::Write(Who::Node(down)));
        }
        then(from + 2, Action::ForceTimeout(up.into()));
        then(from + dice.of(3, timeout / 8), Action::Write(Who::Node(up)));
        from += dice.of(3, timeout / 2);
    }
    then(from, Action::Restart(node.into()));
    then(from, Action::Restart(other.into()));
    then(from, Action::Heal);
}

fn another(dice: &mut Dice, node: NodeId, nodes: u8) -> NodeId {
    let step = dice.of(1, u64::from(nodes) - 1) as u8;
    NodeId::new((node.number() + step) % nodes).expect("a small number")
}

/// Where the nodes stand, in a scenario in four: it decides nothing.
fn places(number: u64, nodes: u8) -> Vec<Place> {
    let Some(first) = NodeId::new(0).filter(|_| number.is_multiple_of(4)) else {
        return Vec::new();
    };
    let here = NodeSet::only(first);
    let there = NodeSet::first(nodes).difference(here);
    let place = |name: &str, nodes| Place { name: name.to_string(), nodes };
    [place("here", here), place("there", there)]
        .into_iter()
        .filter(|place| !place.nodes.is_empty())
        .collect()
}

/// The plan of a scenario; the generator makes none that can't be.
pub(crate) fn plan(scenario: Scenario, seed: u64) -> Arc<Plan> {
    Arc::new(Plan::new(scenario, seed, Vec::new()).expect("the generator makes what can be"))
}

/// Runs a plan to its end, and shows every record: how the world is then, and what was
/// violated.
pub(crate) fn run(plan: Arc<Plan>, mut see: impl FnMut(&Record)) -> (World, Vec<Violation>) {
    let mut world = World::new(plan);
    let (mut records, mut violations) = (Vec::new(), Vec::new());
    while world.step(&mut records) {
        for record in records.drain(..) {
            see(&record);
            if let Happening::Violated(violation) = record.what {
                violations.push(violation);
            }
        }
    }
    (world, violations)
}
