//! `raftlab schema`: the JSON schemas of the formats.

use crate::arguments::{self, SchemaOf};
use crate::report::Ended;
use std::io::Write as _;

pub(crate) fn command(schema: &arguments::Schema) -> crate::Result {
    let schema = match schema.of {
        SchemaOf::Scenario => raft_sim::document::schema(),
        SchemaOf::Trace => raft_sim::trace::schema(),
        SchemaOf::ObservedTrace => raft_sim::trace::observed::schema(),
    };
    writeln!(anstream::stdout().lock(), "{:#}", schema.as_value())?;
    Ok(Ended::Well)
}
