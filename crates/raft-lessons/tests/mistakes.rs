//! Whoever makes a mistake in a lesson's files is told the file, the line and the mend, once.

use raft_lessons::check::{Checked, check};
use raft_lessons::text::{Problem, Read, read, utf8};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files of a lesson, to be spoilt.
#[derive(Clone)]
struct Files(BTreeMap<&'static str, String>);

impl Files {
    fn of(example: &str) -> Files {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("example").join(example);
        let text = |name| Some((name, fs::read_to_string(folder.join(name)).ok()?));
        Files(["lesson.toml", "lesson.md", "scenario.toml"].into_iter().filter_map(text).collect())
    }

    /// The lesson that LESSONS.md shows.
    fn first() -> Files {
        Files::of("01-a-first-lesson")
    }

    /// The one with a scenario of its own.
    fn second() -> Files {
        Files::of("02-the-small-half")
    }

    /// The same with one thing other.
    fn with(&self, file: &'static str, from: &str, to: &str) -> Files {
        let mut files = self.clone();
        let text = files.0.get_mut(file).expect("there is such a file");
        assert!(text.contains(from), "{file} has no {from}");
        *text = text.replacen(from, to, 1);
        files
    }

    /// The line in which this stands.
    fn line(&self, file: &str, part: &str) -> u32 {
        let place = self.0[file].lines().position(|line| line.contains(part));
        u32::try_from(place.unwrap_or_else(|| panic!("{file} has no {part}")) + 1).expect("few")
    }

    fn read(&self) -> Result<Read, Vec<Problem>> {
        let lessons = ["a-clean-election".to_owned()];
        let mut file = |name: &str| self.0.get(name).cloned().ok_or("it isn't there".to_owned());
        read("01-a-lesson", &mut file, Some(&lessons))
    }

    fn checked(&self, seeds: u64) -> Checked {
        let read = self.read().unwrap_or_else(|problems| panic!("{problems:#?}"));
        check(&read, 0..seeds).expect("it can be played")
    }
}

/// The one thing that is wrong is told in that file, on the line of that text, and so.
#[track_caller]
fn is_told(problems: &[Problem], files: &Files, file: &str, part: &str, says: &str) {
    let [problem] = problems else { panic!("not one problem: {problems:#?}") };
    assert!(problem.message.contains(says), "{says}: {problem}");
    assert_eq!(
        (problem.file.as_str(), problem.line),
        (file, Some(files.line(file, part))),
        "{problem}"
    );
}

#[track_caller]
fn is_refused(files: &Files, file: &str, part: &str, says: &str) {
    let problems = files.read().expect_err(says);
    is_told(&problems, files, file, part, says);
}

#[test]
fn markdown_that_is_not_closed_or_not_known_is_no_mere_text() {
    let files = Files::first();
    let line = "A majority has voted for {new-leader}.";
    for (mistake, says) in [
        ("See [paper, 5.2](paper:5.2 for it.", "this bracket belongs to no link"),
        ("See [x] (paper:5.2) for it.", "this bracket belongs to no link"),
        ("See [x][y] for it.", "this bracket belongs to no link"),
        ("See this[^1].", "this bracket belongs to no link"),
        ("- [x] a majority", "this bracket belongs to no link"),
        ("It is *so.", "this * closes nothing"),
        ("It is **so.", "this * closes nothing"),
        ("It is ** so **.", "this * closes nothing"),
        ("It is _so.", "this _ closes nothing"),
        ("It is `so.", "this ` is not closed"),
        ("It is ~~not~~ so.", "words can't be struck through"),
        ("See https://example.org for it.", "an address by itself can't be followed"),
        ("Go [there](http://example.org).", "“http://example.org” leads nowhere"),
        (
            "Go [there](lesson:nothing).",
            "there is no lesson nothing: it is one of a-clean-election",
        ),
        ("Go [there](lesson:a-clean-elektion).", "did you mean a-clean-election?"),
    ] {
        let mistaken = format!("{line}\n{mistake}");
        is_refused(&files.with("lesson.md", line, &mistaken), "lesson.md", mistake, says);
    }
    for (mistake, part, says) in [
        ("\n\n| a | b |\n|---|---|\n| 1 | *2 |", "| a |", "a table can't be shown"),
        ("\n\n    x = [1]\n\n", "x = [1]", "a block of code can't be shown"),
    ] {
        let mistaken = format!("{line}{mistake}");
        is_refused(&files.with("lesson.md", line, &mistaken), "lesson.md", part, says);
    }
    let footnote = format!("{line} So it is[^1].\n\n[^1]: *Not so.");
    is_refused(&files.with("lesson.md", line, &footnote), "lesson.md", line, "a footnote can't be");
    // What is meant as it stands is written so.
    for fine in [
        "It is \\*so\\*, \\[so\\], \\_so and \\`so.",
        "A `snake_case` and a snake_case, a 2 > 1, a ~5 and a | b.",
        "Go [to *it*](https://example.org/a_b_(c)), [there](lesson:a-clean-election) or <https://example.org>.",
        "- one\n- [two](paper:5.2)",
    ] {
        let read = files.with("lesson.md", line, &format!("{line}\n\n{fine}")).read();
        read.unwrap_or_else(|problems| panic!("{fine}: {problems:#?}"));
    }
}

#[test]
fn a_list_shows_its_texts_as_they_are_written() {
    let files = Files::first();
    let summary = "A leader loses power.";
    for (mistake, says) in [
        ("{nope} loses power.", "summary: no value can stand here"),
        ("A leader *loses* power.", "summary: this is shown as it is written"),
    ] {
        is_refused(&files.with("lesson.toml", summary, mistake), "lesson.toml", mistake, says);
    }
    let title = files.with("lesson.md", "## crash: It is gone", "## crash: {silence} of *it*");
    is_refused(&title, "lesson.md", "## crash", "the step's title: no value can stand here");
}

#[test]
fn a_wrong_choice_says_why_it_is_wrong() {
    let files = Files::first();
    let reply = "reply = \"Nobody asks it anything: it can't answer.\"\n";
    let without = files.with("lesson.toml", reply, "");
    is_refused(&without, "lesson.toml", "They ask the leader", "a wrong choice has a reply");
}

#[test]
fn a_wall_with_every_node_on_one_side_parts_nobody() {
    let files = Files::second();
    let wall = "partition:AE-BCD";
    let one_sided = files.with("scenario.toml", wall, "partition:AEBCD");
    let says = "partition:ABCDE has one side only, with all nodes on it, and parts nobody: write both sides, such as partition:AB-CDE";
    is_refused(&one_sided, "scenario.toml", "partition:AEBCD", says);
    // Round some of them it is a wall between these and the others.
    files.with("scenario.toml", wall, "partition:AE").read().expect("it is fine");
}

#[test]
fn what_is_wrong_in_a_scenario_is_told_in_its_own_file() {
    let files = Files::second();
    for (from, to, says) in [
        ("partition:AE-BCD", "partition:AE-BCDF", "there is no node F"),
        (
            "when = \"network is parted\"",
            "when = \"network parts\"",
            "“network parts” is no occasion: write network is parted, or network is healed",
        ),
        ("nodes = 5", "nodes = \"5\"", "nodes: "),
        ("stuck_to = \"A\"", "stuck = \"A\"", "stuck: there is no field of that name"),
    ] {
        is_refused(&files.with("scenario.toml", from, to), "scenario.toml", to, says);
    }
    let not_so = files.with("scenario.toml", "at_least = 2", "at_least = 3");
    let Checked { problems, .. } = not_so.checked(2);
    let says = "what the scenario itself expects: with the lesson's own seed, expected “AE removes entries” at least 3 times";
    is_told(&problems, &not_so, "scenario.toml", "AE removes", says);
}

#[test]
fn a_rule_that_never_acts_comes_first_and_what_may_come_of_it_apart() {
    let files = Files::second();
    let misspelt = "when = \"client 2 has read\"";
    let files = files.with("scenario.toml", "when = \"client 2 has written\"", misspelt);
    let Checked { problems, may_follow, .. } = files.checked(2);
    let says =
        "this rule does not act: with the lesson's own seed, “client 2 has read” never comes";
    is_told(&problems, &files, "scenario.toml", misspelt, says);
    assert!(may_follow.len() > 5, "{may_follow:#?}");
    let files = Files::second().with("scenario.toml", "nth = 4", "nth = 400");
    let Checked { problems, .. } = files.checked(0);
    is_told(&problems, &files, "scenario.toml", "client 2 has written", " times, and nth is 400");
}

#[test]
fn a_step_that_comes_with_the_one_before_it_is_no_step_of_its_own() {
    let files = Files::second();
    let (heals, removes) = ("when = \"network is healed\"", "when = \"A removes entries\"");
    // With the lesson's seed both are done on one message.
    let at_once = files.with("lesson.toml", heals, "when = \"A steps down\"");
    let Checked { problems, .. } = at_once.checked(0);
    let says = "the step replaced: with the lesson's own seed, “A removes entries” comes only at 2098.8 ms, at the same moment as the step wall-goes: tell them in one step";
    let of_step: Vec<Problem> =
        problems.into_iter().filter(|it| it.message.starts_with("the step")).collect();
    is_told(&of_step, &at_once, "lesson.toml", removes, says);
    // Another comes later: it is taken, and that is said.
    let passed_over = at_once.with("lesson.toml", removes, "when = \"A commits\"");
    let Checked { notes, .. } = passed_over.checked(0);
    let says = "“A commits” comes at 2098.8 ms, at the same moment as the step wall-goes, and is passed over: the step begins at 2248.9 ms";
    let of_step: Vec<Problem> =
        notes.into_iter().filter(|it| it.message.contains("passed over")).collect();
    is_told(&of_step, &passed_over, "lesson.toml", "when = \"A commits\"", says);
}

#[test]
fn a_step_or_a_value_that_never_comes_is_told_with_when_it_did() {
    let files = Files::second();
    for (from, to, says) in [
        ("when = \"A removes entries\"", "when = \"A hands over\"", "“A hands over” never comes"),
        (
            "when = \"A removes entries\"",
            "when = \"A becomes leader\"",
            "“A becomes leader” comes only at 21.3 ms, before the step wall-goes, which comes at 2093.0 ms",
        ),
        (
            "when = \"network is healed\"",
            "nth = 2\nwhen = \"network is healed\"",
            "“network is healed” comes only once after the step other-leader, and nth is 2",
        ),
        (
            "who = \"BCD becomes leader\", after",
            "who = \"A becomes leader\", after",
            "“A becomes leader” comes only at 21.3 ms, and not after “network is parted”, at 593.0 ms",
        ),
        (
            "to = \"A steps down\"",
            "to = \"A crashes\"",
            "“A crashes” never comes after “network is healed”, at 2093.0 ms",
        ),
        (
            "{ count = \"A proposes\", after = \"network is parted\"",
            "{ count = \"A proposes\", after = \"A crashes\"",
            "“A crashes”, after which it counts, never comes",
        ),
    ] {
        let files = files.with("lesson.toml", from, to);
        let problems = files.checked(0).problems;
        let found = problems.iter().filter(|it| it.message.contains(says)).cloned();
        let part = to.rsplit('\n').next().unwrap_or(to);
        is_told(&found.collect::<Vec<_>>(), &files, "lesson.toml", part, says);
    }
}

#[test]
fn what_has_not_come_yet_is_not_told() {
    let files = Files::second();
    let wall = "Now no message gets through between A and E";
    for (from, to, part, says) in [
        (
            wall,
            "{new-leader} hears nothing from A and E",
            "hears nothing",
            "{new-leader} is the answer to the question who-wins, which is asked later: leave it out here",
        ),
        (
            wall,
            "Until term {new-term} nothing gets through",
            "Until term",
            "{new-term} tells the future: it is of 794.1 ms, after the step wall, at 593.0 ms: tell it in a later step",
        ),
        (
            "Five machines keep",
            "After {until-down}, five machines keep",
            "five machines",
            "{until-down} tells the future: it is of 2093.0 ms, after the run's beginning",
        ),
    ] {
        let files = files.with("lesson.md", from, to);
        is_told(&files.checked(0).problems, &files, "lesson.md", part, says);
    }
    let ask = "ask = \"Client 2 now sends A";
    let files = files.with("lesson.toml", ask, "ask = \"In term {new-term} client 2 sends A");
    is_told(&files.checked(0).problems, &files, "lesson.toml", "In term", "tells the future");
}

#[test]
fn a_question_without_one_answer_says_what_was_found() {
    let files = Files::first();
    let right = "right = true";
    let (none, both) = (
        files.with("lesson.toml", right, "right = false\nreply = \"No.\""),
        files.with("lesson.toml", "reply = \"Nobody", "right = true\nreply = \"Nobody"),
    );
    let says = "none of its choices is right, and one must be: “A heartbeat may just be late” (as it is written), ";
    is_told(&none.checked(0).problems, &none, "lesson.toml", "[[questions.choices]]", says);
    let says = "2 of its choices are right, and one must be: “A heartbeat may just be late” (as it is written), “They ask";
    is_told(&both.checked(0).problems, &both, "lesson.toml", "[[questions.choices]]", says);
    let measured =
        files.with("lesson.toml", right, "right-if = { what = \"leader crashes\", at_most = 0 }");
    let says = "“A heartbeat may just be late” (expected “leader crashes” never; found it once, at 1000.0 ms";
    is_told(&measured.checked(0).problems, &measured, "lesson.toml", "[[questions.choices]]", says);
    let files = Files::second();
    let at_once = files.with(
        "lesson.toml",
        "when = \"BCD becomes leader\"\n\n[[questions.items]]",
        "when = \"BCD reaches term 2\"\n\n[[questions.items]]",
    );
    let says = "“BCD becomes candidate” and “BCD reaches term 2” come at the same moment, ";
    is_told(&at_once.checked(0).problems, &at_once, "lesson.toml", "[[questions.items]]", says);
}

#[test]
fn one_mistake_is_told_once_and_at_its_key() {
    let files = Files::first();
    let answer =
        "answer = { who = \"anyone becomes leader\", after = \"leader crashes\" }\nexplain";
    for (from, to, part, says) in [
        (answer, "answer = \"B\"\nexplain", "answer = \"B\"", "a letter can't be the answer"),
        ("lesson = 1", "lesson = \"1\"", "lesson = ", "this must be a whole number"),
        (
            "tab = \"nodes\"",
            "tab = \"nodes\"\nlook = \"AF\"",
            "look = \"AF\"",
            "look: there is no node F",
        ),
        (
            "when = \"leader crashes\"\ntab",
            "when = \"F crashes\"\ntab",
            "F crashes",
            "“F crashes”: there is no node F",
        ),
        ("until = \"90 ms\"", "until = \"90 s\"", "until = \"90 s\"", "after the run's end"),
    ] {
        is_refused(&files.with("lesson.toml", from, to), "lesson.toml", part, says);
    }
    let number = files.with("lesson.toml", "kind = \"node\"", "kind = \"number\"");
    let number = number.with("lesson.toml", answer, "answer = \"three\"\nexplain");
    is_refused(
        &number,
        "lesson.toml",
        "answer = \"three\"",
        "this must be a whole number, or what of",
    );
}

#[test]
fn what_is_no_toml_is_told_in_plain_words() {
    let files = Files::first();
    for (from, to, part, says) in [
        (
            "at_most = 0 },\n]",
            "at_most = 0 },\n",
            "claims = [",
            "“claims = [” is not closed: write ]",
        ),
        (
            "sources = [\"paper 5.2\"]",
            "sources = [\"paper 5.2\"",
            "sources =",
            "“sources = [” is not closed",
        ),
        (
            "until = \"90 ms\", at_most = 0 }",
            "until = \"90 ms\", at_most = 0 ",
            "For a while",
            "is not closed: write }",
        ),
        (
            "title = \"The leader is gone\"",
            "title = The leader is gone",
            "title =",
            "a text stands between quotes",
        ),
        (
            "title = \"The leader is gone\"",
            "title = \"The leader is gone",
            "title =",
            "a quote is missing",
        ),
        ("kind = \"node\"\n", "kind = \"node\"\nkind = \"node\"\n", "", "this is there twice"),
    ] {
        let files = files.with("lesson.toml", from, to);
        let problems = files.read().expect_err(says);
        let first = problems.first().expect("there is one");
        assert!(first.message.contains(says), "{says}: {problems:#?}");
        assert!(part.is_empty() || first.line == Some(files.line("lesson.toml", part)), "{first}");
        assert!(problems.len() < 5, "{problems:#?}");
    }
    let own = Files::second().with("scenario.toml", "nodes = 5", "nodes = five");
    is_refused(&own, "scenario.toml", "nodes = five", "this value is none: a text stands between");
    // Brackets in texts, comments and long texts open nothing.
    let fine = "summary = \"\"\"\nA leader (or two) # loses power.\n\"\"\" # [ and {\n";
    let summary = "summary = \"A leader loses power. Who notices, and when?\"\n";
    files.with("lesson.toml", summary, fine).read().expect("it is fine");
}

#[test]
fn letters_that_are_none_are_told_with_their_line() {
    let wrong = utf8(b"one\ntwo \xff".to_vec()).expect_err("it is no text");
    assert_eq!(wrong, "line 2 has letters that are not UTF-8: save the file as UTF-8");
    assert_eq!(utf8("é".into()), Ok("é".to_owned()));
}

#[test]
fn a_choice_that_is_wrong_and_says_nothing_is_noted() {
    let reply = "reply = \"Nobody asks it anything: it can't answer.\"";
    let unsaid = "right-if = { what = \"leader crashes\", at_most = 0 }";
    let notes = |files: &Files| {
        let notes = files.checked(2).notes.into_iter();
        notes.filter(|it| it.message.contains("no reply")).collect::<Vec<_>>()
    };
    let files = Files::first().with("lesson.toml", reply, unsaid);
    is_told(
        &notes(&files),
        &files,
        "lesson.toml",
        "[[questions.choices]]",
        "the question why-wait: choice 2 is wrong with seed 42, and has no reply",
    );
    let with_both = files.with("lesson.toml", unsaid, &[unsaid, reply].join("\n"));
    assert_eq!(notes(&with_both), []);
}

#[test]
fn what_a_second_run_has_beyond_the_end_of_the_first_is_noted() {
    let alone = "scenario = \"scenario.toml\"";
    let beside = |name| format!("{alone}\nbeside = \"{name}\"");
    for (name, is_longer) in [("five-regions", true), ("leader-crash", false)] {
        let files = Files::second().with("lesson.toml", alone, &beside(name));
        let notes: Vec<Problem> = files.checked(0).notes;
        let found = notes.into_iter().filter(|it| it.message.contains("is never seen"));
        let found: Vec<Problem> = found.collect();
        if is_longer {
            is_told(&found, &files, "lesson.toml", "beside", "give both the same duration");
        } else {
            assert_eq!(found, [], "{name}");
        }
    }
}
