//! The fast way in: a page writes packed values into a piece of this memory, and reads what is broken out of it.
//!
//! Most of the time of a check went into writing a snapshot, copying it and reading it again.

use super::cells::{issue, to_js};
use super::form::at;
use super::{known_at, operation_at, settings};
use crate::check;
use crate::form;
use crate::input::packed;
use crate::issue::{IssueCode, Refusal};
use crate::judge::{Finding, Slots, judge};
use crate::operation::Operation;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_str;

/// The most bytes that are packed; what is longer goes the long way.
const ROOM: usize = 4096;

/// What has to be asked of the whole.
const ASK_WHOLE: u32 = 0;
/// Set where rules are broken; the rest counts them.
const BROKEN: u32 = 1 << 31;

/// The page writes four letters at once, so that it stands on a border of four bytes.
#[repr(align(4))]
struct Room([u8; ROOM]);

thread_local! {
    static PACKED: RefCell<Room> = const { RefCell::new(Room([0; ROOM])) };
}

/// Where packed values are written.
#[wasm_bindgen]
pub fn room() -> *const u8 {
    PACKED.with_borrow(|Room(packed)| packed.as_ptr())
}

/// Judges the packed values, so many bytes of them: a bit for each place that is part of the request as it is; or 2^31 and
/// how many rules are broken, four bytes each now stand in place of the values: place, code, number. Or 0, to ask about the whole.
#[wasm_bindgen(js_name = judge)]
pub fn judge_packed(operation: usize, bytes: usize, relaxed: u8) -> u32 {
    let Some(operation) = known_at(operation) else { return ASK_WHOLE };
    PACKED.with_borrow_mut(|Room(packed)| {
        let (verdict, findings) = judged(operation, packed.get(..bytes).unwrap_or_default(), relaxed);
        for (finding, out) in findings.iter().zip(packed.chunks_exact_mut(4)) {
            out.copy_from_slice(&word(finding).to_le_bytes());
        }
        verdict
    })
}

/// Judges new text, packed alone, in a field that stands alone: a number, see [`form::Verdict`].
#[wasm_bindgen]
pub fn verdict(operation: usize, field: usize, bytes: usize, relaxed: u8) -> u32 {
    PACKED.with_borrow(|Room(packed)| {
        let text = packed.get(..bytes).and_then(|text| std::str::from_utf8(text).ok());
        let verdict =
            text.zip(at(operation, field)).map(|(text, field)| form::verdict(field, text, &settings(relaxed, None)));
        verdict.map_or(ASK_WHOLE, form::Verdict::number)
    })
}

fn judged(operation: &'static Operation, packed: &[u8], relaxed: u8) -> (u32, Vec<Finding>) {
    let mut slots = Slots::EMPTY;
    let Some(()) = packed::read(packed, &mut slots) else { return (ASK_WHOLE, Vec::new()) };
    let settings = settings(relaxed, None);
    let judged = judge(operation, &slots, &settings);
    if !judged.findings.is_empty() {
        let count = u32::try_from(judged.findings.len()).unwrap_or_default();
        return (BROKEN | count, judged.findings);
    }
    let is_whole = !judged.is_changed && judged.notices.is_empty();
    (if is_whole { judged.as_given } else { ASK_WHOLE }, Vec::new())
}

/// Lengths are below 2^16, because no more is packed.
fn word(finding: &Finding) -> u32 {
    finding.place as u32 | (finding.refusal.code.place() as u32) << 8 | finding.refusal.number << 16
}

/// The issue that a word of [`judge_packed`] stands for: `[path, code, params]`.
#[wasm_bindgen]
pub fn explain(operation: usize, word: u32) -> JsValue {
    let code = IssueCode::ALL.get((word >> 8 & 0xff) as usize).copied().unwrap_or(IssueCode::NotJson);
    let finding = Finding { place: (word & 0xff) as usize, refusal: Refusal { code, number: word >> 16 } };
    let broken = check::issue(operation_at(operation), &finding).unwrap_or_else(|| throw_str("unknown place"));
    to_js(&issue(&broken))
}
