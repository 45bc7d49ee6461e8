//! Marks of recent requests in memory.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;

use super::lock;
use crate::claims::StoreUnavailable;
use crate::recent::{Mark, Marks};

/// Marks that live as long as the process, each with its time.
#[derive(Default)]
pub(crate) struct MemoryMarks(Mutex<HashMap<Mark, i64>>);

#[async_trait]
impl Marks for MemoryMarks {
    async fn mark(&self, mark: &Mark, confirmed: bool, now: i64, since: i64) -> Result<bool, StoreUnavailable> {
        let mut marks = lock(&self.0);
        marks.retain(|_, at| *at >= since);
        let is_second = !marks.contains_key(mark) && marks.keys().any(|other| other.content == mark.content);
        if is_second && !confirmed {
            return Ok(false);
        }
        marks.entry(mark.clone()).or_insert(now);
        Ok(true)
    }

    async fn unmark(&self, mark: &Mark) -> Result<(), StoreUnavailable> {
        lock(&self.0).remove(mark);
        Ok(())
    }
}
