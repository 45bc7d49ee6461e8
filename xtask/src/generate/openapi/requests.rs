//! What is sent, in normal form.

use super::reference;
use crate::generate::pascal;
use cardwright::field::{Field, Kind, LAST_PAGE, Presence, SERVED_COUNTRY, STATES};
use cardwright::operation::{Condition, Method};
use cardwright::{OPERATIONS, Operation};
use serde_json::{Map, Value, json};

/// What is trimmed, White_Space of Unicode, and what no text may hold, as the package's own schemas write them.
const SPACE: &str = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
const CONTROL: &str = r"\u0000-\u001f\u007f-\u009f";

/// The schema's name.
pub(super) fn name(operation: &Operation) -> String {
    format!("{}Request", pascal(operation.method_name()))
}

/// The schema of every request, and of the objects in them.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    for operation in OPERATIONS {
        for field in operation.fields {
            if let Kind::Object(children) = field.kind {
                schemas.insert(pascal(field.name), closed(children));
            }
        }
        // A request in a query is spelled out as parameters.
        if operation.method == Method::Post {
            schemas.insert(name(operation), request(operation));
        }
    }
    schemas
}

fn request(operation: &Operation) -> Value {
    let mut schema = closed(operation.fields);
    let mut rules = Vec::new();
    for group in operation.one_of {
        let each: Vec<_> = group.iter().map(|name| given(name)).collect();
        rules.push(json!({ "oneOf": each }));
    }
    for field in operation.fields {
        let (Presence::RequiredWhen(condition, _) | Presence::OnlyWhen(condition, _)) = field.presence else {
            continue;
        };
        // The test of descriptors holds that a presence depends on nothing but a word.
        let Condition::Is(on, word) = condition else { continue };
        if matches!(field.presence, Presence::RequiredWhen(..)) {
            rules.push(json!({ "if": has(on, &[word]), "then": given(field.name) }));
        }
        let words = match operation.field(&[on]).map(|field| field.kind) {
            Some(Kind::Choice(words)) => words,
            _ => &[],
        };
        let others: Vec<_> = words.iter().copied().filter(|other| *other != word).collect();
        rules.push(json!({ "if": has(on, &others), "then": { "properties": { field.name: false } } }));
    }
    if !rules.is_empty() {
        schema["allOf"] = rules.into();
    }
    schema
}

/// Holds where a field is there. A strict validator wants what is required named among the properties too.
fn given(name: &str) -> Value {
    json!({ "required": [name], "properties": { name: true } })
}

/// Holds where a field has one of these words.
fn has(name: &str, words: &[&str]) -> Value {
    json!({ "properties": { name: { "enum": words } }, "required": [name] })
}

fn closed(fields: &[Field]) -> Value {
    let sent = || fields.iter().filter(|field| field.kind.is_sent());
    let properties: Map<_, _> = sent().map(|field| (field.name.into(), described(field))).collect();
    let required = sent().filter(|field| field.presence == Presence::Required).map(|field| field.name);
    let required: Vec<_> = required.collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

fn described(field: &Field) -> Value {
    let mut schema = value(field);
    schema["description"] = field.doc.as_str().into();
    schema
}

fn value(field: &Field) -> Value {
    match field.kind {
        Kind::Id(prefix) => text(&format!("{prefix}[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}")),
        Kind::Text(max) => {
            let end = format!("[^{SPACE}{CONTROL}]");
            let pattern = format!("^{end}(?:[^{CONTROL}]*{end})?$");
            json!({ "type": "string", "minLength": 1, "maxLength": max, "pattern": pattern })
        }
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::State => json!({ "type": "string", "enum": STATES }),
        Kind::PostalCode => text("[0-9]{5}"),
        Kind::Country => json!({ "type": "string", "enum": [SERVED_COUNTRY] }),
        Kind::Key => key(),
        Kind::Page => json!({ "type": "integer", "minimum": 1, "maximum": LAST_PAGE }),
        Kind::Object(_) => reference(&pascal(field.name)),
    }
}

/// An idempotency key.
pub(super) fn key() -> Value {
    text(r"[A-Za-z0-9_\-]{16,64}")
}

fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^(?:{pattern})$") })
}

/// A request in a query, field by field.
pub(super) fn query(operation: &Operation) -> Vec<Value> {
    let parameter = |field: &Field| {
        let required = field.presence == Presence::Required;
        json!({ "name": field.name, "in": "query", "required": required, "description": field.doc.as_str(), "schema": value(field) })
    };
    operation.fields.iter().map(parameter).collect()
}
