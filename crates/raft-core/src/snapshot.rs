//! Snapshots and log compaction (paper, section 7; dissertation, chapter 5).
//!
//! A log can't grow for ever. What its first entries have made of the state machine
//! is written down instead, and the entries go:
//!
//! ```text
//!   log          1 1 2 2 2 3 3 3        applied up to index 5
//!   afterwards   [ snapshot ] 3 3 3     base: index 5 of term 2
//! ```
//!
//! Each server takes its own snapshots: its driver does, when it sees fit, of what it
//! has applied. A leader sends its own to a follower that needs entries which are gone,
//! a chunk at a time; the next goes with the answer to the one before.

use crate::configuration::Configurations;
use crate::flaws::Flaw;
use crate::log::{Index, Log, LogEnd};
use crate::membership::{Membership, NodeId};
use crate::message::{
    AppendEntries, InstallSnapshot, InstallSnapshotReply, Message, MessageKind, Round,
    SnapshotAnswer,
};
use crate::node::{Node, Output, Role};
use crate::replication::{Learned, Pace};
use crate::time::Micros;
use crate::transition::{CommitCause, IgnoreCause, Transition};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The largest snapshot that a server takes or collects: a bound on what one that
/// makes its numbers up can make another keep in memory.
pub const MAX_SNAPSHOT_BYTES: u64 = 1 << 30;

/// A state, in place of the entries that led to it. Cloning shares the bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Snapshot {
    /// The last entry that it covers: the paper's "last included index" and "last
    /// included term".
    pub end: LogEnd,
    /// The configuration as of that entry. Its entry may be gone with the others, so it
    /// must be here ("the snapshot also includes the latest configuration in the log as
    /// of last included index", section 7).
    pub membership: Membership,
    /// The state machine, opaque to Raft, **together with the clients' sessions**: which
    /// of a client's commands was applied last is part of the state that all servers
    /// must have alike (dissertation, section 6.3). Without it, a server that goes by
    /// this snapshot applies a command once more that its client has sent again.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::log::hexadecimal"))]
    #[cfg_attr(feature = "schema", schemars(with = "str"))]
    pub data: Arc<[u8]>,
}

impl Snapshot {
    /// How long the data is, in bytes.
    pub fn bytes(&self) -> u64 {
        self.data.len() as u64
    }
}

/// Why a snapshot that the driver took was not used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum SnapshotRefusal {
    /// It claims to cover entries that the state machine has not applied.
    NotApplied {
        /// What it has applied.
        applied_index: Index,
    },
    /// It covers no more than the last one.
    NotNewer {
        /// What that one covers.
        than: Index,
    },
    /// It is larger than [`MAX_SNAPSHOT_BYTES`].
    TooLarge,
    /// Where configurations count when applied: the last that it covers has not been
    /// written, and applied, twice. A server that goes by the snapshot would not know of
    /// the one before, which others may still go by.
    ConfigurationNotSettled,
}

/// A snapshot on its way to a follower, as the leader knows it. The leader may take
/// another and drop more of its log meanwhile: this one stays until it has arrived.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Sending {
    pub(crate) snapshot: Snapshot,
    /// The follower has all bytes before this; the chunk from here on is under way.
    pub(crate) offset: u64,
    /// When that chunk was last sent, by the leader's own clock.
    pub(crate) sent_at: Micros,
}

/// What a follower has of a snapshot that its leader sends. Volatile: after a crash the
/// leader begins anew. It is of this node's term; a later term forgets it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Incoming {
    pub(crate) end: LogEnd,
    pub(crate) membership: Membership,
    pub(crate) total_bytes: u64,
    pub(crate) bytes: Arc<Vec<u8>>,
}

impl Incoming {
    /// How much of it is here.
    pub(crate) fn received(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn is_of(&self, message: &InstallSnapshot) -> bool {
        (self.end, self.membership, self.total_bytes)
            == (message.end, message.membership, message.total_bytes)
    }
}

impl Sending {
    fn chunk(&self, most: u32, round: Round) -> InstallSnapshot {
        let Snapshot { end, membership, data } = &self.snapshot;
        // It is no larger than MAX_SNAPSHOT_BYTES.
        let first = (self.offset as usize).min(data.len());
        let last = first.saturating_add(most as usize).min(data.len());
        InstallSnapshot {
            end: *end,
            membership: *membership,
            total_bytes: self.snapshot.bytes(),
            offset: self.offset,
            chunk: data[first..last].into(),
            round,
        }
    }

