//! The claims' part of the command line.

use std::time::Duration;

use anyhow::ensure;
use clap::Args;

/// How long claims hold.
#[derive(Args, Clone, Debug)]
pub(crate) struct ClaimOptions {
    /// Milliseconds a claim belongs to the replica that made it, counted again from the moment it begins to send; longer than
    /// the proxy's limit.
    #[arg(long, env = "CARDWRIGHT_LEASE_MS", default_value = "60000", value_parser = crate::config::millis, value_name = "MS")]
    pub(crate) lease_ms: Duration,
    /// Milliseconds a freeze waits for another write to the same card; then it goes out beside it.
    #[arg(long, env = "CARDWRIGHT_URGENT_WAIT_MS", default_value = "2000", value_parser = crate::config::millis, value_name = "MS")]
    pub(crate) urgent_wait_ms: Duration,
    /// Milliseconds between looks for claims that were abandoned.
    #[arg(long, env = "CARDWRIGHT_COMPLETER_MS", default_value = "2000", value_parser = crate::config::millis, value_name = "MS")]
    pub(crate) completer_ms: Duration,
    /// Issuer that is known to honour idempotency keys, so that an unknown keyed write may be sent again; repeat, or separate by
    /// commas. Example: ingo,pintopay. Default: none.
    #[arg(
        long = "issuer-honours-keys",
        env = "CARDWRIGHT_ISSUER_HONOURS_KEYS",
        value_delimiter = ',',
        value_name = "ISSUER"
    )]
    pub(crate) honours_keys: Vec<String>,
}

/// No keyed write is sent again sooner after its first send: the issuer may still be at work. Source: Ingo's hub, "Retry logic".
pub(super) const RESEND_FROM: Duration = Duration::from_secs(3);

/// Nothing is sent again later: half of the shortest time any issuer is known to keep a key.
pub(super) const RESEND_UNTIL: Duration = Duration::from_secs(12 * 60 * 60);

/// No keyed write is sent more often.
pub(super) const MOST_SENDS: i64 = 3;

/// How long what has ended is remembered.
pub(crate) const RETENTION: Duration = Duration::from_secs(31 * 24 * 60 * 60);

impl ClaimOptions {
    /// Refuses what must not be started with.
    pub(crate) fn check(&self, proxy_limit: Duration) -> anyhow::Result<()> {
        ensure!(
            self.lease_ms > proxy_limit,
            "lease-ms: expected more than the proxy's limit of {} ms, found {}",
            proxy_limit.as_millis(),
            self.lease_ms.as_millis()
        );
        let unknown = self.honours_keys.iter().find(|name| !crate::issuer::NAMES.contains(&name.as_str()));
        ensure!(unknown.is_none(), "issuer-honours-keys: expected {}", crate::issuer::NAMES.join(" or "));
        Ok(())
    }
}
