//! Schedules with the whole protocol switched on: members that come and go one by one
//! and by joint configurations, learners, spare nodes, leaders that are removed or hand
//! over, snapshots in tiny chunks, leases, clocks that drift and jump, and every setting
//! on or off.

use super::{Around, Dice, another, client, incident, latency, rate};
use raft_core::{
    DriftBound, Flaws, InForce, Micros, NodeId, NodeSet, ReadMode, Reconfiguration, Settings,
};
use raft_sim::{
    Action, Ask, ClientPlan, Key, Latency, LinkPlan, NetworkPlan, Rate, RoundTrip, Scenario,
    SnapshotWork, Step, Who, Work,
};

/// What a schedule is about. Each finds what the others seldom do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Temper {
    /// Anything, on any cluster.
    Mixed,
    /// Leaders that don't know that they are deposed, while somebody asks each node all
    /// the time: mail that is slow in one direction, nodes that go mute or deaf.
    StaleLeaders,
    /// Two nodes that take turns in office, each with a change of the members, or a
    /// write, that it can't pass on.
    Duels,
}

/// The schedule of this number, with these rules left out.
pub(super) fn scenario(number: u64, flaws: Flaws) -> Scenario {
    let mut dice = Dice(number.wrapping_mul(0xa076_1d64_78bd_642f) ^ 0x5851_f42d);
    let temper = dice.pick(&[Temper::Mixed, Temper::Mixed, Temper::StaleLeaders, Temper::Duels]);
    let nodes = match temper {
        Temper::Mixed => dice.pick(&[3, 4, 4, 5, 5, 6, 7]),
        Temper::StaleLeaders => dice.pick(&[3, 3, 3, 4]),
        Temper::Duels => dice.pick(&[3, 4, 5, 5]),
    };
    let trouble = dice.node(nodes);
    let timeout = dice.pick(&[12_000, 50_000, 150_000]);
    let duration = timeout * dice.of(8, 24);
    let leases = dice.one_in(if temper == Temper::StaleLeaders { 2 } else { 4 });
    // Clocks run between `low` and `high` tenths of true time; a lease's bound says so.
    let (low, high) =
        if leases { dice.pick(&[(10, 10), (9, 10), (8, 12), (5, 20)]) } else { (5, 20) };
    let settings = Settings {
        lease: leases.then_some(DriftBound { numerator: high, denominator: low }),
        stickiness: leases || dice.one_in(if temper == Temper::Duels { 8 } else { 3 }),
        flaws,
        ..settings(&mut dice, timeout, temper)
    };
    // Some nodes vote, some learn, and the others are there to be added.
    let most_voters = u64::from(nodes).min(5);
    let voters = match temper {
        Temper::Mixed => dice.of(1, most_voters).max(dice.of(1, most_voters)),
        Temper::StaleLeaders => 3,
        Temper::Duels => dice.of(2.max(most_voters - 1), most_voters),
    };
    let voters = NodeSet::first(voters as u8);
    let rest = NodeSet::first(nodes).difference(voters);
    let learners = rest.iter().filter(|_| dice.one_in(4)).collect();
    let network = network(&mut dice, nodes, timeout, trouble, temper);
    let clocks = clocks(&mut dice, nodes, (low, high), trouble, temper);
    let rates = (low, high);
    let around = Surroundings { nodes, voters, trouble, timeout, rates, leases, temper };
    let mut clients = clients(&mut dice, &around);
    let asks = listed(&mut dice, &mut clients, duration, leases);
    let mut script = Vec::new();
    if !dice.one_in(4) {
        // Somebody leads soon: more of the run is about what happens then.
        let first = if voters.contains(trouble) { trouble } else { NodeId::A };
        script.push(Step { at: Micros(10), action: Action::ForceTimeout(first.into()) });
    }
    for _ in 0..dice.of(2, 16) {
        let at = dice.of(timeout / 2, duration - 1);
        happens(&mut dice, &mut script, &around, at);
    }
    script.retain(|step: &Step| step.at.0 <= duration);
    script.sort_by_key(|step| step.at);
    Scenario {
        name: format!("everything-{number}"),
        title: String::new(),
        summary: String::new(),
        rules: Vec::new(),
        expectations: Vec::new(),
        initial: Vec::new(),
        pins: Vec::new(),
        nodes,
        voters: Some(voters),
        learners,
        settings,
        snapshot_every: dice.one_in(2).then(|| dice.pick(&[1, 3, 10, 30])),
        network,
        fsync: latency(&mut dice, timeout / 4),
        clocks,
        clock_offsets: offsets(number, nodes),
        fsyncs: fsyncs(&mut dice, nodes, timeout),
        snapshot_work: snapshot_work(&mut dice, timeout),
        clients,
        asks,
        client_latency: latency(&mut dice, timeout / 10),
        script,
        duration: Micros(duration),
        seed: None,
        places: Vec::new(),
    }
}

