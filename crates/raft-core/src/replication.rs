//! Log replication (paper, section 5.3) and when an entry is committed (5.4.2).

use crate::flaws::Flaw;
use crate::log::{Entry, Index, Log, LogEnd, Payload};
use crate::membership::{NodeId, NodeSet};
use crate::message::{AppendAnswer, AppendEntries, AppendReply, Message, MessageKind, Round};
use crate::node::{Node, Role};
use crate::per_server::PerServer;
use crate::read::{Asker, PendingRead};
use crate::rounds::Rounds;
use crate::settings::Settings;
use crate::snapshot::Sending;
use crate::time::Micros;
use crate::transfer::Transfer;
use crate::transition::{CommitCause, IgnoreCause, Transition};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use in_flight::InFlight;

mod in_flight;

/// What a leader keeps for as long as it leads (Figure 2, volatile state on leaders).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Leader {
    pub(crate) progress: PerServer<Progress>,
    pub(crate) rounds: Rounds,
    pub(crate) reads: VecDeque<PendingRead>,
    /// The office is being handed over.
    pub(crate) transfer: Option<Transfer>,
    /// When the last proposal came, if nobody has been sent it yet.
    pub(crate) unsent_proposal_at: Option<Micros>,
    /// The last entry that a majority held and section 5.4.2 kept from being committed.
    pub(crate) withheld: Index,
}

/// What a leader knows of one follower's log.
///
/// ```text
///   follower's log as far as known   1 1 2 2 ? ? ?
///                           match_index^   ^next_index, once entries are on their way
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Progress {
    /// The next entry to send.
    pub(crate) next_index: Index,
    /// The last entry known to be durable there and the same as the leader's.
    pub(crate) match_index: Index,
    pub(crate) pace: Pace,
    /// While it replicates: what is on its way there.
    pub(crate) in_flight: InFlight,
}

/// How a leader sends to a follower.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Pace {
    /// It doesn't know where the logs part: one message at a time.
    Probe {
        /// One is on its way; the next goes with its answer, or with a heartbeat.
        is_waiting: bool,
    },
    /// It does: entries go out as they come, without waiting for answers.
    Replicate,
    /// The next entry is no longer in the leader's log: its snapshot goes out, a chunk at
    /// a time, and no entries.
    Snapshot(Sending),
}

impl Leader {
    /// "Reinitialized after election: nextIndex to leader last log index + 1,
    /// matchIndex to 0" (Figure 2).
    pub(crate) fn new(now: Micros, others: NodeSet, last_index: Index) -> Leader {
        let progress = Progress::new(last_index.next());
        let mut followers = PerServer::new();
        for id in others.iter() {
            followers.get_or_insert(id, progress.clone());
        }
        Leader {
            progress: followers,
            rounds: Rounds::new(now),
            reads: VecDeque::new(),
            transfer: None,
            unsent_proposal_at: None,
            withheld: Index::ZERO,
        }
    }

    pub(crate) fn heartbeat_due(&self) -> Micros {
        self.rounds.due
    }

    /// When the newest round was sent that a majority has answered.
    pub(crate) fn confirmed_sent_at(&self) -> Option<Micros> {
        self.rounds.confirmed.map(|confirmed| confirmed.sent_at)
    }

    pub(crate) fn into_askers(self) -> impl Iterator<Item = Asker> {
        self.reads.into_iter().map(|read| read.asker)
    }
}

impl Node {
    /// A new leader's first acts: an entry of its own term, and a round that tells
    /// everyone ("upon election: send initial empty AppendEntries", Figure 2; "a
    /// blank no-op entry into the log at the start of its term", section 8).
    pub(crate) fn open_term(&mut self, now: Micros) {
        if self.settings().no_op_at_start_of_term {
            self.append_as_leader(Payload::NoOp);
        }
        self.start_round(now);
    }

