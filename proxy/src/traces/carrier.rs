//! What carries traces to their collector: our own exchange, so that nothing here speaks TLS in another way.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::Full;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;

use crate::exchange::{Client, Endpoint};

const LIMIT: Duration = Duration::from_secs(5);
/// The largest answer.
const MOST_BYTES: usize = 64 * 1024;

/// A collector, and how it is reached.
pub(super) struct Carrier {
    endpoint: Endpoint,
    client: Client,
    /// Who asks it is a thread outside of the runtime.
    runtime: Handle,
}

impl Carrier {
    pub(super) fn to(endpoint: Endpoint) -> anyhow::Result<Carrier> {
        Ok(Carrier { endpoint, client: Client::new(LIMIT)?, runtime: Handle::try_current()? })
    }
}

#[async_trait]
impl HttpClient for Carrier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (client, endpoint) = (self.client.clone(), self.endpoint.clone());
        let asked = self.runtime.spawn(async move { client.ask(&endpoint, request.map(Full::new), MOST_BYTES).await });
        let Ok(Ok(reply)) = asked.await else {
            tracing::warn!("traces could not be delivered");
            return Err("expected an answer, found none".into());
        };
        if !reply.status.is_success() {
            tracing::warn!(status = reply.status.as_u16(), "traces were not taken");
        }
        let mut response = Response::new(reply.body);
        (*response.status_mut(), *response.headers_mut()) = (reply.status, reply.headers);
        Ok(response)
    }
}

impl fmt::Debug for Carrier {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Carrier")
    }
}
