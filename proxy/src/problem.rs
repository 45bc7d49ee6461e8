//! How a page is told that something went wrong: problem details of RFC 9457.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cardwright::issue::Param;
use cardwright::{ErrorCode, Issue, Notice, Outcome, Safety};
use serde::Serialize;
use uuid::Uuid;

use crate::claims::StoreUnavailable;
use crate::ending::{Failure, Word};
use crate::headers;

/// What went wrong; it becomes JSON in the outermost layer, which knows the request's id.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) code: ErrorCode,
    pub(crate) outcome: Outcome,
    issues: Vec<Issue>,
    notices: Vec<Notice>,
    slug: Option<Word>,
    field: Option<Word>,
    /// Where the wait is known better than by the code.
    again_in: Option<Duration>,
}

impl Problem {
    /// A problem that arose before anything was sent.
    pub(crate) fn new(code: ErrorCode) -> Problem {
        Failure::new(code, Safety::Read).into()
    }

    /// A copy of the same write is still under way.
    pub(crate) fn in_progress(safety: Safety) -> Problem {
        Failure::new(ErrorCode::InProgress, safety).into()
    }

    /// A fault of our own, at a moment when something may have been sent.
    pub(crate) fn lost(safety: Safety) -> Problem {
        Failure::lost(safety).into()
    }

    /// The same problem, with the rules that were broken.
    pub(crate) fn with_issues(self, issues: Vec<Issue>) -> Problem {
        Problem { issues, ..self }
    }

    /// The notices that must be accepted first.
    pub(crate) fn unconfirmed(notices: Vec<Notice>) -> Problem {
        Problem { notices, ..Problem::new(ErrorCode::ConfirmationRequired) }
    }

    /// The same problem, with the time after which asking again is worth the while.
    pub(crate) fn again_in(self, wait: Duration) -> Problem {
        Problem { again_in: Some(wait), ..self }
    }

    /// The answer to a connection there is no room for.
    pub(crate) fn no_room() -> Response {
        let problem = Problem::new(ErrorCode::RateLimited).again_in(Duration::from_secs(1));
        let mut response = problem.clone().into_response();
        let request_id = Uuid::new_v4().to_string();
        problem.write(&request_id, &mut response);
        headers::put_on(&request_id, &mut response);
        response
    }

    /// How long the caller should wait before asking again, where it is worth the while.
    fn retry_after_ms(&self) -> Option<u32> {
        let waits = [ErrorCode::InProgress, ErrorCode::StoreUnavailable, ErrorCode::AccessUnavailable];
        self.again_in
            .map(|wait| u32::try_from(wait.as_millis()).unwrap_or(u32::MAX))
            .or_else(|| waits.contains(&self.code).then_some(1_000))
    }

    /// The problem as JSON; without an id where it was told before, in answer to another request.
    pub(crate) fn to_json(&self, request_id: Option<&str>) -> String {
        let body = ProblemJson {
            kind: "about:blank",
            title: self.code.template(),
            status: status(self.code).as_u16(),
            code: self.code.as_str(),
            outcome: self.outcome.as_str(),
            request_id,
            retry_after_ms: self.retry_after_ms(),
            issues: self.issues.iter().map(IssueJson::from).collect(),
            notices: self.notices.iter().map(NoticeJson::from).collect(),
            slug: self.slug.as_ref().map(Word::as_str),
            field: self.field.as_ref().map(Word::as_str),
        };
        // Maps with text keys and no foreign types: writing them cannot fail.
        serde_json::to_string(&body).unwrap_or_default()
    }

    /// Writes the problem into a response, with the id of the request.
    pub(crate) fn write(&self, request_id: &str, response: &mut Response) {
        let text = self.to_json(Some(request_id));
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(millis) = self.retry_after_ms() {
            response.headers_mut().insert(header::RETRY_AFTER, millis.div_ceil(1_000).into());
        }
        *response.body_mut() = Body::from(text);
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        Problem {
            code: failure.code,
            outcome: failure.outcome,
            issues: Vec::new(),
            notices: Vec::new(),
            slug: failure.slug,
            field: failure.field,
            again_in: None,
        }
    }
}

impl From<StoreUnavailable> for Problem {
    fn from(_: StoreUnavailable) -> Problem {
        Problem::new(ErrorCode::StoreUnavailable)
    }
}

/// A path that is no text names nothing.
impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Problem {
        Problem::new(ErrorCode::NotFound)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = status(self.code).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The status of the core's table; a code of the page's side is no proxy's, so answering it is a fault of our own.
fn status(code: ErrorCode) -> StatusCode {
    code.status().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    issues: Vec<IssueJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<NoticeJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

#[derive(Serialize)]
struct IssueJson<'a> {
    path: &'a [String],
    code: &'static str,
    message: &'a str,
    params: BTreeMap<&'static str, &'a Param>,
}

impl<'a> From<&'a Issue> for IssueJson<'a> {
    fn from(issue: &'a Issue) -> IssueJson<'a> {
        IssueJson {
            path: &issue.path,
            code: issue.code.as_str(),
            message: &issue.message,
            params: issue.params.iter().map(|(name, value)| (*name, value)).collect(),
        }
    }
}

#[derive(Serialize)]
struct NoticeJson<'a> {
    path: &'a [String],
    code: &'static str,
    confirm: bool,
    message: &'a str,
}

impl<'a> From<&'a Notice> for NoticeJson<'a> {
    fn from(notice: &'a Notice) -> NoticeJson<'a> {
        NoticeJson { path: &notice.path, code: notice.code.as_str(), confirm: notice.confirm, message: &notice.message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_an_error_status() {
        for code in ErrorCode::ALL {
            assert!(status(*code).as_u16() >= 400, "{code:?}");
        }
    }
}
