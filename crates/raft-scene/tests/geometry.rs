//! Whatever happens and however large the box is: nothing is cut off, nothing covers
//! anything else, messages are on their links and walls between their groups.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use proptest::prelude::*;
use raft_core::NodeSet;
use raft_scene::{
    Hit, Point, Rectangle, Stage, StageView, TextMark, TimelineIndex, hit_test, motion, stage,
};
use raft_sim::{Action, Who, World};

fn actions(nodes: u8, colors: &[u8], what: u8) -> Vec<Action> {
    let (one, other) = (common::node(colors[0], nodes), common::node(colors[1] + 1, nodes));
    let mut actions = Vec::new();
    if what & 1 != 0 && nodes > 1 {
        actions.push(Action::Partition(common::groups(nodes, colors)));
    }
    if what & 2 != 0 {
        actions.push(Action::Crash(Who::Node(one)));
    }
    if what & 4 != 0 && one != other {
        actions.push(Action::CutLink { from: one.into(), to: other.into() });
    }
    if what & 8 != 0 {
        let rate = raft_sim::Rate { numerator: 4, denominator: 5 };
        actions.push(Action::SetClock { node: other.into(), rate });
    }
    actions
}

fn view(width: f32, height: f32, compact: bool) -> StageView {
    let mut view = StageView::of_size(width, height);
    view.compact |= compact;
    view
}

fn texts(stage: &Stage) -> Vec<&TextMark> {
    let of_nodes = stage
        .nodes
        .iter()
        .flat_map(|node| node.notes.iter().chain([&node.role_line]).chain(node.log.more.as_ref()));
    let of_clients = stage.clients.iter().flat_map(|client| [&client.title, &client.line]);
    of_nodes
        .chain(of_clients)
        .chain(stage.wall.as_ref().map(|wall| &wall.label))
        .filter(|text| !text.text.is_empty())
        .collect()
}

/// What must not cover each other: discs with their rings, logs, words, clients' boxes.
fn solids(stage: &Stage) -> Vec<(String, Rectangle)> {
    let mut solids = Vec::new();
    let outer = stage.metrics.ring_radius + stage.metrics.ring_width / 2.0;
    for node in &stage.nodes {
        let Point { x, y } = node.center;
        let disc = Rectangle::new(x - outer, y - outer, outer * 2.0, outer * 2.0);
        solids.push((format!("disc {}", node.name), disc));
        if let (Some(first), Some(last)) = (node.log.cells.first(), node.log.cells.last()) {
            let width = last.bounds.right() - first.bounds.x;
            let log = Rectangle::new(first.bounds.x, first.bounds.y, width, first.bounds.height);
            solids.push((format!("log of {}", node.name), log));
        }
        for text in node.notes.iter().chain([&node.role_line]) {
            if !text.text.is_empty() {
                solids.push((format!("{:?} of {}", text.text, node.name), text.bounds()));
            }
        }
    }
    for client in &stage.clients {
        solids.push((format!("client {}", client.number), client.bounds));
    }
    solids
}

fn check(world: &World, stage: &Stage) -> Result<(), TestCaseError> {
    let whole = Rectangle::new(0.0, 0.0, stage.width, stage.height);
    let solids = solids(stage);
    for (name, bounds) in &solids {
        prop_assert!(whole.holds(bounds), "{name} is cut off: {bounds:?}");
    }
    for (place, (name, bounds)) in solids.iter().enumerate() {
        for (other_name, other) in &solids[place + 1..] {
            prop_assert!(
                !bounds.overlaps(other),
                "{name} {bounds:?} covers {other_name} {other:?}"
            );
        }
    }
    for text in texts(stage) {
        prop_assert!(whole.holds(&text.bounds()), "{:?} is cut off", text.text);
    }
    for node in &stage.nodes {
        for pip in &node.pips {
            let Point { x, y } = pip.center;
            let side = pip.radius * 2.0;
            let pip = Rectangle::new(x - pip.radius, y - pip.radius, side, side);
            prop_assert!(whole.holds(&pip), "a pip of {} is cut off", node.name);
        }
        let inside = node.radius * 2.0;
        prop_assert!(node.term_line.bounds().width <= inside, "{}", node.term_line.text);
    }
    prop_assert_eq!(stage.links.len(), stage.nodes.len() * (stage.nodes.len() - 1) / 2);
    prop_assert_eq!(stage.wall.is_some(), {
        let network = world.network();
        network.groups().len() > 1
    });
    Ok(())
}

/// The corners of path data made of absolute moves, lines and curves, curves in steps.
fn flatten(path: &str) -> Vec<Vec<Point>> {
    let mut lines: Vec<Vec<Point>> = Vec::new();
    let mut rest = path;
    while let Some(command) = rest.chars().next() {
        let end =
            rest[1..].find(|it: char| it.is_ascii_alphabetic()).map_or(rest.len(), |at| at + 1);
        let numbers: Vec<f32> =
            rest[1..end].split_whitespace().map(|number| number.parse().unwrap()).collect();
        let points: Vec<Point> =
            numbers.chunks_exact(2).map(|pair| Point::new(pair[0], pair[1])).collect();
        match (command, points.as_slice()) {
            ('M', [to]) => lines.push(vec![*to]),
            ('L', [to]) => lines.last_mut().unwrap().push(*to),
            ('C', [first, second, to]) => {
                let line = lines.last_mut().unwrap();
                let from = *line.last().unwrap();
                for step in 1..=24 {
                    let share = step as f32 / 24.0;
                    let (a, b, c) = (
                        from.towards(*first, share),
                        first.towards(*second, share),
                        second.towards(*to, share),
                    );
                    line.push(a.towards(b, share).towards(b.towards(c, share), share));
                }
            }
            ('Z', []) => {}
            _ => panic!("{command} in {path}"),
        }
        rest = &rest[end..];
    }
    lines
}

