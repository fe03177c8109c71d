//! The dialog for files: opens a scenario or a trace, writes the run on screen as one, and
//! draws figures.

use crate::app::Msg as PageMsg;
use crate::command::Command;
use crate::dialog::Dialog;
use crate::files::{self, Answer, Given};
use crate::session::Session;
use crate::{browser, clipboard};
use js_sys::Array;
use raft_core::Micros;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

/// A text longer than this, in bytes, is not put on screen.
const MOST_SHOWN: usize = 512 * 1024;

/// What a run is written as: how the file's name ends, and what it is called.
const FORMATS: [(&str, &str); 3] =
    [("toml", "Scenario (TOML)"), ("json", "Scenario (JSON)"), ("jsonl", "Trace (JSONL)")];
/// What a figure shows, and its colours.
const VIEWS: [&str; 3] = ["stage", "timeline", "log"];
const THEMES: [&str; 2] = ["light", "dark"];

/// What the dialog needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run on screen.
    pub(crate) session: Session,
    /// Whether it is open.
    pub(crate) is_open: bool,
    /// What was dropped on the page, or pasted.
    pub(crate) given: Option<Given>,
    /// Tells the page what is wanted.
    pub(crate) on_message: Callback<PageMsg>,
    /// It was closed.
    pub(crate) on_close: Callback<()>,
}

/// What happens to it.
pub(crate) enum Msg {
    /// Something is to be opened.
    Given(Given),
    /// What stands in the field is.
    Field,
    /// The run is to be written.
    Write(&'static str),
    /// A figure is to be drawn.
    Draw(Drawing),
    /// What was drawn or written is to be saved, in a file whose name ends so.
    Save(&'static str),
    /// What came of it.
    Answered(Answer),
    /// What was written is to be copied.
    Copy,
    /// It was copied, or could not be.
    Copied(bool),
}

/// A figure.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Drawing {
    /// What it shows, by its place in the list.
    view: usize,
    /// Its colours.
    theme: usize,
    /// The moment, and the last that there is.
    at: u64,
    until: u64,
    /// Whether it is of another implementation's trace.
    is_observed: bool,
}

/// The dialog.
pub(crate) struct FilesDialog {
    field: NodeRef,
    told: NodeRef,
    /// Whether what is told is new, and is to be brought into view.
    is_new: bool,
    status: &'static str,
    wrong: Vec<String>,
    verdict: Vec<String>,
    text: Option<(&'static str, String)>,
    drawing: Option<Drawing>,
    figure: Option<String>,
}

impl FilesDialog {
    /// What was told of one thing says nothing of the next.
    fn forget(&mut self) {
        self.status = "A moment…";
        self.wrong.clear();
        self.verdict.clear();
        self.text = None;
        self.drawing = None;
        self.figure = None;
    }

    fn file_name(&self, ctx: &Context<FilesDialog>, ending: &str) -> String {
        match self.drawing {
            Some(Drawing { is_observed: true, view, .. }) => {
                format!("trace-{}.{ending}", VIEWS[view])
            }
            _ => {
                let engine = ctx.props().session.engine();
                format!("{}-{}.{ending}", engine.scenario().name, engine.run_address().seed)
            }
        }
    }

    fn answer(&mut self, ctx: &Context<FilesDialog>, answer: Answer) {
        self.is_new = true;
        self.status = "";
        match answer {
            Answer::Run(address) => {
                ctx.props().on_close.emit(());
                ctx.props().on_message.emit(PageMsg::Do(Command::Begin(address)));
            }
            Answer::Observed(until, verdict) => {
                self.verdict = verdict;
                let view = 1;
                self.draw(ctx, Drawing { view, theme: 0, at: until, until, is_observed: true });
            }
            Answer::Text(text) => {
                self.status = "Here it is.";
                if let Some((_, written)) = &mut self.text {
                    *written = text;
                }
            }
            Answer::Figure(address) => self.figure = Some(address),
            Answer::Saved => self.status = "Saved.",
            Answer::Wrong(wrong) => self.wrong = wrong,
        }
    }

    fn draw(&mut self, ctx: &Context<FilesDialog>, drawing: Drawing) {
        self.drawing = Some(drawing);
        let arguments = Array::of3(
            &VIEWS[drawing.view].into(),
            &THEMES[drawing.theme].into(),
            &drawing.at.to_string().into(),
        );
        if !drawing.is_observed {
            files::with_run(&arguments, &ctx.props().session.engine());
        } else {
            arguments.push(&js_sys::Uint8Array::new_with_length(0));
            arguments.push(&"".into());
            arguments.push(&"".into());
        }
        self.ask(ctx, "draw", arguments);
    }

