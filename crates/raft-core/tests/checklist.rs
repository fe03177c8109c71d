//! The checklist in the crate's documentation names files and tests: they exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const CHECKLIST: &str = include_str!("../CHECKLIST.md");

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The words between backticks in one column of every row of every table.
fn named_in(column: usize) -> BTreeSet<&'static str> {
    let rows = CHECKLIST.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let cells = rows.filter_map(|row| row.split('|').nth(column));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_file_and_test_that_the_checklist_names_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&folder, &mut files);
    let text: String =
        files.iter().map(|file| fs::read_to_string(file).expect("it can be read")).collect();
    let named = named_in(2);
    assert!(named.len() > 10, "the tables are read: {named:?}");
    for file in named {
        assert!(folder.join(file).is_file(), "src/{file} is not there");
    }
    let named = named_in(3);
    assert!(named.len() > 50, "the tables are read: {}", named.len());
    for test in named {
        assert!(text.contains(&format!("fn {test}(")), "no test is called {test}");
    }
}
