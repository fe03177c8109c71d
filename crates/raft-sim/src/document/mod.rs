//! A scenario as a document, version 1: what people write as TOML, programs as JSON, and
//! a link packed, all three by the same types.
//!
//! [`Scenario`](crate::Scenario) is what the simulator works with; a [`Document`] is what is
//! written, kept and sent, also in the head of a trace. Each becomes the other without loss:
//! [`Document::of`], [`Document::scenario`].
//!
//! ```toml
//! raftlab = 1                     # the version of the format
//! name = "leader-crash"
//! title = "Leader crash"
//! summary = "At one second the leader loses power, and another takes its place."
//! nodes = 5                       # A to E; all vote, unless voters or learners say otherwise
//! duration = "2.5 s"
//!
//! [timing]
//! election_timeout = "150-300 ms"
//! heartbeat_interval = "50 ms"
//!
//! [raft]
//! pre_vote = true
//! stickiness = true
//! lease = "11/10"                 # leases, and how much faster one clock may run than another
//! flaws = ["vote-without-comparing-logs"]
//!
//! [network]
//! latency = { normal = { mean = "5 ms", deviation = "1 ms" } }
//!
//! [[network.links]]
//! from = "A"
//! to = "B"
//! latency = "30-40 ms"
//!
//! [disks]
//! fsync = "0.4-1.2 ms"
//!
//! [[clocks]]
//! node = "A"
//! rate = "1/2"
//!
//! [[clients]]
//! work = "write"
//! rest = "140 ms"
//!
//! [[steps]]
//! at = "1 s"
//! do = "crash:leader"
//!
//! [[rules]]
//! when = "leader commits in term 2"
//! delay = "120 ms"
//! do = "isolate:leader"
//!
//! [[expectations]]
//! what = "anyone becomes leader"
//! until = "500 ms"
//! ```
//!
//! # What the three forms have in common, and where they differ
//!
//! What is left out is as its field says: see [`Document`] and its parts. Spans of time,
//! nodes, sets of nodes, ratios and actions are short texts for people ([`words`]) and
//! numbers when packed; a record is a table for people, and a list of those fields that
//! are not as by default when packed (`record.rs`). The packed form is postcard behind a
//! byte with the version.
//!
//! # How a field is added
//!
//! 1. Give [`Scenario`](crate::Scenario) the field. Nothing compiles until `of` and `scenario`
//!    in `scenario.rs` know it: they take their argument apart, and build their result, field
//!    by field.
//! 2. Give the record of the part that it belongs to a field at its END, with a doc comment
//!    (which is its description in the schema), its type and its default. Without a default,
//!    what was written before would no longer be read.
//! 3. Types: [`Span`], [`Range`], [`Latency`], [`Node`], [`Nodes`]; [`Named`] for one of a
//!    few things ([`words::Choice`]), [`Worded`] for what has a short text
//!    ([`words::Words`]); numbers, `bool`, `String`, `Option` and `Vec` as they are; a record
//!    of its own for a table. An enum of tables: see [`Latency`].
//! 4. Draw the field in `tests/generator/`, so that `tests/document.rs` tries it in all
//!    three forms.

mod beginning;
mod latency;
mod occasions;
mod packed;
mod preset;
mod record;
mod scenario;
#[cfg(feature = "schema")]
mod schema;
mod short_texts;
mod span;
#[cfg(feature = "text")]
mod text;
mod version;
pub mod words;

pub use beginning::{Initial, Pin};
pub use latency::{Latency, LogNormal, Normal, Quantiles};
pub use occasions::{Expectation, Rule};
pub use packed::{MOST_PACKED_BYTES, PackedError};
pub use preset::Preset;
#[cfg(feature = "schema")]
pub use schema::schema;
pub use short_texts::{Node, Nodes};
pub use span::{Between, Range, Span};
#[cfg(feature = "text")]
pub use text::{Lines, MOST_TEXT_BYTES, suggestion, toml_table};
pub use version::{DOCUMENT_VERSION, Version};
pub use words::{Named, Worded};

