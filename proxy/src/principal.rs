//! Who is calling, and what they may do.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use cardwright::{ErrorCode, OPERATIONS, Operation};

use crate::app::App;
use crate::problem::Problem;
use crate::{balances, settle};

/// A caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    /// Whose cards are meant; tenants see nothing of each other.
    pub(crate) tenant: String,
    /// The person or program within the tenant.
    pub(crate) user: String,
    /// The operations the caller may ask for, and what of their answers may be seen.
    pub(crate) scopes: Vec<String>,
    /// Whether a browser says by itself who is calling (a cookie, or nothing at all), so that any page can make it call.
    pub(crate) ambient: bool,
}

impl Principal {
    /// Lets an operation pass that the caller may ask for.
    pub(crate) fn may(&self, operation: &Operation) -> Result<(), Problem> {
        if self.has(operation.name) { Ok(()) } else { Err(Problem::new(ErrorCode::Forbidden)) }
    }

    /// Whether the caller has a scope.
    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|known| known == scope)
    }
}

/// How a caller is recognised. A verified token or a gateway's header becomes a variant here, and nothing else changes.
#[derive(Clone, Debug)]
pub(crate) enum Authentication {
    /// Everybody who reaches the loopback address is this one.
    Local(Arc<Principal>),
}

impl Authentication {
    /// Whoever reaches the loopback address, with every scope.
    pub(crate) fn local() -> Authentication {
        Authentication::Local(Arc::new(Principal {
            tenant: "local".into(),
            user: "local".into(),
            scopes: OPERATIONS
                .iter()
                .map(|operation| operation.name)
                .chain([balances::SCOPE, settle::SCOPE])
                .map(String::from)
                .collect(),
            ambient: true,
        }))
    }

    fn principal(&self) -> Arc<Principal> {
        match self {
            Authentication::Local(principal) => Arc::clone(principal),
        }
    }
}

/// Finds out who is calling, for the handlers behind it.
pub(crate) async fn recognise(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(app.authentication.principal());
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::ingo;

    #[test]
    fn only_what_is_in_scope_is_allowed() {
        let Authentication::Local(local) = Authentication::local();
        assert!(OPERATIONS.iter().all(|operation| local.may(operation).is_ok()));
        let reader = Principal { scopes: vec!["ingo.listCards".into()], ..Principal::clone(&local) };
        assert!(reader.may(&ingo::LIST_CARDS).is_ok());
        assert_eq!(reader.may(&ingo::ISSUE_CARD).unwrap_err().code, ErrorCode::Forbidden);
    }
}
