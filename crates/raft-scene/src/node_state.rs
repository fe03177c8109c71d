//! What there is to say about a node, before it is known where.

use crate::log_mark::Known;
use crate::member::MemberKind;
use crate::node_mark::{Face, NodeRole, RingKind, Vote};
use crate::text_mark::Tone;
use raft_core::{
    Index, Log, Membership, Micros, NodeId, NodeSet, PaceView, RoleView, SnapshotProgress, Term,
    View,
};
use raft_sim::{Host, Pause, Rate, World};

/// Something to say, the longest way first: whoever places it takes the first that fits.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Saying {
    pub(crate) ways: Vec<String>,
    pub(crate) tone: Tone,
}

impl Saying {
    pub(crate) fn new<const N: usize>(ways: [&str; N], tone: Tone) -> Saying {
        Saying { ways: ways.map(str::to_string).to_vec(), tone }
    }
}

impl Saying {
    /// Several on one line, in the gravest of their tones; `None` for fewer than two.
    pub(crate) fn joined(sayings: &[Saying]) -> Option<Saying> {
        if sayings.len() < 2 {
            return None;
        }
        let text = |way: fn(&Saying) -> Option<&String>| {
            sayings.iter().filter_map(way).cloned().collect::<Vec<_>>().join(" · ")
        };
        let tone = sayings.iter().map(|saying| saying.tone).max().unwrap_or_default();
        Some(Saying {
            ways: vec![text(|saying| saying.ways.first()), text(|saying| saying.ways.last())],
            tone,
        })
    }
}

impl Saying {
    /// With a word more after each of its ways, and without it where there is no room.
    fn and(mut self, more: Option<&str>) -> Saying {
        if let Some(more) = more {
            let longer: Vec<String> =
                self.ways.iter().map(|way| format!("{way} · {more}")).collect();
            self.ways.splice(0..0, longer);
        }
        self
    }
}

/// The snapshot that a node gets, if it does.
pub(crate) fn incoming_snapshot(host: &Host) -> Option<SnapshotProgress> {
    host.node()?.view().incoming_snapshot()
}

/// How much of a snapshot is there, from 0 to 1.
pub(crate) fn share_of(progress: &SnapshotProgress) -> f32 {
    (progress.received_bytes as f64 / progress.total_bytes.max(1) as f64).clamp(0.0, 1.0) as f32
}

/// The same in whole hundredths.
fn percent_of(progress: &SnapshotProgress) -> u64 {
    let SnapshotProgress { received_bytes, total_bytes, .. } = *progress;
    received_bytes.saturating_mul(100).checked_div(total_bytes).unwrap_or(100).min(100)
}

/// What there is to draw of every node.
pub(crate) fn faces(world: &World, at: Micros) -> Vec<Face<'_>> {
    let membership = world.membership();
    let face = |host| {
        let role = role_of(world, host);
        let member = MemberKind::of(&membership, host.id());
        let notes = notes(host, role, at);
        Face {
            id: host.id(),
            name: host.id().to_string(),
            role,
            term: term_of(host),
            ring: ring_of(host),
            votes: votes_of(host),
            role_line: role_line(host, role, at).and(member.says()).and(place_of(world, host.id())),
            member,
            progress: incoming_snapshot(host).map(|progress| share_of(&progress)),
            known: known(world, host),
            description: describe(world, host, role, &notes),
            notes,
        }
    };
    world.hosts().iter().map(face).collect()
}

/// What the region or the data centre is called that a node stands in.
pub(crate) fn place_of(world: &World, id: NodeId) -> Option<&str> {
    world.plan().scenario().place_of(id).map(|place| place.name.as_str())
}

