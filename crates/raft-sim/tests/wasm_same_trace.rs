//! The same scenario and seed give the same trace in a browser as natively, byte for
//! byte: the digests are those that the native test holds to.
#![cfg(target_arch = "wasm32")]

mod golden;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn every_trace_is_that_of_the_native_build() {
    assert_eq!(size_of::<usize>(), 4, "a 32-bit machine");
    let now = golden::digests();
    for (now, golden) in now.lines().zip(golden::DIGESTS.lines()) {
        assert_eq!(now, golden);
    }
    assert_eq!(now, golden::DIGESTS);
}
