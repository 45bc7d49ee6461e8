//! The long runs: the same worlds as in the tests, by the thousand. `cargo xtask soak` builds what they need.

use std::time::{Duration, Instant};

use anyhow::ensure;
use cardwright_faults::world::matrix::{self, cells};
use cardwright_faults::world::{Faults, Load, Tally, Terms, World, Write};
use cardwright_test_postgres::Database;
use clap::{Parser, ValueEnum};

/// No part takes longer; what is left is done by the command it then prints.
const PART_LIMIT: Duration = Duration::from_secs(20 * 60);
const PATIENCE: Duration = Duration::from_secs(120);
/// In each cell of a run of intents.
const INTENTS: u64 = 1_000;
const REPLICAS: usize = 3;

/// Drives intents through faults, by the thousand, and prints one line of a table for each part.
#[derive(Parser)]
#[command(name = "cardwright-soak", version)]
struct Arguments {
    /// What to run; all, if nothing is named.
    parts: Vec<Part>,
    /// What chance begins with; each cell has one of its own, counted from here.
    #[arg(long, env = "SEED", default_value_t = 1)]
    seed: u64,
    /// The cell to begin with.
    #[arg(long, env = "FROM", default_value_t = 0)]
    from: u64,
    /// How many cells, if not all.
    #[arg(long, env = "CELLS")]
    cells: Option<u64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// 30,000 intents over three replicas with PostgreSQL.
    Replicas,
    /// 10,000 intents in each mode of the sandbox.
    Modes,
    /// 10,000 intents over one proxy with SQLite.
    Sqlite,
    /// Every fault at every place of every write, five times.
    Crash,
    /// 200 SIGKILLs and 50 SIGSTOPs under load.
    Kills,
}

/// What a cell gives: its sums, and how many faults happened.
type Cell = (Tally, usize);

impl Part {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn cells(self) -> u64 {
        match self {
            Part::Replicas | Part::Modes => 30,
            Part::Sqlite => 10,
            Part::Crash => 5 * Write::ALL.len() as u64,
            Part::Kills => 10,
        }
    }

    /// Runs one cell of it.
    async fn cell(self, number: u64, seed: u64) -> anyhow::Result<Cell> {
        match self {
            Part::Replicas => over_replicas(Terms::IDEMPOTENT, seed).await,
            Part::Modes => {
                over_replicas([Terms::IDEMPOTENT, Terms::RACY, Terms::NONE][number as usize % 3], seed).await
            }
            Part::Sqlite => {
                let folder = tempfile::tempdir()?;
                let store = format!("sqlite:{}", folder.path().join("claims.db").display());
                let terms = [Terms::IDEMPOTENT, Terms::NONE][number as usize % 2];
                intents(&World::start(terms, &store, 1, seed).await?, seed).await
            }
            Part::Crash => {
                let write = Write::ALL[number as usize % Write::ALL.len()];
                let terms = [Terms::NONE, Terms::IDEMPOTENT][number as usize / Write::ALL.len() % 2];
                let cells = cells(&[write]);
                let tally = matrix::run(&cells, 15, terms).await?;
                Ok((tally, cells.len()))
            }
            Part::Kills => {
                let database = Database::fresh().await?;
                let mut world = World::start(Terms::IDEMPOTENT, &database.url, REPLICAS, seed).await?;
                let caller = world.caller(PATIENCE);
                let faults = Faults { kills: 20, stops: 5 };
                let kills = world.suffer(faults, &Load::new(seed, u64::MAX), &caller).await?;
                ensure!(kills.settled_after < PATIENCE, "settled only {:?} after the last fault", kills.settled_after);
                Ok((world.judge(&kills.accounts).await?, 25))
            }
        }
    }

    /// What its faults are.
    fn faults(self) -> &'static str {
        match self {
            Part::Replicas | Part::Modes | Part::Sqlite => "connections killed",
            Part::Crash => "cells of the matrix",
            Part::Kills => "kills and stops of replicas",
        }
    }
}

async fn over_replicas(terms: Terms, seed: u64) -> anyhow::Result<Cell> {
    let database = Database::fresh().await?;
    intents(&World::start(terms, &database.url, REPLICAS, seed).await?, seed).await
}

async fn intents(world: &World, seed: u64) -> anyhow::Result<Cell> {
    let accounts = Load::new(seed, INTENTS).run(&world.caller(PATIENCE)).await;
    Ok((world.judge(&accounts).await?, world.killed()))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let parts = if arguments.parts.is_empty() { Part::value_variants() } else { &arguments.parts };
    // One server for all cells, for as long as this is held.
    let _server = Database::fresh().await?;
    let mut holds = true;
    for &part in parts {
        let start = Instant::now();
        let (mut sum, mut faults) = (Tally::default(), 0);
        let end = arguments.cells.map_or(part.cells(), |cells| part.cells().min(arguments.from + cells));
        let mut next = arguments.from;
        while next < end && start.elapsed() < PART_LIMIT.mul_f64(0.95) {
            let (tally, happened) = part.cell(next, arguments.seed + next).await?;
            eprintln!("{} cell {next} of {end}, {:.0} s: {tally}", part.name(), start.elapsed().as_secs_f64());
            holds &= tally.holds();
            sum += tally;
            faults += happened;
            next += 1;
        }
        let (took, cells) = (start.elapsed().as_secs_f64(), format!("{}..{next}", arguments.from));
        println!("| {} | {cells} | {sum} | {faults} {} | {took:.0} s |", part.name(), part.faults());
        if next < end {
            println!("goes on with: FROM={next} cargo xtask soak {}", part.name());
        }
    }
    ensure!(holds, "an intent was not one card, or somebody was told what is not so");
    Ok(())
}