use crate::action::Action;
use crate::clock::Rate;
use crate::scenario::Work;
use alloc::string::String;
use alloc::vec::Vec;
use raft_core::{DriftBound, Flaw, InForce, Micros, NodeSet};
use record::record;

record! {
    /// A cluster, its surroundings, and what happens to it.
    pub struct Document {
        /// The version of this format: 1.
        pub raftlab: Version,
        /// Its name in a link: lower-case words joined by hyphens.
        pub name: String = String::new(),
        /// Its title.
        pub title: String = String::new(),
        /// What to see in it, in a sentence or three.
        pub summary: String = String::new(),
        /// How many nodes, A to at most I.
        pub nodes: u8,
        /// Who votes in the configuration that the cluster begins with. By default every
        /// node that is no learner. Who is neither is a spare: it runs, knows that
        /// configuration, and waits to be added.
        pub voters: Option<Nodes> = None,
        /// Who gets the log from the beginning and has no vote.
        pub learners: Nodes = Worded(NodeSet::EMPTY),
        /// When the run ends.
        pub duration: Span,
        /// How long nodes wait for each other.
        pub timing: Timing = Timing::default(),
        /// What an operator may choose of the protocol, and which of its rules are left out.
        pub raft: Raft = Raft::default(),
        /// When nodes take snapshots, and how those travel.
        pub snapshots: Snapshots = Snapshots::default(),
        /// The links between nodes, and from clients to nodes.
        pub network: Network = Network::default(),
        /// How fast the disks are.
        pub disks: Disks = Disks::default(),
        /// Clocks that don't run true from the beginning.
        pub clocks: Vec<Clock> = Vec::new(),
        /// Who asks the cluster to do something. They are numbered from 1.
        pub clients: Vec<Client> = Vec::new(),
        /// What happens, and when; in the order of time.
        pub steps: Vec<Step> = Vec::new(),
        /// The seed to play it with where nobody chooses another.
        pub seed: Option<u64> = None,
        /// What happens on an occasion, rather than at a time.
        pub rules: Vec<Rule> = Vec::new(),
        /// What the run comes to, whatever the seed. That nothing is violated goes without saying.
        pub expectations: Vec<Expectation> = Vec::new(),
        /// What nodes have on their disks at the beginning. By default nothing.
        pub initial: Vec<Initial> = Vec::new(),
        /// What takes as long as is said here, and not as long as is drawn.
        pub pins: Vec<Pin> = Vec::new(),
        /// Where nodes stand: regions or data centres. It is told and drawn, and decides nothing.
        pub places: Vec<Place> = Vec::new(),
    }
}

record! {
    /// A region or a data centre.
    pub struct Place {
        /// What it is called.
        pub name: String,
        /// Which nodes are in it.
        pub nodes: Nodes,
    }
}

record! {
    /// How long nodes wait for each other.
    pub struct Timing: Default {
        /// From the shortest election timeout to the longest; each is drawn anew between the
        /// two. By default the paper's, 150-300 ms.
        pub election_timeout: Option<Range> = None,
        /// How often a leader sends a round of heartbeats; shorter than the shortest election
        /// timeout. By default 50 ms.
        pub heartbeat_interval: Option<Span> = None,
        /// A system whose default timing counts where nothing is said above. Only its timing:
        /// what else it does by default is a matter of raft.
        pub preset: Option<Named<Preset>> = None,
    }
}