fn clocks(
    dice: &mut Dice,
    nodes: u8,
    (low, high): (u32, u32),
    trouble: NodeId,
    temper: Temper,
) -> Vec<(NodeId, Rate)> {
    let everyone = (0..nodes).filter_map(NodeId::new);
    if temper == Temper::StaleLeaders && dice.one_in(2) {
        // A slow leader and fast voters: what a lease's bound is there for.
        let rate = |node| if node == trouble { low } else { high };
        return everyone
            .map(|node| (node, Rate { numerator: rate(node), denominator: 10 }))
            .collect();
    }
    let untrue: Vec<NodeId> = everyone.filter(|_| dice.one_in(3)).collect();
    untrue.into_iter().map(|node| (node, rate(dice, (low, high)))).collect()
}

/// Clocks that are ahead of each other: as no rule may mind that, no dice are thrown for it.
fn offsets(number: u64, nodes: u8) -> Vec<(NodeId, Micros)> {
    let node = NodeId::new((number % u64::from(nodes)) as u8).expect("a small number");
    let offset = Micros(number.wrapping_mul(7_919_717) % 3_600_000_000);
    if number.is_multiple_of(3) { vec![(node, offset)] } else { Vec::new() }
}

/// Some disks are far slower than the others.
fn fsyncs(dice: &mut Dice, nodes: u8, timeout: u64) -> Vec<(NodeId, Latency)> {
    if !dice.one_in(4) {
        return Vec::new();
    }
    (0..dice.of(1, 2)).map(|_| (dice.node(nodes), latency(dice, timeout * 2))).collect()
}

/// Half of the snapshots take time, and half of those stop the process meanwhile.
fn snapshot_work(dice: &mut Dice, timeout: u64) -> Option<SnapshotWork> {
    dice.one_in(2).then(|| SnapshotWork {
        blocks: dice.one_in(2),
        latency: latency(dice, timeout),
        per_entry: dice.span(0, timeout / 32),
    })
}

fn network(
    dice: &mut Dice,
    nodes: u8,
    timeout: u64,
    trouble: NodeId,
    temper: Temper,
) -> NetworkPlan {
    // Most networks are quick, so that much gets done; some are as slow as a timeout.
    let slowest = timeout
        / match temper {
            Temper::Duels => dice.pick(&[2, 4, 4, 8]),
            Temper::Mixed | Temper::StaleLeaders => dice.pick(&[2, 16, 16, 16]),
        };
    let mut network = NetworkPlan::of(latency(dice, slowest));
    network.loss_per_million = dice.pick(&[0, 0, 0, 10_000, 100_000, 300_000]);
    network.duplicates_per_million = dice.pick(&[0, 0, 10_000, 300_000]);
    network.in_order = dice.one_in(4);
    // From a message's header in about a heartbeat to much in no time.
    network.bytes_per_second =
        dice.one_in(4).then(|| dice.of(100_000_000, 10_000_000_000) / timeout);
    if dice.one_in(6) {
        network.jitter = latency(dice, timeout / 16);
        for (from, to) in [(0, 1), (1, 2), (2, 0)] {
            let node = |number| NodeId::new(number).expect("a small number");
            let span = dice.span(0, timeout / 2);
            network.round_trips.push(RoundTrip { from: node(from), to: node(to), span });
        }
    }
    for _ in 0..dice.pick(&[0, 0, 1, 3]) {
        let (from, to) = (dice.node(nodes), dice.node(nodes));
        if from != to {
            network.links.push(LinkPlan { from, to, latency: latency(dice, timeout) });
        }
    }
    if dice.one_in(if temper == Temper::StaleLeaders { 2 } else { 8 }) {
        // One node's mail is slow, in one direction.
        let (slow, is_inbound) = (trouble, dice.one_in(2));
        let latency = latency(dice, timeout);
        for other in (0..nodes).filter_map(NodeId::new).filter(|other| *other != slow) {
            let (from, to) = if is_inbound { (other, slow) } else { (slow, other) };
            network.links.push(LinkPlan { from, to, latency });
        }
    }
    network
}

