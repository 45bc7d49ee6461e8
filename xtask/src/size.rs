//! What each file of the package weighs, and what it may weigh: `pkg/size-budget.json`.

use crate::package;
use crate::step::root;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// The rows of `pkg/size-budget.json`, in bytes of gzip.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    /// What a file may weigh: what it did when the row was written, and about a hundredth more.
    limits: BTreeMap<String, usize>,
    /// What it should weigh, see DESIGN.md section 8.
    goals: BTreeMap<String, usize>,
}

struct Weight {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints what every file weighs, its budget, what is left of it and how far the goals are. Gives what breaks the budget.
pub(crate) fn print() -> Result<Vec<String>> {
    let budget = fs::read(root().join("pkg/size-budget.json")).context("expected pkg/size-budget.json")?;
    let budget: Budget = serde_json::from_slice(&budget).context("expected a budget in pkg/size-budget.json")?;
    let weights = weigh(&package::dist())?;
    println!("{:<28}{:>10}{:>10}{:>10}{:>10}{:>10}", "size in bytes", "raw", "brotli", "gzip", "budget", "left");
    for (name, Weight { raw, gzip, brotli }) in &weights {
        let (limit, left) = match budget.limits.get(name) {
            Some(limit) => (limit.to_string(), (signed(*limit) - signed(*gzip)).to_string()),
            None => ("none".to_owned(), String::new()),
        };
        println!("{name:<28}{raw:>10}{brotli:>10}{gzip:>10}{limit:>10}{left:>10}");
    }
    for (name, goal) in &budget.goals {
        let found = weights.get(name).map_or(0, |weight| weight.gzip);
        let state = if found <= *goal { "reached".to_owned() } else { format!("{} too many", found - goal) };
        println!("goal: {name} at most {goal} bytes of gzip, {state}");
    }
    Ok(budget.broken(&weights.into_iter().map(|(name, weight)| (name, weight.gzip)).collect()))
}

impl Budget {
    /// A sentence for each file that is too heavy, that has no row, or whose row has no file.
    fn broken(&self, found: &BTreeMap<String, usize>) -> Vec<String> {
        let too_heavy = found.iter().filter_map(|(name, gzip)| match self.limits.get(name) {
            Some(limit) if gzip <= limit => None,
            Some(limit) => Some(format!("expected at most {limit} bytes of gzip in {name}, found {gzip}")),
            None => Some(format!(
                "expected a row for {name} in pkg/size-budget.json, found none; it has {gzip} bytes of gzip"
            )),
        });
        let rows = self.limits.keys().chain(self.goals.keys()).filter(|name| !found.contains_key(*name));
        let unused = rows.map(|name| format!("expected {name} in pkg/dist, found no such file"));
        too_heavy.chain(unused).collect()
    }
}

/// Every file of a folder, by its path there, but for the declarations: no page loads those.
fn weigh(dist: &Path) -> Result<BTreeMap<String, Weight>> {
    let mut weights = BTreeMap::new();
    let mut folders = vec![dist.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("expected {}", folder.display()))? {
            let path = entry?.path();
            let name = path.strip_prefix(dist)?.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with(".d.ts") && !name.ends_with(".d.cts") {
                weights.insert(name, Weight::of(&fs::read(&path)?)?);
            }
        }
    }
    Ok(weights)
}

impl Weight {
    fn of(bytes: &[u8]) -> Result<Weight> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(bytes)?;
        let mut brotli = Vec::new();
        let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
        brotli::BrotliCompress(&mut &*bytes, &mut brotli, &settings)?;
        Ok(Weight { raw: bytes.len(), gzip: gzip.finish()?.len(), brotli: brotli.len() })
    }
}

/// No file is larger than that.
fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(rows: &[(&str, usize)]) -> BTreeMap<String, usize> {
        rows.iter().map(|(name, gzip)| ((*name).to_owned(), *gzip)).collect()
    }

    #[test]
    fn a_file_must_have_a_row_and_keep_to_it() {
        let budget = Budget { limits: map(&[("index.js", 100), ("slim.js", 10)]), goals: map(&[("index.js", 60)]) };
        assert_eq!(budget.broken(&map(&[("index.js", 100), ("slim.js", 9)])), Vec::<String>::new());
        let found = map(&[("index.js", 101), ("other.js", 5)]);
        assert_eq!(
            budget.broken(&found),
            [
                "expected at most 100 bytes of gzip in index.js, found 101",
                "expected a row for other.js in pkg/size-budget.json, found none; it has 5 bytes of gzip",
                "expected slim.js in pkg/dist, found no such file",
            ]
        );
    }

    #[test]
    fn every_file_is_weighed_but_the_declarations() {
        let folder = std::env::temp_dir().join(format!("cardwright-size-{}", std::process::id()));
        fs::create_dir_all(folder.join("messages")).unwrap();
        for name in ["index.js", "messages/en.js", "index.d.ts", "messages/en.d.cts"] {
            fs::write(folder.join(name), "a".repeat(1000)).unwrap();
        }
        let weights = weigh(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(weights.keys().collect::<Vec<_>>(), ["index.js", "messages/en.js"]);
        assert!(weights.values().all(|weight| weight.raw == 1000 && weight.gzip < 100 && weight.brotli < 100));
    }
}
