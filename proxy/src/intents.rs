//! What became of an intent, asked by its key.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{Extensions, header};
use axum::response::{IntoResponse, Response};
use cardwright::{ErrorCode, Operation, operation};

use crate::app::App;
use crate::audit::Act;
use crate::claims::record::{Record, State as Claim};
use crate::claims::{StoreUnavailable, ended};
use crate::intent::{Scope, address};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::{balances, reconcile};

/// The path below the base.
pub(crate) const PATH: &str = "/intents/{operation}/{key}";

/// The word for an intent under whose key nothing was sent, nor ever will be: this question has closed it.
const ABSENT: &str = "absent";

/// Answers what became of an intent. It can never send anything to the issuer but a question.
pub(crate) async fn look(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    path: Result<Path<(String, String)>, PathRejection>,
    extensions: Extensions,
) -> Result<Response, Problem> {
    let Path((name, key)) = path?;
    let operation = write(&app, &name)?;
    let act = Act::new(&principal, operation.name, &extensions);
    app.audit.judged(&act, principal.may(operation)).await?;
    let scope = Scope::new(&principal.tenant, &principal.user, operation, &key)?;
    let record = state(&app, &scope, operation).await.map_err(|StoreUnavailable| store_down())?;
    Ok(told(operation, record.as_ref(), &principal))
}

/// The state of an intent; what is unknown is asked of the issuer first, where that can be.
async fn state(app: &App, scope: &Scope, operation: &Operation) -> Result<Option<Record>, StoreUnavailable> {
    let found = app.claims.look(scope, &address(scope.claim(), &scope.tenant, operation, None)).await?;
    let Some(record) = found.as_ref().filter(|record| record.state == Claim::Unknown) else { return Ok(found) };
    let address = address(scope.claim(), &scope.tenant, operation, record.subject.card_id.as_deref());
    let Some(seen) = app.claims.take_up(&address).await? else { return Ok(found) };
    match reconcile::reconcile(app, &address, &seen).await? {
        true => app.claims.peek(&address).await,
        false => Ok(found),
    }
}

/// The write with this name, if its issuer is configured.
pub(crate) fn write(app: &App, name: &str) -> Result<&'static Operation, Problem> {
    operation::find(name)
        .filter(|operation| operation.safety.is_write() && app.issuers.contains_key(operation.issuer()))
        .ok_or_else(|| Problem::new(ErrorCode::NotFound))
}

pub(crate) fn store_down() -> Problem {
    Problem::new(ErrorCode::StoreUnavailable)
}

/// The answer: operation and state, since when it may have been sent, and the answer or the problem that copies are told.
pub(crate) fn told(operation: &Operation, record: Option<&Record>, principal: &Principal) -> Response {
    let state = record.map_or(ABSENT, |record| record.state.as_str());
    // Names, words and times of ours need no escape.
    let mut text = format!(r#"{{"operation":"{}","state":"{state}""#, operation.name);
    if let Some(record) = record {
        if let Some(sent_at) = record.sent_at {
            let _ = write!(text, r#","sent_at":"{}""#, sent_at.iso());
        }
        if matches!(record.state, Claim::Unknown | Claim::Done) {
            let shown = ended(record).and_then(|answer| balances::shown_to(principal, operation, answer));
            let _ = match shown {
                Ok(answer) => write!(text, r#","answer":{}"#, answer.0),
                Err(failure) => write!(text, r#","problem":{}"#, Problem::from(failure).to_json(None)),
            };
        }
    }
    text.push('}');
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}
