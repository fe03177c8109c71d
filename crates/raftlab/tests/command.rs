//! The command as a caller sees it: what it prints, what it writes, and how it exits.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Runs the command with these words, and `input` on its standard input.
fn raftlab_with(words: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_raftlab"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // It may refuse what it reads before the end.
    let _ = child.stdin.take().expect("it is piped").write_all(input);
    child.wait_with_output().expect("it ends")
}

fn raftlab(words: &[&str]) -> Output {
    raftlab_with(words, b"")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it prints text")
}

#[track_caller]
fn exits(output: &Output, code: i32) {
    let said = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{}\n{}", said.0, said.1);
    assert!(!said.1.contains("panicked"), "{}", said.1);
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("it can be made");
    folder
}

fn trace_of(scenario: &str, seed: &str) -> Vec<u8> {
    let output = raftlab(&["run", scenario, "--seed", seed, "--trace", "-"]);
    assert!(!output.stdout.is_empty() && !output.stderr.is_empty(), "trace and account");
    output.stdout
}

#[test]
fn a_run_that_is_as_it_should_be_exits_with_0_and_says_who_led() {
    let output = raftlab(&["run", "leader-crash", "--seed", "42"]);
    exits(&output, 0);
    let said = text(&output.stdout);
    for part in ["seed 42", "leaders      B (term 1), A (term 2)", "13 of 13 answered", "none"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains('\x1b'), "no colours but on a terminal");
}

#[test]
fn the_same_run_gives_the_same_trace() {
    assert_eq!(trace_of("leader-crash", "7"), trace_of("leader-crash", "7"));
    assert_ne!(trace_of("leader-crash", "7"), trace_of("leader-crash", "8"));
}

#[test]
fn a_run_may_end_early() {
    let output = raftlab(&["run", "leader-crash", "--until", "900"]);
    exits(&output, 0);
    assert!(!text(&output.stdout).contains("B crashes."), "the crash is at one second");
    for (until, says) in [("0", "after its beginning"), ("99999999", "it is 2500.0 ms long")] {
        let output = raftlab(&["run", "leader-crash", "--until", until]);
        exits(&output, 2);
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    }
}

#[test]
fn what_is_no_scenario_exits_with_2_and_says_what_would_be_right() {
    let output = raftlab(&["run", "leader-crush"]);
    exits(&output, 2);
    let said = text(&output.stderr);
    assert!(said.contains("leader-crush") && said.contains("leader-crash"), "{said}");
    exits(&raftlab(&["run", "/no/such/file.toml"]), 2);
    exits(&raftlab(&["run"]), 2);
    exits(&raftlab(&["fly"]), 2);
    exits(&raftlab(&["run", "leader-crash", "--seed", "many"]), 2);
}

#[test]
fn a_trace_that_is_a_run_of_ours_checks_and_one_that_was_changed_does_not() {
    let trace = trace_of("leader-crash", "42");
    let checked = raftlab_with(&["check", "-"], &trace);
    exits(&checked, 0);
    assert!(text(&checked.stdout).contains("Nothing is violated"));
    let (head, rest) =
        text(&trace).split_once('\n').map(|(a, b)| (a.to_string(), b.to_string())).expect("lines");
    let changed = format!("{head}\n{}", rest.replacen("\"at\":", "\"at\": ", 1));
    let refused = raftlab_with(&["check", "-"], changed.as_bytes());
    exits(&refused, 1);
    assert!(text(&refused.stdout).contains("line 2"), "{}", text(&refused.stdout));
}

#[test]
fn a_trace_in_a_file_checks_as_well() {
    let file = folder("trace").join("run.jsonl");
    let file = file.to_str().expect("a path of letters");
    exits(&raftlab(&["run", "split-vote-random", "--trace", file]), 0);
    exits(&raftlab(&["check", file]), 0);
}

#[test]
fn what_is_no_trace_exits_with_2() {
    for input in ["", "hello", "{}", "{\"format\":\"raftlab-trace\",\"version\":99}"] {
        exits(&raftlab_with(&["check", "-"], input.as_bytes()), 2);
    }
    exits(&raftlab_with(&["check", "-"], &[0xff, 0xfe, 0, 0]), 2);
    exits(&raftlab(&["check", "/no/such/file"]), 2);
}

