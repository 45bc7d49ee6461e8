//! The command line, each option also by environment variable.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::ensure;
use axum::http::uri::PathAndQuery;
use cardwright::field::IdForm;
use cardwright::operation;
use clap::builder::BoolishValueParser;
use clap::{Args, Parser};
use secrecy::SecretString;

use crate::authorize::AuthorizeOptions;
use crate::claims::ClaimOptions;
use crate::connections::ConnectionOptions;
use crate::cross_site::OriginOptions;
use crate::issuer::ingo::IngoOptions;
use crate::issuer::pintopay::PintoPayOptions;
use crate::limits::LimitOptions;
use crate::metrics::MetricsOptions;
use crate::principal::AccessOptions;
use crate::recent::RecentOptions;
use crate::traces::TraceOptions;

/// The proxy between a page and the card issuers.
///
/// Prints one line of JSON to stdout when it is ready, {"listening":"http://127.0.0.1:8787"}, and one line of JSON to
/// stderr for each request; RUST_LOG sets how much (default: info). It stops on SIGTERM or SIGINT, after what is under
/// way has ended. Secrets are better given by environment: a command line can be read by every user of the machine.
#[derive(Clone, Debug, Parser)]
#[command(name = "cardwright-proxy", version)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one. Without authentication it must be a loopback address.
    #[arg(long, env = "CARDWRIGHT_LISTEN", default_value = "127.0.0.1:8787")]
    pub(crate) listen: SocketAddr,
    /// Path under which the operations stand.
    #[arg(long, env = "CARDWRIGHT_BASE", default_value = "/api")]
    pub(crate) base: String,
    /// Value of the Host header that is answered; repeat for more. Default: localhost and the two
    /// loopback addresses, each with the port listened on.
    #[arg(long = "allowed-host", env = "CARDWRIGHT_ALLOWED_HOST", value_delimiter = ',', value_name = "HOST:PORT")]
    pub(crate) allowed_hosts: Vec<String>,
    /// Directory with the page, served outside the base with a strict Content-Security-Policy.
    #[arg(long = "static", env = "CARDWRIGHT_STATIC", value_name = "DIR")]
    pub(crate) static_dir: Option<PathBuf>,
    /// Where claims and register are kept: sqlite:PATH (one proxy), postgres://... (several), or memory:, which forgets all
    /// with the process and is for demonstrations only. A store that could lose a commit is refused, with the reason.
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite:cardwright.db",
        value_name = "URL"
    )]
    pub(crate) database_url: SecretString,
    /// How much of an id is checked: prefix and hex digits, or the prefix only. Page and proxy must agree.
    #[arg(long, env = "CARDWRIGHT_IDS", default_value = "hex", value_parser = id_form, value_name = "hex|prefix")]
    pub(crate) ids: IdForm,
    /// Pass on fields of an issuer's answer that nobody documented, card data excepted.
    #[arg(long, env = "CARDWRIGHT_FORWARD_UNKNOWN_FIELDS", value_parser = BoolishValueParser::new())]
    pub(crate) forward_unknown_fields: bool,
    /// Whole path at which an issuer takes an operation, in place of base URL's path, version and default; repeat for more.
    /// Example: ingo.freezeCard=/api/v4/user/routable-cards/freeze.
    #[arg(long = "upstream", env = "CARDWRIGHT_UPSTREAM", value_delimiter = ',', value_name = "OPERATION=PATH")]
    pub(crate) upstream: Vec<UpstreamPath>,
    /// Whose pages are heard.
    #[command(flatten)]
    pub(crate) origins: OriginOptions,
    /// How much a caller may ask for.
    #[command(flatten)]
    pub(crate) rates: LimitOptions,
    /// How much is taken on at once.
    #[command(flatten)]
    pub(crate) connections: ConnectionOptions,
    /// The limits in time.
    #[command(flatten)]
    pub(crate) limits: TimeLimits,
    /// How long claims hold.
    #[command(flatten)]
    pub(crate) claims: ClaimOptions,
    /// Milliseconds for stopping. Of what does not end in time, writes are recorded as unknown shortly before.
    #[arg(long = "drain-limit-ms", env = "CARDWRIGHT_DRAIN_LIMIT_MS", default_value = "45000", value_parser = millis, value_name = "MS")]
    pub(crate) drain_limit: Duration,
    /// Whether the same content is asked about.
    #[command(flatten)]
    pub(crate) recent: RecentOptions,
    /// Who may call.
    #[command(flatten)]
    pub(crate) access: AccessOptions,
    /// Who is asked before a write.
    #[command(flatten)]
    pub(crate) authorize: AuthorizeOptions,
    /// Where metrics are read.
    #[command(flatten)]
    pub(crate) metrics: MetricsOptions,
    /// Where traces go.
    #[command(flatten)]
    pub(crate) traces: TraceOptions,
    /// How Ingo is reached.
    #[command(flatten)]
    pub(crate) ingo: IngoOptions,
    /// How PintoPay is reached.
    #[command(flatten)]
    pub(crate) pintopay: PintoPayOptions,
}

