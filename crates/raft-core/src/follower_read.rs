//! Reads through followers (dissertation, section 6.4): the follower asks its leader for a
//! read index, for which the leader takes the first three steps, and takes the last two on
//! its own state machine, for all reads that have come together. The leader's load is a
//! number a batch; the state is read where the client is.
//!
//! ```text
//!   client      read ─┐                                      ┌─▶ answer
//!   follower          └ RequestReadIndex ─┐   ┌─ applied ≥ 7 ┘
//!   leader                        commits ≥ 7, a round, or its lease ┘ read index 7
//! ```
//!
//! One request is under way at a time. Reads that come meanwhile share the next: the
//! one under way was sent before they came, so what the leader says to it may be older.
//!
//! A request and its answer carry a number, and an answer to any number but that of the
//! request under way is ignored. Numbers must not repeat over a restart: an answer that was
//! on its way when the follower crashed must not serve a read that came since. So the first is
//! drawn from the seed of each start, by a generator of its own.

use crate::log::Index;
use crate::membership::NodeId;
use crate::message::{
    Message, MessageKind, ReadIndexAnswer, RequestReadIndex, RequestReadIndexReply,
};
use crate::node::{Answer, Node, Refusal, Role};
use crate::random::Random;
use crate::read::{ReadBasis, ReadMode, ReadRefusal, RequestId};
use crate::time::Micros;
use crate::transition::{IgnoreCause, ReadWait, Transition};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// The number of a follower's request for a read index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct ReadNumber(pub u64);

/// The most reads that a follower keeps: more are sent to the leader.
const MOST_READS_KEPT: usize = 65_536;

/// What sets the generator of the first number apart from that of the timeouts.
const NUMBERS: u64 = 0x7265_6164_6e75_6d62;

