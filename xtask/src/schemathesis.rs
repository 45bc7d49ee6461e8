//! The contract, tried by a program that has read nothing but `proxy/openapi.json`: Schemathesis, against the proxy and the
//! sandbox issuer.

use crate::stand::Stand;
use crate::step::{command, root, step, target};
use crate::{demo, tools};
use anyhow::{Result, bail, ensure};
use std::fs;

/// Other seeds find other things; more of the same find less and less.
const SEEDS: [u32; 3] = [1, 2, 3];

/// Generates so many examples for each operation under each seed, and prints what did not hold.
pub(crate) fn run(examples: u32) -> Result<()> {
    let schemathesis = tools::schemathesis()?;
    demo::build_programs()?;
    let logs = target().join("schemathesis");
    fs::create_dir_all(&logs)?;
    let mut broken = 0;
    for seed in SEEDS {
        // A stand for each: what one seed left behind would be another's surprise.
        let mut stand = Stand::raise(|_| ())?;
        let output = step(&format!("{examples} examples an operation, seed {seed}"), || {
            let mut schemathesis = command(&schemathesis);
            schemathesis
                .current_dir(root().join("tests/schemathesis"))
                .env("HYPOTHESIS_STORAGE_DIRECTORY", logs.join("hypothesis"))
                .args(["run", "../../proxy/openapi.json", "--url", &format!("{}/api", stand.proxy.address)])
                .args(["--max-examples", &examples.to_string(), "--seed", &seed.to_string()]);
            Ok(schemathesis.output()?)
        })?;
        stand.holds()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        fs::write(logs.join(format!("seed-{seed}.log")), &text)?;
        let Some(sum) = text.lines().rev().find(|line| line.contains(" generated, ")) else {
            bail!("expected Schemathesis to try something, found\n{text}");
        };
        println!("seed {seed}: {}", sum.trim());
        if !output.status.success() {
            println!("{text}");
            broken += 1;
        }
    }
    ensure!(broken == 0, "the proxy and its document differ under {broken} of {} seeds", SEEDS.len());
    println!("0 failures, {examples} examples an operation, {} seeds", SEEDS.len());
    Ok(())
}