/// The limits in time; each covers the body, and each holds the next.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct TimeLimits {
    /// Milliseconds until a page is answered, whatever happens.
    #[arg(long = "proxy-limit-ms", env = "CARDWRIGHT_PROXY_LIMIT_MS", default_value = "35000", value_parser = millis, value_name = "MS")]
    pub(crate) proxy: Duration,
    /// Milliseconds an issuer has, from connecting to the last byte of its answer.
    #[arg(long = "issuer-limit-ms", env = "CARDWRIGHT_ISSUER_LIMIT_MS", default_value = "30000", value_parser = millis, value_name = "MS")]
    pub(crate) issuer: Duration,
    /// Milliseconds for name look-up, TCP and TLS together.
    #[arg(long = "connect-limit-ms", env = "CARDWRIGHT_CONNECT_LIMIT_MS", default_value = "3000", value_parser = millis, value_name = "MS")]
    pub(crate) connect: Duration,
}

/// Where an issuer takes one operation, in place of the default.
#[derive(Clone, Debug)]
pub(crate) struct UpstreamPath {
    operation: &'static str,
    path: PathAndQuery,
}

impl FromStr for UpstreamPath {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<UpstreamPath, Self::Err> {
        let (name, path) = text.split_once('=').ok_or("expected OPERATION=PATH, found no =")?;
        let operation = operation::find(name)
            .filter(|operation| operation.upstream.is_some())
            .ok_or("expected the name of an operation that goes to an issuer")?;
        let path = PathAndQuery::try_from(path)
            .ok()
            .filter(|path| path.as_str().starts_with('/') && path.query().is_none())
            .ok_or("expected a path from / without a query")?;
        Ok(UpstreamPath { operation: operation.name, path })
    }
}

fn id_form(word: &str) -> Result<IdForm, &'static str> {
    IdForm::parse(word).ok_or("expected hex or prefix")
}

pub(crate) fn millis(text: &str) -> Result<Duration, &'static str> {
    match text.parse() {
        Ok(0) | Err(_) => Err("expected milliseconds from 1"),
        Ok(millis) => Ok(Duration::from_millis(millis)),
    }
}

