//! Any input is judged, and what is accepted is in normal form.

use crate::inputs::{any_json, filled_in, operation};
use cardwright::check::unreadable;
use cardwright::field::{Field, Kind};
use cardwright::input::{INPUT_LIMITS, Limits, Value, read_json};
use cardwright::{Operation, Request, Settings, check};
use proptest::prelude::*;
use serde_json::Value as Json;

/// Room for inputs that grow by being spelled in escapes.
const LIMITS: Limits = Limits { bytes: 1 << 20, ..INPUT_LIMITS };

proptest! {
    #[test]
    fn any_json_is_judged(operation in operation(), input in any_json(6), key in prop::option::of(".{0,70}")) {
        let text = input.to_string();
        let issues = match read_json(text.as_bytes(), INPUT_LIMITS) {
            Err(error) => vec![unreadable(error)],
            Ok(input) => match check(operation, &input, &Settings { key: key.as_deref(), ..Settings::default() }) {
                Ok(accepted) => return prop_is_known(operation, &accepted.request),
                Err(issues) => issues,
            },
        };
        prop_assert!(!issues.is_empty());
        prop_assert!(issues.iter().all(|issue| issue.message.ends_with('.')), "{:?}", issues);
    }

    #[test]
    fn an_accepted_request_holds_known_fields_alone((operation, input) in filled_in()) {
        let text = input.to_string();
        let request = accepted(operation, &text, None);
        prop_assume!(request.is_some());
        prop_is_known(operation, &request.unwrap())?;
    }

    #[test]
    fn the_normal_form_is_a_fixed_point((operation, input) in filled_in()) {
        let text = input.to_string();
        let request = accepted(operation, &text, None);
        prop_assume!(request.is_some());
        let normal = request.as_ref().unwrap().to_json();
        let again = accepted(operation, &normal, request.as_ref().unwrap().key());
        prop_assert_eq!(again.as_ref().map(Request::to_json), Some(normal.clone()));
        prop_assert!(again == request, "{}", normal);
    }

    #[test]
    fn how_an_input_is_written_changes_nothing((operation, input) in filled_in(), choices in any::<[u8; 32]>()) {
        let plain = input.to_string();
        let mut other = String::new();
        write_otherwise(&mut other, &input, &mut choices.into_iter().cycle());
        let request = accepted(operation, &plain, None);
        prop_assume!(request.is_some());
        prop_assert!(accepted(operation, &other, None) == request, "{}", other);
    }
}

fn accepted<'a>(operation: &'static Operation, text: &'a str, key: Option<&'a str>) -> Option<Request<'a>> {
    let settings = Settings { key, ..Settings::default() };
    let accepted = check(operation, &read_json(text.as_bytes(), LIMITS).unwrap(), &settings);
    accepted.ok().map(|accepted| accepted.request)
}

fn prop_is_known(operation: &Operation, request: &Request<'_>) -> Result<(), TestCaseError> {
    let normal = request.to_json();
    prop_assert!(is_known(operation.fields, &read_json(normal.as_bytes(), LIMITS).unwrap()), "{}", normal);
    Ok(())
}

/// Whether an object has known members alone, in the descriptor's order, and none that is empty.
fn is_known(fields: &[Field], object: &Value<'_>) -> bool {
    let Value::Object(members) = object else { return false };
    let mut left = fields.iter();
    members.iter().all(|(name, value)| {
        left.by_ref().find(|field| field.name == name).is_some_and(|field| match field.kind {
            Kind::Object(children) => is_known(children, value),
            kind => kind.is_sent() && !value.is_blank() && !matches!(value, Value::Object(_) | Value::List(_)),
        })
    })
}

/// The same JSON with its members in another order, white space between its tokens, and letters spelled as escapes.
fn write_otherwise(out: &mut String, json: &Json, choices: &mut impl Iterator<Item = u8>) {
    let mut choose = |among: usize| usize::from(choices.next().unwrap()) % among;
    out.push_str(["", " ", "\t", "\r\n  "][choose(4)]);
    match json {
        Json::String(text) => write_escaped(out, text, &mut choose),
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write_otherwise(out, item, choices);
            }
            out.push(']');
        }
        Json::Object(members) => {
            let mut shuffled = Vec::new();
            for member in members {
                shuffled.insert(choose(shuffled.len() + 1), member);
            }
            out.push('{');
            for (at, (name, value)) in shuffled.into_iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_escaped(out, name, &mut |among| usize::from(choices.next().unwrap()) % among);
                out.push_str(" :");
                write_otherwise(out, value, choices);
            }
            out.push_str("\n}");
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn write_escaped(out: &mut String, text: &str, choose: &mut impl FnMut(usize) -> usize) {
    out.push('"');
    for letter in text.chars() {
        if choose(3) == 0 || letter.is_control() || matches!(letter, '"' | '\\') {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(letter);
        }
    }
    out.push('"');
}
