//! Taking snapshots, starting from them, and sending them (paper, section 7).

use super::*;
use crate::flaws::Flaws;
use crate::log::{Payload, Term};
use crate::membership::NodeSet;
use crate::message::Envelope;
use crate::node::{Answer, Input};
use crate::persistence::Change;
use crate::read::ReadMode;
use crate::settings::Settings;
use crate::testing::*;
use crate::view::{PaceView, SnapshotProgress};
use alloc::vec;
use proptest::prelude::*;

/// A follower of B in term 2, with this log, all of it committed and applied.
fn up_to_date(log: &[u64], settings: Settings) -> Server {
    let mut server = Server::start(Start { term: 2, log, settings, ..Start::default() });
    let last = log.len() as u64;
    server.hear(B, 2, append(log, last, last, last));
    assert_eq!(server.commit_index(), last);
    server
}

fn taken(index: u64) -> Input {
    Input::SnapshotTaken { index: Index(index), data: b"state".as_slice().into() }
}

fn kept(entries: u64) -> Settings {
    Settings { entries_kept_after_snapshot: entries, ..Settings::default() }
}

fn has(seen: &Seen, transition: &Transition) -> bool {
    seen.transitions.contains(transition)
}

// Taking one.

#[test]
fn a_snapshot_takes_the_place_of_the_entries_that_it_covers_but_for_those_that_are_kept() {
    let log = [1, 1, 1, 2, 2];
    for (entries, base) in [(0, 4), (1, 3), (3, 1), (4, 0), (u64::MAX, 0)] {
        let mut server = up_to_date(&log, kept(entries));
        let seen = server.tell(taken(4));
        assert_eq!(server.log(), log[base..], "{entries} kept");
        let snapshot = Snapshot {
            end: end(&log[..4]),
            membership: Membership::of(NodeSet::first(3)),
            data: b"state".as_slice().into(),
        };
        let write = Change::Snapshot {
            snapshot: snapshot.clone(),
            log_begins_after: end(&log[..base]),
            keeps_later_entries: true,
        };
        assert_eq!(seen.writes, [write], "one write for both");
        assert!(has(&seen, &Transition::SnapshotTaken { end: snapshot.end, bytes: 5 }));
        let through = Index(base as u64);
        assert_eq!(has(&seen, &Transition::LogCompacted { through }), base > 0);
        let view = server.node.view();
        assert_eq!((view.snapshot(), view.log()), (Some(&snapshot), &server.disk.log));
        assert_eq!(server.disk.snapshot, Some(snapshot));
        assert_eq!((view.commit_index(), view.durable_index()), (Index(5), Index(5)));
    }
}

#[test]
fn a_snapshot_of_more_than_is_applied_or_no_more_than_the_last_is_refused() {
    let mut server = up_to_date(&[1, 1, 1, 2, 2], kept(0));
    server.tell(taken(3));
    let (than, applied_index) = (Index(3), Index(5));
    for (index, because) in [
        (0, SnapshotRefusal::NotNewer { than }),
        (2, SnapshotRefusal::NotNewer { than }),
        (3, SnapshotRefusal::NotNewer { than }),
        (6, SnapshotRefusal::NotApplied { applied_index }),
        (u64::MAX, SnapshotRefusal::NotApplied { applied_index }),
    ] {
        let before = server.clone();
        let seen = server.tell(taken(index));
        let index = Index(index);
        assert_eq!(seen.transitions, [Transition::SnapshotRefused { index, because }]);
        assert_eq!(server, before);
    }
    assert!(!server.tell(taken(5)).writes.is_empty());
    let mut fresh = Server::start(Start::default());
    let because = SnapshotRefusal::NotNewer { than: Index(0) };
    let seen = fresh.tell(taken(0));
    assert_eq!(seen.transitions, [Transition::SnapshotRefused { index: Index(0), because }]);
}

