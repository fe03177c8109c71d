use crate::testing::explored;
use alloc::vec::Vec;
use std::fs;
use std::path::{Path, PathBuf};

/// What is kept for a target: the schedules that together reach most of the code, and
/// every one that once found a mistake.
fn kept(target: &str) -> Vec<PathBuf> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let files = |folder: &str| -> Vec<PathBuf> {
        let entries = fs::read_dir(fuzz.join(folder).join(target)).into_iter().flatten();
        entries.map(|entry| entry.expect("it can be read").path()).collect()
    };
    let mut all = files("corpus");
    all.extend(files("regressions"));
    all.sort();
    all
}

fn replay(target: &str, run: fn(&[u8])) {
    let kept = kept(target);
    assert!(kept.len() > 20, "only {} schedules are kept for {target}", kept.len());
    for path in &kept {
        // Said before, for the one that fails.
        std::println!("{}", path.display());
        run(&fs::read(path).expect("it can be read"));
    }
    explored(format_args!("{} inputs (kept from fuzzing {target})", kept.len()));
}

#[test]
fn what_was_found_for_one_node_is_replayed() {
    replay("one_node", super::one_node);
}

#[test]
fn what_was_found_for_a_cluster_is_replayed() {
    replay("cluster", super::cluster);
}

#[test]
fn no_bytes_at_all_are_a_schedule_too() {
    super::one_node(&[]);
    super::cluster(&[]);
}
