//! What an embed and the page around it tell each other, by `postMessage`: version 1 of the
//! protocol in docs/EMBEDDING.md. What messages mean is here; [`crate::host_channel`] carries
//! them. Nothing here knows a browser.
//!
//! A message is one flat record each way, with the fields that its kind needs: an enum of
//! records would cost the page several kilobytes more.

use crate::address::Address;
use crate::command::Command;
use crate::engine::{Engine, Moment};
use crate::source::shortened;
use crate::speed::Speed;
use raft_core::Micros;
use raft_scene::words;
use serde::{Deserialize, Serialize};

/// The version of the protocol.
pub(crate) const VERSION: u32 = 1;

/// The most events that one message steps over.
const MOST_STEPS: f64 = 1_000.0;
/// The least time between two unasked accounts of the state.
const PAUSE_MILLISECONDS: f64 = 100.0;

/// What the host page asks for.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The version of the protocol.
    pub(crate) raftlab: u32,
    /// What is wanted.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// A moment, in microseconds. Numbers are all that a JavaScript number may be.
    pub(crate) at: Option<f64>,
    /// How many events to step over.
    pub(crate) by: Option<f64>,
    /// A run, as a link's hash.
    pub(crate) address: Option<String>,
    /// Something to do to the cluster, as in a link.
    pub(crate) action: Option<String>,
    /// A speed, such as 1/20.
    pub(crate) speed: Option<String>,
    /// Whether to play.
    pub(crate) playing: Option<bool>,
}

/// What a message of the host page comes to.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Wanted {
    /// Nothing but an answer.
    State,
    /// Something that the reader could have wanted too.
    Do(Command),
    /// So many events forwards, or back.
    Step(i64),
    /// Another run.
    Load(Box<Address>),
    /// A state that was told earlier: a run, a moment, how fast, whether it plays.
    Restore(Option<Box<Address>>, Vec<Command>),
}

impl Asked {
    /// What it comes to; `None` if this version knows no such message, which is then
    /// ignored, so that a host page may speak to older pages.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub(crate) fn wanted(&self) -> Result<Option<Wanted>, Vec<String>> {
        if self.raftlab != VERSION {
            return Err(vec![format!("This page speaks version {VERSION} of the protocol.")]);
        }
        let once = |command| Ok(Some(Wanted::Do(command)));
        match self.kind.as_str() {
            "play" => once(Command::Play),
            "pause" => once(Command::Pause),
            "seek" => once(Command::Seek(self.moment()?.ok_or_else(|| vec![no_moment()])?)),
            "step" => {
                let by = self.by.unwrap_or(1.0);
                if by.fract() != 0.0 || by.abs() > MOST_STEPS {
                    let most = MOST_STEPS as u32;
                    return Err(vec![format!(
                        "“by” is a whole number of events from -{most} to {most}."
                    )]);
                }
                Ok(Some(Wanted::Step(by as i64)))
            }
            "act" => {
                let text = self.action.as_deref().unwrap_or_default();
                let action = text.parse();
                once(Command::Act(action.map_err(|error| {
                    vec![format!("In “action”, “{}”: {error}.", shortened(text))]
                })?))
            }
            "load" => match self.run()? {
                Some(address) => Ok(Some(Wanted::Load(address))),
                None => Err(vec![
                    "“address” is missing: it is what stands after # in a link, such as \
                     scenario=leader-crash&seed=42."
                        .to_owned(),
                ]),
            },
            "getState" => Ok(Some(Wanted::State)),
            "setState" => {
                let mut commands = Vec::new();
                if let Some(speed) = &self.speed {
                    let speed = Speed::read(speed).map_err(|message| vec![message])?;
                    commands.push(Command::SetSpeed(speed));
                }
                commands.extend(self.moment()?.map(Command::Seek));
                commands.extend(self.playing.map(|playing| match playing {
                    true => Command::Play,
                    false => Command::Pause,
                }));
                Ok(Some(Wanted::Restore(self.run()?, commands)))
            }
            _ => Ok(None),
        }
    }

    fn moment(&self) -> Result<Option<Micros>, Vec<String>> {
        match self.at {
            None => Ok(None),
            Some(at) if at >= 0.0 && at.fract() == 0.0 => Ok(Some(Micros(at as u64))),
            Some(_) => Err(vec![no_moment()]),
        }
    }

    fn run(&self) -> Result<Option<Box<Address>>, Vec<String>> {
        let Some(text) = &self.address else { return Ok(None) };
        let address = Address::read(text)?;
        address.plan()?;
        Ok(Some(Box::new(address)))
    }
}

fn no_moment() -> String {
    "“at” is a moment in whole microseconds from 0, such as 412000.".to_owned()
}

/// What the host page is told.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub(crate) struct Told {
    /// The version of the protocol.
    pub(crate) raftlab: u32,
    /// What this is.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// Of the message that this answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<f64>,
    /// The run and the moment, as a link's hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    /// A moment, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<f64>,
    /// How long the run is, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration: Option<f64>,
    /// Which event, or how many have happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<f64>,
    /// How many events the run has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) events: Option<f64>,
    /// Whether it plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) playing: Option<bool>,
    /// How fast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) speed: Option<String>,
    /// Which property was violated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) property: Option<&'static str>,
    /// What happened, or what is wrong, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    /// How high the frame should be, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u32>,
}

