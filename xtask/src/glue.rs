//! The glue between JavaScript and a module: what wasm-bindgen wrote, in TypeScript, and mended where it has to be.

use crate::names::Renamed;
use anyhow::{Result, bail};

/// The glue as a function: it keeps its instance in a scope of its own, so that there can be several, and a trapped one is
/// replaced.
pub(crate) fn typescript(bound: &str, renamed: &Renamed) -> Result<String> {
    let mut text = bound.to_owned();
    for (long, short) in &renamed.imports {
        text = replace_once(&text, &format!("function {long}("), &format!("function {short}("))?;
    }
    for (long, short) in &renamed.exports {
        text = called(&text, long, short)?;
    }
    let text = guarded(&quick(&text)?)?;
    let exported = text.lines().filter_map(|line| line.strip_prefix("export function ")?.split('(').next());
    let is_import = |name: &&str| renamed.imports.iter().any(|(_, short)| short == name);
    let (imports, faces): (Vec<_>, Vec<_>) = exported.filter(|name| *name != START).partition(is_import);
    let (imports, faces) = (imports.join(", "), faces.join(", "));
    // In a function `let` and `const` are looked at each time for whether they have a value yet: up to 8 % of a keystroke.
    let body = text.replace("export function ", "function ").replace("\nlet ", "\nvar ").replace("\nconst ", "\nvar ");
    Ok(format!(
        "// @ts-nocheck Made by `cargo xtask build` from the output of wasm-bindgen. Do not edit.\n\
         import {{ codecs }} from '../../codecs.js';\n\
         import type {{ Instance }} from '../../glue.js';\n\n\
         export function createGlue(): Instance {{\n\
         const {{ TextDecoder, TextEncoder }} = codecs();\n\
         {body}\n\
         function memory() {{ return getUint8ArrayMemory0(); }}\n\
         // For a memory that cannot detach its old buffer, see xtask/src/no_wasm.rs.\n\
         function memoryGrew() {{ cachedDataViewMemory0 = cachedUint8ArrayMemory0 = null; }}\n\
         return {{ imports: {{ {imports}, memoryGrew }}, start: {START}, memory, {faces} }};\n}}\n"
    ))
}

/// Takes the instance's exports.
const START: &str = "__wbg_set_wasm";

/// The glue, with another name for what it calls in the module, or hands on to be called.
fn called(glue: &str, long: &str, short: &str) -> Result<String> {
    let rename = |glue: String, end: &str| glue.replace(&format!("wasm.{long}{end}"), &format!("wasm.{short}{end}"));
    let renamed = ["(", ",", ")"].into_iter().fold(glue.to_owned(), rename);
    if renamed == glue { bail!("expected the output of wasm-bindgen to call {long:?}") } else { Ok(renamed) }
}

/// Letter by letter is faster for short text only: from 150 letters on in Chromium, from 30 in Node, the encoder is. What
/// takes as many bytes as it has letters stays where it was written first.
fn quick(glue: &str) -> Result<String> {
    replace_once(
        glue,
        "for (; offset < len; offset++) {",
        "const isLong = len >= 150;\n    \
         if (isLong) {\n        \
             const { read, written } = cachedTextEncoder.encodeInto(arg, mem.subarray(ptr, ptr + len));\n        \
             if (read === len && written === len) offset = len;\n    \
         }\n    \
         for (; !isLong && offset < len; offset++) {",
    )
}

/// A closure that trapped has written no result, and what the stack held there before is not to be thrown as one. Only what
/// a promise calls is such a closure.
fn guarded(glue: &str) -> Result<String> {
    if !glue.contains("wasm.closure") {
        return Ok(glue.to_owned());
    }
    let entered = ">>> 0;\n        wasm.closure";
    let clean = ">>> 0;\n        getDataViewMemory0().setInt32(retptr + 4, 0, true);\n        wasm.closure";
    replace_once(glue, entered, clean)
}

fn replace_once(text: &str, from: &str, to: &str) -> Result<String> {
    match text.matches(from).count() {
        1 => Ok(text.replace(from, to)),
        found => bail!("expected {from:?} once in the output of wasm-bindgen, found it {found} times"),
    }
}
