//! Who is calling, and what they may do.
//!
//! ```text
//! options.rs       the part of the command line
//! credential.rs    where a token stands in a request: a Bearer header, a cookie, a gateway's header
//! token.rs         a signed token is verified; keys.rs has the keys, signature.rs the arithmetic
//! forward.rs       or somebody is asked, who knows
//! identity.rs      tenant, user, scopes and user ids, out of what was verified or answered
//! scope.rs         the names of all scopes
//! ```

mod credential;
mod forward;
mod identity;
mod keys;
mod options;
mod scope;
mod signature;
mod token;

pub(crate) use options::AccessOptions;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cardwright::{ErrorCode, Operation};

use self::credential::Place;
use self::forward::Forward;
use self::token::Verifier;
use crate::app::App;
use crate::exchange::Client;
use crate::problem::Problem;

/// A caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    /// Whose cards are meant; tenants see nothing of each other.
    pub(crate) tenant: String,
    /// The person or program within the tenant.
    pub(crate) user: String,
    /// The operations the caller may ask for, and what of their answers may be seen.
    pub(crate) scopes: Vec<String>,
    /// The issuers' ids of the caller, who without the scope `cards:any` reaches what is of these ids and nothing else.
    pub(crate) user_ids: Vec<String>,
    /// Whether a browser says by itself who is calling (a cookie, or nothing at all), so that any page can make it call.
    pub(crate) ambient: bool,
}

impl Principal {
    /// Whoever reaches the loopback address, with every scope.
    pub(crate) fn local() -> Arc<Principal> {
        Arc::new(Principal {
            tenant: "local".into(),
            user: "local".into(),
            scopes: scope::all().map(String::from).collect(),
            user_ids: Vec::new(),
            ambient: true,
        })
    }

    /// Lets an operation pass that the caller may ask for.
    pub(crate) fn may(&self, operation: &Operation) -> Result<(), Problem> {
        if self.has(operation.name) { Ok(()) } else { Err(Problem::new(ErrorCode::Forbidden)) }
    }

    /// Whether the caller has a scope.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| known == scope)
    }
}

/// How a caller is recognised.
pub(crate) enum Authentication {
    /// Everybody who reaches the loopback address is this one.
    Local(Arc<Principal>),
    /// By a token that the caller carries, or that a gateway in front has signed for them.
    Token { verifier: Verifier, place: Place },
    /// By asking somebody who knows.
    Forward(Forward),
}

impl Authentication {
    /// How callers are recognised by this configuration.
    pub(crate) fn new(options: &AccessOptions, client: &Client) -> anyhow::Result<Authentication> {
        options.authentication(client)
    }

    /// The caller of a request, whose path stands below the base.
    async fn principal(&self, base: &str, head: &Parts) -> Result<Arc<Principal>, ErrorCode> {
        let headers = &head.headers;
        match self {
            Authentication::Local(principal) => Ok(Arc::clone(principal)),
            Authentication::Token { verifier, place } => {
                let credential = place.find(headers).ok_or(ErrorCode::Unauthenticated)?;
                verifier.verify(credential.token, credential.ambient).await.map(Arc::new)
            }
            Authentication::Forward(forward) => {
                let path = format!("{base}{}", head.uri.path());
                forward.ask(&head.method, &path, headers).await.map(Arc::new)
            }
        }
    }
}

/// Finds out who is calling, for the handlers behind it. Whoever cannot be recognised does not get any further.
pub(crate) async fn recognise(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    match app.authentication.principal(&app.base, &head).await {
        Ok(principal) => {
            head.extensions.insert(principal);
            next.run(Request::from_parts(head, body)).await
        }
        Err(code) => refused(code),
    }
}

fn refused(code: ErrorCode) -> Response {
    let mut response = Problem::new(code).into_response();
    if code == ErrorCode::Unauthenticated {
        // RFC 9110 wants one with every 401, and this one opens no dialog in a browser.
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::{OPERATIONS, ingo};

    #[test]
    fn only_what_is_in_scope_is_allowed() {
        let local = Principal::local();
        assert!(OPERATIONS.iter().all(|operation| local.may(operation).is_ok()));
        let reader = Principal { scopes: vec!["ingo.listCards".into()], ..Principal::clone(&local) };
        assert!(reader.may(&ingo::LIST_CARDS).is_ok());
        assert_eq!(reader.may(&ingo::ISSUE_CARD).unwrap_err().code, ErrorCode::Forbidden);
    }
}
