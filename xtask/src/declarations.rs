//! The types of an entry, bundled into one file.

use crate::package::{dist, tool};
use crate::step::{root, run, target};
use anyhow::{Context as _, Result};
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// Bundles the types of each source into its file, all in one run of the compiler.
///
/// What comes from `cardwright` is imported from there, as by any other package. The bundler of types takes for a package what
/// lies in a `node_modules`, so the default entry's types are put into one.
pub(crate) fn bundle(files: &[(&str, PathBuf)]) -> Result<()> {
    let folder = target().join("npm/types");
    let ours = folder.join("node_modules/cardwright/index.d.ts");
    fs::create_dir_all(ours.parent().context("expected a folder")?)?;
    let default = dist().join("index.d.ts");
    if default.exists() {
        fs::copy(default, &ours)?;
    }
    let package = root().join("pkg");
    let project = folder.join("tsconfig.json");
    let paths = json!({
        "#source": [package.join("src/source/inline.ts")],
        "#module/*": [package.join("src/generated/rules/*")],
        "cardwright": [ours],
    });
    let settings = json!({
        "extends": package.join("tsconfig.json"),
        "compilerOptions": { "rootDir": "/", "paths": paths },
    });
    fs::write(&project, settings.to_string())?;
    let entry = |(source, file): &(&str, PathBuf)| {
        // The tests compile them, as a dashboard would.
        json!({ "filePath": package.join(source), "outFile": file, "noCheck": true, "output": { "noBanner": true } })
    };
    let entries: Vec<_> = files.iter().map(entry).collect();
    let settings = json!({ "compilationOptions": { "preferredConfigPath": project }, "entries": entries });
    let config = folder.join("entries.json");
    fs::write(&config, settings.to_string())?;
    run(tool("dts-bundle-generator").args(["--silent", "--config"]).arg(&config))?;
    Ok(())
}
