//! Reading what a page asks: JSON in a body or text in a query, judged by the same crate that runs in the page.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Uri, header};
use bytes::Bytes;
use cardwright::call::ACCEPT_HEADER;
use cardwright::check::unreadable;
use cardwright::input::{INPUT_LIMITS, JsonError, Value, read_json};
use cardwright::{ErrorCode, Notice};
use http_body_util::{BodyExt, Limited};

use crate::problem::Problem;

/// Answers the question whether the same is meant once more.
pub(crate) const CONFIRM_NEW_HEADER: &str = "confirm-new";

const BODY_TIME_LIMIT: Duration = Duration::from_secs(10);

/// How much of a body is read before its sender is told that it is too large. More than the limit: closing while data is
/// under way resets the connection, and the answer is lost.
const READ_BYTES: usize = 4 * INPUT_LIMITS.bytes;

/// The bytes of a JSON body.
pub(crate) async fn body(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    if !is_json(headers) {
        return Err(Problem::new(ErrorCode::NotJsonType));
    }
    let read = tokio::time::timeout(BODY_TIME_LIMIT, Limited::new(body, READ_BYTES).collect()).await;
    match read {
        Ok(Ok(body)) => Some(body.to_bytes())
            .filter(|bytes| bytes.len() <= INPUT_LIMITS.bytes)
            .ok_or_else(|| Problem::new(ErrorCode::RequestTooLarge)),
        Ok(Err(fault)) if fault.is::<http_body_util::LengthLimitError>() => {
            Err(Problem::new(ErrorCode::RequestTooLarge))
        }
        Ok(Err(_)) | Err(_) => Err(Problem::new(ErrorCode::NotJson)),
    }
}

/// The value in a JSON body.
pub(crate) fn json(body: &[u8]) -> Result<Value<'_>, Problem> {
    read_json(body, INPUT_LIMITS).map_err(|error| {
        let code = match error {
            JsonError::TooLarge => ErrorCode::RequestTooLarge,
            JsonError::TooDeep => ErrorCode::InvalidRequest,
            JsonError::Malformed { .. } => ErrorCode::NotJson,
        };
        Problem::new(code).with_issues(vec![unreadable(error)])
    })
}

/// The query as an object of texts; a name given twice stays twice, and is an issue.
pub(crate) fn query(uri: &Uri) -> Result<Value<'_>, Problem> {
    let query = uri.query().unwrap_or_default();
    if query.len() > INPUT_LIMITS.bytes {
        return Err(Problem::new(ErrorCode::RequestTooLarge));
    }
    let pairs = form_urlencoded::parse(query.as_bytes());
    Ok(Value::Object(pairs.map(|(name, value)| (name, Value::Text(value))).collect()))
}

/// Lets pass what needs no confirmation, or has it.
pub(crate) fn confirmed(notices: &[Notice], headers: &HeaderMap) -> Result<(), Problem> {
    let accepted: Vec<&str> = headers
        .get_all(ACCEPT_HEADER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let pending = |notice: &&Notice| notice.confirm && !accepted.contains(&notice.code.as_str());
    let pending: Vec<_> = notices.iter().filter(pending).cloned().collect();
    if pending.is_empty() { Ok(()) } else { Err(Problem::unconfirmed(pending)) }
}

/// Whether the caller says that the same is meant once more.
pub(crate) fn confirms_new(headers: &HeaderMap) -> bool {
    headers.get(CONFIRM_NEW_HEADER).is_some_and(|value| value == "true")
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::NoticeCode;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::HeaderName::from_static(name), value.parse().unwrap())])
    }

    async fn code(content_type: &str, content: Body) -> Option<ErrorCode> {
        body(&headers("content-type", content_type), content).await.err().map(|problem| problem.code)
    }

    #[tokio::test]
    async fn only_json_is_read() {
        for good in ["application/json", "Application/JSON; charset=utf-8"] {
            assert_eq!(code(good, Body::from("{}")).await, None, "{good}");
        }
        for bad in ["application/x-www-form-urlencoded", "text/plain", "application/jsonx", "multipart/form-data", ""] {
            assert_eq!(code(bad, Body::from("{}")).await, Some(ErrorCode::NotJsonType), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_body_ends_at_the_limit() {
        let long = |bytes| Body::from(" ".repeat(bytes));
        assert_eq!(code("application/json", long(INPUT_LIMITS.bytes)).await, None);
        for bytes in [INPUT_LIMITS.bytes + 1, READ_BYTES + 1] {
            assert_eq!(code("application/json", long(bytes)).await, Some(ErrorCode::RequestTooLarge));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
        let stalled = Body::new(Stalled);
        assert_eq!(code("application/json", stalled).await, Some(ErrorCode::NotJson));
    }

    struct Stalled;

    impl hyper::body::Body for Stalled {
        type Data = Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }

    #[test]
    fn unreadable_text_has_a_code_each() {
        assert_eq!(json(b"{").unwrap_err().code, ErrorCode::NotJson);
        assert_eq!(json("[".repeat(33).as_bytes()).unwrap_err().code, ErrorCode::InvalidRequest);
    }

    #[test]
    fn a_query_is_decoded() {
        let uri = "/cards?user_id=user%2D1&page=2&page=3".parse().unwrap();
        let Ok(Value::Object(members)) = query(&uri) else { panic!("expected an object") };
        let pairs: Vec<_> = members.iter().map(|(name, value)| (name.as_ref(), value.text().unwrap())).collect();
        assert_eq!(pairs, [("user_id", "user-1"), ("page", "2"), ("page", "3")]);
    }

    #[test]
    fn only_what_must_be_confirmed_is_asked_for() {
        let notices = [NoticeCode::OldCardEnds, NoticeCode::ShippingAddressLeftOut].map(|code| Notice::new("f", code));
        assert!(confirmed(&notices[1..], &HeaderMap::new()).is_ok());
        assert_eq!(confirmed(&notices, &HeaderMap::new()).unwrap_err().code, ErrorCode::ConfirmationRequired);
        assert!(confirmed(&notices, &headers("accept-notices", "other, old_card_ends")).is_ok());
        assert!(confirmed(&notices, &headers("accept-notices", "old_card")).is_err());
    }
}
