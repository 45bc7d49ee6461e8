//! The record that an intent is being, or has been, sent: what makes many copies one.
//!
//! ```text
//! record.rs    what is kept of an intent and of its card's lane
//! decide.rs    what a copy leads to          ┐ pure
//! step.rs      claim, start, end, settle     ┘
//! mod.rs       read, decide, put in its place if nobody was faster, else again
//! store.rs     what a store must be able to do; memory/ and sql.rs do, in bounded time
//! lease.rs     the right to send, looked at right before the first byte
//! ```

mod decide;
mod lease;
pub(crate) mod record;
mod settings;
mod sql;
mod step;
mod store;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod written;

pub(crate) use decide::ended;
pub(crate) use lease::Lease;
pub(crate) use settings::ClaimOptions;
#[cfg(test)]
pub(crate) use settings::RETENTION;
pub(crate) use store::{ClaimStore, StoreUnavailable};

use std::sync::Arc;
use std::time::Duration;

use cardwright::ErrorCode;
use cardwright::Safety;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use crate::clock::{Clock, Moment};
use crate::ending::{Ending, Failure};
use crate::fail_point::{self, Point};
use crate::intent::{Intent, Scope};
use crate::memory::{self, MemoryClaims};
use crate::metrics::METRICS;
use crate::store::Store;
use decide::{Action, Copy, decide};
use record::{Address, Audit, Change, Record, Snapshot, State};
use step::{NotNow, Token};

/// How often a step is tried again when others are faster. Each failure is another's success.
const MOST_TRIES: u32 = 100;

/// How long a waiting copy looks away: at first, and at most.
const LOOK_AWAY: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(250)];

/// What a copy is told when it asks to send.
pub(crate) enum Acquired {
    /// It sends, as long as the permit holds.
    Yours(Permit),
    /// The intent has ended like this.
    Ended(Ending),
    /// It may not be sent.
    Refused(Failure),
    /// Another copy, or another write to the same card, is still under way.
    InProgress,
}

/// The right to send an intent.
pub(crate) struct Permit {
    pub(crate) lease: Lease,
    address: Address,
    token: Token,
    before: Option<Failure>,
}

/// The claims of all replicas over one store.
#[derive(Clone)]
pub(crate) struct Claims {
    store: Arc<dyn ClaimStore>,
    clock: Clock,
    options: ClaimOptions,
    /// Wakes the copies of this replica that wait, whenever something ended here.
    ended: Arc<Notify>,
}

impl Claims {
    /// Claims in a store.
    pub(crate) fn new(store: Arc<dyn ClaimStore>, options: &ClaimOptions, clock: Clock) -> Claims {
        Claims { store, clock, options: options.clone(), ended: Arc::new(Notify::new()) }
    }

    /// The same claims over another store.
    #[cfg(test)]
    pub(crate) fn over(&self, store: impl ClaimStore + 'static) -> Claims {
        Claims { store: Arc::new(store), ..self.clone() }
    }

    /// The time by which claims are judged.
    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Claims an intent and begins to send it, or waits until it is known what became of it; both until the deadline.
    pub(crate) async fn acquire(&self, intent: &Intent, deadline: Instant) -> Result<Acquired, StoreUnavailable> {
        let address = intent.address();
        let mut waited_for = None;
        let mut pause = LOOK_AWAY[0];
        loop {
            // Heard from before the look, so that nothing that ends in between is missed.
            let ended = self.ended.notified();
            match self.attempt(intent, &address, waited_for).await? {
                Attempt::Claimed(token, before) => {
                    fail_point::hit(Point::AfterClaim).await;
                    if let Some(acquired) = self.enter(intent, &address, token, before, deadline).await? {
                        return Ok(acquired);
                    }
                }
                Attempt::Running(fence) => waited_for = Some(fence),
                Attempt::Ended(ending) => return Ok(Acquired::Ended(ending)),
                Attempt::Refused(failure) => return Ok(Acquired::Refused(failure)),
            }
            if Instant::now() >= deadline {
                return Ok(Acquired::InProgress);
            }
            let _ = timeout(pause.min(deadline.saturating_duration_since(Instant::now())), ended).await;
            pause = (pause * 2).min(LOOK_AWAY[1]);
        }
    }