fn is_inside(point: Point, polygon: &[Point]) -> bool {
    let mut inside = false;
    let mut before = polygon[polygon.len() - 1];
    for corner in polygon {
        if (corner.y > point.y) != (before.y > point.y)
            && point.x
                < (before.x - corner.x) * (point.y - corner.y) / (before.y - corner.y) + corner.x
        {
            inside = !inside;
        }
        before = *corner;
    }
    inside
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_cut_off_and_nothing_covers_anything(
        nodes in 1u8..=9,
        width in 320f32..1920.0,
        height in 240f32..1080.0,
        compact in any::<bool>(),
        colors in proptest::collection::vec(0u8..4, 9),
        what in 0u8..16,
        clients in 0usize..5,
        seed in 0u64..1_000,
        moment in 0.0f64..1.0,
    ) {
        let timeline = common::short_run(nodes, seed, clients, actions(nodes, &colors, what));
        let event = (timeline.events() as f64 * moment) as u64;
        let world = timeline.world_after(event);
        let at = timeline.time_of(event).unwrap();
        let stage = stage(&world, at, &view(width, height, compact));
        check(&world, &stage)?;
    }

    #[test]
    fn messages_are_on_their_links_and_can_be_hit(
        nodes in 2u8..=9,
        width in 320f32..1920.0,
        height in 240f32..1080.0,
        seed in 0u64..1_000,
        moment in 0.3f64..1.0,
    ) {
        let timeline = common::short_run(nodes, seed, 1, Vec::new());
        let index = TimelineIndex::new(&timeline);
        let event = (timeline.events() as f64 * moment) as u64;
        let world = timeline.world_after(event);
        let at = timeline.time_of(event).unwrap();
        let stage = stage(&world, at, &view(width, height, false));
        let motion = motion(&world, at, &stage, &index.lost_between(at, at));
        prop_assert_eq!(motion.messages.len(), world.network().flights().count());
        for message in &motion.messages {
            let span = index.message(message.id).unwrap();
            let (from, to) = (stage.node(span.from).unwrap(), stage.node(span.to).unwrap());
            let along = from.center.distance(message.center) + message.center.distance(to.center);
            let detour = along - from.center.distance(to.center);
            prop_assert!(detour <= stage.metrics.message_radius, "off by {detour}");
            for end in [from, to] {
                prop_assert!(end.center.distance(message.center) >= stage.metrics.ring_radius);
            }
            let Point { x, y } = message.center;
            let hit = hit_test(&stage, &motion, x, y, 8.0);
            let is_on_top = motion.messages.iter().all(|other| {
                other.id == message.id
                    || other.center.distance(message.center) > stage.metrics.message_radius * 2.0
            });
            prop_assert!(matches!(hit, Some(Hit::Message(id)) if !is_on_top || id == message.id));
        }
        for fraction in &motion.fractions {
            prop_assert!((0.0..=1.0).contains(fraction));
        }
    }

    #[test]
    fn a_wall_stands_between_its_groups_and_through_no_node(
        nodes in 2u8..=9,
        width in 480f32..1920.0,
        height in 300f32..1080.0,
        compact in any::<bool>(),
        colors in proptest::collection::vec(0u8..3, 9),
        seed in 0u64..100,
    ) {
        let timeline = common::short_run(nodes, seed, 0, actions(nodes, &colors, 1));
        let world = timeline.world_after(timeline.events());
        let stage = stage(&world, world.now(), &view(width, height, compact));
        let Some(wall) = &stage.wall else { return Ok(()) };
        let whole = wall.sides.iter().any(|side| side.area.contains('h'));
        for side in &wall.sides {
            let is_weak = side.group.len() * 2 <= nodes;
            prop_assert_eq!(side.is_tinted, is_weak);
            if whole || !is_weak {
                continue;
            }
            let areas = flatten(&side.area);
            for node in &stage.nodes {
                let inside = areas.iter().any(|area| is_inside(node.center, area));
                prop_assert_eq!(inside, side.group.contains(node.id), "{} and {}", node.name, side.group);
            }
        }
        let discs = stage.nodes.iter().map(|node| (node.center, node.radius));
        for (center, radius) in discs {
            for line in flatten(&wall.line) {
                for point in line {
                    prop_assert!(point.distance(center) >= radius, "through a node at {center:?}");
                }
            }
        }
        prop_assert_eq!(wall.sides.iter().fold(NodeSet::EMPTY, |all, side| all.union(side.group)), NodeSet::first(nodes));
    }
}
