//! Many requests later: the program has no more memory and no more descriptors than before. In short here;
//! `CARDWRIGHT_REQUESTS=1000000 cargo test --release -p cardwright-proxy --test proxy endurance:: -- --nocapture` is the long run.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::client::{CARD, USER};
use crate::scripted::{Act, Issuer};

/// Of so many requests one is a write.
const WRITE_OF: usize = 50;
const LANES: usize = 8;
/// What caches and pools take once.
const WARM_UP: usize = 2_000;
const MOST_GROWTH_KIB: i64 = 16 * 1024;

fn start(issuer_url: &str, store: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_cardwright-proxy"))
        .args(["--listen=127.0.0.1:0", "--ingo-username=test", "--ingo-base-url", issuer_url])
        .env("CARDWRIGHT_INGO_API_KEY", "test-api-key")
        .env("CARDWRIGHT_INGO_SECRET", "test-secret")
        .env("DATABASE_URL", store)
        .env("RUST_LOG", "error")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Its resident memory in KiB.
fn memory(proxy: &Child) -> i64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", proxy.id().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}

fn descriptors(proxy: &Child) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", proxy.id().unwrap())).unwrap().count()
}

fn request(at: SocketAddr, number: usize) -> Request<Full<Bytes>> {
    let (issue, freeze) = ("/api/ingo/cards/issue", "/api/ingo/cards/freeze");
    let (method, path, body) = match number % WRITE_OF {
        0 if number.is_multiple_of(2 * WRITE_OF) => ("POST", issue, json!({ "user_id": USER, "card_type": "virtual" })),
        // A card each: of two freezes of one card at once, the older one is superseded.
        0 => ("POST", freeze, json!({ "user_id": USER, "id": format!("rcrd-9a117b23-cc90-d1ef-8f3a-{number:012x}") })),
        1 => ("POST", issue, json!({ "user_id": "nobody", "card_type": "virtual" })),
        2 => ("GET", "/api/none", json!(null)),
        odd if !odd.is_multiple_of(2) => ("GET", "/api/ingo/cards", json!(null)),
        _ => ("GET", "/api/me", json!(null)),
    };
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", at.to_string())
        .header("sec-fetch-site", "same-origin")
        .header("cardwright-contract", "1")
        .header("content-type", "application/json")
        .header("idempotency-key", format!("endured-{number:012}"))
        .body(Full::from(body))
        .unwrap()
}

async fn ask(at: SocketAddr, numbers: std::ops::Range<usize>) {
    let mut lanes = JoinSet::new();
    for lane in 0..LANES {
        let numbers = numbers.clone();
        lanes.spawn(async move {
            let stream = TcpStream::connect(at).await.unwrap();
            let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            for number in numbers.skip(lane).step_by(LANES) {
                sender.ready().await.unwrap();
                let answer = sender.send_request(request(at, number)).await.unwrap();
                let status = answer.status().as_u16();
                assert!(matches!(status, 200 | 404 | 422), "{status} for {number}");
                answer.into_body().collect().await.unwrap();
            }
        });
    }
    while let Some(lane) = lanes.join_next().await {
        lane.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_memory_nor_descriptors_are_lost() {
    let total = std::env::var("CARDWRIGHT_REQUESTS").map_or(5_000, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let mut proxy = start(&issuer.url, &format!("sqlite:{}", folder.path().join("a.db").display()));
    let at = crate::process::address(&mut proxy).await;
    ask(at, 0..WARM_UP).await;
    let before = (memory(&proxy), settled(&proxy, usize::MAX).await);
    let start = Instant::now();
    ask(at, WARM_UP..WARM_UP + total).await;
    let took = start.elapsed();
    let after = (memory(&proxy), settled(&proxy, before.1).await);
    println!(
        "{total} requests, {} of them writes, {:.0} a second: memory {:+} KiB (from {}), descriptors {:+}",
        total / WRITE_OF,
        total as f64 / took.as_secs_f64(),
        after.0 - before.0,
        before.0,
        after.1 as i64 - before.1 as i64,
    );
    assert!(after.0 - before.0 <= MOST_GROWTH_KIB);
    assert!(after.1 <= before.1);
    assert_eq!(issuer.seen().len(), (WARM_UP + total) / WRITE_OF);
}

/// How many descriptors it has once connections that were closed are.
async fn settled(proxy: &Child, most: usize) -> usize {
    let end = Instant::now() + Duration::from_secs(20);
    let mut last = descriptors(proxy);
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = descriptors(proxy);
        if (now == last && now <= most) || Instant::now() > end {
            return now;
        }
        last = now;
    }
}
