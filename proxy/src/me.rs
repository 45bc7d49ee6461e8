//! Who the proxy takes the caller for.

use std::sync::Arc;

use axum::Json;
use axum::extract::Extension;
use serde_json::{Value, json};

use crate::principal::Principal;

/// The path below the base.
pub(crate) const PATH: &str = "/me";

/// Answers who the caller is and what they may do.
pub(crate) async fn me(Extension(principal): Extension<Arc<Principal>>) -> Json<Value> {
    Json(json!({ "tenant": principal.tenant, "user": principal.user, "scopes": principal.scopes }))
}
