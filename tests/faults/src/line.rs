//! A line: where it listens, where it leads, what it does wrong and what it has carried.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use crate::exchange;
use crate::message::Message;
use crate::script::{Decided, Script};

/// How long a request that is to be overtaken waits for another one.
const OVERTAKING_LIMIT: Duration = Duration::from_secs(2);

/// A line on loopback; it and all its connections end when this is dropped.
pub struct Line {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: AbortHandle,
}

/// One request that a line has met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exchange {
    /// From 0, in the order in which requests were whole.
    pub number: u64,
    /// The request line.
    pub request: String,
    /// Its `Idempotency-Key`.
    pub key: Option<String>,
    /// The rule that fired.
    pub rule: Option<usize>,
    /// Whether all its bytes went to a server.
    pub forwarded: bool,
    /// The status the server answered, whether or not the client got it.
    pub answered: Option<u16>,
    /// How many bytes of an answer went to the client.
    pub passed: usize,
}

/// What the connections of a line share.
pub(crate) struct Shared {
    state: Mutex<State>,
    forwarded: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    servers: Vec<SocketAddr>,
    script: Script,
    counts: Vec<u64>,
    log: Vec<Exchange>,
    /// How many requests earlier scripts met, whose numbers are not given again.
    forgotten: u64,
}

impl Line {
    /// Opens a line on a free port that leads nowhere yet.
    ///
    /// # Errors
    /// No port to listen on.
    pub async fn open() -> io::Result<Line> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { state: Mutex::default(), forwarded: watch::Sender::new(0) });
        let serving = tokio::spawn(accept(listener, Arc::clone(&shared))).abort_handle();
        Ok(Line { address, shared, serving })
    }

    /// Opens a line that leads to one server and does nothing wrong yet.
    ///
    /// # Errors
    /// No port to listen on.
    pub async fn to(server: SocketAddr) -> io::Result<Line> {
        let line = Line::open().await?;
        line.lead_to(vec![server]);
        Ok(line)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sets where it leads: to each server in turn; one that cannot be connected is passed over.
    pub fn lead_to(&self, servers: Vec<SocketAddr>) {
        self.shared.state().servers = servers;
    }

    /// Where it leads.
    pub fn servers(&self) -> Vec<SocketAddr> {
        self.shared.state().servers.clone()
    }

    /// Sets what goes wrong from the next request on, and forgets what was carried so far.
    pub fn set(&self, script: Script) {
        let mut state = self.shared.state();
        state.forgotten += state.log.len() as u64;
        state.log.clear();
        state.counts.clear();
        state.script = script;
    }

    /// What goes wrong.
    pub fn script(&self) -> Script {
        self.shared.state().script.clone()
    }

    /// What was carried since the script was set.
    pub fn log(&self) -> Vec<Exchange> {
        self.shared.state().log.clone()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => drop(open.spawn(exchange::serve(client, Arc::clone(&shared)))),
                // Out of file descriptors, most likely: waiting lets some be given back.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = open.join_next() => {}
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request, and decides what happens to it.
    pub(crate) fn meet(&self, request: &Message) -> (u64, Option<Decided>) {
        let mut state = self.state();
        let State { script, counts, log, forgotten, .. } = &mut *state;
        let decided = script.decide(request.start_line(), counts);
        let number = *forgotten + log.len() as u64;
        log.push(Exchange {
            number,
            request: request.start_line().to_owned(),
            key: request.header("idempotency-key").map(str::to_owned),
            rule: decided.as_ref().map(|decided| decided.rule),
            forwarded: false,
            answered: None,
            passed: 0,
        });
        (number, decided)
    }

    /// Changes what is noted of a request, if it is not forgotten.
    pub(crate) fn note(&self, number: u64, change: impl FnOnce(&mut Exchange)) {
        let mut state = self.state();
        let at = number.checked_sub(state.forgotten).and_then(|at| usize::try_from(at).ok());
        if let Some(exchange) = at.and_then(|at| state.log.get_mut(at)) {
            change(exchange);
        }
    }

    /// A connection to the server whose turn it is, or to the next one that can be reached.
    pub(crate) async fn connect(&self, number: u64) -> Option<TcpStream> {
        let mut servers = self.state().servers.clone();
        if !servers.is_empty() {
            let turn = number % servers.len() as u64;
            servers.rotate_left(usize::try_from(turn).unwrap_or_default());
        }
        for server in servers {
            if let Ok(stream) = TcpStream::connect(server).await
                && stream.set_nodelay(true).is_ok()
            {
                return Some(stream);
            }
        }
        None
    }

    /// Tells the waiting that a request has gone to its server.
    pub(crate) fn forwarded(&self, number: u64) {
        self.note(number, |exchange| exchange.forwarded = true);
        self.forwarded.send_modify(|count| *count += 1);
    }

    /// Waits until another request has gone to its server.
    pub(crate) async fn overtaken(&self) {
        let mut forwarded = self.forwarded.subscribe();
        let _ = tokio::time::timeout(OVERTAKING_LIMIT, forwarded.changed()).await;
    }
}
