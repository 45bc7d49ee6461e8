//! The store under the proxy: what stays when it stops, what goes on while it is away, and what never gets into it.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use cardwright_test_postgres::Server;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::client::{Answer, CARD, Call, USER};
use crate::rig::Proxy;
use crate::scripted::{Act, Issuer, envelope};

/// How soon the proxy must be whole again once its store is.
const BACK: Duration = Duration::from_secs(5);

/// As many sessions as the proxy has at most on one PostgreSQL.
const SESSIONS: u32 = 16;

fn list() -> Call {
    Call::get(&format!("/api/ingo/cards?user_id={USER}"))
}

fn total(list: &Answer) -> Value {
    list.json()["data"]["pagination"]["total"].clone()
}

async fn refused(call: Call, at: SocketAddr) {
    let answer = call.send(at).await;
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

/// What must hold while the store cannot be written: nothing is sent but a freeze.
async fn holds_without_a_store(at: SocketAddr, issuer: &Issuer, round: usize) {
    let sent = issuer.seen().len();
    for (number, call) in [Call::issue(), Call::reissue()].into_iter().enumerate() {
        refused(call.key(&format!("without-{round}-{number}-abcdef")), at).await;
    }
    assert_eq!(issuer.seen().len(), sent, "0 unprotected sends");
    let freeze = Call::freeze().key(&format!("freeze-{round}-0123456789"));
    assert_eq!(freeze.send(at).await.status, 200);
    assert_eq!(issuer.seen().len(), sent + 1);
}

/// Waits until a write is taken again; each try has a key of its own, and none is sent before.
async fn takes_writes_again(at: SocketAddr, round: usize) {
    let start = Instant::now();
    for number in 0.. {
        let answer = Call::issue().key(&format!("again-{round}-{number}-abcdef")).send(at).await;
        if answer.status == 200 {
            return;
        }
        assert_eq!(answer.told().1, "store_unavailable");
        assert!(start.elapsed() < BACK, "not back within {BACK:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_postgres_is_away_cards_are_frozen_and_no_other_write_is_sent() {
    let mut server = Server::start().unwrap();
    let issuer = Issuer::start([Act::card(CARD, "suspended")]).await;
    let store = format!("--database-url={}", server.database().await.unwrap());
    let proxy = Proxy::start(&issuer.url, &[&store]).await;
    assert_eq!(Call::freeze().send(proxy.address).await.status, 200);

    for (round, stops) in [true, false].into_iter().enumerate() {
        if stops { server.stop() } else { server.pause() }.unwrap();
        refused(list(), proxy.address).await;
        holds_without_a_store(proxy.address, &issuer, round).await;
        if stops { server.launch() } else { server.resume() }.unwrap();
        takes_writes_again(proxy.address, round).await;
        assert_eq!(total(&list().send(proxy.address).await), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_postgres_takes_no_writes_what_is_there_can_be_read() {
    let server = Server::start().unwrap();
    let issuer = Issuer::start([Act::card(CARD, "suspended")]).await;
    let store = format!("--database-url={}", server.database().await.unwrap());
    let proxy = Proxy::start(&issuer.url, &[&store]).await;
    assert_eq!(Call::freeze().send(proxy.address).await.status, 200);

    let mut operator = PgConnection::connect(&server.url()).await.unwrap();
    let mut set = async |value: &'static str| {
        for sql in
            [format!("ALTER SYSTEM SET default_transaction_read_only = {value}"), "SELECT pg_reload_conf()".into()]
        {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut operator).await.unwrap();
        }
    };
    set("on").await;
    // Each session hears of it at a time of its own, and the proxy takes them in turn: as many refusals in a row as it can have
    // sessions. A question closes its key, so it writes, and it can send nothing.
    let start = Instant::now();
    let mut refusals = 0;
    for number in 0.. {
        let question = Call::get(&format!("/api/intents/ingo.issueCard/question-{number:012}"));
        refusals = if question.send(proxy.address).await.status == 503 { refusals + 1 } else { 0 };
        if refusals == SESSIONS {
            break;
        }
        assert!(start.elapsed() < BACK, "writes are still taken");
    }
    holds_without_a_store(proxy.address, &issuer, 0).await;
    assert_eq!(total(&list().send(proxy.address).await), 1, "what is there can be read");
    set("off").await;
    takes_writes_again(proxy.address, 0).await;
}

#[tokio::test]
async fn a_file_that_another_holds_is_waited_for_and_then_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let issuer = Issuer::start([Act::card(CARD, "suspended")]).await;
    let store = format!("--database-url=sqlite:{}", file.display());
    let proxy = Proxy::start(&issuer.url, &[&store]).await;
    let mut other = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    holds_without_a_store(proxy.address, &issuer, 0).await;
    assert_eq!(total(&list().send(proxy.address).await), 0, "readers do not wait for a writer");
    held.rollback().await.unwrap();
    takes_writes_again(proxy.address, 0).await;
    assert_eq!(total(&list().send(proxy.address).await), 1);
}

/// Lets the process write no file beyond so many bytes, or as it likes.
async fn file_limit(proxy: &tokio::process::Child, bytes: &str) {
    let limit = ["--pid", &proxy.id().unwrap().to_string(), &format!("--fsize={bytes}:")];
    assert!(tokio::process::Command::new("prlimit").args(limit).status().await.unwrap().success());
}

#[tokio::test]
async fn a_full_disk_stops_writes_only_and_room_lets_them_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Issuer::start([Act::card(CARD, "suspended")]).await;
    let store = format!("--database-url=sqlite:{}", folder.path().join("a.db").display());
    let mut program = crate::process::start(&issuer.url, &[&store]);
    let at = crate::process::address(&mut program).await;
    let mut log = program.stderr.take().unwrap();
    tokio::spawn(async move { tokio::io::copy(&mut log, &mut tokio::io::sink()).await });
    assert_eq!(Call::freeze().send(at).await.status, 200);
    file_limit(&program, "1").await;
    holds_without_a_store(at, &issuer, 0).await;
    assert_eq!(total(&list().send(at).await), 1, "what is there can be read");
    file_limit(&program, "unlimited").await;
    takes_writes_again(at, 0).await;
}

/// Whether a file of the folder holds these bytes.
pub(crate) fn holds(folder: &Path, needle: &str) -> bool {
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
