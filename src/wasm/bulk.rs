//! Many rows: pieces are written into this memory, and what is broken is read out of it as pairs of numbers.
//!
//! An instance has one batch. Whoever has several has an instance for each, and gives its memory back with it.

use super::cells::{Cell, issue, list, notice, row, to_js};
use super::{known_at, settings};
use crate::bulk::{Batch, Format, Report, Shape, Taken, Terms};
use crate::input::{Limits, Value, read_json};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen::throw_str;

/// What is said of columns is as long as a table is wide, and comes from the page's own code.
const COLUMNS_LIMITS: Limits = Limits { bytes: usize::MAX, depth: 2 };

thread_local! {
    static BATCH: RefCell<Option<Batch>> = const { RefCell::new(None) };
    static REPORT: RefCell<Option<Report>> = const { RefCell::new(None) };
}

/// Begins a batch; false, if it cannot. `format` is `json`, `ndjson`, `csv`, or `csv` and its delimiter; `columns` an object of names
/// and paths in JSON.
#[wasm_bindgen(js_name = bulkBegin)]
pub fn begin(
    operation: usize,
    format: &str,
    relaxed: u8,
    row_key: Option<String>,
    columns: &str,
    most_issues: usize,
    collects: bool,
) -> bool {
    let Some(operation) = known_at(operation) else { return false };
    let settings = settings(relaxed, None);
    let format = match format {
        "json" => Format::Json,
        "ndjson" => Format::Lines,
        table => Format::Table(table.as_bytes().get("csv".len()).copied()),
    };
    let Ok(columns) = read_json(columns.as_bytes(), COLUMNS_LIMITS).map(|columns| pairs(&columns)) else {
        return false;
    };
    let (ids, drop_unknown) = (settings.ids, settings.drop_unknown);
    let terms = Terms { operation, format, ids, drop_unknown, row_key, columns, most_issues, collects };
    BATCH.set(Some(Batch::new(terms)));
    REPORT.set(None);
    true
}

fn pairs(columns: &Value<'_>) -> Vec<(String, Option<String>)> {
    let Value::Object(members) = columns else { return Vec::new() };
    members.iter().map(|(name, path)| (name.as_ref().to_owned(), path.text().map(str::to_owned))).collect()
}

/// Where so many bytes are to be written.
#[wasm_bindgen(js_name = bulkRoom)]
pub fn room(bytes: usize) -> *const u8 {
    BATCH.with_borrow_mut(|batch| batch.as_mut().map_or(std::ptr::null(), |batch| batch.room(bytes).as_ptr()))
}

/// Reads the bytes that were written, and tells how many rows there were so far. 2^31 more, if no more is wanted.
#[wasm_bindgen(js_name = bulkRead)]
pub fn read(bytes: usize, last: bool) -> u32 {
    reading(|batch| batch.read(bytes, last))
}

/// The same of so many units of UTF-16, which were written behind three bytes for each.
#[wasm_bindgen(js_name = bulkReadUtf16)]
pub fn read_utf16(units: usize) -> u32 {
    reading(|batch| batch.read_utf16(units))
}

fn reading(read: impl FnOnce(&mut Batch)) -> u32 {
    BATCH.with_borrow_mut(|batch| {
        batch.as_mut().map_or(0, |batch| {
            read(batch);
            batch.rows() | u32::from(batch.is_over()) << 31
        })
    })
}

/// The rows that passed since this was last asked: `[row, rowKey | null, request, key | null, notices]` each.
#[wasm_bindgen(js_name = bulkTake)]
pub fn take() -> JsValue {
    let taken = BATCH.with_borrow_mut(|batch| batch.as_mut().map(Batch::take)).unwrap_or_default();
    to_js(&list(taken.iter().map(taken_row)))
}

fn taken_row(taken: &Taken) -> Cell<'_> {
    row([
        taken.row.into(),
        taken.row_key.as_deref().into(),
        taken.request.as_str().into(),
        taken.key.as_deref().into(),
        list(taken.notices.iter().map(notice)),
    ])
}

/// Ends the batch: `[rows, valid, issues in all, complete, shapes, [[key, rows], ...], where the pairs are, how many]`. A pair
/// is a row and the number of its issue's shape; behind those that are kept, a row that has none of them and its first code.
#[wasm_bindgen(js_name = bulkEnd)]
pub fn end() -> JsValue {
    let mut report = BATCH.take().map(Batch::end).unwrap_or_else(|| throw_str("no batch"));
    report.issues.append(&mut report.unkept);
    let repeated = report.repeated.iter().map(|repeated| {
        row([repeated.row_key.as_str().into(), list(repeated.rows.iter().map(|number| (*number).into()))])
    });
    let cells = row([
        report.rows.into(),
        report.valid.into(),
        report.issue_count.into(),
        report.is_complete.into(),
        list(report.shapes.iter().map(shape)),
        list(repeated),
        u32::try_from(report.issues.as_ptr() as usize).unwrap_or_default().into(),
        u32::try_from(report.issues.len()).unwrap_or_default().into(),
    ]);
    let said = to_js(&cells);
    // The pairs stand there until the next batch begins.
    drop(cells);
    REPORT.set(Some(report));
    said
}

/// `[path, code, params, column | null]`
fn shape(shape: &Shape) -> Cell<'_> {
    let Cell::Row(mut cells) = issue(&shape.issue) else { return Cell::Null };
    cells.push(shape.column.as_deref().into());
    Cell::Row(cells)
}
