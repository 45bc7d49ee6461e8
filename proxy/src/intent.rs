//! Something the caller means once: whose it is, what it asks, and the key it goes to the issuer with.

use std::sync::Arc;

use axum::http::HeaderMap;
use cardwright::call::KEY_HEADER;
use cardwright::{ErrorCode, Operation, Request};
use sha2::{Digest, Sha256};

use crate::claims::record::{Address, Subject};
use crate::claims::written::hex;
use crate::principal::Principal;
use crate::problem::Problem;

/// An intent: the scope of its key, and what is kept of its request.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Intent {
    pub(crate) operation: &'static Operation,
    pub(crate) scope: Scope,
    /// SHA-256 of the key and the request in normal form: whoever reads the store cannot guess a request without the key.
    pub(crate) fingerprint: [u8; 32],
    pub(crate) subject: Subject,
}

/// Within what a key is unique.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    pub(crate) tenant: String,
    pub(crate) user: String,
    pub(crate) operation: &'static str,
    pub(crate) key: String,
}

/// How many hex digits of the hash an upstream key has: 160 bits, and with its prefix under every issuer's known limit.
const UPSTREAM_DIGITS: usize = 40;

impl Intent {
    /// The intent of a request that carries this key.
    pub(crate) fn new(
        principal: &Principal,
        operation: &'static Operation,
        key: &str,
        request: &Request<'_>,
    ) -> Intent {
        Intent {
            scope: Scope {
                tenant: principal.tenant.clone(),
                user: principal.user.clone(),
                operation: operation.name,
                key: key.into(),
            },
            operation,
            fingerprint: hash(&[key, operation.name, &request.to_json()]),
            subject: Subject {
                user_id: request.text("user_id").map(str::to_owned),
                card_id: request.text("id").map(str::to_owned),
                card_type: request.text("card_type").map(str::to_owned),
            },
        }
    }

    /// Where its claim stands.
    pub(crate) fn address(&self) -> Address {
        address(self.scope.claim(), &self.scope.tenant, self.operation, self.subject.card_id.as_deref())
    }
}

/// Where a claim stands. Writes to one card share a lane.
pub(crate) fn address(claim: Arc<str>, tenant: &str, operation: &Operation, card_id: Option<&str>) -> Address {
    let lane = card_id.map(|id| hex(&hash(&[tenant, operation.issuer(), id])));
    Address { claim, lane: lane.map(Arc::from) }
}

impl Scope {
    /// The scope of a key that was named, and not sent with a request.
    pub(crate) fn new(tenant: &str, user: &str, operation: &'static Operation, key: &str) -> Result<Scope, Problem> {
        if !is_key(key) {
            return Err(Problem::new(ErrorCode::InvalidRequest));
        }
        Ok(Scope { tenant: tenant.into(), user: user.into(), operation: operation.name, key: key.into() })
    }

    /// The name of the claim in the store, from which the key cannot be read.
    pub(crate) fn claim(&self) -> Arc<str> {
        hex(&self.hash()).into()
    }

    fn hash(&self) -> [u8; 32] {
        hash(&[&self.tenant, &self.user, self.operation, &self.key])
    }

    /// The key the issuer sees: always the same for the same intent, and nothing of the caller's can be read from it.
    pub(crate) fn upstream_key(&self) -> String {
        let mut key = hex(&self.hash());
        key.truncate(UPSTREAM_DIGITS);
        format!("cw-{key}")
    }
}

/// The key of a write: a bare token, or the structured-field string of RFC 8941 that holds it. Several headers are one
/// list, as HTTP reads them, and no list is a key.
pub(crate) fn key(headers: &HeaderMap) -> Option<String> {
    let values: Vec<_> =
        headers.get_all(KEY_HEADER).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let text = values.join(",");
    let text = text.trim();
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    (!bare.is_empty()).then(|| bare.to_owned())
}

/// Whether a text can be a key: 16 to 64 of `A-Za-z0-9_-`, as the core has it.
fn is_key(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (16..=64).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// SHA-256 over the parts, each with its length before it, so that no two lists of parts are the same text.
fn hash(parts: &[&str]) -> [u8; 32] {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    sha.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(tenant: &str, user: &str, key: &str) -> Scope {
        Scope { tenant: tenant.into(), user: user.into(), operation: "ingo.issueCard", key: key.into() }
    }

    #[test]
    fn an_upstream_key_is_stable_and_separates_scopes() {
        let key = scope("local", "local", "0123456789abcdef").upstream_key();
        assert_eq!(key, "cw-6fde05847ceda1cc9d41f871960b1c7946e7fa1b");
        assert_ne!(scope("a", "bc", "k").upstream_key(), scope("ab", "c", "k").upstream_key());
        assert_ne!(scope("a", "b", "k").upstream_key(), scope("a", "b", "l").upstream_key());
    }

    #[test]
    fn a_key_is_bare_or_in_quotes() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(KEY_HEADER, value.parse().unwrap());
            }
            key(&headers)
        };
        assert_eq!(read(&["0123456789abcdef"]).as_deref(), Some("0123456789abcdef"));
        assert_eq!(read(&["\"0123456789abcdef\""]).as_deref(), Some("0123456789abcdef"));
        assert_eq!(read(&["a", "b"]).as_deref(), Some("a,b"));
        for none in [&[][..], &[""], &["\"\""], &[" "]] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }
}
