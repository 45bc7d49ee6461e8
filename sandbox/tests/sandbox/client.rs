//! A small client that signs, and lets a test spoil any part.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::process::{API_KEY, CONTROL_TOKEN, SECRET, Sandbox, USERNAME};
use crate::wire::{Answer, End, Exchange, exchange};

pub(crate) const LIMIT: Duration = Duration::from_secs(10);
pub(crate) const USER: &str = "user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef";
const SIGNED: [&str; 4] = ["x-date", "content-type", "content-sha512", "content-length"];

/// A request about to be sent: change what is sent, `sign`, and change it again to break the signature.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    /// A request for an Ingo operation with everything but the signature.
    pub(crate) fn ingo(operation: &str, body: &Value) -> Self {
        Self::raw(&format!("POST /api/v4/user/routable-cards/{operation} HTTP/1.1"), body.to_string().as_bytes())
    }

    /// A request with a body of any bytes.
    pub(crate) fn raw(line: &str, body: &[u8]) -> Self {
        let call = Self { line: line.to_owned(), headers: Vec::new(), body: body.to_vec() };
        call.with("host", "127.0.0.1")
            .with("connection", "close")
            .with("api_key", API_KEY)
            .with("x-date", &httpdate::fmt_http_date(SystemTime::now()))
            .with("content-type", "application/json")
            .with("content-sha512", &BASE64_STANDARD.encode(Sha512::digest(body)))
            .with("content-length", &body.len().to_string())
    }

    /// The request with one header set anew.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The request without one header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// The request signed as it stands.
    pub(crate) fn sign(self) -> Self {
        self.sign_with(SECRET)
    }

    /// The request signed with any secret.
    pub(crate) fn sign_with(self, secret: &str) -> Self {
        let mut signed = self.line.clone();
        for name in SIGNED {
            if let Some((_, value)) = self.headers.iter().find(|(known, _)| known == name) {
                signed.push_str(&format!("\n{name}: {value}"));
            }
        }
        let signature = signature(secret, &signed);
        let names = format!("request-line {}", SIGNED.join(" "));
        let authorization = format!(
            r#"hmac username="{USERNAME}", algorithm="hmac-sha512", headers="{names}", signature="{signature}""#
        );
        self.with("authorization", &authorization)
    }

    /// The request as bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\r\n", self.line).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }

    /// What came back, whatever it is.
    pub(crate) fn exchange(&self, sandbox: &Sandbox, limit: Duration) -> Exchange {
        exchange(sandbox.address, &self.bytes(), limit)
    }

    /// The answer, which must come whole.
    pub(crate) fn send(&self, sandbox: &Sandbox) -> Answer {
        let exchange = self.exchange(sandbox, LIMIT);
        assert_eq!(exchange.end, End::Closed);
        let answer = exchange.answer();
        assert_eq!(answer.body.len(), answer.promised_length());
        answer
    }
}

/// Base64 of the raw HMAC.
pub(crate) fn signature(secret: &str, signed: &str) -> String {
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// A correct address.
pub(crate) fn address() -> Value {
    json!({
        "address_one": "100 Innovation Way",
        "city": "Anytown",
        "state": "TX",
        "postal_code": "30044",
        "country": "US",
    })
}

impl Sandbox {
    /// Carries out an Ingo operation correctly signed.
    pub(crate) fn ingo(&self, operation: &str, body: &Value) -> Answer {
        Call::ingo(operation, body).sign().send(self)
    }

    /// The card in the answer to an operation that must succeed.
    pub(crate) fn card(&self, operation: &str, body: &Value) -> Value {
        let answer = self.ingo(operation, body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["data"]["items"][0].clone()
    }

    /// A new virtual card.
    pub(crate) fn virtual_card(&self) -> Value {
        self.card("create", &json!({ "user_id": USER, "card_type": "virtual" }))
    }

    /// Uses a control route.
    pub(crate) fn control(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {CONTROL_TOKEN}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        exchange(self.address, request.as_bytes(), LIMIT).answer()
    }

    /// The ledger.
    pub(crate) fn ledger(&self) -> Value {
        self.control("GET", "/_ledger", "").json()
    }

    /// The newest request in the ledger.
    pub(crate) fn last_request(&self) -> Value {
        self.ledger()["requests"].as_array().unwrap().last().unwrap().clone()
    }

    /// How many cards were really made.
    pub(crate) fn cards_made(&self) -> usize {
        self.ledger()["cards"].as_array().unwrap().len()
    }

    /// Asks for a fault.
    pub(crate) fn fault(&self, fault: Value) {
        let answer = self.control("POST", "/_faults", &fault.to_string());
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
}
