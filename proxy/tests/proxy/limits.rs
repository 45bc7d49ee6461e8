//! How much one caller may ask for: by what got to the issuer, over replicas where there can be several.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cardwright_test_postgres::{Database, Server};
use serde_json::json;

use crate::client::{Answer, CARD, Call, USER};
use crate::rig::{Proxy, SHORT};
use crate::sandbox::Sandbox;
use crate::scripted::{Act, Issuer};

const DAY: u64 = 24 * 60 * 60;

/// A day's limit is none over midnight.
async fn not_at_midnight() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() % DAY;
    let left = Duration::from_secs(DAY - now);
    if left < Duration::from_secs(60) {
        tokio::time::sleep(left).await;
    }
}

fn create(number: usize) -> Call {
    Call::issue().key(&format!("limited-{number:012}"))
}

/// Asks again while the store has no time for it: that many at once are more than its connections.
async fn told(call: &Call, at: SocketAddr) -> Answer {
    loop {
        let answer = call.send(at).await;
        if answer.status != 503 {
            return answer;
        }
    }
}

async fn at_once(calls: impl Iterator<Item = Call>, at: &[SocketAddr]) -> Vec<Answer> {
    let calls = calls.enumerate().map(|(number, call)| {
        let at = at[number % at.len()];
        tokio::spawn(async move { told(&call, at).await })
    });
    let mut answers = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        answers.push(call.await.unwrap());
    }
    answers
}

