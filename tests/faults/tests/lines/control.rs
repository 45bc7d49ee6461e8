//! The program and its control port, as tests in other languages use them.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::peers::{ANSWER, Ended, LIMIT, Read, Server, ask};

async fn control(address: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap_or_default())
}

#[tokio::test]
async fn lines_are_led_spoiled_and_asked_by_http() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cardwright-faults"))
        .args(["--lines", "2"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(program.stdout.take().unwrap()).lines();
    let said: Value = serde_json::from_str(&said.next_line().await.unwrap().unwrap()).unwrap();
    let at = |origin: &Value| origin.as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let port = at(&said["control"]);
    let line = at(&said["lines"][1]).parse().unwrap();

    let server = Server::start().await;
    let script =
        json!({ "rules": [{ "on": "POST /a", "faults": [{ "answer": { "at": { "byte": 17 }, "end": "reset" } }] }] });
    let lead = json!({ "servers": [server.address.to_string()], "script": script });
    assert_eq!(control(&port, "PUT", "/lines/1", &lead).await.0, 204);
    assert_eq!(ask(line, "/a", LIMIT).await.0, Read { text: ANSWER[..17].into(), ended: Ended::Reset });
    assert_eq!(ask(line, "/b", LIMIT).await.0.text, ANSWER);

    let (status, shown) = control(&port, "GET", "/lines/1", &Value::Null).await;
    assert_eq!((status, &shown["listening"], &shown["servers"]), (200, &said["lines"][1], &lead["servers"]));
    let log = json!([
        { "number": 0, "request": "POST /a HTTP/1.1", "key": "key-/a", "rule": 0, "forwarded": true, "answered": 200, "passed": 17 },
        { "number": 1, "request": "POST /b HTTP/1.1", "key": "key-/b", "rule": null, "forwarded": true, "answered": 200, "passed": ANSWER.len() },
    ]);
    assert_eq!(shown["log"], log);
    assert_eq!(control(&port, "GET", "/lines/0", &Value::Null).await.1["log"], json!([]));
    assert_eq!(control(&port, "PUT", "/lines/1", &json!({ "script": { "rules": [{ "chances": 1 }] } })).await.0, 422);
    assert_eq!(control(&port, "PUT", "/lines/2", &lead).await.0, 404);
}
