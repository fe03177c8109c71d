//! What one can do to something on the stage: a menu beside it, which says what it is too.

use crate::browser::{self, Listener};
use crate::command::Command;
use crate::offers::{self, Offer};
use crate::session::Session;
use raft_scene::{Hit, Rectangle, words};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// How far the menu stays away from the edges of the window, and from its thing.
const MARGIN: f64 = 8.0;

/// What the menu needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run.
    pub(crate) session: Session,
    /// What it is about.
    pub(crate) hit: Hit,
    /// The box around that, in the window.
    pub(crate) beside: Rectangle,
    /// Does something with the run.
    pub(crate) on_command: Callback<Command>,
    /// Closes the menu.
    pub(crate) on_close: Callback<()>,
}

/// The menu, as whoever opens it gets it.
pub(crate) fn menu(props: Props) -> Html {
    html! { <Menu ..props /> }
}

/// The menu.
pub(crate) struct Menu {
    menu: NodeRef,
    title: String,
    explanation: Option<String>,
    offers: Vec<Offer>,
    /// What had the focus, to get it back.
    came_from: Option<Element>,
    outside: Option<Listener>,
}

impl Menu {
    fn open_for(&mut self, props: &Props) {
        let engine = props.session.engine();
        let world = engine.world();
        self.title = words::name(props.hit, world);
        self.explanation = words::hit(props.hit, world, engine.at());
        self.offers = if engine.is_at_end() { Vec::new() } else { offers::to(props.hit, world) };
        let active = browser::document().and_then(|document| document.active_element());
        self.came_from = active.filter(|active| active.tag_name() != "BODY");
    }

    /// Puts it beside its thing, within the window: to the right of it, to the left,
    /// below it or above; where there is no room, over it.
    fn place(&self, beside: &Rectangle) -> Option<()> {
        let menu = self.menu.cast::<HtmlElement>()?;
        let window = web_sys::window()?;
        let width = window.inner_width().ok()?.as_f64()?;
        let height = window.inner_height().ok()?.as_f64()?;
        let own = menu.get_bounding_client_rect();
        let (own_width, own_height) = (own.width(), own.height());
        let (left, top) = (f64::from(beside.x), f64::from(beside.y));
        let (right, bottom) = (f64::from(beside.right()), f64::from(beside.bottom()));
        let most_left = width - own_width - MARGIN;
        let most_top = height - own_height - MARGIN;
        let (x, y) = if right + MARGIN <= most_left {
            (right + MARGIN, top)
        } else if left - MARGIN - own_width >= MARGIN {
            (left - MARGIN - own_width, top)
        } else if bottom + MARGIN <= most_top {
            (left, bottom + MARGIN)
        } else if top - MARGIN - own_height >= MARGIN {
            (left, top - MARGIN - own_height)
        } else {
            (left, most_top)
        };
        let style = menu.style();
        let pixels = |place: f64| format!("{}px", place as i32);
        style.set_property("left", &pixels(x.min(most_left).max(MARGIN))).ok()?;
        style.set_property("top", &pixels(y.min(most_top).max(MARGIN))).ok()
    }

    fn focus(&self, place: usize) {
        let Some(menu) = self.menu.cast::<Element>() else { return };
        let items = menu.query_selector_all("[role=menuitem]").ok();
        let item = items.and_then(|items| items.item(u32::try_from(place).ok()?));
        match item.and_then(|item| item.dyn_into::<Element>().ok()) {
            Some(item) => browser::focus(&item),
            // There is nothing to do: the keys are heard all the same.
            None => browser::focus(&menu),
        }
    }

    /// Closes the menu and gives the focus back.
    fn closer(&self, props: &Props) -> Callback<()> {
        let (on_close, came_from) = (props.on_close.clone(), self.came_from.clone());
        Callback::from(move |()| {
            on_close.emit(());
            if let Some(element) = came_from.as_ref().filter(|element| element.is_connected()) {
                browser::focus(element);
            }
        })
    }

