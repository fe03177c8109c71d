//! `raftlab check`: whether a trace is a run that keeps its promises.

use crate::arguments;
use crate::report::Failure;

pub(crate) fn command(check: &arguments::Check) -> crate::Result {
    Err(Failure::input(check.trace.display(), "no reader yet"))
}