    /// Takes an answer. It counts if it answers the chunk under way: so one that came
    /// twice, late or for another snapshot moves nothing.
    ///
    /// A follower that crashed in between has nothing of what it had acknowledged and
    /// says so: then, and only then, the offset goes back.
    fn answered(&mut self, reply: &InstallSnapshotReply, wanted: u64) -> Result<(), IgnoreCause> {
        if wanted >= self.snapshot.bytes().max(1) {
            return Err(IgnoreCause::Impossible);
        }
        let is_for_this_chunk = reply.end == self.snapshot.end && reply.offset == self.offset;
        if !is_for_this_chunk || wanted == self.offset {
            return Err(IgnoreCause::NothingNew);
        }
        self.offset = wanted;
        Ok(())
    }
}

impl Node {
    /// The driver took a snapshot of what its state machine has applied. The log goes up
    /// to there, but for the entries that the settings keep.
    pub(crate) fn snapshot_taken(&mut self, index: Index, data: Arc<[u8]>) {
        let applied_index = self.applied_index;
        let than = self.snapshot_index();
        let refusal = if index > applied_index {
            Some(SnapshotRefusal::NotApplied { applied_index })
        } else if index <= than {
            Some(SnapshotRefusal::NotNewer { than })
        } else if data.len() as u64 > MAX_SNAPSHOT_BYTES {
            Some(SnapshotRefusal::TooLarge)
        } else if !self.may_forget_configurations_before(index) {
            Some(SnapshotRefusal::ConfigurationNotSettled)
        } else {
            None
        };
        if let Some(because) = refusal {
            return self.transition(Transition::SnapshotRefused { index, because });
        }
        let Some(term) = self.log.term_at(index) else {
            debug_assert!(false, "the log goes on from the last snapshot or before it");
            return;
        };
        let membership = if self.has_flaw(Flaw::SnapshotWithoutConfiguration) {
            self.configurations.beginning()
        } else {
            let newest = self.configurations.newest_by(index).1;
            self.configurations.forget_before(index);
            newest
        };
        let end = LogEnd { term, index };
        let snapshot = Snapshot { end, membership, data };
        self.transition(Transition::SnapshotTaken { end, bytes: snapshot.bytes() });
        // What the snapshot rests on comes first in the order of writes.
        self.persist_hard_state();
        let before = self.log.base().index;
        let kept = self.settings().entries_kept_after_snapshot;
        let through = Index(index.0.saturating_sub(kept)).max(before);
        self.log.compact_to(through);
        self.snapshot = Some(snapshot.clone());
        let write = self.persistence.write_snapshot_taken(snapshot, self.log.base());
        self.outputs.push_back(Output::Write(write));
        if through > before {
            self.transition(Transition::LogCompacted { through });
        }
    }

    /// The last entry that this server's snapshot covers; 0 without one.
    pub(crate) fn snapshot_index(&self) -> Index {
        self.snapshot.as_ref().map_or(Index::ZERO, |snapshot| snapshot.end.index)
    }

    /// Begins to send this server's snapshot to a follower, whose next entry is gone.
    /// ("The leader must occasionally send snapshots to followers that lag behind. This
    /// happens when the leader has already discarded the next log entry that it needs to
    /// send to a follower", section 7.)
    pub(crate) fn begin_snapshot(&mut self, now: Micros, to: NodeId) {
        let Some(snapshot) = self.snapshot.clone() else {
            debug_assert!(false, "what is gone from the log is in a snapshot");
            return;
        };
        let (end, bytes) = (snapshot.end, snapshot.bytes());
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.progress.get_mut(to) else { return };
        progress.pace = Pace::Snapshot(Sending { snapshot, offset: 0, sent_at: now });
        self.transition(Transition::SnapshotSendStarted { to, end, bytes });
        self.send_chunk(now, to);
    }

    /// Sends the chunk that the follower wants next.
    pub(crate) fn send_chunk(&mut self, now: Micros, to: NodeId) {
        let most = self.settings().snapshot_chunk_bytes;
        let Role::Leader(leader) = &mut self.role else { return };
        let round = leader.rounds.newest;
        let Some(progress) = leader.progress.get_mut(to) else { return };
        let Pace::Snapshot(sending) = &mut progress.pace else { return };
        sending.sent_at = now;
        let message = Message::InstallSnapshot(sending.chunk(most, round));
        self.send(to, message);
    }

