//! A node: what it is told, what it wants done, and the way from one to the other.

use crate::configuration::{Configurations, Reconfiguration, ReconfigurationRefusal};
use crate::election::{Candidate, ElectionTimer, PinnedTimeout};
use crate::flaws::Flaw;
use crate::follower_read::FollowerReads;
use crate::log::{Command, Entry, Index, Log, Payload, Term};
use crate::membership::{Membership, NodeId, NodeSet};
use crate::message::{Envelope, Message, MessageKind, RequestVote, VoteAnswer, VoteRefusal};
use crate::persistence::{Durable, HardState, Persistence, Write, WriteId};
use crate::pre_vote::PreCandidate;
use crate::quorum::QuorumRule;
use crate::random::Random;
use crate::read::{ReadBasis, ReadMode, ReadRefusal, RequestId};
use crate::replication::Leader;
use crate::settings::{CheckedSettings, Settings};
use crate::snapshot::{Incoming, Snapshot};
use crate::time::Micros;
use crate::transition::{CandidateCause, IgnoreCause, StepDownCause, TermCause, Transition};
use alloc::collections::VecDeque;
use alloc::sync::Arc;

/// Something that the driver tells a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// The clock has reached [`Node::deadline`]. At another moment it does nothing.
    Wake,
    /// A message arrived.
    Receive(Envelope),
    /// A client wants a command in the log. Answered by [`Answer::Proposed`] or
    /// [`Answer::NotLeader`]; that it is committed shows when it is applied.
    Propose {
        /// The driver's name for the request.
        request: RequestId,
        /// The command.
        command: Command,
    },
    /// A client wants to read. Answered by [`Answer::ReadReady`] or a refusal, now or later.
    Read {
        /// The driver's name for the request.
        request: RequestId,
        /// By what the leader makes sure that it is still leader.
        mode: ReadMode,
    },
    /// This write, and all before it, are durable.
    ///
    /// The numbers begin again with each [`Node::restore`]. A driver whose disk may still
    /// report on writes of the node's earlier life must drop those reports: the node would
    /// take them for reports on its own, and say what is not durable yet.
    Durable(WriteId),
    /// The state machine has applied every entry up to here, or was replaced by a
    /// snapshot that ends here ([`Output::Restore`]).
    Applied(Index),
    /// The driver took a snapshot of its state machine. Ignored where it covers more
    /// than was applied, or no more than the last one ([`Transition::SnapshotRefused`]).
    SnapshotTaken {
        /// The last entry that was applied to that state.
        index: Index,
        /// The state, with the clients' sessions: see [`Snapshot::data`].
        data: Arc<[u8]>,
    },
    /// Change the members. Answered by [`Answer::Proposed`] or a refusal.
    Reconfigure {
        /// The driver's name for the request.
        request: RequestId,
        /// The change.
        change: Reconfiguration,
    },
    /// Hand the office over to this server. Ignored by a server that does not lead.
    Transfer(NodeId),
    /// Stand for election now, as if the election timeout had run out. With leases
    /// on, a server that hears a leader has promised not to vote, itself included,
    /// and ignores this too ([`Transition::VoteIgnored`]).
    Campaign,
    /// From now on the node goes by these settings: in what it sends, grants, refuses and
    /// counts next.
    ///
    /// No safety property but that of leases rests on time, or on how much a message carries
    /// (paper, section 5.6), so a change of those costs a leader at most. What rests on time
    /// is handled so:
    ///
    /// * *Leases* (dissertation, section 6.4.1): none is counted on before a majority has
    ///   answered a round that was sent after this. Who answers it has started its timer
    ///   anew, and promises not to vote, by its own settings of that moment. That makes a
    ///   change of lease, stickiness or timeouts safe where every server is told before the
    ///   leader is, or at once, and is told before it hears anything more. Where one goes on
    ///   by an older, shorter minimum, its promise is shorter than the lease: a read may be
    ///   stale.
    /// * *The election timer*: with other election timeouts a timeout is drawn anew, counted
    ///   from now. Else a server that drew a long one would wait for it, whatever is set.
    /// * *Heartbeats*: the next round goes out no later than one interval from now, for
    ///   followers may have become less patient.
    /// * *Check-quorum* (dissertation, section 6.2): with another minimum timeout or interval
    ///   a leader gives its followers that long from now. It asked them at the old pace.
    /// * *What is given up in time*, a transfer under way and the reads that a follower keeps, is
    ///   given up no later than if it began now.
    ///
    /// What was done while a rule was left out stays done: a vote that was given twice, an
    /// entry that was committed too early. Such a server is never again one of which the
    /// paper's properties can be expected, though it goes by all rules from now on.
    ///
    /// Which configuration counts ([`Settings::configurations_in_force`]) is not changed by
    /// this. Both rules are safe because every server goes by the same one: a server that
    /// counts a configuration from its log, and one that waits until it is applied, may
    /// count majorities that don't meet (`configuration/when_applied.rs`).
    Settings(CheckedSettings),
}

