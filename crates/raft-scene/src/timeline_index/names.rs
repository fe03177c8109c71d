//! What things are called on the diagram: as the simulator numbers them, or by the names
//! that another implementation's trace gives them.

use super::OperationSpan;
use crate::text_mark::text_width;
use crate::words;
use raft_core::NodeId;
use raft_sim::Value;

/// Names of their own; empty for a run of ours.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Names {
    pub(crate) nodes: Vec<String>,
    pub(crate) clients: Vec<String>,
    /// For each operation, what it asks and what it found.
    pub(crate) operations: Vec<(String, String)>,
}

impl Names {
    pub(crate) fn node(&self, id: NodeId) -> String {
        let name = self.nodes.get(usize::from(id.number()));
        name.cloned().unwrap_or_else(|| id.to_string())
    }

    /// Clients are numbered from 1; 0 is whoever sits in front of the page.
    fn client_of(&self, number: u32) -> Option<&String> {
        self.clients.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// A client as its lane is labelled: `you`, `c1`.
    pub(crate) fn lane_of_client(&self, number: u32) -> String {
        match (self.client_of(number), number) {
            (Some(name), _) => name.clone(),
            (None, 0) => "you".to_string(),
            (None, number) => format!("c{number}"),
        }
    }

    /// A client in a sentence: `you`, `client 1`.
    pub(crate) fn client(&self, number: u32) -> String {
        self.client_of(number).cloned().unwrap_or_else(|| words::client(number))
    }

    /// `write x=2`, `read x`.
    pub(crate) fn asks(&self, span: &OperationSpan) -> String {
        let named = self.operations.get(span.id.0 as usize);
        named.map_or_else(|| words::request(&span.request), |(asks, _)| asks.clone())
    }

    /// What a read found.
    pub(crate) fn found(&self, span: &OperationSpan, value: Value) -> String {
        let named = self.operations.get(span.id.0 as usize);
        named.map_or_else(|| value.to_string(), |(_, found)| found.clone())
    }

    /// How wide the longest name at the left of a lane is.
    pub(crate) fn widest(&self, size: f32) -> f32 {
        let names = self.nodes.iter().chain(&self.clients);
        names.map(|name| text_width(name, size)).fold(0.0, f32::max)
    }
}
