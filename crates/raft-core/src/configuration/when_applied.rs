//! Configurations that count once they are applied, as in etcd: what keeps that safe
//! and live with nothing on disk but the log.
//!
//! etcd keeps the applied configuration on disk beside the log. Here a server that
//! restarts has its log only, and what was committed it must be told anew (Figure 2:
//! the commit index is volatile). By itself it would go by the configuration that the
//! log begins with, while others have gone on; and majorities of configurations that
//! are two changes apart need not overlap.
//!
//! # Safe: no server goes by less than the last but one
//!
//! A leader appends a configuration only once the one before it is committed, and
//! applied by that leader. So of the configurations in *any* log, all but the last are
//! committed: the log itself says so, whoever wrote it and whatever is truncated later.
//!
//! ```text
//!   log     1 · · C1 · · C2 · C3 ·        C1 and C2 are committed; of C3 one can't know
//!                         ^ the commit index of a server that restarts with this log
//! ```
//!
//! A server that restarts begins with that commit index, hands those entries to its
//! state machine as always, and doesn't stand before they are applied. While it runs it
//! keeps up: whoever sends it a configuration had the one before committed, and the
//! message says so. Hence a server that stands or leads goes by the last configuration
//! of its log or by the one before it, and by a committed one.
//!
//! Then no leader lacks a committed entry. Let X be a leader, of the earliest term that
//! has such a one, that goes by C(p) and lacks an entry e; of those that it lacks let e be
//! of the latest term T in which one was committed, and let that leader L have gone by C(q).
//!
//! * p and q differ by one at most: the majorities share a voter, and the argument of
//!   the paper's section 5.4.3 holds.
//! * p > q + 1: X's log holds C(q+2), and with it all that stands before it.
//!   - A leader of a term after T appended it: every leader between T and X has e, so e
//!     stands before it.
//!   - L appended it: L had applied C(q+1) by then, and e, counted by C(q), stands before it.
//!   - A leader before T appended it, and one after T committed it: by an entry of its own
//!     term, which X lacks as it lacks e. But T is the latest term of which X lacks something.
//!   - A leader before T appended it, and it was committed by the end of T: then L's log
//!     held it when L won, and L went by C(q+1) at least.
//! * p < q - 1: X's log doesn't hold C(p+2), or X would go by C(p+1) at least. But C(p+2)
//!   was counted by C(p+1), and by the first case X has it.
//!
//! Configurations next to each other are a change of one server, or the way into or out
//! of a joint one: their majorities overlap.
//!
//! # Live: a configuration is written twice
//!
//! A server whose log ends with C_new may not know that C_new is committed, and after a
//! restart it can't. It goes by C_old and may need the votes of those that C_new removes:
//! they may be switched off, or, in a cluster of two, refuse, since their logs are longer.
//! So a leader that has applied C_new appends it once more, which a majority of C_new
//! commits. From then on a majority of C_new has the proof that C_new is committed, on
//! disk, and needs nobody else. A leader that has removed itself steps down only then.
//!
//! Until then each server may stand that either of the two configurations lets vote: its
//! log may be the longest. It is counted by the configuration that it goes by.
//!
//! A snapshot keeps of all this only its last configuration. So a server takes one only
//! where that was written twice, and the second is applied: whoever goes by the snapshot
//! needs to know of nothing before.

use super::Configurations;
use crate::log::{Index, Payload};
use crate::node::Node;
use crate::settings::InForce;
use crate::time::Micros;
use crate::transition::CommitCause;

impl Configurations {
    /// Up to where a log proves of itself that it is committed: the last configuration
    /// but one.
    fn committed_by_log(&self) -> Index {
        self.history.iter().nth_back(1).map_or(self.history[0].0, |(index, _)| *index)
    }

    /// Whether the newest configuration needs no second entry: it is the second
    /// itself, or the one that the log, or its snapshot, begins with.
    fn is_newest_repeated(&self) -> bool {
        self.is_repeated_by(Index(u64::MAX))
    }

    /// The same for the newest at or before a place in the log.
    fn is_repeated_by(&self, place: Index) -> bool {
        let by_then = self.history.partition_point(|(index, _)| *index <= place);
        match &self.history[..by_then] {
            [.., (_, before), (_, newest)] => before == newest,
            [_] | [] => true,
        }
    }
}

impl Node {
    /// Whether this server may be needed to elect a leader though the configuration that
    /// it goes by gives it no vote.
    pub(super) fn is_needed_when_applied(&self, adopted: Index) -> bool {
        let before = self.configurations.newest_by(adopted.previous()).1;
        let newest = self.configurations.newest().1;
        before.is_voter(self.id) || newest.is_voter(self.id)
    }

    /// A server that restarts knows from its log alone which configurations are committed.
    pub(crate) fn commit_what_the_log_proves(&mut self) {
        let proven = self.configurations.committed_by_log();
        let rule = self.settings().configurations_in_force;
        if rule == InForce::WhenApplied && proven > self.commit_index {
            self.advance_commit(proven, CommitCause::LaterConfiguration);
        }
    }

    /// Whether a snapshot that ends here may stand for all configurations up to here.
    pub(crate) fn may_forget_configurations_before(&self, place: Index) -> bool {
        self.settings().configurations_in_force == InForce::WhenAppended
            || self.configurations.is_repeated_by(place)
    }

    /// A leader that has applied a configuration writes it once more. Says whether it did.
    pub(super) fn repeat_configuration(&mut self, now: Micros) -> bool {
        let must_repeat = self.settings().configurations_in_force == InForce::WhenApplied
            && !self.configurations.is_newest_repeated();
        if must_repeat {
            let (_, newest) = self.configurations.newest();
            self.append_as_leader(Payload::Configuration(newest));
            self.replicate(now);
        }
        must_repeat
    }
}

#[cfg(test)]
mod tests;
