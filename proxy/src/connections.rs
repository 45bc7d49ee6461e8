//! How many connections there are. When there is no room for one more, the one that has made us wait for longest gives way to
//! it: whoever opens many and says little, or nothing, shuts nobody out. Where all are being worked for, the new one is told so.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How much is taken on at once.
#[derive(Args, Clone, Debug)]
pub(crate) struct ConnectionOptions {
    /// Connections at once. Beyond, the one that has kept us waiting for longest is closed for the next.
    #[arg(long, env = "CARDWRIGHT_MOST_CONNECTIONS", default_value = "512", value_parser = count, value_name = "N")]
    most_connections: usize,
    /// Requests worked on at once; beyond, 429 rate_limited at once. Freezes are not among them.
    #[arg(long, env = "CARDWRIGHT_MOST_REQUESTS", default_value = "256", value_parser = count, value_name = "N")]
    pub(crate) most_requests: usize,
}

fn count(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|most| (1..=100_000).contains(most)).ok_or("expected a number from 1 to 100000")
}

/// How many connections are told at once that there is no room; further ones are closed without a word.
const MOST_TOLD: usize = 64;
/// How long one that is to be told may take to ask.
pub(crate) const TOLD_LIMIT: Duration = Duration::from_secs(1);

/// The connections there are.
pub(crate) struct Connections {
    most: usize,
    open: Mutex<Open>,
    pub(crate) told: Arc<Semaphore>,
}

#[derive(Default)]
struct Open {
    next: u64,
    seats: HashMap<u64, Seated>,
}

struct Seated {
    /// Since when it keeps us waiting; nothing while we work for it.
    waiting: Option<Instant>,
    closed: CancellationToken,
}

/// A connection's seat; it is free again when this is dropped.
pub(crate) struct Seat {
    number: u64,
    connections: Arc<Connections>,
    /// Once it is cancelled, the connection is to end.
    pub(crate) closed: CancellationToken,
}

impl Connections {
    pub(crate) fn new(options: &ConnectionOptions) -> Arc<Connections> {
        let told = Arc::new(Semaphore::new(MOST_TOLD));
        Arc::new(Connections { most: options.most_connections, open: Mutex::default(), told })
    }

    /// A seat for a new connection, where need be that of the one that keeps us waiting for longest; none if all are worked for.
    pub(crate) fn seat(self: &Arc<Connections>) -> Option<Arc<Seat>> {
        let mut open = self.open();
        if open.seats.len() >= self.most {
            let waiting = open.seats.iter().filter_map(|(number, seated)| Some((seated.waiting?, *number)));
            let (_, longest) = waiting.min()?;
            if let Some(seated) = open.seats.remove(&longest) {
                seated.closed.cancel();
            }
        }
        let (number, closed) = (open.next, CancellationToken::new());
        open.next += 1;
        open.seats.insert(number, Seated { waiting: Some(Instant::now()), closed: closed.clone() });
        Some(Arc::new(Seat { number, connections: Arc::clone(self), closed }))
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Its request has come in whole.
    fn works(&self) {
        self.set(None);
    }

    /// It has its answer, and the next word is its own.
    pub(crate) fn waits(&self) {
        self.set(Some(Instant::now()));
    }

    fn set(&self, waiting: Option<Instant>) {
        if let Some(seated) = self.connections.open().seats.get_mut(&self.number) {
            seated.waiting = waiting;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.connections.open().seats.remove(&self.number);
    }
}

/// The body of a request: once it has come in whole, the connection is worked for.
pub(crate) struct Arriving {
    body: Incoming,
    seat: Arc<Seat>,
}

impl Arriving {
    pub(crate) fn new(body: Incoming, seat: &Arc<Seat>) -> Arriving {
        let arriving = Arriving { body, seat: Arc::clone(seat) };
        arriving.look();
        arriving
    }

    fn look(&self) {
        if self.body.is_end_stream() {
            self.seat.works();
        }
    }
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.look();
        if frame.is_none() {
            self.seat.works();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(most: usize) -> Arc<Connections> {
        Connections::new(&ConnectionOptions { most_connections: most, most_requests: 1 })
    }

    #[tokio::test(start_paused = true)]
    async fn who_keeps_us_waiting_for_longest_gives_way() {
        let connections = connections(3);
        let mut seats = Vec::new();
        for _ in 0..3 {
            seats.push(connections.seat().unwrap());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        let closed = |seats: &[Arc<Seat>]| seats.iter().map(|seat| seat.closed.is_cancelled()).collect::<Vec<_>>();
        seats[0].works();
        seats.push(connections.seat().unwrap());
        assert_eq!(closed(&seats), [false, true, false, false]);
        seats[0].waits();
        seats.push(connections.seat().unwrap());
        assert_eq!(closed(&seats), [false, true, true, false, false], "it has said something since");
    }

    #[tokio::test(start_paused = true)]
    async fn where_all_are_worked_for_there_is_no_seat_until_one_is_free() {
        let connections = connections(2);
        let seats = [connections.seat().unwrap(), connections.seat().unwrap()];
        seats.iter().for_each(|seat| seat.works());
        assert!(connections.seat().is_none());
        drop(seats);
        assert!(connections.seat().is_some());
        assert_eq!(connections.open().seats.len(), 0, "a seat that was dropped is free");
    }
}
