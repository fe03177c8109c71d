//! The transport: play and step, how fast, where in the run, and what comes next.

use crate::browser;
use crate::command::{Command, Way};
use crate::engine::{Engine, Moment, Stop};
use crate::jumps::Jumps;
use crate::later;
use crate::overlay::Overlay;
use crate::session::Session;
use crate::speed::Speed;
use raft_core::Micros;
use raft_sim::Landmark;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the transport shows.
pub(crate) struct Shown {
    /// The run.
    pub(crate) session: Session,
    /// The playhead.
    pub(crate) at: Micros,
    /// The events that have happened.
    pub(crate) moment: Moment,
    /// Whether it plays.
    pub(crate) is_playing: bool,
    /// How fast.
    pub(crate) speed: Speed,
    /// Whether it is quicker where nothing happens.
    pub(crate) is_pacing: bool,
    /// Does something with the run.
    pub(crate) on_command: Callback<Command>,
    /// Lays something over the page.
    pub(crate) on_open: Callback<Overlay>,
}

// These are functions and no components: they are drawn anew with every refresh, and
// a component costs the page 2 kB.

/// Play, step, jump.
pub(crate) fn buttons(shown: &Shown) -> Html {
    let button = |command: Command, id: &'static str, label: &'static str, icon: Html| {
        let on_click = shown.on_command.reform(move |_: MouseEvent| command.clone());
        html! {
            <button
                type="button"
                class="transport-button"
                data-testid={id}
                aria-label={label}
                title={label}
                onclick={on_click}
            >
                { icon }
            </button>
        }
    };
    let (play_label, play_icon) = if shown.is_playing {
        ("Pause", icon("M5 3h4v14H5zM11 3h4v14h-4z"))
    } else {
        ("Play", icon("M5 3l11 7-11 7z"))
    };
    html! {
        <div class="transport-buttons" role="group" aria-label="Playback">
            { button(Command::ToStart, "to-start", "To the beginning",
                icon("M3 4h2v12H3zM11 4v12l-6-6zM17 4v12l-6-6z")) }
            { button(Command::Notable(Way::Back), "previous-notable",
                "To the previous of what one jumps to",
                icon("M9.5 10l-5 5-1.5-1.5L6.500 10 3 6.500 4.500 5zM10 4h1v12h-1zM17 4v12l-6-6z")) }
            { button(Command::Step(Way::Back), "step-back", "One event back",
                icon("M5 4h2v12H5zM15 4v12l-8-6z")) }
            <button
                type="button"
                class="transport-button primary"
                data-testid="play"
                aria-label={play_label}
                title={play_label}
                onclick={shown.on_command.reform(|_: MouseEvent| Command::TogglePlaying)}
            >
                { play_icon }
            </button>
            { button(Command::Step(Way::Forward), "step-forward", "One event forward",
                icon("M13 4h2v12h-2zM5 4v12l8-6z")) }
            { button(Command::Notable(Way::Forward), "next-notable",
                "To the next of what one jumps to",
                icon("M10.5 10l5 5 1.5-1.5-3.5-3.5L17 6.500 15.5 5zM9 4h1v12H9zM3 4v12l6-6z")) }
            { button(Command::ToEnd, "to-end", "To the end",
                icon("M15 4h2v12h-2zM9 4v12l6-6zM3 4v12l6-6z")) }
        </div>
    }
}

fn icon(path: &'static str) -> Html {
    html! {
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path d={path} fill="currentColor" />
        </svg>
    }
}

/// The time and the speed.
pub(crate) fn readout(shown: &Shown) -> Html {
    let set_speed = shown.on_command.reform(|event: InputEvent| {
        let stop = input(&event).and_then(|input| input.value().parse().ok()).unwrap_or(0);
        Command::SetSpeed(Speed::stop(stop))
    });
    html! {
        <div class="readout">
            <output class="time" data-testid="time">{ shown.at.to_string() }</output>
            <label class="speed">
                <span class="visually-hidden">{ "Speed" }</span>
                <input
                    type="range"
                    min="0"
                    max={(Speed::STOPS - 1).to_string()}
                    step="1"
                    data-testid="speed"
                    value={shown.speed.number().to_string()}
                    aria-valuetext={shown.speed.in_words()}
                    oninput={set_speed}
                />
                <span class="speed-label" data-testid="speed-label">{ speed_label(shown) }</span>
            </label>
            <button
                type="button"
                class="auto"
                data-testid="auto-pace"
                title="Quicker where nothing happens"
                aria-pressed={if shown.is_pacing { "true" } else { "false" }}
                onclick={shown.on_command.reform({
                    let is_pacing = !shown.is_pacing;
                    move |_: MouseEvent| Command::SetPacing(is_pacing)
                })}
            >
                { "Auto" }
            </button>
        </div>
    }
}

/// The speed that it goes at.
fn speed_label(shown: &Shown) -> String {
    let pace = shown.session.engine().pace();
    if shown.is_playing && pace > 1.0 {
        shown.speed.times(pace).label()
    } else {
        shown.speed.label()
    }
}

