//! Leader election (paper, section 5.2) and who may win it (section 5.4.1).

use crate::flaws::Flaw;
use crate::log::LogEnd;
use crate::membership::{NodeId, NodeSet};
use crate::message::{Message, MessageKind, RequestVote, VoteAnswer, VoteRefusal};
use crate::node::{Node, Role};
use crate::persistence::{HardState, WriteId};
use crate::replication::Leader;
use crate::settings::Settings;
use crate::time::Micros;
use crate::transition::{
    CandidateCause, IgnoreCause, Office, StepDownCause, TermCause, Transition,
};

/// When a follower or candidate gives up waiting, by its own clock.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(crate) struct ElectionTimer {
    pub(crate) timeout: Micros,
    pub(crate) deadline: Micros,
}

/// Timeouts that are not drawn at random: what a simulation, or a test, decides in place of
/// chance. The draw is made all the same, so that those after it are what they were.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PinnedTimeout {
    /// The first draw that it is for, counted from 1 at [`Node::restore`].
    pub first: u64,
    /// The last one.
    pub last: u64,
    /// The timeout. It may be one that could not be drawn: whoever stands early or late
    /// endangers nothing, since what others promise is by the settings.
    pub timeout: Micros,
}

/// What a candidate knows of its election.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Candidate {
    pub(crate) granted: NodeSet,
    pub(crate) refused: NodeSet,
    /// The write of its own vote, which counts once it is durable.
    pub(crate) own_vote: WriteId,
}

impl Node {
    fn pinned_timeout(&self, draw: u64) -> Option<Micros> {
        let pin = self.pinned_timeouts.iter().find(|pin| pin.first <= draw && draw <= pin.last);
        pin.map(|pin| pin.timeout)
    }

    /// Draws a new timeout and starts it. Each start draws anew, so that servers
    /// that split a vote seldom split the next (section 5.2; dissertation, 3.4).
    pub(crate) fn restart_election_timer(&mut self, now: Micros) {
        let Settings { election_timeout_min, election_timeout_max, .. } = *self.settings();
        let is_fixed = self.has_flaw(Flaw::FixedElectionTimeout);
        let longest = if is_fixed { election_timeout_min } else { election_timeout_max };
        let drawn = self.random.between(election_timeout_min, longest);
        let timeout = self.pinned_timeout(self.random.drawn()).unwrap_or(drawn);
        self.timer = ElectionTimer { timeout, deadline: now + timeout };
        self.transition(Transition::TimeoutDrawn { timeout, deadline: self.timer.deadline });
    }

    /// "On conversion to candidate, start election: increment currentTerm, vote
    /// for self, reset election timer, send RequestVote RPCs to all other
    /// servers" (Figure 2).
    pub(crate) fn stand(&mut self, now: Micros, because: CandidateCause) {
        let term = self.term().next();
        if term == self.term() {
            // The last term there is; only a message that can't be brings one here.
            return self.restart_election_timer(now);
        }
        self.advance_term(term, TermCause::StandsForElection);
        self.set_hard_state(HardState { term, voted_for: Some(self.id) });
        self.persist_hard_state();
        let own_vote = self.persistence.hard_state_write();
        self.role = Role::Candidate(Candidate {
            granted: NodeSet::EMPTY,
            refused: NodeSet::EMPTY,
            own_vote,
        });
        self.transition(Transition::BecameCandidate { term, because });
        self.restart_election_timer(now);
        let request = RequestVote {
            log_end: self.log.end(),
            by_transfer: matches!(because, CandidateCause::TimeoutNow { .. }),
        };
        for voter in self.counted().without(self.id).iter() {
            self.send(voter, Message::RequestVote(request));
        }
        if self.has_flaw(Flaw::AcknowledgeBeforeFsync) {
            self.count_vote(now, self.id, true);
        }
    }

    /// A candidate's own vote counts once a crash can't make it forget it.
    pub(crate) fn count_own_vote(&mut self, now: Micros) {
        let Role::Candidate(candidate) = &self.role else { return };
        let is_durable = self.persistence.is_durable(candidate.own_vote);
        if is_durable && !candidate.granted.contains(self.id) {
            self.count_vote(now, self.id, true);
        }
    }

    /// The moment at which this node last heard from the leader that it still
    /// protects, if it does: it then ignores requests for its vote (dissertation,
    /// section 4.2.3: "if a server receives a RequestVote request within the
    /// minimum election timeout of hearing from a current leader, it does not
    /// update its term or grant its vote").
    pub(crate) fn withholds_vote(&self, now: Micros) -> Option<Micros> {
        if !self.settings().stickiness {
            return None;
        }
        let heard_at = match &self.role {
            // A leader hears from itself: of a majority, by the round it last confirmed.
            Role::Leader(leader) => leader.confirmed_sent_at(),
            Role::Follower { .. } | Role::PreCandidate(_) | Role::Candidate(_) => {
                self.leader_heard_at
            }
        }?;
        (now < heard_at + self.settings().election_timeout_min).then_some(heard_at)
    }

    /// Whether a log that ends so is "at least as up-to-date" as this node's (section
    /// 5.4.1): by the order of [`LogEnd`], the term of the last entry, then the length.
    pub(crate) fn is_up_to_date(&self, candidate: LogEnd) -> bool {
        if self.has_flaw(Flaw::CompareOnlyLogLength) {
            return candidate.index >= self.log.last_index();
        }
        candidate >= self.log.end() || self.has_flaw(Flaw::VoteWithoutComparingLogs)
    }

