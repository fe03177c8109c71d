//! Taking snapshots: when one is due, how long it takes, and what stands still meanwhile.
//!
//! To take one, a process writes down its state machine as it is at that moment. Where it
//! does that before anything else, it stands still: it sends no heartbeats, and its
//! followers lose patience. A process that copies on write, by `fork` say, goes on beside it
//! (paper, section 7).

use crate::draw::{Purpose, draw};
use crate::host::Host;
use crate::latency::Latency;
use crate::queue::Due;
use crate::record::Happening;
use crate::world::World;
use alloc::sync::Arc;
use raft_core::{Flaw, Index, Input, Micros, NodeId};

/// How long a snapshot takes, and whether the process does anything else meanwhile. After
/// that it is written to disk, as everything is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SnapshotWork {
    /// Whether the process stands still until it is taken; else it is taken beside it.
    pub blocks: bool,
    /// How long it takes, however much it covers ...
    pub latency: Latency,
    /// ... and how long for each entry that it covers and the one before did not.
    pub per_entry: Micros,
}

/// A snapshot that is being taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SnapshotUnderWay {
    /// The last entry that it covers.
    pub index: Index,
    /// Whether the process stands still meanwhile.
    pub blocks: bool,
    pub(crate) data: Arc<[u8]>,
}

impl World {
    /// Whether a node has applied so much since its last snapshot that its scenario
    /// wants the next one.
    pub(crate) fn is_snapshot_due(&self, node: NodeId) -> bool {
        let Some(every) = self.surroundings().snapshot_every else { return false };
        let Some(host) = self.host(node) else { return false };
        let Some(view) = host.node().map(|node| node.view()) else { return false };
        host.snapshot_under_way().is_none()
            && entries_since_last(host) >= every
            && view.may_take_snapshot()
    }

    /// A node takes a snapshot of what it has applied, or begins to.
    pub(crate) fn take_snapshot(&mut self, node: NodeId) {
        let plan = self.plan.clone();
        let with_sessions = !self.settings().flaws.has(Flaw::SnapshotWithoutSessions);
        let now = self.now;
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        let (Some(node_there), Some(machine)) = (host.node(), host.state_machine()) else { return };
        let index = node_there.view().applied_index();
        let data = machine.encode(with_sessions);
        let Some(SnapshotWork { blocks, latency, per_entry }) = plan.scenario().snapshot_work
        else {
            return self.tell(node, Input::SnapshotTaken { index, data });
        };
        let entries = entries_since_last(host);
        let (nth, boot) = (host.snapshots, host.boots);
        host.snapshots += 1;
        let span = latency.pick(draw(plan.seed(), Purpose::Snapshot { node, nth }))
            + Micros(per_entry.0.saturating_mul(entries));
        if let Some(process) = &mut host.process {
            process.snapshot = Some(SnapshotUnderWay { index, blocks, data });
        }
        host.set_alarm(now);
        self.queue.plan(now + span, Due::SnapshotTaken { node, boot });
        self.emit(Happening::SnapshotBegun { node, index, blocks });
    }

    /// The snapshot under way is taken, unless the process that takes it is paused.
    pub(crate) fn snapshot_taken(&mut self, node: NodeId, due: Due) {
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        let is_paused = host.pause().is_some();
        let Some(process) = &mut host.process else { return };
        if is_paused {
            // Before all else that waits: a process that stands for its snapshot as well
            // handles nothing until that is done.
            process.waiting.insert(0, due);
            return;
        }
        let Some(SnapshotUnderWay { index, blocks, data }) = process.snapshot.take() else {
            return;
        };
        self.emit(Happening::SnapshotDone { node, index });
        self.tell(node, Input::SnapshotTaken { index, data });
        // Of what was set while it stood it hears before all else that waits.
        self.bring_settings_up_to_date(node);
        if blocks {
            self.hand_over_waiting(node);
        }
    }
}

/// How many entries a node has applied that its last snapshot does not cover.
fn entries_since_last(host: &Host) -> u64 {
    let Some(view) = host.node().map(|node| node.view()) else { return 0 };
    let covered = view.snapshot().map_or(Index::ZERO, |snapshot| snapshot.end.index);
    view.applied_index().0.saturating_sub(covered.0)
}
