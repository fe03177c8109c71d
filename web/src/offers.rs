//! What one can do to each thing on the stage, and to the cluster, at a moment: nothing
//! that would be refused. Menus and the palette show it; here it is data.

use raft_core::{Flaw, Micros, NodeId, ReadMode, Reconfiguration, View};
use raft_scene::Hit;
use raft_sim::{Action, Host, MessageId, Rate, SETTINGS, SettingKind, Who, World};
use yew::AttrValue;

/// How much longer a slow link takes.
const SLOWER: Micros = Micros::from_millis(50);
/// How many of a million messages a lossy link loses.
const LOST_PER_MILLION: u32 = 500_000;
/// By how much a clock jumps.
const CLOCK_STEP_MICROS: i64 = 250_000;

/// Something that can be done now.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Offer {
    /// Among what it stands: `Clock`.
    pub(crate) group: &'static str,
    /// What it is called there: `Half speed`.
    pub(crate) title: AttrValue,
    /// What is done, all at once.
    pub(crate) actions: Vec<Action>,
}

/// What is offered, as it is being gathered.
#[derive(Default)]
struct Offers {
    all: Vec<Offer>,
    group: &'static str,
}

impl Offers {
    fn group(&mut self, name: &'static str) {
        self.group = name;
    }

    fn add(&mut self, title: impl Into<AttrValue>, action: Action) {
        self.add_all(title, vec![action]);
    }

    fn add_all(&mut self, title: impl Into<AttrValue>, actions: Vec<Action>) {
        self.all.push(Offer { group: self.group, title: title.into(), actions });
    }
}

/// What can be done to something on the stage.
pub(crate) fn to(hit: Hit, world: &World) -> Vec<Offer> {
    let mut offers = Offers::default();
    match hit {
        Hit::Node(node) => to_node(node, world, &mut offers),
        Hit::Link { one, other } => to_link(one, other, world, &mut offers),
        Hit::Message(message) => to_message(message, world, &mut offers),
        Hit::Cell { .. } | Hit::Client(_) => {}
    }
    offers.all
}

/// Whether there are things to do to something of this kind, so that it has a menu.
pub(crate) const fn has_menu(hit: Hit) -> bool {
    matches!(hit, Hit::Node(_) | Hit::Link { .. } | Hit::Message(_))
}

/// A node that handles what it is told.
fn handles(host: &Host) -> Option<View<'_>> {
    let is_busy = host.snapshot_under_way().is_some_and(|snapshot| snapshot.blocks);
    let node = host.node().filter(|_| host.pause().is_none() && !is_busy)?;
    Some(node.view())
}

