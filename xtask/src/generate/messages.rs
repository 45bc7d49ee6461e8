//! The English catalogue: every sentence and label of the rules. What else a catalogue holds follows from its type.

use super::{quoted, union};
use cardwright::field::Field;
use cardwright::ingo::actions::Reason;
use cardwright::pintopay::order::Stage;
use cardwright::pintopay::slug;
use cardwright::{ErrorCode, IssueCode, NoticeCode, OPERATIONS};
use std::fmt::Write as _;

pub(super) fn text() -> String {
    let fields = fields();
    let asked: Vec<_> = fields.iter().filter_map(|(path, field)| Some((path.as_str(), field.ask?.as_str()))).collect();
    let mut out = format!(
        "import type {{ Messages }} from '../messages.js';\n\n\
         /** Every field of every operation, by its dotted path. */\nexport type FieldPath =\n  | {};\n\n\
         /** The fields that are asked for with a sentence of their own. */\nexport type AskedPath =\n  | {};\n\n\
         /** The English sentences. */\nexport const en: Messages = {{\n  or: 'or',\n",
        union(fields.iter().map(|(path, _)| path.as_str())).replace(" | ", "\n  | "),
        union(asked.iter().map(|(path, _)| *path)).replace(" | ", "\n  | "),
    );
    table(&mut out, "labels", fields.iter().map(|(path, field)| (path.as_str(), field.label.as_str())));
    table(&mut out, "asks", asked.into_iter());
    table(&mut out, "issues", IssueCode::ALL.iter().map(|code| (code.as_str(), code.template())));
    table(&mut out, "notices", NoticeCode::ALL.iter().map(|code| (code.as_str(), code.template())));
    table(&mut out, "reasons", Reason::ALL.iter().map(|code| (code.as_str(), code.template())));
    table(&mut out, "stages", Stage::ALL.iter().map(|code| (code.as_str(), code.template())));
    table(&mut out, "slugs", slug::ALL.iter().map(|slug| (slug.word, slug.message.as_str())));
    table(&mut out, "errors", ErrorCode::ALL.iter().map(|code| (code.as_str(), code.template())));
    out.push_str("};\n");
    out
}

fn table<'a>(out: &mut String, name: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) {
    let _ = writeln!(out, "  {name}: {{");
    for (key, sentence) in rows {
        let _ = writeln!(out, "    {}: {},", quoted(key), quoted(sentence));
    }
    out.push_str("  },\n");
}

/// Every field once; tests/descriptors.rs holds that a path has one label wherever it stands.
fn fields() -> Vec<(String, &'static Field)> {
    let mut fields: Vec<(String, &'static Field)> = Vec::new();
    for field in OPERATIONS.iter().flat_map(|operation| operation.fields) {
        let below = field.kind.children().iter().map(|child| (format!("{}.{}", field.name, child.name), child));
        for (path, field) in std::iter::once((field.name.to_owned(), field)).chain(below) {
            if !fields.iter().any(|(known, _)| *known == path) {
                fields.push((path, field));
            }
        }
    }
    fields
}
