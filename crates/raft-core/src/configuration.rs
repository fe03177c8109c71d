//! Changing the members (dissertation, chapter 4; paper, section 6).
//!
//! A configuration is an entry of the log. One at a time is under way: a change that
//! is not committed yet must be, before the next begins.
//!
//! ```text
//!   one server at a time    C_old ──────────────▶ C_new        any two majorities overlap
//!   any change at once      C_old ──▶ C_old,new ──▶ C_new      the joint one needs both majorities
//! ```
//!
//! Where configurations count when they are applied, C_new is written twice: [`when_applied`].

use crate::flaws::Flaw;
use crate::log::{Entry, Index, Log, Payload};
use crate::membership::{Membership, NodeId, NodeSet};
use crate::node::{Answer, Node, Refusal, Role};
use crate::read::RequestId;
use crate::replication::Progress;
use crate::settings::InForce;
use crate::time::Micros;
use crate::transition::{StepDownCause, Transition};
use alloc::vec::Vec;

/// A change of the members that an operator orders.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Reconfiguration {
    /// Send this server the log; it counts for nothing (dissertation, section 4.2.1).
    AddLearner(NodeId),
    /// Let this server vote. A learner must have caught up first.
    AddVoter(NodeId),
    /// Take this server out, voter or learner, the leader itself too.
    Remove(NodeId),
    /// Go to these members by way of a joint configuration (paper, section 6).
    Joint {
        /// The voters afterwards.
        voters: NodeSet,
        /// The learners afterwards.
        learners: NodeSet,
    },
}

/// Why a change of the members was refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum ReconfigurationRefusal {
    /// The change before it is not over: not committed, or, where configurations are
    /// in force when applied, not applied, or still joint.
    AnotherUnderWay,
    /// The leader has committed nothing in its own term yet: without this, two
    /// changes of different terms may meet (Ongaro's erratum of 2015).
    NothingCommittedInTerm,
    /// It would leave nobody to vote.
    NoVoters,
    /// It would change nothing.
    ChangesNothing,
    /// The learner lacks more entries than the settings allow.
    LearnerLags {
        /// How many.
        entries: u64,
    },
}

/// The configurations in a log, and the one that it began with.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Configurations {
    // Never empty: the first is what the log began with.
    history: Vec<(Index, Membership)>,
}

impl Configurations {
    /// Those of a log, after the one with which it begins: that of the cluster's first
    /// day, at index 0, or a snapshot's, at its end.
    pub(crate) fn of(beginning: (Index, Membership), log: &Log) -> Configurations {
        let mut configurations = Configurations { history: alloc::vec![beginning] };
        for (index, entry) in log.iter().filter(|(index, _)| *index > beginning.0) {
            configurations.note(index, entry);
        }
        configurations
    }

    /// The one with which the log began, as far as is known.
    pub(crate) fn beginning(&self) -> Membership {
        self.history[0].1
    }

    /// Forgets what came before the one in force at this place, up to which all is
    /// committed and in a snapshot. One before it stays: by that one sees whether a
    /// configuration was written twice, as [`when_applied`] wants it.
    pub(crate) fn forget_before(&mut self, place: Index) {
        let in_force = self.history.partition_point(|(index, _)| *index <= place);
        self.history.drain(..in_force.saturating_sub(2));
    }

    /// Takes note of an entry that was appended.
    pub(crate) fn note(&mut self, index: Index, entry: &Entry) {
        if let Payload::Configuration(membership) = &entry.payload {
            self.history.push((index, *membership));
        }
    }

    /// Forgets those that are truncated: "a server must be prepared to fall back to the
    /// previous configuration in its log" (dissertation, section 4.1).
    pub(crate) fn truncate_from(&mut self, first: Index) {
        let mut is_first = true;
        self.history
            .retain(|(index, _)| core::mem::replace(&mut is_first, false) || *index < first);
    }

    pub(crate) fn newest(&self) -> (Index, Membership) {
        *self.history.last().expect("the first is never removed")
    }

    /// The newest at or before a place in the log.
    pub(crate) fn newest_by(&self, place: Index) -> (Index, Membership) {
        let by_then = self.history.iter().rev().find(|(index, _)| *index <= place);
        *by_then.unwrap_or(&self.history[0])
    }

    /// "The new configuration takes effect on each server as soon as it is added to that
    /// server's log" (dissertation, section 4.1), or, as in etcd, once it is applied.
    pub(crate) fn in_force(&self, rule: InForce, applied: Index) -> (Index, Membership) {
        match rule {
            InForce::WhenAppended => self.newest(),
            InForce::WhenApplied => self.newest_by(applied),
        }
    }
}

impl Node {
    /// Orders a change of the members.
    pub(crate) fn reconfigure(&mut self, now: Micros, request: RequestId, change: Reconfiguration) {
        let Role::Leader(leader) = &self.role else {
            let leader = self.known_leader();
            return self.answer(request, Answer::NotLeader { leader });
        };
        if leader.transfer.is_some() {
            return self.answer(request, Answer::Refused(Refusal::HandingOver));
        }
        match self.next_membership(change) {
            Ok(membership) => {
                let index = self.append_as_leader(Payload::Configuration(membership));
                let term = self.term();
                self.answer(request, Answer::Proposed { index, term });
                self.replicate(now);
            }
            Err(because) => {
                self.transition(Transition::ReconfigurationRefused { request, because });
                self.answer(request, Answer::Refused(Refusal::Reconfiguration(because)));
            }
        }
    }

