//! What tests use to see and steer the sandbox: `/_ledger`, `/_faults` and `/_keys`.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use crate::app::Sandbox;
use crate::effects::Effects;
use crate::keys::KeyMode;

/// The control routes, each behind the token.
pub(crate) fn router(sandbox: Arc<Sandbox>) -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/_ledger", get(show_ledger))
        .route("/_ledger/effects", get(show_effects))
        .route("/_ledger/reset", post(reset_ledger))
        .route("/_faults", get(show_faults).post(add_fault).delete(clear_faults))
        .route("/_keys", get(show_keys).put(set_keys))
        .route_layer(from_fn_with_state(sandbox, require_token))
}

async fn require_token(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
        .unwrap_or_default();
    let expected = sandbox.config.control_token.expose_secret().as_bytes();
    if bool::from(token.ct_eq(expected)) {
        next.run(request).await
    } else {
        let body = Json(json!({ "message": "expected the control token" }));
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], body).into_response()
    }
}

async fn show_ledger(State(sandbox): State<Arc<Sandbox>>) -> Json<Value> {
    let books = sandbox.books();
    let mut shown = json!({ "cards": books.ingo.ledger(), "requests": books.ledger.entries() });
    if let (Some(options), Some(object)) = (&sandbox.config.pintopay, shown.as_object_mut()) {
        object.extend(books.pintopay.ledger(options, SystemTime::now()));
    }
    Json(shown)
}

async fn show_effects(State(sandbox): State<Arc<Sandbox>>) -> Json<Effects> {
    Json(Effects::of(&sandbox.books()))
}

async fn reset_ledger(State(sandbox): State<Arc<Sandbox>>) -> StatusCode {
    let mut books = sandbox.books();
    books.ledger.reset();
    books.ingo = Default::default();
    books.pintopay = Default::default();
    StatusCode::NO_CONTENT
}

async fn show_faults(State(sandbox): State<Arc<Sandbox>>) -> Json<Value> {
    pending(&sandbox)
}

async fn add_fault(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Response {
    let added = serde_json::from_slice(&body)
        .map_err(|error| error.to_string())
        .and_then(|fault| sandbox.books().faults.add(fault).map_err(str::to_owned));
    match added {
        Ok(()) => (StatusCode::CREATED, pending(&sandbox)).into_response(),
        Err(message) => (StatusCode::BAD_REQUEST, Json(json!({ "message": message }))).into_response(),
    }
}

async fn clear_faults(State(sandbox): State<Arc<Sandbox>>) -> StatusCode {
    sandbox.books().faults.clear();
    StatusCode::NO_CONTENT
}

/// The mode of both issuers' keys, as it is shown and set.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    keys: KeyMode,
}

async fn show_keys(State(sandbox): State<Arc<Sandbox>>) -> Json<Keys> {
    Json(Keys { keys: sandbox.books().keys })
}

async fn set_keys(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Response {
    match serde_json::from_slice(&body) {
        Ok(Keys { keys }) => {
            sandbox.books().keys = keys;
            Json(Keys { keys }).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "message": error.to_string() }))).into_response(),
    }
}

fn pending(sandbox: &Sandbox) -> Json<Value> {
    Json(json!({ "pending": sandbox.books().faults.pending() }))
}