/// Something that a node wants done. The driver does each, in order, after each
/// [`Node::handle`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Output {
    /// Send this. Whatever it depends on is durable.
    Send(Envelope),
    /// Make this durable, then say so by [`Input::Durable`].
    Write(Write),
    /// Apply this committed entry to the state machine, then say so by [`Input::Applied`].
    Apply {
        /// Its index; each follows the one before.
        index: Index,
        /// The entry.
        entry: Entry,
    },
    /// Replace the state machine, sessions and all, by this snapshot, then say so by
    /// [`Input::Applied`] of its end. It comes first after a start from a disk that holds
    /// one, and when a leader's is installed.
    Restore(Snapshot),
    /// Answer a client.
    Answer {
        /// The request.
        request: RequestId,
        /// The answer.
        answer: Answer,
    },
    /// This happened: for whoever watches.
    Transition(Transition),
}

/// An answer to a client's request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// The command is in the leader's log, not yet committed: if the entry that is
    /// applied at this index is of this term, it is this one; else it is lost.
    Proposed {
        /// Where.
        index: Index,
        /// In which term.
        term: Term,
    },
    /// The state machine, as it is now, may answer the read.
    ReadReady {
        /// What it has applied, at least.
        read_index: Index,
        /// By what the leader knew that it is still leader.
        basis: ReadBasis,
    },
    /// This node can't answer it; the leader, as far as known, may.
    NotLeader {
        /// Who leads, as far as this node knows.
        leader: Option<NodeId>,
    },
    /// The node took the request, or could have, and yet won't do it.
    Refused(Refusal),
}

/// Why a node that leads, led when the request came, or asked its leader, does not do it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refusal {
    /// It was deposed before it could answer.
    LostOffice,
    /// It hands its office over and takes no commands meanwhile.
    HandingOver,
    /// The members can't be changed so, or not now.
    Reconfiguration(ReconfigurationRefusal),
    /// A read that it took as follower can't be answered here.
    Read(ReadRefusal),
}

/// What a node is in its term (paper, section 5.1), with just what each role needs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Role {
    Follower { leader: Option<NodeId> },
    PreCandidate(PreCandidate),
    Candidate(Candidate),
    Leader(Leader),
}

/// One Raft server: a value that is told things and wants things done.
///
/// It reads no clock, touches no disk and opens no socket. `now` is always its
/// own clock. The same inputs give the same outputs on every platform.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Node {
    pub(crate) id: NodeId,
    pub(crate) settings: CheckedSettings,
    /// The configuration in force: what every count goes by.
    pub(crate) membership: Membership,
    pub(crate) configurations: Configurations,
    // Figure 2, persistent state: as it will be once every write asked for is durable.
    pub(crate) hard_state: HardState,
    pub(crate) log: Log,
    /// It covers at least what is gone from the log.
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) persistence: Persistence,
    // Figure 2, volatile state.
    pub(crate) commit_index: Index,
    pub(crate) handed_to_apply: Index,
    pub(crate) applied_index: Index,
    pub(crate) role: Role,
    pub(crate) timer: ElectionTimer,
    /// When it last heard from a leader: for a minimum timeout from then on it
    /// withholds its vote (stickiness).
    pub(crate) leader_heard_at: Option<Micros>,
    pub(crate) hard_state_changed: bool,
    /// What has come of the leader's snapshot so far.
    pub(crate) incoming: Option<Incoming>,
    pub(crate) random: Random,
    pub(crate) pinned_timeouts: Arc<[PinnedTimeout]>,
    pub(crate) follower_reads: FollowerReads,
    /// Whether a rule is left out, or was since it started.
    pub(crate) was_modified: bool,
    pub(crate) outputs: VecDeque<Output>,
}

