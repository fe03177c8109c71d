//! Every kind of occasion, in the words that one writes: for whoever looks for one.

/// How an occasion of each kind is written, and what it is. What may be left out, or be
/// otherwise, is said of it.
pub const KINDS: [(&str, &str); 40] = [
    ("B becomes pre-candidate", "it asks whether it would win, before it stands (pre-vote)"),
    ("B becomes candidate", "it stands for election"),
    ("B becomes leader", "it is elected"),
    ("B steps down", "it was leader and is no more, and did not crash"),
    ("B follows a leader", "it has learned who leads its term"),
    ("B draws a timeout", "it draws an election timeout"),
    ("B reaches term 5", "its term becomes 5, or it skips 5"),
    ("B grants its vote to C", "it votes for C; without `to C`, for anyone"),
    ("B refuses its vote to C", "it refuses C its vote; without `to C`, anyone"),
    (
        "B ignores a candidate C",
        "it ignores C's request, since it hears a leader; without `C`, anyone's",
    ),
    (
        "A proposes index 5",
        "as leader, it takes a write, or another entry, into its log; without `index 5`, any",
    ),
    (
        "B appends index 5",
        "as follower, it puts entries into its log, 5 among them; without `index 5`, any",
    ),
    ("B removes entries", "it removes entries that conflict with its leader's"),
    ("B commits index 5", "it learns that 5 is committed; without `index 5`, that any is"),
    (
        "A withholds a commit",
        "it finds an entry of an earlier term on a majority, and does not commit it",
    ),
    ("B applies index 5", "its state machine applies 5; without `index 5`, any"),
    ("B adopts a configuration", "it goes by other members from then on"),
    ("A hands over", "as leader, it begins to hand its office to another"),
    (
        "B takes a snapshot",
        "its state machine, as a snapshot, takes the place of a part of its log",
    ),
    ("A sends its snapshot", "as leader, it begins to send it to one that is far behind"),
    ("B installs a snapshot", "it goes by its leader's snapshot"),
    ("B has written", "its disk says that what was written is safe"),
    ("B crashes", "it loses power"),
    ("B restarts", "it starts, at the run's beginning too"),
    ("B stands still", "its process is paused"),
    ("B goes on", "its process, which stood still, goes on"),
    ("A sends append-entries to C", "it sends a message; without `to C`, to anyone"),
    ("C receives append-entries from A", "a message reaches it; without `from A`, anyone's"),
    ("A loses append-entries to C", "a message of its own is lost; without `to C`, to anyone"),
    ("client 2 asks", "it begins a read or a write"),
    ("client 2 is answered", "it is told that its write is done, or what its read found"),
    ("client 2 has written", "it is told that its write is done"),
    ("client 2 has read 7", "it is told that its read found 7; without `7`, anything"),
    ("client 2 is refused", "it is refused, or gives up"),
    ("election-safety is violated", "this property is; `anything` means any of them"),
    ("network is parted", "a wall goes up"),
    ("network is healed", "every wall comes down, and every link is mended"),
    ("anyone becomes leader", "whichever node does it"),
    ("leader crashes", "whoever leads the latest term just then"),
    ("stale-leader proposes", "one that believes that it leads, while another leads a later term"),
];

#[cfg(test)]
mod tests {
    use super::KINDS;
    use crate::occasion::{ClientDeed, Deed, Occasion, Subject};
    use alloc::collections::BTreeSet;
    use alloc::string::ToString;

    /// Without `_`: a new kind is written here, or this doesn't compile.
    const fn place(deed: &Deed) -> u32 {
        match deed {
            Deed::BecomesPreCandidate => 0,
            Deed::BecomesCandidate => 1,
            Deed::BecomesLeader => 2,
            Deed::StepsDown => 3,
            Deed::FollowsLeader => 4,
            Deed::DrawsTimeout => 5,
            Deed::ReachesTerm(_) => 6,
            Deed::GrantsVote(_) => 7,
            Deed::RefusesVote(_) => 8,
            Deed::IgnoresVoteRequest(_) => 9,
            Deed::Proposes(_) => 10,
            Deed::Appends(_) => 11,
            Deed::RemovesEntries => 12,
            Deed::Commits(_) => 13,
            Deed::WithholdsCommit => 14,
            Deed::Applies(_) => 15,
            Deed::AdoptsConfiguration => 16,
            Deed::HandsOver => 17,
            Deed::TakesSnapshot => 18,
            Deed::SendsSnapshot => 19,
            Deed::InstallsSnapshot => 20,
            Deed::HasWritten => 21,
            Deed::Crashes => 22,
            Deed::Restarts => 23,
            Deed::StandsStill => 24,
            Deed::GoesOn => 25,
            Deed::Sends { .. } => 26,
            Deed::Receives { .. } => 27,
            Deed::Loses { .. } => 28,
        }
    }

    const fn place_of_client(deed: &ClientDeed) -> u32 {
        match deed {
            ClientDeed::Asks => 40,
            ClientDeed::IsAnswered => 41,
            ClientDeed::HasWritten => 42,
            ClientDeed::HasRead(_) => 43,
            ClientDeed::IsRefused => 44,
        }
    }

    #[test]
    fn every_kind_is_told_as_one_writes_it() {
        let mut found = BTreeSet::new();
        for (text, _) in KINDS {
            let occasion: Occasion = text.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(occasion.to_string(), text);
            found.insert(match &occasion {
                Occasion::Node { who: Subject::Anyone, .. } => 50,
                Occasion::Node { who: Subject::Leader, .. } => 51,
                Occasion::Node { who: Subject::StaleLeader, .. } => 52,
                Occasion::Node { does, .. } => place(does),
                Occasion::Client { what, .. } => place_of_client(what),
                Occasion::Violated(_) => 60,
                Occasion::NetworkParted => 61,
                Occasion::NetworkHealed => 62,
            });
        }
        let all = (0..=28).chain(40..=44).chain(50..=52).chain(60..=62);
        assert!(found.iter().copied().eq(all), "{found:?}");
        assert_eq!(found.len(), KINDS.len(), "each once");
    }
}