    /// RequestVote, receiver's part (Figure 2). The candidate's term is this node's.
    pub(crate) fn receive_vote_request(&mut self, now: Micros, from: NodeId, request: RequestVote) {
        let voter = self.log.end();
        let refusal = match (&self.role, self.hard_state.voted_for) {
            (Role::Leader(_), _) => Some(VoteRefusal::IsLeader),
            // "If votedFor is null or candidateId ..."
            (_, Some(other)) if other != from => Some(VoteRefusal::AlreadyVotedFor(other)),
            // "... and candidate's log is at least as up-to-date as receiver's log".
            _ if !self.is_up_to_date(request.log_end) => {
                Some(VoteRefusal::LogBehind { candidate: request.log_end, voter })
            }
            _ => None,
        };
        if let Some(because) = refusal {
            return self.refuse_vote(from, because);
        }
        if self.hard_state.voted_for != Some(from) {
            let term = self.term();
            self.set_hard_state(HardState { term, voted_for: Some(from) });
        }
        self.transition(Transition::VoteGranted { to: from });
        // The timer restarts only where the vote is given (Figure 2, followers):
        // a candidate that can't win must not keep others from standing.
        self.restart_election_timer(now);
        self.send(from, Message::RequestVoteReply(VoteAnswer::Granted));
    }

    /// RequestVote, the candidate's part: counts an answer.
    pub(crate) fn receive_vote(&mut self, now: Micros, from: NodeId, answer: VoteAnswer) {
        let kind = MessageKind::RequestVoteReply;
        let Role::Candidate(candidate) = &self.role else {
            return self.ignore_message(from, kind, IgnoreCause::WrongRole);
        };
        if !self.counted().contains(from) {
            return self.ignore_message(from, kind, IgnoreCause::NotAMember);
        }
        if candidate.granted.contains(from) || candidate.refused.contains(from) {
            return self.ignore_message(from, kind, IgnoreCause::NothingNew);
        }
        self.count_vote(now, from, answer == VoteAnswer::Granted);
    }

    fn count_vote(&mut self, now: Micros, from: NodeId, is_granted: bool) {
        let Role::Candidate(candidate) = &mut self.role else { return };
        if is_granted {
            candidate.granted = candidate.granted.with(from);
        } else {
            candidate.refused = candidate.refused.with(from);
        }
        let Candidate { granted, refused, .. } = *candidate;
        self.transition(Transition::VotesCounted { granted, refused });
        // "If votes received from majority of servers: become leader" (Figure 2).
        if self.quorum_rule().is_quorum(&self.membership, granted) {
            self.become_leader(now, granted);
        }
    }

    fn become_leader(&mut self, now: Micros, votes: NodeSet) {
        let term = self.term();
        let others = self.membership.everyone().without(self.id);
        self.role = Role::Leader(Leader::new(now, others, self.log.last_index()));
        self.transition(Transition::BecameLeader { term, votes });
        self.open_term(now);
    }

    /// Becomes a follower of nobody yet, if it was more than that.
    pub(crate) fn step_down(&mut self, now: Micros, because: StepDownCause) {
        let leader = match because {
            StepDownCause::LaterTerm { .. }
            | StepDownCause::LostMajority { .. }
            | StepDownCause::Removed => None,
            StepDownCause::LeaderOfThisTerm { leader } => Some(leader),
        };
        match core::mem::replace(&mut self.role, Role::Follower { leader }) {
            Role::Follower { .. } => {}
            Role::PreCandidate(_) => {
                self.transition(Transition::SteppedDown { was: Office::PreCandidate, because });
            }
            Role::Candidate(_) => {
                self.transition(Transition::SteppedDown { was: Office::Candidate, because });
            }
            Role::Leader(leader) => {
                self.transition(Transition::SteppedDown { was: Office::Leader, because });
                for asker in leader.into_askers() {
                    self.refuse_for_lost_office(asker);
                }
                // A leader has no election timer running; a follower must.
                self.restart_election_timer(now);
            }
        }
    }

    /// A message of this term's leader came: there is nobody else to follow
    /// (section 5.2: "another server establishes itself as leader").
    ///
    /// Says whether `from` can be that leader.
    pub(crate) fn recognise_leader(&mut self, now: Micros, from: NodeId) -> bool {
        match &self.role {
            Role::Leader(_) => return false,
            Role::Follower { leader: Some(leader) } if *leader != from => return false,
            Role::Follower { leader: Some(_) } => {}
            Role::Follower { leader: None } => {
                self.role = Role::Follower { leader: Some(from) };
                self.transition(Transition::LeaderRecognised { leader: from });
            }
            Role::PreCandidate(_) | Role::Candidate(_) => {
                self.step_down(now, StepDownCause::LeaderOfThisTerm { leader: from });
                self.transition(Transition::LeaderRecognised { leader: from });
            }
        }
        self.leader_heard_at = Some(now);
        self.restart_election_timer(now);
        true
    }
}

#[cfg(test)]
mod stickiness_tests;
#[cfg(test)]
mod tests;
