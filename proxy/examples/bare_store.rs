//! What the bare store costs on this machine: one insert and its commit, again and again, with the settings the proxy insists
//! on. The figure to hold a proxy's added latency against.
//!
//! `cargo run --release -p cardwright-proxy --example bare_store`

use std::time::{Duration, Instant};

use anyhow::Result;
use cardwright_test_postgres::Database;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

/// How long each store is measured.
const TIME: Duration = Duration::from_secs(5);
const TABLE: &str = "CREATE TABLE claims (id TEXT PRIMARY KEY, state TEXT NOT NULL, changed_at BIGINT NOT NULL)";
const INSERT: &str = "INSERT INTO claims (id, state, changed_at) VALUES ($1, 'sending', $2)";

/// Inserts over so many connections at once, and prints how that went.
macro_rules! measure {
    ($name:literal, $pool:expr, $writers:expr) => {{
        let (start, mut writers) = (Instant::now(), Vec::new());
        for writer in 0..$writers {
            let pool = $pool.clone();
            writers.push(tokio::spawn(async move {
                let mut times = Vec::new();
                while start.elapsed() < TIME {
                    let began = Instant::now();
                    let id = format!("{}-{writer}-{}", $writers, times.len());
                    sqlx::query(INSERT).bind(id).bind(times.len() as i64).execute(&pool).await?;
                    times.push(began.elapsed());
                }
                Ok::<_, sqlx::Error>(times)
            }));
        }
        let mut times = Vec::new();
        for writer in writers {
            times.extend(writer.await??);
        }
        print($name, $writers, start.elapsed(), times);
    }};
}

fn print(name: &str, writers: usize, took: Duration, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let rate = times.len() as f64 / took.as_secs_f64();
    println!("{name}, {writers:2} at once: {rate:6.0} commits/s, p50 {:6.2} ms, p99 {:6.2} ms", at(0.5), at(0.99));
}

#[tokio::main]
async fn main() -> Result<()> {
    // Where the system puts temporary files may be memory; here the build's own disk is measured.
    let folder = tempfile::tempdir_in(std::env::current_exe()?.parent().unwrap_or("/".as_ref()))?;
    let file = SqliteConnectOptions::new()
        .filename(folder.path().join("bare.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("synchronous", "FULL");
    let sqlite = SqlitePoolOptions::new().max_connections(1).connect_with(file).await?;
    sqlx::query(TABLE).execute(&sqlite).await?;
    for writers in [1, 8] {
        measure!("SQLite, WAL, synchronous=FULL     ", sqlite, writers);
    }
    let database = Database::fresh().await?;
    let postgres = PgPoolOptions::new().max_connections(16).connect(&database.url).await?;
    sqlx::query(TABLE).execute(&postgres).await?;
    for writers in [1, 8, 16] {
        measure!("PostgreSQL, synchronous_commit=on ", postgres, writers);
    }
    Ok(())
}