#[test]
fn what_is_committed_and_not_applied_yet_can_not_be_in_a_snapshot() {
    let mut server = Server::start(Start { term: 2, log: &[1, 2], ..Start::default() });
    server.applies_slowly = true;
    server.hear(B, 2, append(&[1, 2], 2, 2, 2));
    let because = SnapshotRefusal::NotApplied { applied_index: Index(0) };
    assert!(has(&server.tell(taken(1)), &Transition::SnapshotRefused { index: Index(1), because }));
    server.tell(Input::Applied(Index(1)));
    assert!(!server.tell(taken(1)).writes.is_empty());
}

// Starting from one.

#[test]
fn a_crash_leaves_the_whole_log_or_the_snapshot_with_the_rest() {
    let mut server = up_to_date(&[1, 1, 1, 2, 2], kept(0));
    server.disk_is_slow = true;
    server.tell(taken(4));
    let mut crashed = server.clone();
    let seen = crashed.crash_and_restart();
    assert_eq!((crashed.log(), crashed.commit_index()), (vec![1, 1, 1, 2, 2], 0));
    assert!(seen.restored.is_empty());

    server.finish_write();
    let seen = server.crash_and_restart();
    assert_eq!((server.log(), server.commit_index()), (vec![2], 4));
    assert_eq!(seen.restored, [server.disk.snapshot.clone().expect("it was taken")]);
    let view = server.node.view();
    assert_eq!((view.applied_index(), view.durable_index()), (Index(4), Index(5)));
    // What follows is applied as it is committed.
    let seen = server.hear(B, 2, append(&[1, 1, 1, 2, 2], 5, 5, 5));
    assert_eq!(seen.applied, [(Index(5), entry(2))]);
}

#[test]
fn entries_that_are_kept_are_not_applied_again_after_a_restart() {
    let mut server = up_to_date(&[1, 1, 1, 2, 2], kept(3));
    server.tell(taken(4));
    let seen = server.crash_and_restart();
    assert_eq!((server.log(), server.commit_index()), (vec![1, 1, 2, 2], 4));
    assert_eq!((seen.restored.len(), seen.applied.len()), (1, 0));
    let seen = server.hear(B, 2, append(&[1, 1, 1, 2, 2], 5, 5, 5));
    assert_eq!(seen.applied, [(Index(5), entry(2))]);
}

#[test]
fn a_server_whose_log_is_all_in_a_snapshot_is_as_up_to_date_as_before() {
    let mut server = up_to_date(&[1, 1, 2], kept(0));
    server.take_snapshot();
    server.crash_and_restart();
    server.wake();
    let term = server.term();
    let request = Message::RequestVote(crate::message::RequestVote {
        log_end: end(&[1, 1, 2]),
        by_transfer: false,
    });
    assert!(server.is_candidate());
    // It asks with that end, and as voter it compares with it.
    server.crash_and_restart();
    server.now = server.now + TIMEOUT;
    assert!(!is_granted(server.hear(C, term + 1, ask_vote(&[1, 1, 1, 1])).reply()));
    assert!(is_granted(server.hear(C, term + 2, ask_vote(&[1, 1, 2])).reply()));
    let mut candidate = up_to_date(&[1, 1, 2], kept(0));
    candidate.take_snapshot();
    assert_eq!(candidate.wake().sent_to(B), [&request]);
}

// The configuration (section 7: "the snapshot also includes the latest configuration in
// the log as of last included index").

/// A follower whose log has configurations of the first four servers at index 2 and of
/// the first five at index 4; all is committed and applied.
fn reconfigured(settings: Settings) -> Server {
    let mut server = Server::start(Start { term: 2, settings, ..Start::default() });
    let configuration = |count| Payload::Configuration(Membership::of(NodeSet::first(count)));
    let payloads = [Payload::NoOp, configuration(4), Payload::NoOp, configuration(5)];
    let entries = payloads.map(|payload| crate::log::Entry { term: Term(2), payload });
    let append = AppendEntries {
        previous: LogEnd::default(),
        entries: entries.into(),
        commit_index: Index(4),
        round: Round(1),
        confirms_read: false,
    };
    server.hear(B, 2, Message::AppendEntries(append));
    assert_eq!(server.node.view().applied_index(), Index(4));
    server
}

