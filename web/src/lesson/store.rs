//! Where lessons come from: the course, which lies beside the page; a file beside it; a link
//! that carries one whole. What was read is kept, so that an address can be read at once.

use crate::address::{Address, LessonPlace, decoded};
use crate::course_wasm::{asked, fetch_glossary, not_loaded};
use crate::source::{Source, did_you_mean, shortened};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use js_sys::Uint8Array;
use raft_lessons::{Lesson, RunOf};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

type Read = Result<Rc<Lesson>, String>;

thread_local! {
    /// What was read, by what names it in a link.
    static KNOWN: RefCell<Vec<(Rc<str>, Read)>> = const { RefCell::new(Vec::new()) };
}

/// What an address says of a lesson.
#[derive(Default)]
pub(crate) struct Fields {
    /// What names it.
    named: Vec<String>,
    step: Option<String>,
}

impl Fields {
    /// The fields of a link that are about a lesson.
    pub(crate) const NAMES: [&'static str; 4] = ["lesson", "lesson-data", "lesson-file", "step"];

    /// Reads one of them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(&mut self, field: &str, value: &str) -> Result<(), String> {
        if value.is_empty() {
            return Err(format!("“{field}=” says nothing: it wants a value, or to be left out."));
        }
        match field {
            "step" => self.step = Some(value.to_owned()),
            _ => self.named.push(format!("{field}={value}")),
        }
        Ok(())
    }

    /// Has the address be that of the lesson's run.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn enter(self, address: &mut Address, seen: &[String]) -> Result<(), String> {
        let text: Rc<str> = match (self.named.as_slice(), &self.step) {
            ([], None) => return Ok(()),
            ([], Some(_)) => {
                return Err("“step” goes with a lesson, such as lesson=the-term&step=….".to_owned());
            }
            ([one], _) => one.as_str().into(),
            _ => return Err("A link has one of lesson, lesson-data and lesson-file.".to_owned()),
        };
        let names_run = |field: &String| ["scenario", "own", "free"].contains(&field.as_str());
        if seen.iter().any(names_run) {
            return Err(
                "A link has either a lesson or a scenario: a lesson says which it tells of."
                    .to_owned(),
            );
        }
        let lesson = find(&text)?;
        let step = match self.step {
            Some(name) if !lesson.steps.iter().any(|step| step.name == name) => {
                let names: Vec<&str> = lesson.steps.iter().map(|it| it.name.as_str()).collect();
                return Err(format!(
                    "The lesson “{}” has no step “{}”: its steps are {}.",
                    shortened(&lesson.title),
                    shortened(&name),
                    names.join(", ")
                ));
            }
            step => step.map(Rc::from),
        };
        address.source = source(&lesson, 0)?;
        if !seen.iter().any(|field| field == "seed") {
            address.seed = lesson.seed;
        }
        address.lesson = Some(Rc::new(LessonPlace { text, step }));
        Ok(())
    }
}

/// The scenario of one of its runs.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn source(lesson: &Lesson, run: usize) -> Result<Source, String> {
    match lesson.runs.get(run) {
        Some(RunOf::BuiltIn(name)) => Source::read_name(name),
        Some(RunOf::Own(packed)) => {
            let source = Source::Own(packed.as_slice().into());
            source.scenario().map_err(|errors| errors.join(" ")).map(|_| source)
        }
        None => Err("This lesson has no run to tell of.".to_owned()),
    }
}

/// What a link to a place in a lesson says, with its seed where that is not the lesson's own.
pub(crate) fn text(place: &LessonPlace, seed: u64) -> String {
    let mut text = format!("#{}", place.text);
    if let Some(step) = &place.step {
        text.push_str(&format!("&step={step}"));
    }
    if find(&place.text).is_ok_and(|lesson| lesson.seed != seed) {
        text.push_str(&format!("&seed={seed}"));
    }
    text
}

/// The lesson that is named so.
///
/// # Errors
/// Why there is none.
pub(crate) fn find(text: &str) -> Read {
    let (field, value) = text.split_once('=').unwrap_or((text, ""));
    let known = KNOWN.with_borrow(|known| {
        known.iter().find(|(name, _)| **name == *text).map(|(_, read)| read.clone())
    });
    match (known, field) {
        (Some(Ok(lesson)), _) => Ok(lesson),
        (Some(Err(message)), _) => {
            // Asking again is a new attempt.
            KNOWN.with_borrow_mut(|known| known.retain(|(name, _)| **name != *text));
            Err(message)
        }
        (None, "lesson-data") => {
            let broken = "The lesson in this link is broken: a part of the link may be missing.";
            let bytes = URL_SAFE_NO_PAD.decode(value).map_err(|_| broken.to_owned())?;
            let lesson = checked(&bytes).map_err(|_| broken.to_owned())?;
            keep(text.into(), Ok(lesson.clone()));
            Ok(lesson)
        }
        (None, "lesson") if raft_lessons::named(value).is_none() => Err(no_such_lesson(value)),
        // Whoever reads an address on the page has it fetched first; a host page may not.
        (None, _) => {
            Err("The lesson has not been loaded yet: have the page opened with it.".to_owned())
        }
    }
}

fn keep(text: Rc<str>, read: Read) {
    KNOWN.with_borrow_mut(|known| known.push((text, read)));
}

