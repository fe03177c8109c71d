//! `raftlab lesson`: the course in a terminal, and whether a lesson is true.

use crate::arguments::{self, LessonCommand};
use crate::pages;
use crate::report::{BAD, Ended, Failure, GOOD, QUIET, STRONG};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use found::load;
use raft_lessons::{
    Answer, Block, Holds, Kind, Link, MOST_PACKED_BYTES, Piece, Question, Said, Source, Telling,
    check, file, tell,
};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

mod beginning;
mod found;

/// A link that is longer is cut off by some programs for chat and mail.
const LONGEST_SAFE_LINK: usize = 2_000;
/// How wide a paragraph is told.
const WIDTH: usize = 88;

pub(crate) fn command(lesson: &arguments::Lesson) -> crate::Result {
    match &lesson.what {
        LessonCommand::List => list(),
        LessonCommand::New { folder, own_scenario } => beginning::new(folder, *own_scenario),
        LessonCommand::Show { lesson, seed, all } => show(lesson, *seed, *all),
        LessonCommand::Pack { lesson, output, link } => pack(lesson, output.as_deref(), *link),
        LessonCommand::Pages { output, site_url } => pages::write(output, site_url.as_deref()),
        LessonCommand::Check { lessons, seeds, all } => {
            let mut ended = Ended::Well;
            for lesson in lessons {
                if checked(lesson, *seeds, *all)? == Ended::Badly {
                    ended = Ended::Badly;
                }
            }
            Ok(ended)
        }
    }
}

fn list() -> crate::Result {
    let all = raft_lessons::list();
    let longest = all.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let mut stdout = anstream::stdout().lock();
    for of_a_group in all.chunk_by(|one, next| one.group == next.group) {
        if let [first, ..] = of_a_group {
            writeln!(stdout, "{STRONG}{}{STRONG:#}", first.group)?;
        }
        for it in of_a_group {
            writeln!(stdout, "  {:>2}  {:longest$}  {}", it.number, it.name, it.title)?;
        }
    }
    Ok(Ended::Well)
}

/// Packs a lesson, for the page to open.
fn pack(name: &str, to: Option<&Path>, is_link: bool) -> crate::Result {
    let packed = load(name)?.lesson.to_packed();
    if packed.len() > MOST_PACKED_BYTES {
        let wrong = format!(
            "it is too long: packed it has {} bytes, and may have {MOST_PACKED_BYTES}",
            packed.len()
        );
        return Err(Failure::input(name, wrong));
    }
    let data = URL_SAFE_NO_PAD.encode(packed);
    let text = if is_link { format!("#lesson-data={data}\n") } else { file::of(&data) };
    match to {
        None => {
            anstream::stdout().lock().write_all(text.as_bytes())?;
            if is_link && text.len() > LONGEST_SAFE_LINK {
                writeln!(anstream::stderr().lock(), "{QUIET}{}{QUIET:#}", of_its_length(&text))?;
            }
        }
        Some(path) => {
            fs::write(path, &text).map_err(|error| Failure::writing(path, &error))?;
            let what = if is_link {
                of_its_length(&text)
            } else {
                "open it in the page with Files, or drop it there".to_string()
            };
            let path = path.display();
            writeln!(anstream::stdout().lock(), "{path}: {} bytes; {what}", text.len())?;
        }
    }
    Ok(Ended::Well)
}

/// What to think of before one sends a link.
fn of_its_length(link: &str) -> String {
    let length = link.trim_end().len();
    if length > LONGEST_SAFE_LINK {
        format!(
            "the link's end has {length} characters: browsers take it, but programs for chat and \
             mail may cut it off, so that a file is safer"
        )
    } else {
        format!("the link's end has {length} characters")
    }
}

