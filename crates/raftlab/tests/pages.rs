//! `raftlab lesson pages`: the course as pages that need no script.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn pages(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raftlab"));
    command.args(["lesson", "pages", "--output"]).arg(folder).args(words);
    command.output().expect("it can be run")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("it is ours");
    }
    folder
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What stands between `before` and the next quotation mark, each time.
fn attributes<'a>(html: &'a str, before: &str) -> Vec<&'a str> {
    html.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_course_is_there_whole_and_every_link_of_its_pages_leads_somewhere() {
    let folder = folder("pages");
    let output = pages(&folder, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files: BTreeSet<String> = fs::read_dir(&folder)
        .expect("it was made")
        .map(|entry| entry.expect("it can be listed").file_name().into_string().expect("plain"))
        .collect();
    let lessons = raft_lessons::list();
    assert_eq!(files.len(), 3 + 3 * lessons.len(), "a page and two pictures a lesson: {files:?}");
    let scenarios: BTreeSet<&str> = raft_scenarios::list().iter().map(|it| it.name).collect();
    let mut steps = BTreeSet::new();
    for lesson in lessons {
        steps.extend(lesson.lesson().steps.iter().map(|it| (lesson.name, it.name.clone())));
    }
    for file in files.iter().filter(|file| file.ends_with(".html")) {
        let html = text(&folder.join(file));
        assert_eq!(html.matches("<h1").count(), 1, "{file}");
        for needed in [
            "<title>",
            "<link rel=\"icon\"",
            "name=\"description\"",
            "og:title",
            "<html lang=\"en\">",
        ] {
            assert_eq!(html.matches(needed).count(), 1, "{file}: {needed}");
        }
        let ids = attributes(&html, " id=\"");
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len(), "{file} has a name twice");
        for link in attributes(&html, " href=\"").into_iter().chain(attributes(&html, " src=\"")) {
            let link = link.replace("&amp;", "&");
            if link.starts_with("https://") || link.starts_with("data:") {
                continue;
            }
            if let Some(hash) = link.strip_prefix("../#") {
                let parts: Vec<(&str, &str)> =
                    hash.split('&').filter_map(|part| part.split_once('=')).collect();
                let leads = match parts.as_slice() {
                    [("lesson", name)] => raft_lessons::named(name).is_some(),
                    [("lesson", name), ("step", step)] => {
                        steps.contains(&(*name, (*step).to_owned()))
                    }
                    [("scenario", name)] => scenarios.contains(name),
                    [("free", "5")] => true,
                    _ => false,
                };
                assert!(leads, "{file}: {link}");
                continue;
            }
            let (page, id) = link.split_once('#').unwrap_or((&link, ""));
            let target = if page.is_empty() { html.clone() } else { text(&folder.join(page)) };
            let is_there = id.is_empty() || target.contains(&format!(" id=\"{id}\""));
            assert!(is_there, "{file}: {link}");
        }
    }
    for lesson in lessons {
        let html = text(&folder.join(format!("{}.html", lesson.name)));
        let told = lesson.lesson();
        for step in &told.steps {
            assert!(html.contains(&format!("<section id=\"{}\">", step.name)), "{}", step.name);
        }
        assert_eq!(html.matches("<details>").count(), told.questions.len(), "{}", lesson.name);
        let front = text(&folder.join("index.html"));
        assert!(front.contains(&format!("data-lesson=\"{}\"", lesson.name)));
    }
}

#[test]
fn with_the_address_of_the_site_previews_have_whole_addresses() {
    let folder = folder("pages-of-a-site");
    let output = pages(&folder, &["--site-url", "https://example.org/raft/lessons/"]);
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("has none: install one") {
        println!("left out: this machine has no font");
        return;
    }
    assert!(output.status.success(), "{said}");
    let html = text(&folder.join("split-votes.html"));
    for address in ["split-votes.html", "split-votes.png"] {
        assert!(html.contains(&format!("content=\"https://example.org/raft/lessons/{address}\"")));
    }
    let png = fs::read(folder.join("split-votes.png")).expect("it is there");
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((side(16), side(20)), (1_600, 840));
}

#[test]
fn what_is_no_address_is_refused_with_what_would_be_one() {
    let output = pages(&folder("pages-of-none"), &["--site-url", "example.org"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("https://example.org/raft"), "{said}");
}
