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
                // No document says whether a card that keeps its number, or becomes physical, keeps its id as well.
                absence_tells: request.boolean("reuse_pan") != Some(true) && request.text("virtual_card_id").is_none(),
            },
        }
    }

    /// Where its claim stands.
    pub(crate) fn address(&self) -> Address {
        address(self.scope.claim(), &self.scope.tenant, self.operation, self.subject.card_id.as_deref())
    }
}

/// Where a claim stands. Writes to one card share a lane, in whichever case its id was written.
pub(crate) fn address(claim: Arc<str>, tenant: &str, operation: &Operation, card_id: Option<&str>) -> Address {
    let lane = card_id.map(|id| hex(&hash(&[tenant, operation.issuer(), &id.to_ascii_lowercase()])));
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

/// The key of a write: bare, or as the structured-field string (RFC 8941, without parameters) that the draft of the header
/// asks for. A key has nothing that such a string escapes, so it is the text between the quotes. Whatever else is there is
/// given as it stands, and no key by the core's rule. Several headers are one list, as HTTP reads them, and no list is a key.
pub(crate) fn key(headers: &HeaderMap) -> Option<String> {
    // Bytes that are no visible ASCII stand for something that is in no key.
    let values: Vec<_> = headers.get_all(KEY_HEADER).iter().map(|value| value.to_str().unwrap_or("\u{fffd}")).collect();
    let text = values.join(",");
    let text = text.trim_matches([' ', '\t']);
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let key = quoted.filter(|inner| is_key(inner)).unwrap_or(text);
    (!key.is_empty()).then(|| key.to_owned())
}

/// Whether a text can be a key: 16 to 64 of `A-Za-z0-9_-`, as the core has it.
fn is_key(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (16..=64).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// A name that stands for these parts in the store, and from which they cannot be read.
pub(crate) fn name_of(parts: &[&str]) -> String {
    hex(&hash(parts))
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
    use axum::http::HeaderValue;

    // They hold what the caller asks; nothing can log them.
    never!(Intent: std::fmt::Debug);
    never!(Scope: std::fmt::Debug);

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
    fn a_card_has_one_lane_in_whichever_case_its_id_is_written() {
        let lane = |tenant: &str, id: &str| address("c".into(), tenant, &cardwright::ingo::FREEZE_CARD, Some(id)).lane;
        assert_eq!(lane("t", "rcrd-9A11"), lane("t", "rcrd-9a11"));
        assert_ne!(lane("t", "rcrd-9a11"), lane("t", "rcrd-9a12"));
        assert_ne!(lane("t", "rcrd-9a11"), lane("u", "rcrd-9a11"));
    }

    fn read(values: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(KEY_HEADER, HeaderValue::from_bytes(value).unwrap());
        }
        key(&headers)
    }

    #[test]
    fn a_key_is_bare_or_in_quotes() {
        const KEY: &str = "0123456789abcdef";
        for same in [KEY, " 0123456789abcdef\t", "\"0123456789abcdef\""] {
            assert_eq!(read(&[same.as_bytes()]).as_deref(), Some(KEY));
        }
        for none in [&[][..], &[&b""[..]], &[&b" "[..]]] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }

    #[test]
    fn what_is_neither_is_no_key() {
        for other in [
            "\"\"",
            "\"short\"",
            "\" 0123456789abcdef\"",
            "\"0123456789abcdef",
            "0123456789abcdef\"",
            "\"0123456789abcdef\";a=1",
            "\"0123456789abcdef\";a=\"b\"",
            "\"\"0123456789abcdef\"\"",
            "\"0123456789\\\"abcdef\"",
            "'0123456789abcdef'",
            "\u{85}0123456789abcdef",
        ] {
            assert!(!is_key(&read(&[other.as_bytes()]).unwrap()), "{other}");
        }
        assert!(!is_key(&read(&[b"01234567", b"89abcdef"]).unwrap()));
        assert!(!is_key(&read(&[b"0123456789abcdef\xff"]).unwrap()));
    }
}
