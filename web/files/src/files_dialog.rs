//! The dialog: opens a scenario or a trace, writes the run on screen as one, and draws figures.

use crate::clipboard;
use crate::dialog::Dialog;
use crate::{Opened, Run, browser, drawn, read, written};
use raft_core::Micros;
use raft_scene::svg::FigureOf;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, File, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The largest file that is opened, in megabytes.
const MOST_MEGABYTES: u32 = 64;
/// A text longer than this, in bytes, is not put on screen.
const MOST_SHOWN: usize = 512 * 1024;

/// What a run is written as: how the file's name ends, and what it is called.
const FORMATS: [(&str, &str); 3] =
    [("toml", "Scenario (TOML)"), ("json", "Scenario (JSON)"), ("jsonl", "Trace (JSONL)")];
/// The colours of a figure.
const THEMES: [&str; 2] = ["light", "dark"];

/// What somebody gives to be opened.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Given {
    /// A file.
    File(File),
    /// A text.
    Text(String),
}

/// What the dialog needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run on screen.
    pub(crate) run: Run,
    /// Whether it is open.
    pub(crate) is_open: bool,
    /// What was dropped on the page, or pasted.
    pub(crate) given: Option<Given>,
    /// Tells the page which run is to be opened, or that the dialog was closed.
    pub(crate) answer: Callback<Option<String>>,
}

/// What happens to it.
pub(crate) enum Msg {
    /// Something is to be opened.
    Given(Given),
    /// This is the text of it, or why there is none.
    Read(Result<String, String>),
    /// What stands in the field is to be opened.
    Field,
    /// The run is to be written.
    Write(&'static str),
    /// A figure is to be drawn.
    Draw(Drawing),
    /// What was drawn or written is to be saved, in a file whose name ends so.
    Save(&'static str),
    /// It was, or could not be.
    Saved(bool),
    /// What was written is to be copied.
    Copy,
    /// It was copied, or could not be.
    Copied(bool),
    /// A line of what was opened is to be shown.
    Line(usize),
}

/// A figure.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Drawing {
    what: FigureOf,
    theme: usize,
    /// The moment, in microseconds, and the last that there is.
    at: u64,
    until: u64,
    /// Whether it is of another implementation's trace.
    is_observed: bool,
}

/// What is told of what was done last.
#[derive(Default)]
struct Told {
    status: &'static str,
    wrong: Vec<String>,
    verdict: Vec<String>,
    /// A text that was written, and how its file's name ends.
    text: Option<(&'static str, String)>,
    drawing: Option<Drawing>,
    /// The figure as SVG, and the address of the image that is shown.
    figure: Option<(String, Option<String>)>,
}

/// The dialog.
pub(crate) struct Files {
    field: NodeRef,
    place: NodeRef,
    /// Whether what is told is new, and is to be brought into view.
    is_new: bool,
    /// Whether the field holds what was opened.
    is_shown: bool,
    told: Told,
}

impl Files {
    fn file_name(&self, ctx: &Context<Files>, ending: &str) -> String {
        match self.told.drawing {
            Some(Drawing { is_observed: true, what, .. }) => {
                format!("trace-{}.{ending}", what.name())
            }
            _ => format!("{}.{ending}", ctx.props().run.name()),
        }
    }

    fn wrong(&mut self, wrong: Vec<String>) {
        self.told = Told { wrong, ..Told::default() };
    }

    fn open(&mut self, ctx: &Context<Files>, text: &str) {
        self.is_new = true;
        // There it can be mended.
        self.is_shown = text.len() <= MOST_SHOWN;
        if self.is_shown
            && let Some(field) = self.field.cast::<HtmlTextAreaElement>()
            && field.value() != text
        {
            field.set_value(text);
        }
        match read(text) {
            Ok(Opened::Run(hash)) => ctx.props().answer.emit(Some(hash)),
            Ok(Opened::Observed(until, verdict)) => {
                self.told = Told { verdict, ..Told::default() };
                let (at, what) = (until.0, FigureOf::Timeline);
                self.draw(ctx, Drawing { what, theme: 0, at, until: at, is_observed: true });
            }
            Err(wrong) => self.wrong(wrong),
        }
    }

