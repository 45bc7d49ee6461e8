//! A call as a value, and the reading of its answer. No I/O: whoever has a transport may use it.

use crate::envelope;
use crate::error::{ErrorCode, Outcome};
use crate::input::{ANSWER_LIMITS, Value, read_json};
use crate::operation::{Method, Operation};
use crate::request::Request;
use crate::retry;
use crate::write;

/// The version of the contract between page and proxy.
pub const CONTRACT: &str = "1";

/// The header that carries the contract's version, both ways.
pub const CONTRACT_HEADER: &str = "cardwright-contract";
/// The header that carries the key of a write.
pub const KEY_HEADER: &str = "idempotency-key";
/// The header that names the notices the person accepted, separated by commas.
pub const ACCEPT_HEADER: &str = "accept-notices";
/// The header of the request's id, on every answer.
pub const REQUEST_ID_HEADER: &str = "cardwright-request-id";
/// The header that marks an answer given before.
pub const REPLAYED_HEADER: &str = "idempotent-replayed";

/// One request to the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `GET` or `POST`.
    pub method: Method,
    /// The path below the proxy's base, query included.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body, for a `POST`.
    pub body: Option<String>,
}

/// The call that makes a request; `accepted` names the notices the person accepted.
pub fn build(request: &Request<'_>, accepted: &[&str]) -> Call {
    let operation = request.operation();
    let mut headers = headers();
    if let Some(key) = request.key().filter(|_| operation.safety.is_write()) {
        headers.push((KEY_HEADER, key.to_owned()));
    }
    if !accepted.is_empty() {
        headers.push((ACCEPT_HEADER, write::joined(accepted.iter().copied(), ",")));
    }
    match operation.method {
        Method::Get => {
            Call { method: Method::Get, path: operation.path.to_owned() + &request.to_query(), headers, body: None }
        }
        Method::Post => {
            headers.push(("content-type", "application/json".to_owned()));
            Call { method: Method::Post, path: operation.path.to_owned(), headers, body: Some(request.to_json()) }
        }
    }
}

/// The headers of every call.
pub(crate) fn headers() -> Vec<(&'static str, String)> {
    vec![("accept", "application/json".to_owned()), (CONTRACT_HEADER, CONTRACT.to_owned())]
}

/// An answer of the proxy, as a transport received it.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The `Retry-After` header.
    pub retry_after: Option<&'a str>,
    /// When it came, in milliseconds since 1970; without it, a date in `Retry-After` says nothing.
    pub now_ms: Option<f64>,
    /// The whole body.
    pub body: &'a [u8],
}

impl Reply<'_> {
    fn asked_ms(&self) -> Option<u32> {
        self.retry_after.and_then(|header| retry::retry_after_ms(header, self.now_ms))
    }
}

/// Why a call failed, as its answer says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure<'a> {
    /// The code; `unexpected_answer` where the answer has none we know.
    pub code: ErrorCode,
    /// The code as it stood in the answer, where it is none we know.
    pub raw_code: Option<String>,
    /// What is known of the effect.
    pub outcome: Outcome,
    /// How long the server asked to wait.
    pub retry_after_ms: Option<u32>,
    /// The issuer's own code for the rejection.
    pub slug: Option<String>,
    /// The field the issuer's rejection is about.
    pub field: Option<String>,
    /// The id of the request, for the server's logs.
    pub request_id: Option<String>,
    /// The broken rules of the answer, as it spelled them.
    pub issues: Vec<Value<'a>>,
    /// The notices that wait to be accepted, as the answer spelled them.
    pub notices: Vec<Value<'a>>,
}

impl Failure<'_> {
    /// A failure of which no more is known.
    pub(crate) fn new(code: ErrorCode, outcome: Outcome) -> Self {
        Failure {
            code,
            raw_code: None,
            outcome,
            retry_after_ms: None,
            slug: None,
            field: None,
            request_id: None,
            issues: Vec::new(),
            notices: Vec::new(),
        }
    }
}

/// Reads the answer of an operation.
///
/// # Errors
/// What the answer says went wrong, or `unexpected_answer` where it is none the contract knows.
pub fn read<'a>(operation: &'static Operation, reply: &Reply<'a>) -> Result<(), Box<Failure<'a>>> {
    if is_data(reply) && envelope::read(operation.answer, reply.body).is_ok() {
        return Ok(());
    }
    Err(failure(operation, reply))
}

