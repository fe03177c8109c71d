//! What of a cluster tells two states apart, written as one number.
//!
//! A checker that compared whole nodes would never meet a state twice: clocks only
//! go forward, a generator never draws the same again, and every write has a number of
//! its own. So it compares a *projection*. That is right as long as two states of
//! one projection have the same future: whatever can happen in one can happen in the
//! other, and leads to states of one projection again (a bisimulation). What is
//! left out, and why it decides nothing:
//!
//! * **Instants, and the generator that draws them.** A timeout may fire at any moment,
//!   and is made to: the server's own clock jumps to its deadline. No server sees
//!   another's clock. The one question that a node asks of its clock when something
//!   *else* happens is whether it heard from its leader lately; the answer is kept, and
//!   changes by an action of its own. Heartbeats are so close together, a microsecond, and the
//!   timeout so long, a second, that no other deadline ever passes by their way.
//! * **Numbers of writes.** Only their order counts, and which of them are durable:
//!   they are written as how far they are past the last durable one.
//! * **Rounds of heartbeats.** They decide about reads, leases and stickiness, which the
//!   models here leave off. Each message says round 0, which is every leader's past.
//! * **What a refusal says beside no**, and `withheld`: they are for whoever watches.
//! * **The names of the servers**, as far as the cluster begins alike for all of them: a state
//!   is the same as another in which A and B have changed places. See [`Renaming`].
//!
//! What a snapshot holds is not left out, though within one run it follows from where it ends:
//! the model remembers what became of a server by its own projection, and another run
//! may have committed other entries up to there.
//!
//! Structures are taken apart field by field, without `..`: a new field does
//! not compile until somebody has said whether it belongs here. That the whole is right is
//! tested too (`states_of_one_projection_have_one_future`).

use crate::configuration::Configurations;
use crate::election::Candidate;
use crate::node::{Node, Role};
use crate::persistence::{Held, LogWrite, Persistence};
use crate::pre_vote::PreCandidate;
use crate::replication::{Leader, Pace, Progress};
use crate::snapshot::{Incoming, Sending};
use crate::testing::{Server, State};
use crate::transfer::Transfer;
use crate::*;
use alloc::vec::Vec;

/// Another name for each server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Renaming(Vec<NodeId>);

impl Renaming {
    /// Every renaming of the first `servers` servers. The first one keeps all names.
    pub(super) fn all(servers: u8) -> Vec<Renaming> {
        let mut all = alloc::vec![Vec::new()];
        for _ in 0..servers {
            all = all
                .into_iter()
                .flat_map(|names: Vec<NodeId>| {
                    let next = NodeSet::first(servers);
                    let used: NodeSet = names.iter().copied().collect();
                    next.difference(used)
                        .iter()
                        .map(move |id| {
                            let mut names = names.clone();
                            names.push(id);
                            names
                        })
                        .collect::<Vec<_>>()
                })
                .collect();
        }
        all.into_iter().map(Renaming).collect()
    }

    pub(super) fn of(&self, id: NodeId) -> NodeId {
        self.0.get(usize::from(id.number())).copied().unwrap_or(id)
    }

    pub(super) fn of_set(&self, set: NodeSet) -> NodeSet {
        set.iter().map(|id| self.of(id)).collect()
    }
}

/// A number for all that was written into it, in order.
#[derive(Clone, Copy)]
pub(super) struct Fingerprint(u64);

/// The finaliser of SplitMix64: each bit of the number counts for each of the result.
pub(super) fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Fingerprint {
    pub(super) fn new() -> Fingerprint {
        Fingerprint(0x9e37_79b9_7f4a_7c15)
    }

    pub(super) fn number(self) -> u64 {
        self.0
    }

    pub(super) fn write(&mut self, number: u64) {
        self.0 = mixed(self.0 ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
    }

    fn write_bytes(&mut self, bytes: &[u8]) {
        self.write(bytes.len() as u64);
        bytes.iter().for_each(|byte| self.write((*byte).into()));
    }

    fn write_index(&mut self, index: Index) {
        self.write(index.0);
    }

    fn write_id(&mut self, id: Option<NodeId>, names: &Renaming) {
        self.write(id.map_or(u64::MAX, |id| names.of(id).number().into()));
    }

    fn write_set(&mut self, set: NodeSet, names: &Renaming) {
        self.write(names.of_set(set).iter().fold(0, |bits, id| bits | 1 << id.number()));
    }
}

/// What can be written into a fingerprint, with the servers renamed.
pub(super) trait Project {
    fn project(&self, names: &Renaming, into: &mut Fingerprint);

    fn number(&self, names: &Renaming) -> u64 {
        let mut fingerprint = Fingerprint::new();
        self.project(names, &mut fingerprint);
        fingerprint.number()
    }
}

impl Project for Membership {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        let Membership { voters, outgoing, learners } = self;
        for set in [voters, outgoing, learners] {
            into.write_set(*set, names);
        }
    }
}

impl Project for HardState {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        let HardState { term, voted_for } = self;
        into.write(term.0);
        into.write_id(*voted_for, names);
    }
}

