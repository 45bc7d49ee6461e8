//! The programs for npm users: `npx cardwright-proxy`, `npx cardwright-sandbox`, `npx cardwright-conform`.
//!
//! What is installed under a program's name only starts it; the program itself is in a package of its own for each platform, of
//! which npm installs the one that fits. So nothing runs at install.

use crate::step::{cargo, command, root, run, step, target};
use crate::{demo, package, repository, supply, tools};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The programs, by their folder in `pkg/programs`.
const PROGRAMS: [&str; 2] = ["proxy", "sandbox"];
const LICENSES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// A machine a program is built for, and on: each builds its own.
struct Platform {
    /// As Node names it.
    os: &'static str,
    cpu: &'static str,
    /// As Rust does. Linux links all of C statically, so that one program serves every distribution.
    target: &'static str,
}

const PLATFORMS: [Platform; 4] = [
    Platform { os: "darwin", cpu: "arm64", target: "aarch64-apple-darwin" },
    Platform { os: "darwin", cpu: "x64", target: "x86_64-apple-darwin" },
    Platform { os: "linux", cpu: "arm64", target: "aarch64-unknown-linux-musl" },
    Platform { os: "linux", cpu: "x64", target: "x86_64-unknown-linux-musl" },
];

impl Platform {
    fn of_this_machine() -> Result<&'static Platform> {
        let os = if std::env::consts::OS == "macos" { "darwin" } else { std::env::consts::OS };
        let cpu = match std::env::consts::ARCH {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            other => other,
        };
        let fits = |platform: &&Platform| platform.os == os && platform.cpu == cpu;
        PLATFORMS.iter().find(fits).with_context(|| format!("expected a platform with programs, found {os}-{cpu}"))
    }

    fn package(&self, program: &str) -> String {
        format!("cardwright-{program}-{}-{}", self.os, self.cpu)
    }
}

/// Which build of the programs is packed.
pub(crate) enum Build {
    /// As the tests use them, for this machine only.
    Debug,
    /// As they are shipped.
    Release,
}

/// Packs everything, and prints what it weighs; the programs as they are shipped, or as the tests use them.
pub(crate) fn publishable(debug: bool) -> Result<()> {
    if debug {
        demo::build_programs()?;
    }
    for tarball in pack(if debug { &Build::Debug } else { &Build::Release })? {
        println!("{:>9}  {}", fs::metadata(&tarball)?.len(), tarball.display());
    }
    Ok(())
}

/// Packs the starters, this machine's programs and the conformance suite; gives the tarballs.
pub(crate) fn pack(build: &Build) -> Result<Vec<PathBuf>> {
    let platform = Platform::of_this_machine()?;
    if matches!(build, Build::Release) {
        build_shipped(platform)?;
    }
    let folder = target().join("npm/programs");
    let _ = fs::remove_dir_all(&folder);
    let packed = folder.join("packed");
    fs::create_dir_all(&packed)?;
    let mut sources = vec![(assemble_suite(&folder)?, "pkg/programs/conform".to_owned())];
    for program in PROGRAMS {
        sources.push((assemble_starter(&folder, program)?, format!("pkg/programs/{program}")));
        sources.push((assemble_program(&folder, program, platform, build)?, program.to_owned()));
    }
    let repository = repository::of_this_build();
    let mut tarballs = Vec::new();
    for (package, directory) in sources {
        if let Some(repository) = &repository {
            repository::name(&package, repository, &directory)?;
        }
        tarballs.push(package::pack_folder(&package, &packed)?);
    }
    tarballs.sort();
    Ok(tarballs)
}

/// Where the tarballs are.
pub(crate) fn packed() -> PathBuf {
    target().join("npm/programs/packed")
}

fn build_shipped(platform: &Platform) -> Result<()> {
    tools::static_linking(platform.target)?;
    step(&format!("build the programs for {}", platform.target), || {
        let strip = r#"profile.release.strip="symbols""#;
        let mut build = cargo();
        build.args(["build", "--release", "--locked", "--config", strip, "--target", platform.target]);
        run(build.args(["--package", "cardwright-proxy", "--package", "cardwright-sandbox"]))
    })?;
    Ok(())
}

fn assemble_starter(folder: &Path, program: &str) -> Result<PathBuf> {
    let package = folder.join(format!("cardwright-{program}"));
    fs::create_dir_all(&package)?;
    let source = root().join("pkg/programs");
    for file in ["package.json", "README.md"] {
        fs::copy(source.join(program).join(file), package.join(file))?;
    }
    fs::copy(source.join("launch.mjs"), package.join("launch.mjs"))?;
    copy_licenses(&package)?;
    Ok(package)
}

fn assemble_program(folder: &Path, program: &str, platform: &Platform, build: &Build) -> Result<PathBuf> {
    let name = platform.package(program);
    let binary = format!("cardwright-{program}");
    let package = folder.join(&name);
    fs::create_dir_all(package.join("bin"))?;
    let into = package.join("bin").join(&binary);
    match build {
        Build::Debug => {
            fs::copy(demo::program(&binary), &into)?;
            // Ten times smaller, and packed in a second.
            run(command("strip").arg(&into)).context("expected binutils' strip")?;
        }
        Build::Release => {
            fs::copy(target().join(platform.target).join("release").join(&binary), &into)?;
        }
    }
    let manifest = manifest(program)?;
    let manifest = json!({
        "name": name,
        "version": manifest["version"],
        "description": format!("{binary} for {} on {}.", platform.os, platform.cpu),
        "license": manifest["license"],
        "os": [platform.os],
        "cpu": [platform.cpu],
        "files": ["bin", "LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.txt"],
        "preferUnplugged": true,
        "publishConfig": manifest["publishConfig"],
    });
    fs::write(package.join("package.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
    fs::write(package.join("THIRD-PARTY.txt"), supply::notices(&binary, platform.target)?)?;
    copy_licenses(&package)?;
    Ok(package)
}

fn assemble_suite(folder: &Path) -> Result<PathBuf> {
    let package = folder.join("cardwright-conform");
    let source = root().join("pkg/programs/conform");
    demo::copy(&source.join("src"), &package.join("src"))?;
    for file in ["package.json", "README.md", "conform.mjs"] {
        fs::copy(source.join(file), package.join(file))?;
    }
    fs::copy(root().join("proxy/openapi.json"), package.join("openapi.json"))?;
    copy_licenses(&package)?;
    Ok(package)
}

fn copy_licenses(package: &Path) -> Result<()> {
    LICENSES.iter().try_for_each(|license| {
        fs::copy(root().join(license), package.join(license))?;
        Ok(())
    })
}

fn manifest(program: &str) -> Result<Value> {
    let file = root().join("pkg/programs").join(program).join("package.json");
    let manifest: Value = serde_json::from_slice(&fs::read(file)?)?;
    if manifest["version"] != env!("CARGO_PKG_VERSION") {
        bail!("expected {program} to have the workspace's version");
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_starter_names_each_platform_and_runs_nothing_at_install() {
        for program in PROGRAMS {
            let manifest = manifest(program).unwrap();
            let named: serde_json::Map<_, _> = PLATFORMS
                .iter()
                .map(|platform| (platform.package(program), env!("CARGO_PKG_VERSION").into()))
                .collect();
            assert_eq!(manifest["optionalDependencies"], Value::Object(named), "{program}");
            for part in ["scripts", "dependencies", "bundleDependencies", "bundledDependencies"] {
                assert_eq!(manifest[part], Value::Null, "{program}: {part}");
            }
        }
    }
}
