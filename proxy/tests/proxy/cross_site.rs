//! Requests that no page of ours made, as bytes: none of them gets to the issuer. What real browsers make of it is in
//! `tests/e2e/cross-site.test.mjs`.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{CARD, Call, USER};
use crate::rig::{Proxy, rig};
use crate::scripted::{Act, Issuer};

/// A request as it stands on the wire; the body's length and the key are put in.
struct Forged {
    line: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// Issues a card in the name of an honest page: what a forger would like to send.
fn honest(host: &str) -> Forged {
    Forged {
        line: "POST /api/ingo/cards/issue HTTP/1.1",
        headers: [
            ("Host", host),
            ("Origin", &format!("http://{host}")),
            ("Sec-Fetch-Site", "same-origin"),
            ("Cardwright-Contract", "1"),
            ("Content-Type", "application/json"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into(),
        body: json!({ "user_id": USER, "card_type": "virtual" }).to_string(),
    }
}

impl Forged {
    fn without(mut self, names: &[&str]) -> Forged {
        self.headers.retain(|(known, _)| !names.contains(known));
        self
    }

    fn with(mut self, name: &'static str, value: &str) -> Forged {
        self.headers.push((name, value.into()));
        self
    }

    fn instead(self, name: &'static str, value: &str) -> Forged {
        self.without(&[name]).with(name, value)
    }

    /// The status it is answered with, or 0.
    async fn send(&self, at: SocketAddr, key: usize) -> u16 {
        let mut head = format!("{}\r\nConnection: close\r\nIdempotency-Key: forged-{key:012}\r\n", self.line);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n{}", self.body.len(), self.body);
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.unwrap();
        drop(read);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }
}

/// Each with what stops it: as few things as can be are wrong with each, so that none hides behind another.
fn forged(host: &str) -> Vec<(u16, Forged)> {
    let honest = || honest(host);
    let mut all = Vec::new();
    // Another page, whichever it is, and however it is named; the preflight that would stop a browser is not asked for.
    for site in ["cross-site", "same-site", "none", "", "SAME-ORIGIN", "same-origin;", "same-origin, cross-site", "x"] {
        all.push((403, honest().instead("Sec-Fetch-Site", site)));
        all.push((403, honest().without(&["Origin"]).instead("Sec-Fetch-Site", site)));
    }
    let port = host.split(':').nth(1).unwrap();
    for origin in [
        "null",
        "",
        "http://evil.example",
        &format!("https://{host}"),
        "http://127.0.0.1",
        &format!("http://127.0.0.1:{port}0"),
        &format!("http://localhost:{port}"),
        &format!("http://127.0.0.1.evil.example:{port}"),
        &format!("http://evil.127.0.0.1:{port}"),
        &format!("http://{host}/"),
        &format!("http://user@{host}"),
        &format!("http://{host} http://evil.example"),
        &format!("http://{host}, http://{host}"),
        &format!("HTTP://{host}"),
        &format!("//{host}"),
        host,
    ] {
        all.push((403, honest().instead("Origin", origin)));
        all.push((403, honest().without(&["Sec-Fetch-Site"]).instead("Origin", origin)));
    }
    // Neither is said, or one is said twice.
    all.push((403, honest().without(&["Sec-Fetch-Site", "Origin"])));
    all.push((403, honest().with("Origin", "http://evil.example")));
    all.push((403, honest().with("Origin", &format!("http://{host}"))));
    all.push((403, honest().with("Sec-Fetch-Site", "cross-site")));
    all.push((403, honest().with("Sec-Fetch-Site", "same-origin")));
    // A name that an attacker lets point to us.
    all.push((403, honest().instead("Host", "evil.example").instead("Origin", "http://evil.example")));
    all.push((403, honest().instead("Host", &format!("evil.example:{port}"))));
    // What a form or an image can send.
    all.push((400, honest().without(&["Cardwright-Contract"])));
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        all.push((415, honest().instead("Content-Type", kind)));
    }
    for line in [
        "GET /api/ingo/cards/issue HTTP/1.1",
        "HEAD /api/ingo/cards/issue HTTP/1.1",
        "PUT /api/ingo/cards/issue HTTP/1.1",
        "GET /api/ingo/cards/issue?_method=POST HTTP/1.1",
    ] {
        let method = honest().with("X-HTTP-Method-Override", "POST");
        all.push((405, Forged { line, ..method }));
    }
    all
}

#[tokio::test]
async fn none_of_sixty_forged_requests_gets_to_the_issuer() {
    let (proxy, issuer) = rig([Act::card(CARD, "active")]).await;
    let host = proxy.address.to_string();
    let forged = forged(&host);
    assert!(forged.len() >= 60, "{}", forged.len());
    for (number, (status, request)) in forged.iter().enumerate() {
        let found = request.send(proxy.address, number).await;
        assert_eq!((found, issuer.seen().len()), (*status, 0), "{} {:?}", request.line, request.headers);
    }
    assert_eq!(honest(&host).send(proxy.address, 900).await, 200, "the honest page");
    let old = honest(&host).without(&["Sec-Fetch-Site"]);
    assert_eq!(old.send(proxy.address, 901).await, 200, "an older browser's page");
}

#[tokio::test]
async fn reads_are_refused_as_well() {
    let (proxy, _issuer) = rig([Act::card(CARD, "active")]).await;
    let expected = json!({
        "type": "about:blank",
        "title": "The server does not take this from another site.",
        "status": 403,
        "code": "cross_site",
        "outcome": "not_sent",
    });
    for path in ["/api/me", "/api/ingo/cards", "/api/none", "/api/intents/ingo.issueCard/0123456789abcdef"] {
        let read = Call::get(path);
        assert_eq!(read.clone().without("sec-fetch-site").send(proxy.address).await.problem(), expected, "{path}");
        for site in ["cross-site", "same-site", "none"] {
            assert_eq!(read.clone().with("sec-fetch-site", site).send(proxy.address).await.problem(), expected);
        }
    }
    let health = Call::get("/health").without("sec-fetch-site").send(proxy.address).await;
    assert_eq!(health.status, 200, "says nothing of anybody");
}

const APP: &str = "https://app.example";

fn preflight(origin: &str) -> Call {
    let asked = "cardwright-contract,content-type,idempotency-key";
    Call { headers: Vec::new(), method: "OPTIONS", ..Call::issue() }
        .with("origin", origin)
        .with("sec-fetch-site", "cross-site")
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", asked)
}

#[tokio::test]
async fn without_a_list_no_other_page_is_given_leave() {
    let (proxy, _issuer) = rig([Act::card(CARD, "active")]).await;
    let refused = preflight(APP).send(proxy.address).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (403, None));
    let own = Call::issue().send(proxy.address).await;
    assert!(own.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{own:?}");
}

#[tokio::test]
async fn with_a_list_the_pages_on_it_are_given_leave_and_no_other() {
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let proxy = Proxy::start(&issuer.url, &["--allowed-origin=https://app.example,http://localhost:5173"]).await;
    for origin in [APP, "http://localhost:5173"] {
        let leave = preflight(origin).send(proxy.address).await;
        assert_eq!((leave.status, leave.header("access-control-allow-origin")), (200, Some(origin)));
        assert_eq!(leave.header("access-control-allow-credentials"), None, "only where it is asked for");
        assert_eq!(leave.header("access-control-allow-methods"), Some("GET,POST"));
        let named = leave.header("access-control-allow-headers").unwrap();
        for name in ["cardwright-contract", "idempotency-key", "accept-notices", "confirm-new", "content-type"] {
            assert!(named.contains(name), "{name} in {named}");
        }
    }
    for origin in ["https://evil.example", "null", "https://app.example.evil.example", "*"] {
        let refused = preflight(origin).send(proxy.address).await;
        assert_eq!(refused.header("access-control-allow-origin"), None, "{origin}");
        let call = Call::issue().with("origin", origin).with("sec-fetch-site", "cross-site");
        let answer = call.send(proxy.address).await;
        assert_eq!((answer.told().1.as_str(), answer.header("access-control-allow-origin")), ("cross_site", None));
    }
    assert_eq!(issuer.seen().len(), 0);
    let call = Call::issue().with("origin", APP).with("sec-fetch-site", "cross-site");
    let answer = call.send(proxy.address).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(APP)));
    assert!(answer.header("vary").unwrap().contains("origin"));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("retry-after"));
    assert_eq!(Call::issue().key("another-key-0123").send(proxy.address).await.status, 200, "our own page");
    // A refusal can be read by the page it is meant for.
    let refused = Call::get("/api/none").with("origin", APP).with("sec-fetch-site", "cross-site");
    let refused = refused.send(proxy.address).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (404, Some(APP)));
}

#[tokio::test]
async fn cookies_of_other_pages_are_let_in_only_where_that_is_asked_for() {
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let proxy = Proxy::start(&issuer.url, &["--allowed-origin=https://app.example", "--allow-credentials"]).await;
    assert_eq!(preflight(APP).send(proxy.address).await.header("access-control-allow-credentials"), Some("true"));
}
