//! A page as the proxy sees it, which says exactly what it was told.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::http::response::Parts;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// The host that proxies of the rig answer to, whichever line leads to them.
pub const HOST: &str = "cardwright.test";

/// What a browser says of a call that one of the proxy's own pages makes.
const OWN_PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");

/// A call of an operation, to be made any number of times.
#[derive(Clone, Debug)]
pub struct Call {
    /// Below the base, such as `/ingo/cards/issue`.
    pub path: &'static str,
    /// The values.
    pub values: Value,
    /// The idempotency key; a read has none.
    pub key: Option<String>,
}

/// What a client was told.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// It is done, and this is the answer.
    Done {
        /// The envelope.
        body: Value,
        /// Whether it was said to have been done before.
        replayed: bool,
    },
    /// A problem.
    Problem {
        /// The HTTP status.
        status: u16,
        /// Its code.
        code: String,
        /// What is known of the effect: `not_sent`, `rejected` or `unknown`.
        outcome: String,
    },
    /// No whole answer came, so nothing was told.
    Nothing,
}

impl Told {
    /// Whether the client knows how its intent ended, and need not ask again.
    pub fn is_final(&self) -> bool {
        match self {
            Told::Done { .. } => true,
            Told::Problem { outcome, .. } => outcome == "rejected",
            Told::Nothing => false,
        }
    }

    /// The code of a problem.
    pub fn code(&self) -> Option<&str> {
        match self {
            Told::Problem { code, .. } => Some(code),
            _ => None,
        }
    }
}

impl Call {
    /// Makes the call once, over a connection of its own.
    pub async fn make(&self, address: SocketAddr, limit: Duration) -> Told {
        match tokio::time::timeout(limit, self.exchange(address)).await {
            Ok(Ok((parts, body))) => told(&parts, &body),
            Ok(Err(_)) | Err(_) => Told::Nothing,
        }
    }

    async fn exchange(&self, address: SocketAddr) -> anyhow::Result<(Parts, Bytes)> {
        let mut headers = vec![
            ("cardwright-contract", "1"),
            OWN_PAGE,
            ("content-type", "application/json"),
            ("accept-notices", "old_card_ends"),
        ];
        headers.extend(self.key.iter().map(|key| ("idempotency-key", key.as_str())));
        exchange(address, request("POST", &format!("/api{}", self.path), &headers, self.values.to_string())?).await
    }
}

/// What the proxy says of an intent: the body of `GET {base}/intents/{operation}/{key}`. Nothing if no whole answer came, or none
/// with 200.
pub async fn ask(operation: &str, key: &str, address: SocketAddr, limit: Duration) -> Option<Value> {
    let path = format!("/api/intents/{operation}/{key}");
    let request = request("GET", &path, &[("cardwright-contract", "1"), OWN_PAGE], String::new()).ok()?;
    let (parts, body) = tokio::time::timeout(limit, exchange(address, request)).await.ok()?.ok()?;
    if parts.status != 200 {
        return None;
    }
    serde_json::from_slice(&body).ok()
}

fn told(parts: &Parts, body: &[u8]) -> Told {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Told::Nothing };
    if parts.status.is_success() {
        return Told::Done { body, replayed: parts.headers.contains_key("idempotent-replayed") };
    }
    match (body["code"].as_str(), body["outcome"].as_str()) {
        (Some(code), Some(outcome)) => {
            Told::Problem { status: parts.status.as_u16(), code: code.into(), outcome: outcome.into() }
        }
        // A line's word, not the proxy's.
        _ => Told::Nothing,
    }
}

pub(super) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: String,
) -> anyhow::Result<Request<Full<Bytes>>> {
    let mut request = Request::builder().method(method).uri(path).header("host", HOST);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Ok(request.body(Full::from(body))?)
}

/// One exchange over a connection of its own.
pub(super) async fn exchange(address: SocketAddr, request: Request<Full<Bytes>>) -> anyhow::Result<(Parts, Bytes)> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await.map(Response::into_parts)?;
    let body = body.collect().await?.to_bytes();
    connection.abort();
    Ok((parts, body))
}
