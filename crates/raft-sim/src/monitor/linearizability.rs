//! Linearizability of the history, key by key, in near-linear time.
//!
//! Deciding it for any history is NP-hard. Here every write of a key has a value of
//! its own, so that a read tells which write it saw, and the zones of Gibbons and
//! Korach ("Testing Shared Memories", 1997, section 4.1) decide it:
//!
//! * A *cluster* is a write and the reads that found its value. In any order that
//!   explains the history its operations stand together.
//! * `first_end` is the earliest end among them, `last_start` the latest start. If
//!   `first_end` of X comes before `last_start` of Y, X must stand before Y.
//! * The history is linearizable exactly if no two clusters must each stand before
//!   the other, and no read ended before its write began. (Gibbons and Korach say it
//!   by zones, the spans between the two: no two forward zones overlap and no backward
//!   zone lies within a forward one. It is the same condition.)
//!
//! ```text
//!   write 1  ├──┤
//!   write 2        ├──┤
//!   read 1               ├──┤     cluster 1: first_end at ┤ of write 1, last_start
//!                                 at ├ of this read. Cluster 2 lies in between: no
//!                                 order explains it.
//! ```
//!
//! Ends come in the order of time, so a cluster's `first_end` is known once and for
//! all when its first operation ends, and no cluster can be in conflict at that
//! moment; only the end of a read that raises the `last_start` of its cluster can
//! bring a conflict about. That read is the offender: it is reported as its answer
//! reaches the client, the first of its value, and left out of what follows, each of its
//! value: some order explains all but those. A write that nobody has answered
//! may take effect at any time after it began, or never: it has no end, and no
//! cluster until a read finds it.
//!
//! Two operations of which one ends at the very microsecond at which the other begins
//! count as concurrent.

use super::violation::{Evidence, OperationRef};
use crate::history::{History, OperationId};
use crate::shelf::Shelf;
use crate::state_machine::{Key, Value};
use alloc::sync::Arc;
use litemap::LiteMap;
use raft_core::Micros;

/// A moment, or before everything, when each key's first value was there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
struct Moment(u64);

impl Moment {
    const BEFORE_EVERYTHING: Moment = Moment(0);

    const fn at(at: Micros) -> Moment {
        Moment(at.0.saturating_add(1))
    }
}

/// A write that has begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Write {
    value: Value,
    operation: OperationId,
    began_at: Micros,
    /// Where its cluster stands, once one of it has ended.
    cluster: Option<u32>,
    is_refused: bool,
    is_reported: bool,
}

/// A cluster of which an operation has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Cluster {
    value: Value,
    first_end: Moment,
    last_start: Moment,
    /// The latest `last_start` of this cluster and all before it in the list.
    latest_start_so_far: Moment,
    /// Which operation it was that ended first, and which that began last; for the
    /// value that a key began with, none until a read finds it.
    first_ended: Option<OperationId>,
    last_started: Option<OperationId>,
}

/// One key's history, as far as it matters.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Register {
    /// In the order of their values, in which they began.
    writes: Shelf<Write>,
    /// In the order of `first_end`, in which they came; the first is that of the
    /// value that the key began with.
    clusters: Shelf<Cluster>,
    /// What no write of the run writes, and was reported.
    reported: Noted,
}

/// All keys' histories, as far as they matter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Linearizability {
    registers: LiteMap<Key, Register>,
    /// What keys held before the run, and held no more when it began; in order.
    overwritten: Arc<[(Value, Key)]>,
    /// The reads that no order explains.
    left_out: Noted,
}

/// Numbers that are noted once each. They mostly come in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Noted(Shelf<u64>);

impl Noted {
    fn find(&self, number: u64) -> Result<(), usize> {
        let place = self.0.partition_point(|other| *other < number);
        if self.0.get(place) == Some(&number) { Ok(()) } else { Err(place) }
    }

    /// Notes it; says whether that is news.
    fn note(&mut self, number: u64) -> bool {
        let found = self.find(number);
        if let Err(place) = found {
            self.0.insert(place, number);
        }
        found.is_err()
    }
}

/// What is made of a read.
enum Judged {
    /// It is counted in.
    Explained,
    /// It is left out; and what that violates, where that is news.
    LeftOut(Option<Evidence>),
}

/// An operation on a key that has ended.
#[derive(Clone, Copy)]
pub(crate) struct Ended {
    pub(crate) operation: OperationId,
    pub(crate) key: Key,
    pub(crate) value: Value,
    pub(crate) began_at: Micros,
    pub(crate) ended_at: Micros,
}

