//! raft-core, driven.

use crate::cluster::Server;
use raft_core::{
    Command, Durable, Envelope, Input, Membership, Micros, Node, NodeSet, Output, Payload,
    RequestId, Settings,
};
use std::hint::black_box;

pub(crate) struct Ours {
    node: Node,
    disk: Durable,
    now: Micros,
    applied: u64,
}

impl Ours {
    pub(crate) fn cluster(servers: usize) -> Vec<Ours> {
        let settings = Settings { max_entries_per_message: 1_024, ..Settings::default() };
        let settings = settings.check().expect("these settings can be");
        let ids = NodeSet::first(servers as u8);
        let now = Micros::ZERO;
        let mut cluster: Vec<Ours> = ids
            .iter()
            .map(|id| {
                let disk = Durable::new(Membership::of(ids));
                let seed = id.number().into();
                let node = Node::restore(id, settings, seed, disk.clone(), now);
                Ours { node, disk, now, applied: 0 }
            })
            .collect();
        cluster[0].node.handle(now, Input::Campaign);
        cluster
    }
}

impl Server for Ours {
    type Message = Envelope;

    fn propose(&mut self, command: &[u8]) {
        let command = Command(command.into());
        self.node.handle(self.now, Input::Propose { request: RequestId(0), command });
    }

    fn receive(&mut self, message: Envelope) {
        self.node.handle(self.now, Input::Receive(message));
    }

    fn carry_out(&mut self, mut send: impl FnMut(usize, Envelope)) {
        loop {
            let (mut written, mut applied) = (None, None);
            while let Some(output) = self.node.poll() {
                match output {
                    Output::Send(envelope) => send(envelope.to.number().into(), envelope),
                    Output::Write(write) => {
                        written = Some(write.id);
                        self.disk.write(write.change);
                    }
                    Output::Apply { index, entry } => {
                        if let Payload::Command(command) = &entry.payload {
                            black_box(command.0.iter().fold(0, |sum, byte| sum ^ byte));
                            self.applied += 1;
                        }
                        applied = Some(index);
                    }
                    _ => {}
                }
            }
            // One report covers all writes before it, as one fsync would.
            let reports = [applied.map(Input::Applied), written.map(Input::Durable)];
            if reports == [None, None] {
                return;
            }
            for report in reports.into_iter().flatten() {
                self.node.handle(self.now, report);
            }
        }
    }

    fn pass_time(&mut self) {
        self.now = self.node.deadline().unwrap_or(self.now);
        self.node.handle(self.now, Input::Wake);
    }

    fn applied(&self) -> u64 {
        self.applied
    }
}
