//! The signature check against a vector computed by another implementation, and against everything that is not it.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;

use super::*;

const BODY: &str = r#"{"user_id":"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","card_type":"virtual"}"#;
const DATE: &str = "Fri, 17 Jan 2020 19:59:29 GMT";
const DIGEST: &str = "95cBrhoeKM+uSs+sunGwXmoro3xd1fglxWfRo1yHzjzJ4+xrQQTtxx9Ep0cG2K3TTj4ZEuAbPMY7S0bWLKg8gQ==";
const SIGNATURE: &str = "piwZGaLKtHu+AZg3TqDlXb56BXPRlChRIg8s9lZiuGkDEEglfSM2WPuQWyU4hGODGxmWNFFdarOyOG9CqpyRrw==";
const AUTHORIZATION: &str = "hmac username=\"test\", algorithm=\"hmac-sha512\", \
    headers=\"request-line x-date content-type content-sha512 content-length\", signature=\"SIGNATURE\"";

fn credentials() -> IngoCredentials {
    IngoCredentials { api_key: "api-key-1".into(), username: "test".to_owned(), secret: "test-secret".into() }
}

fn now() -> SystemTime {
    httpdate::parse_http_date(DATE).unwrap()
}

/// The vector as a request.
fn vector() -> Received {
    let mut received = Received {
        method: Method::POST,
        target: "/api/v4/user/routable-cards/create".to_owned(),
        version: Version::HTTP_11,
        headers: HeaderMap::new(),
        body: Bytes::from_static(BODY.as_bytes()),
        body_fault: None,
    };
    set(&mut received, "api_key", "api-key-1");
    set(&mut received, X_DATE, DATE);
    set(&mut received, CONTENT_TYPE, "application/json");
    set(&mut received, CONTENT_SHA512, DIGEST);
    set(&mut received, CONTENT_LENGTH, "77");
    set(&mut received, "authorization", &AUTHORIZATION.replace("SIGNATURE", SIGNATURE));
    received
}

fn set(received: &mut Received, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
    received.headers.insert(name, HeaderValue::from_str(value).unwrap());
}

fn check_vector(change: impl FnOnce(&mut Received)) -> Result<(), Refusal> {
    let mut received = vector();
    change(&mut received);
    check(&received, &credentials(), now())
}

#[test]
fn the_vector_passes() {
    assert_eq!(check_vector(|_| {}), Ok(()));
}

#[test]
fn the_date_may_be_off_by_300_seconds_and_no_more() {
    for (seconds, expected) in [(0, Ok(())), (300, Ok(())), (301, Err(refusal::DATE_SKEWED))] {
        let skew = Duration::from_secs(seconds);
        assert_eq!(check(&vector(), &credentials(), now() + skew), expected);
        assert_eq!(check(&vector(), &credentials(), now() - skew), expected);
        assert_eq!(check(&vector(), &credentials(), now() + skew + Duration::from_millis(999)), expected);
    }
}

#[test]
fn only_the_rfc_1123_form_of_a_date_is_read() {
    for date in ["Friday, 17-Jan-20 19:59:29 GMT", "Fri Jan 17 19:59:29 2020", "2020-01-17T19:59:29Z", "1579291169"] {
        assert_eq!(check_vector(|r| set(r, X_DATE, date)), Err(refusal::DATE_MALFORMED));
    }
}

#[test]
fn each_wrong_header_is_refused() {
    for (name, value, expected) in [
        ("api_key", "api-key-2", refusal::API_KEY_WRONG),
        ("api_key", "", refusal::API_KEY_WRONG),
        ("authorization", "Bearer token", refusal::AUTHORIZATION_MALFORMED),
        (X_DATE, "Fri, 17 Jan 2020 19:59:30 GMT", refusal::SIGNATURE),
        (CONTENT_TYPE, "application/json; charset=utf-8", refusal::SIGNATURE),
        (CONTENT_SHA512, SIGNATURE, refusal::DIGEST),
        (CONTENT_LENGTH, "78", refusal::LENGTH),
        (CONTENT_LENGTH, "077", refusal::LENGTH),
    ] {
        assert_eq!(check_vector(|r| set(r, name, value)), Err(expected), "{name}: {value}");
    }
}

#[test]
fn each_missing_header_is_refused() {
    for (name, expected) in [
        ("api_key", refusal::API_KEY_MISSING),
        ("authorization", refusal::AUTHORIZATION_MISSING),
        (X_DATE, refusal::SIGNED_HEADER_MISSING),
        (CONTENT_TYPE, refusal::SIGNED_HEADER_MISSING),
        (CONTENT_SHA512, refusal::SIGNED_HEADER_MISSING),
        (CONTENT_LENGTH, refusal::SIGNED_HEADER_MISSING),
    ] {
        let removed = check_vector(|r| {
            r.headers.remove(name);
        });
        assert_eq!(removed, Err(expected), "{name}");
    }
}

#[test]
fn a_header_sent_twice_is_refused() {
    let twice = check_vector(|r| {
        r.headers.append(X_DATE, HeaderValue::from_static(DATE));
    });
    assert_eq!(twice, Err(refusal::SIGNED_HEADER_MISSING));
}

#[test]
fn each_wrong_term_of_the_authorization_is_refused() {
    let good = AUTHORIZATION.replace("SIGNATURE", SIGNATURE);
    for (from, to, expected) in [
        ("username=\"test\"", "username=\"tess\"", refusal::USERNAME),
        ("hmac-sha512", "hmac-sha256", refusal::ALGORITHM),
        (" content-length\"", "\"", refusal::HEADERS_NOT_COVERED),
        ("request-line ", "", refusal::HEADERS_NOT_COVERED),
        ("request-line x-date", "x-date request-line", refusal::SIGNATURE),
        (" content-length\"", " content-length host\"", refusal::SIGNED_HEADER_MISSING),
        ("piwZ", "piwA", refusal::SIGNATURE),
        ("==\"", "\"", refusal::SIGNATURE),
    ] {
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good);
        assert_eq!(check_vector(|r| set(r, "authorization", &wrong)), Err(expected), "{from} -> {to}");
    }
}

#[test]
fn base64_over_hex_is_refused() {
    let hex = |base64: &str| -> String {
        let bytes = BASE64_STANDARD.decode(base64).unwrap();
        BASE64_STANDARD.encode(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    let signature = AUTHORIZATION.replace("SIGNATURE", &hex(SIGNATURE));
    assert_eq!(check_vector(|r| set(r, "authorization", &signature)), Err(refusal::SIGNATURE));
    assert_eq!(check_vector(|r| set(r, CONTENT_SHA512, &hex(DIGEST))), Err(refusal::DIGEST));
}

#[test]
fn what_was_not_signed_is_refused() {
    let target = "/api/v3/user/routable-cards/create".to_owned();
    assert_eq!(check_vector(|r| r.target = target), Err(refusal::SIGNATURE));
    assert_eq!(check_vector(|r| r.body = Bytes::from_static(b"{}")), Err(refusal::DIGEST));
    assert_eq!(check_vector(|r| r.version = Version::HTTP_10), Err(refusal::HTTP_VERSION));
    assert_eq!(check_vector(|r| r.method = Method::PUT), Err(refusal::METHOD));
}