async fn replicas(issuer_url: &str, database: &Database, options: &[&str]) -> Vec<Proxy> {
    let store = format!("--database-url={}", database.url);
    let options = [&[store.as_str()], options].concat();
    let mut proxies = Vec::new();
    for _ in 0..3 {
        proxies.push(Proxy::start(issuer_url, &options).await);
    }
    proxies
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_creates_at_once_over_three_replicas_exactly_a_days_cards_are_sent() {
    not_at_midnight().await;
    let (sandbox, database) = (Sandbox::start(&[]).await, Database::fresh().await.unwrap());
    let proxies = replicas(&format!("{}/api", sandbox.url), &database, &["--cards-per-day=10"]).await;
    let at: Vec<_> = proxies.iter().map(|proxy| proxy.address).collect();
    let answers = at_once((0..200).map(create), &at).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.iter().enumerate().partition(|(_, answer)| answer.status == 200);
    assert_eq!((made.len(), refused.len(), sandbox.cards().await), (10, 190, 10));
    for (_, answer) in &refused {
        assert_eq!(answer.told(), (429, "card_limit_reached".into(), "not_sent".into()));
        assert!((1..=DAY).contains(&answer.header("retry-after").unwrap().parse().unwrap()), "until midnight");
    }
    // A copy of what was sent asks for no further card.
    for (number, _) in &made {
        let copy = create(*number).send(at[0]).await;
        assert_eq!((copy.status, copy.is_replayed()), (200, true));
    }
    assert_eq!(sandbox.cards().await, 10);
}

#[tokio::test]
async fn a_no_gives_the_place_back_and_an_open_outcome_keeps_it() {
    not_at_midnight().await;
    let no = Act::json(422, r#"{"status":"error","message":"no","error_slug":"kyc_not_verified"}"#);
    let limit = "--cards-per-day=1";
    let issuer = Issuer::start([no.clone().after(1_500), Act::card(CARD, "active")]).await;
    let proxy = Proxy::start(&issuer.url, &[limit]).await;
    let first = tokio::spawn(async move { create(1).send(proxy.address).await });
    issuer.has_seen(1).await;
    assert_eq!(create(2).send(proxy.address).await.told().1, "card_limit_reached");
    assert_eq!(first.await.unwrap().told().1, "issuer_rejected");
    assert_eq!(create(2).send(proxy.address).await.status, 200, "the place is free, and the key was not used up");
    assert_eq!(create(3).send(proxy.address).await.told().1, "card_limit_reached");
    let reissue = Call::reissue().key("limited-reissue-1");
    assert_eq!(reissue.send(proxy.address).await.told().1, "card_limit_reached", "a new card as well");
    assert_eq!(Call::freeze().key("limited-freeze-01").send(proxy.address).await.status, 200);

    let issuer = Issuer::start([Act::Stall(String::new()), Act::card(CARD, "active")]).await;
    let proxy = Proxy::start(&issuer.url, &[&SHORT[..], &[limit]].concat()).await;
    assert_eq!(create(1).send(proxy.address).await.told().2, "unknown");
    assert_eq!(create(2).send(proxy.address).await.told().1, "card_limit_reached");

    let proxy = Proxy::start("http://127.0.0.1:9", &[limit]).await;
    for number in 1..3 {
        assert_eq!(create(number).send(proxy.address).await.told().1, "issuer_unreachable", "not sent, not counted");
    }
}

#[tokio::test]
async fn what_can_never_be_sent_gives_its_place_back() {
    not_at_midnight().await;
    let issuer = Issuer::start([Act::card(CARD, "active").after(3_500), Act::card(CARD, "suspended")]).await;
    let proxy = Proxy::start(&issuer.url, &["--cards-per-day=1"]).await;
    let at = proxy.address;
    let unfreeze = Call::post("/api/ingo/cards/unfreeze", &json!({ "user_id": USER, "id": CARD }));
    let unfrozen = tokio::spawn(async move { unfreeze.key("limited-unfreeze").send(at).await });
    issuer.has_seen(1).await;
    // It waits for the card, and what is newer does not.
    let reissued = tokio::spawn(async move { Call::reissue().key("limited-reissue-1").send(at).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(Call::freeze().key("limited-freeze-01").send(at).await.status, 200);
    assert_eq!(reissued.await.unwrap().told(), (409, "superseded".into(), "not_sent".into()));
    assert_eq!(unfrozen.await.unwrap().status, 200);
    assert_eq!(create(1).send(at).await.status, 200, "no card was made, and none will be");
}

#[tokio::test(flavor = "multi_thread")]
async fn rates_hold_over_replicas_and_a_freeze_has_a_bucket_of_its_own() {
    let (sandbox, database) = (Sandbox::start(&[]).await, Database::fresh().await.unwrap());
    let limits = ["--creates-per-minute=5", "--calls-per-minute=60", "--freezes-per-minute=2"];
    let proxies = replicas(&format!("{}/api", sandbox.url), &database, &limits).await;
    let at: Vec<_> = proxies.iter().map(|proxy| proxy.address).collect();

    let creates = at_once((0..20).map(create), &at).await;
    let made = creates.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((made, sandbox.cards().await), (5, 5));
    let refused = creates.iter().find(|answer| answer.status != 200).unwrap();
    assert_eq!(refused.told(), (429, "rate_limited".into(), "not_sent".into()));
    assert!((1..=60).contains(&refused.header("retry-after").unwrap().parse::<u64>().unwrap()));

    let reads = at_once((0..120).map(|_| Call::get("/api/me")), &at).await;
    let read = reads.iter().filter(|answer| answer.status == 200).count();
    // Those creates that came in vain because the store was busy were calls too.
    assert!((1..=60 - 20).contains(&read), "{read}");
    assert_eq!(Call::get("/api/me").send(at[0]).await.told().1, "rate_limited");

    let card = creates.iter().find(|answer| answer.status == 200).unwrap().json()["data"]["items"][0]["id"].clone();
    let freeze = Call::post("/api/ingo/cards/freeze", &json!({ "user_id": USER, "id": card }));
    for (number, expected) in [(1, 200), (2, 200), (3, 429)] {
        let answer = freeze.clone().key(&format!("freeze-{number:012}")).send(at[0]).await;
        assert_eq!(answer.status, expected, "{answer:?}");
    }
}

#[tokio::test]
async fn another_page_uses_up_nobodys_calls() {
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let proxy = Proxy::start(&issuer.url, &["--calls-per-minute=1"]).await;
    for _ in 0..3 {
        let forged = Call::get("/api/me").with("sec-fetch-site", "cross-site");
        assert_eq!(forged.send(proxy.address).await.told().1, "cross_site");
    }
    assert_eq!(Call::get("/api/me").send(proxy.address).await.status, 200);
    assert_eq!(Call::get("/api/me").send(proxy.address).await.told().1, "rate_limited");
}

#[tokio::test]
async fn calls_are_counted_by_address_where_a_trusted_hop_tells_it() {
    let issuer = Issuer::start([Act::card(CARD, "suspended")]).await;
    let limit = "--calls-per-minute-per-address=2";
    let proxy = Proxy::start(&issuer.url, &[limit, "--trusted-hop=127.0.0.1"]).await;
    let from = |told: &str| Call::get("/api/me").with("x-forwarded-for", told);
    for (told, expected) in [
        ("198.51.100.1", 200),
        ("1.1.1.1, 198.51.100.1", 200),
        ("2.2.2.2, 198.51.100.1", 429),
        ("198.51.100.2", 200),
        ("198.51.100.1", 429),
    ] {
        assert_eq!(from(told).send(proxy.address).await.status, expected, "{told}");
    }
    let refused = from("198.51.100.1").send(proxy.address).await;
    assert_eq!(refused.told(), (429, "rate_limited".into(), "not_sent".into()));
    let freeze = Call::freeze().with("x-forwarded-for", "198.51.100.1");
    assert_eq!(freeze.send(proxy.address).await.status, 200, "a bucket of its own");

    let proxy = Proxy::start(&issuer.url, &[limit]).await;
    for _ in 0..4 {
        assert_eq!(from("198.51.100.1").send(proxy.address).await.status, 200, "no hop is trusted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_every_limit_set_a_card_is_frozen_while_the_store_is_down() {
    let mut server = Server::start().unwrap();
    let issuer = Issuer::start([Act::card(CARD, "suspended")]).await;
    let store = format!("--database-url={}", server.database().await.unwrap());
    let limits = ["--calls-per-minute=3", "--creates-per-minute=5", "--freezes-per-minute=5", "--cards-per-day=1"];
    let options = [&[store.as_str()], &limits[..]].concat();
    let proxy = Proxy::start(&issuer.url, &options).await;
    assert_eq!(Call::get("/api/me").send(proxy.address).await.status, 200);
    for stops in [true, false] {
        if stops { server.stop() } else { server.pause() }.unwrap();
        let freeze = Call::freeze().key(&format!("freeze-while-{stops}-0123"));
        assert_eq!(freeze.send(proxy.address).await.status, 200);
        if stops { server.launch() } else { server.resume() }.unwrap();
    }
    assert_eq!(issuer.seen().len(), 2);
    server.stop().unwrap();
    assert_eq!(create(1).send(proxy.address).await.told().1, "store_unavailable");
    for expected in [200, 200, 429] {
        assert_eq!(Call::get("/api/me").send(proxy.address).await.status, expected, "each replica counts alone");
    }
}
