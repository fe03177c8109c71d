//! A lesson that is open: what it takes from the run, and what it does with it.

use super::course::{Course, Given, Move, Page, Stops};
use super::narration::Voice;
use super::question::Draft;
use super::side_by_side::Beside;
use super::{Player, Wish, progress, store};
use crate::address::{Address, LessonPlace};
use crate::app::{App, Msg};
use crate::browser;
use crate::course_wasm::want_glossary;
use crate::embed_page::Around;
use crate::engine::Engine;
use crate::panels::Tab;
use crate::session::Session;
use crate::transport::Shown;
use raft_lessons::{Lesson, Lookout, Question, Telling};
use std::rc::Rc;
use yew::{Callback, Html};

/// Where there is room for narration and tabs, one above the other.
const ROOM_FOR_TABS: &str = "(min-height: 900px)";

/// A lesson that is open.
pub(super) struct Open {
    /// What names it in a link.
    pub(super) text: Rc<str>,
    pub(super) course: Course,
    pub(super) draft: Draft,
    /// Whether the reader has tried to commit to nothing.
    pub(super) is_missed: bool,
    pub(super) beside: Option<Rc<Beside>>,
    /// Which of two runs is shown, where there is room for one.
    pub(super) side: u8,
    /// The run that it was told of last.
    pub(super) run: u32,
    /// Whether that is one that the reader made.
    pub(super) is_own_run: bool,
    /// Whether the tabs are open, and whether the reader has a wish about that.
    pub(super) is_inside: bool,
    minds_inside: bool,
    /// The tab that was open last.
    tab: Option<Tab>,
    pub(super) is_embedded: bool,
    pub(super) on_message: Callback<Msg>,
    /// The page for which draft, tab and side were set.
    turned_to: Option<Page>,
}

/// Opens the lesson of the run that is open, if it has one.
pub(crate) fn open(
    session: &Session,
    on_message: &Callback<Msg>,
    is_embedded: bool,
) -> Option<Box<dyn Player>> {
    let (text, step) = {
        let engine = session.engine();
        let place = engine.run_address().lesson.clone()?;
        (place.text.clone(), place.step.clone())
    };
    let lesson = store::find(&text).ok()?;
    want_glossary(on_message.reform(|()| Msg::Refresh));
    let beside = beside(&lesson, session);
    let (telling, stops) = told(&lesson, &session.engine(), beside.as_deref())?;
    let mut course = Course::new(lesson, telling, stops);
    if !is_embedded && let Some(name) = course_name(&text) {
        for (question, is_right) in progress::kept(name) {
            let place = course.lesson.questions.iter().position(|it| it.name == question);
            if let Some(place) = place {
                course.given[place] = Some(Given::Before { is_right });
            }
        }
    }
    let mut open = Open {
        text,
        course,
        draft: Draft::default(),
        is_missed: false,
        beside,
        side: 0,
        run: session.engine().moment().run,
        is_own_run: false,
        is_inside: false,
        minds_inside: false,
        tab: None,
        is_embedded,
        on_message: on_message.clone(),
        turned_to: None,
    };
    open.is_own_run = open.is_of_reader(&session.engine());
    let names_moment = session.engine().here() > open.course.start();
    match step.and_then(|name| open.course.lesson.steps.iter().position(|it| *it.name == *name)) {
        Some(place) if names_moment => {
            open.course.go_to(place);
        }
        Some(place) => {
            let wanted = open.course.go_to(place);
            open.carry_out(wanted, session);
        }
        None => {}
    }
    Some(Box::new(open))
}

/// The name of a lesson of the course: what is answered in others is not kept.
pub(super) fn course_name(text: &str) -> Option<&str> {
    text.strip_prefix("lesson=")
}

