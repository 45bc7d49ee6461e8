//! What a program or the package consists of, for whoever has to know: CycloneDX, as JSON.

use super::{Crate, WASM, shipped};
use crate::step::target;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::PathBuf;

/// Writes one document for each of what we ship, to `target/sbom`.
pub(crate) fn write() -> Result<Vec<PathBuf>> {
    let folder = target().join("sbom");
    fs::create_dir_all(&folder)?;
    let programs = ["cardwright-proxy", "cardwright-sandbox"].map(|name| (name, "x86_64-unknown-linux-musl", "cargo"));
    // The npm package has no dependency of npm's: what it holds is the crates in its wasm.
    let all = [(WASM.0, WASM.1, "npm")].into_iter().chain(programs);
    all.map(|(name, platform, registry)| {
        let file = folder.join(format!("{name}.cdx.json"));
        fs::write(&file, serde_json::to_string_pretty(&document(name, platform, registry)?)? + "\n")?;
        Ok(file)
    })
    .collect()
}

fn document(name: &str, platform: &str, registry: &str) -> Result<Value> {
    let crates = shipped(name, platform)?;
    let own = crates.iter().find(|one| one.name == name).context("expected the package among its crates")?;
    let components: Vec<_> = crates.iter().filter(|one| one.name != name).map(component).collect();
    let root = format!("pkg:{registry}/{name}@{}", own.version);
    let mut document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": if registry == "npm" { "library" } else { "application" },
                "bom-ref": root, "name": name, "version": own.version, "purl": root,
                "licenses": licenses(&own.license),
            },
            "properties": [{ "name": "cardwright:target", "value": platform }],
        },
        "components": components,
        "dependencies": [{ "ref": root, "dependsOn": crates.iter().filter(|one| one.name != name).map(purl).collect::<Vec<_>>() }],
    });
    document["serialNumber"] = serial(&document.to_string()).into();
    Ok(document)
}

fn component(one: &Crate) -> Value {
    let mut component = json!({
        "type": "library", "bom-ref": purl(one), "name": one.name, "version": one.version, "purl": purl(one),
        "licenses": licenses(&one.license),
    });
    if let Some(checksum) = &one.checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

fn purl(one: &Crate) -> String {
    format!("pkg:cargo/{}@{}", one.name, one.version)
}

fn licenses(expression: &str) -> Value {
    json!([{ "expression": expression.replace('/', " OR ") }])
}

/// The same content has the same number, so that two builds give the same file.
fn serial(content: &str) -> String {
    let digest = Sha256::digest(content);
    let mut bytes: [u8; 16] = std::array::from_fn(|at| digest[at]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    format!("urn:uuid:{}", uuid::Uuid::from_bytes(bytes))
}