#[test]
fn a_snapshot_carries_the_newest_configuration_that_it_covers() {
    for (index, members) in [(1, 3), (2, 4), (3, 4), (4, 5)] {
        let mut server = reconfigured(kept(0));
        server.tell(taken(index));
        let snapshot = server.disk.snapshot.clone().expect("it was taken");
        assert_eq!(snapshot.membership, Membership::of(NodeSet::first(members)), "{index}");
        // Whatever is gone from the log: the newest of all is what it goes by.
        server.crash_and_restart();
        assert_eq!(server.node.view().membership(), &Membership::of(NodeSet::first(5)));
        assert_eq!(server.disk.membership, Membership::of(NodeSet::first(3)));
    }
}

/// Else a server that the configuration leaves out would not know, after a restart, that
/// others may go by the one before and need it.
#[test]
fn where_configurations_count_when_applied_a_snapshot_waits_until_the_last_is_written_twice() {
    let configurations_in_force = crate::settings::InForce::WhenApplied;
    let mut server = reconfigured(Settings { configurations_in_force, ..Settings::default() });
    let because = SnapshotRefusal::ConfigurationNotSettled;
    for index in [2, 3, 4].map(Index) {
        let seen = server.tell(taken(index.0));
        assert_eq!(seen.transitions, [Transition::SnapshotRefused { index, because }]);
    }
    assert_eq!(server.tell(taken(1)).writes.len(), 1, "the beginning's counts as settled");
    let again = Payload::Configuration(Membership::of(NodeSet::first(5)));
    let append = AppendEntries {
        previous: LogEnd { term: Term(2), index: Index(4) },
        entries: vec![crate::log::Entry { term: Term(2), payload: again }],
        commit_index: Index(5),
        round: Round(1),
        confirms_read: false,
    };
    server.hear(B, 2, Message::AppendEntries(append));
    assert!(server.tell(taken(4)).writes.is_empty());
    assert_eq!(server.tell(taken(5)).writes.len(), 1);
    server.crash_and_restart();
    assert_eq!(server.node.view().membership(), &Membership::of(NodeSet::first(5)));
    // It leads without writing it a third time.
    server.win();
    for follower in [B, C] {
        server.hear(follower, 3, accepted(6, 1));
    }
    let view = server.node.view();
    assert_eq!((view.commit_index(), view.log().last_index()), (Index(6), Index(6)));
}

#[test]
fn with_its_flaw_a_snapshot_brings_the_beginning_s_configuration_back() {
    let flaws = Flaws::NONE.with(Flaw::SnapshotWithoutConfiguration);
    let mut server = reconfigured(Settings { flaws, ..Settings::default() });
    server.tell(taken(3));
    server.tell(taken(4));
    assert_eq!(server.node.view().membership(), &Membership::of(NodeSet::first(5)));
    server.crash_and_restart();
    assert_eq!(server.node.view().membership(), &Membership::of(NodeSet::first(3)));
}

#[test]
fn a_configuration_after_the_snapshot_still_rolls_back_to_the_one_before() {
    let mut server = up_to_date(&[1, 1, 2], kept(0));
    server.take_snapshot();
    let configuration = Payload::Configuration(Membership::of(NodeSet::first(5)));
    let append_after = |payload, term| {
        Message::AppendEntries(AppendEntries {
            previous: end(&[1, 1, 2]),
            entries: vec![crate::log::Entry { term: Term(term), payload }],
            commit_index: Index(3),
            round: Round(1),
            confirms_read: false,
        })
    };
    server.hear(B, 2, append_after(configuration, 2));
    assert_eq!(server.node.view().membership().voters.len(), 5);
    server.hear(C, 3, append_after(Payload::NoOp, 3));
    assert_eq!(server.node.view().membership().voters.len(), 3);
}

