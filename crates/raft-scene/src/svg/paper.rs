//! Writes SVG elements into one string: SVG 1.1 without style sheets, so that whatever
//! draws, converts or prints SVG shows the same.

use crate::geometry::{Point, Rectangle};
use crate::path::push_number;
use crate::text_mark::TextMark;
use crate::tokens::{self, Theme};

/// An SVG document under way.
pub(super) struct Paper {
    out: String,
    theme: Theme,
}

/// An element whose attributes are under way.
pub(super) struct Element<'a> {
    paper: &'a mut Paper,
    is_filled: bool,
}

/// Whoever shows a figure has one of these; widths are reckoned for the widest of them.
const FONT: &str = "sans-serif";

impl Paper {
    /// An empty document with a panel to draw on, what it is, and what it shows in words.
    pub(super) fn new(
        (width, height): (f32, f32),
        theme: Theme,
        title: &str,
        description: &str,
    ) -> Paper {
        let mut paper = Paper { out: String::new(), theme };
        let out = &mut paper.out;
        out.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\"");
        for (name, value) in [("width", width), ("height", height)] {
            push_attribute(out, name, |out| push_number(out, value));
        }
        push_attribute(out, "viewBox", |out| {
            out.push_str("0 0 ");
            push_number(out, width);
            out.push(' ');
            push_number(out, height);
        });
        push_attribute(out, "font-family", |out| out.push_str(FONT));
        out.push_str(" role=\"img\">\n<title>");
        push_escaped(out, title);
        out.push_str("</title>\n<desc>");
        push_escaped(out, description);
        out.push_str("</desc>\n");
        paper.rectangle(&Rectangle::new(0.0, 0.0, width, height), 0.0).fill("surface").end();
        paper
    }

    /// What is drawn from here on is moved, up to [`Paper::end_group`].
    pub(super) fn begin_group(&mut self, right: f32, down: f32) {
        self.out.push_str("<g transform=\"translate(");
        push_number(&mut self.out, right);
        self.out.push(' ');
        push_number(&mut self.out, down);
        self.out.push_str(")\">\n");
    }

    pub(super) fn end_group(&mut self) {
        self.out.push_str("</g>\n");
    }

    /// The document.
    pub(super) fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }

    fn begin(&mut self, name: &str) -> Element<'_> {
        self.out.push('<');
        self.out.push_str(name);
        Element { paper: self, is_filled: false }
    }

    pub(super) fn path(&mut self, data: &str) -> Element<'_> {
        self.begin("path").text("d", data)
    }

    pub(super) fn circle(&mut self, center: Point, radius: f32) -> Element<'_> {
        self.begin("circle").number("cx", center.x).number("cy", center.y).number("r", radius)
    }

    pub(super) fn rectangle(&mut self, bounds: &Rectangle, corner: f32) -> Element<'_> {
        let element = self
            .begin("rect")
            .number("x", bounds.x)
            .number("y", bounds.y)
            .number("width", bounds.width)
            .number("height", bounds.height);
        if corner > 0.0 { element.number("rx", corner) } else { element }
    }

    /// A text in its tone, with a halo so that lines behind it don't disturb. The halo is
    /// a text of its own: `paint-order` came after SVG 1.1, and who doesn't know it would
    /// paint the halo over the letters.
    pub(super) fn label(&mut self, text: &TextMark, is_bold: bool) {
        if text.text.is_empty() {
            return;
        }
        self.begin("text")
            .number("x", text.at.x)
            .number("y", text.at.y)
            .anchor(text)
            .weight(is_bold)
            .fill("surface")
            .stroke("surface", 3.0)
            .text("stroke-linejoin", "round")
            .text("aria-hidden", "true")
            .content(&text.text);
        self.letters(text, text.tone.token(), is_bold);
    }

    /// A text in a colour, without a halo.
    pub(super) fn letters(&mut self, text: &TextMark, token: &str, is_bold: bool) {
        if text.text.is_empty() {
            return;
        }
        self.begin("text")
            .number("x", text.at.x)
            .number("y", text.at.y)
            .anchor(text)
            .weight(is_bold)
            .fill(token)
            .content(&text.text);
    }
}

impl Element<'_> {
    pub(super) fn text(self, name: &str, value: &str) -> Self {
        push_attribute(&mut self.paper.out, name, |out| push_escaped(out, value));
        self
    }

    pub(super) fn number(self, name: &str, value: f32) -> Self {
        // Shares, unlike places, want two digits.
        push_attribute(&mut self.paper.out, name, |out| {
            if name == "opacity" {
                let hundredths = (value.clamp(0.0, 1.0) * 100.0).round() as u64;
                out.push_str(if hundredths >= 100 { "1." } else { "0." });
                out.push(char::from(b'0' + (hundredths / 10 % 10) as u8));
                out.push(char::from(b'0' + (hundredths % 10) as u8));
            } else {
                push_number(out, value);
            }
        });
        self
    }

    pub(super) fn fill(mut self, token: &str) -> Self {
        self.is_filled = true;
        let color = tokens::value(token, self.paper.theme);
        self.text("fill", color)
    }

    /// Fills with the token whose name has two parts.
    pub(super) fn fill_token(self, token: &str, suffix: &str) -> Self {
        let name = [token, suffix].concat();
        self.fill(&name)
    }

    pub(super) fn stroke(self, token: &str, width: f32) -> Self {
        let color = tokens::value(token, self.paper.theme);
        self.text("stroke", color).number("stroke-width", width)
    }

    fn anchor(self, text: &TextMark) -> Self {
        let element = self.number("font-size", text.size);
        match text.anchor {
            crate::Anchor::Start => element,
            other => element.text("text-anchor", other.name()),
        }
    }

    fn weight(self, is_bold: bool) -> Self {
        if is_bold { self.text("font-weight", "700") } else { self }
    }

    pub(super) fn end(self) {
        let is_filled = self.is_filled;
        let element = if is_filled { self } else { self.text("fill", "none") };
        element.paper.out.push_str("/>\n");
    }

    fn content(self, text: &str) {
        self.paper.out.push('>');
        push_escaped(&mut self.paper.out, text);
        self.paper.out.push_str("</text>\n");
    }
}

fn push_attribute(out: &mut String, name: &str, value: impl FnOnce(&mut String)) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    value(out);
    out.push('"');
}

fn push_escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}
