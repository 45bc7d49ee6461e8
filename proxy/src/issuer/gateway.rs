//! The no of an issuer's gateway: it does not take us, whatever we ask, and only who runs the proxy can mend that.

use cardwright::Operation;
use hyper::StatusCode;

use crate::ending::{Failure, Word};

/// The slug of a no that is about us and not about the request.
const REFUSED: &str = "gateway_refused";

/// The gateway's no.
pub(super) fn refused() -> Failure {
    Failure::rejected(Word::parse(REFUSED), None)
}

/// Calls whoever runs the proxy, if this is the gateway's no; `said` is the issuer's own word for it.
pub(super) fn report(operation: &Operation, status: StatusCode, said: Option<&Word>, failure: &Failure) {
    if failure.slug.as_ref().is_some_and(|slug| slug.as_str() == REFUSED) {
        let (status, said) = (status.as_u16(), said.map(Word::as_str));
        tracing::error!(operation = operation.name, status, said, "gateway refused us");
    }
}
