//! From a proven request to its ending: claim, send, read, record. All of it runs detached from the client's connection.

use std::sync::Arc;
use std::time::SystemTime;

use cardwright::ErrorCode;
use cardwright::input::{ANSWER_LIMITS, read_json};

use crate::answer;
use crate::app::App;
use crate::claims::{Claimed, StoreUnavailable};
use crate::ending::{Answer, Ending, Failure};
use crate::intent::Intent;
use crate::issuer::{Dispatch, Issuer};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::register::{Sighting, cards_in, order_in};

/// A request on its way; it holds nothing of the page's connection.
pub(crate) struct Delivery {
    pub(crate) issuer: Arc<dyn Issuer>,
    pub(crate) dispatch: Dispatch,
    pub(crate) principal: Arc<Principal>,
    /// The card that ends if the issuer says yes.
    pub(crate) ends: Option<String>,
    /// The user the request is for, in the caller's words; no answer repeats it.
    pub(crate) external_user_id: Option<String>,
}

/// How a delivery ended, and whether for an earlier copy.
pub(crate) struct Delivered {
    pub(crate) ending: Ending,
    pub(crate) replayed: bool,
}

/// Sends a write at most once, however many copies of it come.
pub(crate) async fn once(app: &Arc<App>, intent: Intent, delivery: Delivery) -> Result<Delivered, Problem> {
    let operation = delivery.dispatch.operation;
    match app.claims.claim(&intent).await {
        Ok(Claimed::New) => {
            let ending = guarded(app, delivery).await;
            if app.claims.end(&intent.scope, &ending).await.is_err() {
                // The claim stays, so a copy is told "in progress" and nothing is sent twice.
                tracing::error!(operation = operation.name, "ending could not be recorded");
            }
            Ok(Delivered { ending, replayed: false })
        }
        Ok(Claimed::Running(ending)) => Ok(Delivered { ending: ending.await, replayed: true }),
        Ok(Claimed::Ended(ending)) => Ok(Delivered { ending, replayed: true }),
        Ok(Claimed::Reused) => Err(Problem::new(ErrorCode::KeyReused)),
        Err(StoreUnavailable) if operation.urgent => {
            tracing::error!(operation = operation.name, "sent without a claim");
            Ok(Delivered { ending: guarded(app, delivery).await, replayed: false })
        }
        Err(StoreUnavailable) => Err(Problem::new(ErrorCode::StoreUnavailable)),
    }
}

/// Sends a read.
pub(crate) async fn read(app: &Arc<App>, delivery: Delivery) -> Delivered {
    Delivered { ending: guarded(app, delivery).await, replayed: false }
}

/// Delivers in a task of its own, so that a panic of ours becomes an ending too: an open one. So does the proxy's own end.
async fn guarded(app: &Arc<App>, delivery: Delivery) -> Ending {
    let safety = delivery.dispatch.operation.safety;
    let cut = app.cut.clone();
    let app = Arc::clone(app);
    let task = tokio::spawn(async move { deliver(&app, delivery).await });
    tokio::select! {
        ending = task => ending.unwrap_or_else(|_| Err(Failure::lost(safety))),
        () = cut.cancelled() => Err(Failure::lost(safety)),
    }
}

async fn deliver(app: &App, delivery: Delivery) -> Ending {
    let operation = delivery.dispatch.operation;
    let body = delivery.issuer.send(&delivery.dispatch).await?;
    let answer = answer::read(&*delivery.issuer, operation, &body, app.unknown_fields)?;
    record(app, &delivery, &answer).await;
    Ok(answer)
}

