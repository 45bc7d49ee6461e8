//! Where a physical card is mailed.
//!
//! Inferred: the issuer's card pages describe the children of `shipping_address` without naming them. These names are the
//! ones its other endpoints use for addresses (create user, update user). If the issuer answers otherwise, give the
//! field another `wire` name here; nothing else changes.

use crate::field::{Field, Kind, Presence};
use crate::issue::NoticeCode;
use crate::operation::Condition;

/// Holds where the card is printed, and so has to be mailed.
pub(super) const PHYSICAL: Condition = Condition::Is("card_type", "physical");

/// The address itself; its rule looks at `card_type`, which stands before it.
pub(super) const SHIPPING_ADDRESS: Field = Field::optional(
    "shipping_address",
    "shipping address",
    Kind::Object(FIELDS),
    "Where a physical card is mailed; left out for a virtual one.",
)
.present(Presence::RequiredWhen(PHYSICAL, NoticeCode::ShippingAddressLeftOut));

/// The children of `shipping_address`, in the order of an envelope.
const FIELDS: &[Field] = &[
    Field::required("address_one", "street address", Kind::Text(100), "Street and number.")
        .autocomplete("shipping address-line1"),
    Field::optional("address_two", "second address line", Kind::Text(100), "Suite, unit or floor.")
        .autocomplete("shipping address-line2"),
    Field::required("city", "city", Kind::Text(50), "City.").autocomplete("shipping address-level2"),
    Field::required("state", "state", Kind::State, "Two-letter code of a state, DC, a territory or a military area.")
        .ask("Choose a state.")
        .autocomplete("shipping address-level1"),
    Field::required("postal_code", "ZIP code", Kind::PostalCode, "Five digits.").autocomplete("shipping postal-code"),
    Field::required("country", "country", Kind::Country, "`US`, the country cards are sent to.")
        .ask("Choose a country.")
        .autocomplete("shipping country"),
];
