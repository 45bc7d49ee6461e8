//! The readers under any bytes: three programs of `fuzz/`, built with coverage by the compiler that builds everything else.

use crate::step::{cargo, command, root, run, step, target};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::PathBuf;

/// What is fuzzed.
const TARGETS: [&str; 3] = ["inputs", "answers", "rows"];

/// What cargo-fuzz has the compiler do; none of it needs a nightly one.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Longer than that, an input only takes time.
const MOST_BYTES: u32 = 1_024;

/// Runs each target for so many seconds; the first crash ends it.
pub(crate) fn run_each(seconds: u32) -> Result<()> {
    let folder = build()?;
    for name in TARGETS {
        let said = step(&format!("fuzz {name} for {seconds} s"), || fuzz(&folder, name, seconds))?;
        println!("{name}: {said}; 0 crashes");
    }
    Ok(())
}

/// Builds the programs, and gives their folder. For a named machine: so, build scripts are not built with coverage.
fn build() -> Result<PathBuf> {
    let machine = run(cargo().args(["-vV"]))?;
    let machine =
        machine.lines().find_map(|line| line.strip_prefix("host: ")).context("expected cargo to name its host")?;
    let target = target().join("fuzz");
    step("build the programs", || {
        run(cargo()
            .args(["build", "--release", "--target", machine])
            .current_dir(root().join("fuzz"))
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", COVERAGE))
    })?;
    Ok(target.join(machine).join("release"))
}

/// Runs one, and gives its last line: how often it ran, and how long.
fn fuzz(folder: &std::path::Path, name: &str, seconds: u32) -> Result<String> {
    let (corpus, crashes) = (target().join("fuzz/corpus").join(name), target().join("fuzz/crashes").join(name));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&crashes)?;
    let output = command(folder.join(name))
        .args([format!("-max_total_time={seconds}"), format!("-max_len={MOST_BYTES}"), "-timeout=10".into()])
        .arg(format!("-artifact_prefix={}/", crashes.display()))
        .arg(&corpus)
        .arg(root().join("fuzz/seeds").join(name))
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name} crashed; its input is in {}\n{log}", crashes.display());
    let done = log.lines().rev().find(|line| line.starts_with("Done ")).context("expected a count of runs")?;
    Ok(done.trim_start_matches("Done ").to_owned())
}