    fn next_membership(
        &self,
        change: Reconfiguration,
    ) -> Result<Membership, ReconfigurationRefusal> {
        let (index, old) = self.configurations.newest();
        let over = match self.settings().configurations_in_force {
            InForce::WhenAppended => self.commit_index,
            // Until it is applied here, the one before is what this leader counts by.
            InForce::WhenApplied => self.applied_index,
        };
        if index > over || old.is_joint() {
            return Err(ReconfigurationRefusal::AnotherUnderWay);
        }
        // "A leader may not append a C_new entry until it has committed an entry from
        // its current term" (Ongaro, raft-dev, July 2015).
        if self.log.term_at(self.commit_index) != Some(self.term())
            && !self.has_flaw(Flaw::ReconfigureBeforeOwnCommit)
        {
            return Err(ReconfigurationRefusal::NothingCommittedInTerm);
        }
        let new = match change {
            Reconfiguration::AddLearner(server) if !old.is_voter(server) => {
                Membership { learners: old.learners.with(server), ..old }
            }
            Reconfiguration::AddLearner(_) => old,
            Reconfiguration::AddVoter(server) => {
                self.learner_has_caught_up(&old, server)?;
                let (voters, learners) = (old.voters.with(server), old.learners.without(server));
                Membership { voters, learners, ..old }
            }
            Reconfiguration::Remove(server) => Membership {
                voters: old.voters.without(server),
                learners: old.learners.without(server),
                ..old
            },
            Reconfiguration::Joint { voters, learners } => {
                for server in voters.intersection(old.learners).iter() {
                    self.learner_has_caught_up(&old, server)?;
                }
                let after = Membership {
                    voters,
                    learners: learners.difference(voters),
                    outgoing: NodeSet::EMPTY,
                };
                if after == old || self.has_flaw(Flaw::JumpToNewConfiguration) {
                    after
                } else {
                    // Whoever becomes a learner still votes in the old majority.
                    Membership { outgoing: old.voters, ..after }
                }
            }
        };
        if new.voters.is_empty() {
            return Err(ReconfigurationRefusal::NoVoters);
        }
        if new == old {
            return Err(ReconfigurationRefusal::ChangesNothing);
        }
        Ok(new)
    }

    /// A learner may vote once it lacks few enough entries; else it would hold up
    /// every commit that needs it (dissertation, section 4.2.1).
    fn learner_has_caught_up(
        &self,
        old: &Membership,
        server: NodeId,
    ) -> Result<(), ReconfigurationRefusal> {
        let Role::Leader(leader) = &self.role else { return Ok(()) };
        let match_index =
            leader.progress.get(server).map_or(Index::ZERO, |progress| progress.match_index);
        let entries = self.log.last_index().0.saturating_sub(match_index.0);
        if old.learners.contains(server) && entries > self.settings().promotion_lag_max {
            return Err(ReconfigurationRefusal::LearnerLags { entries });
        }
        Ok(())
    }

    /// Goes by the configuration that is in force now, which may be another than before.
    pub(crate) fn adopt_configuration(&mut self) {
        let rule = self.settings().configurations_in_force;
        let (index, membership) = self.configurations.in_force(rule, self.applied_index);
        if membership == self.membership {
            return;
        }
        self.membership = membership;
        self.transition(Transition::ConfigurationAdopted { index, membership });
        // The newest entry goes to a new server at once, as a probe: its answer tells
        // how much it lacks.
        let next_index = self.log.last_index().max(self.log.first_index());
        let id = self.id;
        let Role::Leader(leader) = &mut self.role else { return };
        let everyone = membership.everyone().without(id);
        leader.progress.retain(everyone);
        for server in everyone.iter() {
            leader.progress.get_or_insert(server, Progress::new(next_index));
        }
    }

    /// What a leader does once a configuration is committed (and in force): it leaves
    /// the joint one by itself, writes it once more where that is needed, and leaves its
    /// office if it is no voter any more.
    pub(crate) fn after_configuration_committed(&mut self, now: Micros) {
        let Role::Leader(_) = &self.role else { return };
        let (index, newest) = self.configurations.newest();
        let is_over = index <= self.commit_index && newest == self.membership;
        if !is_over {
            return;
        }
        if newest.is_joint() {
            // "Once C_old,new has been committed ... It is now safe for the leader to create
            // a log entry describing C_new" (paper, section 6).
            let after = Membership { outgoing: NodeSet::EMPTY, ..newest };
            self.append_as_leader(Payload::Configuration(after));
            self.replicate(now);
        } else if !self.repeat_configuration(now) && !newest.is_voter(self.id) {
            // "A leader that is removed from the configuration steps down once the
            // C_new entry is committed" (dissertation, section 4.2.2).
            self.step_down(now, StepDownCause::Removed);
        }
    }

    /// Whether this server may stand: it votes in the configuration in force, and knows
    /// of no committed one that it has not adopted yet.
    ///
    /// One that its newest configuration leaves out stands too, until it knows that
    /// one to be committed: it may be the only server that has the entry, and then
    /// nobody else can win (dissertation, section 4.2.2). Its own vote doesn't count.
    /// Where configurations count when applied, the same holds of the two around the one in force.
    pub(crate) fn may_stand(&self) -> bool {
        let committed = self.configurations.newest_by(self.commit_index).0;
        let rule = self.settings().configurations_in_force;
        let adopted = self.configurations.in_force(rule, self.applied_index).0;
        let is_still_needed = match rule {
            InForce::WhenAppended => {
                let before = self.configurations.newest_by(adopted.previous()).1;
                adopted > self.commit_index && before.is_voter(self.id)
            }
            InForce::WhenApplied => self.is_needed_when_applied(adopted),
        };
        (self.membership.is_voter(self.id) || is_still_needed) && committed <= adopted
    }
}

mod when_applied;

#[cfg(test)]
mod tests;