fn checked(name: &str, seeds: u64, is_all: bool) -> crate::Result {
    let read = load(name)?;
    let checked = check::check(&read, 0..seeds).map_err(|wrong| Failure::input(name, wrong))?;
    let lesson = &read.lesson;
    let mut stdout = anstream::stdout().lock();
    let more = checked.may_follow.len();
    let told = checked.may_follow.iter().take(if is_all { more } else { 0 });
    for problem in checked.problems.iter().chain(told) {
        writeln!(stdout, "{BAD}wrong{BAD:#}: {name}/{problem}")?;
    }
    if more > 0 && !is_all {
        writeln!(
            stdout,
            "{QUIET}{more} more are not so, which may come of that: mend it first, or see them with \
             --all{QUIET:#}"
        )?;
    }
    // What may not be as it was meant may come of the mistake, too.
    let notes = if more > 0 && !is_all { &[] } else { checked.notes.as_slice() };
    for note in notes {
        writeln!(stdout, "{QUIET}note: {name}/{note}{QUIET:#}")?;
    }
    let claims: usize = lesson.steps.iter().map(|step| step.claims.len()).sum();
    let (steps, questions) = (lesson.steps.len(), lesson.questions.len());
    let of =
        format!("{steps} steps, {claims} claims, {questions} questions, {seeds} seeds and its own");
    if checked.problems.is_empty() {
        writeln!(stdout, "{GOOD}true{GOOD:#}: {name}: {of}")?;
        return Ok(Ended::Well);
    }
    writeln!(stdout, "{name}: {of}; not so: {}", checked.problems.len() + more)?;
    Ok(Ended::Badly)
}

fn show(name: &str, seed: Option<u64>, is_all: bool) -> crate::Result {
    let lesson = load(name)?.lesson;
    let seed = seed.unwrap_or(lesson.seed);
    let telling = tell(&lesson, seed).map_err(|wrong| Failure::input(name, wrong))?;
    let mut to = anstream::stdout().lock();
    writeln!(to, "{STRONG}{}{STRONG:#}", lesson.title)?;
    writeln!(to, "{QUIET}{}, seed {seed}{QUIET:#}\n", lesson.group)?;
    paragraph(&mut to, "", &lesson.summary)?;
    heading(&mut to, "What you will see")?;
    blocks(&mut to, &lesson.you_will_see, &telling)?;
    let mut all_hold = true;
    for (place, step) in lesson.steps.iter().enumerate() {
        let comes = telling.steps.get(place).copied().flatten();
        let when = comes.map_or("not with this seed".to_string(), |comes| comes.at.to_string());
        writeln!(to, "\n{STRONG}{}. {}{STRONG:#}  {QUIET}{when}{QUIET:#}", place + 1, step.title)?;
        if comes.is_some() {
            blocks(&mut to, &step.text, &telling)?;
        }
        let verdicts = telling.claims.get(place).map_or(&[][..], Vec::as_slice);
        for (claim, verdict) in step.claims.iter().zip(verdicts) {
            let says = said(&claim.says, &telling);
            let (colour, mark) = match (verdict.holds, claim.holds) {
                (true, _) => (GOOD, "so it is"),
                (false, Holds::Always) => (BAD, "NOT SO"),
                (false, Holds::Mostly | Holds::ThisSeed) => (QUIET, "not with this seed"),
            };
            all_hold &= verdict.holds || claim.holds != Holds::Always;
            writeln!(to, "  {colour}{mark}{colour:#}: {says}\n      {QUIET}{verdict}{QUIET:#}")?;
        }
        for (question, answer) in lesson.questions.iter().zip(&telling.answers) {
            if usize::from(question.step) == place {
                writeln!(to, "  {STRONG}?{STRONG:#} {}", said(&question.ask, &telling))?;
                if is_all {
                    whole_question(&mut to, question, answer.as_ref().ok(), &telling)?;
                } else if let Ok(answer) = answer {
                    writeln!(to, "      {}", answered(&question.kind, answer, &telling))?;
                }
            }
        }
    }
    if !lesson.often_said.is_empty() {
        heading(&mut to, "Often said")?;
        blocks(&mut to, &lesson.often_said, &telling)?;
    }
    heading(&mut to, "In production")?;
    blocks(&mut to, &lesson.in_production, &telling)?;
    heading(&mut to, "Sources")?;
    for source in &lesson.sources {
        match source {
            Source::Section(section) => writeln!(to, "  {section}  {}", section.work.address())?,
            Source::Web { title, address } => writeln!(to, "  {title}  {address}")?,
        }
    }
    Ok(if all_hold { Ended::Well } else { Ended::Badly })
}

