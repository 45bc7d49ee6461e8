//! The register in memory.

use std::collections::BTreeSet;
use std::sync::Mutex;

use async_trait::async_trait;

use super::lock;
use super::shelf::Shelf;
use crate::claims::StoreUnavailable;
use crate::register::{Page, Register, SeenCard, SeenOrder, Sighting, TERMINATED, What};

/// Seen cards and orders that live as long as the process.
pub(crate) struct MemoryRegister {
    cards: Mutex<Shelf<SeenCard>>,
    orders: Mutex<Shelf<SeenOrder>>,
}

impl MemoryRegister {
    /// Room for so many cards, and as many orders.
    pub(crate) fn new(capacity: usize) -> MemoryRegister {
        MemoryRegister { cards: Mutex::new(Shelf::new(capacity)), orders: Mutex::new(Shelf::new(capacity)) }
    }
}

#[async_trait]
impl Register for MemoryRegister {
    async fn record(&self, tenant: &str, sighting: Sighting) -> Result<(), StoreUnavailable> {
        let mut cards = lock(&self.cards);
        if let Some(id) = sighting.ended() {
            for card in cards.of_mut(tenant).filter(|card| card.id.eq_ignore_ascii_case(id)) {
                card.status = TERMINATED.into();
            }
        }
        for card in sighting.cards {
            cards.see(tenant, card);
        }
        drop(cards);
        if let Some(order) = sighting.order {
            lock(&self.orders).see(tenant, order);
        }
        Ok(())
    }

    async fn cards(&self, tenant: &str, users: Option<&[&str]>, page: u32) -> Result<Page<SeenCard>, StoreUnavailable> {
        let is_for = |card: &SeenCard, users: &[&str]| users.iter().any(|user| card.user_id.eq_ignore_ascii_case(user));
        let is_asked = |card: &SeenCard| users.is_none_or(|users| is_for(card, users));
        Ok(lock(&self.cards).page(tenant, page, is_asked))
    }

    async fn orders(
        &self,
        tenant: &str,
        users: Option<&[&str]>,
        page: u32,
    ) -> Result<Page<SeenOrder>, StoreUnavailable> {
        let is_for = |order: &SeenOrder, users: &[&str]| {
            order.external_user_id.as_deref().is_some_and(|user| users.contains(&user))
        };
        let is_asked = |order: &SeenOrder| users.is_none_or(|users| is_for(order, users));
        Ok(lock(&self.orders).page(tenant, page, is_asked))
    }

    async fn users_of(&self, tenant: &str, what: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
        let of_order = |order: &SeenOrder| order.external_user_id.clone();
        Ok(match what {
            What::Card(id) => {
                let cards = lock(&self.cards);
                let own =
                    cards.of(tenant).find(|card| card.id.eq_ignore_ascii_case(id)).map(|card| card.user_id.clone());
                let orders = lock(&self.orders);
                let made = orders.of(tenant).filter(|order| order.card_id.as_deref() == Some(id)).filter_map(of_order);
                own.into_iter().chain(made).collect()
            }
            What::Order(id) => lock(&self.orders).get(tenant, id).and_then(of_order).into_iter().collect(),
        })
    }

    async fn tenants_of(&self, what: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
        let (cards, orders) = (lock(&self.cards), lock(&self.orders));
        let tenants: BTreeSet<_> = match what {
            What::Card(id) => {
                let own = cards.tenants_of(|card| card.id.eq_ignore_ascii_case(id));
                own.chain(orders.tenants_of(|order| order.card_id.as_deref() == Some(id))).collect()
            }
            What::Order(id) => orders.tenants_of(|order| order.order_id == id).collect(),
        };
        Ok(tenants.into_iter().map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(number: u32) -> SeenCard {
        SeenCard {
            id: format!("card-{number}"),
            card_type: "virtual".into(),
            last_four: "4242".into(),
            status: "active".into(),
            user_id: format!("user-{}", number % 2),
            business_id: None,
            created_at: format!("2026-01-01T00:00:{number:02}.000Z"),
            observed_at: format!("2026-01-02T00:00:{number:02}.000Z"),
            owner: "local".into(),
        }
    }

    fn order(number: u32, status: &str, external_user_id: Option<&str>) -> SeenOrder {
        SeenOrder {
            order_id: format!("order-{number}"),
            order_type: "card_issue".into(),
            status: status.into(),
            card_id: None,
            last_error_slug: None,
            created_at: format!("2026-01-01T00:00:{number:02}.000Z"),
            completed_at: None,
            failed_at: None,
            issue_status: None,
            is_issued: None,
            external_user_id: external_user_id.map(str::to_owned),
            observed_at: format!("2026-01-02T00:00:{number:02}.000Z"),
            owner: "local".into(),
        }
    }

    async fn filled(capacity: usize, cards: std::ops::Range<u32>) -> MemoryRegister {
        let register = MemoryRegister::new(capacity);
        let sighting = Sighting { cards: cards.map(card).collect(), ..Sighting::default() };
        register.record("t", sighting).await.unwrap();
        register
    }

    fn ids(page: &Page<SeenCard>) -> Vec<&str> {
        page.items.iter().map(|card| card.id.as_str()).collect()
    }

    #[tokio::test]
    async fn pages_are_newest_first_and_a_tenants_own() {
        let register = filled(100, 0..30).await;
        let first = register.cards("t", None, 1).await.unwrap();
        assert_eq!((first.total, first.items.len(), first.items[0].id.as_str()), (30, 25, "card-29"));
        let second = register.cards("t", None, 2).await.unwrap();
        assert_eq!(ids(&second), ["card-4", "card-3", "card-2", "card-1", "card-0"]);
        assert_eq!(register.cards("t", Some(&["user-1"]), 1).await.unwrap().total, 15);
        assert_eq!(register.cards("other", None, 1).await.unwrap().total, 0);
    }

    #[tokio::test]
    async fn an_ended_card_is_marked_unless_the_answer_shows_it() {
        let register = filled(100, 0..2).await;
        for (ended, shown) in [("card-0", 2), ("card-1", 1)] {
            let sighting = Sighting { ended: Some(ended.into()), cards: vec![card(shown)], order: None };
            register.record("t", sighting).await.unwrap();
        }
        let page = register.cards("t", None, 1).await.unwrap();
        let statuses: Vec<_> = page.items.iter().map(|card| card.status.as_str()).collect();
        assert_eq!(statuses, ["active", "active", TERMINATED]);
    }

    #[tokio::test]
    async fn the_longest_unseen_makes_room() {
        let register = filled(2, 0..3).await;
        assert_eq!(ids(&register.cards("t", None, 1).await.unwrap()), ["card-2", "card-1"]);
    }

    #[tokio::test]
    async fn an_order_is_one_record_that_goes_forward_only() {
        let register = MemoryRegister::new(100);
        for seen in [
            order(1, "new", Some("ext-1")),
            order(2, "new", Some("ext-2")),
            order(1, "completed", None),
            order(1, "processing", None),
        ] {
            register.record("t", Sighting { order: Some(seen), ..Sighting::default() }).await.unwrap();
        }
        let all = register.orders("t", None, 1).await.unwrap();
        assert_eq!(all.items, [order(2, "new", Some("ext-2")), order(1, "completed", Some("ext-1"))]);
        let of_one = register.orders("t", Some(&["ext-1"]), 1).await.unwrap();
        assert_eq!((of_one.total, of_one.items[0].order_id.as_str()), (1, "order-1"));
        assert_eq!(register.orders("other", None, 1).await.unwrap().total, 0);
    }
}
