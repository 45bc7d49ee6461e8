//! The finished module as plain JavaScript, for pages that allow no WebAssembly.

use crate::step::{command, modified, program_modified, root, run, step};
use crate::wasm::{Module, SAME_FEATURES, generated};
use anyhow::{Context as _, Result, bail};
use std::fs;

/// Writes `no-wasm.js` and its types into the generated sources, unless they were made of the same module before.
pub(crate) fn build() -> Result<()> {
    let made_from = Module::Rules.folder().join("translated-from.wasm");
    let into = generated().join("no-wasm.js");
    let up_to_date = modified(&into).ok() > Some(program_modified()?);
    if up_to_date && fs::read(&made_from).ok() == fs::read(Module::Rules.finished()).ok() {
        return Ok(());
    }
    step("turn it into JavaScript", || {
        let translated = Module::Rules.folder().join("no-wasm.js");
        run(command(root().join("pkg/node_modules/.bin/wasm2js"))
            .arg("-O3")
            .args(SAME_FEATURES)
            .arg(Module::Rules.finished())
            .arg("-o")
            .arg(&translated))?;
        fs::write(into, factory(&fs::read_to_string(&translated)?)?)?;
        fs::write(
            generated().join("no-wasm.d.ts"),
            "export function instantiate(imports: WebAssembly.ModuleImports): WebAssembly.Exports;\n",
        )?;
        fs::copy(Module::Rules.finished(), &made_from)?;
        Ok(())
    })
}

/// wasm2js makes one instance at import. Wrapped into a function there can be several, and none before it is asked for.
fn factory(module: &str) -> Result<String> {
    let body = module.trim_start();
    let body = match body.split_once('\n') {
        Some((import, body)) if import.starts_with("import * as ") => body,
        _ => bail!("expected wasm2js to import the glue in its first line"),
    };
    let (body, _) =
        body.split_once("\nvar retasmFunc = ").context("expected wasm2js to make its instance at the end")?;
    // A real memory detaches its old buffer when it grows, by which the glue knows that its views are stale.
    let grown = "buffer = newBuffer;";
    if body.matches(grown).count() != 1 {
        bail!("expected wasm2js to replace its buffer in one place");
    }
    let body = body.replace(grown, "buffer = newBuffer; imports.glue.memoryGrew();");
    Ok(format!("export function instantiate(glue) {{\n{body}\nreturn asmFunc({{ glue }});\n}}\n"))
}
