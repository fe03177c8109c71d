use super::*;
use raft_core::Flaw;
use std::io::Write as _;
use std::panic;

/// `RAFTLAB_SCHEDULES=10000 cargo test -p raft-interop schedule` looks further.
fn schedules(usual: u64) -> u64 {
    std::env::var("RAFTLAB_SCHEDULES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn whatever_happens_the_five_properties_hold_and_in_the_end_all_agree() {
    let count = schedules(240);
    let mut total =
        Played { counts: Counts::default(), committed: 0, terms_led: [0, 0], wrong: None };
    for number in 0..count {
        let plan = plan(number);
        // Theirs panics where it finds that it was told what can't be: that is wrong too.
        let played = panic::catch_unwind(|| play(&plan))
            .unwrap_or_else(|_| panic!("schedule {number}, {plan:?}: a panic, see above"));
        if let Some(wrong) = &played.wrong {
            panic!("schedule {number}, {plan:?}: {wrong}");
        }
        total.counts.delivered += played.counts.delivered;
        total.counts.translated += played.counts.translated;
        total.counts.lost += played.counts.lost;
        total.counts.crashes += played.counts.crashes;
        total.committed += played.committed;
        for (sum, led) in total.terms_led.iter_mut().zip(played.terms_led) {
            *sum += led;
        }
    }
    let delivered = total.counts.delivered;
    let said = format!(
        "explored: {count} schedules, {delivered} messages delivered (mixed clusters: {total})\n"
    );
    // Past the test harness, which keeps to itself what a test that passes prints: `cargo
    // xtask` collects it. Nobody may be listening, and the test is worth as much.
    let _ = std::io::stderr().write_all(said.as_bytes());
    let [ours, theirs] = total.terms_led;
    assert!(ours > count && theirs > count, "each kind must lead now and then");
    assert!(total.committed > 10 * count, "schedules in which nothing is committed show nothing");
}

#[test]
fn a_schedule_is_the_same_each_time() {
    for number in 0..16 {
        assert_eq!(play(&plan(number)), play(&plan(number)), "schedule {number}");
    }
}

/// The monitor can say otherwise: with a rule left out of ours, one of the first
/// schedules violates a property.
#[test]
fn a_rule_left_out_of_ours_shows_in_a_mixed_cluster() {
    for flaw in [Flaw::VoteWithoutComparingLogs, Flaw::AcknowledgeBeforeFsync] {
        let violated = |number| {
            let plan = Plan { flaws: Flaws::NONE.with(flaw), ..plan(number) };
            // Theirs panics over some of what it is told then; here that shows nothing.
            match panic::catch_unwind(|| play(&plan)).ok()?.wrong? {
                Wrong::Violated(violation) => Some((number, violation)),
                Wrong::Untranslatable(_) | Wrong::NoAgreement => None,
            }
        };
        let found = (0..2_000).find_map(violated);
        let (number, violation) = found.unwrap_or_else(|| panic!("{flaw:?} does no harm"));
        println!("{flaw:?}: schedule {number}: {violation}");
    }
}
