//! The page: a browser visualizer of Raft. See `app.rs` for how it is put together.

mod actions;
mod address;
mod announce;
mod app;
mod board;
mod browser;
#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests;
mod carrying_out;
mod clipboard;
mod command;
mod course_wasm;
mod dialog;
mod embed;
mod embed_page;
mod engine;
mod files;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod first_frame;
mod free_play;
mod header;
mod help;
mod host_channel;
mod host_page;
mod jumps;
mod keys;
mod laid_over;
mod lately;
mod later;
mod lesson;
mod linked_spans;
mod location;
mod menu;
mod message_list;
mod offers;
mod overlay;
mod pace;
mod palette;
mod panels;
mod panic_message;
mod partition_dialog;
mod playback;
mod random_seed;
mod reads;
mod runs;
mod runs_dialog;
mod session;
mod setting_text;
mod share;
mod source;
mod space_time;
mod span;
mod speed;
mod stage;
mod stage_painter;
mod stage_part;
mod svg;
mod terms;
mod theme;
mod transport;

use address::Address;
use later::NotFetched;

fn main() {
    panic_message::install();
    theme::restore();
    if Address::of_opening_run(&location::hash()).is_some() {
        return begin();
    }
    // Any other run is made by what comes later, so that is fetched first.
    wasm_bindgen_futures::spawn_local(async {
        match later::fetch().await {
            Ok(later) => {
                let waits = (later.prepare)(&location::hash(), yew::Callback::from(|()| begin()));
                if !waits {
                    begin();
                }
            }
            Err(NotFetched) => browser::say_not_loaded(),
        }
    });
}

/// Puts the page in the place of what is on screen until then.
fn begin() {
    match browser::element("app") {
        Some(place) => {
            yew::Renderer::<app::App>::with_root(place).render();
        }
        // Whose page this is, only its author can tell; on the body it works as well.
        None => {
            yew::Renderer::<app::App>::new().render();
        }
    }
}