record! {
    /// What an operator may choose of the protocol, and which of its rules are left out.
    pub struct Raft: Default {
        /// A server asks if it would win before it stands for election (dissertation,
        /// section 9.6).
        pub pre_vote: bool = false,
        /// A leader steps down once an election timeout has passed without a round of
        /// heartbeats that a majority answered (dissertation, section 6.2).
        pub check_quorum: bool = false,
        /// A server that has heard from a leader within the minimum election timeout ignores
        /// requests for its vote (dissertation, section 4.2.3). Leases rest on it.
        pub stickiness: bool = false,
        /// A leader may answer reads from its lease, which is shortened by this bound on how
        /// much faster one clock may run than another, such as 11/10; 1/1 keeps no bound
        /// (dissertation, section 6.4.1). Without it, there are no leases.
        pub lease: Option<Worded<DriftBound>> = None,
        /// A follower takes reads, and asks its leader for the read index (dissertation,
        /// section 6.4); else it says who leads.
        pub reads_through_followers: bool = false,
        /// A new leader begins its term with an entry that holds nothing (paper, section 8).
        pub no_op_at_start_of_term: bool = true,
        /// From when on a configuration counts (dissertation, section 4.1, or etcd's way).
        pub configurations_in_force: Named<InForce> = Named(InForce::WhenAppended),
        /// The most entries that one AppendEntries carries.
        pub max_entries_per_message: u32 = 64,
        /// The most messages with entries that a leader has under way to one follower without
        /// an answer.
        pub in_flight_messages_max: u32 = 256,
        /// How many entries a learner may lack and still be made a voter.
        pub promotion_lag_max: u64 = 1_000,
        /// Rules that are left out, to show what they are for. None, in real Raft.
        pub flaws: Vec<Named<Flaw>> = Vec::new(),
    }
}

record! {
    /// When nodes take snapshots, and how those travel.
    pub struct Snapshots: Default {
        /// How many entries a node applies before it takes the next snapshot and lets go of its
        /// log up to there. By default only when it is told to.
        pub every: Option<u64> = None,
        /// How many of the entries that a snapshot covers stay in the log.
        pub entries_kept: u64 = 0,
        /// The most bytes of a snapshot that one message carries.
        pub chunk_bytes: u32 = 65_536,
        /// How long taking one takes, however much it covers. By default no time.
        pub latency: Option<Latency> = None,
        /// Where taking one takes time: how much more for each entry that it covers and the
        /// one before did not.
        pub per_entry: Span = Worded(Micros::ZERO),
        /// Where taking one takes time: whether the process stands still meanwhile, and sends
        /// no heartbeats. Else it is taken beside the process.
        pub blocks: bool = false,
    }
}

record! {
    /// The links between nodes, and from clients to nodes.
    pub struct Network: Default {
        /// How long a message takes on every link between nodes that isn't named below.
        pub latency: Latency = Latency::normal(5_000, 1_000),
        /// How long a message takes between a client and a node, each way. Walls between
        /// nodes don't stop clients.
        pub client_latency: Latency = Latency::constant(300),
        /// How many of a million messages between nodes are lost on the way.
        pub loss_per_million: u32 = 0,
        /// How many of a million messages that arrive do so a second time, late.
        pub duplicates_per_million: u32 = 0,
        /// Links that are not like the others, each in one direction.
        pub links: Vec<Link> = Vec::new(),
        /// What was measured between some nodes, there and back: a message takes half of it,
        /// and the jitter, unless its link is named above.
        pub round_trips: Vec<RoundTrip> = Vec::new(),
        /// What comes on top of half a round trip that was measured.
        pub jitter: Latency = Latency::constant(0),
        /// How many bytes a second a link carries, in each direction: big messages take longer,
        /// and those behind them wait. By default size is no matter.
        pub bytes_per_second: Option<u64> = None,
        /// Whether a link delivers its messages in the order in which they were sent, as TCP
        /// does.
        pub in_order: bool = false,
    }
}

record! {
    /// How long it takes from one node to another and back.
    pub struct RoundTrip {
        /// Between this node ...
        pub from: Node,
        /// ... and this one.
        pub to: Node,
        /// There and back.
        pub span: Span,
    }
}

record! {
    /// One link, in one direction.
    pub struct Link {
        /// From this node ...
        pub from: Node,
        /// ... to this one.
        pub to: Node,
        /// How long a message takes.
        pub latency: Latency,
    }
}

