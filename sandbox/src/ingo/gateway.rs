//! The gateway in front of the API: who is it, and is this what was signed?

use std::time::{Duration, SystemTime};

use axum::http::{Method, Version};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

use super::authorization::Authorization;
use super::inferred::{Refusal, refusal};
use crate::config::IngoCredentials;
use crate::received::{BodyFault, Received};

const ALGORITHM: &str = "hmac-sha512";
const REQUEST_LINE: &str = "request-line";
const X_DATE: &str = "x-date";
const CONTENT_TYPE: &str = "content-type";
const CONTENT_SHA512: &str = "content-sha512";
const CONTENT_LENGTH: &str = "content-length";
/// What the client must sign, whatever else it signs, in whatever order.
const MUST_BE_SIGNED: [&str; 5] = [REQUEST_LINE, X_DATE, CONTENT_TYPE, CONTENT_SHA512, CONTENT_LENGTH];
const MAX_SKEW: Duration = Duration::from_secs(300);

/// Refuses a request that the API must not see.
pub(super) fn check(received: &Received, credentials: &IngoCredentials, now: SystemTime) -> Result<(), Refusal> {
    if received.method != Method::POST {
        return Err(refusal::METHOD);
    }
    match received.body_fault {
        Some(BodyFault::TooLarge) => return Err(refusal::BODY_TOO_LARGE),
        Some(BodyFault::Incomplete) => return Err(refusal::BODY_INCOMPLETE),
        None => {}
    }
    check_api_key(received, &credentials.api_key)?;
    let header = received.header("authorization").ok_or(refusal::AUTHORIZATION_MISSING)?;
    let authorization = Authorization::parse(header).ok_or(refusal::AUTHORIZATION_MALFORMED)?;
    check_terms(&authorization, &credentials.username)?;
    check_date(received, now)?;
    check_body(received)?;
    if received.version != Version::HTTP_11 {
        return Err(refusal::HTTP_VERSION);
    }
    let signed = signing_string(received, &authorization.headers)?;
    check_signature(&signed, authorization.signature, &credentials.secret)?;
    match received.header(CONTENT_TYPE) {
        Some("application/json") => Ok(()),
        _ => Err(refusal::CONTENT_TYPE),
    }
}

fn check_api_key(received: &Received, expected: &SecretString) -> Result<(), Refusal> {
    #[derive(Deserialize)]
    struct InBody {
        api_key: String,
    }
    let in_body;
    let found = if received.headers.contains_key("api_key") {
        received.header("api_key").ok_or(refusal::API_KEY_WRONG)?
    } else {
        in_body = serde_json::from_slice::<InBody>(&received.body).map_err(|_| refusal::API_KEY_MISSING)?;
        &in_body.api_key
    };
    let equal = found.as_bytes().ct_eq(expected.expose_secret().as_bytes());
    if bool::from(equal) { Ok(()) } else { Err(refusal::API_KEY_WRONG) }
}

fn check_terms(authorization: &Authorization<'_>, username: &str) -> Result<(), Refusal> {
    if authorization.algorithm != ALGORITHM {
        return Err(refusal::ALGORITHM);
    }
    if !MUST_BE_SIGNED.iter().all(|name| authorization.headers.contains(name)) {
        return Err(refusal::HEADERS_NOT_COVERED);
    }
    if authorization.username == username { Ok(()) } else { Err(refusal::USERNAME) }
}

fn check_date(received: &Received, now: SystemTime) -> Result<(), Refusal> {
    let text = received.header(X_DATE).ok_or(refusal::SIGNED_HEADER_MISSING)?;
    let date = httpdate::parse_http_date(text).map_err(|_| refusal::DATE_MALFORMED)?;
    // The parser also reads the two older forms of an HTTP date; only RFC 1123 is documented.
    if httpdate::fmt_http_date(date) != text {
        return Err(refusal::DATE_MALFORMED);
    }
    // Dates have whole seconds, so the clock's fraction must not count as skew.
    let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    if seconds(date).abs_diff(seconds(now)) > MAX_SKEW.as_secs() { Err(refusal::DATE_SKEWED) } else { Ok(()) }
}

fn check_body(received: &Received) -> Result<(), Refusal> {
    let digest = received.header(CONTENT_SHA512).ok_or(refusal::SIGNED_HEADER_MISSING)?;
    if digest != BASE64_STANDARD.encode(Sha512::digest(&received.body)) {
        return Err(refusal::DIGEST);
    }
    let length = received.header(CONTENT_LENGTH).ok_or(refusal::SIGNED_HEADER_MISSING)?;
    if length == received.body.len().to_string() { Ok(()) } else { Err(refusal::LENGTH) }
}

/// What the client must have signed: the request line bare, every other header as `name: value`, joined by single LFs.
fn signing_string(received: &Received, names: &[&str]) -> Result<String, Refusal> {
    let lines: Result<Vec<_>, _> = names
        .iter()
        .map(|&name| match name {
            REQUEST_LINE => Ok(received.request_line()),
            _ => received.header(name).map(|value| format!("{name}: {value}")).ok_or(refusal::SIGNED_HEADER_MISSING),
        })
        .collect();
    Ok(lines?.join("\n"))
}

fn check_signature(signed: &str, signature: &str, secret: &SecretString) -> Result<(), Refusal> {
    let signature = BASE64_STANDARD.decode(signature).map_err(|_| refusal::SIGNATURE)?;
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.expose_secret().as_bytes()).map_err(|_| refusal::SIGNATURE)?;
    mac.update(signed.as_bytes());
    mac.verify_slice(&signature).map_err(|_| refusal::SIGNATURE)
}

#[cfg(test)]
mod tests;