#[test]
fn every_built_in_scenario_is_listed() {
    let output = raftlab(&["list"]);
    exits(&output, 0);
    let said = text(&output.stdout);
    for scenario in raft_scenarios::all() {
        assert!(said.contains(&scenario.name) && said.contains(&scenario.title));
    }
}

#[test]
fn a_scenario_that_was_printed_is_played_as_the_built_in_one() {
    let folder = folder("printed");
    for (format, name) in [("toml", "mine.toml"), ("json", "mine.json")] {
        let printed = raftlab(&["run", "leader-crash", "--print", format]);
        exits(&printed, 0);
        let file = folder.join(name);
        std::fs::write(&file, &printed.stdout).expect("it can be written");
        let file = file.to_str().expect("a path of letters");
        let own = raftlab(&["run", file]);
        exits(&own, 0);
        assert_eq!(text(&own.stdout), text(&raftlab(&["run", "leader-crash"]).stdout));
    }
}

#[test]
fn a_field_may_be_set_to_another_value() {
    let output = raftlab(&["run", "phantom-leader-lease"]);
    assert!(text(&output.stdout).contains("Linearizability violated"));
    for set in ["raft.lease=2/1", "clients.1.work=read-index"] {
        let output = raftlab(&["run", "phantom-leader-lease", "--set", set]);
        let said = text(&output.stdout);
        assert!(said.contains("violations   none"), "{said}");
        assert!(said.contains(&format!("changed from what the scenario says: {set}\n")), "{said}");
    }
    for (set, says) in [
        ("raft.lease", "FIELD=VALUE"),
        ("raft.leese=2/1", "leese"),
        ("raft.lease=maybe", "maybe"),
        ("clients.7.work=write", "a list of 2"),
        ("nodes.more=1", "nodes has no fields"),
        ("=1", "a field has a name"),
        ("nodes=77", "77"),
    ] {
        let output = raftlab(&["run", "phantom-leader-lease", "--set", set]);
        exits(&output, 2);
        assert!(text(&output.stderr).contains(says), "{set}: {}", text(&output.stderr));
    }
}

/// What is expected is of the scenario as it is written: that it fails may be the very thing
/// that was to be seen, and that is said.
#[test]
fn with_a_field_set_a_run_is_judged_by_what_the_scenario_expects_all_the_same() {
    let set = ["run", "returning-node", "--set", "raft.pre_vote=true"];
    let output = raftlab(&set);
    exits(&output, 1);
    let said = text(&output.stdout);
    assert!(said.contains("FAILS") && said.contains("--set changed it"), "{said}");
    let by_promises = [&set[..], &["--set", "expectations=[]"]].concat();
    exits(&raftlab(&by_promises), 0);
    let harmless = raftlab(&["run", "returning-node", "--set", "title=Mine"]);
    exits(&harmless, 0);
    assert!(!text(&harmless.stdout).contains("--set changed it"));
    let help = text(&raftlab(&["help", "run"]).stdout);
    assert!(help.contains("expectations=[]"), "{help}");
}

/// What a hunt found is a small file; playing it shows the same violation.
#[test]
fn what_a_hunt_finds_is_a_file_that_shows_it_again() {
    let file = folder("hunt").join("found.toml");
    let file = file.to_str().expect("a path of letters");
    let flaw = "raft.flaws=[\"compare-only-log-length\"]";
    let hunt = ["hunt", "leader-crash", "--set", flaw, "--seeds", "3000", "--out", file];
    let output = raftlab(&hunt);
    exits(&output, 1);
    let said = text(&output.stdout);
    let violation = said.lines().next().and_then(|line| line.split_once(": ")).expect("it says").1;
    assert!(violation.contains("violated"), "{said}");
    let again = raftlab(&["run", file]);
    assert!(text(&again.stdout).contains(violation), "{}", text(&again.stdout));
    assert!(text(&again.stdout).contains("modified Raft"));
}

