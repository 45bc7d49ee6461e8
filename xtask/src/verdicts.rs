//! What the native rules say of generated inputs, and whether the package says the same.

use crate::step::{cargo, command, root, run, step, target};
use crate::{package, tools};
use anyhow::Result;
use std::path::PathBuf;

/// So many in the suite.
pub(crate) const SHORT: u32 = 4_000;

/// Writes inputs and verdicts to files, and gives their folder.
pub(crate) fn write(rows: u32) -> Result<PathBuf> {
    let folder = target().join("verdicts");
    // Inputs are made slowly where nothing is optimised.
    let profile: &[&str] = if rows > SHORT { &["--release"] } else { &[] };
    step(&format!("write verdicts on {rows} inputs"), || {
        run(cargo()
            .args(["run", "--quiet", "--package", "cardwright", "--example", "verdicts"])
            .args(profile)
            .arg("--")
            .arg(rows.to_string())
            .arg(&folder))
    })?;
    Ok(folder)
}

/// Writes them, and has the package read each again.
pub(crate) fn compare(rows: u32) -> Result<()> {
    tools::for_building()?;
    package::build()?;
    let tarball = package::pack()?;
    let said = run(command("node")
        .args(["--test", "--test-reporter=spec"])
        .arg(root().join("tests/package/verdicts.test.mjs"))
        .env("CARDWRIGHT_TARBALL", &tarball)
        .env("CARDWRIGHT_VERDICTS", write(rows)?))?;
    println!("{said}");
    Ok(())
}
