//! The record that an intent is being, or has been, sent: what makes many copies one.
//!
//! A store keeps three promises:
//! - A claim is one atomic insert, and durable before [`Claims::claim`] returns: no byte leaves before it.
//! - An ended claim is never overwritten, whatever a late copy brings.
//! - What is running or unknown is never forgotten to make room.

use std::pin::Pin;

use async_trait::async_trait;

use crate::ending::Ending;
use crate::intent::{Intent, Scope};

/// What the store says to a copy of an intent.
pub(crate) enum Claimed {
    /// It is the first: send it.
    New,
    /// Another copy is being sent; this is how it will end, a claim given back included.
    Running(Pin<Box<dyn Future<Output = Ending> + Send>>),
    /// It was sent before, and ended like this.
    Ended(Ending),
    /// The key belongs to another request.
    Reused,
}

/// The store cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoreUnavailable;

/// Where claims are kept.
#[async_trait]
pub(crate) trait Claims: Send + Sync {
    /// Claims an intent, or says what is known of it.
    async fn claim(&self, intent: &Intent) -> Result<Claimed, StoreUnavailable>;

    /// Records how a running claim ended. An ending that was not sent gives the key back.
    async fn end(&self, scope: &Scope, ending: &Ending) -> Result<(), StoreUnavailable>;
}
