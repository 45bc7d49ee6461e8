//! The conformance suite, for any backend.

use crate::step::{command, root};
use crate::tools;
use anyhow::{Result, ensure};

/// How it ends when it cannot read its options.
const USAGE: i32 = 2;

/// Runs it with these options, on this checkout's edition of the contract.
pub(crate) fn run(options: &[String]) -> Result<()> {
    tools::for_conforming()?;
    let mut node = command("node");
    node.arg(root().join("pkg/programs/conform/conform.mjs")).args(options);
    let status = node.arg("--document").arg(root().join("proxy/openapi.json")).status()?;
    ensure!(status.code() != Some(USAGE), "expected the options above");
    ensure!(status.success(), "the backend does not keep the contract; the lines above say where");
    Ok(())
}
