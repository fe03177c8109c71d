//! What must reach the disk before what may be said (paper, Figure 2: "updated
//! on stable storage before responding to RPCs").
//!
//! Writes are asynchronous. All of them, hard state, log and snapshots, share one total
//! order; the node holds back whatever depends on a write until the driver
//! reports that write durable, so that no driver can forget.

use crate::log::{Entry, Index, Log, LogEnd, Term};
use crate::membership::{Membership, NodeId};
use crate::message::Envelope;
use crate::snapshot::Snapshot;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// The number of a write. A write is durable once it or a later one is reported so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct WriteId(pub u64);

/// The term and the vote: what a server must never forget, beside its log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HardState {
    /// The latest term that the server has seen.
    pub term: Term,
    /// Whom it voted for in that term.
    pub voted_for: Option<NodeId>,
}

/// Something to be made durable, in the order of `id`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Write {
    /// Its place in the order of writes.
    pub id: WriteId,
    /// What is to be written.
    pub change: Change,
}

/// What is to be written.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Change {
    /// Replace the term and the vote.
    HardState(HardState),
    /// Remove what stands at `first` and after, then put `entries` there.
    Log {
        /// Where the first of the entries goes.
        first: Index,
        /// What goes there.
        entries: Vec<Entry>,
    },
    /// Replace the snapshot, and drop what it makes superfluous of the log. Both are one
    /// write: a crash leaves the old snapshot with the log that goes on from it, or the
    /// new one with its own.
    Snapshot {
        /// The snapshot.
        snapshot: Snapshot,
        /// The log goes on after this place. It is the snapshot's end or, where some
        /// entries are kept for followers that lag a little, before it.
        log_begins_after: LogEnd,
        /// Whether the entries after that place stay. They do where the server took the
        /// snapshot itself; where a leader's was installed, the whole log goes.
        keeps_later_entries: bool,
    },
}

/// What a disk holds: all that a server has left after a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Durable {
    /// The term and the vote.
    pub hard_state: HardState,
    /// The log.
    pub log: Log,
    /// The configuration that the cluster began with.
    pub membership: Membership,
    /// The last snapshot. There is one wherever the log doesn't begin at index 1, and it
    /// covers at least what is gone from it.
    pub snapshot: Option<Snapshot>,
}

impl Durable {
    /// The disk of a server that has never run.
    pub const fn new(membership: Membership) -> Durable {
        let hard_state = HardState { term: Term(0), voted_for: None };
        Durable { hard_state, log: Log::new(), membership, snapshot: None }
    }

    /// Carries out a write. A driver that keeps a `Durable` as its disk calls
    /// this, in the order of the ids, at the moment at which each becomes durable.
    pub fn write(&mut self, change: Change) {
        match change {
            Change::HardState(hard_state) => self.hard_state = hard_state,
            Change::Log { first, entries } => {
                self.log.truncate_from(first);
                self.log.extend(entries);
            }
            Change::Snapshot { snapshot, log_begins_after, keeps_later_entries } => {
                self.snapshot = Some(snapshot);
                if keeps_later_entries {
                    self.log.compact_to(log_begins_after.index);
                } else {
                    self.log = Log::after(log_begins_after);
                }
            }
        }
    }
}

/// A node's account of its disk: what is asked for, what is done, and what waits.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Persistence {
    pub(crate) last_write: WriteId,
    pub(crate) durable: WriteId,
    pub(crate) hard_state_write: WriteId,
    pub(crate) log_writes: VecDeque<LogWrite>,
    pub(crate) durable_index: Index,
    pub(crate) held: VecDeque<Held>,
}

/// A log write under way, and the last index that it will have made durable.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct LogWrite {
    pub(crate) id: WriteId,
    pub(crate) last_index: Index,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Held {
    pub(crate) until: WriteId,
    pub(crate) envelope: Envelope,
}

impl Persistence {
    pub(crate) fn new(disk: &Durable) -> Persistence {
        Persistence {
            last_write: WriteId(0),
            durable: WriteId(0),
            hard_state_write: WriteId(0),
            log_writes: VecDeque::new(),
            durable_index: disk.log.last_index(),
            held: VecDeque::new(),
        }
    }

    fn next_write(&mut self) -> WriteId {
        self.last_write = WriteId(self.last_write.0 + 1);
        self.last_write
    }

    pub(crate) fn write_hard_state(&mut self, hard_state: HardState) -> Write {
        let id = self.next_write();
        self.hard_state_write = id;
        Write { id, change: Change::HardState(hard_state) }
    }

    /// A write that replaces the log from `first` on.
    ///
    /// ```text
    ///   write 7 under way: entries 5..8        a report of 7 means 8 is durable
    ///   write 8: replace from 6 by one entry   now a report of 7 means 5 is
    /// ```
    ///
    /// So a late report for entries since overwritten claims no more than what
    /// is still there.
    pub(crate) fn write_log(&mut self, first: Index, entries: Vec<Entry>) -> Write {
        let kept = first.previous();
        let id = self.replace_log_after(kept, Index(kept.0 + entries.len() as u64));
        Write { id, change: Change::Log { first, entries } }
    }

    /// A write of a snapshot that this server took: the log loses entries at its front
    /// only, so what earlier writes make durable stays true.
    pub(crate) fn write_snapshot_taken(&mut self, snapshot: Snapshot, base: LogEnd) -> Write {
        let id = self.next_write();
        let keeps_later_entries = true;
        let change = Change::Snapshot { snapshot, log_begins_after: base, keeps_later_entries };
        Write { id, change }
    }

