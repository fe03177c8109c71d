//! Reads (dissertation, section 6.4), most of which don't go through the log.
//!
//! A leader may not just answer from its state: it may have been deposed without
//! knowing. It must know three things first:
//!
//! 1. what is committed: it has committed an entry of its own term;
//! 2. that it was still leader after the read came: by a round of heartbeats sent
//!    since (ReadIndex), or by a lease that is still good (section 6.4.1);
//! 3. that its state machine has applied what was committed when the read came.
//!
//! A lease replaces the second only. A read through the log needs none of them: it is an
//! entry that holds nothing, which a majority must take like any other, and it costs what
//! a write costs. It is here to compare.

use crate::flaws::Flaw;
use crate::follower_read::ReadNumber;
use crate::log::{Index, Payload};
use crate::membership::NodeId;
use crate::message::{
    Message, MessageKind, ReadIndexAnswer, RequestReadIndex, RequestReadIndexReply, Round,
};
use crate::node::{Answer, Node, Refusal, Role};
use crate::time::Micros;
use crate::transition::{IgnoreCause, ReadWait, Transition};

/// The driver's name for a client's request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct RequestId(pub u64);

/// By what the leader makes sure that it is still leader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum ReadMode {
    /// By a round of heartbeats that a majority answers.
    ReadIndex,
    /// By its lease; where that is off or has run out, by ReadIndex.
    Lease,
    /// By an entry that it appends and that a majority takes: the read goes through the
    /// log, as a write does (dissertation, section 6.4, first paragraph).
    Log,
}

/// By what the leader knew that it was still leader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum ReadBasis {
    /// A majority answered this round, which was sent after the read came.
    Round(Round),
    /// Its lease was good when the read came.
    Lease {
        /// Until when, by the leader's own clock.
        until: Micros,
    },
    /// The entry that it appended for the read is committed.
    Log {
        /// Where that stands.
        index: Index,
    },
}

/// Why a read is not answered here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum ReadRefusal {
    /// The node doesn't lead.
    NotLeader,
    /// It led when the read came, and was deposed before it could answer.
    LostOffice,
    /// It hands its office over and appends nothing for a client meanwhile.
    HandingOver,
    /// It followed when the read came, and follows that leader no more.
    LeaderChanged,
    /// It followed, and the leader's answer, or what must be applied first, did not come
    /// within the shortest election timeout.
    TimedOut,
    /// It follows, and has too many reads to keep another.
    TooMany,
}

/// A read that a leader has not answered yet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct PendingRead {
    pub(crate) asker: Asker,
    mode: ReadMode,
    phase: Phase,
}

/// Who gets the answer: a client of this node, or a follower that has clients of its own,
/// and applies for itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Asker {
    Client(RequestId),
    Follower { from: NodeId, number: ReadNumber },
}

/// The most requests of one follower that a leader keeps. A follower has one under way
/// and has given up on those before.
const MOST_REQUESTS_OF_A_FOLLOWER: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Phase {
    /// For the first commit of the leader's own term: until then it doesn't know
    /// what is committed.
    FirstCommitOfTerm,
    /// For a majority to answer this round.
    Round { read_index: Index, round: Round },
    /// For the read's own entry to be committed.
    Entry { index: Index },
    /// For the state machine to have applied what was committed.
    Apply { read_index: Index, basis: ReadBasis },
}

impl PendingRead {
    pub(crate) fn waits_for_round(&self) -> Option<Round> {
        match self.phase {
            Phase::Round { round, .. } => Some(round),
            Phase::FirstCommitOfTerm | Phase::Entry { .. } | Phase::Apply { .. } => None,
        }
    }
}

impl Node {
    pub(crate) fn read(&mut self, now: Micros, request: RequestId, mode: ReadMode) {
        let Role::Leader(_) = &self.role else {
            let leader = self.known_leader();
            // A read through the log is a command: only the leader takes it.
            if let Some(leader) = leader
                && self.settings().reads_through_followers
                && mode != ReadMode::Log
            {
                return self.read_through_leader(now, request, mode, leader);
            }
            let because = ReadRefusal::NotLeader;
            self.transition(Transition::ReadRefused { request, because });
            return self.answer(request, Answer::NotLeader { leader });
        };
        if mode == ReadMode::Log {
            return self.read_through_log(now, request);
        }
        self.take_read(now, Asker::Client(request), mode);
    }

