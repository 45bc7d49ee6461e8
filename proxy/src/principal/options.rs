//! Who may call: this part of the command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, ensure};
use axum::http::HeaderName;
use clap::Args;
use jsonwebtoken::Algorithm;

use super::credential::Place;
use super::forward::Forward;
use super::identity::{Identity, Tenant, is_name};
use super::keys::{Keys, Pace, Source};
use super::token::Verifier;
use super::{Authentication, Principal, scope, signature};
use crate::config::millis;
use crate::exchange::{Client, Endpoint};

/// By how much clocks may differ at most.
const MOST_SKEW: Duration = Duration::from_secs(300);

/// How long whoever is asked may take at most.
const MOST_LIMIT: Duration = Duration::from_secs(4);

/// Who may call. Without any of it everybody may who reaches the loopback address.
#[derive(Args, Clone, Debug)]
pub(crate) struct AccessOptions {
    /// JSON Web Key Set that signed tokens are verified with: an https URL, http to a loopback host, or a file. With it go
    /// --jwt-algorithms, --jwt-issuer and --jwt-audience. The token is taken from Authorization: Bearer.
    #[arg(long, env = "CARDWRIGHT_JWT_KEYS", value_name = "URL|FILE")]
    jwt_keys: Option<String>,
    /// Algorithms tokens may be signed with, of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA; repeat, or
    /// separate by commas.
    #[arg(long, env = "CARDWRIGHT_JWT_ALGORITHMS", value_delimiter = ',', value_parser = algorithm, value_name = "NAME")]
    jwt_algorithms: Vec<Algorithm>,
    /// Issuer (iss) every token must name, to the letter.
    #[arg(long, env = "CARDWRIGHT_JWT_ISSUER", value_name = "TEXT")]
    jwt_issuer: Option<String>,
    /// Audience (aud) of which a token must name one; repeat, or separate by commas.
    #[arg(long, env = "CARDWRIGHT_JWT_AUDIENCE", value_delimiter = ',', value_name = "TEXT")]
    jwt_audience: Vec<String>,
    /// Milliseconds by which the clocks of whoever signs tokens and of the proxy may differ; at most 300000.
    #[arg(long, env = "CARDWRIGHT_JWT_CLOCK_SKEW_MS", default_value = "60000", value_parser = millis, value_name = "MS")]
    jwt_clock_skew_ms: Duration,
    /// Cookie in which a token may come instead; its name begins with __Host-.
    #[arg(long, env = "CARDWRIGHT_JWT_COOKIE", value_name = "NAME")]
    jwt_cookie: Option<String>,
    /// Milliseconds after which the key set is read again. A key that was taken out of it is good for so long.
    #[arg(long, env = "CARDWRIGHT_JWT_KEYS_REFRESH_MS", default_value = "300000", value_parser = millis, value_name = "MS")]
    jwt_keys_refresh_ms: Duration,
    /// Milliseconds at least from one reading of the key set to the next, whatever keys callers name.
    #[arg(long, env = "CARDWRIGHT_JWT_KEYS_PAUSE_MS", default_value = "10000", value_parser = millis, value_name = "MS")]
    jwt_keys_pause_ms: Duration,
    /// Milliseconds after which a key set that cannot be read again is not used any more.
    #[arg(long, env = "CARDWRIGHT_JWT_KEYS_STALE_MS", default_value = "3600000", value_parser = millis, value_name = "MS")]
    jwt_keys_stale_ms: Duration,
    /// Header in which a gateway in front puts a token that it has signed or verified, as `--jwt-...` says; what callers bring
    /// themselves is not looked at. Example: authorization, behind an oauth2-proxy that passes its id token on.
    #[arg(long, env = "CARDWRIGHT_GATEWAY_HEADER", value_name = "NAME")]
    gateway_header: Option<HeaderName>,
    /// URL that is asked who is calling, with their Cookie and Authorization, as nginx's auth_request does; 2xx says it in
    /// headers, 401 and 403 say no, and anything else lets nobody in.
    #[arg(long, env = "CARDWRIGHT_FORWARD_AUTH_URL", value_name = "URL")]
    forward_auth_url: Option<String>,
    /// Milliseconds until whoever is asked about a caller must have answered; at most 4000.
    #[arg(long = "access-limit-ms", env = "CARDWRIGHT_ACCESS_LIMIT_MS", default_value = "2000", value_parser = limit, value_name = "MS")]
    pub(crate) limit: Duration,
    /// Where the user stands: a member of the token (default sub), or a header of the answer (default X-Auth-Request-User). A
    /// member that begins with / is a JSON pointer, here and below.
    #[arg(long, env = "CARDWRIGHT_USER_FROM", value_name = "NAME")]
    user_from: Option<String>,
    /// Where the tenant stands, if there are several.
    #[arg(long, env = "CARDWRIGHT_TENANT_FROM", value_name = "NAME", conflicts_with = "tenant")]
    tenant_from: Option<String>,
    /// The one tenant of all callers.
    #[arg(long, env = "CARDWRIGHT_TENANT", default_value = "main", value_name = "NAME")]
    tenant: String,
    /// Where the scopes stand, as text with blanks or commas between them or as a list. Example: scope.
    #[arg(long, env = "CARDWRIGHT_SCOPES_FROM", value_name = "NAME")]
    scopes_from: Option<String>,
    /// What a name there begins with if it is a scope of ours; it is taken off.
    #[arg(long, env = "CARDWRIGHT_SCOPE_PREFIX", default_value = "", value_name = "TEXT")]
    scope_prefix: String,
    /// Scopes of everybody who was recognised: names of operations, balance:read, intents:settle, cards:any. Repeat, or
    /// separate by commas.
    #[arg(long, env = "CARDWRIGHT_SCOPES", value_delimiter = ',', value_parser = known_scope, value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Where the issuers' ids of a caller stand (user-..., or an external user id): without the scope cards:any, what is of
    /// these is reached, and nothing else.
    #[arg(long, env = "CARDWRIGHT_USER_IDS_FROM", value_name = "NAME")]
    user_ids_from: Option<String>,
}

