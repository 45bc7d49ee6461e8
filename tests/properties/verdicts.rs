//! Writes generated inputs and what the native rules say of each, for the package to say the same:
//! `cargo run --example verdicts -- ROWS FOLDER`.
//!
//! A file holds, by operation, `rows` and `said`, a list of `path code` for each row; and the same rows as a `table` can hold
//! them, with `tableSaid`.
#![cfg(not(target_arch = "wasm32"))]

#[path = "inputs.rs"]
mod inputs;
#[path = "tables.rs"]
mod tables;

use cardwright::input::{INPUT_LIMITS, read_json};
use cardwright::{OPERATIONS, Operation, Settings, check};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value as Json, json};
use std::error::Error;
use std::path::Path;

const ROWS_A_FILE: usize = 5_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, folder] = arguments.as_slice() else { return Err("expected the number of rows and a folder".into()) };
    let folder = Path::new(folder);
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(6), ..Config::default() });
    let mut left: usize = rows.parse()?;
    for file in 0.. {
        let inputs = inputs(&mut runner, left.min(ROWS_A_FILE))?;
        std::fs::write(folder.join(format!("{file:04}.json")), written(&inputs).to_string())?;
        left -= inputs.len();
        if left == 0 {
            break;
        }
    }
    Ok(())
}

type Input = (&'static Operation, Json);

fn inputs(runner: &mut TestRunner, rows: usize) -> Result<Vec<Input>, Box<dyn Error>> {
    let strategy = inputs::filled_in();
    let next = |row| {
        let (operation, input) = strategy.new_tree(runner).map_err(|reason| reason.to_string())?.current();
        // Half of them without blanks around the texts: what is in normal form goes another way through the package.
        Ok((operation, if row % 2 == 0 { trimmed(input) } else { input }))
    };
    (0..rows).map(next).collect()
}

fn trimmed(input: Json) -> Json {
    match input {
        Json::String(text) => text.trim().into(),
        Json::Object(members) => members.into_iter().map(|(name, value)| (name, trimmed(value))).collect(),
        other => other,
    }
}

fn written(inputs: &[Input]) -> Json {
    let of_operation = |operation: &&'static Operation| {
        let operation = *operation;
        let rows: Vec<_> = inputs.iter().filter(|(of, _)| of.name == operation.name).map(|(_, row)| row).collect();
        let rows_said: Vec<_> = rows.iter().map(|row| said(operation, row)).collect();
        let cells: Vec<_> = rows.iter().map(|row| tables::cells(operation, row)).collect();
        let lines = cells.iter().map(|(cells, _)| tables::line(cells));
        let table = std::iter::once(tables::header(operation)).chain(lines).collect::<Vec<_>>().join("\r\n");
        let table_said: Vec<_> = cells.iter().map(|(_, row)| said(operation, row)).collect();
        (operation.name.to_owned(), json!({ "rows": rows, "said": rows_said, "table": table, "tableSaid": table_said }))
    };
    OPERATIONS.iter().map(of_operation).collect::<serde_json::Map<_, _>>().into()
}

/// What a check of the input alone says.
fn said(operation: &'static Operation, row: &Json) -> Vec<String> {
    let text = row.to_string();
    let checked = match read_json(text.as_bytes(), INPUT_LIMITS) {
        Ok(value) => check(operation, &value, &Settings::default()).map(|_| ()),
        Err(error) => Err(vec![check::unreadable(error)]),
    };
    let issues = checked.err().unwrap_or_default();
    issues.iter().map(|issue| format!("{} {}", issue.path.join("."), issue.code.as_str())).collect()
}