impl Project for LogEnd {
    fn project(&self, _: &Renaming, into: &mut Fingerprint) {
        let LogEnd { term, index } = self;
        into.write(term.0);
        into.write_index(*index);
    }
}

impl Project for Entry {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        let Entry { term, payload } = self;
        into.write(term.0);
        match payload {
            Payload::NoOp => into.write(0),
            // The model proposes the same command always: it is its place that counts.
            Payload::Command(_) => into.write(1),
            Payload::Configuration(membership) => {
                into.write(2);
                membership.project(names, into);
            }
        }
    }
}

impl Project for Log {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        self.base().project(names, into);
        into.write_index(self.last_index());
        self.iter().for_each(|(_, entry)| entry.project(names, into));
    }
}

impl Project for Snapshot {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        let Snapshot { end, membership, data } = self;
        end.project(names, into);
        membership.project(names, into);
        into.write_bytes(data);
    }
}

impl Project for Option<Snapshot> {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        into.write(self.is_some().into());
        self.iter().for_each(|snapshot| snapshot.project(names, into));
    }
}

impl Project for Envelope {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        let Envelope { from, to, term, body } = self;
        into.write_id(Some(*from), names);
        into.write_id(Some(*to), names);
        into.write(term.0);
        body.project(names, into);
    }
}

impl Project for Message {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        into.write(self.kind() as u64);
        match self {
            Message::RequestVote(RequestVote { log_end, by_transfer }) => {
                log_end.project(names, into);
                into.write((*by_transfer).into());
            }
            Message::RequestVoteReply(answer) => into.write(is_granted(*answer)),
            Message::RequestPreVote(RequestPreVote { for_term, log_end }) => {
                into.write(for_term.0);
                log_end.project(names, into);
            }
            Message::RequestPreVoteReply(PreVoteReply { for_term, answer }) => {
                into.write(for_term.0);
                into.write(is_granted(*answer));
            }
            Message::AppendEntries(append) => {
                let AppendEntries { previous, entries, commit_index, round: _, confirms_read: _ } =
                    append;
                previous.project(names, into);
                into.write(entries.len() as u64);
                entries.iter().for_each(|entry| entry.project(names, into));
                into.write_index(*commit_index);
            }
            Message::AppendEntriesReply(AppendReply { round: _, answer }) => match answer {
                AppendAnswer::Accepted { match_index } => {
                    into.write(0);
                    into.write_index(*match_index);
                }
                AppendAnswer::Conflict { refused, hint } => {
                    into.write(1);
                    into.write_index(*refused);
                    hint.project(names, into);
                }
                AppendAnswer::StaleTerm => into.write(2),
            },
            // No model here reads.
            Message::RequestReadIndex(_) | Message::RequestReadIndexReply(_) => {}
            Message::TimeoutNow => {}
            Message::InstallSnapshot(part) => {
                let InstallSnapshot { end, membership, total_bytes, offset, chunk, round: _ } =
                    part;
                end.project(names, into);
                membership.project(names, into);
                into.write(*total_bytes);
                into.write(*offset);
                into.write_bytes(chunk);
            }
            Message::InstallSnapshotReply(reply) => {
                let InstallSnapshotReply { round: _, end, offset, answer } = reply;
                end.project(names, into);
                into.write(*offset);
                match answer {
                    SnapshotAnswer::Wants { offset } => {
                        into.write(0);
                        into.write(*offset);
                    }
                    SnapshotAnswer::Installed { match_index } => {
                        into.write(1);
                        into.write_index(*match_index);
                    }
                    SnapshotAnswer::StaleTerm => into.write(2),
                }
            }
        }
    }
}

fn is_granted(answer: VoteAnswer) -> u64 {
    match answer {
        VoteAnswer::Granted => 1,
        VoteAnswer::Refused(_) => 0,
    }
}

impl Project for Change {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        match self {
            Change::HardState(hard_state) => {
                into.write(0);
                hard_state.project(names, into);
            }
            Change::Log { first, entries } => {
                into.write(1);
                into.write_index(*first);
                into.write(entries.len() as u64);
                entries.iter().for_each(|entry| entry.project(names, into));
            }
            Change::Snapshot { snapshot, log_begins_after, keeps_later_entries } => {
                into.write(2);
                snapshot.project(names, into);
                log_begins_after.project(names, into);
                into.write((*keeps_later_entries).into());
            }
        }
    }
}

impl Project for Durable {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        let Durable { hard_state, log, membership, snapshot } = self;
        hard_state.project(names, into);
        log.project(names, into);
        membership.project(names, into);
        snapshot.project(names, into);
    }
}

impl Project for Server {
    fn project(&self, names: &Renaming, into: &mut Fingerprint) {
        let Server {
            node,
            disk,
            state: State { index, digest },
            now,
            disk_is_slow: _,
            applies_slowly: _,
            writes_under_way,
        } = self;
        project_node(node, *now, names, into);
        into.write_index(*index);
        into.write(*digest);
        disk.project(names, into);
        into.write(writes_under_way.len() as u64);
        for Write { id, change } in writes_under_way {
            into.write(id.0.saturating_sub(node.persistence.durable.0));
            change.project(names, into);
        }
    }
}