    fn draw(&mut self, ctx: &Context<Files>, drawing: Drawing) {
        let run = (!drawing.is_observed).then_some(&ctx.props().run);
        match drawn(run, drawing.what, THEMES[drawing.theme], Micros(drawing.at)) {
            Ok(svg) => {
                let address = browser::show(&svg);
                self.told.drawing = Some(drawing);
                self.told.figure = Some((svg, address));
            }
            Err(wrong) => self.wrong(wrong),
        }
    }

    /// Selects a line of the field, and brings it into view.
    fn show_line(&self, line: usize) {
        let Some(field) = self.field.cast::<HtmlTextAreaElement>() else { return };
        let text = field.value();
        let mut before =
            text.split('\n').take(line - 1).map(|line| line.encode_utf16().count() + 1);
        let begins = before.by_ref().sum::<usize>() as u32;
        let length = text.split('\n').nth(line - 1).map_or(0, |line| line.encode_utf16().count());
        let _ = field.focus();
        // A browser scrolls to where one types, not to what is selected.
        let rows = text.split('\n').count().max(1) as i32;
        field.set_scroll_top(field.scroll_height() / rows * (line as i32 - 2).max(0));
        let _ = field.set_selection_range(begins, begins + length as u32);
    }
}

impl Component for Files {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Files>) -> Files {
        if let Some(given) = &ctx.props().given {
            ctx.link().send_message(Msg::Given(given.clone()));
        }
        Files {
            field: NodeRef::default(),
            place: NodeRef::default(),
            is_new: false,
            is_shown: false,
            told: Told::default(),
        }
    }

    fn changed(&mut self, ctx: &Context<Files>, before: &Props) -> bool {
        let now = ctx.props();
        if now.is_open != before.is_open {
            self.told = Told::default();
        }
        if let Some(given) = &now.given {
            ctx.link().send_message(Msg::Given(given.clone()));
        }
        true
    }

    fn update(&mut self, ctx: &Context<Files>, message: Msg) -> bool {
        match message {
            Msg::Given(given) => {
                self.told = Told { status: "A moment…", ..Told::default() };
                ctx.link().send_future(async move { Msg::Read(text_of(given).await) });
            }
            Msg::Read(Ok(text)) => self.open(ctx, &text),
            Msg::Read(Err(wrong)) => {
                self.is_new = true;
                self.wrong(vec![wrong]);
            }
            Msg::Field => {
                let field = self.field.cast::<HtmlTextAreaElement>();
                self.open(ctx, &field.map(|field| field.value()).unwrap_or_default());
            }
            Msg::Write(ending) => {
                self.is_new = true;
                match written(&ctx.props().run, ending) {
                    Ok(text) => {
                        self.told = Told { text: Some((ending, text)), ..Told::default() };
                        self.told.status = "Here it is.";
                    }
                    Err(wrong) => self.wrong(wrong),
                }
            }
            Msg::Draw(drawing) => {
                let is_other = |before: Drawing| before.is_observed != drawing.is_observed;
                if self.told.drawing.is_none_or(is_other) {
                    self.is_new = true;
                    self.told = Told::default();
                }
                self.draw(ctx, drawing);
            }
            Msg::Save(ending) => {
                let name = self.file_name(ctx, ending);
                let text = match (&self.told.figure, &self.told.text) {
                    (Some((svg, _)), _) => svg.clone(),
                    (None, Some((_, text))) => text.clone(),
                    (None, None) => return false,
                };
                ctx.link().send_future(async move {
                    Msg::Saved(browser::save(&name, &text).await.is_ok())
                });
            }
            Msg::Saved(true) => self.told.status = "Given to the browser to save.",
            Msg::Saved(false) => self.told.status = "The browser does not let this page save it.",
            Msg::Copy => {
                if let Some((_, text)) = &self.told.text {
                    let copied = ctx.link().callback(Msg::Copied);
                    clipboard::copy(text.clone(), move |is_copied| copied.emit(is_copied));
                }
                return false;
            }
            Msg::Copied(true) => self.told.status = "Copied.",
            Msg::Copied(false) => {
                self.told.status =
                    "The browser keeps this page from copying: it is selected, copy it by hand.";
                if let Some(area) = browser::element("written")
                    && let Some(area) = area.dyn_ref::<HtmlTextAreaElement>()
                {
                    let _ = area.focus();
                    area.select();
                }
            }
            Msg::Line(line) => {
                self.show_line(line);
                return false;
            }
        }
        true
    }

