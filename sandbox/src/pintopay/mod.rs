//! The issuer PintoPay: orders for prepaid cards, everything encrypted.

mod answer;
mod behaviour;
mod cipher;
mod envelope;
mod freshness;
mod gateway;
mod inferred;
mod money;
mod options;
mod orders;
mod product;
mod rejection;
mod request;
mod status;

use std::time::SystemTime;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::app::{Books, Sandbox};
use crate::delivery::Delivery;
use crate::faults::{Fault, Kind};
use crate::keys::{self, LookUp};
use crate::ledger::{EntryId, Settled};
use crate::received::Received;
use crate::reply::Reply;

use cipher::Cipher;
pub(crate) use options::Options;
use orders::Found;
pub(crate) use orders::Project;
use rejection::Rejection;
use request::Request;

/// What can be asked of the issuer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Operation {
    CreateOrder,
    CheckOrder,
    GetCard,
}

impl Operation {
    const ALL: [Self; 3] = [Self::CreateOrder, Self::CheckOrder, Self::GetCard];

    /// Its name in the ledger and in faults.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CreateOrder => "createOrder",
            Self::CheckOrder => "checkOrder",
            Self::GetCard => "getCard",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::CreateOrder => "cards/create",
            Self::CheckOrder => "orders/check",
            Self::GetCard => "cards/get",
        }
    }
}

/// The operation that a request target names; a query makes it another target.
pub(crate) fn route(target: &str) -> Option<Operation> {
    let (version, path) = target.strip_prefix("/api/")?.split_once('/')?;
    Operation::ALL.into_iter().find(|operation| operation.path() == path && inferred::VERSIONS.contains(&version))
}

/// Lets a request through the gateway, opens it, carries it out, and answers as well as the faults allow.
pub(crate) async fn serve(
    sandbox: &Sandbox,
    options: &Options,
    operation: Operation,
    received: &Received,
    entry: EntryId,
) -> Response {
    let desk = Desk { sandbox, options, cipher: Cipher::new(&options.secret), entry };
    let fields = match desk.admit(received) {
        Ok(fields) => fields,
        Err((reply, rejection)) => {
            sandbox.books().ledger.refuse(entry, rejection.slug(), reply.status);
            return reply.into_response();
        }
    };
    let fault = sandbox.books().faults.take(operation);
    if let Some(wait) = fault.as_ref().and_then(Fault::wait_before_effect) {
        tokio::time::sleep(wait).await;
    }
    let request = Request::read(operation, received, fields, options.dialect);
    let look_up = match &request {
        Ok(Request::CreateOrder(create)) => {
            sandbox.books().ledger.identify(entry, Some(&create.idempotency_key));
            keys::look_up(sandbox, |books| books.pintopay.knows(create)).await
        }
        _ => LookUp::Yes,
    };
    desk.carry_out(request, look_up, fault.as_ref()).send().await
}

/// Where one request is dealt with.
struct Desk<'a> {
    sandbox: &'a Sandbox,
    options: &'a Options,
    cipher: Cipher,
    entry: EntryId,
}

impl Desk<'_> {
    /// The fields of a request that is the project's own and fresh, or the answer to any other.
    fn admit(&self, received: &Received) -> Result<Map<String, Value>, (Reply, Rejection)> {
        // Before its payload has been opened, a client cannot be thought able to read an encrypted answer.
        let plain = |rejection: Rejection| (envelope::plain(&rejection), rejection);
        let usual = |rejection: Rejection| (self.rejected(&rejection), rejection);
        gateway::check(received, &self.options.api_key).map_err(|slug| plain(slug.into()))?;
        let opened = envelope::open(&received.body, &self.cipher).map_err(plain)?;
        self.note("nonce_base64", BASE64_STANDARD.encode(opened.nonce).into());
        let fields = envelope::fields(&opened.plaintext).map_err(usual)?;
        self.note("payload", fields.clone().into());
        let timestamp = fields.get("request_timestamp");
        let fresh = self.sandbox.books().pintopay.timestamps.accept(timestamp, SystemTime::now());
        fresh.map_err(|slug| usual(slug.into()))?;
        Ok(fields)
    }

    fn note(&self, name: &str, value: Value) {
        self.sandbox.books().ledger.note(self.entry, name, value, &self.sandbox.config);
    }

    /// Does what is asked and writes it down in one step, so that the ledger is true before the client knows anything.
    fn carry_out(&self, request: Result<Request, Rejection>, look_up: LookUp, fault: Option<&Fault>) -> Delivery {
        let now = SystemTime::now();
        let mut books = self.sandbox.books();
        let Books { ledger, pintopay, .. } = &mut *books;
        let outcome = if fault.is_some_and(Fault::prevents_effect) {
            None
        } else {
            Some(request.and_then(|request| pintopay.perform(request, look_up, self.options, now)))
        };
        let delivery = Delivery::plan(fault, self.reply(outcome.as_ref(), fault, now), &self.sandbox.origin);
        let settled = Settled {
            accepted: matches!(outcome, Some(Ok(_))),
            status: delivery.status(),
            refusal: outcome.and_then(Result::err).map(|rejection| rejection.slug()),
            fault: fault.map(|fault| fault.fault),
        };
        ledger.settle(self.entry, settled);
        delivery
    }

    fn reply(&self, outcome: Option<&Result<Found, Rejection>>, fault: Option<&Fault>, now: SystemTime) -> Reply {
        match (outcome, fault) {
            (_, Some(fault)) if fault.fault == Kind::Status => {
                self.rejected(&Rejection::failure(fault.status().unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)))
            }
            (Some(Ok(found)), fault) => {
                let body = answer::success(found, self.options.dialect, now, fault.map(|fault| fault.fault));
                envelope::seal(StatusCode::OK, &body, &self.cipher)
            }
            (Some(Err(rejection)), _) => self.rejected(rejection),
            (None, _) => self.rejected(&Rejection::failure(StatusCode::INTERNAL_SERVER_ERROR)),
        }
    }

    fn rejected(&self, rejection: &Rejection) -> Reply {
        if self.options.plain_errors {
            envelope::plain(rejection)
        } else {
            envelope::seal(rejection.status(), &rejection.body(), &self.cipher)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_lead_to_each_operation() {
        for operation in Operation::ALL {
            for version in ["v1", "v2"] {
                assert_eq!(route(&format!("/api/{version}/{}", operation.path())), Some(operation));
            }
        }
    }

    #[test]
    fn other_targets_lead_nowhere() {
        for target in [
            "/api/v3/cards/create",
            "/api/v1/cards/create/",
            "/api/v1/cards/create?x=1",
            "/api/v1/cards/freeze",
            "/cards/create",
            "/api/v1//cards/create",
            "http://127.0.0.1/api/v1/cards/create",
        ] {
            assert_eq!(route(target), None, "{target}");
        }
    }
}
