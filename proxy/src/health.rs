//! Whether the process serves; it says nothing about the issuers.

use axum::Json;
use serde_json::{Value, json};

/// The path, outside the base and open to any host: a prober knows neither.
pub(crate) const PATH: &str = "/health";

/// Answers that the process serves.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}
