//! What a lesson looks like: the narration beside the stage or below it, or two stages beside
//! each other.

use super::Wish;
use super::course::Page;
use super::narration::{self, Voice};
use super::player::{Open, course_name};
use super::question::{self, Asked};
use super::side_by_side::{Beside, Parting};
use crate::actions::Actions;
use crate::app::{App, Msg, StageOf};
use crate::course_wasm;
use crate::embed_page::{self, Around};
use crate::location;
use crate::overlay::Overlay;
use crate::panels::Tab;
use crate::space_time::SpaceTime;
use crate::stage::Stage;
use crate::terms::{Explained, Terms};
use crate::transport::{self, Shown};
use raft_core::{Micros, NodeSet};
use raft_lessons::Kind;
use raft_scene::Hit;
use std::rc::Rc;
use yew::prelude::*;

/// The looks of this room, which come with it.
const STYLE: &str = include_str!("lesson.css");

/// The lessons, to be chosen from the list of scenarios.
pub(crate) fn options(open: Option<&str>) -> Html {
    let is_own = open.is_some_and(|open| !open.starts_with("lesson="));
    html! {
        <>
            if is_own {
                <option value="" selected=true>{ "A lesson of your own" }</option>
            }
            { for raft_lessons::list().chunk_by(|one, next| one.group == next.group).map(|all| html! {
                <optgroup label={format!("Lessons: {}", all.first().map_or("", |it| it.group))}>
                    { for all.iter().map(|it| {
                        let value = format!("lesson={}", it.name);
                        let selected = open == Some(&*value);
                        html! { <option {value} {selected}>{ format!("{}. {}", it.number, it.title) }</option> }
                    }) }
                </optgroup>
            }) }
        </>
    }
}

impl Open {
    /// The full page.
    pub(super) fn page(&self, app: &App, shown: &Shown) -> Html {
        let is_pair = self.beside.is_some();
        html! {
            <div class={classes!("page", "of-lesson", is_pair.then_some("of-two"))}>
                <style>{ STYLE }</style>
                { app.header() }
                { app.notice() }
                { self.stages(app) }
                <div class="lesson-column">
                    { self.aside(app) }
                    if !is_pair {
                        { self.inside(app, shown) }
                    }
                </div>
                if let Some(beside) = &self.beside {
                    { self.transport_of_two(shown, beside) }
                } else {
                    { app.transport(shown) }
                }
                { app.laid_over() }
            </div>
        }
    }

    /// The tabs, if they are open, and what opens them.
    fn inside(&self, app: &App, shown: &Shown) -> Html {
        let toggle = self.on_message.reform(|_: MouseEvent| Msg::Lesson(Wish::LookInside));
        html! {
            <>
                <button
                    type="button"
                    class="look-inside"
                    data-testid="look-inside"
                    aria-expanded={if self.is_inside { "true" } else { "false" }}
                    onclick={toggle}
                >
                    { "Look inside" }
                    <span class="hint">
                        { match self.step_tab() {
                            Some(tab) => tab.title(),
                            None => "nodes, log, messages, checks …",
                        } }
                    </span>
                </button>
                if self.is_inside {
                    { app.panels(shown) }
                }
            </>
        }
    }

    /// What an embed has in it.
    pub(super) fn in_embed(&self, app: &App, around: &Around<'_>) -> Html {
        let second = self.beside.as_ref().filter(|_| self.side == 1);
        let session = second.map_or(&around.shown.session, |beside| &beside.session);
        let key = self.run * 2 + u32::from(self.side);
        html! {
            <div class={classes!("lesson-in-embed", second.map(|_| "of-two"))}>
                <style>{ STYLE }</style>
                { self.stages(app) }
                <div class="lesson-column">{ self.aside(app) }</div>
                { embed_page::transport(around, session, key) }
            </div>
        }
    }

    /// The tab that goes with this step.
    pub(super) fn step_tab(&self) -> Option<Tab> {
        let Page::Step(step) = self.course.page else { return None };
        Tab::read(self.course.lesson.steps.get(step)?.tab.as_deref()?).ok()
    }

    /// The nodes that are to be looked at, in this run.
    fn lit(&self, run: u8) -> NodeSet {
        match self.course.page {
            Page::Step(step) => {
                let step = self.course.lesson.steps.get(step);
                // With two runs a step is told of one.
                let of_run = step.filter(|step| self.beside.is_none() || step.run == run);
                of_run.map_or(NodeSet::EMPTY, |step| step.look)
            }
            _ => NodeSet::EMPTY,
        }
    }