fn checked(bytes: &[u8]) -> Read {
    let lesson = Lesson::from_packed(bytes).map_err(|error| format!("{error}."))?;
    for run in 0..lesson.runs.len().max(1) {
        source(&lesson, run)?;
    }
    if lesson.runs.len() > 2 || lesson.steps.is_empty() {
        return Err("A lesson has one run or two, and steps.".to_owned());
    }
    Ok(Rc::new(lesson))
}

fn no_such_lesson(name: &str) -> String {
    let names: Vec<&str> = raft_lessons::list().iter().map(|it| it.name).collect();
    let hint = did_you_mean(name, &names);
    let (shown, count) = (shortened(name), names.len());
    format!("There is no lesson “{shown}”.{hint} The menu above lists all {count} of them.")
}

/// Fetches what a hash wants of lessons, and tells when it is there, or can't be had: reading
/// the address then says why. Gives false where there is nothing to wait for.
pub(crate) fn prepare(hash: &str, done: Callback<()>) -> bool {
    let parts = || hash.trim_start_matches('#').split('&');
    let named = parts().find_map(|part| {
        let (field, value) = part.split_once('=')?;
        let (field, value) = (decoded(field), decoded(value));
        matches!(&*field, "lesson" | "lesson-file").then(|| (field, value))
    });
    let Some((field, value)) = named else { return false };
    let text: Rc<str> = format!("{field}={value}").into();
    let is_known = KNOWN.with_borrow(|known| known.iter().any(|(name, _)| *name == text));
    if is_known || (field == "lesson" && raft_lessons::named(&value).is_none()) {
        return false;
    }
    spawn_local(async move {
        let read = match &*field {
            "lesson" => of_the_course(&value).await,
            _ => of_a_file(&value).await,
        };
        fetch_glossary().await;
        keep(text, read);
        done.emit(());
    });
    true
}

/// A lesson of the course: they are all in a wasm of their own, which index.html fetches.
async fn of_the_course(name: &str) -> Read {
    let bytes = asked("lesson", name).await.and_then(JsCast::dyn_into::<Uint8Array>);
    checked(&bytes.map_err(|error| not_loaded(&error))?.to_vec())
}

/// A packed lesson in a file on the same host as the page: that wasm fetches it, too.
async fn of_a_file(path: &str) -> Read {
    let shown = shortened(path);
    let text = asked("file", path).await;
    let text = text.map_err(|error| match error.as_string() {
        Some(why) => format!("The lesson “{shown}” could not be loaded: {why}"),
        None => not_loaded(&error),
    })?;
    read_file(&text.as_string().unwrap_or_default())
        .map_err(|message| format!("The lesson “{shown}” can't be read: {message}"))
}

/// Reads what `raftlab lesson pack` wrote.
fn read_file(text: &str) -> Read {
    let bytes = raft_lessons::file::data(text)
        .and_then(|data| URL_SAFE_NO_PAD.decode(data).ok())
        .ok_or_else(|| {
        format!(
            "it begins with {}, as `raftlab lesson pack` writes it.",
            raft_lessons::file::BEGINS
        )
    })?;
    checked(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps a lesson of the course as if it had been fetched, and gives its link's text.
    pub(crate) fn fetched(name: &str) -> String {
        let lesson = raft_lessons::named(name).expect("a lesson").lesson();
        let text = format!("lesson={name}");
        keep(text.as_str().into(), Ok(Rc::new(lesson)));
        text
    }

    fn wrong(hash: &str) -> String {
        Address::read(hash).expect_err(hash).join(" ")
    }

    #[test]
    fn a_link_to_a_lesson_is_a_link_to_its_run() {
        fetched("a-clean-election");
        let lesson = find("lesson=a-clean-election").expect("it was fetched");
        let first = &lesson.steps[0].name;
        let hash = format!("#lesson=a-clean-election&step={first}");
        let address = Address::read(&hash).expect("it is right");
        assert_eq!(address.seed, lesson.seed);
        assert_eq!(address.hash(), hash);
        assert!(address.plan().is_ok());
        let own = Address::read(&format!("{hash}&seed=7")).expect("it is right");
        assert_eq!(own.hash(), format!("{hash}&seed=7"));
        assert!(!own.is_same_run(&address));
    }

    #[test]
    fn a_link_may_carry_a_lesson_whole() {
        let packed = raft_lessons::named("the-term").expect("a lesson").lesson().to_packed();
        let hash = format!("#lesson-data={}", URL_SAFE_NO_PAD.encode(packed));
        let address = Address::read(&hash).expect("it is right");
        assert_eq!(address.hash(), hash);
        assert!(wrong(&hash[..hash.len() - 9]).contains("a part of the link may be missing"));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right() {
        fetched("the-term");
        for (hash, says) in [
            ("#lesson=the-tem", "Did you mean the-term?"),
            ("#lesson=%00", "lists all"),
            ("#lesson=", "wants a value"),
            ("#lesson=the-term&step=nothing", "its steps are"),
            ("#step=nothing", "goes with a lesson"),
            ("#lesson=the-term&lesson-data=AQ", "one of lesson"),
            ("#lesson=the-term&scenario=leader-crash", "either a lesson or a scenario"),
            ("#lesson-data=AQ", "a part of the link may be missing"),
            ("#lesson-data=*", "a part of the link may be missing"),
        ] {
            let message = wrong(hash);
            assert!(message.contains(says), "{hash}: {message}");
        }
    }
}