    /// Sends the chunk under way once more, if an election timeout has passed without an
    /// answer: it or its answer is lost.
    pub(crate) fn repeat_chunk(&mut self, now: Micros, to: NodeId) {
        let patience = self.settings().election_timeout_min;
        let Role::Leader(leader) = &self.role else { return };
        let Some(progress) = leader.progress.get(to) else { return };
        if let Pace::Snapshot(sending) = &progress.pace
            && now >= sending.sent_at + patience
        {
            let offset = sending.offset;
            self.transition(Transition::SnapshotChunkRepeated { to, offset });
            self.send_chunk(now, to);
        }
    }

    /// A heartbeat for a follower that gets a snapshot. It claims nothing about its log,
    /// so the follower has nothing to refuse; it keeps it from standing for election, and
    /// its answers count for reads, leases and check-quorum as anyone's do.
    pub(crate) fn send_bare_heartbeat(&mut self, to: NodeId, confirms_read: bool) {
        let Role::Leader(leader) = &self.role else { return };
        let Some(progress) = leader.progress.get(to) else { return };
        let heartbeat = AppendEntries {
            previous: LogEnd::default(),
            entries: Vec::new(),
            commit_index: self.commit_index.min(progress.match_index),
            round: leader.rounds.newest,
            confirms_read,
        };
        self.send(to, Message::AppendEntries(heartbeat));
    }

    /// InstallSnapshot from a leader whose term is over: the answer's term deposes it.
    pub(crate) fn refuse_stale_snapshot(&mut self, from: NodeId, message: &InstallSnapshot) {
        self.answer_chunk(from, message, SnapshotAnswer::StaleTerm);
    }

    fn answer_chunk(&mut self, to: NodeId, message: &InstallSnapshot, answer: SnapshotAnswer) {
        let InstallSnapshot { round, end, offset, .. } = *message;
        let reply = InstallSnapshotReply { round, end, offset, answer };
        self.send(to, Message::InstallSnapshotReply(reply));
    }

    /// InstallSnapshot, receiver's part (paper, Figure 13). The leader's term is this
    /// node's.
    pub(crate) fn receive_snapshot(&mut self, now: Micros, from: NodeId, message: InstallSnapshot) {
        let kind = MessageKind::InstallSnapshot;
        if !self.recognise_leader(now, from) {
            return self.ignore_message(from, kind, IgnoreCause::SecondLeaderOfTerm);
        }
        if !message.is_possible() || message.end.term > self.term() {
            return self.ignore_message(from, kind, IgnoreCause::Impossible);
        }
        let end = message.end;
        let found = self.log.term_at(end.index);
        // "6. If existing log entry has same index and term as snapshot's last included
        // entry, retain log entries following it and reply." What is committed here is
        // the same there, whether the entry still stands in the log or not.
        if found == Some(end.term) || (end.index <= self.commit_index && found.is_none()) {
            return self.fast_forward(from, &message);
        }
        if end.index <= self.commit_index {
            return self.ignore_message(from, kind, IgnoreCause::OverwritesCommitted);
        }
        let is_other = self.incoming.as_ref().is_none_or(|incoming| !incoming.is_of(&message));
        if is_other && message.offset == 0 {
            // A leader's snapshots only grow: this is an old message.
            if self.incoming.as_ref().is_some_and(|incoming| incoming.end.index > end.index) {
                return self.ignore_message(from, kind, IgnoreCause::NothingNew);
            }
            let InstallSnapshot { membership, total_bytes, .. } = message;
            let bytes = Arc::new(Vec::new());
            self.incoming = Some(Incoming { end, membership, total_bytes, bytes });
        }
        let incoming = self.incoming.as_mut().filter(|incoming| incoming.is_of(&message));
        let wanted = incoming.as_ref().map_or(0, |incoming| incoming.received());
        let Some(incoming) = incoming.filter(|_| message.offset == wanted) else {
            let offset = message.offset;
            self.transition(Transition::SnapshotChunkRefused { from, offset, wanted });
            return self.answer_chunk(from, &message, SnapshotAnswer::Wants { offset: wanted });
        };
        Arc::make_mut(&mut incoming.bytes).extend_from_slice(&message.chunk);
        let (received, total) = (incoming.received(), incoming.total_bytes);
        self.transition(Transition::SnapshotChunkTaken { from, end, received, total });
        if received < total {
            return self.answer_chunk(from, &message, SnapshotAnswer::Wants { offset: received });
        }
        if let Some(Incoming { end, membership, bytes, .. }) = self.incoming.take() {
            let data = bytes.as_slice().into();
            self.install(from, Snapshot { end, membership, data }, &message);
        }
    }