    /// What a click on a node is for, where it is an answer.
    fn picking(&self) -> Option<Callback<Overlay>> {
        let (place, question) = self.question()?;
        let picks = matches!(question.kind, Kind::Node(_)) && self.course.is_open(place);
        picks.then(|| {
            let on_message = self.on_message.clone();
            Callback::from(move |overlay: Overlay| {
                if let Some(Hit::Node(node)) = overlay.hit() {
                    on_message.emit(Msg::Lesson(Wish::Node(node)));
                }
            })
        })
    }

    fn stages(&self, app: &App) -> Html {
        let first = StageOf { lit: self.lit(0), on_open: self.picking(), caption: Html::default() };
        let Some(beside) = &self.beside else { return app.stage(first) };
        let name = |side: usize| {
            html! { <p class={classes!("side-name", format!("side-{side}"))}>{ &beside.names[side] }</p> }
        };
        let choose = |side: u8| {
            let is_shown = self.side == side;
            let choose = self.on_message.reform(move |_: MouseEvent| Msg::Lesson(Wish::Side(side)));
            html! {
                <button
                    type="button"
                    class={format!("side-{side}")}
                    data-testid={format!("side-{side}")}
                    aria-pressed={if is_shown { "true" } else { "false" }}
                    onclick={choose}
                >
                    { &beside.names[usize::from(side)] }
                </button>
            }
        };
        let nothing = Callback::from(|_: Overlay| {});
        html! {
            <div class={classes!("pair", format!("shows-{}", self.side))}>
                <nav class="side-switch" aria-label="Which run is shown">
                    { choose(0) }
                    { choose(1) }
                </nav>
                { app.stage(StageOf { caption: name(0), ..first }) }
                <section class="card stage-card second" aria-label={beside.names[1].clone()}>
                    { name(1) }
                    <Stage
                        key={self.run}
                        session={beside.session.clone()}
                        open={None}
                        on_open={self.picking().unwrap_or(nothing)}
                        selected={None}
                        on_select={Callback::noop()}
                        on_close={Callback::noop()}
                        on_command={Callback::noop()}
                        later={app.later()}
                        lit={self.lit(1)}
                        is_second=true
                    />
                </section>
            </div>
        }
    }

    fn transport_of_two(&self, shown: &Shown, beside: &Beside) -> Html {
        let until = self.course.horizon().map(|horizon| horizon.at);
        let mark = beside.parting.as_ref().map(|parting| parting.at);
        let diagram = |side: usize| {
            let session = if side == 0 { &shown.session } else { &beside.session };
            html! {
                <div class={format!("diagram-of side-{side}")} key={format!("{}-{side}", self.run)}>
                    <SpaceTime
                        session={session.clone()}
                        selected={None}
                        on_select={Callback::noop()}
                        on_command={&shown.on_command}
                        {until}
                        mark={mark.filter(|mark| until.is_none_or(|until| *mark <= until))}
                        linked={beside.spans.clone()}
                    />
                </div>
            }
        };
        html! {
            <section
                class={classes!("card", "transport", format!("shows-{}", self.side))}
                aria-label="Time and actions"
            >
                <div class="transport-row">
                    { transport::buttons(shown) }
                    { transport::readout(shown) }
                    <Actions
                        session={shown.session.clone()}
                        moment={shown.moment}
                        on_command={&shown.on_command}
                        on_open={&shown.on_open}
                    />
                </div>
                { self.parting(beside.parting.as_ref(), until) }
                <div class="pair-diagrams">
                    { diagram(0) }
                    { diagram(1) }
                </div>
                { transport::time_slider(shown) }
            </section>
        }
    }

    /// Where the two part, and a way there.
    fn parting(&self, parting: Option<&Parting>, until: Option<Micros>) -> Html {
        let text = match parting {
            None => html! { { "one playhead · the two never part" } },
            Some(parting) if until.is_some_and(|until| parting.at > until) => {
                html! { { "one playhead · so far both are the same" } }
            }
            Some(Parting { at, told }) => {
                let told = |side: usize| {
                    told[side].as_deref().unwrap_or("nothing yet").trim_end_matches('.')
                };
                html! {
                    <>
                        <span>{ format!("one playhead · they part at {at}: ") }</span>
                        <span class="side-0">{ told(0) }</span>
                        <span aria-hidden="true">{ " | " }</span>
                        <span class="side-1">{ told(1) }</span>
                    </>
                }
            }
        };
        let jump = self.on_message.reform(|_: MouseEvent| Msg::Lesson(Wish::ToParting));
        let is_known = parting.is_some_and(|it| until.is_none_or(|until| it.at <= until));
        html! {
            <div class="parting" data-testid="parting">
                <p>{ text }</p>
                if is_known {
                    <button type="button" data-testid="to-parting" onclick={jump}>{ "Jump there" }</button>
                }
            </div>
        }
    }