    /// Appends an entry of the leader's term to its own log. It counts itself for
    /// a majority only once its own disk has the entry.
    pub(crate) fn append_as_leader(&mut self, payload: Payload) -> Index {
        let index = self.log.last_index().next();
        let entry = Entry { term: self.term(), payload };
        self.write_log(index, alloc::vec![entry]);
        self.transition(Transition::EntryProposed { index });
        index
    }

    /// Leaves a proposal to be sent with those that come before the driver has drained
    /// the outputs: under load, one message carries many ("batching", dissertation,
    /// section 10.2.2), and nothing waits for a timer.
    pub(crate) fn replicate_when_drained(&mut self, now: Micros) {
        if let Role::Leader(leader) = &mut self.role {
            leader.unsent_proposal_at = Some(now);
        }
    }

    /// The driver has drained the outputs: what was left goes out.
    pub(crate) fn send_unsent_proposals(&mut self) {
        if let Role::Leader(leader) = &mut self.role
            && let Some(now) = leader.unsent_proposal_at.take()
        {
            self.send_new_entries(now);
        }
    }

    /// Sends what is new to every follower that is ready for it.
    pub(crate) fn replicate(&mut self, now: Micros) {
        self.send_new_entries(now);
        // A cluster of one has nobody to wait for but its own disk.
        self.advance_commit_by_counting(now);
    }

    fn send_new_entries(&mut self, now: Micros) {
        let Role::Leader(leader) = &self.role else { return };
        let followers: NodeSet = leader.progress.servers();
        for follower in followers.iter() {
            self.send_new_entries_to(now, follower);
        }
    }

    /// As many messages as may be under way, while each one moves the follower on.
    fn send_new_entries_to(&mut self, now: Micros, follower: NodeId) {
        let mut sent_from = Index::ZERO;
        while let Some(next) = self.next_entry_for(follower)
            && next > sent_from
        {
            sent_from = next;
            self.send_entries(now, follower);
        }
    }

    /// The first entry that may go to this follower now.
    fn next_entry_for(&self, follower: NodeId) -> Option<Index> {
        let in_flight_max = self.settings().in_flight_messages_max;
        let Role::Leader(leader) = &self.role else { return None };
        let progress = leader.progress.get(follower)?;
        let next = progress.next_index;
        let has_more = next <= self.log.last_index();
        (has_more && progress.may_be_sent_entries(in_flight_max)).then_some(next)
    }

    /// Sends AppendEntries from the follower's next index on. A follower whose next entry
    /// is gone gets the snapshot.
    pub(crate) fn send_entries(&mut self, now: Micros, to: NodeId) {
        let most = self.settings().max_entries_per_message;
        self.send_append(now, to, most, false);
    }

    /// A heartbeat, with entries where some are due. While too much is on its way it goes
    /// without.
    ///
    /// A regular one repeats a probe that waits for its answer, entries and all, since that
    /// may be lost. But between two of those, reads may begin as many rounds as there are
    /// reads: they don't repeat it. They ask about the same place as the probe, so that
    /// their answers serve as well.
    pub(crate) fn send_heartbeat(
        &mut self,
        now: Micros,
        to: NodeId,
        is_regular: bool,
        confirms_read: bool,
    ) {
        let Settings { max_entries_per_message, in_flight_messages_max, .. } = *self.settings();
        let Role::Leader(leader) = &self.role else { return };
        let Some(progress) = leader.progress.get(to) else { return };
        let may_carry_entries = progress.may_be_sent_entries(in_flight_messages_max)
            || is_regular && matches!(progress.pace, Pace::Probe { .. });
        let most = if may_carry_entries { max_entries_per_message } else { 0 };
        self.send_append(now, to, most, confirms_read);
    }

