//! One connection of a client: request after request, each carried as its fault allows.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::line::Shared;
use crate::message::Message;
use crate::script::{At, Decided, End, Fault, Leg};

/// How long an answer is read that nobody waits for.
const UNHEARD_LIMIT: Duration = Duration::from_secs(60);

/// What becomes of the client's connection.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Next,
    Close,
    Reset,
}

/// Serves a client until its connection ends.
pub(crate) async fn serve(mut client: TcpStream, line: Arc<Shared>) {
    if client.set_nodelay(true).is_err() {
        return;
    }
    while let Ok(Some(request)) = Message::request(&mut client).await {
        match carry(&line, &mut client, request).await {
            Then::Next => {}
            Then::Close => return,
            Then::Reset => {
                let _ = client.set_zero_linger();
                return;
            }
        }
    }
}

async fn carry(line: &Arc<Shared>, client: &mut TcpStream, request: Message) -> Then {
    let (number, decided) = line.meet(&request);
    let mut decided = decided.unwrap_or_else(Decided::nothing);
    let fault = decided.fault.clone();
    let request = Arc::new(request);
    if fault.overtaken {
        line.overtaken().await;
    }
    for _ in 0..fault.copies {
        let after = Duration::from_millis(fault.copies_after_ms);
        tokio::spawn(copy(Arc::clone(line), number, Arc::clone(&request), after));
    }
    match forward(line, client, number, &request, &mut decided).await {
        Ok(server) => answer(line, client, number, (server, request), &mut decided).await,
        Err(then) => then,
    }
}

/// Carries a request to a server, whose connection is returned if it got there.
async fn forward(
    line: &Shared,
    client: &TcpStream,
    number: u64,
    request: &Message,
    decided: &mut Decided,
) -> Result<TcpStream, Then> {
    let Leg { at, end, .. } = decided.fault.request;
    let place = decided.place(at, request.bytes.len());
    let (first, rest) = request.bytes.split_at(place);
    if first.is_empty() && end != End::Pass {
        return Err(finish(&decided.fault.request, client).await);
    }
    let mut server = line.connect(number).await.ok_or(Then::Close)?;
    server.write_all(first).await.map_err(|_| Then::Close)?;
    if end != End::Pass {
        let then = finish(&decided.fault.request, client).await;
        if then == Then::Reset {
            let _ = server.set_zero_linger();
        }
        return Err(then);
    }
    if !pause(&decided.fault.request, client).await {
        return Err(Then::Close);
    }
    server.write_all(rest).await.map_err(|_| Then::Close)?;
    line.forwarded(number);
    Ok(server)
}

/// Carries the answer back.
async fn answer(
    line: &Arc<Shared>,
    client: &mut TcpStream,
    number: u64,
    (server, request): (TcpStream, Arc<Message>),
    decided: &mut Decided,
) -> Then {
    let mut coming = tokio::spawn(hear(Arc::clone(line), number, server, request));
    let Fault { answer: leg, instead, .. } = decided.fault.clone();
    let at_once = leg.at == At::Byte(0);
    if at_once && leg.end != End::Pass {
        return finish(&leg, client).await;
    }
    if at_once && !pause(&leg, client).await {
        coming.abort();
        return Then::Close;
    }
    let heard = tokio::select! {
        heard = &mut coming => heard.ok().flatten(),
        () = gone(client) => {
            coming.abort();
            return Then::Close;
        }
    };
    let Some(message) = heard else { return Then::Close };
    if let Some(status) = instead {
        let text = format!("HTTP/1.1 {status} Instead\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let _ = client.write_all(text.as_bytes()).await;
        return Then::Close;
    }
    let place = if at_once { 0 } else { decided.place(leg.at, message.bytes.len()) };
    let (first, rest) = message.bytes.split_at(place);
    if client.write_all(first).await.is_err() {
        return Then::Close;
    }
    line.note(number, |exchange| exchange.passed = place);
    if leg.end != End::Pass {
        return finish(&leg, client).await;
    }
    if (!at_once && !pause(&leg, client).await) || client.write_all(rest).await.is_err() {
        return Then::Close;
    }
    line.note(number, |exchange| exchange.passed = message.bytes.len());
    let ends = message.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    if message.whole && !ends { Then::Next } else { Then::Close }
}

/// Reads an answer to its end and notes its status.
async fn hear(line: Arc<Shared>, number: u64, mut server: TcpStream, request: Arc<Message>) -> Option<Message> {
    let read = timeout(UNHEARD_LIMIT, Message::answer(&mut server, &request)).await;
    let message = read.ok()?.ok()??;
    line.note(number, |exchange| exchange.answered = message.status());
    Some(message)
}

/// Sends a request once more, over a connection of its own.
async fn copy(line: Arc<Shared>, number: u64, request: Arc<Message>, after: Duration) {
    sleep(after).await;
    if let Some(mut server) = line.connect(number + 1).await
        && server.write_all(&request.bytes).await.is_ok()
    {
        let _ = timeout(UNHEARD_LIMIT, Message::answer(&mut server, &request)).await;
    }
}

/// Pauses, and then ends as the leg says.
async fn finish(leg: &Leg, client: &TcpStream) -> Then {
    if !pause(leg, client).await {
        return Then::Close;
    }
    match leg.end {
        End::Pass => Then::Next,
        End::Close => Then::Close,
        End::Reset => Then::Reset,
        End::Stall => {
            gone(client).await;
            Then::Close
        }
    }
}

/// Whether the client is still there after the pause.
async fn pause(leg: &Leg, client: &TcpStream) -> bool {
    if leg.delay_ms == 0 {
        return true;
    }
    tokio::select! {
        () = sleep(Duration::from_millis(leg.delay_ms)) => true,
        () = gone(client) => false,
    }
}

/// Done when the client has closed its connection, or it broke.
async fn gone(client: &TcpStream) {
    if let Ok(1..) = client.peek(&mut [0]).await {
        std::future::pending().await
    }
}
