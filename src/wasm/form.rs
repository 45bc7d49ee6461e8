//! What a form asks: places, stages, and one field at a time.

use super::cells::{row, to_js};
use super::{known_at, operation_at, rows, settings};
use crate::check::unreadable;
use crate::field::Field;
use crate::form::{self, Standing};
use crate::input::{INPUT_LIMITS, Value, read_snapshot};
use crate::presence;
use crate::typing;
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_str;

/// Checks a snapshot: `[the row of check, a letter for each field's standing, how many issues the fields have]`.
#[wasm_bindgen(js_name = checkForm)]
pub fn check_form(operation: usize, snapshot: &str, relaxed: u8) -> JsValue {
    let operation = operation_at(operation);
    let (checked, standings, of_fields) = match read_snapshot(snapshot, INPUT_LIMITS) {
        Err(error) => (Err(vec![unreadable(error)]), String::new(), 0),
        Ok(input) => {
            let form = form::check(operation, &input, &settings(relaxed, None));
            (form.checked, form.standings.into_iter().map(Standing::letter).collect(), form.of_fields)
        }
    };
    let request = rows::request(&checked);
    to_js(&row([
        rows::check(&checked, request.as_deref()),
        standings.as_str().into(),
        u32::try_from(of_fields).unwrap_or(u32::MAX).into(),
    ]))
}

/// The normal form of text that passes.
#[wasm_bindgen(js_name = normalForm)]
pub fn normal_form(operation: usize, field: usize, text: &str, relaxed: u8) -> Option<String> {
    form::normal_form(at(operation, field)?, text, &settings(relaxed, None))
}

/// A digit for each field's place; see `Place::ALL`.
#[wasm_bindgen]
pub fn presence(operation: usize, snapshot: &str, relaxed: u8) -> String {
    let input = read_snapshot(snapshot, INPUT_LIMITS).unwrap_or(Value::Null);
    let places = presence::presence(operation_at(operation), &input, &settings(relaxed, None));
    places.into_iter().map(|place| char::from(b'0' + place as u8)).collect()
}

/// How far a person is with a field; see `Typing::ALL`. `path` is dotted.
#[wasm_bindgen]
pub fn typing(operation: usize, field: usize, snapshot: &str, relaxed: u8) -> u8 {
    let field = at(operation, field).unwrap_or_else(|| throw_str("unknown field"));
    let stage = read_snapshot(snapshot, INPUT_LIMITS)
        .map_or(typing::Typing::Invalid, |value| typing::typing(field, &value, &settings(relaxed, None)));
    stage as u8
}

pub(super) fn at(operation: usize, field: usize) -> Option<&'static Field> {
    known_at(operation)?.field_at(field).map(|(_, field)| field)
}
