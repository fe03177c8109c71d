//! The state behind the page: which run, where in it, how fast. It knows no browser:
//! the page tells it how much time has passed and what the reader wants.
//!
//! One world follows the playhead; the timeline moves it forwards by simulating on,
//! and backwards from the nearest world that it kept.

mod acts;

use crate::address::Address;
use crate::jumps::Jumps;
use crate::lately::Lately;
use crate::pace;
use crate::runs::Runs;
use crate::speed::Speed;
use raft_core::Micros;
use raft_scene::TimelineIndex;
use raft_sim::{Scenario, Timeline, World};
use std::cell::{Ref, RefCell};

/// The run, the playhead and the speed.
#[derive(Debug)]
pub(crate) struct Engine {
    /// What the run's link says, without a moment.
    address: Address,
    timeline: Timeline,
    index: TimelineIndex,
    /// The world after the first `world.events()` events: where the playhead is.
    world: World,
    at: Micros,
    /// The part of a microsecond that the playhead is further than `at`.
    rest: f64,
    /// Counts the runs that were shown, so that whoever drew one knows that it is over.
    run: u32,
    speed: Speed,
    /// Whether it is quicker where nothing happens.
    is_pacing: bool,
    /// How many times `speed` it went last.
    pace: f64,
    is_playing: bool,
    jumps: Jumps,
    runs: Runs,
    past: Vec<Address>,
    future: Vec<Address>,
    lately: RefCell<Lately>,
    /// Where playing stops, once.
    halt: Option<Stop>,
    /// How far one may go, for now.
    horizon: Option<Stop>,
    /// Whether somebody wanted to go further.
    is_held: bool,
}

/// A moment at which the playhead stops: just after an event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Stop {
    /// When.
    pub(crate) at: Micros,
    /// How many events have happened by then.
    pub(crate) events: u64,
}

/// What became of letting time pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Passed {
    /// Whether events happened.
    pub(crate) events: bool,
    /// Whether the run has come to its end, so that playing stopped.
    pub(crate) ended: bool,
}

/// Where the playhead is, for whoever wants to know whether it drew that already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Moment {
    /// Which run.
    pub(crate) run: u32,
    /// How many of its events have happened.
    pub(crate) events: u64,
}

impl Engine {
    /// Opens a run at the moment that its address names.
    ///
    /// # Errors
    /// Everything that is wrong with the address.
    pub(crate) fn new(address: Address) -> Result<Engine, Vec<String>> {
        let (timeline, index) = TimelineIndex::of_new_run(address.plan()?);
        let mut engine = Engine {
            index,
            world: timeline.world_after(0),
            timeline,
            at: Micros::ZERO,
            rest: 0.0,
            run: 0,
            speed: Speed::default(),
            is_pacing: true,
            pace: 1.0,
            is_playing: false,
            jumps: Jumps::default(),
            runs: Runs::default(),
            past: Vec::new(),
            future: Vec::new(),
            lately: RefCell::default(),
            halt: None,
            horizon: None,
            is_held: false,
            address: Address { at: None, ..address.clone() },
        };
        engine.runs.visit(&address, None);
        engine.seek(address.at.unwrap_or_default());
        Ok(engine)
    }

    /// The run.
    pub(crate) const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The run's record, sorted.
    pub(crate) const fn index(&self) -> &TimelineIndex {
        &self.index
    }

    /// The scenario that the run is of.
    pub(crate) fn scenario(&self) -> &Scenario {
        self.timeline.plan().scenario()
    }

    /// The world at the playhead.
    pub(crate) const fn world(&self) -> &World {
        &self.world
    }

    /// The playhead, in true time.
    pub(crate) const fn at(&self) -> Micros {
        self.at
    }

    /// How many events have happened.
    pub(crate) const fn events(&self) -> u64 {
        self.world.events()
    }

    /// Where the playhead is.
    pub(crate) const fn moment(&self) -> Moment {
        Moment { run: self.run, events: self.world.events() }
    }