/// Records what an answer shows; what cannot be recorded is missing in a list, and no reason to doubt the answer.
async fn record(app: &App, delivery: &Delivery, answer: &Answer) {
    // From the rebuilt text, so that nothing that was withheld gets into the register.
    let Ok(value) = read_json(answer.0.as_bytes(), ANSWER_LIMITS) else {
        return;
    };
    let (principal, now) = (&delivery.principal, SystemTime::now());
    let sighting = Sighting {
        ended: delivery.ends.clone(),
        cards: cards_in(&value, principal, now),
        order: order_in(&value, delivery.external_user_id.as_deref(), principal, now),
    };
    if app.register.record(&principal.tenant, sighting).await.is_err() {
        tracing::error!(operation = delivery.dispatch.operation.name, "answer could not be recorded");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use bytes::Bytes;
    use cardwright::{Operation, Outcome, Request, ingo};
    use clap::Parser;
    use std::sync::atomic::{AtomicU32, Ordering};

    use crate::claims::Claims;
    use crate::config::Config;
    use crate::intent::Scope;
    use crate::memory::MemoryClaims;
    use crate::principal::Authentication;

    /// Counts what is sent, and then says yes or panics.
    struct Scripted {
        sent: AtomicU32,
        panics: bool,
    }

    #[async_trait]
    impl Issuer for Scripted {
        fn compose(&self, request: &Request<'_>, _: Option<&str>) -> Dispatch {
            Dispatch { operation: request.operation(), body: String::new(), key: None }
        }

        async fn send(&self, _: &Dispatch) -> Result<Bytes, Failure> {
            self.sent.fetch_add(1, Ordering::SeqCst);
            assert!(!self.panics, "as scripted");
            Ok(Bytes::from_static(br#"{"status":"success","message":"m"}"#))
        }
    }

    struct Rig {
        app: Arc<App>,
        issuer: Arc<Scripted>,
    }

    impl Rig {
        fn new(panics: bool, claims: impl Claims + 'static) -> Rig {
            let args = ["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s"];
            let app = App::new(&Config::try_parse_from(args).unwrap(), 1, &crate::store::Store::Memory).unwrap();
            let issuer = Arc::new(Scripted { sent: AtomicU32::new(0), panics });
            Rig { app: Arc::new(App { claims: Arc::new(claims), ..app }), issuer }
        }

        async fn once(&self, operation: &'static Operation) -> Result<Delivered, Problem> {
            let scope = Scope { tenant: "t".into(), user: "u".into(), operation: operation.name, key: "k".into() };
            let Authentication::Local(principal) = Authentication::local();
            let issuer = Arc::clone(&self.issuer) as Arc<dyn Issuer>;
            let dispatch = Dispatch { operation, body: String::new(), key: None };
            let delivery = Delivery { issuer, dispatch, principal, ends: None, external_user_id: None };
            once(&self.app, Intent { scope, fingerprint: [0; 32] }, delivery).await
        }

        fn sent(&self) -> u32 {
            self.issuer.sent.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn a_panic_after_the_send_stays_unknown() {
        let rig = Rig::new(true, MemoryClaims::new(1));
        for replayed in [false, true] {
            let delivered = rig.once(&ingo::REISSUE_CARD).await.unwrap();
            let failure = delivered.ending.unwrap_err();
            assert_eq!((failure.code, failure.outcome), (ErrorCode::InternalError, Outcome::Unknown));
            assert_eq!(delivered.replayed, replayed);
        }
        assert_eq!(rig.sent(), 1);
    }

    #[tokio::test]
    async fn without_a_store_nothing_is_sent_but_a_freeze() {
        let rig = Rig::new(false, MemoryClaims::new(0));
        for operation in [&ingo::ISSUE_CARD, &ingo::ACTIVATE_CARD, &ingo::UNFREEZE_CARD, &ingo::REISSUE_CARD] {
            let problem = rig.once(operation).await.err().unwrap();
            assert_eq!((problem.code, problem.outcome), (ErrorCode::StoreUnavailable, Outcome::NotSent));
        }
        assert_eq!(rig.sent(), 0);
        assert!(rig.once(&ingo::FREEZE_CARD).await.unwrap().ending.is_ok());
    }
}
