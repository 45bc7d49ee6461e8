//! The doors every call passes before anybody looks at what it asks.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cardwright::ErrorCode;
use cardwright::call::{CONTRACT, CONTRACT_HEADER};

use crate::app::App;
use crate::problem::Problem;

/// Lets pass what names a host on the list, exactly: a rebound DNS name reaches us, but cannot hide its own name.
pub(crate) async fn host(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if is_allowed(&app.hosts, &request) {
        next.run(request).await
    } else {
        Problem::new(ErrorCode::HostNotAllowed).into_response()
    }
}

fn is_allowed(hosts: &[String], request: &Request) -> bool {
    let listed = |name: &str| hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
    let mut named = request.headers().get_all(header::HOST).iter();
    let (Some(name), None) = (named.next(), named.next()) else {
        return false;
    };
    name.to_str().is_ok_and(listed) && request.uri().authority().is_none_or(|authority| listed(authority.as_str()))
}

/// Lets pass what speaks our version of the contract. No form and no image of another site can set this header.
pub(crate) async fn contract(request: Request, next: Next) -> Response {
    if request.headers().get(CONTRACT_HEADER).is_some_and(|version| version == CONTRACT) {
        next.run(request).await
    } else {
        Problem::new(ErrorCode::ContractMismatch).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn allowed(uri: &str, names: &[&str]) -> bool {
        let mut request = Request::builder().uri(uri);
        for name in names {
            request = request.header(header::HOST, *name);
        }
        is_allowed(&["localhost:8787".into()], &request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_listed_hosts_are_answered() {
        assert!(allowed("/", &["localhost:8787"]) && allowed("/", &["LOCALHOST:8787"]));
        assert!(allowed("http://localhost:8787/", &["localhost:8787"]));
        for names in
            [&[][..], &["localhost"], &["localhost:87870"], &["evil.example"], &["localhost:8787", "evil.example"]]
        {
            assert!(!allowed("/", names), "{names:?}");
        }
        assert!(!allowed("http://evil.example/", &["localhost:8787"]));
    }
}
