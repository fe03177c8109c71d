//! `cargo xtask <command>`: everything that a person types to set up, serve,
//! build, test and measure Raftlab. Nothing else in the workspace depends on it.

mod bench;
mod build;
mod cli;
mod explored;
mod page_size;
mod pages;
mod parts;
mod process;
mod screenshots;
mod serve;
mod setup;
mod single_file;
mod slim;
mod test;
mod verify;
mod workspace;

use std::process::ExitCode;

const HELP: &str = "\
Raftlab's commands. Usage: cargo xtask <command> [flags]

  serve        set up what is needed and serve the page at http://127.0.0.1:8080
  test         set up what is needed and run every check
  build        the optimised page in dist/, and dist/raftlab.html: all of it in one file
  verify       look further than the tests: every run of small clusters, random schedules, fuzzing
  bench        print sizes and speeds; never fails for being slow
  screenshots  pictures of the page: the README's, or every moment in every size
  pages        the course's pages alone, as every build has them in lessons/
  setup        only the set-up: compiler targets, trunk, wasm-bindgen, a browser, node packages

`cargo xtask <command> --help` tells a command's flags.";

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.is_empty() {
        eprintln!("{HELP}");
        return ExitCode::from(2);
    }
    let command = words.remove(0);
    let done = match command.as_str() {
        "setup" => setup::command(words),
        "serve" => serve::command(words),
        "build" => build::command(words),
        "test" => test::command(words),
        "verify" => verify::command(words),
        "bench" => bench::command(words),
        "screenshots" => screenshots::command(words),
        "pages" => pages::command(words),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        unknown => Err(cli::Misuse(format!(
            "there is no command `{unknown}`. The commands are: serve, test, build, verify, bench, screenshots, pages, setup"
        ))
        .into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<cli::Told>() => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            // What a caller can tell apart: 2 means that nothing was tried.
            ExitCode::from(if error.is::<cli::Misuse>() { 2 } else { 1 })
        }
    }
}
