//! One change of what stands: read, decided, and put in its place if nobody was faster; else all of it again.

use super::record::{Address, Change, Snapshot};
use super::{Claims, StoreUnavailable};
use crate::clock::Moment;
use crate::metrics::METRICS;

/// How often a step is tried again when others are faster. Each failure is another's success.
const MOST_TRIES: u32 = 100;

/// What follows from a snapshot.
pub(super) enum Next<T> {
    /// It stays, and this is the answer.
    Keep(T),
    /// This takes its place, and then this is the answer.
    Put(Change, T),
    /// This takes its place, and then it is looked at again.
    PutAndAgain(Change),
    /// It is looked at again.
    Again,
}

impl Claims {
    /// Reads what stands, and puts in its place what follows from it, as often as somebody else was faster.
    pub(super) async fn change<T>(
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
