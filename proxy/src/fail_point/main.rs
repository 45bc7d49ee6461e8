//! The proxy as a program, with its fail points.

use std::io::Write;

use cardwright_proxy::{Config, Server, log, stop_signal};
use clap::Parser;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    log::start();
    let stop = stop_signal()?;
    let server = Server::bind(&config).await?;
    let ready = serde_json::json!({ "listening": format!("http://{}", server.address()) });
    writeln!(std::io::stdout(), "{ready}")?;
    server.run(stop).await;
    Ok(())
}