    /// What happened before the playhead, in words.
    pub(crate) fn lately(&self) -> Ref<'_, Lately> {
        let mut lately = self.lately.borrow_mut();
        lately.turn_to(self.moment(), &self.timeline, &self.index, &self.world);
        drop(lately);
        self.lately.borrow()
    }

    /// How fast it plays.
    pub(crate) const fn speed(&self) -> Speed {
        self.speed
    }

    /// Whether it is quicker where nothing happens.
    pub(crate) const fn is_pacing(&self) -> bool {
        self.is_pacing
    }

    /// Has it be quicker where nothing happens, or not.
    pub(crate) const fn set_pacing(&mut self, is_pacing: bool) {
        self.is_pacing = is_pacing;
        self.pace = 1.0;
    }

    /// How many times [`Engine::speed`] it goes: 1, unless it paces itself.
    pub(crate) const fn pace(&self) -> f64 {
        self.pace
    }

    /// What "next" and "previous" jump to.
    pub(crate) const fn jumps(&self) -> Jumps {
        self.jumps
    }

    /// Sets what they jump to.
    pub(crate) const fn set_jumps(&mut self, jumps: Jumps) {
        self.jumps = jumps;
    }

    /// The runs that were made of this scenario and seed.
    pub(crate) const fn runs(&self) -> &Runs {
        &self.runs
    }

    /// Sets how fast it plays.
    pub(crate) const fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
    }

    /// Whether it plays.
    pub(crate) const fn is_playing(&self) -> bool {
        self.is_playing
    }

    /// Plays on, from the beginning if the run is over.
    pub(crate) fn play(&mut self) {
        if self.is_at_end() {
            self.seek(Micros::ZERO);
        }
        self.is_playing = true;
    }

    /// Stops playing.
    pub(crate) const fn pause(&mut self) {
        self.is_playing = false;
    }

    /// Whether the playhead is at the run's end.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.timeline.duration()
    }

    /// The address of the run and of the moment that is looked at.
    pub(crate) fn address(&self) -> Address {
        Address { at: Some(self.at), ..self.address.clone() }
    }

    /// The address of the run, at no moment.
    pub(crate) const fn run_address(&self) -> &Address {
        &self.address
    }

    /// Where the playhead is, as a stop.
    pub(crate) const fn here(&self) -> Stop {
        Stop { at: self.at, events: self.world.events() }
    }

    /// How far one may go.
    pub(crate) const fn horizon(&self) -> Option<Stop> {
        self.horizon
    }

    /// Has playing stop there, once; and nobody go further than the horizon, nor see further.
    pub(crate) fn set_stops(&mut self, halt: Option<Stop>, horizon: Option<Stop>) {
        (self.halt, self.horizon) = (halt, horizon);
        if horizon.is_some_and(|horizon| horizon < self.here()) {
            self.seek(self.at);
            self.is_held = false;
        }
    }

    /// Whether somebody wanted to go further than the horizon since this was asked last.
    pub(crate) const fn take_held(&mut self) -> bool {
        std::mem::replace(&mut self.is_held, false)
    }

    /// Moves the playhead to a stop.
    pub(crate) fn seek_stop(&mut self, stop: Stop) {
        self.at = stop.at.min(self.timeline.duration());
        self.rest = 0.0;
        // Other things may happen in the same microsecond.
        let events = stop.events.min(self.timeline.events_by(self.at));
        self.timeline.seek(&mut self.world, events);
        self.hold();
    }

    /// Stops at the horizon, if that is beyond it.
    fn hold(&mut self) {
        if let Some(horizon) = self.horizon
            && horizon < self.here()
        {
            self.is_held = true;
            self.is_playing = false;
            self.at = horizon.at;
            self.rest = 0.0;
            self.timeline.seek(&mut self.world, horizon.events);
        }
    }

    /// Lets real time pass, in milliseconds: the playhead moves if it plays.
    pub(crate) fn pass(&mut self, real_milliseconds: f64) -> Passed {
        if !self.is_playing || !real_milliseconds.is_finite() || real_milliseconds <= 0.0 {
            return Passed::default();
        }
        if self.is_pacing {
            self.pace = pace::times(&self.timeline, self.events(), self.at, self.speed);
        }
        let span = self.speed.simulated_micros(real_milliseconds) * self.pace + self.rest;
        self.rest = span.fract();
        let (from, before) = (self.at, self.events());
        // The cast sticks at the largest number, and the end comes before that.
        let at = (self.at + Micros(span as u64)).min(self.timeline.duration());
        self.at = at;
        let events = self.timeline.events_by(at);
        self.timeline.seek(&mut self.world, events);
        let from = Stop { at: from, events: before };
        if let Some(halt) = self.halt.filter(|halt| from < *halt && *halt <= self.here()) {
            self.seek_stop(halt);
            self.is_playing = false;
        }
        self.hold();
        // Who comes to the horizon has not gone further.
        self.is_held &= Some(from) == self.horizon;
        self.is_playing &= !self.is_at_end();
        Passed { events: self.events() != before, ended: !self.is_playing }
    }

    /// Moves the playhead to a time: all that happens at or before it has happened.
    pub(crate) fn seek(&mut self, at: Micros) {
        self.at = at.min(self.timeline.duration());
        self.rest = 0.0;
        let events = self.timeline.events_by(self.at);
        self.timeline.seek(&mut self.world, events);
        self.hold();
    }

    /// Moves the playhead to just after an event, counted from 1.
    pub(crate) fn seek_event(&mut self, event: u64) {
        let event = event.min(self.timeline.events());
        self.timeline.seek(&mut self.world, event);
        self.at = self.timeline.time_of(event).unwrap_or_default();
        self.rest = 0.0;
        self.hold();
    }

    /// One event forwards; after the last one, to the run's end.
    pub(crate) fn step_forward(&mut self) {
        if self.events() == self.timeline.events() {
            self.seek(self.timeline.duration());
        } else {
            self.seek_event(self.events() + 1);
        }
    }

    /// One event back: to the moment just after the event before.
    pub(crate) fn step_back(&mut self) {
        self.seek_event(self.events().saturating_sub(1));
    }

    /// To the next of what one jumps to, else to the end.
    pub(crate) fn next_notable(&mut self) {
        let events = self.events();
        let next =
            self.jumps.kinds().iter().filter_map(|kind| self.timeline.next_of(*kind, events)).min();
        match next {
            Some(event) => self.seek_event(event),
            None => self.seek(self.timeline.duration()),
        }
    }

    /// To the previous of what one jumps to, else to the beginning.
    pub(crate) fn previous_notable(&mut self) {
        let events = self.events();
        let previous = self
            .jumps
            .kinds()
            .iter()
            .filter_map(|kind| self.timeline.previous_of(*kind, events))
            .max();
        self.seek_event(previous.unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(hash: &str) -> Engine {
        Engine::new(Address::read(hash).expect("a right hash")).expect("a right run")
    }

    #[test]
    fn it_opens_at_the_moment_of_its_address() {
        let engine = engine("#t=500000");
        assert_eq!(engine.at(), Micros(500_000));
        assert_eq!(engine.events(), engine.timeline().events_by(Micros(500_000)));
    }

    /// While something is asked, no way leads to what would answer it.
    #[test]
    fn nobody_goes_further_than_the_horizon() {
        let mut engine = engine("#t=500000");
        let horizon = engine.here();
        engine.seek(Micros::ZERO);
        engine.set_stops(None, Some(horizon));
        let ways: [fn(&mut Engine); 5] = [
            |engine| engine.seek(Micros::MAX),
            |engine| engine.seek_event(u64::MAX),
            Engine::step_forward,
            Engine::next_notable,
            |engine| {
                engine.play();
                engine.pass(100_000.0);
            },
        ];
        for way in ways {
            engine.seek_stop(horizon);
            assert!(!engine.take_held());
            way(&mut engine);
            assert_eq!(engine.here(), horizon);
            assert!(engine.take_held() && !engine.is_playing());
        }
        engine.set_stops(None, None);
        engine.step_forward();
        assert!(engine.here() > horizon);
    }

    #[test]
    fn playing_stops_once_where_it_is_to_halt() {
        let mut engine = engine("#t=500000");
        let halt = engine.here();
        engine.seek(Micros::ZERO);
        engine.set_stops(Some(halt), None);
        engine.play();
        while engine.is_playing() {
            engine.pass(100.0);
        }
        assert_eq!(engine.here(), halt);
        assert!(!engine.take_held());
        engine.play();
        engine.pass(100.0);
        assert!(engine.is_playing() && engine.here() > halt);
    }

    #[test]
    fn playing_moves_the_playhead_by_the_speed_and_ends_at_the_end() {
        let mut engine = engine("");
        engine.set_pacing(false);
        engine.set_speed(Speed::nearest(1, 10));
        assert_eq!(engine.pass(1_000.0), Passed::default(), "it does not play yet");
        engine.play();
        let passed = engine.pass(4_000.0);
        assert!(passed.events && !passed.ended);
        assert_eq!(engine.at(), Micros(400_000));
        let passed = engine.pass(1e12);
        assert!(passed.ended && !engine.is_playing());
        assert_eq!(engine.at(), engine.timeline().duration());
        engine.play();
        assert_eq!(engine.at(), Micros::ZERO, "from the end it plays from the beginning");
    }

    #[test]
    fn many_short_frames_are_as_long_as_one_long_one() {
        let mut engine = engine("");
        engine.set_pacing(false);
        engine.set_speed(Speed::nearest(1, 1_000));
        engine.play();
        for _ in 0..10_000 {
            engine.pass(0.0625);
        }
        assert_eq!(engine.at(), Micros(625));
    }

    #[test]
    fn pacing_itself_it_plays_the_same_events_in_less_time() {
        let frames = |is_pacing| {
            let mut engine = engine("");
            engine.set_pacing(is_pacing);
            engine.play();
            let mut frames = 0;
            while !engine.pass(16.0).ended {
                frames += 1;
            }
            assert_eq!(engine.events(), engine.timeline().events());
            frames
        };
        let (paced, steady) = (frames(true), frames(false));
        assert!(paced * 2 < steady, "{paced} frames, {steady} without");
    }

    #[test]
    fn no_time_makes_it_fail() {
        let mut engine = engine("");
        engine.play();
        for span in [f64::NAN, f64::INFINITY, -1.0, f64::MAX, 0.0] {
            engine.pass(span);
        }
    }

    #[test]
    fn a_step_back_and_forward_is_the_same_world() {
        let mut engine = engine("#t=1200000");
        for _ in 0..100 {
            engine.step_back();
        }
        let world = engine.world().clone();
        engine.step_back();
        engine.step_forward();
        assert_eq!(*engine.world(), world);
    }

    #[test]
    fn notable_moments_are_reached_both_ways() {
        let mut engine = engine("");
        let mut stops = vec![engine.events()];
        loop {
            engine.next_notable();
            if engine.is_at_end() {
                break;
            }
            stops.push(engine.events());
        }
        assert!(stops.len() > 3, "an election, commits, a crash: {stops:?}");
        while engine.events() > 0 {
            engine.previous_notable();
            assert_eq!(stops.pop(), Some(engine.events()));
        }
    }
}
