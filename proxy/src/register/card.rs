//! A card as it was last seen.

use std::time::SystemTime;

use cardwright::input::Value;
use serde::Serialize;
use sqlx::FromRow;

use super::Follows;
use crate::principal::Principal;

/// The status the issuer documents for a card that has ended.
pub(crate) const TERMINATED: &str = "terminated";

/// A card as it was last seen. Never more of its number than four digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub(crate) struct SeenCard {
    pub(crate) id: String,
    pub(crate) card_type: String,
    pub(crate) last_four: String,
    pub(crate) status: String,
    pub(crate) user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) business_id: Option<String>,
    pub(crate) created_at: String,
    /// When it was seen, ISO 8601 in UTC.
    pub(crate) observed_at: String,
    /// Who asked when it was seen.
    #[serde(skip)]
    pub(crate) owner: String,
}

impl Follows for SeenCard {
    /// The later sighting counts, whichever was recorded first. A card that has ended stays so: the issuer has no way back,
    /// and what shows it alive was seen before, or read from a copy that lags.
    fn followed_by(self, next: SeenCard) -> SeenCard {
        let has_ended = self.status == TERMINATED || next.status == TERMINATED;
        let last = if next.observed_at < self.observed_at { self } else { next };
        if has_ended { SeenCard { status: TERMINATED.into(), ..last } } else { last }
    }
}

/// The cards in an answer's `data.items`; an item without a card's fields is none.
pub(crate) fn cards_in(answer: &Value<'_>, seen_by: &Principal, now: SystemTime) -> Vec<SeenCard> {
    let items = match answer.get("data").and_then(|data| data.get("items")) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    let observed_at = humantime::format_rfc3339_millis(now).to_string();
    items.iter().filter_map(|item| card(item, &seen_by.user, &observed_at)).collect()
}

fn card(item: &Value<'_>, owner: &str, observed_at: &str) -> Option<SeenCard> {
    let text = |name| item.get(name).and_then(Value::text).map(str::to_owned);
    Some(SeenCard {
        id: text("id")?,
        card_type: text("card_type")?,
        last_four: text("last_four")?,
        status: text("status")?,
        user_id: text("user_id")?,
        business_id: text("business_id"),
        created_at: text("created_at")?,
        observed_at: observed_at.into(),
        owner: owner.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::input::{ANSWER_LIMITS, read_json};

    #[test]
    fn the_later_sighting_counts_and_an_end_stays() {
        let seen = |status: &str, second: u32| SeenCard {
            id: "c".into(),
            card_type: "virtual".into(),
            last_four: "4242".into(),
            status: status.into(),
            user_id: "u".into(),
            business_id: None,
            created_at: "t".into(),
            observed_at: format!("2026-01-02T00:00:0{second}.000Z"),
            owner: "local".into(),
        };
        for (first, then, known) in [
            (seen("active", 1), seen("suspended", 2), seen("suspended", 2)),
            (seen("suspended", 2), seen("active", 1), seen("suspended", 2)),
            (seen("active", 1), seen("suspended", 1), seen("suspended", 1)),
            (seen(TERMINATED, 1), seen("active", 2), seen(TERMINATED, 2)),
            (seen("active", 2), seen(TERMINATED, 1), seen(TERMINATED, 2)),
        ] {
            assert_eq!(first.followed_by(then), known);
        }
    }

    #[test]
    fn whole_cards_are_taken_and_others_left() {
        let local = Principal::local();
        let text = r#"{"data":{"items":[{"id":"a","card_type":"virtual","last_four":"4242","status":"active",
            "user_id":"u","created_at":"t"},{"id":"half a card"}]}}"#;
        let cards = cards_in(&read_json(text.as_bytes(), ANSWER_LIMITS).unwrap(), &local, SystemTime::UNIX_EPOCH);
        assert_eq!(cards.len(), 1);
        assert_eq!((cards[0].last_four.as_str(), cards[0].observed_at.as_str()), ("4242", "1970-01-01T00:00:00.000Z"));
    }
}
