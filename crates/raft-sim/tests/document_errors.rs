//! What is wrong with a scenario's text is said at once: where, what, and what would be right.

use raft_sim::Document;
use std::fmt::Write;

fn errors_of(text: &str) -> Vec<String> {
    let errors = Document::from_toml(text).expect_err("something is wrong with it");
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_line() {
    let text = r#"raftlab = 1
nodes = 5
duration = "2 s"
titel = "A title"
voters = "ABF"

[timing]
hearbeat_interval = "50 ms"

[raft]
pre_vote = "yes"
lease = "11/10"
flaws = ["vote-without-comparing-log", "count-learners", "count-learners"]

[network]
latency = "5 parsecs"
links = [
    { from = "A", latency = "1 ms" },
    { from = "A", to = "Z", latency = "9-3 ms" },
]

[disks.fsync.normal]
mean = "1 ms"

[[clients]]
work = "read-indx"
key = 300

[[clients]]
work = "write"
stuck_to = "H"

[[steps]]
at = "1 s"
do = "cash:leader"

[[steps]]
at = "3 s"
do = "crash:leader"

[[steps]]
at = 5
do = "heal"
"#;
    assert_eq!(
        errors_of(text),
        [
            "line 4: titel: there is no field of that name: did you mean title?",
            "line 5: voters: there is no node F: the nodes are A to E",
            "line 8: timing.hearbeat_interval: there is no field of that name: did you mean \
             heartbeat_interval?",
            "line 11: raft.pre_vote: this is the text “yes”, where there should be true or false",
            "line 13: raft.flaws[0]: “vote-without-comparing-log” is none of them: did you mean \
             vote-without-comparing-logs?",
            "line 13: raft.flaws[2]: count-learners is named twice",
            "line 16: network.latency: “5 parsecs” is not how long something takes: write a span \
             such as \"5 ms\", a range such as \"0.4-1.2 ms\", or a table such as \
             { normal = { mean = \"5 ms\", deviation = \"1 ms\" } }",
            "line 18: network.links[0].to: this is missing",
            "line 19: network.links[1].latency: min must not be longer than max",
            "line 19: network.links[1].to: there is no node Z: the nodes are A to E",
            "line 22: disks.fsync.normal.deviation: this is missing",
            "line 26: clients[0].work: “read-indx” is none of them: did you mean read-index?",
            "line 27: clients[0].key: this is the number 300, where there should be a whole \
             number from 0 to 255",
            "line 31: clients[1].stuck_to: there is no node H: the nodes are A to E",
            "line 35: steps[0].do: “cash:leader” is no action: did you mean crash?",
            "line 39: steps[1].do: 3000000:crash:leader: after the run's end at 2000.0 ms",
            "line 42: steps[2].at: this is the number 5, where there should be a span of time \
             with its unit, such as \"150 ms\", \"1.2 s\", \"400 µs\", \"2 min\" or \"1 h\"",
        ]
    );
}

#[test]
fn what_a_scenario_can_not_be_is_said_by_its_place_in_the_document() {
    let text = r#"raftlab = 1
nodes = 3
duration = "2 s"
learners = "A"
voters = "AB"

[timing]
election_timeout = "300-150 ms"
heartbeat_interval = "400 ms"

[raft]
lease = "9/10"

[snapshots]
every = 0

[network]
client_latency = "2 min"
links = [{ from = "A", to = "Z", latency = "9-3 ms" }]

[[clients]]
work = "write"
stuck_to = "H"

[[steps]]
at = "1 s"
do = "crash:E"
"#;
    assert_eq!(
        errors_of(text),
        [
            "line 4: learners: A votes: a learner has no vote",
            "line 8: timing.election_timeout: election_timeout_min must not be longer than \
             election_timeout_max",
            "line 9: timing.heartbeat_interval: heartbeat_interval must be shorter than \
             election_timeout_min",
            "line 12: raft.lease: lease needs stickiness: turn stickiness on, or lease off",
            "line 12: raft.lease: the lease's drift bound is a ratio of at least 1, such as 11/10",
            "line 15: snapshots.every: a snapshot covers at least 1 entry more",
            "line 18: network.client_latency: longer than a minute",
            "line 19: network.links[0].latency: min must not be longer than max",
            "line 19: network.links[0].to: there is no node Z: the nodes are A to C",
            "line 23: clients[0].stuck_to: there is no node H: the nodes are A to C",
            "line 27: steps[0].do: there is no node E: the nodes are A to C",
        ]
    );
}

#[test]
fn what_must_be_there_is_missed_and_the_rest_is_checked_all_the_same() {
    assert_eq!(
        errors_of(
            "[raft]\nprevote = true\nlease = \"11/10\"\n[[steps]]\nat = \"1 s\"\ndo = \"heel\""
        ),
        [
            "raftlab: this is missing",
            "nodes: this is missing",
            "duration: this is missing",
            "line 2: raft.prevote: there is no field of that name: did you mean pre_vote?",
            "line 6: steps[0].do: “heel” is no action: did you mean heal?",
        ]
    );
}

#[test]
fn a_name_that_is_empty_has_its_place_too() {
    let json = r#"{"raftlab": 1, "nodes": 3, "duration": "1 s", "": 1, "timing": {"": 2}}"#;
    let errors = Document::from_json(json).expect_err("no such fields");
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(told[0].starts_with("“”: there is no field of that name"), "{told:?}");
    assert!(told[1].starts_with("timing.“”: there is no field of that name"), "{told:?}");
}

#[test]
fn another_version_is_named_and_nothing_else_is_said() {
    let text = "raftlab = 2\nnodes = 5\nplanets = 9\n";
    assert_eq!(errors_of(text), ["line 1: raftlab: this is version 2; Raftlab reads 1"]);
    let errors = Document::from_json(r#"{"nodes": 5, "raftlab": 7}"#).expect_err("version 7");
    assert_eq!(errors[0].to_string(), "raftlab: this is version 7; Raftlab reads 1");
    let errors = Document::from_toml("raftlab = \"1\"\nnodes = 3\nduration = \"1 s\"\n");
    assert_eq!(
        errors.expect_err("a text")[0].to_string(),
        "line 1: raftlab: this is the text “1”, where there should be the version of the format, 1"
    );
}

#[test]
fn what_is_no_toml_or_json_is_said_with_its_line() {
    let errors = errors_of("raftlab = 1\nnodes = = 5\n\ntitle = \"unclosed\nduration = \"1 s\"\n");
    assert!(errors.iter().any(|it| it.starts_with("line 2: this is no TOML: ")), "{errors:?}");
    assert!(errors.iter().any(|it| it.starts_with("line 4: this is no TOML: ")), "{errors:?}");
    let errors = Document::from_json("{\n\"raftlab\": 1,\n\"nodes\": }").expect_err("no JSON");
    assert!(errors[0].to_string().starts_with("line 3: this is no JSON: "), "{errors:?}");
    for (json, says) in [
        ("[1, 2]", "this is a list, where a scenario is a table"),
        ("", "line 1: this is no JSON: EOF"),
        (
            r#"{"raftlab": 1, "nodes": 3, "duration": "1 s", "nodes": 4}"#,
            "nodes: this is there twice: say it once",
        ),
        (
            r#"{"raftlab": 1, "nodes": 3.5, "duration": "1 s"}"#,
            "nodes: this is a number with a fraction, or too large, where there should be a whole \
             number from 0 to 255",
        ),
    ] {
        let errors = Document::from_json(json).expect_err(json);
        assert!(errors[0].to_string().starts_with(says), "{errors:?}");
    }
}

#[test]
fn a_text_with_many_errors_is_told_some_of_them() {
    let mut text = "raftlab = 1\nnodes = 3\nduration = \"1 s\"\n".to_string();
    for number in 0..500 {
        writeln!(text, "field_{number} = 1").expect("a text takes all");
    }
    let count = errors_of(&text).len();
    assert!((20..50).contains(&count), "{count}");
}

/// Nothing that is too long or too deep is looked into.
#[test]
fn texts_that_are_too_long_or_too_deep_are_refused() {
    let long = format!("title = \"{}\"\n", "x".repeat(600_000));
    assert_eq!(errors_of(&long), ["the text is longer than 512 kB: no scenario is"]);
    for (open, close) in [("[", "]"), ("{ a = ", " }")] {
        for depth in [30, 100, 20_000] {
            let deep = format!("steps = {}1{}", open.repeat(depth), close.repeat(depth));
            let errors = errors_of(&deep).join("; ");
            assert!(errors.contains("deeper") || errors.contains("TOML"), "{errors}");
        }
    }
    for (deep, what) in [
        (format!("{} = 1", "a.".repeat(100_000) + "a"), "dotted names"),
        (format!("[{}]", "a.".repeat(100_000) + "a"), "the name of a table"),
        (format!("a = {{ {} = 1 }}", "a.".repeat(100_000) + "a"), "a name in an inline table"),
        (format!("[[{}]]", "a.".repeat(100_000) + "a"), "the name of a list"),
    ] {
        let errors = Document::from_toml(&deep).expect_err(what);
        assert!(errors.len() < 50, "{what}");
    }
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(40_000), close.repeat(40_000));
        let errors = Document::from_json(&deep).expect_err("it is deep");
        assert!(errors[0].to_string().contains("deeper"), "{errors:?}");
    }
}
