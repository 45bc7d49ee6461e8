//! From a proven request to its ending: claim, send, read, record. All of it runs detached from the client's connection.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cardwright::input::{ANSWER_LIMITS, read_json};
use cardwright::{ErrorCode, Operation};
use futures_util::FutureExt;
use tokio::time::Instant;

use crate::answer;
use crate::app::App;
use crate::claims::{Acquired, Lease, Permit, StoreUnavailable};
use crate::ending::{Ending, Failure};
use crate::fail_point::{self, Point};
use crate::intent::Intent;
use crate::issuer::{Dispatch, Issuer};
use crate::metrics::METRICS;
use crate::principal::Principal;
use crate::problem::Problem;
use crate::register::{Sighting, cards_in, order_in};
use crate::traces::Trace;

/// How long a record that could not be made waits.
const RECORD_AGAIN: Duration = Duration::from_millis(500);

/// A request on its way; it holds nothing of the page's connection.
pub(crate) struct Delivery {
    pub(crate) issuer: Arc<dyn Issuer>,
    pub(crate) dispatch: Dispatch,
    pub(crate) principal: Arc<Principal>,
    /// The card that ends if the issuer says yes.
    pub(crate) ends: Option<String>,
    /// The user the request is for, in the caller's words; no answer repeats it.
    pub(crate) external_user_id: Option<String>,
    /// Where its parts note how long they took.
    pub(crate) trace: Trace,
}

/// How a delivery ended, and whether for an earlier copy.
pub(crate) struct Delivered {
    pub(crate) ending: Ending,
    pub(crate) replayed: bool,
}

/// Sends a write at most once at a time, however many copies of it come. `asked`: all who are asked about what is new have let it
/// pass; nothing, where they have not been asked and it is.
pub(crate) async fn once(
    app: &Arc<App>,
    intent: &Intent,
    delivery: &Delivery,
    asked: bool,
    deadline: Instant,
) -> Result<Option<Delivered>, Problem> {
    let operation = delivery.dispatch.operation;
    fail_point::hit(Point::BeforeClaim).await;
    match delivery.trace.during("claim", app.claims.acquire(intent, asked, deadline)).await {
        Ok(Acquired::Yours(permit)) => {
            fail_point::hit(Point::AfterSending).await;
            let ending = guarded(app, delivery, &permit.lease).await;
            fail_point::hit(Point::AnswerReadNotRecorded).await;
            let ending = delivery.trace.during("record", record_end(app, permit, ending, operation)).await;
            // After the claim: a card that is only in the register would be taken for that of another intent, and this one for
            // not done, if the proxy ended in between.
            record(app, delivery, &ending).await;
            fail_point::hit(Point::RecordedNotAnswered).await;
            Ok(Some(Delivered { ending, replayed: false }))
        }
        Ok(Acquired::Ended(ending)) => Ok(Some(Delivered { ending, replayed: true })),
        Ok(Acquired::Unasked) => Ok(None),
        Ok(Acquired::Refused(failure)) => Err(failure.into()),
        Ok(Acquired::InProgress) => Err(Problem::in_progress(operation.safety)),
        Err(StoreUnavailable) if operation.urgent => {
            tracing::error!(operation = operation.name, "sent without a claim");
            Ok(Some(unclaimed(app, delivery).await))
        }
        Err(StoreUnavailable) => Err(Problem::new(ErrorCode::StoreUnavailable)),
    }
}

/// Records how a write ended. Where the store is down, the caller is not kept waiting for it: what it is told is true, and
/// the record is made as soon as the store is back.
async fn record_end(app: &Arc<App>, permit: Permit, ending: Ending, operation: &'static Operation) -> Ending {
    let kept = ending.clone().map(|answer| answer::known(operation, answer));
    let (told, recorded) = app.claims.end(&permit, kept.clone()).await;
    if recorded.is_err() {
        tracing::error!(operation = operation.name, "ending could not be recorded yet");
        let claims = app.claims.clone();
        app.tasks.spawn(async move {
            // After that the claim has been marked as unknown; an ending that comes later yet is lost.
            let given_up = Instant::now() + 2 * claims.lease();
            while Instant::now() < given_up {
                tokio::time::sleep(RECORD_AGAIN).await;
                if claims.end(&permit, kept.clone()).await.1.is_ok() {
                    return;
                }
            }
            tracing::error!(operation = operation.name, "ending was not recorded");
        });
    }
    // Who sent it is told all there is.
    told.and(ending)
}

/// Sends a read.
pub(crate) async fn read(app: &App, delivery: Delivery) -> Delivered {
    unclaimed(app, &delivery).await
}

/// Sends what has no claim.
async fn unclaimed(app: &App, delivery: &Delivery) -> Delivered {
    let ending = guarded(app, delivery, &Lease::unlimited()).await;
    record(app, delivery, &ending).await;
    Delivered { ending, replayed: false }
}

/// Delivers so that a panic of ours becomes an ending too: an open one. So does the proxy's own end.
async fn guarded(app: &App, delivery: &Delivery, lease: &Lease) -> Ending {
    let operation = delivery.dispatch.operation;
    let started = Instant::now();
    let exchange = delivery.trace.exchange(operation);
    let delivered = AssertUnwindSafe(deliver(app, delivery, lease)).catch_unwind();
    let ending = tokio::select! {
        ending = delivered => ending.unwrap_or_else(|_| Err(Failure::lost(operation.safety))),
        () = app.cut.cancelled() => Err(Failure::lost(operation.safety)),
    };
    METRICS.exchanged(operation, &ending, started.elapsed());
    exchange.ended(&ending);
    ending
}

async fn deliver(app: &App, delivery: &Delivery, lease: &Lease) -> Ending {
    let body = delivery.issuer.send(&delivery.dispatch, lease).await?;
    answer::read(&*delivery.issuer, delivery.dispatch.operation, &body, app.unknown_fields)
}

/// Records what an answer shows; what cannot be recorded is missing in a list, and no reason to doubt the answer.
async fn record(app: &App, delivery: &Delivery, ending: &Ending) {
    let Ok(answer) = ending else { return };
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

    use crate::claims::ClaimStore;
    use crate::claims::record::Subject;
    use crate::config::Config;
    use crate::intent::Scope;
    use crate::memory::MemoryClaims;

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

        async fn send(&self, _: &Dispatch, _: &Lease) -> Result<Bytes, Failure> {
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
        fn new(panics: bool, store: impl ClaimStore + 'static) -> Rig {
            let args = ["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s"];
            let app = App::new(&Config::try_parse_from(args).unwrap(), 1, &crate::store::Store::Memory).unwrap();
            let issuer = Arc::new(Scripted { sent: AtomicU32::new(0), panics });
            Rig { app: Arc::new(App { claims: app.claims.over(store), ..app }), issuer }
        }

        async fn once(&self, operation: &'static Operation) -> Result<Delivered, Problem> {
            let scope = Scope { tenant: "t".into(), user: "u".into(), operation: operation.name, key: "k".into() };
            let principal = Principal::local();
            let issuer = Arc::clone(&self.issuer) as Arc<dyn Issuer>;
            let dispatch = Dispatch { operation, body: String::new(), key: None };
            let delivery =
                Delivery { issuer, dispatch, principal, ends: None, external_user_id: None, trace: Trace::default() };
            let intent = Intent { operation, scope, fingerprint: [0; 32], subject: Subject::default() };
            let delivered = once(&self.app, &intent, &delivery, true, Instant::now() + Duration::from_secs(5)).await?;
            Ok(delivered.unwrap())
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
