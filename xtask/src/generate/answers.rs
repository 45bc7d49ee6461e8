//! The types of what issuers answer.

use super::union;
use cardwright::OPERATIONS;
use cardwright::envelope::{AnswerField, AnswerKind};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(super) fn text() -> String {
    let mut types = BTreeMap::new();
    for operation in OPERATIONS {
        interface(&mut types, &operation.answer.name, operation.answer.fields);
    }
    let mut out = String::from("import type { JsonValue, Unrecognized } from '../json.js';\n");
    for text in types.values() {
        out.push('\n');
        out.push_str(text);
    }
    out
}

fn interface(types: &mut BTreeMap<String, String>, name: &str, fields: &[AnswerField]) {
    let mut text = format!("export interface {name} {{\n");
    for field in fields {
        let optional = if field.required { "" } else { "?" };
        let null = if field.required { "" } else { " | null" };
        let kind = kind(types, field.kind);
        let _ = writeln!(text, "  /** {} */\n  {}{optional}: {kind}{null};", field.doc, field.name);
    }
    let _ = writeln!(text, "  /** A field the issuer added since. */\n  [added: string]: JsonValue | undefined;\n}}");
    types.insert(name.to_owned(), text);
}

fn kind(types: &mut BTreeMap<String, String>, kind: AnswerKind) -> String {
    match kind {
        AnswerKind::Text | AnswerKind::Id | AnswerKind::Decimal | AnswerKind::LastFour => "string".into(),
        AnswerKind::Bool => "boolean".into(),
        AnswerKind::Number => "number".into(),
        AnswerKind::Exactly(word) => union([word]),
        AnswerKind::Word(name, words) => {
            let text = format!(
                "export const {name} = [{}] as const;\n/** A known {name}. */\nexport type {name} = (typeof {name})[number];\n",
                union(words.iter().copied()).replace(" | ", ", ")
            );
            types.insert(name.as_str().to_owned(), text);
            format!("{name} | Unrecognized")
        }
        AnswerKind::Object(name, fields) => {
            interface(types, &name, fields);
            name.as_str().into()
        }
        AnswerKind::List(name, fields) => {
            interface(types, &name, fields);
            format!("{name}[]")
        }
    }
}
