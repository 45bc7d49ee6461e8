//! A server as a program, for tests that are not written in Rust.

use std::io::Write;

use anyhow::Result;
use cardwright_test_postgres::Server;
use tokio::signal::unix::{SignalKind, signal};

/// Starts a server with a database, prints {"listening": "postgres://..."} and runs until it is stopped.
#[tokio::main]
async fn main() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let server = Server::start()?;
    let url = server.database().await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, r#"{{"listening":"{url}"}}"#)?;
    out.flush()?;
    drop(out);
    terminate.recv().await;
    drop(server);
    Ok(())
}