#[allow(clippy::needless_update, reason = "settings grow, and keep their defaults here")]
fn settings(dice: &mut Dice, timeout: u64, temper: Temper) -> Settings {
    let spread = dice.of(0, if temper == Temper::StaleLeaders { 2 } else { 10 });
    Settings {
        election_timeout_min: Micros(timeout),
        election_timeout_max: Micros(timeout + spread * timeout / 10),
        heartbeat_interval: Micros(timeout / dice.of(2, 5)),
        max_entries_per_message: dice.pick(&[1, 1, 2, 64]),
        in_flight_messages_max: dice.pick(&[1, 2, 8, 256]),
        reads_through_followers: dice.one_in(2),
        no_op_at_start_of_term: !dice.one_in(4),
        pre_vote: dice.one_in(3),
        check_quorum: dice.one_in(3),
        configurations_in_force: dice.pick(&[InForce::WhenAppended, InForce::WhenApplied]),
        promotion_lag_max: dice.pick(&[0, 3, 1_000]),
        snapshot_chunk_bytes: dice.pick(&[1, 8, 30, 1_000]),
        entries_kept_after_snapshot: dice.pick(&[0, 0, 1, 10]),
        ..Settings::default()
    }
}

fn clients(dice: &mut Dice, around: &Surroundings) -> Vec<ClientPlan> {
    let Surroundings { nodes, timeout, leases, temper, .. } = *around;
    let mut clients: Vec<ClientPlan> =
        (0..dice.of(1, 4)).map(|_| client(dice, nodes, timeout, leases)).collect();
    if temper == Temper::StaleLeaders || dice.one_in(6) {
        // Someone asks each node all the time, and one writes by way of one node.
        let patience = Micros(timeout / 16);
        let base = ClientPlan { key: Key(0), rest: patience, patience, ..clients[0] };
        let mode = if leases { ReadMode::Lease } else { ReadMode::ReadIndex };
        clients = (0..nodes)
            .filter_map(NodeId::new)
            .map(|node| ClientPlan { work: Work::Read(mode), stuck_to: Some(node), ..base })
            .collect();
        let stuck_to = dice.one_in(2).then(|| dice.node(nodes));
        clients.push(ClientPlan { work: Work::Write, stuck_to, ..base });
    }
    clients
}

/// Some clients ask each question at its moment, and some ask once and then give up, for
/// which they need no session.
fn listed(dice: &mut Dice, clients: &mut [ClientPlan], duration: u64, leases: bool) -> Vec<Ask> {
    let mut asks = Vec::new();
    for (client, number) in clients.iter_mut().zip(1..) {
        client.tries_again = !dice.one_in(5);
        client.keeps_session = client.tries_again || dice.one_in(2);
        if !dice.one_in(5) {
            continue;
        }
        client.work = Work::Listed;
        let mut at = 0;
        for _ in 0..dice.of(1, 20) {
            at = (at + dice.of(0, duration / 10)).min(duration);
            let read = if leases { ReadMode::Lease } else { ReadMode::ReadIndex };
            let work = dice.pick(&[Work::Write, Work::Read(read), Work::Read(ReadMode::Log)]);
            let key = Key(dice.pick(&[0, 0, 1, 2]));
            asks.push(Ask { client: number, at: Micros(at), work, key });
        }
    }
    asks
}

/// What an incident must know of its schedule.
struct Surroundings {
    nodes: u8,
    /// Who votes at first.
    voters: NodeSet,
    /// The one that most things happen to.
    trouble: NodeId,
    timeout: u64,
    /// Clocks run between these tenths of true time.
    rates: (u32, u32),
    /// No clock may jump: a lease breaks by that, whatever its bound.
    leases: bool,
    temper: Temper,
}

fn any_set(dice: &mut Dice, nodes: u8) -> NodeSet {
    (0..nodes).filter_map(NodeId::new).filter(|_| dice.one_in(2)).collect()
}

