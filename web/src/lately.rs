//! What happened lately that is worth telling, in words: kept from one moment to the
//! next, so that each sentence is made once.

use crate::engine::Moment;
use crate::later;
use raft_core::Micros;
use raft_scene::{TimelineIndex, words};
use raft_sim::{Timeline, World};

/// How many sentences are shown.
const MOST_SENTENCES: usize = 12;
/// About how many are kept, for who goes back.
const MOST_KEPT: usize = 5 * MOST_SENTENCES;

/// A sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sentence {
    /// When what it tells of happened.
    pub(crate) at: Micros,
    /// In which event.
    pub(crate) event: u64,
    /// The sentence.
    pub(crate) text: String,
}

/// The last sentences up to a moment.
#[derive(Debug, Default)]
pub(crate) struct Lately {
    moment: Option<Moment>,
    /// The newest first; all those of each event that one is of, and of every event in between.
    sentences: Vec<Sentence>,
}

impl Lately {
    /// The sentences, the newest first.
    pub(crate) fn sentences(&self) -> &[Sentence] {
        &self.sentences[..self.sentences.len().min(MOST_SENTENCES)]
    }

    /// Goes on, or back, to the moment of `world`, once there are words for what happened.
    pub(crate) fn turn_to(
        &mut self,
        moment: Moment,
        timeline: &Timeline,
        index: &TimelineIndex,
        world: &World,
    ) {
        let Some(later) = later::there() else { return };
        let known = self.moment.replace(moment);
        if known == Some(moment) {
            return;
        }
        if known.is_none_or(|known| known.run != moment.run) {
            self.sentences.clear();
        }
        // The newest of them that come before an event, and after another.
        let told = |mut before, after, most| {
            let mut told = Vec::new();
            while told.len() < most
                && let Some(event) = index.told_before(before).filter(|event| *event > after)
            {
                let records = timeline.records_of(event).rev();
                let worth = records.filter(|record| words::is_worth_telling(&record.what));
                told.extend(worth.filter_map(|record| {
                    let text = (later.happening)(&record.what, world)?;
                    Some(Sentence { at: record.at, event, text })
                }));
                before = event;
            }
            told
        };
        // What has not happened yet, for who went back.
        self.sentences.retain(|sentence| sentence.event <= moment.events);
        let newest = self.sentences.first().map_or(0, |sentence| sentence.event);
        let mut fresh = told(moment.events + 1, newest, MOST_SENTENCES);
        if fresh.len() < MOST_SENTENCES {
            fresh.append(&mut self.sentences);
        }
        self.sentences = fresh;
        let oldest = self.sentences.last().map_or(moment.events + 1, |sentence| sentence.event);
        let missing = MOST_SENTENCES.saturating_sub(self.sentences.len());
        self.sentences.extend(told(oldest, 0, missing));
        while self.sentences.len() > MOST_KEPT
            && let Some(oldest) = self.sentences.last().map(|sentence| sentence.event)
        {
            self.sentences.retain(|sentence| sentence.event != oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::Engine;

    #[test]
    fn going_on_a_little_at_a_time_tells_the_same_as_coming_at_once() {
        let mut engine = Engine::new(Address::default()).expect("the default run is right");
        let mut told = Vec::new();
        for at in (0..2_500_000).step_by(40_000) {
            engine.seek(Micros(at));
            told.push(engine.lately().sentences().to_vec());
        }
        assert!(told.iter().any(|sentences| sentences.len() == MOST_SENTENCES));
        for (place, sentences) in told.iter().enumerate().rev() {
            let at = place as u64 * 40_000;
            engine.seek(Micros(at));
            assert_eq!(engine.lately().sentences(), sentences, "back at {at}");
            let mut records = engine.timeline().records_by(engine.events()).rev();
            for sentence in sentences {
                let said = |event, text: Option<String>| {
                    event == sentence.event && text.as_ref() == Some(&sentence.text)
                };
                assert!(records.any(|record| {
                    said(record.event, words::happening(&record.what, engine.world()))
                }));
            }
        }
    }
}
