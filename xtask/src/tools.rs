//! What the commands need and a fresh machine lacks: installed where it can be, named with its remedy where it cannot.

use crate::step::{cargo, command, root, run, step, target};
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;

/// The oldest Rust this builds with, from the workspace's manifest.
const MINIMUM_RUST: &str = env!("CARGO_PKG_RUST_VERSION");
/// The target the rules are compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// What building the package needs: Rust, its wasm target, Node, and the npm packages of `pkg`.
pub(crate) fn for_building() -> Result<()> {
    rust()?;
    node()?;
    npm("pkg")
}

/// What the suite needs beside that: the npm packages of the tests, a Chromium with its driver, a Python with PyNaCl, and
/// PostgreSQL.
pub(crate) fn for_testing() -> Result<Testing> {
    for_building()?;
    npm("tests/package")?;
    npm("tests/examples")?;
    for_conforming()?;
    postgres()?;
    Ok(Testing { browser: chromium()?, python: python()? })
}

/// What the conformance suite needs: Node, and the npm packages it is made with.
pub(crate) fn for_conforming() -> Result<()> {
    node()?;
    npm("pkg/programs/conform")
}

/// What programs that are linked statically need: the target's standard library and, for C, musl's compiler.
pub(crate) fn static_linking(target: &str) -> Result<()> {
    if !sysroot()?.join("lib/rustlib").join(target).exists() {
        step(&format!("install the Rust target {target}"), || {
            run(command("rustup").args(["target", "add", target]))
                .with_context(|| format!("with rustup: `rustup target add {target}`"))
        })?;
    }
    if target.ends_with("musl") && on_path(&["musl-gcc"]).is_none() {
        let remedy = "install musl's compiler; on Debian: `apt-get install musl-tools`";
        step("install musl-gcc with apt", || apt(&["musl-tools"]).context(remedy))?;
    }
    Ok(())
}

/// What the mutants' tests need: building, and PostgreSQL.
pub(crate) fn for_mutants() -> Result<()> {
    for_building()?;
    postgres()
}

/// The browsers the matrix opens pages in.
pub(crate) struct Matrix {
    pub(crate) chromium: PathBuf,
    pub(crate) firefox: PathBuf,
}

/// What the matrix needs beside building: its npm packages, Chromium and Firefox.
pub(crate) fn for_matrix() -> Result<Matrix> {
    for_building()?;
    npm("tests/matrix")?;
    Ok(Matrix { chromium: chromium()?.chromium, firefox: firefox()? })
}

/// What the comparison needs beside building: the libraries, and the browser they are timed in.
pub(crate) fn for_comparing() -> Result<PathBuf> {
    for_building()?;
    npm("bench")?;
    Ok(chromium()?.chromium)
}

/// What the suite runs on.
pub(crate) struct Testing {
    pub(crate) browser: Browser,
    /// A Python that has PyNaCl, the oracle of the cipher.
    pub(crate) python: PathBuf,
}

fn rust() -> Result<()> {
    let version = run(cargo().arg("--version")).context("install Rust with rustup: https://rustup.rs")?;
    let found = version.split_whitespace().nth(1).unwrap_or_default();
    if numbers(found) < numbers(MINIMUM_RUST) {
        bail!("expected Rust {MINIMUM_RUST} or newer, found {found}; run `rustup update stable`");
    }
    let library = sysroot()?.join("lib/rustlib");
    if !library.join(WASM).exists() {
        step("install the Rust target wasm32-unknown-unknown", || {
            run(command("rustup").args(["target", "add", WASM]))
                .context("install the standard library for wasm32-unknown-unknown; with rustup: `rustup target add wasm32-unknown-unknown`")
        })?;
    }
    if !library.join("src/rust/library/Cargo.lock").exists() {
        step("install the sources of Rust's standard library", || {
            run(command("rustup").args(["component", "add", "rust-src"]))
                .context("install the sources of Rust's standard library; with rustup: `rustup component add rust-src`, on Debian: `apt-get install rust-src`")
        })?;
    }
    Ok(())
}

/// Where the toolchain in use is installed.
pub(crate) fn sysroot() -> Result<PathBuf> {
    Ok(PathBuf::from(run(command("rustc").args(["--print", "sysroot"]))?.trim()))
}

fn node() -> Result<()> {
    let version = run(command("node").arg("--version")).context("install Node.js 20 or newer: https://nodejs.org")?;
    let found = version.trim().trim_start_matches('v');
    if numbers(found) < numbers("20") {
        bail!("expected Node.js 20 or newer, found {found}; install it from https://nodejs.org");
    }
    Ok(())
}

fn numbers(version: &str) -> Vec<u32> {
    version.split(['.', '-']).map_while(|part| part.parse().ok()).collect()
}