    fn ask(&self, ctx: &Context<FilesDialog>, name: &'static str, arguments: Array) {
        ctx.link().send_future(async move { Msg::Answered(files::ask(name, arguments).await) });
    }
}

impl Component for FilesDialog {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<FilesDialog>) -> FilesDialog {
        FilesDialog {
            field: NodeRef::default(),
            told: NodeRef::default(),
            is_new: false,
            status: "",
            wrong: Vec::new(),
            verdict: Vec::new(),
            text: None,
            drawing: None,
            figure: None,
        }
    }

    fn changed(&mut self, ctx: &Context<FilesDialog>, before: &Props) -> bool {
        let now = ctx.props();
        if now.is_open != before.is_open {
            self.forget();
            self.status = "";
        }
        if now.given != before.given
            && let Some(given) = &now.given
        {
            ctx.link().send_message(Msg::Given(given.clone()));
        }
        now.is_open || before.is_open
    }

    fn update(&mut self, ctx: &Context<FilesDialog>, message: Msg) -> bool {
        match message {
            Msg::Given(given) => {
                self.forget();
                ctx.link().send_future(async move { Msg::Answered(files::open(given).await) });
            }
            Msg::Field => {
                let field = self.field.cast::<HtmlTextAreaElement>();
                let text = field.map(|field| field.value()).unwrap_or_default();
                ctx.link().send_message(Msg::Given(Given::Text(text)));
                return false;
            }
            Msg::Write(ending) => {
                self.forget();
                self.text = Some((ending, String::new()));
                let arguments = Array::of1(&ending.into());
                files::with_run(&arguments, &ctx.props().session.engine());
                self.ask(ctx, "write", arguments);
            }
            Msg::Draw(drawing) => {
                if self.drawing.is_none_or(|before| before.is_observed != drawing.is_observed) {
                    self.forget();
                }
                self.draw(ctx, drawing);
            }
            Msg::Save(ending) => {
                let name = self.file_name(ctx, ending);
                self.ask(ctx, "save", Array::of1(&name.into()));
            }
            Msg::Answered(answer) => self.answer(ctx, answer),
            Msg::Copy => {
                if let Some((_, text)) = &self.text {
                    let copied = ctx.link().callback(Msg::Copied);
                    clipboard::copy(text.clone(), move |is_copied| copied.emit(is_copied));
                }
                return false;
            }
            Msg::Copied(true) => self.status = "Copied.",
            Msg::Copied(false) => {
                self.status =
                    "The browser keeps this page from copying: it is selected, copy it by hand.";
                if let Some(area) = browser::element("written")
                    && let Some(area) = area.dyn_ref::<HtmlTextAreaElement>()
                {
                    browser::focus(area);
                    area.select();
                }
            }
        }
        true
    }

    fn rendered(&mut self, _: &Context<FilesDialog>, _: bool) {
        if std::mem::take(&mut self.is_new)
            && let Some(told) = self.told.cast::<Element>()
        {
            told.scroll_into_view_with_bool(true);
        }
    }

    fn view(&self, ctx: &Context<FilesDialog>) -> Html {
        let Props { session, is_open, on_close, .. } = ctx.props();
        let link = ctx.link();
        let chosen = link.batch_callback(|event: Event| {
            let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok())?;
            let file = input.files().and_then(|files| files.get(0));
            // Else the same file, mended, could not be chosen again.
            input.set_value("");
            Some(Msg::Given(Given::File(file?)))
        });
        let engine = session.engine();
        let figure = Drawing {
            view: 0,
            theme: 0,
            at: engine.at().0,
            until: engine.scenario().duration.0,
            is_observed: false,
        };
        html! {
            <Dialog id="files-dialog" title="Files" is_open={*is_open} on_close={on_close}>
                <h3>{ "Open a scenario or a trace" }</h3>
                <label class="field">
                    <span>{ "Choose a file (.toml, .json, .jsonl), or drop it anywhere on this page" }</span>
                    <input type="file" accept=".toml,.json,.jsonl,.txt" data-testid="choose-file" onchange={chosen} />
                </label>
                <textarea
                    ref={self.field.clone()}
                    rows="3"
                    spellcheck="false"
                    aria-label="Or paste its text here"
                    placeholder="Or paste its text here"
                    data-testid="pasted"
                />
                { self.button(ctx, "open-pasted", "Open the text", || Msg::Field) }
                <h3>{ "Save what is on screen" }</h3>
                <div class="choices">
                    { for FORMATS.map(|(ending, name)| self.button(ctx, ending, name, move || Msg::Write(ending))) }
                    { self.button(ctx, "figure", "Figure (SVG, PNG)", move || Msg::Draw(figure)) }
                </div>
                <div ref={self.told.clone()} class="told">{ self.told(ctx) }</div>
                <div class="dialog-buttons">
                    <button type="button" onclick={on_close.reform(|_: MouseEvent| ())}>
                        { "Close" }
                    </button>
                </div>
            </Dialog>
        }
    }
}