    fn send_append(&mut self, now: Micros, to: NodeId, most: u32, confirms_read: bool) {
        let first = self.log.first_index();
        let Role::Leader(leader) = &mut self.role else { return };
        let round = leader.rounds.newest;
        let Some(progress) = leader.progress.get_mut(to) else { return };
        match progress.pace {
            Pace::Snapshot(_) => return self.send_bare_heartbeat(to, confirms_read),
            _ if progress.next_index < first => return self.begin_snapshot(now, to),
            Pace::Probe { .. } | Pace::Replicate => {}
        }
        let index = progress.next_index.previous();
        let Some(term) = self.log.term_at(index) else {
            debug_assert!(false, "the next index never passes the end of the leader's log by two");
            return;
        };
        let entries = self.log.entries_from(progress.next_index, most);
        match &mut progress.pace {
            Pace::Probe { is_waiting } => *is_waiting = true,
            // Believed to arrive; if not, the next message is refused and the
            // follower's hint sets the next index back.
            Pace::Replicate if !entries.is_empty() => {
                let last = Index(index.0 + entries.len() as u64);
                progress.next_index = last.next();
                progress.in_flight.sent_up_to(last);
            }
            Pace::Replicate | Pace::Snapshot(_) => {}
        }
        let append = AppendEntries {
            previous: LogEnd { index, term },
            entries,
            commit_index: self.commit_index,
            round,
            confirms_read,
        };
        self.send(to, Message::AppendEntries(append));
    }

    /// AppendEntries from a leader whose term is over: the answer's term deposes it.
    pub(crate) fn refuse_stale_leader(&mut self, from: NodeId, append: AppendEntries) {
        let reply = AppendReply { round: append.round, answer: AppendAnswer::StaleTerm };
        self.send(from, Message::AppendEntriesReply(reply));
    }

    /// AppendEntries, receiver's part (Figure 2). The leader's term is this node's.
    pub(crate) fn receive_entries(&mut self, now: Micros, from: NodeId, append: AppendEntries) {
        let kind = MessageKind::AppendEntries;
        if !self.recognise_leader(now, from) {
            return self.ignore_message(from, kind, IgnoreCause::SecondLeaderOfTerm);
        }
        let AppendEntries { previous, entries, commit_index, round, .. } = append;
        let Some(last) = last_index_if_possible(previous, &entries, self.term()) else {
            return self.ignore_message(from, kind, IgnoreCause::Impossible);
        };
        let Some((previous, entries)) = after_base(self.log.base(), previous, entries) else {
            return self.ignore_message(from, kind, IgnoreCause::OverwritesCommitted);
        };
        // "2. Reply false if log doesn't contain an entry at prevLogIndex whose
        // term matches prevLogTerm."
        if self.log.term_at(previous.index) != Some(previous.term) {
            let hint = self.log.last_place_not_after(previous.index, previous.term);
            // The base is committed, so a leader has it too.
            let hint = hint.unwrap_or(self.log.base());
            self.transition(Transition::EntriesRefused { asked: previous, hint });
            let answer = AppendAnswer::Conflict { refused: previous.index, hint };
            return self.send(from, Message::AppendEntriesReply(AppendReply { round, answer }));
        }
        let match_index = match self.take_entries(previous.index, entries) {
            Taken::WouldOverwriteCommitted => {
                return self.ignore_message(from, kind, IgnoreCause::OverwritesCommitted);
            }
            Taken::New => last,
            // What brought the entries has its answer, which waits for the disk. This
            // one says what is durable by now and need not: a slow disk must not keep
            // a leader from its reads, its lease or its office.
            Taken::NothingNew if !self.has_flaw(Flaw::AcknowledgeBeforeFsync) => {
                last.min(self.persistence.durable_index())
            }
            Taken::NothingNew => last,
        };
        let answer = AppendAnswer::Accepted { match_index };
        let write = self.persistence.write_of(match_index);
        self.send_after(from, Message::AppendEntriesReply(AppendReply { round, answer }), write);
        // "5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit,
        // index of last new entry)": what follows `last` may not be the leader's.
        let to = commit_index.min(last);
        if to > self.commit_index {
            self.advance_commit(to, CommitCause::LeaderSaid { leader: from });
        }
    }

