//! `raftlab list`: the built-in scenarios, or how occasions are written.

use crate::arguments;
use crate::report::{Ended, STRONG};
use raft_scenarios::BuiltIn;
use raft_sim::KINDS_OF_OCCASIONS;
use std::io::Write as _;

pub(crate) fn command(list: &arguments::List) -> crate::Result {
    if list.occasions { occasions() } else { scenarios() }
}

fn occasions() -> crate::Result {
    let longest = KINDS_OF_OCCASIONS.iter().map(|(text, _)| text.len()).max().unwrap_or(0);
    let mut stdout = anstream::stdout().lock();
    for (text, means) in KINDS_OF_OCCASIONS {
        writeln!(stdout, "{STRONG}{text:longest$}{STRONG:#}  {}", means.replace('`', ""))?;
    }
    writeln!(stdout, "\nEach that a node does may end in its term: B commits index 5 in term 2.")?;
    writeln!(stdout, "`raftlab run SCENARIO --occasions` prints those of a run.")?;
    Ok(Ended::Well)
}

fn scenarios() -> crate::Result {
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
