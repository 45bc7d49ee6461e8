//! Where the packages come from, as their manifests have to say: npm publishes nothing with provenance whose manifest names no
//! repository, or another one.

use crate::step::{command, run};
use anyhow::Result;
use std::path::Path;

/// The repository this is built for, `owner/name`: GitHub sets it. Elsewhere it is not known, and nothing is published.
pub(crate) fn of_this_build() -> Option<String> {
    std::env::var("GITHUB_REPOSITORY").ok().filter(|name| !name.is_empty())
}

/// Writes the repository into the manifest of a package whose sources are in `directory`. npm itself does, because the order of
/// what is in a manifest means something.
pub(crate) fn name(package: &Path, repository: &str, directory: &str) -> Result<()> {
    let url = format!("repository.url=git+https://github.com/{repository}.git");
    let directory = format!("repository.directory={directory}");
    run(command("npm").current_dir(package).args(["pkg", "set", "repository.type=git", &url, &directory]))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::fs;

    #[test]
    fn npm_finds_the_repository_and_everything_else_where_it_was() {
        let package = crate::step::target().join("tests/repository");
        fs::create_dir_all(&package).unwrap();
        let file = package.join("package.json");
        let written = "{\n  \"name\": \"a\",\n  \"version\": \"1.0.0\",\n  \"exports\": {\n    \"require\": \"./b\",\n    \"import\": \"./a\"\n  }";
        fs::write(&file, format!("{written}\n}}\n")).unwrap();
        name(&package, "owner/name", "pkg/programs/proxy").unwrap();
        let named = fs::read_to_string(&file).unwrap();
        assert!(named.starts_with(written), "{named}");
        let manifest: Value = serde_json::from_str(&named).unwrap();
        let url = "git+https://github.com/owner/name.git";
        assert_eq!(manifest["repository"], json!({ "type": "git", "url": url, "directory": "pkg/programs/proxy" }));
    }
}
