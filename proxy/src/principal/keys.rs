//! The keys tokens are signed with: a JSON Web Key Set, read from a file or asked for, and kept for a while.
//!
//! A key that is not known is looked for at once, but not more often than the pace allows, whatever callers send. A set that
//! cannot be had again is used until it is stale, and not a moment longer.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use axum::http::{HeaderValue, header};
use bytes::Bytes;
use cardwright::ErrorCode;
use http_body_util::Full;
use hyper::{Request, StatusCode};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::exchange::{Client, Endpoint};

/// The largest set, in bytes and in keys.
const MOST_BYTES: usize = 256 * 1024;
const MOST_KEYS: usize = 100;

/// Where a set comes from.
pub(super) enum Source {
    File(PathBuf),
    Url(Endpoint, Client),
}

/// How long a set is good for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// After which it is asked for again.
    pub(super) refresh: Duration,
    /// Between one question and the next.
    pub(super) pause: Duration,
    /// After which it is not used any more.
    pub(super) stale: Duration,
}

/// A set of keys that is kept up to date.
#[derive(Clone)]
pub(super) struct Keys(Arc<Inner>);

struct Inner {
    source: Source,
    algorithms: Vec<Algorithm>,
    pace: Pace,
    held: Mutex<Held>,
    /// Lets one ask at a time.
    asking: tokio::sync::Mutex<()>,
}

/// What is held of a set.
#[derive(Clone, Default)]
struct Held {
    keys: Arc<[Key]>,
    got_at: Option<Instant>,
    asked_at: Option<Instant>,
    failed: bool,
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    fits: Vec<Algorithm>,
    key: DecodingKey,
}

impl Keys {
    /// The keys of a source, for these algorithms. A file must be readable now; a server may be down yet.
    pub(super) fn new(source: Source, algorithms: &[Algorithm], pace: Pace) -> anyhow::Result<Keys> {
        let mut held = Held::default();
        if let Source::File(path) = &source {
            let keys = std::fs::read(path).ok().and_then(|text| read(&text, algorithms));
            let keys = keys.filter(|keys| !keys.is_empty());
            held.got(
                keys.context("jwt-keys: expected a JSON Web Key Set with a key for one of the algorithms, found none")?,
            );
        }
        let (held, asking) = (Mutex::new(held), tokio::sync::Mutex::default());
        Ok(Keys(Arc::new(Inner { source, algorithms: algorithms.to_vec(), pace, held, asking })))
    }

    /// The key with this id for this algorithm; without an id the only one for it.
    pub(super) async fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Result<DecodingKey, ErrorCode> {
        let pace = &self.0.pace;
        let held = self.0.held().clone();
        if let Some(key) = held.key(id, algorithm).filter(|_| held.is_within(pace.stale)) {
            if !held.is_within(pace.refresh) {
                // Nobody waits for it: what is held is good.
                drop(self.refreshed());
            }
            return Ok(key);
        }
        // By itself: a caller who hangs up must not keep the others from their keys.
        if let Some(refreshed) = self.refreshed() {
            let _ = refreshed.await;
        }
        let held = self.0.held().clone();
        match held.key(id, algorithm).filter(|_| held.is_within(pace.stale)) {
            Some(key) => Ok(key),
            None if held.failed || !held.is_within(pace.stale) => Err(ErrorCode::AccessUnavailable),
            None => Err(ErrorCode::Unauthenticated),
        }
    }

    /// Asks for the set, unless it was just asked for.
    fn refreshed(&self) -> Option<JoinHandle<()>> {
        let is_late = self.0.is_late();
        is_late.then(|| {
            let inner = Arc::clone(&self.0);
            tokio::spawn(async move { inner.refresh().await })
        })
    }
}

impl Inner {
    /// What is held, also after a panic elsewhere: every change of it is whole.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it may be asked again. While somebody asks, those who need the answer wait for it.
    fn is_late(&self) -> bool {
        let is_asking = self.asking.try_lock().is_err();
        is_asking || self.held().asked_at.is_none_or(|asked_at| asked_at.elapsed() >= self.pace.pause)
    }

    async fn refresh(&self) {
        let _alone = self.asking.lock().await;
        {
            let mut held = self.held();
            if held.asked_at.is_some_and(|asked_at| asked_at.elapsed() < self.pace.pause) {
                return;
            }
            held.asked_at = Some(Instant::now());
        }
        let text = self.source.text().await;
        let keys = text.and_then(|text| read(&text, &self.algorithms));
        let mut held = self.held();
        match keys {
            Some(keys) => held.got(keys),
            None => {
                held.failed = true;
                drop(held);
                tracing::warn!("the keys of tokens could not be had");
            }
        }
    }
}