    /// One look at the intent, and what follows from it.
    async fn attempt(
        &self,
        intent: &Intent,
        address: &Address,
        waited_for: Option<i64>,
    ) -> Result<Attempt, StoreUnavailable> {
        let safety = intent.operation.safety;
        let honoured = self.options.honours_keys.iter().any(|issuer| issuer == intent.operation.issuer());
        let copy = Copy { fingerprint: intent.fingerprint, safety, honoured };
        self.change(address, |seen, now| {
            if let Some(told) = given_back_to(seen, waited_for) {
                return Next::Keep(Attempt::Ended(Err(told)));
            }
            let fence = seen.record.as_ref().map_or(0, |record| record.fence);
            match decide(seen, &copy, now) {
                Action::Claim => {
                    let in_lane = address.lane.is_some();
                    let lease = self.options.lease_ms;
                    let (change, token) =
                        step::claim(seen, &intent.scope, &intent.subject, intent.fingerprint, in_lane, now, lease);
                    Next::Put(change, Attempt::Claimed(token, None))
                }
                Action::Resend => {
                    let before = seen.record.as_ref().and_then(|record| ended(record).err());
                    Next::Keep(Attempt::Claimed(Token { fence, resend: true }, before))
                }
                Action::Wait => Next::Keep(Attempt::Running(fence)),
                Action::Abandon => step::abandon(seen, now).map_or(Next::Again, Next::PutAndAgain),
                Action::Replay(ending) => Next::Keep(Attempt::Ended(ending)),
                Action::Refuse(failure) => Next::Keep(Attempt::Refused(failure)),
            }
        })
        .await
    }

    /// From claimed, or unknown, to sending, once no other write to the same card is being sent; nothing if the claim is lost.
    async fn enter(
        &self,
        intent: &Intent,
        address: &Address,
        token: Token,
        before: Option<Failure>,
        deadline: Instant,
    ) -> Result<Option<Acquired>, StoreUnavailable> {
        let urgent_at = Instant::now() + self.options.urgent_wait_ms;
        let mut pause = LOOK_AWAY[0];
        loop {
            let ended = self.ended.notified();
            let urgent = intent.operation.urgent && Instant::now() >= urgent_at;
            let lease = self.options.lease_ms;
            let started = self
                .change(address, |seen, now| match step::start(seen, token, urgent, now, lease) {
                    Ok((change, token)) => {
                        let end = change.record.due_at;
                        Next::Put(change, Ok((token, end)))
                    }
                    Err(why) => Next::Keep(Err(why)),
                })
                .await;
            match started {
                Ok(Ok((token, end))) => {
                    let lease = Lease::until(end, &self.clock);
                    return Ok(Some(Acquired::Yours(Permit { lease, address: address.clone(), token, before })));
                }
                Ok(Err(NotNow::Lost)) => return Ok(None),
                Ok(Err(NotNow::Overtaken)) => {
                    return Ok(Some(Acquired::Refused(superseded(token, intent.operation.safety))));
                }
                Ok(Err(NotNow::Busy)) if Instant::now() < deadline => {}
                Ok(Err(NotNow::Busy)) => {
                    self.give_back(address, token).await;
                    return Ok(Some(Acquired::InProgress));
                }
                Err(unavailable) => {
                    self.give_back(address, token).await;
                    return Err(unavailable);
                }
            }
            let wake = deadline.min(Instant::now() + pause);
            tokio::select! {
                () = ended => {}
                () = sleep_until(wake) => {}
            }
            pause = (pause * 2).min(LOOK_AWAY[1]);
        }
    }