#[test]
fn the_schemas_are_json() {
    for format in ["scenario", "trace", "observed-trace"] {
        let output = raftlab(&["schema", format]);
        exits(&output, 0);
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(schema["$schema"].is_string(), "{format}");
    }
    exits(&raftlab(&["schema", "poem"]), 2);
}

#[test]
fn a_hunt_in_real_raft_finds_nothing_and_exits_with_0() {
    let output = raftlab(&["hunt", "leader-crash", "--seeds", "50"]);
    exits(&output, 0);
    assert!(text(&output.stdout).contains("nothing found in 100 runs"));
    exits(&raftlab(&["hunt", "leader-crash", "--property", "beauty"]), 2);
    exits(&raftlab(&["hunt", "leader-crash", "--jobs", "0"]), 2);
}

/// The figure of these words.
fn figure(words: &[&str]) -> Output {
    raftlab(&[&["figure"], words].concat())
}

#[test]
fn every_view_of_a_moment_is_drawn_the_same_each_time() {
    for view in ["stage", "timeline", "log"] {
        for theme in ["light", "dark"] {
            let words = ["leader-crash", "--at", "1139.4", "--view", view, "--theme", theme];
            let output = figure(&words);
            exits(&output, 0);
            let svg = text(&output.stdout);
            assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"), "{svg}");
            for part in ["<title>Leader crash</title>", "<desc>", "seed 42", "at 1139.4 ms"] {
                assert!(svg.contains(part), "{view}: {part}");
            }
            assert_eq!(output.stdout, figure(&words).stdout);
            let other = figure(&[&words[..], &["--seed", "7"]].concat());
            assert_ne!(output.stdout, other.stdout);
        }
    }
}

#[test]
fn a_figure_has_the_size_that_was_asked_for() {
    for view in ["stage", "timeline", "log"] {
        let output = figure(&["figure-8", "--at", "900", "--view", view, "--size", "640x480"]);
        exits(&output, 0);
        assert!(text(&output.stdout).contains("width=\"640\" height=\"480\""), "{view}");
        let output = figure(&["figure-8", "--at", "900", "--view", view, "--width", "700"]);
        exits(&output, 0);
        assert!(text(&output.stdout).contains("width=\"700\""), "{view}");
    }
}

#[test]
fn a_run_without_a_rule_says_so_on_its_figure() {
    let scenario = "flaw-commit-earlier-term-by-counting";
    for view in ["stage", "timeline", "log"] {
        let svg = text(&figure(&[scenario, "--at", "1500", "--view", view]).stdout);
        assert!(svg.contains("modified Raft, left out: only entries"), "{view}");
        assert!(svg.contains("State Machine Safety violated"), "{view}");
    }
}