record! {
    /// How fast the disks are.
    pub struct Disks: Default {
        /// How long an fsync takes.
        pub fsync: Latency = Latency::uniform(400, 1_200),
        /// Disks that are not like the others.
        pub of: Vec<Disk> = Vec::new(),
    }
}

record! {
    /// A disk that is not like the others.
    pub struct Disk {
        /// Whose.
        pub node: Node,
        /// How long an fsync takes on it.
        pub fsync: Latency,
    }
}

record! {
    /// A clock that doesn't run true from the beginning.
    pub struct Clock {
        /// Whose.
        pub node: Node,
        /// How fast it runs, as a ratio to true time from 1/2 to 2/1. By default true.
        pub rate: Option<Worded<Rate>> = None,
        /// What it shows at the beginning: by so much it is ahead. By default zero.
        pub offset: Option<Span> = None,
    }
}

record! {
    /// A client: it asks, waits for the answer, rests, and asks again.
    pub struct Client {
        /// What it asks for. By default what asks lists.
        pub work: Named<Work> = Named(Work::Listed),
        /// The key that it works on.
        pub key: u8 = 0,
        /// When it begins.
        pub starts_at: Span = Worded(Micros::ZERO),
        /// When it asks no more. By default when the run ends.
        pub stops_at: Option<Span> = None,
        /// How long it rests between an answer and the next question.
        pub rest: Span = Worded(Micros::from_millis(100)),
        /// How long it waits for an answer before it asks another node.
        pub patience: Span = Worded(Micros::from_millis(100)),
        /// It asks this node only, whoever leads.
        pub stuck_to: Option<Node> = None,
        /// Whether it numbers its writes, so that one that it sends again is applied once
        /// (dissertation, section 6.3).
        pub keeps_session: bool = true,
        /// Whether it asks again, or another node, when it is refused or out of patience; else
        /// it gives up.
        pub tries_again: bool = true,
        /// What it asks, each question at its moment, where that is its work.
        pub asks: Vec<Ask> = Vec::new(),
    }
}

record! {
    /// A question of a client that asks by a list.
    pub struct Ask {
        /// When it asks; later where it still waits for the answer to its question before.
        pub at: Span,
        /// What it asks for.
        pub work: Named<Work>,
        /// The key.
        pub key: u8 = 0,
    }
}

record! {
    /// Something that happens, and when.
    pub struct Step {
        /// When. What else happens at that very microsecond comes first.
        pub at: Span,
        /// What: an action and whom it is about, such as crash:leader, restart:B, pause:leader,
        /// suspend:A, resume:A, stall-disk:A, unstall-disk:A, lose-disk:A, timeout:A, partition:ABE-CD, isolate:leader, cut:A-B,
        /// slow:A-B:50000 (microseconds), loss:A-B:250000 (of a million), mend:A-B, heal, clock:A:4/5,
        /// step:A:-250000 (microseconds), transfer:B, add-learner:D, add-voter:D, remove:A,
        /// joint:ABD, snapshot:leader, write:leader, read-index:B, read-lease:B, read-log:B,
        /// read-straight:B; drop:A-B:17 (the 17th message that A sends B), delay:A-B:17:5000
        /// (microseconds), deliver:A-B:17 (now); and set: with what is to be in force from then
        /// on, such as set:pre-vote:on, set:lease:11/10 or off, set:reads:lease,
        /// set:heartbeat:50000, set:election-timeout:150000-300000, set:timing:etcd-3.6,
        /// set:stickiness:on, set:follower-reads:on, set:no-op:off, set:check-quorum:on,
        /// set:max-entries:64, set:in-flight:256, set:promotion-lag:1000, set:snapshot-every:100
        /// or off, set:snapshot-kept:10, set:snapshot-chunk:65536, set:latency:400-1200,
        /// set:loss:100000 (of a million), set:duplicates:100000, set:client-latency:300,
        /// set:fsync:B:20000, set:flaw:vote-without-comparing-logs:on.
        pub action as "do": Worded<Action>,
    }
}