impl Node {
    /// A server that starts, for the first time or after a crash, with what its
    /// disk holds. It begins as follower (paper, section 5.2).
    ///
    /// `seed` decides its election timeouts, and the numbers of its requests for a read
    /// index, which must not repeat over a restart: give each start its own.
    ///
    /// Writes are numbered from 1 again: see [`Input::Durable`]. What is to be done at
    /// once is there to [`Node::poll`].
    pub fn restore(
        id: NodeId,
        settings: CheckedSettings,
        seed: u64,
        disk: Durable,
        now: Micros,
    ) -> Node {
        Node::restore_with_timeouts(id, settings, seed, disk, now, Arc::new([]))
    }

    /// [`Node::restore`], with some of the election timeouts decided beforehand.
    pub fn restore_with_timeouts(
        id: NodeId,
        settings: CheckedSettings,
        seed: u64,
        disk: Durable,
        now: Micros,
        pinned_timeouts: Arc<[PinnedTimeout]>,
    ) -> Node {
        let persistence = Persistence::new(&disk);
        // A server that has run before may have followed a leader just before it
        // crashed, and that leader's lease rests on its withheld vote: it keeps the
        // promise for a whole minimum timeout, whoever it was given to.
        let has_run_before = disk.hard_state.term > Term(0);
        let keeps_promise =
            has_run_before && !settings.get().flaws.has(Flaw::LeaseForgottenByRestart);
        let forgets_vote = settings.get().flaws.has(Flaw::VoteTwiceAfterRestart);
        // A snapshot covers committed entries only.
        let beginning = match &disk.snapshot {
            Some(snapshot) => (snapshot.end.index, snapshot.membership),
            None => (Index::ZERO, disk.membership),
        };
        let committed = beginning.0;
        let configurations = Configurations::of(beginning, &disk.log);
        let rule = settings.get().configurations_in_force;
        let (_, membership) = configurations.in_force(rule, Index::ZERO);
        let mut node = Node {
            id,
            settings,
            membership,
            configurations,
            hard_state: HardState {
                voted_for: disk.hard_state.voted_for.filter(|_| !forgets_vote),
                ..disk.hard_state
            },
            log: disk.log,
            snapshot: disk.snapshot,
            persistence,
            commit_index: committed,
            handed_to_apply: committed,
            applied_index: Index::ZERO,
            role: Role::Follower { leader: None },
            timer: ElectionTimer::default(),
            leader_heard_at: keeps_promise.then_some(now),
            hard_state_changed: false,
            incoming: None,
            random: Random::new(seed),
            pinned_timeouts,
            follower_reads: FollowerReads::new(seed),
            was_modified: !settings.get().flaws.is_none(),
            outputs: VecDeque::new(),
        };
        if let Some(snapshot) = node.snapshot.clone() {
            node.outputs.push_back(Output::Restore(snapshot));
        }
        node.restart_election_timer(now);
        node.commit_what_the_log_proves();
        node
    }

    /// Tells the node something. It never fails: nonsense is ignored, and a
    /// [`Transition::Ignored`] says why. Drain [`Node::poll`] afterwards.
    ///
    /// `now` is the node's own clock and should not step back. If it does, time stands
    /// still for the node: whatever is due waits until the clock has caught up, a timeout
    /// or a heartbeat too. That costs availability only, but for leases: one that is counted
    /// on then lasts longer than its bound allows (see [`Settings::lease`]).
    pub fn handle(&mut self, now: Micros, input: Input) {
        match input {
            Input::Wake => self.wake(now),
            Input::Receive(envelope) => self.receive(now, envelope),
            Input::Propose { request, command } => self.propose(now, request, command),
            Input::Read { request, mode } => self.read(now, request, mode),
            Input::Durable(write) => self.durable(now, write),
            Input::Applied(index) => self.applied(now, index),
            Input::SnapshotTaken { index, data } => self.snapshot_taken(index, data),
            Input::Reconfigure { request, change } => self.reconfigure(now, request, change),
            Input::Transfer(target) => self.transfer(now, target),
            Input::Campaign => self.campaign(now, CandidateCause::Told),
            Input::Settings(settings) => self.change_settings(now, settings),
        }
        self.persist_hard_state();
    }

