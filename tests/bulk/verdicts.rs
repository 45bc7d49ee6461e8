//! One verdict: a row is judged as it is alone, in every format, wherever the pieces are cut.

use crate::tables_of::{cells, header, line};
use crate::{inputs, said};
use cardwright::bulk::{Batch, Format, Terms};
use cardwright::input::{INPUT_LIMITS, read_json};
use cardwright::{Operation, Settings, check};
use proptest::prelude::*;
use serde_json::Value as Json;

/// What a check of each row alone says, as `said` writes it, and how many pass.
fn alone(operation: &'static Operation, rows: &[Json]) -> (Vec<String>, u32) {
    let (mut said, mut valid) = (Vec::new(), 0);
    for (at, row) in rows.iter().enumerate() {
        let text = row.to_string();
        let value = read_json(text.as_bytes(), INPUT_LIMITS).unwrap();
        match check(operation, &value, &Settings::default()) {
            Ok(_) => valid += 1,
            Err(issues) => {
                said.extend(issues.iter().map(|it| format!("{} {} {}", at + 1, it.path.join("."), it.code.as_str())));
            }
        }
    }
    (said, valid)
}

fn together(operation: &'static Operation, format: Format, text: &str, cuts: &[usize]) -> (Vec<String>, u32) {
    let mut batch = Batch::new(Terms::new(operation, format));
    let (mut rest, mut cuts) = (text.as_bytes(), cuts.iter().cycle());
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
        batch.push(piece);
        rest = behind;
    }
    let report = batch.end();
    assert!(report.is_complete, "{:?}", said(&report));
    // The column is a table's own matter.
    let lines = said(&report).into_iter().map(|line| line.split(" @").next().unwrap_or_default().to_owned());
    (lines.collect(), report.valid)
}

/// Rows as JSON is written by people and programs: with blanks, and with letters escaped.
fn spelled(row: &Json, spelling: u8) -> String {
    match spelling {
        0 => row.to_string(),
        1 => serde_json::to_string_pretty(row).unwrap(),
        _ => row.to_string().replace("user-", "\\u0075ser-"),
    }
}

fn rows() -> impl Strategy<Value = (&'static Operation, Vec<(Json, u8)>)> {
    let row = inputs::filled_in();
    prop::collection::vec((row, 0..3_u8), 1..6).prop_map(|rows| {
        let operation = rows[0].0.0;
        let rows = rows.into_iter().filter(|((of, _), _)| of.name == operation.name);
        let rows: Vec<_> = rows.map(|((_, row), spelling)| (row, spelling)).collect();
        // What was learned of a row is used for those that are like it.
        (operation, rows.iter().chain(&rows).chain(&rows).cloned().collect())
    })
}

/// Where pieces are cut: into few bytes, or nowhere.
fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![prop::collection::vec(1..40_usize, 1..6), Just(vec![usize::MAX])]
}

proptest! {
    // An operation of one field has no table, however long the run is.
    #![proptest_config(ProptestConfig { max_global_rejects: u32::MAX, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn a_row_of_json_is_judged_as_it_is_alone((operation, rows) in rows(), cuts in cuts()) {
        let plain: Vec<Json> = rows.iter().map(|(row, _)| row.clone()).collect();
        let expected = alone(operation, &plain);
        let list = rows.iter().map(|(row, spelling)| spelled(row, *spelling)).collect::<Vec<_>>().join(" ,");
        prop_assert_eq!(together(operation, Format::Json, &format!("[{list}]"), &cuts), expected.clone());
        let lines = rows.iter().map(|(row, spelling)| spelled(row, spelling & 2)).collect::<Vec<_>>().join("\r\n");
        prop_assert_eq!(together(operation, Format::Lines, &lines, &cuts), expected);
    }

    #[test]
    fn a_row_of_a_table_is_judged_as_it_is_alone((operation, rows) in rows(), cuts in cuts()) {
        let rows: Vec<_> = rows.iter().map(|(row, _)| cells(operation, row)).collect();
        let header = header(operation);
        // One cell that is blank is a blank line.
        prop_assume!(header.contains(','));
        let table = rows.iter().map(|(cells, _)| line(cells));
        let table = std::iter::once(header).chain(table).collect::<Vec<_>>().join("\n") + "\n";
        let plain: Vec<Json> = rows.into_iter().map(|(_, row)| row).collect();
        prop_assert_eq!(together(operation, Format::Table(Some(b',')), &table, &cuts), alone(operation, &plain));
    }
}

/// `ROWS=1000000` for the long run.
fn cases() -> u32 {
    std::env::var("ROWS").ok().and_then(|rows| rows.parse::<u32>().ok()).map_or(700, |rows| rows / 5)
}
