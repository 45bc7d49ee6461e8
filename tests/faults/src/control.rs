//! The control port, by which tests in other languages lead and spoil lines.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::line::{Exchange, Line};
use crate::script::Script;

/// What is set; what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    servers: Option<Vec<SocketAddr>>,
    script: Option<Script>,
}

/// How a line is.
#[derive(Serialize)]
struct Shown {
    listening: String,
    servers: Vec<SocketAddr>,
    script: Script,
    log: Vec<Exchange>,
}

/// `GET /lines/{n}` shows a line, `PUT /lines/{n}` changes it.
pub fn router(lines: Vec<Line>) -> Router {
    Router::new().route("/lines/{number}", get(show).put(change)).with_state(Arc::new(lines))
}

async fn show(State(lines): State<Arc<Vec<Line>>>, Path(number): Path<usize>) -> Response {
    let Some(line) = lines.get(number) else { return StatusCode::NOT_FOUND.into_response() };
    let listening = format!("http://{}", line.address());
    Json(Shown { listening, servers: line.servers(), script: line.script(), log: line.log() }).into_response()
}

async fn change(
    State(lines): State<Arc<Vec<Line>>>,
    Path(number): Path<usize>,
    Json(change): Json<Change>,
) -> StatusCode {
    let Some(line) = lines.get(number) else { return StatusCode::NOT_FOUND };
    if let Some(servers) = change.servers {
        line.lead_to(servers);
    }
    if let Some(script) = change.script {
        line.set(script);
    }
    StatusCode::NO_CONTENT
}
