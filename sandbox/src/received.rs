//! A request as it came over the wire.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Version, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

const BODY_LIMIT: usize = 64 * 1024;
const BODY_TIME_LIMIT: Duration = Duration::from_secs(10);

/// A request as received, read to its end.
pub(crate) struct Received {
    pub(crate) method: Method,
    /// The request target exactly as sent, which is what the client signed.
    pub(crate) target: String,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    /// Empty when the body could not be read.
    pub(crate) body: Bytes,
    pub(crate) body_fault: Option<BodyFault>,
}

/// Why a body could not be read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BodyFault {
    TooLarge,
    Incomplete,
}

impl Received {
    /// Reads the whole request, within limits of size and time.
    pub(crate) async fn read(request: Request<Body>) -> Self {
        let (head, body) = request.into_parts();
        let (body, body_fault) = match read_body(&head.headers, body).await {
            Ok(body) => (body, None),
            Err(fault) => (Bytes::new(), Some(fault)),
        };
        Self {
            method: head.method,
            target: head.uri.to_string(),
            version: head.version,
            headers: head.headers,
            body,
            body_fault,
        }
    }

    /// The request line as received, without its line end.
    pub(crate) fn request_line(&self) -> String {
        format!("{} {} {:?}", self.method, self.target, self.version)
    }

    /// The value of a header that is there exactly once: a gateway and the API behind it could each read another of two.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }
}

async fn read_body(headers: &HeaderMap, body: Body) -> Result<Bytes, BodyFault> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(BodyFault::TooLarge);
    }
    match tokio::time::timeout(BODY_TIME_LIMIT, Limited::new(body, BODY_LIMIT).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyFault::TooLarge),
        Ok(Err(_)) | Err(_) => Err(BodyFault::Incomplete),
    }
}
