//! Which nodes are on which side of a wall.

use crate::command::Command;
use crate::dialog::Dialog;
use crate::session::Session;
use raft_core::{NodeId, NodeSet};
use raft_sim::{Action, World};
use yew::prelude::*;

/// How many groups one can make.
const GROUPS: usize = 3;

/// What the dialog needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// The run.
    pub(crate) session: Session,
    /// Whether it is open.
    pub(crate) is_open: bool,
    /// Does something with the run.
    pub(crate) on_command: Callback<Command>,
    /// Closes it.
    pub(crate) on_close: Callback<()>,
}

/// The groups to begin with: those that there are, else the leader with the fewest
/// that leave it without a majority.
fn suggestion(world: &World) -> Vec<(NodeId, usize)> {
    let nodes = world.hosts().iter().map(raft_sim::Host::id);
    let groups = world.network().groups();
    if !groups.is_empty() {
        let group_of = |node| groups.iter().position(|group| group.contains(node)).unwrap_or(0);
        return nodes.map(|node| (node, group_of(node).min(GROUPS - 1))).collect();
    }
    let minority = (world.hosts().len() - 1) / 2;
    let leader = world.leader().unwrap_or(NodeId::A);
    let mut companions = minority.saturating_sub(1);
    nodes
        .map(|node| {
            if node == leader {
                return (node, 0);
            }
            let is_companion = companions > 0;
            companions -= usize::from(is_companion);
            (node, if is_companion { 0 } else { 1 })
        })
        .collect()
}

/// What the choice amounts to; `None` where all are in one group.
fn action(sides: &[(NodeId, usize)]) -> Option<Action> {
    let group = |number: usize| -> NodeSet {
        sides.iter().filter(|(_, side)| *side == number).map(|(node, _)| *node).collect()
    };
    let groups: Vec<NodeSet> = (0..GROUPS).map(group).filter(|set| !set.is_empty()).collect();
    (groups.len() > 1).then_some(Action::Partition(groups))
}

/// The dialog.
#[component]
pub(crate) fn PartitionDialog(props: &Props) -> Html {
    let sides = use_state(Vec::new);
    {
        let (sides, session) = (sides.clone(), props.session.clone());
        use_effect_with(props.is_open, move |is_open| {
            if *is_open {
                sides.set(suggestion(session.engine().world()));
            }
        });
    }
    let wall = action(&sides);
    let raise = {
        let (on_command, on_close, wall) =
            (props.on_command.clone(), props.on_close.clone(), wall.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(wall) = wall.clone() {
                on_close.emit(());
                on_command.emit(Command::Act(wall));
            }
        })
    };
    html! {
        <Dialog
            id="partition"
            title="Put a wall between nodes"
            is_open={props.is_open}
            on_close={props.on_close.clone()}
        >
            <p>{ "Nothing gets from one group to another until the network is healed." }</p>
            <div class="sides">
                { for sides.iter().map(|(node, chosen)| {
                    let (node, chosen) = (*node, *chosen);
                    html! {
                        <fieldset key={node.to_string()}>
                            <legend>{ format!("Node {node}") }</legend>
                            { for (0..GROUPS).map(|side| {
                                let sides = sides.clone();
                                let choose = Callback::from(move |_: Event| {
                                    let changed = sides.iter().map(|(other, old)| {
                                        (*other, if *other == node { side } else { *old })
                                    });
                                    sides.set(changed.collect());
                                });
                                html! {
                                    <label>
                                        <input
                                            type="radio"
                                            name={format!("side-of-{node}")}
                                            value={side.to_string()}
                                            checked={chosen == side}
                                            onchange={choose}
                                        />
                                        { format!(" Group {}", side + 1) }
                                    </label>
                                }
                            }) }
                        </fieldset>
                    }
                }) }
            </div>
            <div class="dialog-buttons">
                <button type="button" onclick={props.on_close.reform(|_: MouseEvent| ())}>
                    { "Cancel" }
                </button>
                <button
                    type="button"
                    class="primary"
                    data-testid="raise-wall"
                    disabled={wall.is_none()}
                    onclick={raise}
                >
                    { "Put up the wall" }
                </button>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::Engine;

    fn engine(hash: &str) -> Engine {
        Engine::new(Address::read(hash).expect("a right hash")).expect("a right run")
    }

    #[test]
    fn it_suggests_to_leave_the_leader_without_a_majority() {
        let engine = engine("#t=700000");
        let leader = engine.world().leader().expect("somebody leads by then");
        let sides = suggestion(engine.world());
        let with_leader: Vec<_> = sides.iter().filter(|(_, side)| *side == 0).collect();
        assert_eq!(with_leader.len(), 2);
        assert!(with_leader.iter().any(|(node, _)| *node == leader));
        assert!(matches!(action(&sides), Some(Action::Partition(groups)) if groups.len() == 2));
    }

    #[test]
    fn it_begins_with_the_wall_that_stands() {
        let mut engine = engine("#scenario=two-data-centres&t=900000");
        let sides = suggestion(engine.world());
        assert_eq!(sides.iter().filter(|(_, side)| *side == 0).count(), 3);
        assert_eq!(engine.act(action(&sides).expect("two groups")), Ok(()));
    }

    #[test]
    fn one_group_is_no_wall() {
        assert_eq!(action(&[(NodeId::A, 1), (NodeId::B, 1)]), None);
    }
}
