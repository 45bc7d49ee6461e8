//! What holds of claims: step by step, over every store, and under faults.

mod contract;
mod life;
mod simulation;

use super::record::{Record, State, Subject};
use crate::clock::Moment;
use crate::intent::{Intent, Scope};
use cardwright::Operation;

/// A record in this state, of nothing in particular.
pub(crate) fn record(state: State) -> Record {
    Record {
        tenant: "t".into(),
        user: "u".into(),
        operation: "ingo.issueCard",
        subject: Subject::default(),
        state,
        fingerprint: None,
        fence: 1,
        due_at: Moment::NEVER,
        sent_at: None,
        sends: 0,
        place: 0,
        ending: None,
        changed_at: Moment(0),
    }
}

/// An intent under a key; `card` is the card it is about.
pub(crate) fn intent(operation: &'static Operation, key: &str, card: Option<&str>) -> Intent {
    let scope = Scope { tenant: "t".into(), user: "u".into(), operation: operation.name, key: key.into() };
    let subject = Subject { card_id: card.map(str::to_owned), ..Subject::default() };
    Intent { operation, scope, fingerprint: [1; 32], subject }
}
