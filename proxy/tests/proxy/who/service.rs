//! A server beside the proxy that gives everybody the same answer, until it is told another.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::scripted::Seen;

/// The server.
pub(super) struct Service {
    pub(super) url: String,
    address: SocketAddr,
    said: Arc<Mutex<String>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    served: JoinHandle<()>,
}

/// An answer of JSON.
pub(super) fn json(body: &Value) -> String {
    answer(200, "content-type: application/json\r\n", &body.to_string())
}

/// An answer; each header ends its line.
pub(super) fn answer(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} S\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

impl Service {
    /// Starts a server that says this; if it is empty, it says nothing and holds the connection.
    pub(super) async fn start(said: &str) -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (said, seen) = (Arc::new(Mutex::new(said.to_owned())), Arc::default());
        let served = tokio::spawn(serve(listener, Arc::clone(&said), Arc::clone(&seen)));
        Service { url: format!("http://{address}/service"), address, said, seen, served }
    }

    /// Has it say something else from now on.
    pub(super) fn say(&self, said: &str) {
        said.clone_into(&mut self.said.lock().unwrap());
    }

    /// What it was asked.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Stops it; whoever connects is refused.
    pub(super) async fn stop(&mut self) {
        self.served.abort();
        let _ = (&mut self.served).await;
    }

    /// Starts it again where it was.
    pub(super) async fn start_again(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.served = tokio::spawn(serve(listener, Arc::clone(&self.said), Arc::clone(&self.seen)));
    }
}

async fn serve(listener: TcpListener, said: Arc<Mutex<String>>, seen: Arc<Mutex<Vec<Seen>>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(one(stream, Arc::clone(&said), Arc::clone(&seen)));
    }
}

async fn one(mut stream: TcpStream, said: Arc<Mutex<String>>, seen: Arc<Mutex<Vec<Seen>>>) {
    let mut bytes = Vec::new();
    let asked = loop {
        if let Some(asked) = whole(&bytes) {
            break asked;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    };
    seen.lock().unwrap().push(asked);
    let said = said.lock().unwrap().clone();
    if said.is_empty() {
        return std::future::pending().await;
    }
    // Whoever has heard enough may have gone.
    let _ = stream.write_all(said.as_bytes()).await;
}

fn whole(bytes: &[u8]) -> Option<Seen> {
    let (head, body) = std::str::from_utf8(bytes).ok()?.split_once("\r\n\r\n")?;
    let seen = Seen { head: head.into(), body: body.into() };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    (body.len() == length).then_some(seen)
}