impl FilesDialog {
    fn button(
        &self,
        ctx: &Context<FilesDialog>,
        id: &'static str,
        name: &'static str,
        message: impl Fn() -> Msg + 'static,
    ) -> Html {
        let onclick = ctx.link().callback(move |_: MouseEvent| message());
        html! { <button type="button" data-testid={id} {onclick}>{ name }</button> }
    }

    fn told(&self, ctx: &Context<FilesDialog>) -> Html {
        let list = |lines: &[String]| {
            let item = |line: &String| {
                let is_bad = line.contains(" violated").then_some("bad");
                html! { <li class={is_bad}>{ line }</li> }
            };
            html! { <ul>{ for lines.iter().map(item) }</ul> }
        };
        html! {
            <>
                <p class="hint" role="status" data-testid="files-status">{ self.status }</p>
                if !self.wrong.is_empty() {
                    <div class="violation-box" role="alert" data-testid="files-wrong">
                        <b>{ "This can't be done as it is" }</b>{ list(&self.wrong) }
                    </div>
                }
                if !self.verdict.is_empty() {
                    <div data-testid="verdict">{ list(&self.verdict) }</div>
                }
                if let Some((ending, text)) = &self.text && !text.is_empty() {
                    if text.len() <= MOST_SHOWN {
                        <textarea id="written" readonly=true rows="6" aria-label="The text" data-testid="written" value={text.clone()} />
                    }
                    <div class="choices">
                        { self.save(ctx, ending) }
                        { self.button(ctx, "copy-written", "Copy the text", || Msg::Copy) }
                    </div>
                }
                if let Some(drawing) = self.drawing { { self.figure(ctx, drawing) } }
            </>
        }
    }

    fn save(&self, ctx: &Context<FilesDialog>, ending: &'static str) -> Html {
        let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Save(ending));
        html! {
            <button type="button" data-testid={format!("save-{ending}")} {onclick}>
                { "Save " }{ self.file_name(ctx, ending) }
            </button>
        }
    }

    fn figure(&self, ctx: &Context<FilesDialog>, drawing: Drawing) -> Html {
        let choose = |name: &'static str,
                      all: &'static [&'static str],
                      now: usize,
                      set: fn(&mut Drawing, usize)| {
            let onchange = ctx.link().callback(move |event: Event| {
                let mut drawing = drawing;
                let chosen = browser::chosen(&event);
                set(&mut drawing, all.iter().position(|known| *known == chosen).unwrap_or(0));
                Msg::Draw(drawing)
            });
            html! {
                <select aria-label={name} data-testid={name} {onchange}>
                    { for all.iter().enumerate().map(|(place, known)| html! {
                        <option selected={place == now}>{ *known }</option>
                    }) }
                </select>
            }
        };
        let at = Micros(drawing.at).to_string();
        let onmoved = ctx.link().callback(move |event: InputEvent| {
            Msg::Draw(Drawing { at: browser::typed(&event).parse().unwrap_or_default(), ..drawing })
        });
        html! {
            <>
                <div class="choices">
                    { choose("view", &VIEWS, drawing.view, |drawing, place| drawing.view = place) }
                    { choose("colours", &THEMES, drawing.theme, |drawing, place| drawing.theme = place) }
                    if drawing.is_observed {
                        <input
                            type="range"
                            min="0"
                            max={drawing.until.to_string()}
                            value={drawing.at.to_string()}
                            aria-label="moment"
                            aria-valuetext={at.clone()}
                            data-testid="moment"
                            oninput={onmoved}
                        />
                    }
                    <span class="hint">{ &at }</span>
                </div>
                if let Some(figure) = &self.figure {
                    <img src={figure.clone()} alt={format!("The {} at {at}", VIEWS[drawing.view])} data-testid="drawn" />
                    <div class="choices">
                        { self.save(ctx, "svg") }
                        { self.save(ctx, "png") }
                    </div>
                }
            </>
        }
    }
}
