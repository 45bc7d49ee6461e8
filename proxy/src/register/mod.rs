//! The record of what was seen in answers: last known state, not a live question to the issuer.

mod card;
mod order;

pub(crate) use card::{SeenCard, TERMINATED, cards_in};
pub(crate) use order::{SeenOrder, order_in};

use async_trait::async_trait;

use crate::claims::StoreUnavailable;

/// How many records a page of the register holds.
pub(crate) const PER_PAGE: u32 = 25;

/// What an answer taught.
#[derive(Default)]
pub(crate) struct Sighting {
    /// A card that ended with it, though the answer does not show it.
    pub(crate) ended: Option<String>,
    /// The cards it shows.
    pub(crate) cards: Vec<SeenCard>,
    /// The order it shows.
    pub(crate) order: Option<SeenOrder>,
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
    /// takes no order back.
    async fn record(&self, tenant: &str, sighting: Sighting) -> Result<(), StoreUnavailable>;

    /// The cards of one user or all.
    async fn cards(&self, tenant: &str, user_id: Option<&str>, page: u32) -> Result<Page<SeenCard>, StoreUnavailable>;

    /// The orders for one user or all.
    async fn orders(
        &self,
        tenant: &str,
        external_user_id: Option<&str>,
        page: u32,
    ) -> Result<Page<SeenOrder>, StoreUnavailable>;
}

/// The register in a store.
pub(crate) fn in_store(_store: &crate::store::Store) -> std::sync::Arc<dyn Register> {
    std::sync::Arc::new(crate::memory::MemoryRegister::new(crate::memory::CAPACITY))
}