fn project_node(node: &Node, now: Micros, names: &Renaming, into: &mut Fingerprint) {
    let Node {
        id,
        settings,
        membership,
        // Follows from the log, and from the snapshot or what the cluster began with.
        configurations: Configurations { .. },
        hard_state,
        log,
        snapshot,
        incoming,
        persistence,
        commit_index,
        handed_to_apply,
        applied_index,
        role,
        timer: _,
        leader_heard_at,
        // Written and drained at the end of every step.
        hard_state_changed: _,
        outputs: _,
        random: _,
        pinned_timeouts: _,
        // No model here reads.
        follower_reads: _,
        // No model changes the settings.
        was_modified: _,
    } = node;
    into.write_id(Some(*id), names);
    membership.project(names, into);
    hard_state.project(names, into);
    log.project(names, into);
    snapshot.project(names, into);
    into.write(incoming.is_some().into());
    if let Some(incoming) = incoming {
        let Incoming { end, membership, total_bytes, bytes } = incoming;
        end.project(names, into);
        membership.project(names, into);
        into.write(*total_bytes);
        into.write_bytes(bytes);
    }
    project_persistence(persistence, names, into);
    for index in [commit_index, handed_to_apply, applied_index] {
        into.write_index(*index);
    }
    match role {
        Role::Follower { leader } => {
            into.write(0);
            into.write_id(*leader, names);
            let hears = hears_leader(settings.get(), *leader_heard_at, now);
            into.write((leader.is_some() && settings.get().pre_vote && hears).into());
        }
        Role::PreCandidate(PreCandidate { granted, refused }) => {
            into.write(1);
            into.write_set(*granted, names);
            into.write_set(*refused, names);
        }
        Role::Candidate(Candidate { granted, refused, own_vote }) => {
            into.write(2);
            into.write_set(*granted, names);
            into.write_set(*refused, names);
            into.write(own_vote.0.saturating_sub(persistence.durable.0));
        }
        Role::Leader(leader) => {
            into.write(3);
            project_leader(leader, names, into);
        }
    }
}

/// Whether a node heard from a leader within the shortest election timeout.
pub(super) fn hears_leader(settings: &Settings, heard_at: Option<Micros>, now: Micros) -> bool {
    heard_at.is_some_and(|heard_at| now < heard_at + settings.election_timeout_min)
}

fn project_leader(leader: &Leader, names: &Renaming, into: &mut Fingerprint) {
    // No model here reads, and the rounds decide about nothing else: see above.
    let Leader { progress, rounds: _, reads: _, transfer, unsent_proposal_at, withheld: _ } =
        leader;
    into.write(u64::from(unsent_proposal_at.is_some()));
    into.write(progress.iter().len() as u64);
    let mut of_followers: Vec<(NodeId, &Progress)> =
        progress.iter().map(|(id, progress)| (names.of(id), progress)).collect();
    of_followers.sort_unstable_by_key(|(id, _)| *id);
    // No model has as many messages under way as the limit is.
    for (id, Progress { next_index, match_index, pace, in_flight: _ }) in of_followers {
        into.write(id.number().into());
        into.write_index(*next_index);
        into.write_index(*match_index);
        match pace {
            Pace::Probe { is_waiting: false } => into.write(0),
            Pace::Probe { is_waiting: true } => into.write(1),
            Pace::Replicate => into.write(2),
            Pace::Snapshot(Sending { snapshot, offset, sent_at: _ }) => {
                into.write(3);
                snapshot.project(names, into);
                into.write(*offset);
            }
        }
    }
    match transfer {
        None => into.write(0),
        Some(Transfer { target, gives_up_at: _, is_told }) => {
            into.write(1 + u64::from(*is_told));
            into.write_id(Some(*target), names);
        }
    }
}

fn project_persistence(persistence: &Persistence, names: &Renaming, into: &mut Fingerprint) {
    let Persistence { last_write, durable, hard_state_write, log_writes, durable_index, held } =
        persistence;
    let past_durable = |write: &WriteId| write.0.saturating_sub(durable.0);
    into.write(past_durable(last_write));
    into.write(past_durable(hard_state_write));
    into.write_index(*durable_index);
    into.write(log_writes.len() as u64);
    for LogWrite { id, last_index } in log_writes {
        into.write(past_durable(id));
        into.write_index(*last_index);
    }
    // What goes out at once goes in no order, and what goes out twice at once may as well go
    // once: the network keeps no order, and delivers twice when it likes.
    let mut waiting: Vec<(u64, u64)> = held
        .iter()
        .map(|Held { until, envelope }| (past_durable(until), envelope.number(names)))
        .collect();
    waiting.sort_unstable();
    waiting.dedup();
    into.write(waiting.len() as u64);
    for (until, envelope) in waiting {
        into.write(until);
        into.write(envelope);
    }
}
