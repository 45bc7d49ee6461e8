//! A word of the operator's own before a write: somebody is asked whether this caller may do this to these ids.

use anyhow::Context;
use axum::http::{HeaderValue, header};
use cardwright::ErrorCode;
use clap::Args;
use http_body_util::Full;
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::exchange::{Client, Endpoint, Unanswered};
use crate::ids::Ids;
use crate::intent::Intent;
use crate::principal::Principal;
use crate::problem::Problem;

/// The largest answer.
const MOST_BYTES: usize = 16 * 1024;

/// Who is asked before a write.
#[derive(Args, Clone, Debug)]
pub(crate) struct AuthorizeOptions {
    /// URL that is asked before a write is claimed: POST {"tenant","user","operation","ids"}, answered 200 with {"decision":
    /// "allow" | "deny" | "approval_required"}. Any other answer, or none in time, stops the write; but a freeze goes on.
    #[arg(long, env = "CARDWRIGHT_AUTHORIZE_URL", value_name = "URL")]
    authorize_url: Option<String>,
}

/// Somebody who is asked.
pub(crate) struct Authorizer {
    endpoint: Endpoint,
    client: Client,
}

#[derive(Deserialize)]
struct Answer {
    decision: Decision,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Allow,
    Deny,
    ApprovalRequired,
}

impl Authorizer {
    /// Whoever is to be asked by this configuration.
    pub(crate) fn new(options: &AuthorizeOptions, client: &Client) -> anyhow::Result<Option<Authorizer>> {
        let Some(url) = &options.authorize_url else { return Ok(None) };
        let endpoint = Endpoint::parse(url).context("authorize-url")?;
        Ok(Some(Authorizer { endpoint, client: client.clone() }))
    }

    async fn ask(&self, principal: &Principal, operation: &str, ids: &Ids) -> Result<(), ErrorCode> {
        let question = json!({
            "tenant": principal.tenant, "user": principal.user, "operation": operation, "ids": ids.to_json(),
        });
        let mut request = Request::new(Full::from(question.to_string()));
        *request.method_mut() = Method::POST;
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let reply = self.client.ask(&self.endpoint, request, MOST_BYTES).await;
        let reply = reply.map_err(|Unanswered| ErrorCode::AccessUnavailable)?;
        let answer = serde_json::from_slice(&reply.body).ok().filter(|_| reply.status == StatusCode::OK);
        match answer.map(|Answer { decision }| decision) {
            Some(Decision::Allow) => Ok(()),
            Some(Decision::Deny) => Err(ErrorCode::Forbidden),
            Some(Decision::ApprovalRequired) => Err(ErrorCode::ApprovalRequired),
            None => Err(ErrorCode::AccessUnavailable),
        }
    }
}

/// Lets a new write pass that may be done, where somebody is to be asked; whether it passed as new. Copies of what was claimed are
/// told how it ended, whatever would be decided now.
pub(crate) async fn before(app: &App, intent: &Intent, principal: &Principal, ids: &Ids) -> Result<bool, Problem> {
    let Some(authorizer) = &app.authorizer else { return Ok(true) };
    let operation = intent.operation;
    match authorizer.ask(principal, operation.name, ids).await {
        Ok(()) => Ok(true),
        Err(ErrorCode::AccessUnavailable) if operation.urgent => {
            tracing::error!(operation = operation.name, "sent without the word of authorize-url");
            Ok(true)
        }
        // Another copy was allowed meanwhile.
        Err(_) if matches!(app.claims.is_new(intent).await, Ok(false)) => Ok(false),
        Err(code) => {
            if code == ErrorCode::AccessUnavailable {
                tracing::warn!(operation = operation.name, "authorize-url did not decide");
            }
            Err(Problem::new(code))
        }
    }
}
