//! What an answer says of a project's money passes only to callers with the scope for it.
//!
//! It is left out when the answer is given, not when it is recorded: a copy may be asked for by somebody else.

use cardwright::Operation;
use cardwright::envelope::{AnswerField, AnswerKind, UnknownFields, rebuild};
use cardwright::input::{ANSWER_LIMITS, Value, read_json};
use cardwright::pintopay::order::BALANCES;

use crate::ending::{Answer, Failure};
use crate::principal::Principal;

/// The scope of who may see a project's balance.
pub(crate) const SCOPE: &str = "balance:read";

/// The answer as this caller may see it.
pub(crate) fn shown_to(principal: &Principal, operation: &Operation, answer: Answer) -> Result<Answer, Failure> {
    if principal.has(SCOPE) {
        return Ok(answer);
    }
    let Ok(mut value) = read_json(answer.0.as_bytes(), ANSWER_LIMITS) else {
        return Err(Failure::lost(operation.safety));
    };
    leave_out(&mut value, operation.answer.fields);
    // Whether undocumented fields pass was decided when the answer was read.
    let rebuilt = rebuild(operation.answer, &value, UnknownFields::Forward);
    rebuilt.map(|rebuilt| Answer(rebuilt.json.into())).map_err(|_| Failure::lost(operation.safety))
}

fn leave_out(value: &mut Value<'_>, fields: &'static [AnswerField]) {
    match value {
        Value::Object(members) => {
            members.retain(|(name, _)| !is_balance(name, fields));
            for (name, value) in members {
                leave_out(value, below(name, fields));
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| leave_out(item, fields)),
        _ => {}
    }
}

/// A documented field is one if it is listed, such as a card's own balance is not; any other if its name says so.
fn is_balance(name: &str, fields: &[AnswerField]) -> bool {
    if fields.iter().any(|field| field.name == name) {
        BALANCES.contains(&name)
    } else {
        name.to_ascii_lowercase().contains("balance")
    }
}

fn below(name: &str, fields: &'static [AnswerField]) -> &'static [AnswerField] {
    match fields.iter().find(|field| field.name == name).map(|field| field.kind) {
        Some(AnswerKind::Object(_, inside) | AnswerKind::List(_, inside)) => inside,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::pintopay::{CREATE_CARD, GET_CARD};

    fn shown(scopes: &[&str], operation: &Operation, text: &str) -> String {
        let local = Principal::local();
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let principal = Principal { scopes, ..Principal::clone(&local) };
        shown_to(&principal, operation, Answer(text.into())).unwrap().0.to_string()
    }

    #[test]
    fn a_projects_balances_pass_with_the_scope_only() {
        let order = r#"{"success":true,"order":{"order_id":"o","balance_before":"9","balance_after":"4","data":{"usdt_balance":"4","a":[{"balance":"4","b":1}]}},"Project_Balance":"4"}"#;
        assert_eq!(shown(&[SCOPE], &CREATE_CARD, order), order);
        let without = r#"{"success":true,"order":{"order_id":"o","data":{"a":[{"b":1}]}}}"#;
        for scopes in [&[][..], &["pintopay.createCard"]] {
            assert_eq!(shown(scopes, &CREATE_CARD, order), without);
        }
    }

    #[test]
    fn a_cards_own_balance_is_no_projects() {
        let card = r#"{"success":true,"card":{"card_id":"c","status":"active","balance":"1.00"}}"#;
        assert_eq!(shown(&[], &GET_CARD, card), card);
    }
}
