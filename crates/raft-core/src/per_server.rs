//! What a leader keeps for each of some servers.

use crate::membership::{NodeId, NodeSet};
use alloc::vec::Vec;

/// A value for each of some servers, in the order of their ids. They are few: in a sorted
/// list one is found as fast as in a `BTreeMap`, whose code is many times as long, and a page
/// downloads it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct PerServer<T>(Vec<(NodeId, T)>);

impl<T> PerServer<T> {
    /// For nobody yet.
    pub(crate) const fn new() -> PerServer<T> {
        PerServer(Vec::new())
    }

    fn place(&self, server: NodeId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&server, |(id, _)| *id)
    }

    /// That of one server.
    pub(crate) fn get(&self, server: NodeId) -> Option<&T> {
        Some(&self.0[self.place(server).ok()?].1)
    }

    /// That of one server, to be changed.
    pub(crate) fn get_mut(&mut self, server: NodeId) -> Option<&mut T> {
        let place = self.place(server).ok()?;
        Some(&mut self.0[place].1)
    }

    /// That of one server: this one, where there is none yet.
    pub(crate) fn get_or_insert(&mut self, server: NodeId, value: T) -> &mut T {
        let place = self.place(server).unwrap_or_else(|place| {
            self.0.insert(place, (server, value));
            place
        });
        &mut self.0[place].1
    }

    /// Forgets all but these servers.
    pub(crate) fn retain(&mut self, servers: NodeSet) {
        self.0.retain(|(id, _)| servers.contains(*id));
    }

    /// Those for whom there is a value.
    pub(crate) fn servers(&self) -> NodeSet {
        self.0.iter().map(|(id, _)| *id).collect()
    }

    /// Each server with its value, in the order of the ids.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (NodeId, &T)> {
        self.0.iter().map(|(id, value)| (*id, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_has_its_own_value_whatever_the_order_in_which_they_came() {
        let mut terms = PerServer::new();
        for (server, value) in [(NodeId::C, 3), (NodeId::A, 1), (NodeId::B, 2), (NodeId::A, 9)] {
            terms.get_or_insert(server, value);
        }
        assert!(terms.iter().eq([(NodeId::A, &1), (NodeId::B, &2), (NodeId::C, &3)]));
        *terms.get_mut(NodeId::B).expect("it is there") = 7;
        assert_eq!(terms.get(NodeId::B), Some(&7));
        assert_eq!(terms.get(NodeId::D), None);
        terms.retain(NodeSet::only(NodeId::B).with(NodeId::D));
        assert_eq!(terms.servers(), NodeSet::only(NodeId::B));
        assert_eq!(terms.get_mut(NodeId::C), None);
    }
}