    fn item(&self, place: usize, offer: &Offer, props: &Props) -> Html {
        let (close, on_command) = (self.closer(props), props.on_command.clone());
        let texts: Vec<String> = offer.actions.iter().map(ToString::to_string).collect();
        let actions = offer.actions.clone();
        let on_click = Callback::from(move |_: MouseEvent| {
            close.emit(());
            on_command.emit(Command::ActAll(actions.clone()));
        });
        html! {
            <button
                type="button"
                role="menuitem"
                tabindex="-1"
                data-place={place.to_string()}
                data-action={texts.join(",")}
                onclick={on_click}
            >
                { offer.title.clone() }
            </button>
        }
    }
}

impl Component for Menu {
    type Message = usize;
    type Properties = Props;

    fn create(ctx: &Context<Menu>) -> Menu {
        let mut menu = Menu {
            menu: NodeRef::default(),
            title: String::new(),
            explanation: None,
            offers: Vec::new(),
            came_from: None,
            outside: None,
        };
        menu.open_for(ctx.props());
        menu
    }

    /// Moves the focus to an item.
    fn update(&mut self, _: &Context<Menu>, place: usize) -> bool {
        self.focus(place);
        false
    }

    fn changed(&mut self, ctx: &Context<Menu>, old: &Props) -> bool {
        if old.hit != ctx.props().hit {
            self.open_for(ctx.props());
            ctx.link().send_message(0_usize);
        }
        true
    }

    fn view(&self, ctx: &Context<Menu>) -> Html {
        let props = ctx.props();
        let link = ctx.link().clone();
        let count = self.offers.len().max(1);
        let close = self.closer(props);
        let on_key = Callback::from(move |event: KeyboardEvent| {
            let active = browser::document().and_then(|document| document.active_element());
            let place = active
                .and_then(|active| active.get_attribute("data-place"))
                .and_then(|place| place.parse::<usize>().ok())
                .unwrap_or(0);
            match event.key().as_str() {
                "ArrowDown" | "ArrowRight" => link.send_message((place + 1) % count),
                "ArrowUp" | "ArrowLeft" => link.send_message((place + count - 1) % count),
                "Home" => link.send_message(0_usize),
                "End" => link.send_message(count - 1),
                "Escape" | "Tab" => close.emit(()),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        });
        let mut place = 0;
        let groups = self.offers.chunk_by(|one, next| one.group == next.group).map(|group| {
            let name = group.first().map_or("", |offer| offer.group);
            html! {
                <div role="group" aria-label={name}>
                    <p class="group" aria-hidden="true">{ name }</p>
                    { for group.iter().map(|offer| {
                        place += 1;
                        self.item(place - 1, offer, props)
                    }) }
                </div>
            }
        });
        let groups: Html = groups.collect();
        html! {
            <div
                class="menu"
                ref={self.menu.clone()}
                data-testid="menu"
                tabindex="-1"
                onkeydown={on_key}
            >
                <p id="menu-title" class="title">{ &self.title }</p>
                if let Some(explanation) = &self.explanation {
                    <p id="menu-explanation">{ explanation }</p>
                }
                if self.offers.is_empty() {
                    <p>{ "Nothing can be done here: the run ends. Go back a little." }</p>
                } else {
                    <div
                        role="menu"
                        aria-labelledby="menu-title"
                        aria-describedby="menu-explanation"
                    >
                        { groups }
                    </div>
                }
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Menu>, first_render: bool) {
        let _ = self.place(&ctx.props().beside);
        if !first_render {
            return;
        }
        self.focus(0);
        let (menu, on_close) = (self.menu.clone(), ctx.props().on_close.clone());
        if let Some(document) = browser::document() {
            self.outside = Some(Listener::new(&document, "pointerdown", move |event| {
                let target = event.target().and_then(|target| target.dyn_into().ok());
                let menu = menu.cast::<web_sys::Node>();
                if menu.is_some_and(|menu| !menu.contains(target.as_ref())) {
                    on_close.emit(());
                }
            }));
        }
    }
}
