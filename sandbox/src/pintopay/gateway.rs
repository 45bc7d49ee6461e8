//! The first look at a request: is it one for the API, and whose is it?

use axum::http::Method;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::inferred::{BODY_INCOMPLETE, BODY_TOO_LARGE, CONTENT_TYPE_WRONG, METHOD_NOT_ALLOWED};
use super::rejection::{API_KEY_INVALID, API_KEY_NOT_FOUND, Slug};
use crate::received::{BodyFault, Received};

const API_KEY: &str = "api-key";

/// Refuses a request that the API must not see.
pub(super) fn check(received: &Received, api_key: &SecretString) -> Result<(), Slug> {
    if received.method != Method::POST {
        return Err(METHOD_NOT_ALLOWED);
    }
    match received.body_fault {
        Some(BodyFault::TooLarge) => return Err(BODY_TOO_LARGE),
        Some(BodyFault::Incomplete) => return Err(BODY_INCOMPLETE),
        None => {}
    }
    if !received.headers.contains_key(API_KEY) {
        return Err(API_KEY_NOT_FOUND);
    }
    let found = received.header(API_KEY).ok_or(API_KEY_INVALID)?;
    if !bool::from(found.as_bytes().ct_eq(api_key.expose_secret().as_bytes())) {
        return Err(API_KEY_INVALID);
    }
    match received.header("content-type") {
        Some("application/json") => Ok(()),
        _ => Err(CONTENT_TYPE_WRONG),
    }
}
