//! How much one caller may ask for: calls a minute, cards a minute and a day.
//!
//! ```text
//! options.rs   what is allowed
//! address.rs   whose call it is, as the last hop of ours saw it
//! rates.rs     calls within the last minute, exactly; in PostgreSQL for all replicas
//! places.rs    one place for each card, taken before the claim and given back where none was made
//! busy.rs      how many requests are worked on at once
//! ```
//!
//! What is refused is refused before the key is looked at: it can be asked again under the same one. Freezing has a bucket of
//! its own, which is this replica's alone: no other call, no store and no other limit stops it.

mod address;
mod busy;
mod options;
mod places;
mod rates;

pub(crate) use address::Peer;
pub(crate) use busy::{Busy, Work};
pub(crate) use options::LimitOptions;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cardwright::{ErrorCode, OPERATIONS, Outcome, Safety};
use uuid::Uuid;

use crate::app::App;
use crate::claims::{Claims, StoreUnavailable};
use crate::clock::{Clock, Moment};
use crate::deliver::Delivered;
use crate::intent::{Intent, name_of};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::store::Store;
use options::Rules;
use places::{Full, Holder, Place, Places, Taking};
use rates::{Rates, Windows};

/// The limits of all replicas over one store.
pub(crate) struct Limits {
    rules: Rules,
    clock: Clock,
    /// What this replica counts by itself.
    own: Windows,
    /// What all replicas count, where there can be several.
    shared: Option<Arc<dyn Rates>>,
    places: Arc<dyn Places>,
}

impl Limits {
    /// The limits of this configuration; `is_local` where nobody says who is calling, so that all are one user.
    pub(crate) fn new(options: &LimitOptions, is_local: bool, store: &Store) -> Limits {
        Limits {
            rules: options.rules(is_local),
            clock: Clock::of_the_machine(),
            own: Windows::default(),
            shared: rates::shared(store),
            places: places::in_store(store),
        }
    }

    /// Counts a call of a bucket, or says when there is room again.
    async fn count(&self, bucket: &[&str], most: Option<u32>, is_urgent: bool) -> Result<(), Problem> {
        let Some(most) = most else { return Ok(()) };
        let (bucket, now) = (name_of(bucket), self.clock.now());
        let wait = match self.shared.as_ref().filter(|_| !is_urgent) {
            None => self.own.count(&bucket, most, now),
            Some(shared) => match shared.count(&bucket, most, now).await {
                Ok(wait) => wait,
                // Without the store the limit holds for each replica.
                Err(StoreUnavailable) => self.own.count(&bucket, most, now),
            },
        };
        wait.map_or(Ok(()), |wait| Err(Problem::new(ErrorCode::RateLimited).again_in(wait)))
    }

    /// Whether an intent needs a place: it makes a card, and these have a limit.
    pub(crate) fn counts(&self, intent: &Intent) -> bool {
        let makes_a_card = matches!(intent.operation.safety, Safety::Keyed | Safety::Once);
        makes_a_card && (self.rules.creates_per_minute.is_some() || self.rules.cards_per_day.is_some())
    }

    /// Takes a place for the card that a new intent makes, if it needs one.
    pub(crate) async fn take_place(&self, intent: &Intent) -> Result<Option<Place>, Problem> {
        if !self.counts(intent) {
            return Ok(None);
        }
        let place = Place {
            holder: Holder(name_of(&["cards", &intent.scope.tenant, &intent.scope.user])),
            intent: intent.scope.upstream_key(),
            token: Uuid::new_v4().to_string(),
        };
        let now = self.clock.now();
        let [per_minute, per_day] = [self.rules.creates_per_minute, self.rules.cards_per_day];
        let taking = Taking { now, midnight: now.midnight(), per_minute, per_day };
        match self.places.take(&place, taking).await? {
            Ok(()) => Ok(Some(place)),
            Err(Full::Minute(wait)) => Err(Problem::new(ErrorCode::RateLimited).again_in(wait)),
            Err(Full::Day) => {
                let tomorrow = taking.midnight.after(DAY);
                Err(Problem::new(ErrorCode::CardLimitReached).again_in(tomorrow.since(now)))
            }
        }
    }

    /// Gives a place back under which no card was made. Where that cannot be recorded, it stays taken until midnight.
    pub(crate) async fn ended(
        &self,
        place: &Place,
        intent: &Intent,
        claims: &Claims,
        delivered: &Result<Option<Delivered>, Problem>,
    ) {
        let is_free = match delivered {
            Ok(Some(Delivered { ending: Ok(_), .. })) => false,
            Ok(Some(Delivered { ending: Err(failure), .. })) => failure.outcome != Outcome::Unknown,
            Ok(None) => true,
            // No copy has sent it, and none will.
            Err(problem) if matches!(problem.code, ErrorCode::Superseded | ErrorCode::KeyClosed) => {
                problem.outcome == Outcome::NotSent
            }
            // This copy sent nothing; another may have.
            Err(problem) => problem.outcome == Outcome::NotSent && claims.is_new(intent).await.unwrap_or(false),
        };
        if is_free && self.places.give_back(place).await.is_err() {
            tracing::warn!("place of a card could not be given back");
        }
    }

    /// Forgets what counts no longer.
    pub(crate) async fn reap(&self) -> Result<(), StoreUnavailable> {
        let now = self.clock.now();
        if let Some(shared) = &self.shared {
            shared.forget(now).await?;
        }
        self.places.forget(now.before(2 * DAY)).await
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Counts each call for the address it comes from, where a hop of ours tells it.
pub(crate) async fn by_address(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let limits = &app.rates;
    let peer = request.extensions().get::<Peer>();
    if let Some(source) = peer.and_then(|peer| limits.rules.hops.source(*peer, request.headers())) {
        let is_urgent = is_urgent(&request);
        let bucket = ["address", if is_urgent { "urgent" } else { "any" }, &source.to_string()];
        if let Err(problem) = limits.count(&bucket, limits.rules.per_address, is_urgent).await {
            return problem.into_response();
        }
    }
    next.run(request).await
}

/// Counts each call for its user.
pub(crate) async fn by_user(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    request: Request,
    next: Next,
) -> Response {
    let (rules, is_urgent) = (&app.rates.rules, is_urgent(&request));
    let (kind, most) = if is_urgent { ("freezes", rules.freezes) } else { ("calls", rules.calls) };
    let counted = app.rates.count(&[kind, &principal.tenant, &principal.user], most, is_urgent).await;
    match counted {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Whether a request below the base, which its path has not, is one that nothing may hold up.
fn is_urgent(request: &Request) -> bool {
    OPERATIONS.iter().any(|operation| operation.urgent && operation.path == request.uri().path())
}

impl Moment {
    /// When its day began, in UTC.
    fn midnight(self) -> Moment {
        Moment(self.0 - self.0.rem_euclid(i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX)))
    }
}
