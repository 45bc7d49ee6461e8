//! A page as the proxy sees it: one request over one connection.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::header::HeaderMap;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

pub(crate) const KEY: &str = "0123456789abcdef";
pub(crate) const USER: &str = "user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef";
pub(crate) const CARD: &str = "rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d";

/// An answer of the proxy.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("expected JSON, found {:?}", self.body))
    }

    /// The problem without its id, after the id and the headers every problem has were checked.
    pub(crate) fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert_eq!(self.header("cardwright-contract"), Some("1"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        let mut problem = self.json();
        let id = problem.as_object_mut().unwrap().remove("request_id").unwrap();
        assert_eq!(Some(id.as_str().unwrap()), self.header("cardwright-request-id"));
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["type"], "about:blank");
        problem
    }

    /// Status, code and outcome of a problem.
    pub(crate) fn told(&self) -> (u16, String, String) {
        let problem = self.problem();
        (self.status, problem["code"].as_str().unwrap().into(), problem["outcome"].as_str().unwrap().into())
    }

    pub(crate) fn is_replayed(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }
}

/// A request as the SDK makes it, still to be changed.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn post(path: &str, body: &Value) -> Call {
        let headers = vec![
            ("cardwright-contract", "1".into()),
            ("sec-fetch-site", "same-origin".into()),
            ("content-type", "application/json".into()),
            ("idempotency-key", KEY.into()),
        ];
        Call { method: "POST", path: path.into(), headers, body: body.to_string().into() }
    }

    pub(crate) fn get(path: &str) -> Call {
        let headers = vec![("cardwright-contract", "1".into()), ("sec-fetch-site", "same-origin".into())];
        Call { method: "GET", path: path.into(), headers, body: Bytes::new() }
    }

    /// Issue a virtual card.
    pub(crate) fn issue() -> Call {
        Call::post("/api/ingo/cards/issue", &json!({ "user_id": USER, "card_type": "virtual" }))
    }

    /// Freeze a card.
    pub(crate) fn freeze() -> Call {
        Call::post("/api/ingo/cards/freeze", &json!({ "user_id": USER, "id": CARD }))
    }

    /// Replace a card, with a new number, confirmed.
    pub(crate) fn reissue() -> Call {
        Call::post("/api/ingo/cards/reissue", &json!({ "user_id": USER, "id": CARD, "reuse_pan": false }))
            .with("accept-notices", "old_card_ends")
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Call {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> Call {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    pub(crate) fn key(self, key: &str) -> Call {
        self.with("idempotency-key", key)
    }

    pub(crate) fn body(self, body: &str) -> Call {
        self.bytes(body.as_bytes())
    }

    pub(crate) fn bytes(self, body: &[u8]) -> Call {
        Call { body: Bytes::copy_from_slice(body), ..self }
    }

    pub(crate) fn method(self, method: &'static str) -> Call {
        Call { method, ..self }
    }

    fn request(&self, address: SocketAddr) -> Request<Full<Bytes>> {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        if !self.headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", address.to_string());
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        // As a browser does for all but reads.
        let named = |name| self.headers.iter().any(|(known, _)| *known == name);
        if self.method == "POST" && named("sec-fetch-site") && !named("origin") {
            request = request.header("origin", format!("http://{address}"));
        }
        request.body(Full::from(self.body.clone())).unwrap()
    }

    /// Sends it and reads the whole answer, within half a minute.
    pub(crate) async fn send(&self, address: SocketAddr) -> Answer {
        tokio::time::timeout(Duration::from_secs(30), self.exchange(address))
            .await
            .expect("an answer within half a minute")
    }

    async fn exchange(&self, address: SocketAddr) -> Answer {
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let (parts, body) = sender.send_request(self.request(address)).await.map(Response::into_parts).unwrap();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}
