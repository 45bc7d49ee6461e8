//! What is noted of who did what, and that nobody can take it back.

use std::time::Duration;

use cardwright_test_postgres::Database;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, SqliteConnection};

use super::{bearer, but, rig};
use crate::client::{CARD, Call, USER};
use crate::scripted::{Act, Issuer};

const ROWS: &str = "SELECT request_id, tenant, subject, operation, ids, outcome, code FROM audit ORDER BY id";

type Row = (String, String, String, String, String, String, Option<String>);

/// Has a proxy on this store do things and refuse others; what it should have noted.
async fn happenings(store: &str) -> Vec<Value> {
    let issuer = Issuer::start([
        Act::card(CARD, "active"),
        Act::json(422, r#"{"status":"error","message":"Jane","error":{"slug":"kyc_not_verified"}}"#),
        Act::json(500, "{}"),
    ]);
    let issuer = issuer.await;
    let (proxy, signer, _keys) = rig(&issuer.url, &[&format!("--database-url={store}")]).await;
    let operator = signer.token(&but(&json!({ "scope": "ingo.issueCard ingo.freezeCard cards:any" })));
    let holder = signer.token(&but(&json!({ "sub": "bob", "scope": "ingo.freezeCard" })));
    let physical = json!({ "user_id": USER, "card_type": "physical", "shipping_address": {
        "address_one": "1 Zebra Street", "city": "Zebraville", "state": "CA", "postal_code": "94105", "country": "US" } });
    let settle =
        Call::post("/api/intents/ingo.issueCard/0123456789abcdef/settle", &json!({ "user": "ann", "as": "done" }));
    let (by_user, by_card) = (json!({ "user_id": USER }), json!({ "user_id": USER, "id": CARD }));
    let mut noted = Vec::new();
    for (token, call, who, operation, ids, outcome, code) in [
        (&operator, Call::issue().body(&physical.to_string()), "ann", "ingo.issueCard", &by_user, "done", None),
        (&operator, Call::freeze(), "ann", "ingo.freezeCard", &by_card, "rejected", Some("issuer_rejected")),
        (
            &operator,
            Call::freeze().key("another-key-0123"),
            "ann",
            "ingo.freezeCard",
            &by_card,
            "unknown",
            Some("issuer_failed"),
        ),
        (&operator, Call::reissue(), "ann", "ingo.reissueCard", &json!({}), "denied", Some("forbidden")),
        (&holder, Call::freeze(), "bob", "ingo.freezeCard", &by_card, "denied", Some("not_found")),
        (&holder, Call::get("/api/ingo/cards"), "bob", "ingo.listCards", &json!({}), "denied", Some("forbidden")),
        (
            &holder,
            Call::get("/api/intents/ingo.issueCard/0123456789abcdef"),
            "bob",
            "ingo.issueCard",
            &json!({}),
            "denied",
            Some("forbidden"),
        ),
        (&operator, settle, "ann", "intents:settle", &json!({}), "denied", Some("forbidden")),
    ] {
        let told = bearer(call, token).send(proxy.address).await;
        let id = told.header("cardwright-request-id").unwrap();
        noted.push(json!([id, "acme", who, operation, ids, outcome, code]));
    }
    // A copy is no second act, and what breaks a rule is none.
    assert!(bearer(Call::issue().body(&physical.to_string()), &operator).send(proxy.address).await.is_replayed());
    assert_eq!(
        bearer(Call::issue().body("{}").key("another-key-0123"), &operator).send(proxy.address).await.status,
        422
    );
    // Stopping waits for what is still to be noted.
    proxy.stop().await;
    noted
}

fn told(rows: Vec<Row>) -> Vec<Value> {
    let row = |(id, tenant, subject, operation, ids, outcome, code): Row| {
        let ids: Value = serde_json::from_str(&ids).unwrap();
        json!([id, tenant, subject, operation, ids, outcome, code])
    };
    let mut rows: Vec<_> = rows.into_iter().map(row).collect();
    rows.sort_by_key(Value::to_string);
    rows
}

fn sorted(mut noted: Vec<Value>) -> Vec<Value> {
    noted.sort_by_key(Value::to_string);
    noted
}

const CHANGES: [&str; 4] = [
    "UPDATE audit SET outcome = 'done'",
    "DELETE FROM audit",
    "UPDATE settlements SET verdict = 'done'",
    "DELETE FROM settlements",
];

const SETTLED: &str =
    "INSERT INTO settlements (claim, at, by_tenant, by_user, verdict) VALUES ('c', 1, 't', 'u', 'done')";

#[tokio::test]
async fn sqlite_keeps_every_row_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let noted = happenings(&format!("sqlite:{}", file.display())).await;
    let mut database: SqliteConnection = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let rows: Vec<Row> = sqlx::query_as(ROWS).fetch_all(&mut database).await.unwrap();
    assert_eq!(told(rows.clone()), sorted(noted));
    database.execute(SETTLED).await.unwrap();
    let replace = "INSERT OR REPLACE INTO audit (id, at, request_id, tenant, subject, operation, ids, outcome)
        VALUES (1, 1, 'r', 't', 's', 'o', '{}', 'done')";
    for change in CHANGES.into_iter().chain([replace]) {
        let refused = database.execute(change).await.unwrap_err().to_string();
        assert!(refused.contains("rows are only added"), "{change}: {refused}");
    }
    let after: Vec<Row> = sqlx::query_as(ROWS).fetch_all(&mut database).await.unwrap();
    assert_eq!(after, rows);
}

#[tokio::test]
async fn postgres_keeps_every_row_as_it_is() {
    let server = Database::fresh().await.unwrap();
    let noted = happenings(&server.url).await;
    let mut database = PgConnection::connect(&server.url).await.unwrap();
    let rows: Vec<Row> = sqlx::query_as(ROWS).fetch_all(&mut database).await.unwrap();
    assert_eq!(told(rows.clone()), sorted(noted));
    database.execute(SETTLED).await.unwrap();
    for change in CHANGES.into_iter().chain(["TRUNCATE audit", "TRUNCATE settlements"]) {
        let refused = database.execute(change).await.unwrap_err().to_string();
        assert!(refused.contains("rows are only added"), "{change}: {refused}");
    }
    let after: Vec<Row> = sqlx::query_as(ROWS).fetch_all(&mut database).await.unwrap();
    assert_eq!(after, rows);
}

#[tokio::test]
async fn a_row_that_cannot_be_added_loses_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let store = format!("--database-url=sqlite:{}", file.display());
    let (proxy, signer, _keys) = rig(&issuer.url, &[&store]).await;
    let mut database: SqliteConnection =
        SqliteConnectOptions::new().filename(&file).busy_timeout(Duration::from_secs(5)).connect().await.unwrap();
    database.execute("DROP TABLE audit").await.unwrap();
    let operator = signer.token(&but(&json!({ "scope": "ingo.issueCard cards:any" })));
    assert_eq!(bearer(Call::issue(), &operator).send(proxy.address).await.status, 200);
    assert_eq!(bearer(Call::freeze(), &operator).send(proxy.address).await.told().1, "forbidden");
    proxy.stop().await;
}
