//! The state of each node: a column a node, a row a field. What the last step changed is
//! lit.

use super::meanings::{Meaning, Meanings};
use super::milliseconds;
use crate::engine::Moment;
use crate::session::Session;
use raft_core::{Index, Membership, Micros, NodeId, NodeSet, RoleView, View};
use raft_sim::{Host, Pause, World};
use yew::prelude::*;

/// For how many steps a change is lit while it plays, ten of which take a second.
const LIT_WHILE_PLAYING: u8 = 8;

const NOTHING: &str = "–";

/// A row of the table.
struct Field {
    name: &'static str,
    title: &'static str,
    /// What it means, for whoever points at it.
    about: &'static str,
    /// Whether it changes with time alone, so that a change is nothing to light.
    is_time: bool,
}

const fn field(name: &'static str, title: &'static str, about: &'static str) -> Field {
    Field { name, title, about, is_time: false }
}

const fn time(name: &'static str, title: &'static str, about: &'static str) -> Field {
    Field { name, title, about, is_time: true }
}

const FIELDS: usize = 20;

/// The fields, by what they are about. In this order [`values`] gives them.
const GROUPS: [(&str, &[Field]); 5] = [
    (
        "Election",
        &[
            field("role", "Role", "What it is, or believes that it is"),
            field("term", "Term", "Its current term, on disk"),
            field("voted-for", "Voted for", "Whom it voted for in this term, on disk"),
            field("votes", "Votes", "As a candidate: who voted for it"),
            field("leader", "Leader", "Whom it takes for the leader of its term"),
        ],
    ),
    (
        "Log",
        &[
            field("last", "Last", "The index of its log's last entry"),
            field("last-term", "Its term", "The term of its log's last entry"),
            field("durable", "On disk", "The last entry that a crash would not take"),
            field(
                "commit",
                "Commit",
                "The commit index: the last entry that it knows to be committed",
            ),
            field(
                "applied",
                "Applied",
                "The applied index: the last entry that its state machine has applied",
            ),
            field("snapshot", "Snapshot", "The last entry that its snapshot stands for"),
        ],
    ),
    (
        "Disk",
        &[
            field("waiting", "To sync", "Writes that no fsync has made durable yet"),
            field("held", "Held back", "Messages that wait for the disk"),
        ],
    ),
    (
        "Members",
        &[
            field("voters", "Voters", "The voters of the configuration that it goes by"),
            field("learners", "Learners", "Who gets entries and has no vote"),
        ],
    ),
    (
        "Time by its own clock, ms",
        &[
            time("clock", "Clock", "What its clock shows"),
            time("timeout", "Times out in", "What is left of its election timeout"),
            time("heartbeat", "Heartbeat in", "As a leader: when it sends the next round"),
            time("lease", "Lease left", "As a leader: how long it may answer reads by itself"),
            field("rate", "Rate", "How fast its clock runs, beside true time"),
        ],
    ),
];

/// What each row means.
static MEANINGS: [Meaning; FIELDS] = {
    let mut all = [("", ""); FIELDS];
    let (mut group, mut place) = (0, 0);
    while group < GROUPS.len() {
        let fields = GROUPS[group].1;
        let mut at = 0;
        while at < fields.len() {
            all[place] = (fields[at].title, fields[at].about);
            (at, place) = (at + 1, place + 1);
        }
        group += 1;
    }
    all
};

fn node_or_nothing(node: Option<NodeId>) -> String {
    node.map_or_else(|| NOTHING.to_owned(), |node| node.to_string())
}

fn nodes_or_nothing(nodes: NodeSet) -> String {
    let names: Vec<String> = nodes.iter().map(|node| node.to_string()).collect();
    if names.is_empty() { NOTHING.to_owned() } else { names.join(" ") }
}

/// A number with what it counts from, where it has reached anything.
fn index_or_nothing(index: Index) -> String {
    if index == Index::ZERO { NOTHING.to_owned() } else { index.to_string() }
}

fn voters(membership: &Membership) -> String {
    let voters = nodes_or_nothing(membership.voters);
    if membership.is_joint() {
        // While two configurations count, both must agree (paper, section 6).
        format!("{} and {voters}", nodes_or_nothing(membership.outgoing))
    } else {
        voters
    }
}

/// What a node's role is, and what else is the matter with it.
fn role(host: &Host, world: &World) -> &'static str {
    let Some(node) = host.node() else { return "crashed" };
    match node.view().role() {
        RoleView::Follower { .. } if node.view().membership().learners.contains(host.id()) => {
            "learner"
        }
        RoleView::Follower { .. } => "follower",
        RoleView::PreCandidate { .. } => "pre-candidate",
        RoleView::Candidate { .. } => "candidate",
        RoleView::Leader(_) if world.is_stale_leader(host.id()) => "leader (stale)",
        RoleView::Leader(_) => "leader",
    }
}

