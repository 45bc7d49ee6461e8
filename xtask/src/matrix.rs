//! Every toolchain a dashboard is built with, tried with the packed tarball; the table goes into the package's README.

use crate::step::{command, root, step};
use crate::{package, tools};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::process::Stdio;

const BEGIN: &str = "<!-- Measured by `cargo xtask matrix`. -->\n";
const END: &str = "<!-- End of what is measured. -->\n";

/// Tries the toolchains whose name contains one of the words, or all of them; a whole table is kept.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let tools::Matrix { chromium, firefox } = tools::for_matrix()?;
    package::build()?;
    let tarball = step("pack the package", package::pack)?;
    let output = command("node")
        .arg("tests/matrix/run.mjs")
        .args(words)
        .env("CARDWRIGHT_TARBALL", tarball)
        .env("CHROMIUM", chromium)
        .env("FIREFOX", firefox)
        // What it does is told on the error stream while it does it; the table comes last.
        .stderr(Stdio::inherit())
        .output()
        .context("expected to start node")?;
    let table = String::from_utf8(output.stdout).context("expected a table")?;
    print!("{table}");
    if words.is_empty() {
        keep(table.split("\n\n").next().unwrap_or_default())?;
    }
    if !output.status.success() {
        bail!("expected a form to be checked in each toolchain");
    }
    Ok(())
}

fn keep(table: &str) -> Result<()> {
    let file = root().join("pkg/README.md");
    let found = fs::read_to_string(&file).context("expected pkg/README.md")?;
    let parts = found.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.context("expected pkg/README.md to say where the table stands")?;
    fs::write(&file, format!("{before}{BEGIN}\n{table}\n\n{END}{after}")).context("expected to write pkg/README.md")
}
