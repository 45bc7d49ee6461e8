//! What crosses into JavaScript. The only place that names wasm_bindgen, js_sys, web_sys or gloo_net.
//!
//! Text comes in, small rows go out: arrays whose members the TypeScript side names, because an array cannot be bent by a
//! setter that somebody put on `Object.prototype`. There are no classes, so there is nothing to free.

pub mod form;
pub mod intents;
pub mod orders;
mod rows;
pub mod transport;

use crate::call::{self, Reply};
use crate::check::{self, Settings};
use crate::credential;
use crate::field::IdForm;
use crate::ingo;
use crate::input::{INPUT_LIMITS, read_snapshot};
use crate::intent::{self, Asked};
use crate::operation::{Operation, find};
use rows::{ActionRow, AnswerRow, CallRow, CheckRow, to_js};
use wasm_bindgen::prelude::*;

/// Checks a snapshot: `[request | null, key | null, issues, notices]`.
#[wasm_bindgen(js_name = check)]
pub fn check_snapshot(operation: &str, snapshot: &str, key: Option<String>, relaxed: u8) -> Result<JsValue, JsValue> {
    let operation = known(operation)?;
    let settings = settings(relaxed, key.as_deref());
    to_js(&match read_snapshot(snapshot, INPUT_LIMITS) {
        Err(error) => CheckRow::refused(vec![check::unreadable(error)]),
        Ok(input) => CheckRow::of(check::check(operation, &input, &settings)),
    })
}

/// Checks one field alone: its issues. `path` is dotted.
#[wasm_bindgen(js_name = checkField)]
pub fn check_field(operation: &str, path: &str, snapshot: &str, relaxed: u8) -> Result<JsValue, JsValue> {
    let names: Vec<&str> = path.split('.').collect();
    let field = known(operation)?.field(&names).ok_or(JsValue::from_str("unknown field"))?;
    let issues = match read_snapshot(snapshot, INPUT_LIMITS) {
        Err(error) => vec![check::unreadable(error)],
        Ok(value) => check::check_field(field, &value, &settings(relaxed, None)),
    };
    let parents: Vec<String> = names.iter().take(names.len() - 1).map(|name| (*name).to_owned()).collect();
    to_js(&rows::issues_below(&parents, issues))
}

/// Builds the call of a snapshot that was checked: `[method, path, headers, body | null]`, or null if it breaks a rule.
#[wasm_bindgen(js_name = build)]
pub fn build(
    operation: &str,
    snapshot: &str,
    key: Option<String>,
    accepted: &str,
    relaxed: u8,
) -> Result<JsValue, JsValue> {
    let operation = known(operation)?;
    let settings = settings(relaxed, key.as_deref());
    let Ok(input) = read_snapshot(snapshot, INPUT_LIMITS) else {
        return Ok(JsValue::NULL);
    };
    let Ok(passed) = check::check(operation, &input, &settings) else {
        return Ok(JsValue::NULL);
    };
    let accepted: Vec<&str> = accepted.split(',').filter(|code| !code.is_empty()).collect();
    to_js(&CallRow::new(call::build(&passed.request, &accepted)))
}

/// Reads the proxy's answer to an operation or, if it was `asking`, about an intent: `["done" | "running", null]`, or
/// `["over" | "failed", [code, rawCode, outcome, retryAfterMs, slug, field, requestId, issues, notices]]`.
#[wasm_bindgen(js_name = readAnswer)]
pub fn read_answer(
    operation: &str,
    asking: bool,
    status: u16,
    content_type: Option<String>,
    retry_after: Option<String>,
    now_ms: f64,
    body: &str,
) -> Result<JsValue, JsValue> {
    let reply = Reply {
        status,
        content_type: content_type.as_deref(),
        retry_after: retry_after.as_deref(),
        now_ms: Some(now_ms),
        body: body.as_bytes(),
    };
    let operation = known(operation)?;
    let asked = if asking {
        intent::read(operation, &reply)
    } else {
        call::read(operation, &reply).map_or_else(Asked::Failed, |()| Asked::Done)
    };
    let (word, failure) = match asked {
        Asked::Running => ("running", None),
        Asked::Done => ("done", None),
        Asked::Over(failure) => ("over", Some(failure)),
        Asked::Failed(failure) => ("failed", Some(failure)),
    };
    to_js(&(word, failure.map(|failure| AnswerRow::new(&failure))))
}

/// Proves that a snapshot is a card: null, or `[field, expected, found]`.
#[wasm_bindgen(js_name = readCard)]
pub fn read_card(snapshot: &str) -> Result<JsValue, JsValue> {
    use crate::envelope::{Unreadable, prove_object};
    let card = match read_snapshot(snapshot, INPUT_LIMITS) {
        Ok(card) => card,
        Err(_) => return to_js(&("card", "object", "unreadable")),
    };
    match prove_object("card", ingo::card::FIELDS, &card) {
        Ok(()) => Ok(JsValue::NULL),
        Err(Unreadable::Field { name, expected, found }) => to_js(&(name, expected, found)),
        Err(Unreadable::NotJson(_)) => to_js(&("card", "object", "unreadable")),
    }
}

/// What is legal for a card: `[method, allowed, code | null]` for each action. `scopes` is separated by blanks.
#[wasm_bindgen(js_name = allowedActions)]
pub fn allowed_actions(status: &str, scopes: Option<String>) -> Result<JsValue, JsValue> {
    let scopes: Option<Vec<&str>> = scopes.as_deref().map(|scopes| scopes.split(' ').collect());
    let actions = ingo::actions::allowed_actions(status, scopes.as_deref());
    to_js(&actions.map(ActionRow::new))
}

/// Whether a name belongs to a credential.
#[wasm_bindgen(js_name = isCredential)]
pub fn is_credential(name: &str) -> bool {
    credential::is_credential(name)
}

/// `relaxed` is a sum: 1 for ids by their prefix alone, 2 for unknown names passed over.
fn settings(relaxed: u8, key: Option<&str>) -> Settings<'_> {
    Settings {
        ids: if relaxed & 1 == 0 { IdForm::Hex } else { IdForm::PrefixOnly },
        drop_unknown: relaxed & 2 != 0,
        key,
    }
}

fn known(name: &str) -> Result<&'static Operation, JsValue> {
    find(name).ok_or(JsValue::from_str("unknown operation"))
}
