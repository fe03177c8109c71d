//! What a screen reader is told while the run moves: what is worth telling, in words,
//! and not more of it than one can listen to.

use crate::engine::{Engine, Moment};

/// How long the last sentence is left alone.
const PAUSE_MILLISECONDS: f64 = 1_500.0;
/// The most sentences that are told at once.
const MOST_SENTENCES: usize = 3;

/// Remembers what was told.
#[derive(Debug, Default)]
pub(crate) struct Announcer {
    told: Option<Moment>,
    told_at: f64,
}

impl Announcer {
    /// What to tell now, at this many milliseconds of the reader's time; `None` if
    /// there is nothing new, or too soon.
    pub(crate) fn news(&mut self, engine: &Engine, now: f64) -> Option<String> {
        let moment = engine.moment();
        let Some(told) = self.told else {
            // What the page shows when it opens, a reader finds by themselves.
            self.told = Some(moment);
            return None;
        };
        if told == moment || (engine.is_playing() && now - self.told_at < PAUSE_MILLISECONDS) {
            return None;
        }
        self.told = Some(moment);
        let moves_on = told.run == moment.run && told.events < moment.events;
        let known = if moves_on { told.events } else { 0 };
        let most = if moves_on { MOST_SENTENCES } else { 1 };
        let lately = engine.lately();
        let fresh = lately.sentences().iter().take_while(|sentence| sentence.event > known);
        let mut sentences: Vec<&str> = fresh.take(most).map(|told| told.text.as_str()).collect();
        sentences.reverse();
        if sentences.is_empty() && (engine.is_playing() || moves_on) {
            return None;
        }
        self.told_at = now;
        Some(format!("{}. {}", engine.at(), sentences.join(" ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use raft_core::Micros;

    #[test]
    fn it_says_nothing_twice_and_nothing_at_first() {
        let mut engine = Engine::new(Address::default()).expect("the default run is right");
        let mut announcer = Announcer::default();
        assert_eq!(announcer.news(&engine, 0.0), None);
        engine.seek(Micros::from_millis(1_500));
        let news = announcer.news(&engine, 100.0);
        assert!(news.is_none_or(|news| news.starts_with("1500.0 ms")));
        assert_eq!(announcer.news(&engine, 10_000.0), None);
    }

    #[test]
    fn while_playing_it_pauses_between_sentences() {
        let mut engine = Engine::new(Address::default()).expect("the default run is right");
        let mut announcer = Announcer::default();
        announcer.news(&engine, 0.0);
        engine.play();
        engine.pass(5_000.0);
        assert_eq!(announcer.news(&engine, 100.0), None, "too soon");
    }
}
