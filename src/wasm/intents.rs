//! Intents: what follows a failed attempt, and how the proxy is asked about an intent.

use super::cells::to_js;
use super::{operation_at, rows};
use crate::error::ErrorCode;
use crate::intent;
use crate::operation::Safety;
use crate::retry::{self, Failed, Repeat};
use wasm_bindgen::prelude::*;

/// The call that asks what became of an intent: `[method, path, headers, null]`, or null if no intent can have this key.
#[wasm_bindgen(js_name = askIntent)]
pub fn ask_intent(operation: usize, key: &str) -> JsValue {
    match intent::ask(operation_at(operation), key) {
        Some(call) => to_js(&rows::call(&call)),
        None => JsValue::NULL,
    }
}

/// What follows a failed attempt: 0 to stop, so many milliseconds until it is sent again, or, negative, until the proxy is
/// asked what became of the intent. `asking` says that this is what was tried.
#[expect(clippy::too_many_arguments, reason = "numbers cross cheaper than an object, which a page could bend")]
#[wasm_bindgen(js_name = repeatAfter)]
pub fn repeat_after(
    operation: usize,
    asking: bool,
    code: &str,
    status: Option<u16>,
    attempts: u32,
    asked_ms: Option<u32>,
    elapsed_ms: f64,
    budget: u32,
    chance: f64,
) -> i32 {
    let safety = operation_at(operation).safety;
    let failed = Failed {
        safety: if asking { Safety::Read } else { safety },
        // The client builds no write without one.
        has_key: true,
        code: ErrorCode::parse(code).unwrap_or(ErrorCode::InternalError),
        status,
        attempts,
        asked_ms,
        elapsed_ms,
        budget,
    };
    let (repeat, wait) = retry::decide(&failed, chance);
    let wait = i32::try_from(wait).unwrap_or(i32::MAX);
    match repeat {
        Repeat::Stop => 0,
        Repeat::Send => wait,
        Repeat::Ask => -wait,
    }
}
