//! The rules as wasm: compiled, bound, made small, and put into TypeScript.

use crate::step::{cargo, command, root, run, step, target};
use anyhow::{Context as _, Result};
use base64::Engine as _;
use std::fs;
use std::path::PathBuf;
use wasm_bindgen_cli_support::Bindgen;

/// Where the parts of the wasm are put together.
pub(crate) fn folder() -> PathBuf {
    target().join("npm")
}

/// The finished module.
pub(crate) fn finished() -> PathBuf {
    folder().join("cardwright.wasm")
}

/// The bound module before names were taken out: what sizes are counted in.
pub(crate) fn named() -> PathBuf {
    folder().join("cardwright_bg.wasm")
}

/// Compiles the rules, and writes `glue.ts` and `wasm.ts` into the generated sources.
pub(crate) fn build() -> Result<()> {
    step("compile the rules to wasm", || {
        let home =
            std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")))?;
        // Panic locations would otherwise carry the folders of whoever built it.
        let remap = format!("--remap-path-prefix={home}=/cargo --remap-path-prefix={}=/cardwright", root().display());
        run(cargo()
            .args([
                "build",
                "--lib",
                "--profile",
                "wasm",
                "--target",
                "wasm32-unknown-unknown",
                "--package",
                "cardwright",
            ])
            .env("RUSTFLAGS", remap))
    })?;
    let compiled = target().join("wasm32-unknown-unknown/wasm/cardwright.wasm");
    let bound_from = folder().join("bound-from.wasm");
    if finished().exists() && fs::read(&bound_from).ok() == fs::read(&compiled).ok() {
        return Ok(());
    }
    step("bind it to JavaScript", || {
        fs::create_dir_all(folder())?;
        Bindgen::new().input_path(&compiled).bundler(true)?.typescript(false).generate(folder())?;
        Ok(())
    })?;
    step("make it small", || {
        // std as rustup ships it is built for newer features than the module declares.
        run(command(root().join("pkg/node_modules/.bin/wasm-opt"))
            .args(["-Oz", "--strip-debug", "--strip-producers", "-o"])
            .arg(finished())
            .arg(named()))
    })?;
    step("put it into TypeScript", || {
        glue()?;
        let wasm = fs::read(finished())?;
        let text = base64::engine::general_purpose::STANDARD.encode(wasm);
        fs::write(generated().join("wasm.ts"), format!("export const wasmBase64 =\n  '{text}';\n"))?;
        Ok(())
    })?;
    fs::copy(compiled, bound_from)?;
    Ok(())
}

/// Where generated TypeScript goes.
pub(crate) fn generated() -> PathBuf {
    root().join("pkg/src/generated")
}

/// The glue keeps its instance in module scope. Wrapped into a function there can be several, and a trapped one is replaced.
fn glue() -> Result<()> {
    let bound = folder().join("cardwright_bg.js");
    let wrapped = run(command(root().join("pkg/node_modules/.bin/esbuild"))
        .args(["--bundle", "--format=iife", "--global-name=glue", "--target=es2022", "--log-level=warning"])
        .arg(&bound))
    .context("expected esbuild to wrap the glue")?;
    // The options of fetch: what another script put on `Object.prototype` must not become one of them.
    let wrapped = wrapped.replace("new Object()", "Object.create(null)");
    let text = format!(
        "// @ts-nocheck Made by `cargo xtask build` from the output of wasm-bindgen. Do not edit.\n\
         import type {{ Glue }} from '../glue.js';\n\
         export type {{ Glue }};\n\n\
         export function createGlue(): Glue {{\n{wrapped}\n  \
         return {{\n    ...glue,\n    imports: glue,\n    start(exports) {{\n      glue.__wbg_set_wasm(exports);\n      \
         exports.__wbindgen_start();\n    }},\n  }};\n}}\n"
    );
    fs::write(generated().join("glue.ts"), text)?;
    Ok(())
}
