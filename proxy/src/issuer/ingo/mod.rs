//! Ingo Payments: JSON over POST, an API key in a header, the body signed.

mod options;
mod refusal;
mod sign;

pub(crate) use options::IngoOptions;

use std::collections::HashMap;
use std::time::SystemTime;

use anyhow::Context;
use async_trait::async_trait;
use axum::http::uri::PathAndQuery;
use axum::http::{self, HeaderValue, Method, header};
use bytes::Bytes;
use cardwright::ingo::LIST_CARDS;
use cardwright::{ErrorCode, Operation, Request};
use http_body_util::Full;

use super::base_url::BaseUrl;
use super::paths::Paths;
use super::status::{Verdict, verdict};
use super::transport::Transport;
use super::{Dispatch, Issuer, gateway};
use crate::claims::Lease;
use crate::ending::Failure;
use sign::{Credentials, sign};

/// Ingo's word before the dot of an operation.
pub(super) const NAME: &str = "ingo";

/// The field of the body that carries the key. Source: Ingo, "Issue a routable card to a user" (v4).
const KEY_FIELD: &str = "idempotent_key";

/// Ingo, and what we are to it.
pub(super) struct Ingo {
    base_url: BaseUrl,
    paths: Paths,
    credentials: Credentials,
    transport: Transport,
    /// Where the cards of a user are listed; no document has it.
    card_list: Option<PathAndQuery>,
}

impl Ingo {
    /// Ingo by these options; `set` holds paths that differ from the default.
    pub(super) fn new(
        options: &IngoOptions,
        set: &HashMap<&'static str, PathAndQuery>,
        transport: Transport,
    ) -> anyhow::Result<Ingo> {
        let base_url = BaseUrl::parse(&options.ingo_base_url).context("ingo-base-url")?;
        let version = options.ingo_version.as_deref();
        let paths = Paths::new(NAME, &base_url.path, version, set).context("ingo-version")?;
        let card_list = options.card_list()?;
        Ok(Ingo { base_url, paths, credentials: options.credentials()?, transport, card_list })
    }
}

#[async_trait]
impl Issuer for Ingo {
    fn compose(&self, request: &Request<'_>, key: Option<&str>) -> Dispatch {
        let added: Vec<_> = key.map(|key| (KEY_FIELD, key)).into_iter().collect();
        Dispatch { operation: request.operation(), body: request.to_wire_json(&added), key: key.map(str::to_owned) }
    }

    async fn send(&self, dispatch: &Dispatch, lease: &Lease) -> Result<Bytes, Failure> {
        let operation = dispatch.operation;
        self.ask(operation, self.paths.of(operation)?, &dispatch.body, lease).await
    }

    async fn cards_of(&self, user_id: &str) -> Option<Result<Bytes, Failure>> {
        let path = self.card_list.as_ref()?;
        let body = serde_json::json!({ "user_id": user_id }).to_string();
        Some(self.ask(&LIST_CARDS, path, &body, &Lease::unlimited()).await)
    }
}

impl Ingo {
    async fn ask(
        &self,
        operation: &'static Operation,
        path: &PathAndQuery,
        body: &str,
        lease: &Lease,
    ) -> Result<Bytes, Failure> {
        let make = || self.request(path, body, SystemTime::now());
        let reply = self.transport.exchange(&self.base_url, operation.safety, lease, make).await?;
        match verdict(reply.status) {
            Verdict::Yes => Ok(reply.body),
            Verdict::No => {
                let refusal = refusal::read(reply.status, &reply.body);
                gateway::report(operation, reply.status, None, &refusal);
                Err(refusal)
            }
            Verdict::Open => Err(Failure::new(ErrorCode::IssuerFailed, operation.safety)),
        }
    }

    fn request(&self, path: &PathAndQuery, body: &str, now: SystemTime) -> http::Result<http::Request<Full<Bytes>>> {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let signed = sign(&self.credentials, path.as_str(), &body, now);
        let mut authorization = HeaderValue::try_from(signed.authorization)?;
        authorization.set_sensitive(true);
        http::Request::builder()
            .method(Method::POST)
            .uri(path.as_str())
            .header(header::HOST, &self.base_url.origin.authority)
            .header("api_key", self.credentials.api_key.clone())
            .header(header::AUTHORIZATION, authorization)
            .header("x-date", signed.date)
            .header("content-sha512", signed.digest)
            .header(header::CONTENT_TYPE, sign::CONTENT_TYPE)
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::ACCEPT, "application/json")
            .header(header::CONNECTION, "close")
            .body(Full::new(body))
    }
}
