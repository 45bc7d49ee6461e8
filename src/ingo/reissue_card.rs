//! Replace a card. Source: Ingo, "Freeze, unfreeze, and reissue cards" (v3): "reissuing with reuse_pan: false
//! auto-terminates the existing card". No key is documented for it, so it is sent at most once.

use crate::field::{Field, Kind};
use crate::host_text::HostText;
use crate::ingo::{CARD_ID, REASON, REASON_CODE, USER_ID, address, card};
use crate::issue::NoticeCode;
use crate::operation::{Advice, Condition, Method, Operation, Safety, Upstream};

/// Replace a card, with the same number or a new one.
pub static REISSUE_CARD: Operation = Operation {
    name: "ingo.reissueCard",
    summary: HostText::new("Replaces a card, with the same number or a new one."),
    method: Method::Post,
    path: "/ingo/cards/reissue",
    upstream: Some(Upstream::at("v3", "/user/routable-cards/reissue")),
    safety: Safety::Once,
    urgent: false,
    fields: &[
        USER_ID,
        CARD_ID,
        Field::required(
            "reuse_pan",
            "number to use",
            Kind::Boolean,
            "True keeps the card's number; false gives a new one and ends the old card.",
        )
        .ask("Choose whether to keep the card's number."),
        Field::optional(
            "terminate_old_card",
            "end of the old card",
            Kind::Boolean,
            "Whether the replaced card ends; it matters only with a new number.",
        ),
        Field::optional(
            "card_type",
            "card type",
            Kind::Choice(card::TYPES),
            "Whether the new card is printed and mailed.",
        )
        .ask("Choose a card type."),
        address::SHIPPING_ADDRESS,
        REASON_CODE,
        REASON,
    ],
    one_of: &[],
    advice: &[
        Advice { when: &[Condition::IsBool("reuse_pan", false)], field: "reuse_pan", notice: NoticeCode::OldCardEnds },
        Advice {
            when: &[Condition::IsBool("reuse_pan", true), Condition::Given("terminate_old_card")],
            field: "terminate_old_card",
            notice: NoticeCode::TerminateOldCardUnused,
        },
    ],
    answer: card::ENVELOPE,
};
