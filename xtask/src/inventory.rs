//! What the demo page loads, and why: `inventory.json`, with the hash of each file (PCI DSS 6.4.3), and the hashes in the page, so
//! that a browser refuses a file that was changed.

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha384};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Written by hand in `www`: each file with its purpose. Here each gets its hash.
const FILE: &str = "inventory.json";
/// Loaded when they are asked for, in a worker or by a module's own import: no browser checks a hash there.
const ON_DEMAND: &str = "cardwright/worker.js";

/// Puts the hashes into an assembled page and into its inventory; what stands in the folder and not in the list is an error.
pub(crate) fn seal(page: &Path) -> Result<()> {
    let purposes: Map<String, Value> = serde_json::from_slice(&fs::read(page.join(FILE))?)?;
    complete(page, &purposes)?;
    let html = fs::read_to_string(page.join("index.html"))?;
    fs::write(page.join("index.html"), sealed(page, &html, &purposes)?)?;
    // After the page was written: it is a file like the others.
    let mut files = Map::new();
    for (name, purpose) in purposes {
        let integrity = integrity(&page.join(&name))?;
        files.insert(name, json!({ "purpose": purpose, "integrity": integrity }));
    }
    fs::write(page.join(FILE), serde_json::to_string_pretty(&files)? + "\n")?;
    Ok(())
}

/// Nothing of the page's own may be there that nobody has given a purpose. Of the package only what is loaded is listed.
fn complete(page: &Path, purposes: &Map<String, Value>) -> Result<()> {
    let there: BTreeSet<_> = fs::read_dir(page)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .filter(|name| name != FILE)
        .collect();
    let listed: BTreeSet<_> = purposes.keys().filter(|name| !name.contains('/')).cloned().collect();
    let difference: Vec<_> = there.symmetric_difference(&listed).collect();
    ensure!(
        difference.is_empty(),
        "expected www/{FILE} to list what the page loads, found a difference in {difference:?}"
    );
    Ok(())
}

/// The page with a hash at every tag that loads a style or a module, and a tag for every module that another one imports:
/// a module that was loaded with a hash is not loaded again without.
fn sealed(page: &Path, html: &str, purposes: &Map<String, Value>) -> Result<String> {
    let mut text = String::new();
    for line in html.lines() {
        let loads = ["<link rel=\"stylesheet\" href=\"", "<script type=\"module\" src=\""];
        let found = loads.iter().find_map(|tag| line.trim_start().strip_prefix(tag)?.split('"').next());
        match found {
            Some(name) => {
                let hash = integrity(&page.join(name))?;
                text.push_str(&line.replacen(&format!("\"{name}\""), &format!("\"{name}\" integrity=\"{hash}\""), 1));
            }
            // In its place come all.
            None if line.contains("rel=\"modulepreload\"") => {
                let modules = purposes.keys().filter(|name| name.ends_with(".js") && *name != ON_DEMAND);
                for name in modules {
                    let hash = integrity(&page.join(name))?;
                    let _ = writeln!(text, "    <link rel=\"modulepreload\" href=\"{name}\" integrity=\"{hash}\">");
                }
                continue;
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    Ok(text)
}

fn integrity(file: &Path) -> Result<String> {
    let content = fs::read(file).with_context(|| format!("expected {}", file.display()))?;
    Ok(format!("sha384-{}", STANDARD.encode(Sha384::digest(content))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::copy;
    use crate::step::{root, target};

    #[test]
    fn each_file_has_a_purpose_and_each_tag_a_hash() {
        let page = target().join("inventory-test");
        let _ = fs::remove_dir_all(&page);
        copy(&root().join("www"), &page).unwrap();
        fs::create_dir_all(page.join("cardwright")).unwrap();
        for name in ["bulk.js", "index.js", "worker.js"] {
            fs::write(page.join("cardwright").join(name), name).unwrap();
        }
        seal(&page).unwrap();
        let html = fs::read_to_string(page.join("index.html")).unwrap();
        for line in
            html.lines().filter(|line| ["<script", "stylesheet", "modulepreload"].iter().any(|tag| line.contains(tag)))
        {
            assert!(line.contains("integrity=\"sha384-"), "{line}");
        }
        let inventory: Value = serde_json::from_slice(&fs::read(page.join(FILE)).unwrap()).unwrap();
        // Of "worker.js", by openssl.
        assert_eq!(
            inventory[ON_DEMAND]["integrity"],
            "sha384-xgg95Bh/uO4uCu0LdYN+YCdxvHtJ5py1rEbz28AS+1nxuWCSlZw0MGtjVvkNjHiU"
        );
        assert_eq!(inventory["index.html"]["integrity"], integrity(&page.join("index.html")).unwrap());

        copy(&root().join("www"), &page).unwrap();
        fs::write(page.join("tracker.js"), "").unwrap();
        assert!(seal(&page).unwrap_err().to_string().ends_with("found a difference in [\"tracker.js\"]"));
    }
}
