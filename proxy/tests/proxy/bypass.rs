//! Without the SDK: what the rules refuse, the proxy refuses with the same codes at the same paths. The rules are those of the
//! page, compiled natively; `cargo xtask verdicts` compares them with the wasm on the same generated inputs.

#[path = "../../../tests/properties/inputs.rs"]
mod inputs;

use std::net::SocketAddr;

use bytes::Bytes;
use cardwright::input::{INPUT_LIMITS, read_json};
use cardwright::operation::Method;
use cardwright::{Operation, Settings, check};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;
use tokio::net::TcpStream;

use crate::client::{CARD, KEY};
use crate::rig::Proxy;
use crate::scripted::{Act, Issuer};

/// Each issue as `path code`.
type Verdict = Vec<String>;

/// What the rules say; nothing if they say yes.
fn rules(operation: &'static Operation, body: &str) -> Option<Verdict> {
    let settings = Settings { key: Some(KEY), ..Settings::default() };
    let issues = match read_json(body.as_bytes(), INPUT_LIMITS) {
        Ok(value) => check(operation, &value, &settings).err()?,
        Err(error) => vec![check::unreadable(error)],
    };
    Some(issues.iter().map(|issue| format!("{} {}", issue.path.join("."), issue.code.as_str())).collect())
}

async fn connected(at: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(at).await.unwrap();
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// What the proxy says.
async fn proxy_says(sender: &mut SendRequest<Full<Bytes>>, at: SocketAddr, path: &str, body: String) -> (u16, Verdict) {
    let request = Request::post(format!("/api{path}"))
        .header("host", at.to_string())
        .header("sec-fetch-site", "same-origin")
        .header("cardwright-contract", "1")
        .header("content-type", "application/json")
        .header("idempotency-key", KEY)
        .body(Full::from(body))
        .unwrap();
    sender.ready().await.unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let problem: Value = serde_json::from_slice(&body).unwrap();
    let line = |issue: &Value| {
        let path: Vec<_> = issue["path"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        format!("{} {}", path.join("."), issue["code"].as_str().unwrap())
    };
    (status, problem["issues"].as_array().map(|issues| issues.iter().map(line).collect()).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_refuse_the_proxy_refuses_in_the_same_words() {
    let total = if std::env::var_os("CARDWRIGHT_LONG").is_some() { 10_000 } else { 1_000 };
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let pintopay = format!("--pintopay-base-url={}", issuer.url.strip_suffix("/api").unwrap());
    let options = [pintopay.as_str(), "--pintopay-api-key=project", "--pintopay-secret=project-secret"];
    let proxy = Proxy::start(&issuer.url, &options).await;
    let mut sender = connected(proxy.address).await;
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(7), ..Config::default() });
    let (filled, anything) = (inputs::filled_in(), (inputs::operation(), inputs::any_json(3)));
    let mut compared = 0_u32;
    while compared < total {
        let (operation, input) = if compared.is_multiple_of(4) {
            anything.new_tree(&mut runner).unwrap().current()
        } else {
            filled.new_tree(&mut runner).unwrap().current()
        };
        let body = input.to_string();
        let Some(expected) = rules(operation, &body).filter(|_| operation.method == Method::Post) else { continue };
        let (status, found) = proxy_says(&mut sender, proxy.address, operation.path, body.clone()).await;
        assert_eq!(found, expected, "{} {body}", operation.name);
        assert!((400..=422).contains(&status), "{status} for {body}");
        compared += 1;
    }
    println!("{compared} invalid requests by raw HTTP, as many verdicts equal; 0 sent");
    assert!(issuer.seen().is_empty());
}