    /// Gives a claim back under which nothing was sent; without a store it runs out by itself.
    async fn give_back(&self, address: &Address, token: Token) {
        if token.resend {
            return;
        }
        let not_sent = Err(Failure::new(ErrorCode::StoreUnavailable, Safety::Read));
        let _ = self.record_end(address, token, &not_sent).await;
    }

    /// Records how sending ended, and returns what the copy is told.
    ///
    /// # Errors
    /// The store cannot be written: what is told is right, and the record is still to be made.
    pub(crate) async fn end(&self, permit: &Permit, ending: Ending) -> (Ending, Result<(), StoreUnavailable>) {
        let recorded = self.record_end(&permit.address, permit.token, &ending).await;
        (step::told(permit.token, permit.before.clone(), ending), recorded)
    }

    async fn record_end(&self, address: &Address, token: Token, ending: &Ending) -> Result<(), StoreUnavailable> {
        let recorded = self
            .change(address, |seen, now| match step::end(seen, token, ending, now) {
                Some(change) => Next::Put(change, true),
                None => Next::Keep(false),
            })
            .await?;
        if recorded {
            self.ended.notify_waiters();
        } else {
            tracing::warn!("an ending came too late to be recorded");
        }
        Ok(())
    }

    /// What is known of an intent. Where nothing was sent, its key is closed by this question, so that nothing ever will be.
    pub(crate) async fn look(&self, scope: &Scope, address: &Address) -> Result<Option<Record>, StoreUnavailable> {
        let found = self
            .change(address, |seen, now| {
                if let Some(abandoned) = step::abandon(seen, now) {
                    return Next::PutAndAgain(abandoned);
                }
                match step::close(seen, scope, now) {
                    Some(closed) => Next::Put(closed, None),
                    None => Next::Keep(seen.record.clone()),
                }
            })
            .await?;
        Ok(found.filter(|record| record.state != State::Closed))
    }

    /// What is known of an intent. Nothing is closed by it.
    pub(crate) async fn peek(&self, address: &Address) -> Result<Option<Record>, StoreUnavailable> {
        self.change(address, |seen, now| match step::abandon(seen, now) {
            Some(abandoned) => Next::PutAndAgain(abandoned),
            None => Next::Keep(seen.record.clone().filter(|record| record.state != State::Closed)),
        })
        .await
    }

    /// Ends what is unknown; whether it was.
    pub(crate) async fn settle(
        &self,
        address: &Address,
        ending: &Ending,
        audit: Option<&Audit>,
    ) -> Result<bool, StoreUnavailable> {
        let settled = self
            .change(address, |seen, now| match step::settle(seen, ending.clone(), audit.cloned(), now) {
                Some(change) => Next::Put(change, true),
                None => Next::Keep(false),
            })
            .await?;
        if settled {
            self.ended.notify_waiters();
        }
        Ok(settled)
    }

    /// What needs somebody to look after it: the abandoned are marked as unknown on the way. Each is given to one replica.
    pub(crate) async fn due(&self, most: u32) -> Result<Vec<(Address, Snapshot)>, StoreUnavailable> {
        let mut due = Vec::new();
        for address in self.store.due(self.clock.now(), most).await? {
            due.extend(self.take_up(&address).await?.map(|seen| (address, seen)));
        }
        Ok(due)
    }

    /// Takes it on to look into an unknown intent, if it is due; whoever asks next is told it is not.
    pub(crate) async fn take_up(&self, address: &Address) -> Result<Option<Snapshot>, StoreUnavailable> {
        self.change(address, |seen, now| {
            if let Some(abandoned) = step::abandon(seen, now) {
                tracing::warn!(claim = &*address.claim, operation = abandoned.record.operation, "claim was abandoned");
                return Next::PutAndAgain(abandoned);
            }
            match step::put_off(seen, now) {
                Some(change) => Next::Put(change, Some(seen.clone())),
                None => Next::Keep(None),
            }
        })
        .await
    }

    /// Whether nothing was sent for an intent, and no copy of it is about to send.
    pub(crate) async fn is_new(&self, intent: &Intent) -> Result<bool, StoreUnavailable> {
        let seen = self.store.load(&intent.address()).await?;
        Ok(seen.record.is_none_or(|record| record.state == State::Claimed && record.fingerprint.is_none()))
    }

