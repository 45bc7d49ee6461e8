//! The licence texts that go with a program: `THIRD-PARTY.txt`.

use super::{Crate, shipped};
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

/// What is in every program and stands in no lock file.
const BESIDE: &str = "Rust's standard library (MIT OR Apache-2.0, https://github.com/rust-lang/rust)";

/// The licences of what a package compiled for a target holds, each text once.
pub(crate) fn notices(package: &str, target: &str) -> Result<String> {
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut count = 0;
    for one in shipped(package, target)?.iter().filter(|one| one.checksum.is_some()) {
        count += 1;
        let named = format!("{} {} ({})", one.name, one.version, one.license);
        for text in texts(one)? {
            by_text.entry(text).or_default().push(named.clone());
        }
    }
    let mut notices = format!("{package} holds {count} crates that others made, and {BESIDE}.\n");
    for (text, crates) in by_text {
        let _ = write!(notices, "\n{}\n{}\n\n{text}\n", "-".repeat(80), crates.join("\n"));
    }
    Ok(notices)
}

/// The texts that come with a crate. Of two licences to choose from it is MIT, the shorter.
fn texts(one: &Crate) -> Result<Vec<String>> {
    let mut files: Vec<_> = fs::read_dir(&one.folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let name = |path: &std::path::Path| path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
    files.retain(|path| {
        path.is_file()
            && ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT"].iter().any(|word| name(path).starts_with(word))
    });
    let chooses_mit = one.license.contains("MIT") && !one.license.contains("AND");
    if chooses_mit && let Some(mit) = files.iter().find(|path| name(path).contains("MIT")).cloned() {
        files = vec![mit];
    }
    let mut texts = Vec::new();
    for file in files {
        texts.push(String::from_utf8_lossy(&fs::read(file)?).replace('\r', "").trim().to_owned());
    }
    if texts.is_empty() {
        // The text is not in what the registry has; the name and the place are.
        texts.push(format!("{}\n{}", one.license, one.repository.as_deref().unwrap_or("https://crates.io")));
    }
    Ok(texts)
}