impl Linearizability {
    /// A key holds this value before the run.
    pub(crate) fn begin_with(&mut self, key: Key, value: Value) {
        if let Some(first) = self.registers.entry(key).or_default().clusters.get_mut(0) {
            first.value = value;
        }
    }

    /// What a key held when the run began.
    pub(crate) fn first_value(&self, key: Key) -> Value {
        let first = self.registers.get(&key).and_then(|register| register.clusters.get(0));
        first.map(|first| first.value).unwrap_or_default()
    }

    /// Whether a read was left out, since no order explains it.
    pub(crate) fn is_left_out(&self, read: OperationId) -> bool {
        self.left_out.find(u64::from(read.0)).is_ok()
    }

    /// Before the run keys held these values and were written to again, in the order of the
    /// values.
    pub(crate) fn overwritten_before(&mut self, values: &[(Key, Value)]) {
        self.overwritten = values.iter().map(|(key, value)| (*value, *key)).collect();
    }

    /// Before the run somebody asked to write this, and waits no more: it may take effect.
    pub(crate) fn asked_before(&mut self, key: Key, value: Value) {
        // Nobody in this run: whatever finds the value is named in its place.
        self.write_began(OperationId(u32::MAX), key, value, Micros::ZERO);
    }

    /// A write began.
    pub(crate) fn write_began(
        &mut self,
        operation: OperationId,
        key: Key,
        value: Value,
        at: Micros,
    ) {
        let writes = &mut self.registers.entry(key).or_default().writes;
        let place = writes.partition_point(|write| write.value < value);
        let write = Write {
            value,
            operation,
            began_at: at,
            cluster: None,
            is_refused: false,
            is_reported: false,
        };
        writes.insert(place, write);
    }

    /// A write ended with success.
    pub(crate) fn write_ended(&mut self, ended: Ended) {
        let register = self.registers.entry(ended.key).or_default();
        if let Some(place) = register.place_of(ended.value) {
            register.ended_first(place, &ended);
        }
    }

    /// A write was refused: it must never take effect, nor have taken any.
    pub(crate) fn write_refused(
        &mut self,
        key: Key,
        value: Value,
        history: &History,
    ) -> Option<Evidence> {
        let register = self.registers.entry(key).or_default();
        let place = register.place_of(value)?;
        let write = register.writes.get_mut(place)?;
        write.is_refused = true;
        let (write, cluster) = (write.operation, usize::try_from(write.cluster?).ok()?);
        let cluster = register.clusters.get_mut(cluster)?;
        // Its reads are left out: nobody else has to stand before them.
        cluster.last_start = Moment::BEFORE_EVERYTHING;
        let read = cluster.first_ended?;
        let name = |operation| OperationRef::of(history, operation, key, value);
        register
            .report(Some(place), value)
            .then(|| Evidence::ReadOfRefused { read: name(read), write: name(write) })
    }

    /// A read ended.
    pub(crate) fn read_ended(&mut self, read: Ended, history: &History) -> Option<Evidence> {
        let Judged::LeftOut(evidence) = self.judge(&read, history) else { return None };
        self.left_out.note(u64::from(read.operation.0));
        evidence
    }

    fn judge(&mut self, read: &Ended, history: &History) -> Judged {
        let register = self.registers.entry(read.key).or_default();
        let name = |operation, value| OperationRef::of(history, operation, read.key, value);
        let offender = name(read.operation, read.value);
        let first = register.clusters.get(0).map(|first| first.value);
        let (place, cluster) = if Some(read.value) == first {
            (None, 0)
        } else {
            let Some(place) = register.place_of(read.value) else {
                // Before it was written at all, the key held nothing.
                let was_there = read.value == Value::default()
                    || self.overwritten.binary_search(&(read.value, read.key)).is_ok();
                let is_news = register.report(None, read.value);
                return Judged::LeftOut(is_news.then(|| match first.filter(|_| was_there) {
                    Some(now) => Evidence::ReadOfOverwritten { read: offender, now },
                    None => Evidence::ReadOfNothing { read: offender },
                }));
            };
            let Some(write) = register.writes.get(place).copied() else { return Judged::Explained };
            if write.is_refused {
                let write = name(write.operation, write.value);
                let is_news = register.report(Some(place), read.value);
                return Judged::LeftOut(
                    is_news.then_some(Evidence::ReadOfRefused { read: offender, write }),
                );
            }
            match write.cluster {
                Some(cluster) => (Some(place), cluster),
                None => {
                    register.ended_first(place, read);
                    return Judged::Explained;
                }
            }
        };
        let Some((cluster, other)) = register.extend(cluster, read) else {
            return Judged::Explained;
        };
        let is_news = register.report(place, read.value);
        // The same operation serves for both, where it began late enough: that is
        // more easily told.
        let named = other.first_ended.zip(other.last_started).filter(|_| is_news);
        Judged::LeftOut(named.map(|(newer, last_started)| {
            let began_at = history.get(newer).map(|operation| Moment::at(operation.began_at));
            let newer_began = if began_at > Some(cluster.first_end) { newer } else { last_started };
            Evidence::StaleRead {
                read: offender,
                newer: name(newer, other.value),
                newer_began: name(newer_began, other.value),
                older: cluster.first_ended.map(|operation| name(operation, cluster.value)),
            }
        }))
    }
}

