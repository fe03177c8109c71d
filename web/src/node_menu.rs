//! What one can do to a node: a menu beside it.

use crate::browser::{self, Listener};
use crate::command::Command;
use crate::session::Session;
use raft_core::{NodeId, ReadMode};
use raft_sim::{Action, Rate, Who, World};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// How far the menu stays away from the edges of the window.
const MARGIN: f64 = 8.0;

/// What the menu needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run.
    pub(crate) session: Session,
    /// The node.
    pub(crate) node: NodeId,
    /// Does something with the run.
    pub(crate) on_command: Callback<Command>,
    /// Closes the menu.
    pub(crate) on_close: Callback<()>,
}

/// What can be done to a node now, in words.
fn items(world: &World, node: NodeId) -> Vec<(&'static str, Action)> {
    const HALF: Rate = Rate { numerator: 1, denominator: 2 };
    const DOUBLE: Rate = Rate { numerator: 2, denominator: 1 };
    let Some(host) = world.host(node) else { return Vec::new() };
    let who = Who::Node(node);
    let mut items = Vec::new();
    match host.node() {
        None => items.push(("Restart", Action::Restart(node.into()))),
        Some(running) => {
            items.push(("Crash", Action::Crash(who)));
            if !running.view().is_leader() {
                items.push(("Force its timeout", Action::ForceTimeout(node.into())));
            }
        }
    }
    let network = world.network();
    let others = world.hosts().iter().map(raft_sim::Host::id).filter(|other| *other != node);
    let is_alone = others.into_iter().all(|other| network.is_cut(node, other));
    if is_alone {
        items.push(("Heal the network", Action::Heal));
    } else {
        items.push(("Cut it off", Action::Isolate(who)));
    }
    let rates = [
        ("Clock at half speed", HALF),
        ("Clock at double speed", DOUBLE),
        ("Clock true again", Rate::TRUE),
    ];
    for (name, rate) in rates {
        if host.clock().rate() != rate {
            items.push((name, Action::SetClock { node: node.into(), rate }));
        }
    }
    if host.node().is_some() {
        items.push(("Write through it", Action::Write(who)));
        let read = |mode| Action::Read { from: who, mode };
        items.push(("Read from it by ReadIndex", read(ReadMode::ReadIndex)));
        if world.plan().scenario().settings.lease.is_some() {
            items.push(("Read from it by lease", read(ReadMode::Lease)));
        }
    }
    items
}

/// The menu.
pub(crate) struct NodeMenu {
    menu: NodeRef,
    title: String,
    items: Vec<(&'static str, Action)>,
    outside: Option<Listener>,
}

impl NodeMenu {
    fn open_for(&mut self, props: &Props) {
        let engine = props.session.engine();
        self.items = items(engine.world(), props.node);
        self.title = format!("Node {}", props.node);
    }

    /// Puts it beside the node, within the window.
    fn place(&self, props: &Props) -> Option<()> {
        let menu = self.menu.cast::<HtmlElement>()?;
        let node = browser::element(&format!("node-{}", props.node))?.get_bounding_client_rect();
        let window = web_sys::window()?;
        let (width, height) = (window.inner_width().ok()?, window.inner_height().ok()?);
        let own = menu.get_bounding_client_rect();
        let right_of = node.right() + MARGIN;
        let left_of = node.left() - MARGIN - own.width();
        let fits_right = right_of + own.width() + MARGIN <= width.as_f64()?;
        let left = if fits_right { right_of } else { left_of };
        let most_left = width.as_f64()? - own.width() - MARGIN;
        let most_top = height.as_f64()? - own.height() - MARGIN;
        let left = left.min(most_left).max(MARGIN);
        let top = node.top().min(most_top).max(MARGIN);
        let style = menu.style();
        style.set_property("left", &format!("{}px", left as i32)).ok()?;
        style.set_property("top", &format!("{}px", top as i32)).ok()
    }

