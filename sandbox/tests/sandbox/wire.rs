//! HTTP/1.1 by hand, since half of what is tested here no client library lets through.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    /// Closed by the sandbox.
    Closed,
    /// Still open when the time was up.
    Open,
}

/// All that came back on one connection.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
    pub(crate) took: Duration,
}

/// An answer taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Exchange {
    /// Takes the answer apart, complete or not.
    pub(crate) fn answer(&self) -> Answer {
        let text = String::from_utf8(self.bytes.clone()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("expected an answer, found {text:?}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Answer { status, headers, body: body.to_owned() }
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The length that the head promised.
    pub(crate) fn promised_length(&self) -> usize {
        self.headers["content-length"].parse().unwrap()
    }
}

/// Sends bytes and reads until the connection is closed or the time is up.
pub(crate) fn exchange(address: SocketAddr, request: &[u8], limit: Duration) -> Exchange {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).unwrap();
    stream.write_all(request).unwrap();
    read(stream, limit)
}

/// Sends bytes, says that there are no more, and reads on.
pub(crate) fn exchange_and_stop_sending(address: SocketAddr, request: &[u8], limit: Duration) -> Exchange {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).unwrap();
    stream.write_all(request).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    read(stream, limit)
}

fn read(mut stream: TcpStream, limit: Duration) -> Exchange {
    let start = Instant::now();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        let left = limit.saturating_sub(start.elapsed());
        if left.is_zero() {
            break End::Open;
        }
        stream.set_read_timeout(Some(left)).unwrap();
        match stream.read(&mut buffer) {
            Ok(0) => break End::Closed,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                break End::Open;
            }
            Err(_) => break End::Closed,
        }
    };
    Exchange { bytes, end, took: start.elapsed() }
}
