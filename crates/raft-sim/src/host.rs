//! A host: a node with the clock, the disk and the state machine that it has.

use crate::clock::Clock;
use crate::disk::Disk;
use crate::history::OperationId;
use crate::pause::Pause;
use crate::pin::{self, Pin};
use crate::queue::Due;
use crate::snapshot::SnapshotUnderWay;
use crate::state_machine::StateMachine;
use alloc::vec::Vec;
use litemap::LiteMap;
use raft_core::{CheckedSettings, Index, Micros, Node, NodeId, RequestId, Term};

/// One machine of the cluster.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    id: NodeId,
    pub(crate) clock: Clock,
    pub(crate) disk: Disk,
    pub(crate) process: Option<Process>,
    /// How often it has started.
    pub(crate) boots: u64,
    /// How many election timeouts it drew in its earlier lives.
    pub(crate) timeouts_drawn: u64,
    /// How many snapshots it has begun.
    pub(crate) snapshots: u64,
    /// When its process wants to be woken next, in true time.
    pub(crate) wake_at: Option<Micros>,
}

/// What a crash takes: everything but the disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Process {
    /// What has come for it while it stands, in the order in which it came.
    pub(crate) waiting: Vec<Due>,
    pub(crate) pause: Option<Pause>,
    /// The snapshot that it takes, where that takes time.
    pub(crate) snapshot: Option<SnapshotUnderWay>,
    pub(crate) node: Node,
    pub(crate) machine: StateMachine,
    /// Writes that this node took as leader, by where they stand in its log.
    pub(crate) proposals: LiteMap<Index, (Term, OperationId)>,
    /// Questions that it has not answered yet.
    pub(crate) requests: LiteMap<RequestId, OperationId>,
}

impl Host {
    pub(crate) fn new(id: NodeId, disk: Disk, clock: Clock) -> Host {
        Host {
            id,
            clock,
            disk,
            process: None,
            boots: 0,
            timeouts_drawn: 0,
            snapshots: 0,
            wake_at: None,
        }
    }

    pub(crate) fn boot(&mut self, settings: CheckedSettings, seed: u64, pins: &[Pin], now: Micros) {
        let disk = self.disk.durable().clone();
        let timeouts = pin::timeouts(pins, self.id, self.timeouts_drawn);
        let own_now = self.clock.shows_at(now);
        let node = Node::restore_with_timeouts(self.id, settings, seed, disk, own_now, timeouts);
        self.boots += 1;
        self.process = Some(Process {
            waiting: Vec::new(),
            pause: None,
            snapshot: None,
            node,
            machine: StateMachine::default(),
            proposals: LiteMap::new(),
            requests: LiteMap::new(),
        });
    }

    /// Recomputes when the process wants to be woken; call it after whatever may
    /// change its deadline or its clock. One that stands is not woken: what was due
    /// meanwhile is due when it goes on.
    pub(crate) fn set_alarm(&mut self, now: Micros) {
        let running = self.process.as_ref().filter(|process| !process.stands());
        let deadline = running.and_then(|process| process.node.deadline());
        self.wake_at = deadline.map(|deadline| self.clock.when_it_shows(deadline).max(now));
    }

    /// The process stands: keeps what has come for it until it goes on. Gives it back
    /// where the process runs, or there is none.
    pub(crate) fn keep_waiting(&mut self, due: Due) -> Option<Due> {
        match &mut self.process {
            Some(process) if process.stands() => {
                process.waiting.push(due);
                None
            }
            _ => Some(due),
        }
    }

    /// Whether its process stands still, and whether its clock does with it; `None` while
    /// it runs or is down.
    pub fn pause(&self) -> Option<Pause> {
        self.process.as_ref().and_then(|process| process.pause)
    }

    /// The snapshot that its process is taking, where that takes time.
    pub fn snapshot_under_way(&self) -> Option<&SnapshotUnderWay> {
        self.process.as_ref().and_then(|process| process.snapshot.as_ref())
    }

    /// Which node it runs.
    pub const fn id(&self) -> NodeId {
        self.id
    }

    /// The node; `None` while it is down.
    pub fn node(&self) -> Option<&Node> {
        self.process.as_ref().map(|process| &process.node)
    }

    /// The state machine; `None` while it is down.
    pub fn state_machine(&self) -> Option<&StateMachine> {
        self.process.as_ref().map(|process| &process.machine)
    }

    /// Its clock.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Its disk.
    pub const fn disk(&self) -> &Disk {
        &self.disk
    }
}
