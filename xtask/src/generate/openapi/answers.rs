//! What is answered: the issuers' envelopes, and what is known of an intent.

use super::reference;
use cardwright::OPERATIONS;
use cardwright::envelope::{AnswerField, AnswerKind};
use serde_json::{Map, Value, json};

/// The schema of every answer. They are open: an issuer adds fields.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    for operation in OPERATIONS {
        object(&mut schemas, &operation.answer.name, operation.answer.fields);
    }
    schemas.insert("Intent".into(), intent());
    schemas
}

fn object(schemas: &mut Map<String, Value>, name: &str, fields: &[AnswerField]) {
    let mut properties = Map::new();
    for field in fields {
        let mut schema = value(schemas, field.kind);
        if !field.required {
            schema = json!({ "anyOf": [schema, { "type": "null" }] });
        }
        schema["description"] = field.doc.as_str().into();
        properties.insert(field.name.into(), schema);
    }
    let required: Vec<_> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schemas.insert(name.into(), schema);
}

fn value(schemas: &mut Map<String, Value>, kind: AnswerKind) -> Value {
    match kind {
        AnswerKind::Text | AnswerKind::Id | AnswerKind::Decimal => json!({ "type": "string" }),
        AnswerKind::Number => json!({ "type": "number" }),
        AnswerKind::Bool => json!({ "type": "boolean" }),
        AnswerKind::Exactly(word) => json!({ "const": word }),
        AnswerKind::LastFour => json!({ "type": "string", "pattern": "^[0-9]{4}$" }),
        AnswerKind::Word(name, words) => {
            schemas.insert(name.as_str().into(), json!({ "type": "string", "enum": words }));
            // The list is open: a word nobody documented passes as it is.
            json!({ "anyOf": [reference(&name), { "type": "string" }] })
        }
        AnswerKind::Object(name, fields) => {
            object(schemas, &name, fields);
            reference(&name)
        }
        AnswerKind::List(name, fields) => {
            object(schemas, &name, fields);
            json!({ "type": "array", "items": reference(&name) })
        }
    }
}

/// The names of the operations that have intents.
pub(super) fn write_names() -> Value {
    let writes = OPERATIONS.iter().filter(|operation| operation.safety.is_write());
    json!({ "type": "string", "enum": writes.map(|operation| operation.name).collect::<Vec<_>>() })
}

fn intent() -> Value {
    let mut envelopes: Vec<&str> = OPERATIONS
        .iter()
        .filter(|operation| operation.safety.is_write())
        .map(|operation| operation.answer.name.as_str())
        .collect();
    envelopes.dedup();
    json!({
        "type": "object",
        "properties": {
            "operation": write_names(),
            "state": {
                "type": "string",
                "enum": ["claimed", "sending", "unknown", "done", "absent"],
                "description": "`claimed`: nothing was sent yet. `sending`: it is under way. `unknown`: it was sent, and no answer could be read. `done`: `answer` or `problem` says how it ended. `absent`: it never was, and the key is closed now.",
            },
            "sent_at": { "type": "string", "format": "date-time", "description": "When its first byte left." },
            "answer": { "anyOf": envelopes.into_iter().map(reference).collect::<Vec<_>>(), "description": "The issuer's envelope." },
            "problem": reference("Problem"),
        },
        "required": ["operation", "state"],
    })
}
