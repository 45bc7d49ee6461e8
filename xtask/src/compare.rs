//! The package side by side with the libraries a page would use instead.

use crate::step::command;
use crate::{package, tools};
use anyhow::{Result, ensure};

/// Measures what has one of the words in its name, or everything; `quick` among them makes fewer rounds.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let chromium = tools::for_comparing()?;
    package::build()?;
    let measured = command("node").arg("bench/run.mjs").args(words).env("CHROMIUM", chromium).status()?;
    ensure!(measured.success(), "expected every contender to be measured");
    Ok(())
}
