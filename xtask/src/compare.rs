//! The package side by side with the libraries a page would use instead.

use crate::step::command;
use crate::{package, tools};
use anyhow::{Result, ensure};

/// Times the workloads whose name contains one of the words, or all of them.
pub(crate) fn run(words: &[String], quick: bool) -> Result<()> {
    let chromium = tools::for_comparing()?;
    package::build()?;
    let measured = command("node")
        .arg("bench/run.mjs")
        .args(quick.then_some("--quick"))
        .args(words)
        .env("CHROMIUM", chromium)
        .status()?;
    ensure!(measured.success(), "expected every contender to be measured");
    Ok(())
}
