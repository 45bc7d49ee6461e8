//! What many rows come to.

use super::row_keys::Repeated;
use crate::check;
use crate::issue::{Issue, IssueCode};
use crate::judge::Finding;
use crate::operation::Operation;
use std::collections::BTreeMap;

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
    pub issues: Vec<(u32, u32)>,
    /// What the numbers of shapes mean.
    pub shapes: Vec<Shape>,
    /// The keys that stand twice.
    pub repeated: Vec<Repeated>,
    /// Whether the source was read to its end.
    pub is_complete: bool,
    operation: &'static Operation,
    most_issues: usize,
    /// The shapes of findings, and those of issues, by what makes them the same.
    of_findings: BTreeMap<(u32, usize, u8), u32>,
    of_issues: BTreeMap<String, u32>,
}

impl Report {
    pub(super) fn new(operation: &'static Operation, most_issues: usize) -> Report {
        Report {
            rows: 0,
            valid: 0,
            issue_count: 0,
            issues: Vec::new(),
            shapes: Vec::new(),
            repeated: Vec::new(),
            is_complete: true,
            operation,
            most_issues,
            of_findings: BTreeMap::new(),
            of_issues: BTreeMap::new(),
        }
    }

    /// A broken rule of a row whose texts stand in their places.
    pub(super) fn finding(&mut self, row: u32, finding: &Finding, column: &dyn Fn(&str) -> Option<String>) {
        if !self.counts() {
            return;
        }
        let key = (finding.refusal.number, finding.place, finding.refusal.code as u8);
        let shape = match self.of_findings.get(&key) {
            Some(shape) => *shape,
            None => {
                let Some(issue) = check::issue(self.operation, finding) else { return };
                let shape = self.shape(issue, column);
                self.of_findings.insert(key, shape);
                shape
            }
        };
        self.issues.push((row, shape));
    }

    /// A broken rule of a row; `column` tells which column has a path.
    pub(super) fn issue(&mut self, row: u32, issue: Issue, column: &dyn Fn(&str) -> Option<String>) {
        if self.counts() {
            let shape = self.shape(issue, column);
            self.issues.push((row, shape));
        }
    }

    /// A row without the key that names it.
    pub(super) fn missing_key(&mut self, row: u32, name: &str, column: &dyn Fn(&str) -> Option<String>) {
        self.issue(row, Issue::new(vec![name.to_owned()], IssueCode::Required, Vec::new(), name), column);
    }

    /// Counts an issue, and says whether it is kept.
    fn counts(&mut self) -> bool {
        self.issue_count += 1;
        self.issues.len() < self.most_issues
    }

    fn shape(&mut self, issue: Issue, column: &dyn Fn(&str) -> Option<String>) -> u32 {
        let mut key = issue.path.join("\u{0}");
        key.push('\u{0}');
        key.push_str(issue.code.as_str());
        for (name, value) in &issue.params {
            key.push('\u{0}');
            key.push_str(name);
            value.write(&mut key);
        }
        let next = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
        let shape = *self.of_issues.entry(key).or_insert(next);
        if shape == next {
            let column = column(&issue.path.join("."));
            self.shapes.push(Shape { issue, column });
        }
        shape
    }
}
