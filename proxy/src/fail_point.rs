//! Places at which a test from outside can kill, stop or hang the proxy. Without the cargo feature `fail-points` there is
//! nothing here.
//!
//! With it, the environment variable `CARDWRIGHT_FAIL_POINT=name:fault:nth` arms one place: when it is reached for the nth time
//! (from 1), `kill` ends the process by SIGKILL, `stop` stops it by SIGSTOP until it is continued, and `hang` never goes on
//! there. The names, in the order a write reaches them: `before_claim`, `after_claim`, `after_sending`, `connected`,
//! `request_half_sent`, `request_sent`, `answer_headers`, `answer_read_not_recorded`, `recorded_not_answered`. Reads reach those
//! of the connection too.

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "fail-points"), expect(dead_code, reason = "those of the body are armed only"))]
pub(crate) enum Point {
    BeforeClaim,
    AfterClaim,
    AfterSending,
    Connected,
    RequestHalfSent,
    RequestSent,
    AnswerHeaders,
    AnswerReadNotRecorded,
    RecordedNotAnswered,
}

#[cfg(not(feature = "fail-points"))]
mod absent {
    use bytes::Bytes;
    use http_body_util::Full;

    use super::Point;

    /// The body of a request.
    pub(crate) type Body = Full<Bytes>;

    /// Does nothing.
    pub(crate) async fn hit(_: Point) {}

    /// The body as it is.
    pub(crate) fn body(body: Full<Bytes>) -> Body {
        body
    }

    /// The exchange as it is.
    pub(crate) async fn sent<T>(exchange: impl Future<Output = T>) -> T {
        exchange.await
    }
}

#[cfg(not(feature = "fail-points"))]
pub(crate) use absent::{Body, body, hit, sent};

#[cfg(feature = "fail-points")]
mod armed;

#[cfg(feature = "fail-points")]
pub(crate) use armed::{Body, body, hit, sent};
