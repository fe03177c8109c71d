//! Auto-pace: slow where something happens, quick where nothing does.
//!
//! ```text
//!   speed  ──────╮      ╭──────      so many times the chosen speed, far from everything
//!                 ╲    ╱
//!                  ╰──╯              the chosen speed, near an election, a fault, a violation
//!   time   ─────────┴──────────
//! ```

use crate::speed::Speed;
use raft_core::Micros;
use raft_sim::{Landmark, Timeline};

/// What it slows down for. Commits and operations are everywhere in a busy run.
const SLOWS_FOR: [Landmark; 4] =
    [Landmark::Election, Landmark::Vote, Landmark::Fault, Landmark::Violation];
/// How long the chosen speed lasts before and after, in the reader's time.
const NEAR_MILLISECONDS: f64 = 400.0;
/// How many times the chosen speed it goes where nothing happens.
const MOST_TIMES: f64 = 12.0;

/// How far the playhead is from what it slows down for.
fn distance(timeline: &Timeline, events: u64, at: Micros) -> Option<Micros> {
    let time_of = |event: Option<u64>| event.and_then(|event| timeline.time_of(event));
    let ahead = SLOWS_FOR.iter().filter_map(|kind| time_of(timeline.next_of(*kind, events)));
    let behind =
        SLOWS_FOR.iter().filter_map(|kind| time_of(timeline.previous_of(*kind, events + 1)));
    // At the run's beginning one looks around first, and its end is not run into.
    let edges = [at, timeline.duration() - at];
    ahead.map(|next| next - at).chain(behind.map(|last| at - last)).chain(edges).min()
}

/// How many times the chosen speed time passes at, from 1.
pub(crate) fn times(timeline: &Timeline, events: u64, at: Micros, speed: Speed) -> f64 {
    let Some(distance) = distance(timeline, events, at) else { return 1.0 };
    let near = speed.simulated_micros(NEAR_MILLISECONDS).max(1.0);
    // Twice as far, twice as fast: it comes in gently, and never runs past.
    (distance.0 as f64 / near).clamp(1.0, MOST_TIMES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;

    #[test]
    fn it_is_the_chosen_speed_at_an_election_and_quick_in_between() {
        let timeline = Timeline::new(Address::default().plan().expect("the default run"));
        let speed = Speed::nearest(1, 100);
        let election = timeline.next_of(Landmark::Election, 0).expect("there is one");
        let at = timeline.time_of(election).expect("it is in the run");
        assert_eq!(times(&timeline, election, at, speed), 1.0);
        let last = SLOWS_FOR.iter().filter_map(|kind| timeline.previous_of(*kind, u64::MAX)).max();
        let last = timeline.time_of(last.expect("there are some")).expect("it is in the run");
        let quiet = last + (timeline.duration() - last).scaled(1, 2);
        let events = timeline.events_by(quiet);
        assert!(times(&timeline, events, quiet, speed) > 5.0, "nothing happens at {quiet}");
    }

    #[test]
    fn it_never_goes_slower_than_chosen_nor_out_of_bounds() {
        let timeline = Timeline::new(Address::default().plan().expect("the default run"));
        for stop in 0..Speed::STOPS {
            for event in (0..timeline.events()).step_by(7) {
                let at = timeline.time_of(event).unwrap_or_default();
                let times = times(&timeline, event, at, Speed::stop(stop));
                assert!((1.0..=MOST_TIMES).contains(&times));
            }
        }
    }
}
