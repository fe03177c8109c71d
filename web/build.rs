//! Where `RAFTLAB_SPLIT` is set, as `cargo xtask build` sets it, what the page does without until
//! it is in use is set apart (`later.rs`), and the linker leaves in the wasm what each address
//! in it belongs to: only so can it be taken apart afterwards.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RAFTLAB_SPLIT");
    println!("cargo::rustc-check-cfg=cfg(split)");
    let is_wasm = std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm");
    if is_wasm && std::env::var_os("RAFTLAB_SPLIT").is_some() {
        println!("cargo::rustc-cfg=split");
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
