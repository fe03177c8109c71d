//! Files, read and written: by a wasm of its own, since that is larger than all the rest that
//! a reader needs (web/files). A script in index.html fetches it; what passes is text.

use crate::address::Address;
use crate::engine::Engine;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use raft_sim::{Document, format_steps};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The largest file that is opened, in megabytes.
pub(crate) const MOST_MEGABYTES: u32 = 64;

/// What came of a file.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Opened {
    /// A run, and what there is to say of the file.
    Run(Address, Vec<String>),
    /// A trace of another implementation's: how the rules stand in it.
    Observed(Vec<String>),
    /// Everything that is wrong with it.
    Wrong(Vec<String>),
}

/// A format that a run is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// A scenario as TOML.
    Toml,
    /// A scenario as JSON.
    Json,
    /// A trace.
    Trace,
}

impl Format {
    /// How a file's name ends.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Format::Toml => "toml",
            Format::Json => "json",
            Format::Trace => "jsonl",
        }
    }
}

/// Reads a file.
pub(crate) async fn open(text: &str) -> Opened {
    match call("read", &Array::of1(&text.into())).await {
        Ok(answer) => opened(answer),
        Err(message) => Opened::Wrong(vec![message]),
    }
}

fn opened(answer: Vec<String>) -> Opened {
    let mut lines = answer.into_iter();
    match lines.next().as_deref() {
        Some("run") => {
            let address = Address::read(&lines.next().unwrap_or_default()).and_then(|address| {
                address.plan()?;
                Ok(address)
            });
            match address {
                Ok(address) => Opened::Run(address, lines.collect()),
                Err(messages) => Opened::Wrong(messages),
            }
        }
        Some("observed") => Opened::Observed(lines.collect()),
        _ => Opened::Wrong(lines.collect()),
    }
}

/// What to write: a run, as the other wasm takes it.
pub(crate) fn written_of(engine: &Engine, format: Format) -> Array {
    let address = engine.run_address();
    let packed = Document::of(engine.scenario()).to_packed();
    let steps = format_steps(&address.interventions);
    let seed = address.seed.to_string();
    Array::of4(
        &format.ending().into(),
        &Uint8Array::from(packed.as_slice()),
        &seed.into(),
        &steps.into(),
    )
}

/// Writes a run.
///
/// # Errors
/// Why it can't be.
pub(crate) async fn write(what: Array) -> Result<String, Vec<String>> {
    let mut lines = call("write", &what).await.map_err(|message| vec![message])?.into_iter();
    match lines.next().as_deref() {
        Some("text") => Ok(lines.next().unwrap_or_default()),
        _ => Err(lines.collect()),
    }
}

async fn call(name: &str, arguments: &Array) -> Result<Vec<String>, String> {
    let answer = called(name, arguments).await.map_err(|error| {
        let error = error.as_string().or_else(|| {
            Reflect::get(&error, &"message".into()).ok().and_then(|message| message.as_string())
        });
        let error = error.unwrap_or_default();
        format!("The part of the page that reads and writes files could not be loaded. {error}")
    })?;
    Ok(answer.iter().filter_map(|line| line.as_string()).collect())
}

async fn called(name: &str, arguments: &Array) -> Result<Array, JsValue> {
    let load = Reflect::get(&js_sys::global(), &"raftlabFiles".into())?;
    let module = load.dyn_into::<Function>()?.call0(&JsValue::NULL)?;
    let module = JsFuture::from(module.dyn_into::<Promise>()?).await?;
    let function = Reflect::get(&module, &name.into())?.dyn_into::<Function>()?;
    function.apply(&module, arguments)?.dyn_into()
}