fn to_node(node: NodeId, world: &World, offers: &mut Offers) {
    let Some(host) = world.host(node) else { return };
    let who = Who::Node(node);
    let is_up = host.node().is_some();
    let view = handles(host);
    let leader = world.leader().and_then(|leader| handles(world.host(leader)?));

    offers.group("Process");
    if is_up {
        offers.add("Crash", Action::Crash(who));
        if host.pause().is_some() {
            offers.add("Let it go on", Action::Resume(who));
        } else {
            offers.add("Pause, its clock runs on", Action::Pause(who));
            offers.add("Suspend, its clock stops", Action::Suspend(who));
        }
    } else {
        offers.add("Restart", Action::Restart(who));
    }

    offers.group("Election");
    if view.is_some_and(|view| !view.is_leader() && view.membership().is_voter(node)) {
        offers.add("Force its timeout", Action::ForceTimeout(who));
    }
    let is_candidate_to_lead = is_up
        && leader.is_some_and(|leader| leader.id() != node && leader.membership().is_voter(node));
    if is_candidate_to_lead {
        offers.add("Hand leadership to it", Action::Transfer(who));
    }

    offers.group("Network");
    let network = world.network();
    let mut others = world.hosts().iter().map(Host::id).filter(|other| *other != node);
    if !others.all(|other| network.is_cut(node, other) && network.is_cut(other, node)) {
        offers.add("Cut it off", Action::Isolate(who));
    }
    if !is_whole(world) {
        offers.add("Heal the network", Action::Heal);
    }

    offers.group("Clients");
    if is_up {
        offers.add("Write through it", Action::Write(who));
        let read = |mode| Action::Read { from: who, mode };
        offers.add("Read by ReadIndex", read(ReadMode::ReadIndex));
        if has_leases(world) {
            offers.add("Read by lease", read(ReadMode::Lease));
        }
        offers.add("Read through the log", read(ReadMode::Log));
        offers.add("Read what it has applied", Action::ReadStraight(who));
    }

    offers.group("Clock");
    let rates = [
        ("Half speed", Rate { numerator: 1, denominator: 2 }),
        ("Double speed", Rate { numerator: 2, denominator: 1 }),
        ("True speed again", Rate::TRUE),
    ];
    for (title, rate) in rates {
        if host.clock().rate() != rate {
            offers.add(title, Action::SetClock { node: who, rate });
        }
    }
    for (title, by_micros) in
        [("250 ms forwards", CLOCK_STEP_MICROS), ("250 ms backwards", -CLOCK_STEP_MICROS)]
    {
        offers.add(title, Action::StepClock { node: who, by_micros });
    }

    offers.group("Disk");
    if host.disk().is_stalled() {
        offers.add("Let it go on", Action::UnstallDisk(who));
    } else {
        offers.add("Stall it", Action::StallDisk(who));
    }
    let may_take = view.is_some_and(|view| view.may_take_snapshot());
    if may_take && host.snapshot_under_way().is_none() {
        offers.add("Take a snapshot", Action::Snapshot(who));
    }
    offers.add("Lose it, with all on it", Action::LoseDisk(who));

    offers.group("Members");
    let Some(leader) = leader else { return };
    let is_learner = leader.membership().learners.contains(node);
    let changes = [
        ("Add as a learner", Reconfiguration::AddLearner(node)),
        (
            if is_learner { "Let it vote" } else { "Add as a voter" },
            Reconfiguration::AddVoter(node),
        ),
        ("Remove it", Reconfiguration::Remove(node)),
    ];
    for (title, change) in changes {
        if leader.would_reconfigure(change) {
            offers.add(title, Action::Reconfigure(change));
        }
    }
}

fn to_link(one: NodeId, other: NodeId, world: &World, offers: &mut Offers) {
    let network = world.network();
    let ways = [(one, other), (other, one)];
    let open: Vec<_> = ways.into_iter().filter(|(from, to)| !network.is_cut(*from, *to)).collect();
    let cut = |(from, to): (NodeId, NodeId)| Action::CutLink { from: from.into(), to: to.into() };
    offers.group("Cut");
    for (from, to) in &open {
        offers.add(format!("Cut {from} → {to}"), cut((*from, *to)));
    }
    if open.len() == 2 {
        offers.add_all("Cut both ways", ways.map(cut).to_vec());
    }
    offers.group("Worsen");
    let is_slow = network.slow_links().any(|(from, to, _)| ways.contains(&(from, to)));
    let is_lossy = network.lossy_links().any(|(from, to, _)| ways.contains(&(from, to)));
    if !is_slow {
        let slow = |(from, to): (NodeId, NodeId)| Action::SlowLink {
            from: from.into(),
            to: to.into(),
            by: SLOWER,
        };
        offers.add_all("50 ms slower", ways.map(slow).to_vec());
    }
    if !is_lossy {
        let lossy = |(from, to): (NodeId, NodeId)| Action::MakeLossy {
            from: from.into(),
            to: to.into(),
            per_million: LOST_PER_MILLION,
        };
        offers.add_all("Lose every other message", ways.map(lossy).to_vec());
    }
    offers.group("Mend");
    let is_cut = network.cut_links().any(|link| ways.contains(&link));
    if is_cut || is_slow || is_lossy {
        let mend =
            |(from, to): (NodeId, NodeId)| Action::MendLink { from: from.into(), to: to.into() };
        offers.add_all("Mend it", ways.map(mend).to_vec());
    }
    if !network.groups().is_empty() {
        offers.add("Take down every wall", Action::Heal);
    }
}

fn to_message(message: MessageId, world: &World, offers: &mut Offers) {
    let network = world.network();
    // One that is there and waits for its receiver is on its way no more.
    let Some(flight) = network.flight(message).filter(|flight| !flight.is_waiting) else { return };
    let name = flight.name();
    offers.group("On its way");
    offers.add("Lose it", Action::DropMessage(name));
    offers.add("Hold it up by 50 ms", Action::DelayMessage { message: name, by: SLOWER });
    let is_first = !network.comes_after_others(&world.surroundings().network, message);
    if is_first && !network.is_cut(name.from, name.to) {
        offers.add("Let it arrive now", Action::DeliverMessage(name));
    }
}

