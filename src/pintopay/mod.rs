//! PintoPay: virtual cards by order. One file an operation; order.rs holds what an order goes through.
//!
//! Sources: the issuer's page on issuing cards, and its pages on status models and errors. What they leave open is marked
//! "inferred" where it is decided.

pub mod order;
pub mod slug;

mod card;
mod check_order;
mod create_card;
mod get_card;
mod list_orders;

pub use check_order::CHECK_ORDER;
pub use create_card::CREATE_CARD;
pub use get_card::GET_CARD;
pub use list_orders::LIST_ORDERS;

use crate::field::{Field, Kind};

/// How long ids and codes of this issuer may be; it publishes no limit and no shape.
const ID: Kind = Kind::Text(crate::field::ID_MAX);

/// The user at the caller's side.
const EXTERNAL_USER_ID: Field =
    Field::required("external_user_id", "user", ID, "Your own id for the user the card is for.");
