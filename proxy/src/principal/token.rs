//! A signed token (RFC 7519) is verified: by whom, for whom, and from when to when it is good.

use std::time::Duration;

use cardwright::ErrorCode;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde_json::Value;

use super::Principal;
use super::identity::{Identity, Unreadable};
use super::keys::Keys;

/// The longest token, in bytes. A browser's cookie has 4 KiB at most.
const LONGEST: usize = 8 * 1024;

/// What verifies tokens.
pub(crate) struct Verifier {
    pub(super) keys: Keys,
    pub(super) issuer: String,
    pub(super) audiences: Vec<String>,
    /// By how much clocks may differ.
    pub(super) skew: Duration,
    pub(super) identity: Identity,
}

impl Verifier {
    /// The caller a token stands for.
    pub(super) async fn verify(&self, token: &str, ambient: bool) -> Result<Principal, ErrorCode> {
        let nobody = ErrorCode::Unauthenticated;
        if token.len() > LONGEST {
            return Err(nobody);
        }
        let header = decode_header(token).map_err(|_| nobody)?;
        if header.crit.is_some() {
            return Err(nobody);
        }
        // What the token says of itself only chooses among the keys, each of which is for algorithms that are configured.
        let key = self.keys.find(header.kid.as_deref(), header.alg).await?;
        let members = decode::<Value>(token, &key, &self.validation(header.alg)).map_err(|_| nobody)?.claims;
        self.identity.principal(|name| texts(&members, name), ambient).map_err(|Unreadable| nobody)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&self.audiences);
        validation.validate_nbf = true;
        validation.leeway = self.skew.as_secs();
        validation
    }
}

/// The texts under a name, or where it begins with a slash under a JSON pointer.
fn texts(members: &Value, name: &str) -> Result<Vec<String>, Unreadable> {
    let found = if name.starts_with('/') { members.pointer(name) } else { members.get(name) };
    match found {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or(Unreadable)).collect()
        }
        Some(_) => Err(Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_member_is_a_text_or_a_list_of_them() {
        let members =
            json!({ "a": "x", "b": ["x", "y"], "c": null, "d": 1, "e": ["x", 1], "f": { "g": ["z"] }, "/f/g": "no" });
        let read = |name| texts(&members, name).map_err(|_| ());
        assert_eq!((read("a"), read("b")), (Ok(vec!["x".into()]), Ok(vec!["x".into(), "y".into()])));
        assert_eq!((read("c"), read("none"), read("/f/none")), (Ok(vec![]), Ok(vec![]), Ok(vec![])));
        assert_eq!((read("d"), read("e"), read("f")), (Err(()), Err(()), Err(())));
        assert_eq!(read("/f/g"), Ok(vec!["z".into()]));
    }
}
