//! A process that stands still while the world goes on: what comes for it waits.

use crate::host::{Host, Process};
use crate::queue::Due;
use crate::record::{ActionRefusal, Happening};
use crate::world::World;
use raft_core::NodeId;

/// How a process can stand still while the world goes on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pause {
    /// Only the process stands, and its machine's clock runs on: it was stopped, or
    /// collects garbage, or waits for memory that is swapped out. Once it goes on it sees
    /// how late it is.
    Process,
    /// The clock by which the process measures stands with it: a virtual machine that is
    /// suspended, or a process that counts ticks which it misses meanwhile. Once it goes on
    /// it believes that no time has passed.
    Machine,
}

impl Process {
    /// Whether it handles nothing for now.
    pub(crate) const fn stands(&self) -> bool {
        let blocking = match &self.snapshot {
            Some(snapshot) => snapshot.blocks,
            None => false,
        };
        blocking || self.pause.is_some()
    }
}

impl World {
    pub(crate) fn pause(&mut self, node: NodeId, pause: Pause) -> Result<(), ActionRefusal> {
        self.node_at(node).ok_or(ActionRefusal::IsDown)?;
        if self.host(node).and_then(Host::pause).is_some() {
            return Err(ActionRefusal::IsPaused);
        }
        let now = self.now;
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return Ok(()) };
        if let Some(process) = &mut host.process {
            process.pause = Some(pause);
        }
        if pause == Pause::Machine {
            host.clock.stop(now);
        }
        host.set_alarm(now);
        self.emit(Happening::Paused { node, clock_stands: pause == Pause::Machine });
        Ok(())
    }

    /// A process goes on. Now it handles what came meanwhile, in that order, and then its
    /// timers, as an event loop does that looks at its sockets first.
    pub(crate) fn resume(&mut self, node: NodeId) -> Result<(), ActionRefusal> {
        self.node_at(node).ok_or(ActionRefusal::IsDown)?;
        let now = self.now;
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return Ok(()) };
        let paused = host.process.as_mut().and_then(|process| process.pause.take());
        paused.ok_or(ActionRefusal::IsNotPaused)?;
        host.clock.go_on(now);
        host.set_alarm(now);
        self.emit(Happening::Resumed { node });
        self.bring_settings_up_to_date(node);
        self.hand_over_waiting(node);
        Ok(())
    }

    /// What waits for a process is due at once, in the order in which it came: the process
    /// runs again, or is about to be gone.
    pub(crate) fn hand_over_waiting(&mut self, node: NodeId) {
        let Some(host) = self.hosts.get_mut(usize::from(node.number())) else { return };
        let Some(process) = &mut host.process else { return };
        for due in core::mem::take(&mut process.waiting) {
            match due {
                Due::MessageEnds(message) => self.plan_end(message, self.now),
                due => {
                    self.queue.plan(self.now, due);
                }
            }
        }
    }
}
