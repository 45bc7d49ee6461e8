//! The outermost layer: every request gets an id and one log line, every problem its JSON.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use cardwright::call::REPLAYED_HEADER;
use cardwright::{ErrorCode, Outcome};
use uuid::Uuid;

use crate::app::App;
use crate::headers;
use crate::metrics::METRICS;
use crate::problem::Problem;
use crate::traces::Trace;

/// The id of a request, for whoever notes something of it.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// Gives the request its id, its answer the headers all answers have, and the log its line.
pub(crate) async fn access(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let mut line = Line::new(&app, &request);
    request.extensions_mut().insert(line.trace.clone());
    request.extensions_mut().insert(RequestId(line.request_id.as_str().into()));
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        problem.write(&line.request_id, &mut response);
        line.code = Some(problem.code);
        line.outcome = Some(problem.outcome);
    }
    line.replayed = response.headers().contains_key(REPLAYED_HEADER);
    headers::put_on(&line.request_id, &mut response);
    line.status = Some(response.status().as_u16());
    response
}

/// The log line of one request. It is written when it is dropped, so that a client that goes away leaves one too.
struct Line {
    started: Instant,
    request_id: String,
    operation: Option<&'static str>,
    method: &'static str,
    status: Option<u16>,
    code: Option<ErrorCode>,
    outcome: Option<Outcome>,
    replayed: bool,
    trace: Trace,
}

impl Line {
    fn new(app: &App, request: &Request) -> Line {
        METRICS.begun();
        let operation = app.operation_at(request.uri().path()).map(|operation| operation.name);
        let method = registered(request.method());
        Line {
            started: Instant::now(),
            request_id: Uuid::new_v4().to_string(),
            operation,
            method,
            trace: app.traces.begin(operation, method, request.headers()),
            status: None,
            code: None,
            outcome: None,
            replayed: false,
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        let problem = self.code.zip(self.outcome).map(|(code, outcome)| (code.as_str(), outcome.as_str()));
        METRICS.answered(self.operation, self.status, problem, took);
        let (code, outcome) = (self.code.map(ErrorCode::as_str), self.outcome.map(Outcome::as_str));
        for (name, value) in [
            ("http.request.method", Some(self.method)),
            ("cardwright.operation", self.operation),
            ("cardwright.code", code),
            ("cardwright.outcome", outcome),
        ] {
            if let Some(value) = value {
                self.trace.note(name, value);
            }
        }
        self.trace.note("cardwright.request_id", self.request_id.clone());
        self.trace.note("cardwright.replayed", self.replayed);
        self.trace.end(self.status);
        tracing::info!(
            request_id = self.request_id,
            operation = self.operation,
            method = self.method,
            status = self.status,
            code,
            outcome,
            duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            replayed = self.replayed,
            message = if self.status.is_some() { "answered" } else { "client went away" },
        );
    }
}

/// The name of a method; an extension method is a text of the caller's.
fn registered(method: &Method) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        .into_iter()
        .find(|name| method == name)
        .unwrap_or("other")
}
