//! Takes a wasm apart at the functions that are marked by `wasm_split_helpers`:
//! `wasm-splitter page.wasm folder` writes the main part to `folder/main.wasm`, which is then
//! wasm-bindgen's, each other part as it is, and `folder/parts.js`, which fetches them.
//!
//! It is a program of its own so that `cargo xtask` need not compile it to do anything else.

use anyhow::{Context, Result, anyhow};
use std::path::PathBuf;
use wasm_split_cli_support::{Options, transform};

fn main() -> Result<()> {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(wasm), Some(folder), None) = (words.next(), words.next(), words.next()) else {
        return Err(anyhow!("usage: wasm-splitter WASM FOLDER"));
    };
    let bytes = std::fs::read(&wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let main = folder.join("main.wasm");
    let mut options = Options::new(&bytes);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.link_name = "./parts.js";
    let made = transform(options).map_err(|error| anyhow!("{error:#}"))?;
    for part in made.split_modules {
        println!("{}", part.display());
    }
    Ok(())
}
