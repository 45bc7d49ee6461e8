//! The rows that go out.

use super::cells::{Cell, issue, list, notice, place, row};
use crate::call::{Call, Failure};
use crate::check::Accepted;
use crate::ingo::actions::Action;
use crate::input::Value;
use crate::issue::Issue;

/// What a check comes to.
pub(super) type Checked<'a> = Result<Accepted<'a>, Vec<Issue>>;

/// The request that passed, as JSON text.
#[cfg_attr(small, inline(never))]
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
    let texts = || names.iter().filter_map(|name| name.text().map(Cell::Text));
    (texts().count() == names.len()).then(|| list(texts()))
}

/// `[method, allowed, the code's place | null]`
pub(super) fn action(action: &Action) -> Cell<'static> {
    row([
        action.operation.method_name().into(),
        action.allowed.into(),
        action.reason.map_or(Cell::Null, |reason| place(reason.place())),
    ])
}
