//! Leadership transfer: handing over instead of being missed (dissertation, section 3.10).
//!
//! ```text
//!   leader    stops taking commands ── brings the target up to date ── TimeoutNow ──▶
//!   target                                                     stands at once, in the next term
//! ```
//!
//! The target need not wait for a timeout, so the cluster is without a leader for
//! little more than a round trip. If it comes to nothing within an election
//! timeout, the leader takes commands again.

use crate::flaws::Flaw;
use crate::log::Index;
use crate::membership::NodeId;
use crate::message::{Message, MessageKind};
use crate::node::{Node, Role};
use crate::replication::Pace;
use crate::time::Micros;
use crate::transition::{CandidateCause, IgnoreCause, TransferEnd, Transition};

/// A transfer under way, as the leader knows it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Transfer {
    pub(crate) target: NodeId,
    pub(crate) gives_up_at: Micros,
    /// Whether the target has been told to stand.
    pub(crate) is_told: bool,
}

impl Node {
    /// Hands the office over to `target`, or begins to.
    pub(crate) fn transfer(&mut self, now: Micros, target: NodeId) {
        let timeout = self.settings().election_timeout_min;
        let is_voter = self.membership.is_voter(target);
        let Role::Leader(leader) = &mut self.role else {
            return self.ignore_order(IgnoreCause::WrongRole);
        };
        if target == self.id || !is_voter {
            return self.ignore_order(IgnoreCause::NotAMember);
        }
        let gives_up_at = now + timeout;
        leader.transfer = Some(Transfer { target, gives_up_at, is_told: false });
        self.transition(Transition::TransferStarted { to: target });
        self.bring_up_to_date(now, target);
        self.tell_target_to_stand();
    }

    /// A probe whose answer is still out would hold the entries back: the target gets
    /// what it lacks now.
    fn bring_up_to_date(&mut self, now: Micros, target: NodeId) {
        let last = self.log.last_index();
        let Role::Leader(leader) = &self.role else { return };
        let lacks = leader.progress.get(target).is_some_and(|progress| {
            progress.match_index < last && matches!(progress.pace, Pace::Probe { .. })
        });
        if lacks {
            self.send_entries(now, target);
        }
    }

    /// Sends TimeoutNow once the target has everything: only then can it win.
    pub(crate) fn tell_target_to_stand(&mut self) {
        let last = self.log.last_index();
        let keeps_lease = self.has_flaw(Flaw::LeaseKeptThroughTransfer);
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(transfer) = &mut leader.transfer else { return };
        let target = transfer.target;
        let match_index =
            leader.progress.get(target).map_or(Index::ZERO, |progress| progress.match_index);
        if transfer.is_told || match_index < last {
            return;
        }
        transfer.is_told = true;
        // From here on the target may be elected at any moment, by voters that have
        // just promised not to vote: no lease of this term is good any more, not even
        // after the transfer has been given up, since the message may be late.
        if !keeps_lease {
            leader.rounds.end_leases();
        }
        self.send(target, Message::TimeoutNow);
        self.transition(Transition::TransferTold { to: target });
    }

    /// Gives a transfer up that has come to nothing within an election timeout, so
    /// that clients are served again. Says whether it did.
    pub(crate) fn give_up_transfer(&mut self, now: Micros) {
        let Role::Leader(leader) = &mut self.role else { return };
        if let Some(transfer) = &leader.transfer
            && now >= transfer.gives_up_at
        {
            let to = transfer.target;
            leader.transfer = None;
            self.transition(Transition::TransferEnded { to, because: TransferEnd::TimedOut });
        }
    }

    /// When a transfer under way is given up.
    pub(crate) fn transfer_deadline(&self) -> Option<Micros> {
        match &self.role {
            Role::Leader(leader) => leader.transfer.as_ref().map(|transfer| transfer.gives_up_at),
            _ => None,
        }
    }

    /// The leader told this node to stand at once. It asks nobody first, and its
    /// requests say why they come: voters that hear the leader answer them too.
    pub(crate) fn receive_timeout_now(&mut self, now: Micros, from: NodeId) {
        let is_from_leader = self.known_leader() == Some(from);
        let can_stand = self.may_stand();
        if !is_from_leader || !can_stand {
            let kind = MessageKind::TimeoutNow;
            return self.ignore_message(from, kind, IgnoreCause::WrongRole);
        }
        self.stand(now, CandidateCause::TimeoutNow { from });
    }
}

#[cfg(test)]
mod tests;
