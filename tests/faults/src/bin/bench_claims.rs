//! What the claim adds to the time of a create: the same load, at the same rate, over proxies that keep their claims in memory
//! and over those that commit them. `cargo xtask bench-claims` builds what it needs.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use cardwright_faults::rig::{Call, Proxy, Sandbox, Told};
use cardwright_test_postgres::Database;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

const TIME: Duration = Duration::from_secs(20);
/// Connections to the store are made in it.
const WARM: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_secs(20);

/// The times of a load, sorted.
struct Times(Vec<Duration>);

impl Times {
    fn at(&self, share: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3
    }
}

/// So many creates a second, in turn over proxies; each is timed from the moment it was due.
async fn creates(proxies: &[Proxy], rate: u32, time: Duration, name: &str) -> anyhow::Result<Times> {
    let start = Instant::now();
    let mut open = JoinSet::new();
    for nth in 0..(time.as_secs_f64() * f64::from(rate)) as u32 {
        let due = start + Duration::from_secs(1) * nth / rate;
        sleep_until(due).await;
        let address: SocketAddr = proxies[nth as usize % proxies.len()].address;
        let values =
            json!({ "user_id": format!("user-{nth:08x}-0000-4000-8000-000000000001"), "card_type": "virtual" });
        let call = Call { path: "/ingo/cards/issue", values, key: Some(format!("bench-{name}-{nth:012}")) };
        open.spawn(async move { (call.make(address, LIMIT).await, due.elapsed()) });
    }
    let mut times = Vec::new();
    for (told, took) in open.join_all().await {
        ensure!(matches!(told, Told::Done { replayed: false, .. }), "expected a card, found {told:?}");
        times.push(took);
    }
    times.sort_unstable();
    Ok(Times(times))
}

/// A load over so many proxies of a store.
async fn measure(store: &str, replicas: usize, rate: u32) -> anyhow::Result<Times> {
    let sandbox = Sandbox::start("idempotent").await?;
    let mut proxies = Vec::new();
    for _ in 0..replicas {
        proxies.push(Proxy::start(sandbox.address, store, &[]).await?);
    }
    creates(&proxies, rate, WARM, "warm").await?;
    creates(&proxies, rate, TIME, "time").await
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Where the system puts temporary files may be memory; here the build's own disk is measured.
    let folder = tempfile::tempdir_in(std::env::current_exe()?.parent().context("expected a folder")?)?;
    let sqlite = format!("sqlite:{}", folder.path().join("claims.db").display());
    let postgres = Database::fresh().await?;
    println!("| store | creates/s | p50 | p99 | p50 added | p99 added |\n|---|---|---|---|---|---|");
    for (name, store, replicas, rate) in
        [("SQLite, `synchronous=FULL`", &sqlite, 1, 50), ("PostgreSQL, three replicas", &postgres.url, 3, 100)]
    {
        let without = measure("memory:", replicas, rate).await?;
        let with = measure(store, replicas, rate).await?;
        let [(low, high), (low_without, high_without)] = [&with, &without].map(|times| (times.at(0.5), times.at(0.99)));
        println!("| `memory:`, the same load | {rate} | {low_without:.1} ms | {high_without:.1} ms | | |");
        let (more, most) = (low - low_without, high - high_without);
        println!("| {name} | {rate} | {low:.1} ms | {high:.1} ms | {more:.1} ms | {most:.1} ms |");
    }
    Ok(())
}
