//! One HTTP/1 message as bytes: nothing is changed on the way, and a fault can be at any byte of it.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// More than any message of ours; what is longer is passed on as far as it was read.
const MOST_BYTES: usize = 4 * 1024 * 1024;
const MOST_HEADERS: usize = 100;

/// A request or an answer.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    head: usize,
    /// Whether it came to its end, and the connection can go on.
    pub(crate) whole: bool,
}

/// Where a body ends.
#[derive(Clone, Copy)]
enum Framing {
    Length(usize),
    UntilClosed,
}

impl Message {
    /// The next request on a connection, or nothing if it was closed before the request had come whole.
    pub(crate) async fn request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Message>> {
        let read = Message::read(stream, |head| {
            let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
            let mut request = httparse::Request::new(&mut headers);
            match request.parse(head) {
                Ok(httparse::Status::Complete(end)) => {
                    Some((end, length(request.headers).map_or(Framing::Length(0), Framing::Length)))
                }
                _ => None,
            }
        });
        Ok(read.await?.filter(|message| message.whole))
    }

    /// The answer to a request, or as much of it as came.
    pub(crate) async fn answer(stream: &mut (impl AsyncRead + Unpin), asked: &Message) -> io::Result<Option<Message>> {
        let bodiless = asked.start_line().starts_with("HEAD ");
        Message::read(stream, |head| {
            let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
            let mut answer = httparse::Response::new(&mut headers);
            let Ok(httparse::Status::Complete(end)) = answer.parse(head) else { return None };
            let framing = match (answer.code, length(answer.headers)) {
                _ if bodiless => Framing::Length(0),
                (Some(204 | 304), _) => Framing::Length(0),
                (_, Some(length)) => Framing::Length(length),
                (_, None) => Framing::UntilClosed,
            };
            Some((end, framing))
        })
        .await
    }

    async fn read(
        stream: &mut (impl AsyncRead + Unpin),
        parse: impl Fn(&[u8]) -> Option<(usize, Framing)>,
    ) -> io::Result<Option<Message>> {
        let mut bytes = Vec::with_capacity(2_048);
        let mut framed = None;
        loop {
            framed = framed.or_else(|| parse(&bytes));
            if let Some((head, Framing::Length(length))) = framed
                && bytes.len() >= head + length
            {
                return Ok(Some(Message { bytes, head, whole: true }));
            }
            if bytes.len() > MOST_BYTES || stream.read_buf(&mut bytes).await? == 0 {
                let head = framed.map_or(bytes.len(), |(head, _)| head);
                return Ok((!bytes.is_empty()).then_some(Message { bytes, head, whole: false }));
            }
        }
    }

    /// The request line, or the status line.
    pub(crate) fn start_line(&self) -> &str {
        self.lines().next().unwrap_or_default()
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.lines().skip(1).filter_map(|line| line.split_once(':'));
        pairs
            .map(|(found, value)| (found, value.trim()))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The status of an answer.
    pub(crate) fn status(&self) -> Option<u16> {
        self.start_line().split(' ').nth(1)?.parse().ok()
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        let head = self.bytes.get(..self.head).and_then(|head| std::str::from_utf8(head).ok());
        head.unwrap_or_default().lines()
    }
}

fn length(headers: &[httparse::Header<'_>]) -> Option<usize> {
    let length = headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"))?;
    std::str::from_utf8(length.value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer(mut bytes: &[u8], asked: &str) -> Option<(usize, bool)> {
        let asked = Message { bytes: asked.into(), head: asked.len(), whole: true };
        Message::answer(&mut bytes, &asked).await.unwrap().map(|message| (message.bytes.len(), message.whole))
    }

    #[tokio::test]
    async fn a_message_ends_where_it_says() {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(answer(whole.as_bytes(), "GET / HTTP/1.1").await, Some((whole.len(), true)));
        assert_eq!(answer(&whole.as_bytes()[..whole.len() - 1], "GET /").await, Some((whole.len() - 1, false)));
        assert_eq!(answer(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", "HEAD /").await, Some((38, true)));
        assert_eq!(answer(b"HTTP/1.1 204 No\r\n\r\n", "GET /").await, Some((19, true)));
        assert_eq!(answer(b"HTTP/1.1 200 OK\r\n\r\nto the end", "GET /").await, Some((29, false)));
        assert_eq!(answer(b"", "GET /").await, None);
    }

    #[tokio::test]
    async fn a_request_counts_once_it_is_whole() {
        let text = "POST /a HTTP/1.1\r\nIdempotency-Key: k\r\ncontent-length: 3\r\n\r\nabc";
        let message = Message::request(&mut text.as_bytes()).await.unwrap().unwrap();
        assert_eq!(message.start_line(), "POST /a HTTP/1.1");
        assert_eq!(message.header("idempotency-key"), Some("k"));
        assert!(Message::request(&mut &text.as_bytes()[..text.len() - 1]).await.unwrap().is_none());
    }
}
