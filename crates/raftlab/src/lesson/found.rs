//! Where a lesson comes from: the course, a folder, a packed file or a link.

use crate::report::Failure;
use crate::source;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use raft_lessons::text::{self, Read};
use raft_lessons::{Lesson, MOST_PACKED_BYTES, file};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// What a link has before the lesson that it carries.
const IN_A_LINK: &str = "lesson-data=";

/// A lesson of the course by its name, one in a folder, or a packed one.
pub(super) fn load(name: &str) -> Result<Read, Failure> {
    if let Some(it) = raft_lessons::named(name) {
        return Ok(without_files(it.lesson()));
    }
    if let Some((_, data)) = name.split_once(IN_A_LINK) {
        return packed("the link", data);
    }
    let path = Path::new(name);
    if path.is_file() {
        return of_file(name, path);
    }
    if path.is_dir() {
        return of_folder(name, path);
    }
    let folders = folders_beside(path);
    let known = raft_lessons::list().iter().map(|it| it.name.to_owned()).chain(folders);
    let known: Vec<String> = known.collect();
    let hint = source::suggestion(name, known.iter().map(String::as_str));
    let wrong = format!(
        "there is no lesson of the course, no folder and no packed lesson of that name{}",
        source::or_list(&hint, "`raftlab lesson list` lists the lessons")
    );
    Err(Failure::input(name, wrong))
}

/// The folders that somebody may have meant, written as they would be.
fn folders_beside(path: &Path) -> Vec<String> {
    let parent = path.parent().unwrap_or(Path::new(""));
    let here = if parent == Path::new("") { Path::new(".") } else { parent };
    let entries = fs::read_dir(here).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders
        .map(|entry| parent.join(entry.file_name()).to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn of_folder(name: &str, folder: &Path) -> Result<Read, Failure> {
    let full = folder.canonicalize().map_err(|error| Failure::reading(folder, &error))?;
    let last = full.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut file = |name: &str| {
        let bytes = fs::read(folder.join(name)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => "there is no such file in the lesson's folder".to_string(),
            _ => format!("it can't be read: {error}"),
        })?;
        text::utf8(bytes)
    };
    let lessons: Vec<String> = raft_lessons::list().iter().map(|it| it.name.to_owned()).collect();
    text::read(&last, &mut file, Some(&lessons)).map_err(|problems| Failure::Input {
        what: name.to_string(),
        wrong: problems.iter().map(ToString::to_string).collect(),
    })
}

fn of_file(name: &str, path: &Path) -> Result<Read, Failure> {
    // As text it has a third more bytes.
    let is_short = fs::metadata(path).is_ok_and(|it| it.len() < 2 * MOST_PACKED_BYTES as u64);
    let bytes = fs::read(path).map_err(|error| Failure::reading(path, &error))?;
    let text = String::from_utf8(bytes).ok().filter(|_| is_short);
    if let Some(data) = text.as_deref().and_then(file::data) {
        return packed(name, data);
    }
    if let Some((_, data)) = text.as_deref().and_then(|text| text.split_once(IN_A_LINK)) {
        return packed(name, data);
    }
    let is_of_a_lesson = path.extension().is_some_and(|it| it == "toml" || it == "md");
    let wrong = match path.parent() {
        Some(folder) if is_of_a_lesson => {
            let folder = if folder == Path::new("") { Path::new(".") } else { folder };
            format!("this is one file of a lesson: name its folder, {}", folder.display())
        }
        _ => "this is neither the folder of a lesson nor a packed lesson, which begins with \
              raftlab-lesson:"
            .to_string(),
    };
    Err(Failure::input(name, wrong))
}

fn packed(name: &str, data: &str) -> Result<Read, Failure> {
    // A link may have more behind it.
    let is_of_it = |letter: &char| letter.is_ascii_alphanumeric() || "-_".contains(*letter);
    let data: String = data.trim().chars().take_while(is_of_it).collect();
    let bytes = URL_SAFE_NO_PAD.decode(data).unwrap_or_default();
    let lesson = Lesson::from_packed(&bytes).map_err(|error| Failure::input(name, error))?;
    Ok(without_files(lesson))
}

fn without_files(lesson: Lesson) -> Read {
    Read { lines: text::Lines::unknown(&lesson), lesson }
}