impl Config {
    /// Refuses what each option allows alone and the proxy must not be started with.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.listen.ip().is_loopback() || self.access.authenticates(),
            "listen: expected a loopback address, because no authentication is configured; found another"
        );
        ensure!(
            is_base(&self.base),
            "base: expected a path such as /api, of letters, digits, - and _, other than /health; found something else"
        );
        ensure!(self.allowed_hosts.iter().all(|host| !host.is_empty()), "allowed-host: expected a host, found nothing");
        ensure!(
            self.static_dir.as_ref().is_none_or(|dir| dir.is_dir()),
            "static: expected a directory, found none there"
        );
        ensure!(
            self.limits.connect < self.limits.issuer && self.limits.issuer < self.limits.proxy,
            "limits: expected connect < issuer < proxy, found {} ms, {} ms, {} ms",
            self.limits.connect.as_millis(),
            self.limits.issuer.as_millis(),
            self.limits.proxy.as_millis()
        );
        self.claims.check(self.limits.proxy)
    }

    /// The values of the Host header that are answered, where the proxy listens on this port.
    pub(crate) fn hosts(&self, port: u16) -> Vec<String> {
        if self.allowed_hosts.is_empty() {
            ["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}:{port}")).into()
        } else {
            self.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()).collect()
        }
    }

    /// The paths that were set, by the name of the operation; the last one counts.
    pub(crate) fn upstream_paths(&self) -> HashMap<&'static str, PathAndQuery> {
        self.upstream.iter().map(|set| (set.operation, set.path.clone())).collect()
    }
}

fn is_base(base: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    base.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_word)) && base != crate::health::PATH
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRETS: [&str; 3] = ["--ingo-api-key=key-zebra", "--ingo-username=name-zebra", "--ingo-secret=secret-zebra"];

    fn parse(more: &[&str]) -> Result<Config, clap::Error> {
        Config::try_parse_from([&["cardwright-proxy"], &SECRETS[..], more].concat())
    }

    fn refusal(more: &[&str]) -> String {
        parse(more).unwrap().check().unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let config = parse(&[]).unwrap();
        config.check().unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8787");
        assert_eq!(config.base, "/api");
        assert_eq!(config.hosts(8787), ["localhost:8787", "127.0.0.1:8787", "[::1]:8787"]);
        let limits = config.limits;
        assert_eq!([limits.proxy, limits.issuer, limits.connect].map(|limit| limit.as_secs()), [35, 30, 3]);
    }

    #[test]
    fn without_authentication_only_loopback_is_listened_on() {
        assert!(parse(&["--listen=[::1]:0"]).unwrap().check().is_ok());
        assert!(refusal(&["--listen=0.0.0.0:80"]).contains("no authentication is configured"));
        for known in ["--jwt-keys=https://id.example/keys", "--forward-auth-url=http://127.0.0.1:4180/"] {
            assert!(parse(&["--listen=0.0.0.0:80", known]).unwrap().check().is_ok(), "{known}");
        }
    }

    #[test]
    fn limits_must_nest() {
        let text = refusal(&["--issuer-limit-ms=35000"]);
        assert_eq!(text, "limits: expected connect < issuer < proxy, found 3000 ms, 35000 ms, 35000 ms");
        assert!(parse(&["--connect-limit-ms=0"]).is_err());
    }

    #[test]
    fn a_base_is_a_plain_path() {
        for base in ["", "/", "api", "/api/", "/a b", "/{x}", "/health"] {
            assert!(refusal(&[&format!("--base={base}")]).starts_with("base: "), "{base}");
        }
        assert!(parse(&["--base=/cards/v1"]).unwrap().check().is_ok());
    }

    #[test]
    fn only_known_operations_have_a_path() {
        let config =
            parse(&["--upstream=ingo.freezeCard=/a,ingo.issueCard=/b", "--upstream=ingo.freezeCard=/c"]).unwrap();
        let paths = config.upstream_paths();
        assert_eq!((paths["ingo.freezeCard"].as_str(), paths["ingo.issueCard"].as_str()), ("/c", "/b"));
        for wrong in
            ["ingo.freezeCard", "ingo.listCards=/a", "no.such=/a", "ingo.freezeCard=a", "ingo.freezeCard=/a?b=c"]
        {
            assert!(parse(&["--upstream", wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let pintopay = [
            "--database-url=postgres://u:zebra@localhost/zebra",
            "--pintopay-api-key=key-zebra",
            "--pintopay-secret=secret-zebra",
        ];
        assert!(!format!("{:?}", parse(&pintopay).unwrap()).contains("zebra"));
    }
}
