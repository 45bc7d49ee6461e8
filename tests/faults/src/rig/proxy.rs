//! The proxy as a program.

use std::net::SocketAddr;

use super::client::HOST;
use super::sandbox::listening;
use super::{INGO_API_KEY, INGO_SECRET, INGO_USERNAME, PINTOPAY_API_KEY, PINTOPAY_SECRET, Program};

/// A proxy in front of the sandbox, or of a line to it.
pub struct Proxy {
    /// Its handle.
    pub program: Program,
    /// Where it listens.
    pub address: SocketAddr,
    name: &'static str,
    environment: Vec<(String, String)>,
}

/// The proxy, built with the cargo feature `fail-points`.
const ARMED: &str = "cardwright-proxy-fail-points";

impl Proxy {
    /// Starts a proxy that reaches both issuers at this address and keeps its claims in this store; `more` adds to its
    /// environment.
    ///
    /// # Errors
    /// A program that does not start.
    pub async fn start(issuer: SocketAddr, store: &str, more: &[(&str, &str)]) -> anyhow::Result<Proxy> {
        Proxy::start_as("cardwright-proxy", issuer, store, more).await
    }

    /// Starts the build that has fail points; `CARDWRIGHT_FAIL_POINT` in `more` arms one.
    ///
    /// # Errors
    /// As [`Proxy::start`].
    pub async fn start_armed(issuer: SocketAddr, store: &str, more: &[(&str, &str)]) -> anyhow::Result<Proxy> {
        Proxy::start_as(ARMED, issuer, store, more).await
    }

    async fn start_as(
        name: &'static str,
        issuer: SocketAddr,
        store: &str,
        more: &[(&str, &str)],
    ) -> anyhow::Result<Proxy> {
        let ingo = format!("http://{issuer}/api");
        let pintopay = format!("http://{issuer}");
        let environment = [
            ("DATABASE_URL", store),
            ("CARDWRIGHT_LISTEN", "127.0.0.1:0"),
            ("CARDWRIGHT_ALLOWED_HOST", HOST),
            ("CARDWRIGHT_INGO_BASE_URL", &ingo),
            ("CARDWRIGHT_INGO_API_KEY", INGO_API_KEY),
            ("CARDWRIGHT_INGO_USERNAME", INGO_USERNAME),
            ("CARDWRIGHT_INGO_SECRET", INGO_SECRET),
            ("CARDWRIGHT_PINTOPAY_BASE_URL", &pintopay),
            ("CARDWRIGHT_PINTOPAY_API_KEY", PINTOPAY_API_KEY),
            ("CARDWRIGHT_PINTOPAY_SECRET", PINTOPAY_SECRET),
        ];
        let environment = environment.iter().chain(more);
        let environment: Vec<_> = environment.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let program = Program::start(name, &environment).await?;
        Ok(Proxy { address: listening(&program.said)?, program, name, environment })
    }

    /// Starts it again, after it was killed; it listens at the same address, so that lines still lead to it.
    ///
    /// # Errors
    /// A program that does not start.
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        let address = self.address.to_string();
        self.environment.retain(|(name, _)| name != "CARDWRIGHT_LISTEN");
        self.environment.push(("CARDWRIGHT_LISTEN".into(), address));
        self.program = Program::start(self.name, &self.environment).await?;
        Ok(())
    }
}
