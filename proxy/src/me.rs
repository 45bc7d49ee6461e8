//! Who the proxy takes the caller for.

use std::sync::Arc;

use axum::Json;
use axum::extract::Extension;
use serde_json::{Value, json};

use crate::principal::Principal;

/// The path below the base.
pub(crate) const PATH: &str = "/me";

/// Answers who the caller is, what they may do, and under which ids the issuers know them.
pub(crate) async fn me(Extension(principal): Extension<Arc<Principal>>) -> Json<Value> {
    let Principal { tenant, user, scopes, user_ids, .. } = &*principal;
    Json(json!({ "tenant": tenant, "user": user, "scopes": scopes, "user_ids": user_ids }))
}
