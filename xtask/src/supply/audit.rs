//! Known weaknesses of what we ship and build with. It asks the network, so it is no part of the suite.

use crate::step::{cargo, command, root, run, step};
use anyhow::{Context as _, Result, ensure};
use std::process::Stdio;

/// The folders with npm packages: what is shipped, and what tests and tools are made of.
pub(super) const NPM: [&str; 6] =
    ["pkg", "pkg/programs/conform", "tests/package", "tests/examples", "tests/matrix", "bench"];

/// Runs cargo-deny, cargo-audit and npm audit; each must find nothing.
pub(crate) fn audit() -> Result<()> {
    for tool in ["cargo-deny", "cargo-audit"] {
        install(tool)?;
    }
    let mut found = Vec::new();
    let mut look = |name: &str, command: &mut std::process::Command| {
        eprintln!("> {name}");
        if !command.stdin(Stdio::null()).status().is_ok_and(|status| status.success()) {
            found.push(name.to_owned());
        }
    };
    // Apart, because the last one alone needs the database of advisories.
    look("cargo deny: bans, licences, sources", cargo().args(["deny", "check", "bans", "licenses", "sources"]));
    look("cargo deny: advisories", cargo().args(["deny", "check", "advisories"]));
    look("cargo audit", cargo().args(["audit", "--deny", "warnings"]));
    for folder in NPM {
        look(&format!("npm audit: {folder}"), command("npm").arg("audit").current_dir(root().join(folder)));
    }
    ensure!(
        found.is_empty(),
        "what stands above was found, or could not be asked, by: {}\n  where it could not be asked: the advisories are at \
         https://github.com/rustsec/advisory-db (a copy can be named in deny.toml as `db-urls`) and at the npm registry's \
         audit endpoint",
        found.join(", ")
    );
    println!("0 findings");
    Ok(())
}

fn install(tool: &str) -> Result<()> {
    if run(cargo().args([tool.trim_start_matches("cargo-"), "--version"]).stderr(Stdio::null())).is_ok() {
        return Ok(());
    }
    step(&format!("install {tool}, which takes some minutes"), || {
        run(cargo().args(["install", "--locked", tool]))
            .with_context(|| format!("install it: `cargo install --locked {tool}`"))
    })?;
    Ok(())
}
