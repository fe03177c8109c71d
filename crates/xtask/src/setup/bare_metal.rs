//! The target of the proof that the protocol needs no operating system.

use super::rust_target::RustTarget;

/// A microcontroller: it has `core` and `alloc`, and no `std` that could slip in.
pub(crate) const TRIPLE: &str = "thumbv7em-none-eabi";

/// It, with `core` and `alloc`.
pub(crate) fn target() -> RustTarget {
    RustTarget {
        triple: TRIPLE,
        purpose: "to prove that the protocol and the simulator build without an operating system",
        library_flags: &["-p", "alloc", "--features", "compiler-builtins-mem"],
        proofs: &[(
            "#![no_std]\nextern crate alloc;\npub fn two() -> alloc::vec::Vec<u8> { alloc::vec![2] }",
            &["--crate-type", "lib"],
        )],
        slot: |toolbox| &mut toolbox.bare_metal_sysroot,
    }
}
