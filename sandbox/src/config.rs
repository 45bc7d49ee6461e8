//! The command line, each option also by environment variable.

use std::net::SocketAddr;

use anyhow::ensure;
use clap::{Args, Parser};
use secrecy::{ExposeSecret, SecretString};

use crate::keys::KeyMode;
use crate::pintopay;

/// The shortest secret accepted: secrets are masked wherever they show up, which a shorter one would make guesswork.
const MIN_SECRET_LENGTH: usize = 8;

/// A stand-in for the card issuers, for tests and demos on one machine.
#[derive(Debug, Parser)]
#[command(name = "cardwright-sandbox", version)]
pub(crate) struct Config {
    /// Loopback address to listen on; port 0 takes a free one.
    #[arg(long, env = "SANDBOX_LISTEN", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Bearer token that opens /_ledger and /_faults.
    #[arg(long, env = "SANDBOX_CONTROL_TOKEN", hide_env_values = true)]
    pub(crate) control_token: SecretString,
    /// What an idempotency key is worth, at both issuers; /_keys changes it.
    #[arg(long, env = "SANDBOX_KEYS", value_enum, default_value_t)]
    pub(crate) keys: KeyMode,
    /// What a client of Ingo must know.
    #[command(flatten)]
    pub(crate) ingo: IngoCredentials,
    /// What PintoPay is started with, if it is there.
    #[command(flatten)]
    pub(crate) pintopay: Option<pintopay::Options>,
}

/// The credentials that Ingo gives a program.
#[derive(Debug, Args)]
pub(crate) struct IngoCredentials {
    /// Program API key.
    #[arg(long = "ingo-api-key", env = "SANDBOX_INGO_API_KEY", hide_env_values = true)]
    pub(crate) api_key: SecretString,
    /// HMAC user name.
    #[arg(long = "ingo-username", env = "SANDBOX_INGO_USERNAME")]
    pub(crate) username: String,
    /// HMAC secret.
    #[arg(long = "ingo-secret", env = "SANDBOX_INGO_SECRET", hide_env_values = true)]
    pub(crate) secret: SecretString,
}

impl Config {
    /// Refuses what the sandbox must not be started with.
    ///
    /// Secrets are checked here and not by clap, which would print a refused value.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        ensure!(self.listen.ip().is_loopback(), "expected a loopback listening address, found another");
        for (name, secret) in self.secrets() {
            let found = secret.expose_secret().chars().count();
            ensure!(
                found >= MIN_SECRET_LENGTH,
                "{name}: expected at least {MIN_SECRET_LENGTH} characters, found {found}"
            );
        }
        ensure!(!self.ingo.username.is_empty(), "ingo-username: expected text, found nothing");
        Ok(())
    }

    /// Everything that must never be shown, with the name of its option.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&'static str, &SecretString)> {
        let always = [
            ("control-token", &self.control_token),
            ("ingo-api-key", &self.ingo.api_key),
            ("ingo-secret", &self.ingo.secret),
        ];
        let pintopay = self
            .pintopay
            .iter()
            .flat_map(|options| [("pintopay-api-key", &options.api_key), ("pintopay-secret", &options.secret)]);
        always.into_iter().chain(pintopay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(listen: &str, secret: &str) -> Config {
        config_with(listen, secret, &[])
    }

    fn config_with(listen: &str, secret: &str, more: &[&str]) -> Config {
        let arguments = [
            "cardwright-sandbox",
            &format!("--listen={listen}"),
            "--control-token=control-token-1",
            "--ingo-api-key=api-key-1",
            "--ingo-username=test",
            &format!("--ingo-secret={secret}"),
        ];
        Config::try_parse_from(arguments.iter().chain(more)).unwrap()
    }

    #[test]
    fn only_loopback_addresses_are_listened_on() {
        assert!(config("127.0.0.1:0", "test-secret").check().is_ok());
        assert!(config("[::1]:0", "test-secret").check().is_ok());
        assert!(config("0.0.0.0:0", "test-secret").check().is_err());
        assert!(config("192.0.2.1:80", "test-secret").check().is_err());
    }

    #[test]
    fn a_short_secret_is_refused_without_being_shown() {
        let error = config("127.0.0.1:0", "zebra").check().unwrap_err().to_string();
        assert_eq!(error, "ingo-secret: expected at least 8 characters, found 5");
        let pintopay = ["--pintopay-api-key=api-key-2", "--pintopay-secret=zebra"];
        let error = config_with("127.0.0.1:0", "test-secret", &pintopay).check().unwrap_err().to_string();
        assert_eq!(error, "pintopay-secret: expected at least 8 characters, found 5");
    }

    #[test]
    fn debug_shows_no_secret() {
        let pintopay = ["--pintopay-api-key=api-key-2", "--pintopay-secret=project-secret"];
        let shown = format!("{:?}", config_with("127.0.0.1:0", "test-secret", &pintopay));
        for secret in ["control-token-1", "api-key-1", "test-secret", "api-key-2", "project-secret"] {
            assert!(!shown.contains(secret));
        }
    }
}