    /// The narration.
    fn aside(&self, app: &App) -> Html {
        let lesson = &self.course.lesson;
        let is_playing = app.session().engine().is_playing();
        let send =
            |wish: Wish| self.on_message.reform(move |_: MouseEvent| Msg::Lesson(wish.clone()));
        let asks = self.question().is_some_and(|(place, _)| self.course.is_open(place));
        let skips = self.course.heading().filter(|_| is_playing);
        let (next, wish) = match (skips, self.course.page) {
            (Some(step), _) => ("Skip ahead", Wish::Skip(step)),
            (None, Page::Opening) => ("Begin", Wish::Next),
            (None, Page::Question(_)) => ("Watch", Wish::Next),
            (None, _) => ("Next", Wish::Next),
        };
        let has_next = self.course.page != Page::Closing;
        let lacks = self
            .question()
            .filter(|_| self.is_missed)
            .and_then(|(_, it)| self.draft.lacks(&it.kind));
        let glossary = course_wasm::glossary();
        let terms = glossary.as_deref().map(|glossary| Terms::of("told", glossary));
        let told = self.told(app, Voice { terms: terms.as_ref(), ..self.voice() });
        let said = terms.as_ref().map_or_else(Rc::default, Terms::said);
        html! {
            <aside class="card lesson" aria-label="Lesson" data-testid="lesson">
                <header>
                    <p class="kicker">{ &lesson.group }</p>
                    <h2>{ &lesson.title }</h2>
                </header>
                { self.own_run() }
                <Explained key={format!("{:?}", self.course.page)} marker="told" {said}>
                    // It can be scrolled, so the keyboard must be able to get there.
                    <div
                        class="lesson-text"
                        role="region"
                        aria-label="What is told"
                        tabindex="0"
                        data-testid="lesson-text"
                    >
                        { told }
                    </div>
                </Explained>
                <p class="lacks" role="status" data-testid="lacks">{ lacks.unwrap_or_default() }</p>
                <nav aria-label="Steps of the lesson">
                    <button
                        type="button"
                        data-testid="lesson-back"
                        disabled={self.course.page == Page::Opening}
                        onclick={send(Wish::Back)}
                    >
                        { "Back" }
                    </button>
                    if asks {
                        // Keyed: a click on Next must not become one on what comes in its place.
                        <button key="unknown" type="button" data-testid="unknown" onclick={send(Wish::Unknown)}>
                            { "I don’t know" }
                        </button>
                        <button key="commit" type="submit" form={question::FORM} class="primary" data-testid="commit">
                            { "Answer" }
                        </button>
                    } else {
                        { self.steps() }
                        <button
                            key="next"
                            type="button"
                            class={has_next.then_some("primary")}
                            data-testid="lesson-next"
                            disabled={!has_next}
                            onclick={send(wish)}
                        >
                            { next }
                        </button>
                    }
                </nav>
            </aside>
        }
    }

    fn own_run(&self) -> Html {
        if !self.is_own_run {
            return Html::default();
        }
        let back = self.on_message.reform(|_: MouseEvent| Msg::Lesson(Wish::BackToItsRun));
        html! {
            <div class="own-run" data-testid="own-run" role="status">
                <p>{ "This is your own run now: what is told may not be so in it." }</p>
                <button type="button" data-testid="back-to-its-run" onclick={back}>
                    { "Back to the lesson’s run" }
                </button>
            </div>
        }
    }

    /// What is told now.
    fn told(&self, app: &App, voice: Voice<'_>) -> Html {
        let lesson = &self.course.lesson;
        match self.course.page {
            Page::Opening => self.opening(voice),
            Page::Step(place) => {
                let Some(step) = lesson.steps.get(place) else { return Html::default() };
                html! {
                    <>
                        <h3 data-testid="step" data-step={step.name.clone()}>{ &step.title }</h3>
                        { voice.blocks(&step.text) }
                        { self.explained(Some(place), voice) }
                    </>
                }
            }
            Page::Question(place) => {
                let Some(question) = lesson.questions.get(place) else { return Html::default() };
                if let Some(given) = &self.course.given[place] {
                    return question::verdict(question, given, voice);
                }
                question::asked(&Asked {
                    question,
                    draft: &self.draft,
                    hosts: app.session().engine().world().hosts(),
                    voice,
                    on_message: &self.on_message,
                })
            }
            Page::Closing => self.closing(voice),
        }
    }

    fn opening(&self, voice: Voice<'_>) -> Html {
        let lesson = &self.course.lesson;
        let count = |many: usize, one: &str| match many {
            1 => format!("1 {one}"),
            many => format!("{many} {one}s"),
        };
        html! {
            <>
                <p class="summary">{ voice.words(&lesson.summary) }</p>
                <h3>{ "What you will see" }</h3>
                { voice.blocks(&lesson.you_will_see) }
                <p class="hint">
                    { format!(
                        "{}, {}. The play pauses at each step.",
                        count(lesson.steps.len(), "step"),
                        count(lesson.questions.len(), "question"),
                    ) }
                </p>
                { self.pages() }
                { self.score() }
            </>
        }
    }

