//! InstallSnapshot, the receiver's part (paper, section 7 and Figure 13).

use super::*;
use crate::log::Term;
use crate::membership::NodeSet;
use crate::message::{AppendAnswer, AppendReply};
use crate::node::Input;
use crate::persistence::Change;
use crate::testing::*;
use alloc::vec;
use proptest::prelude::*;

const FOUR: Membership = Membership::of(NodeSet::first(4));

fn follower(term: u64, log: &[u64]) -> Server {
    Server::start(Start { term, log, ..Start::default() })
}

/// Part of a leader's snapshot of all of `log`, with `FOUR` as configuration.
fn part(log: &[u64], data: &[u8], offset: usize, length: usize) -> InstallSnapshot {
    InstallSnapshot {
        end: end(log),
        membership: FOUR,
        total_bytes: data.len() as u64,
        offset: offset as u64,
        chunk: data[offset..offset + length].into(),
        round: Round(1),
    }
}

/// All of it.
fn whole(log: &[u64]) -> InstallSnapshot {
    part(log, b"state", 0, 5)
}

fn reply(to: &InstallSnapshot, answer: SnapshotAnswer) -> Message {
    let InstallSnapshot { round, end, offset, .. } = *to;
    Message::InstallSnapshotReply(InstallSnapshotReply { round, end, offset, answer })
}

fn installed(to: &InstallSnapshot) -> Message {
    reply(to, SnapshotAnswer::Installed { match_index: to.end.index })
}

fn wants(to: &InstallSnapshot, offset: u64) -> Message {
    reply(to, SnapshotAnswer::Wants { offset })
}

fn hear(server: &mut Server, term: u64, message: &InstallSnapshot) -> Seen {
    server.hear(B, term, Message::InstallSnapshot(message.clone()))
}

/// "7. Discard the entire log. 8. Reset state machine using snapshot contents (and load
/// snapshot's cluster configuration)."
#[test]
fn a_snapshot_takes_the_place_of_a_log_that_lacks_its_last_entry() {
    for mine in [&[][..], &[1, 1], &[1, 1, 1, 1], &[1, 1, 1, 1, 1, 1]] {
        let mut server = follower(3, mine);
        let message = whole(&[1, 1, 2, 2]);
        let seen = hear(&mut server, 3, &message);
        let view = server.node.view();
        assert_eq!((view.log(), view.log().base()), (&Log::after(message.end), message.end));
        assert_eq!((view.commit_index(), view.applied_index()), (Index(4), Index(4)));
        assert_eq!((view.membership(), view.durable_index()), (&FOUR, Index(4)));
        let snapshot =
            Snapshot { end: message.end, membership: FOUR, data: b"state".as_slice().into() };
        assert_eq!(seen.restored, core::slice::from_ref(&snapshot), "{mine:?}");
        assert_eq!(seen.reply(), &installed(&message));
        let write = Change::Snapshot {
            snapshot: snapshot.clone(),
            log_begins_after: message.end,
            keeps_later_entries: false,
        };
        assert_eq!(seen.writes, [write]);
        assert_eq!((&server.disk.log, &server.disk.snapshot), (view.log(), &Some(snapshot)));
    }
}

/// "Each server adopts C_new as soon as it is added to its log" (dissertation, section
/// 4.1): not only once the state machine has caught up.
#[test]
fn the_configuration_of_a_snapshot_counts_before_the_state_machine_is_replaced() {
    let mut server = follower(3, &[1, 1]);
    server.applies_slowly = true;
    hear(&mut server, 3, &whole(&[1, 1, 2, 2]));
    let view = server.node.view();
    assert_eq!((view.membership(), view.applied_index()), (&FOUR, Index(0)));
    assert_eq!(view.commit_index(), Index(4));
    server.tell(Input::Applied(Index(4)));
    assert_eq!(server.node.view().applied_index(), Index(4));
}

/// "6. If existing log entry has same index and term as snapshot's last included entry,
/// retain log entries following it and reply."
#[test]
fn a_server_that_has_the_last_entry_is_fast_forwarded_not_wiped() {
    let mut server = follower(3, &[1, 1, 2, 2, 3]);
    // The first part is enough to see it.
    let message = part(&[1, 1, 2, 2], b"state", 0, 2);
    let seen = hear(&mut server, 3, &message);
    assert_eq!((server.log(), server.commit_index()), (vec![1, 1, 2, 2, 3], 4));
    assert_eq!(seen.applied.len(), 4, "entry by entry");
    assert_eq!((seen.writes.len(), seen.restored.len()), (0, 0));
    assert_eq!(seen.reply(), &installed(&message));
    let end = message.end;
    assert!(seen.transitions.contains(&Transition::FastForwarded { from: B, end }));
    assert_eq!(server.node.view().membership(), &Membership::of(NodeSet::first(3)));
}

