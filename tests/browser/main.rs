//! The boundary in a real browser: what crosses, under a prototype somebody bent, and one attempt over the network.
//!
//! Only what a browser alone can show; the rules themselves are tested on the host.
#![cfg(target_arch = "wasm32")]

mod rows;
mod send;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