/// All that a reader may come to see of a question, for whoever proofreads it.
fn whole_question(
    to: &mut impl Write,
    question: &Question,
    answer: Option<&Answer>,
    telling: &Telling,
) -> io::Result<()> {
    match &question.kind {
        Kind::Choice(choices) => {
            for (choice, place) in choices.iter().zip(0u16..) {
                let is_right = answer == Some(&Answer::Choice(place));
                let (colour, mark) = if is_right { (GOOD, "right") } else { (QUIET, "wrong") };
                let text = said(&choice.text, telling);
                writeln!(to, "      {colour}{mark}{colour:#}: {text}")?;
                if !choice.reply.is_empty() {
                    paragraph(to, "          ", &said(&choice.reply, telling))?;
                }
            }
        }
        kind => {
            if let Some(answer) = answer {
                writeln!(to, "      {}", answered(kind, answer, telling))?;
            }
        }
    }
    for block in &question.explain {
        match block {
            Block::Paragraph(pieces) => paragraph(to, "    ", &said(pieces, telling))?,
            Block::List { items, .. } => {
                for item in items {
                    paragraph(to, "    - ", &said(item, telling))?;
                }
            }
        }
    }
    Ok(())
}

fn answered(kind: &Kind, answer: &Answer, telling: &Telling) -> String {
    match (kind, answer) {
        (Kind::Choice(choices), Answer::Choice(place)) => choices
            .get(usize::from(*place))
            .map_or(String::new(), |choice| said(&choice.text, telling)),
        (Kind::Order(items), Answer::Order(places)) => {
            let items = places.iter().filter_map(|place| items.get(usize::from(*place)));
            items.map(|item| said(&item.text, telling)).collect::<Vec<_>>().join("; then ")
        }
        (_, Answer::Node(node)) => node.to_string(),
        (_, Answer::Word(words)) => words.join(" or "),
        (_, Answer::Number { is, within: 0 }) => is.to_string(),
        (_, Answer::Number { is, within }) => format!("{is}, give or take {within}"),
        _ => String::new(),
    }
}

fn heading(to: &mut impl Write, text: &str) -> io::Result<()> {
    writeln!(to, "\n{STRONG}{text}{STRONG:#}")
}

fn blocks(to: &mut impl Write, blocks: &[Block], telling: &Telling) -> io::Result<()> {
    for block in blocks {
        match block {
            Block::Paragraph(pieces) => paragraph(to, "", &said(pieces, telling))?,
            Block::List { is_ordered, items } => {
                for (place, item) in items.iter().enumerate() {
                    let mark =
                        if *is_ordered { format!("{}. ", place + 1) } else { "- ".to_string() };
                    paragraph(to, &mark, &said(item, telling))?;
                }
            }
        }
    }
    Ok(())
}

/// Words without their looks, and values as they are in this run.
fn said(pieces: &[Piece], telling: &Telling) -> String {
    let mut text = String::new();
    // Where the words of a link begin.
    let mut begins = 0;
    for (place, piece) in pieces.iter().enumerate() {
        let goes_on = place.checked_sub(1).and_then(|before| pieces.get(before));
        if goes_on.is_none_or(|before| before.link != piece.link) {
            begins = text.len();
        }
        match &piece.what {
            Said::Text(words) | Said::Code(words) => text.push_str(words),
            Said::Value(value) => {
                match telling.values.get(usize::from(*value)).copied().flatten() {
                    Some(measured) => text.push_str(&measured.to_string()),
                    None => text.push('—'),
                }
            }
        }
        let goes_on = pieces.get(place + 1).is_some_and(|next| next.link == piece.link);
        if let Some(link) = piece.link.as_ref().filter(|_| !goes_on) {
            match link {
                Link::Web(address) => text.push_str(&format!(" ({address})")),
                // Mostly the words themselves say where: “paper, 5.2”.
                Link::Section(section) => {
                    if text[begins..].replace(',', "") != section.to_string() {
                        text.push_str(&format!(" ({section})"));
                    }
                }
                Link::Lesson(name) => text.push_str(&format!(" (lesson {name})")),
                Link::Scenario(name) => text.push_str(&format!(" (scenario {name})")),
            }
        }
    }
    text
}

/// A text in lines of a width that reads well.
fn paragraph(to: &mut impl Write, mark: &str, text: &str) -> io::Result<()> {
    let indent = " ".repeat(mark.len());
    let mut line = format!("  {mark}");
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(to, "{line}")?;
            line = format!("  {indent}");
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    writeln!(to, "{line}")
}