    /// What the snapshot covers is here already: nothing is replaced, and what follows
    /// it in the log stays. Since a snapshot covers committed entries only, those here
    /// are committed as well.
    ///
    /// ```text
    ///   the leader's snapshot   [1 1 2 2]        ends at index 4 of term 2
    ///   the log here             1 1 2 2 3 3     has that entry: committed up to 4, and
    ///                                            3 3 stay
    /// ```
    fn fast_forward(&mut self, from: NodeId, message: &InstallSnapshot) {
        let end = message.end;
        self.transition(Transition::FastForwarded { from, end });
        if end.index > self.commit_index {
            self.advance_commit(end.index, CommitCause::LeaderSaid { leader: from });
        }
        self.answer_installed(from, message);
    }

    /// "7. Discard the entire log. 8. Reset state machine using snapshot contents (and
    /// load snapshot's cluster configuration)."
    ///
    /// Whatever was committed here is covered: the snapshot ends after it.
    fn install(&mut self, from: NodeId, snapshot: Snapshot, message: &InstallSnapshot) {
        let (end, was_committed) = (snapshot.end, self.commit_index);
        self.transition(Transition::SnapshotInstalled { from, end });
        // The term first: the snapshot's entries may be of one that the disk doesn't know.
        self.persist_hard_state();
        self.log = Log::after(end);
        self.configurations = Configurations::of((end.index, snapshot.membership), &self.log);
        self.snapshot = Some(snapshot.clone());
        let write = self.persistence.write_snapshot_installed(snapshot.clone(), was_committed);
        self.outputs.push_back(Output::Write(write));
        self.commit_index = end.index;
        self.handed_to_apply = end.index;
        self.outputs.push_back(Output::Restore(snapshot));
        self.adopt_configuration();
        let because = CommitCause::LeaderSaid { leader: from };
        let (from_index, to) = (was_committed, end.index);
        self.transition(Transition::CommitAdvanced { from: from_index, to, because });
        self.answer_installed(from, message);
    }

    /// Says that all up to the snapshot's end is here, once a crash can't lose it.
    fn answer_installed(&mut self, to: NodeId, message: &InstallSnapshot) {
        let InstallSnapshot { round, end, offset, .. } = *message;
        let answer = SnapshotAnswer::Installed { match_index: end.index };
        let reply = InstallSnapshotReply { round, end, offset, answer };
        let write = self.persistence.write_of(end.index);
        self.send_after(to, Message::InstallSnapshotReply(reply), write);
    }

    /// InstallSnapshot, the leader's part: takes an answer.
    pub(crate) fn receive_snapshot_reply(
        &mut self,
        now: Micros,
        from: NodeId,
        reply: InstallSnapshotReply,
    ) {
        let kind = MessageKind::InstallSnapshotReply;
        let Role::Leader(leader) = &mut self.role else {
            return self.ignore_message(from, kind, IgnoreCause::WrongRole);
        };
        let Some(progress) = leader.progress.get_mut(from) else {
            return self.ignore_message(from, kind, IgnoreCause::NotAMember);
        };
        if reply.round > leader.rounds.newest {
            return self.ignore_message(from, kind, IgnoreCause::Impossible);
        }
        let outcome = match (reply.answer, &mut progress.pace) {
            // It is the same as having accepted every entry up to there.
            (SnapshotAnswer::Installed { match_index }, _) => {
                progress.accepted(match_index, &self.log)
            }
            (SnapshotAnswer::Wants { offset }, Pace::Snapshot(sending)) => {
                sending.answered(&reply, offset).map(|()| Learned::Wanted)
            }
            (SnapshotAnswer::Wants { .. }, Pace::Probe { .. } | Pace::Replicate) => {
                Err(IgnoreCause::NothingNew)
            }
            // Only a server of a later term says so, and its answer carries that term.
            (SnapshotAnswer::StaleTerm, _) => Err(IgnoreCause::Impossible),
        };
        self.after_answer(now, from, kind, reply.round, outcome);
    }
}

impl InstallSnapshot {
    /// Whether its numbers can be at all.
    fn is_possible(&self) -> bool {
        let InstallSnapshot { end, total_bytes, offset, .. } = *self;
        let length = self.chunk.len() as u64;
        let is_some_place = end.index > Index::ZERO && end.index.0 < u64::MAX && end.term.0 > 0;
        let is_within = offset.checked_add(length).is_some_and(|after| after <= total_bytes);
        // An empty chunk of a snapshot that is not empty would never bring it to its end.
        let brings_something = length > 0 || total_bytes == 0;
        is_some_place && is_within && brings_something && total_bytes <= MAX_SNAPSHOT_BYTES
    }
}

#[cfg(test)]
mod install_tests;
#[cfg(test)]
mod tests;
