//! The npm package: generated sources, two bundles, and their types.

use crate::step::{command, modified, program_modified, root, run, step, target};
use crate::{generate, wasm};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What can be imported.
const ENTRIES: [&str; 3] = ["index", "messages/en", "messages/es"];

/// Where the package's files are put.
pub(crate) fn dist() -> PathBuf {
    root().join("pkg/dist")
}

/// Builds `pkg/dist` from the rules and the TypeScript.
pub(crate) fn build() -> Result<()> {
    step("write TypeScript from the descriptors", || generate::write(&wasm::generated()))?;
    wasm::build()?;
    let sources =
        newest(&root().join("pkg/src"))?.max(modified(&root().join("pkg/package.json"))?).max(program_modified()?);
    if dist().join("index.d.cts").exists() && newest(&dist())? > sources {
        return Ok(());
    }
    let _ = fs::remove_dir_all(dist());
    step("bundle the package", || {
        for (entry, (format, ending)) in
            ENTRIES.iter().flat_map(|entry| [("esm", "js"), ("cjs", "cjs")].map(|format| (entry, format)))
        {
            run(tool("esbuild")
                .arg(format!("src/{entry}.ts"))
                .args(["--bundle", "--target=es2022", "--charset=utf8", "--log-level=warning", "--minify"])
                .arg(format!("--format={format}"))
                .arg(format!("--outfile=dist/{entry}.{ending}")))?;
        }
        Ok(())
    })?;
    step("check the types and write them", || {
        run(tool("tsc").args(["--project", "tsconfig.json", "--noEmit"]))?;
        // One file for each module system: a `.d.cts` that imported a `.d.ts` would say "ESM" to a CommonJS program.
        for (entry, ending) in ENTRIES.iter().flat_map(|entry| ["d.ts", "d.cts"].map(|ending| (entry, ending))) {
            run(tool("dts-bundle-generator")
                .arg(format!("src/{entry}.ts"))
                .args(["--project", "tsconfig.json", "--no-banner", "--silent", "--out-file"])
                .arg(format!("dist/{entry}.{ending}")))?;
        }
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            fs::copy(root().join(licence), root().join("pkg").join(licence))
                .with_context(|| format!("expected {licence}"))?;
        }
        Ok(())
    })
}

/// Packs `pkg` as npm would publish it, and gives the tarball's path.
pub(crate) fn pack() -> Result<PathBuf> {
    let into = target().join("npm/packed");
    let _ = fs::remove_dir_all(&into);
    fs::create_dir_all(&into)?;
    let mut npm = command("npm");
    npm.current_dir(root().join("pkg")).args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]).arg(&into);
    let name = run(&mut npm)?;
    Ok(into.join(name.trim()))
}

fn tool(name: &str) -> std::process::Command {
    let mut tool = command(root().join("pkg/node_modules/.bin").join(name));
    tool.current_dir(root().join("pkg"));
    tool
}

fn newest(path: &Path) -> Result<std::time::SystemTime> {
    let mut newest = modified(path)?;
    if path.is_dir() {
        newest = std::time::SystemTime::UNIX_EPOCH;
        for entry in fs::read_dir(path)? {
            newest = newest.max(self::newest(&entry?.path())?);
        }
    }
    Ok(newest)
}
