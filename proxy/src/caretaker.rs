//! Looks after what was left behind: claims whose sender is gone, intents whose end is unknown, records that are old.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::app::App;
use crate::reconcile;

/// How many claims are looked at in one turn.
const MOST: u32 = 50;

/// How often what is old is forgotten.
const REAP_EVERY: Duration = Duration::from_secs(60 * 60);

/// Takes turns for as long as it is polled. All replicas do, and each claim is given to one of them.
pub(crate) async fn care(app: Arc<App>) {
    let mut turns = interval(app.claims.turn());
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reaped = None::<Instant>;
    loop {
        turns.tick().await;
        // A store that is down has been reported by the store.
        for (address, seen) in app.claims.due(MOST).await.unwrap_or_default() {
            if reconcile::reconcile(&app, &address, &seen).await.is_err() {
                break;
            }
        }
        if reaped.is_none_or(|reaped| reaped.elapsed() >= REAP_EVERY)
            && let Ok(count) = app.claims.reap().await
            && app.rates.reap().await.is_ok()
        {
            reaped = Some(Instant::now());
            tracing::debug!(count, "old claims forgotten");
        }
    }
}
