//! What the proxy consists of, and its routes. The list of operations is the list of routes: nothing else gets through.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on, post};
use cardwright::envelope::UnknownFields;
use cardwright::field::IdForm;
use cardwright::operation::Method;
use cardwright::{ErrorCode, OPERATIONS, Operation};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;

use crate::audit::Audit;
use crate::authorize::Authorizer;
use crate::claims::{self, Claims};
use crate::clock::Clock;
use crate::config::{Config, TimeLimits};
use crate::cross_site::{self, OriginOptions};
use crate::exchange::Client;
use crate::issuer::{self, Issuers};
use crate::limits::{self, Busy, Limits};
use crate::principal::{Authentication, Principal};
use crate::problem::Problem;
use crate::recent::Recent;
use crate::register::{self, Register};
use crate::store::Store;
use crate::traces::Traces;
use crate::{access, guard, health, intents, lists, me, operate, principal, settle, static_files};

/// What the handlers share.
pub(crate) struct App {
    pub(crate) base: String,
    pub(crate) hosts: Vec<String>,
    pub(crate) origins: OriginOptions,
    pub(crate) ids: IdForm,
    pub(crate) unknown_fields: UnknownFields,
    pub(crate) limits: TimeLimits,
    pub(crate) rates: Limits,
    pub(crate) busy: Busy,
    pub(crate) authentication: Authentication,
    /// Whether several tenants share the issuers' programs.
    pub(crate) has_tenants: bool,
    /// None where nobody is asked before a write.
    pub(crate) authorizer: Option<Authorizer>,
    pub(crate) audit: Audit,
    pub(crate) issuers: Issuers,
    pub(crate) claims: Claims,
    pub(crate) register: Arc<dyn Register>,
    /// None where duplicates are not asked about.
    pub(crate) recent: Option<Recent>,
    pub(crate) traces: Traces,
    /// Deliveries under way.
    pub(crate) tasks: TaskTracker,
    /// Tells deliveries to end, because the proxy does.
    pub(crate) cut: CancellationToken,
}

impl App {
    /// The proxy of this configuration, listening on this port, with what it keeps in this store.
    pub(crate) fn new(config: &Config, port: u16, store: &Store) -> anyhow::Result<App> {
        let client = Client::new(config.access.limit)?;
        Ok(App {
            base: config.base.clone(),
            hosts: config.hosts(port),
            origins: config.origins.clone(),
            ids: config.ids,
            unknown_fields: if config.forward_unknown_fields { UnknownFields::Forward } else { UnknownFields::Drop },
            limits: config.limits,
            authentication: Authentication::new(&config.access, &client)?,
            has_tenants: config.access.has_tenants(),
            authorizer: Authorizer::new(&config.authorize, &client)?,
            audit: Audit::in_store(store, Clock::of_the_machine()),
            rates: Limits::new(&config.rates, !config.access.authenticates(), store),
            busy: Busy::new(config.connections.most_requests),
            issuers: issuer::all(config)?,
            claims: Claims::new(claims::in_store(store), &config.claims, Clock::of_the_machine()),
            register: register::in_store(store),
            recent: Recent::new(&config.recent, config.ingo.secret(), store)?,
            traces: Traces::new(&config.traces)?,
            tasks: TaskTracker::new(),
            cut: CancellationToken::new(),
        })
    }

    /// The operation that stands at a path.
    pub(crate) fn operation_at(&self, path: &str) -> Option<&'static Operation> {
        let path = path.strip_prefix(&self.base)?;
        OPERATIONS.iter().copied().find(|operation| operation.path == path)
    }
}

/// The routes, and around them the layers; the last one stands outermost.
pub(crate) fn router(app: &Arc<App>, config: &Config) -> Router {
    let state = || Arc::clone(app);
    let guarded = Router::new().nest(&app.base, operations(app));
    let guarded = match &config.static_dir {
        Some(dir) => guarded.fallback_service(static_files::router(dir)),
        None => guarded.fallback(not_found),
    };
    guarded
        .layer(from_fn_with_state(state(), guard::host))
        .route(health::PATH, get(health::health))
        .layer(CatchPanicLayer::custom(|_| Problem::new(ErrorCode::InternalError).into_response()))
        .layer(from_fn_with_state(state(), access::access))
}

fn operations(app: &Arc<App>) -> Router {
    let mut router = Router::new()
        .route(me::PATH, get(me::me))
        .route(intents::PATH, get(intents::look))
        .route(settle::PATH, post(settle::settle));
    for operation in OPERATIONS {
        if let Some(route) = route(app, operation) {
            router = router.route(operation.path, route);
        }
    }
    let state = || Arc::clone(app);
    router
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state(), Busy::refuse))
        // Behind the doors: another site's page uses up nobody's calls.
        .layer(from_fn_with_state(state(), limits::by_user))
        .layer(from_fn(guard::contract))
        .layer(from_fn_with_state(state(), cross_site::refuse))
        .layer(from_fn_with_state(state(), principal::recognise))
        .layer(from_fn_with_state(state(), limits::by_address))
        // Outermost: a browser asks for leave without saying who is calling.
        .layer(option_layer(app.origins.cors()))
        .with_state(state())
}

