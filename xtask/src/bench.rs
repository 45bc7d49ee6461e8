//! Figures of this machine, printed by the programs that measure them.

use crate::step::{cargo, command, run, step, target};
use anyhow::{Result, ensure};

/// Measures the bare store: an insert and its commit.
pub(crate) fn store() -> Result<()> {
    let measured = cargo()
        .args(["run", "--release", "--quiet", "--package", "cardwright-proxy", "--example", "bare_store"])
        .status()?;
    ensure!(measured.success(), "the store could not be measured");
    Ok(())
}

/// Measures what the claim adds to a create, and the bare store beside it.
pub(crate) fn claims() -> Result<()> {
    store()?;
    step("build the programs as they are shipped", || {
        let programs =
            ["--package", "cardwright-proxy", "--package", "cardwright-sandbox", "--package", "cardwright-faults"];
        run(cargo().args(["build", "--release"]).args(programs))
    })?;
    let measured = command(target().join("release/bench_claims")).status()?;
    ensure!(measured.success(), "the claims could not be measured");
    Ok(())
}
