//! Ingo's signature: HMAC-SHA512 over the request line and four headers, one of them the digest of the body.
//!
//! Source: Ingo, "Authentication". The layout of the signed text is inferred: header grammar, `request-line`, and 300 s of
//! skew are those of the `hmac-auth` plugin of the Kong gateway, whose layout is documented.

use std::fmt;
use std::time::SystemTime;

use anyhow::Context;
use axum::http::HeaderValue;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha512};

/// The content type that is signed and sent.
pub(super) const CONTENT_TYPE: &str = "application/json";

/// What is signed, in the order in which it is signed.
const SIGNED: &str = "request-line x-date content-type content-sha512 content-length";

/// Who we are to Ingo.
pub(super) struct Credentials {
    pub(super) api_key: HeaderValue,
    username: String,
    /// The secret, as the algorithm takes it.
    secret: Hmac<Sha512>,
}

impl Credentials {
    /// Credentials from their texts.
    pub(super) fn new(api_key: &str, username: &str, secret: &str) -> anyhow::Result<Credentials> {
        let mut api_key = HeaderValue::from_str(api_key).context("expected a header's value")?;
        api_key.set_sensitive(true);
        Ok(Credentials { api_key, username: username.to_owned(), secret: keyed(secret.as_bytes())? })
    }
}

fn keyed(secret: &[u8]) -> anyhow::Result<Hmac<Sha512>> {
    Hmac::new_from_slice(secret).context("expected a secret for HMAC")
}

fn tag(secret: &Hmac<Sha512>, text: &[u8]) -> [u8; 64] {
    let mut mac = secret.clone();
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// Shows no secret.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// The headers that prove a body.
pub(super) struct Signed {
    pub(super) date: String,
    pub(super) digest: String,
    pub(super) authorization: String,
}

/// Signs a POST of exactly these bytes at this moment.
pub(super) fn sign(credentials: &Credentials, path: &str, body: &[u8], now: SystemTime) -> Signed {
    let date = httpdate::fmt_http_date(now);
    let digest = BASE64_STANDARD.encode(Sha512::digest(body));
    let length = body.len();
    let text = format!(
        "POST {path} HTTP/1.1\nx-date: {date}\ncontent-type: {CONTENT_TYPE}\ncontent-sha512: {digest}\ncontent-length: {length}"
    );
    let signature = BASE64_STANDARD.encode(tag(&credentials.secret, text.as_bytes()));
    let username = &credentials.username;
    let authorization =
        format!(r#"hmac username="{username}", algorithm="hmac-sha512", headers="{SIGNED}", signature="{signature}""#);
    Signed { date, digest, authorization }
}

#[cfg(test)]
mod vectors;

#[cfg(test)]
mod tests {
    use super::*;

    never!(Credentials: fmt::Display);
    never!(Signed: fmt::Debug);

    const BODY: &[u8] = br#"{"user_id":"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","card_type":"virtual"}"#;
    const PATH: &str = "/api/v4/user/routable-cards/create";

    fn moment() -> SystemTime {
        httpdate::parse_http_date("Fri, 17 Jan 2020 19:59:29 GMT").unwrap()
    }

    /// Computed apart from this code, with Python's hmac and hashlib.
    #[test]
    fn the_signature_is_that_of_another_implementation() {
        let credentials = Credentials::new("key", "test", "test-secret").unwrap();
        let signed = sign(&credentials, PATH, BODY, moment());
        assert_eq!(signed.date, "Fri, 17 Jan 2020 19:59:29 GMT");
        assert_eq!(
            signed.digest,
            "95cBrhoeKM+uSs+sunGwXmoro3xd1fglxWfRo1yHzjzJ4+xrQQTtxx9Ep0cG2K3TTj4ZEuAbPMY7S0bWLKg8gQ=="
        );
        assert_eq!(
            signed.authorization,
            "hmac username=\"test\", algorithm=\"hmac-sha512\", \
             headers=\"request-line x-date content-type content-sha512 content-length\", \
             signature=\"piwZGaLKtHu+AZg3TqDlXb56BXPRlChRIg8s9lZiuGkDEEglfSM2WPuQWyU4hGODGxmWNFFdarOyOG9CqpyRrw==\""
        );
    }

    #[test]
    fn every_part_counts() {
        let credentials = Credentials::new("key", "test", "test-secret").unwrap();
        let signed = sign(&credentials, PATH, BODY, moment()).authorization;
        let later = moment() + std::time::Duration::from_secs(1);
        let other_secret = Credentials::new("key", "test", "test-secres").unwrap();
        for other in [
            sign(&credentials, "/api/v3/user/routable-cards/create", BODY, moment()),
            sign(&credentials, PATH, &BODY[1..], moment()),
            sign(&credentials, PATH, BODY, later),
            sign(&other_secret, PATH, BODY, moment()),
        ] {
            assert_ne!(other.authorization, signed);
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", Credentials::new("zebra", "zebra", "zebra").unwrap());
        assert!(!shown.contains("zebra"), "{shown}");
    }
}