/// How far the run is, and what comes next.
pub(crate) fn progress(shown: &Shown) -> Html {
    let engine = shown.session.engine();
    let (events, all) = (grouped(shown.moment.events), grouped(engine.timeline().events()));
    let set_jumps = shown.on_command.reform(|event: Event| {
        Command::SetJumps(Jumps::numbered(browser::chosen(&event).parse().unwrap_or(0)))
    });
    let runs = engine.runs().all().len();
    html! {
        <div class="progress">
            <p>
                <span data-testid="event-count">{ format!("event {events} of {all}") }</span>
                { next(shown, &engine).unwrap_or_default() }
            </p>
            <button
                type="button"
                data-testid="open-runs"
                title="The runs that you made: go back to any"
                disabled={runs < 2}
                onclick={shown.on_open.reform(|_: MouseEvent| Overlay::Runs)}
            >
                <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
                    <path d="M4 1v12M4 9c5 0 6-2 6-6M7.500 5L10 2.500 12.500 5" fill="none" stroke="currentColor" stroke-width="1.4" />
                </svg>
                { runs }<span class="long">{ if runs == 1 { " run" } else { " runs" } }</span>
                <span class="visually-hidden">{ " of this scenario" }</span>
            </button>
            <label class="jumps" title="What Next and Previous jump to">
                <span>{ "jump to" }</span>
                <select data-testid="jumps" onchange={set_jumps}>
                    { for Jumps::all().map(|jumps| html! {
                        <option value={jumps.number().to_string()} selected={jumps == engine.jumps()}>
                            { jumps.name() }
                        </option>
                    }) }
                </select>
            </label>
        </div>
    }
}

/// The slider over the whole run: for the keyboard and for screen readers, and an
/// overview of where something happens.
pub(crate) fn time_slider(shown: &Shown) -> Html {
    let duration = shown.session.engine().timeline().duration();
    let seek = shown.on_command.reform(|event: InputEvent| {
        let at = input(&event).and_then(|input| input.value().parse().ok()).unwrap_or(0);
        Command::Seek(Micros(at))
    });
    html! {
        <div class="time-slider">
            <Overview
                session={shown.session.clone()}
                run={shown.moment.run}
                until={shown.session.engine().horizon()}
            />
            <input
                type="range"
                min="0"
                max={duration.0.to_string()}
                step="100"
                data-testid="time-slider"
                aria-label="Time in the run"
                aria-valuetext={shown.at.to_string()}
                value={shown.at.0.to_string()}
                oninput={seek}
            />
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct OverviewProps {
    session: Session,
    run: u32,
    until: Option<Stop>,
}

/// Where in the run elections, faults and violations are.
#[component]
fn Overview(props: &OverviewProps) -> Html {
    const KINDS: [(Landmark, &str); 3] = [
        (Landmark::Election, "election"),
        (Landmark::Fault, "fault"),
        (Landmark::Violation, "violation"),
    ];
    let engine = props.session.engine();
    let duration = engine.timeline().duration().0.max(1);
    html! {
        <svg class="overview" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
            { for KINDS.iter().map(|(kind, class)| {
                html! { <path class={*class} d={ticks(&engine, *kind, duration)} /> }
            }) }
        </svg>
    }
}

fn ticks(engine: &Engine, kind: Landmark, duration: u64) -> String {
    let mut path = String::new();
    let last = engine.horizon().map_or(u64::MAX, |horizon| horizon.events);
    for event in engine.timeline().events_of(kind).take_while(|event| *event <= last) {
        let at = engine.timeline().time_of(event).unwrap_or_default();
        let x = at.0.saturating_mul(1_000) / duration;
        path.push_str(&format!("M{x} 0v10"));
    }
    path
}

/// What comes next, in words, where there is time to read them.
fn next(shown: &Shown, engine: &Engine) -> Option<Html> {
    // What comes next may be what is asked.
    let is_held = engine.horizon().is_some_and(|horizon| horizon <= engine.here());
    if is_held || (shown.is_playing && shown.speed > Speed::nearest(1, 100)) {
        return None;
    }
    let later = later::there()?;
    let mut world = engine.world().clone();
    let mut records = Vec::new();
    let told = loop {
        if !world.step(&mut records) {
            return Some(html! { <span data-testid="next-event">{ "the run is over" }</span> });
        }
        // How the nodes started is told with the first event, though it was before it.
        let now = world.now();
        let of_now = records.iter().filter(|record| record.at == now);
        let sentence =
            of_now.into_iter().find_map(|record| (later.happening)(&record.what, &world));
        if let Some(sentence) = sentence {
            break sentence;
        }
        records.clear();
    };
    let wait = world.now() - engine.at();
    Some(html! { <span data-testid="next-event">{ format!("next, in {wait}: {told}") }</span> })
}

fn input(event: &InputEvent) -> Option<HtmlInputElement> {
    event.target()?.dyn_into().ok()
}

/// `1,204`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_204, "1,204"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
