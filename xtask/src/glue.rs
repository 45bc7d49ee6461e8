//! The glue between JavaScript and a module: what wasm-bindgen wrote, in TypeScript, and mended where it has to be.

use crate::names::Renamed;
use anyhow::{Result, bail, ensure};

/// The glue as a function: it keeps its instance in a scope of its own, so that there can be several, and a trapped one is
/// replaced.
pub(crate) fn typescript(bound: &str, renamed: &Renamed) -> Result<String> {
    let mut text = plain(bound)?;
    for (long, short) in &renamed.imports {
        text = replace_once(&text, &format!("function {long}("), &format!("function {short}("))?;
    }
    for (long, short) in &renamed.exports {
        text = called(&text, long, short);
        ensure!(called(bound, long, short) != bound, "expected the output of wasm-bindgen to call {long:?}");
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
fn called(glue: &str, long: &str, short: &str) -> String {
    let rename = |glue: String, end: &str| glue.replace(&format!("wasm.{long}{end}"), &format!("wasm.{short}{end}"));
    ["(", ",", ")"].into_iter().fold(glue.to_owned(), rename)
}

/// Without what only other callers could need: numbers that may be none, the allocator at each text, encoders of 2016, and memory
/// that is freed where the copying of a text has failed. Here it is boundary.ts that calls, and whatever is thrown ends the
/// instance with its memory, see pkg/src/engine.ts. 0.2 kB of gzip.
fn plain(glue: &str) -> Result<String> {
    let mut text = String::with_capacity(glue.len());
    let mut lines = glue.lines();
    while let Some(line) = lines.next() {
        let (indent, code) = line.split_at(line.len() - line.trim_start().len());
        match code.split_once(" = +") {
            Some((name, value)) if name.starts_with("const val") => text += &format!("{indent}{name} = {value}\n"),
            _ if code == "try {" => text += &unwatched(indent, &mut lines),
            _ => text += &format!("{line}\n"),
        }
    }
    let (before, rest) = split_once(&text, "function passStringToWasm0(arg, malloc, realloc) {\n")?;
    let (_, rest) = split_once(rest, "        return ptr;\n    }\n")?;
    let (body, after) = split_once(rest, "\n}\n")?;
    let body =
        body.replace("malloc(len", "wasm.__wbindgen_malloc(len").replace("realloc(ptr", "wasm.__wbindgen_realloc(ptr");
    let text = format!("{before}function passStringToWasm0(arg) {{\n{body}\n}}\n{after}");
    let (before, rest) = split_once(&text, "if (!('encodeInto' in cachedTextEncoder)) {\n")?;
    let (_, after) = split_once(rest, "\n}\n")?;
    let text = format!("{before}{after}");
    Ok(text.replace(", wasm.__wbindgen_malloc, wasm.__wbindgen_realloc)", ")"))
}

/// What is tried, alone if what catches does nothing but free and throw on; otherwise with its `try`, as it is.
fn unwatched<'a>(indent: &str, lines: &mut (impl Iterator<Item = &'a str> + Clone)) -> String {
    let (caught, end) = (format!("{indent}}} catch (e) {{"), format!("{indent}}}"));
    let mut ahead = lines.clone();
    let tried: Vec<_> = ahead.by_ref().take_while(|line| *line != caught).collect();
    let mut caught: Vec<_> = ahead.by_ref().take_while(|line| *line != end).map(str::trim).collect();
    let is_whole = !tried.iter().any(|line| line.starts_with(&end));
    if !is_whole || caught.pop() != Some("throw e;") || !caught.iter().all(|line| line.starts_with("if (ptr")) {
        return format!("{indent}try {{\n");
    }
    *lines = ahead;
    tried.iter().fold(String::new(), |text, line| text + line + "\n")
}

fn split_once<'a>(text: &'a str, at: &str) -> Result<(&'a str, &'a str)> {
    match text.split_once(at) {
        Some(parts) => Ok(parts),
        None => bail!("expected {at:?} in the output of wasm-bindgen, found none"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &str = "    try {
        return f(+val1, ptr0, len0);
    } catch (e) {
        addHeapObject(e);
    }
    try {
        return val1;
    } finally {
        wasm.__wbindgen_free(ptr0, len0, 1);
    }
}";

    #[test]
    fn only_what_frees_and_throws_on_is_left_out() {
        let given = [
            "function build(operation, snapshot) {",
            "    const val1 = +operation;",
            "    let ptr0, len0;",
            "    try {",
            "        ptr0 = passStringToWasm0(snapshot, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);",
            "        len0 = WASM_VECTOR_LEN;",
            "    } catch (e) {",
            "        if (ptr0) { wasm.__wbindgen_free(ptr0, len0 * 1, 1); }",
            "        throw e;",
            "    }",
            KEPT,
            "function passStringToWasm0(arg, malloc, realloc) {",
            "    if (realloc === undefined) {",
            "        return ptr;",
            "    }",
            "    let ptr = malloc(len, 1) >>> 0;",
            "    ptr = realloc(ptr, len, offset, 1) >>> 0;",
            "}",
            "if (!('encodeInto' in cachedTextEncoder)) {",
            "    cachedTextEncoder.encodeInto = slowly;",
            "}",
            "",
        ];
        let expected = [
            "function build(operation, snapshot) {",
            "    const val1 = operation;",
            "    let ptr0, len0;",
            "        ptr0 = passStringToWasm0(snapshot);",
            "        len0 = WASM_VECTOR_LEN;",
            KEPT,
            "function passStringToWasm0(arg) {",
            "    let ptr = wasm.__wbindgen_malloc(len, 1) >>> 0;",
            "    ptr = wasm.__wbindgen_realloc(ptr, len, offset, 1) >>> 0;",
            "}",
            "",
        ];
        assert_eq!(plain(&given.join("\n")).unwrap(), expected.join("\n"));
        assert!(plain("").unwrap_err().to_string().starts_with("expected \"function passStringToWasm0"));
    }
}
