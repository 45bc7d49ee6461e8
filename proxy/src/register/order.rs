//! An order as it was last seen: no balance, and no text of the issuer's.

use std::time::SystemTime;

use cardwright::card_data;
use cardwright::input::Value;
use cardwright::pintopay::order::{Facts, advances};
use serde::Serialize;
use sqlx::FromRow;

use super::Follows;
use crate::ending::Word;
use crate::principal::Principal;

/// An order as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub(crate) struct SeenOrder {
    pub(crate) order_id: String,
    pub(crate) order_type: String,
    pub(crate) status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) card_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_error_slug: Option<String>,
    pub(crate) created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) completed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) issue_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_issued: Option<bool>,
    /// No answer tells it; it is known from the request that created the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_user_id: Option<String>,
    /// When it was seen, ISO 8601 in UTC.
    pub(crate) observed_at: String,
    /// Who asked when it was first seen.
    #[serde(skip)]
    pub(crate) owner: String,
}

impl Follows for SeenOrder {
    /// An answer that comes late takes nothing back, and what was known once of the card and the user stays known. How far
    /// an order is weighs more than the clock: two proxies' clocks differ.
    fn followed_by(self, next: SeenOrder) -> SeenOrder {
        let external_user_id = self.external_user_id.clone().or_else(|| next.external_user_id.clone());
        let advances = |seen: &SeenOrder, next: &SeenOrder| advances(&seen.facts(), &next.facts());
        let is_late = next.observed_at < self.observed_at && advances(&next, &self);
        if is_late || !advances(&self, &next) {
            return SeenOrder { external_user_id, ..self };
        }
        SeenOrder {
            observed_at: self.observed_at.max(next.observed_at),
            card_id: next.card_id.or(self.card_id),
            is_issued: next.is_issued.or(self.is_issued),
            external_user_id,
            owner: self.owner,
            ..next
        }
    }
}

impl SeenOrder {
    fn facts(&self) -> Facts<'_> {
        Facts {
            status: &self.status,
            issue_status: self.issue_status.as_deref(),
            is_issued: self.is_issued,
            has_card: self.card_id.is_some(),
        }
    }
}

/// The order in an answer, if it shows one; `external_user_id` is from the request, where somebody may have typed a card's number.
pub(crate) fn order_in(
    answer: &Value<'_>,
    external_user_id: Option<&str>,
    seen_by: &Principal,
    now: SystemTime,
) -> Option<SeenOrder> {
    let order = answer.get("order")?;
    let text = |name| order.get(name).and_then(Value::text).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(SeenOrder {
        order_id: text("order_id")?,
        order_type: text("order_type")?,
        status: text("status")?,
        card_id: text("card_id"),
        last_error_slug: text("last_error_slug").filter(|slug| Word::parse(slug).is_some()),
        created_at: text("created_at")?,
        completed_at: text("completed_at"),
        failed_at: text("failed_at"),
        issue_status: text("issue_status"),
        is_issued: Facts::of(order).is_issued,
        external_user_id: external_user_id.map(|id| card_data::mask(id).into_owned()),
        observed_at: humantime::format_rfc3339_millis(now).to_string(),
        owner: seen_by.user.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::input::{ANSWER_LIMITS, read_json};

    fn seen(more: &str, external_user_id: Option<&str>) -> Option<SeenOrder> {
        let local = Principal::local();
        let text = format!(r#"{{"order":{{"order_id":"o","order_type":"card_issue","created_at":"t"{more}}}}}"#);
        let answer = read_json(text.as_bytes(), ANSWER_LIMITS).unwrap();
        order_in(&answer, external_user_id, &local, SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn an_order_is_taken_without_balances_and_sentences() {
        let more = r#","status":"failed","balance_before":"9","last_error":"Jane","last_error_slug":"Jane may not""#;
        let json = serde_json::to_value(seen(more, Some("ext-1")).unwrap()).unwrap();
        let expected = serde_json::json!({
            "order_id": "o", "order_type": "card_issue", "status": "failed", "created_at": "t",
            "external_user_id": "ext-1", "observed_at": "1970-01-01T00:00:00.000Z",
        });
        assert_eq!(json, expected);
        assert_eq!(seen("", None), None);
    }

    #[test]
    fn a_later_answer_goes_on_and_a_late_one_does_not() {
        let created = seen(r#","status":"new""#, Some("ext-1")).unwrap();
        let running = seen(r#","status":"processing","card_id":"c","is_issued":true"#, None).unwrap();
        let failed = seen(r#","status":"failed","failed_at":"f","last_error_slug":"provider_error""#, None).unwrap();
        let ended = created.clone().followed_by(running.clone()).followed_by(failed);
        assert_eq!((ended.status.as_str(), ended.external_user_id.as_deref()), ("failed", Some("ext-1")));
        assert_eq!(
            (ended.card_id.as_deref(), ended.is_issued),
            (Some("c"), Some(true)),
            "the card is there all the same"
        );
        assert_eq!(ended.clone().followed_by(running.clone()), ended);
        let other_way = running.clone().followed_by(created);
        assert_eq!(other_way, SeenOrder { external_user_id: Some("ext-1".into()), ..running }, "only the user is news");
    }
}
