//! Read a card, without its number. Source: PintoPay, "Card Issue" and release note 1.0.0. The name of its one input field is
//! inferred.

use crate::field::Field;
use crate::host_text::HostText;
use crate::operation::{Method, Operation, Safety, Upstream};
use crate::pintopay::{ID, card};

/// Read a card; never its number, security code or expiry.
pub static GET_CARD: Operation = Operation {
    name: "pintopay.getCard",
    summary: HostText::new("Reads a card; never its number, security code or expiry."),
    method: Method::Post,
    path: "/pintopay/cards/get",
    upstream: Some(Upstream::at("v1", "/cards/get")),
    safety: Safety::Read,
    urgent: false,
    fields: &[Field::required("card_id", "card", ID, "The card to read.")],
    one_of: &[],
    advice: &[],
    answer: card::ENVELOPE,
};
