//! `raftlab run --occasions`: what comes in a run, in the words that rules, expectations and lessons
//! are written in.

use crate::arguments::Occasions;
use crate::report::{Ended, QUIET};
use raft_sim::{Deed, Occasion, Parcel, Plan, Subject, Watch, World};
use std::io::Write as _;
use std::sync::Arc;

pub(crate) fn command(plan: Arc<Plan>, which: Occasions) -> crate::Result {
    // So that it also keeps in mind which message it is that arrives.
    let receives = Occasion::Node {
        who: Subject::Anyone,
        does: Deed::Receives { what: Parcel::Any, from: None },
        in_term: None,
    };
    let mut watch = Watch::of(plan.scenario(), [&receives]);
    let mut world = World::new(plan);
    let mut records = Vec::new();
    let mut stdout = anstream::stdout().lock();
    while world.step(&mut records) {
        for record in records.drain(..) {
            let occasion = watch.observe(&record.what).occasion();
            let Some(occasion) = occasion.filter(|it| which == Occasions::All || is_told(it))
            else {
                continue;
            };
            writeln!(stdout, "{QUIET}{:>12}{QUIET:#}  {occasion}", record.at.to_string())?;
        }
    }
    Ok(Ended::Well)
}

/// Whether a story would tell it: messages, disks and timeouts come by the thousand.
const fn is_told(occasion: &Occasion) -> bool {
    let Occasion::Node { does, .. } = occasion else { return true };
    !matches!(
        does,
        Deed::Sends { .. }
            | Deed::Receives { .. }
            | Deed::Loses { .. }
            | Deed::HasWritten
            | Deed::DrawsTimeout
            | Deed::Applies(_)
    )
}
