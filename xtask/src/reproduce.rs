//! Two clean builds of the package, at two places of the machine, compared file by file.

use crate::step::{cargo, command, root, run, step, target};
use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Builds twice and prints the digest of each file of the tarball; fails if the two builds differ in one.
pub(crate) fn compare() -> Result<()> {
    let work = target().join("reproduce");
    let _ = fs::remove_dir_all(&work);
    // Of different lengths: a path that gets into a file, or into a hash that orders functions, would show.
    let first = step("build from a clean copy", || build(&work.join("a")))?;
    let second = step("build from a clean copy at another place", || build(&work.join("another/place/on/the/disk")))?;
    for (file, digest) in &first {
        println!("{digest}  {file}");
    }
    let names: std::collections::BTreeSet<_> = first.keys().chain(second.keys()).collect();
    let different: Vec<_> = names.into_iter().filter(|name| first.get(*name) != second.get(*name)).cloned().collect();
    if !different.is_empty() {
        bail!("expected two builds to be the same, found other bytes in {}", different.join(", "));
    }
    fs::remove_dir_all(&work)?;
    println!("two builds, {} files, no difference", first.len());
    Ok(())
}

/// Builds a copy of the checkout in `place`, with a target folder of its own; gives each packed file's digest.
fn build(place: &Path) -> Result<BTreeMap<String, String>> {
    let checkout = place.join("checkout");
    for file in run(command("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?.split('\0')
    {
        // A file that was deleted and not yet committed is still listed.
        let from = root().join(file);
        if from.is_file() {
            let to = checkout.join(file);
            fs::create_dir_all(to.parent().context("expected a folder")?)?;
            fs::copy(from, to)?;
        }
    }
    let built = place.join("target");
    run(cargo().current_dir(&checkout).env("CARGO_TARGET_DIR", &built).args(["xtask", "build"]))?;
    let mut npm = command("npm");
    npm.current_dir(checkout.join("pkg")).args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]);
    let tarball = run(npm.arg(place))?;
    run(command("tar").arg("-xzf").arg(place.join(tarball.trim())).arg("-C").arg(place))?;
    let mut digests = BTreeMap::new();
    digest(&place.join("package"), &place.join("package"), &mut digests)?;
    fs::remove_dir_all(built)?;
    Ok(digests)
}

fn digest(package: &Path, folder: &Path, digests: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            digest(package, &path, digests)?;
            continue;
        }
        let mut hex = String::new();
        for byte in Sha256::digest(fs::read(&path)?) {
            write!(hex, "{byte:02x}")?;
        }
        digests.insert(path.strip_prefix(package)?.display().to_string(), hex);
    }
    Ok(())
}
