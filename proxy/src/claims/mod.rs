//! The record that an intent is being, or has been, sent: what makes many copies one.
//!
//! ```text
//! record.rs    what is kept of an intent and of its card's lane
//! decide.rs    what a copy leads to          ┐ pure
//! step.rs      claim, start, end, settle     ┘
//! change.rs    read, decide, put in its place if nobody was faster, else again
//! acquire.rs   one copy sends, the others wait for it
//! mod.rs       how sending ended, what is known of an intent, what is due
//! store.rs     what a store must be able to do; memory/ and sql.rs do, in bounded time
//! lease.rs     the right to send, looked at right before the first byte
//! ```

mod acquire;
mod change;
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

pub(crate) use acquire::{Acquired, Permit};
pub(crate) use decide::ended;
pub(crate) use lease::Lease;
pub(crate) use settings::ClaimOptions;
#[cfg(test)]
pub(crate) use settings::RETENTION;
pub(crate) use store::{ClaimStore, StoreUnavailable};

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::{Clock, Moment};
use crate::ending::Ending;
use crate::intent::{Intent, Scope};
use crate::memory::{self, MemoryClaims};
use crate::store::Store;
use change::Next;
use record::{Address, Audit, Done, Named, Record, Snapshot, State};
use step::Token;

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

    /// Ends what was found unknown at this fence; whether it still was.
    pub(crate) async fn settle(
        &self,
        address: &Address,
        fence: i64,
        ending: &Ending,
        audit: Option<&Audit>,
    ) -> Result<bool, StoreUnavailable> {
        let settled = self
            .change(address, |seen, now| match step::settle(seen, fence, ending.clone(), audit.cloned(), now) {
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

    /// Whether something newer for the same card was sent.
    pub(crate) async fn is_overtaken(&self, address: &Address) -> Result<bool, StoreUnavailable> {
        Ok(self.store.load(address).await?.is_overtaken())
    }

    /// Whether nothing was sent for an intent, and no copy of it is about to send.
    pub(crate) async fn is_new(&self, intent: &Intent) -> Result<bool, StoreUnavailable> {
        let seen = self.store.load(&intent.address()).await?;
        Ok(seen.is_free())
    }

    /// How many intents for this user of the issuer's are open.
    pub(crate) async fn open_for(&self, tenant: &str, user_id: &str) -> Result<u64, StoreUnavailable> {
        self.store.open_for(tenant, user_id).await
    }

    /// How many intents are unknown, of all tenants.
    pub(crate) async fn unknown(&self) -> Result<u64, StoreUnavailable> {
        self.store.unknown().await
    }

    /// Those for this user of the issuer's that are done.
    pub(crate) async fn done_for(&self, tenant: &str, user_id: &str) -> Result<Vec<Done>, StoreUnavailable> {
        self.store.done_for(tenant, user_id).await
    }

    /// The cards that persons of a tenant named.
    pub(crate) async fn named(&self, tenant: &str) -> Result<Vec<Named>, StoreUnavailable> {
        self.store.named(tenant).await
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
}

/// The store of claims in a store.
pub(crate) fn in_store(store: &Store) -> Arc<dyn ClaimStore> {
    match store {
        Store::Memory => Arc::new(MemoryClaims::new(memory::CAPACITY)),
        Store::Sqlite(file) => Arc::new(sql::SqliteClaims(file.clone())),
        Store::Postgres(pool) => Arc::new(sql::PostgresClaims(pool.clone())),
    }
}
