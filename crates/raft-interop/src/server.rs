//! What a cluster asks of a server, whichever core is inside.

use crate::translate::Untranslatable;
use raft::eraftpb;
use raft_core::{Envelope, Index, LogEnd, Micros, NodeId};
use raft_sim::trace::observed::ObservedRole;

/// Which core a server runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// raft-core.
    Ours,
    /// The `raft` crate.
    Theirs,
}

/// A message on its way, in its sender's words.
#[derive(Clone, Debug)]
pub enum Packet {
    /// From a server of ours.
    Ours(Envelope),
    /// From a server of theirs.
    Theirs(eraftpb::Message),
}

/// An entry, as both cores would show it: a no-op has no bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogEntry {
    /// The term of the leader that created it.
    pub term: u64,
    /// The command.
    pub bytes: Vec<u8>,
}

/// What a server wants done, in order.
#[derive(Default, Debug)]
pub struct Effects {
    /// Each with its receiver. They depend on nothing that is not durable.
    pub packets: Vec<(NodeId, Packet)>,
    /// Committed entries, handed to the state machine, which has applied them at once.
    pub applied: Vec<(Index, LogEntry)>,
    /// How many writes the disk has been asked for.
    pub writes: u64,
}

/// The settings that both cores know.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// How many servers the cluster has: the first so many ids.
    pub servers: u8,
    /// Whether servers ask before they stand.
    pub pre_vote: bool,
    /// Whether a leader without a majority steps down, and voters that hear a leader
    /// ignore requests for their vote: theirs has one switch for the two.
    pub check_quorum: bool,
}

/// The shortest election timeout.
pub(crate) const ELECTION_TIMEOUT_MIN: Micros = Micros::from_millis(150);
/// The longest election timeout, itself excluded.
pub(crate) const ELECTION_TIMEOUT_MAX: Micros = Micros::from_millis(300);
/// How often a leader shows that it is there.
pub(crate) const HEARTBEAT_INTERVAL: Micros = Micros::from_millis(50);

/// A server with its disk. A write is durable once [`Server::finish_write`] says so.
pub trait Server {
    /// Which core it runs.
    fn kind(&self) -> Kind;

    /// A message arrives.
    ///
    /// # Errors
    /// If it comes from the other kind, and can't be said in this one's words.
    fn receive(&mut self, now: Micros, packet: &Packet) -> Result<(), Untranslatable>;

    /// When it wants to be woken.
    fn deadline(&self) -> Option<Micros>;

    /// Its deadline has come.
    fn wake(&mut self, now: Micros);

    /// A client proposes a command. Says whether the server took it, which only a leader does.
    fn propose(&mut self, now: Micros, command: &[u8]) -> bool;

    /// It stands for election, or asks whether it would win.
    fn campaign(&mut self, now: Micros);

    /// It hands its office over, if it leads.
    fn transfer(&mut self, now: Micros, target: NodeId);

    /// The disk has finished the oldest write that was asked for.
    fn finish_write(&mut self, now: Micros);

    /// It loses all that is not durable, and starts anew with the rest.
    fn restart(&mut self, now: Micros, seed: u64);

    /// What it wants done since it was last asked.
    fn take_effects(&mut self) -> Effects;

    /// Its current term.
    fn term(&self) -> u64;

    /// Whether it believes that it leads.
    fn leads(&self) -> bool;

    /// What it is, by its own account.
    fn role(&self) -> ObservedRole;

    /// The last vote that is on its disk: in which term, and for whom.
    fn durable_vote(&self) -> Option<(u64, NodeId)>;

    /// Up to where it knows its log to be committed.
    fn commit_index(&self) -> Index;

    /// The last place of its log, as it is in memory.
    fn log_end(&self) -> LogEnd;

    /// Its log, as it is in memory.
    fn log(&self) -> Vec<LogEntry>;
}