    fn closing(&self, voice: Voice<'_>) -> Html {
        let lesson = &self.course.lesson;
        html! {
            <>
                { self.explained(None, voice) }
                if !lesson.often_said.is_empty() {
                    <h3>{ "Often said" }</h3>
                    { voice.blocks(&lesson.often_said) }
                }
                if !lesson.in_production.is_empty() {
                    <h3>{ "In production" }</h3>
                    { voice.blocks(&lesson.in_production) }
                }
                <h3>{ "Sources" }</h3>
                { narration::sources(lesson) }
                { self.pages() }
                { self.score() }
                { self.next_lesson() }
            </>
        }
    }

    /// What was answered, if anything was, and how to be asked again.
    fn score(&self) -> Html {
        let (right, all) = self.course.score();
        if all == 0 {
            return Html::default();
        }
        let anew = self.on_message.reform(|_: MouseEvent| Msg::Lesson(Wish::StartOver));
        let of = self.course.lesson.questions.len();
        html! {
            <div class="score" data-testid="score">
                <p>{ format!("You answered {all} of {of} questions, {right} rightly.") }</p>
                <button type="button" data-testid="start-over" onclick={anew}>{ "Start over" }</button>
            </div>
        }
    }

    /// To the course's own pages: this lesson as one, and all of them. A teacher's lesson has none.
    fn pages(&self) -> Html {
        let page = course_name(&self.text)
            .and_then(|name| location::course_page(&format!("{name}.html")))
            .zip(location::course_page("index.html"));
        let Some((page, course)) = page else { return Html::default() };
        let target = self.is_embedded.then_some("_blank");
        html! {
            <p class="hint">
                { "Read it " }
                <a href={page} {target} data-testid="as-page">{ "as a page" }</a>
                { ", or see " }
                <a href={course} {target} data-testid="all-pages">{ "the whole course" }</a>
                { "." }
            </p>
        }
    }

    fn next_lesson(&self) -> Html {
        let all = raft_lessons::list();
        let here = all.iter().position(|it| it.name == self.course.lesson.name);
        let next = here.and_then(|here| all.get(here + 1)).filter(|_| !self.is_embedded);
        match next {
            Some(next) => html! {
                <p class="next-lesson">
                    { "Next lesson: " }
                    <a href={format!("#lesson={}", next.name)} data-testid="next-lesson">{ next.title }</a>
                </p>
            },
            None => Html::default(),
        }
    }

    /// What was answered before this step, explained now that it was seen.
    fn explained(&self, step: Option<usize>, voice: Voice<'_>) -> Html {
        let course = &self.course;
        let explained = course.explained_with(step).into_iter().filter_map(|place| {
            let question = course.lesson.questions.get(place)?;
            let given = course.given[place].as_ref()?;
            let answer = course.telling.answers.get(place)?.as_ref().ok()?;
            Some(question::explained(question, given, answer, voice))
        });
        explained.collect()
    }

    /// The list of steps, and where one is. A title that would answer a question is not there yet.
    fn steps(&self) -> Html {
        let course = &self.course;
        let here = course.step().filter(|_| course.page != Page::Closing);
        let count = course.lesson.steps.len();
        let where_ = match (course.page, here) {
            (Page::Opening, _) => format!("{count} steps"),
            (_, Some(step)) => format!("{} of {count}", step + 1),
            (_, None) => "The end".to_owned(),
        };
        html! {
            <details class="steps" key={format!("{:?}", course.page)}>
                <summary data-testid="steps">{ where_ }</summary>
                <ol>
                    { for course.lesson.steps.iter().enumerate().map(|(place, step)| {
                        let is_here = here == Some(place);
                        let comes = course.stop(place);
                        let may_go = comes.is_some() && course.may_be_seen(place);
                        let title = match (comes, may_go) {
                            (None, _) => format!("{} (not in this run)", step.title),
                            (_, true) => step.title.clone(),
                            (_, false) => "after the question".to_owned(),
                        };
                        let go = self.on_message.reform(move |_: MouseEvent| Msg::Lesson(Wish::GoTo(place)));
                        html! {
                            <li>
                                <button
                                    type="button"
                                    aria-current={is_here.then_some("step")}
                                    disabled={!may_go}
                                    onclick={go}
                                >
                                    { title }
                                </button>
                            </li>
                        }
                    }) }
                </ol>
            </details>
        }
    }
}
