//! Where the proxy can be made to call, and with what: nowhere and nothing but what is configured and documented. Every request
//! is made up; `CARDWRIGHT_LONG=1` makes it ten thousand of each.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cardwright::OPERATIONS;
use cardwright::field::Field;
use fastrand::Rng;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::client::{CARD, Call, KEY, USER};
use crate::rig::Proxy;
use crate::scripted::{Act, Issuer};

/// Where nobody should ever call.
async fn honeypot() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, calls) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&calls);
    tokio::spawn(async move {
        loop {
            drop(listener.accept().await);
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, calls)
}

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.usize(..from.len())]
}

/// A target of parts that a parser somewhere once misread.
fn target(rng: &mut Rng, trap: &str) -> String {
    const PATHS: [&str; 12] = [
        "/api/ingo/cards/issue",
        "/api/ingo/cards/freeze",
        "/api/ingo/cards",
        "/api/ingo/cards/issue/..",
        "/api/../v3/user/routable-cards",
        "/api/%2e%2e/%2e%2e/etc/passwd",
        "/api%2fingo%2fcards%2fissue",
        "/api/ingo/cards/issue%00",
        "/api//ingo/cards//issue",
        "/api/ingo/cards/issue;x=1",
        "/api/intents/ingo.issueCard/0123456789abcdef",
        "/",
    ];
    let path = pick(rng, &PATHS);
    let insert = [
        "",
        "?url=",
        "#",
        "/@",
        "%0d%0aHost:%20",
        "\\",
        "//",
        "/.;/",
        "/%252e%252e/",
        "?u=http://",
        "\u{ff0f}",
        "%c0%af",
    ];
    let tail = format!("{}{}", pick(rng, &insert), if rng.bool() { trap } else { "" });
    match rng.u8(..7) {
        0 => format!("http://{trap}{path}"),
        1 => format!("//{trap}{path}"),
        2 => format!("http://localhost@{trap}{path}{tail}"),
        3 => format!("{path}{tail}"),
        4 => format!("https://{trap}:443{path}"),
        5 => trap.to_owned(),
        _ => path.to_owned(),
    }
}

