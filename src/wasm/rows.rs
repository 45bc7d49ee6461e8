//! The rows that go out, and the one serializer that makes them.

use crate::call::{Call, Failure};
use crate::check::Accepted;
use crate::ingo::actions::Action;
use crate::input::Value;
use crate::issue::{Issue, Notice, Param};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

pub(super) fn to_js<T: Serialize + ?Sized>(row: &T) -> Result<JsValue, JsValue> {
    row.serialize(&Serializer::json_compatible()).map_err(JsValue::from)
}

/// `[path, code, [[name, value], ...]]`; the sentence is made in TypeScript.
#[derive(Serialize)]
pub(super) struct IssueRow(Vec<String>, &'static str, Vec<(&'static str, Param)>);

impl From<Issue> for IssueRow {
    fn from(issue: Issue) -> IssueRow {
        IssueRow(issue.path, issue.code.as_str(), issue.params)
    }
}

/// The issues of a field, under the names of its parents.
pub(super) fn issues_below(parents: &[String], issues: Vec<Issue>) -> Vec<IssueRow> {
    let below = |mut issue: Issue| {
        if !issue.path.is_empty() {
            issue.path = parents.iter().cloned().chain(issue.path).collect();
        }
        issue.into()
    };
    issues.into_iter().map(below).collect()
}

/// `[path, code, confirm]`
#[derive(Serialize)]
struct NoticeRow(Vec<String>, &'static str, bool);

impl From<Notice> for NoticeRow {
    fn from(notice: Notice) -> NoticeRow {
        NoticeRow(notice.path, notice.code.as_str(), notice.confirm)
    }
}

/// `[request | null, key | null, issues, notices]`
#[derive(Serialize)]
pub(super) struct CheckRow(Option<String>, Option<String>, Vec<IssueRow>, Vec<NoticeRow>);

impl CheckRow {
    pub(super) fn refused(issues: Vec<Issue>) -> CheckRow {
        CheckRow(None, None, issues.into_iter().map(IssueRow::from).collect(), Vec::new())
    }

    pub(super) fn of(checked: Result<Accepted<'_>, Vec<Issue>>) -> CheckRow {
        match checked {
            Err(issues) => CheckRow::refused(issues),
            Ok(accepted) => CheckRow::accepted(&accepted),
        }
    }

    fn accepted(accepted: &Accepted<'_>) -> CheckRow {
        let notices = accepted.notices.iter().cloned().map(NoticeRow::from).collect();
        CheckRow(Some(accepted.request.to_json()), accepted.request.key().map(str::to_owned), Vec::new(), notices)
    }
}

/// `[method, path, [[name, value], ...], body | null]`
#[derive(Serialize)]
pub(super) struct CallRow(&'static str, String, Vec<(&'static str, String)>, Option<String>);

impl CallRow {
    pub(super) fn new(call: Call) -> CallRow {
        CallRow(call.method.as_str(), call.path, call.headers, call.body)
    }
}

/// `[code, rawCode, outcome, retryAfterMs, slug, field, requestId, issues, notices]`
#[derive(Serialize)]
pub(super) struct AnswerRow(
    &'static str,
    Option<String>,
    &'static str,
    Option<u32>,
    Option<String>,
    Option<String>,
    Option<String>,
    Vec<AnsweredIssueRow>,
    Vec<AnsweredNoticeRow>,
);

impl AnswerRow {
    pub(super) fn new(failure: &Failure<'_>) -> AnswerRow {
        AnswerRow(
            failure.code.as_str(),
            failure.raw_code.clone(),
            failure.outcome.as_str(),
            failure.retry_after_ms,
            failure.slug.clone(),
            failure.field.clone(),
            failure.request_id.clone(),
            failure.issues.iter().filter_map(AnsweredIssueRow::read).collect(),
            failure.notices.iter().filter_map(AnsweredNoticeRow::read).collect(),
        )
    }
}

/// An issue of the proxy's answer, as it spelled it: `[path, code, [[name, value], ...], message]`.
#[derive(Serialize)]
struct AnsweredIssueRow(Vec<String>, String, Vec<(String, AnsweredParam)>, String);

impl AnsweredIssueRow {
    fn read(issue: &Value<'_>) -> Option<AnsweredIssueRow> {
        let params = match issue.get("params") {
            Some(Value::Object(params)) => params
                .iter()
                .filter_map(|(name, value)| Some((name.to_string(), AnsweredParam::read(value)?)))
                .collect(),
            _ => Vec::new(),
        };
        Some(AnsweredIssueRow(path(issue)?, text(issue, "code")?, params, text(issue, "message")?))
    }
}

/// A notice of the proxy's answer, as it spelled it: `[path, code, confirm, message]`.
#[derive(Serialize)]
struct AnsweredNoticeRow(Vec<String>, String, bool, String);

impl AnsweredNoticeRow {
    fn read(notice: &Value<'_>) -> Option<AnsweredNoticeRow> {
        let confirm = matches!(notice.get("confirm"), Some(Value::Bool(true)));
        Some(AnsweredNoticeRow(path(notice)?, text(notice, "code")?, confirm, text(notice, "message")?))
    }
}

fn text(of: &Value<'_>, name: &str) -> Option<String> {
    of.get(name).and_then(Value::text).map(str::to_owned)
}

fn path(of: &Value<'_>) -> Option<Vec<String>> {
    let Some(Value::List(path)) = of.get("path") else {
        return None;
    };
    path.iter().map(|name| name.text().map(str::to_owned)).collect()
}

#[derive(Serialize)]
#[serde(untagged)]
enum AnsweredParam {
    Text(String),
    Count(u32),
    Words(Vec<String>),
}

impl AnsweredParam {
    fn read(value: &Value<'_>) -> Option<AnsweredParam> {
        match value {
            Value::Text(text) => Some(AnsweredParam::Text(text.to_string())),
            Value::Number(digits) => digits.parse().ok().map(AnsweredParam::Count),
            Value::List(words) => {
                words.iter().map(|word| word.text().map(str::to_owned)).collect::<Option<_>>().map(AnsweredParam::Words)
            }
            _ => None,
        }
    }
}

/// `[method, allowed, code | null]`
#[derive(Serialize)]
pub(super) struct ActionRow(&'static str, bool, Option<&'static str>);

impl ActionRow {
    pub(super) fn new(action: Action) -> ActionRow {
        ActionRow(action.operation.method_name(), action.allowed, action.reason.map(|reason| reason.as_str()))
    }
}
