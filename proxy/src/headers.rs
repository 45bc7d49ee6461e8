//! The headers that every answer has, page or not: nothing guesses at it, keeps it, frames it or takes it elsewhere.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use cardwright::call::{CONTRACT, CONTRACT_HEADER, REQUEST_ID_HEADER};

/// On every answer.
const ALWAYS: [(HeaderName, &str); 6] = [
    (HeaderName::from_static(CONTRACT_HEADER), CONTRACT),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Where nothing else was said. Browsers hear of HSTS over https only, which the balancer before the proxy speaks.
const UNLESS_SAID: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
];

/// Puts them on an answer, and the request's id.
pub(crate) fn put_on(request_id: &str, response: &mut Response) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static(REQUEST_ID_HEADER), id);
    }
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in UNLESS_SAID {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
