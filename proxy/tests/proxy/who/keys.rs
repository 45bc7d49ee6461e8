//! Where the keys come from, and what happens when they change or do not come.

use std::time::{Duration, Instant};

use serde_json::json;

use super::service::{Service, answer, json};
use super::signer::Signer;
use super::{bearer, good, me, nobody, rig, unavailable, verifying};
use crate::client::Answer;
use crate::rig::Proxy;

const NOWHERE: &str = "http://127.0.0.1:9";

/// Asked longer after the last time than the shortest pause between two readings of the keys.
async fn asked(proxy: &Proxy, signer: &Signer) -> Answer {
    tokio::time::sleep(Duration::from_millis(5)).await;
    bearer(me(), &signer.token(&good())).send(proxy.address).await
}

#[tokio::test]
async fn a_new_key_is_found_at_once_and_one_that_was_taken_out_is_refused() {
    let (proxy, old, keys) = rig(NOWHERE, &["--jwt-keys-pause-ms=1"]).await;
    let new = Signer::new("key-2");
    assert_eq!(asked(&proxy, &old).await.status, 200);
    nobody(&asked(&proxy, &new).await);
    keys.say(&json(&Signer::set(&[&old, &new])));
    assert_eq!(asked(&proxy, &new).await.status, 200);
    assert_eq!(asked(&proxy, &old).await.status, 200);
    keys.say(&json(&Signer::set(&[&new])));
    // Whoever names a key that is not known has the set read again.
    nobody(&asked(&proxy, &Signer::new("key-3")).await);
    nobody(&asked(&proxy, &old).await);
    assert_eq!(asked(&proxy, &new).await.status, 200);
}

#[tokio::test]
async fn a_key_that_was_taken_out_is_refused_though_nobody_names_another() {
    let (proxy, old, keys) = rig(NOWHERE, &["--jwt-keys-pause-ms=1", "--jwt-keys-refresh-ms=1"]).await;
    assert_eq!(asked(&proxy, &old).await.status, 200);
    keys.say(&json(&json!({ "keys": [] })));
    becomes(&proxy, &old, 401).await;
}

/// Waits until the answer has this status, for at most ten seconds; before it has another, it has 200.
async fn becomes(proxy: &Proxy, signer: &Signer, status: u16) {
    let start = Instant::now();
    loop {
        let told = asked(proxy, signer).await;
        if told.status == status {
            return;
        }
        assert_eq!(told.status, 200, "{told:?}");
        assert!(start.elapsed() < Duration::from_secs(10), "expected {status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn keys_that_are_not_known_are_not_asked_for_again_and_again() {
    let (proxy, known, keys) = rig(NOWHERE, &["--jwt-keys-pause-ms=300000"]).await;
    assert_eq!(asked(&proxy, &known).await.status, 200);
    let token = Signer::new("key-9").token(&good());
    let tries: Vec<_> = (0..200)
        .map(|_| {
            let (call, address) = (bearer(me(), &token), proxy.address);
            tokio::spawn(async move { call.send(address).await.status })
        })
        .collect();
    for each in tries {
        assert_eq!(each.await.unwrap(), 401);
    }
    assert_eq!((keys.seen().len(), asked(&proxy, &known).await.status), (1, 200));
}

#[tokio::test]
async fn many_at_once_ask_for_the_keys_once() {
    let (proxy, signer, keys) = rig(NOWHERE, &[]).await;
    let token = signer.token(&good());
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (call, address) = (bearer(me(), &token), proxy.address);
            tokio::spawn(async move { call.send(address).await.status })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    assert_eq!(keys.seen().len(), 1);
}

#[tokio::test]
async fn without_keys_nobody_gets_in_and_old_ones_are_good_for_a_while() {
    let signer = Signer::new("key-1");
    let mut keys = Service::start(&json(&Signer::set(&[&signer]))).await;
    keys.stop().await;
    let pace = ["--jwt-keys-pause-ms=20", "--jwt-keys-refresh-ms=50", "--jwt-keys-stale-ms=3000"];
    let proxy = verifying(NOWHERE, &keys.url, &pace).await;
    unavailable(&asked(&proxy, &signer).await);
    keys.start_again().await;
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(asked(&proxy, &signer).await.status, 200);
    keys.stop().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(asked(&proxy, &signer).await.status, 200, "what is held is good");
    becomes(&proxy, &signer, 503).await;
    unavailable(&asked(&proxy, &signer).await);
}

#[tokio::test]
async fn what_is_no_key_set_is_not_taken_for_one() {
    let signer = Signer::new("key-1");
    let set = Signer::set(&[&signer]);
    let elsewhere = Service::start(&json(&set)).await;
    for said in [
        answer(302, &format!("location: {}\r\n", elsewhere.url), ""),
        answer(500, "", &set.to_string()),
        answer(200, "", "[]"),
        json(&json!({ "keys": [signer.jwk()], "padding": "x".repeat(300 * 1024) })),
        // Never whole.
        format!("HTTP/1.1 200 S\r\ncontent-length: 100000\r\n\r\n{set}"),
        String::new(),
    ] {
        let keys = Service::start(&said).await;
        let proxy = verifying(NOWHERE, &keys.url, &["--access-limit-ms=1000"]).await;
        unavailable(&asked(&proxy, &signer).await);
        assert_eq!(keys.seen().len(), 1);
    }
    assert!(elsewhere.seen().is_empty(), "redirects are not followed");
}

#[tokio::test]
async fn keys_can_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let (old, new) = (Signer::new("key-1"), Signer::new("key-2"));
    std::fs::write(&file, Signer::set(&[&old]).to_string()).unwrap();
    let proxy = verifying(NOWHERE, file.to_str().unwrap(), &["--jwt-keys-pause-ms=1"]).await;
    assert_eq!(asked(&proxy, &old).await.status, 200);
    std::fs::write(&file, Signer::set(&[&new]).to_string()).unwrap();
    assert_eq!(asked(&proxy, &new).await.status, 200);
    nobody(&asked(&proxy, &old).await);
}
