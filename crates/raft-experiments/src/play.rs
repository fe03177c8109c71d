//! One run of many: played to its end, watched, and kept by nobody.

use raft_sim::{Happening, Plan, Property, Record, Violation, World};
use std::sync::Arc;

/// Plays a run to its end and shows every record as it is made. Gives the world at the
/// end.
pub fn play(plan: Arc<Plan>, mut see: impl FnMut(&Record)) -> World {
    let mut world = World::new(plan);
    let mut records = Vec::new();
    while world.step(&mut records) {
        for record in records.drain(..) {
            see(&record);
        }
    }
    world
}

/// The first violation of a run, or the first of this property. The run goes on no
/// further than that.
pub fn first_violation(plan: Arc<Plan>, of: Option<Property>) -> Option<Violation> {
    let mut world = World::new(plan);
    let mut records = Vec::new();
    while world.step(&mut records) {
        for record in records.drain(..) {
            if let Happening::Violated(violation) = record.what
                && of.is_none_or(|property| property == violation.property)
            {
                return Some(violation);
            }
        }
    }
    None
}
