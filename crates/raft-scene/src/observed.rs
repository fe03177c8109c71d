//! Another implementation's run at an instant: the same stage, the same marks.
//!
//! ```text
//!   Observation                    -> ObservedCluster  once, and forwards from there
//!   (ObservedCluster, StageView)   -> Stage            what stands still
//!   Observation                    -> TimelineIndex    once
//!   (ObservedCluster, LogGridView) -> LogGrid          the logs side by side
//!   (TimelineIndex, at, Stage)     -> Motion           what moves
//!   (TimelineIndex, from, to)      -> TimelineMarks    the space-time diagram of a span
//! ```
//!
//! What an observer doesn't tell isn't drawn: timeouts and leases (the rings), what is on
//! a disk, walls.

use crate::layout::Layout;
use crate::link_mark::{self, LinkState};
use crate::log_grid::{self, LogGrid, LogGridView, RowFace};
use crate::log_mark::Known;
use crate::member::MemberKind;
use crate::message_mark::Motion;
use crate::node_mark::{self, Face, NodeRole, RingKind, Vote};
use crate::node_state::Saying;
use crate::stage::{Stage, StageView};
use crate::text_mark::Tone;
use crate::timeline_index::TimelineIndex;
use crate::timeline_index::observed::role_of;
use raft_core::{Entry, Index, Log, LogEnd, Membership, Micros, NodeId, NodeSet, Payload, Term};
use raft_sim::trace::observed::{Observation, Observed};
use std::collections::BTreeMap;

/// What is told of one server up to an instant.
#[derive(Clone, PartialEq, Debug)]
struct Server {
    role: NodeRole,
    term: Term,
    log: Log,
    /// What it was before each change that took something away: one that was not on the disk
    /// in a crash is undone.
    logs_before: Vec<Log>,
    committed: Index,
    /// As far as it is told.
    applied: Option<Index>,
    membership: Membership,
}

impl Server {
    /// Removes what its log holds from here on.
    fn take_away_from(&mut self, first: Index) {
        if first <= self.log.last_index() {
            self.logs_before.push(self.log.clone());
            self.log.truncate_from(first);
        }
    }
}

/// What is told of a cluster up to an instant. It goes forwards only: make another to go
/// back.
#[derive(Clone, PartialEq, Debug)]
pub struct ObservedCluster<'a> {
    observation: &'a Observation,
    names: BTreeMap<&'a str, NodeId>,
    servers: Vec<Server>,
    /// Who voted for whom.
    votes: BTreeMap<(Term, NodeId), NodeId>,
    lines_done: usize,
    now: Micros,
}

