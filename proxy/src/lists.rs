//! What the proxy has seen, page by page, from its register.

use std::sync::Arc;

use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use cardwright::{ErrorCode, Operation, Settings, check};
use serde::Serialize;

use crate::app::App;
use crate::claims::StoreUnavailable;
use crate::inbound;
use crate::principal::Principal;
use crate::problem::Problem;
use crate::register::{PER_PAGE, Page};

/// Answers a page of the register. To add a list: a row here.
pub(crate) async fn list(
    app: Arc<App>,
    operation: &'static Operation,
    principal: Arc<Principal>,
    request: Request,
) -> Result<Response, Problem> {
    principal.may(operation)?;
    let input = inbound::query(request.uri())?;
    let settings = Settings { ids: app.ids, ..Settings::default() };
    let asked = check(operation, &input, &settings)
        .map_err(|issues| Problem::new(ErrorCode::InvalidRequest).with_issues(issues))?
        .request;
    let page = asked.count("page").unwrap_or(1);
    let (register, tenant) = (&app.register, &principal.tenant);
    match operation.name {
        "ingo.listCards" => answer(page, register.cards(tenant, asked.text("user_id"), page).await),
        "pintopay.listOrders" => answer(page, register.orders(tenant, asked.text("external_user_id"), page).await),
        _ => Err(Problem::new(ErrorCode::NotFound)),
    }
}

fn answer<T: Serialize>(page: u32, found: Result<Page<T>, StoreUnavailable>) -> Result<Response, Problem> {
    let found = found.map_err(|_| Problem::new(ErrorCode::StoreUnavailable))?;
    let pagination = Pagination { page, per_page: PER_PAGE, total: found.total, sort: "created_at:desc" };
    let data = Data { items: found.items, pagination };
    Ok(Json(Envelope { status: "success", message: "last seen, not live", data }).into_response())
}

#[derive(Serialize)]
struct Envelope<T> {
    status: &'static str,
    message: &'static str,
    data: Data<T>,
}

#[derive(Serialize)]
struct Data<T> {
    items: Vec<T>,
    pagination: Pagination,
}

#[derive(Serialize)]
struct Pagination {
    page: u32,
    per_page: u32,
    total: usize,
    sort: &'static str,
}
