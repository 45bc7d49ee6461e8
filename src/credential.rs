//! Names that belong to a credential. A page that holds one has it in the wrong place, so nothing is sent.

use crate::input::Value;
use crate::write;

/// The names, in lower case and without separators: `API-Key`, `api_key` and `apiKey` are one.
///
/// Whole names, not parts of names: `csrf_token` is a form's own business.
const NAMES: &str = "\
    accesstoken apikey apisecret apitoken authorization authtoken bearer bearertoken clientsecret \
    credential credentials encryptionkey hmac hmackey hmacsecret passphrase passwd password privatekey \
    refreshtoken secret secretkey sharedsecret signature signingkey signingsecret token xapikey";

/// Whether a name belongs to a credential.
pub fn is_credential(name: &str) -> bool {
    let is = |known: &str| {
        let mut letters = name.chars().filter(char::is_ascii_alphanumeric);
        let same = known.chars().all(|letter| letters.next().is_some_and(|next| next.eq_ignore_ascii_case(&letter)));
        same && letters.next().is_none()
    };
    NAMES.split_ascii_whitespace().any(is)
}

/// Calls `found` with the path of every credential-like name, at any depth.
pub fn find(value: &Value<'_>, found: &mut dyn FnMut(&[String])) {
    walk(value, &mut Vec::new(), found);
}

fn walk(value: &Value<'_>, path: &mut Vec<String>, found: &mut dyn FnMut(&[String])) {
    let mut below = |name: String, value: &Value<'_>, is_credential: bool| {
        path.push(name);
        if is_credential {
            found(path);
        }
        walk(value, path, found);
        path.pop();
    };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                below(name.as_ref().to_owned(), value, is_credential(name));
            }
        }
        Value::List(items) => {
            for (at, value) in items.iter().enumerate() {
                let mut name = String::new();
                write::count(&mut name, u32::try_from(at).unwrap_or(u32::MAX));
                below(name, value, false);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{INPUT_LIMITS, read_json};

    #[test]
    fn spelling_does_not_hide_a_credential() {
        for name in ["api_key", "API-KEY", "apiKey", "Authorization", "secret", "x-api-key", "client.secret"] {
            assert!(is_credential(name), "{name}");
        }
        for name in ["csrf_token", "user_id", "secretary", "idempotent_key", "", "_"] {
            assert!(!is_credential(name), "{name}");
        }
    }

    #[test]
    fn found_at_any_depth() {
        let text = br#"{"a":[{"b":{"api_key":1}}],"token":{"secret":2}}"#;
        let mut paths = Vec::new();
        find(&read_json(text, INPUT_LIMITS).unwrap(), &mut |path| paths.push(path.join(".")));
        assert_eq!(paths, ["a.0.b.api_key", "token", "token.secret"]);
    }
}
