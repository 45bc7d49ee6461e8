//! A stand-in for the card issuers: real HTTP, strict signatures, a ledger of what was done, and faults on demand.

mod app;
mod config;
mod control;
mod delivery;
mod effects;
mod faults;
mod ingo;
mod keys;
mod ledger;
mod operation;
mod pan;
mod pintopay;
mod received;
mod reply;
mod server;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use serde_json::json;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::config::Config;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(Config::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "sandbox stopped");
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    config.check()?;
    let stop = server::stop_signal().context("signal handlers")?;
    let listener = TcpListener::bind(config.listen).await.context("listening address")?;
    let origin = format!("http://{}", listener.local_addr().context("listening address")?);
    announce(&origin).context("standard output")?;
    server::serve(listener, app::router(config, origin), stop).await;
    Ok(())
}

/// Prints the one line by which a test learns the port.
fn announce(origin: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", json!({ "listening": origin }))?;
    out.flush()
}
