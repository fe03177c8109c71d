//! The dialog for files: opens a scenario or a trace, and writes the run on screen as one.

use crate::address::Address;
use crate::dialog::Dialog;
use crate::files::{self, Format, MOST_MEGABYTES, Opened};
use crate::session::Session;
use crate::{browser, clipboard};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DragEvent, File, FileList, HtmlInputElement, HtmlTextAreaElement, Url};
use yew::prelude::*;

/// A text longer than this, in bytes, is not put on screen.
const MOST_SHOWN: usize = 512 * 1024;

/// What the dialog needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run on screen.
    pub(crate) session: Session,
    /// Whether it is open.
    pub(crate) is_open: bool,
    /// Opens a run.
    pub(crate) on_run: Callback<Address>,
    /// It was closed.
    pub(crate) on_close: Callback<()>,
}

/// What happens to it.
pub(crate) enum Msg {
    /// A file was chosen or dropped.
    Chosen(File),
    /// What was pasted is to be opened.
    Pasted,
    /// What came of it.
    Opened(Opened),
    /// The run is to be written.
    Write(Format),
    /// What was written.
    Written(Format, Result<String, Vec<String>>),
    /// What was written is to be copied; whether it could be.
    Copy,
    /// It was copied, or could not be.
    Copied(bool),
}

/// What it says.
enum Told {
    Nothing,
    Working,
    Observed(Vec<String>),
    Wrong(Vec<String>),
    Written { name: String, text: String, url: Option<String>, copied: &'static str },
}

/// The dialog.
pub(crate) struct FilesDialog {
    pasted: NodeRef,
    told: Told,
}

impl FilesDialog {
    fn tell(&mut self, told: Told) {
        if let Told::Written { url: Some(url), .. } = &self.told {
            let _ = Url::revoke_object_url(url);
        }
        self.told = told;
    }
}

impl Component for FilesDialog {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<FilesDialog>) -> FilesDialog {
        FilesDialog { pasted: NodeRef::default(), told: Told::Nothing }
    }

    fn changed(&mut self, ctx: &Context<FilesDialog>, before: &Props) -> bool {
        if ctx.props().is_open != before.is_open {
            self.tell(Told::Nothing);
        }
        true
    }

    fn update(&mut self, ctx: &Context<FilesDialog>, message: Msg) -> bool {
        let link = ctx.link().clone();
        match message {
            Msg::Chosen(file) => {
                self.tell(Told::Working);
                link.send_future(async move { Msg::Opened(read(file).await) });
            }
            Msg::Pasted => {
                let area = self.pasted.cast::<HtmlTextAreaElement>();
                let text = area.map(|area| area.value()).unwrap_or_default();
                self.tell(Told::Working);
                link.send_future(async move { Msg::Opened(files::open(&text).await) });
            }
            Msg::Opened(Opened::Run(address, _)) => {
                self.tell(Told::Nothing);
                ctx.props().on_close.emit(());
                ctx.props().on_run.emit(address);
            }
            Msg::Opened(Opened::Observed(lines)) => self.tell(Told::Observed(lines)),
            Msg::Opened(Opened::Wrong(lines)) => self.tell(Told::Wrong(lines)),
            Msg::Write(format) => {
                self.tell(Told::Working);
                let what = files::written_of(&ctx.props().session.engine(), format);
                link.send_future(async move { Msg::Written(format, files::write(what).await) });
            }
            Msg::Written(format, Ok(text)) => {
                let engine = ctx.props().session.engine();
                let (name, seed) = (&engine.scenario().name, engine.run_address().seed);
                let name = format!("{name}-{seed}.{}", format.ending());
                let parts = js_sys::Array::of1(&JsValue::from_str(&text));
                let blob = Blob::new_with_str_sequence(&parts).ok();
                let url = blob.and_then(|blob| Url::create_object_url_with_blob(&blob).ok());
                self.tell(Told::Written { name, text, url, copied: "" });
            }
            Msg::Written(_, Err(lines)) => self.tell(Told::Wrong(lines)),
            Msg::Copy => {
                if let Told::Written { text, .. } = &self.told {
                    let copied = link.callback(Msg::Copied);
                    clipboard::copy(text.clone(), move |is_copied| copied.emit(is_copied));
                }
                return false;
            }
            Msg::Copied(is_copied) => {
                if let Told::Written { copied, .. } = &mut self.told {
                    *copied = if is_copied {
                        "Copied."
                    } else {
                        "The browser keeps this page from copying: copy the text by hand."
                    };
                }
                if !is_copied
                    && let Some(area) = browser::element("written")
                    && let Some(area) = area.dyn_ref::<HtmlTextAreaElement>()
                {
                    browser::focus(area);
                    area.select();
                }
            }
        }
        true
    }

