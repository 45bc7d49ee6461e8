//! The envelope around every payload: a JSON object with the one field `encrypted`.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::cipher::{Cipher, Opened};
use super::inferred::INVALID_REQUEST;
use super::rejection::{DECRYPTION_FAILED, Rejection};
use crate::reply::Reply;

/// Opens the box in a request body.
pub(super) fn open(body: &[u8], cipher: &Cipher) -> Result<Opened, Rejection> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Envelope {
        encrypted: String,
    }
    let envelope: Envelope = serde_json::from_slice(body).map_err(|_| {
        Rejection::because(DECRYPTION_FAILED, "expected an object with the text encrypted alone, found something else")
    })?;
    cipher.open(&envelope.encrypted).map_err(|text| Rejection::because(DECRYPTION_FAILED, text))
}

/// Reads the fields of a decrypted payload.
pub(super) fn fields(plaintext: &[u8]) -> Result<Map<String, Value>, Rejection> {
    match serde_json::from_slice(plaintext) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Rejection::because(INVALID_REQUEST, "expected a JSON object as payload, found something else")),
    }
}

/// Puts an answer into its envelope.
pub(super) fn seal(status: StatusCode, body: &Value, cipher: &Cipher) -> Reply {
    match cipher.seal(body.to_string().as_bytes()) {
        Ok(encrypted) => Reply::json(status, &json!({ "encrypted": encrypted })),
        Err(error) => {
            tracing::error!(%error, "answer not encrypted");
            plain(&Rejection::failure(StatusCode::INTERNAL_SERVER_ERROR))
        }
    }
}

/// A no without an envelope.
pub(super) fn plain(rejection: &Rejection) -> Reply {
    Reply::json(rejection.status(), &rejection.body())
}
