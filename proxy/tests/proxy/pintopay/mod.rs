//! PintoPay over real HTTP: what goes out, what each answer is told as, what is remembered.

mod json_suite;
mod log;
mod orders;
mod outcomes;
mod sandbox;
mod wire;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use crypto_secretbox::aead::Aead;
use crypto_secretbox::{KeyInit, Nonce, XSalsa20Poly1305};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::client::Call;
use crate::rig::{Proxy, limits_for};
use crate::scripted::{Act, Issuer, Seen};

const API_KEY: &str = "project-key";
const SECRET: &str = "project-secret";

/// Starts a proxy of the issuer's deployment at this URL, which ends before /api.
async fn proxy(base_url: &str, more: &[&str]) -> Proxy {
    let project = [("base-url", base_url), ("api-key", API_KEY), ("secret", SECRET)]
        .map(|(name, value)| format!("--pintopay-{name}={value}"));
    let args: Vec<_> = project.iter().map(String::as_str).chain(more.iter().copied()).collect();
    Proxy::start("http://127.0.0.1:9", &args).await
}

/// A proxy and the issuer behind it.
async fn rig_with(acts: impl Into<Vec<Act>>, more: &[&str]) -> (Proxy, Issuer) {
    let issuer = Issuer::start(acts).await;
    let proxy = proxy(issuer.url.trim_end_matches("/api"), more).await;
    (proxy, issuer)
}

async fn rig(acts: impl Into<Vec<Act>>) -> (Proxy, Issuer) {
    let acts = acts.into();
    let limits = limits_for(&acts);
    rig_with(acts, limits).await
}

fn create() -> Call {
    Call::post("/api/pintopay/cards/create", &json!({ "product_code": "plain", "external_user_id": "ext-1" }))
}

fn check() -> Call {
    read("/api/pintopay/orders/check", json!({ "order_id": "order-1" }))
}

fn get_card() -> Call {
    read("/api/pintopay/cards/get", json!({ "card_id": "card-1" }))
}

fn read(path: &str, body: Value) -> Call {
    Call::post(path, &body).without("idempotency-key")
}

/// An order as the issuer answers it; `more` stands behind its required fields.
fn order(status: &str, more: &str) -> String {
    format!(
        r#"{{"success":true,"order":{{"order_id":"order-1","order_type":"card_issue","status":"{status}","data":{{}},"created_at":"2026-04-16T12:34:56Z"{more}}}}}"#
    )
}

fn no(slug: &str) -> String {
    json!({ "success": false, "error": "Jane Doe may not", "error_slug": slug }).to_string()
}

fn cipher() -> XSalsa20Poly1305 {
    let key: [u8; 32] = Sha256::digest(SECRET).into();
    XSalsa20Poly1305::new(&key.into())
}

/// A text in its envelope, as the issuer seals it.
fn sealed(text: &str) -> String {
    let nonce = [7; 24];
    let boxed = cipher().encrypt(&Nonce::from(nonce), text.as_bytes()).unwrap();
    json!({ "encrypted": BASE64_STANDARD.encode([&[2], &nonce[..], &boxed].concat()) }).to_string()
}

/// What the issuer was sent: the nonce, and the payload in clear.
fn opened(seen: &Seen) -> (Vec<u8>, Value) {
    let envelope: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(envelope.as_object().unwrap().len(), 1, "the envelope has one field");
    let bytes = BASE64_STANDARD.decode(envelope["encrypted"].as_str().unwrap()).unwrap();
    assert_eq!(bytes[0], 2);
    let nonce: [u8; 24] = bytes[1..25].try_into().unwrap();
    let text = cipher().decrypt(&Nonce::from(nonce), &bytes[25..]).unwrap();
    (nonce.to_vec(), serde_json::from_slice(&text).unwrap())
}