/// The run beside that of the session, which follows it.
fn beside(lesson: &Lesson, session: &Session) -> Option<Rc<Beside>> {
    if lesson.runs.len() < 2 {
        return None;
    }
    let beside = Rc::new(Beside::of(lesson, &session.engine())?);
    session.add_painter(&beside, |beside, engine, at| beside.follow(at, engine.horizon()));
    Some(beside)
}

/// The lesson told of the runs.
fn told(lesson: &Lesson, engine: &Engine, beside: Option<&Beside>) -> Option<(Telling, Stops)> {
    let mut lookouts = Vec::new();
    let other = beside.map(|beside| beside.session.engine());
    for (run, engine) in (0u8..).zip([Some(engine), other.as_deref()].into_iter().flatten()) {
        let mut lookout = Lookout::of(lesson, run).ok()?;
        engine.timeline().records().for_each(|record| lookout.observe(&record));
        lookouts.push(lookout);
    }
    let telling = Telling::of(lesson, &lookouts);
    let stops = Stops::of(lesson, &telling, engine.timeline());
    Some((telling, stops))
}

impl Open {
    pub(super) fn voice(&self) -> Voice<'_> {
        Voice { telling: &self.course.telling, is_embedded: self.is_embedded, terms: None }
    }

    fn is_of_reader(&self, engine: &Engine) -> bool {
        let address = engine.run_address();
        address.seed != self.course.lesson.seed || !address.interventions.is_empty()
    }

    /// The question that is open now.
    pub(super) fn question(&self) -> Option<(usize, &Question)> {
        let Page::Question(place) = self.course.page else { return None };
        Some((place, self.course.lesson.questions.get(place)?))
    }

    fn set_stops(&self, session: &Session) {
        session.engine_mut().set_stops(self.course.halt(), self.course.horizon());
    }

    fn carry_out(&mut self, wanted: Move, session: &Session) {
        self.set_stops(session);
        let mut engine = session.engine_mut();
        match wanted {
            Move::Stay => {}
            Move::Play if engine.is_at_end() => {}
            Move::Play => {
                engine.play();
                browser::bring_into_view(".stage-box");
            }
            Move::Pause => engine.pause(),
            Move::GoTo(stop) => {
                engine.pause();
                engine.seek_stop(stop);
            }
        }
    }

    /// Another page may want another draft, and another side; a step a tab.
    fn turn(&mut self) -> Option<Tab> {
        if self.turned_to == Some(self.course.page) {
            return None;
        }
        self.turned_to = Some(self.course.page);
        self.is_missed = false;
        let tab = self.step_tab();
        // Else the room is the narration's.
        if !self.minds_inside {
            self.is_inside = tab.is_some() && browser::media_matches(ROOM_FOR_TABS);
        }
        match self.course.page {
            Page::Question(place) => {
                let question = self.course.lesson.questions.get(place)?;
                if let Some(Ok(answer)) = self.course.telling.answers.get(place) {
                    self.draft = Draft::of(question, answer);
                }
                None
            }
            Page::Step(place) => {
                let step = self.course.lesson.steps.get(place)?;
                self.side = step.run;
                tab
            }
            Page::Opening | Page::Closing => None,
        }
    }

    fn keep_answers(&self) {
        let Some(name) = course_name(&self.text).filter(|_| !self.is_embedded) else { return };
        let answers = self.course.lesson.questions.iter().zip(&self.course.given);
        let answers = answers.filter_map(|(question, given)| {
            Some((question.name.as_str(), given.as_ref()?.verdict()?))
        });
        progress::keep(name, &answers.collect::<Vec<_>>());
    }
}

