//! Runs a wasm test binary in headless Chromium; called by Cargo, as `cargo xtask test` tells it to.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