    /// The next thing that the node wants done, until there is none.
    ///
    /// What was proposed is sent last, so proposals that are made before the outputs are
    /// drained share their messages.
    pub fn poll(&mut self) -> Option<Output> {
        if self.outputs.is_empty() {
            self.send_unsent_proposals();
        }
        self.outputs.pop_front()
    }

    fn change_settings(&mut self, now: Micros, settings: CheckedSettings) {
        let old = *self.settings();
        self.settings = settings.in_place_of(self.settings);
        let new = *self.settings();
        self.was_modified |= !new.flaws.is_none();
        let timeouts = |of: &Settings| (of.election_timeout_min, of.election_timeout_max);
        let gives_up_at = now + new.election_timeout_min;
        self.follower_reads.hurry(gives_up_at);
        if let Role::Leader(leader) = &mut self.role {
            leader.rounds.begin_leases_anew();
            leader.rounds.hurry(now + new.heartbeat_interval);
            if let Some(transfer) = &mut leader.transfer {
                transfer.gives_up_at = transfer.gives_up_at.min(gives_up_at);
            }
            let pace = |of: &Settings| (of.election_timeout_min, of.heartbeat_interval);
            if pace(&old) != pace(&new) {
                leader.rounds.judge_from(now);
            }
        } else if timeouts(&old) != timeouts(&new) {
            self.restart_election_timer(now);
        }
    }

    /// Makes one of what is the same in its log and another: see [`Log::share`]. It
    /// changes nothing that the node does.
    pub fn share_log(&mut self, with: &Log) {
        self.log.share(with);
    }

    /// The earliest moment, by its own clock, at which the node wants an
    /// [`Input::Wake`]. `None` if it waits for messages only.
    pub fn deadline(&self) -> Option<Micros> {
        let of_role = match &self.role {
            Role::Leader(leader) => {
                let due = leader.heartbeat_due();
                [self.quorum_deadline(), self.transfer_deadline()]
                    .into_iter()
                    .flatten()
                    .chain([due])
                    .min()
            }
            Role::Follower { .. } | Role::PreCandidate(_) | Role::Candidate(_) => {
                self.may_stand().then_some(self.timer.deadline)
            }
        };
        of_role.into_iter().chain(self.follower_reads.deadline()).min()
    }

    fn wake(&mut self, now: Micros) {
        self.give_up_overdue_reads(now);
        match &self.role {
            Role::Leader(leader) => {
                let is_round_due = now >= leader.heartbeat_due();
                self.give_up_transfer(now);
                if !self.check_quorum(now) && is_round_due {
                    self.start_round(now);
                }
            }
            Role::Follower { .. } | Role::PreCandidate(_) | Role::Candidate(_) => {
                if now >= self.timer.deadline {
                    let timeout = self.timer.timeout;
                    self.campaign(now, CandidateCause::TimeoutFired { timeout });
                }
            }
        }
    }

