//! Many runs: looking for one that breaks what Raft promises, and making it small.
//!
//! ```text
//!   scenario ──► hunt ──► a seed and a schedule that break a property
//!                             │
//!                          shrink ──► the same violation, of as little as it needs
//! ```
//!
//! Everything follows from the scenario and the number of the attempt: a hunt finds the
//! same on every machine, whatever the number of its threads.

mod dice;
mod faults;
mod hunt;
mod play;
mod shrink;

pub use dice::Dice;
pub use faults::with_faults;
pub use hunt::{Attempt, Find, Hunt, Outcome, Progress};
pub use play::{first_violation, play};
pub use shrink::{Shrunk, interventions, shrink};