    /// "3. If an existing entry conflicts with a new one (same index but different
    /// terms), delete the existing entry and all that follow it. 4. Append any new
    /// entries not already in the log."
    ///
    /// ```text
    ///   mine      1 1 2 2 2        message: after index 2, entries 2 3
    ///   theirs        2 3          index 3 matches and stays; from 4 on mine go
    ///   now       1 1 2 3
    /// ```
    ///
    /// A message that ends before the log does removes nothing: it may be an old
    /// one, and what follows may have been accepted since.
    fn take_entries(&mut self, previous: Index, mut entries: Vec<Entry>) -> Taken {
        let known = entries
            .iter()
            .zip(previous.0 + 1..)
            .take_while(|(entry, index)| self.log.term_at(Index(*index)) == Some(entry.term))
            .count();
        if known == entries.len() {
            return Taken::NothingNew;
        }
        let new = entries.split_off(known);
        let first = Index(previous.0 + known as u64 + 1);
        let end = self.log.last_index();
        if first <= end {
            let committed = first <= self.commit_index;
            if committed {
                // Raft never asks for this. Modified Raft may, and then it is done,
                // so that one can see what the rule that is left out was for. But a
                // snapshot can't be taken apart again.
                if !self.was_modified || first <= self.snapshot_index() {
                    return Taken::WouldOverwriteCommitted;
                }
                self.commit_index = first.previous();
                self.handed_to_apply = self.handed_to_apply.min(self.commit_index);
                self.applied_index = self.applied_index.min(self.commit_index);
            }
            self.transition(Transition::EntriesRemoved { first, last: end, committed });
        }
        let last = Index(first.0 + new.len() as u64 - 1);
        self.write_log(first, new);
        self.transition(Transition::EntriesAppended { first, last });
        Taken::New
    }

    /// AppendEntries, the leader's part: takes an answer.
    pub(crate) fn receive_append_reply(&mut self, now: Micros, from: NodeId, reply: AppendReply) {
        let kind = MessageKind::AppendEntriesReply;
        let Role::Leader(leader) = &mut self.role else {
            return self.ignore_message(from, kind, IgnoreCause::WrongRole);
        };
        let Some(progress) = leader.progress.get_mut(from) else {
            return self.ignore_message(from, kind, IgnoreCause::NotAMember);
        };
        if reply.round > leader.rounds.newest {
            return self.ignore_message(from, kind, IgnoreCause::Impossible);
        }
        let log = &self.log;
        let outcome = match reply.answer {
            AppendAnswer::Accepted { match_index } => progress.accepted(match_index, log),
            AppendAnswer::Conflict { refused, hint } => progress.refused(refused, || {
                // Where that is gone from the log, so is the next entry.
                log.last_place_not_after(hint.index.min(refused), hint.term)
                    .map_or(Index::ZERO, |place| place.index)
            }),
            // Only a server of a later term says so, and its answer carries that term.
            AppendAnswer::StaleTerm => Err(IgnoreCause::Impossible),
        };
        self.after_answer(now, from, kind, reply.round, outcome);
    }