pub(crate) fn role_of(world: &World, host: &Host) -> NodeRole {
    let Some(node) = host.node() else { return NodeRole::Crashed };
    match node.view().role() {
        RoleView::Follower { .. } => NodeRole::Follower,
        RoleView::PreCandidate { .. } => NodeRole::PreCandidate,
        RoleView::Candidate { .. } => NodeRole::Candidate,
        RoleView::Leader(_) if world.is_stale_leader(host.id()) => NodeRole::StaleLeader,
        RoleView::Leader(_) => NodeRole::Leader,
    }
}

/// A node's term; while it is down, what its disk holds.
pub(crate) fn term_of(host: &Host) -> Term {
    let on_disk = host.disk().durable().hard_state.term;
    host.node().map_or(on_disk, |node| node.view().term())
}

fn ring_of(host: &Host) -> RingKind {
    let Some(node) = host.node() else { return RingKind::None };
    match node.view().role() {
        RoleView::Leader(_) if node.view().settings().lease.is_some() => RingKind::Lease,
        RoleView::Leader(_) => RingKind::Heartbeat,
        _ if !node.view().may_stand() => RingKind::None,
        _ => RingKind::ElectionTimeout,
    }
}

/// How full a node's ring is.
pub(crate) fn ring_fraction(host: &Host, at: Micros) -> f32 {
    let Some(node) = host.node() else { return 0.0 };
    let view = node.view();
    let own_now = host.clock().shows_at(at);
    let share = |left: Micros, whole: Micros| {
        (left.0 as f64 / whole.0.max(1) as f64).clamp(0.0, 1.0) as f32
    };
    if ring_of(host) == RingKind::None {
        return 0.0;
    }
    if let Some((timeout, deadline)) = view.election_timer() {
        return share(deadline - own_now, timeout);
    }
    let RoleView::Leader(leader) = view.role() else { return 0.0 };
    if view.settings().lease.is_none() {
        return share(leader.heartbeat_due() - own_now, view.settings().heartbeat_interval);
    }
    match (leader.lease_until(), leader.confirmed_sent_at()) {
        (Some(until), Some(sent_at)) => share(until - own_now, until - sent_at),
        _ => 0.0,
    }
}

/// Who answered a candidate how; nobody for whoever is no candidate.
fn votes_of(host: &Host) -> Vec<(NodeId, Vote)> {
    let Some(view) = host.node().map(|node| node.view()) else { return Vec::new() };
    let (RoleView::PreCandidate { granted, refused } | RoleView::Candidate { granted, refused }) =
        view.role()
    else {
        return Vec::new();
    };
    let vote = |id: NodeId| {
        if granted.contains(id) {
            Vote::Granted
        } else if refused.contains(id) {
            Vote::Refused
        } else {
            Vote::Open
        }
    };
    view.membership().voters.iter().map(|id| (id, vote(id))).collect()
}

/// Whether a follower has heard from its leader as recently as it would expect to.
fn hears_its_leader(host: &Host, view: View<'_>, at: Micros) -> bool {
    let RoleView::Follower { leader: Some(_) } = view.role() else { return false };
    let own_now = host.clock().shows_at(at);
    let patience = view.settings().heartbeat_interval.scaled(3, 2);
    view.leader_heard_at().is_some_and(|heard_at| own_now - heard_at <= patience)
}

fn role_line(host: &Host, role: NodeRole, at: Micros) -> Saying {
    match role {
        NodeRole::Crashed => Saying::new(["crashed"], Tone::Quiet),
        NodeRole::Leader => Saying::new(["LEADER"], Tone::Good),
        NodeRole::StaleLeader => Saying::new(["LEADER · stale", "stale"], Tone::Bad),
        NodeRole::Candidate => Saying::new(["candidate"], Tone::Notable),
        NodeRole::PreCandidate => Saying::new(["asks before standing", "pre-vote"], Tone::Notable),
        NodeRole::Follower => {
            let Some(view) = host.node().map(|node| node.view()) else { return Saying::default() };
            if hears_its_leader(host, view, at) {
                return Saying::new(["follower"], Tone::Quiet);
            }
            if let RoleView::Follower { leader: None } = view.role()
                && let Some(candidate) = view.voted_for()
                && candidate != view.id()
            {
                let text = format!("voted for {candidate}");
                return Saying { ways: vec![text, "follower".to_string()], tone: Tone::Quiet };
            }
            if host.pause().is_some() || !view.may_stand() {
                return Saying::new(["follower"], Tone::Quiet);
            }
            let Some((_, deadline)) = view.election_timer() else { return Saying::default() };
            let fires_at = host.clock().when_it_shows(deadline);
            let ways = vec![
                format!("would fire at {fires_at}"),
                format!("fires {fires_at}"),
                "follower".to_string(),
            ];
            Saying { ways, tone: Tone::Quiet }
        }
    }
}