/// What an answer that is none of the operation's says went wrong.
pub(crate) fn failure<'a>(operation: &'static Operation, reply: &Reply<'a>) -> Box<Failure<'a>> {
    let problem = if reply.status >= 400 && is_json(reply.content_type) {
        read_json(reply.body, ANSWER_LIMITS).ok().filter(|problem| problem.get("code").is_some())
    } else {
        None
    };
    Box::new(match problem {
        Some(problem) => understood(operation, reply, problem),
        None => not_understood(operation, reply),
    })
}

/// What problem details say.
pub(crate) fn understood<'a>(operation: &'static Operation, reply: &Reply<'_>, mut problem: Value<'a>) -> Failure<'a> {
    let mut list = |name| match problem.take(name) {
        Some(Value::List(items)) => items,
        _ => Vec::new(),
    };
    let (issues, notices) = (list("issues"), list("notices"));
    let text = |name| problem.get(name).and_then(Value::text).map(str::to_owned);
    let raw_code = text("code").unwrap_or_default();
    let known = ErrorCode::parse(&raw_code);
    let code = known.unwrap_or(ErrorCode::UnexpectedAnswer);
    let said = problem.get("outcome").and_then(Value::text).and_then(Outcome::parse);
    let asked = match problem.get("retry_after_ms") {
        Some(Value::Number(digits)) => digits.parse().ok(),
        _ => reply.asked_ms(),
    };
    Failure {
        code,
        raw_code: known.is_none().then_some(raw_code),
        outcome: match (known, said) {
            // A newer proxy knows its new code better; of a code we know, no body talks an open outcome away.
            (None, Some(said)) | (Some(_), Some(said @ Outcome::Unknown)) => said,
            _ => code.outcome(operation.safety),
        },
        retry_after_ms: asked,
        slug: text("slug"),
        field: text("field"),
        request_id: text("request_id"),
        issues,
        notices,
    }
}

/// An answer from something else than the proxy: a balancer, a login page, a cache.
fn not_understood<'a>(operation: &'static Operation, reply: &Reply<'_>) -> Failure<'a> {
    let code = match reply.status {
        401 => ErrorCode::Unauthenticated,
        404 => ErrorCode::NotFound,
        405 => ErrorCode::MethodNotAllowed,
        413 => ErrorCode::RequestTooLarge,
        415 => ErrorCode::NotJsonType,
        429 => ErrorCode::RateLimited,
        _ => ErrorCode::UnexpectedAnswer,
    };
    let outcome = code.outcome(operation.safety);
    Failure { retry_after_ms: reply.asked_ms(), ..Failure::new(code, outcome) }
}

/// Whether it says that it is no failure.
pub(crate) fn is_data(reply: &Reply<'_>) -> bool {
    reply.status == 200 && is_json(reply.content_type)
}

pub(crate) fn is_json(content_type: Option<&str>) -> bool {
    let mut parts = content_type.unwrap_or_default().as_bytes().split(|byte| *byte == b';');
    let essence = parts.next().unwrap_or_default().trim_ascii();
    essence.eq_ignore_ascii_case(b"application/json") || essence.eq_ignore_ascii_case(b"application/problem+json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingo::REISSUE_CARD;

    fn outcome(code: &str, said: Outcome) -> Outcome {
        let body = format!(r#"{{"code":"{code}","outcome":"{}"}}"#, said.as_str());
        let content_type = Some("application/problem+json");
        let reply = Reply { status: 502, content_type, retry_after: None, now_ms: None, body: body.as_bytes() };
        read(&REISSUE_CARD, &reply).unwrap_err().outcome
    }

    #[test]
    fn a_body_may_open_the_outcome_of_a_known_code_and_never_close_it() {
        for code in ErrorCode::ALL {
            let of_the_code = code.outcome(REISSUE_CARD.safety);
            for said in Outcome::ALL {
                let expected = if said == Outcome::Unknown { said } else { of_the_code };
                assert_eq!(outcome(code.as_str(), said), expected, "{code:?} {said:?}");
            }
        }
        for said in Outcome::ALL {
            assert_eq!(outcome("brand_new", said), said);
        }
    }
}
