//! The page in a real browser: it mounts, shows the run, and does what one asks.

use crate::app::App;
use crate::browser;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};
use yew::AppHandle;

wasm_bindgen_test_configure!(run_in_browser);

/// The page, mounted in a place of its own; gone when dropped.
struct Page {
    place: Element,
    app: Option<AppHandle<App>>,
}

impl Page {
    /// Opens the page at a hash.
    async fn open(hash: &str) -> Page {
        let window = web_sys::window().expect("a window");
        window.location().set_hash(hash).expect("a test page may change its hash");
        let document = browser::document().expect("a document");
        let place = document.create_element("div").expect("a div");
        document.body().expect("a body").append_child(&place).expect("it takes children");
        let app = Some(yew::Renderer::<App>::with_root(place.clone()).render());
        let page = Page { place, app };
        page.settle().await;
        page
    }

    async fn settle(&self) {
        TimeoutFuture::new(60).await;
    }

    fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.place.query_selector(selector).expect("a right selector")?.dyn_into().ok()
    }

    fn text(&self, selector: &str) -> String {
        self.find(selector).and_then(|element| element.text_content()).unwrap_or_default()
    }

    async fn click(&self, id: &str) {
        let element = self.find(&format!("[data-testid={id}]")).expect(id);
        element.click();
        self.settle().await;
    }

    fn count(&self, selector: &str) -> u32 {
        self.place.query_selector_all(selector).expect("a right selector").length()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(app) = self.app.take() {
            app.destroy();
        }
        self.place.remove();
    }
}

#[wasm_bindgen_test]
async fn it_mounts_and_shows_the_nodes() {
    let page = Page::open("#scenario=leader-crash&seed=42&t=700000").await;
    assert_eq!(page.text("[data-testid=time]"), "700.0 ms");
    assert_eq!(page.count("[data-testid=stage] .node"), 5);
    page.click("tab-nodes").await;
    assert_eq!(page.count("[data-testid=nodes] [data-node][data-field=role]"), 5);
    assert_eq!(page.count("[data-testid=stage] [data-role=leader]"), 1);
    page.click("tab-rpcs").await;
    assert!(page.count("[data-testid=rpcs] .rpc") > 3);
    page.click("tab-checks").await;
    assert_eq!(page.count("[data-testid=checks] tr[data-state=holds]"), 8);
}

#[wasm_bindgen_test]
async fn what_moves_is_drawn() {
    let page = Page::open("#scenario=leader-crash&seed=42&t=1145000").await;
    let is_drawn = |selector: &str| {
        let found = page.place.query_selector(selector).expect("a right selector");
        found.and_then(|path| path.get_attribute("d")).is_some_and(|path| !path.is_empty())
    };
    assert!(is_drawn(".message.entries"));
    let ring = page.place.query_selector("#node-A .ring").expect("a right selector");
    let dash = ring.and_then(|ring| ring.get_attribute("stroke-dasharray"));
    assert!(dash.is_some_and(|dash| dash != "0 2000"));
}

#[wasm_bindgen_test]
async fn an_action_is_a_new_run_and_undo_brings_the_old_one_back() {
    let page = Page::open("#scenario=leader-crash&seed=42&t=700000").await;
    page.click("crash-leader").await;
    assert_eq!(page.count("[data-testid=stage] .node.crashed"), 1);
    assert!(crate::location::hash().contains("do=700000:crash:leader"));
    page.click("undo").await;
    assert_eq!(page.count("[data-testid=stage] .node.crashed"), 0);
    assert!(!crate::location::hash().contains("crash:leader"));
}

#[wasm_bindgen_test]
async fn a_wrong_hash_is_told_and_the_default_run_is_shown() {
    let page = Page::open("#scenario=leader-crsh").await;
    assert!(page.text("[data-testid=notice]").contains("Did you mean leader-crash?"));
    assert_eq!(page.count("[data-testid=stage] .node"), 5);
    page.click("dismiss").await;
    assert!(page.find("[data-testid=notice]").is_none());
}

#[wasm_bindgen_test]
async fn back_and_forward_by_a_step_is_the_same_state() {
    let page = Page::open("#scenario=two-data-centres&seed=7&t=1100000").await;
    page.click("step-back").await;
    page.click("tab-nodes").await;
    let before = page.text("[data-testid=nodes]");
    page.click("step-back").await;
    page.click("step-forward").await;
    assert_eq!(page.text("[data-testid=nodes]"), before);
}

#[wasm_bindgen_test]
async fn another_hash_is_another_run() {
    let page = Page::open("#scenario=leader-crash&seed=42&t=700000").await;
    let window = web_sys::window().expect("a window");
    window.location().set_hash("#scenario=split-vote-fixed&seed=1&t=300000").expect("it may");
    page.settle().await;
    assert_eq!(page.text("[data-testid=time]"), "300.0 ms");
    assert_eq!(page.count("[data-testid=stage] .node.candidate"), 5);
}

#[wasm_bindgen_test]
fn a_fresh_seed_is_another_one() {
    let seeds: Vec<u64> =
        (0..4).map(|_| crate::random_seed::random_seed().expect("a source")).collect();
    assert!(seeds.iter().any(|seed| *seed != seeds[0]), "{seeds:?}");
}
