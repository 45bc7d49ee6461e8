//! The long runs of what must hold under faults. The suite has each of them in short.

use crate::step::{cargo, command, run, step};
use crate::{demo, tools};
use anyhow::{Result, ensure};
use std::process::Stdio;

/// What the runs and their short versions are made of: the programs, the lines, and a proxy that breaks where it is told to.
pub(crate) fn build() -> Result<()> {
    let packages = ["cardwright-sandbox", "cardwright-proxy", "cardwright-faults", "cardwright-test-postgres"];
    let packages = packages.map(|name| ["--package", name]);
    // Of the same packages both times, so that what they depend on is built once.
    step("build the issuer, the proxy and the lines that go wrong", || {
        run(cargo().arg("build").args(packages.concat()))
    })?;
    step("build the proxy with fail points", || {
        let features = ["--features", "cardwright-proxy/fail-points", "--bin", "cardwright-proxy-fail-points"];
        run(cargo().arg("build").args(packages.concat()).args(features))
    })?;
    Ok(())
}

/// Runs these parts, or all.
pub(crate) fn parts(names: &[String]) -> Result<()> {
    tools::postgres()?;
    build()?;
    let status = command(demo::program("soak")).args(names).stdin(Stdio::null()).status()?;
    ensure!(status.success(), "what must hold did not; the lines above say what");
    Ok(())
}