/// What there is in each row for a node, in the order of [`GROUPS`].
fn values(host: &Host, world: &World, at: Micros) -> [String; FIELDS] {
    let nothing = || NOTHING.to_owned();
    let disk = host.disk();
    let clock = host.clock();
    let waiting = match (disk.writes_waiting(), disk.is_stalled()) {
        (0, false) => nothing(),
        (0, true) => "stalled".to_owned(),
        (writes, false) => writes.to_string(),
        (writes, true) => format!("{writes}, stalled"),
    };
    let percent = clock.rate().percent();
    let rate = if clock.stands_still() {
        "stands".to_owned()
    } else {
        format!("×{}.{:02}", percent / 100, percent % 100)
    };
    let shows = milliseconds(clock.shows_at(at));
    let paused = match host.pause() {
        Some(Pause::Process) => " (paused)",
        Some(Pause::Machine) => " (suspended)",
        None => "",
    };
    let role = format!("{}{paused}", role(host, world));
    let Some(node) = host.node() else {
        // While it is down, what is left of it is on its disk.
        let left = disk.durable();
        let end = left.log.end();
        let last = end.index.to_string();
        return [
            role,
            left.hard_state.term.to_string(),
            node_or_nothing(left.hard_state.voted_for),
            nothing(),
            nothing(),
            last.clone(),
            end.term.to_string(),
            last,
            nothing(),
            nothing(),
            index_or_nothing(left.log.base().index),
            waiting,
            nothing(),
            nothing(),
            nothing(),
            shows,
            nothing(),
            nothing(),
            nothing(),
            rate,
        ];
    };
    let view = node.view();
    let own_now = clock.shows_at(at);
    let left = |until: Micros| milliseconds(until - own_now);
    let (votes, leader) = standing(&view, host.id());
    let (heartbeat, lease) = match view.role() {
        RoleView::Leader(leader) => {
            let lease = leader.lease_until().map(|until| match until > own_now {
                true => left(until),
                false => "over".to_owned(),
            });
            (left(leader.heartbeat_due()), lease.unwrap_or_else(nothing))
        }
        _ => (nothing(), nothing()),
    };
    let end = view.log().end();
    let held = view.held().count();
    [
        role,
        view.term().to_string(),
        node_or_nothing(view.voted_for()),
        votes,
        leader,
        end.index.to_string(),
        end.term.to_string(),
        view.durable_index().to_string(),
        view.commit_index().to_string(),
        view.applied_index().to_string(),
        index_or_nothing(view.log().base().index),
        waiting,
        if held == 0 { nothing() } else { held.to_string() },
        voters(view.membership()),
        nodes_or_nothing(view.membership().learners),
        shows,
        view.election_timer().map_or_else(nothing, |(_, deadline)| left(deadline)),
        heartbeat,
        lease,
        rate,
    ]
}

/// The votes that a candidate has, and whom a node takes for the leader.
fn standing(view: &View<'_>, id: NodeId) -> (String, String) {
    let voters = view.membership().voters.len();
    let votes = |granted: NodeSet| match granted.len() {
        0 => format!("0 of {voters}"),
        count => format!("{count} of {voters}: {}", nodes_or_nothing(granted)),
    };
    match view.role() {
        RoleView::Follower { leader } => (NOTHING.to_owned(), node_or_nothing(leader)),
        RoleView::PreCandidate { granted, .. } | RoleView::Candidate { granted, .. } => {
            (votes(granted), NOTHING.to_owned())
        }
        RoleView::Leader(_) => (NOTHING.to_owned(), id.to_string()),
    }
}

/// What was shown, and for how many steps each value has been what it is.
#[derive(Default)]
struct Shown {
    moment: Option<Moment>,
    values: Vec<[String; FIELDS]>,
    ages: Vec<[u8; FIELDS]>,
}

impl Shown {
    /// Goes on to other values. Time may pass without a step: then nothing is lit anew.
    fn turn_to(&mut self, moment: Moment, values: Vec<[String; FIELDS]>) {
        let is_step = self.moment != Some(moment);
        let is_alike = self.values.len() == values.len() && self.moment.is_some();
        self.moment = Some(moment);
        if !is_alike {
            self.ages = vec![[u8::MAX; FIELDS]; values.len()];
        } else if is_step {
            for (ages, (before, now)) in self.ages.iter_mut().zip(self.values.iter().zip(&values)) {
                for (age, (before, now)) in ages.iter_mut().zip(before.iter().zip(now)) {
                    *age = if before == now { age.saturating_add(1) } else { 0 };
                }
            }
        }
        self.values = values;
    }

    fn is_lit(&self, node: usize, field: usize, is_playing: bool) -> bool {
        let for_steps = if is_playing { LIT_WHILE_PLAYING } else { 1 };
        self.ages[node][field] < for_steps
    }
}

/// What the table needs.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    /// The run.
    pub(super) session: Session,
    /// The events that have happened.
    pub(super) moment: Moment,
    /// The playhead.
    pub(super) at: Micros,
}

