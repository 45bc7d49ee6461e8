//! Who may call: tokens, forward-auth, a gateway; scopes, what a cardholder reaches, who is asked before a write, and the audit.

mod audit;
mod authorize;
mod cardholder;
mod forward;
mod keys;
mod service;
mod signer;
mod tokens;

use serde_json::{Value, json};

use self::service::Service;
use self::signer::Signer;
use crate::client::{Answer, Call};
use crate::rig::Proxy;

const ISSUER: &str = "https://id.example";

/// A proxy that verifies tokens with the keys at this place.
async fn verifying(issuer_url: &str, keys: &str, more: &[&str]) -> Proxy {
    let keys = format!("--jwt-keys={keys}");
    let issuer = format!("--jwt-issuer={ISSUER}");
    let mut args = vec![
        keys.as_str(),
        issuer.as_str(),
        "--jwt-algorithms=ES256",
        "--jwt-audience=cards,cards-too",
        "--tenant-from=org",
        "--scopes-from=scope",
        "--user-ids-from=user_ids",
        // How much one caller may ask for is another matter.
        "--calls-per-minute=0",
        "--creates-per-minute=0",
        "--freezes-per-minute=0",
    ];
    args.retain(|arg| !more.iter().any(|set| set.split('=').next() == arg.split('=').next()));
    Proxy::start(issuer_url, &[&args[..], more].concat()).await
}

/// A signer, a server of its key, and a proxy that asks it.
async fn rig(issuer_url: &str, more: &[&str]) -> (Proxy, Signer, Service) {
    let signer = Signer::new("key-1");
    let keys = Service::start(&service::json(&Signer::set(&[&signer]))).await;
    let proxy = verifying(issuer_url, &keys.url, more).await;
    (proxy, signer, keys)
}

/// What a good token says.
fn good() -> Value {
    json!({
        "iss": ISSUER,
        "aud": "cards",
        "exp": signer::now() + 300,
        "sub": "ann",
        "org": "acme",
        "scope": "openid ingo.issueCard cards:any",
    })
}

/// The same with some of it changed; what is null is left out.
fn but(changes: &Value) -> Value {
    let mut token = good();
    let members = token.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    token
}

fn bearer(call: Call, token: &str) -> Call {
    call.with("authorization", &format!("Bearer {token}"))
}

/// As a page of another site has a browser send it.
fn from_elsewhere(call: Call) -> Call {
    call.with("origin", "https://evil.example").with("sec-fetch-site", "cross-site")
}

/// What the README tells an operator to write is understood, and starts.
#[tokio::test]
async fn the_configurations_of_the_readme_start() {
    let readme = include_str!("../../../README.md").replace("\\\n", " ");
    let lines: Vec<_> = readme.lines().filter_map(|line| line.strip_prefix("cardwright-proxy ")).collect();
    assert_eq!(lines.len(), 4, "{lines:#?}");
    for line in lines {
        let words: Vec<_> = line.split_whitespace().collect();
        let args: Vec<_> = words.chunks(2).map(|pair| pair.join("=")).collect();
        // Where it listens and what it keeps are the test's.
        let args = args.iter().filter(|arg| !arg.starts_with("--listen=")).map(String::as_str).collect::<Vec<_>>();
        let proxy = Proxy::start("http://127.0.0.1:9", &args).await;
        let told = me().with("host", "cards.example").send(proxy.address).await;
        nobody(&told);
    }
}

fn me() -> Call {
    Call::get("/api/me")
}

fn nobody(answer: &Answer) {
    assert_eq!(answer.told(), (401, "unauthenticated".into(), "not_sent".into()));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

fn unavailable(answer: &Answer) {
    assert_eq!(answer.told(), (503, "access_unavailable".into(), "not_sent".into()));
    assert_eq!(answer.header("retry-after"), Some("1"));
}
