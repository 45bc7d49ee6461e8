//! What of the supply chain can be held without a network: in the suite.

use super::audit::NPM;
use super::{WASM, all, checksums, notices, sbom, shipped};
use crate::step::{command, root, run};
use serde_json::Value;
use std::fs;

/// The licences that `deny.toml` allows too.
fn allowed() -> Vec<String> {
    let deny = fs::read_to_string(root().join("deny.toml")).unwrap();
    let list = deny.split("allow = [").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether an expression of SPDX can be met with what is allowed. None that we have nests deeper than one pair of brackets.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.replace('/', " OR ");
    let met = |one: &str| allowed.iter().any(|license| license == one.trim_matches(['(', ')', ' ']));
    match expression.split_once('(') {
        Some(_) => expression.split(" AND ").all(|part| part.split(" OR ").any(met)),
        None => expression.split(" OR ").any(|part| part.split(" AND ").all(met)),
    }
}

#[test]
fn every_crate_has_a_licence_we_may_ship() {
    let allowed = allowed();
    assert!(allowed.len() > 5 && is_allowed("(MIT OR GPL-3.0) AND Unicode-3.0", &allowed));
    assert!(!is_allowed("GPL-3.0-only", &allowed) && !is_allowed("MIT AND GPL-3.0-only", &allowed));
    for ((name, version), package) in all().unwrap() {
        let license = package["license"].as_str().unwrap_or_default();
        assert!(is_allowed(license, &allowed), "{name} {version}: {license}");
    }
}

#[test]
fn every_crate_comes_from_the_registry_with_a_checksum() {
    let checksums = checksums().unwrap();
    assert!(checksums.len() > 200, "the lock file was read");
    for ((name, version), package) in all().unwrap() {
        let checksum = checksums.get(&(name.clone(), version.clone())).unwrap_or_else(|| panic!("{name} is locked"));
        match package["source"].as_str() {
            None => {
                assert!(name.starts_with("cardwright") || ["xtask", "wasm-test-runner"].contains(&&*name), "{name}")
            }
            Some(source) => {
                assert_eq!(source, "registry+https://github.com/rust-lang/crates.io-index", "{name} {version}");
                assert!(checksum.as_ref().is_some_and(|checksum| checksum.len() == 64), "{name} {version}");
            }
        }
    }
}

#[test]
fn the_wasm_holds_at_most_forty_crates() {
    let crates = shipped(WASM.0, WASM.1).unwrap();
    assert!((10..=40).contains(&crates.len()), "found {}", crates.len());
}

#[test]
fn unsafe_is_forbidden_in_every_crate_of_ours() {
    for ((name, _), package) in all().unwrap() {
        if package["source"].is_null() {
            let manifest = fs::read_to_string(package["manifest_path"].as_str().unwrap()).unwrap();
            let forbids = manifest.contains("unsafe_code = \"forbid\"");
            assert!(forbids || manifest.contains("[lints]\nworkspace = true"), "{name}");
        }
    }
}

#[test]
fn every_folder_with_npm_packages_is_locked_and_committed() {
    for folder in NPM {
        let lock = format!("{folder}/package-lock.json");
        run(command("git").args(["ls-files", "--error-unmatch", &lock])).unwrap();
        let lock: Value = serde_json::from_slice(&fs::read(root().join(&lock)).unwrap()).unwrap();
        for (name, package) in lock["packages"].as_object().unwrap().iter().filter(|(name, _)| !name.is_empty()) {
            // Unset: the registry of whoever installs. The hash is of the same package in any case.
            let comes_from = package["resolved"].as_str().unwrap_or("https://registry.npmjs.org/");
            assert!(comes_from.starts_with("https://registry.npmjs.org/"), "{folder}: {name} comes from {comes_from}");
            assert!(package["integrity"].as_str().unwrap_or_default().starts_with("sha512-"), "{folder}: {name}");
        }
    }
}

#[test]
fn what_is_shipped_is_listed_with_its_licences() {
    for file in sbom::write().unwrap() {
        let document: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let components = document["components"].as_array().unwrap();
        assert!(components.len() > 10, "{}", file.display());
        let registered = components.iter().filter(|one| !one["name"].as_str().unwrap().starts_with("cardwright"));
        for one in registered {
            assert_eq!(one["hashes"][0]["content"].as_str().map(str::len), Some(64), "{one}");
            assert!(one["licenses"][0]["expression"].as_str().is_some_and(|license| !license.is_empty()), "{one}");
        }
    }
    let text = notices("cardwright-proxy", "x86_64-unknown-linux-musl").unwrap();
    for part in ["\nring ", "\nlibsqlite3-sys ", "\nwebpki-roots ", "Permission is hereby granted"] {
        assert!(text.contains(part), "{part}");
    }
}
