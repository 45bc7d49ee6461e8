//! Orders: how far one is, how it ended, which of two answers is the later, and when to ask again.

use super::cells::{place, row, to_js};
use crate::error::ErrorCode;
use crate::input::{ANSWER_LIMITS, read_snapshot};
use crate::pintopay::order::{self, Facts};
use crate::poll::{self, Next};
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_str;

/// What an order's snapshot says: `[final, ending, usable, step, of, percent, code, retrying]`, ending and code as their places.
#[wasm_bindgen(js_name = orderState)]
pub fn order_state(snapshot: &str) -> JsValue {
    let order = read_snapshot(snapshot, ANSWER_LIMITS).unwrap_or_else(|_| throw_str("not an order"));
    let facts = Facts::of(&order);
    let result = order::result(&facts);
    let progress = order::progress(&facts);
    to_js(&row([
        order::is_final(facts.status).into(),
        place(result.ending as usize),
        result.usable.into(),
        u32::from(progress.step).into(),
        u32::from(progress.of).into(),
        u32::from(progress.percent).into(),
        place(progress.stage.place()),
        progress.retrying.into(),
    ]))
}

/// Whether the order `next` may follow `seen`, or came late.
#[wasm_bindgen(js_name = orderAdvances)]
pub fn order_advances(seen: &str, next: &str) -> bool {
    let (Ok(seen), Ok(next)) = (read_snapshot(seen, ANSWER_LIMITS), read_snapshot(next, ANSWER_LIMITS)) else {
        return false;
    };
    order::advances(&Facts::of(&seen), &Facts::of(&next))
}

/// How many milliseconds to wait before the next poll, or -1 to stop.
#[wasm_bindgen(js_name = pollAfter)]
pub fn poll_after(polls: u32, active_ms: f64, limit_ms: f64, chance: f64) -> i32 {
    match poll::next(polls, active_ms, limit_ms, chance) {
        Next::GiveUp => -1,
        Next::After(wait) => i32::try_from(wait).unwrap_or(i32::MAX),
    }
}

/// Whether a poll that failed like this is worth another.
#[wasm_bindgen(js_name = pollAgain)]
pub fn poll_again(code: &str) -> bool {
    ErrorCode::parse(code).is_none_or(poll::worth_another)
}
