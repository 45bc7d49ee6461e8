//! Something the caller means once: whose it is, what it asks, and the key it goes to the issuer with.

use std::fmt::Write;

use axum::http::HeaderMap;
use cardwright::call::KEY_HEADER;
use cardwright::{Operation, Request};
use sha2::{Digest, Sha256};

use crate::principal::Principal;

/// An intent: the scope of its key, and the fingerprint of its request.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Intent {
    pub(crate) scope: Scope,
    /// SHA-256 of the operation and the request in normal form; the key is no part of it.
    pub(crate) fingerprint: [u8; 32],
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
            fingerprint: hash(&[operation.name, &request.to_json()]),
        }
    }
}

impl Scope {
    /// The key the issuer sees: always the same for the same intent, and nothing of the caller's can be read from it.
    pub(crate) fn upstream_key(&self) -> String {
        let mut key = String::from("cw-");
        for byte in hash(&[&self.tenant, &self.user, self.operation, &self.key]).iter().take(UPSTREAM_DIGITS / 2) {
            // Writing to a string cannot fail.
            let _ = write!(key, "{byte:02x}");
        }
        key
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
