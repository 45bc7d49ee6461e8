//! A write that passed every rule, and all who have a word on it before it is claimed: the operator's own answer, the limits, the
//! question whether it is meant once more. They are asked about what is new, and not about copies.

use std::sync::Arc;

use tokio::time::Instant;

use crate::app::App;
use crate::audit::Act;
use crate::authorize;
use crate::deliver::{self, Delivered, Delivery};
use crate::intent::Intent;
use crate::problem::Problem;
use crate::recent::Mark;

/// A write that passed every rule.
pub(super) struct Write {
    pub(super) intent: Intent,
    /// Where marks are made.
    pub(super) mark: Option<Mark>,
    /// Whether the caller says that the same is meant once more.
    pub(super) confirmed: bool,
    pub(super) delivery: Delivery,
    pub(super) deadline: Instant,
}

/// Sends a write that may be sent, and notes who did what.
pub(super) async fn audited(app: &Arc<App>, act: Act, write: Write) -> Result<Delivered, Problem> {
    let delivered = loop {
        let mut asked = is_new(app, &write).await?;
        if asked {
            let verdict = authorize::before(app, &write.intent, act.principal(), act.ids()).await;
            asked = app.audit.judged(&act, verdict).await?;
        }
        let delivered = match asked {
            true => limited(app, &write).await?,
            false => write.send(app, false).await?,
        };
        // What passed for a copy and is none begins anew.
        if let Some(delivered) = delivered {
            break delivered;
        }
    };
    if !delivered.replayed {
        app.audit.ended(&app.tasks, &act, &delivered.ending);
    }
    Ok(delivered)
}

/// Whether a write is new, for all who have a word on what is; copies of what was sent are told how that ended, whatever else was
/// decided or asked since.
async fn is_new(app: &App, write: &Write) -> Result<bool, Problem> {
    let has_to_be_known = app.authorizer.is_some() || app.rates.counts(&write.intent) || write.mark.is_some();
    if !has_to_be_known {
        return Ok(true);
    }
    match app.claims.is_new(&write.intent).await {
        // Without a store a freeze goes out without a claim.
        Err(_) if write.intent.operation.urgent => Ok(true),
        is_new => Ok(is_new?),
    }
}

/// Sends a new write, if its caller may have one more card made, where it makes one.
async fn limited(app: &Arc<App>, write: &Write) -> Result<Option<Delivered>, Problem> {
    let place = app.rates.take_place(&write.intent).await?;
    let delivered = meant_once(app, write).await;
    if let Some(place) = place {
        app.rates.ended(&place, &write.intent, &app.claims, &delivered).await;
    }
    delivered
}

/// Sends a new write, after the question whether it is meant, where one is asked.
async fn meant_once(app: &Arc<App>, write: &Write) -> Result<Option<Delivered>, Problem> {
    let marked = app.recent.as_ref().zip(write.mark.as_ref());
    if let Some((recent, mark)) = marked {
        recent.ask(mark, write.confirmed).await?;
    }
    let delivered = write.send(app, true).await?;
    if let (Some((recent, mark)), Some(delivered)) = (marked, &delivered) {
        recent.ended(mark, delivered).await;
    }
    Ok(delivered)
}

impl Write {
    async fn send(&self, app: &Arc<App>, asked: bool) -> Result<Option<Delivered>, Problem> {
        deliver::once(app, &self.intent, &self.delivery, asked, self.deadline).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{app, ask};
    use super::*;
    use async_trait::async_trait;
    use cardwright::ErrorCode;
    use std::sync::atomic::{AtomicBool, Ordering};

    use crate::claims::record::{Address, Change, Done, Named, Record, Snapshot, State};
    use crate::claims::tests::record;
    use crate::claims::{ClaimStore, StoreUnavailable};
    use crate::clock::Moment;
    use crate::memory::MemoryClaims;

    /// Claims in which another request holds the key when it is looked for first, and has given it back right after.
    struct GivenBack {
        claims: MemoryClaims,
        looked: Arc<AtomicBool>,
    }

    #[async_trait]
    impl ClaimStore for GivenBack {
        async fn load(&self, at: &Address) -> Result<Snapshot, StoreUnavailable> {
            if self.looked.swap(true, Ordering::SeqCst) {
                return self.claims.load(at).await;
            }
            let held = Record { fingerprint: Some([9; 32]), ..record(State::Sending) };
            Ok(Snapshot { record: Some(held), version: 1, ..Snapshot::default() })
        }

        async fn swap(&self, at: &Address, seen: &Snapshot, change: &Change) -> Result<bool, StoreUnavailable> {
            self.claims.swap(at, seen, change).await
        }

        async fn due(&self, _: Moment, _: u32) -> Result<Vec<Address>, StoreUnavailable> {
            Err(StoreUnavailable)
        }

        async fn open_for(&self, _: &str, _: &str) -> Result<u64, StoreUnavailable> {
            Err(StoreUnavailable)
        }

        async fn unknown(&self) -> Result<u64, StoreUnavailable> {
            Err(StoreUnavailable)
        }

        async fn done_for(&self, _: &str, _: &str) -> Result<Vec<Done>, StoreUnavailable> {
            Err(StoreUnavailable)
        }

        async fn named(&self, _: &str) -> Result<Vec<Named>, StoreUnavailable> {
            Err(StoreUnavailable)
        }

        async fn reap(&self, _: Moment) -> Result<u64, StoreUnavailable> {
            Err(StoreUnavailable)
        }
    }

    #[tokio::test]
    async fn what_passed_for_a_copy_and_is_none_is_asked_about_before_it_is_sent() {
        for (option, code) in [
            ("--creates-per-minute=1", ErrorCode::RateLimited),
            ("--ask-before-duplicates", ErrorCode::PossibleDuplicate),
        ] {
            let looked = Arc::new(AtomicBool::new(true));
            let app = app(&[option]);
            let claims = app.claims.over(GivenBack { claims: MemoryClaims::new(9), looked: Arc::clone(&looked) });
            let app = Arc::new(App { claims, ..app });
            let scopes = ["pintopay.createCard"];
            assert!(ask(&app, &scopes, "0123456789abcdef").await.is_ok());
            looked.store(false, Ordering::SeqCst);
            assert_eq!(ask(&app, &scopes, "another-key-0123").await.unwrap_err().code, code);
        }
    }
}