/// The table.
#[component]
pub(super) fn Nodes(props: &Props) -> Html {
    let shown = use_mut_ref(Shown::default);
    let mut shown = shown.borrow_mut();
    let engine = props.session.engine();
    let world = engine.world();
    let hosts = world.hosts();
    let all = hosts.iter().map(|host| values(host, world, props.at)).collect();
    shown.turn_to(props.moment, all);
    let is_playing = engine.is_playing();
    let mut place = 0;
    html! {
        <>
        <table class="table nodes" data-testid="nodes">
            <caption class="visually-hidden">{ "The nodes at this moment" }</caption>
            <thead>
                <tr>
                    <td />
                    { for hosts.iter().map(|host| html! {
                        <th scope="col">{ host.id().to_string() }</th>
                    }) }
                </tr>
            </thead>
            { for GROUPS.iter().map(|(group, fields)| html! {
                <tbody>
                    <tr>
                        <th class="group" scope="rowgroup" colspan={(hosts.len() + 1).to_string()}>
                            { *group }
                        </th>
                    </tr>
                    { for fields.iter().map(|field| {
                        let row = place;
                        place += 1;
                        html! {
                            <tr>
                                <th scope="row" title={field.about}>{ field.title }</th>
                                { for hosts.iter().enumerate().map(|(node, host)| {
                                    let is_lit =
                                        !field.is_time && shown.is_lit(node, row, is_playing);
                                    let value = &shown.values[node][row];
                                    cell(host, field, value, is_lit)
                                }) }
                            </tr>
                        }
                    }) }
                </tbody>
            }) }
        </table>
        <Meanings marker="nodes" title="What the rows mean" rows={MEANINGS.as_slice()} />
        </>
    }
}

fn cell(host: &Host, field: &Field, value: &str, is_lit: bool) -> Html {
    let is_role = field.name == "role";
    html! {
        <td
            data-node={host.id().to_string()}
            data-field={field.name}
            data-role={is_role.then(|| value.to_owned())}
            class={classes!(is_lit.then_some("lit"), (value == NOTHING).then_some("nothing"))}
        >
            { value }
            if is_lit {
                <span class="visually-hidden">{ ", changed" }</span>
            }
        </td>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::engine::Engine;

    fn place_of(name: &str) -> usize {
        let fields = GROUPS.iter().flat_map(|(_, fields)| fields.iter());
        fields.into_iter().position(|field| field.name == name).expect("a field")
    }

    fn shown_at(engine: &Engine) -> Vec<[String; FIELDS]> {
        let world = engine.world();
        world.hosts().iter().map(|host| values(host, world, engine.at())).collect()
    }

    #[test]
    fn there_is_a_value_for_each_field() {
        let fields: usize = GROUPS.iter().map(|(_, fields)| fields.len()).sum();
        assert_eq!(fields, FIELDS);
    }

    #[test]
    fn a_leader_and_a_crashed_node_are_shown_as_they_are() {
        let mut engine = Engine::new(Address::default()).expect("the default run is right");
        engine.seek(Micros::from_millis(600));
        let leader = engine.world().leader().expect("there is one by then");
        let of = |shown: &[[String; FIELDS]], name| {
            shown[usize::from(leader.number())][place_of(name)].clone()
        };
        let before = shown_at(&engine);
        assert_eq!(of(&before, "role"), "leader");
        assert_eq!(of(&before, "leader"), leader.to_string());
        assert!(of(&before, "heartbeat").contains('.') && of(&before, "timeout") == NOTHING);
        assert_eq!(of(&before, "rate"), "×1.00");
        engine.act(raft_sim::Action::Crash(raft_sim::Who::Leader)).expect("there is a leader");
        let after = shown_at(&engine);
        assert_eq!(of(&after, "role"), "crashed");
        assert_eq!(of(&after, "term"), of(&before, "term"), "it is on disk");
        assert_eq!(of(&after, "commit"), NOTHING);
    }

    #[test]
    fn what_a_step_changes_is_lit_and_time_that_passes_lights_nothing() {
        let mut engine = Engine::new(Address::default()).expect("the default run is right");
        engine.seek(Micros::from_millis(600));
        let mut shown = Shown::default();
        shown.turn_to(engine.moment(), shown_at(&engine));
        let lit = |shown: &Shown| {
            (0..5)
                .flat_map(|node| (0..FIELDS).map(move |field| (node, field)))
                .filter(|(node, field)| shown.is_lit(*node, *field, false))
                .count()
        };
        assert_eq!(lit(&shown), 0, "it was not looked at before");
        engine.act(raft_sim::Action::Crash(raft_sim::Who::Leader)).expect("there is a leader");
        shown.turn_to(engine.moment(), shown_at(&engine));
        assert!(lit(&shown) > 2);
        let was_lit = lit(&shown);
        shown.turn_to(engine.moment(), shown_at(&engine));
        assert_eq!(lit(&shown), was_lit, "the same moment again");
        let before = shown.values.clone();
        engine.step_forward();
        shown.turn_to(engine.moment(), shown_at(&engine));
        for (node, (before, after)) in before.iter().zip(&shown.values).enumerate() {
            for (field, (before, after)) in before.iter().zip(after).enumerate() {
                assert_eq!(shown.is_lit(node, field, false), before != after);
            }
        }
    }
}
