//! The record of what was seen in answers: last known state, not a live question to the issuer.

mod card;
mod order;
mod sql;

#[cfg(test)]
mod equivalence;

pub(crate) use card::{SeenCard, TERMINATED, cards_in};
pub(crate) use order::{SeenOrder, order_in};

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use crate::claims::StoreUnavailable;
use crate::memory::{self, MemoryRegister};
use crate::store::Store;

/// How many records a page of the register holds.
pub(crate) const PER_PAGE: u32 = 25;

/// What an answer taught.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sighting {
    /// A card that ended with it, though the answer does not show it.
    pub(crate) ended: Option<String>,
    /// The cards it shows.
    pub(crate) cards: Vec<SeenCard>,
    /// The order it shows.
    pub(crate) order: Option<SeenOrder>,
}

impl Sighting {
    /// Whether it taught nothing.
    fn is_empty(&self) -> bool {
        self.ended.is_none() && self.cards.is_empty() && self.order.is_none()
    }

    /// The card that ended with it; what the answer shows weighs more.
    pub(crate) fn ended(&self) -> Option<&str> {
        self.ended.as_deref().filter(|id| self.cards.iter().all(|card| !card.id.eq_ignore_ascii_case(id)))
    }

    /// The ids of all it is about, each once and in order, in whichever case they are written.
    fn ids(&self) -> BTreeSet<String> {
        let cards = self.cards.iter().map(|card| card.id.as_str());
        let orders = self.order.as_ref().map(|order| order.order_id.as_str());
        cards.chain(self.ended()).chain(orders).map(str::to_ascii_lowercase).collect()
    }
}

/// What is seen again and again, not always in the order in which it happened.
pub(crate) trait Follows: Sized {
    /// What is known once `self` was, and then `next` was recorded.
    fn followed_by(self, next: Self) -> Self;
}

/// What is known once `next` was recorded; before, there may have been nothing.
pub(crate) fn known<T: Follows>(before: Option<T>, next: T) -> T {
    match before {
        Some(before) => before.followed_by(next),
        None => next,
    }
}

/// Something that belongs to somebody, by its id.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What<'a> {
    /// A card, of whichever issuer.
    Card(&'a str),
    /// An order.
    Order(&'a str),
}

/// A page of the register.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// How many there are on all pages.
    pub(crate) total: usize,
}

/// Where it is kept what was seen. Pages are newest first, of one tenant, and count from 1.
#[async_trait]
pub(crate) trait Register: Send + Sync {
    /// Records what was seen; what the answer shows weighs more than what is concluded from it, and an answer that comes late
    /// takes nothing back.
    async fn record(&self, tenant: &str, sighting: Sighting) -> Result<(), StoreUnavailable>;

    /// The cards of these users, in whichever case their ids are written, or all.
    async fn cards(&self, tenant: &str, users: Option<&[&str]>, page: u32) -> Result<Page<SeenCard>, StoreUnavailable>;

    /// The orders for these users or all.
    async fn orders(
        &self,
        tenant: &str,
        users: Option<&[&str]>,
        page: u32,
    ) -> Result<Page<SeenOrder>, StoreUnavailable>;

    /// The users to whom something belongs; none where it was never seen.
    async fn users_of(&self, tenant: &str, what: What<'_>) -> Result<Vec<String>, StoreUnavailable>;

    /// The tenants in whose answers something was seen.
    async fn tenants_of(&self, what: What<'_>) -> Result<Vec<String>, StoreUnavailable>;
}

/// The register in a store.
pub(crate) fn in_store(store: &Store) -> Arc<dyn Register> {
    match store {
        Store::Memory => Arc::new(MemoryRegister::new(memory::CAPACITY)),
        Store::Sqlite(file) => Arc::new(sql::SqliteRegister(file.clone())),
        Store::Postgres(pool) => Arc::new(sql::PostgresRegister(pool.clone())),
    }
}