/// Together with the proxy's own limit it is less than a page waits.
fn limit(text: &str) -> Result<Duration, &'static str> {
    millis(text).ok().filter(|limit| *limit <= MOST_LIMIT).ok_or("expected milliseconds from 1 to 4000")
}

fn algorithm(name: &str) -> Result<Algorithm, &'static str> {
    let expected = "expected RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA";
    // With HMAC whoever verifies can sign, and a public key can be passed off as the secret.
    name.parse().ok().filter(|_| !name.starts_with("HS")).ok_or(expected)
}

fn known_scope(name: &str) -> Result<String, &'static str> {
    scope::find(name)
        .map(String::from)
        .ok_or("expected the name of an operation, balance:read, intents:settle or cards:any")
}

impl AccessOptions {
    /// Whether callers have to say who they are.
    pub(crate) fn authenticates(&self) -> bool {
        self.jwt_keys.is_some() || self.forward_auth_url.is_some()
    }

    /// How callers are recognised.
    pub(super) fn authentication(&self, client: &Client) -> anyhow::Result<Authentication> {
        match (&self.jwt_keys, &self.forward_auth_url) {
            (None, None) => {
                ensure!(
                    self.jwt_cookie.is_none() && self.gateway_header.is_none(),
                    "jwt-keys: expected a key set for jwt-cookie or gateway-header, found none"
                );
                Ok(Authentication::Local(Principal::local()))
            }
            (Some(keys), None) => {
                Ok(Authentication::Token { verifier: self.verifier(keys, client)?, place: self.place()? })
            }
            (None, Some(url)) => Ok(Authentication::Forward(Forward {
                endpoint: Endpoint::parse(url).context("forward-auth-url")?,
                client: client.clone(),
                identity: self.identity("x-auth-request-user")?,
            })),
            (Some(_), Some(_)) => anyhow::bail!("expected jwt-keys or forward-auth-url, found both"),
        }
    }

    fn verifier(&self, keys: &str, client: &Client) -> anyhow::Result<Verifier> {
        ensure!(
            !self.jwt_algorithms.is_empty(),
            "jwt-algorithms: expected the algorithms tokens may be signed with, found none"
        );
        let issuer = self.jwt_issuer.clone().filter(|text| !text.is_empty());
        let issuer = issuer.context("jwt-issuer: expected the issuer tokens must name, found none")?;
        let audiences = &self.jwt_audience;
        ensure!(
            !audiences.is_empty() && audiences.iter().all(|text| !text.is_empty()),
            "jwt-audience: expected the audience tokens must name, found none"
        );
        let skew = self.jwt_clock_skew_ms;
        ensure!(skew <= MOST_SKEW, "jwt-clock-skew-ms: expected at most 300000, found {}", skew.as_millis());
        let pace =
            Pace { refresh: self.jwt_keys_refresh_ms, pause: self.jwt_keys_pause_ms, stale: self.jwt_keys_stale_ms };
        ensure!(
            pace.pause <= pace.refresh && pace.refresh < pace.stale,
            "jwt-keys: expected pause <= refresh < stale, found {} ms, {} ms, {} ms",
            pace.pause.as_millis(),
            pace.refresh.as_millis(),
            pace.stale.as_millis()
        );
        let source = if keys.contains("://") {
            Source::Url(Endpoint::parse(keys).context("jwt-keys")?, client.clone())
        } else {
            Source::File(PathBuf::from(keys))
        };
        signature::install();
        Ok(Verifier {
            keys: Keys::new(source, &self.jwt_algorithms, pace)?,
            issuer,
            audiences: audiences.clone(),
            skew,
            identity: self.identity("sub")?,
        })
    }

