//! `raftlab`: the same runs as on the page, without a browser.
//!
//! What a caller can rely on: 0 where everything is as it should be, 1 where a promise was
//! broken or an expectation does not hold, 2 where the input can't be read.

mod account;
mod arguments;
mod check;
mod figure;
mod hunt;
mod lesson;
mod list;
mod occasions;
mod pages;
mod picture;
mod report;
mod run;
mod schema;
mod source;

use arguments::{Arguments, Command};
use clap::Parser;
use report::Ended;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Clap ends the program itself where the arguments make no sense, with 2.
    let arguments = Arguments::parse();
    let ended = match arguments.command {
        Command::Run(run) => run::command(&run),
        Command::Check(check) => check::command(&check),
        Command::Figure(figure) => figure::command(&figure),
        Command::Hunt(hunt) => hunt::command(&hunt),
        Command::List(list) => list::command(&list),
        Command::Lesson(lesson) => lesson::command(&lesson),
        Command::Schema(schema) => schema::command(&schema),
    };
    report::exit_code(ended)
}

type Result<T = Ended> = std::result::Result<T, report::Failure>;
