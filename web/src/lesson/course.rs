//! Where a reader is in a lesson, what was asked, and how far the run may be shown. It knows
//! no browser.

use crate::engine::Stop;
use raft_core::Micros;
use raft_lessons::{Begins, Lesson, Telling};
use raft_sim::Timeline;
use std::rc::Rc;

/// What is told now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Page {
    /// What one will see.
    Opening,
    /// A step.
    Step(usize),
    /// A question.
    Question(usize),
    /// What is often said, what production systems do, where one reads on.
    Closing,
}

/// What became of a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Given {
    /// It was answered: what the reader said, as text, and whether that is right.
    Answered { said: String, is_right: bool },
    /// It was answered at an earlier visit.
    Before { is_right: bool },
    /// The reader didn't know, and wants to see.
    Unknown,
    /// The reader went past it.
    Passed,
}

/// Where a lesson stops in the run that is played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stops {
    /// Its beginning.
    pub(super) start: Stop,
    /// Each step, where it comes.
    pub(super) steps: Vec<Option<Stop>>,
}

impl Stops {
    /// Those of a run that is played; the steps of one beside it come by time.
    pub(super) fn of(lesson: &Lesson, telling: &Telling, timeline: &Timeline) -> Stops {
        let by = |at| Stop { at, events: timeline.events_by(at) };
        let steps = lesson.steps.iter().zip(&telling.steps).map(|(step, comes)| {
            let comes = (*comes)?;
            Some(match step.begins {
                Begins::On(_) if step.run == 0 => Stop { at: comes.at, events: comes.event },
                _ => by(comes.at.min(timeline.duration())),
            })
        });
        Stops { start: by(Micros::ZERO), steps: steps.collect() }
    }
}

/// What the lesson wants of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Move {
    /// Nothing.
    Stay,
    /// To play on.
    Play,
    /// To stop.
    Pause,
    /// To go there, and stop.
    GoTo(Stop),
}

/// A lesson, and where in it one is.
pub(super) struct Course {
    pub(super) lesson: Rc<Lesson>,
    pub(super) telling: Telling,
    /// Where in the run that is played each step comes, and where it begins.
    stops: Vec<Option<Stop>>,
    start: Stop,
    pub(super) page: Page,
    /// What became of each question; `None` while it is open.
    pub(super) given: Vec<Option<Given>>,
    /// The step that is played to.
    heading: Option<usize>,
    /// Where the run was when that was looked at last.
    seen: Stop,
}

impl Course {
    pub(super) fn new(lesson: Rc<Lesson>, telling: Telling, stops: Stops) -> Course {
        let given = vec![None; lesson.questions.len()];
        let Stops { start, steps: stops } = stops;
        Course {
            lesson,
            telling,
            stops,
            start,
            page: Page::Opening,
            given,
            heading: None,
            seen: start,
        }
    }

    /// Tells of another run, such as one that the reader made.
    pub(super) fn retell(&mut self, telling: Telling, stops: Stops) {
        (self.telling, self.stops, self.start) = (telling, stops.steps, stops.start);
        self.heading = None;
    }

    /// When a step comes.
    pub(super) fn stop(&self, step: usize) -> Option<Stop> {
        self.stops.get(step).copied().flatten()
    }

    /// Where the run begins.
    pub(super) const fn start(&self) -> Stop {
        self.start
    }

    /// The step after this one that comes in this run.
    pub(super) fn after(&self, step: usize) -> Option<usize> {
        (step + 1..self.stops.len()).find(|step| self.stop(*step).is_some())
    }

    fn before(&self, step: usize) -> Option<usize> {
        (0..step).rev().find(|step| self.stop(*step).is_some())
    }

    fn first(&self) -> Option<usize> {
        (0..self.stops.len()).find(|step| self.stop(*step).is_some())
    }

