//! The way between an embed and the page around it: who is listened to, and who is told.
//!
//! Only the frame's own parent is, whoever else has hold of the window. Where the parameter
//! `host` declares an origin, it must be at that origin too, and nobody else is told anything.
//! Without it any parent may command. That gives nothing away: who frames the page chooses its
//! address, and can do by that all that a command does; there is no secret in a run, and the
//! page keeps nothing of its reader's.

use crate::browser::Listener;
use crate::embed::Embed;
use crate::host_page::{Asked, Told, VERSION, Wanted};
use crate::lesson::store;
use js_sys::{Object, Reflect};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Window};
use yew::Callback;

/// The way to the host page, while it lives.
pub(crate) struct HostChannel {
    parent: Window,
    target: String,
    /// How it is told something; by a way that only who opens the channel knows, and what
    /// comes later does.
    send: fn(&HostChannel, &Told),
    _listener: Listener,
}

/// What came in.
#[derive(Clone)]
pub(crate) struct Heard {
    /// What the answer is to be marked with.
    pub(crate) id: Option<f64>,
    /// What is wanted, if this version knows it, or what is wrong with it.
    pub(crate) wanted: Result<Option<Wanted>, Vec<String>>,
}

impl HostChannel {
    /// Listens to the page around this one; `None` where there is none.
    pub(crate) fn open(embed: &Embed, heard: Callback<Heard>) -> Option<HostChannel> {
        let window = web_sys::window()?;
        let parent = window.parent().ok()??;
        if Object::is(&parent, &window) {
            return None;
        }
        let host = embed.host.clone();
        let (target, of_parent) = (host.clone().unwrap_or_else(|| "*".to_owned()), parent.clone());
        let inbox =
            Rc::new(Inbox { waiting: RefCell::default(), is_fetching: Cell::new(false), heard });
        let listener = Listener::new(&window, "message", move |event| {
            let Some(message) = event.dyn_ref::<MessageEvent>() else { return };
            let is_parent = message.source().is_some_and(|source| Object::is(&source, &of_parent));
            let is_declared = host.as_ref().is_none_or(|host| *host == message.origin());
            if is_parent && is_declared && is_of_protocol(&message.data()) {
                inbox.waiting.borrow_mut().push_back(message.data());
                inbox.go_on();
            }
        });
        Some(HostChannel { parent, target, send, _listener: listener })
    }

    /// Tells the host page something.
    pub(crate) fn tell(&self, told: &Told) {
        (self.send)(self, told);
    }
}

fn send(channel: &HostChannel, told: &Told) {
    // A parent that is at another origin than the declared one gets nothing: the
    // browser sees to that.
    if let Ok(message) = told.serialize(&serde_wasm_bindgen::Serializer::json_compatible()) {
        let _ = channel.parent.post_message(&message, &channel.target);
    }
}

/// What came in and is not read yet. An address may name a lesson, which is fetched first: what
/// is asked after it waits, so that all is done in the order in which it was asked.
struct Inbox {
    waiting: RefCell<VecDeque<JsValue>>,
    is_fetching: Cell<bool>,
    heard: Callback<Heard>,
}

impl Inbox {
    /// Reads what can be read.
    fn go_on(self: &Rc<Inbox>) {
        while !self.is_fetching.get() {
            let Some(data) = self.waiting.borrow().front().cloned() else { return };
            let there = {
                let inbox = self.clone();
                Callback::from(move |()| {
                    inbox.is_fetching.set(false);
                    inbox.go_on();
                })
            };
            let address = Reflect::get(&data, &"address".into()).ok().and_then(|it| it.as_string());
            if address.is_some_and(|address| store::prepare(&address, there)) {
                self.is_fetching.set(true);
                return;
            }
            self.waiting.borrow_mut().pop_front();
            self.heard.emit(read(data));
        }
    }
}

/// Whether it is a message of this protocol, and not of some other script.
fn is_of_protocol(data: &JsValue) -> bool {
    // Asking anything but an object for a property is an error.
    Reflect::get(data, &"raftlab".into()).is_ok_and(|version| version.as_f64().is_some())
}

/// Reads a message of this protocol.
fn read(data: JsValue) -> Heard {
    let version = Reflect::get(&data, &"raftlab".into()).ok().and_then(|it| it.as_f64());
    let id = Reflect::get(&data, &"id".into()).ok().and_then(|id| id.as_f64());
    let asked = serde_wasm_bindgen::from_value::<Asked>(data).map_err(|error| {
        // Of another version one can't know what its fields should be.
        if version == Some(f64::from(VERSION)) {
            format!("A field of the message is of the wrong type: {error}")
        } else {
            format!("This page speaks version {VERSION} of the protocol.")
        }
    });
    let wanted = asked.map_err(|message| vec![message]).and_then(|asked| asked.wanted());
    Heard { id, wanted }
}
