//! The router, and what all requests share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::config::Config;
use crate::control;
use crate::faults::Faults;
use crate::ingo;
use crate::keys::KeyMode;
use crate::ledger::Ledger;
use crate::operation::Operation;
use crate::pintopay;
use crate::received::Received;
use crate::reply::Reply;

/// The running sandbox.
pub(crate) struct Sandbox {
    pub(crate) config: Config,
    /// `http://address:port` it listens on.
    pub(crate) origin: String,
    books: Mutex<Books>,
}

/// All that changes while the sandbox runs, behind one lock, so that the ledger never disagrees with the cards.
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) ledger: Ledger,
    pub(crate) faults: Faults,
    pub(crate) keys: KeyMode,
    pub(crate) ingo: ingo::Cards,
    pub(crate) pintopay: pintopay::Project,
}

impl Sandbox {
    /// Opens the books; nobody else reads or writes them until the guard is dropped.
    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All routes: control under `/_`, the issuers everywhere else.
pub(crate) fn router(config: Config, origin: String) -> Router {
    let books = Mutex::new(Books { keys: config.keys, ..Books::default() });
    let sandbox = Arc::new(Sandbox { config, origin, books });
    control::router(Arc::clone(&sandbox)).fallback(to_an_issuer).with_state(sandbox)
}

/// Answers in a task of its own: an issuer carries out what it received even when the client has gone.
async fn to_an_issuer(State(sandbox): State<Arc<Sandbox>>, request: Request<Body>) -> Response {
    match tokio::spawn(dispatch(sandbox, request)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "request not answered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Notes the request and hands it to the issuer whose path it names.
async fn dispatch(sandbox: Arc<Sandbox>, request: Request<Body>) -> Response {
    let received = Received::read(request).await;
    let operation = Operation::route(&received.target, &sandbox.config);
    let entry = {
        let name = operation.map(Operation::name);
        sandbox.books().ledger.arrive(&received, name, &sandbox.config)
    };
    match (operation, &sandbox.config.pintopay) {
        (Some(Operation::Ingo(operation)), _) => ingo::serve(&sandbox, operation, &received, entry).await,
        (Some(Operation::PintoPay(operation)), Some(options)) => {
            pintopay::serve(&sandbox, options, operation, &received, entry).await
        }
        _ => {
            let reply = Reply::json(StatusCode::NOT_FOUND, &json!({ "message": "no Route matched with those values" }));
            sandbox.books().ledger.refuse(entry, "no_route", reply.status);
            reply.into_response()
        }
    }
}
