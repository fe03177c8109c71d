//! `raftlab list`: the built-in scenarios.

use crate::report::{Ended, STRONG};
use std::io::Write as _;

pub(crate) fn command() -> crate::Result {
    let all = raft_scenarios::all();
    let longest = all.iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
    let mut stdout = anstream::stdout().lock();
    for scenario in all {
        let padding = longest - scenario.name.len();
        writeln!(stdout, "{STRONG}{}{STRONG:#}{:padding$}  {}", scenario.name, "", scenario.title)?;
    }
    Ok(Ended::Well)
}
