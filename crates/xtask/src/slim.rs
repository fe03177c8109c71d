//! What goes over the wire for nothing, taken out of the built page.
//!
//! wasm-bindgen gives each function that the page borrows from the browser a name with
//! sixteen digits of a hash in it, once in the wasm and once in the JavaScript beside it.
//! Nothing compresses those: they would be 4 kB of the page, and more with each function
//! that it borrows. Here they become `w0`, `w1`, ... in both. Indentation and comments go
//! as well.

use anyhow::{Context, Result, anyhow, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Makes the files that trunk built smaller, where they are.
pub(crate) fn slim(dist: &Path) -> Result<()> {
    // The page itself, what reads files for it, and the course.
    for wasm in files::<3>(dist, "_bg.wasm")? {
        let glue = PathBuf::from(wasm.to_string_lossy().replace("_bg.wasm", ".js"));
        let (short_wasm, short_glue) = renamed(&read(&wasm)?, &read_text(&glue)?)?;
        write(&wasm, &short_wasm)?;
        write(&glue, without_indentation(&short_glue).as_bytes())?;
    }
    let [style] = files(dist, ".css")?;
    let text = without_comments(&read_text(&style)?).with_context(|| in_file(&style))?;
    write(&style, without_indentation(&text).as_bytes())?;
    let page = dist.join("index.html");
    let text = without_comments(&read_text(&page)?)
        .and_then(|text| without(&text, "<!--", "-->"))
        .with_context(|| in_file(&page))?;
    write(&page, without_indentation(&text).as_bytes())
}

fn in_file(path: &Path) -> String {
    format!("in {}", path.display())
}

/// The files of a folder whose names end so.
fn files<const COUNT: usize>(folder: &Path, ending: &str) -> Result<[PathBuf; COUNT]> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    found.try_into().map_err(|found: Vec<PathBuf>| {
        anyhow!(
            "dist/ has {} files *{ending} and should have {COUNT}; has the version of trunk changed?",
            found.len()
        )
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?).with_context(|| format!("{} is not text", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// The section of a wasm module that lists what it borrows.
const IMPORTS: u8 = 2;
const NOT_KNOWN: &str = "the page's wasm is not of the form that wasm-bindgen writes";

/// The wasm and its glue, with short names for what the one borrows from the other.
fn renamed(wasm: &[u8], glue: &str) -> Result<(Vec<u8>, String)> {
    let mut short_glue = glue.to_owned();
    let mut borrowed = 0;
    let mut short_name = |long: &str| -> Result<Option<String>> {
        if !has_hash(long) {
            return Ok(None);
        }
        if !short_glue.contains(long) {
            bail!("the page's glue has no {long}, which its wasm borrows");
        }
        let short = format!("w{borrowed}");
        if glue.contains(&format!("{short}:")) {
            bail!("the page's glue has a {short} of its own");
        }
        borrowed += 1;
        short_glue = short_glue.replace(long, &short);
        Ok(Some(short))
    };
    let mut rest = wasm;
    let mut out = take(&mut rest, 8)?.to_vec();
    while !rest.is_empty() {
        let id = take(&mut rest, 1)?[0];
        let length = number(&mut rest)?;
        let section = take(&mut rest, length)?;
        let section = match id {
            IMPORTS => with_names(section, &mut short_name)?,
            _ => section.to_vec(),
        };
        out.push(id);
        push_number(&mut out, section.len());
        out.extend(section);
    }
    Ok((out, short_glue))
}

/// Whether a name ends in an underscore and the sixteen digits of a hash.
fn has_hash(name: &str) -> bool {
    name.starts_with("__wb")
        && name.rsplit_once('_').is_some_and(|(_, hash)| {
            hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
}

/// The section of imports, with other names where `name` knows one.
fn with_names(
    section: &[u8],
    name: &mut impl FnMut(&str) -> Result<Option<String>>,
) -> Result<Vec<u8>> {
    let mut rest = section;
    let mut out = Vec::new();
    let count = number(&mut rest)?;
    push_number(&mut out, count);
    for _ in 0..count {
        let module = text(&mut rest)?;
        let long = text(&mut rest)?;
        push_text(&mut out, module);
        push_text(&mut out, name(long)?.as_deref().unwrap_or(long));
        // A function is followed by the number of its type; the page borrows nothing else.
        let kind = take(&mut rest, 1)?[0];
        if kind != 0 {
            bail!("{NOT_KNOWN}: {long} is borrowed, and no function");
        }
        out.push(kind);
        push_number(&mut out, number(&mut rest)?);
    }
    if !rest.is_empty() {
        bail!(NOT_KNOWN);
    }
    Ok(out)
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count).context(NOT_KNOWN)?;
    *bytes = rest;
    Ok(taken)
}

/// A number in seven bits a byte, the lowest first (LEB128).
fn number(bytes: &mut &[u8]) -> Result<usize> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let byte = take(bytes, 1)?[0];
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    bail!(NOT_KNOWN)
}

fn push_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn text<'a>(bytes: &mut &'a [u8]) -> Result<&'a str> {
    let length = number(bytes)?;
    std::str::from_utf8(take(bytes, length)?).context(NOT_KNOWN)
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    push_number(out, text.len());
    out.extend(text.as_bytes());
}

/// A text without its indentation, its empty lines and those of a `//` comment alone. One
/// with a backquoted text over several lines, in which they count, stays as it is.
fn without_indentation(text: &str) -> String {
    let spans_lines = |line: &str| !line.starts_with("//") && line.matches('`').count() % 2 == 1;
    let lines = || text.lines().map(str::trim);
    if lines().any(spans_lines) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for line in lines().filter(|line| !line.is_empty() && !line.starts_with("//")) {
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// A style sheet, or a page that has one in it, without its comments.
fn without_comments(style: &str) -> Result<String> {
    without(style, "/*", "*/")
}

/// A text without what stands between two marks, and without those.
fn without(text: &str, begins: &str, ends: &str) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(begins) {
        out.push_str(before);
        let Some((_, after)) = after.split_once(ends) else {
            bail!("a `{begins}` has no `{ends}` after it");
        };
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "__wbg_body_5f971cbc6950ca4f";
    const CAST: &str = "__wbindgen_cast_0000000000000001";
    const PLAIN: &str = "__wbindgen_init_externref_table";

    /// A module that borrows functions of these names.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut imports = Vec::new();
        push_number(&mut imports, names.len());
        for name in names {
            push_text(&mut imports, "./page_bg.js");
            push_text(&mut imports, name);
            // A function of type 300.
            imports.extend([0, 0xac, 0x02]);
        }
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        for (id, section) in [(1, vec![7; 200]), (IMPORTS, imports), (10, vec![9; 3])] {
            module.push(id);
            push_number(&mut module, section.len());
            module.extend(section);
        }
        module
    }

    #[test]
    fn what_the_wasm_borrows_has_the_same_short_name_on_both_sides() {
        let glue = format!("{LONG}: function() {{}},\n{PLAIN}: a,\n{CAST}: b,");
        let (wasm, glue) = renamed(&module(&[LONG, PLAIN, CAST]), &glue).unwrap();
        assert_eq!(wasm, module(&["w0", PLAIN, "w1"]));
        assert_eq!(glue, format!("w0: function() {{}},\n{PLAIN}: a,\nw1: b,"));
    }

    #[test]
    fn a_name_that_the_glue_lacks_is_an_error() {
        let error = renamed(&module(&[LONG]), "nothing").unwrap_err();
        assert!(error.to_string().contains(LONG));
    }

    #[test]
    fn a_module_that_is_cut_off_is_an_error() {
        let glue = format!("{LONG}: a");
        let whole = module(&[LONG]);
        for length in [4, 9, 20, 230, whole.len() - 1] {
            assert!(renamed(&whole[..length], &glue).is_err(), "the first {length} bytes");
        }
    }

    #[test]
    fn indentation_and_comments_go_and_what_counts_stays() {
        let script = "  // why\n\n  const a = `x`; // as is\n";
        assert_eq!(without_indentation(script), "const a = `x`; // as is\n");
        let over_lines = "  const a = `\n    x`;\n";
        assert_eq!(without_indentation(over_lines), over_lines);
        assert_eq!(without_comments("a { b: c } /* d\n e */ f").unwrap(), "a { b: c }  f");
        assert_eq!(without("<p><!-- why --></p>", "<!--", "-->").unwrap(), "<p></p>");
    }

    #[test]
    fn a_comment_without_an_end_is_an_error_and_takes_nothing_with_it() {
        let error = without("<p><!-- why --></p><!-- or <p>", "<!--", "-->").unwrap_err();
        assert!(error.to_string().contains("`<!--` has no `-->`"), "{error}");
        assert!(without_comments("a { b: \"/*\" }").is_err());
    }
}