    /// What follows from an answer of a follower, to AppendEntries or InstallSnapshot.
    pub(crate) fn after_answer(
        &mut self,
        now: Micros,
        from: NodeId,
        kind: MessageKind,
        round: Round,
        outcome: Result<Learned, IgnoreCause>,
    ) {
        let Role::Leader(leader) = &self.role else { return };
        let Some(progress) = leader.progress.get(from) else { return };
        let (match_index, next_index) = (progress.match_index, progress.next_index);
        match outcome {
            Err(IgnoreCause::Impossible) => {
                return self.ignore_message(from, kind, IgnoreCause::Impossible);
            }
            // It says nothing of the log, but it was said in this term, so it still
            // counts for the round that it answers.
            Err(_) => {}
            Ok(Learned::Match) => {
                self.transition(Transition::MatchAdvanced { follower: from, match_index });
                self.tell_target_to_stand();
            }
            Ok(Learned::Refusal) => {
                self.transition(Transition::NextSetBack { follower: from, next_index });
            }
            Ok(Learned::Wanted) => self.send_chunk(now, from),
        }
        self.count_round(now, from, round);
        if outcome.is_ok() {
            self.advance_commit_by_counting(now);
        }
        // The answer may have made room for more. After a refusal there is more to send in
        // any case: the entry that was refused.
        self.send_new_entries_to(now, from);
    }

    /// "If there exists an N such that N > commitIndex, a majority of
    /// matchIndex[i] >= N, and log[N].term == currentTerm: set commitIndex = N"
    /// (Figure 2, leaders; the last condition is section 5.4.2 and Figure 8).
    pub(crate) fn advance_commit_by_counting(&mut self, now: Micros) {
        let durable_index = self.persistence.durable_index();
        let last = self.log.last_index();
        let own = if self.has_flaw(Flaw::AcknowledgeBeforeFsync) { last } else { durable_index };
        let id = self.id;
        let term = self.term();
        let counts_earlier_terms = self.has_flaw(Flaw::CommitEarlierTermByCounting);
        let (rule, counted) = (self.quorum_rule(), self.counted());
        let Role::Leader(leader) = &mut self.role else { return };
        let match_index = |server: NodeId| {
            if server == id {
                own
            } else {
                leader.progress.get(server).map_or(Index::ZERO, |progress| progress.match_index)
            }
        };
        let Some(held) = rule.reached(&self.membership, match_index) else {
            return;
        };
        if held <= self.commit_index {
            return;
        }
        let entry_term = self.log.term_at(held).unwrap_or_default();
        if entry_term != term && !counts_earlier_terms {
            if leader.withheld != held {
                leader.withheld = held;
                self.transition(Transition::CommitWithheld { index: held, term: entry_term });
            }
            return;
        }
        let holders = counted.iter().filter(|server| match_index(*server) >= held).collect();
        self.advance_commit(held, CommitCause::Counted { holders });
        self.reads_after_commit(now);
        self.after_configuration_committed(now);
    }

    pub(crate) fn advance_commit(&mut self, to: Index, because: CommitCause) {
        let from = self.commit_index;
        self.commit_index = to;
        // A snapshot of no more than that is of no more use.
        self.incoming = self.incoming.take().filter(|incoming| incoming.end.index > to);
        self.transition(Transition::CommitAdvanced { from, to, because });
        self.hand_committed_to_apply();
    }
}

/// What became of the entries of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// Some were appended.
    New,
    /// All were there already, or there were none.
    NothingNew,
    /// Nothing was done, since committed entries would have gone.
    WouldOverwriteCommitted,
}

/// What an answer taught the leader about a follower's log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Learned {
    Match,
    Refusal,
    /// It wants the next chunk of the snapshot.
    Wanted,
}

impl Progress {
    pub(crate) fn new(next_index: Index) -> Progress {
        let pace = Pace::Probe { is_waiting: false };
        let in_flight = InFlight::default();
        Progress { next_index, match_index: Index::ZERO, pace, in_flight }
    }

    /// Whether entries may go out now: not while a probe or a snapshot is under way, nor
    /// while too many messages are.
    fn may_be_sent_entries(&self, in_flight_max: u32) -> bool {
        match self.pace {
            Pace::Probe { is_waiting } => !is_waiting,
            Pace::Replicate => !self.in_flight.is_full(in_flight_max),
            Pace::Snapshot(_) => false,
        }
    }

