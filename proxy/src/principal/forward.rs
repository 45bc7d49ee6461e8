//! Somebody else says who is calling: a URL that is asked with the caller's own credentials, as nginx's `auth_request` does.
//! What it does not clearly say is not taken for a yes.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use bytes::Bytes;
use cardwright::ErrorCode;
use http_body_util::Full;
use hyper::Request;

use super::Principal;
use super::identity::{Identity, Unreadable};
use crate::exchange::{Client, Endpoint, Unanswered};

/// The largest answer whose body is read, and not looked at.
const MOST_BYTES: usize = 64 * 1024;

const METHOD: HeaderName = HeaderName::from_static("x-original-method");
const PATH: HeaderName = HeaderName::from_static("x-original-uri");

/// Who is asked.
pub(crate) struct Forward {
    pub(super) endpoint: Endpoint,
    pub(super) client: Client,
    pub(super) identity: Identity,
}

impl Forward {
    /// The caller whose credentials these are.
    pub(super) async fn ask(&self, method: &Method, path: &str, headers: &HeaderMap) -> Result<Principal, ErrorCode> {
        let request = question(method, path, headers).ok_or(ErrorCode::Unauthenticated)?;
        let unavailable = ErrorCode::AccessUnavailable;
        let reply = self.client.ask(&self.endpoint, request, MOST_BYTES).await.map_err(|Unanswered| unavailable);
        let told = reply.and_then(|reply| match reply.status.as_u16() {
            200..=299 => {
                let read = |name: &str| texts(&reply.headers, name);
                self.identity.principal(read, is_ambient(headers)).map_err(|Unreadable| unavailable)
            }
            401 => Err(ErrorCode::Unauthenticated),
            403 => Err(ErrorCode::Forbidden),
            _ => Err(unavailable),
        });
        if matches!(told, Err(ErrorCode::AccessUnavailable)) {
            tracing::warn!("forward-auth did not say who is calling");
        }
        told
    }
}

/// The question, if the caller brought credentials, and not two of a kind of which each reader could take another.
fn question(method: &Method, path: &str, headers: &HeaderMap) -> Option<Request<Full<Bytes>>> {
    let mut request = Request::new(Full::default());
    let asked = request.headers_mut();
    for name in [header::AUTHORIZATION, header::COOKIE] {
        let mut values = headers.get_all(&name).iter();
        if let Some(value) = values.next() {
            asked.insert(name, value.clone());
        }
        if values.next().is_some() {
            return None;
        }
    }
    if asked.is_empty() {
        return None;
    }
    asked.insert(METHOD, HeaderValue::from_str(method.as_str()).ok()?);
    asked.insert(PATH, HeaderValue::from_str(path).ok()?);
    Some(request)
}

/// Whether a browser may have sent the credentials by itself: any but a Bearer token alone.
fn is_ambient(headers: &HeaderMap) -> bool {
    let is_bearer = |value: &HeaderValue| {
        let scheme = value.as_bytes().get(..7);
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
    };
    headers.contains_key(header::COOKIE) || !headers.get(header::AUTHORIZATION).is_some_and(is_bearer)
}

fn texts(headers: &HeaderMap, name: &str) -> Result<Vec<String>, Unreadable> {
    let values = headers.get_all(name).iter();
    values.map(|value| value.to_str().map(str::to_owned).map_err(|_| Unreadable)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(given: &[(&'static str, &str)]) -> Option<(Vec<String>, bool)> {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, value.parse().unwrap());
        }
        let request = question(&Method::POST, "/api/ingo/cards/issue", &headers)?;
        let mut names: Vec<_> = request.headers().keys().map(ToString::to_string).collect();
        names.sort();
        Some((names, is_ambient(&headers)))
    }

    #[test]
    fn only_credentials_are_passed_on() {
        let (bearer, cookie) = (("authorization", "Bearer t"), ("cookie", "s=1"));
        let names = |name: &str| [name, "x-original-method", "x-original-uri"].map(String::from).to_vec();
        let given = asked(&[bearer, ("x-user", "eve"), ("x-original-uri", "/")]).unwrap();
        assert_eq!(given, (names("authorization"), false));
        assert_eq!(asked(&[cookie]).unwrap(), (names("cookie"), true));
        assert!(asked(&[bearer, cookie]).unwrap().1, "either may have decided");
        assert!(asked(&[("authorization", "Basic x")]).unwrap().1, "a browser repeats it by itself");
        for none in [&[][..], &[("x-user", "eve")], &[bearer, bearer], &[cookie, cookie]] {
            assert_eq!(asked(none), None, "{none:?}");
        }
    }
}