impl Held {
    fn got(&mut self, keys: Arc<[Key]>) {
        (self.keys, self.got_at, self.failed) = (keys, Some(Instant::now()), false);
    }

    fn is_within(&self, time: Duration) -> bool {
        self.got_at.is_some_and(|got_at| got_at.elapsed() < time)
    }

    fn key(&self, id: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
        let mut fitting = self.keys.iter().filter(|key| key.fits.contains(&algorithm));
        match id {
            Some(_) => fitting.find(|key| key.id.as_deref() == id),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
        .map(|key| key.key.clone())
    }
}

impl Source {
    async fn text(&self) -> Option<Bytes> {
        match self {
            Source::File(path) => {
                let path = path.clone();
                tokio::task::spawn_blocking(move || std::fs::read(path)).await.ok()?.ok().map(Bytes::from)
            }
            Source::Url(endpoint, client) => {
                let mut request = Request::new(Full::default());
                request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
                let reply = client.ask(endpoint, request, MOST_BYTES).await.ok()?;
                (reply.status == StatusCode::OK).then_some(reply.body)
            }
        }
    }
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

/// The keys of a set that verify one of these algorithms; others are no reason to do without.
fn read(text: &[u8], algorithms: &[Algorithm]) -> Option<Arc<[Key]>> {
    let set: Set = serde_json::from_slice(text).ok()?;
    let keys = set.keys.into_iter().take(MOST_KEYS).filter_map(|value| {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let fits: Vec<_> = algorithms.iter().copied().filter(|algorithm| fits(&jwk, *algorithm)).collect();
        let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| !fits.is_empty())?;
        Some(Key { id: jwk.common.key_id, fits, key })
    });
    Some(keys.collect())
}

/// Whether a key is meant for this algorithm: by its kind, and by what it says of itself.
fn fits(jwk: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let common = &jwk.common;
    let kind = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => matches!(algorithm, RS256 | RS384 | RS512 | PS256 | PS384 | PS512),
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => algorithm == ES256,
            EllipticCurve::P384 => algorithm == ES384,
            _ => false,
        },
        AlgorithmParameters::OctetKeyPair(pair) => pair.curve == EllipticCurve::Ed25519 && algorithm == EdDSA,
        _ => false,
    };
    kind && common.key_algorithm.is_none_or(|named| named == KeyAlgorithm::from(algorithm))
        && common.public_key_use.as_ref().is_none_or(|named| *named == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|named| named.contains(&KeyOperations::Verify))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: &str = r#""kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM""#;

    fn of(text: &str) -> usize {
        read(text.as_bytes(), &[Algorithm::ES256]).map_or(99, |keys| keys.len())
    }

    #[test]
    fn only_keys_that_are_meant_for_it_are_taken() {
        for more in ["", r#","kid":"1""#, r#","use":"sig""#, r#","alg":"ES256""#, r#","key_ops":["verify"]"#] {
            assert_eq!(of(&format!(r#"{{"keys":[{{{POINT}{more}}}]}}"#)), 1, "{more}");
        }
        for more in [r#","use":"enc""#, r#","alg":"ES384""#, r#","alg":"HS256""#, r#","key_ops":["sign"]"#] {
            assert_eq!(of(&format!(r#"{{"keys":[{{{POINT}{more}}}]}}"#)), 0, "{more}");
        }
        let others =
            r#"{"kty":"oct","k":"c2VjcmV0","alg":"ES256"},{"kty":"EC","crv":"P-384","x":"AA","y":"AA"},{"kty":"?"},7"#;
        assert_eq!(of(&format!(r#"{{"keys":[{others},{{{POINT}}}]}}"#)), 1);
        assert_eq!((of(r#"{"keys":[]}"#), of("{}"), of("[")), (0, 99, 99));
    }

    #[test]
    fn without_an_id_there_must_be_one_key_only() {
        let held = |text: String| Held { keys: read(text.as_bytes(), &[Algorithm::ES256]).unwrap(), ..Held::default() };
        let one = held(format!(r#"{{"keys":[{{{POINT},"kid":"1"}}]}}"#));
        assert!(one.key(None, Algorithm::ES256).is_some() && one.key(Some("1"), Algorithm::ES256).is_some());
        assert!(one.key(Some("2"), Algorithm::ES256).is_none() && one.key(Some("1"), Algorithm::ES384).is_none());
        let two = held(format!(r#"{{"keys":[{{{POINT},"kid":"1"}},{{{POINT},"kid":"2"}}]}}"#));
        assert!(two.key(None, Algorithm::ES256).is_none() && two.key(Some("2"), Algorithm::ES256).is_some());
    }
}
