//! Issue a card to a user. Source: Ingo, "Issue a routable card to a user" (v4).

use crate::field::{Field, Kind, Presence};
use crate::host_text::HostText;
use crate::ingo::{USER_ID, address, card};
use crate::issue::IssueCode;
use crate::operation::{Method, Operation, Safety, Upstream};

/// Issue a virtual or physical card to a user.
pub static ISSUE_CARD: Operation = Operation {
    name: "ingo.issueCard",
    summary: HostText::new("Issues a virtual or physical card to a user."),
    method: Method::Post,
    path: "/ingo/cards/issue",
    upstream: Some(Upstream::at("v4", "/user/routable-cards/create")),
    safety: Safety::Keyed,
    urgent: false,
    fields: &[
        USER_ID,
        Field::required("card_type", "card type", Kind::Choice(card::TYPES), "Whether the card is printed and mailed.")
            .ask("Choose a card type."),
        address::SHIPPING_ADDRESS,
        Field::optional(
            "virtual_card_id",
            "virtual card id",
            Kind::Id("rcrd-"),
            "A virtual card that becomes the physical one.",
        )
        .present(Presence::OnlyWhen(address::PHYSICAL, IssueCode::VirtualCardNeedsPhysical)),
        Field::optional(
            "idempotent_key",
            "request key",
            Kind::Key,
            "The idempotency key, the same thing as the option `idempotencyKey`.",
        ),
    ],
    one_of: &[],
    advice: &[],
    answer: card::ENVELOPE,
};