// Sending one.

const CHUNK: u32 = 6;

/// A leader of term 2 and of three servers, whose log up to index 4 is in a snapshot of
/// 16 bytes: B has all, and C, of which nothing is known yet, has not answered.
fn leader_with_snapshot() -> Server {
    let settings = Settings { snapshot_chunk_bytes: CHUNK, ..Settings::default() };
    let start = Start { term: 1, log: &[1, 1, 1], settings, ..Start::default() };
    let mut leader = Server::leader(start);
    leader.hear(B, 2, accepted(4, 1));
    leader.take_snapshot();
    assert_eq!(leader.node.view().log(), &Log::after(end(&[1, 1, 1, 2])));
    leader
}

fn answer(to: &InstallSnapshot, answer: SnapshotAnswer) -> Message {
    let InstallSnapshot { round, end, offset, .. } = *to;
    Message::InstallSnapshotReply(InstallSnapshotReply { round, end, offset, answer })
}

fn wants(to: &InstallSnapshot, offset: u64) -> Message {
    answer(to, SnapshotAnswer::Wants { offset })
}

fn installed(to: &InstallSnapshot) -> Message {
    answer(to, SnapshotAnswer::Installed { match_index: to.end.index })
}

fn chunks(seen: &Seen) -> Vec<InstallSnapshot> {
    let chunk = |sent: &Envelope| match &sent.body {
        Message::InstallSnapshot(chunk) => Some(chunk.clone()),
        _ => None,
    };
    seen.sent.iter().filter_map(chunk).collect()
}

#[track_caller]
fn chunk(seen: &Seen) -> InstallSnapshot {
    let [only] = &chunks(seen)[..] else { panic!("one chunk was expected: {seen:?}") };
    only.clone()
}

fn offset(leader: &Server) -> Option<u64> {
    match leader.progress(C).pace {
        PaceView::Snapshot(SnapshotProgress { received_bytes, .. }) => Some(received_bytes),
        PaceView::Probe | PaceView::Replicate => None,
    }
}

/// C says that its log is empty: the first chunk goes out.
fn begin(leader: &mut Server) -> InstallSnapshot {
    chunk(&leader.hear(C, 2, conflict(3, end(&[]), 1)))
}

/// "The leader must occasionally send snapshots to followers that lag behind. This
/// happens when the leader has already discarded the next log entry that it needs to send."
#[test]
fn a_follower_whose_next_entry_is_gone_gets_the_snapshot_chunk_by_chunk() {
    let mut leader = leader_with_snapshot();
    let data = leader.node.view().snapshot().expect("it was taken").data.clone();
    let end = end(&[1, 1, 1, 2]);
    let seen = leader.hear(C, 2, conflict(3, LogEnd::default(), 1));
    assert!(has(&seen, &Transition::SnapshotSendStarted { to: C, end, bytes: 16 }));
    let mut part = chunk(&seen);
    let mut bytes = vec![];
    for (offset, length) in [(0, 6), (6, 6), (12, 4)] {
        assert_eq!((part.end, part.total_bytes, part.offset), (end, 16, offset));
        assert_eq!(part.chunk.len(), length);
        assert_eq!(self::offset(&leader), Some(offset));
        bytes.extend(part.chunk.iter().copied());
        if offset + length as u64 == 16 {
            break;
        }
        part = chunk(&leader.hear(C, 2, wants(&part, offset + length as u64)));
    }
    assert_eq!(bytes, *data);
    leader.tell(propose());
    let seen = leader.hear(C, 2, installed(&part));
    assert_eq!(leader.progress(C).pace, PaceView::Replicate);
    assert_eq!(leader.progress(C).match_index, Index(4));
    assert_eq!(seen.entries_to(C), [(4, vec![2])], "what follows goes out at once");
}

