//! The page in one file: the built page with its style sheet, its JavaScript and
//! its wasm moved inside, so that it needs no server and no other file.

use crate::parts;
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::path::Path;

/// What the file is called, beside index.html.
pub(crate) const NAME: &str = "raftlab.html";

/// The text of the one file, from the folder that trunk built.
pub(crate) fn pack(dist: &Path) -> Result<String> {
    let read = |name: &str| {
        let path = dist.join(name.trim_start_matches("./"));
        std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let read_text = |name: &str| {
        let bytes = read(name)?;
        String::from_utf8(bytes).with_context(|| format!("{name} is not text"))
    };
    let page = read_text("index.html")?;
    let page = inline_styles(page, &read_text)?;
    let page = drop_preloads(page);
    let script = module_script(&page)?;
    let later = script.glue.replace(".js", parts::LATER);
    let glue = read_text(&script.glue)?;
    let fetching = parts::fetching(later.trim_start_matches("./"));
    if !glue.contains(&fetching) {
        bail!("the glue does not fetch {later}, which a page in one file carries");
    }
    let glue = glue.replace(&fetching, "raftlabUnpacked(\"raftlab-later\")");
    let wasm = read(&script.wasm)?;
    let before = &page[..script.begins];
    let after = &page[script.ends..];
    let inline = starter(&inside_script(&glue)?, &wasm, &read(&later)?)?;
    let page = format!("{before}{inline}{after}");
    let mut aside = String::from(UNPACKED);
    for module in &ASIDE {
        let glue = inside_script(&read_text(&module.glue())?)?;
        aside.push_str(&module.elements(&glue, &read(&module.wasm())?)?);
    }
    let page = with_aside(&page, &aside)?;
    let page = page.replacen("<html", "<html data-single-file", 1);
    must_stand_alone(&page, &script)?;
    Ok(page)
}

/// A wasm that is fetched when somebody wants it.
struct Aside {
    /// What trunk calls it.
    name: &'static str,
    /// What the page calls to have it.
    function: &'static str,
}

/// What reads and writes files, and the course.
const ASIDE: [Aside; 2] = [
    Aside { name: "raftlab-files", function: "raftlabFiles" },
    Aside { name: "raftlab-lessons", function: "raftlabLessons" },
];

/// What unpacks a wasm that is in the page.
const UNPACKED: &str = r#"<script>
window.raftlabUnpacked = async (id) => {
  const letters = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
};
</script>"#;

/// The page with `aside` in place of the script that fetches those.
fn with_aside(page: &str, aside: &str) -> Result<String> {
    let missing = "dist/index.html has no <script id=\"raftlab-aside\">";
    let begins = page.find("<script id=\"raftlab-aside\">").context(missing)?;
    let end = "</script>";
    let ends = begins + page[begins..].find(end).context(missing)? + end.len();
    Ok(format!("{}{aside}{}", &page[..begins], &page[ends..]))
}

impl Aside {
    fn glue(&self) -> String {
        format!("{}.js", self.name)
    }

    fn wasm(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    /// The elements that carry it, and the script that unpacks it when it is wanted.
    fn elements(&self, glue: &str, wasm: &[u8]) -> Result<String> {
        let (packed, Aside { name, function }) = (packed(wasm)?, self);
        // A `data:` address is a module in whatever frame the page is; a `blob:` one is not.
        Ok(format!(
            r#"<script type="text/plain" id="{name}-glue">
{glue}
</script>
<script type="text/plain" id="{name}-wasm">{packed}</script>
<script>
window.{function} = async () => {{
  const glue = document.getElementById("{name}-glue").textContent;
  const module = await import("data:text/javascript," + encodeURIComponent(glue));
  await module.default({{ module_or_path: await raftlabUnpacked("{name}-wasm") }});
  return module;
}};
</script>"#
        ))
    }
}

/// A wasm as text: compressed, and in letters.
fn packed(wasm: &[u8]) -> Result<String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(wasm)?;
    Ok(STANDARD.encode(encoder.finish()?))
}

/// Trunk's script that starts the page, where it is and what it loads.
struct ModuleScript {
    begins: usize,
    ends: usize,
    glue: String,
    wasm: String,
}

fn module_script(page: &str) -> Result<ModuleScript> {
    let not_known = "dist/index.html has no start script of the form that trunk writes; \
                     has the version of trunk changed?";
    for (begins, _) in page.match_indices("<script type=\"module\"") {
        let length = page[begins..].find("</script>").context(not_known)?;
        let ends = begins + length + "</script>".len();
        let text = &page[begins..ends];
        let Some(glue) = quoted_after(text, "from ") else {
            continue;
        };
        let wasm = quoted_after(text, "module_or_path: ").context(not_known)?;
        return Ok(ModuleScript { begins, ends, glue, wasm });
    }
    bail!(not_known)
}

/// The quoted word that follows `mark`.
fn quoted_after(text: &str, mark: &str) -> Option<String> {
    let rest = &text[text.find(mark)? + mark.len()..];
    let quote = rest.chars().next().filter(|first| matches!(first, '\'' | '"' | '`'))?;
    let rest = &rest[1..];
    Some(rest[..rest.find(quote)?].to_owned())
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mark = format!("{name}=\"");
    let rest = &tag[tag.find(&mark)? + mark.len()..];
    Some(&rest[..rest.find('"')?])
}

/// Replaces each `<link ...>` by what `replace` says; `None` keeps it.
fn replace_links(page: &str, replace: impl Fn(&str) -> Result<Option<String>>) -> Result<String> {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find("<link ") {
        let length = rest[at..].find('>').context("dist/index.html has a <link without an end")?;
        let tag = &rest[at..=at + length];
        out.push_str(&rest[..at]);
        out.push_str(replace(tag)?.as_deref().unwrap_or(tag));
        rest = &rest[at + length + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn inline_styles(page: String, read: &impl Fn(&str) -> Result<String>) -> Result<String> {
    replace_links(&page, |tag| {
        if attribute(tag, "rel") != Some("stylesheet") {
            return Ok(None);
        }
        let name = attribute(tag, "href").context("a style sheet without an address")?;
        let style = read(name)?;
        for outside in ["@import", "</style"] {
            if style.contains(outside) {
                bail!("{name} contains `{outside}`, which a page in one file can't have");
            }
        }
        for address in style.match_indices("url(").map(|(at, mark)| &style[at + mark.len()..]) {
            let address = address.trim_start_matches(['"', '\'', ' ']);
            if !address.starts_with("data:") && !address.starts_with('#') {
                let shown: String = address.chars().take(40).collect();
                bail!("{name} loads `{shown}`, and a page in one file has nothing beside it");
            }
        }
        Ok(Some(format!("<style>\n{style}\n</style>")))
    })
}

fn drop_preloads(page: String) -> String {
    let preload = |tag: &str| {
        let drop = matches!(attribute(tag, "rel"), Some("modulepreload" | "preload"));
        Ok(drop.then(String::new))
    };
    replace_links(&page, preload).unwrap_or(page)
}

/// The glue as it may stand inside a script element.
fn inside_script(glue: &str) -> Result<String> {
    let imports = |line: &str| {
        let line = line.trim_start();
        line.starts_with("import ") && (line.contains(" from ") || line.contains("import '"))
    };
    if let Some(line) = glue.lines().find(|line| imports(line)) {
        bail!(
            "the glue loads another file (`{line}`), which a page in one file can't; \
             a crate with a JavaScript snippet of its own is the likely reason"
        );
    }
    // Inside a string or a comment, which is where it can be, this means the same.
    Ok(glue.replace("</script", "<\\/script").replace("<!--", "<\\!--"))
}

/// The elements that carry the wasm and start the page. A module script may
/// export, so the glue stands as it is; the block keeps our names from its own.
fn starter(glue: &str, wasm: &[u8], later: &[u8]) -> Result<String> {
    let (packed, later) = (packed(wasm)?, packed(later)?);
    Ok(format!(
        r#"<script type="text/plain" id="raftlab-wasm">{packed}</script>
<script type="text/plain" id="raftlab-later">{later}</script>
<script type="module">
{glue}
{{
  const wasm = await raftlabUnpacked("raftlab-wasm");
  document.getElementById("raftlab-wasm").remove();
  await __wbg_init({{ module_or_path: wasm }});
  dispatchEvent(new CustomEvent("TrunkApplicationStarted"));
}}
</script>"#
    ))
}

/// Refuses a page that would load something.
fn must_stand_alone(page: &str, script: &ModuleScript) -> Result<()> {
    for name in [&script.glue, &script.wasm] {
        // The glue names the wasm as its default, which is never used here.
        let as_an_address = format!("=\"{name}\"");
        if page.contains(&as_an_address) {
            bail!("the page in one file would still load {name}");
        }
    }
    for tag in page.split('<').filter(|tag| tag.starts_with("script ") || tag.starts_with("link "))
    {
        let tag = tag.split('>').next().unwrap_or_default();
        let address = attribute(tag, "src").or_else(|| attribute(tag, "href"));
        if let Some(address) = address
            && !address.starts_with("data:")
        {
            bail!("the page in one file would still load {address}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    const PAGE: &str = r#"<!DOCTYPE html><html lang="en"><head>
<link rel="icon" href="data:,"><link rel="stylesheet" href="./style-1.css">
<link rel="modulepreload" href="./web-1.js" crossorigin="anonymous">
<link rel="preload" href="./web-1_bg.wasm" as="fetch">
<script id="raftlab-aside">window.raftlabFiles = () => import("./raftlab-files.js");</script>
<script type="module">
import init, * as bindings from './web-1.js';
const wasm = await init({ module_or_path: './web-1_bg.wasm' });
</script></head><body></body></html>"#;

    fn dist(name: &str, page: &str, style: &str, glue: &str) -> PathBuf {
        let glue = format!("{};\n{glue}", parts::fetching("web-1_later.wasm"));
        let folder = std::env::temp_dir().join(format!("raftlab-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (file, text) in [
            ("index.html", page),
            ("style-1.css", style),
            ("web-1.js", &*glue),
            ("web-1_bg.wasm", "\0asm"),
            ("web-1_later.wasm", "\0asm"),
            ("raftlab-files.js", "let wasm_bindgen = '</script>';"),
            ("raftlab-files_bg.wasm", "\0asm"),
            ("raftlab-lessons.js", ""),
            ("raftlab-lessons_bg.wasm", "\0asm"),
        ] {
            std::fs::write(folder.join(file), text).unwrap();
        }
        folder
    }

    #[test]
    fn everything_moves_inside() {
        let glue = "const text = '</script>';\nexport default __wbg_init;\n";
        let folder = dist("whole", PAGE, "a { color: red }", glue);
        let page = pack(&folder).unwrap();
        for gone in [
            "import(\"./raftlab-files",
            "style-1.css",
            "href=\"./",
            "from './web-1.js'",
            "'</script>'",
            "fetch(",
        ] {
            assert!(!page.contains(gone), "{gone} in {page}");
        }
        for there in ["a { color: red }", "<html data-single-file lang", "DecompressionStream"] {
            assert!(page.contains(there), "{there} not in {page}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_can_not_move_inside_is_named() {
        let good_glue = "export default __wbg_init;";
        for (name, page, style, glue, named) in [
            ("font", PAGE, "a { src: url(font.woff) }", good_glue, "font.woff"),
            ("import", PAGE, "@import 'b.css';", good_glue, "@import"),
            ("snippet", PAGE, "", "import { a } from './snippets/a.js';", "snippets/a.js"),
            ("form", "<html></html>", "", good_glue, "trunk"),
        ] {
            let folder = dist(name, page, style, glue);
            let error = format!("{:#}", pack(&folder).unwrap_err());
            assert!(error.contains(named), "{error}");
            std::fs::remove_dir_all(folder).unwrap();
        }
    }

    #[test]
    fn another_script_is_refused() {
        let page =
            PAGE.replace("</head>", "<script src=\"https://a.example/b.js\"></script></head>");
        let folder = dist("script", &page, "", "export default __wbg_init;");
        let error = pack(&folder).unwrap_err().to_string();
        assert!(error.contains("a.example"), "{error}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
