//! Order a card. Source: PintoPay, "Card Issue": `product_code` (or the legacy `product_id`) and `external_user_id`, with an
//! idempotency key; the fee is charged when the order is created.

use crate::field::Field;
use crate::host_text::HostText;
use crate::operation::{Method, Operation, Safety, Upstream};
use crate::pintopay::{EXTERNAL_USER_ID, ID, order};

/// Order a virtual card.
pub static CREATE_CARD: Operation = Operation {
    name: "pintopay.createCard",
    summary: HostText::new("Orders a virtual card; the fee is charged at once, the card is made while the order runs."),
    method: Method::Post,
    path: "/pintopay/cards/create",
    upstream: Some(Upstream::at("v1", "/cards/create")),
    safety: Safety::Keyed,
    urgent: false,
    fields: &[
        Field::optional("product_code", "product", ID, "The product the card is made of."),
        Field::optional("product_id", "product id", ID, "The same by its older id; give one of the two."),
        EXTERNAL_USER_ID,
    ],
    one_of: &[&["product_code", "product_id"]],
    advice: &[],
    answer: order::ENVELOPE,
};
