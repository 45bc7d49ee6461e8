//! The shapes in which a yes comes, made one: `{"success":true,"order":{..}}`, or the order itself at root level, which is
//! inferred from "response unified" in release note 1.0.0. Cards likewise.

use cardwright::Operation;
use cardwright::envelope::AnswerKind;
use cardwright::input::Value;

const SUCCESS: &str = "success";
const DATA: &str = "data";

/// Brings an answer into the shape its operation documents; what is no answer stays what it is.
pub(super) fn normalise<'a>(operation: &Operation, answer: Value<'a>) -> Value<'a> {
    let Some((wrapper, needs_data)) = wrapper(operation) else { return answer };
    let Value::Object(mut members) = answer else { return answer };
    if !members.iter().any(|(name, value)| name == wrapper && *value != Value::Null) {
        let (success, inside): (Vec<_>, Vec<_>) = members.into_iter().partition(|(name, _)| name == SUCCESS);
        members = success;
        members.push((wrapper.into(), Value::Object(inside)));
    }
    for (name, value) in &mut members {
        if let (true, Value::Object(inside)) = (name == wrapper && needs_data, value) {
            supply(inside, DATA, Value::Object(Vec::new()));
        }
    }
    supply(&mut members, SUCCESS, Value::Bool(true));
    Value::Object(members)
}

/// The name of the object an answer is about, and whether it must have data of its own.
fn wrapper(operation: &Operation) -> Option<(&'static str, bool)> {
    operation.answer.fields.iter().find_map(|field| match field.kind {
        AnswerKind::Object(_, inside) => Some((field.name, inside.iter().any(|field| field.name == DATA))),
        _ => None,
    })
}

/// Adds a member where there is none, or null.
fn supply<'a>(members: &mut Vec<(std::borrow::Cow<'a, str>, Value<'a>)>, name: &'static str, value: Value<'a>) {
    // The last one counts where a name is repeated.
    let found = members.iter().rev().find(|(known, _)| known == name);
    if found.is_none_or(|(_, value)| *value == Value::Null) {
        members.push((name.into(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::envelope::{UnknownFields, rebuild};
    use cardwright::input::{ANSWER_LIMITS, read_json};
    use cardwright::pintopay::{CHECK_ORDER, CREATE_CARD, GET_CARD};

    fn normal(operation: &Operation, text: &str) -> String {
        let answer = normalise(operation, read_json(text.as_bytes(), ANSWER_LIMITS).unwrap());
        rebuild(operation.answer, &answer, UnknownFields::Forward).unwrap().json
    }

    #[test]
    fn wrapped_and_bare_are_the_same() {
        let order = r#"{"success":true,"order":{"order_id":"o","status":"new","data":{"a":1}}}"#;
        let expected = r#"{"success":true,"order":{"order_id":"o","status":"new","data":{"a":1}}}"#;
        assert_eq!(normal(&CREATE_CARD, order), expected);
        for bare in [
            r#"{"success":true,"order_id":"o","status":"new","data":{"a":1}}"#,
            r#"{"order_id":"o","data":{"a":1},"status":"new"}"#,
        ] {
            assert_eq!(normal(&CREATE_CARD, bare), expected);
            assert_eq!(normal(&CHECK_ORDER, bare), expected);
        }
        let card = r#"{"success":true,"card":{"card_id":"c","status":"active"}}"#;
        assert_eq!(normal(&GET_CARD, card), card);
        assert_eq!(normal(&GET_CARD, r#"{"status":"active","card_id":"c"}"#), card);
    }

    #[test]
    fn an_order_has_data_and_an_answer_success() {
        let expected = r#"{"success":true,"order":{"order_id":"o","data":{}}}"#;
        for text in [
            r#"{"success":true,"order":{"order_id":"o"}}"#,
            r#"{"success":null,"order":{"order_id":"o","data":null}}"#,
            r#"{"order_id":"o","data":{"a":1},"data":null}"#,
        ] {
            assert_eq!(normal(&CREATE_CARD, text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_stays_wrong() {
        assert!(normalise(&CREATE_CARD, Value::Null) == Value::Null);
        assert_eq!(normal(&CREATE_CARD, r#"{"success":"no","order":[]}"#), r#"{"success":"no","order":[]}"#);
    }
}
