//! Two runs side by side: the second follows the first's playhead. What differs between them,
//! and where they part.

use crate::address::Address;
use crate::engine::{Engine, Stop};
use crate::lesson::store;
use crate::linked_spans::LinkedSpans;
use crate::session::Session;
use crate::setting_text;
use raft_core::{Flaw, Micros};
use raft_lessons::Lesson;
use raft_scene::words;
use raft_sim::{Happening, SETTINGS, SettingKind, Timeline, Told, World};

/// The second run, with what is said of the two.
pub(super) struct Beside {
    pub(super) session: Session,
    /// What each of them is called.
    pub(super) names: [String; 2],
    pub(super) parting: Option<Parting>,
    /// Both are shown over the same span of time.
    pub(super) spans: LinkedSpans,
}

/// The first moment at which two runs part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Parting {
    pub(super) at: Micros,
    /// What happens then in each that there are words for.
    pub(super) told: [Option<String>; 2],
}

impl Beside {
    /// The run beside that of `engine`, with the same seed and what the reader did there.
    pub(super) fn of(lesson: &Lesson, engine: &Engine) -> Option<Beside> {
        let source = store::source(lesson, 1).ok()?;
        let mut address = Address { source, lesson: None, ..engine.address() };
        // What can be done in the one may be no part of the other: another cluster, say.
        if address.plan().is_err() {
            (address.interventions, address.at) = (Vec::new(), None);
        }
        let other = Engine::new(address).ok()?;
        let parting = parting(engine.timeline(), other.timeline());
        let names = names(engine, &other);
        let intervals = [engine, &other].map(|it| it.scenario().settings.heartbeat_interval);
        let spans = LinkedSpans::new(intervals[0].min(intervals[1]));
        Some(Beside { session: Session::new(other), names, parting, spans })
    }

    /// Goes where the first is.
    pub(super) fn follow(&self, at: Micros, horizon: Option<Stop>) {
        {
            let mut engine = self.session.engine_mut();
            let horizon = horizon.map(|horizon| Stop {
                at: horizon.at,
                events: engine.timeline().events_by(horizon.at),
            });
            engine.set_stops(None, horizon);
        }
        self.session.follow(at);
    }
}

/// What each of two runs is called: by the one setting that differs where they begin, or where they
/// end, since one may be set on the way; else by its scenario.
fn names(one: &Engine, other: &Engine) -> [String; 2] {
    let timelines = [one, other].map(Engine::timeline);
    let begin = timelines.map(|timeline| timeline.world_after(0));
    let end = || timelines.map(|it| it.world_after(it.events_by(it.duration())));
    named_apart(&begin)
        .or_else(|| named_apart(&end()))
        .unwrap_or_else(|| [one, other].map(|engine| engine.scenario().title.clone()))
}

/// The one setting that differs between two moments, as each has it.
fn named_apart(worlds: &[World; 2]) -> Option<[String; 2]> {
    let left_out = worlds.each_ref().map(|world| world.settings().flaws);
    let is_flaw = |flaw: &&Flaw| left_out[0].has(**flaw) != left_out[1].has(**flaw);
    if let Some(flaw) = Flaw::ALL.iter().find(is_flaw) {
        return Some(left_out.map(|flaws| match flaws.has(*flaw) {
            true => format!("Without a rule: {}", flaw.name().replace('-', " ")),
            false => "Real Raft".to_owned(),
        }));
    }
    let mut different = SETTINGS.iter().filter_map(|row| {
        // A preset is a name for other rows' values.
        if row.name == "timing" {
            return None;
        }
        let values = worlds.each_ref().map(|world| row.in_force(world));
        (values[0] != values[1]).then_some((row, values))
    });
    match (different.next(), different.next()) {
        (Some((row, [Some(one), Some(other)])), None) => {
            Some([one, other].map(|value| match row.kind {
                SettingKind::OnOff => format!("{} {value}", row.title),
                SettingKind::Choice(choices) => {
                    let title =
                        choices.iter().find(|(name, _)| *name == value).map(|(_, title)| *title);
                    format!("{}: {}", row.title, title.unwrap_or(&value))
                }
                kind => {
                    let (shown, unit) =
                        (setting_text::shown(kind, &value), setting_text::unit(kind));
                    let unit = if shown == "off" { "" } else { unit };
                    format!("{}: {shown} {unit}", row.title).trim_end().to_owned()
                }
            }))
        }
        _ => None,
    }
}

