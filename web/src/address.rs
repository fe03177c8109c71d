//! The address of a run: what the URL's hash says, read and written.
//!
//! `#scenario=leader-crash&seed=42&do=412000:crash:leader&t=412000`: which scenario,
//! which seed, what a person did in it and, if it matters, the moment and the tab looked at. The
//! same address gives the same run, always. Nothing here knows a browser: see
//! [`crate::location`].

use crate::free_play::FreePlay;
use crate::later;
use crate::lesson::store;
use crate::panels::Tab;
use crate::source::{Source, sentences, shortened};
use raft_core::Micros;
use raft_scenarios::BuiltIn;
use raft_sim::{Plan, Step, format_steps, parse_steps, sort_steps};
use std::rc::Rc;
use std::sync::Arc;

/// The seed that the page opens with.
const DEFAULT_SEED: u64 = 42;

/// How much of what is wrong with an address is said at once.
const MOST_SAID: usize = 8;

/// The fields of an address, in the order in which they are written.
const FIELDS: &str =
    "scenario, own or free (with preset and clients), or lesson (with step), seed, do, t and tab";

/// A run, and the moment of it that is looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Address {
    /// What is played.
    pub(crate) source: Source,
    /// The seed of every draw.
    pub(crate) seed: u64,
    /// What a person did, in the order of time.
    pub(crate) interventions: Vec<Step>,
    /// The moment looked at, where one is named.
    pub(crate) at: Option<Micros>,
    /// The tab that is open.
    pub(crate) tab: Tab,
    /// The lesson that tells of it, if one does.
    pub(crate) lesson: Option<Rc<LessonPlace>>,
}

/// A lesson, and where in it one is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LessonPlace {
    /// What names it in a link, such as `lesson=the-term`.
    pub(crate) text: Rc<str>,
    /// The step's name, where one is named.
    pub(crate) step: Option<Rc<str>>,
}

impl Default for Address {
    fn default() -> Address {
        Address {
            source: Source::default(),
            seed: DEFAULT_SEED,
            interventions: Vec::new(),
            at: None,
            tab: Tab::default(),
            lesson: None,
        }
    }
}

impl Address {
    /// Reads a hash, with or without its `#`. An empty one is the default run.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with what would be right.
    pub(crate) fn read(hash: &str) -> Result<Address, Vec<String>> {
        match Address::of_opening_run(hash) {
            Some(address) => Ok(address),
            None => (later::there().ok_or_else(not_there)?.read)(hash),
        }
    }

    /// Reads a hash that names the run that the page opens with, in the form in which the page
    /// writes it, at a moment or not: `None` for any other, right or wrong. The page can show
    /// what it names before it has loaded all else.
    pub(crate) fn of_opening_run(hash: &str) -> Option<Address> {
        let mut address = Address::default();
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        if hash.is_empty() {
            return Some(address);
        }
        let mut fields = hash.split('&');
        if fields.next()?.strip_prefix("scenario=")? != raft_scenarios::OPENING {
            return None;
        }
        address.seed = read_seed(fields.next()?.strip_prefix("seed=")?).ok()?;
        for field in fields {
            match field.split_once('=')? {
                ("t", at) if address.at.is_none() => address.at = Some(Micros(read_seed(at).ok()?)),
                ("tab", tab) if address.tab == Tab::default() => {
                    address.tab = Tab::read(tab).ok()?
                }
                _ => return None,
            }
        }
        address.opening_plan().is_some().then_some(address)
    }

    /// Its run, if that is the one that the page opens with.
    fn opening_plan(&self) -> Option<Plan> {
        let is_opening = self.source.built_in() == Some(raft_scenarios::OPENING);
        if !is_opening || self.lesson.is_some() || !self.interventions.is_empty() {
            return None;
        }
        let scenario = raft_scenarios::opening();
        let is_within = self.at.is_none_or(|at| at <= scenario.duration);
        is_within.then(|| Plan::of_right(scenario, self.seed)).flatten()
    }

