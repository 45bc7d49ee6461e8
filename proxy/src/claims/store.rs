//! What a store of claims must be able to do: show what stands, and put something else in its place if nobody was faster.
//!
//! Nothing is decided in a store. What it promises:
//! - [`ClaimStore::swap`] is atomic, and durable before it returns `true`.
//! - What is sending or unknown is never forgotten, neither with time nor to make room.

use async_trait::async_trait;

use super::record::{Address, Change, Done, Named, Snapshot};
use crate::clock::Moment;

/// The store cannot be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoreUnavailable;

/// Where claims are kept.
#[async_trait]
pub(crate) trait ClaimStore: Send + Sync {
    /// What stands at an address; claim and lane as of one moment.
    async fn load(&self, at: &Address) -> Result<Snapshot, StoreUnavailable>;

    /// Puts a change in the place of what was seen; `false`, and nothing is changed, if something else stands there now. The lane
    /// is compared too where it changes. The claim goes over to the lane of the address, where that has one.
    async fn swap(&self, at: &Address, seen: &Snapshot, change: &Change) -> Result<bool, StoreUnavailable>;

    /// Sending whose lease has ended, and unknown that may be read: at most this many, those that wait longest first.
    async fn due(&self, now: Moment, most: u32) -> Result<Vec<Address>, StoreUnavailable>;

    /// How many intents of a tenant for an issuer's user are being sent or unknown, in whichever case his id was written.
    async fn open_for(&self, tenant: &str, user_id: &str) -> Result<u64, StoreUnavailable>;

    /// How many intents of all tenants are unknown.
    async fn unknown(&self) -> Result<u64, StoreUnavailable>;

    /// The done intents of a tenant for an issuer's user, in whichever case his id was written.
    async fn done_for(&self, tenant: &str, user_id: &str) -> Result<Vec<Done>, StoreUnavailable>;

    /// The cards that persons of a tenant named, also of intents that were forgotten since.
    async fn named(&self, tenant: &str) -> Result<Vec<Named>, StoreUnavailable>;

    /// Forgets what last changed before this and is neither sending nor unknown; how many claims. What is done stays as long as
    /// another intent for the same user is open: it tells whose a card is that the issuer lists.
    async fn reap(&self, before: Moment) -> Result<u64, StoreUnavailable>;
}
