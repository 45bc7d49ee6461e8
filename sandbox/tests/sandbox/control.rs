//! Control routes, secrets, start and stop.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::client::{Call, LIMIT, USER};
use crate::process::{API_KEY, CONTROL_TOKEN, SECRET, Sandbox, command, wait};
use crate::wire::{End, exchange};

#[test]
fn control_routes_need_the_token() {
    let sandbox = Sandbox::start();
    let routes = [
        ("GET", "/_ledger"),
        ("GET", "/_ledger/effects"),
        ("POST", "/_ledger/reset"),
        ("GET", "/_keys"),
        ("PUT", "/_keys"),
        ("GET", "/_faults"),
        ("POST", "/_faults"),
        ("DELETE", "/_faults"),
    ];
    for (method, path) in routes {
        for authorization in ["", "authorization: Bearer wrong\r\n", "authorization: Basic control-token-zebra\r\n"] {
            let request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{authorization}\r\n");
            assert_eq!(exchange(sandbox.address, request.as_bytes(), LIMIT).answer().status, 401, "{method} {path}");
        }
    }
    assert_eq!(sandbox.ledger(), json!({ "cards": [], "requests": [] }));
}

#[test]
fn the_ledger_can_be_read_and_reset() {
    let sandbox = Sandbox::start();
    let body = json!({ "user_id": USER, "card_type": "virtual", "idempotent_key": "key-1" });
    let card = sandbox.card("create", &body);
    let ledger = sandbox.ledger();
    let made = &ledger["cards"][0];
    let seen = &ledger["requests"][0];
    assert_eq!((&made["id"], &made["last_four"]), (&card["id"], &card["last_four"]));
    let history = json!([{ "operation": "create", "at": card["created_at"], "status": "active" }]);
    assert_eq!((&made["made_by_operation"], &made["history"]), (&json!("create"), &history));
    let mut shown = seen.clone();
    let object = shown.as_object_mut().unwrap();
    assert!(object.remove("at").unwrap().is_string());
    let headers = object.remove("headers").unwrap();
    assert_eq!(headers["content-type"], "application/json");
    assert!(headers.get("api_key").is_none());
    let path = "/api/v4/user/routable-cards/create";
    let expected = json!({
        "operation": "create",
        "method": "POST",
        "path": path,
        "http_version": "HTTP/1.1",
        "request_line": format!("POST {path} HTTP/1.1"),
        "api_key_present": true,
        "body_base64": BASE64_STANDARD.encode(body.to_string()),
        "masked": false,
        "accepted": true,
        "status": 200,
        "refusal": null,
        "fault": null,
    });
    assert_eq!(shown, expected);

    assert_eq!(sandbox.control("POST", "/_ledger/reset", "").status, 204);
    assert_eq!(sandbox.ledger(), json!({ "cards": [], "requests": [] }));
    assert_ne!(sandbox.card("create", &body)["id"], card["id"]);
}

#[test]
fn faults_can_be_listed_and_cleared() {
    let sandbox = Sandbox::start();
    sandbox.fault(json!({ "fault": "delay", "delay_ms": 50, "times": 3, "operation": "freeze", "after": true }));
    sandbox.fault(json!({ "fault": "hang" }));
    let pending = sandbox.control("GET", "/_faults", "").json()["pending"].clone();
    assert_eq!((&pending[0]["times"], &pending[0]["operation"]), (&json!(3), &json!("freeze")));
    assert_eq!((&pending[1]["fault"], &pending[1]["operation"]), (&json!("hang"), &json!(null)));
    for wrong in ["", "[]", r#"{"fault":"explode"}"#, r#"{"fault":"close","when":1}"#, r#"{"fault":"delay"}"#] {
        let answer = sandbox.control("POST", "/_faults", wrong);
        assert_eq!((answer.status, answer.json()["message"].is_string()), (400, true), "{wrong}");
    }
    assert_eq!(sandbox.control("DELETE", "/_faults", "").status, 204);
    assert_eq!(sandbox.control("GET", "/_faults", "").json(), json!({ "pending": [] }));
}

#[test]
fn secrets_are_never_shown() {
    let sandbox = Sandbox::start();
    let body = json!({ "user_id": USER, "card_type": "virtual", "api_key": API_KEY, "note": SECRET });
    Call::ingo("create", &body).sign().send(&sandbox);
    Call::ingo("create", &body).with("authorization", &format!("Bearer {SECRET}")).send(&sandbox);
    Call::raw(&format!("POST /{API_KEY}/{CONTROL_TOKEN} HTTP/1.1"), b"").with("x-key", API_KEY).send(&sandbox);
    sandbox.virtual_card();

    let ledger = sandbox.ledger();
    let mut shown = ledger.to_string();
    for request in ledger["requests"].as_array().unwrap() {
        let body = BASE64_STANDARD.decode(request["body_base64"].as_str().unwrap()).unwrap();
        shown.push_str(&String::from_utf8(body).unwrap());
    }
    let masked: Vec<_> = ledger["requests"].as_array().unwrap().iter().map(|r| r["masked"].clone()).collect();
    assert_eq!(masked, [true, true, true, false]);
    let (status, log) = sandbox.stop("-TERM");
    assert!(status.success());
    assert!(log.contains("request settled"));
    for secret in [API_KEY, SECRET, CONTROL_TOKEN] {
        assert!(!shown.contains(secret) && !log.contains(secret), "{secret}");
    }
    assert!(!log.contains(USER));
}

#[test]
fn it_stops_at_either_signal_even_with_a_request_in_flight() {
    for signal in ["-TERM", "-INT"] {
        let sandbox = Sandbox::start();
        let address = sandbox.address;
        sandbox.fault(json!({ "fault": "hang" }));
        let call = Call::ingo("create", &json!({ "user_id": USER, "card_type": "virtual" })).sign();
        let in_flight = std::thread::spawn(move || exchange(address, &call.bytes(), LIMIT));
        std::thread::sleep(Duration::from_millis(200));
        let (status, _) = sandbox.stop(signal);
        assert!(status.success());
        assert_eq!(in_flight.join().unwrap().end, End::Closed);
    }
}

#[test]
fn it_does_not_start_where_others_could_reach_it() {
    for wrong in [["--listen", "0.0.0.0:0"], ["--listen", "192.0.2.1:0"]] {
        let mut command = command();
        let arguments: Vec<_> = command.get_args().skip(2).map(ToOwned::to_owned).collect();
        let program = command.get_program().to_owned();
        command = std::process::Command::new(program);
        command.args(wrong).args(arguments).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
        let mut child = command.spawn().unwrap();
        assert!(!wait(&mut child, LIMIT).success());
        let mut announced = String::new();
        std::io::Read::read_to_string(&mut child.stdout.take().unwrap(), &mut announced).unwrap();
        assert_eq!(announced, "");
    }
}