    /// Reads any hash: see [`Address::read`], which everybody else calls.
    pub(crate) fn read_any(hash: &str) -> Result<Address, Vec<String>> {
        let mut address = Address::default();
        let mut wrong = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        let mut free = FreePlay::default();
        let mut lesson = store::Fields::default();
        let hash = hash.strip_prefix('#').unwrap_or(hash);
        for part in hash.split('&').filter(|part| !part.is_empty()) {
            // A link of thousands of fields is nobody's slip.
            if wrong.len() == MOST_SAID {
                break;
            }
            let (field, value) = part.split_once('=').unwrap_or((part, ""));
            let (field, value) = (decoded(field), decoded(value));
            if seen.contains(&field) {
                wrong.push(format!("“{field}” is there twice: once is enough."));
                continue;
            }
            let read = if FreePlay::FIELDS.contains(&&*field) {
                free.read(&field, &value)
            } else if store::Fields::NAMES.contains(&&*field) {
                lesson.read(&field, &value)
            } else {
                address.read_field(&field, &value)
            };
            if let Err(message) = read {
                wrong.push(message);
            }
            seen.push(field);
        }
        let is_there = |field: &str| seen.iter().any(|seen| seen == field);
        if is_there("free") {
            if is_there("scenario") || is_there("own") {
                wrong.push("A link has one of scenario, own and free.".to_owned());
            }
            address.source = Source::Free(free);
        } else if let Some(field) = FreePlay::FIELDS.into_iter().find(|field| is_there(field)) {
            wrong.push(format!("“{field}” goes with free, such as free=5&{field}=…"));
        }
        if wrong.is_empty()
            && let Err(message) = lesson.enter(&mut address, &seen)
        {
            wrong.push(message);
        }
        if wrong.is_empty() { Ok(address) } else { Err(wrong) }
    }

    fn read_field(&mut self, field: &str, value: &str) -> Result<(), String> {
        let shown = shortened(value);
        match field {
            "scenario" => self.source = Source::read_name(value)?,
            "own" => self.source = Source::read_packed(value)?,
            "seed" => self.seed = read_seed(value)?,
            "do" => {
                // A link made by hand may list them in any order.
                let mut steps = parse_steps(value).map_err(|error| format!("In “do”: {error}."))?;
                sort_steps(&mut steps);
                self.interventions = steps;
            }
            "t" => {
                let at = value.parse().map_err(|_| {
                    format!("“{shown}” is no moment: t is whole microseconds, such as t=412000.")
                })?;
                self.at = Some(Micros(at));
            }
            "tab" => self.tab = Tab::read(value)?,
            _ => {
                let field = shortened(field);
                return Err(format!("A link has no field “{field}”: it has {FIELDS}."));
            }
        }
        Ok(())
    }

    /// The run that this is the address of.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with what would be right.
    pub(crate) fn plan(&self) -> Result<Arc<Plan>, Vec<String>> {
        match self.opening_plan() {
            Some(plan) => Ok(Arc::new(plan)),
            None => (later::there().ok_or_else(not_there)?.plan)(self),
        }
    }

    /// The run of any address: see [`Address::plan`], which everybody else calls.
    pub(crate) fn plan_of_any(&self) -> Result<Arc<Plan>, Vec<String>> {
        let scenario = self.source.scenario()?;
        if let Some(at) = self.at
            && at > scenario.duration
        {
            let duration = scenario.duration;
            let last = duration.0;
            return Err(vec![format!(
                "t={} is after the run's end at {duration}: t is at most {last}.",
                at.0
            )]);
        }
        let interventions = self.interventions.clone();
        let plan = Plan::new(scenario, self.seed, interventions);
        plan.map(Arc::new).map_err(|errors| sentences(&errors))
    }

    /// The hash, with its `#`.
    pub(crate) fn hash(&self) -> String {
        let mut hash = match (self.source.built_in(), later::there()) {
            (Some(name), _) if self.interventions.is_empty() && self.lesson.is_none() => {
                format!("#scenario={name}&seed={}", self.seed)
            }
            (_, Some(later)) => (later.run_text)(self),
            // Such a run is made by what is there by then.
            (_, None) => String::from("#"),
        };
        if let Some(at) = self.at {
            hash.push_str(&format!("&t={}", at.0));
        }
        if self.tab != Tab::default() {
            hash.push_str("&tab=");
            hash.push_str(self.tab.id());
        }
        hash
    }

    /// The hash of the run alone.
    pub(crate) fn run_text(&self) -> String {
        let mut hash = match &self.lesson {
            Some(place) => store::text(place, self.seed),
            None => format!("#{}&seed={}", self.source.text(), self.seed),
        };
        if !self.interventions.is_empty() {
            hash.push_str("&do=");
            hash.push_str(&format_steps(&self.interventions));
        }
        hash
    }

    /// What names its lesson in a link.
    pub(crate) fn lesson_text(&self) -> Option<&str> {
        self.lesson.as_ref().map(|place| &*place.text)
    }