    /// The follower's log matches `log` up to `match_index`: it accepted entries, or
    /// installed a snapshot.
    pub(crate) fn accepted(
        &mut self,
        match_index: Index,
        log: &Log,
    ) -> Result<Learned, IgnoreCause> {
        if match_index > log.last_index() {
            return Err(IgnoreCause::Impossible);
        }
        self.in_flight.answered_up_to(match_index);
        if match_index.next() >= self.next_index {
            self.next_index = match_index.next();
            // A snapshot goes on until it is there, or until the next entry is in the log
            // anyhow. Should the leader have dropped more of its log meanwhile, the next
            // thing that it sends is its newer snapshot.
            let still_needs_snapshot = match &self.pace {
                Pace::Snapshot(sending) => {
                    match_index < sending.snapshot.end.index.min(log.base().index)
                }
                Pace::Probe { .. } | Pace::Replicate => false,
            };
            if !still_needs_snapshot {
                self.pace = Pace::Replicate;
            }
        }
        if match_index <= self.match_index {
            return Err(IgnoreCause::NothingNew);
        }
        self.match_index = match_index;
        Ok(Learned::Match)
    }

    fn refused(
        &mut self,
        refused: Index,
        last_place_that_may_match: impl FnOnce() -> Index,
    ) -> Result<Learned, IgnoreCause> {
        // Stale and reordered answers must not move progress backwards: what is
        // known to match matches for the whole term, and a probe waits for its own. Who
        // gets a snapshot was sent nothing that it could refuse.
        let is_stale = refused <= self.match_index
            || refused >= self.next_index
            || match self.pace {
                Pace::Probe { .. } => refused != self.next_index.previous(),
                Pace::Replicate => false,
                Pace::Snapshot(_) => true,
            };
        if is_stale {
            return Err(IgnoreCause::NothingNew);
        }
        let place = last_place_that_may_match().min(refused.previous());
        self.next_index = place.max(self.match_index).next();
        self.pace = Pace::Probe { is_waiting: false };
        self.in_flight = InFlight::default();
        Ok(Learned::Refusal)
    }
}

/// The part of a message that comes after the base of the receiver's log. What comes
/// before is in its snapshot: it is committed, and so the same as the leader's.
///
/// ```text
///   mine      [ base 4 ] 2 3        message: after index 2, entries 1 2 2 3
///   theirs         2|1 2 2 3        the entries at 3 and 4 are covered; it goes on as
///                                   after index 4, entries 2 3
/// ```
///
/// `None` where the message has another entry than the base in its place.
fn after_base(
    base: LogEnd,
    previous: LogEnd,
    mut entries: Vec<Entry>,
) -> Option<(LogEnd, Vec<Entry>)> {
    let Some(covered @ 1..) = base.index.0.checked_sub(previous.index.0) else {
        return Some((previous, entries));
    };
    let covered = usize::try_from(covered).unwrap_or(usize::MAX);
    if entries.len() < covered {
        return Some((base, Vec::new()));
    }
    let rest = entries.split_off(covered);
    (entries.last().map(|entry| entry.term) == Some(base.term)).then_some((base, rest))
}

/// The index of the last entry of a message, if its numbers can be at all.
fn last_index_if_possible(
    previous: LogEnd,
    entries: &[Entry],
    leader_term: crate::log::Term,
) -> Option<Index> {
    let last = previous.index.0.checked_add(entries.len() as u64)?;
    let terms_grow = entries.is_sorted_by_key(|entry| entry.term);
    let first_term = entries.first().map_or(leader_term, |entry| entry.term);
    let last_term = entries.last().map_or(previous.term, |entry| entry.term);
    let is_possible = terms_grow && previous.term <= first_term && last_term <= leader_term;
    (is_possible && last < u64::MAX).then_some(Index(last))
}

#[cfg(test)]
mod batching_tests;
#[cfg(test)]
mod catching_up_tests;
#[cfg(test)]
mod in_flight_tests;
#[cfg(test)]
mod receiver_tests;
#[cfg(test)]
mod tests;