    /// A follower asks for a read index: a read like any other, but that it is answered
    /// once it is confirmed.
    pub(crate) fn receive_read_request(
        &mut self,
        now: Micros,
        from: NodeId,
        request: RequestReadIndex,
    ) {
        let kind = MessageKind::RequestReadIndex;
        let RequestReadIndex { number, mode } = request;
        let Role::Leader(leader) = &mut self.role else {
            return self.refuse_read_index(from, number, ReadRefusal::NotLeader);
        };
        if leader.progress.get(from).is_none() {
            return self.ignore_message(from, kind, IgnoreCause::NotAMember);
        }
        if mode == ReadMode::Log {
            return self.ignore_message(from, kind, IgnoreCause::Impossible);
        }
        let asker = Asker::Follower { from, number };
        if leader.reads.iter().any(|read| read.asker == asker) {
            return self.ignore_message(from, kind, IgnoreCause::NothingNew);
        }
        let is_its = |read: &PendingRead| matches!(read.asker, Asker::Follower { from: its, .. } if its == from);
        if leader.reads.iter().filter(|read| is_its(read)).count() >= MOST_REQUESTS_OF_A_FOLLOWER
            && let Some(oldest) = leader.reads.iter().position(is_its)
        {
            leader.reads.remove(oldest);
        }
        self.take_read(now, asker, mode);
    }

    pub(crate) fn refuse_read_index(
        &mut self,
        to: NodeId,
        number: ReadNumber,
        because: ReadRefusal,
    ) {
        self.transition(Transition::ReadIndexRefused { to, number, because });
        let answer = ReadIndexAnswer::Refused(because);
        let reply = RequestReadIndexReply { number, answer };
        self.send(to, Message::RequestReadIndexReply(reply));
    }

    /// A leader that is deposed refuses the reads that it has not answered.
    pub(crate) fn refuse_for_lost_office(&mut self, asker: Asker) {
        let because = ReadRefusal::LostOffice;
        match asker {
            Asker::Client(request) => {
                self.transition(Transition::ReadRefused { request, because });
                self.answer(request, Answer::Refused(Refusal::LostOffice));
            }
            Asker::Follower { from, number } => self.refuse_read_index(from, number, because),
        }
    }

    fn read_accepted(&mut self, asker: Asker, mode: ReadMode, waits_for: ReadWait) {
        self.transition(match asker {
            Asker::Client(request) => Transition::ReadAccepted { request, mode, waits_for },
            Asker::Follower { from, number } => {
                Transition::ReadIndexAsked { from, number, waits_for }
            }
        });
    }

    /// The leader led after the read came: a client's waits for the state machine, a
    /// follower gets its answer.
    fn read_confirmed(&mut self, asker: Asker, read_index: Index, basis: ReadBasis) {
        match asker {
            Asker::Client(request) => {
                self.transition(Transition::ReadConfirmed { request, read_index, basis });
            }
            Asker::Follower { from: to, number } => {
                self.transition(Transition::ReadIndexGiven { to, number, read_index, basis });
                let answer = ReadIndexAnswer::Confirmed { read_index, basis };
                let reply = RequestReadIndexReply { number, answer };
                self.send(to, Message::RequestReadIndexReply(reply));
            }
        }
    }

    fn take_read(&mut self, now: Micros, asker: Asker, mode: ReadMode) {
        let Role::Leader(leader) = &mut self.role else { return };
        // "If the leader has not yet marked an entry from its current term
        // committed, it waits until it has done so" (section 6.4, step 1).
        let is_rule = !self.settings.get().flaws.has(Flaw::ReadBeforeFirstCommit);
        if is_rule && self.log.term_at(self.commit_index) != Some(self.hard_state.term) {
            let phase = Phase::FirstCommitOfTerm;
            leader.reads.push_back(PendingRead { asker, mode, phase });
            return self.read_accepted(asker, mode, ReadWait::FirstCommitOfTerm);
        }
        self.admit_read(now, asker, mode);
        self.start_wanted_round(now);
    }

    /// A read through the log: an entry of the leader's term that holds nothing. As long as
    /// it leads, what stands there is its own; that a majority takes it shows that the
    /// server led after the read came, and whatever was committed before stands before it.
    fn read_through_log(&mut self, now: Micros, request: RequestId) {
        let Role::Leader(leader) = &self.role else { return };
        if leader.transfer.is_some() {
            let because = ReadRefusal::HandingOver;
            self.transition(Transition::ReadRefused { request, because });
            return self.answer(request, Answer::Refused(Refusal::HandingOver));
        }
        let (mode, index) = (ReadMode::Log, self.append_as_leader(Payload::NoOp));
        let Role::Leader(leader) = &mut self.role else { return };
        let asker = Asker::Client(request);
        leader.reads.push_back(PendingRead { asker, mode, phase: Phase::Entry { index } });
        self.read_accepted(asker, mode, ReadWait::Entry(index));
        self.replicate(now);
    }

