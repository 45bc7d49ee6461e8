//! What we ship that others made: which crates are in a program or in the wasm, under which licences.

mod audit;
#[cfg(test)]
mod check;
mod notices;
mod sbom;

pub(crate) use audit::audit;
pub(crate) use notices::notices;
pub(crate) use sbom::write as write_sboms;

use crate::step::{cargo, root, run};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// The crates the browser's module is made of are compiled for this.
pub(crate) const WASM: (&str, &str) = ("cardwright", crate::tools::WASM);

/// A crate that is compiled into something.
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) version: String,
    /// As its manifest has it: an SPDX expression, or the older `A/B`.
    pub(crate) license: String,
    pub(crate) repository: Option<String>,
    /// Where its sources are.
    pub(crate) folder: PathBuf,
    /// SHA-256 of what the registry gave; ours have none.
    pub(crate) checksum: Option<String>,
}

/// The crates that a package compiled for a target holds, itself among them: no build script, no macro.
pub(crate) fn shipped(package: &str, target: &str) -> Result<Vec<Crate>> {
    let mut tree = cargo();
    tree.args(["tree", "--locked", "--package", package, "--target", target, "--edges", "normal,no-proc-macro"]);
    let text = run(tree.args(["--prefix", "none", "--format", "{p}"]))?;
    let all = all()?;
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        let key = (name.to_owned(), version.trim_start_matches('v').to_owned());
        let one = all.get(&key).with_context(|| format!("expected {name} {version} in the metadata"))?;
        found.insert(key, one);
    }
    found.into_iter().map(|((name, version), package)| Crate::read(name, version, package)).collect()
}

/// Every package of the workspace's graph, as `cargo metadata` describes it.
pub(crate) fn all() -> Result<BTreeMap<(String, String), Value>> {
    let text = run(cargo().args(["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&text)?;
    let packages = metadata["packages"].as_array().context("expected packages")?;
    Ok(packages
        .iter()
        .map(|package| ((text_of(package, "name"), text_of(package, "version")), package.clone()))
        .collect())
}

fn text_of(package: &Value, name: &str) -> String {
    package[name].as_str().unwrap_or_default().to_owned()
}

impl Crate {
    fn read(name: String, version: String, package: &Value) -> Result<Crate> {
        let manifest = PathBuf::from(text_of(package, "manifest_path"));
        let folder = manifest.parent().context("expected a folder")?.to_owned();
        let checksum = checksums()?.remove(&(name.clone(), version.clone())).flatten();
        let repository = package["repository"].as_str().map(str::to_owned);
        Ok(Crate { license: text_of(package, "license"), name, version, repository, folder, checksum })
    }
}

/// What the lock file says of each package: its checksum, or none where it is ours.
pub(crate) fn checksums() -> Result<BTreeMap<(String, String), Option<String>>> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    let value = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))?;
        Some(line.trim_matches('"').to_owned())
    };
    let blocks = lock.split("[[package]]").skip(1);
    Ok(blocks
        .filter_map(|block| Some(((value(block, "name")?, value(block, "version")?), value(block, "checksum"))))
        .collect())
}
