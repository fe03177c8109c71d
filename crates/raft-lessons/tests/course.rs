//! The course tells the truth: every lesson, seed after seed, and every claim of the ledger.

use raft_core::{Flaw, Micros};
use raft_lessons::check::check;
use raft_lessons::text::{Read, read};
use raft_lessons::{Kind, Lesson, Right, ledger};
use raft_sim::{Document, Happening, KINDS_OF_OCCASIONS, Plan, SETTINGS, Timeline, Told};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many seeds each lesson is played with, and each run of the ledger:
/// `RAFTLAB_LESSON_SEEDS=100 cargo test -p raft-lessons --test course` plays more.
fn seeds(usual: u64) -> u64 {
    std::env::var("RAFTLAB_LESSON_SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(usual)
}

/// Of a lesson, and of a claim of the ledger.
const SEEDS: u64 = 20;
const SEEDS_OF_LEDGER: u64 = 8;

/// Says how much was looked at, in a line that `cargo xtask` collects. It goes past the test
/// harness, which keeps to itself what a test that passes prints.
fn say_explored(what: &str) {
    use std::io::Write as _;
    // Nobody may be listening: the test is worth as much.
    let _ = std::io::stderr().write_all(format!("explored: {what}\n").as_bytes());
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The lesson that the documentation shows, and one with a scenario of its own.
const EXAMPLES: [&str; 2] = ["example/01-a-first-lesson", "example/02-the-small-half"];

fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder("lessons")).expect("it is there");
    let mut all: Vec<PathBuf> =
        entries.map(|entry| entry.expect("it can be read").path()).collect();
    all.sort();
    all
}

fn read_folder(path: &Path) -> Read {
    let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
    let mut file = |name: &str| fs::read_to_string(path.join(name)).map_err(|it| it.to_string());
    let lessons: Vec<String> = raft_lessons::list().iter().map(|it| it.name.to_owned()).collect();
    read(&name, &mut file, Some(&lessons))
        .unwrap_or_else(|problems| panic!("{name}: {problems:#?}"))
}

