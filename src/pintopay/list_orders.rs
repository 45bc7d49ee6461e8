//! The orders the proxy has seen: its register, so that a page that was reloaded finds the ones still running.

use crate::field::{Field, Kind, Presence};
use crate::host_text::HostText;
use crate::operation::{Method, Operation, Safety};
use crate::pintopay::{EXTERNAL_USER_ID, order};

/// List the orders the proxy has seen.
pub static LIST_ORDERS: Operation = Operation {
    name: "pintopay.listOrders",
    summary: HostText::new("Lists the orders the proxy has seen, each with the time it was last seen."),
    method: Method::Get,
    path: "/pintopay/orders",
    upstream: None,
    safety: Safety::Read,
    urgent: false,
    fields: &[
        EXTERNAL_USER_ID.present(Presence::Optional),
        Field::optional("page", "page", Kind::Page, "The page to read, from 1; a page holds 25 orders."),
    ],
    one_of: &[],
    advice: &[],
    answer: order::LIST,
};