    /// A read whose leader knows what is committed: takes the read index, and makes
    /// sure that it is still leader, by its lease or by a round that is to come.
    fn admit_read(&mut self, now: Micros, asker: Asker, mode: ReadMode) {
        let read_index = self.commit_index;
        let takes_older = self.has_flaw(Flaw::ReadConfirmedByOlderRound);
        let Role::Leader(leader) = &mut self.role else { return };
        let lease_until = leader.rounds.confirmed.and_then(|confirmed| confirmed.lease_until);
        if let (ReadMode::Lease, Some(until)) = (mode, lease_until)
            && now < until
        {
            let basis = ReadBasis::Lease { until };
            let phase = Phase::Apply { read_index, basis };
            if let Asker::Client(_) = asker {
                leader.reads.push_back(PendingRead { asker, mode, phase });
            }
            self.read_accepted(asker, mode, ReadWait::Nothing);
            self.read_confirmed(asker, read_index, basis);
            return self.answer_applied_reads();
        }
        // A round that is on its way already was sent before this read came and
        // can't serve it.
        let round =
            if takes_older { leader.rounds.confirmed_round() } else { leader.rounds.newest }.next();
        let phase = Phase::Round { read_index, round };
        leader.reads.push_back(PendingRead { asker, mode, phase });
        self.read_accepted(asker, mode, ReadWait::Round(round));
    }

    /// Starts the round that reads wait for, unless one for earlier reads is still on
    /// its way: those that come meanwhile share the next. Should that one be lost, the
    /// next heartbeat serves them all.
    fn start_wanted_round(&mut self, now: Micros) {
        let Role::Leader(leader) = &self.role else { return };
        let rounds = &leader.rounds;
        let is_one_on_its_way = rounds.newest_for_read > rounds.confirmed_round();
        let is_wanted =
            |read: &PendingRead| read.waits_for_round().is_some_and(|round| round > rounds.newest);
        if !is_one_on_its_way && leader.reads.iter().any(is_wanted) {
            self.start_round(now);
        }
    }

    /// The leader has committed more: reads go on that waited for the first commit of the
    /// term, or for their own entry.
    pub(crate) fn reads_after_commit(&mut self, now: Micros) {
        self.reads_after_own_entry();
        if self.log.term_at(self.commit_index) != Some(self.term()) {
            return;
        }
        let Role::Leader(leader) = &mut self.role else { return };
        let waiting: alloc::vec::Vec<(Asker, ReadMode)> = leader
            .reads
            .iter()
            .filter(|read| read.phase == Phase::FirstCommitOfTerm)
            .map(|read| (read.asker, read.mode))
            .collect();
        leader.reads.retain(|read| read.phase != Phase::FirstCommitOfTerm);
        for (asker, mode) in waiting {
            self.admit_read(now, asker, mode);
        }
        self.start_wanted_round(now);
    }

    fn reads_after_own_entry(&mut self) {
        let commit_index = self.commit_index;
        let Role::Leader(leader) = &mut self.role else { return };
        let mut known = alloc::vec::Vec::new();
        for read in &mut leader.reads {
            if let Phase::Entry { index } = read.phase
                && index <= commit_index
            {
                let basis = ReadBasis::Log { index };
                read.phase = Phase::Apply { read_index: index, basis };
                known.push((read.asker, index, basis));
            }
        }
        for (asker, read_index, basis) in known {
            self.read_confirmed(asker, read_index, basis);
        }
        self.answer_applied_reads();
    }

    /// A majority has answered `confirmed`: reads that waited for it, or for an
    /// earlier round, go on; those that came since get a round of their own.
    pub(crate) fn reads_after_round(&mut self, now: Micros, confirmed: Round) {
        let Role::Leader(leader) = &mut self.role else { return };
        let mut known = alloc::vec::Vec::new();
        leader.reads.retain_mut(|read| match read.phase {
            Phase::Round { read_index, round } if round <= confirmed => {
                let basis = ReadBasis::Round(confirmed);
                read.phase = Phase::Apply { read_index, basis };
                known.push((read.asker, read_index, basis));
                matches!(read.asker, Asker::Client(_))
            }
            _ => true,
        });
        for (asker, read_index, basis) in known {
            self.read_confirmed(asker, read_index, basis);
        }
        self.answer_applied_reads();
        self.start_wanted_round(now);
    }

    /// Answers the reads that wait for nothing but the state machine, and need
    /// wait no more (section 6.4, steps 4 and 5).
    pub(crate) fn answer_applied_reads(&mut self) {
        let applied_index = self.applied_index;
        let Role::Leader(leader) = &mut self.role else { return };
        let mut ready = alloc::vec::Vec::new();
        leader.reads.retain(|read| match (read.phase, read.asker) {
            (Phase::Apply { read_index, basis }, Asker::Client(request))
                if read_index <= applied_index =>
            {
                ready.push((request, read_index, basis));
                false
            }
            _ => true,
        });
        for (request, read_index, basis) in ready {
            self.transition(Transition::ReadReady { request, read_index, basis });
            self.answer(request, Answer::ReadReady { read_index, basis });
        }
    }
}

#[cfg(test)]
mod tests;