impl Default for Register {
    fn default() -> Register {
        let mut clusters = Shelf::default();
        // "The initial value is written before everything."
        clusters.push(Cluster {
            value: Value::default(),
            first_end: Moment::BEFORE_EVERYTHING,
            last_start: Moment::BEFORE_EVERYTHING,
            latest_start_so_far: Moment::BEFORE_EVERYTHING,
            first_ended: None,
            last_started: None,
        });
        Register { writes: Shelf::default(), clusters, reported: Noted::default() }
    }
}

impl Register {
    fn place_of(&self, value: Value) -> Option<usize> {
        let place = self.writes.partition_point(|write| write.value < value);
        self.writes.get(place).filter(|write| write.value == value).map(|_| place)
    }

    /// Says whether a stale read of this value, of the write at `place` if one of the run
    /// writes it, is news: a deposed leader may go on giving the same old answer, and one report
    /// of it is enough.
    fn report(&mut self, place: Option<usize>, value: Value) -> bool {
        if let Some(write) = place.and_then(|place| self.writes.get_mut(place)) {
            return !core::mem::replace(&mut write.is_reported, true);
        }
        self.reported.note(value.0)
    }

    /// The first operation of a write's cluster has ended: there is a cluster now.
    fn ended_first(&mut self, place: usize, ended: &Ended) {
        let Some(write) = self.writes.get(place).copied() else { return };
        if write.cluster.is_some() {
            return;
        }
        let (last_started, last_start) = if ended.began_at >= write.began_at {
            (ended.operation, ended.began_at)
        } else {
            (write.operation, write.began_at)
        };
        let last_start = Moment::at(last_start);
        let number = self.clusters.len();
        let so_far = self.clusters.get(number - 1).map(|before| before.latest_start_so_far);
        self.clusters.push(Cluster {
            value: write.value,
            first_end: Moment::at(ended.ended_at),
            last_start,
            latest_start_so_far: so_far.unwrap_or_default().max(last_start),
            first_ended: Some(ended.operation),
            last_started: Some(last_started),
        });
        if let Some(write) = self.writes.get_mut(place) {
            write.cluster = u32::try_from(number).ok();
        }
    }

    /// A read ended that found the value of an old cluster. If that contradicts
    /// another cluster, gives both and leaves the read out; else counts it in.
    fn extend(&mut self, number: u32, read: &Ended) -> Option<(Cluster, Cluster)> {
        let number = usize::try_from(number).ok()?;
        let cluster = *self.clusters.get(number)?;
        let start = Moment::at(read.began_at);
        if start <= cluster.last_start {
            return None;
        }
        // Those that must stand before the read: an operation of theirs had ended
        // when it began. One of them that must stand after the cluster contradicts it.
        let before_read = self.clusters.partition_point(|other| other.first_end < start);
        let must_follow = |other: &Cluster| other.last_start > cluster.first_end;
        let mut contradicts = None;
        for place in (number + 1..before_read).rev() {
            if let Some(other) = self.clusters.get(place).filter(|other| must_follow(other)) {
                contradicts = Some(*other);
                break;
            }
        }
        if contradicts.is_none()
            && let Some(last) = number.min(before_read).checked_sub(1)
            && self.clusters.get(last)?.latest_start_so_far > cluster.first_end
        {
            contradicts = (0..=last)
                .rev()
                .find_map(|place| self.clusters.get(place).filter(|other| must_follow(other)))
                .copied();
        }
        if let Some(other) = contradicts {
            return Some((cluster, other));
        }
        let cluster = self.clusters.get_mut(number)?;
        cluster.last_start = start;
        cluster.last_started = Some(read.operation);
        for place in number..self.clusters.len() {
            // What is there already is only read, so that clones go on sharing it.
            if self.clusters.get(place)?.latest_start_so_far >= start {
                break;
            }
            self.clusters.get_mut(place)?.latest_start_so_far = start;
        }
        None
    }
}

#[cfg(test)]
mod tests;
