//! The contract, tried by a program that has read nothing but `proxy/openapi.json`: Schemathesis, against the proxy and the
//! sandbox issuer.

use crate::stand::Stand;
use crate::step::{command, root, step, target};
use crate::{demo, tools};
use anyhow::{Context as _, Result, anyhow, ensure};
use std::fs;
use std::path::Path;

/// Other seeds find other things; more of the same find less and less.
const SEEDS: [u32; 3] = [1, 2, 3];

/// Generates so many examples for each operation, or for one, under each seed, and prints what did not hold. A thousand take
/// forty minutes.
pub(crate) fn run(examples: u32, only: Option<&str>) -> Result<()> {
    let schemathesis = tools::schemathesis()?;
    demo::build_programs()?;
    let held = step(&format!("{examples} examples an operation, {} seeds", SEEDS.len()), || {
        // Beside each other: it is one thread of Python that takes the time.
        std::thread::scope(|scope| {
            let runs = SEEDS.map(|seed| {
                scope.spawn({
                    let schemathesis = &schemathesis;
                    move || one(schemathesis, examples, seed, only)
                })
            });
            runs.into_iter().map(|run| run.join().map_err(|_| anyhow!("a run broke"))?).collect::<Result<Vec<_>>>()
        })
    })?;
    let broken = held.iter().filter(|held| !**held).count();
    ensure!(broken == 0, "the proxy and its document differ under {broken} of {} seeds", SEEDS.len());
    println!("0 failures, {examples} examples an operation, {} seeds", SEEDS.len());
    Ok(())
}

/// Whether all held under a seed. It has a stand of its own: what one left behind would be another's surprise.
fn one(schemathesis: &Path, examples: u32, seed: u32, only: Option<&str>) -> Result<bool> {
    let logs = target().join("schemathesis");
    fs::create_dir_all(&logs)?;
    let mut stand = Stand::raise(|_| ())?;
    let output = command(schemathesis)
        .current_dir(root().join("tests/schemathesis"))
        .env("HYPOTHESIS_STORAGE_DIRECTORY", logs.join(format!("hypothesis-{seed}")))
        .args(["run", "../../proxy/openapi.json", "--url", &format!("{}/api", stand.proxy.address)])
        .args(["--max-examples", &examples.to_string(), "--seed", &seed.to_string()])
        .args(only.into_iter().flat_map(|id| ["--include-operation-id", id]))
        .output()?;
    stand.holds()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    fs::write(logs.join(format!("seed-{seed}.log")), &text)?;
    let sum = text.lines().rev().find(|line| line.contains(" generated, "));
    println!(
        "seed {seed}: {}",
        sum.with_context(|| format!("expected Schemathesis to try something, found\n{text}"))?.trim()
    );
    if !output.status.success() {
        println!("{text}");
    }
    Ok(output.status.success())
}
