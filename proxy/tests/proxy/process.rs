//! The program itself: what it prints, what it logs, how it stops and why it does not start.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::{CARD, Call, USER};
use crate::scripted::{Act, Issuer, envelope};

/// Starts the program in front of an Ingo at this URL.
pub(crate) fn start(issuer_url: &str, more: &[&str]) -> Child {
    // A file that may not grow is an error of the write, as on a full disk, and not a signal that ends the program.
    Command::new("env")
        .args(["--ignore-signal=XFSZ", env!("CARGO_BIN_EXE_cardwright-proxy")])
        .args(["--listen=127.0.0.1:0", "--ingo-username=test", "--ingo-base-url", issuer_url])
        .args(more)
        .env("CARDWRIGHT_INGO_API_KEY", "api-key-zebra")
        .env("CARDWRIGHT_INGO_SECRET", "secret-zebra")
        .env("CARDWRIGHT_PINTOPAY_BASE_URL", "http://127.0.0.1:9")
        .env("CARDWRIGHT_PINTOPAY_API_KEY", "api-key-zebra")
        .env("CARDWRIGHT_PINTOPAY_SECRET", "secret-zebra")
        .env("DATABASE_URL", "memory:")
        .env("RUST_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// What it says once it is ready.
pub(crate) async fn said(proxy: &mut Child) -> Value {
    let mut lines = BufReader::new(proxy.stdout.take().unwrap()).lines();
    serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap()
}

/// Where it listens, as it says itself.
pub(crate) async fn address(proxy: &mut Child) -> SocketAddr {
    said(proxy).await["listening"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap()
}

/// Stops it as a service is stopped; what it has logged, without the parts that chance or the clock made.
pub(crate) async fn log_of(mut proxy: Child) -> Vec<Value> {
    let id = proxy.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let ended = tokio::time::timeout(Duration::from_secs(5), proxy.wait()).await.unwrap().unwrap();
    assert!(ended.success());
    let mut log = String::new();
    proxy.stderr.take().unwrap().read_to_string(&mut log).await.unwrap();
    let event = |line| {
        let mut event: Value = serde_json::from_str(line).unwrap();
        assert!(event["target"].as_str().unwrap().starts_with("cardwright_proxy"));
        event.as_object_mut().unwrap().remove("timestamp").unwrap();
        assert!(event.get("unlisted").is_none(), "a field that is not on the log's list: {event}");
        if let Some(id) = event.as_object_mut().unwrap().remove("request_id") {
            assert!(id.is_string() && event["duration_ms"].is_u64());
        }
        event
    };
    log.lines().map(event).collect()
}

#[tokio::test]
async fn it_says_where_it_listens_logs_nothing_personal_and_stops_when_told() {
    let issuer = Issuer::start([Act::json(200, &envelope(CARD, "active", r#","note":"striped""#))]).await;
    let mut proxy = start(&issuer.url, &[]);
    let address = address(&mut proxy).await;
    assert_eq!(Call::issue().send(address).await.status, 200);
    assert_eq!(Call::get(&format!("/api/ingo/cards?user_id={USER}")).send(address).await.status, 200);

    let events = log_of(proxy).await;
    let answered: Vec<_> = events.iter().filter(|event| event["message"] == "answered").collect();
    assert_eq!(answered.len(), 2, "{events:?}");
    assert_eq!(answered[0]["operation"], "ingo.issueCard");
    assert_eq!((&answered[0]["method"], &answered[0]["status"]), (&"POST".into(), &200.into()));
    let log = Value::from(events).to_string();
    for secret in ["zebra", "user-8f3a", "rcrd-", "4242", "hmac", "striped", "0123456789abcdef"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test]
async fn it_says_why_it_does_not_start() {
    let url = "http://127.0.0.1:9";
    for (option, reason) in [
        ("--base=/", "base: expected a path"),
        ("--static=/no/such/directory", "static: expected a directory"),
        ("--issuer-limit-ms=99999", "limits: expected connect < issuer < proxy"),
        ("--traces-to=http://zebra.example/v1/traces", "traces-to"),
        ("--traces-percent=101", "101 is not in 0..=100"),
        ("--ids=some", "expected hex or prefix"),
        ("--ingo-version=a b", "ingo-version"),
        ("--pintopay-version=a b", "pintopay-version"),
        ("--pintopay-base-url=http://zebra.example", "pintopay-base-url"),
        ("--pintopay-secret=zebra", "pintopay-secret: expected at least 8 characters, found 5"),
        ("--pintopay-user-field=cardholder_id", "pintopay-user-field: expected external_user_id"),
    ] {
        let ended = start(url, &[option]).wait_with_output().await.unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(!ended.status.success() && said.contains(reason), "{said}");
        assert!(ended.stdout.is_empty() && !said.contains("zebra"));
    }
    let ended = Command::new(env!("CARGO_BIN_EXE_cardwright-proxy"))
        .args(["--listen=0.0.0.0:0", "--ingo-username=u", "--ingo-api-key=k", "--ingo-secret=s"])
        .output()
        .await
        .unwrap();
    assert!(String::from_utf8(ended.stderr).unwrap().contains("no authentication is configured"));
}

#[tokio::test]
async fn an_issuer_half_configured_is_none() {
    let ended = Command::new(env!("CARGO_BIN_EXE_cardwright-proxy"))
        .args(["--listen=127.0.0.1:0", "--ingo-username=u", "--ingo-api-key=k", "--ingo-secret=s"])
        .arg("--pintopay-secret=secret-zebra")
        .env("DATABASE_URL", "memory:")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(
        said.contains("pintopay: expected base url, api key and secret together") && !said.contains("zebra"),
        "{said}"
    );
}
