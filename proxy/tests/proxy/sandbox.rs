//! Together with the sandbox, which is strict about signatures. It is another package's program, so it must have been
//! built into the same target directory, as `cargo test --workspace` does; without it these tests fail and say how.

use std::path::Path;
use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::{Call, USER};
use crate::rig::Proxy;

/// A sandbox that runs until it is dropped.
pub(crate) struct Sandbox {
    /// Its address, without a path.
    pub(crate) url: String,
    _program: Child,
}

impl Sandbox {
    /// Starts a sandbox.
    pub(crate) async fn start(more: &[&str]) -> Sandbox {
        let program = Path::new(env!("CARGO_BIN_EXE_cardwright-proxy")).with_file_name("cardwright-sandbox");
        assert!(
            program.exists(),
            "expected the sandbox beside the proxy; `cargo build -p cardwright-sandbox` builds it"
        );
        let mut program = Command::new(program)
            .args(["--listen=127.0.0.1:0", "--control-token=control-token"])
            .args(["--ingo-api-key=test-api-key", "--ingo-username=test", "--ingo-secret=test-secret"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let ready: serde_json::Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
        Sandbox { url: ready["listening"].as_str().unwrap().into(), _program: program }
    }

    /// Has it do something wrong next.
    pub(crate) async fn fault(&self, fault: serde_json::Value) {
        let address = self.url.strip_prefix("http://").unwrap().parse().unwrap();
        let call = Call::post("/_faults", &fault).with("authorization", "Bearer control-token");
        let answer = call.send(address).await;
        assert!(answer.status < 300, "{answer:?}");
    }
}

impl Sandbox {
    /// How many cards it has made.
    pub(crate) async fn cards(&self) -> usize {
        let address = self.url.strip_prefix("http://").unwrap().parse().unwrap();
        let ledger = Call::get("/_ledger").with("authorization", "Bearer control-token").send(address).await;
        ledger.json()["cards"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn a_cards_life() {
    let sandbox = Sandbox::start(&[]).await;
    let proxy = Proxy::start(&format!("{}/api", sandbox.url), &[]).await;

    let issued = Call::issue().send(proxy.address).await;
    assert_eq!(issued.status, 200, "{issued:?}");
    let card = issued.json()["data"]["items"][0].clone();
    let of_card = |path: &str, more: serde_json::Value| {
        let mut body = json!({ "user_id": USER, "id": card["id"] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Call::post(&format!("/api/ingo/cards/{path}"), &body)
    };
    let frozen = of_card("freeze", json!({})).send(proxy.address).await.json();
    assert_eq!(frozen["data"]["items"][0]["status"], "suspended");
    let thawed = of_card("unfreeze", json!({})).send(proxy.address).await.json();
    assert_eq!(thawed["data"]["items"][0]["status"], "active");
    let replaced = of_card("reissue", json!({ "reuse_pan": false })).with("accept-notices", "old_card_ends");
    assert_eq!(replaced.send(proxy.address).await.status, 200);
    let list = Call::get("/api/ingo/cards").send(proxy.address).await.json();
    assert_eq!(list["data"]["pagination"]["total"], 2);
    let old = list["data"]["items"].as_array().unwrap().iter().find(|seen| seen["id"] == card["id"]).unwrap();
    assert_eq!(old["status"], "terminated");

    let refused = "user-00000000-0000-0000-0000-000000000422";
    let refused = Call::issue().body(&json!({ "user_id": refused, "card_type": "virtual" }).to_string());
    let problem = refused.key("another-key-0123").send(proxy.address).await.problem();
    assert_eq!((&problem["code"], &problem["slug"]), (&json!("issuer_rejected"), &json!("kyc_not_verified")));
}
