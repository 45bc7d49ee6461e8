//! The proxy between a page and the card issuers: the only holder of the issuers' secrets.
//!
//! ```text
//! HTTP/1.1                      server.rs        connections, header time limit, graceful stop
//!   │                           connections.rs   who gives way when there is no room for one more
//!   │  id, one log line         access.rs        outermost; problems become JSON here
//!   │  Host, contract           guard.rs         the doors of every call
//!   │  who is it                principal/       a token, forward-auth, or whoever reaches loopback
//!   │  which page asks          cross_site.rs    where a browser says by itself who is calling
//!   │  how much, how often      limits/          calls by address and user, requests at once
//!   ▼  routes                   app.rs           cardwright::OPERATIONS is the allow-list
//! operate.rs                                     the one handler of everything that goes to an issuer
//!   │  body or query            inbound.rs       JSON only, 16 KiB, the crate's own reader and rules
//!   │  scope and fingerprint    intent.rs
//!   │  is it theirs             binding.rs       ids.rs: the ids a request names
//!   ▼  from here on detached: a client that goes away changes nothing
//! authorize.rs                                   somebody is asked whether they may
//! recent/                                        was the same asked for a moment ago, under another key?
//! deliver.rs                                     claim → send → read → record
//!   │                           claims/          what was sent, durable before the first byte leaves   ┐ memory/
//!   │                           register/        which cards and orders were seen in answers           ┘
//!   ▼
//! issuer/                                        one folder an issuer: compose, sign or seal, judge the status
//!   │                           exchange/        one exchange over a connection of its own
//!   ▼
//! intents.rs, settle.rs                         what became of an intent; a person's word on it
//! caretaker.rs, reconcile.rs                     what was left behind; what the issuer shows of it
//! answer.rs                                      the envelope rebuilt from its known fields
//! balances.rs                                    and what of it the caller may see
//! log.rs, metrics.rs, traces/                    what the operator is told, by list
//! audit/                                         who did what, in a table that is only added to
//! ending.rs, problem.rs                          how it ended, and how the page is told
//! ```

#![deny(clippy::expect_used, clippy::panic, clippy::unreachable, clippy::unwrap_used)]

#[cfg(test)]
#[macro_use]
mod never;

mod access;
mod answer;
mod app;
mod audit;
mod authorize;
mod balances;
mod binding;
mod caretaker;
mod claims;
mod clock;
mod config;
mod connections;
mod cross_site;
mod deliver;
mod ending;
mod exchange;
mod fail_point;
mod guard;
mod headers;
mod health;
mod ids;
mod inbound;
mod intent;
mod intents;
mod issuer;
mod limits;
mod lists;
pub mod log;
mod me;
mod memory;
mod metrics;
mod operate;
#[cfg(test)]
mod pairs;
mod principal;
mod problem;
mod recent;
mod reconcile;
mod register;
mod server;
mod settle;
mod static_files;
mod store;
mod traces;

pub use config::Config;
pub use server::{Server, stop_signal};

use clap::Parser as _;
use std::io::Write as _;

/// Reads the configuration, says as JSON where it listens, and serves until it is told to stop.
///
/// # Errors
/// A configuration, store or address that cannot be used; the message says which.
pub async fn run() -> anyhow::Result<()> {
    let config = Config::parse();
    log::start();
    let stop = stop_signal()?;
    let server = Server::bind(&config).await?;
    let mut ready = serde_json::json!({ "listening": format!("http://{}", server.address()) });
    if let Some(metrics) = server.metrics_address() {
        ready["metrics"] = format!("http://{metrics}/metrics").into();
    }
    writeln!(std::io::stdout(), "{ready}")?;
    server.run(stop).await;
    Ok(())
}