    fn rendered(&mut self, _: &Context<Files>, _: bool) {
        if std::mem::take(&mut self.is_new)
            && let Some(place) = self.place.cast::<Element>()
        {
            place.scroll_into_view_with_bool(true);
        }
    }

    fn view(&self, ctx: &Context<Files>) -> Html {
        let Props { run, is_open, answer, .. } = ctx.props();
        let chosen = ctx.link().batch_callback(|event: Event| {
            let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok())?;
            let file = input.files().and_then(|files| files.get(0));
            // Else the same file, mended, could not be chosen again.
            input.set_value("");
            Some(Msg::Given(Given::File(file?)))
        });
        let (what, at) = (FigureOf::Stage, run.at.0);
        let figure = Drawing { what, theme: 0, at, until: at, is_observed: false };
        let close = answer.reform(|()| None);
        html! {
            <Dialog id="files-dialog" title="Files" is_open={*is_open} on_close={&close}>
                <h3>{ "Open a scenario or a trace" }</h3>
                <label class="field">
                    <span>
                        { "Choose a file (.toml, .json, .jsonl), or drop it anywhere on this page" }
                    </span>
                    <input
                        type="file"
                        accept=".toml,.json,.jsonl,.txt"
                        data-testid="choose-file"
                        onchange={chosen}
                    />
                </label>
                <textarea
                    ref={self.field.clone()}
                    rows="4"
                    spellcheck="false"
                    aria-label="Or paste its text here"
                    placeholder="Or paste its text here"
                    data-testid="pasted"
                />
                { button(ctx, "open-pasted", "Open the text", || Msg::Field) }
                <h3>{ "Save what is on screen" }</h3>
                <div class="choices">
                    { for FORMATS.map(|(ending, name)| {
                        button(ctx, ending, name, move || Msg::Write(ending))
                    }) }
                    { button(ctx, "figure", "Figure (SVG, PNG)", move || Msg::Draw(figure)) }
                </div>
                <div ref={self.place.clone()} class="told">{ self.told(ctx) }</div>
                <div class="dialog-buttons">
                    <button type="button" onclick={close.reform(|_: MouseEvent| ())}>
                        { "Close" }
                    </button>
                </div>
            </Dialog>
        }
    }
}

impl Files {
    fn told(&self, ctx: &Context<Files>) -> Html {
        let Told { status, wrong, verdict, text, drawing, .. } = &self.told;
        html! {
            <>
                <p class="hint" role="status" data-testid="files-status">{ *status }</p>
                if !wrong.is_empty() {
                    <div class="violation-box" role="alert" data-testid="files-wrong">
                        <b>{ "This can't be done as it is" }</b>
                        { self.list(ctx, wrong) }
                    </div>
                }
                if let Some((first, rules)) = verdict.split_first() {
                    <div data-testid="verdict">
                        <b>{ first }</b>
                        { self.list(ctx, rules) }
                    </div>
                }
                if let Some((ending, text)) = text {
                    if text.len() <= MOST_SHOWN {
                        <textarea
                            id="written"
                            readonly=true
                            rows="6"
                            aria-label="The text"
                            data-testid="written"
                            value={text.clone()}
                        />
                    } else {
                        <p>{ format!("{} kB: too long to be shown here.", text.len() / 1024) }</p>
                    }
                    <div class="choices">
                        { self.save(ctx, ending) }
                        { button(ctx, "copy-written", "Copy the text", || Msg::Copy) }
                    </div>
                }
                if let Some(drawing) = drawing {
                    { self.figure(ctx, *drawing) }
                }
            </>
        }
    }