#[test]
fn a_fast_forwarded_server_says_so_once_its_entries_are_durable() {
    let mut server = follower(1, &[1]);
    server.disk_is_slow = true;
    server.hear(B, 1, append(&[1, 1, 1], 1, 3, 0));
    assert!(hear(&mut server, 1, &whole(&[1, 1])).sent.is_empty());
    assert_eq!(server.commit_index(), 2);
    let sent = server.finish_write().sent;
    assert!(sent.iter().any(|sent| sent.body == installed(&whole(&[1, 1]))), "{sent:?}");
}

#[test]
fn a_snapshot_of_what_is_committed_here_changes_nothing() {
    let mut server = follower(2, &[1, 1, 2, 2]);
    server.hear(B, 2, append(&[1, 1, 2, 2], 4, 4, 3));
    server.take_snapshot();
    assert_eq!(server.node.view().log().base(), end(&[1, 1, 2]));
    let before = server.node.view().log().clone();
    // Up to the base, before it, where the entries are gone, and after it.
    for log in [&[1, 1, 2][..], &[1, 1], &[1], &[1, 1, 2, 2]] {
        let seen = hear(&mut server, 2, &whole(log));
        assert_eq!(seen.reply(), &installed(&whole(log)), "{log:?}");
        assert_eq!((seen.writes.len(), seen.restored.len()), (0, 0), "{log:?}");
        assert_eq!(server.node.view().log(), &before);
    }
}

#[test]
fn a_snapshot_that_contradicts_what_is_committed_is_ignored() {
    let mut server = follower(3, &[1, 1, 1]);
    server.hear(B, 3, append(&[1, 1, 1], 3, 3, 3));
    for log in [&[1, 1, 2][..], &[1, 2], &[3]] {
        let seen = hear(&mut server, 3, &whole(log));
        assert_eq!(seen.ignored_because(), Some(IgnoreCause::OverwritesCommitted), "{log:?}");
        assert_eq!((server.log(), seen.sent.len(), seen.writes.len()), (vec![1, 1, 1], 0, 0));
    }
}

/// "2. Create new snapshot file if first chunk (offset is 0). 3. Write data into snapshot
/// file at given offset. 4. Reply and wait for more data chunks if done is false."
#[test]
fn parts_are_taken_in_order_and_others_answered_with_what_is_wanted() {
    let data = b"0123456789";
    let log = [1, 1, 2];
    let at = |offset, length| part(&log, data, offset, length);
    let mut server = follower(2, &[]);
    for (message, wanted) in [
        (at(4, 4), 0), // the beginning is wanted first
        (at(0, 4), 4),
        (at(0, 4), 4), // it came twice
        (at(8, 2), 4), // one is missing in between
        (at(4, 4), 8),
        (at(0, 10), 8), // parts of another size fit only where they begin
    ] {
        let seen = hear(&mut server, 2, &message);
        assert_eq!(seen.reply(), &wants(&message, wanted), "{}", message.offset);
        let has = server.node.view().incoming_snapshot().map(|it| it.received_bytes);
        assert_eq!(has.unwrap_or(0), wanted);
        assert_eq!(server.commit_index(), 0);
    }
    let seen = hear(&mut server, 2, &at(8, 2));
    assert_eq!(seen.reply(), &installed(&at(8, 2)));
    assert_eq!(&*seen.restored[0].data, data);
    assert_eq!(server.node.view().incoming_snapshot(), None);
    // An answer that was lost is given again.
    assert_eq!(hear(&mut server, 2, &at(8, 2)).reply(), &installed(&at(8, 2)));
}

#[test]
fn a_snapshot_without_data_is_one_part() {
    let mut server = follower(1, &[]);
    let seen = hear(&mut server, 1, &part(&[1], b"", 0, 0));
    assert_eq!((seen.restored.len(), server.commit_index()), (1, 1));
}

#[test]
fn a_later_snapshot_takes_the_place_of_one_that_is_not_complete_and_never_the_reverse() {
    let (earlier, later) = ([1, 1], [1, 1, 1]);
    let mut server = follower(1, &[]);
    let has = |server: &Server| server.node.view().incoming_snapshot().map(|it| it.end.index.0);
    hear(&mut server, 1, &part(&earlier, b"abcd", 0, 2));
    assert_eq!(has(&server), Some(2));
    // A part of another than the one that is being collected, and not its beginning.
    let message = part(&later, b"abcdef", 2, 2);
    assert_eq!(hear(&mut server, 1, &message).reply(), &wants(&message, 0));
    assert_eq!(has(&server), Some(2));
    hear(&mut server, 1, &part(&later, b"abcdef", 0, 2));
    assert_eq!(has(&server), Some(3));
    let seen = hear(&mut server, 1, &part(&earlier, b"abcd", 0, 2));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::NothingNew));
    assert_eq!(has(&server), Some(3));
}

