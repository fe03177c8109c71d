//! The document of a scenario, and the scenario of a document: field by field, so that none
//! is forgotten.

use super::{
    Ask, Between, Client, Clock, Disk, Disks, Document, Expectation, Initial, Latency, Link, Named,
    Network, Pin, Place, Raft, RoundTrip, Rule, Snapshots, Step, Timing, Version, Worded, preset,
};
use crate::action;
use crate::clock::Rate;
use crate::network::{self, LinkPlan, NetworkPlan};
use crate::scenario::{self, ClientPlan, Scenario, ScenarioError};
use crate::snapshot::SnapshotWork;
use crate::state_machine::Key;
use alloc::string::ToString;
use alloc::vec::Vec;
use raft_core::{Flaws, Micros, NodeId, Settings};

impl Document {
    /// The document of a scenario.
    pub fn of(scenario: &Scenario) -> Document {
        // Without `..`: a new field is in the document, or this doesn't compile.
        let Scenario {
            name,
            title,
            summary,
            nodes,
            voters,
            learners,
            settings,
            snapshot_every,
            snapshot_work,
            network,
            fsync,
            fsyncs,
            clocks,
            clock_offsets,
            clients,
            asks,
            client_latency,
            script,
            rules,
            expectations,
            initial,
            pins,
            duration,
            seed,
            places,
        } = scenario;
        let Settings {
            election_timeout_min,
            election_timeout_max,
            heartbeat_interval,
            max_entries_per_message,
            in_flight_messages_max,
            no_op_at_start_of_term,
            stickiness,
            pre_vote,
            check_quorum,
            lease,
            reads_through_followers,
            configurations_in_force,
            promotion_lag_max,
            entries_kept_after_snapshot,
            snapshot_chunk_bytes,
            flaws,
        } = *settings;
        let NetworkPlan {
            latency,
            links,
            loss_per_million,
            duplicates_per_million,
            round_trips,
            jitter,
            bytes_per_second,
            in_order,
        } = network;
        let paper = Settings::default();
        let timeouts = Between { min: election_timeout_min, max: election_timeout_max };
        let paper_timeouts =
            Between { min: paper.election_timeout_min, max: paper.election_timeout_max };
        Document {
            raftlab: Version,
            name: name.clone(),
            title: title.clone(),
            summary: summary.clone(),
            nodes: *nodes,
            voters: voters.map(Worded),
            learners: Worded(*learners),
            duration: Worded(*duration),
            timing: Timing {
                election_timeout: (timeouts != paper_timeouts).then_some(Worded(timeouts)),
                heartbeat_interval: (heartbeat_interval != paper.heartbeat_interval)
                    .then_some(Worded(heartbeat_interval)),
                // What it came to is said above.
                preset: None,
            },
            raft: Raft {
                pre_vote,
                check_quorum,
                stickiness,
                lease: lease.map(Worded),
                reads_through_followers,
                no_op_at_start_of_term,
                configurations_in_force: Named(configurations_in_force),
                max_entries_per_message,
                in_flight_messages_max,
                promotion_lag_max,
                flaws: flaws.iter().map(Named).collect(),
            },
            snapshots: Snapshots {
                every: *snapshot_every,
                entries_kept: entries_kept_after_snapshot,
                chunk_bytes: snapshot_chunk_bytes,
                latency: snapshot_work.map(|work| Latency::of(work.latency)),
                per_entry: Worded(snapshot_work.map_or(Micros::ZERO, |work| work.per_entry)),
                blocks: snapshot_work.is_some_and(|work| work.blocks),
            },
            network: Network {
                latency: Latency::of(*latency),
                client_latency: Latency::of(*client_latency),
                loss_per_million: *loss_per_million,
                duplicates_per_million: *duplicates_per_million,
                links: links.iter().map(Link::of).collect(),
                round_trips: round_trips.iter().map(RoundTrip::of).collect(),
                jitter: Latency::of(*jitter),
                bytes_per_second: *bytes_per_second,
                in_order: *in_order,
            },
            disks: Disks { fsync: Latency::of(*fsync), of: fsyncs.iter().map(Disk::of).collect() },
            clocks: Clock::of(clocks, clock_offsets),
            clients: clients
                .iter()
                .zip(1..)
                .map(|(plan, number)| Client::of(plan, number, asks, *duration))
                .collect(),
            steps: script.iter().map(Step::of).collect(),
            seed: *seed,
            rules: rules.iter().map(Rule::of).collect(),
            expectations: expectations.iter().map(Expectation::of).collect(),
            initial: initial.iter().map(Initial::of).collect(),
            pins: pins.iter().map(Pin::of).collect(),
            places: places
                .iter()
                .map(|place| Place { name: place.name.clone(), nodes: Worded(place.nodes) })
                .collect(),
        }
    }

