//! The sandbox issuer and its ledger, which alone knows what really happened.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{exchange, request};
use super::{CONTROL_TOKEN, INGO_API_KEY, INGO_SECRET, INGO_USERNAME, PINTOPAY_API_KEY, PINTOPAY_SECRET, Program};

const CONTROL_LIMIT: Duration = Duration::from_secs(20);

/// A sandbox of both issuers, whose orders go ten thousand times faster than life.
pub struct Sandbox {
    /// Its handle.
    pub program: Program,
    /// Where it listens.
    pub address: SocketAddr,
}

/// What took effect, and what was asked: `GET /_ledger/effects` of the sandbox.
#[derive(Debug, Deserialize)]
pub struct Ledger {
    /// In the order of the cards, then of the orders.
    pub effects: Vec<Effect>,
    /// By operation and subject.
    pub receipts: Vec<Receipt>,
}

/// One thing that really happened.
#[derive(Debug, Deserialize)]
pub struct Effect {
    /// As the issuer's path names it.
    pub operation: String,
    /// Whose card or order it is.
    pub user: Option<String>,
    /// The card or the order.
    pub id: String,
    /// Whether this made it.
    pub made: bool,
    /// The state it led to.
    pub status: String,
    /// The key it was made with.
    pub key: Option<String>,
}

/// How often something was asked.
#[derive(Debug, Deserialize)]
pub struct Receipt {
    /// As the issuer's path names it.
    pub operation: String,
    /// A key or a card.
    pub of: String,
    /// Refused and spoiled ones too.
    pub times: u32,
}

impl Sandbox {
    /// Starts a sandbox whose keys are worth this: `idempotent`, `racy` or `none`.
    ///
    /// # Errors
    /// A program that does not start.
    pub async fn start(keys: &str) -> anyhow::Result<Sandbox> {
        let environment = [
            ("SANDBOX_CONTROL_TOKEN", CONTROL_TOKEN),
            ("SANDBOX_INGO_API_KEY", INGO_API_KEY),
            ("SANDBOX_INGO_USERNAME", INGO_USERNAME),
            ("SANDBOX_INGO_SECRET", INGO_SECRET),
            ("SANDBOX_PINTOPAY_API_KEY", PINTOPAY_API_KEY),
            ("SANDBOX_PINTOPAY_SECRET", PINTOPAY_SECRET),
            ("SANDBOX_PINTOPAY_SPEED", "10000"),
            ("SANDBOX_PINTOPAY_BALANCE", "1000000.00"),
            ("SANDBOX_KEYS", keys),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let program = Program::start("cardwright-sandbox", &environment).await?;
        let address = listening(&program.said)?;
        Ok(Sandbox { program, address })
    }

    /// The ledger in short.
    ///
    /// # Errors
    /// A sandbox that does not answer.
    pub async fn ledger(&self) -> anyhow::Result<Ledger> {
        Ok(serde_json::from_value(self.control("GET", "/_ledger/effects", &Value::Null).await?)?)
    }

    /// Every request it was sent, as the sandbox's README describes them.
    ///
    /// # Errors
    /// A sandbox that does not answer.
    pub async fn requests(&self) -> anyhow::Result<Vec<Value>> {
        let mut ledger = self.control("GET", "/_ledger", &Value::Null).await?;
        Ok(serde_json::from_value(ledger["requests"].take())?)
    }

    /// Makes keys worth something else.
    ///
    /// # Errors
    /// A sandbox that does not answer, or knows no such mode.
    pub async fn set_keys(&self, keys: &str) -> anyhow::Result<()> {
        self.control("PUT", "/_keys", &json!({ "keys": keys })).await.map(drop)
    }

    /// Has it go wrong.
    ///
    /// # Errors
    /// A sandbox that does not answer, or knows no such fault.
    pub async fn fault(&self, fault: &Value) -> anyhow::Result<()> {
        self.control("POST", "/_faults", fault).await.map(drop)
    }

    async fn control(&self, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = request(method, path, &[("authorization", &format!("Bearer {CONTROL_TOKEN}"))], body)?;
        let exchange = tokio::time::timeout(CONTROL_LIMIT, exchange(self.address, request)).await?;
        let (parts, body) = exchange.context("expected the sandbox to answer")?;
        ensure!(parts.status.is_success(), "{method} {path}: {} {}", parts.status, String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }
}

/// The address in what a program said.
pub(super) fn listening(said: &Value) -> anyhow::Result<SocketAddr> {
    let url = said["listening"].as_str().context("expected an address")?;
    Ok(url.strip_prefix("http://").context("expected http")?.parse()?)
}