#[test]
fn what_was_collected_is_forgotten_with_its_term_and_once_it_is_of_no_use() {
    let begin = |server: &mut Server| {
        hear(server, 1, &part(&[1, 1], b"abcd", 0, 2));
        assert!(server.node.view().incoming_snapshot().is_some());
    };
    let mut server = follower(1, &[]);
    begin(&mut server);
    server.hear(C, 2, append(&[], 0, 0, 0));
    assert_eq!(server.node.view().incoming_snapshot(), None, "another leader has its own");
    let mut server = follower(1, &[]);
    begin(&mut server);
    server.hear(B, 1, append(&[1, 1], 0, 2, 2));
    assert_eq!(server.node.view().incoming_snapshot(), None, "the entries came first");
}

/// "1. Reply immediately if term < currentTerm."
#[test]
fn a_part_from_a_stale_leader_is_answered_so_that_it_steps_down() {
    let mut server = follower(3, &[1]);
    let message = whole(&[1, 1]);
    let seen = hear(&mut server, 2, &message);
    assert_eq!(seen.reply(), &reply(&message, SnapshotAnswer::StaleTerm));
    assert_eq!((seen.sent[0].term, server.follows()), (Term(3), None));
    let mut leader = Server::leader(Start { id: B, term: 1, log: &[1], ..Start::default() });
    leader.tell(Input::Receive(seen.sent[0].clone()));
    assert_eq!((leader.is_leader(), leader.term()), (false, 3));
}

#[test]
fn a_part_is_heard_from_the_leader_and_one_from_a_second_leader_is_ignored() {
    let mut server = follower(1, &[]);
    let seen = hear(&mut server, 1, &part(&[1, 1], b"abcd", 0, 2));
    assert_eq!(server.follows(), Some(B));
    assert!(seen.drew_a_timeout());
    let message = Message::InstallSnapshot(whole(&[1, 1, 1]));
    let seen = server.hear(C, 1, message);
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::SecondLeaderOfTerm));
    assert_eq!(server.commit_index(), 0);
}

#[test]
fn numbers_that_can_not_be_are_ignored() {
    let good = part(&[1, 1, 2], b"0123456789", 0, 5);
    let place = |index, term| LogEnd { index: Index(index), term: Term(term) };
    for message in [
        InstallSnapshot { end: place(0, 1), ..good.clone() }, // of nothing
        InstallSnapshot { end: place(3, 0), ..good.clone() },
        InstallSnapshot { end: place(u64::MAX, 1), ..good.clone() }, // nothing could follow
        InstallSnapshot { end: place(3, 4), ..good.clone() }, // of a later term than its sender's
        InstallSnapshot { offset: 6, ..good.clone() },        // past the end of the whole
        InstallSnapshot { offset: u64::MAX, ..good.clone() },
        InstallSnapshot { total_bytes: 4, ..good.clone() },
        InstallSnapshot { chunk: [].into(), ..good.clone() }, // it would never come to an end
        InstallSnapshot { total_bytes: MAX_SNAPSHOT_BYTES + 1, ..good.clone() },
        InstallSnapshot { total_bytes: u64::MAX, ..good.clone() },
    ] {
        let mut server = follower(3, &[1]);
        let seen = hear(&mut server, 3, &message);
        assert_eq!(seen.ignored_because(), Some(IgnoreCause::Impossible), "{message:?}");
        assert_eq!((server.log(), seen.sent.len(), server.commit_index()), (vec![1], 0, 0));
        assert_eq!(server.node.view().incoming_snapshot(), None);
    }
    let mut server = follower(3, &[1]);
    assert_eq!(hear(&mut server, 3, &good).reply(), &wants(&good, 5));
}

// What must be durable first.

