//! Rounds of heartbeats: the one mechanism for "am I still leader".
//!
//! Each round carries a number that followers copy back; the leader remembers
//! when it SENT each. Once a majority has answered a round, the leader knows
//! that it was leader at the moment at which it sent it: not when the answers
//! came. ReadIndex and the lease both read off this (dissertation, section 6.4).
//!
//! ```text
//!   leader    ──●────────────────●──────────────▶  its own clock
//!            sent               a majority has answered
//!               └─── lease: election_timeout_min / drift bound ───┘
//! ```

use crate::flaws::Flaw;
use crate::membership::{NodeId, NodeSet};
use crate::message::Round;
use crate::node::{Node, Role};
use crate::per_server::PerServer;
use crate::settings::DriftBound;
use crate::time::Micros;
use crate::transition::{StepDownCause, Transition};
use alloc::collections::VecDeque;

/// A leader's rounds within its term.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Rounds {
    won_at: Micros,
    /// By this nobody owed it an answer in the time that is given now: it was told to ask at
    /// another pace.
    judged_from: Micros,
    pub(crate) newest: Round,
    /// When the next regular round goes out.
    pub(crate) due: Micros,
    /// The rounds that no majority has answered yet, and when each was sent.
    sent: VecDeque<(Round, Micros)>,
    answered: PerServer<Round>,
    pub(crate) confirmed: Option<Confirmed>,
    /// Whether leases are over for this term, because it was handed over.
    leases_ended: bool,
    /// Rounds up to this one give no lease: they were sent under other settings.
    no_lease_by: Round,
    /// The newest round that was begun because a read waits for it.
    pub(crate) newest_for_read: Round,
}

/// The newest round that a majority has answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Confirmed {
    pub(crate) round: Round,
    pub(crate) sent_at: Micros,
    pub(crate) lease_until: Option<Micros>,
}

/// Rounds without an answer that a leader remembers. One that nobody answers
/// forgets the oldest: a newer one serves as well.
const MOST_ROUNDS_REMEMBERED: usize = 1_024;

impl Rounds {
    pub(crate) fn new(now: Micros) -> Rounds {
        Rounds {
            won_at: now,
            judged_from: now,
            newest: Round(0),
            due: now,
            sent: VecDeque::new(),
            answered: PerServer::new(),
            confirmed: None,
            leases_ended: false,
            no_lease_by: Round(0),
            newest_for_read: Round(0),
        }
    }

    /// No lease of this term is good from now on.
    pub(crate) fn end_leases(&mut self) {
        self.leases_ended = true;
        if let Some(confirmed) = &mut self.confirmed {
            confirmed.lease_until = None;
        }
    }

    /// Only rounds that are sent from now on give a lease.
    pub(crate) fn begin_leases_anew(&mut self) {
        self.no_lease_by = self.newest;
        if let Some(confirmed) = &mut self.confirmed {
            confirmed.lease_until = None;
        }
    }

    /// The next round goes out by then.
    pub(crate) fn hurry(&mut self, by: Micros) {
        self.due = self.due.min(by);
    }

    /// From now on it asks at another pace, or gives others another time to answer.
    pub(crate) fn judge_from(&mut self, now: Micros) {
        self.judged_from = now;
    }

    /// The last moment at which it surely led: when it sent the newest round that a
    /// majority answered, or when it won.
    fn led_at(&self) -> Micros {
        self.confirmed.map_or(self.won_at, |confirmed| confirmed.sent_at)
    }

    pub(crate) fn confirmed_round(&self) -> Round {
        self.confirmed.map_or(Round(0), |confirmed| confirmed.round)
    }
}

impl Node {
    /// When a leader that checks its quorum gives up its office, if no majority
    /// answers a newer round by then. Where it is a majority by itself, it has one, however
    /// late it is woken.
    pub(crate) fn quorum_deadline(&self) -> Option<Micros> {
        let Role::Leader(leader) = &self.role else { return None };
        let settings = self.settings();
        let is_alone = self.quorum_rule().is_quorum(&self.membership, NodeSet::only(self.id));
        (settings.check_quorum && !is_alone).then(|| {
            leader.rounds.led_at().max(leader.rounds.judged_from) + settings.election_timeout_min
        })
    }

