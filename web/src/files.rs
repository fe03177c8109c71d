//! Files and figures: what opens, judges, writes and draws them, and the dialog for it, is a
//! wasm of its own (web/files), since it is as large as all the rest that a reader needs. A
//! script in index.html fetches it when it is wanted.

use crate::browser::Listener;
use crate::engine::Engine;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use raft_sim::{Document, format_steps};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ClipboardEvent, DragEvent, Element, Event, Window};
use yew::Callback;

/// The other wasm, once it is there; or why it is not.
pub(crate) type Loaded = Result<JsValue, String>;

/// Fetches the other wasm.
pub(crate) fn load(loaded: Callback<Loaded>) {
    spawn_local(async move {
        loaded.emit(module().await.map_err(|error| {
            let message = Reflect::get(&error, &"message".into());
            let message = message.ok().and_then(|message| message.as_string()).unwrap_or_default();
            format!("The part of the page that is for files could not be loaded. {message}")
        }));
    });
}

async fn module() -> Result<JsValue, JsValue> {
    let load = Reflect::get(&js_sys::global(), &"raftlabFiles".into())?;
    let module = load.dyn_into::<Function>()?.call0(&JsValue::NULL)?;
    JsFuture::from(module.dyn_into::<Promise>()?).await
}

/// Opens its dialog on the run on screen, with a file or a text that was given. What comes of
/// it is told to `answer`: the hash of a run that is to be opened, what is wrong with the
/// dialog itself, or nothing, when it was closed.
pub(crate) fn show(module: &JsValue, engine: &Engine, given: &JsValue, answer: &JsValue) {
    let address = engine.run_address();
    let packed = Document::of(engine.scenario()).to_packed();
    let arguments = Array::of5(
        &Uint8Array::from(packed.as_slice()),
        &address.seed.to_string().into(),
        &format_steps(&address.interventions).into(),
        &engine.at().0.to_string().into(),
        given,
    );
    arguments.push(answer);
    call(module, "show", &arguments);
}

/// Closes it.
pub(crate) fn hide(module: &JsValue) {
    call(module, "hide", &Array::new());
}

fn call(module: &JsValue, name: &str, arguments: &Array) {
    let function = Reflect::get(module, &name.into());
    if let Some(function) = function.ok().and_then(|it| it.dyn_into::<Function>().ok()) {
        let _ = function.apply(module, arguments);
    }
}

/// Has the browser give files that are dropped or pasted to this page: else it would leave
/// the page for the file.
pub(crate) fn hear(window: &Window, given: Callback<JsValue>) -> [Listener; 3] {
    let dropped = given.clone();
    let data_of = |event: &Event| event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
    let file_of = |data: &web_sys::DataTransfer| data.files().and_then(|files| files.get(0));
    [
        Listener::new(window, "dragover", move |event| {
            if data_of(&event).is_some_and(|data| data.types().includes(&"Files".into(), 0)) {
                event.prevent_default();
            }
        }),
        Listener::new(window, "drop", move |event| {
            if let Some(file) = data_of(&event).as_ref().and_then(file_of) {
                event.prevent_default();
                dropped.emit(file.into());
            }
        }),
        Listener::new(window, "paste", move |event| {
            let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
            let Some(data) = data else { return };
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            // A text that is pasted into a field belongs there.
            let field = target.map(|target| target.closest("textarea, input:not([type=file])"));
            let is_typed = matches!(field, Some(Ok(Some(_))));
            let text = || data.get_data("text").ok().filter(|text| !is_typed && !text.is_empty());
            let found = file_of(&data).map(JsValue::from).or_else(|| text().map(JsValue::from));
            if let Some(found) = found {
                event.prevent_default();
                given.emit(found);
            }
        }),
    ]
}
