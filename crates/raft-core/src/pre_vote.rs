//! Pre-vote: asking before standing (dissertation, section 9.6).
//!
//! A server that can't win, because its log is behind or because the others hear
//! a leader, would still raise everyone's term by standing, and so depose a leader
//! that works. With pre-vote it asks first. Asking changes no state on either side:
//! no term, no vote, no timer but the asker's own.

use crate::membership::{NodeId, NodeSet};
use crate::message::{Message, MessageKind, PreVoteReply, RequestPreVote, VoteAnswer, VoteRefusal};
use crate::node::{Node, Role};
use crate::time::Micros;
use crate::transition::{CandidateCause, IgnoreCause, Transition};

/// What a pre-candidate has been told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct PreCandidate {
    pub(crate) granted: NodeSet,
    pub(crate) refused: NodeSet,
}

impl Node {
    /// The election timeout ran out, or the node was told to stand: it stands, or
    /// asks first where that is the setting.
    pub(crate) fn campaign(&mut self, now: Micros, because: CandidateCause) {
        let can_stand = self.may_stand();
        if !can_stand || matches!(self.role, Role::Leader(_)) {
            return self.ignore_order(IgnoreCause::WrongRole);
        }
        // Its own vote is a vote too: where leases rest on the promise to withhold
        // it, no order from outside breaks that (dissertation, section 6.4.1). A
        // timeout never does: it is no shorter than the promise.
        if because == CandidateCause::Told
            && self.settings().lease.is_some()
            && let Some(leader_heard_at) = self.withholds_vote(now)
        {
            let (from, term) = (self.id, self.term().next());
            return self.transition(Transition::VoteIgnored { from, term, leader_heard_at });
        }
        if self.settings().pre_vote {
            self.ask_before_standing(now, because);
        } else {
            self.stand(now, because);
        }
    }

    fn ask_before_standing(&mut self, now: Micros, because: CandidateCause) {
        let for_term = self.term().next();
        if for_term == self.term() {
            return self.restart_election_timer(now);
        }
        self.give_up_asking();
        let none = PreCandidate { granted: NodeSet::EMPTY, refused: NodeSet::EMPTY };
        self.role = Role::PreCandidate(none);
        self.transition(Transition::BecamePreCandidate { for_term, because });
        self.restart_election_timer(now);
        let request = RequestPreVote { for_term, log_end: self.log.end() };
        for voter in self.counted().without(self.id).iter() {
            self.send(voter, Message::RequestPreVote(request));
        }
        // Its own answer promises nothing, so it need not wait for the disk.
        self.count_pre_vote(now, self.id, true);
    }

    /// A pre-vote, the receiver's part. It comes before the sender's term is looked
    /// at: a server back from a partition, at a high term, must not spread it by asking.
    pub(crate) fn receive_pre_vote_request(
        &mut self,
        now: Micros,
        from: NodeId,
        request: RequestPreVote,
    ) {
        let RequestPreVote { for_term, log_end } = request;
        let voter = self.log.end();
        let refusal = if for_term <= self.term() {
            // The answer carries the later term, by which the asker catches up: else
            // two servers, one ahead in term and one in log, could wait for ever.
            Some(VoteRefusal::StaleTerm)
        } else if matches!(self.role, Role::Leader(_)) {
            Some(VoteRefusal::IsLeader)
        } else if self.hears_leader(now) || self.withholds_vote(now).is_some() {
            Some(VoteRefusal::HearsLeader)
        } else if !self.is_up_to_date(log_end) {
            Some(VoteRefusal::LogBehind { candidate: log_end, voter })
        } else {
            None
        };
        let answer = match refusal {
            Some(because) => {
                self.transition(Transition::PreVoteRefused { to: from, for_term, because });
                VoteAnswer::Refused(because)
            }
            None => {
                self.transition(Transition::PreVoteGranted { to: from, for_term });
                VoteAnswer::Granted
            }
        };
        self.send(from, Message::RequestPreVoteReply(PreVoteReply { for_term, answer }));
    }

    /// Whether it heard from a leader within the minimum election timeout.
    fn hears_leader(&self, now: Micros) -> bool {
        let minimum = self.settings().election_timeout_min;
        self.known_leader().is_some()
            && self.leader_heard_at.is_some_and(|heard_at| now < heard_at + minimum)
    }

    /// A pre-vote, the asker's part: counts an answer.
    pub(crate) fn receive_pre_vote(&mut self, now: Micros, from: NodeId, reply: PreVoteReply) {
        let kind = MessageKind::RequestPreVoteReply;
        let Role::PreCandidate(asker) = &self.role else {
            return self.ignore_message(from, kind, IgnoreCause::WrongRole);
        };
        if reply.for_term != self.hard_state.term.next() {
            return self.ignore_message(from, kind, IgnoreCause::StaleTerm);
        }
        if !self.counted().contains(from) {
            return self.ignore_message(from, kind, IgnoreCause::NotAMember);
        }
        if asker.granted.contains(from) || asker.refused.contains(from) {
            return self.ignore_message(from, kind, IgnoreCause::NothingNew);
        }
        self.count_pre_vote(now, from, reply.answer == VoteAnswer::Granted);
    }

    fn count_pre_vote(&mut self, now: Micros, from: NodeId, is_granted: bool) {
        let Role::PreCandidate(asker) = &mut self.role else { return };
        if is_granted {
            asker.granted = asker.granted.with(from);
        } else {
            asker.refused = asker.refused.with(from);
        }
        let PreCandidate { granted, refused } = *asker;
        self.transition(Transition::PreVotesCounted { granted, refused });
        if self.quorum_rule().is_quorum(&self.membership, granted) {
            self.stand(now, CandidateCause::PreVoteWon);
        }
    }
}

#[cfg(test)]
mod tests;