    fn receive(&mut self, now: Micros, envelope: Envelope) {
        let Envelope { from, to, term, body } = envelope;
        let kind = body.kind();
        if to != self.id || from == self.id {
            return self.ignore_message(from, kind, IgnoreCause::Misaddressed);
        }
        // Nobody leads, votes or stands in term 0, which is before the first; only a
        // server that asks before it stands, or is asked, may still be in it.
        let is_pre_vote =
            matches!(kind, MessageKind::RequestPreVote | MessageKind::RequestPreVoteReply);
        if term == Term(0) && !is_pre_vote {
            return self.ignore_message(from, kind, IgnoreCause::Impossible);
        }
        // Before the term is looked at: a server that follows a living leader must
        // not be drawn into a later term either (dissertation, section 4.2.3).
        if let Message::RequestVote(RequestVote { by_transfer: false, .. }) = body
            && let Some(leader_heard_at) = self.withholds_vote(now)
        {
            return self.transition(Transition::VoteIgnored { from, term, leader_heard_at });
        }
        // Asking changes nothing: a pre-vote's term is not looked at either.
        if let Message::RequestPreVote(request) = body {
            return self.receive_pre_vote_request(now, from, request);
        }
        // "If RPC request or response contains term T > currentTerm: set
        // currentTerm = T, convert to follower" (Figure 2, all servers).
        let goes_on = body.kind().is_reply() && self.has_flaw(Flaw::IgnoreTermInReply);
        if term > self.term() && !goes_on {
            self.advance_term(term, TermCause::SawMessage { from, kind });
            self.step_down(now, StepDownCause::LaterTerm { from, term });
        }
        let is_stale = term < self.term();
        match body {
            // "Reply false if term < currentTerm" (Figure 2): the answer carries
            // the later term, by which the sender learns that its own is over.
            Message::RequestVote(_) if is_stale => {
                self.refuse_vote(from, VoteRefusal::StaleTerm);
            }
            Message::AppendEntries(append) if is_stale => self.refuse_stale_leader(from, append),
            Message::RequestReadIndex(request) if is_stale => {
                self.refuse_read_index(from, request.number, ReadRefusal::NotLeader);
            }
            Message::InstallSnapshot(chunk) if is_stale => self.refuse_stale_snapshot(from, &chunk),
            Message::TimeoutNow if is_stale => {
                self.ignore_message(from, kind, IgnoreCause::StaleTerm);
            }
            Message::TimeoutNow => self.receive_timeout_now(now, from),
            // It has happened above.
            Message::RequestPreVote(_) => {}
            // A yes to a pre-vote may come from a server of an earlier term.
            Message::RequestPreVoteReply(reply) => self.receive_pre_vote(now, from, reply),
            Message::RequestVoteReply(_)
            | Message::AppendEntriesReply(_)
            | Message::InstallSnapshotReply(_)
            | Message::RequestReadIndexReply(_)
                if is_stale =>
            {
                self.ignore_message(from, kind, IgnoreCause::StaleTerm);
            }
            Message::RequestVote(request) => self.receive_vote_request(now, from, request),
            Message::RequestVoteReply(answer) => self.receive_vote(now, from, answer),
            Message::AppendEntries(append) => self.receive_entries(now, from, append),
            Message::AppendEntriesReply(reply) => self.receive_append_reply(now, from, reply),
            Message::InstallSnapshot(chunk) => self.receive_snapshot(now, from, chunk),
            Message::InstallSnapshotReply(reply) => self.receive_snapshot_reply(now, from, reply),
            Message::RequestReadIndex(request) => self.receive_read_request(now, from, request),
            Message::RequestReadIndexReply(reply) => self.receive_read_index(now, from, reply),
        }
    }

    fn durable(&mut self, now: Micros, write: WriteId) {
        if !self.persistence.report(write) {
            return self.transition(Transition::Ignored {
                from: None,
                kind: None,
                because: IgnoreCause::NothingNew,
            });
        }
        while let Some(envelope) = self.persistence.release() {
            self.outputs.push_back(Output::Send(envelope));
        }
        match &self.role {
            Role::Candidate(_) => self.count_own_vote(now),
            Role::Leader(_) => self.advance_commit_by_counting(now),
            Role::Follower { .. } | Role::PreCandidate(_) => {}
        }
    }

    fn propose(&mut self, now: Micros, request: RequestId, command: Command) {
        let Role::Leader(leader) = &self.role else {
            let leader = self.known_leader();
            return self.answer(request, Answer::NotLeader { leader });
        };
        // "The prior leader stops accepting new client requests" (dissertation, section 3.10).
        if leader.transfer.is_some() {
            return self.answer(request, Answer::Refused(Refusal::HandingOver));
        }
        let index = self.append_as_leader(Payload::Command(command));
        let term = self.term();
        self.answer(request, Answer::Proposed { index, term });
        self.replicate_when_drained(now);
    }

    fn applied(&mut self, now: Micros, index: Index) {
        // A driver can't have applied what it was not handed.
        self.applied_index = self.applied_index.max(index.min(self.handed_to_apply));
        self.adopt_configuration();
        self.after_configuration_committed(now);
        self.answer_applied_reads();
        self.answer_applied_follower_reads();
    }

    // What the rooms of the protocol share.

    pub(crate) fn settings(&self) -> &Settings {
        self.settings.get()
    }

    pub(crate) fn has_flaw(&self, flaw: Flaw) -> bool {
        self.settings.get().flaws.has(flaw)
    }

    /// What this node takes for a majority.
    pub(crate) fn quorum_rule(&self) -> QuorumRule {
        self.settings.get().flaws.quorum_rule()
    }

    /// The servers whose votes and answers it counts.
    pub(crate) fn counted(&self) -> NodeSet {
        self.quorum_rule().counted(&self.membership)
    }

