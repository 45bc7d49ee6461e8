//! The ledger in short, for tests that ask thousands of things: what took effect, and how often each thing was asked.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::Books;
use crate::ledger::Entry;

/// One thing that really happened to a card or an order.
#[derive(Serialize)]
pub(crate) struct Effect {
    pub(crate) operation: &'static str,
    /// The user the card or order is for.
    pub(crate) user: Option<String>,
    /// The card, or PintoPay's order.
    pub(crate) id: String,
    /// Whether it was made by this, rather than changed.
    pub(crate) made: bool,
    /// The state it led to.
    pub(crate) status: String,
    /// The key it was made with, where it was made with one.
    pub(crate) key: Option<String>,
    pub(crate) at: String,
}

/// How often something was asked, whatever was answered.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Receipt {
    pub(crate) operation: &'static str,
    /// The key of what makes something, the card of what changes one.
    pub(crate) of: String,
    pub(crate) times: u32,
}

/// All effects and receipts since the start or the last reset.
#[derive(Serialize)]
pub(crate) struct Effects {
    effects: Vec<Effect>,
    receipts: Vec<Receipt>,
}

impl Effects {
    /// Reads them from the books.
    pub(crate) fn of(books: &Books) -> Effects {
        Effects {
            effects: books.ingo.effects().chain(books.pintopay.effects()).collect(),
            receipts: receipts(books.ledger.entries()),
        }
    }
}

fn receipts(entries: &[Entry]) -> Vec<Receipt> {
    let mut counts = BTreeMap::<(&'static str, &str), u32>::new();
    for subject in entries.iter().filter_map(Entry::subject) {
        *counts.entry(subject).or_default() += 1;
    }
    counts.into_iter().map(|((operation, of), times)| Receipt { operation, of: of.into(), times }).collect()
}
