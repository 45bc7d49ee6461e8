//! An answer of an issuer that stops coming, at any byte of it: the proxy ends the call within its limit, and guesses nothing.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cardwright_faults::rig::{Call, Proxy, Sandbox, Told};
use cardwright_faults::{At, End, Fault, Leg, Line, Script};
use serde_json::{Value, json};

const ISSUER_LIMIT: Duration = Duration::from_millis(600);
/// From the limit to the answer, on a machine that does other things.
const GRACE: Duration = Duration::from_secs(1);
const LIMIT: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 50;
const USER: &str = "user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef";
const REFUSED: &str = "user-8f3a2b1c-0e44-4f2d-9a11-000000000422";

/// Every so many bytes; `STALL_STEP=1` takes each.
fn step() -> usize {
    std::env::var("STALL_STEP").map_or(13, |step| step.parse().unwrap())
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
    let id = done("/ingo/cards/issue", &virtual_card, &proxy).await["data"]["items"][0]["id"].clone();
    let unused = done("/ingo/cards/issue", &physical, &proxy).await["data"]["items"][0]["id"].clone();
    let ended = done("/ingo/cards/issue", &virtual_card, &proxy).await["data"]["items"][0]["id"].clone();
    let order_id = done("/pintopay/cards/create", &order, &proxy).await["order"]["order_id"].clone();
    let of = |card: &Value| json!({ "user_id": USER, "id": card });
    let calls = [
        ("/ingo/cards/issue", virtual_card.clone()),
        ("/ingo/cards/issue", physical),
        ("/ingo/cards/issue", json!({ "user_id": REFUSED, "card_type": "virtual" })),
        ("/ingo/cards/activate", of(&unused)),
        ("/ingo/cards/freeze", of(&id)),
        ("/ingo/cards/unfreeze", of(&id)),
        ("/ingo/cards/reissue", json!({ "user_id": USER, "id": ended, "reuse_pan": false })),
        ("/pintopay/cards/create", order),
        ("/pintopay/orders/check", json!({ "order_id": order_id })),
        ("/pintopay/orders/check", json!({ "order_id": "no-such-order" })),
    ];
    let mut slowest = Duration::ZERO;
    let mut stops = 0;
    for (path, values) in calls {
        line.set(Script::default());
        // The second is what all that follow are answered: a card that was replaced cannot be replaced again.
        for _ in 0..2 {
            fresh(path, &values).make(proxy.address, LIMIT).await;
        }
        let length = line.log().last().unwrap().passed;
        assert!(length > 100, "{path}: an answer of {length} bytes");
        let stall = Leg { at: At::Each(step()), end: End::Stall, delay_ms: 0 };
        line.set(Script::always(Fault { answer: stall, ..Fault::default() }));
        let count = length.div_ceil(step());
        stops += count;
        let next = Arc::new(AtomicUsize::new(0));
        let lanes: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (next, proxy, values) = (Arc::clone(&next), Arc::clone(&proxy), values.clone());
                tokio::spawn(async move {
                    let mut slowest = Duration::ZERO;
                    while next.fetch_add(1, Ordering::Relaxed) < count {
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
            let stall = Leg { at: At::Byte(missed), end: End::Stall, delay_ms: 0 };
            line.set(Script::always(Fault { answer: stall, ..Fault::default() }));
            let start = Instant::now();
            while !line.log().iter().any(|exchange| exchange.passed == missed) {
                assert!(start.elapsed() < LIMIT, "{path}: never stopped at byte {missed}");
                slowest = slowest.max(stalled(path, &values, &proxy).await);
            }
        }
    }
    println!("{stops} stops in 10 answers, the slowest call took {} ms", slowest.as_millis());
    assert!(slowest < ISSUER_LIMIT + GRACE, "{slowest:?}");
}
