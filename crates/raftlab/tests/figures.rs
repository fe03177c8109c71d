//! Figures as they come out with a real font: all words are within the picture, and no two
//! stand on each other. What is reckoned with when they are placed is an estimate.

#![allow(clippy::unwrap_used, reason = "a test may")]

use raft_core::Micros;
use raft_scene::svg::{self, Caption, FigureView};
use raft_scene::{Theme, TimelineIndex, log_grid};
use raft_sim::Plan;
use resvg::tiny_skia::Rect;
use resvg::usvg::{Group, Node, Options, Tree, fontdb};
use std::io::Write as _;
use std::sync::Arc;

/// The widest of the fonts that are common, then others: whichever of them are here.
const FAMILIES: [&str; 5] = ["Verdana", "DejaVu Sans", "Noto Sans", "Liberation Sans", "Arial"];

fn collect(group: &Group, found: &mut Vec<(String, Rect)>) {
    for node in group.children() {
        match node {
            Node::Group(group) => collect(group, found),
            Node::Text(text) => {
                // A halo is the text again, in the same place.
                let is_halo = text
                    .chunks()
                    .iter()
                    .any(|chunk| chunk.spans().iter().any(|span| span.stroke().is_some()));
                if !is_halo {
                    let words: String = text.chunks().iter().map(|chunk| chunk.text()).collect();
                    found.push((words, text.abs_bounding_box()));
                }
            }
            _ => {}
        }
    }
}

fn overlap(one: &Rect, other: &Rect) -> f32 {
    let wide = one.right().min(other.right()) - one.left().max(other.left());
    let high = one.bottom().min(other.bottom()) - one.top().max(other.top());
    wide.min(high)
}

#[test]
fn words_are_within_the_figure_and_beside_each_other() {
    let mut system = fontdb::Database::new();
    system.load_system_fonts();
    let here = |family: &&str| {
        let families = [fontdb::Family::Name(family)];
        system.query(&fontdb::Query { families: &families, ..Default::default() }).is_some()
    };
    let mut texts = 0;
    let mut wrong: Vec<String> = Vec::new();
    for family in FAMILIES.into_iter().filter(here) {
        let mut fonts = system.clone();
        fonts.set_sans_serif_family(family);
        let fontdb = Arc::new(fonts);
        for scenario in raft_scenarios::all() {
            let name = scenario.name.clone();
            let plan = Arc::new(Plan::new(scenario, 42, Vec::new()).unwrap());
            let (timeline, index) = TimelineIndex::of_new_run(plan);
            let at = Micros(timeline.duration().0 * 5 / 8);
            let world = timeline.world_after(timeline.events_by(at));
            let found = index.violations_by(world.events());
            let caption = Caption::of_run(timeline.plan(), at, found);
            let from = Micros(at.0.saturating_sub(150_000));
            for width in [380.0, 800.0] {
                let view = FigureView { width, height: None, theme: Theme::Light };
                let figures = [
                    svg::stage_figure(&world, at, &index, &caption, &view),
                    svg::timeline_figure(&index, (from, at), at, &caption, &view),
                    svg::log_figure(&caption, &view, &|view| log_grid(&world, view)),
                ];
                for (which, figure) in figures.into_iter().enumerate() {
                    // A log may want more room than that.
                    let Ok(figure) = figure else {
                        assert!(which == 2 && width < 400.0, "{name} at {at}: {figure:?}");
                        continue;
                    };
                    let options = Options { fontdb: fontdb.clone(), ..Options::default() };
                    let tree = Tree::from_str(&figure, &options).unwrap();
                    let mut words = Vec::new();
                    collect(tree.root(), &mut words);
                    texts += words.len();
                    let what = format!("{name} at {at}, figure {which}, {width} wide, {family}");
                    let size = tree.size();
                    for (place, (text, bounds)) in words.iter().enumerate() {
                        if bounds.left() < 0.0
                            || bounds.top() < 0.0
                            || bounds.right() > size.width()
                            || bounds.bottom() > size.height()
                        {
                            wrong.push(format!("{what}: “{text}” is cut off: {bounds:?}"));
                        }
                        let is_number =
                            |text: &str| text.chars().all(|digit| digit.is_ascii_digit());
                        for (other, other_bounds) in &words[place + 1..] {
                            // Two messages may meet, and so may the counts on them.
                            if is_number(text) && is_number(other) {
                                continue;
                            }
                            // Boxes have some air around the letters.
                            let shared = overlap(bounds, other_bounds);
                            if shared > 3.0 {
                                wrong.push(format!("{what}: “{text}” on “{other}”: {shared}"));
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
    if texts == 0 {
        // Past the capture of the harness, so that it is told where all else is well.
        let names = FAMILIES.join(", ");
        let text = format!("Left out: the words in figures, for want of a font: {names}.\n");
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
    assert!(texts == 0 || texts > 10_000, "{texts}");
}