#[test]
fn while_a_snapshot_is_sent_heartbeats_claim_nothing_and_are_answers_of_the_round() {
    let mut leader = leader_with_snapshot();
    begin(&mut leader);
    assert!(leader.tell(propose()).sent_to(C).is_empty(), "no entries meanwhile");
    leader.hear(B, 2, accepted(5, 1));
    assert_eq!(leader.commit_index(), 5);
    let seen = leader.wake();
    let [Message::AppendEntries(heartbeat)] = seen.sent_to(C)[..] else {
        panic!("a heartbeat and no chunk: {seen:?}");
    };
    assert_eq!((heartbeat.previous, heartbeat.entries.len()), (LogEnd::default(), 0));
    assert_eq!(heartbeat.commit_index, Index(0));
    // C follows it, and with C's answer a read is confirmed.
    let mut follower = Server::start(Start { id: C, term: 2, ..Start::default() });
    leader.tell(read(7, ReadMode::ReadIndex));
    let round = leader.newest_round();
    let seen = follower.hear(A, 2, append_in_round(&[], 0, 0, 0, round));
    let seen = leader.tell(Input::Receive(seen.sent[0].clone()));
    assert!(seen.answers.iter().any(|(_, answer)| matches!(answer, Answer::ReadReady { .. })));
    assert_eq!((follower.follows(), offset(&leader)), (Some(A), Some(0)));
}

#[test]
fn an_answer_that_came_twice_late_or_for_another_snapshot_moves_nothing() {
    let mut leader = leader_with_snapshot();
    let first = begin(&mut leader);
    let second = chunk(&leader.hear(C, 2, wants(&first, 6)));
    let of_another = InstallSnapshot { end: end(&[1, 1]), ..second.clone() };
    for (late, cause) in [
        (wants(&first, 6), IgnoreCause::NothingNew),
        (wants(&first, 0), IgnoreCause::NothingNew),
        (wants(&first, 12), IgnoreCause::NothingNew),
        (wants(&second, 6), IgnoreCause::NothingNew), // it wants what is under way
        (wants(&of_another, 12), IgnoreCause::NothingNew),
        (wants(&second, 16), IgnoreCause::Impossible), // past the last byte
        (wants(&second, u64::MAX), IgnoreCause::Impossible),
        (answer(&second, SnapshotAnswer::StaleTerm), IgnoreCause::Impossible),
        (conflict(3, end(&[]), 1), IgnoreCause::NothingNew),
        (accepted(0, 1), IgnoreCause::NothingNew),
    ] {
        let before = leader.progress(C);
        let seen = leader.hear(C, 2, late.clone());
        assert!(chunks(&seen).is_empty(), "{late:?}");
        assert_eq!(leader.progress(C), before, "{late:?}");
        if cause == IgnoreCause::Impossible {
            assert_eq!(seen.ignored_because(), Some(cause), "{late:?}");
        }
    }
    let third = chunk(&leader.hear(C, 2, wants(&second, 12)));
    leader.hear(C, 2, installed(&third));
    let before = leader.progress(C);
    for late in [wants(&third, 6), wants(&first, 0), installed(&of_another), installed(&third)] {
        leader.hear(C, 2, late);
        assert_eq!(leader.progress(C), before);
    }
    let beyond = InstallSnapshot { end: end(&[1, 1, 1, 2, 2]), ..third };
    let seen = leader.hear(C, 2, installed(&beyond));
    assert_eq!(seen.ignored_because(), Some(IgnoreCause::Impossible), "past the leader's log");
}

#[test]
fn a_follower_that_has_lost_its_chunks_gets_them_again() {
    let mut leader = leader_with_snapshot();
    let first = begin(&mut leader);
    let second = chunk(&leader.hear(C, 2, wants(&first, 6)));
    // It has crashed in between.
    let again = chunk(&leader.hear(C, 2, wants(&second, 0)));
    assert_eq!((again.offset, offset(&leader)), (0, Some(0)));
}

