//! JSONTestSuite's parsing files at the proxy's two entrances for JSON: what a page sends, and what an issuer answers.

use serde_json::Value;

use crate::client::{CARD, Call, KEY};
use crate::corpora::{JsonFile, json_files};
use crate::rig::Proxy;
use crate::scripted::{Act, Issuer, envelope};

#[tokio::test]
async fn a_body_of_the_suite_is_refused_for_what_it_is() {
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let proxy = Proxy::start(&issuer.url, &["--database-url=memory:"]).await;
    let files = json_files();
    let mut read = 0;
    for JsonFile { name, bytes } in &files {
        let answer = Call::issue().bytes(bytes).send(proxy.address).await;
        let (status, code, outcome) = answer.told();
        assert!((400..500).contains(&status) && outcome == "not_sent", "{name}: {status} {code} {outcome}");
        let is_deep = answer.json()["issues"][0]["code"] == "input_too_deep";
        let is_read = code == "invalid_request" && !is_deep;
        match name.get(..2) {
            Some("y_") => assert!(is_read, "{name}: {code}"),
            Some("n_") => assert!(!is_read, "{name}: {code}"),
            _ => {}
        }
        read += usize::from(is_read);
    }
    println!("{} bodies, all refused: {read} for what they ask, the others for how they are written", files.len());
    assert!(issuer.seen().is_empty());
}

/// The status, code and outcome of one create for each of these answers.
pub(crate) async fn told(call: fn() -> Call, address: std::net::SocketAddr, count: usize) -> Vec<(u16, String)> {
    let mut told = Vec::new();
    for at in 0..count {
        let answer = call().key(&format!("{KEY}-{at}")).send(address).await;
        told.push(match answer.status {
            200 => (200, "done".into()),
            _ => {
                let (status, code, outcome) = answer.told();
                (status, format!("{code} {outcome}"))
            }
        });
    }
    told
}

/// Told where an answer to a write cannot be read.
pub(crate) const UNREADABLE: &str = "issuer_unreadable unknown";

#[tokio::test]
async fn an_answer_of_the_suite_leaves_a_write_unknown() {
    let files = json_files();
    let acts: Vec<_> = files.iter().map(|file| Act::bytes(200, "application/json", &file.bytes)).collect();
    let issuer = Issuer::start(acts).await;
    let proxy = Proxy::start(&issuer.url, &["--database-url=memory:"]).await;
    for (file, told) in files.iter().zip(told(Call::issue, proxy.address, files.len()).await) {
        assert_eq!(told, (502, UNREADABLE.into()), "{}", file.name);
    }
    assert_eq!(issuer.seen().len(), files.len());
}

#[tokio::test]
async fn a_yes_with_a_value_of_the_suite_in_it_is_read_if_it_is_json() {
    let mark = "MARK";
    let around = envelope(CARD, "active", &format!(r#","note":{mark}"#));
    let (before, after) = around.split_once(mark).unwrap();
    let files = json_files();
    let bodies: Vec<_> = files.iter().map(|file| [before.as_bytes(), &file.bytes, after.as_bytes()].concat()).collect();
    let acts: Vec<_> = bodies.iter().map(|body| Act::bytes(200, "application/json", body)).collect();
    let issuer = Issuer::start(acts).await;
    let proxy = Proxy::start(&issuer.url, &["--database-url=memory:"]).await;
    let mut read = 0;
    for ((file, body), (status, told)) in
        files.iter().zip(&bodies).zip(told(Call::issue, proxy.address, files.len()).await)
    {
        let is_json = serde_json::from_slice::<Value>(body).is_ok();
        match status {
            200 => read += 1,
            _ => assert_eq!((status, told.as_str()), (502, UNREADABLE), "{}", file.name),
        }
        if !file.name.starts_with("i_") {
            assert_eq!(status == 200, is_json, "{}", file.name);
        }
    }
    println!("{read} of {} answers with such a value were read", files.len());
}

#[tokio::test]
async fn a_no_of_the_suite_is_a_no() {
    let files = json_files();
    let acts: Vec<_> = files.iter().map(|file| Act::bytes(422, "application/json", &file.bytes)).collect();
    let issuer = Issuer::start(acts).await;
    let proxy = Proxy::start(&issuer.url, &["--database-url=memory:"]).await;
    for (file, told) in files.iter().zip(told(Call::issue, proxy.address, files.len()).await) {
        assert_eq!(told, (502, "issuer_rejected rejected".into()), "{}", file.name);
    }
}