impl<'a> ObservedCluster<'a> {
    /// The cluster before anything was told.
    pub fn new(observation: &'a Observation) -> ObservedCluster<'a> {
        let ids = (0..).map_while(NodeId::new);
        let names: BTreeMap<&str, NodeId> =
            observation.head.nodes.iter().map(String::as_str).zip(ids).collect();
        let voters = observation.head.voters.as_ref().unwrap_or(&observation.head.nodes);
        let voters = voters.iter().filter_map(|name| names.get(name.as_str()).copied()).collect();
        let membership = Membership::of(voters);
        let server = || Server {
            role: NodeRole::Follower,
            term: Term(0),
            log: Log::new(),
            logs_before: Vec::new(),
            committed: Index::ZERO,
            applied: None,
            membership,
        };
        let servers = observation.head.nodes.iter().map(|_| server()).collect();
        let votes = BTreeMap::new();
        ObservedCluster { observation, names, servers, votes, lines_done: 0, now: Micros::ZERO }
    }

    /// Goes on to an instant: everything at that very microsecond has happened.
    pub fn advance_to(&mut self, at: Micros) {
        let observation = self.observation;
        self.now = self.now.max(at);
        while let Some(line) = observation.lines.get(self.lines_done)
            && line.at <= at
        {
            self.lines_done += 1;
            self.take(&line.what);
        }
    }

    fn take(&mut self, what: &Observed) {
        let id = |name: &String| self.names.get(name.as_str()).copied();
        let node = match what {
            Observed::Role { node, .. }
            | Observed::Voted { node, .. }
            | Observed::Appended { node, .. }
            | Observed::Truncated { node, .. }
            | Observed::Snapshot { node, .. }
            | Observed::Committed { node, .. }
            | Observed::Applied { node, .. }
            | Observed::Configuration { node, .. }
            | Observed::Crashed { node }
            | Observed::Restarted { node, .. } => node,
            _ => return,
        };
        let Some(node) = id(node) else { return };
        if let Observed::Voted { candidate, term, .. } = what
            && let Some(candidate) = id(candidate)
        {
            self.votes.entry((*term, node)).or_insert(candidate);
        }
        let set = |names: &[String]| names.iter().filter_map(id).collect::<NodeSet>();
        let membership = match what {
            Observed::Configuration { voters, outgoing, learners, .. } => Some(Membership {
                voters: set(voters),
                outgoing: set(outgoing),
                learners: set(learners),
            }),
            _ => None,
        };
        let Some(server) = self.servers.get_mut(usize::from(node.number())) else { return };
        server.membership = membership.unwrap_or(server.membership);
        match what {
            Observed::Role { role, term, .. } => {
                (server.role, server.term) = (role_of(*role), *term);
            }
            Observed::Appended { first, entries, .. } => {
                // Entries that stand there already stay.
                let told = (first.0..).map(Index).zip(entries);
                let stays =
                    told.take_while(|(at, told)| server.log.term_at(*at) == Some(told.term));
                let stays = stays.count();
                server.take_away_from(Index(first.0 + stays as u64));
                for entry in &entries[stays..] {
                    // What it holds is not drawn.
                    server.log.append(Entry { term: entry.term, payload: Payload::NoOp });
                }
            }
            Observed::Truncated { first, .. } => server.take_away_from(*first),
            Observed::Snapshot { index, term, .. } => {
                server.committed = server.committed.max(*index);
                server.logs_before.push(server.log.clone());
                if server.log.term_at(*index) == Some(*term) {
                    server.log.compact_to(*index);
                } else {
                    server.log = Log::after(LogEnd { term: *term, index: *index });
                }
            }
            Observed::Committed { index, .. } => server.committed = *index,
            Observed::Applied { index, .. } => server.applied = Some(*index),
            Observed::Crashed { .. } => {
                (server.role, server.applied) = (NodeRole::Crashed, None);
            }
            Observed::Restarted { term, last_index, last_term, snapshot, .. } => {
                (server.role, server.term) = (NodeRole::Follower, *term);
                if let Some(last_index) = last_index {
                    let is_it = |log: &Log| {
                        let base = log.base().index;
                        base <= *last_index
                            && *last_index <= log.last_index()
                            && last_term.is_none_or(|term| log.term_at(*last_index) == Some(term))
                            && snapshot.is_none_or(|snapshot| snapshot == base)
                    };
                    while !is_it(&server.log)
                        && let Some(before) = server.logs_before.pop()
                    {
                        server.log = before;
                    }
                    server.log.truncate_from(last_index.next());
                }
                server.logs_before.clear();
                server.committed = server.log.base().index;
            }
            _ => {}
        }
    }

    /// What stands still now.
    pub fn stage(&self, view: &StageView) -> Stage {
        let layout = Layout::new(self.servers.len(), view);
        let ids: Vec<NodeId> = self.names.values().copied().collect::<NodeSet>().iter().collect();
        let faces = ids.iter().filter_map(|id| self.face(*id)).collect();
        let nodes = node_mark::nodes(faces, &layout, view.selected);
        let mut description = format!("{} nodes.", nodes.len());
        for node in &nodes {
            description.push(' ');
            description.push_str(&node.description);
        }
        Stage {
            width: view.width,
            height: view.height,
            is_compact: layout.is_compact,
            metrics: layout.metrics,
            wall: None,
            places: Vec::new(),
            links: link_mark::links(&layout, &ids, |_, _| LinkState::Whole),
            clients: Vec::new(),
            description,
            nodes,
        }
    }

    /// The logs side by side, as far as they are told: not what entries hold, nor what a
    /// leader believes of the others.
    pub fn log_grid(&self, view: &LogGridView) -> LogGrid {
        let leads = |id: &NodeId| self.server(*id).is_some_and(|it| it.role == NodeRole::Leader);
        let ids = || self.names.values().copied().collect::<NodeSet>();
        let latest = ids().iter().filter(leads).max_by_key(|id| self.server(*id).map(|it| it.term));
        let leader = view.leader.filter(leads).or(latest);
        let membership = leader
            .and_then(|id| self.server(id))
            .or_else(|| self.servers.iter().max_by_key(|server| server.log.end()))
            .map_or(Membership::of(NodeSet::EMPTY), |server| server.membership);
        let row = |id| {
            let server = self.server(id)?;
            Some(RowFace {
                id,
                name: self.name(id)?.clone(),
                role: self.role_of(server),
                member: MemberKind::of(&membership, id),
                term: server.term,
                known: server.known(),
                applied_index: server.applied,
                seen: None,
                incoming: None,
                is_told: false,
            })
        };
        log_grid::grid(ids().iter().filter_map(row).collect(), view, leader)
    }

    fn server(&self, id: NodeId) -> Option<&Server> {
        self.servers.get(usize::from(id.number()))
    }

    fn name(&self, id: NodeId) -> Option<&String> {
        self.observation.head.nodes.get(usize::from(id.number()))
    }

    fn role_of(&self, server: &Server) -> NodeRole {
        let is_stale = server.role == NodeRole::Leader
            && self.servers.iter().any(|it| it.role == NodeRole::Leader && it.term > server.term);
        if is_stale { NodeRole::StaleLeader } else { server.role }
    }

    fn face(&self, id: NodeId) -> Option<Face<'_>> {
        let server = self.server(id)?;
        let name = self.name(id)?.clone();
        let term = server.term;
        let role = self.role_of(server);
        let (role_line, does) = match role {
            NodeRole::Crashed => (Saying::new(["crashed"], Tone::Quiet), "is down"),
            NodeRole::Leader => (Saying::new(["LEADER"], Tone::Good), "leads"),
            NodeRole::StaleLeader => (
                Saying::new(["LEADER · stale", "stale"], Tone::Bad),
                "believes that it leads, and a later term has a leader:",
            ),
            NodeRole::Candidate => {
                (Saying::new(["candidate"], Tone::Notable), "stands for election in")
            }
            NodeRole::PreCandidate => (
                Saying::new(["asks before standing", "pre-vote"], Tone::Notable),
                "asks whether it would win, in",
            ),
            NodeRole::Follower => (Saying::new(["follower"], Tone::Quiet), "follows in"),
        };
        let description = match role {
            NodeRole::Crashed => format!("{name} is down."),
            _ => format!("{name} {does} term {term}."),
        };
        let votes = match role {
            NodeRole::Candidate => {
                let given = |voter: NodeId| self.votes.get(&(term, voter));
                let vote = |voter: NodeId| match given(voter) {
                    Some(candidate) if *candidate == id => Vote::Granted,
                    Some(_) => Vote::Refused,
                    None => Vote::Open,
                };
                server.membership.all_voters().iter().map(|voter| (voter, vote(voter))).collect()
            }
            _ => Vec::new(),
        };
        Some(Face {
            id,
            name,
            role,
            term,
            ring: RingKind::None,
            votes,
            role_line,
            notes: Vec::new(),
            member: MemberKind::of(&server.membership, id),
            progress: None,
            known: server.known(),
            description,
        })
    }
}

impl Server {
    fn known(&self) -> Known<'_> {
        // Nobody tells what is not on a disk.
        Known { log: &self.log, committed: self.committed, durable: self.log.last_index() }
    }
}

impl Motion {
    /// What moves at an instant of an observed run: the messages on their way.
    pub fn of_observed(index: &TimelineIndex, at: Micros, stage: &Stage) -> Motion {
        let mut motion = Motion { fractions: vec![0.0; stage.nodes.len()], ..Motion::default() };
        let earliest = Micros(at.0.saturating_sub(index.longest().0 + 1));
        for span in index.sent_between(earliest, at).filter(|span| span.ended_at > at) {
            let whole = (span.ended_at - span.sent_at).0.max(1) as f64;
            let passed = ((at - span.sent_at).0 as f64 / whole).min(1.0) as f32;
            let reaches = span.lost.map_or(1.0, |(_, permille)| f32::from(permille) / 1_000.0);
            motion.fly(stage, (span.id, span.kind), (span.from, span.to), passed * reaches);
        }
        motion
    }
}
