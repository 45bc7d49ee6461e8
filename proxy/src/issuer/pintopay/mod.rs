//! PintoPay, and Revio, its sibling deployment: JSON sealed in an envelope, over POST, an API key in a header.

mod answer;
mod dialect;
mod envelope;
mod options;
mod payload;
mod refusal;
mod seal;
mod timestamp;

pub(crate) use options::PintoPayOptions;

use std::collections::HashMap;

use anyhow::Context;
use async_trait::async_trait;
use axum::http::uri::PathAndQuery;
use axum::http::{self, HeaderValue, Method, header};
use bytes::Bytes;
use cardwright::input::Value;
use cardwright::{ErrorCode, Operation, Request};
use http_body_util::Full;

use super::base_url::BaseUrl;
use super::paths::Paths;
use super::status::{Verdict, verdict};
use super::transport::Transport;
use super::{Dispatch, Issuer};
use crate::claims::Lease;
use crate::ending::Failure;
use dialect::Wording;
use seal::Seal;

/// PintoPay's word before the dot of an operation.
pub(super) const NAME: &str = "pintopay";

/// What stands between the base URL and the version. Source: PintoPay, "Card Issue".
const PREFIX: &str = "/api";

/// The field of the body that carries the key. Source: PintoPay, release note 1.0.0; every other page has the header, so both
/// are sent.
const KEY_FIELD: &str = "idempotency_key";
const KEY_HEADER: &str = "idempotency-key";

/// PintoPay, and what we are to it.
pub(super) struct PintoPay {
    base_url: BaseUrl,
    paths: Paths,
    api_key: HeaderValue,
    seal: Seal,
    wording: Wording,
    transport: Transport,
}

impl PintoPay {
    /// PintoPay by these options, or nothing where they name none; `set` holds paths that differ from the default.
    pub(super) fn new(
        options: &PintoPayOptions,
        set: &HashMap<&'static str, PathAndQuery>,
        transport: Transport,
    ) -> anyhow::Result<Option<PintoPay>> {
        let wording = options.wording()?;
        let Some(project) = options.project()? else { return Ok(None) };
        let prefix = format!("{}{PREFIX}", project.base_url.path);
        let paths = Paths::new(NAME, &prefix, options.version(), set).context("pintopay-version")?;
        let (base_url, api_key, seal) = (project.base_url, project.api_key, project.seal);
        Ok(Some(PintoPay { base_url, paths, api_key, seal, wording, transport }))
    }

    /// Seals the request as it is at this moment; the same one is never sealed alike twice.
    fn request(&self, path: &PathAndQuery, dispatch: &Dispatch) -> anyhow::Result<http::Request<Full<Bytes>>> {
        let payload = payload::write(&dispatch.body, self.wording, timestamp::next())?;
        let body = envelope::wrap(&self.seal.seal(payload.as_bytes())?);
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri(path.as_str())
            .header(header::HOST, &self.base_url.origin.authority)
            .header("api-key", self.api_key.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::ACCEPT, "application/json")
            .header(header::CONNECTION, "close");
        if let Some(key) = &dispatch.key {
            request = request.header(KEY_HEADER, key);
        }
        Ok(request.body(Full::from(body))?)
    }
}

#[async_trait]
impl Issuer for PintoPay {
    fn compose(&self, request: &Request<'_>, key: Option<&str>) -> Dispatch {
        let added: Vec<_> = key.map(|key| (KEY_FIELD, key)).into_iter().collect();
        Dispatch { operation: request.operation(), body: request.to_wire_json(&added), key: key.map(str::to_owned) }
    }

    async fn send(&self, dispatch: &Dispatch, lease: &Lease) -> Result<Bytes, Failure> {
        let operation = dispatch.operation;
        let path = self.paths.of(operation)?;
        let make = || self.request(path, dispatch);
        let reply = self.transport.exchange(&self.base_url, operation.safety, lease, make).await?;
        let verdict = verdict(reply.status);
        if verdict == Verdict::Open {
            return Err(Failure::new(ErrorCode::IssuerFailed, operation.safety));
        }
        // A body that does not open speaks for nothing, like one that is empty.
        let body = envelope::open(&self.seal, reply.body).unwrap_or_else(|why| {
            tracing::warn!(operation = operation.name, why, "answer could not be opened");
            Bytes::new()
        });
        match verdict {
            Verdict::Yes if !body.is_empty() && !refusal::is_no(&body) => Ok(body),
            _ => Err(refusal::read(dispatch, reply.status, &body)),
        }
    }

    fn normalise<'a>(&self, operation: &Operation, answer: Value<'a>) -> Value<'a> {
        answer::normalise(operation, answer)
    }
}
