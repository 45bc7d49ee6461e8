//! The store under the proxy: what stays when it stops, what goes on while it is away, and what never gets into it.

use std::path::Path;
use std::time::{Duration, Instant};

use cardwright_test_postgres::Server;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::client::{Answer, CARD, Call, USER};
use crate::rig::Proxy;
use crate::scripted::{Act, Issuer, envelope};

/// How soon the proxy must be whole again once its store is.
const BACK: Duration = Duration::from_secs(5);

fn list() -> Call {
    Call::get(&format!("/api/ingo/cards?user_id={USER}"))
}

fn total(list: &Answer) -> Value {
    list.json()["data"]["pagination"]["total"].clone()
}

/// Waits until the list can be read again, and tells how long that took.
async fn is_back(proxy: &Proxy) -> Duration {
    let start = Instant::now();
    while list().send(proxy.address).await.status != 200 {
        assert!(start.elapsed() < BACK, "not back within {BACK:?}");
    }
    start.elapsed()
}

async fn refused(call: Call, proxy: &Proxy) {
    let answer = call.send(proxy.address).await;
    assert_eq!(answer.told(), (503, "store_unavailable".into(), "not_sent".into()));
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn the_register_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let database = cardwright_test_postgres::Database::fresh().await.unwrap();
    for url in [format!("sqlite:{}", folder.path().join("a.db").display()), database.url.clone()] {
        let issuer = Issuer::start([Act::card(CARD, "active")]).await;
        let store = format!("--database-url={url}");
        let proxy = Proxy::start(&issuer.url, &[&store]).await;
        assert_eq!(Call::issue().send(proxy.address).await.status, 200);
        let before = list().send(proxy.address).await.json();
        proxy.stop().await;
        let proxy = Proxy::start(&issuer.url, &[&store]).await;
        assert_eq!(list().send(proxy.address).await.json(), before);
        assert_eq!(before["data"]["pagination"]["total"], 1);
    }
}

#[tokio::test]
async fn while_postgres_is_away_cards_are_frozen_and_nothing_is_listed() {
    let mut server = Server::start().unwrap();
    let issuer = Issuer::start([Act::card(CARD, "suspended")]).await;
    let proxy = Proxy::start(
        &issuer.url,
        &[&format!("--database-url={}", server.database().await.unwrap()), "--proxy-limit-ms=15000"],
    )
    .await;
    assert_eq!(Call::freeze().send(proxy.address).await.status, 200);

    for stopped in [true, false] {
        if stopped { server.stop() } else { server.pause() }.unwrap();
        refused(list(), &proxy).await;
        assert_eq!(
            Call::freeze()
                .key(if stopped { "freeze-1-0123456" } else { "freeze-2-0123456" })
                .send(proxy.address)
                .await
                .status,
            200
        );
        if stopped { server.launch() } else { server.resume() }.unwrap();
        is_back(&proxy).await;
        assert_eq!(total(&list().send(proxy.address).await), 1);
    }
}

#[tokio::test]
async fn a_file_that_another_holds_is_waited_for_and_then_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let issuer = Issuer::start([Act::card(CARD, "suspended")]).await;
    let proxy =
        Proxy::start(&issuer.url, &[&format!("--database-url=sqlite:{}", file.display()), "--proxy-limit-ms=15000"])
            .await;
    let mut other = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    assert_eq!(Call::freeze().send(proxy.address).await.status, 200);
    assert_eq!(
        total(&list().send(proxy.address).await),
        0,
        "readers do not wait for a writer, and nothing was recorded"
    );
    held.rollback().await.unwrap();
    assert_eq!(Call::freeze().key("fedcba9876543210").send(proxy.address).await.status, 200);
    assert_eq!(total(&list().send(proxy.address).await), 1);
}

/// Whether a file of the folder holds these bytes.
fn holds(folder: &Path, needle: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        // The log beside the database is gone once that is closed.
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
    })
}

#[tokio::test]
async fn no_name_address_or_number_gets_into_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let answer =
        envelope(CARD, "unactivated", r#","pan":"4242424242424242","cvv":"zebra-cvv","holder":"Zebra Person""#);
    let issuer = Issuer::start([Act::json(200, &answer)]).await;
    let store = format!("--database-url=sqlite:{}", folder.path().join("a.db").display());
    let proxy = Proxy::start(&issuer.url, &[&store, "--forward-unknown-fields"]).await;
    let body = json!({ "user_id": USER, "card_type": "physical", "shipping_address": {
        "address_one": "1 Zebra Street", "city": "Zebraville", "state": "CA", "postal_code": "94105", "country": "US" } });
    let issued = Call::issue().body(&body.to_string()).send(proxy.address).await;
    assert_eq!(issued.status, 200);
    assert_eq!(total(&list().send(proxy.address).await), 1);
    let is_clean = || {
        for secret in ["4242424242424242", "zebra", "Zebra", "94105", "test-secret", "test-api-key"] {
            assert!(!holds(folder.path(), secret), "{secret} is in the file");
        }
        assert!(holds(folder.path(), CARD), "what is stored is found");
    };
    is_clean();
    proxy.stop().await;
    is_clean();
}
