//! An answer of an issuer that stops coming, at any byte of it: the proxy ends the call within its limit, and guesses nothing.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cardwright_faults::rig::{Call, Proxy, Sandbox, Told};
use cardwright_faults::{At, End, Fault, Leg, Line, Script};
use serde_json::{Value, json};

const ISSUER_LIMIT: Duration = Duration::from_millis(600);
const LIMIT: Duration = Duration::from_secs(30);
const AT_ONCE: usize = 10;
const USER: &str = "user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef";
const REFUSED: &str = "user-8f3a2b1c-0e44-4f2d-9a11-000000000422";

/// Every so many bytes; `STALL_STEP=1` takes each.
fn step() -> usize {
    std::env::var("STALL_STEP").map_or(26, |step| step.parse().unwrap())
}

/// From the limit to the answer. `STALL_GRACE_MS=1000` is for a machine that does nothing else.
fn grace() -> Duration {
    Duration::from_millis(std::env::var("STALL_GRACE_MS").map_or(5_000, |grace| grace.parse().unwrap()))
}

fn fresh(path: &'static str, values: &Value) -> Call {
    static KEYS: AtomicUsize = AtomicUsize::new(0);
    let reads = ["/pintopay/orders/check", "/pintopay/cards/get"];
    let key = format!("stalled-{:016}", KEYS.fetch_add(1, Ordering::Relaxed));
    Call { path, values: values.clone(), key: (!reads.contains(&path)).then_some(key) }
}

/// How long a call took whose answer stopped.
async fn stalled(path: &'static str, values: &Value, proxy: &Proxy) -> Duration {
    let call = fresh(path, values);
    let start = Instant::now();
    let told = call.make(proxy.address, LIMIT).await;
    let outcome = if call.key.is_some() { "unknown" } else { "not_sent" };
    let expected = Told::Problem { status: 504, code: "issuer_timeout".into(), outcome: outcome.into() };
    assert_eq!(told, expected, "{path}");
    start.elapsed()
}

async fn done(path: &'static str, values: &Value, proxy: &Proxy) -> Value {
    match fresh(path, values).make(proxy.address, LIMIT).await {
        Told::Done { body, .. } => body,
        told => panic!("{path}: {told:?}"),
    }
}

/// What a call is made with, each time.
enum Values {
    Same(Value),
    /// A card of its own, issued with these values: writes to one card wait for each other.
    OfCard {
        issued: Value,
        more: Value,
    },
}

impl Values {
    async fn make(&self, count: usize, proxy: &Proxy) -> Vec<Value> {
        let (issued, more) = match self {
            Values::Same(values) => return vec![values.clone(); count],
            Values::OfCard { issued, more } => (issued, more),
        };
        let mut made = Vec::new();
        for _ in 0..count {
            let mut values = more.clone();
            values["user_id"] = USER.into();
            values["id"] = done("/ingo/cards/issue", issued, proxy).await["data"]["items"][0]["id"].clone();
            made.push(values);
        }
        made
    }
}

#[tokio::test]
async fn ten_answers_each_stopped_all_along() {
    let sandbox = Sandbox::start("idempotent").await.unwrap();
    let line = Arc::new(Line::to(sandbox.address).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("stalls.db").display());
    let limits = [
        ("CARDWRIGHT_CONNECT_LIMIT_MS", "500"),
        ("CARDWRIGHT_ISSUER_LIMIT_MS", "600"),
        ("CARDWRIGHT_PROXY_LIMIT_MS", "5000"),
    ];
    let proxy = Arc::new(Proxy::start(line.address(), &store, &limits).await.unwrap());

    let virtual_card = json!({ "user_id": USER, "card_type": "virtual" });
    let address =
        json!({ "address_one": "1 Way", "city": "Anytown", "state": "TX", "postal_code": "30044", "country": "US" });
    let physical = json!({ "user_id": USER, "card_type": "physical", "shipping_address": address });
    let order = json!({ "product_code": "plain", "external_user_id": "ext-123" });
    let order_id = done("/pintopay/cards/create", &order, &proxy).await["order"]["order_id"].clone();
    let calls = [
        ("/ingo/cards/issue", Values::Same(virtual_card.clone())),
        ("/ingo/cards/issue", Values::Same(physical.clone())),
        ("/ingo/cards/issue", Values::Same(json!({ "user_id": REFUSED, "card_type": "virtual" }))),
        ("/ingo/cards/activate", Values::OfCard { issued: physical, more: json!({}) }),
        ("/ingo/cards/freeze", Values::OfCard { issued: virtual_card.clone(), more: json!({}) }),
        ("/ingo/cards/unfreeze", Values::OfCard { issued: virtual_card.clone(), more: json!({}) }),
        ("/ingo/cards/reissue", Values::OfCard { issued: virtual_card, more: json!({ "reuse_pan": false }) }),
        ("/pintopay/cards/create", Values::Same(order)),
        ("/pintopay/orders/check", Values::Same(json!({ "order_id": order_id }))),
        ("/pintopay/orders/check", Values::Same(json!({ "order_id": "no-such-order" }))),
    ];
    let mut slowest = Duration::ZERO;
    let mut stops = 0;
    for (path, values) in calls {
        line.set(Script::default());
        let first = values.make(1, &proxy).await.remove(0);
        fresh(path, &first).make(proxy.address, LIMIT).await;
        let length = line.log().last().unwrap().passed;
        assert!(length > 100, "{path}: an answer of {length} bytes");
        let count = length.div_ceil(step());
        stops += count;
        let asked = Arc::new(Mutex::new(values.make(count, &proxy).await));
        let stall = Leg { at: At::Each(step()), end: End::Stall, delay_ms: 0 };
        line.set(Script::always(Fault { answer: stall, ..Fault::default() }));
        let lanes: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (asked, proxy) = (Arc::clone(&asked), Arc::clone(&proxy));
                let next = move || asked.lock().unwrap().pop();
                tokio::spawn(async move {
                    let mut slowest = Duration::ZERO;
                    while let Some(values) = next() {
                        slowest = slowest.max(stalled(path, &values, &proxy).await);
                    }
                    slowest
                })
            })
            .collect();
        for lane in lanes {
            slowest = slowest.max(lane.await.unwrap());
        }
        let stopped_at: HashSet<_> = line.log().iter().map(|exchange| exchange.passed).collect();
        // On a busy machine the limit can end before the answer has come so far.
        for missed in (0..count).map(|nth| nth * step()).filter(|place| !stopped_at.contains(place)) {
            let start = Instant::now();
            while !line.log().iter().any(|exchange| exchange.passed == missed) {
                assert!(start.elapsed() < LIMIT, "{path}: never stopped at byte {missed}");
                line.set(Script::default());
                let values = values.make(1, &proxy).await.remove(0);
                let stall = Leg { at: At::Byte(missed), end: End::Stall, delay_ms: 0 };
                line.set(Script::always(Fault { answer: stall, ..Fault::default() }));
                slowest = slowest.max(stalled(path, &values, &proxy).await);
            }
        }
    }
    println!("{stops} stops in 10 answers, the slowest call took {} ms", slowest.as_millis());
    assert!(slowest < ISSUER_LIMIT + grace(), "{slowest:?}");
}
