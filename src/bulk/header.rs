//! What the columns of a table are: fields, the row's key, or nothing.

use super::Terms;
use super::plan::{Member, Place, Plan};
use super::row_keys::field_at;
use crate::credential;
use crate::issue::{Issue, IssueCode, Param};
use crate::nearest::{nearest, plain};
use crate::write;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The field at a place; of an object's field also the place of the object.
    Field { place: Place, parent: Option<Place> },
    /// What names the row, beside the fields.
    Key,
    /// Nothing that is looked at.
    Nothing,
}

/// The columns of a table, and what stands against them.
pub(super) struct Header {
    pub(super) columns: Vec<Column>,
    pub(super) issues: Vec<(String, Issue)>,
    /// The place of the field that the column named by the row's key is, if it is one.
    pub(super) key: Option<usize>,
}

impl Header {
    pub(super) fn of(terms: &Terms, plan: &Plan, names: &[String]) -> Header {
        let mut header = Header { columns: Vec::new(), issues: Vec::new(), key: None };
        for name in names {
            let column = column_of(terms, plan, name);
            if let Some(Column::Field { place, .. }) = column
                && terms.row_key.as_ref() == Some(name)
            {
                header.key = Some(place.number);
            }
            let is_twice = column.is_some_and(|column| column != Column::Nothing && header.columns.contains(&column));
            if is_twice {
                header.refuse(name, IssueCode::DuplicateField, Vec::new());
            } else if column.is_none() && credential::is_credential(name) {
                header.refuse(name, IssueCode::SecretInBrowser, Vec::new());
            } else if column.is_none() && !name.is_empty() && !terms.drop_unknown {
                let near = nearest(name, terms.operation.every_field().map(|(_, field)| field.name));
                let params = near.map(|near| ("nearest", Param::Word(near))).into_iter().collect();
                header.refuse(name, IssueCode::UnknownField, params);
            }
            header.columns.push(column.filter(|_| !is_twice).unwrap_or(Column::Nothing));
        }
        header
    }

    fn refuse(&mut self, name: &str, code: IssueCode, params: Vec<(&'static str, Param)>) {
        self.issues.push((name.to_owned(), Issue::new(vec![name.to_owned()], code, params, name)));
    }
}

/// What a column is by its name: as it is told, by a path, by words that mean one field only (`User ID`, `ZIP code`), or, where it is
/// no field, the row's key. A column that names the rows and is a field is that field: as the key alone, it would not be sent.
fn column_of(terms: &Terms, plan: &Plan, name: &str) -> Option<Column> {
    let is_key = terms.row_key.as_deref() == Some(name) && field_at(terms.operation, name).is_none();
    let beside = is_key.then_some(Column::Key);
    if let Some((_, told)) = terms.columns.iter().find(|(known, _)| known.trim() == name) {
        return told.as_deref().map_or(beside.or(Some(Column::Nothing)), |path| at_path(plan, path));
    }
    at_path(plan, name).or_else(|| in_words(plan, name)).or(beside)
}

fn in_words(plan: &Plan, name: &str) -> Option<Column> {
    let mut meant = columns(plan).filter(|(path, column)| {
        let Column::Field { place, .. } = column else { return false };
        plain(name) == plain(path) || plain(name) == plain(place.field.name)
    });
    meant.next().filter(|_| meant.next().is_none()).map(|(_, column)| column)
}

fn at_path(plan: &Plan, path: &str) -> Option<Column> {
    columns(plan).find(|(known, _)| known == path).map(|(_, column)| column)
}

/// Every field that a cell can hold, with its dotted path.
fn columns(plan: &Plan) -> impl Iterator<Item = (String, Column)> {
    let column = |place: Place, parent: Option<Place>| {
        let path = parent.iter().chain([&place]).map(|place| place.field.name);
        (write::joined(path, "."), Column::Field { place, parent })
    };
    plan.members.iter().flat_map(move |Member { place, children, .. }| {
        let own = children.is_empty().then(|| column(*place, None));
        own.into_iter().chain(children.iter().map(move |child| column(child.place, Some(*place))))
    })
}
