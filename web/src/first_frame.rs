//! The drawing that index.html shows before any wasm has arrived: the first moment of the run
//! that the page opens with. It stands in index.html as text; the test here holds it to what
//! the page itself draws, and writes it anew:
//!
//! ```text
//! RAFTLAB_WRITE=1 cargo nextest run -p raftlab-web first_frame
//! ```

use crate::address::Address;
use crate::engine::Engine;
use crate::svg::px;
use raft_core::Micros;
use raft_scene::{Motion, StageView, TextMark, stage};
use std::fmt::Write;
use std::path::Path;

/// The stage's box in a window of 1280 by 800. In another the drawing is scaled.
const SIZE: (f32, f32) = (790.0, 390.0);

const BEGIN: &str = "<!-- The first frame, written by web/src/first_frame.rs. -->\n";
const END: &str = "\n<!-- Here it ends. -->";

fn drawing() -> String {
    let engine = Engine::new(Address::default()).expect("the default run is right");
    let at = Micros::ZERO;
    let marks = stage(engine.world(), at, &StageView::of_size(SIZE.0, SIZE.1));
    let mut motion = Motion::default();
    motion.update(engine.world(), at, &marks, &[]);
    let mut svg = format!(
        "<svg class=\"stage\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\">\n",
        marks.description,
        px(marks.width),
        px(marks.height)
    );
    let lines: Vec<&str> = marks.links.iter().map(|link| link.line.as_str()).collect();
    let _ = writeln!(svg, "<path class=\"link\" d=\"{}\" />", lines.concat());
    let (radius, width) = (px(marks.metrics.ring_radius), px(marks.metrics.ring_width));
    for (node, fraction) in marks.nodes.iter().zip(&motion.fractions) {
        let (x, y) = (px(node.center.x), px(node.center.y));
        let role = node.role.name();
        let part = (fraction * 1_000.0) as u32;
        let _ = write!(
            svg,
            "<g class=\"node {role}\"><circle class=\"disc\" cx=\"{x}\" cy=\"{y}\" r=\"{}\" />\
             <g stroke-width=\"{width}\"><circle class=\"track\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" />\
             <circle class=\"ring\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" pathLength=\"1000\" \
             stroke-dasharray=\"{part} 2000\" transform=\"rotate(-90 {x} {y})\" /></g></g>",
            px(node.radius),
        );
        let _ = write!(svg, "<g class=\"beside {role}\"><g class=\"on-disc\">");
        text(&mut svg, &node.name_at, "name");
        text(&mut svg, &node.term_line, "term");
        svg.push_str("</g>");
        text(&mut svg, &node.role_line, "role");
        for note in &node.notes {
            text(&mut svg, note, "note");
        }
        svg.push_str("</g>\n");
    }
    svg + "</svg>"
}

fn text(svg: &mut String, mark: &TextMark, class: &str) {
    if mark.text.is_empty() {
        return;
    }
    let (tone, anchor) = (mark.tone.name(), mark.anchor.name());
    let (x, y, size) = (px(mark.at.x), px(mark.at.y), px(mark.size));
    let _ = write!(
        svg,
        "<text class=\"{class} {tone}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" \
         font-size=\"{size}\">{}</text>",
        mark.text
    );
}

#[test]
fn the_first_frame_in_the_page_is_what_the_page_draws() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../index.html");
    let page = std::fs::read_to_string(&path).expect("index.html is there");
    let (before, rest) = page.split_once(BEGIN).expect("index.html says where it begins");
    let (drawn, after) = rest.split_once(END).expect("index.html says where it ends");
    let drawing = drawing();
    if std::env::var_os("RAFTLAB_WRITE").is_some() {
        let page = format!("{before}{BEGIN}{drawing}{END}{after}");
        std::fs::write(&path, page).expect("index.html can be written");
        return;
    }
    assert!(drawn == drawing, "write it anew, as the head of first_frame.rs says: {drawing}");
}