/// Whether these lessons are true, and how many runs that took.
fn are_true(paths: &[PathBuf], seeds: u64) -> u64 {
    let mut runs = 0;
    let mut wrong = Vec::new();
    for path in paths {
        let read = read_folder(path);
        let checked = check(&read, 0..seeds).expect("it can be played");
        let told = checked.problems.iter().chain(&checked.may_follow);
        wrong.extend(told.map(|problem| format!("{}/{problem}", path.display())));
        runs += read.lesson.runs.len() as u64 * (seeds + 1);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    runs
}

#[test]
fn every_lesson_is_true_seed_after_seed() {
    let all = folders();
    assert!(all.len() >= 21, "{}", all.len());
    let seeds = seeds(SEEDS);
    let runs = are_true(&all, seeds);
    say_explored(&format!("{runs} runs ({} lessons, {seeds} seeds and their own)", all.len()));
}

#[test]
fn the_examples_are_true_and_the_first_is_what_the_documentation_shows() {
    are_true(&EXAMPLES.map(folder), SEEDS);
    let document = fs::read_to_string(folder("../../docs/LESSONS.md")).expect("it is there");
    for file in ["lesson.toml", "lesson.md"] {
        let text = fs::read_to_string(folder("example/01-a-first-lesson").join(file))
            .expect("it is there");
        assert!(document.contains(text.trim()), "docs/LESSONS.md shows {file} as it is");
    }
}

/// The table of occasions is the code's own.
#[test]
fn the_documentation_has_every_occasion_and_none_that_there_is_not() {
    let document = fs::read_to_string(folder("../../docs/LESSONS.md")).expect("it is there");
    let section = document.split("### Occasions").nth(1).expect("there is such a section");
    let section = section.split("\n## ").next().expect("there is a first");
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let expected = KINDS_OF_OCCASIONS.map(|(text, means)| format!("| `{text}` | {means} |"));
    assert_eq!(rows, expected);
}

/// What the documentation shows of a scenario can be read, as a part of one.
#[test]
fn the_documentation_shows_parts_of_a_scenario_that_fit() {
    let document = fs::read_to_string(folder("../../docs/LESSONS.md")).expect("it is there");
    let section = document.split("### A scenario of your own").nth(1).expect("there is one");
    let parts = section.split("```toml\n").nth(1).and_then(|it| it.split("```").next());
    let head = "raftlab = 1\nname = \"x\"\ntitle = \"X\"\nsummary = \"X.\"\nnodes = 5\nduration = \"2 s\"\n";
    let whole = [head, parts.expect("it shows some")].concat();
    let scenario = Document::from_toml(&whole).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert!(scenario.clients.len() == 1 && scenario.rules.len() == 1);
    assert!(scenario.steps.len() == 1 && scenario.expectations.len() == 1);
}

/// Who chose is told at once why, right or wrong, before the run shows it.
#[test]
fn each_choice_that_the_run_judges_has_a_reply() {
    let mut judged = 0;
    for path in folders() {
        let lesson = read_folder(&path).lesson;
        for question in &lesson.questions {
            let Kind::Choice(choices) = &question.kind else { continue };
            for choice in choices.iter().filter(|it| matches!(it.right, Right::If { .. })) {
                assert!(!choice.reply.is_empty(), "{}, {}", lesson.name, question.name);
                judged += 1;
            }
        }
    }
    assert!(judged >= 30, "{judged}");
}

/// When the runs of a lesson part, and the step that is the last by then. That something is
/// set anew is what makes them part, but not yet where they do.
fn parting(lesson: &Lesson, seed: u64) -> (Micros, String) {
    let timelines = [0, 1].map(|run: usize| {
        let scenario = lesson.runs[run].scenario([]).expect("it has one");
        Timeline::new(Arc::new(Plan::new(scenario, seed, Vec::new()).expect("it can be played")))
    });
    // One setting makes the difference, or one rule: by that the two are told apart.
    let ends = timelines.each_ref().map(|it| it.world_after(it.events()));
    let different = SETTINGS.iter().filter(|row| row.in_force(&ends[0]) != row.in_force(&ends[1]));
    let [flaws, others] = ends.each_ref().map(|world| world.settings().flaws);
    let rules = Flaw::ALL.iter().filter(|flaw| flaws.has(**flaw) != others.has(**flaw));
    assert_eq!(different.count() + rules.count(), 1, "{}", lesson.name);
    let happens = |told: &Told| !matches!(told.what, Happening::SettingChanged { .. });
    let [one, other] = timelines.each_ref().map(|it| it.records().filter(happens));
    let differs = |(one, other): &(Told, Told)| (one.at, &one.what) != (other.at, &other.what);
    let (one, other) = one.zip(other).find(differs).expect("they part");
    let at = one.at.min(other.at);
    let comes = raft_lessons::tell(lesson, seed).expect("it can be told").steps;
    let steps = lesson.steps.iter().zip(comes);
    let read = steps.take_while(|(_, comes)| comes.is_some_and(|comes| comes.at <= at));
    (at, read.last().map_or(String::new(), |(step, _)| step.name.clone()))
}

/// Whoever goes to the first moment at which two runs part finds what the lesson is about, not a
/// difference that nobody sees.
#[test]
fn two_runs_part_where_the_lesson_tells_of_it() {
    for (name, step) in [
        ("the-node-that-comes-back", "alone"),
        ("duels-and-bridges", "deaf"),
        ("reads-by-lease", "both-ask"),
        ("the-phantom-leader", "slow-clock"),
        ("disks-that-lie", "a-write"),
    ] {
        let lesson = raft_lessons::named(name).expect("there is one").lesson();
        for seed in (0..20).chain([lesson.seed]) {
            let (at, after) = parting(&lesson, seed);
            assert_eq!(after, step, "{name}, {seed}: {at}");
            // A while before A is cut off, which is when it matters.
            let of_lease = Micros::from_millis(650)..Micros::from_millis(680);
            assert!(name != "the-phantom-leader" || of_lease.contains(&at), "{seed}: {at}");
        }
    }
}

#[test]
fn what_is_built_in_is_what_is_written() {
    let all = folders();
    assert_eq!(raft_lessons::list().len(), all.len());
    for (built_in, path) in raft_lessons::list().iter().zip(all) {
        let lesson = read_folder(&path).lesson;
        assert_eq!(built_in.lesson(), lesson);
        assert_eq!((built_in.name, built_in.title), (lesson.name.as_str(), lesson.title.as_str()));
        assert!(built_in.summary == lesson.summary && built_in.group == lesson.group);
    }
}

#[test]
fn a_packed_lesson_that_is_cut_off_or_changed_is_refused_or_read_and_never_panics() {
    for built_in in raft_lessons::list() {
        let packed = built_in.packed();
        for length in (0..packed.len()).step_by(11) {
            assert!(
                Lesson::from_packed(&packed[..length]).is_err(),
                "{} at {length}",
                built_in.name
            );
        }
        for place in (0..packed.len()).step_by(7) {
            let mut changed = packed.to_vec();
            changed[place] ^= 0x55;
            let _ = Lesson::from_packed(&changed);
        }
    }
}

#[test]
fn every_claim_of_the_ledger_is_shown_by_its_runs() {
    let entries = ledger::read(ledger::LEDGER).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(entries.len() >= 60, "{}", entries.len());
    let seeds = seeds(SEEDS_OF_LEDGER);
    let mut runs: u64 = 0;
    for entry in &entries {
        if let Some(lesson) = &entry.lesson {
            let is_there = raft_lessons::named(lesson).is_some();
            assert!(is_there, "{}: there is no lesson {lesson}", entry.id);
        }
        for shown in &entry.shown_by {
            for seed in 0..seeds {
                let failures = shown.failures(seed).expect("it can be played");
                let what = (&entry.id, &shown.scenario, seed);
                assert!(failures.is_empty(), "{what:?}: {failures:#?}");
                runs += 1;
            }
        }
    }
    say_explored(&format!("{runs} runs ({} claims of the ledger, {seeds} seeds)", entries.len()));
}

/// The lessons of the course are numbered without a gap, and each but a few opinions of the
/// ledger has one.
#[test]
fn every_claim_has_its_lesson() {
    let numbers: Vec<u8> = raft_lessons::list().iter().map(|it| it.number).collect();
    assert!(numbers.iter().copied().eq(1..=21), "{numbers:?}");
    let entries = ledger::read(ledger::LEDGER).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let without: Vec<&str> =
        entries.iter().filter(|it| it.lesson.is_none()).map(|it| it.id.as_str()).collect();
    assert!(without.is_empty(), "{without:?}");
}

/// A lesson is worth something where one that isn't true is found out.
#[test]
fn a_lesson_that_says_what_is_not_so_is_found_out_with_its_line() {
    let good = folder("example/01-a-first-lesson");
    let toml = fs::read_to_string(good.join("lesson.toml")).expect("it is there");
    for (from, to, says) in [
        (
            "when = \"leader crashes\"",
            "when = \"leader hands over\"",
            "“leader hands over” never comes",
        ),
        ("at_most = 0", "at_least = 1", "the claim: with the lesson's own seed, expected"),
        ("after-step = \"crash\"", "after-step = \"new-leader\"", "is there before it is asked"),
        ("right = true", "right = false\nreply = \"No.\"", "none of its choices is right"),
    ] {
        assert!(toml.contains(from), "{from}");
        let changed = toml.replacen(from, to, 1);
        let mut file = |name: &str| match name {
            "lesson.toml" => Ok(changed.clone()),
            _ => fs::read_to_string(good.join(name)).map_err(|it| it.to_string()),
        };
        let read = read("01-a-first-lesson", &mut file, None)
            .unwrap_or_else(|problems| panic!("{to}: {problems:#?}"));
        let problems = check(&read, 0..2).expect("it can be played").problems;
        let found = problems.iter().find(|problem| problem.message.contains(says));
        let line =
            found.unwrap_or_else(|| panic!("{to}: {problems:#?}")).line.expect("it has a line");
        let part = to.lines().next().unwrap_or(to);
        let place = changed.lines().position(|it| it.contains(part)).expect("it is there") + 1;
        assert!(line as usize <= place && place <= line as usize + 12, "{to}: {line}, {place}");
    }
}

#[test]
fn everything_that_is_wrong_in_the_files_is_told_at_once_with_line_and_mend() {
    let good = folder("example/01-a-first-lesson");
    let text = |name: &str| fs::read_to_string(good.join(name)).expect("it is there");
    let toml = text("lesson.toml")
        .replace("title = ", "titel = ")
        .replace("scenario = \"leader-crash\"", "scenario = \"leader-crush\"")
        .replace("when = \"leader crashes\"", "when = \"leader explodes\"")
        .replace("tab = \"nodes\"", "nth = 0")
        .replace("paper 5.2", "paper 5.7")
        .replace("kind = \"node\"", "kind = \"nodes\"");
    let narration = text("lesson.md")
        .replace("## crash:", "## crush:")
        .replace("{new-leader}", "{new-laeder}")
        .replace("## In production", "> A quotation\n\n## In production");
    let mut file =
        |name: &str| Ok(if name == "lesson.toml" { toml.clone() } else { narration.clone() });
    let problems = read("01-a-first-lesson", &mut file, None).expect_err("it is wrong");
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    for says in [
        "a lesson has no field titel: did you mean title?",
        "title is missing",
        "there is no built-in scenario leader-crush: did you mean leader-crash?",
        "“explodes” is nothing that a node does",
        "new-leader is told nowhere: write {new-leader}, or leave it out",
        "nth: occasions are counted from 1",
        "the paper has no section 5.7; it has 5, 5.1",
        "“nodes” is none: did you mean node?",
        "“crush” is no step of lesson.toml, and none of the other headings: did you mean crash?",
        "{new-laeder} is none of the values in lesson.toml: did you mean new-leader?",
        "a quotation can't be set apart: write paragraphs",
    ] {
        assert!(told.iter().any(|it| it.contains(says)), "{says}: {told:#?}");
    }
    let without_line: Vec<&String> = told.iter().filter(|it| !it.contains(", line ")).collect();
    assert!(without_line.is_empty(), "{without_line:#?}");
}

#[test]
fn a_node_that_there_is_not_is_told_with_its_line_wherever_it_is_named() {
    let good = folder("example/01-a-first-lesson");
    let text = |name: &str| fs::read_to_string(good.join(name)).expect("it is there");
    let toml = text("lesson.toml");
    let last = "reply = \"Nobody asks it anything: it can't answer.\"\n";
    let with_order = format!(
        "{last}\n[[questions]]\nname = \"order\"\nafter-step = \"first-leader\"\nkind = \"order\"\n\
         ask = \"What comes when?\"\nexplain = \"So it is.\"\nitems = [\n\
         {{ text = \"One\", when = \"leader crashes\" }},\n\
         {{ text = \"Two\", when = \"anyone becomes candidate\" }},\n\
         {{ text = \"Three\", when = \"F becomes leader\" }},\n]\n"
    );
    for (from, to) in [
        ("when = \"leader crashes\"", "when = \"F crashes\""),
        ("who = \"anyone becomes leader\"", "who = \"F becomes leader\""),
        ("after = \"leader crashes\"", "after = \"F crashes\""),
        ("from = \"leader crashes\", to", "from = \"F crashes\", to"),
        ("to = \"anyone becomes candidate\"", "to = \"F becomes candidate\""),
        ("to = \"anyone", "until = \"F crashes\", to = \"anyone"),
        ("since = \"leader crashes\"", "since = \"F crashes\""),
        ("answer = { who = \"anyone becomes", "answer = { who = \"F becomes"),
        ("right = true", "right-if = { what = \"F becomes leader\" }"),
        (last, &with_order),
    ] {
        assert!(toml.contains(from), "{from}");
        let changed = toml.replacen(from, to, 1);
        let mut file =
            |name: &str| Ok(if name == "lesson.toml" { changed.clone() } else { text(name) });
        let problems = read("01-a-first-lesson", &mut file, None).expect_err(to);
        let place = changed.lines().position(|it| it.contains("\"F ")).expect("it is there") + 1;
        for problem in &problems {
            let line = problem.line.expect("it has a line") as usize;
            assert!(problem.message.ends_with("there is no node F"), "{to}: {problem}");
            assert!(line <= place && place <= line + 12, "{to}: {line}, {place}");
        }
    }
}
