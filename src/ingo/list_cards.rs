//! The cards the proxy has seen: its register, last known state, not a live question to the issuer.
//!
//! No list operation is documented by the issuer, so there is nothing upstream of it.

use crate::field::{Field, Kind, Presence};
use crate::host_text::HostText;
use crate::ingo::{USER_ID, card};
use crate::operation::{Method, Operation, Safety};

/// List the cards the proxy has seen.
pub static LIST_CARDS: Operation = Operation {
    name: "ingo.listCards",
    summary: HostText::new("Lists the cards the proxy has seen, each with the time it was last seen."),
    method: Method::Get,
    path: "/ingo/cards",
    upstream: None,
    safety: Safety::Read,
    urgent: false,
    fields: &[
        USER_ID.present(Presence::Optional),
        Field::optional("page", "page", Kind::Page, "The page to read, from 1; a page holds 25 cards."),
    ],
    one_of: &[],
    advice: &[],
    answer: card::LIST,
};
