//! Any bytes as rows of JSON, of lines or of a table: the report is the same wherever the bytes are cut, and whether rows may be
//! read plainly or all are read the long way.
#![no_main]

use cardwright::OPERATIONS;
use cardwright::bulk::{Batch, Format, Report, Terms};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 5] =
    [Format::Table(None), Format::Table(Some(b',')), Format::Table(Some(b'\t')), Format::Json, Format::Lines];

fuzz_target!(|bytes: &[u8]| {
    let Some(([which, format, cut], text)) = bytes.split_first_chunk() else { return };
    let operation = OPERATIONS[usize::from(*which) % OPERATIONS.len()];
    let format = FORMATS[usize::from(*format) % FORMATS.len()];
    let report = |pieces: &[&[u8]], collects| {
        let mut batch = Batch::new(Terms { collects, ..Terms::new(operation, format) });
        pieces.iter().for_each(|piece| batch.push(piece));
        batch.end()
    };
    let whole = report(&[text], true);
    let pieces: Vec<_> = text.chunks(usize::from(*cut) + 1).collect();
    for (pieces, collects) in [(pieces.as_slice(), true), (&[text], false), (&pieces, false)] {
        assert_eq!(said(&report(pieces, collects)), said(&whole));
    }
    assert!(whole.valid <= whole.rows);
});

fn said(report: &Report) -> impl PartialEq + std::fmt::Debug {
    let shapes: Vec<_> = report.shapes.iter().map(|shape| (shape.issue.clone(), shape.column.clone())).collect();
    (report.rows, report.valid, report.is_complete, report.issues.clone(), shapes)
}