fn times(rate: Rate) -> String {
    let percent = rate.percent();
    format!("×{}.{:02}", percent / 100, percent % 100)
}

/// What is not as one would expect.
pub(crate) fn notes(host: &Host, role: NodeRole, at: Micros) -> Vec<Saying> {
    let mut notes = Vec::new();
    // First, since the bar of its progress stands below the first line.
    if let Some(progress) = incoming_snapshot(host) {
        let percent = percent_of(&progress);
        let ways = vec![
            format!("gets a snapshot up to {}: {percent} %", progress.end.index),
            format!("gets a snapshot: {percent} %"),
            format!("snapshot {percent} %"),
        ];
        notes.push(Saying { ways, tone: Tone::Notable });
    }
    let rate = host.clock().rate();
    let is_untrue = rate.percent() != 100;
    let tone = if role == NodeRole::StaleLeader { Tone::Bad } else { Tone::Notable };
    if is_untrue {
        let times = times(rate);
        notes.push(Saying { ways: vec![format!("clock {times}"), times], tone });
    }
    if host.disk().is_stalled() {
        notes.push(Saying::new(["its disk stalls", "disk stalls"], tone));
    }
    let Some(view) = host.node().map(|node| node.view()) else { return notes };
    match host.snapshot_under_way() {
        Some(snapshot) if snapshot.blocks => {
            notes.push(Saying::new(["stands still: takes a snapshot", "takes a snapshot"], tone));
        }
        Some(_) => notes.push(Saying::new(["takes a snapshot", "snapshot …"], Tone::Quiet)),
        None => {}
    }
    match host.pause() {
        Some(Pause::Process) => notes.push(Saying::new(["stands still", "paused"], tone)),
        Some(Pause::Machine) => {
            let ways = ["stands still, and so does its clock", "suspended"];
            notes.push(Saying::new(ways, tone));
        }
        None => {}
    }
    let membership = view.membership();
    if view.is_leader() && membership.is_joint() {
        let Membership { voters, outgoing, .. } = membership;
        let ways = vec![
            format!("joint: needs majorities of {outgoing} and of {voters}"),
            format!("joint: {outgoing} and {voters}"),
            "joint".to_string(),
        ];
        notes.push(Saying { ways, tone: Tone::Notable });
    }
    if let RoleView::Leader(leader) = view.role() {
        for id in membership.everyone().iter() {
            // How much of it is there stands beside who gets it: the leader lags behind.
            if let Some(PaceView::Snapshot(_)) = leader.progress(id).map(|it| it.pace) {
                let ways = vec![format!("sends {id} its snapshot"), format!("snapshot to {id}")];
                notes.push(Saying { ways, tone: Tone::Notable });
            }
        }
        let own_now = host.clock().shows_at(at);
        if let Some(until) = leader.lease_until()
            && (is_untrue || role == NodeRole::StaleLeader)
        {
            notes.push(if until > own_now && host.clock().stands_still() {
                Saying::new(["its lease runs out when its clock goes on", "lease"], tone)
            } else if until > own_now {
                let until = host.clock().when_it_shows(until);
                let ways = vec![
                    format!("lease until {until} by its clock"),
                    format!("lease until {until}"),
                ];
                Saying { ways, tone }
            } else {
                Saying::new(["its lease has run out", "no lease"], Tone::Quiet)
            });
        }
        match leader.reads_waiting() {
            0 => {}
            1 => notes.push(Saying::new(["1 read waits"], Tone::Notable)),
            many => {
                let ways = vec![format!("{many} reads wait")];
                notes.push(Saying { ways, tone: Tone::Notable });
            }
        }
    }
    let writes = view.writes_under_way();
    if writes > 0 {
        let plural = if writes == 1 { "" } else { "s" };
        let ways = vec![
            format!("waiting for fsync ({writes} write{plural})"),
            "waiting for fsync".to_string(),
            "fsync …".to_string(),
        ];
        notes.push(Saying { ways, tone: Tone::Quiet });
    }
    notes
}

