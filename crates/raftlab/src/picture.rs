//! A figure as a picture: SVG drawn into pixels.
//!
//! The letters come from a font of the machine. None is embedded: it would be most of the
//! command, and a figure that somebody prints is an SVG. Without any font all words would
//! be missing, so then there is no picture, but an error that says why.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::fmt;
use std::sync::Arc;

/// Sans-serif fonts that machines have, the first that is there is taken.
const FAMILIES: [&str; 14] = [
    "Inter",
    "Helvetica Neue",
    "Helvetica",
    "Segoe UI",
    "DejaVu Sans",
    "Noto Sans",
    "Liberation Sans",
    "Arial",
    "Open Sans",
    "Roboto",
    "Cantarell",
    "Ubuntu",
    "Verdana",
    "FreeSans",
];

/// Why there is no picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum NoPicture {
    /// There is no font to draw letters with.
    NoFont,
    /// Something that can't be, of a figure of ours.
    Broken(String),
}

impl fmt::Display for NoPicture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoPicture::NoFont => formatter.write_str(
                "a PNG needs a font, and this machine has none: install one, such as the package \
                 fonts-dejavu-core, or write an .svg, which needs none",
            ),
            NoPicture::Broken(why) => write!(formatter, "the figure can't be drawn: {why}"),
        }
    }
}

/// The fonts of this machine.
pub(crate) fn fonts() -> fontdb::Database {
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    fonts
}

/// Draws an SVG with these fonts, `scale` pixels a unit, into the bytes of a PNG.
pub(crate) fn png(svg: &str, fonts: &fontdb::Database, scale: u32) -> Result<Vec<u8>, NoPicture> {
    let family = family_of(fonts).ok_or(NoPicture::NoFont)?;
    let mut fonts = fonts.clone();
    fonts.set_sans_serif_family(&family);
    let options = Options { font_family: family, fontdb: Arc::new(fonts), ..Options::default() };
    let broken = |why: String| NoPicture::Broken(why);
    let tree = Tree::from_str(svg, &options).map_err(|error| broken(error.to_string()))?;
    let size = tree.size().to_int_size();
    let (width, height) = (size.width() * scale, size.height() * scale);
    let mut pixels = Pixmap::new(width, height)
        .ok_or_else(|| broken(format!("{width} times {height} pixels are too many")))?;
    let scale = Transform::from_scale(scale as f32, scale as f32);
    resvg::render(&tree, scale, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| broken(error.to_string()))
}

/// A family that sans-serif is to mean: one that is known to be, else any that is neither
/// for programs nor of symbols alone; at last, any.
fn family_of(fonts: &fontdb::Database) -> Option<String> {
    let is_there = |family: &str| {
        let query =
            fontdb::Query { families: &[fontdb::Family::Name(family)], ..Default::default() };
        fonts.query(&query).is_some()
    };
    if let Some(family) = FAMILIES.iter().find(|family| is_there(family)) {
        return Some((*family).to_string());
    }
    let name_of = |face: &fontdb::FaceInfo| face.families.first().map(|(name, _)| name.clone());
    let is_text = |face: &&fontdb::FaceInfo| {
        let name = name_of(face).unwrap_or_default();
        !face.monospaced && !["Symbol", "Emoji", "Icon", "Math"].iter().any(|it| name.contains(it))
    };
    fonts.faces().find(is_text).or_else(|| fonts.faces().next()).and_then(name_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\" \
                       font-family=\"sans-serif\"><rect width=\"40\" height=\"20\" \
                       fill=\"#ffffff\"/><text x=\"5\" y=\"15\">Raft</text></svg>";

    #[test]
    fn without_any_font_there_is_no_picture() {
        let none = fontdb::Database::new();
        assert_eq!(png(SVG, &none, 1), Err(NoPicture::NoFont));
        assert!(NoPicture::NoFont.to_string().contains(".svg"));
    }

    #[test]
    fn letters_leave_their_ink() {
        let fonts = fonts();
        if fonts.is_empty() {
            // Then the test above is all that can be seen here.
            return;
        }
        let png = png(SVG, &fonts, 2).expect("it can be drawn");
        let pixels = Pixmap::decode_png(&png).expect("a PNG");
        assert_eq!((pixels.width(), pixels.height()), (80, 40));
        let dark = pixels.pixels().iter().filter(|pixel| pixel.red() < 64).count();
        assert!(dark > 40, "{dark} dark pixels");
    }

    #[test]
    fn what_is_no_svg_is_refused() {
        let fonts = fonts();
        if !fonts.is_empty() {
            assert!(matches!(png("<svg", &fonts, 1), Err(NoPicture::Broken(_))));
        }
    }
}
