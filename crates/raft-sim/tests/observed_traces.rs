//! Traces of other implementations: what breaks a rule is refused with its line, and our
//! own runs, told as another's, come off as the monitors say.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod generator;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod golden;

use generator::Leaning;
use proptest::prelude::*;
use raft_core::{Flaw, Flaws};
use raft_sim::trace::observed::{Observation, ObservedLine, Rule, observed};
use raft_sim::trace::{Verdict, check};
use raft_sim::{Document, Happening, Property, Scenario, Timeline};
use std::collections::{BTreeMap, BTreeSet};

/// How many random schedules are looked at, for each rule that is left out.
const SCHEDULES: u64 = 200;

fn as_observed(timeline: &Timeline) -> String {
    let (head, lines) = observed(timeline);
    let mut text = String::new();
    head.write(&mut text).expect("a text takes all");
    lines.iter().for_each(|line| line.write(&mut text).expect("a text takes all"));
    text
}

fn verdict(text: &str) -> Verdict {
    check(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_run_of_ours_told_as_anothers_is_clean_where_the_run_is() {
    let generated = (1..=60).flat_map(|number| {
        [Leaning::Any, Leaning::ThreatenedLeases, Leaning::Everything]
            .map(|leaning| generator::scenario(number, leaning, Flaws::NONE))
    });
    for (place, scenario) in raft_scenarios::all().into_iter().chain(generated).enumerate() {
        let name = scenario.name.clone();
        let timeline = Timeline::new(generator::plan(scenario, place as u64));
        let text = as_observed(&timeline);
        let verdict = verdict(&text);
        // What state machines did with a write that was sent twice is not told.
        let is_told = |it: &raft_sim::Record| match &it.what {
            Happening::Violated(violation) => violation.property != Property::AtMostOnce,
            _ => false,
        };
        let is_clean = !timeline.records().any(|record| is_told(&record));
        assert_eq!(verdict.is_clean(), is_clean, "{place} {name}:\n{verdict}");
    }
}

/// Two leaders of one term, elected by three of six each, write something else as the same
/// entry.
const TWO_LEADERS_WRITE: &str = r#"
    raftlab = 1
    name = "two-leaders-write"
    nodes = 6
    duration = "1 s"
    steps = [
        { at = "5 ms", do = "partition:ABC-DEF" },
        { at = "10 ms", do = "timeout:A" },
        { at = "10 ms", do = "timeout:D" },
        { at = "300 ms", do = "write:A" },
        { at = "300 ms", do = "write:D" },
    ]
    raft.flaws = ["fixed-quorum-of-three"]
    timing.election_timeout = "1-1000000000 s"
"#;

/// A leader commits its own removal, and with that leads no more: it committed as a leader.
const COMMITS_ITS_REMOVAL: &str = r#"
    raftlab = 1
    name = "commits-its-removal"
    nodes = 5
    duration = "1 s"
    steps = [
        { at = "10 ms", do = "timeout:A" },
        { at = "100 ms", do = "partition:ABC-DE" },
        { at = "110 ms", do = "remove:A" },
        { at = "300 ms", do = "timeout:E" },
    ]
    raft.flaws = ["fixed-quorum-of-two"]
    timing.election_timeout = "1-1000000000 s"
"#;

fn written(text: &str) -> Scenario {
    Document::from_toml(text).and_then(|it| it.scenario()).expect("it is a scenario")
}

/// What the monitors of a run find.
fn violated(timeline: &Timeline) -> BTreeSet<Property> {
    let violated = timeline.records().filter_map(|record| match &record.what {
        Happening::Violated(violation) => Some(violation.property),
        _ => None,
    });
    violated.collect()
}

/// Both look at the run, and find the same; gives what both find.
fn agree_on(scenario: Scenario, number: u64) -> Vec<Property> {
    let flaws = scenario.settings.flaws;
    let timeline = Timeline::new(generator::plan(scenario, number));
    let found = violated(&timeline);
    let verdict = verdict(&as_observed(&timeline));
    let mut agreed = Vec::new();
    for property in Property::ALL {
        let by_monitor = found.contains(&property);
        let name = property.to_string();
        let by_trace = verdict.violations.iter().any(|found| found.rule == name);
        if by_monitor && by_trace {
            agreed.push(property);
        }
        let agree = match property {
            // What a snapshot contains is not told. Commits are looked at as well.
            Property::StateMachineSafety => {
                by_trace || !by_monitor || flaws.has(Flaw::SnapshotWithoutSessions)
            }
            Property::ElectionSafety
            | Property::LeaderAppendOnly
            | Property::LogMatching
            | Property::LeaderCompleteness
            | Property::Linearizability => by_trace == by_monitor,
            // An observer doesn't know which entry a client's write became.
            _ => !by_trace,
        };
        let name = &timeline.plan().scenario().name;
        assert!(agree, "{flaws:?} {name} {number} {property} {by_monitor}:\n{verdict}");
    }
    agreed
}

/// Whatever the monitors see, who look at the run itself, shows in what an observer tells.
#[test]
fn what_the_monitors_see_is_seen_in_the_trace() {
    let mut agreed = BTreeMap::<Property, u32>::new();
    let mut agree = |scenario, number| {
        for property in agree_on(scenario, number) {
            *agreed.entry(property).or_default() += 1;
        }
    };
    for flaw in Flaw::ALL.iter().copied() {
        for number in 1..=SCHEDULES {
            let leaning =
                [Leaning::ShortLeaderships, Leaning::Everything, Leaning::Any][number as usize % 3];
            agree(generator::scenario(number, leaning, Flaws::NONE.with(flaw)), number);
        }
    }
    raft_scenarios::all().into_iter().for_each(|scenario| agree(scenario, 42));
    // Chance rarely has two leaders of a term write at the same place.
    agree(written(TWO_LEADERS_WRITE), 42);
    for property in [
        Property::ElectionSafety,
        Property::LogMatching,
        Property::LeaderCompleteness,
        Property::StateMachineSafety,
        Property::Linearizability,
    ] {
        assert!(agreed.get(&property).is_some_and(|count| *count > 0), "{agreed:?}");
    }
}

#[test]
fn what_a_leader_commits_as_it_removes_itself_counts_as_committed_by_a_leader() {
    let agreed = agree_on(written(COMMITS_ITS_REMOVAL), 42);
    assert!(agreed.contains(&Property::LeaderCompleteness), "{agreed:?}");
    let agreed = agree_on(written(TWO_LEADERS_WRITE), 42);
    assert!(agreed.contains(&Property::LogMatching), "{agreed:?}");
    // With the rule, neither happens.
    for text in [COMMITS_ITS_REMOVAL, TWO_LEADERS_WRITE] {
        let mut scenario = written(text);
        scenario.settings.flaws = Flaws::NONE;
        assert_eq!(agree_on(scenario, 42), []);
    }
}

const DOCUMENTATION: &str = include_str!("../TRACE.md");

/// The blocks of lines that the documentation shows.
fn documented() -> Vec<String> {
    let blocks = DOCUMENTATION.split("```json\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).map(ToString::to_string).collect()
}

/// The whole trace that the documentation shows.
fn example() -> String {
    documented().swap_remove(0)
}

#[test]
fn the_documentation_shows_a_trace_that_every_rule_holds_in() {
    let verdict = verdict(&example());
    assert!(verdict.is_clean(), "{verdict}");
    for rule in &verdict.rules {
        assert!(rule.checks > 0 && rule.untold.is_none(), "{verdict}");
    }
    assert_eq!(verdict.rules.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        assert!(DOCUMENTATION.contains(&format!("\n| {rule} |")), "{rule} is not documented");
    }
}

#[test]
fn every_line_that_the_documentation_shows_reads_and_is_written_as_it_stands() {
    let mut kinds = BTreeSet::new();
    for line in documented().concat().lines().filter(|line| !line.contains("\"format\"")) {
        let read: ObservedLine = serde_json::from_str(line).unwrap_or_else(|error| {
            panic!("{line}: {error}");
        });
        let shown = line.replace(",\"learners\":[]", "");
        assert_eq!(read.to_string(), shown);
        let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
        kinds.extend(value["what"].as_object().expect("one kind").keys().cloned());
    }
    assert_eq!(kinds.len(), 15, "{kinds:?}");
}

#[test]
fn what_is_read_and_written_again_is_the_same_bytes() {
    let ours = (1..=20).map(|number| {
        let scenario = generator::scenario(number, Leaning::Everything, Flaws::NONE);
        as_observed(&Timeline::new(generator::plan(scenario, number)))
    });
    for text in ours.chain([example()]) {
        let read = Observation::read(text.as_bytes()).expect("it is a trace");
        let mut written = String::new();
        read.write(&mut written).expect("a text takes all");
        assert!(written == text);
        assert_eq!(read.verdict, verdict(&text));
    }
}

/// The example with more lines at its end.
fn going_on(lines: &[&str]) -> String {
    let lines: Vec<String> =
        lines.iter().map(|what| format!("{{\"at\":50000,\"what\":{what}}}\n")).collect();
    example() + &lines.concat()
}

#[test]
fn an_edit_that_breaks_a_rule_is_refused_with_its_line() {
    let whole = example();
    let line_of = |part: &str| {
        let place = whole.lines().position(|line| line.contains(part));
        place.expect("it is there") as u64 + 1
    };
    // What the example says, what it is to say instead, and the line that shows it.
    for (from, to, rule, line) in [
        // Committed before n2 has it.
        (
            r#"{"at":20300,"what":{"sent":{"message":4,"#,
            "{\"at\":20300,\"what\":{\"committed\":{\"node\":\"n1\",\"index\":2}}}\n\
             {\"at\":20300,\"what\":{\"sent\":{\"message\":4,",
            "Commitment",
            line_of(r#""message":4,"#),
        ),
        // n2 votes for another as well.
        (
            r#"{"at":6700,"what":{"sent":{"message":3,"#,
            "{\"at\":6700,\"what\":{\"voted\":{\"node\":\"n2\",\"candidate\":\"n3\",\"term\":1}}}\n\
             {\"at\":6700,\"what\":{\"sent\":{\"message\":3,",
            "Votes",
            line_of(r#""message":3,"#),
        ),
        // n2's vote is another's: n1 leads without a majority.
        (
            r#""node":"n2","candidate":"n1""#,
            r#""node":"n2","candidate":"n3""#,
            "Votes",
            line_of(r#""role":"leader""#),
        ),
        // The read found what was there before the write.
        (r#"{"found":"5"}"#, r#"{"found":null}"#, "Linearizability", line_of("found")),
        (r#"{"found":"5"}"#, r#"{"found":"6"}"#, "Linearizability", line_of("found")),
        // n2's entries are others.
        (
            r#"{"term":1,"value":""},{"term":1,"value":"x=5"}"#,
            r#"{"term":1,"value":""},{"term":1,"value":"x=6"}"#,
            "Log Matching",
            line_of(r#""appended":{"node":"n2""#),
        ),
        // n1 applies something else, or too early.
        (
            r#""index":2,"term":1,"value":"x=5""#,
            r#""index":2,"term":1,"value":"x=6""#,
            "State Machine Safety",
            line_of(r#""index":2,"term":1"#),
        ),
        (
            r#""committed":{"node":"n1","index":2}"#,
            r#""committed":{"node":"n1","index":1}"#,
            "State Machine Safety",
            line_of(r#""index":2,"term":1"#),
        ),
        // n1 leads an earlier term than the one it stood in.
        (
            r#""role":"candidate","term":1"#,
            r#""role":"candidate","term":2"#,
            "Terms",
            line_of(r#""role":"leader""#),
        ),
    ] {
        let edited = whole.replacen(from, to, 1);
        assert!(edited != whole, "{from}");
        let verdict = verdict(&edited);
        let found = verdict.violations.first().unwrap_or_else(|| panic!("{to}: {verdict}"));
        assert_eq!((found.rule.as_str(), found.line), (rule, line), "{to}: {verdict}");
    }
}

#[test]
fn what_breaks_a_rule_is_refused_with_its_line_and_in_a_sentence() {
    let end = example().lines().count() as u64;
    let election = [
        r#"{"role":{"node":"n3","role":"candidate","term":2}}"#,
        r#"{"voted":{"node":"n3","candidate":"n3","term":2}}"#,
        r#"{"voted":{"node":"n2","candidate":"n3","term":2}}"#,
        r#"{"role":{"node":"n3","role":"leader","term":2}}"#,
    ];
    for (lines, rule, sentence) in [
        (
            election.to_vec(),
            "Leader Completeness",
            "entry 2 of term 1, committed by n1 in term 1 (line 21), is not in the log of n3, \
             elected leader of term 2, which ended with entry 0",
        ),
        (
            vec![
                r#"{"voted":{"node":"n3","candidate":"n3","term":1}}"#,
                r#"{"role":{"node":"n3","role":"leader","term":1}}"#,
            ],
            "Election Safety",
            "n3 leads term 1, as n1 does since line 12",
        ),
        (
            vec![r#"{"truncated":{"node":"n1","first":2}}"#],
            "Leader Append-Only",
            "n1, leader of term 1, removes its own entries 2 to 2",
        ),
        (
            vec![
                r#"{"committed":{"node":"n2","index":2}}"#,
                r#"{"truncated":{"node":"n2","first":1}}"#,
            ],
            "State Machine Safety",
            "n2 removes its entries 1 to 2, and knew them to be committed up to 2",
        ),
        (
            vec![r#"{"crashed":{"node":"n2"}}"#, r#"{"restarted":{"node":"n2","term":0}}"#],
            "Terms",
            "n2 restarts in term 0, and in term 1 it voted or led (line 8)",
        ),
        (
            vec![r#"{"committed":{"node":"n3","index":1}}"#],
            "Commitment",
            "n3 commits entry 1, and its log ends with entry 0",
        ),
        (
            // Of entry 3, only the servers of the joint configuration's new half know.
            vec![
                r#"{"configuration":{"node":"n1","voters":["n1"],"outgoing":["n2","n3"]}}"#,
                r#"{"appended":{"node":"n1","first":3,"entries":[{"term":1}]}}"#,
                r#"{"committed":{"node":"n1","index":3}}"#,
            ],
            "Commitment",
            "n1 commits entry 3 of term 1, which n1 holds: that is no majority of both n1 and n2, n3",
        ),
        (
            vec![
                r#"{"operation-began":{"operation":3,"client":"c1","key":"x","write":"6"}}"#,
                r#"{"operation-ended":{"operation":3,"outcome":"refused"}}"#,
                r#"{"operation-began":{"operation":4,"client":"c2","key":"x"}}"#,
                r#"{"operation-ended":{"operation":4,"outcome":{"found":"6"}}}"#,
            ],
            "Linearizability",
            "c2's read of x = 6 (operation 4, from line 29) found the value of c1's write of x = 6 \
             (operation 3, from line 27), which was refused",
        ),
        (
            vec![r#"{"applied":{"node":"n1","index":4,"term":1}}"#],
            "State Machine Safety",
            "n1 applies entry 4 right after entry 2",
        ),
        (
            vec![r#"{"snapshot":{"node":"n3","index":2,"term":3}}"#],
            "State Machine Safety",
            "n3 has a snapshot up to entry 2 of term 3, where n1 committed one of term 1 (line 21)",
        ),
    ] {
        let verdict = verdict(&going_on(&lines));
        let found = verdict.violations.first().unwrap_or_else(|| panic!("{sentence}: {verdict}"));
        assert_eq!((found.rule.as_str(), found.sentence.as_str()), (rule, sentence));
        assert_eq!(found.line, end + lines.len() as u64);
    }
}

#[test]
fn a_value_that_nobody_asked_to_write_is_told_once_and_each_that_is_another() {
    let read = |operation: u32, value: &str| {
        [
            format!(r#"{{"operation-began":{{"operation":{operation},"client":"c2","key":"x"}}}}"#),
            format!(
                r#"{{"operation-ended":{{"operation":{operation},"outcome":{{"found":"{value}"}}}}}}"#
            ),
        ]
    };
    let lines = [read(10, "77"), read(11, "77"), read(12, "78"), read(13, "77")].concat();
    let verdict = verdict(&going_on(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
    let end = example().lines().count() as u64;
    let found: Vec<u64> = verdict.violations.iter().map(|found| found.line).collect();
    assert_eq!(found, [end + 2, end + 6], "{verdict}");
    assert!(verdict.violations[1].sentence.contains("x = 78"), "{verdict}");
}

/// Found by chance, by [`no_trace_makes_it_panic`]: behind the last entry there was no index more.
#[test]
fn a_log_may_end_with_the_last_index_that_there_is_and_not_beyond_it() {
    let then = |first: u64, entries: &str| {
        let snapshot =
            format!(r#"{{"snapshot":{{"node":"n3","index":{},"term":1}}}}"#, u64::MAX - 2);
        let appended =
            format!(r#"{{"appended":{{"node":"n3","first":{first},"entries":[{entries}]}}}}"#);
        check(going_on(&[&snapshot, &appended]).as_bytes())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let entry = r#"{"term":1}"#;
    assert_eq!(then(u64::MAX - 1, entry), Ok(()));
    let error = then(u64::MAX - 1, &[entry; 2].join(",")).expect_err("it would be beyond");
    assert!(error.contains("an index is too large"), "{error}");
}

/// A follower overwrote an entry, or took a snapshot, and crashed before that was on its disk.
#[test]
fn what_was_overwritten_comes_back_where_the_disk_had_no_more() {
    let lost = [
        r#"{"appended":{"node":"n3","first":1,"entries":[{"term":1,"value":"a"},{"term":1,"value":"b"}]}}"#,
        r#"{"truncated":{"node":"n3","first":1}}"#,
        r#"{"appended":{"node":"n3","first":1,"entries":[{"term":2,"value":"c"}]}}"#,
        r#"{"snapshot":{"node":"n3","index":1,"term":2}}"#,
        r#"{"crashed":{"node":"n3"}}"#,
    ];
    let then = |restarted: &str| {
        let restarted = format!("{{\"restarted\":{{\"node\":\"n3\",\"term\":1,{restarted}}}}}");
        let mut lines = lost.to_vec();
        lines.push(&restarted);
        // It goes on from there: the next is entry 2 in one log, entry 3 in the other.
        lines.push(r#"{"appended":{"node":"n3","first":3,"entries":[{"term":3}]}}"#);
        check(going_on(&lines).as_bytes()).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(then(r#""last_index":2,"last_term":1,"snapshot":0"#), Ok(()));
    // Left out, it is the last that reached so far.
    assert_eq!(then(r#""last_index":2"#), Ok(()));
    for (restarted, says) in [
        (r#""last_index":1"#, "log ends with entry 1: the next is 2"),
        (r#""last_index":1,"last_term":2"#, "log ends with entry 1: the next is 2"),
        (r#""last_index":2,"last_term":2"#, "n3's log can't end so, with entry 2"),
        (r#""last_index":2,"last_term":1,"snapshot":1"#, "n3's log can't end so, with entry 2"),
        (r#""last_index":3"#, "n3's log can't end with entry 3"),
        (r#""last_term":2"#, "say that too"),
    ] {
        let error = then(restarted).expect_err(restarted);
        assert!(error.contains(says), "{restarted}: {error}");
    }
}

#[test]
fn a_deposed_leaders_late_commit_is_held_against_the_leaders_since() {
    let verdict = verdict(&going_on(&[
        r#"{"appended":{"node":"n1","first":3,"entries":[{"term":1,"value":"late"}]}}"#,
        r#"{"appended":{"node":"n3","first":1,"entries":[{"term":1,"value":""},{"term":1,"value":"x=5"}]}}"#,
        r#"{"voted":{"node":"n3","candidate":"n3","term":2}}"#,
        r#"{"voted":{"node":"n2","candidate":"n3","term":2}}"#,
        r#"{"role":{"node":"n3","role":"leader","term":2}}"#,
        r#"{"appended":{"node":"n2","first":3,"entries":[{"term":1,"value":"late"}]}}"#,
        r#"{"committed":{"node":"n1","index":3}}"#,
    ]));
    let [found] = verdict.violations.as_slice() else { panic!("{verdict}") };
    assert_eq!((found.rule.as_str(), found.line), ("Leader Completeness", 33));
    assert!(found.sentence.contains("entry 3 of term 1"), "{verdict}");
}

#[test]
fn what_the_head_does_not_list_is_not_checked_and_that_is_said() {
    let whole = example();
    let (head, rest) = whole.split_once('\n').expect("it has lines");
    let head =
        head.replace(r#"["votes","logs","commits","applies","messages","operations"]"#, "[]");
    let only_roles: String = rest
        .lines()
        .filter(|line| line.contains("\"role\""))
        .map(|line| format!("{line}\n"))
        .collect();
    let checked = verdict(&format!("{head}\n{only_roles}"));
    let said = checked.to_string();
    for sentence in [
        "Election Safety: holds (1 check)",
        "Votes: not checked: the head does not say that the trace tells of votes",
        "not say that the trace tells of logs and commits, or of applies",
    ] {
        assert!(said.contains(sentence), "{said}");
    }
    let error = check(format!("{head}\n{rest}").as_bytes()).expect_err("it tells of votes");
    assert_eq!(error.line, 3);
    assert!(error.to_string().contains("tells of votes, which the head does not list"), "{error}");
}

#[test]
fn a_mistake_of_the_trace_is_named_with_its_line() {
    let end = example().lines().count() as u64;
    for (line, says) in [
        (
            r#"{"role":{"node":"n4","role":"leader","term":1}}"#,
            "“n4” is no node: the head names n1, n2, n3",
        ),
        (r#"{"role":{"node":"n1","role":"boss","term":1}}"#, "unknown variant `boss`"),
        (r#"{"role":{"node":"n1","role":"leader"}}"#, "missing field `term`"),
        (r#"{"role":{"node":"n1","role":"leader","term":1,"trem":1}}"#, "unknown field `trem`"),
        (r#"{"role":{"node":"n1","role":"leader","term":-1}}"#, "invalid value"),
        (r#"{"role":{"node":"n1","role":"leader","term":1.5}}"#, "invalid type: floating point"),
        (r#"{"elected":{"node":"n1"}}"#, "unknown variant `elected`"),
        (r#"{"appended":{"node":"n3","first":2,"entries":[]}}"#, "the next is 1, not 2"),
        (r#"{"appended":{"node":"n3","first":0,"entries":[]}}"#, "a log begins with entry 1"),
        (r#"{"delivered":{"message":9}}"#, "message 9 is not on its way"),
        (
            r#"{"operation-ended":{"operation":9,"outcome":"written"}}"#,
            "operation 9 ends and never began",
        ),
        (
            r#"{"operation-ended":{"operation":1,"outcome":"written"}}"#,
            "operation 1 has ended already",
        ),
        (
            r#"{"operation-began":{"operation":1,"client":"c","key":"x"}}"#,
            "began in line 14 already",
        ),
        (r#"{"restarted":{"node":"n1","term":1,"last_index":9}}"#, "it ended with entry 2"),
    ] {
        let error = check(going_on(&[line]).as_bytes()).expect_err(line);
        assert_eq!(error.line, end + 1, "{line}: {error}");
        assert!(error.to_string().contains(says), "{line}: {error}");
    }
    let crashed =
        [r#"{"crashed":{"node":"n2"}}"#, r#"{"voted":{"node":"n2","candidate":"n2","term":5}}"#];
    let error = check(going_on(&crashed).as_bytes()).expect_err("it is down").to_string();
    assert!(error.contains("n2 crashed, and has not restarted"), "{error}");
    let error = check(example().replace("\"at\":42000", "\"at\":1").as_bytes());
    let error = error.expect_err("time goes back").to_string();
    assert_eq!(error, "line 26: time goes back, from 40000 to 1 µs");
}

#[test]
fn a_wrong_head_is_refused() {
    let whole = example();
    for (from, to, says) in [
        ("\"version\":1", "\"version\":3", "version 3 of its format; version 1 is read here"),
        ("[\"n1\",\"n2\",\"n3\"]", "[]", "it names 0 nodes"),
        ("[\"n1\",\"n2\",\"n3\"]", "[\"n1\",\"n2\",\"n1\"]", "it names the node “n1” twice"),
        ("\"tells\":[\"votes\"", "\"tells\":[\"vote\"", "unknown variant `vote`"),
        ("\"tells\"", "\"voters\":[\"n9\"],\"tells\"", "“n9” is no node"),
        ("\"tells\"", "\"voters\":[],\"tells\"", "name at least one voter"),
        ("\"implementation\"", "\"program\"", "unknown field `program`"),
    ] {
        let error = check(whole.replacen(from, to, 1).as_bytes()).expect_err(to);
        assert_eq!(error.line, 1, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Lines in any order, with any of their numbers and bytes changed: huge indices and
    /// terms, logs with gaps, nodes that do what they can't.
    #[test]
    fn no_trace_makes_it_panic(
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..80),
        numbers in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![
            0u64..4, any::<u64>(), Just(u64::MAX), Just(u64::MAX - 1)
        ]), 0..30),
        bytes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let blocks = documented();
        let lines: Vec<&str> = blocks.iter().flat_map(|block| block.lines()).collect();
        let mut text = lines[0].to_string();
        for place in order {
            let line = lines[1 + place.index(lines.len() - 1)];
            // Time may not matter here.
            let what = line.split_once("\"what\"").map_or("", |(_, what)| what);
            text += &format!("\n{{\"at\":7,\"what\"{what}");
        }
        for (place, number) in numbers {
            let digits: Vec<usize> = text
                .char_indices()
                .filter(|(place, letter)| {
                    letter.is_ascii_digit() && text[..*place].ends_with(':') && *place > 100
                })
                .map(|(place, _)| place)
                .collect();
            if digits.is_empty() {
                break;
            }
            let place = digits[place.index(digits.len())];
            let end = text[place..].find(|letter: char| !letter.is_ascii_digit());
            let end = end.map_or(text.len(), |end| place + end);
            text.replace_range(place..end, &number.to_string());
        }
        // Lines that can't be are taken out, so that those after them are looked at.
        let mut lines: Vec<&str> = text.lines().collect();
        while let Err(error) = check(lines.join("\n").as_bytes()) {
            prop_assert!(error.line > 1, "{}", error);
            lines.remove(error.line as usize - 1);
        }
        let mut bytes_of = lines.join("\n").into_bytes();
        for (place, byte) in bytes {
            let place = place.index(bytes_of.len());
            bytes_of[place] = byte;
        }
        let _ = check(bytes_of.as_slice());
    }
}

#[test]
fn a_history_with_values_that_repeat_is_searched_once_all_is_told() {
    let write = |operation: u32, value: &str| {
        [
            format!(
                r#"{{"operation-began":{{"operation":{operation},"client":"c1","key":"x","write":"{value}"}}}}"#
            ),
            format!(r#"{{"operation-ended":{{"operation":{operation},"outcome":"written"}}}}"#),
        ]
    };
    let read = |operation: u32, value: &str| {
        [
            format!(r#"{{"operation-began":{{"operation":{operation},"client":"c2","key":"x"}}}}"#),
            format!(
                r#"{{"operation-ended":{{"operation":{operation},"outcome":{{"found":"{value}"}}}}}}"#
            ),
        ]
    };
    // Each line has a moment of its own: what ends before another begins comes before it.
    let told = |operations: &[[String; 2]]| {
        let lines = operations.iter().flatten().zip(50_000..);
        let lines = lines.map(|(what, at)| format!("{{\"at\":{at},\"what\":{what}}}\n"));
        verdict(&(example() + &lines.collect::<String>()))
    };
    let again = [write(10, "7"), write(11, "8"), write(12, "7")];
    let fine = told(&[&again[..], &[read(13, "7")]].concat());
    assert!(fine.violations.is_empty(), "{fine}");
    let rule = fine.rules.iter().find(|rule| rule.rule == "Linearizability").expect("it is one");
    assert_eq!(rule.untold, None);
    let stale = told(&[&again[..], &[read(13, "8"), read(14, "7")]].concat());
    let [found] = &stale.violations[..] else { panic!("{stale}") };
    let end = example().lines().count() as u64;
    assert_eq!((found.rule.as_str(), found.line), ("Linearizability", end + 8));
    assert_eq!(
        found.sentence,
        format!(
            "no order of what was done to x explains what c2's read of x (operation 13, from line \
             {}) found",
            end + 7
        )
    );
}
