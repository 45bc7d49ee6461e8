//! Any bytes as rows of JSON, of lines or of a table: the report is the same wherever the bytes are cut.
#![no_main]

use cardwright::OPERATIONS;
use cardwright::bulk::{Batch, Format, Report, Terms};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 5] =
    [Format::Table(None), Format::Table(Some(b',')), Format::Table(Some(b'\t')), Format::Json, Format::Lines];

fuzz_target!(|bytes: &[u8]| {
    let Some(([which, format, cut], text)) = bytes.split_first_chunk() else { return };
    let operation = OPERATIONS[usize::from(*which) % OPERATIONS.len()];
    let terms = || Terms { collects: true, ..Terms::new(operation, FORMATS[usize::from(*format) % FORMATS.len()]) };
    let report = |pieces: &[&[u8]]| {
        let mut batch = Batch::new(terms());
        pieces.iter().for_each(|piece| batch.push(piece));
        batch.end()
    };
    let whole = report(&[text]);
    let pieces: Vec<_> = text.chunks(usize::from(*cut) + 1).collect();
    assert_eq!(said(&report(&pieces)), said(&whole));
    assert!(whole.valid <= whole.rows);
});

fn said(report: &Report) -> impl PartialEq + std::fmt::Debug {
    let shapes: Vec<_> = report.shapes.iter().map(|shape| (shape.issue.clone(), shape.column.clone())).collect();
    (report.rows, report.valid, report.is_complete, report.issues.clone(), shapes)
}
