//! The state of each node, as a table.

use super::Props;
use raft_core::{NodeId, NodeSet, RoleView};
use raft_sim::{Host, World};
use yew::prelude::*;

/// One node, in words.
struct Row {
    id: NodeId,
    role: &'static str,
    term: String,
    voted_for: String,
    votes: String,
    commit_index: String,
    last_index: String,
    leader: String,
}

const NOTHING: &str = "–";

fn shown(node: Option<NodeId>) -> String {
    node.map_or_else(|| NOTHING.to_owned(), |node| node.to_string())
}

impl Row {
    fn of(host: &Host, world: &World) -> Row {
        let id = host.id();
        let Some(node) = host.node() else {
            // While it is down, what is left of it is on its disk.
            let disk = host.disk().durable();
            return Row {
                id,
                role: "crashed",
                term: disk.hard_state.term.to_string(),
                voted_for: shown(disk.hard_state.voted_for),
                votes: NOTHING.to_owned(),
                commit_index: NOTHING.to_owned(),
                last_index: disk.log.last_index().to_string(),
                leader: NOTHING.to_owned(),
            };
        };
        let view = node.view();
        let voters = view.membership().voters.len();
        let votes = |granted: NodeSet| match granted.len() {
            0 => format!("0 of {voters}"),
            count => format!("{count} of {voters} {granted}"),
        };
        let (role, votes, leader) = match view.role() {
            RoleView::Follower { leader } => ("follower", NOTHING.to_owned(), shown(leader)),
            RoleView::PreCandidate { granted, .. } => {
                ("pre-candidate", votes(granted), shown(None))
            }
            RoleView::Candidate { granted, .. } => ("candidate", votes(granted), shown(None)),
            RoleView::Leader(_) if world.is_stale_leader(id) => {
                ("leader (stale)", NOTHING.to_owned(), shown(Some(id)))
            }
            RoleView::Leader(_) => ("leader", NOTHING.to_owned(), shown(Some(id))),
        };
        Row {
            id,
            role,
            term: view.term().to_string(),
            voted_for: shown(view.voted_for()),
            votes,
            commit_index: view.commit_index().to_string(),
            last_index: view.log().last_index().to_string(),
            leader,
        }
    }
}

/// The table.
pub(super) fn nodes(props: &Props) -> Html {
    let engine = props.session.engine();
    let world = engine.world();
    html! {
        <table class="table" data-testid="nodes">
            <caption class="visually-hidden">{ "The nodes at this moment" }</caption>
            <thead>
                <tr>
                    <th scope="col">{ "Node" }</th>
                    <th scope="col">{ "Role" }</th>
                    <th scope="col">{ "Term" }</th>
                    <th scope="col">{ "Voted for" }</th>
                    <th scope="col">{ "Votes" }</th>
                    <th scope="col">{ "Commit" }</th>
                    <th scope="col">{ "Last" }</th>
                    <th scope="col">{ "Leader" }</th>
                </tr>
            </thead>
            <tbody>
                { for world.hosts().iter().map(|host| row(&Row::of(host, world))) }
            </tbody>
        </table>
    }
}

fn row(row: &Row) -> Html {
    let node = row.id.to_string();
    html! {
        <tr key={node.clone()} data-node={node.clone()} data-role={row.role}>
            <th scope="row" data-field="node">{ node }</th>
            <td data-field="role">{ row.role }</td>
            <td data-field="term">{ &row.term }</td>
            <td data-field="voted-for">{ &row.voted_for }</td>
            <td data-field="votes">{ &row.votes }</td>
            <td data-field="commit">{ &row.commit_index }</td>
            <td data-field="last">{ &row.last_index }</td>
            <td data-field="leader">{ &row.leader }</td>
        </tr>
    }
}