    pub(crate) fn term(&self) -> Term {
        self.hard_state.term
    }

    pub(crate) fn known_leader(&self) -> Option<NodeId> {
        match &self.role {
            Role::Follower { leader } => *leader,
            Role::PreCandidate(_) | Role::Candidate(_) => None,
            Role::Leader(_) => Some(self.id),
        }
    }

    pub(crate) fn transition(&mut self, transition: Transition) {
        self.outputs.push_back(Output::Transition(transition));
    }

    pub(crate) fn answer(&mut self, request: RequestId, answer: Answer) {
        self.outputs.push_back(Output::Answer { request, answer });
    }

    pub(crate) fn ignore_message(
        &mut self,
        from: NodeId,
        kind: crate::message::MessageKind,
        because: IgnoreCause,
    ) {
        self.transition(Transition::Ignored { from: Some(from), kind: Some(kind), because });
    }

    pub(crate) fn ignore_order(&mut self, because: IgnoreCause) {
        self.transition(Transition::Ignored { from: None, kind: None, because });
    }

    /// Moves to a later term, in which this node has not voted yet.
    pub(crate) fn advance_term(&mut self, to: Term, because: TermCause) {
        let from = self.term();
        debug_assert!(to > from, "terms only grow");
        // What a leader of the earlier term sent of its snapshot is of no more use.
        self.incoming = None;
        self.set_hard_state(HardState { term: to, voted_for: None });
        self.transition(Transition::TermAdvanced { from, to, because });
        self.give_up_asking();
    }

    pub(crate) fn set_hard_state(&mut self, hard_state: HardState) {
        self.hard_state = hard_state;
        self.hard_state_changed = true;
    }

    /// Asks for one write of the hard state for all that changed since the last.
    pub(crate) fn persist_hard_state(&mut self) {
        if self.hard_state_changed {
            self.hard_state_changed = false;
            let write = self.persistence.write_hard_state(self.hard_state);
            self.outputs.push_back(Output::Write(write));
        }
    }

    /// Replaces the log from `first` on, and asks for the write.
    pub(crate) fn write_log(&mut self, first: Index, entries: alloc::vec::Vec<Entry>) {
        // The term first: a crash between the two writes must not leave entries of a
        // term that the server doesn't know of, in which it would even stand.
        self.persist_hard_state();
        self.log.truncate_from(first);
        self.configurations.truncate_from(first);
        self.log.extend(entries.iter().cloned());
        for (index, entry) in (first.0..).map(Index).zip(&entries) {
            self.configurations.note(index, entry);
        }
        self.adopt_configuration();
        let write = self.persistence.write_log(first, entries);
        self.outputs.push_back(Output::Write(write));
    }

    /// Sends a message once the term that it carries, and the vote, are durable.
    pub(crate) fn send(&mut self, to: NodeId, body: Message) {
        self.send_after(to, body, WriteId(0));
    }

    /// Sends a message once `write`, and the term that it carries, are durable.
    pub(crate) fn send_after(&mut self, to: NodeId, body: Message, write: WriteId) {
        self.persist_hard_state();
        let envelope = Envelope { from: self.id, to, term: self.term(), body };
        let until = write.max(self.persistence.hard_state_write());
        let envelope = if self.has_flaw(Flaw::AcknowledgeBeforeFsync) {
            Some(envelope)
        } else {
            self.persistence.hold(until, envelope)
        };
        if let Some(envelope) = envelope {
            self.outputs.push_back(Output::Send(envelope));
        }
    }

    pub(crate) fn refuse_vote(&mut self, to: NodeId, because: VoteRefusal) {
        self.transition(Transition::VoteRefused { to, because });
        self.send(to, Message::RequestVoteReply(VoteAnswer::Refused(because)));
    }

    /// Hands what is newly committed to the state machine (Figure 2: "if
    /// commitIndex > lastApplied ... apply log[lastApplied]").
    pub(crate) fn hand_committed_to_apply(&mut self) {
        while self.handed_to_apply < self.commit_index {
            let index = self.handed_to_apply.next();
            let Some(entry) = self.log.get(index).cloned() else {
                debug_assert!(false, "the commit index never passes the end of the log");
                return;
            };
            self.handed_to_apply = index;
            self.outputs.push_back(Output::Apply { index, entry });
        }
    }
}

#[cfg(test)]
mod tests;
