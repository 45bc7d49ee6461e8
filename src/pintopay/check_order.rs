//! Read an order. Source: PintoPay, "Card Issue": poll until the order is `completed` or `failed`. The name of its one input
//! field is inferred.

use crate::field::Field;
use crate::host_text::HostText;
use crate::operation::{Method, Operation, Safety, Upstream};
use crate::pintopay::{ID, order};

/// Read an order as it is now.
pub static CHECK_ORDER: Operation = Operation {
    name: "pintopay.checkOrder",
    summary: HostText::new("Reads an order as it is now."),
    method: Method::Post,
    path: "/pintopay/orders/check",
    upstream: Some(Upstream::at("v1", "/orders/check")),
    safety: Safety::Read,
    urgent: false,
    fields: &[Field::required("order_id", "order", ID, "The order to read.")],
    one_of: &[],
    advice: &[],
    answer: order::ENVELOPE,
};