/// What can be done to the cluster as a whole.
pub(crate) fn to_cluster(world: &World) -> Vec<Offer> {
    let mut offers = Offers::default();
    offers.group("Cluster");
    if world.leader().is_some() {
        offers.add("Crash the leader", Action::Crash(Who::Leader));
        offers.add("Write through the leader", Action::Write(Who::Leader));
        let read = |mode| Action::Read { from: Who::Leader, mode };
        offers.add("Read from the leader by ReadIndex", read(ReadMode::ReadIndex));
        if has_leases(world) {
            offers.add("Read from the leader by lease", read(ReadMode::Lease));
        }
        offers.add("Read from the leader through the log", read(ReadMode::Log));
    }
    if !is_whole(world) {
        offers.add("Heal the network", Action::Heal);
    }
    settings(world, &mut offers);
    offers.all
}

/// What can be set anew by one word; numbers are the panel's.
fn settings(world: &World, offers: &mut Offers) {
    offers.group("Settings");
    let mut set = |title: String, name: &str, value: &str| {
        // The table's own texts can be read.
        if let Ok(action) = format!("set:{name}:{value}").parse() {
            offers.add(title, action);
        }
    };
    for row in SETTINGS {
        let in_force = row.in_force(world);
        match row.kind {
            SettingKind::OnOff => {
                let other = if in_force.as_deref() == Some("on") { "off" } else { "on" };
                set(format!("{} {other}", row.title), row.name, other);
            }
            SettingKind::Ratio => match in_force.as_deref() {
                None | Some("off") => set(format!("{} on", row.title), row.name, "11/10"),
                Some(_) => set(format!("{} off", row.title), row.name, "off"),
            },
            SettingKind::Choice(choices) => {
                for (value, name) in choices {
                    if in_force.as_deref() != Some(value) {
                        set(format!("{}: {name}", row.title), row.name, value);
                    }
                }
            }
            SettingKind::Flaw => {
                let flaws = world.settings().flaws;
                for flaw in Flaw::ALL {
                    // Of rules that say how to do the same, two can't be left out at once.
                    let (what, value) = match flaws.has(*flaw) {
                        true => ("Rule back in force, against", "off"),
                        false if flaws.with(*flaw).contradiction().is_some() => continue,
                        false => ("Rule left out, modified Raft", "on"),
                    };
                    let name = flaw.name();
                    let title = format!("{what}: {}", name.replace('-', " "));
                    set(title, row.name, &format!("{name}:{value}"));
                }
            }
            SettingKind::Number { .. } | SettingKind::Range { .. } | SettingKind::Latency => {}
        }
    }
}

/// Whether nodes have leases now, so that one may ask for a read by them.
pub(crate) const fn has_leases(world: &World) -> bool {
    world.settings().lease.is_some()
}

