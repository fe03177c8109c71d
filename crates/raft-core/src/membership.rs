//! Who takes part: servers, sets of servers, and the configuration.

use core::fmt;

/// The number of servers that one cluster's ids can tell apart.
pub const MAX_NODES: u8 = 64;

/// One server, `0 ..= 63`; written as a letter, `A` for 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(try_from = "u8", into = "u8"))]
pub struct NodeId(u8);

impl NodeId {
    /// The first server.
    pub const A: NodeId = NodeId(0);
    /// The second server.
    pub const B: NodeId = NodeId(1);
    /// The third server.
    pub const C: NodeId = NodeId(2);
    /// The fourth server.
    pub const D: NodeId = NodeId(3);
    /// The fifth server.
    pub const E: NodeId = NodeId(4);

    /// The server of this number, or `None` from [`MAX_NODES`] on.
    pub const fn new(number: u8) -> Option<NodeId> {
        if number < MAX_NODES { Some(NodeId(number)) } else { None }
    }

    /// The server written as this letter, `A ..= Z` in either case.
    pub const fn from_letter(letter: char) -> Option<NodeId> {
        match letter.to_ascii_uppercase() {
            upper @ 'A'..='Z' => Some(NodeId(upper as u8 - b'A')),
            _ => None,
        }
    }

    /// The number, `0 ..= 63`.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for NodeId {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<NodeId, Self::Error> {
        NodeId::new(number).ok_or("a node's number is 0 to 63")
    }
}

impl From<NodeId> for u8 {
    fn from(id: NodeId) -> u8 {
        id.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            letter @ 0..=25 => write!(formatter, "{}", (b'A' + letter) as char),
            number => write!(formatter, "N{number}"),
        }
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A set of servers: one machine word, so that counting a quorum costs nothing.
///
/// Serialized, it is that word: a number in which bit *n* stands for server *n*. JavaScript
/// keeps 53 bits of a JSON number, so where such text is read there, servers from number
/// 53 on are lost; clusters on the page have nine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct NodeSet(u64);

impl NodeSet {
    /// Nobody.
    pub const EMPTY: NodeSet = NodeSet(0);

    /// The first `count` servers, at most [`MAX_NODES`].
    pub const fn first(count: u8) -> NodeSet {
        if count >= MAX_NODES { NodeSet(u64::MAX) } else { NodeSet((1 << count) - 1) }
    }

    /// Just this one.
    pub const fn only(id: NodeId) -> NodeSet {
        NodeSet(1 << id.0)
    }

    /// Whether `id` is one of them.
    pub const fn contains(self, id: NodeId) -> bool {
        self.0 & (1 << id.0) != 0
    }

    /// These and `id`.
    #[must_use]
    pub const fn with(self, id: NodeId) -> NodeSet {
        NodeSet(self.0 | (1 << id.0))
    }

    /// These but for `id`.
    #[must_use]
    pub const fn without(self, id: NodeId) -> NodeSet {
        NodeSet(self.0 & !(1 << id.0))
    }

    /// All of both.
    #[must_use]
    pub const fn union(self, other: NodeSet) -> NodeSet {
        NodeSet(self.0 | other.0)
    }

    /// Those in both.
    #[must_use]
    pub const fn intersection(self, other: NodeSet) -> NodeSet {
        NodeSet(self.0 & other.0)
    }

    /// Those in this set and not in `other`.
    #[must_use]
    pub const fn difference(self, other: NodeSet) -> NodeSet {
        NodeSet(self.0 & !other.0)
    }

    /// How many there are.
    pub const fn len(self) -> u8 {
        self.0.count_ones() as u8
    }

    /// Whether there is nobody.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each one, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = NodeId> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let number = rest.trailing_zeros() as u8;
            rest &= rest - 1;
            Some(NodeId(number))
        })
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(ids: I) -> NodeSet {
        ids.into_iter().fold(NodeSet::EMPTY, NodeSet::with)
    }
}

impl fmt::Display for NodeSet {
    /// `{A B D}`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("{")?;
        for (place, id) in self.iter().enumerate() {
            if place > 0 {
                formatter.write_str(" ")?;
            }
            write!(formatter, "{id}")?;
        }
        formatter.write_str("}")
    }
}

impl fmt::Debug for NodeSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A configuration: who votes, and so who is counted (dissertation, chapter 4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Membership {
    /// The servers whose majority decides elections, commits and reads.
    pub voters: NodeSet,
    /// In a joint configuration, the voters of the one that is left: their majority
    /// is needed as well (paper, section 6). Else nobody.
    pub outgoing: NodeSet,
    /// The servers that get the log and count for nothing.
    pub learners: NodeSet,
}

impl Membership {
    /// A configuration of just these voters.
    pub const fn of(voters: NodeSet) -> Membership {
        Membership { voters, outgoing: NodeSet::EMPTY, learners: NodeSet::EMPTY }
    }

    /// Every server that the leader sends its log to.
    pub const fn everyone(&self) -> NodeSet {
        self.all_voters().union(self.learners)
    }

    /// Every server that votes, in either part of a joint configuration.
    pub const fn all_voters(&self) -> NodeSet {
        self.voters.union(self.outgoing)
    }

    /// Whether this server votes.
    pub const fn is_voter(&self, id: NodeId) -> bool {
        self.all_voters().contains(id)
    }

    /// Whether two majorities are needed.
    pub const fn is_joint(&self) -> bool {
        !self.outgoing.is_empty()
    }
}
