//! Small helpers to put marks into SVG elements.

use raft_scene::TextMark;
use yew::prelude::*;

/// A coordinate as SVG wants it, in tenths of a pixel. Formatting a float would cost
/// the page 8 kB.
pub(crate) fn px(value: f32) -> String {
    let tenths = (value * 10.0).round() as i32;
    let sign = if tenths < 0 { "-" } else { "" };
    let tenths = tenths.unsigned_abs();
    match tenths % 10 {
        0 => format!("{sign}{}", tenths / 10),
        rest => format!("{sign}{}.{rest}", tenths / 10),
    }
}

/// A line of text.
pub(crate) fn text(mark: &TextMark, class: &'static str) -> Html {
    if mark.text.is_empty() {
        return Html::default();
    }
    html! {
        <text
            class={classes!(class, mark.tone.name())}
            x={px(mark.at.x)}
            y={px(mark.at.y)}
            text-anchor={mark.anchor.name()}
            font-size={px(mark.size)}
        >
            { mark.text.clone() }
        </text>
    }
}

#[cfg(test)]
mod tests {
    use super::px;

    #[test]
    fn coordinates_are_short_and_right() {
        for (value, text) in [
            (0.0, "0"),
            (-0.04, "0"),
            (12.0, "12"),
            (12.34, "12.3"),
            (-0.5, "-0.5"),
            (-12.96, "-13"),
            (1_279.99, "1280"),
        ] {
            assert_eq!(px(value), text);
        }
    }
}