    /// Whether a question is open: it has an answer in this run, and was not answered yet.
    pub(super) fn is_open(&self, question: usize) -> bool {
        matches!(self.given.get(question), Some(None))
            && matches!(self.telling.answers.get(question), Some(Ok(_)))
    }

    pub(super) fn step_of(&self, question: usize) -> usize {
        self.lesson.questions.get(question).map_or(0, |it| usize::from(it.step))
    }

    /// The first question after a step that is open.
    fn asked_after(&self, step: usize) -> Option<usize> {
        (0..self.given.len()).find(|it| self.step_of(*it) == step && self.is_open(*it))
    }

    /// How far the run may be shown: what comes later would give an answer away.
    pub(super) fn horizon(&self) -> Option<Stop> {
        let open = (0..self.given.len()).filter(|question| self.is_open(*question));
        open.filter_map(|question| self.stop(self.step_of(question))).min()
    }

    /// Where playing stops next.
    pub(super) fn halt(&self) -> Option<Stop> {
        self.stops.iter().copied().flatten().filter(|stop| *stop > self.seen).min()
    }

    /// Whether a step's title says nothing that is still asked.
    pub(super) fn may_be_seen(&self, step: usize) -> bool {
        let open = (0..self.given.len()).filter(|question| self.is_open(*question));
        open.map(|question| self.step_of(question)).min().is_none_or(|asked| step <= asked)
    }

    /// The step that is told, or was before the question.
    pub(super) fn step(&self) -> Option<usize> {
        match self.page {
            Page::Opening => None,
            Page::Step(step) => Some(step),
            Page::Question(question) => Some(self.step_of(question)),
            Page::Closing => self.stops.iter().rposition(Option::is_some),
        }
    }

    /// What was answered before this step, and is explained with it: `None` stands for the end.
    pub(super) fn explained_with(&self, step: Option<usize>) -> Vec<usize> {
        let is_given = |question: &usize| {
            matches!(self.given[*question], Some(Given::Answered { .. } | Given::Unknown))
                && matches!(self.telling.answers.get(*question), Some(Ok(_)))
        };
        let all = (0..self.given.len()).filter(is_given);
        all.filter(|question| self.after(self.step_of(*question)) == step).collect()
    }

    /// The run is here now, of its own or by the reader's hand; `is_held` if it was to go
    /// further than one may see.
    pub(super) fn keep_up(&mut self, here: Stop, is_held: bool) {
        if is_held {
            let asked = self.horizon();
            let question = (0..self.given.len())
                .find(|it| self.is_open(*it) && self.stop(self.step_of(*it)) == asked);
            if let Some(question) = question {
                self.page = Page::Question(question);
            }
        } else if here != self.seen {
            let heading = self.heading.filter(|step| self.stop(*step) == Some(here));
            let told = |step: &usize| self.stop(*step).is_some_and(|stop| stop <= here);
            let step = heading.or_else(|| (0..self.stops.len()).rev().find(told));
            match step {
                // On the way from a step to the next.
                Some(step) if self.step() == Some(step) && here > self.seen => {}
                Some(step) => self.page = Page::Step(step),
                None => self.page = Page::Opening,
            }
            if heading.is_some() {
                self.heading = None;
            }
        }
        self.seen = here;
    }

    /// On.
    pub(super) fn next(&mut self) -> Move {
        let step = match self.page {
            Page::Closing => return Move::Stay,
            Page::Question(question) if self.is_open(question) => return Move::Stay,
            Page::Opening => return self.play_to(self.first()),
            Page::Step(step) => step,
            Page::Question(question) => self.step_of(question),
        };
        // A reader who is on the way has answered.
        if let Some(question) = self.asked_after(step) {
            self.page = Page::Question(question);
            return Move::Pause;
        }
        self.play_to(self.after(step))
    }

