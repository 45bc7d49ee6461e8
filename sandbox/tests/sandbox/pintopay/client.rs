//! A small client that encrypts, and lets a test spoil any part.

use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use crypto_secretbox::aead::{Aead, AeadCore, OsRng};
use crypto_secretbox::{KeyInit, Nonce, XSalsa20Poly1305};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::client::{Call, LIMIT};
use crate::process::Sandbox;
use crate::wire::Answer;

pub(crate) const API_KEY: &str = "project-key-puffin";
pub(crate) const SECRET: &str = "project-secret-lynx";

/// A speed at which each state lasts long enough to be seen on a busy machine.
pub(crate) const SEEN_BY_POLLING: &str = "5";

/// A sandbox that serves PintoPay, fast, with any more options.
pub(crate) fn start(options: &[&str]) -> Sandbox {
    let mut all = vec!["--pintopay-api-key", API_KEY, "--pintopay-secret", SECRET];
    if !options.contains(&"--pintopay-speed") {
        all.extend(["--pintopay-speed", "100"]);
    }
    all.extend(options);
    Sandbox::start_with(&all)
}

/// Microseconds since the epoch.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros().try_into().unwrap()
}

/// The same, but never twice, so that no request is taken for a copy.
fn fresh() -> u64 {
    static LAST: Mutex<u64> = Mutex::new(0);
    let mut last = LAST.lock().unwrap();
    *last = now().max(*last + 1);
    *last
}

/// The body of an order for a product.
pub(crate) fn order(product: &str) -> Value {
    json!({ "product_code": product, "external_user_id": "ext-123" })
}

/// A request with a fresh timestamp, a key and everything else right.
pub(crate) fn call(path: &str, mut payload: Value) -> Call {
    payload["request_timestamp"] = json!(fresh());
    sealed(path, payload.to_string().as_bytes())
}

/// An order under an idempotency key in the header.
pub(crate) fn create(key: &str, payload: Value) -> Call {
    call("cards/create", payload).with("idempotency-key", key)
}

/// A request with a payload of any bytes.
pub(crate) fn sealed(path: &str, plaintext: &[u8]) -> Call {
    raw(path, &json!({ "encrypted": seal(plaintext) }).to_string())
}

/// A request with a body of any text.
pub(crate) fn raw(path: &str, body: &str) -> Call {
    let line = format!("POST /api/v1/{path} HTTP/1.1");
    Call { line, headers: Vec::new(), body: body.as_bytes().to_vec() }
        .with("host", "127.0.0.1")
        .with("connection", "close")
        .with("api-key", API_KEY)
        .with("content-type", "application/json")
        .with("content-length", &body.len().to_string())
}

fn cipher() -> XSalsa20Poly1305 {
    let key: [u8; 32] = Sha256::digest(SECRET).into();
    XSalsa20Poly1305::new(&key.into())
}

/// Encrypts as documented.
pub(crate) fn seal(plaintext: &[u8]) -> String {
    let nonce = XSalsa20Poly1305::generate_nonce(&mut OsRng);
    let ciphertext = cipher().encrypt(&nonce, plaintext).unwrap();
    BASE64_STANDARD.encode([&[2], nonce.as_slice(), &ciphertext].concat())
}

/// What an encrypted answer says.
pub(crate) fn opened(answer: &Answer) -> Value {
    let envelope = answer.json();
    assert_eq!(envelope.as_object().unwrap().len(), 1, "{envelope}");
    let bytes = BASE64_STANDARD.decode(envelope["encrypted"].as_str().unwrap()).unwrap();
    assert_eq!(bytes[0], 2);
    let nonce: [u8; 24] = bytes[1..25].try_into().unwrap();
    let plaintext = cipher().decrypt(&Nonce::from(nonce), &bytes[25..]).unwrap();
    serde_json::from_slice(&plaintext).unwrap()
}

impl Sandbox {
    /// The order in the answer to a request that must succeed.
    pub(crate) fn ordered(&self, call: &Call) -> Value {
        let answer = call.send(self);
        let body = opened(&answer);
        assert_eq!((answer.status, &body["success"]), (200, &json!(true)), "{body}");
        body["order"].clone()
    }

    /// The order as it is now.
    pub(crate) fn checked(&self, order: &Value) -> Value {
        self.ordered(&call("orders/check", json!({ "order_id": order["order_id"] })))
    }

    /// The order as soon as it is as wanted; every state seen on the way is kept.
    pub(crate) fn awaited(&self, order: &Value, is_wanted: impl Fn(&Value) -> bool) -> (Value, Vec<Value>) {
        let start = Instant::now();
        let mut seen = Vec::new();
        loop {
            let order = self.checked(order);
            seen.push(json!([order["status"], order["issue_status"]]));
            if is_wanted(&order) {
                seen.dedup();
                return (order, seen);
            }
            assert!(start.elapsed() < LIMIT, "expected another order, found {order}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The order when it has ended.
    pub(crate) fn ended(&self, order: &Value) -> Value {
        self.awaited(order, |order| ["completed", "failed"].iter().any(|end| order["status"] == *end)).0
    }

    /// The card of an order.
    pub(crate) fn card_of(&self, order: &Value) -> Value {
        let answer = call("cards/get", json!({ "card_id": order["card_id"] })).send(self);
        let body = opened(&answer);
        assert_eq!((answer.status, &body["success"]), (200, &json!(true)), "{body}");
        body["card"].clone()
    }

    /// How many orders were really made, and the balance they have left.
    pub(crate) fn orders_and_balance(&self) -> (usize, String) {
        let ledger = self.ledger();
        let balance = ledger["master_balance"].as_str().unwrap().to_owned();
        (ledger["orders"].as_array().unwrap().len(), balance)
    }
}