#[test]
fn what_can_not_be_drawn_exits_with_2_and_says_what_would_be_right() {
    let folder = folder("no-figure");
    let out = folder.join("figure.gif");
    let out = out.to_str().expect("a path of letters");
    for (words, says) in [
        (vec!["leader-crush", "--at", "1"], "did you mean leader-crash?"),
        (vec!["leader-crash"], "--at <MS>"),
        (vec!["leader-crash", "--at", "soon"], "such as 1140 or 1139.4"),
        (vec!["leader-crash", "--at", "2500.001"], "the run ends at 2500.0 ms"),
        (vec!["leader-crash", "--at", "1", "--size", "big"], "such as 800x560"),
        (vec!["leader-crash", "--at", "1", "--size", "120x120"], "at least 320 wide"),
        (vec!["leader-crash", "--at", "1", "--width", "99"], "100..=8000"),
        (vec!["leader-crash", "--at", "1", "--view", "poem"], "stage, timeline, log"),
        (vec!["leader-crash", "--at", "1", "--out", out], ".svg or .png"),
        (vec!["leader-crash", "--at", "1", "--from", "1"], "--view timeline"),
        (
            vec!["leader-crash", "--at", "5", "--view", "timeline", "--from", "9", "--to", "9"],
            "it must end later",
        ),
        (
            vec!["leader-crash", "--at", "5", "--view", "timeline", "--to", "9999"],
            "the run ends at 2500.0 ms",
        ),
    ] {
        let output = figure(&words);
        exits(&output, 2);
        assert!(text(&output.stderr).contains(says), "{words:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty(), "{words:?}");
    }
    assert!(!std::path::Path::new(out).exists());
}

#[test]
fn a_trace_is_drawn_as_its_run_is() {
    let folder = folder("figure-of-trace");
    let ours = folder.join("ours.jsonl");
    std::fs::write(&ours, trace_of("leader-crash", "7")).expect("it can be written");
    let ours = ours.to_str().expect("a path of letters");
    let of_trace = figure(&[ours, "--at", "1200"]);
    exits(&of_trace, 0);
    assert_eq!(of_trace.stdout, figure(&["leader-crash", "--seed", "7", "--at", "1200"]).stdout);
    exits(&figure(&[ours, "--at", "1200", "--seed", "7"]), 2);

    let document = include_str!("../../raft-sim/TRACE.md");
    let example = document.split("```json\n").nth(1).and_then(|it| it.split("```").next());
    let theirs = folder.join("theirs.jsonl");
    std::fs::write(&theirs, example.expect("there is one")).expect("it can be written");
    let theirs = theirs.to_str().expect("a path of letters");
    for view in ["stage", "timeline", "log"] {
        let output = figure(&[theirs, "--at", "28", "--view", view]);
        exits(&output, 0);
        assert!(text(&output.stdout).contains("A trace of example"), "{view}");
    }
    let late = figure(&[theirs, "--at", "4000"]);
    exits(&late, 2);
    assert!(text(&late.stderr).contains("the run ends at"), "{}", text(&late.stderr));
}

/// Without a font all words would be missing: then no file is written.
#[test]
fn a_png_is_drawn_with_the_fonts_of_the_machine_and_not_without() {
    let folder = folder("png");
    let file = folder.join("figure.png");
    let _ = std::fs::remove_file(&file);
    let config = folder.join("fonts.conf");
    let nowhere = folder.join("no-fonts");
    let empty = format!("<fontconfig><dir>{}</dir></fontconfig>", nowhere.display());
    std::fs::write(&config, empty).expect("it can be written");
    let draw = |config: Option<&PathBuf>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_raftlab"));
        command.args(["figure", "figure-8", "--at", "900", "--scale", "1", "--size", "640x480"]);
        command.arg("-o").arg(&file);
        if let Some(config) = config {
            command.env("FONTCONFIG_FILE", config);
        }
        command.output().expect("it starts")
    };
    if cfg!(target_os = "linux") {
        let without = draw(Some(&config));
        exits(&without, 2);
        assert!(text(&without.stderr).contains("needs a font"), "{}", text(&without.stderr));
        assert!(!file.exists());
    }
    let with = draw(None);
    if with.status.code() == Some(2) && text(&with.stderr).contains("needs a font") {
        return;
    }
    exits(&with, 0);
    let png = std::fs::read(&file).expect("it was written");
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    // Its width and height, as a PNG's header has them.
    assert_eq!((&png[16..20], &png[20..24]), (&[0, 0, 2, 128][..], &[0, 0, 1, 224][..]));
}

