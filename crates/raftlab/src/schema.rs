//! `raftlab schema`: the JSON schemas of the formats.

use crate::arguments;
use crate::report::Failure;

pub(crate) fn command(schema: &arguments::Schema) -> crate::Result {
    Err(Failure::input(format!("{:?}", schema.of), "no schema yet"))
}