    /// Sentences; where one is about a line of the field, it leads there.
    fn list(&self, ctx: &Context<Files>, sentences: &[String]) -> Html {
        let item = |sentence: &String| {
            let is_bad = sentence.contains(" violated").then_some("bad");
            let line = line_of(sentence).filter(|_| self.is_shown);
            let link = line.map(|(line, place, rest)| {
                let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Line(line));
                html! {
                    <>
                        <button type="button" class="line" {onclick}>{ place }</button>
                        { rest }
                    </>
                }
            });
            html! { <li class={is_bad}>{ link.unwrap_or_else(|| sentence.into()) }</li> }
        };
        html! { <ul>{ for sentences.iter().map(item) }</ul> }
    }

    fn save(&self, ctx: &Context<Files>, ending: &'static str) -> Html {
        let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Save(ending));
        html! {
            <button type="button" data-testid={format!("save-{ending}")} {onclick}>
                { "Save " }
                { self.file_name(ctx, ending) }
            </button>
        }
    }

    fn figure(&self, ctx: &Context<Files>, drawing: Drawing) -> Html {
        let at = Micros(drawing.at).to_string();
        let moved = ctx.link().batch_callback(move |event: InputEvent| {
            let slider = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
            let at = slider.value().parse().ok()?;
            Some(Msg::Draw(Drawing { at, ..drawing }))
        });
        let views = FigureOf::ALL.map(FigureOf::name);
        let view = FigureOf::ALL.iter().position(|what| *what == drawing.what).unwrap_or(0);
        let image = self.told.figure.as_ref().and_then(|(_, address)| address.clone());
        html! {
            <>
                <div class="choices">
                    { choice(ctx, "view", &views, view, move |place| {
                        Drawing { what: FigureOf::ALL[place], ..drawing }
                    }) }
                    { choice(ctx, "colours", &THEMES, drawing.theme, move |theme| {
                        Drawing { theme, ..drawing }
                    }) }
                    if drawing.is_observed {
                        <input
                            type="range"
                            min="0"
                            max={drawing.until.to_string()}
                            value={drawing.at.to_string()}
                            aria-label="moment"
                            aria-valuetext={at.clone()}
                            data-testid="moment"
                            oninput={moved}
                        />
                    }
                    <span class="hint">{ &at }</span>
                </div>
                <img
                    src={image}
                    alt={format!("The {} at {at}", drawing.what.name())}
                    data-testid="drawn"
                />
                <div class="choices">
                    { self.save(ctx, "svg") }
                    { self.save(ctx, "png") }
                </div>
            </>
        }
    }
}

fn button(
    ctx: &Context<Files>,
    id: &'static str,
    name: &'static str,
    message: impl Fn() -> Msg + 'static,
) -> Html {
    let onclick = ctx.link().callback(move |_: MouseEvent| message());
    html! { <button type="button" data-testid={id} {onclick}>{ name }</button> }
}

/// One of several; `drawing` is what is drawn when that in this place is chosen.
fn choice(
    ctx: &Context<Files>,
    name: &'static str,
    all: &[&'static str],
    now: usize,
    drawing: impl Fn(usize) -> Drawing + 'static,
) -> Html {
    let onchange = ctx.link().batch_callback(move |event: Event| {
        let select = event.target()?.dyn_into::<HtmlSelectElement>().ok()?;
        let place = usize::try_from(select.selected_index()).ok()?;
        Some(Msg::Draw(drawing(place)))
    });
    html! {
        <select aria-label={name} data-testid={name} {onchange}>
            { for all.iter().enumerate().map(|(place, known)| html! {
                <option selected={place == now}>{ *known }</option>
            }) }
        </select>
    }
}

/// The line that a sentence begins with: its number, how it is called, and what follows.
fn line_of(sentence: &str) -> Option<(usize, String, String)> {
    let rest = sentence.strip_prefix("line ")?;
    let digits = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let line: usize = rest[..digits].parse().ok().filter(|line| *line > 0)?;
    Some((line, format!("line {line}"), rest[digits..].to_owned()))
}

async fn text_of(given: Given) -> Result<String, String> {
    let file = match given {
        Given::Text(text) => return Ok(text),
        Given::File(file) => file,
    };
    if file.size() > f64::from(MOST_MEGABYTES << 20) {
        return Err(format!(
            "The file is larger than {MOST_MEGABYTES} MB: read it with `raftlab check` or `raftlab run`."
        ));
    }
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    text.ok_or_else(|| "The file could not be read.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_about_a_line_leads_there() {
        let told = line_of("line 12: Votes violated");
        assert_eq!(told, Some((12, "line 12".to_owned(), ": Votes violated".to_owned())));
        for other in ["nodes: 9", "line x", "line 0: a", "line 99999999999999999999: b", "lines"] {
            assert_eq!(line_of(other), None, "{other}");
        }
    }
}