    /// The scenario that this document describes. Whether that can be run,
    /// [`Plan::new`](crate::Plan::new) says.
    ///
    /// # Errors
    /// Everything that is wrong with the document itself, at once.
    pub fn scenario(&self) -> Result<Scenario, Vec<ScenarioError>> {
        let (scenario, errors) = self.scenario_and_errors();
        if errors.is_empty() { Ok(scenario) } else { Err(errors) }
    }

    /// The scenario, as far as the document describes one, and what is wrong with that.
    pub(super) fn scenario_and_errors(&self) -> (Scenario, Vec<ScenarioError>) {
        let Document {
            raftlab: Version,
            name,
            title,
            summary,
            nodes,
            voters,
            learners,
            duration: Worded(duration),
            timing: Timing { election_timeout, heartbeat_interval, preset },
            raft:
                Raft {
                    pre_vote,
                    check_quorum,
                    stickiness,
                    lease,
                    reads_through_followers,
                    no_op_at_start_of_term,
                    configurations_in_force,
                    max_entries_per_message,
                    in_flight_messages_max,
                    promotion_lag_max,
                    flaws,
                },
            snapshots:
                Snapshots { every, entries_kept, chunk_bytes, latency: taking, per_entry, blocks },
            network:
                Network {
                    latency,
                    client_latency,
                    loss_per_million,
                    duplicates_per_million,
                    links,
                    round_trips,
                    jitter,
                    bytes_per_second,
                    in_order,
                },
            disks: Disks { fsync, of: fsyncs },
            clocks,
            clients,
            steps,
            seed,
            rules,
            expectations,
            initial,
            pins,
            places,
        } = self;
        let mut errors = Vec::new();
        let mut flaws_left_out = Flaws::NONE;
        for (place, Named(flaw)) in flaws.iter().enumerate() {
            if flaws_left_out.has(*flaw) {
                let field = alloc::format!("raft.flaws[{place}]");
                errors.push(ScenarioError::of(
                    field,
                    alloc::format!("{} is named twice", flaw.name()),
                ));
            }
            flaws_left_out = flaws_left_out.with(*flaw);
        }
        let (usual, usual_interval) = preset::timing(preset.map(|Named(preset)| preset));
        let timeouts = election_timeout.map_or(usual, |Worded(timeouts)| timeouts);
        let scenario = Scenario {
            name: name.to_string(),
            title: title.to_string(),
            summary: summary.to_string(),
            nodes: *nodes,
            voters: voters.map(|Worded(voters)| voters),
            learners: learners.0,
            settings: Settings {
                election_timeout_min: timeouts.min,
                election_timeout_max: timeouts.max,
                heartbeat_interval: heartbeat_interval
                    .map_or(usual_interval, |Worded(interval)| interval),
                max_entries_per_message: *max_entries_per_message,
                in_flight_messages_max: *in_flight_messages_max,
                no_op_at_start_of_term: *no_op_at_start_of_term,
                stickiness: *stickiness,
                pre_vote: *pre_vote,
                check_quorum: *check_quorum,
                lease: lease.map(|Worded(bound)| bound),
                reads_through_followers: *reads_through_followers,
                configurations_in_force: configurations_in_force.0,
                promotion_lag_max: *promotion_lag_max,
                entries_kept_after_snapshot: *entries_kept,
                snapshot_chunk_bytes: *chunk_bytes,
                flaws: flaws_left_out,
            },
            snapshot_every: *every,
            snapshot_work: taking.as_ref().map(|latency| SnapshotWork {
                blocks: *blocks,
                latency: latency.latency(),
                per_entry: per_entry.0,
            }),
            network: NetworkPlan {
                latency: latency.latency(),
                links: links.iter().map(Link::plan).collect(),
                round_trips: round_trips.iter().map(RoundTrip::plan).collect(),
                jitter: jitter.latency(),
                bytes_per_second: *bytes_per_second,
                in_order: *in_order,
                loss_per_million: *loss_per_million,
                duplicates_per_million: *duplicates_per_million,
            },
            fsync: fsync.latency(),
            fsyncs: fsyncs.iter().map(|disk| (disk.node.0, disk.fsync.latency())).collect(),
            clocks: clocks.iter().filter_map(|it| Some((it.node.0, it.rate?.0))).collect(),
            clock_offsets: clocks.iter().filter_map(|it| Some((it.node.0, it.offset?.0))).collect(),
            clients: clients.iter().map(|client| client.plan(*duration)).collect(),
            asks: (1..).zip(clients).flat_map(|(number, client)| client.asks(number)).collect(),
            client_latency: client_latency.latency(),
            script: steps.iter().map(Step::step).collect(),
            rules: rules.iter().map(Rule::rule).collect(),
            expectations: expectations.iter().map(Expectation::expectation).collect(),
            initial: initial.iter().map(Initial::state).collect(),
            pins: pins.iter().map(Pin::pin).collect(),
            duration: *duration,
            seed: *seed,
            places: places
                .iter()
                .map(|place| scenario::Place { name: place.name.clone(), nodes: place.nodes.0 })
                .collect(),
        };
        (scenario, errors)
    }
}