    fn view(&self, ctx: &Context<FilesDialog>) -> Html {
        let Props { is_open, on_close, .. } = ctx.props();
        let link = ctx.link();
        let chosen = link.batch_callback(|event: Event| {
            let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok())?;
            let file = first(input.files());
            // Else the same file, mended, could not be chosen again.
            input.set_value("");
            file
        });
        let dropped = link.batch_callback(|event: DragEvent| {
            event.prevent_default();
            first(event.data_transfer().and_then(|data| data.files()))
        });
        let write = |format: Format, name: &'static str| {
            html! {
                <button
                    type="button"
                    data-testid={format!("write-{}", format.ending())}
                    onclick={link.callback(move |_: MouseEvent| Msg::Write(format))}
                >
                    { name }
                </button>
            }
        };
        html! {
            <Dialog id="files-dialog" title="Files" is_open={*is_open} on_close={on_close}>
                <div
                    class="drop"
                    ondragover={Callback::from(|event: DragEvent| event.prevent_default())}
                    ondrop={dropped}
                >
                    <h3>{ "Open a scenario or a trace" }</h3>
                    <label class="field">
                        <span>{ "A file (.toml, .json or .jsonl): choose it, or drop it here" }</span>
                        <input type="file" accept=".toml,.json,.jsonl,text/plain" data-testid="choose-file" onchange={chosen} />
                    </label>
                    <textarea
                        ref={self.pasted.clone()}
                        rows="3"
                        aria-label="Or paste its text"
                        placeholder="Or paste its text"
                        data-testid="pasted"
                    />
                    <button
                        type="button"
                        data-testid="open-pasted"
                        onclick={link.callback(|_: MouseEvent| Msg::Pasted)}
                    >
                        { "Open the text" }
                    </button>
                </div>
                <h3>{ "Write the run on screen" }</h3>
                <div class="choices">
                    { write(Format::Toml, "Scenario (TOML)") }
                    { write(Format::Json, "Scenario (JSON)") }
                    { write(Format::Trace, "Trace (JSONL)") }
                </div>
                <div role="status" data-testid="files-told">{ self.told(ctx) }</div>
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
    fn told(&self, ctx: &Context<FilesDialog>) -> Html {
        let list = |lines: &[String]| {
            html! { <ul class="lines">{ for lines.iter().map(|line| html! { <li>{ line }</li> }) }</ul> }
        };
        match &self.told {
            Told::Nothing => Html::default(),
            Told::Working => html! { <p class="hint">{ "A moment…" }</p> },
            Told::Observed(lines) => list(lines),
            Told::Wrong(lines) => html! {
                <div class="violation-box" data-testid="files-wrong">
                    <b>{ "This can't be opened as it is" }</b>{ list(lines) }
                </div>
            },
            Told::Written { name, text, url, copied } => html! {
                <>
                    if text.len() <= MOST_SHOWN {
                        <textarea id="written" readonly=true rows="6" aria-label={name.clone()} data-testid="written" value={text.clone()} />
                    } else {
                        <p class="hint">{ format!("{} kB: too long to be shown here.", text.len() / 1024) }</p>
                    }
                    <div class="choices">
                        if let Some(url) = url {
                            <a class="button" href={url.clone()} download={name.clone()} data-testid="save-file">
                                { format!("Save {name}") }
                            </a>
                        }
                        <button type="button" data-testid="copy-written" onclick={ctx.link().callback(|_: MouseEvent| Msg::Copy)}>
                            { "Copy the text" }
                        </button>
                        <span class="hint">{ *copied }</span>
                    </div>
                </>
            },
        }
    }
}

fn first(files: Option<FileList>) -> Option<Msg> {
    files?.get(0).map(Msg::Chosen)
}

async fn read(file: File) -> Opened {
    if file.size() > f64::from(MOST_MEGABYTES << 20) {
        let wrong = format!("The file is larger than {MOST_MEGABYTES} MB: check it by `raftlab check`.");
        return Opened::Wrong(vec![wrong]);
    }
    match JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string()) {
        Some(text) => files::open(&text).await,
        None => Opened::Wrong(vec!["The file could not be read.".to_owned()]),
    }
}
