//! Many inputs at once: rows of a JSON list, of lines of JSON or of a table, judged by the rules that judge one.
//!
//! ```text
//! pieces of bytes ──► batch.rs ──► json.rs, lines.rs, table.rs    where a row begins and ends
//!  (or of utf16.rs)      │            │ plain.rs, cells.rs        its texts in their places (row.rs), where it is written plainly
//!                        │            │ between.rs, walk.rs       how the rows before it were written
//!                        │            └ window.rs, input/json.rs  else its value, the long way
//!                        ├──► plan.rs ──► judge.rs, check.rs      the same rules for both; rows like one that passed pass
//!                        ▼
//!                     report.rs                                   what is broken where; row_keys.rs: keys that stand twice
//! ```
//!
//! What is held is one piece, two numbers for each broken rule that is kept, or else for its row, and the keys: a file may be larger
//! than the memory.

mod batch;
mod between;
mod cells;
mod header;
mod json;
mod lines;
mod plain;
mod plan;
mod report;
mod row;
mod row_keys;
mod rows;
mod run;
mod table;
mod utf16;
mod walk;
mod window;

pub use batch::{Batch, Taken};
pub use report::{Report, Shape};
pub use row_keys::Repeated;

use crate::field::IdForm;
use crate::operation::Operation;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A list of objects.
    Json,
    /// An object on each line.
    Lines,
    /// A table with a header (RFC 4180), this byte between two cells; none, to take what the header has most of.
    Table(Option<u8>),
}

/// What is said about rows before the first one comes.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What each row is an input of.
    pub operation: &'static Operation,
    /// How the rows are written.
    pub format: Format,
    /// How much of an id is looked at.
    pub ids: IdForm,
    /// Whether names the operation does not know are passed over.
    pub drop_unknown: bool,
    /// The member or column that names a row: a field, or one beside them.
    pub row_key: Option<String>,
    /// Of a table: the dotted path of each column that does not bear it, by the column's name; or nothing, to pass it over.
    pub columns: Vec<(String, Option<String>)>,
    /// How many issues are kept; all are counted, and of every row it is known what was the first.
    pub most_issues: usize,
    /// Whether the requests are wanted, and not the verdicts alone.
    pub collects: bool,
}

impl Terms {
    /// JSON rows of an operation, and nothing else said.
    pub fn new(operation: &'static Operation, format: Format) -> Terms {
        Terms {
            operation,
            format,
            ids: IdForm::Hex,
            drop_unknown: false,
            row_key: None,
            columns: Vec::new(),
            most_issues: 100_000,
            collects: false,
        }
    }
}
