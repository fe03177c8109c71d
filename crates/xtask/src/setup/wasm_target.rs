//! The target that the page is compiled for.

use super::rust_target::RustTarget;

/// Its name.
pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// It, with the whole standard library.
pub(crate) fn target() -> RustTarget {
    RustTarget {
        triple: TRIPLE,
        purpose: "to compile the page for the browser",
        library_flags: &["-p", "sysroot", "--no-default-features", "--features", "panic-unwind"],
        proofs: &[
            (
                "fn main() { println!(\"{:?}\", std::collections::BTreeMap::from([(1, 2)])); }",
                // As the page is built, which asks more of the library.
                &["--crate-type", "bin", "-O", "-C", "lto=fat", "-C", "panic=abort"],
            ),
            (
                "#![no_std]\nextern crate alloc;\npub fn two() -> alloc::vec::Vec<u8> { alloc::vec![2] }",
                &["--crate-type", "lib"],
            ),
        ],
        slot: |toolbox| &mut toolbox.wasm_sysroot,
    }
}