impl Player for Open {
    fn keep_up(&mut self, session: &Session, tab: Tab) -> Option<Tab> {
        // Whoever asks for another tab wants to see it.
        if self.tab.replace(tab).is_some_and(|before| before != tab) {
            (self.is_inside, self.minds_inside) = (true, true);
        }
        let run = session.engine().moment().run;
        if run != self.run {
            self.run = run;
            self.beside = beside(&self.course.lesson, session);
            let told = told(&self.course.lesson, &session.engine(), self.beside.as_deref());
            if let Some((telling, stops)) = told {
                self.course.retell(telling, stops);
            }
            self.is_own_run = self.is_of_reader(&session.engine());
        }
        // At first it may be further than it may be shown.
        for _ in 0..2 {
            let (here, is_held) = {
                let mut engine = session.engine_mut();
                (engine.here(), engine.take_held())
            };
            self.course.keep_up(here, is_held);
            self.set_stops(session);
        }
        if let Some(beside) = &self.beside {
            beside.follow(session.engine().at(), self.course.horizon());
        }
        let tab = self.turn();
        self.tab = tab.or(self.tab);
        tab
    }

    fn go_to(&mut self, step: &str, session: &Session) {
        if let Some(place) = self.course.lesson.steps.iter().position(|it| it.name == step) {
            let wanted = self.course.go_to(place);
            self.carry_out(wanted, session);
        }
    }

    fn grant(&mut self, wish: Wish, session: &Session) -> Option<Address> {
        match wish {
            Wish::Next => {
                let wanted = self.course.next();
                self.carry_out(wanted, session);
            }
            Wish::Skip(step) => {
                let wanted = self.course.skip(step);
                self.carry_out(wanted, session);
            }
            Wish::Back => {
                let wanted = self.course.back();
                self.carry_out(wanted, session);
            }
            Wish::GoTo(step) => {
                let wanted = self.course.go_to(step);
                self.carry_out(wanted, session);
            }
            Wish::StartOver => {
                let wanted = self.course.start_over();
                self.keep_answers();
                self.carry_out(wanted, session);
            }
            Wish::Commit | Wish::Unknown => {
                let (place, question) = self.question()?;
                let answer = self.course.telling.answers.get(place)?.as_ref().ok()?;
                let given = match wish {
                    Wish::Commit => self.draft.given(question, answer, self.voice()),
                    _ => Some(Given::Unknown),
                };
                self.is_missed = given.is_none();
                if given.is_some() {
                    self.course.given[place] = given;
                    self.keep_answers();
                    self.set_stops(session);
                }
            }
            Wish::BackToItsRun => {
                let lesson = &self.course.lesson;
                let mut address = session.engine().address();
                (address.seed, address.at) = (lesson.seed, None);
                address.interventions.clear();
                self.name_step(&mut address);
                return Some(address);
            }
            Wish::ToParting => {
                let parting = self.beside.as_ref()?.parting.as_ref()?;
                let mut engine = session.engine_mut();
                engine.pause();
                engine.seek(parting.at);
            }
            Wish::Side(side) => self.side = side,
            Wish::LookInside => {
                (self.is_inside, self.minds_inside) = (!self.is_inside, true);
            }
            Wish::Choose(_) | Wish::Lift(_) | Wish::Node(_) | Wish::Typed(_) => {
                self.draft.change(&wish);
                self.is_missed = false;
            }
        }
        None
    }

    fn name_place(&self, address: &mut Address) {
        self.name_step(address);
        let step = self.course.step().and_then(|step| self.course.stop(step));
        // Where the step is.
        if step.is_some_and(|stop| Some(stop.at) == address.at)
            || (self.course.page == Page::Opening && address.at == Some(raft_core::Micros::ZERO))
        {
            address.at = None;
        }
    }

    fn look(&self, app: &App, shown: &Shown) -> Html {
        self.page(app, shown)
    }

    fn embedded(&self, app: &App, around: &Around<'_>) -> Html {
        self.in_embed(app, around)
    }
}

impl Open {
    fn name_step(&self, address: &mut Address) {
        let step = self.course.step().and_then(|step| self.course.lesson.steps.get(step));
        let step = step.map(|step| step.name.as_str().into());
        address.lesson = Some(Rc::new(LessonPlace { text: self.text.clone(), step }));
    }
}
