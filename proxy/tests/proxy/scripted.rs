//! An issuer over TCP that notes what it is sent and answers as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the issuer does with a request it has read.
#[derive(Clone)]
pub(crate) enum Act {
    /// Writes these bytes and closes.
    Raw(Vec<u8>),
    /// Writes these bytes and holds the connection open.
    Stall(String),
    /// Does the other thing later.
    Late(Duration, Box<Act>),
}

impl Act {
    /// A whole answer.
    pub(crate) fn answer(status: u16, content_type: &str, body: &str) -> Act {
        Act::bytes(status, content_type, body.as_bytes())
    }

    /// A whole answer that need not be text.
    pub(crate) fn bytes(status: u16, content_type: &str, body: &[u8]) -> Act {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} S\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n");
        Act::Raw([head.as_bytes(), body].concat())
    }

    /// A whole answer of JSON.
    pub(crate) fn json(status: u16, body: &str) -> Act {
        Act::answer(status, "application/json", body)
    }

    /// A yes that shows one card.
    pub(crate) fn card(id: &str, status: &str) -> Act {
        Act::json(200, &envelope(id, status, ""))
    }

    /// The same, later.
    pub(crate) fn after(self, millis: u64) -> Act {
        Act::Late(Duration::from_millis(millis), Box::new(self))
    }
}

/// An envelope with one card; `more` stands behind the card's known fields.
pub(crate) fn envelope(id: &str, status: &str, more: &str) -> String {
    format!(
        r#"{{"status":"success","message":"operation completed","data":{{"items":[{{"id":"{id}","card_type":"virtual","last_four":"4242","status":"{status}","user_id":"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","business_id":"buss-2ef94c60-5a11-4d72-a3c1-5be7fab0123e","created_at":"2026-04-16T12:34:56.000Z"{more}}}]}}}}"#
    )
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Request line and headers.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Seen {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// The issuer.
pub(crate) struct Issuer {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Issuer {
    /// Starts an issuer that does one act a request; the last one again and again.
    pub(crate) async fn start(acts: impl Into<Vec<Act>>) -> Issuer {
        let acts = acts.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, acts.clone(), Arc::clone(&noted)));
            }
        });
        Issuer { url, seen }
    }

    /// What has come so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until so many requests have come.
    pub(crate) async fn has_seen(&self, count: usize) {
        tokio::time::timeout(Duration::from_secs(5), async {
            while self.seen().len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap();
    }
}

async fn serve(mut stream: TcpStream, acts: Vec<Act>, noted: Arc<Mutex<Vec<Seen>>>) {
    let mut bytes = Vec::new();
    let seen = loop {
        if let Some(seen) = whole(&bytes) {
            break seen;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    };
    let at = {
        let mut noted = noted.lock().unwrap();
        noted.push(seen);
        noted.len() - 1
    };
    let mut act = acts[at.min(acts.len() - 1)].clone();
    loop {
        match act {
            Act::Raw(bytes) => return drop(stream.write_all(&bytes).await),
            Act::Stall(text) => {
                stream.write_all(text.as_bytes()).await.unwrap();
                return std::future::pending().await;
            }
            Act::Late(time, then) => {
                tokio::time::sleep(time).await;
                act = *then;
            }
        }
    }
}

fn whole(bytes: &[u8]) -> Option<Seen> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let seen = Seen { head: head.into(), body: body.into() };
    let length: usize = seen.header("content-length")?.parse().ok()?;
    (body.len() == length).then_some(seen)
}