    fn place(&self) -> anyhow::Result<Place> {
        let Some(header) = &self.gateway_header else {
            let cookie = self.jwt_cookie.clone();
            // Without the prefix a page of a sibling domain could set it.
            let is_own = |name: &String| name.strip_prefix("__Host-").is_some_and(is_cookie_name);
            ensure!(
                cookie.as_ref().is_none_or(is_own),
                "jwt-cookie: expected a name after __Host-, found something else"
            );
            return Ok(Place::Caller { cookie });
        };
        ensure!(self.jwt_cookie.is_none(), "expected gateway-header or jwt-cookie, found both");
        Ok(Place::Gateway(header.clone()))
    }

    /// Whether callers are of several tenants.
    pub(crate) fn has_tenants(&self) -> bool {
        self.tenant_from.is_some()
    }

    fn identity(&self, user_from: &str) -> anyhow::Result<Identity> {
        ensure!(is_name(&self.tenant), "tenant: expected a name, found something else");
        let named = [&self.user_from, &self.tenant_from, &self.scopes_from, &self.user_ids_from];
        ensure!(
            named.into_iter().flatten().all(|name| !name.is_empty()),
            "user-from and the like: expected a name, found nothing"
        );
        ensure!(
            self.scopes_from.is_some() || !self.scopes.is_empty(),
            "scopes: expected scopes-from, or scopes of everybody; found neither, and nobody could do anything"
        );
        Ok(Identity {
            user_from: self.user_from.clone().unwrap_or_else(|| user_from.to_owned()),
            tenant: self.tenant_from.clone().map_or_else(|| Tenant::Fixed(self.tenant.clone()), Tenant::From),
            scopes_from: self.scopes_from.clone(),
            scope_prefix: self.scope_prefix.clone(),
            scopes: self.scopes.clone(),
            user_ids_from: self.user_ids_from.clone(),
        })
    }
}

fn is_cookie_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        access: AccessOptions,
    }

    const KEYS: &str = "--jwt-keys=http://127.0.0.1:9/keys";
    const SIGNED: [&str; 5] =
        [KEYS, "--jwt-algorithms=ES256", "--jwt-issuer=i", "--jwt-audience=a", "--scopes=ingo.listCards"];

    fn refusal(args: &[&str]) -> Option<String> {
        let options = match Line::try_parse_from([&[""], args].concat()) {
            Ok(line) => line.access,
            Err(error) => return Some(error.to_string()),
        };
        let made = options.authentication(&Client::new(options.limit).unwrap());
        made.err().map(|error| format!("{error:#}"))
    }

    #[test]
    fn what_a_token_must_hold_has_to_be_said() {
        assert_eq!(refusal(&[]), None);
        assert_eq!(refusal(&SIGNED), None);
        for missing in 1..SIGNED.len() {
            let mut args = SIGNED.to_vec();
            let option = args.remove(missing).trim_start_matches('-').split('=').next().unwrap();
            assert!(refusal(&args).unwrap().starts_with(option), "{option}");
        }
        for (more, reason) in [
            ("--jwt-algorithms=HS256", "expected RS256"),
            ("--jwt-algorithms=none", "expected RS256"),
            ("--jwt-clock-skew-ms=300001", "jwt-clock-skew-ms: expected at most 300000"),
            ("--jwt-cookie=session", "jwt-cookie: expected a name after __Host-"),
            ("--jwt-cookie=__Host-", "jwt-cookie: expected a name after __Host-"),
            ("--jwt-cookie=__Host-a b", "jwt-cookie: expected a name after __Host-"),
            ("--jwt-keys-stale-ms=1", "jwt-keys: expected pause <= refresh < stale"),
            ("--scopes=ingo.everything", "expected the name of an operation"),
            ("--access-limit-ms=4001", "expected milliseconds from 1 to 4000"),
            ("--tenant= ", "tenant: expected a name"),
            ("--forward-auth-url=http://127.0.0.1:9/", "expected jwt-keys or forward-auth-url, found both"),
            ("--jwt-issuer=", "jwt-issuer: "),
        ] {
            let args = [&SIGNED[..], &[more]].concat();
            let args: Vec<_> = args
                .into_iter()
                .filter(|arg| *arg == more || arg.split('=').next() != more.split('=').next())
                .collect();
            let found = refusal(&args).unwrap();
            assert!(found.contains(reason), "{found}");
        }
        assert_eq!(refusal(&[&SIGNED[..], &["--jwt-cookie=__Host-session"]].concat()), None);
        assert!(refusal(&["--gateway-header=x-identity"]).unwrap().starts_with("jwt-keys: expected a key set"));
    }

    #[test]
    fn keys_and_sessions_do_not_go_over_an_open_line() {
        let open = "expected https, or http to a loopback host";
        let mut args = SIGNED.to_vec();
        args[0] = "--jwt-keys=http://id.example/keys";
        assert!(refusal(&args).unwrap().contains(open));
        assert!(refusal(&["--forward-auth-url=http://id.example/", "--scopes=ingo.listCards"]).unwrap().contains(open));
        args[0] = "--jwt-keys=/no/such/file";
        assert!(refusal(&args).unwrap().starts_with("jwt-keys: expected a JSON Web Key Set"));
    }
}
