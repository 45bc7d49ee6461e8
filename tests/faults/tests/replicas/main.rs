//! One intent, one card, over replicas that are called many times, over lines that go wrong, and that are killed: by the
//! ledger. Here in short; `cargo xtask soak` drives the same in thousands. `SEED` drives it otherwise.

mod crash;
mod kills;
mod load;

use std::time::Duration;

/// After which an intent that is neither settled nor unknown counts as lost.
const PATIENCE: Duration = Duration::from_secs(120);

fn seed() -> u64 {
    std::env::var("SEED").map_or(1, |seed| seed.parse().unwrap())
}
