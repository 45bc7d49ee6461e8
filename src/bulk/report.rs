//! What many rows come to.

use super::row_keys::Repeated;
use crate::check;
use crate::issue::{Issue, IssueCode, Refusal};
use crate::judge::Finding;
use crate::operation::Operation;
use crate::write;

/// An issue that rows have, told once for all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The issue.
    pub issue: Issue,
    /// Of a table: the column it stands on.
    pub column: Option<String>,
}

/// What many rows come to.
#[derive(Debug)]
pub struct Report {
    /// How many rows there were.
    pub rows: u32,
    /// How many of them passed.
    pub valid: u32,
    /// How many rules were broken in all.
    pub issue_count: u32,
    /// The row and the shape of each, as many as are kept; row 0 is a table's header.
    pub issues: Vec<[u32; 2]>,
    /// Of each row that has none among those, the row and the place of the code of its first: a row that is left out says why.
    pub unkept: Vec<[u32; 2]>,
    /// What the numbers of shapes mean.
    pub shapes: Vec<Shape>,
    /// The keys that stand twice.
    pub repeated: Vec<Repeated>,
    /// Whether the source was read to its end.
    pub is_complete: bool,
    operation: &'static Operation,
    most_issues: usize,
    /// The shapes by a number that is mostly theirs alone, in the order of these numbers.
    known: Vec<(u64, u32)>,
    /// Beside each shape, what makes it the same as another.
    marks: Vec<String>,
}

impl Report {
    pub(super) fn new(operation: &'static Operation, most_issues: usize) -> Report {
        Report {
            rows: 0,
            valid: 0,
            issue_count: 0,
            issues: Vec::new(),
            unkept: Vec::new(),
            shapes: Vec::new(),
            repeated: Vec::new(),
            is_complete: true,
            operation,
            most_issues,
            known: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// A broken rule of a row whose texts stand in their places.
    pub(super) fn finding(&mut self, row: u32, finding: &Finding, column: &dyn Fn(&str) -> Option<String>) {
        let Finding { place, refusal } = *finding;
        if !self.counts(row, refusal.code) {
            return;
        }
        let number = u64::from(refusal.number) << 16 | (place as u64) << 8 | refusal.code as u64;
        let shape = match self.known.binary_search_by_key(&number, |(known, _)| *known) {
            Ok(at) => self.known.get(at).map_or(0, |(_, shape)| *shape),
            Err(at) => {
                let Some(issue) = check::issue(self.operation, finding) else { return };
                let shape = self.shape(issue, column);
                // What the shape has put there may have moved it.
                let at = self.known.binary_search_by_key(&number, |(known, _)| *known).err().unwrap_or(at);
                self.known.insert(at, (number, shape));
                shape
            }
        };
        self.issues.push([row, shape]);
    }

    /// A broken rule of a row; `column` tells which column has a path.
    pub(super) fn issue(&mut self, row: u32, issue: Issue, column: &dyn Fn(&str) -> Option<String>) {
        if self.counts(row, issue.code) {
            let shape = self.shape(issue, column);
            self.issues.push([row, shape]);
        }
    }

    /// A row without the key that names it, at the place of a field or beside them.
    pub(super) fn missing_key(
        &mut self,
        row: u32,
        place: Option<usize>,
        name: &str,
        column: &dyn Fn(&str) -> Option<String>,
    ) {
        let code = IssueCode::Required;
        match place {
            Some(place) => self.finding(row, &Finding { place, refusal: Refusal::plain(code) }, column),
            None => self.issue(row, Issue::new(vec![name.to_owned()], code, Vec::new(), name), column),
        }
    }

    /// Counts an issue, and says whether it is kept.
    fn counts(&mut self, row: u32, code: IssueCode) -> bool {
        self.issue_count += 1;
        if self.issues.len() < self.most_issues {
            return true;
        }
        let last = self.unkept.last().or(self.issues.last());
        if row > 0 && last.is_none_or(|[known, _]| *known != row) {
            self.unkept.push([row, code.place() as u32]);
        }
        false
    }

    fn shape(&mut self, issue: Issue, column: &dyn Fn(&str) -> Option<String>) -> u32 {
        let mut mark = String::new();
        for name in &issue.path {
            mark.push_str(name);
            mark.push('\u{0}');
        }
        mark.extend(char::from_u32(issue.code.place() as u32));
        for (name, value) in &issue.params {
            mark.push('\u{0}');
            mark.push_str(name);
            value.write(&mut mark);
        }
        let number = hash(&mark) | 1 << 63;
        let place = self.known.binary_search_by_key(&number, |(known, _)| *known);
        let known = place.ok().and_then(|at| self.known.get(at)).map(|(_, shape)| *shape);
        if let Some(shape) = known.filter(|shape| self.marks.get(*shape as usize) == Some(&mark)) {
            return shape;
        }
        let shape = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
        if let Err(at) = place {
            self.known.insert(at, (number, shape));
        }
        let column = column(&write::joined(issue.path.iter().map(String::as_str), "."));
        self.shapes.push(Shape { issue, column });
        self.marks.push(mark);
        shape
    }
}

/// FNV-1a. Two marks of one number are two shapes, told apart each time.
fn hash(mark: &str) -> u64 {
    mark.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