/// Installs a folder's npm packages as its lock file names them, unless that was done before.
fn npm(folder: &str) -> Result<()> {
    let folder = root().join(folder);
    let lock = std::fs::read(folder.join("package-lock.json")).context("expected a package-lock.json")?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if std::fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step(&format!("install the npm packages of {}", folder.strip_prefix(root())?.display()), || {
        // No package of ours needs its install script, and none gets to run one.
        run(command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder))
            .context("expected npm to reach its registry; behind a proxy set `npm config set registry ...`")?;
        std::fs::write(&installed, &lock)?;
        Ok(())
    })
}

/// Where the browser and its driver are.
pub(crate) struct Browser {
    /// Chromium.
    pub(crate) chromium: PathBuf,
    /// ChromeDriver, of the same version.
    pub(crate) driver: PathBuf,
}

fn chromium() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    let remedy = "install Chromium and ChromeDriver, or set CHROMIUM and CHROMEDRIVER to their paths; on Debian: `apt-get install chromium chromium-driver`";
    step("install Chromium with apt", || {
        apt(&["chromium", "chromium-driver", "fonts-liberation"]).context(remedy)?;
        find_browser().context(remedy)
    })
}

/// PostgreSQL's programs: tests start servers of their own, badly set ones too, whatever `DATABASE_URL` names.
pub(crate) fn postgres() -> Result<()> {
    let has_programs = || {
        let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let mut debian = debian.filter_map(|version| Some(version.ok()?.path().join("bin/initdb")));
        on_path(&["initdb"]).is_some() || debian.any(|initdb| initdb.is_file())
    };
    if has_programs() {
        return Ok(());
    }
    let remedy = "install PostgreSQL; on Debian: `apt-get install postgresql`";
    step("install PostgreSQL with apt, without a server of its own", || {
        // Debian would make a cluster and start it; we only want the programs.
        apt(&["postgresql-common"]).context(remedy)?;
        let cluster = "s/^#?create_main_cluster.*/create_main_cluster = false/";
        run(as_root("sed")?.args(["-ri", cluster, "/etc/postgresql-common/createcluster.conf"])).context(remedy)?;
        apt(&["postgresql"]).context(remedy)?;
        if !has_programs() {
            bail!(remedy);
        }
        Ok(())
    })
}

fn firefox() -> Result<PathBuf> {
    let find = || named("FIREFOX", &["firefox-esr", "firefox"]);
    let remedy = "install Firefox, or set FIREFOX to its path; on Debian: `apt-get install firefox-esr`";
    if let Some(firefox) = find() {
        return Ok(firefox);
    }
    step("install Firefox with apt", || {
        apt(&["firefox-esr"]).context(remedy)?;
        find().context(remedy)
    })
}

/// Installs Debian's packages, as root or through sudo.
fn apt(packages: &[&str]) -> Result<()> {
    for arguments in [&["update"][..], &[&["install", "-y", "--no-install-recommends"], packages].concat()] {
        run(as_root("apt-get")?.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    Ok(())
}

/// A command that runs as root, through sudo where we are not.
fn as_root(program: &str) -> Result<std::process::Command> {
    if run(command("id").arg("-u"))?.trim() == "0" {
        return Ok(command(program));
    }
    let mut sudo = command("sudo");
    sudo.args(["-n", program]);
    Ok(sudo)
}

/// A Python that has PyNaCl, the oracle of the cipher.
fn python() -> Result<PathBuf> {
    with_python("PyNaCl", "import nacl.secret", "pynacl==1.6.2")
}

/// Schemathesis, which generates requests from the OpenAPI document.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    let python = with_python("Schemathesis", "import schemathesis", "schemathesis==4.32.5")?;
    Ok(python.with_file_name("schemathesis"))
}

/// A virtual environment of our own, so that nothing of the machine's Python is touched, with a package in it.
fn with_python(name: &str, import: &str, package: &str) -> Result<PathBuf> {
    let environment = target().join("python");
    let python = environment.join("bin/python");
    if run_quietly(command(&python).args(["-c", import])) {
        return Ok(python);
    }
    let remedy = "install Python 3 with venv and pip; on Debian: `apt-get install python3 python3-venv`";
    step(&format!("install {name} into a virtual environment"), || {
        if !run_quietly(command("python3").args(["-m", "venv"]).arg(&environment)) {
            apt(&["python3", "python3-venv"]).context(remedy)?;
            run(command("python3").args(["-m", "venv"]).arg(&environment)).context(remedy)?;
        }
        run(command(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]))
            .context("expected pip to reach its registry")?;
        Ok(python.clone())
    })
}

fn run_quietly(command: &mut std::process::Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn find_browser() -> Option<Browser> {
    let chromium = named("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
    let driver = named("CHROMEDRIVER", &["chromedriver"])?;
    Some(Browser { chromium, driver })
}

fn named(variable: &str, programs: &[&str]) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(path.into());
    }
    on_path(programs)
}

fn on_path(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    programs
        .iter()
        .flat_map(|program| folders.iter().map(move |folder| folder.join(program)))
        .find(|path| path.is_file())
}
