//! Lines as a program, for tests that are not written in Rust.

use std::io::Write;

use cardwright_faults::{Line, router};
use clap::Parser;
use serde_json::json;
use tokio::net::TcpListener;

/// Lines that go wrong as a script says, on loopback. Prints {"control": ..., "lines": [...]} and runs until it is stopped.
#[derive(Parser)]
#[command(name = "cardwright-faults", version)]
struct Arguments {
    /// How many lines to open.
    #[arg(long, env = "FAULTS_LINES", default_value_t = 1)]
    lines: usize,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for _ in 0..Arguments::parse().lines {
        lines.push(Line::open().await?);
    }
    let control = TcpListener::bind("127.0.0.1:0").await?;
    let origin = |address| format!("http://{address}");
    let listening: Vec<_> = lines.iter().map(|line| origin(line.address())).collect();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", json!({ "control": origin(control.local_addr()?), "lines": listening }))?;
    out.flush()?;
    drop(out);
    axum::serve(control, router(lines)).await?;
    Ok(())
}
