//! Figures of this machine, printed by the programs that measure them.

use crate::step::cargo;
use anyhow::{Result, ensure};

/// Measures the bare store: an insert and its commit.
pub(crate) fn store() -> Result<()> {
    let measured = cargo()
        .args(["run", "--release", "--quiet", "--package", "cardwright-proxy", "--example", "bare_store"])
        .status()?;
    ensure!(measured.success(), "the store could not be measured");
    Ok(())
}