    /// How many intents for this user of the issuer's are open.
    pub(crate) async fn open_for(&self, tenant: &str, user_id: &str) -> Result<u64, StoreUnavailable> {
        self.store.open_for(tenant, user_id).await
    }

    /// How many intents are unknown, of all tenants.
    pub(crate) async fn unknown(&self) -> Result<u64, StoreUnavailable> {
        self.store.unknown().await
    }

    /// How those ended that are done.
    pub(crate) async fn ended_for(&self, tenant: &str, user_id: &str) -> Result<Vec<Ending>, StoreUnavailable> {
        self.store.ended_for(tenant, user_id).await
    }

    /// Forgets what has ended long ago; how many.
    pub(crate) async fn reap(&self) -> Result<u64, StoreUnavailable> {
        self.store.reap(self.clock.now().before(settings::RETENTION)).await
    }

    /// How long it is from one look after claims to the next.
    pub(crate) fn turn(&self) -> Duration {
        self.options.completer_ms
    }

    /// How long a claim holds.
    pub(crate) fn lease(&self) -> Duration {
        self.options.lease_ms
    }

    /// Reads what stands, and puts in its place what follows from it, as often as somebody else was faster.
    async fn change<T>(
        &self,
        address: &Address,
        mut follow: impl FnMut(&Snapshot, Moment) -> Next<T> + Send,
    ) -> Result<T, StoreUnavailable> {
        for _ in 0..MOST_TRIES {
            let seen = self.store.load(address).await?;
            let (change, then) = match follow(&seen, self.clock.now()) {
                Next::Keep(answer) => return Ok(answer),
                Next::Put(change, answer) => (change, Some(answer)),
                Next::PutAndAgain(change) => (change, None),
                Next::Again => continue,
            };
            let swapped = self.store.swap(address, &seen, &change).await?;
            if swapped {
                let from = seen.record.as_ref().map(|record| record.state.as_str());
                METRICS.stepped(from, change.record.state.as_str());
            }
            match (swapped, then) {
                (true, Some(answer)) => return Ok(answer),
                (true, None) => {}
                (false, _) => tokio::task::yield_now().await,
            }
        }
        tracing::error!(tries = MOST_TRIES, "claim could not be changed");
        Err(StoreUnavailable)
    }
}

enum Attempt {
    Claimed(Token, Option<Failure>),
    Running(i64),
    Ended(Ending),
    Refused(Failure),
}

/// What follows from a snapshot.
enum Next<T> {
    /// It stays, and this is the answer.
    Keep(T),
    /// This takes its place, and then this is the answer.
    Put(Change, T),
    /// This takes its place, and then it is looked at again.
    PutAndAgain(Change),
    /// It is looked at again.
    Again,
}

/// The failure of the copy that was waited for, where it sent nothing and gave the key back.
fn given_back_to(seen: &Snapshot, waited_for: Option<i64>) -> Option<Failure> {
    let record = seen.record.as_ref()?;
    let is_given_back = record.state == State::Claimed && record.fingerprint.is_none();
    if is_given_back && waited_for == Some(record.fence) { record.ending.clone()?.err() } else { None }
}

fn superseded(token: Token, safety: Safety) -> Failure {
    let failure = Failure::new(ErrorCode::Superseded, safety);
    let outcome = if token.resend { cardwright::Outcome::Unknown } else { failure.outcome };
    Failure { outcome, ..failure }
}

/// The store of claims in a store.
pub(crate) fn in_store(store: &Store) -> Arc<dyn ClaimStore> {
    match store {
        Store::Memory => Arc::new(MemoryClaims::new(memory::CAPACITY)),
        Store::Sqlite(file) => Arc::new(sql::SqliteClaims(file.clone())),
        Store::Postgres(pool) => Arc::new(sql::PostgresClaims(pool.clone())),
    }
}