impl Told {
    fn new(kind: &'static str) -> Told {
        Told { raftlab: VERSION, kind, ..Told::default() }
    }

    /// Where the run is and how it goes on.
    pub(crate) fn state(engine: &Engine) -> Told {
        Told {
            address: Some(engine.address().hash()),
            at: Some(engine.at().0 as f64),
            duration: Some(engine.timeline().duration().0 as f64),
            event: Some(engine.events() as f64),
            events: Some(engine.timeline().events() as f64),
            playing: Some(engine.is_playing()),
            speed: Some(engine.speed().text()),
            ..Told::new("state")
        }
    }

    /// The page is there, and where the run is.
    pub(crate) fn ready(engine: &Engine) -> Told {
        Told { kind: "ready", ..Told::state(engine) }
    }

    /// What is wrong.
    pub(crate) fn error(messages: &[String]) -> Told {
        Told { text: Some(messages.join(" ")), ..Told::new("error") }
    }

    /// How high the frame should be.
    pub(crate) fn resize(height: u32) -> Told {
        Told { height: Some(height), ..Told::new("resize") }
    }
}

/// Remembers what the host page was told.
#[derive(Debug, Default)]
pub(crate) struct News {
    moment: Option<Moment>,
    state: Option<Told>,
    told_at: f64,
}

impl News {
    /// What to tell now, at this many milliseconds of the reader's time, in order; and in how
    /// many to look again, if the state has changed but was told too lately.
    pub(crate) fn of(&mut self, engine: &Engine, now: f64) -> (Vec<Told>, Option<f64>) {
        let mut news = Vec::new();
        let moment = engine.moment();
        let known = match self.moment.replace(moment) {
            Some(known) if known.run == moment.run => known.events,
            // What led up to this moment of another run was not seen; what is broken is.
            Some(_) => {
                self.violations(engine, 0, &mut news);
                moment.events
            }
            None => 0,
        };
        if known < moment.events {
            let lately = engine.lately();
            let fresh = lately.sentences().iter().take_while(|sentence| sentence.event > known);
            let mut steps: Vec<Told> = fresh
                .map(|sentence| Told {
                    at: Some(sentence.at.0 as f64),
                    event: Some(sentence.event as f64),
                    text: Some(sentence.text.clone()),
                    ..Told::new("step")
                })
                .collect();
            steps.reverse();
            news.append(&mut steps);
            self.violations(engine, known, &mut news);
        }
        let state = Told::state(engine);
        if self.state.as_ref() == Some(&state) {
            return (news, None);
        }
        let since = now - self.told_at;
        if self.state.is_some() && (0.0..PAUSE_MILLISECONDS).contains(&since) {
            return (news, Some(PAUSE_MILLISECONDS - since));
        }
        self.told_at = now;
        self.state = Some(state.clone());
        news.push(state);
        (news, None)
    }

