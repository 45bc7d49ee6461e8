//! The rows that go out, and the one serializer that makes them.
//!
//! All rows are made of one kind of cell: a type for each row, with a serializer of its own, was 4.2 kB (gzip) more.

use crate::call::{Call, Failure};
use crate::check::Accepted;
use crate::ingo::actions::Action;
use crate::input::Value;
use crate::issue::{Issue, Notice, Param};
use serde::{Serialize, Serializer};
use serde_wasm_bindgen::Serializer as ToJs;
use wasm_bindgen::JsValue;

/// What a check comes to.
pub(super) type Checked<'a> = Result<Accepted<'a>, Vec<Issue>>;

/// One member of a row, or a whole row; its text stays where it is until it is copied into JavaScript.
pub(super) enum Cell<'a> {
    Null,
    Flag(bool),
    Count(u32),
    Text(&'a str),
    Row(Vec<Cell<'a>>),
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Null => serializer.serialize_unit(),
            Cell::Flag(flag) => serializer.serialize_bool(*flag),
            Cell::Count(count) => serializer.serialize_u32(*count),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Row(cells) => serializer.collect_seq(cells),
        }
    }
}

impl From<bool> for Cell<'_> {
    fn from(flag: bool) -> Self {
        Cell::Flag(flag)
    }
}

impl From<u32> for Cell<'_> {
    fn from(count: u32) -> Self {
        Cell::Count(count)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Cell::Text(text)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Into::into)
    }
}

/// A row of its members.
pub(super) fn row<'a, const N: usize>(cells: [Cell<'a>; N]) -> Cell<'a> {
    Cell::Row(cells.into())
}

/// A row that lists things of one kind.
pub(super) fn list<'a>(cells: impl Iterator<Item = Cell<'a>>) -> Cell<'a> {
    Cell::Row(cells.collect())
}

pub(super) fn to_js(cell: &Cell<'_>) -> Result<JsValue, JsValue> {
    cell.serialize(&ToJs::json_compatible()).map_err(JsValue::from)
}

/// `[path, code, [[name, value], ...]]`; the sentence is made in TypeScript.
pub(super) fn issue<'a>(issue: &'a Issue) -> Cell<'a> {
    issue_below(&[], issue)
}

/// The issue of a field, under the names of its parents.
pub(super) fn issue_below<'a>(parents: &[&'a str], issue: &'a Issue) -> Cell<'a> {
    let parents = if issue.path.is_empty() { &[] } else { parents };
    let mut path: Vec<_> = parents.iter().copied().map(Cell::Text).collect();
    path.extend(issue.path.iter().map(|name| Cell::Text(name)));
    let params = issue.params.iter().map(|(name, value)| row([(*name).into(), param(value)]));
    row([Cell::Row(path), issue.code.as_str().into(), list(params)])
}

fn param(value: &Param) -> Cell<'_> {
    match value {
        Param::Word(word) => Cell::Text(word),
        Param::Count(count) => Cell::Count(*count),
        Param::Words(words) => list(words.iter().copied().map(Cell::Text)),
    }
}

/// `[path, code, confirm]`
pub(super) fn notice<'a>(notice: &'a Notice) -> Cell<'a> {
    let path = list(notice.path.iter().map(|name| Cell::Text(name)));
    row([path, notice.code.as_str().into(), notice.confirm.into()])
}

/// The request that passed, as JSON text.
pub(super) fn request(checked: &Checked<'_>) -> Option<String> {
    checked.as_ref().ok().map(|accepted| accepted.request.to_json())
}

/// `[request | null, key | null, issues, notices]`
pub(super) fn check<'a>(checked: &'a Checked<'_>, request: Option<&'a str>) -> Cell<'a> {
    let (key, issues, notices) = match checked {
        Err(issues) => (None, issues.as_slice(), [].as_slice()),
        Ok(accepted) => (accepted.request.key(), [].as_slice(), accepted.notices.as_slice()),
    };
    row([request.into(), key.into(), list(issues.iter().map(issue)), list(notices.iter().map(notice))])
}

/// `[method, path, [[name, value], ...], body | null]`
pub(super) fn call(call: &Call) -> Cell<'_> {
    let headers = call.headers.iter().map(|(name, value)| row([(*name).into(), value.as_str().into()]));
    row([call.method.as_str().into(), call.path.as_str().into(), list(headers), call.body.as_deref().into()])
}

/// `[code, rawCode, outcome, retryAfterMs, slug, field, requestId, issues, notices]`
pub(super) fn answer<'a>(failure: &'a Failure<'_>) -> Cell<'a> {
    row([
        failure.code.as_str().into(),
        failure.raw_code.as_deref().into(),
        failure.outcome.as_str().into(),
        failure.retry_after_ms.into(),
        failure.slug.as_deref().into(),
        failure.field.as_deref().into(),
        failure.request_id.as_deref().into(),
        list(failure.issues.iter().filter_map(answered_issue)),
        list(failure.notices.iter().filter_map(answered_notice)),
    ])
}

/// An issue of the proxy's answer, as it spelled it: `[path, code, [[name, value], ...], message]`.
fn answered_issue<'a>(issue: &'a Value<'_>) -> Option<Cell<'a>> {
    let params = match issue.get("params") {
        Some(Value::Object(params)) => params.as_slice(),
        _ => &[],
    };
    let params = params.iter().filter_map(|(name, value)| Some(row([Cell::Text(name), answered_param(value)?])));
    Some(row([names(issue.get("path")?)?, text(issue, "code")?, list(params), text(issue, "message")?]))
}

/// A notice of the proxy's answer, as it spelled it: `[path, code, confirm, message]`.
fn answered_notice<'a>(notice: &'a Value<'_>) -> Option<Cell<'a>> {
    let confirm = matches!(notice.get("confirm"), Some(Value::Bool(true)));
    Some(row([names(notice.get("path")?)?, text(notice, "code")?, confirm.into(), text(notice, "message")?]))
}

fn answered_param<'a>(value: &'a Value<'_>) -> Option<Cell<'a>> {
    match value {
        Value::Text(text) => Some(Cell::Text(text)),
        Value::Number(digits) => digits.parse().ok().map(Cell::Count),
        words => names(words),
    }
}

fn text<'a>(of: &'a Value<'_>, name: &str) -> Option<Cell<'a>> {
    of.get(name)?.text().map(Cell::Text)
}

/// A list of texts and of nothing else.
fn names<'a>(value: &'a Value<'_>) -> Option<Cell<'a>> {
    let Value::List(names) = value else { return None };
    names.iter().map(|name| name.text().map(Cell::Text)).collect::<Option<_>>().map(Cell::Row)
}

/// `[method, allowed, code | null]`
pub(super) fn action(action: &Action) -> Cell<'static> {
    row([
        action.operation.method_name().into(),
        action.allowed.into(),
        action.reason.map(|reason| reason.as_str()).into(),
    ])
}
