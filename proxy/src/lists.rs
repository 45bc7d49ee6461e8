//! What the proxy has seen, page by page, from its register.

use std::sync::Arc;

use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use cardwright::{ErrorCode, Operation, Settings, check};
use serde::Serialize;

use crate::app::App;
use crate::audit::Act;
use crate::claims::StoreUnavailable;
use crate::ids::Ids;
use crate::principal::Principal;
use crate::problem::Problem;
use crate::register::{PER_PAGE, Page};
use crate::{binding, inbound};

/// Answers a page of the register. To add a list: a row here.
pub(crate) async fn list(
    app: Arc<App>,
    operation: &'static Operation,
    principal: Arc<Principal>,
    request: Request,
) -> Result<Response, Problem> {
    let act = Act::new(&principal, operation.name, request.extensions());
    app.audit.judged(&act, principal.may(operation)).await?;
    let input = inbound::query(request.uri())?;
    let settings = Settings { ids: app.ids, ..Settings::default() };
    let asked = check(operation, &input, &settings)
        .map_err(|issues| Problem::new(ErrorCode::InvalidRequest).with_issues(issues))?
        .request;
    let page = asked.count("page").unwrap_or(1);
    let act = act.about(Ids::of(&asked));
    let (register, tenant) = (&app.register, &principal.tenant);
    app.audit.judged(&act, binding::reach(&app, operation, &principal, act.ids()).await).await?;
    let users = binding::shown(&principal, asked.text("user_id").or(asked.text("external_user_id")));
    let users = users.as_deref();
    match operation.name {
        "ingo.listCards" => answer(page, register.cards(tenant, users, page).await),
        "pintopay.listOrders" => answer(page, register.orders(tenant, users, page).await),
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