/// The reads that a node takes as follower.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FollowerReads {
    next_number: ReadNumber,
    /// The request under way.
    asked: Option<Asked>,
    /// Those that came since it was sent.
    waiting: VecDeque<(RequestId, ReadMode)>,
    /// Those whose read index is known: they wait for the state machine.
    confirmed: VecDeque<Confirmed>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Asked {
    number: ReadNumber,
    leader: NodeId,
    reads: Vec<RequestId>,
    gives_up_at: Micros,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Confirmed {
    request: RequestId,
    read_index: Index,
    basis: ReadBasis,
    gives_up_at: Micros,
}

impl FollowerReads {
    pub(crate) fn new(seed: u64) -> FollowerReads {
        FollowerReads {
            next_number: ReadNumber(Random::new(seed ^ NUMBERS).next()),
            asked: None,
            waiting: VecDeque::new(),
            confirmed: VecDeque::new(),
        }
    }

    fn count(&self) -> usize {
        let asked = self.asked.as_ref().map_or(0, |asked| asked.reads.len());
        asked + self.waiting.len() + self.confirmed.len()
    }

    /// When a read is given up.
    pub(crate) fn deadline(&self) -> Option<Micros> {
        let asked = self.asked.iter().map(|asked| asked.gives_up_at);
        asked.chain(self.confirmed.iter().map(|read| read.gives_up_at)).min()
    }

    /// Each read is given up no later than this.
    pub(crate) fn hurry(&mut self, by: Micros) {
        let asked = self.asked.iter_mut().map(|asked| &mut asked.gives_up_at);
        let confirmed = self.confirmed.iter_mut().map(|read| &mut read.gives_up_at);
        asked.chain(confirmed).for_each(|gives_up_at| *gives_up_at = by.min(*gives_up_at));
    }
}

impl Node {
    /// A client's read at a follower of `leader`.
    pub(crate) fn read_through_leader(
        &mut self,
        now: Micros,
        request: RequestId,
        mode: ReadMode,
        leader: NodeId,
    ) {
        if self.follower_reads.count() >= MOST_READS_KEPT {
            let because = ReadRefusal::TooMany;
            self.transition(Transition::ReadRefused { request, because });
            return self.answer(request, Answer::NotLeader { leader: Some(leader) });
        }
        let waits_for = ReadWait::Leader(leader);
        self.transition(Transition::ReadAccepted { request, mode, waits_for });
        self.follower_reads.waiting.push_back((request, mode));
        self.ask_for_read_index(now);
    }

    /// Asks the leader for those that wait, unless an earlier request is under way.
    fn ask_for_read_index(&mut self, now: Micros) {
        let patience = self.settings().election_timeout_min;
        let Role::Follower { leader: Some(leader) } = self.role else { return };
        let reads = &mut self.follower_reads;
        if reads.asked.is_some() || reads.waiting.is_empty() {
            return;
        }
        let number = reads.next_number;
        reads.next_number = ReadNumber(number.0.wrapping_add(1));
        // What serves a read by ReadIndex serves one by lease; not the other way round.
        let all_by_lease = reads.waiting.iter().all(|(_, mode)| *mode == ReadMode::Lease);
        let mode = if all_by_lease { ReadMode::Lease } else { ReadMode::ReadIndex };
        let batch = reads.waiting.drain(..).map(|(request, _)| request).collect();
        reads.asked = Some(Asked { number, leader, reads: batch, gives_up_at: now + patience });
        self.transition(Transition::ReadIndexRequested { leader, number, mode });
        self.send(leader, Message::RequestReadIndex(RequestReadIndex { number, mode }));
    }

    /// The leader's answer, of this term.
    pub(crate) fn receive_read_index(
        &mut self,
        now: Micros,
        from: NodeId,
        reply: RequestReadIndexReply,
    ) {
        let is_it = |asked: &mut Asked| asked.number == reply.number && asked.leader == from;
        let Some(asked) = self.follower_reads.asked.take_if(is_it) else {
            let kind = MessageKind::RequestReadIndexReply;
            return self.ignore_message(from, kind, IgnoreCause::NothingNew);
        };
        let Asked { reads, gives_up_at, .. } = asked;
        match reply.answer {
            ReadIndexAnswer::Refused(because) => self.refuse_reads(reads, because),
            // Should it be an index that no log reaches, then the reads are given up in time.
            ReadIndexAnswer::Confirmed { read_index, basis } => {
                for request in reads {
                    self.transition(Transition::ReadConfirmed { request, read_index, basis });
                    let read = Confirmed { request, read_index, basis, gives_up_at };
                    self.follower_reads.confirmed.push_back(read);
                }
                self.answer_applied_follower_reads();
            }
        }
        self.ask_for_read_index(now);
    }

    /// Answers the reads whose index the state machine has reached. Who leads by now is
    /// no matter: what was committed stays so.
    pub(crate) fn answer_applied_follower_reads(&mut self) {
        let applied_index = self.applied_index;
        let mut ready = Vec::new();
        self.follower_reads.confirmed.retain(|read| {
            let is_ready = read.read_index <= applied_index;
            if is_ready {
                ready.push((read.request, read.read_index, read.basis));
            }
            !is_ready
        });
        for (request, read_index, basis) in ready {
            self.transition(Transition::ReadReady { request, read_index, basis });
            self.answer(request, Answer::ReadReady { read_index, basis });
        }
    }

    /// The node follows that leader no more: it will not answer, or must not be heard.
    pub(crate) fn give_up_asking(&mut self) {
        let asked = self.follower_reads.asked.take();
        let asked = asked.map(|asked| asked.reads).unwrap_or_default();
        let waiting = self.follower_reads.waiting.drain(..).map(|(request, _)| request);
        let all = asked.into_iter().chain(waiting).collect();
        self.refuse_reads(all, ReadRefusal::LeaderChanged);
    }

    /// Gives up what has waited for too long: the request, its answer or the entries may
    /// be lost.
    pub(crate) fn give_up_overdue_reads(&mut self, now: Micros) {
        let reads = &mut self.follower_reads;
        let asked = reads.asked.take_if(|asked| now >= asked.gives_up_at);
        let mut overdue = asked.map(|asked| asked.reads).unwrap_or_default();
        reads.confirmed.retain(|read| {
            let is_overdue = now >= read.gives_up_at;
            if is_overdue {
                overdue.push(read.request);
            }
            !is_overdue
        });
        self.refuse_reads(overdue, ReadRefusal::TimedOut);
        self.ask_for_read_index(now);
    }

    fn refuse_reads(&mut self, reads: Vec<RequestId>, because: ReadRefusal) {
        for request in reads {
            self.transition(Transition::ReadRefused { request, because });
            self.answer(request, Answer::Refused(Refusal::Read(because)));
        }
    }
}

#[cfg(test)]
mod tests;