#[test]
fn a_chunk_without_an_answer_is_sent_again_once_an_election_timeout_has_passed() {
    let mut leader = leader_with_snapshot();
    let first = begin(&mut leader);
    let began_at = leader.now;
    let mut sent_at = vec![];
    while sent_at.len() < 2 {
        let seen = leader.wake();
        leader.hear(B, 2, accepted(4, leader.newest_round()));
        for chunk in chunks(&seen) {
            assert_eq!((chunk.offset, &chunk.chunk), (0, &first.chunk));
            assert!(has(&seen, &Transition::SnapshotChunkRepeated { to: C, offset: 0 }));
            sent_at.push(leader.now - began_at);
        }
    }
    assert_eq!(sent_at, [TIMEOUT, TIMEOUT + TIMEOUT]);
    assert_eq!(chunk(&leader.hear(C, 2, wants(&first, 6))).offset, 6, "an early answer counts");
}

#[test]
fn what_is_being_sent_stays_though_the_leader_goes_on_to_a_newer_snapshot() {
    let mut leader = leader_with_snapshot();
    let first = begin(&mut leader);
    leader.tell(propose());
    leader.hear(B, 2, accepted(5, 1));
    leader.take_snapshot();
    let newer = leader.node.view().snapshot().expect("it was taken").end;
    assert_eq!((newer.index, leader.node.view().log().base()), (Index(5), newer));
    let second = chunk(&leader.hear(C, 2, wants(&first, 6)));
    assert_eq!((second.end, second.offset), (first.end, 6));
    // It is there, and its next entry is gone: the newer one follows.
    let seen = leader.hear(C, 2, installed(&second));
    assert_eq!(leader.progress(C).match_index, Index(4));
    assert_eq!((chunk(&seen).end, chunk(&seen).offset), (newer, 0));
}

#[test]
fn a_follower_that_turns_out_to_have_the_next_entry_gets_no_more_of_the_snapshot() {
    let mut leader = leader_with_snapshot();
    begin(&mut leader);
    // An answer that was late says that C had everything.
    leader.hear(C, 2, accepted(4, 1));
    assert_eq!(leader.progress(C).pace, PaceView::Replicate);
    assert_eq!(leader.tell(propose()).entries_to(C), [(4, vec![2])]);
}

#[test]
fn a_new_server_of_a_leader_whose_log_is_all_in_a_snapshot_is_asked_first() {
    let mut leader = leader_with_snapshot();
    leader.tell(Input::Reconfigure {
        request: crate::read::RequestId(1),
        change: crate::configuration::Reconfiguration::AddLearner(D),
    });
    let progress = leader.progress(D);
    assert_eq!((progress.pace, progress.next_index), (PaceView::Probe, Index(5)));
}

#[test]
fn a_transfer_waits_for_the_snapshot_to_arrive() {
    let mut leader = leader_with_snapshot();
    let first = begin(&mut leader);
    let seen = leader.tell(Input::Transfer(C));
    assert!(seen.sent.is_empty(), "neither TimeoutNow nor anything that it can't use");
    let seen = leader.hear(C, 2, installed(&first));
    assert_eq!(seen.sent_to(C), [&Message::TimeoutNow]);
}

#[test]
fn what_is_committed_in_the_leader_s_term_is_known_though_it_is_in_a_snapshot() {
    let mut leader = leader_with_snapshot();
    assert_eq!(leader.node.view().log().base().index, Index(leader.commit_index()));
    leader.tell(read(1, ReadMode::ReadIndex));
    let seen = leader.hear(B, 2, accepted(4, leader.newest_round()));
    assert_eq!(seen.reads_ready(), [1], "it waits for no further commit");
    let change = crate::configuration::Reconfiguration::Remove(C);
    let request = crate::read::RequestId(2);
    let seen = leader.tell(Input::Reconfigure { request, change });
    assert!(matches!(seen.answers[..], [(_, Answer::Proposed { index: Index(5), .. })]));
}