/// Whether nothing is in the way of any message.
pub(crate) fn is_whole(world: &World) -> bool {
    let network = world.network();
    network.groups().is_empty()
        && network.cut_links().next().is_none()
        && network.slow_links().next().is_none()
        && network.lossy_links().next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::Engine;
    use crate::source::Source;
    use raft_core::{IgnoreCause, Transition};
    use raft_sim::{Happening, Record, Step};

    /// Everything that is offered at a moment, with what it is offered for. Of things to
    /// which the very same can be done, one.
    fn all(world: &World) -> Vec<(Option<Hit>, Offer)> {
        let nodes: Vec<NodeId> = world.hosts().iter().map(Host::id).collect();
        let mut hits: Vec<Hit> = nodes.iter().map(|node| Hit::Node(*node)).collect();
        for (place, one) in nodes.iter().enumerate() {
            let others = nodes.iter().skip(place + 1);
            hits.extend(others.map(|other| Hit::Link { one: *one, other: *other }));
        }
        hits.extend(world.network().flights().map(|(id, _)| Hit::Message(id)));
        let mut known: Vec<Vec<usize>> = Vec::new();
        let mut all: Vec<(Option<Hit>, Offer)> =
            to_cluster(world).into_iter().map(|offer| (None, offer)).collect();
        for hit in hits {
            let offers = to(hit, world);
            let kind = offers.iter().map(|it| it.title.len() + it.group.len()).collect();
            if !known.contains(&kind) {
                known.push(kind);
                all.extend(offers.into_iter().map(|offer| (Some(hit), offer)));
            }
        }
        all
    }

    /// What happens at the playhead's moment if that is done.
    fn what_comes_of(engine: &Engine, actions: &[Action]) -> Vec<Record> {
        let mut address = Address { at: None, ..engine.address() };
        let step = |action: &Action| Step { at: engine.at(), action: action.clone() };
        address.interventions.extend(actions.iter().map(step));
        let mut world = engine.world().of_plan(address.plan().expect("a right run"));
        let mut records = Vec::new();
        while world.next_event_at().is_some_and(|at| at <= engine.at()) {
            world.step(&mut records);
        }
        records
    }

    /// What a node says of an order that it does not carry out.
    fn is_refusal(what: &Happening) -> bool {
        match what {
            Happening::ActionRefused { .. } => true,
            Happening::Node { transition, .. } => matches!(
                transition,
                Transition::ReconfigurationRefused { .. }
                    | Transition::SnapshotRefused { .. }
                    | Transition::Ignored {
                        from: None,
                        because: IgnoreCause::WrongRole | IgnoreCause::NotAMember,
                        ..
                    }
            ),
            _ => false,
        }
    }

    #[test]
    fn everything_that_is_offered_can_be_done() {
        for scenario in raft_scenarios::all() {
            let moments = [0, 300_000, 900_000, 1_100_000];
            for at in moments.map(Micros).into_iter().filter(|at| *at < scenario.duration) {
                let source = Source::BuiltIn(scenario.name.as_str().into());
                let address = Address { source, at: Some(at), ..Address::default() };
                let engine = Engine::new(address).expect("a built-in scenario");
                for (to, offer) in all(engine.world()) {
                    let records = what_comes_of(&engine, &offer.actions);
                    let refusal = records.iter().find(|record| is_refusal(&record.what));
                    let name = &scenario.name;
                    assert_eq!(refusal, None, "{name} at {at}: {} {to:?}", offer.title);
                    assert!(!records.is_empty(), "{name} at {at}: {} {to:?}", offer.title);
                }
            }
        }
    }

    fn engine(hash: &str) -> Engine {
        Engine::new(Address::read(hash).expect("a right hash")).expect("a right run")
    }

    fn titles(engine: &Engine, hit: Hit) -> Vec<String> {
        to(hit, engine.world()).into_iter().map(|offer| offer.title.to_string()).collect()
    }

    #[test]
    fn what_was_done_can_be_undone_from_the_same_menu() {
        let mut engine = engine("#scenario=reads-by-read-index&seed=7&t=600000");
        let node = Hit::Node(NodeId::B);
        let link = Hit::Link { one: NodeId::A, other: NodeId::B };
        for (hit, done, undone) in [
            (node, "Crash", "Restart"),
            (node, "Pause, its clock runs on", "Let it go on"),
            (node, "Suspend, its clock stops", "Let it go on"),
            (node, "Cut it off", "Heal the network"),
            (node, "Half speed", "True speed again"),
            (node, "Stall it", "Let it go on"),
            (link, "Cut A → B", "Mend it"),
            (link, "Cut both ways", "Mend it"),
            (link, "50 ms slower", "Mend it"),
            (link, "Lose every other message", "Mend it"),
        ] {
            assert!(!titles(&engine, hit).iter().any(|title| title == undone), "{undone}");
            for title in [done, undone] {
                let offers = to(hit, engine.world());
                let offer = offers.into_iter().find(|offer| offer.title == title).expect(title);
                engine.act_all(offer.actions).expect(title);
            }
            assert!(titles(&engine, hit).iter().any(|title| title == done), "{done}");
            engine.undo();
            engine.undo();
        }
    }

    #[test]
    fn a_spare_can_be_added_and_a_member_removed() {
        let mut engine = engine("#scenario=leader-crash&seed=42&t=700000");
        let leader = engine.world().leader().expect("somebody leads by then");
        assert!(titles(&engine, Hit::Node(leader)).contains(&"Remove it".to_owned()));
        assert!(!titles(&engine, Hit::Node(leader)).contains(&"Add as a voter".to_owned()));
        let removal = Action::Reconfigure(Reconfiguration::Remove(leader));
        engine.act(removal).expect("it can be removed");
        // One change at a time: until it is committed nothing more is offered.
        for host in engine.world().hosts() {
            assert!(!titles(&engine, Hit::Node(host.id())).contains(&"Remove it".to_owned()));
        }
    }
}
