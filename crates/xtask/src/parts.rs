//! The page's wasm in two parts: what the first load needs, and what comes later
//! (`web/src/later.rs`).
//!
//! trunk links it as one, with all that says what belongs to what left in it. Here that is taken
//! apart, each part is optimised for itself, and the first takes the place of the whole. The
//! other lies beside it, and the glue fetches it when it is asked to.

use crate::setup::Toolbox;
use crate::{process, setup, workspace};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What tells `web/build.rs` that the page is to be taken apart.
pub(crate) const WANTED: &str = "RAFTLAB_SPLIT";
/// How the name of the part ends that comes later.
pub(crate) const LATER: &str = "_later.wasm";

/// What the browsers that the page is for know, beyond the first version of wasm: what rustc
/// takes for granted.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Takes apart the page that trunk has built into `dist`.
pub(crate) fn take_apart(dist: &Path, toolbox: &Toolbox) -> Result<()> {
    let whole = workspace::target()?.join(setup::WASM).join("release/raftlab-web.wasm");
    let scratch = workspace::scratch()?;
    let folder = scratch.join("parts");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let mut splitter = Command::new(process::cargo());
    splitter.args(["run", "--package", "wasm-splitter", "--"]);
    splitter.arg(whole).arg(&folder).current_dir(workspace::root());
    // The first time it is compiled, which takes a while.
    process::with_heartbeat(&mut splitter, "wasm-splitter", &scratch.join("wasm-splitter.log"))
        .context("the page's wasm can't be taken apart")?;

    // trunk's names, which change with what is in the files.
    let name = name_in(dist)?;
    let mut bindgen = toolbox.command("wasm-bindgen");
    // The parts share the table of functions, which is the linker's own export.
    bindgen.args(["--target", "web", "--no-typescript", "--keep-lld-exports"]);
    bindgen.args(["--out-name", &name, "--out-dir"]);
    bindgen.arg(&folder).arg(folder.join("main.wasm"));
    process::run(&mut bindgen)?;
    let main = format!("{name}_bg.wasm");
    optimise(toolbox, &folder.join(&main), &dist.join(main))?;
    let later = format!("{name}{LATER}");
    optimise(toolbox, &folder.join("split_later.wasm"), &dist.join(&later))?;

    let glue = format!("{name}.js");
    let joined = joined(&text(&folder.join(&glue))?, &text(&folder.join("parts.js"))?, &later)?;
    let path = dist.join(glue);
    fs::write(&path, joined).with_context(|| format!("cannot write {}", path.display()))
}

/// What the page's files are called, without what follows in their names.
fn name_in(dist: &Path) -> Result<String> {
    let entries = fs::read_dir(dist).with_context(|| format!("cannot read {}", dist.display()))?;
    let mut names = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let stem = name.strip_suffix("_bg.wasm")?;
        stem.starts_with("raftlab-web").then(|| stem.to_owned())
    });
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name),
        _ => bail!("dist/ should have one raftlab-web*_bg.wasm; has the version of trunk changed?"),
    }
}

fn optimise(toolbox: &Toolbox, from: &PathBuf, to: &PathBuf) -> Result<()> {
    let mut optimiser = toolbox.command("wasm-opt");
    optimiser.args(["-Oz", "--converge", "--reorder-functions-by-name"]).args(FEATURES);
    optimiser.arg(from).arg("-o").arg(to);
    process::run(&mut optimiser)
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// wasm-bindgen's glue, with what fetches the other part inside it: a file less to wait for.
fn joined(glue: &str, parts: &str, later: &str) -> Result<String> {
    let not_known = "the glue is not of the form that wasm-bindgen and wasm-splitter write";
    // `import * as import1 from "./parts.js"`
    let is_import = |line: &&str| line.starts_with("import * as ") && line.contains("parts.js");
    let import = glue.lines().find(is_import).context(not_known)?;
    let namespace = import.split(' ').nth(3).context(not_known)?;
    let glue = glue.replacen(import, "", 1);

    let mut exported = Vec::new();
    let mut script = String::new();
    // It takes the glue for another file, of which it wants one function.
    for line in parts.lines().filter(|line| !line.starts_with("import { initSync }")) {
        if let Some(rest) = line.strip_prefix("export const ") {
            exported.push(rest.split(' ').next().context(not_known)?);
            script.push_str("const ");
            script.push_str(rest);
        } else {
            script.push_str(line);
        }
        script.push('\n');
    }
    if exported.is_empty() {
        bail!("{not_known}: nothing is fetched by it");
    }
    // Not as it comes in: a host may call a wasm by another type, and this one nobody waits for.
    let streaming = "WebAssembly.instantiateStreaming(src, imports)";
    let fetched = "fetch(new URL(\"./split_later.wasm\", import.meta.url))";
    for needed in [streaming, fetched] {
        if script.matches(needed).count() != 1 {
            bail!("{not_known}: `{needed}` is not there once");
        }
    }
    let script = script
        .replace(streaming, "WebAssembly.instantiate(await src, imports)")
        .replace(fetched, "takeLater()");
    let (exported, fetching) = (exported.join(", "), fetching(later));
    // A link may name a run that takes both parts: the second need not wait for the first.
    Ok(format!(
        "const fetchLater = () => {fetching};\n\
         let early = location.hash ? fetchLater() : undefined;\n\
         early?.catch(() => {{}});\n\
         const takeLater = () => {{\n\
         const src = early ?? fetchLater();\n\
         early = undefined;\n\
         return src;\n\
         }};\n\
         {script}const {namespace} = {{ {exported} }};\n{glue}"
    ))
}

/// How the glue gets what comes later; nobody but the page in one file has another way.
pub(crate) fn fetching(later: &str) -> String {
    format!("fetch(new URL(\"./{later}\", import.meta.url)).then((file) => file.arrayBuffer())")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "import * as import1 from \"./parts.js\"\n\nfunction a() { import1; }\n";
    const PARTS: &str = "import { initSync } from \"./main.js\";\n\
        export const __wasm_split_load_later = wrap(() => {\n\
        const src = fetch(new URL(\"./split_later.wasm\", import.meta.url));\n\
        return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n});\n";

    #[test]
    fn what_fetches_the_other_part_is_inside_the_glue() {
        let joined = joined(GLUE, PARTS, "web-1_later.wasm").unwrap();
        assert!(!joined.contains("import {") && !joined.contains("import *"), "{joined}");
        assert!(joined.contains(&fetching("web-1_later.wasm")), "{joined}");
        assert!(joined.contains("\nconst import1 = { __wasm_split_load_later };\n"), "{joined}");
        assert!(!joined.contains("Streaming"), "{joined}");
    }

    #[test]
    fn glue_of_another_form_is_an_error() {
        for (glue, parts) in [
            ("function a() {}", PARTS),
            (GLUE, ""),
            (GLUE, "export const a = 1;"),
            (GLUE, &PARTS.replace("split_later", "split_others")),
        ] {
            assert!(joined(glue, parts, "b").is_err(), "{glue} {parts}");
        }
    }
}