    /// "A leader in Raft steps down if an election timeout elapses without a
    /// successful round of heartbeats to a majority of its cluster" (dissertation,
    /// section 6.2). Says whether it did.
    pub(crate) fn check_quorum(&mut self, now: Micros) -> bool {
        let is_over = self.quorum_deadline().is_some_and(|deadline| now >= deadline);
        if let (Role::Leader(leader), true) = (&self.role, is_over) {
            let last_confirmed_sent_at = leader.rounds.led_at();
            self.step_down(now, StepDownCause::LostMajority { last_confirmed_sent_at });
        }
        is_over
    }

    /// Sends a round of heartbeats to everyone, with entries where some are due.
    pub(crate) fn start_round(&mut self, now: Micros) {
        let interval = self.settings().heartbeat_interval;
        let Role::Leader(leader) = &mut self.role else { return };
        let is_regular = now >= leader.rounds.due;
        let round = leader.rounds.newest.next();
        leader.rounds.newest = round;
        leader.rounds.due = now + interval;
        leader.rounds.sent.push_back((round, now));
        if leader.rounds.sent.len() > MOST_ROUNDS_REMEMBERED {
            leader.rounds.sent.pop_front();
        }
        let confirms_read = leader.reads.iter().any(|read| read.waits_for_round() == Some(round));
        if confirms_read {
            leader.rounds.newest_for_read = round;
        }
        let followers: crate::membership::NodeSet = leader.progress.servers();
        self.transition(Transition::RoundStarted { round, confirms_read });
        for follower in followers.iter() {
            self.send_heartbeat(now, follower, is_regular, confirms_read);
            self.repeat_chunk(now, follower);
        }
        // A leader answers its own rounds; alone in its cluster, it is the majority.
        self.count_round(now, self.id, round);
    }

    /// `from` has answered `round`: it followed this leader at some time after
    /// the round was sent.
    pub(crate) fn count_round(&mut self, now: Micros, from: NodeId, round: Round) {
        let trusts_clocks = self.has_flaw(Flaw::LeaseWithoutDriftBound);
        let kept = |bound| if trusts_clocks { DriftBound::NONE } else { bound };
        let bound = self.settings().lease.map(kept);
        let minimum = self.settings().election_timeout_min;
        let counts_from_receive_time = self.has_flaw(Flaw::LeaseCountedFromReceiveTime);
        let rule = self.quorum_rule();
        let Role::Leader(leader) = &mut self.role else { return };
        let rounds = &mut leader.rounds;
        // Most answers are to entries that went between two rounds.
        if rounds.confirmed_round() == rounds.newest {
            return;
        }
        let answered = rounds.answered.get_or_insert(from, Round::default());
        *answered = round.max(*answered);
        let Some(reached) = rule.reached(&self.membership, |server| {
            rounds.answered.get(server).copied().unwrap_or_default()
        }) else {
            return;
        };
        if reached <= rounds.confirmed_round() {
            return;
        }
        // Of the rounds still remembered, the newest that is not after `reached`.
        let mut newest = None;
        while let Some((round, sent_at)) = rounds.sent.front().copied()
            && round <= reached
        {
            newest = Some((round, sent_at));
            rounds.sent.pop_front();
        }
        let Some((round, sent_at)) = newest else { return };
        let sent_at = if counts_from_receive_time { now } else { sent_at };
        // Reads may be answered for timeout / bound from then on (dissertation, 6.4.1).
        let lease_until = bound
            .filter(|_| !rounds.leases_ended && round > rounds.no_lease_by)
            .map(|bound| sent_at + minimum.scaled(bound.denominator, bound.numerator));
        rounds.confirmed = Some(Confirmed { round, sent_at, lease_until });
        self.transition(Transition::RoundConfirmed { round, sent_at, lease_until });
        self.reads_after_round(now, round);
    }
}

#[cfg(test)]
mod tests;
