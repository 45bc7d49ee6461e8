//! The rules as wasm: compiled, bound, made small, and put into TypeScript.

use crate::imports::Renamed;
use crate::module_text;
use crate::step::{cargo, command, modified, program_modified, root, run, step, target};
use crate::tools::{WASM as TARGET, sysroot};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::PathBuf;
use wasm_bindgen_cli_support::Bindgen;

/// How wasm-opt makes the module small; each was kept because it paid. Below address 1024 lies only the end of the stack.
const SMALL: [&str; 6] =
    ["--mvp-features", "-Oz", "--converge", "--low-memory-unused", "--strip-debug", "--strip-producers"];

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
    let compiled = step("compile the rules to wasm", compile)?;
    let bound_from = folder().join("bound-from.wasm");
    let up_to_date = modified(&finished()).ok() > Some(program_modified()?);
    if up_to_date && fs::read(&bound_from).ok() == fs::read(&compiled).ok() {
        return Ok(());
    }
    step("bind it to JavaScript", || {
        fs::create_dir_all(folder())?;
        Bindgen::new().input_path(&compiled).bundler(true)?.typescript(false).generate(folder())?;
        let Renamed { module, names } = Renamed::of(&fs::read(named())?)?;
        fs::write(named(), module)?;
        glue(&names)
    })?;
    step("make it small", || {
        run(command(root().join("pkg/node_modules/.bin/wasm-opt")).args(SMALL).arg("-o").arg(finished()).arg(named()))
    })?;
    step("put it into TypeScript", || {
        let wasm = fs::read(finished())?;
        let (text, sum) = (module_text::encode(&wasm), module_text::sum(&wasm));
        fs::write(
            generated().join("wasm.ts"),
            format!("export const wasmSum = {sum};\nexport const wasmText =\n  '{text}';\n"),
        )?;
        Ok(())
    })?;
    fs::copy(compiled, bound_from)?;
    Ok(())
}

/// Compiles the rules together with a standard library of their own, and gives the module's path.
///
/// std as rustup ships it is built for speed, with the texts of its panics, and for newer browsers: 57,969 bytes of gzip
/// became 53,985 by this. For `mvp` no JavaScript value needs a table, which Safari before 16.4 and wasm2js lack.
fn compile() -> Result<PathBuf> {
    // Flags of their own, a folder of their own: no other build is thrown away for this one, and none sees its flags.
    let folder = target().join("rules");
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")))?;
    let flags = [
        "-Ctarget-cpu=mvp".to_owned(),
        // A panic is a trap, and nothing of its text stays; this panic strategy has no stable name yet.
        "-Zunstable-options".to_owned(),
        "-Cpanic=immediate-abort".to_owned(),
        // Nothing is left that could say where it happened.
        "-Zlocation-detail=none".to_owned(),
        // The functions that a file of cards calls for each row are compiled for speed; that attribute has no stable name yet.
        "--cfg=hot".to_owned(),
        // The folders of whoever built it would otherwise stand in the module.
        format!("--remap-path-prefix={home}=/cargo"),
        format!("--remap-path-prefix={}=/cardwright", root().display()),
        format!("--remap-path-prefix={}=/rust", sysroot()?.display()),
    ];
    run(cargo()
        .args(["build", "--lib", "--profile", "wasm", "--target", TARGET, "--package", "cardwright"])
        .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
        .env("RUSTC_BOOTSTRAP", "1")
        // A separator of its own: a path may hold a blank.
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", &folder))?;
    Ok(folder.join(TARGET).join("wasm/cardwright.wasm"))
}

/// Where generated TypeScript goes.
pub(crate) fn generated() -> PathBuf {
    root().join("pkg/src/generated")
}

/// The glue keeps its instance in module scope. Wrapped into a function there can be several, and a trapped one is replaced.
fn glue(names: &[(String, String)]) -> Result<()> {
    let bound = folder().join("glue.js");
    let mut text = fs::read_to_string(folder().join("cardwright_bg.js"))?;
    for (long, short) in names {
        text = replace_once(&text, &format!("function {long}("), &format!("function {short}("))?;
    }
    // For a memory that cannot detach its old buffer, see no_wasm.rs.
    let forget = "export function memoryGrew() { cachedDataViewMemory0 = cachedUint8ArrayMemory0 = null; }\n\
                  export function memory() { return getUint8ArrayMemory0(); }\n";
    fs::write(&bound, text + forget)?;
    let wrapped = run(command(root().join("pkg/node_modules/.bin/esbuild"))
        .args(["--bundle", "--format=iife", "--global-name=glue", "--target=es2022", "--log-level=warning"])
        .arg(&bound))
    .context("expected esbuild to wrap the glue")?;
    // The options of fetch: what another script put on `Object.prototype` must not become one of them.
    let wrapped = replace_once(&wrapped, "new Object()", "Object.create(null)")?;
    // A closure that trapped has written no result, and what the stack held there before is not to be thrown as one.
    let wrapped = replace_once(
        &wrapped,
        ">>> 0;\n      wasm.wasm_bindgen",
        ">>> 0;\n      getDataViewMemory0().setInt32(retptr + 4, 0, true);\n      wasm.wasm_bindgen",
    )?;
    let text = format!(
        "// @ts-nocheck Made by `cargo xtask build` from the output of wasm-bindgen. Do not edit.\n\
         import {{ codecs }} from '../codecs.js';\n\
         import type {{ Glue }} from '../glue.js';\n\
         export type {{ Glue }};\n\n\
         export function createGlue(): Glue {{\n  const {{ TextDecoder, TextEncoder }} = codecs();\n{wrapped}\n  \
         return {{\n    ...glue,\n    imports: glue,\n    start(exports) {{\n      glue.__wbg_set_wasm(exports);\n    }},\n  }};\n}}\n"
    );
    fs::write(generated().join("glue.ts"), text)?;
    Ok(())
}

fn replace_once(text: &str, from: &str, to: &str) -> Result<String> {
    match text.matches(from).count() {
        1 => Ok(text.replace(from, to)),
        found => bail!("expected {from:?} once in the output of wasm-bindgen, found it {found} times"),
    }
}