impl Link {
    fn of(plan: &LinkPlan) -> Link {
        let LinkPlan { from, to, latency } = *plan;
        Link { from: Worded(from), to: Worded(to), latency: Latency::of(latency) }
    }

    fn plan(&self) -> LinkPlan {
        let Link { from, to, latency } = self;
        LinkPlan { from: from.0, to: to.0, latency: latency.latency() }
    }
}

impl RoundTrip {
    const fn of(plan: &network::RoundTrip) -> RoundTrip {
        let network::RoundTrip { from, to, span } = *plan;
        RoundTrip { from: Worded(from), to: Worded(to), span: Worded(span) }
    }

    const fn plan(&self) -> network::RoundTrip {
        let RoundTrip { from, to, span } = self;
        network::RoundTrip { from: from.0, to: to.0, span: span.0 }
    }
}

impl Disk {
    fn of((node, fsync): &(NodeId, crate::latency::Latency)) -> Disk {
        Disk { node: Worded(*node), fsync: Latency::of(*fsync) }
    }
}

impl Clock {
    /// One for each rate and one for each offset, for a node may have just one of them.
    fn of(rates: &[(NodeId, Rate)], offsets: &[(NodeId, Micros)]) -> Vec<Clock> {
        let rates = rates.iter().map(|(node, rate)| Clock {
            node: Worded(*node),
            rate: Some(Worded(*rate)),
            offset: None,
        });
        let offsets = offsets.iter().map(|(node, offset)| Clock {
            node: Worded(*node),
            rate: None,
            offset: Some(Worded(*offset)),
        });
        rates.chain(offsets).collect()
    }
}

impl Client {
    fn of(plan: &ClientPlan, number: u32, asks: &[scenario::Ask], duration: Micros) -> Client {
        let ClientPlan {
            work,
            key: Key(key),
            starts_at,
            stops_at,
            rest,
            patience,
            stuck_to,
            keeps_session,
            tries_again,
        } = *plan;
        Client {
            work: Named(work),
            key,
            starts_at: Worded(starts_at),
            stops_at: (stops_at != duration).then_some(Worded(stops_at)),
            rest: Worded(rest),
            patience: Worded(patience),
            stuck_to: stuck_to.map(Worded),
            keeps_session,
            tries_again,
            asks: asks.iter().filter(|ask| ask.client == number).map(Ask::of).collect(),
        }
    }

    fn asks(&self, client: u32) -> impl Iterator<Item = scenario::Ask> {
        self.asks.iter().map(move |Ask { at, work, key }| scenario::Ask {
            client,
            at: at.0,
            work: work.0,
            key: Key(*key),
        })
    }

    fn plan(&self, duration: Micros) -> ClientPlan {
        let Client {
            work,
            key,
            starts_at,
            stops_at,
            rest,
            patience,
            stuck_to,
            keeps_session,
            tries_again,
            asks: _,
        } = self;
        ClientPlan {
            work: work.0,
            key: Key(*key),
            starts_at: starts_at.0,
            stops_at: stops_at.map_or(duration, |Worded(stops_at)| stops_at),
            rest: rest.0,
            patience: patience.0,
            stuck_to: stuck_to.map(|Worded(node)| node),
            keeps_session: *keeps_session,
            tries_again: *tries_again,
        }
    }
}

impl Ask {
    const fn of(ask: &scenario::Ask) -> Ask {
        let scenario::Ask { client: _, at, work, key: Key(key) } = *ask;
        Ask { at: Worded(at), work: Named(work), key }
    }
}

impl Step {
    pub(crate) fn of(step: &action::Step) -> Step {
        let action::Step { at, action } = step;
        Step { at: Worded(*at), action: Worded(action.clone()) }
    }

    pub(crate) fn step(&self) -> action::Step {
        let Step { at, action } = self;
        action::Step { at: at.0, action: action.0.clone() }
    }
}
