//! Files, read and written, and figures: by a wasm of its own, since that is larger than all
//! the rest that a reader needs (web/files). A script in index.html fetches it; what passes is
//! text.

use crate::address::Address;
use crate::browser::Listener;
use crate::engine::Engine;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use raft_sim::{Document, format_steps};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Element, Event, File, Window};
use yew::Callback;

/// The largest file that is opened, in megabytes.
const MOST_MEGABYTES: u32 = 64;

/// What somebody gives to be opened.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Given {
    /// A file.
    File(File),
    /// A text.
    Text(String),
}

impl Given {
    /// The file that was dropped or pasted.
    pub(crate) fn file(data: &DataTransfer) -> Option<Given> {
        data.files()?.get(0).map(Given::File)
    }

    /// The text that was pasted.
    pub(crate) fn text(data: &DataTransfer) -> Option<Given> {
        let text = data.get_data("text").ok()?;
        (!text.trim().is_empty()).then_some(Given::Text(text))
    }
}

/// Has the browser leave files to this page: else it would leave the page for the file.
pub(crate) fn hear(window: &Window, given: Callback<Given>) -> [Listener; 3] {
    let dropped = given.clone();
    let data_of = |event: &Event| event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
    [
        Listener::new(window, "dragover", move |event| {
            if data_of(&event).is_some_and(|data| data.types().includes(&"Files".into(), 0)) {
                event.prevent_default();
            }
        }),
        Listener::new(window, "drop", move |event| {
            if let Some(file) = data_of(&event).as_ref().and_then(Given::file) {
                event.prevent_default();
                dropped.emit(file);
            }
        }),
        Listener::new(window, "paste", move |event| {
            let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
            let Some(data) = data else { return };
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            // A text that is pasted into a field belongs there.
            let field = target.map(|target| target.closest("textarea, input:not([type=file])"));
            let is_typed = matches!(field, Some(Ok(Some(_))));
            let text = || Given::text(&data).filter(|_| !is_typed);
            if let Some(found) = Given::file(&data).or_else(text) {
                event.prevent_default();
                given.emit(found);
            }
        }),
    ]
}

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Answer {
    /// A run.
    Run(Address),
    /// A trace of another implementation's: how long it is, in microseconds, and how the
    /// rules stand in it.
    Observed(u64, Vec<String>),
    /// A text that was written.
    Text(String),
    /// The address of a figure that was drawn.
    Figure(String),
    /// It was saved.
    Saved,
    /// Everything that is wrong.
    Wrong(Vec<String>),
}

/// Reads what is given.
pub(crate) async fn open(given: Given) -> Answer {
    let text = match given {
        Given::Text(text) => text,
        Given::File(file) if file.size() > f64::from(MOST_MEGABYTES << 20) => {
            return Answer::Wrong(vec![format!(
                "The file is larger than {MOST_MEGABYTES} MB: read it with `raftlab check` or `raftlab run`."
            )]);
        }
        Given::File(file) => match JsFuture::from(file.text()).await.map(|text| text.as_string()) {
            Ok(Some(text)) => text,
            _ => return Answer::Wrong(vec!["The file could not be read.".to_owned()]),
        },
    };
    ask("read", Array::of1(&text.into())).await
}

/// The run on screen, as the other wasm takes it, at the end of these arguments.
pub(crate) fn with_run(arguments: &Array, engine: &Engine) {
    let address = engine.run_address();
    let packed = Document::of(engine.scenario()).to_packed();
    arguments.push(&Uint8Array::from(packed.as_slice()));
    arguments.push(&address.seed.to_string().into());
    arguments.push(&format_steps(&address.interventions).into());
}

/// Asks the other wasm for something.
pub(crate) async fn ask(name: &str, arguments: Array) -> Answer {
    match asked(name, &arguments).await {
        Ok(answer) => read(answer.iter().filter_map(|line| line.as_string())),
        Err(error) => {
            let message = Reflect::get(&error, &"message".into());
            let message = message.ok().and_then(|message| message.as_string()).unwrap_or_default();
            Answer::Wrong(vec![format!(
                "The part of the page that reads and writes files failed. {message}"
            )])
        }
    }
}

fn read(mut lines: impl Iterator<Item = String>) -> Answer {
    let what = lines.next();
    let mut next = || lines.next().unwrap_or_default();
    match what.as_deref() {
        Some("run") => match Address::read(&next()) {
            Ok(address) => Answer::Run(address),
            Err(messages) => Answer::Wrong(messages),
        },
        Some("observed") => Answer::Observed(next().parse().unwrap_or_default(), lines.collect()),
        Some("text") => Answer::Text(next()),
        Some("figure") => Answer::Figure(next()),
        Some("saved") => Answer::Saved,
        _ => Answer::Wrong(lines.collect()),
    }
}

async fn asked(name: &str, arguments: &Array) -> Result<Array, JsValue> {
    let load = Reflect::get(&js_sys::global(), &"raftlabFiles".into())?;
    let module = load.dyn_into::<Function>()?.call0(&JsValue::NULL)?;
    let module = JsFuture::from(module.dyn_into::<Promise>()?).await?;
    let function = Reflect::get(&module, &name.into())?.dyn_into::<Function>()?;
    // Some answers come later.
    let answer = Promise::resolve(&function.apply(&module, arguments)?);
    JsFuture::from(answer).await?.dyn_into()
}