fn request(rng: &mut Rng, number: usize, own: &str, trap: &str) -> String {
    // Of a quarter, only what nobody should listen to is made up, so that it gets to the issuer.
    let is_plain = number.is_multiple_of(4);
    let method = pick(rng, &["POST", "POST", "POST", "GET", "CONNECT", "OPTIONS", "TRACE", "PUT", "post", "PROPFIND"]);
    let host = match rng.u8(..8) {
        0 => trap.to_owned(),
        1 => format!("{own}@{trap}"),
        2 => format!("{own}\r\nHost: {trap}"),
        3 => format!("{own}, {trap}"),
        _ => own.to_owned(),
    };
    let mut head = if is_plain {
        let path = pick(rng, &["issue", "freeze"]);
        format!("POST /api/ingo/cards/{path} HTTP/1.1\r\nHost: {own}\r\n")
    } else {
        format!("{method} {} HTTP/1.1\r\nHost: {host}\r\n", target(rng, trap))
    };
    for name in [
        "X-Forwarded-Host",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "Forwarded",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Host",
        "X-Forwarded-Server",
        "X-HTTP-Method-Override",
        "Proxy",
        "X-Upstream",
        "Destination",
        "Referer",
        "X-Real-IP",
    ] {
        if rng.u8(..4) == 0 {
            let value = match rng.u8(..4) {
                0 => format!("http://{trap}/"),
                1 => format!("for={trap};host={trap}"),
                2 => format!("a\r\nX-Injected: {trap}"),
                _ => trap.to_owned(),
            };
            head += &format!("{name}: {value}\r\n");
        }
    }
    let id = match rng.u8(..4) {
        0 => format!("rcrd-http://{trap}/"),
        1 => format!("../../{trap}"),
        2 => format!("{CARD}\r\nHost: {trap}"),
        _ => CARD.to_owned(),
    };
    let body = json!({ "user_id": USER, "id": id }).to_string();
    let body = if rng.bool() { json!({ "user_id": USER, "card_type": "virtual" }).to_string() } else { body };
    let key = if !is_plain && rng.u8(..8) == 0 { format!("k\r\nHost: {trap}") } else { format!("fuzzed-{number:012}") };
    head + &format!(
        "Sec-Fetch-Site: same-origin\r\nCardwright-Contract: 1\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn count(short: usize) -> usize {
    if std::env::var_os("CARDWRIGHT_LONG").is_some() { 10_000 } else { short }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_asked_only_the_configured_address_is_called() {
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let proxy = Proxy::start(&issuer.url, &[]).await;
    let (trap, calls) = honeypot().await;
    let (own, trap, at) = (proxy.address.to_string(), trap.to_string(), proxy.address);
    let mut documented = BTreeSet::new();
    for call in [Call::issue(), Call::freeze()] {
        assert_eq!(call.send(at).await.status, 200);
        documented.insert(issuer.seen().pop().unwrap().head.lines().next().unwrap().to_owned());
    }
    let total = count(1_500);
    let mut rng = Rng::with_seed(7);
    let mut statuses = BTreeSet::new();
    for number in 0..total {
        let request = request(&mut rng, number, &own, &trap);
        let mut stream = TcpStream::connect(at).await.unwrap();
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "expected an answer or an end to {request}");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        assert!(status.is_none_or(|status| status < 500), "{answer} to {request}");
        assert!(!answer.contains("X-Injected") && !answer.contains(&trap), "{answer} to {request}");
        statuses.extend(status);
    }
    let seen = issuer.seen();
    let lines: BTreeSet<_> = seen.iter().map(|seen| seen.head.lines().next().unwrap().to_owned()).collect();
    println!("{total} requests, answered {statuses:?}; {} sent, as {lines:?}; 0 elsewhere", seen.len());
    assert_eq!(calls.load(Ordering::SeqCst), 0, "nobody else was called");
    assert_eq!(lines, documented);
    assert!(seen.len() > total / 20, "what is right gets through: {}", seen.len());
    let authority = issuer.url.strip_prefix("http://").unwrap().strip_suffix("/api").unwrap();
    for seen in &seen {
        assert_eq!(seen.header("host"), Some(authority));
        assert!(!seen.head.contains(&trap) && !seen.body.contains(&trap), "{seen:?}");
    }
    TcpStream::connect(trap).await.unwrap();
    while calls.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

/// What somebody might hope an issuer listens to.
const GUESSED: [&str; 50] = [
    "api_key",
    "apikey",
    "x-api-key",
    "secret",
    "hmac",
    "signature",
    "token",
    "authorization",
    "password",
    "username",
    "user",
    "userId",
    "owner",
    "owner_id",
    "account_id",
    "tenant",
    "tenant_id",
    "project_id",
    "program_id",
    "business_id",
    "company_id",
    "status",
    "state",
    "balance",
    "balance_before",
    "available_balance",
    "amount",
    "initial_topup",
    "limit",
    "credit_limit",
    "spend_limit",
    "currency",
    "fee",
    "fee_waived",
    "is_admin",
    "admin",
    "role",
    "scopes",
    "permissions",
    "verified",
    "kyc_status",
    "kyc_verified",
    "pan",
    "cvv",
    "pin",
    "expiry",
    "idempotent_key",
    "idempotency_key",
    "request_timestamp",
    "__proto__",
];

/// A body that each operation takes, or a query.
fn right(operation: &str) -> Value {
    match operation {
        "ingo.issueCard" => json!({ "user_id": USER, "card_type": "virtual" }),
        "ingo.reissueCard" => json!({ "user_id": USER, "id": CARD, "reuse_pan": false }),
        "ingo.activateCard" | "ingo.freezeCard" | "ingo.unfreezeCard" => json!({ "user_id": USER, "id": CARD }),
        "pintopay.createCard" => json!({ "product_code": "p", "external_user_id": "ext-1" }),
        "pintopay.checkOrder" => json!({ "order_id": "0b7ce9f3-65fa-4d3e-8a5d-1a2b3c4d5e6f" }),
        "pintopay.getCard" => json!({ "card_id": "0b7ce9f3-65fa-4d3e-8a5d-1a2b3c4d5e6f" }),
        _ => json!({}),
    }
}

fn names_in(fields: &'static [Field]) -> Vec<&'static str> {
    fields.iter().flat_map(|field| [vec![field.name], names_in(field.kind.children())].concat()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_field_of_another_operation_and_no_guessed_one_is_forwarded() {
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let pintopay = format!("--pintopay-base-url={}", issuer.url.strip_suffix("/api").unwrap());
    let options = [pintopay.as_str(), "--pintopay-api-key=project", "--pintopay-secret=project-secret"];
    let proxy = Proxy::start(&issuer.url, &options).await;
    let all: BTreeSet<_> = OPERATIONS.iter().flat_map(|operation| names_in(operation.fields)).chain(GUESSED).collect();
    let mut tried = 0;
    for operation in OPERATIONS {
        let right = right(operation.name);
        let own: Vec<_> = operation.fields.iter().map(|field| field.name).collect();
        for name in all.iter().filter(|name| !own.contains(name)) {
            let path = format!("/api{}", operation.path);
            let call = if operation.method.as_str() == "GET" {
                Call::get(&format!("{path}?{name}=zebra"))
            } else {
                let mut body = right.clone();
                body.as_object_mut().unwrap().insert((*name).to_owned(), json!("zebra"));
                Call::post(&path, &body).with("accept-notices", "old_card_ends")
            };
            let answer = call.send(proxy.address).await;
            let told = answer.told();
            assert_eq!((told.0, told.1.as_str()), (422, "invalid_request"), "{} {name}", operation.name);
            let issues = answer.json()["issues"].clone();
            assert!(issues.as_array().unwrap().iter().any(|issue| issue["path"] == json!([name])), "{name}: {issues}");
            tried += 1;
        }
    }
    println!("{tried} foreign fields, 0 forwarded");
    assert!(tried > 500 && issuer.seen().is_empty(), "{tried}");
    // Without the foreign field, what was tried is right.
    for operation in OPERATIONS.iter().filter(|operation| operation.method.as_str() == "POST") {
        let call = Call::post(&format!("/api{}", operation.path), &right(operation.name));
        let answer = call.with("accept-notices", "old_card_ends").key(KEY).send(proxy.address).await;
        assert!(answer.status == 200 || answer.told().1 == "issuer_unreadable", "{}: {answer:?}", operation.name);
    }
}
