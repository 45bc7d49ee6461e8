//! Asking a server that belongs to whoever runs the proxy: in bounded time, and for a bounded answer.

use std::time::Duration;

use axum::http::header;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;

use super::{Connector, Endpoint, whole};

/// Who asks.
#[derive(Clone)]
pub(crate) struct Client {
    connector: Connector,
    /// From connecting to the last byte of the answer.
    limit: Duration,
}

/// An answer that came whole.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// No whole answer came in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unanswered;

impl Client {
    /// A client that trusts the roots of the web, and waits so long.
    pub(crate) fn new(limit: Duration) -> anyhow::Result<Client> {
        Ok(Client { connector: Connector::new()?, limit })
    }

    /// Asks once. Redirects are answers like any other, and a body of more than `most` bytes is none.
    pub(crate) async fn ask(
        &self,
        endpoint: &Endpoint,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<Reply, Unanswered> {
        let asked = tokio::time::timeout(self.limit, self.exchange(endpoint, request, most)).await;
        asked.ok().flatten().ok_or(Unanswered)
    }

    async fn exchange(&self, endpoint: &Endpoint, mut request: Request<Full<Bytes>>, most: usize) -> Option<Reply> {
        *request.uri_mut() = endpoint.target.clone().into();
        request.headers_mut().insert(header::HOST, HeaderValue::from_str(&endpoint.origin.authority).ok()?);
        let mut connection = self.connector.connect(&endpoint.origin).await.ok()?;
        let (head, body) = connection.send(request).await.ok()?.into_parts();
        Some(Reply { status: head.status, headers: head.headers, body: whole(body, most).await? })
    }
}
