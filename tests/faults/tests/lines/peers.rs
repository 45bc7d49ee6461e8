//! A server that notes all it is sent, and a client that notes how its connection ended.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Nothing here takes as long, however busy the machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);
pub(crate) const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"status\":\"success\"}";

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ended {
    Closed,
    Reset,
    /// It was still open when nobody waited any more.
    Open,
}

/// One connection as its reading side saw it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Read {
    pub(crate) text: String,
    pub(crate) ended: Ended,
}

/// Reads until `enough`, the end, or the limit.
async fn read(stream: &mut TcpStream, limit: Duration, enough: impl Fn(&str) -> bool) -> Read {
    let mut bytes = Vec::new();
    let deadline = Instant::now() + limit;
    let ended = loop {
        if enough(&String::from_utf8_lossy(&bytes)) {
            break Ended::Open;
        }
        match timeout(deadline.saturating_duration_since(Instant::now()), stream.read_buf(&mut bytes)).await {
            Err(_) => break Ended::Open,
            Ok(Ok(0)) => break Ended::Closed,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                break Ended::Reset;
            }
        }
    };
    Read { text: String::from_utf8(bytes).unwrap(), ended }
}

/// A server that answers each whole request, and notes each connection when it ends or has its request.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Read>>>,
}

impl Server {
    pub(crate) async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let noted = Arc::clone(&noted);
                tokio::spawn(async move {
                    let request = read(&mut stream, LIMIT, |text| text.ends_with("\r\n\r\nabc")).await;
                    let whole = request.ended == Ended::Open;
                    noted.lock().unwrap().push(request);
                    if whole && stream.write_all(ANSWER.as_bytes()).await.is_ok() {
                        drop(read(&mut stream, LIMIT, |_| false).await);
                    }
                });
            }
        });
        Server { address, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Read> {
        self.seen.lock().unwrap().clone()
    }

    /// What came on its connections, once it is as much as this.
    pub(crate) async fn has_seen(&self, count: usize) -> Vec<Read> {
        timeout(LIMIT, async {
            while self.seen().len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap();
        self.seen()
    }
}

/// A request that a test tells from another by its path.
pub(crate) fn request(path: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: h\r\nidempotency-key: key-{path}\r\ncontent-length: 3\r\n\r\nabc")
}

/// What a client reads, and after what time; a whole answer is enough.
pub(crate) async fn ask(address: SocketAddr, path: &str, limit: Duration) -> (Read, Duration) {
    let start = Instant::now();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request(path).as_bytes()).await.unwrap();
    let read = read(&mut stream, limit, |text| text.ends_with(ANSWER)).await;
    (read, start.elapsed())
}
