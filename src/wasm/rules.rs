//! One input, one answer, one card.

use super::cells::{issue_below, list, row, to_js};
use super::{operation_at, rows, settings};
use crate::call::{self, Reply};
use crate::check;
use crate::credential;
use crate::ingo;
use crate::input::{INPUT_LIMITS, read_snapshot};
use crate::intent::{self, Asked};
use crate::spans;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_str;

/// Checks a snapshot: `[request | null, key | null, issues, notices]`.
#[wasm_bindgen(js_name = check)]
pub fn check_snapshot(operation: usize, snapshot: &str, key: Option<String>, relaxed: u8) -> JsValue {
    let settings = settings(relaxed, key.as_deref());
    let checked = match read_snapshot(snapshot, INPUT_LIMITS) {
        Err(error) => Err(vec![check::unreadable(error)]),
        Ok(input) => check::check(operation_at(operation), &input, &settings),
    };
    let request = rows::request(&checked);
    to_js(&rows::check(&checked, request.as_deref()))
}

/// Checks one field alone, by its place: its issues.
#[wasm_bindgen(js_name = checkField)]
pub fn check_field(operation: usize, field: usize, snapshot: &str, relaxed: u8) -> JsValue {
    let (parent, field) = operation_at(operation).field_at(field).unwrap_or_else(|| throw_str("unknown field"));
    let issues = match read_snapshot(snapshot, INPUT_LIMITS) {
        Err(error) => vec![check::unreadable(error)],
        Ok(value) => check::check_field(field, &value, &settings(relaxed, None)),
    };
    to_js(&list(issues.iter().map(|issue| issue_below(parent, issue))))
}

/// Builds the call of a snapshot that was checked: `[method, path, headers, body | null]`, or null if it breaks a rule.
#[wasm_bindgen(js_name = build)]
pub fn build(operation: usize, snapshot: &str, key: Option<String>, accepted: &str, relaxed: u8) -> JsValue {
    let settings = settings(relaxed, key.as_deref());
    let Ok(input) = read_snapshot(snapshot, INPUT_LIMITS) else {
        return JsValue::NULL;
    };
    let Ok(passed) = check::check(operation_at(operation), &input, &settings) else {
        return JsValue::NULL;
    };
    let accepted: Vec<&str> = accepted.split_ascii_whitespace().collect();
    to_js(&rows::call(&call::build(&passed.request, &accepted)))
}

thread_local! {
    static SPANS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// Where the spans of the answer that was read last stand.
#[wasm_bindgen]
pub fn spans() -> *const u32 {
    SPANS.with_borrow(|spans| spans.as_ptr())
}

/// Reads the proxy's answer to an operation or, if it was `asking`, about an intent: how many words of spans its list has, 0 if
/// all of it is to be parsed; null, if the intent is under way; or
/// `["over" | "failed", [code, rawCode, outcome, retryAfterMs, slug, field, requestId, issues, notices]]`.
#[expect(clippy::too_many_arguments, reason = "numbers cross cheaper than an object, which a page could bend")]
#[wasm_bindgen(js_name = readAnswer)]
pub fn read_answer(
    operation: usize,
    asking: bool,
    status: u16,
    content_type: Option<String>,
    retry_after: Option<String>,
    now_ms: f64,
    letters: usize,
    body: &str,
) -> JsValue {
    let reply = Reply {
        status,
        content_type: content_type.as_deref(),
        retry_after: retry_after.as_deref(),
        now_ms: Some(now_ms),
        body: body.as_bytes(),
    };
    let operation = operation_at(operation);
    // Places in ASCII are the same in both texts.
    if !asking
        && call::is_data(&reply)
        && body.len() == letters
        && let Some(spans) = spans::of_list(operation.answer, body, SPANS.take())
    {
        let words = spans.len() as u32;
        SPANS.set(spans);
        return words.into();
    }
    let asked = if asking {
        intent::read(operation, &reply)
    } else {
        call::read(operation, &reply).map_or_else(Asked::Failed, |()| Asked::Done)
    };
    match &asked {
        Asked::Running => JsValue::NULL,
        Asked::Done => 0.into(),
        Asked::Over(failure) => to_js(&row(["over".into(), rows::answer(failure)])),
        Asked::Failed(failure) => to_js(&row(["failed".into(), rows::answer(failure)])),
    }
}

/// Proves that a snapshot is a card: null, or `[field, expected, found]`.
#[wasm_bindgen(js_name = readCard)]
pub fn read_card(snapshot: &str) -> JsValue {
    use crate::envelope::{Unreadable, prove_object};
    let proven = match read_snapshot(snapshot, INPUT_LIMITS) {
        Ok(card) => prove_object("card", ingo::card::FIELDS, &card),
        Err(error) => Err(Unreadable::NotJson(error)),
    };
    let (field, expected, found) = match proven {
        Ok(()) => return JsValue::NULL,
        Err(Unreadable::Field { name, expected, found }) => (name, expected, found),
        Err(Unreadable::NotJson(_)) => ("card", "object", "unreadable"),
    };
    to_js(&row([field.into(), expected.into(), found.into()]))
}

/// What is legal for a card: `[method, allowed, the code's place | null]` for each action. `scopes` is separated by blanks.
#[wasm_bindgen(js_name = allowedActions)]
pub fn allowed_actions(status: &str, scopes: Option<String>) -> JsValue {
    let scopes: Option<Vec<&str>> = scopes.as_deref().map(|scopes| scopes.split_ascii_whitespace().collect());
    let actions = ingo::actions::allowed_actions(status, scopes.as_deref());
    to_js(&list(actions.iter().map(rows::action)))
}

/// Whether a name belongs to a credential.
#[wasm_bindgen(js_name = isCredential)]
pub fn is_credential(name: &str) -> bool {
    credential::is_credential(name)
}