    /// A write of a leader's snapshot, in place of the whole log.
    ///
    /// Reports of earlier writes speak of a log that is no more; what was committed of it
    /// is the same in the snapshot, so up to there, and no further, they still tell the
    /// truth, whichever of the two a crash leaves.
    pub(crate) fn write_snapshot_installed(
        &mut self,
        snapshot: Snapshot,
        was_committed: Index,
    ) -> Write {
        let end = snapshot.end;
        let id = self.replace_log_after(was_committed, end.index);
        let keeps_later_entries = false;
        let change = Change::Snapshot { snapshot, log_begins_after: end, keeps_later_entries };
        Write { id, change }
    }

    /// A write after which the log is durable up to `last_index`; of what earlier writes
    /// brought, it leaves what stands at `kept` and before.
    fn replace_log_after(&mut self, kept: Index, last_index: Index) -> WriteId {
        let id = self.next_write();
        self.durable_index = self.durable_index.min(kept);
        // Earlier writes never reach further than later ones, so those that reach too
        // far are at the end.
        for write in self.log_writes.iter_mut().rev().take_while(|write| write.last_index > kept) {
            write.last_index = kept;
        }
        self.log_writes.push_back(LogWrite { id, last_index });
        id
    }

    /// Takes a report that `id` and all writes before it are durable. Says
    /// whether it was news; a report of what was never asked for is not.
    pub(crate) fn report(&mut self, id: WriteId) -> bool {
        if id <= self.durable || id > self.last_write {
            return false;
        }
        self.durable = id;
        while let Some(write) = self.log_writes.front() {
            if write.id > id {
                break;
            }
            self.durable_index = write.last_index;
            self.log_writes.pop_front();
        }
        true
    }

    /// The next held message that may go now.
    pub(crate) fn release(&mut self) -> Option<Envelope> {
        let place = self.held.iter().position(|held| held.until <= self.durable)?;
        self.held.remove(place).map(|held| held.envelope)
    }

    /// Gives the envelope back if `until` is durable already, else keeps it.
    pub(crate) fn hold(&mut self, until: WriteId, envelope: Envelope) -> Option<Envelope> {
        if until <= self.durable {
            return Some(envelope);
        }
        self.held.push_back(Held { until, envelope });
        None
    }

    pub(crate) fn hard_state_write(&self) -> WriteId {
        self.hard_state_write
    }

    pub(crate) fn is_durable(&self, write: WriteId) -> bool {
        write <= self.durable
    }

    /// The write after which every entry up to `index` is durable.
    pub(crate) fn write_of(&self, index: Index) -> WriteId {
        if index <= self.durable_index {
            return self.durable;
        }
        let place = self.log_writes.partition_point(|write| write.last_index < index);
        self.log_writes.get(place).map_or(self.last_write, |write| write.id)
    }

    /// The last index of the log as it is now that a crash would not lose.
    pub(crate) fn durable_index(&self) -> Index {
        self.durable_index
    }

    pub(crate) fn held(&self) -> impl Iterator<Item = (&Envelope, WriteId)> {
        self.held.iter().map(|held| (&held.envelope, held.until))
    }

    pub(crate) fn writes_under_way(&self) -> u64 {
        self.last_write.0 - self.durable.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Payload;
    use crate::membership::NodeSet;
    use alloc::vec;

    fn entries(count: usize) -> Vec<Entry> {
        vec![Entry { term: Term(1), payload: Payload::NoOp }; count]
    }

    fn fresh() -> Persistence {
        Persistence::new(&Durable::new(Membership::of(NodeSet::first(3))))
    }

    #[test]
    fn a_late_report_for_overwritten_entries_claims_only_what_is_still_there() {
        let mut persistence = fresh();
        let first = persistence.write_log(Index(1), entries(8));
        let second = persistence.write_log(Index(6), entries(1));
        assert!(persistence.report(first.id));
        assert_eq!(persistence.durable_index(), Index(5));
        assert!(persistence.report(second.id));
        assert_eq!(persistence.durable_index(), Index(6));
    }

    #[test]
    fn a_late_report_for_a_log_that_a_snapshot_replaced_claims_what_was_committed_of_it() {
        let mut persistence = fresh();
        let log = persistence.write_log(Index(1), entries(8));
        let end = LogEnd { term: Term(2), index: Index(20) };
        let membership = Membership::of(NodeSet::first(3));
        let snapshot = Snapshot { end, membership, data: [].into() };
        let installed = persistence.write_snapshot_installed(snapshot, Index(3));
        let later = persistence.write_log(Index(21), entries(2));
        for (write, durable_index) in [(log, 3), (installed, 20), (later, 22)] {
            assert!(persistence.report(write.id));
            assert_eq!(persistence.durable_index(), Index(durable_index));
        }
    }

    #[test]
    fn a_snapshot_that_the_server_took_leaves_its_account_of_the_log_as_it_was() {
        let mut persistence = fresh();
        let log = persistence.write_log(Index(1), entries(8));
        let end = LogEnd { term: Term(1), index: Index(5) };
        let membership = Membership::of(NodeSet::first(3));
        persistence.write_snapshot_taken(Snapshot { end, membership, data: [].into() }, end);
        assert_eq!(persistence.durable_index(), Index(0));
        assert!(persistence.report(log.id));
        assert_eq!(persistence.durable_index(), Index(8));
    }

    #[test]
    fn a_report_of_a_later_write_covers_the_earlier_ones() {
        let mut persistence = fresh();
        persistence.write_log(Index(1), entries(2));
        let last = persistence.write_log(Index(3), entries(2));
        assert!(persistence.report(last.id));
        assert_eq!(persistence.durable_index(), Index(4));
    }

    #[test]
    fn a_report_of_what_was_never_written_is_no_news() {
        let mut persistence = fresh();
        persistence.write_log(Index(1), entries(2));
        assert!(!persistence.report(WriteId(99)));
        assert_eq!(persistence.durable_index(), Index(0));
    }
}
