//! The fail points, in a build made for tests.

use std::pin::pin;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::channel::Channel;
use http_body_util::{BodyExt, Full};
use tokio::time::{sleep, timeout};

use super::Point;

const VARIABLE: &str = "CARDWRIGHT_FAIL_POINT";

/// How long bytes that were handed over get to leave.
const FLUSH: Duration = Duration::from_millis(50);

/// The body of a request.
pub(crate) type Body = Channel<Bytes>;

struct Armed {
    name: String,
    fault: String,
    nth: u64,
    hits: AtomicU64,
}

fn armed(point: Point) -> Option<&'static Armed> {
    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
    let read = || {
        let text = std::env::var(VARIABLE).ok()?;
        let parts: Vec<_> = text.split(':').collect();
        let [name, fault @ ("kill" | "stop" | "hang"), nth] = parts[..] else {
            tracing::error!(variable = VARIABLE, "expected name:kill|stop|hang:nth");
            return None;
        };
        Some(Armed { name: name.into(), fault: fault.into(), nth: nth.parse().ok()?, hits: AtomicU64::new(0) })
    };
    ARMED.get_or_init(read).as_ref().filter(|armed| armed.name == name(point))
}

fn name(point: Point) -> &'static str {
    match point {
        Point::BeforeClaim => "before_claim",
        Point::AfterClaim => "after_claim",
        Point::AfterSending => "after_sending",
        Point::Connected => "connected",
        Point::RequestHalfSent => "request_half_sent",
        Point::RequestSent => "request_sent",
        Point::AnswerHeaders => "answer_headers",
        Point::AnswerReadNotRecorded => "answer_read_not_recorded",
        Point::RecordedNotAnswered => "recorded_not_answered",
    }
}

/// Does what the environment says, if this is the place and the time.
pub(crate) async fn hit(point: Point) {
    let Some(armed) = armed(point) else { return };
    if armed.hits.fetch_add(1, Ordering::SeqCst) + 1 != armed.nth {
        return;
    }
    match armed.fault.as_str() {
        "kill" => signal("-KILL").await,
        "stop" => signal("-STOP").await,
        _ => std::future::pending().await,
    }
}

/// The signal of a program of its own: there is no other way to it without `unsafe`.
async fn signal(signal: &str) {
    if let Err(error) = Command::new("kill").args([signal, &std::process::id().to_string()]).status() {
        tracing::error!(kind = ?error.kind(), "signal could not be sent");
    }
    // It may arrive a moment later, and nothing may go on in between.
    sleep(FLUSH).await;
}

/// The body in two halves, and the fail point between them.
pub(crate) fn body(body: Full<Bytes>) -> Body {
    let (mut sender, halves) = Channel::new(1);
    tokio::spawn(async move {
        let mut bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let second = bytes.split_off(bytes.len() / 2);
        // A receiver that went away has no use for the rest.
        let _ = sender.send_data(bytes).await;
        if armed(Point::RequestHalfSent).is_some() {
            sleep(FLUSH).await;
            hit(Point::RequestHalfSent).await;
        }
        let _ = sender.send_data(second).await;
    });
    halves
}

/// The exchange, and the fail point once all of the request has left.
pub(crate) async fn sent<T>(exchange: impl Future<Output = T>) -> T {
    if armed(Point::RequestSent).is_none() {
        return exchange.await;
    }
    let mut exchange = pin!(exchange);
    let early = timeout(4 * FLUSH, &mut exchange).await;
    hit(Point::RequestSent).await;
    match early {
        Ok(answer) => answer,
        Err(_) => exchange.await,
    }
}