#[test]
fn a_crash_leaves_the_old_log_or_the_snapshot_and_an_answer_waits_for_the_latter() {
    let mut server = follower(1, &[1, 1]);
    server.hear(B, 1, append(&[1, 1], 2, 2, 1));
    server.disk_is_slow = true;
    let message = whole(&[1, 1, 1, 2, 2]);
    let seen = hear(&mut server, 2, &message);
    assert_eq!((seen.sent.len(), seen.restored.len()), (0, 1));
    assert_eq!(server.node.view().durable_index(), Index(1), "what was committed and is there");
    let mut crashed = server.clone();
    crashed.crash_and_restart();
    assert_eq!((crashed.log(), crashed.commit_index()), (vec![1, 1], 0));

    server.finish_write();
    let mut crashed = server.clone();
    crashed.crash_and_restart();
    assert_eq!((crashed.log(), crashed.term()), (vec![1, 1], 2), "the term comes first");

    // Heartbeats meanwhile are answered with what surely is there.
    let heartbeat = append_in_round(&[1, 1, 1, 2, 2], 5, 5, 5, 2);
    assert_eq!(server.hear(B, 2, heartbeat).reply(), &accepted(1, 2));

    assert_eq!(server.finish_write().reply(), &installed(&message));
    assert_eq!(server.node.view().durable_index(), Index(5));
    let seen = server.crash_and_restart();
    assert_eq!((seen.restored.len(), server.commit_index()), (1, 5));
    assert_eq!(server.node.view().log(), &Log::after(message.end));
}

#[test]
fn entries_go_on_after_an_installed_snapshot() {
    let mut server = follower(2, &[1]);
    server.disk_is_slow = true;
    let leader = [1, 1, 2, 2, 2];
    hear(&mut server, 2, &whole(&leader[..3]));
    let seen = server.hear(B, 2, append(&leader, 3, 5, 4));
    assert_eq!((server.log(), server.commit_index()), (vec![2, 2], 4));
    assert_eq!(seen.applied, [(Index(4), entry(2))], "after what the snapshot covers");
    let sent = server.finish_writes().sent;
    assert!(sent.iter().any(|sent| sent.body == accepted(5, 1)), "{sent:?}");
    let seen = server.crash_and_restart();
    assert_eq!((server.log(), server.commit_index()), (vec![2, 2], 3));
    assert_eq!(seen.restored.len(), 1);
}

// AppendEntries where the first entries are in a snapshot.

proptest! {
    /// "Leader Completeness ... Log Matching": what a snapshot covers is committed, so
    /// whether the entries are still there makes no difference to what is accepted.
    #[test]
    fn a_server_with_a_snapshot_takes_entries_as_one_with_the_whole_log_does(
        common in 1usize..7, mine in prop::collection::vec(2u64..5, 0..5),
        theirs in prop::collection::vec(5u64..7, 0..5),
        committed in 0usize..7, previous in 0usize..12, count in 0usize..12, commit in 0u64..12,
    ) {
        let with_common = |mut rest: Vec<u64>| {
            rest.sort_unstable();
            rest.splice(0..0, core::iter::repeat_n(1, common));
            rest
        };
        let (mine, theirs) = (with_common(mine), with_common(theirs));
        let committed = committed.min(common) as u64;
        let mut server = follower(6, &mine);
        server.hear(B, 6, append(&theirs, committed, committed, committed));
        let mut compacted = server.clone();
        compacted.take_snapshot();
        prop_assert_eq!(compacted.node.view().log().base().index, Index(committed));

        let previous = previous.min(theirs.len());
        let last = (previous + count).min(theirs.len());
        let message = append(&theirs, previous as u64, last as u64, commit);
        let by_whole = server.hear(B, 6, message.clone());
        let by_compacted = compacted.hear(B, 6, message);
        prop_assert_eq!(by_whole.sent, by_compacted.sent);
        prop_assert_eq!(by_whole.applied, by_compacted.applied);
        prop_assert_eq!(server.commit_index(), compacted.commit_index());
        let mut whole = server.node.view().log().clone();
        whole.compact_to(Index(committed));
        prop_assert_eq!(&whole, compacted.node.view().log());
        prop_assert_eq!(&compacted.disk.log, compacted.node.view().log());
    }
}

#[test]
fn entries_that_contradict_a_snapshot_are_ignored() {
    let mut server = follower(3, &[1, 1, 1]);
    server.hear(B, 3, append(&[1, 1, 1], 3, 3, 3));
    server.take_snapshot();
    // The entry in the base's place is another.
    let seen = server.hear(B, 3, append(&[1, 1, 2, 3], 1, 4, 0));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::OverwritesCommitted));
    // What comes after the base would follow another entry.
    let seen = server.hear(B, 3, append(&[1, 1, 2, 3], 3, 4, 0));
    let hint = end(&[1, 1, 1]);
    let answer = AppendAnswer::Conflict { refused: Index(3), hint };
    assert_eq!(seen.reply(), &Message::AppendEntriesReply(AppendReply { round: Round(1), answer }));
    assert!(server.log().is_empty());
}