/// The first moment at which two runs part: where their records are no longer the same. That
/// something is set anew is what makes them part, but not yet where they do.
fn parting(one: &Timeline, other: &Timeline) -> Option<Parting> {
    let [mut ours, mut theirs] = [one, other].map(|it| it.records().filter(happens));
    loop {
        let (left, right) = (ours.next(), theirs.next());
        let is_same = match (&left, &right) {
            (None, None) => return None,
            (Some(left), Some(right)) => left.at == right.at && left.what == right.what,
            _ => false,
        };
        if is_same {
            continue;
        }
        let at = [&left, &right].into_iter().flatten().map(|told| told.at).min()?;
        let sides =
            [(one, left, &mut ours as &mut dyn Iterator<Item = Told>), (other, right, &mut theirs)];
        let told = sides.map(|(timeline, first, rest)| {
            let world: World = timeline.world_after(timeline.events_by(at));
            let mut of_moment = first.into_iter().chain(rest).take_while(|told| told.at <= at);
            of_moment.find_map(|told| words::happening(&told.what, &world))
        });
        return Some(Parting { at, told });
    }
}

/// Whether it is something that happens, rather than how it is to happen from now on.
fn happens(told: &Told) -> bool {
    !matches!(told.what, Happening::SettingChanged { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_core::RoleView;

    fn engine(hash: &str) -> Engine {
        Engine::new(Address::read(hash).expect("a right hash")).expect("a right run")
    }

    #[test]
    fn a_run_does_not_part_from_itself() {
        let engine = engine("#scenario=leader-crash&seed=42");
        assert_eq!(parting(engine.timeline(), engine.timeline()), None);
    }

    /// Two runs that one action tells apart part where it is done, and all before is the same.
    #[test]
    fn runs_part_where_something_else_is_done() {
        let one = engine("#scenario=leader-crash&seed=42");
        let other = engine("#scenario=leader-crash&seed=42&do=700000:set:pre-vote:on");
        let parting = parting(one.timeline(), other.timeline()).expect("they part");
        assert!(parting.at >= Micros(700_000), "{parting:?}");
        let before = |engine: &Engine| {
            let told = engine.timeline().records().take_while(|told| told.at < parting.at);
            told.filter(happens).map(|told| (told.at, told.what.clone())).collect::<Vec<_>>()
        };
        assert_eq!(before(&one), before(&other));
    }

    /// It is switched on long before; what comes of it is that E asks where it would have stood.
    #[test]
    fn with_pre_vote_switched_on_they_part_where_a_node_asks_instead_of_standing() {
        for name in ["the-node-that-comes-back", "duels-and-bridges"] {
            let lesson = raft_lessons::named(name).expect("a lesson").lesson();
            for seed in (1..=8).chain([lesson.seed]) {
                let [one, other] = [0, 1].map(|run| {
                    let source = store::source(&lesson, run).expect("it has one");
                    Engine::new(Address { source, seed, ..Address::default() }).expect("it runs")
                });
                let parting = parting(one.timeline(), other.timeline()).expect("they part");
                let e = |engine: &Engine| {
                    let timeline = engine.timeline();
                    let world = timeline.world_after(timeline.events_by(parting.at));
                    match world.hosts()[4].node().expect("E is up").view().role() {
                        RoleView::Candidate { .. } => "stands",
                        RoleView::PreCandidate { .. } => "asks",
                        _ => "neither",
                    }
                };
                assert_eq!([e(&one), e(&other)], ["stands", "asks"], "{name}, {seed}: {parting:?}");
                assert_eq!(names(&one, &other), ["Pre-vote off", "Pre-vote on"]);
            }
        }
    }

    #[test]
    fn they_are_named_by_the_setting_that_differs() {
        let one = engine("#scenario=returning-node&seed=42");
        let other = engine("#scenario=returning-node-pre-vote&seed=42");
        assert_eq!(names(&one, &other), ["Pre-vote off", "Pre-vote on"]);
        let other = engine("#scenario=leader-crash&seed=42");
        let titles = [&one, &other].map(|engine| engine.scenario().title.clone());
        assert_eq!(names(&one, &other), titles);
    }

    #[test]
    fn every_lesson_with_two_runs_has_them_parting_and_named_apart() {
        for built_in in raft_lessons::list() {
            let lesson = built_in.lesson();
            if lesson.runs.len() < 2 {
                continue;
            }
            let engines = [0, 1].map(|run| {
                let source = store::source(&lesson, run).expect("it has one");
                Engine::new(Address { source, seed: lesson.seed, ..Address::default() })
                    .expect("it runs")
            });
            let [one, other] = &engines;
            let names = names(one, other);
            assert_ne!(names[0], names[1], "{}", lesson.name);
            let parting = parting(one.timeline(), other.timeline());
            assert!(parting.is_some(), "{}", lesson.name);
        }
    }
}
