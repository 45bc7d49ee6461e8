//! Many inputs at once: the same verdict as one at a time, whatever the rows are written in and wherever a piece is cut.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "../properties/inputs.rs"]
mod inputs;
mod readers;
mod tables;
#[path = "../properties/tables.rs"]
mod tables_of;
mod verdicts;

use cardwright::Operation;
use cardwright::bulk::{Batch, Format, Report, Terms};

fn issue_card() -> &'static Operation {
    cardwright::operation::find("ingo.issueCard").unwrap()
}

/// What a report says, a line for each issue: `row path code column`.
fn said(report: &Report) -> Vec<String> {
    let line = |[row, shape]: &[u32; 2]| {
        let shape = &report.shapes[*shape as usize];
        let column = shape.column.as_ref().map(|column| format!(" @{column}")).unwrap_or_default();
        format!("{row} {} {}{column}", shape.issue.path.join("."), shape.issue.code.as_str())
    };
    report.issues.iter().map(line).collect()
}

fn read_as(terms: Terms, text: &[u8]) -> Report {
    let mut batch = Batch::new(terms);
    batch.push(text);
    batch.end()
}

fn read(format: Format, text: &str) -> Report {
    read_as(Terms::new(issue_card(), format), text.as_bytes())
}

const USER: &str = "user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef";