/// A node's log, with what is committed and what is durable.
pub(crate) fn known<'a>(world: &World, host: &'a Host) -> Known<'a> {
    match host.node().map(|node| node.view()) {
        Some(view) => {
            Known { log: view.log(), committed: view.commit_index(), durable: view.durable_index() }
        }
        None => {
            let log = &host.disk().durable().log;
            Known { log, committed: known_committed(world, log), durable: log.last_index() }
        }
    }
}

/// Up to where a log agrees with what any running node knows to be committed.
fn known_committed(world: &World, log: &Log) -> Index {
    let views = world.hosts().iter().filter_map(|host| host.node()).map(|node| node.view());
    let Some(furthest) = views.max_by_key(|view| view.commit_index()) else { return Index::ZERO };
    let mut index = furthest.commit_index().min(log.last_index());
    // What the running node has compacted away is remembered by whoever watched.
    let committed =
        |index| furthest.log().term_at(index).or_else(|| world.monitors().committed_term(index));
    // Logs that agree at one place agree before it (Log Matching). What a snapshot covers
    // is committed whoever knows.
    let covered = log.base().index;
    while index > covered && log.term_at(index) != committed(index) {
        index = index.previous();
    }
    index.max(covered)
}

/// A node in one sentence for who can't see it.
pub(crate) fn describe(world: &World, host: &Host, role: NodeRole, notes: &[Saying]) -> String {
    let id = host.id();
    let name = match place_of(world, id) {
        Some(place) => format!("{id} ({place})"),
        None => id.to_string(),
    };
    let Some(view) = host.node().map(|node| node.view()) else {
        return format!("{name} is down.");
    };
    let term = view.term();
    let mut text = match (role, view.role()) {
        (NodeRole::StaleLeader, _) => match world.leader() {
            Some(leader) => {
                format!("{name} believes that it leads term {term}, but {leader} leads a later one")
            }
            None => format!("{name} believes that it leads term {term}"),
        },
        (_, RoleView::Leader(_)) => format!("{name} leads term {term}"),
        (_, RoleView::Candidate { granted, .. }) => {
            format!("{name} stands for election in term {term}, with {}", count(granted, "vote"))
        }
        (_, RoleView::PreCandidate { granted, .. }) => format!(
            "{name} asks whether it would win term {}, with {}",
            term.next(),
            count(granted, "promise")
        ),
        (_, RoleView::Follower { leader: Some(leader) }) => {
            format!("{name} follows {leader} in term {term}")
        }
        (_, RoleView::Follower { leader: None }) => match view.voted_for() {
            Some(candidate) if candidate != id => {
                format!("{name}, in term {term}, voted for {candidate} and knows no leader")
            }
            _ => format!("{name}, in term {term}, knows no leader"),
        },
    };
    for note in notes {
        if let Some(longest) = note.ways.first() {
            text.push_str(", ");
            text.push_str(longest);
        }
    }
    text.push('.');
    text
}

fn count(set: NodeSet, what: &str) -> String {
    match set.len() {
        0 => format!("no {what} yet"),
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}
