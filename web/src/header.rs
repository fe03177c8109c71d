//! The header: which scenario, which seed, and what concerns the page as a whole: files, undo,
//! sharing, the theme, the palette, help.

use crate::app::Msg;
use crate::browser;
use crate::command::Command;
use crate::free_play::FreePlay;
use crate::later::Later;
use crate::location;
use crate::overlay::Overlay;
use crate::source::Source;
use crate::theme::Theme;
use std::rc::Rc;
use yew::prelude::*;

/// The menu's item for free play, which is no scenario's name.
const FREE_PLAY: &str = "free-play";

/// What the header needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// What is played.
    pub(crate) source: Source,
    /// What names the lesson that tells of it, if one does.
    pub(crate) lesson: Option<Rc<str>>,
    /// What comes later, once it is there: it has the lessons.
    pub(crate) later: Option<Later>,
    /// What it is called.
    pub(crate) title: String,
    /// The seed.
    pub(crate) seed: u64,
    /// Whether there is a run to go back to.
    pub(crate) can_undo: bool,
    /// Whether there is a run to go forward to again.
    pub(crate) can_redo: bool,
    /// What the page looks like.
    pub(crate) theme: Theme,
    /// Tells the page what is wanted.
    pub(crate) on_message: Callback<Msg>,
}

/// The header.
#[component]
pub(crate) fn Header(props: &Props) -> Html {
    let choose = props.on_message.reform(|event: Event| {
        Msg::Do(Command::OpenRun(match browser::chosen(&event).as_str() {
            FREE_PLAY => Source::Free(FreePlay::default()),
            lesson if lesson.starts_with("lesson=") => return Msg::Go(lesson.to_owned()),
            name => Source::BuiltIn(name.into()),
        }))
    });
    let lesson = props.lesson.as_deref();
    let is_of = |source: bool| source && lesson.is_none();
    let type_seed = props.on_message.reform(|event: Event| Msg::Seed(browser::typed(&event)));
    let other = match props.theme {
        Theme::Light => "Dark theme",
        Theme::Dark => "Light theme",
    };
    html! {
        <header class="header">
            <h1 class="brand">
                <a href={location::course_page("index.html")} title="The course as pages" data-testid="course">
                    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
                        <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="3" />
                        <circle cx="12" cy="12" r="3" fill="currentColor" />
                    </svg>
                    <span>{ "Raftlab" }</span>
                </a>
            </h1>
            <label class="scenario">
                <span class="visually-hidden">{ "Scenario" }</span>
                <select data-testid="scenario" onchange={choose}>
                    if is_of(matches!(props.source, Source::Own(_))) {
                        <option value="" selected=true>{ &props.title }</option>
                    }
                    <option value={FREE_PLAY} selected={is_of(matches!(props.source, Source::Free(_)))}>
                        { "Free play" }
                    </option>
                    { props.later.map(|later| (later.lessons)(lesson)).unwrap_or_default() }
                    { for raft_scenarios::list().chunk_by(|one, next| one.topic == next.topic).map(|all| html! {
                        <optgroup label={all.first().map_or("", |it| it.topic)}>
                            { for all.iter().map(|it| html! {
                                <option value={it.name} selected={is_of(props.source.built_in() == Some(it.name))}>{ it.title }</option>
                            }) }
                        </optgroup>
                    }) }
                </select>
            </label>
            <label class="seed">
                <span>{ "seed" }</span>
                <input
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    size="7"
                    aria-label="seed"
                    data-testid="seed"
                    value={props.seed.to_string()}
                    onchange={type_seed}
                />
            </label>
            { button(props, "new-seed", None, "The same scenario with other random numbers", || Msg::NewSeed, html! { <>
                <span aria-hidden="true">{ "⟳ " }</span><span class="long">{ "New seed" }</span>
            </> }) }
            { button(props, "open-files", Some("Files"), "Open or save a scenario, a trace, a figure", || Msg::Open(Overlay::Files), html! { <>
                <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
                    <path d="M1 3h5l2 2h7v8H1z" fill="none" stroke="currentColor" stroke-width="1.5" />
                </svg>
                <span class="long">{ " Files" }</span>
            </> }) }
            <span class="spring" />
            { undo_button(props, "undo", "Undo", "↶", props.can_undo, || Command::Undo) }
            { undo_button(props, "redo", "Redo", "↷", props.can_redo, || Command::Redo) }
            <button
                type="button"
                class="primary"
                data-testid="share"
                title="A link to this very moment, and what embeds it in a page"
                onclick={props.on_message.reform(|_: MouseEvent| Msg::Open(Overlay::Share))}
            >
                { "Share" }<span class="long">{ " link" }</span>
            </button>
            { button(props, "theme", Some(other), other, || Msg::ToggleTheme, html! { <>
                <span aria-hidden="true">{ "◐" }</span>
            </> }) }
            { button(props, "open-palette", Some("Find what to do"), "Find what to do (Ctrl K or ⌘ K)", || Msg::Open(Overlay::Palette), html! { <>
                <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
                    <path
                        d="M10.5 10.5L15 15M2 7a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"
                        fill="none"
                        stroke="currentColor"
                        stroke-width="2"
                    />
                </svg>
            </> }) }
            { button(props, "open-help", Some("Help and keys"), "Help and keys", || Msg::Open(Overlay::Help), html! { <>
                <span aria-hidden="true">{ "?" }</span>
            </> }) }
        </header>
    }
}

/// A button that wants something of the page. It has a label where its text is a sign.
fn button(
    props: &Props,
    id: &'static str,
    label: Option<&'static str>,
    title: &'static str,
    message: fn() -> Msg,
    content: Html,
) -> Html {
    html! {
        <button
            type="button"
            data-testid={id}
            aria-label={label}
            title={title}
            onclick={props.on_message.reform(move |_: MouseEvent| message())}
        >
            { content }
        </button>
    }
}

fn undo_button(
    props: &Props,
    id: &'static str,
    name: &'static str,
    sign: &'static str,
    is_possible: bool,
    command: fn() -> Command,
) -> Html {
    html! {
        <button
            type="button"
            data-testid={id}
            aria-label={name}
            title={format!("{name}: every action begins a new run, and the old one stays")}
            disabled={!is_possible}
            onclick={props.on_message.reform(move |_: MouseEvent| Msg::Do(command()))}
        >
            <span aria-hidden="true">{ format!("{sign} ") }</span><span class="long">{ name }</span>
        </button>
    }
}