fn change(dice: &mut Dice, around: &Surroundings) -> Reconfiguration {
    let node = if dice.one_in(3) { around.trouble } else { dice.node(around.nodes) };
    if around.temper == Temper::Duels && !dice.one_in(4) {
        // One who waits to be added, or one who can be missed: two such changes meet.
        let spares: Vec<NodeId> =
            NodeSet::first(around.nodes).difference(around.voters).iter().collect();
        return if spares.is_empty() || dice.one_in(2) {
            Reconfiguration::Remove(node)
        } else {
            Reconfiguration::AddVoter(dice.pick(&spares))
        };
    }
    match dice.of(0, 6) {
        0 => Reconfiguration::AddLearner(node),
        1 | 2 => Reconfiguration::AddVoter(node),
        3 | 4 => Reconfiguration::Remove(node),
        _ => {
            let voters = any_set(dice, around.nodes).with(node);
            let learners = any_set(dice, around.nodes).difference(voters);
            let learners = if dice.one_in(2) { learners } else { NodeSet::EMPTY };
            Reconfiguration::Joint { voters, learners }
        }
    }
}

/// Something goes wrong, or right again, or somebody orders something.
fn happens(dice: &mut Dice, script: &mut Vec<Step>, around: &Surroundings, at: u64) {
    let Surroundings { nodes, trouble, timeout, rates, leases, temper, .. } = *around;
    let node = if dice.one_in(2) { trouble } else { dice.node(nodes) };
    let other = another(dice, node, nodes);
    let soon = at + dice.of(1, timeout / 4);
    let later = at + dice.of(1, timeout * 3);
    let mut then = |at: u64, action: Action| script.push(Step { at: Micros(at), action });
    let kind = match temper {
        Temper::Mixed => dice.of(0, 25),
        Temper::StaleLeaders => dice.pick(&[0, 4, 5, 8, 9, 9, 11, 12, 12, 12, 15, 21, 23]),
        Temper::Duels => dice.pick(&[0, 4, 6, 6, 7, 7, 10, 13, 14, 14, 15, 16, 21, 22]),
    };
    match kind {
        // The members change, once or several times in a row.
        0..=2 => {
            let mut from = at;
            for _ in 0..dice.pick(&[1, 1, 2, 5]) {
                then(from, Action::Reconfigure(change(dice, around)));
                from += dice.of(1, timeout);
            }
        }
        // A learner is added, and may vote before long.
        3 => {
            then(at, Action::Reconfigure(Reconfiguration::AddLearner(node)));
            for _ in 0..dice.of(1, 3) {
                let at = at + dice.of(1, timeout * 2);
                then(at, Action::Reconfigure(Reconfiguration::AddVoter(node)));
            }
        }
        // A leader is removed: it stood for election just before.
        4 => {
            then(at, Action::ForceTimeout(node.into()));
            then(soon, Action::Reconfigure(Reconfiguration::Remove(node)));
            then(later, Action::Reconfigure(Reconfiguration::AddVoter(node)));
        }
        // The leader goes down, or is cut off, just after it was told to change the members.
        5 => {
            then(at, Action::Reconfigure(change(dice, around)));
            let moment = at + dice.of(1, timeout / 8);
            let crashes = dice.one_in(2);
            then(
                moment,
                if crashes { Action::Crash(Who::Leader) } else { Action::Isolate(Who::Leader) },
            );
            then(later, Action::Heal);
            (0..nodes)
                .filter_map(NodeId::new)
                .for_each(|node| then(later, Action::Restart(node.into())));
        }
        // Two that don't hear each other take turns, each with a change of its own.
        6 => {
            let mut from = at;
            for turn in 0..dice.of(2, 5) {
                let (up, down) = if turn % 2 == 0 { (node, other) } else { (other, node) };
                // Alone, or with some of the others, or behind the wall that there is.
                let side = if dice.one_in(2) { NodeSet::EMPTY } else { any_set(dice, nodes) };
                if turn == 0 || !dice.one_in(3) {
                    then(from, Action::Partition(vec![side.without(up).with(down)]));
                }
                then(from + 1, Action::ForceTimeout(up.into()));
                let (most, most_after) = (dice.pick(&[2, 8]), dice.pick(&[2, 8, 1_000]));
                let moment = from + dice.of(2, timeout * 2 / most);
                // Some may have voted whom the change won't reach.
                if dice.one_in(2) {
                    let side = any_set(dice, nodes).without(down).with(up);
                    then(moment, Action::Partition(vec![side]));
                }
                then(moment, Action::Reconfigure(change(dice, around)));
                from = moment + dice.of(1, timeout / most_after);
            }
            then(from, Action::Heal);
        }
        // A leader that is cut off changes the members, and the next leader does before it
        // has committed anything: the case of the erratum of 2015.
        14 => {
            then(at, Action::ForceTimeout(node.into()));
            let moment = at + timeout / 2;
            then(moment, Action::Partition(vec![NodeSet::only(node)]));
            then(moment, Action::Reconfigure(change(dice, around)));
            then(moment + 1, Action::ForceTimeout(other.into()));
            let moment = moment + dice.of(1, timeout);
            let side = NodeSet::only(other).with(another(dice, other, nodes)).without(node);
            then(moment, Action::Partition(vec![side]));
            then(moment, Action::Reconfigure(change(dice, around)));
            let moment = moment + dice.of(1, timeout);
            then(moment, Action::ForceTimeout(node.into()));
            then(moment + timeout / 2, Action::Write(Who::Node(node)));
            then(later + timeout * 2, Action::Heal);
        }
        // The same by crashes or walls, with writes.
        7 => super::duel(dice, script, node, nodes, at, timeout),
        8 => then(at, Action::Transfer(node.into())),
        // The office is handed over while much else happens.
        9 => {
            then(at, Action::Write(Who::Leader));
            then(at + dice.of(0, timeout / 16), Action::Transfer(node.into()));
            let moment = at + dice.of(0, timeout / 8);
            match dice.of(0, 4) {
                0 => then(moment, Action::Isolate(Who::Leader)),
                1 => then(moment, Action::Crash(Who::Node(node))),
                2 => then(moment, Action::Reconfigure(change(dice, around))),
                3 => then(moment, Action::Transfer(other.into())),
                _ => then(moment, Action::CutLink { from: node.into(), to: other.into() }),
            }
            then(later, Action::Restart(node.into()));
            then(later, Action::Heal);
        }
        // Two stand at about the same moment, and whoever voted comes back and votes again.
        10 => {
            then(at, Action::ForceTimeout(node.into()));
            then(at + dice.of(0, timeout / 16), Action::ForceTimeout(other.into()));
            let moment = at + dice.of(1, timeout / 8);
            for voter in (0..nodes).filter_map(NodeId::new) {
                if voter != node && voter != other && dice.one_in(2) {
                    then(moment, Action::Crash(Who::Node(voter)));
                    then(moment + dice.of(1, timeout / 16), Action::Restart(voter.into()));
                }
            }
            then(moment + dice.of(0, timeout / 16), Action::ForceTimeout(other.into()));
        }
        // A leader hands over and is cut off, so that it doesn't know what came of it.
        11 => {
            then(at, Action::Transfer(node.into()));
            let moment = at + dice.of(1, timeout / 8);
            for other in (0..nodes).filter_map(NodeId::new).filter(|other| *other != trouble) {
                then(moment, Action::CutLink { from: other.into(), to: trouble.into() });
            }
            then(later, Action::Heal);
        }
        12 => {
            let leaning = super::Leaning::ThreatenedLeases;
            let around = Around { nodes, trouble, timeout, rates, leaning };
            incident(dice, script, &around, at);
        }
        // Some let go of their logs, and those who lag behind get a snapshot.
        15 => {
            then(at, Action::Snapshot(Who::Leader));
            for node in any_set(dice, nodes).iter() {
                then(at + dice.of(0, timeout), Action::Snapshot(Who::Node(node)));
            }
        }
        // One is left behind meanwhile, or loses what it has when a snapshot is on its way.
        16 => {
            then(at, Action::Isolate(Who::Node(node)));
            (0..5).for_each(|_| then(at + dice.of(1, timeout), Action::Write(Who::Leader)));
            let moment = at + timeout * 2;
            then(moment, Action::Snapshot(Who::Leader));
            then(moment + dice.of(0, timeout / 4), Action::Heal);
            let moment = moment + dice.of(1, timeout);
            match dice.of(0, 3) {
                0 => then(moment, Action::Crash(Who::Node(node))),
                1 => then(moment, Action::Crash(Who::Leader)),
                2 => then(moment, Action::Snapshot(Who::Leader)),
                _ => then(moment, Action::Transfer(node.into())),
            }
            (0..nodes)
                .filter_map(NodeId::new)
                .for_each(|it| then(moment + timeout / 8, Action::Restart(it.into())));
        }
        // A link is slow, or loses much.
        23 => {
            let (from, to) = (Who::Node(node), Who::Node(other));
            if dice.one_in(2) {
                then(at, Action::SlowLink { from, to, by: Micros(dice.of(1, timeout)) });
            } else {
                let per_million = dice.of(1, 1_000_000) as u32;
                then(at, Action::MakeLossy { from, to, per_million });
            }
            then(later, Action::MendLink { from, to });
        }
        // A disk stalls, for long enough to be missed or not.
        22 => {
            let who = if dice.one_in(2) { Who::Leader } else { Who::Node(node) };
            then(at, Action::StallDisk(who));
            then(at + dice.of(0, timeout / 8), Action::Write(Who::Leader));
            if dice.one_in(3) {
                then(soon, Action::Crash(who));
            }
            for node in (0..nodes).filter_map(NodeId::new) {
                then(later, Action::UnstallDisk(node.into()));
                then(later, Action::Restart(node.into()));
            }
        }
        // One stands still, and perhaps its clock with it: that would break a lease.
        21 => {
            let who = if dice.one_in(2) { Who::Leader } else { Who::Node(node) };
            let suspended = !leases && dice.one_in(3);
            then(at, if suspended { Action::Suspend(who) } else { Action::Pause(who) });
            if dice.one_in(4) {
                then(soon, Action::ForceTimeout(other.into()));
            }
            for node in (0..nodes).filter_map(NodeId::new) {
                then(later, Action::Resume(node.into()));
            }
        }
        13 if !leases => {
            let by = dice.of(1, timeout * 2) as i64;
            then(
                at,
                Action::StepClock {
                    node: node.into(),
                    by_micros: if dice.one_in(2) { by } else { -by },
                },
            );
        }
        _ => {
            let leaning = super::Leaning::Everything;
            let around = Around { nodes, trouble, timeout, rates, leaning };
            incident(dice, script, &around, at);
        }
    }
}

