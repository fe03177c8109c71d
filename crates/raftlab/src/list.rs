//! `raftlab list`: the built-in scenarios.

use crate::report::{Ended, STRONG};
use raft_scenarios::BuiltIn;
use std::io::Write as _;

pub(crate) fn command() -> crate::Result {
    let all = raft_scenarios::list();
    let longest = all.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let mut stdout = anstream::stdout().lock();
    for of_a_topic in all.chunk_by(|one, next| one.topic == next.topic) {
        if let [first, ..] = of_a_topic {
            writeln!(stdout, "{STRONG}{}{STRONG:#}", first.topic)?;
        }
        for BuiltIn { name, title, .. } in of_a_topic {
            writeln!(stdout, "  {name:longest$}  {title}")?;
        }
    }
    Ok(Ended::Well)
}