/// The folder of the lesson that the documentation shows.
fn example() -> String {
    format!("{}/../raft-lessons/example/01-a-first-lesson", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_lesson_is_listed_told_and_found_true() {
    let output = raftlab(&["lesson", "list"]);
    exits(&output, 0);
    assert!(text(&output.stdout).contains("a-clean-election"), "{}", text(&output.stdout));
    let output = raftlab(&["lesson", "show", "a-clean-election"]);
    exits(&output, 0);
    let said = text(&output.stdout);
    for part in ["seed 42", "2. Silence", "so it is", "Sources"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("{old-leader}"), "values stand where their names were");
    let output = raftlab(&["lesson", "check", &example(), "--seeds", "3"]);
    exits(&output, 0);
    assert!(text(&output.stdout).contains("true: "), "{}", text(&output.stdout));
}

#[test]
fn a_lesson_that_is_not_true_exits_with_1_and_one_that_is_none_with_2() {
    let folder = folder("01-not-true");
    let toml = std::fs::read_to_string(example() + "/lesson.toml").expect("it is there");
    let narration = std::fs::read_to_string(example() + "/lesson.md").expect("it is there");
    let path = folder.to_str().expect("it is text");
    std::fs::write(folder.join("lesson.md"), narration).expect("it can be written");
    let not_true = toml.replacen("at_most = 0", "at_least = 1", 1);
    std::fs::write(folder.join("lesson.toml"), not_true).expect("it can be written");
    let output = raftlab(&["lesson", "check", path, "--seeds", "1"]);
    exits(&output, 1);
    assert!(text(&output.stdout).contains("lesson.toml, line "), "{}", text(&output.stdout));
    std::fs::write(folder.join("lesson.toml"), toml.replace("after-step", "after-steps"))
        .expect("so too");
    let output = raftlab(&["lesson", "check", path]);
    exits(&output, 2);
    assert!(text(&output.stderr).contains("did you mean after-step?"), "{}", text(&output.stderr));
    std::fs::write(folder.join("lesson.md"), b"## What you will see\n\xff").expect("so too");
    let output = raftlab(&["lesson", "check", path]);
    exits(&output, 2);
    let said = text(&output.stderr);
    assert!(said.contains("lesson.md: line 2 has letters that are not UTF-8"), "{said}");
    let output = raftlab(&["lesson", "show", "a-clean-elektion"]);
    exits(&output, 2);
    assert!(text(&output.stderr).contains("did you mean a-clean-election?"), "no");
}

/// Whoever writes a first lesson begins with one that is true.
#[test]
fn a_new_lesson_is_true_as_it_is_made_and_nothing_is_written_over() {
    let folder = folder("new-lessons");
    for (name, more) in [("01-mine", None), ("02-my-own", Some("--own-scenario"))] {
        let path = folder.join(name);
        let _ = std::fs::remove_dir_all(&path);
        let path = path.to_str().expect("it is text");
        let words: Vec<&str> = ["lesson", "new", path].into_iter().chain(more).collect();
        exits(&raftlab(&words), 0);
        let checked = raftlab(&["lesson", "check", path, "--seeds", "2"]);
        exits(&checked, 0);
        assert_eq!(std::fs::exists(format!("{path}/scenario.toml")).ok(), Some(more.is_some()));
        let again = raftlab(&words);
        exits(&again, 2);
        assert!(text(&again.stderr).contains("is there already"), "{}", text(&again.stderr));
    }
    let wrong = raftlab(&["lesson", "new", folder.join("My lesson").to_str().expect("text")]);
    exits(&wrong, 2);
    assert!(text(&wrong.stderr).contains("such as 01-my-lesson"), "{}", text(&wrong.stderr));
}

#[test]
fn a_lesson_that_was_packed_is_told_and_checked_as_the_folder_is() {
    let folder = folder("packed");
    let file = folder.join("first.lesson");
    let file = file.to_str().expect("it is text");
    let packed = raftlab(&["lesson", "pack", &example(), "-o", file]);
    exits(&packed, 0);
    let said = text(&packed.stdout);
    assert!(said.contains(file) && said.contains("open it in the page with Files"), "{said}");
    let link = raftlab(&["lesson", "pack", &example(), "--link"]);
    exits(&link, 0);
    assert!(link.stderr.is_empty(), "{}", text(&link.stderr));
    let long = example().replace("01-a-first-lesson", "02-the-small-half");
    let long = raftlab(&["lesson", "pack", &long, "--link"]);
    assert!(text(&long.stderr).contains("may cut it off"), "{}", text(&long.stderr));
    let link = text(&link.stdout);
    let whole = raftlab(&["lesson", "show", &example(), "--all"]);
    for name in [file, link.trim(), &format!("https://example.org/{}", link.trim())] {
        exits(&raftlab(&["lesson", "check", name, "--seeds", "1"]), 0);
        assert_eq!(text(&raftlab(&["lesson", "show", name, "--all"]).stdout), text(&whole.stdout));
    }
    // Where its lines break is of no matter.
    let said = text(&whole.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "right: A heartbeat may just be late",
        "wrong: They ask the leader to come back",
        "Nobody asks it anything",
        "A leader that is only slow should keep its place.",
        "is called a heartbeat (paper, 5.2).",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let cut = &link.trim()[..300];
    let refused = raftlab(&["lesson", "show", cut]);
    exits(&refused, 2);
    assert!(text(&refused.stderr).contains("a part of it is missing"), "{}", text(&refused.stderr));
}

#[test]
fn what_is_no_lesson_is_told_with_what_would_be_right() {
    let toml = example() + "/lesson.toml";
    let empty = folder("01-empty");
    let empty = empty.to_str().expect("it is text");
    let near = example().replace("01-a-first-lesson", "01-a-frist-lesson");
    for (name, says) in [
        (empty, "lesson.toml: there is no such file in the lesson's folder"),
        (toml.as_str(), "this is one file of a lesson: name its folder, "),
        (near.as_str(), "01-a-first-lesson? `raftlab lesson list` lists"),
        ("x9x9x9", "of that name; `raftlab lesson list` lists the lessons"),
        (env!("CARGO_BIN_EXE_raftlab"), "nor a packed lesson"),
    ] {
        let output = raftlab(&["lesson", "check", name]);
        exits(&output, 2);
        assert!(text(&output.stderr).contains(says), "{name}: {}", text(&output.stderr));
    }
}

/// What follows from a rule that never acts is told only to whoever wants to see it.
#[test]
fn what_may_come_of_a_mistake_is_told_apart() {
    let folder = folder("01-no-rule");
    let second = example().replace("01-a-first-lesson", "02-the-small-half");
    for name in ["lesson.toml", "lesson.md", "scenario.toml"] {
        let read = std::fs::read_to_string(format!("{second}/{name}")).expect("it is there");
        let spoilt =
            read.replace("when = \"client 2 has written\"", "when = \"client 2 has read\"");
        std::fs::write(folder.join(name), spoilt).expect("it can be written");
    }
    let path = folder.to_str().expect("it is text");
    let output = raftlab(&["lesson", "check", path, "--seeds", "1"]);
    exits(&output, 1);
    let said = text(&output.stdout);
    assert!(said.matches("wrong: ").count() == 1, "{said}");
    assert!(said.contains("scenario.toml, line 31: this rule does not act"), "{said}");
    assert!(said.contains("more are not so, which may come of that"), "{said}");
    let all = raftlab(&["lesson", "check", path, "--seeds", "1", "--all"]);
    assert!(text(&all.stdout).matches("wrong: ").count() > 5, "{}", text(&all.stdout));
}

/// Each occasion of a run can be written as it is printed.
#[test]
fn the_occasions_of_a_run_are_told_in_the_words_that_one_writes() {
    let output = raftlab(&["run", "leader-crash", "--occasions"]);
    exits(&output, 0);
    let said = text(&output.stdout);
    let lines: Vec<&str> = said.lines().map(|line| line[14..].trim()).collect();
    for line in &lines {
        let occasion: raft_sim::Occasion =
            line.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(occasion.to_string(), *line);
    }
    for part in [" crashes", " becomes leader", "client 1 has written", " commits index 2"] {
        assert!(lines.iter().any(|line| line.contains(part)), "{part}: {said}");
    }
    assert!(!said.contains("heartbeat"), "{said}");
    let all = raftlab(&["run", "leader-crash", "--occasions=all"]);
    assert!(text(&all.stdout).contains("receives heartbeat from"), "{}", text(&all.stdout));
    let listed = raftlab(&["list", "--occasions"]);
    exits(&listed, 0);
    for (kind, _) in raft_sim::KINDS_OF_OCCASIONS {
        assert!(text(&listed.stdout).contains(kind), "{kind}");
    }
}
