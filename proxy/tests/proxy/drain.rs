//! Stopping: what is under way ends, or is recorded as open; nothing new begins.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::client::{CARD, Call};
use crate::process::{address, start};
use crate::scripted::{Act, Issuer};

async fn terminate(proxy: &Child) {
    let id = proxy.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
}

/// A request as it crosses the line.
fn text(call: &Call, at: SocketAddr) -> String {
    let headers = call.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let (headers, body) = (headers.collect::<String>(), std::str::from_utf8(&call.body).unwrap());
    let length = body.len();
    format!(
        "{} {} HTTP/1.1\r\nhost: {at}\r\norigin: http://{at}\r\ncontent-length: {length}\r\n{headers}\r\n{body}",
        call.method, call.path
    )
}

/// Waits for the end, which must be a good one.
async fn ended(mut proxy: Child) {
    assert!(tokio::time::timeout(Duration::from_secs(20), proxy.wait()).await.unwrap().unwrap().success());
}

#[tokio::test]
async fn a_write_under_way_is_answered_and_recorded_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--database-url=sqlite:{}", folder.path().join("a.db").display());
    let issuer = Issuer::start([Act::card(CARD, "active").after(1_000)]).await;
    let mut proxy = start(&issuer.url, &[&store]);
    let at = address(&mut proxy).await;
    // Idle connections: one that never said anything, and one that is kept alive after its answer.
    let silent = TcpStream::connect(at).await.unwrap();
    let mut kept = TcpStream::connect(at).await.unwrap();
    kept.write_all(format!("GET /health HTTP/1.1\r\nhost: {at}\r\n\r\n").as_bytes()).await.unwrap();
    assert!(kept.read(&mut [0; 4096]).await.unwrap() > 0);

    let call = tokio::spawn(async move { Call::issue().send(at).await });
    issuer.has_seen(1).await;
    terminate(&proxy).await;
    let answer = call.await.unwrap();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert_eq!(kept.read(&mut [0; 16]).await.unwrap(), 0, "closed");
    ended(proxy).await;
    drop(silent);
    assert!(TcpStream::connect(at).await.is_err(), "nobody listens");

    let mut proxy = start(&issuer.url, &[&store]);
    let again = Call::issue().send(address(&mut proxy).await).await;
    assert_eq!((again.status, again.is_replayed(), issuer.seen().len()), (200, true, 1));
}

#[tokio::test]
async fn a_write_that_begins_after_the_order_to_stop_is_recorded_too_also_if_its_page_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--database-url=sqlite:{}", folder.path().join("a.db").display());
    let issuer = Issuer::start([Act::card(CARD, "active").after(1_000)]).await;
    let mut proxy = start(&issuer.url, &[&store]);
    let at = address(&mut proxy).await;
    let request = text(&Call::issue(), at);
    let (beginning, last) = request.split_at(request.len() - 1);
    let mut page = TcpStream::connect(at).await.unwrap();
    page.write_all(beginning.as_bytes()).await.unwrap();
    // Its head must have been read, or the connection counts as idle.
    tokio::time::sleep(Duration::from_millis(300)).await;
    terminate(&proxy).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    page.write_all(last.as_bytes()).await.unwrap();
    issuer.has_seen(1).await;
    drop(page);
    ended(proxy).await;

    let mut proxy = start(&issuer.url, &[&store]);
    let again = Call::issue().send(address(&mut proxy).await).await;
    assert_eq!((again.status, again.is_replayed(), issuer.seen().len()), (200, true, 1));
}

#[tokio::test]
async fn a_write_that_outlasts_the_limit_is_recorded_as_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--database-url=sqlite:{}", folder.path().join("a.db").display());
    let issuer = Issuer::start([Act::Stall(String::new())]).await;
    let mut proxy = start(&issuer.url, &[&store, "--drain-limit-ms=4000"]);
    let at = address(&mut proxy).await;
    let call = tokio::spawn(async move { Call::reissue().send(at).await });
    issuer.has_seen(1).await;
    let told_to_stop = Instant::now();
    terminate(&proxy).await;
    assert_eq!(call.await.unwrap().told(), (500, "internal_error".into(), "unknown".into()));
    ended(proxy).await;
    assert!(told_to_stop.elapsed() >= Duration::from_secs(3), "it had its time");

    let mut proxy = start(&issuer.url, &[&store]);
    let again = Call::reissue().send(address(&mut proxy).await).await;
    assert_eq!((again.told().2.as_str(), again.is_replayed(), issuer.seen().len()), ("unknown", true, 1));
}