    fn play_to(&mut self, step: Option<usize>) -> Move {
        let Some((step, stop)) = step.and_then(|step| Some((step, self.stop(step)?))) else {
            let has_asked = self.step().is_some_and(|step| {
                (0..self.given.len()).any(|question| self.step_of(question) == step)
            });
            self.page = Page::Closing;
            // What was asked last is shown by what is left of the run.
            return if has_asked { Move::Play } else { Move::Stay };
        };
        if stop <= self.seen {
            self.page = Page::Step(step);
            self.heading = None;
            return if stop == self.seen { Move::Stay } else { Move::GoTo(stop) };
        }
        self.heading = Some(step);
        Move::Play
    }

    /// The step that is played to, so that one may go there at once.
    pub(super) const fn heading(&self) -> Option<usize> {
        self.heading
    }

    /// At once to the step that is played to: by now it may have been come to.
    pub(super) fn skip(&mut self, step: usize) -> Move {
        match self.stop(step) {
            Some(stop) if self.heading == Some(step) => {
                self.heading = None;
                self.page = Page::Step(step);
                self.seen = stop;
                Move::GoTo(stop)
            }
            _ => Move::Stay,
        }
    }

    /// Back.
    pub(super) fn back(&mut self) -> Move {
        let step = match self.page {
            Page::Opening => return Move::Stay,
            Page::Question(question) => Some(self.step_of(question)),
            Page::Closing => self.step(),
            Page::Step(step) => self.before(step),
        };
        self.heading = None;
        match step.and_then(|step| Some((step, self.stop(step)?))) {
            Some((step, stop)) => {
                self.page = Page::Step(step);
                self.seen = stop;
                Move::GoTo(stop)
            }
            None => {
                self.page = Page::Opening;
                self.seen = self.start;
                Move::GoTo(self.start)
            }
        }
    }

    /// To a step; what is asked before it is passed.
    pub(super) fn go_to(&mut self, step: usize) -> Move {
        let Some(stop) = self.stop(step) else { return Move::Stay };
        for question in 0..self.given.len() {
            if self.step_of(question) < step && self.is_open(question) {
                self.given[question] = Some(Given::Passed);
            }
        }
        self.page = Page::Step(step);
        self.heading = None;
        self.seen = stop;
        Move::GoTo(stop)
    }

    /// From the beginning, with all questions open.
    pub(super) fn start_over(&mut self) -> Move {
        self.given.fill(None);
        self.page = Page::Opening;
        self.heading = None;
        self.seen = self.start;
        Move::GoTo(self.start)
    }

    /// How many questions were answered rightly, and how many were answered.
    pub(super) fn score(&self) -> (usize, usize) {
        let verdicts = self.given.iter().flatten().filter_map(Given::verdict);
        verdicts.fold((0, 0), |(right, all), is_right| (right + usize::from(is_right), all + 1))
    }
}