/// The route of an operation, or none where its issuer is not configured.
fn route(app: &App, operation: &'static Operation) -> Option<MethodRouter<Arc<App>>> {
    let method = match operation.method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
    };
    let issuer = app.issuers.get(operation.issuer())?.clone();
    Some(if operation.upstream.is_some() {
        on(method, move |State(app): State<Arc<App>>, Extension(who): Extension<Arc<Principal>>, request: Request| {
            operate::operate(app, issuer, operation, who, request)
        })
    } else {
        on(method, move |State(app): State<Arc<App>>, Extension(who): Extension<Arc<Principal>>, request: Request| {
            lists::list(app, operation, who, request)
        })
    })
}

async fn not_found() -> Response {
    Problem::new(ErrorCode::NotFound).into_response()
}

async fn method_not_allowed() -> Response {
    Problem::new(ErrorCode::MethodNotAllowed).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use axum::body::Body;
    use axum::http::{StatusCode, header};
    use cardwright::call::{CONTRACT, CONTRACT_HEADER, KEY_HEADER};
    use cardwright::ingo;
    use clap::Parser;
    use http_body_util::BodyExt;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use crate::claims::StoreUnavailable;
    use crate::memory::MemoryClaims;
    use crate::register::{Page, SeenCard, SeenOrder, Sighting, What};

    struct Broken;

    #[async_trait]
    impl Register for Broken {
        async fn record(&self, _: &str, _: Sighting) -> Result<(), StoreUnavailable> {
            panic!("as scripted")
        }

        async fn cards(&self, _: &str, _: Option<&[&str]>, _: u32) -> Result<Page<SeenCard>, StoreUnavailable> {
            panic!("as scripted")
        }

        async fn orders(&self, _: &str, _: Option<&[&str]>, _: u32) -> Result<Page<SeenOrder>, StoreUnavailable> {
            panic!("as scripted")
        }

        async fn users_of(&self, _: &str, _: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
            panic!("as scripted")
        }

        async fn tenants_of(&self, _: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
            panic!("as scripted")
        }
    }

    const ARGS: [&str; 8] = [
        "",
        "--ingo-api-key=k",
        "--ingo-username=u",
        "--ingo-secret=s",
        "--pintopay-base-url=http://127.0.0.1:9",
        "--pintopay-api-key=k",
        "--pintopay-secret=secret-1",
        "--allowed-host=h",
    ];

    /// Asks a proxy that was changed, and returns the problem without its id.
    async fn problem(operation: &Operation, body: &str, change: impl FnOnce(&mut App)) -> Value {
        let config = Config::try_parse_from(ARGS).unwrap();
        let mut app = App::new(&config, 1, &Store::Memory).unwrap();
        change(&mut app);
        let request = Request::builder()
            .method(operation.method.as_str())
            .uri(format!("/api{}", operation.path))
            .header(header::HOST, "h")
            .header(CONTRACT_HEADER, CONTRACT)
            .header("sec-fetch-site", "same-origin")
            .header(KEY_HEADER, "0123456789abcdef")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = router(&Arc::new(app), &config).oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let mut problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(StatusCode::from_u16(problem["status"].as_u64().unwrap() as u16).unwrap(), status);
        problem.as_object_mut().unwrap().remove("request_id").unwrap();
        problem
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_like_any_other() {
        let expected = json!({
            "type": "about:blank",
            "title": ErrorCode::InternalError.template(),
            "status": 500,
            "code": "internal_error",
            "outcome": "not_sent",
        });
        // Every operation without an upstream is answered from the register.
        for list in OPERATIONS.iter().filter(|operation| operation.upstream.is_none()) {
            let found = problem(list, "", |app| app.register = Arc::new(Broken)).await;
            assert_eq!(found, expected, "{}", list.name);
        }
    }

    #[test]
    fn an_issuer_that_is_not_configured_has_no_routes() {
        for (args, has_pintopay) in [(&ARGS[..], true), (&ARGS[..4], false)] {
            let app = App::new(&Config::try_parse_from(args).unwrap(), 1, &Store::Memory).unwrap();
            for operation in OPERATIONS {
                let expected = has_pintopay || operation.issuer() == "ingo";
                assert_eq!(route(&app, operation).is_some(), expected, "{}", operation.name);
            }
        }
    }

    #[tokio::test]
    async fn what_is_out_of_scope_is_forbidden() {
        let expected = json!({
            "type": "about:blank",
            "title": "You are not allowed to do this.",
            "status": 403,
            "code": "forbidden",
            "outcome": "not_sent",
        });
        for operation in OPERATIONS {
            let nobody = Principal { scopes: Vec::new(), ..Principal::clone(&Principal::local()) };
            let found =
                problem(operation, "{}", |app| app.authentication = Authentication::Local(Arc::new(nobody))).await;
            assert_eq!(found, expected, "{}", operation.name);
        }
    }

    #[tokio::test]
    async fn without_a_store_nothing_is_sent() {
        let body = r#"{"user_id":"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","card_type":"virtual"}"#;
        let found = problem(&ingo::ISSUE_CARD, body, |app| app.claims = app.claims.over(MemoryClaims::new(0))).await;
        let expected = json!({
            "type": "about:blank",
            "title": "The server cannot take this right now. Please try again.",
            "status": 503,
            "code": "store_unavailable",
            "outcome": "not_sent",
            "retry_after_ms": 1000,
        });
        assert_eq!(found, expected);
    }
}
