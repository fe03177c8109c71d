//! Clients: in a closed loop they ask, wait, rest and ask again; by a list they ask each
//! question at its moment.

use crate::history::OperationId;
use crate::scenario::{Ask, ClientPlan, Work};
use raft_core::{Micros, NodeId};

/// A client's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Client {
    /// Its number, from 1.
    pub(crate) number: u32,
    pub(crate) plan: ClientPlan,
    /// Whom it asks next.
    pub(crate) target: NodeId,
    pub(crate) waiting_for: Option<OperationId>,
    /// When it next does something by itself: begins, or loses patience.
    pub(crate) acts_at: Option<Micros>,
    /// How many writes it has begun: the sequence of its session.
    pub(crate) writes: u64,
    /// How many of the questions that are listed for it it has asked.
    pub(crate) asked: u32,
}

impl Client {
    pub(crate) fn new(number: u32, plan: ClientPlan, first_ask: Option<&Ask>) -> Client {
        let begins = (plan.starts_at < plan.stops_at).then_some(plan.starts_at);
        Client {
            number,
            plan,
            target: plan.stuck_to.unwrap_or(NodeId::A),
            waiting_for: None,
            acts_at: if plan.work == Work::Listed { first_ask.map(|ask| ask.at) } else { begins },
            writes: 0,
            asked: 0,
        }
    }

    /// Its number, from 1.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// What it does.
    pub const fn plan(&self) -> &ClientPlan {
        &self.plan
    }

    /// Whom it asks, or would ask next.
    pub const fn target(&self) -> NodeId {
        self.target
    }

    /// The operation that it waits for.
    pub const fn waiting_for(&self) -> Option<OperationId> {
        self.waiting_for
    }

    /// Its operation is over: it rests, then asks again until it is to stop, or asks what
    /// is listed for it next, at its moment or at once.
    pub(crate) fn rest(&mut self, now: Micros, next_ask: Option<&Ask>) {
        self.waiting_for = None;
        if self.plan.work == Work::Listed {
            self.acts_at = next_ask.map(|ask| ask.at.max(now + Micros(1)));
            return;
        }
        // At least a microsecond, so that time moves on.
        let next = now + self.plan.rest.max(Micros(1));
        self.acts_at = (next < self.plan.stops_at).then_some(next);
    }

    /// The node after its target, for when the target doesn't answer.
    pub(crate) fn try_next(&mut self, nodes: u8) {
        if self.plan.stuck_to.is_none() {
            let next = (self.target.number() + 1) % nodes.max(1);
            self.target = NodeId::new(next).unwrap_or(NodeId::A);
        }
    }
}
