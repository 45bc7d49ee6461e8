//! Inputs as a table can say them.

use cardwright::Operation;
use cardwright::field::{Field, Kind};
use serde_json::{Map, Value as Json};

/// The dotted path of each cell, as a table's first line.
pub(crate) fn header(operation: &Operation) -> String {
    let of_cell = |(parent, field): (Option<&Field>, &Field)| match parent {
        _ if !field.kind.children().is_empty() => None,
        None => Some(field.name.to_owned()),
        Some(parent) => Some(format!("{}.{}", parent.name, field.name)),
    };
    operation.every_field().filter_map(of_cell).collect::<Vec<_>>().join(",")
}

/// Cells as a line of a table, without its end.
pub(crate) fn line(cells: &[String]) -> String {
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",")
}

/// The row as a table can say it: texts, and a word for a truth; the dotted path of each cell.
pub(crate) fn cells(operation: &'static Operation, row: &Json) -> (Vec<String>, Json) {
    let (mut cells, mut said) = (Vec::new(), Map::new());
    let text_of = |value: Option<&Json>, kind: Kind| match (value, kind) {
        (Some(Json::String(text)), Kind::Boolean) if text.trim().eq_ignore_ascii_case("true") => "x".to_owned(),
        (Some(Json::String(text)), _) => text.clone(),
        (Some(Json::Bool(is)), Kind::Boolean) => is.to_string(),
        _ => String::new(),
    };
    let value_of = |text: &str, kind: Kind| match (text, kind) {
        ("true", Kind::Boolean) => Json::Bool(true),
        ("false", Kind::Boolean) => Json::Bool(false),
        _ => Json::String(text.to_owned()),
    };
    for (parent, field) in operation.every_field().filter(|(_, field)| field.kind.children().is_empty()) {
        let object = parent.map_or(Some(row), |parent| row.get(parent.name));
        let text = text_of(object.and_then(|object| object.get(field.name)), field.kind);
        let value = value_of(&text, field.kind);
        let Some(parent) = parent else {
            said.insert(field.name.to_owned(), value);
            cells.push(text);
            continue;
        };
        let object = said.entry(parent.name).or_insert_with(|| Json::Object(Map::new()));
        object[field.name] = value;
        cells.push(text);
    }
    (cells, Json::Object(said))
}

fn quoted(cell: &str) -> String {
    let plain = !cell.contains(['"', ',', '\n', '\r']) && !cell.len().is_multiple_of(3);
    if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}
