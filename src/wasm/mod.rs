//! What crosses into JavaScript. The only place that names wasm_bindgen, js_sys, web_sys or gloo_net.
//!
//! Text comes in, small rows go out: arrays whose members the TypeScript side names, because an array cannot be bent by a
//! setter that somebody put on `Object.prototype`. There are no classes, so there is nothing to free.

pub mod orders;
mod rows;
pub mod transport;

use crate::call::{self, Reply};
use crate::check::{self, Settings};
use crate::credential;
use crate::error::ErrorCode;
use crate::field::IdForm;
use crate::ingo;
use crate::input::{INPUT_LIMITS, read_snapshot};
use crate::operation::{Operation, find};
use crate::retry::{self, Decision};
use rows::{Cell, list, row, to_js};
use wasm_bindgen::prelude::*;

/// Two levels of free lists (TLSF): constant time, and 1.9 kB (gzip) smaller than the allocator of std.
#[global_allocator]
static HEAP: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// Checks a snapshot: `[request | null, key | null, issues, notices]`.
#[wasm_bindgen(js_name = check)]
pub fn check_snapshot(operation: &str, snapshot: &str, key: Option<String>) -> Result<JsValue, JsValue> {
    let operation = known(operation)?;
    let settings = Settings { ids: IdForm::Hex, key: key.as_deref() };
    let checked = match read_snapshot(snapshot, INPUT_LIMITS) {
        Err(error) => Err(vec![check::unreadable(error)]),
        Ok(input) => check::check(operation, &input, &settings),
    };
    match checked {
        Err(issues) => {
            to_js(&row([Cell::Null, Cell::Null, list(issues.iter().map(rows::issue)), list(std::iter::empty())]))
        }
        Ok(accepted) => {
            let request = accepted.request.to_json();
            let notices = list(accepted.notices.iter().map(rows::notice));
            to_js(&row([Cell::Text(&request), accepted.request.key().into(), list(std::iter::empty()), notices]))
        }
    }
}

/// Checks one field alone: its issues. `path` is dotted.
#[wasm_bindgen(js_name = checkField)]
pub fn check_field(operation: &str, path: &str, snapshot: &str) -> Result<JsValue, JsValue> {
    let names: Vec<&str> = path.split('.').collect();
    let field = known(operation)?.field(&names).ok_or(JsValue::from_str("unknown field"))?;
    let issues = match read_snapshot(snapshot, INPUT_LIMITS) {
        Err(error) => vec![check::unreadable(error)],
        Ok(value) => check::check_field(field, &value, &Settings::default()),
    };
    let parents = names.split_last().map_or(&[][..], |(_, parents)| parents);
    to_js(&list(issues.iter().map(|issue| rows::issue_below(parents, issue))))
}

/// Builds the call of a snapshot that was checked: `[method, path, headers, body | null]`, or null if it breaks a rule.
#[wasm_bindgen(js_name = build)]
pub fn build(operation: &str, snapshot: &str, key: Option<String>, accepted: &str) -> Result<JsValue, JsValue> {
    let operation = known(operation)?;
    let settings = Settings { ids: IdForm::Hex, key: key.as_deref() };
    let Ok(input) = read_snapshot(snapshot, INPUT_LIMITS) else {
        return Ok(JsValue::NULL);
    };
    let Ok(passed) = check::check(operation, &input, &settings) else {
        return Ok(JsValue::NULL);
    };
    let accepted: Vec<&str> = accepted.split(',').filter(|code| !code.is_empty()).collect();
    to_js(&rows::call(&call::build(&passed.request, &accepted)))
}

/// Reads the proxy's answer: null if the body is the issuer's envelope, else
/// `[code, rawCode, outcome, retryAfterMs, slug, field, requestId, issues, notices]`.
#[wasm_bindgen(js_name = readAnswer)]
pub fn read_answer(
    operation: &str,
    status: u16,
    content_type: Option<String>,
    retry_after: Option<String>,
    body: &str,
) -> Result<JsValue, JsValue> {
    let reply = Reply {
        status,
        content_type: content_type.as_deref(),
        retry_after: retry_after.as_deref(),
        body: body.as_bytes(),
    };
    match call::read(known(operation)?, &reply) {
        Ok(()) => Ok(JsValue::NULL),
        Err(failure) => to_js(&rows::answer(&failure)),
    }
}

/// Proves that a snapshot is a card: null, or `[field, expected, found]`.
#[wasm_bindgen(js_name = readCard)]
pub fn read_card(snapshot: &str) -> Result<JsValue, JsValue> {
    use crate::envelope::{Unreadable, prove_object};
    let proven = match read_snapshot(snapshot, INPUT_LIMITS) {
        Ok(card) => prove_object("card", ingo::card::FIELDS, &card),
        Err(error) => Err(Unreadable::NotJson(error)),
    };
    let (field, expected, found) = match proven {
        Ok(()) => return Ok(JsValue::NULL),
        Err(Unreadable::Field { name, expected, found }) => (name, expected, found),
        Err(Unreadable::NotJson(_)) => ("card", "object", "unreadable"),
    };
    to_js(&row([field.into(), expected.into(), found.into()]))
}

/// What is legal for a card: `[method, allowed, code | null, reason | null]` for each action. `scopes` is separated by blanks.
#[wasm_bindgen(js_name = allowedActions)]
pub fn allowed_actions(status: &str, scopes: Option<String>) -> Result<JsValue, JsValue> {
    let scopes: Option<Vec<&str>> = scopes.as_deref().map(|scopes| scopes.split(' ').collect());
    let actions = ingo::actions::allowed_actions(status, scopes.as_deref());
    to_js(&list(actions.iter().map(rows::action)))
}

/// Whether a name belongs to a credential.
#[wasm_bindgen(js_name = isCredential)]
pub fn is_credential(name: &str) -> bool {
    credential::is_credential(name)
}

/// How many milliseconds to wait before the next attempt, or -1 to stop.
#[wasm_bindgen(js_name = retryAfter)]
pub fn retry_after(
    operation: &str,
    code: &str,
    attempt: u32,
    asked_ms: Option<u32>,
    chance: f64,
) -> Result<i32, JsValue> {
    let code = ErrorCode::parse(code).unwrap_or(ErrorCode::InternalError);
    Ok(match retry::decide(known(operation)?.safety, code, attempt, asked_ms, chance) {
        Decision::Stop => -1,
        Decision::After(wait) => i32::try_from(wait).unwrap_or(i32::MAX),
    })
}

fn known(name: &str) -> Result<&'static Operation, JsValue> {
    find(name).ok_or(JsValue::from_str("unknown operation"))
}