proptest! {
    /// Whatever is lost, doubled or late, whoever takes snapshots and whether the follower
    /// crashes: what matches never goes back, one chunk at most is under way for each
    /// answer, and once messages arrive the state machines are the same.
    #[test]
    fn a_follower_catches_up_by_entries_and_snapshots(
        kept in 0u64..3, chunk_bytes in 1u32..20, most in 1u32..4,
        follower_log in prop::collection::vec(1u64..3, 0..6),
        fates in prop::collection::vec((0u8..11, any::<prop::sample::Index>()), 0..150),
    ) {
        let settings = Settings {
            entries_kept_after_snapshot: kept,
            snapshot_chunk_bytes: chunk_bytes,
            max_entries_per_message: most,
            ..Settings::default()
        };
        let mut follower_log = follower_log;
        follower_log.sort_unstable();
        // A alone leads at first, so that it can commit and compact; B is its learner.
        let start = Start { of: 1, term: 3, settings, ..Start::default() };
        let mut leader = Server::leader(Start { log: &[3, 3, 3, 3], ..start });
        let mut follower = Server::start(Start { id: B, log: &follower_log, ..start });
        let change = crate::configuration::Reconfiguration::AddLearner(B);
        let request = crate::read::RequestId(1);
        let mut under_way = leader.tell(Input::Reconfigure { request, change }).sent;
        let mut matched = Index::ZERO;
        let step = |leader: &mut Server, follower: &mut Server, fate: u8, which: usize,
                    under_way: &mut Vec<Envelope>| {
            follower.now = leader.now;
            match fate {
                0 => under_way.extend(leader.tell(propose()).sent),
                1 => under_way.extend(leader.wake().sent),
                2 if !under_way.is_empty() => drop(under_way.remove(which % under_way.len())),
                3 if !under_way.is_empty() => {
                    under_way.push(under_way[which % under_way.len()].clone());
                }
                4 => drop(leader.take_snapshot()),
                5 => drop(follower.take_snapshot()),
                6 => follower.disk_is_slow = true,
                7 => {
                    follower.disk_is_slow = false;
                    under_way.extend(follower.finish_writes().sent);
                }
                8 if which.is_multiple_of(4) => drop(follower.crash_and_restart()),
                _ if !under_way.is_empty() => {
                    let message = under_way.remove(which % under_way.len());
                    let to = if message.to == A { leader } else { follower };
                    under_way.extend(to.tell(Input::Receive(message)).sent);
                }
                _ => {}
            }
        };
        let check = |leader: &Server, follower: &Server, matched: &mut Index| {
            let progress = leader.progress(B);
            assert!(progress.match_index >= *matched, "the match went back");
            assert!(progress.next_index > progress.match_index);
            assert!(progress.next_index <= leader.node.view().log().last_index().next());
            *matched = progress.match_index;
            // What the leader counts on is on the follower's disk.
            let disk = &follower.disk.log;
            assert!(disk.last_index() >= *matched, "{matched} is not durable");
        };
        for (fate, which) in fates {
            step(&mut leader, &mut follower, fate, which.index(1 << 16), &mut under_way);
            check(&leader, &follower, &mut matched);
        }
        // Now nothing is lost any more.
        follower.disk_is_slow = false;
        under_way.extend(follower.finish_writes().sent);
        for _ in 0..12 {
            under_way.extend(leader.wake().sent);
            while !under_way.is_empty() {
                step(&mut leader, &mut follower, 10, 0, &mut under_way);
                check(&leader, &follower, &mut matched);
            }
        }
        prop_assert_eq!(leader.node.view().log().end(), follower.node.view().log().end());
        prop_assert_eq!(follower.commit_index(), leader.commit_index());
        prop_assert_eq!(leader.state, follower.state);
    }
}
