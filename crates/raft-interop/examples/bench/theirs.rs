//! The `raft` crate, driven in the order of its own example, five_mem_node.

use crate::cluster::Server;
use raft::eraftpb::{Entry, Message};
use raft::storage::MemStorage;
use raft::{Config, RawNode};
use std::hint::black_box;

pub(crate) struct Theirs {
    node: RawNode<MemStorage>,
    applied: u64,
}

/// What makes it faster under load, or not.
#[derive(Clone, Copy)]
pub(crate) struct Options {
    /// One message for what would be several to the same server.
    pub(crate) batch_append: bool,
    /// The commit index goes with the next message, instead of with one of its own.
    pub(crate) skip_bcast_commit: bool,
}

impl Theirs {
    pub(crate) fn cluster(servers: usize, options: Options) -> Vec<Theirs> {
        let ids: Vec<u64> = (1..=servers as u64).collect();
        let silent = slog::Logger::root(slog::Discard, slog::o!());
        let start = |id: &u64| {
            let config = Config {
                id: *id,
                election_tick: 10,
                heartbeat_tick: 1,
                max_size_per_msg: 1024 * 1024,
                // As raft-core's, and the default of both.
                max_inflight_msgs: 256,
                batch_append: options.batch_append,
                skip_bcast_commit: options.skip_bcast_commit,
                ..Config::default()
            };
            let memory = MemStorage::new_with_conf_state((ids.clone(), Vec::new()));
            let node = RawNode::new(&config, memory, &silent).expect("this can be");
            Theirs { node, applied: 0 }
        };
        let mut cluster: Vec<Theirs> = ids.iter().map(start).collect();
        cluster[0].node.campaign().expect("it may stand");
        cluster
    }

    fn apply(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            if !entry.data.is_empty() {
                black_box(entry.data.iter().fold(0, |sum, byte| sum ^ byte));
                self.applied += 1;
            }
        }
    }
}

fn send_all(messages: Vec<Message>, send: &mut impl FnMut(usize, Message)) {
    for message in messages {
        send(message.to as usize - 1, message);
    }
}

impl Server for Theirs {
    type Message = Message;

    fn propose(&mut self, command: &[u8]) {
        self.node.propose(Vec::new(), command.to_vec()).expect("it leads");
    }

    fn receive(&mut self, message: Message) {
        self.node.step(message).expect("it is from a member");
    }

    fn carry_out(&mut self, mut send: impl FnMut(usize, Message)) {
        while self.node.has_ready() {
            let mut ready = self.node.ready();
            send_all(ready.take_messages(), &mut send);
            self.apply(ready.take_committed_entries());
            {
                let mut memory = self.node.raft.raft_log.store.wl();
                memory.append(ready.entries()).expect("memory takes all");
                if let Some(hard_state) = ready.hs() {
                    memory.set_hardstate(hard_state.clone());
                }
            }
            send_all(ready.take_persisted_messages(), &mut send);
            let mut light = self.node.advance(ready);
            if let Some(commit) = light.commit_index() {
                self.node.raft.raft_log.store.wl().mut_hard_state().set_commit(commit);
            }
            send_all(light.take_messages(), &mut send);
            self.apply(light.take_committed_entries());
            self.node.advance_apply();
        }
    }

    fn pass_time(&mut self) {
        self.node.tick();
    }

    fn applied(&self) -> u64 {
        self.applied
    }
}
