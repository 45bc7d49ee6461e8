//! The issuer Ingo: routable cards for users.

mod authorization;
mod cards;
mod envelope;
mod gateway;
mod inferred;
mod request;

use std::time::SystemTime;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::app::Sandbox;
use crate::delivery::Delivery;
use crate::faults::{Fault, Kind};
use crate::keys::{self, LookUp};
use crate::ledger::{EntryId, Settled};
use crate::received::Received;
use crate::reply::Reply;

use cards::Card;
pub(crate) use cards::Cards;
use inferred::Rejection;
use request::Request;

/// What can be asked of the issuer, named as its paths name it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operation {
    Create,
    Activate,
    Freeze,
    Unfreeze,
    Reissue,
    List,
}

impl Operation {
    const ALL: [Self; 6] = [Self::Create, Self::Activate, Self::Freeze, Self::Unfreeze, Self::Reissue, inferred::LIST];

    /// The last segment of its path.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Activate => "activate",
            Self::Freeze => "freeze",
            Self::Unfreeze => "unfreeze",
            Self::Reissue => "reissue",
            Self::List => "list",
        }
    }
}

/// The operation that a request target names; a query makes it another target.
pub(crate) fn route(target: &str) -> Option<Operation> {
    let (version, path) = target.strip_prefix("/api/")?.split_once('/')?;
    let name = path.strip_prefix("user/routable-cards/")?;
    Operation::ALL.into_iter().find(|operation| operation.name() == name && inferred::VERSIONS.contains(&version))
}

/// Lets a request through the gateway, carries it out, and answers as well as the faults allow.
pub(crate) async fn serve(sandbox: &Sandbox, operation: Operation, received: &Received, entry: EntryId) -> Response {
    if let Err(refusal) = gateway::check(received, &sandbox.config.ingo, SystemTime::now()) {
        let reply = refusal.reply();
        sandbox.books().ledger.refuse(entry, refusal.why, reply.status);
        return reply.into_response();
    }
    let fault = sandbox.books().faults.take(operation);
    if let Some(wait) = fault.as_ref().and_then(Fault::wait_before_effect) {
        tokio::time::sleep(wait).await;
    }
    let request = Request::read(operation, &received.body);
    let subject = request.as_ref().ok().and_then(Request::subject);
    sandbox.books().ledger.identify(entry, subject);
    let look_up = match &request {
        Ok(Request::Create(create)) => keys::look_up(sandbox, |books| books.ingo.knows(create)).await,
        _ => LookUp::Yes,
    };
    carry_out(sandbox, request, look_up, entry, fault.as_ref()).send().await
}

/// Does what is asked and writes it down in one step, so that the ledger is true before the client knows anything.
fn carry_out(
    sandbox: &Sandbox,
    request: Result<Request, Rejection>,
    look_up: LookUp,
    entry: EntryId,
    fault: Option<&Fault>,
) -> Delivery {
    let mut books = sandbox.books();
    let outcome = if fault.is_some_and(Fault::prevents_effect) {
        None
    } else {
        Some(request.and_then(|request| books.ingo.perform(request, look_up, SystemTime::now())))
    };
    let delivery = Delivery::plan(fault, reply(outcome.as_ref(), fault), &sandbox.origin);
    let settled = Settled {
        accepted: matches!(outcome, Some(Ok(_))),
        status: delivery.status(),
        refusal: outcome.and_then(Result::err).map(|rejection| rejection.slug()),
        fault: fault.map(|fault| fault.fault),
    };
    books.ledger.settle(entry, settled);
    delivery
}

fn reply(outcome: Option<&Result<Vec<Card>, Rejection>>, fault: Option<&Fault>) -> Reply {
    match (outcome, fault) {
        (_, Some(fault)) if fault.fault == Kind::Status => {
            Rejection::failure(fault.status().unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)).reply()
        }
        (Some(Ok(cards)), fault) => {
            Reply::json(StatusCode::OK, &envelope::success(cards, fault.map(|fault| fault.fault)))
        }
        (Some(Err(rejection)), _) => rejection.reply(),
        (None, _) => Rejection::failure(StatusCode::INTERNAL_SERVER_ERROR).reply(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_lead_to_each_operation() {
        for operation in Operation::ALL {
            for version in ["v3", "v4"] {
                let target = format!("/api/{version}/user/routable-cards/{}", operation.name());
                assert_eq!(route(&target), Some(operation));
            }
        }
    }

    #[test]
    fn other_targets_lead_nowhere() {
        for target in [
            "/api/v5/user/routable-cards/create",
            "/api/v4/user/routable-cards/create/",
            "/api/v4/user/routable-cards/create?x=1",
            "/api/v4/user/routable-cards/terminate",
            "/user/routable-cards/create",
            "/api/v4//user/routable-cards/create",
            "http://127.0.0.1/api/v4/user/routable-cards/create",
        ] {
            assert_eq!(route(target), None, "{target}");
        }
    }
}