    fn violations(&self, engine: &Engine, known: u64, news: &mut Vec<Told>) {
        let all = engine.index().violations_by(engine.events()).iter();
        news.extend(all.filter(|found| found.event > known).map(|found| Told {
            at: Some(found.at.0 as f64),
            event: Some(found.event as f64),
            property: Some(words::property(found.property).0),
            text: Some(found.description.clone()),
            ..Told::new("violation")
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::{Action, Who};

    fn asked(kind: &str) -> Asked {
        Asked { raftlab: VERSION, kind: kind.to_owned(), ..Asked::default() }
    }

    fn engine(hash: &str) -> Engine {
        Engine::new(Address::read(hash).expect("a right hash")).expect("a right run")
    }

    fn kinds(news: &[Told]) -> Vec<&'static str> {
        news.iter().map(|told| told.kind).collect()
    }

    #[test]
    fn each_message_comes_to_what_it_says() {
        let once = |command| Ok(Some(Wanted::Do(command)));
        assert_eq!(asked("play").wanted(), once(Command::Play));
        assert_eq!(asked("pause").wanted(), once(Command::Pause));
        assert_eq!(asked("getState").wanted(), Ok(Some(Wanted::State)));
        let seek = Asked { at: Some(412_000.0), ..asked("seek") };
        assert_eq!(seek.wanted(), once(Command::Seek(Micros(412_000))));
        let step = Asked { by: Some(-3.0), ..asked("step") };
        assert_eq!(step.wanted(), Ok(Some(Wanted::Step(-3))));
        let act = Asked { action: Some("crash:leader".to_owned()), ..asked("act") };
        assert_eq!(act.wanted(), once(Command::Act(Action::Crash(Who::Leader))));
        let load = Asked { address: Some("#seed=7".to_owned()), ..asked("load") };
        assert!(matches!(load.wanted(), Ok(Some(Wanted::Load(address))) if address.seed == 7));
    }

    #[test]
    fn a_state_that_was_told_is_taken_back() {
        let mut before = engine("#seed=7&t=600000");
        before.set_speed(Speed::nearest(1, 100));
        let told = Told::state(&before);
        let set = Asked {
            address: told.address.clone(),
            at: told.at,
            speed: told.speed.clone(),
            playing: told.playing,
            ..asked("setState")
        };
        let Ok(Some(Wanted::Restore(Some(address), commands))) = set.wanted() else {
            panic!("{:?}", set.wanted());
        };
        assert_eq!(Engine::new(*address).map(|engine| engine.at()), Ok(Micros(600_000)));
        assert_eq!(
            commands,
            [
                Command::SetSpeed(Speed::nearest(1, 100)),
                Command::Seek(Micros(600_000)),
                Command::Pause
            ]
        );
    }

    #[test]
    fn what_it_does_not_know_it_ignores_and_what_is_wrong_it_names() {
        assert_eq!(asked("dance").wanted(), Ok(None));
        for (asked, says) in [
            (Asked { raftlab: 2, ..asked("play") }, "version 1"),
            (asked("seek"), "whole microseconds"),
            (Asked { at: Some(-1.0), ..asked("seek") }, "whole microseconds"),
            (Asked { at: Some(f64::NAN), ..asked("seek") }, "whole microseconds"),
            (Asked { at: Some(0.5), ..asked("setState") }, "whole microseconds"),
            (Asked { by: Some(1e9), ..asked("step") }, "-1000 to 1000"),
            (Asked { by: Some(f64::INFINITY), ..asked("step") }, "-1000 to 1000"),
            (asked("act"), "it begins with crash"),
            (Asked { action: Some("explode".to_owned()), ..asked("act") }, "explode"),
            (asked("load"), "what stands after #"),
            (Asked { address: Some("#seed=x".to_owned()), ..asked("load") }, "no seed"),
            (Asked { speed: Some("fast".to_owned()), ..asked("setState") }, "1/20"),
        ] {
            let wrong = asked.wanted().expect_err("it is wrong").join(" ");
            assert!(wrong.contains(says), "{asked:?}: {wrong}");
        }
    }

    #[test]
    fn the_state_is_told_when_it_changed_and_not_too_often() {
        let mut engine = engine("");
        let mut news = News::default();
        let (first, again) = news.of(&engine, 5_000.0);
        assert_eq!((kinds(&first).last(), again), (Some(&"state"), None));
        assert_eq!(news.of(&engine, 6_000.0), (Vec::new(), None), "nothing has changed");
        let mut states = 0;
        for frame in 0..1_000 {
            engine.seek(Micros(frame * 1_000));
            let (told, _) = news.of(&engine, 7_000.0 + frame as f64);
            states += kinds(&told).iter().filter(|kind| **kind == "state").count();
        }
        assert_eq!(states, 10, "a second, at most ten times");
        let (told, again) = news.of(&engine, 7_999.0);
        assert!(told.is_empty() && again.is_some_and(|again| again <= 100.0));
        let (told, again) = news.of(&engine, 7_999.0 + again.expect("it was told too lately"));
        assert_eq!((kinds(&told), again), (vec!["state"], None), "the last state is told");
        assert_eq!(told[0].at, Some(999_000.0));
    }

    #[test]
    fn steps_are_told_in_order_and_violations_once() {
        let mut engine = engine("#scenario=phantom-leader-lease");
        let mut news = News::default();
        let mut told = Vec::new();
        for at in (0..=1_500_000).step_by(10_000) {
            engine.seek(Micros(at));
            told.append(&mut news.of(&engine, at as f64 / 100.0).0);
        }
        let events: Vec<f64> =
            told.iter().filter(|it| it.kind == "step").filter_map(|it| it.event).collect();
        assert!(events.len() > 5 && events.is_sorted(), "{events:?}");
        let violations: Vec<&Told> = told.iter().filter(|it| it.kind == "violation").collect();
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].property, Some("Linearizability"));
        engine.seek(Micros::ZERO);
        assert!(!kinds(&news.of(&engine, 1e6).0).contains(&"violation"));
        engine.seek(Micros(1_500_000));
        assert!(kinds(&news.of(&engine, 2e6).0).contains(&"violation"), "seen again");
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod properties {
        use super::*;
        use proptest::prelude::*;

        fn hostile() -> impl Strategy<Value = Asked> {
            let number = || proptest::option::of(prop_oneof![any::<f64>(), -5.0..5.0]);
            let text = || proptest::option::of("(\\PC|#|&|=|:|,|seed=|do=|1/20){0,20}");
            let kind = "(play|pause|seek|step|act|load|getState|setState|\\PC{0,6})";
            let flag = proptest::option::of(any::<bool>());
            (0u32..3, kind, number(), number(), text(), text(), text(), flag).prop_map(
                |(raftlab, kind, at, by, address, action, speed, playing)| Asked {
                    raftlab,
                    kind,
                    at,
                    by,
                    address,
                    action,
                    speed,
                    playing,
                },
            )
        }

        proptest! {
            #[test]
            fn no_message_makes_it_panic(asked in hostile()) {
                if let Err(wrong) = asked.wanted() {
                    prop_assert!(wrong.iter().all(|message| message.len() < 1_500));
                }
            }
        }
    }
}