    /// Whether both name the same run, whatever moment of it.
    pub(crate) fn is_same_run(&self, other: &Address) -> bool {
        self.source == other.source
            && self.lesson_text() == other.lesson_text()
            && self.seed == other.seed
            && self.interventions == other.interventions
    }
}

/// Reads a seed as it stands in a link or in the seed field.
///
/// # Errors
/// What would be right.
pub(crate) fn read_seed(text: &str) -> Result<u64, String> {
    let text = text.trim();
    // `parse` takes a plus sign; a link that says the same thing in two ways is none.
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten().ok_or_else(|| {
        format!(
            "“{}” is no seed: a seed is a whole number from 0 to {}.",
            shortened(text),
            u64::MAX
        )
    })
}

/// The scenario that shows the other side of this one, if one does.
pub(crate) fn counterpart(name: &str) -> Option<&'static BuiltIn> {
    raft_scenarios::named(raft_scenarios::named(name)?.counterpart?)
}

/// Whoever asks for it waits until it is there, so that nobody is told.
fn not_there() -> Vec<String> {
    vec!["This part of the page has not been loaded yet: try again.".to_owned()]
}

/// Undoes percent-encoding, which mailers and chats add to links. What is no valid
/// encoding stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        let digit = |offset: usize| {
            bytes.get(place + offset).and_then(|byte| char::from(*byte).to_digit(16))
        };
        if *byte == b'%'
            && let (Some(high), Some(low)) = (digit(1), digit(2))
            && let Ok(decoded) = u8::try_from(high * 16 + low)
        {
            plain.push(decoded);
            place += 3;
        } else {
            plain.push(*byte);
            place += 1;
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::{Action, Who};

    fn wrong(hash: &str) -> String {
        match Address::read(hash).and_then(|address| address.plan()) {
            Ok(_) => panic!("{hash} is not wrong"),
            Err(messages) => messages.join(" "),
        }
    }

    #[test]
    fn an_empty_hash_is_the_default_run() {
        for hash in ["", "#", "#&"] {
            assert_eq!(Address::read(hash), Ok(Address::default()));
        }
        assert!(Address::default().plan().is_ok());
    }

    /// What is read before all else is loaded is read as it is after, and whatever else there is
    /// is left to that.
    #[test]
    fn the_opening_run_is_read_and_planned_as_any_other() {
        for hash in [
            "",
            "#",
            "#scenario=leader-crash&seed=42",
            "#scenario=leader-crash&seed=7&t=2500000",
            "#scenario=leader-crash&seed=7&t=0&tab=log",
        ] {
            let address = Address::of_opening_run(hash).expect(hash);
            assert_eq!(Address::read_any(hash), Ok(address.clone()), "{hash}");
            assert_eq!(address.plan(), address.plan_of_any(), "{hash}");
        }
        for hash in [
            "#&",
            "#seed=42",
            "#scenario=figure-8&seed=42",
            "#scenario=leader-crash",
            "#scenario=leader-crash&seed=+1",
            "#scenario=leader-crash&seed=1&seed=2",
            "#scenario=leader-crash&seed=1&t=2500001",
            "#scenario=leader-crash&seed=1&t=5&t=6",
            "#scenario=leader-crash&seed=1&tab=nothing",
            "#scenario=leader-crash&seed=1&do=5:crash:A",
        ] {
            assert_eq!(Address::of_opening_run(hash), None, "{hash}");
        }
    }

    #[test]
    fn a_hash_names_a_run_and_a_moment() {
        let hash = "#scenario=reads-by-lease&seed=7&do=412000:crash:leader&t=412000";
        let address = Address::read(hash).expect("it is right");
        assert_eq!(address.source.built_in(), Some("reads-by-lease"));
        assert_eq!(address.seed, 7);
        assert_eq!(address.interventions[0].action, Action::Crash(Who::Leader));
        assert_eq!(address.at, Some(Micros(412_000)));
        assert_eq!(address.hash(), hash);
        assert!(address.plan().is_ok());
    }

    #[test]
    fn a_link_that_a_mailer_encoded_is_understood() {
        let address = Address::read("#seed=7&do=412000%3Acrash%3Aleader").expect("it is right");
        assert_eq!(address.interventions.len(), 1);
    }

    #[test]
    fn a_link_carries_a_scenario_of_ones_own() {
        let scenario = raft_scenarios::by_name("split-vote-fixed").expect("it is built in");
        let source = Source::own(&raft_sim::Document::of(&scenario));
        let address = Address { source, seed: 3, ..Address::default() };
        assert_eq!(Address::read(&address.hash()), Ok(address.clone()));
        let plan = address.plan().expect("it was right when it was built in");
        assert_eq!(*plan.scenario(), scenario);
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right() {
        for (hash, says) in [
            ("#scenario=leader-crsh", "Did you mean leader-crash?"),
            ("#scenario=%00", "The menu above lists all"),
            ("#own=", "no packed scenario"),
            ("#own=a*b", "a part of the link may be missing"),
            ("#own=AQ", "no packed scenario"),
            ("#own=_w", "this is version 255"),
            ("#seed=minus", "whole number from 0"),
            ("#seed=-1", "whole number from 0"),
            ("#seed=18446744073709551616", "to 18446744073709551615"),
            ("#do=5:explode", "it begins with crash"),
            ("#do=5:crash:I", "there is no node I"),
            ("#do=9999999999:crash:A", "after the run's end"),
            ("#t=soon", "whole microseconds"),
            ("#t=99999999999", "after the run's end"),
            ("#tab=colours", "there are story, nodes"),
            ("#colour=red", "it has scenario, own or free"),
            ("#seed=1&seed=2", "there twice"),
        ] {
            let message = wrong(hash);
            assert!(message.contains(says), "{hash}: {message}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let messages = Address::read("#seed=x&scenario=y&t=z").expect_err("it is wrong");
        assert_eq!(messages.len(), 3);
    }

    #[test]
    fn counterparts_are_there_and_mutual() {
        for scenario in raft_scenarios::all() {
            if let Some(other) = counterpart(&scenario.name) {
                assert_eq!(counterpart(other.name).map(|back| back.name), Some(&*scenario.name));
            }
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod properties {
        use super::*;
        use proptest::prelude::*;
        use raft_core::{NodeId, ReadMode};

        fn action() -> impl Strategy<Value = Action> {
            let node = (0u8..5).prop_map(|number| NodeId::new(number).unwrap_or(NodeId::A));
            let anyone = [Who::Leader, Who::Follower, Who::Candidate, Who::FormerLeader];
            let who = prop_oneof![prop::sample::select(anyone.to_vec()), node.prop_map(Who::Node)];
            prop_oneof![
                who.clone().prop_map(Action::Crash),
                who.clone().prop_map(Action::Isolate),
                who.clone().prop_map(Action::Write),
                who.clone().prop_map(|from| Action::Read { from, mode: ReadMode::Lease }),
                who.clone().prop_map(|from| Action::Read { from, mode: ReadMode::Log }),
                who.clone().prop_map(Action::Restart),
                who.prop_map(Action::ForceTimeout),
                Just(Action::Heal),
            ]
        }

        proptest! {
            #[test]
            fn an_address_survives_its_hash(
                which in 0usize..200,
                seed in any::<u64>(),
                mut times in proptest::collection::vec((0u32..1_000, action()), 0..6),
                at in proptest::option::of(0u32..=1_000),
                tab in prop::sample::select(Tab::ALL.to_vec()),
            ) {
                times.sort_by_key(|(at, _)| *at);
                let mut all = raft_scenarios::all();
                all.retain(|scenario| scenario.nodes == 5);
                let scenario = &all[which % all.len()];
                let address = Address {
                    source: Source::BuiltIn(scenario.name.as_str().into()),
                    seed,
                    interventions: times
                        .into_iter()
                        .map(|(part, action)| Step { at: scenario.duration.scaled(part, 1_000), action })
                        .collect(),
                    at: at.map(|part| scenario.duration.scaled(part, 1_000)),
                    tab,
                    lesson: None,
                };
                prop_assert_eq!(Address::read(&address.hash()), Ok(address.clone()));
                prop_assert!(address.plan().is_ok());
            }

            #[test]
            fn no_hash_makes_it_panic(hash in "#?(\\PC|&|=|%[0-9a-f]{0,2}|do=|seed=|scenario=){0,40}") {
                if let Ok(address) = Address::read(&hash) {
                    let _ = address.plan();
                }
            }

            #[test]
            fn every_message_is_of_a_size_to_read(value in "\\PC{0,5000}") {
                let hash = format!("#scenario={value}&{value}={value}&t={value}");
                if let Err(messages) = Address::read(&hash) {
                    prop_assert!(messages.iter().all(|message| message.len() < 1_500));
                }
                let hash = "&colour=red".repeat(1 + value.len());
                prop_assert!(Address::read(&hash).is_err_and(|messages| messages.len() <= MOST_SAID));
            }
        }
    }
}
