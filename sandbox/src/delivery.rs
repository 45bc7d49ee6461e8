//! How an answer leaves: whole, late, broken or not at all.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::channel::{Channel, Sender};

use crate::faults::{Fault, Kind};
use crate::reply::Reply;
use crate::server::HangUp;

const HANG_TIME: Duration = Duration::from_secs(120);
/// Long enough for the first half to be on the wire before the connection is closed.
const FLUSH_TIME: Duration = Duration::from_millis(100);
const SLOW_PIECES: usize = 20;

/// What will be sent, decided before any waiting, so that the ledger can tell it first.
pub(crate) struct Delivery {
    wait: Duration,
    /// Nothing means that the connection is closed without an answer.
    answer: Option<Answer>,
}

struct Answer {
    reply: Reply,
    way: Way,
    headers: HeaderMap,
}

/// How the body is sent.
enum Way {
    Whole,
    Half,
    Slow(Duration),
}

impl Delivery {
    /// Decides what to send in place of `reply`; a redirect leads by default to a path of `origin` that the ledger notes.
    pub(crate) fn plan(fault: Option<&Fault>, mut reply: Reply, origin: &str) -> Self {
        let Some(fault) = fault else {
            return Self::answer(reply, Duration::ZERO);
        };
        let wait = if fault.wait_before_effect().is_some() { Duration::ZERO } else { fault.delay() };
        let asked = fault.status();
        match fault.fault {
            Kind::Hang => {
                return Self { wait: HANG_TIME, answer: None };
            }
            Kind::Close => return Self { wait, answer: None },
            Kind::Html => reply = Reply::html(asked.unwrap_or(StatusCode::OK), "Welcome"),
            Kind::GarbageJson => {
                reply.status = asked.unwrap_or(StatusCode::OK);
                reply.body = r#"{"status":"success",,"message":operation completed}"#.to_owned();
            }
            Kind::Redirect => return Self::redirect(fault, wait, origin),
            Kind::HalfBody | Kind::SlowBody => reply.status = asked.unwrap_or(reply.status),
            Kind::Status | Kind::Delay | Kind::CardData | Kind::ExtraFields | Kind::UnknownStatus => {}
        }
        let mut delivery = Self::answer(reply, wait);
        match (fault.fault, &mut delivery.answer) {
            (Kind::HalfBody, Some(answer)) => answer.way = Way::Half,
            (Kind::SlowBody, Some(answer)) => {
                answer.way = Way::Slow(wait);
                delivery.wait = Duration::ZERO;
            }
            _ => {}
        }
        delivery
    }

    fn answer(reply: Reply, wait: Duration) -> Self {
        Self { wait, answer: Some(Answer { reply, way: Way::Whole, headers: HeaderMap::new() }) }
    }

    fn redirect(fault: &Fault, wait: Duration, origin: &str) -> Self {
        let status = fault.status().unwrap_or(StatusCode::FOUND);
        let location = fault.location.clone().unwrap_or_else(|| format!("{origin}/redirected"));
        let mut delivery = Self::answer(Reply::html(status, "Moved"), wait);
        if let (Some(answer), Ok(location)) = (&mut delivery.answer, HeaderValue::from_str(&location)) {
            answer.headers.insert(header::LOCATION, location);
        }
        delivery
    }

    /// The status the client will see, if it sees any.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        self.answer.as_ref().map(|answer| answer.reply.status)
    }

    /// Waits as planned and makes the response.
    pub(crate) async fn send(self) -> Response {
        tokio::time::sleep(self.wait).await;
        let Some(Answer { reply, way, headers }) = self.answer else {
            let mut response = Response::default();
            response.extensions_mut().insert(HangUp);
            return response;
        };
        let mut response = match way {
            Way::Whole => reply.into_response(),
            Way::Half => in_pieces(reply, send_half),
            Way::Slow(duration) => in_pieces(reply, move |sender, body| send_slowly(sender, body, duration)),
        };
        response.headers_mut().extend(headers);
        response
    }
}

type BodySender = Sender<Bytes, HangUp>;

/// Promises the whole body and leaves the sending to `send`.
fn in_pieces<S, F>(reply: Reply, send: S) -> Response
where
    S: FnOnce(BodySender, Bytes) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let body = Bytes::from(reply.body.clone());
    let length = HeaderValue::from(body.len());
    let (sender, channel) = Channel::new(1);
    tokio::spawn(send(sender, body));
    let mut response = reply.into_response().map(|_| Body::new(channel));
    response.headers_mut().insert(header::CONTENT_LENGTH, length);
    response
}

async fn send_half(mut sender: BodySender, body: Bytes) {
    let half = body.slice(..body.len() / 2);
    if sender.send_data(half).await.is_ok() {
        tokio::time::sleep(FLUSH_TIME).await;
        sender.abort(HangUp);
    }
}

async fn send_slowly(mut sender: BodySender, body: Bytes, duration: Duration) {
    let size = body.len().div_ceil(SLOW_PIECES).max(1);
    let pause = duration / SLOW_PIECES as u32;
    for piece in body.chunks(size) {
        tokio::time::sleep(pause).await;
        // A client that has gone is no concern of an issuer's.
        if sender.send_data(body.slice_ref(piece)).await.is_err() {
            return;
        }
    }
}
