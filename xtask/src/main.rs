//! The project's commands: what CI runs is what a person runs.
//!
//! Reading order: `step` (how commands are run and named), `tools` (what is installed), `wasm`, `generate`, `package`
//! (what is built), `size`, `crates`, then `demo`, `test`, `soak`, `compare` and `bench`.

mod bench;
mod compare;
mod conform;
mod crates;
mod declarations;
mod demo;
mod fuzz;
mod generate;
mod glue;
mod inventory;
mod matrix;
mod module_text;
mod mutants;
mod names;
mod no_wasm;
mod ordered;
mod package;
mod programs;
mod reference;
mod repository;
mod reproduce;
mod schemathesis;
mod size;
mod soak;
mod stand;
mod step;
mod supply;
mod table;
mod test;
mod tools;
mod verdicts;
mod wasm;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Cardwright's commands", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, start the sandbox issuer and the proxy, and print the address of the demo page.
    Demo {
        /// The port of the demo page; a free one is taken if it is in use.
        #[arg(long, default_value_t = 8787)]
        port: u16,
    },
    /// Run the whole suite, the browser included.
    Test {
        /// Run only the parts whose name contains this.
        only: Option<String>,
    },
    /// Build the wasm and the npm package, and print their sizes.
    Build,
    /// Build the npm package as it would be published, and print where its tarball is.
    Pack,
    /// Measure the package beside the libraries a page would use instead; a whole run writes `bench/RESULTS.md`.
    Bench {
        /// Measure only what has one of these in its name; `quick` among them makes fewer rounds.
        only: Vec<String>,
    },
    /// Print how many commits per second the bare store makes on this machine, SQLite and PostgreSQL.
    BenchStore,
    /// Print what a claim adds to the time of a create, beside what the bare store does.
    BenchClaims,
    /// Run intents through faults by the thousand; each part takes at most 20 minutes. SEED and FROM go on where one ended.
    Soak {
        /// `replicas`, `modes`, `sqlite`, `crash` or `kills`; all, if nothing is named.
        parts: Vec<String>,
    },
    /// Write the proxy's contract, `proxy/openapi.json`, from the descriptors.
    Openapi,
    /// Print what each dependency costs in the wasm.
    Size,
    /// Write the reference of the package's types to `target/reference`.
    Reference,
    /// Compare what the native rules and the package say of so many generated inputs, one by one and as rows of every kind.
    Verdicts {
        /// How many.
        #[arg(default_value_t = 1_000_000)]
        rows: u32,
    },
    /// Try the proxy with requests that Schemathesis makes of the OpenAPI document, under three seeds.
    Schemathesis {
        /// How many for each operation.
        #[arg(default_value_t = 1_000)]
        examples: u32,
        /// Only this operation, by its id in the document, such as settleIntent.
        only: Option<String>,
    },
    /// Ask a backend whether it keeps the promises of the contract; `--help` names the options.
    #[command(disable_help_flag = true)]
    Conform {
        /// `--base-url http://localhost:8787/api`, and more.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Build the programs for npm users as they are shipped, and pack them: `npx cardwright-proxy` and the like.
    Programs {
        /// As they were built for tests, in seconds.
        #[arg(long)]
        debug: bool,
    },
    /// Look for known weaknesses and foreign licences in what we ship and build with; it asks the network.
    Audit,
    /// Write what each program and the package consist of, as CycloneDX, to `target/sbom`.
    Sbom,
    /// Give the readers of inputs, answers and rows any bytes, each for so long; prints how many, and stops at a crash.
    Fuzz {
        /// Seconds for each.
        #[arg(default_value_t = 600)]
        seconds: u32,
    },
    /// Build the package twice, from clean copies at two places, and compare every file.
    Reproduce,
    /// Take out each defence of `tests/mutants` alone, and print which test noticed.
    Mutants {
        /// Try only those whose name contains one of these.
        only: Vec<String>,
    },
    /// Install the package in every toolchain it promises to run in, check a form there, and print the table.
    Matrix {
        /// Try only the rows whose name contains one of these.
        only: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of reasons, the remedy among them; where in our code it happened helps nobody.
            eprintln!("\nerror: {}", error.chain().map(ToString::to_string).collect::<Vec<_>>().join("\n  because: "));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    match Arguments::parse().command {
        Command::Demo { port } => demo::serve(port),
        Command::Test { only } => test::suite(only.as_deref()),
        Command::Build => {
            tools::for_building()?;
            package::build()?;
            warn(&size::print()?);
            Ok(())
        }
        Command::Pack => {
            tools::for_building()?;
            package::build()?;
            println!("{}", package::pack()?.display());
            Ok(())
        }
        Command::Bench { only } => compare::run(&only),
        Command::BenchStore => {
            tools::postgres()?;
            bench::store()
        }
        Command::BenchClaims => {
            tools::postgres()?;
            bench::claims()
        }
        Command::Soak { parts } => soak::parts(&parts),
        Command::Openapi => generate::openapi::write(),
        Command::Size => {
            tools::for_building()?;
            package::build()?;
            warn(&size::print()?);
            crates::print()
        }
        Command::Reference => {
            tools::for_building()?;
            package::build()?;
            step::step("write the reference", || step::run(&mut reference::write()))?;
            Ok(())
        }
        Command::Verdicts { rows } => verdicts::compare(rows),
        Command::Schemathesis { examples, only } => schemathesis::run(examples, only.as_deref()),
        Command::Conform { options } => conform::run(&options),
        Command::Programs { debug } => programs::publishable(debug),
        Command::Audit => supply::audit(),
        Command::Sbom => {
            supply::write_sboms()?.iter().for_each(|file| println!("{}", file.display()));
            Ok(())
        }
        Command::Fuzz { seconds } => fuzz::run_each(seconds),
        Command::Reproduce => {
            tools::for_building()?;
            reproduce::compare()
        }
        Command::Mutants { only } => {
            tools::for_mutants()?;
            mutants::kill(&only)
        }
        Command::Matrix { only } => matrix::run(&only),
    }
}

/// A build over its budget is still a build; only the suite refuses it.
fn warn(over_budget: &[String]) {
    for line in over_budget {
        eprintln!("warning: {line}");
    }
}
