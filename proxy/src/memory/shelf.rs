//! Records of one kind in memory, by tenant and id, and never more than fit.

use std::collections::HashMap;

use crate::register::{Follows, PER_PAGE, Page, SeenCard, SeenOrder, known};

/// What a shelf must know of a record.
pub(super) trait Record: Clone + Follows {
    /// Its id, unique within a tenant.
    fn id(&self) -> &str;
    /// When it was made, by which pages are sorted.
    fn created_at(&self) -> &str;
    /// When it was last seen.
    fn observed_at(&self) -> &str;
}

impl Record for SeenCard {
    fn id(&self) -> &str {
        &self.id
    }

    fn created_at(&self) -> &str {
        &self.created_at
    }

    fn observed_at(&self) -> &str {
        &self.observed_at
    }
}

impl Record for SeenOrder {
    fn id(&self) -> &str {
        &self.order_id
    }

    fn created_at(&self) -> &str {
        &self.created_at
    }

    fn observed_at(&self) -> &str {
        &self.observed_at
    }
}

/// Records that live as long as the process.
pub(super) struct Shelf<T> {
    capacity: usize,
    records: HashMap<(String, String), T>,
}

impl<T: Record> Shelf<T> {
    /// Room for so many records; the one that was not seen for longest makes room for the next.
    pub(super) fn new(capacity: usize) -> Shelf<T> {
        Shelf { capacity, records: HashMap::new() }
    }

    /// A record.
    pub(super) fn get(&self, tenant: &str, id: &str) -> Option<&T> {
        self.records.get(&(tenant.to_owned(), id.to_owned()))
    }

    /// A tenant's records, to be changed.
    pub(super) fn of_mut(&mut self, tenant: &str) -> impl Iterator<Item = &mut T> {
        self.records.iter_mut().filter(move |((of, _), _)| of == tenant).map(|(_, record)| record)
    }

    /// The tenants of the records that are meant, each as often as it has one.
    pub(super) fn tenants_of(&self, is_meant: impl Fn(&T) -> bool) -> impl Iterator<Item = &str> {
        self.records.iter().filter(move |(_, record)| is_meant(record)).map(|((of, _), _)| of.as_str())
    }

    /// Records what was seen, after what was known of it.
    pub(super) fn see(&mut self, tenant: &str, record: T) {
        let key = (tenant.to_owned(), record.id().to_owned());
        if self.records.len() >= self.capacity && !self.records.contains_key(&key) {
            let longest_unseen = self.records.iter().min_by(|a, b| a.1.observed_at().cmp(b.1.observed_at()));
            if let Some(key) = longest_unseen.map(|(key, _)| key.clone()) {
                self.records.remove(&key);
            }
        }
        let record = known(self.records.remove(&key), record);
        self.records.insert(key, record);
    }

    /// A tenant's records, in no order.
    pub(super) fn of(&self, tenant: &str) -> impl Iterator<Item = &T> {
        self.records.iter().filter(move |((of, _), _)| of == tenant).map(|(_, record)| record)
    }

    /// A page of a tenant's records, newest first; `page` counts from 1.
    pub(super) fn page(&self, tenant: &str, page: u32, is_asked: impl Fn(&T) -> bool) -> Page<T> {
        let mut found: Vec<_> = self.of(tenant).filter(|record| is_asked(record)).collect();
        found.sort_by(|a, b| b.created_at().cmp(a.created_at()).then_with(|| a.id().cmp(b.id())));
        let per_page = PER_PAGE as usize;
        let before = (page as usize).saturating_sub(1).saturating_mul(per_page);
        Page { total: found.len(), items: found.into_iter().skip(before).take(per_page).cloned().collect() }
    }
}