impl Given {
    /// Whether it was answered rightly, if it was answered.
    pub(super) const fn verdict(&self) -> Option<bool> {
        match self {
            Given::Answered { is_right, .. } | Given::Before { is_right } => Some(*is_right),
            Given::Unknown | Given::Passed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::lesson::store;
    use raft_lessons::tell;

    fn course(name: &str) -> Course {
        let lesson = raft_lessons::named(name).expect("a lesson").lesson();
        let telling = tell(&lesson, lesson.seed).expect("it is told");
        let source = store::source(&lesson, 0).expect("it has one");
        let address = Address { source, seed: lesson.seed, ..Address::default() };
        let stops = Stops::of(&lesson, &telling, &Timeline::new(address.plan().expect("it runs")));
        Course::new(Rc::new(lesson), telling, stops)
    }

    fn answer(course: &mut Course, question: usize) {
        course.given[question] = Some(Given::Answered { said: String::new(), is_right: true });
    }

    /// Whatever is wanted of the run is done at once.
    fn follow(course: &mut Course, wanted: Move) {
        match wanted {
            Move::Play => {
                let stop = course.halt().into_iter().chain(course.horizon()).min();
                course.keep_up(stop.unwrap_or(Stop { at: Micros::MAX, events: u64::MAX }), false);
            }
            Move::GoTo(stop) => course.keep_up(stop, false),
            Move::Stay | Move::Pause => {}
        }
    }

    /// Every lesson can be gone through by Next and by answering: each step is told, in order, and
    /// each question is asked before the run goes past it.
    #[test]
    fn every_lesson_is_gone_through_by_next_alone() {
        for built_in in raft_lessons::list() {
            let mut course = course(built_in.name);
            let (mut steps, mut questions) = (Vec::new(), Vec::new());
            for _ in 0..100 {
                if let Page::Question(question) = course.page
                    && course.is_open(question)
                {
                    assert_eq!(course.horizon(), course.stop(course.step_of(question)));
                    assert_eq!(course.horizon(), Some(course.seen));
                    questions.push(question);
                    answer(&mut course, question);
                }
                let wanted = course.next();
                follow(&mut course, wanted);
                match course.page {
                    Page::Step(step) if steps.last() != Some(&step) => steps.push(step),
                    Page::Closing => break,
                    _ => {}
                }
            }
            let name = built_in.name;
            assert_eq!(course.page, Page::Closing, "{name}");
            assert_eq!(steps, (0..course.lesson.steps.len()).collect::<Vec<_>>(), "{name}");
            questions.sort_unstable();
            assert_eq!(questions, (0..course.given.len()).collect::<Vec<_>>(), "{name}");
            assert_eq!(course.horizon(), None, "{name}");
            // And each is explained once it has been shown.
            let with = (0..steps.len()).map(Some).chain([None]);
            let explained: usize = with.map(|step| course.explained_with(step).len()).sum();
            assert_eq!(explained, course.given.len(), "{name}");
        }
    }

    #[test]
    fn nothing_later_is_shown_while_a_question_is_open() {
        let mut course = course("a-clean-election");
        let question = (0..course.given.len()).min_by_key(|it| course.step_of(*it));
        let question = question.expect("it asks");
        let step = course.step_of(question);
        assert_eq!(course.horizon(), course.stop(step));
        assert!(course.may_be_seen(step) && !course.may_be_seen(step + 1));
        // Whoever wants to go on is asked.
        let here = course.horizon().expect("something is open");
        course.keep_up(here, true);
        assert!(matches!(course.page, Page::Question(asked) if course.step_of(asked) == step));
        assert_eq!(course.next(), Move::Stay);
    }

    #[test]
    fn a_link_to_a_step_passes_what_is_asked_before_it() {
        let mut course = course("a-clean-election");
        let last = course.lesson.steps.len() - 1;
        course.go_to(last);
        assert_eq!(course.page, Page::Step(last));
        assert!(
            (0..course.given.len()).all(|it| course.step_of(it) >= last || !course.is_open(it))
        );
        assert_eq!(course.score(), (0, 0));
        course.start_over();
        assert_eq!(course.page, Page::Opening);
        assert!((0..course.given.len()).all(|question| course.is_open(question)));
    }

    #[test]
    fn back_is_to_the_step_before_and_at_last_to_the_opening() {
        let mut course = course("the-term");
        let last = course.lesson.steps.len() - 1;
        course.go_to(last);
        for step in (0..last).rev() {
            course.back();
            assert_eq!(course.page, Page::Step(step));
        }
        course.back();
        assert_eq!(course.page, Page::Opening);
        assert_eq!(course.back(), Move::Stay);
    }

    #[test]
    fn what_is_told_follows_the_playhead() {
        let mut course = course("a-clean-election");
        course.given.fill(Some(Given::Passed));
        let stop = course.stop(2).expect("it comes");
        course.keep_up(Stop { events: stop.events + 1, ..stop }, false);
        assert_eq!(course.page, Page::Step(2));
        course.keep_up(course.stop(1).expect("it comes"), false);
        assert_eq!(course.page, Page::Step(1));
    }
}
