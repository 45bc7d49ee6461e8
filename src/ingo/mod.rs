//! Ingo Payments: routable cards. One file an operation; what they share is the card, the address and the legal actions.
//!
//! Sources: the issuer's pages on issuing (v4), activating (v3), freezing (v4) and managing (v3) user cards. What they
//! leave open is marked "inferred" where it is decided.

pub mod actions;
pub mod card;

mod activate_card;
mod address;
mod freeze_card;
mod issue_card;
mod list_cards;
mod reissue_card;
mod unfreeze_card;

pub use activate_card::ACTIVATE_CARD;
pub use freeze_card::FREEZE_CARD;
pub use issue_card::ISSUE_CARD;
pub use list_cards::LIST_CARDS;
pub use reissue_card::REISSUE_CARD;
pub use unfreeze_card::UNFREEZE_CARD;

use crate::field::{Field, Kind};

/// The user a card belongs to.
const USER_ID: Field = Field::required(
    "user_id",
    "user id",
    Kind::Id("user-"),
    "The user the card belongs to: `user-` and 32 hex digits.",
);

/// The card an operation acts on.
const CARD_ID: Field = Field::required("id", "card id", Kind::Id("rcrd-"), "The card: `rcrd-` and 32 hex digits.");

/// Why the card's state changes, as a code. The issuer publishes no table; `101` is its sample.
const REASON_CODE: Field =
    Field::optional("reason_code", "reason code", Kind::Text(32), "A short code for the change, such as `101`.");

/// Why the card's state changes, in words.
const REASON: Field =
    Field::optional("reason", "reason", Kind::Text(255), "Why the state changes, in at most 255 characters.");

/// The input of activate, freeze and unfreeze: the pages show the same body for each.
const CHANGE_FIELDS: &[Field] = &[USER_ID, CARD_ID, REASON_CODE, REASON];