    fn focus(&self, place: usize) {
        let items = self
            .menu
            .cast::<Element>()
            .and_then(|menu| menu.query_selector_all("[role=menuitem]").ok());
        let item = items.and_then(|items| items.item(u32::try_from(place).ok()?));
        if let Some(item) = item.and_then(|item| item.dyn_into::<Element>().ok()) {
            browser::focus(&item);
        }
    }
}

/// Closes the menu and gives the focus back to its node.
fn close(node: NodeId, on_close: &Callback<()>) {
    on_close.emit(());
    if let Some(element) = browser::element(&format!("node-{node}")) {
        browser::focus(&element);
    }
}

impl Component for NodeMenu {
    type Message = usize;
    type Properties = Props;

    fn create(ctx: &Context<NodeMenu>) -> NodeMenu {
        let mut menu = NodeMenu {
            menu: NodeRef::default(),
            title: String::new(),
            items: Vec::new(),
            outside: None,
        };
        menu.open_for(ctx.props());
        menu
    }

    /// Moves the focus to an item.
    fn update(&mut self, _: &Context<NodeMenu>, place: usize) -> bool {
        self.focus(place);
        false
    }

    fn changed(&mut self, ctx: &Context<NodeMenu>, old: &Props) -> bool {
        if old.node != ctx.props().node {
            self.open_for(ctx.props());
            ctx.link().send_message(0_usize);
        }
        true
    }

    fn view(&self, ctx: &Context<NodeMenu>) -> Html {
        let Props { node, on_command, on_close, .. } = ctx.props().clone();
        let link = ctx.link().clone();
        let count = self.items.len().max(1);
        let on_key = {
            let on_close = on_close.clone();
            let menu = self.menu.clone();
            Callback::from(move |event: KeyboardEvent| {
                let active = browser::document().and_then(|document| document.active_element());
                let is_inside = menu
                    .cast::<web_sys::Node>()
                    .is_some_and(|menu| menu.contains(active.as_ref().map(AsRef::as_ref)));
                let place = active
                    .filter(|_| is_inside)
                    .and_then(|active| active.get_attribute("data-place"))
                    .and_then(|place| place.parse::<usize>().ok())
                    .unwrap_or(0);
                match event.key().as_str() {
                    "ArrowDown" => link.send_message((place + 1) % count),
                    "ArrowUp" => link.send_message((place + count - 1) % count),
                    "Home" => link.send_message(0_usize),
                    "End" => link.send_message(count - 1),
                    "Escape" | "Tab" => close(node, &on_close),
                    _ => return,
                }
                event.prevent_default();
                event.stop_propagation();
            })
        };
        html! {
            <div
                class="node-menu"
                ref={self.menu.clone()}
                data-testid="node-menu"
                onkeydown={on_key}
            >
                <p id="node-menu-title">{ &self.title }</p>
                <div role="menu" aria-labelledby="node-menu-title">
                    { for self.items.iter().cloned().enumerate().map(|(place, (name, action))| {
                        let (on_command, on_close) = (on_command.clone(), on_close.clone());
                        let action_name = action.to_string();
                        let on_click = Callback::from(move |_: MouseEvent| {
                            close(node, &on_close);
                            on_command.emit(Command::Act(action.clone()));
                        });
                        html! {
                            <button
                                type="button"
                                role="menuitem"
                                tabindex="-1"
                                data-place={place.to_string()}
                                data-action={action_name}
                                onclick={on_click}
                            >
                                { name }
                            </button>
                        }
                    }) }
                </div>
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<NodeMenu>, first_render: bool) {
        let _ = self.place(ctx.props());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::Engine;
    use crate::source::Source;
    use raft_core::Micros;

    #[test]
    fn everything_that_is_offered_can_be_done() {
        for scenario in raft_scenarios::all() {
            let moments = [0, 300_000, 900_000, 1_100_000].map(Micros);
            for at in moments.into_iter().filter(|at| *at < scenario.duration) {
                let source = Source::BuiltIn(scenario.name.as_str().into());
                let address = Address { source, at: Some(at), ..Address::default() };
                let engine = Engine::new(address.clone()).expect("a built-in scenario");
                for host in engine.world().hosts() {
                    for (name, action) in items(engine.world(), host.id()) {
                        let mut engine = Engine::new(address.clone()).expect("the same");
                        assert_eq!(engine.act(action), Ok(()), "{name} at {at}");
                    }
                }
            }
        }
    }
}