/// How long after the last fault a cluster is given to settle, in longest timeouts.
pub(crate) const TIMEOUTS_TO_SETTLE: u64 = 30;

/// The same schedule on a network on which Raft promises to make progress, "broadcast
/// time ≪ election timeout" (paper, section 5.6), with an end to every fault: from then
/// on all nodes are up, hear each other, and have true clocks.
///
/// A server that was removed and never told so would go on standing for election, depose
/// leaders, and be a term ahead of whoever could win (dissertation, section 4.2.3), and so
/// would one whose addition was taken back: where the members may change, pre-vote keeps
/// them from that. And with nobody writing any more, only the no-op of a new term commits
/// what earlier terms left (paper, section 8). Whoever lags behind gets several entries at
/// a time, so that it is there by the end.
pub(crate) fn calmed(scenario: Scenario) -> (Scenario, Micros) {
    let mut calmed = scenario;
    let timeout = calmed.settings.election_timeout_min;
    let settings = &mut calmed.settings;
    settings.election_timeout_max = timeout.scaled(2, 1);
    let changes = |step: &Step| matches!(step.action, Action::Reconfigure(_));
    settings.pre_vote |= calmed.script.iter().any(changes);
    settings.no_op_at_start_of_term = true;
    settings.max_entries_per_message = settings.max_entries_per_message.max(8);
    let quick =
        raft_sim::Latency::Uniform { min: timeout.scaled(1, 40), max: timeout.scaled(1, 15) };
    let duplicates_per_million = calmed.network.duplicates_per_million;
    calmed.network = NetworkPlan { duplicates_per_million, ..NetworkPlan::of(quick) };
    calmed.fsync = raft_sim::Latency::Uniform { min: Micros(20), max: timeout.scaled(1, 20) };
    calmed.fsyncs.clear();
    calmed.snapshot_work = calmed.snapshot_work.map(|work| SnapshotWork {
        latency: raft_sim::Latency::Constant(timeout.scaled(1, 40)),
        per_entry: Micros::ZERO,
        ..work
    });
    let healed_at = calmed.duration;
    let mut then = |action: Action| calmed.script.push(Step { at: healed_at, action });
    then(Action::Heal);
    for node in (0..calmed.nodes).filter_map(NodeId::new) {
        then(Action::SetClock { node: node.into(), rate: Rate::TRUE });
        then(Action::Resume(node.into()));
        then(Action::UnstallDisk(node.into()));
        then(Action::Restart(node.into()));
    }
    for client in &mut calmed.clients {
        client.stops_at = healed_at;
    }
    let longest = calmed.settings.election_timeout_max;
    calmed.duration = healed_at + Micros(longest.0 * TIMEOUTS_TO_SETTLE);
    (calmed, healed_at)
}
