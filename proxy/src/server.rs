//! Connections: accepting them, limiting how long a head may take, and stopping without losing what is under way.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout_at};
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt;

use crate::app::{self, App};
use crate::caretaker;
use crate::config::Config;
use crate::connections::{Arriving, Connections, Seat, TOLD_LIMIT};
use crate::limits::Peer;
use crate::metrics;
use crate::problem::Problem;
use crate::store::Store;

/// How long a head may take, and how long a connection may say nothing.
const HEAD_TIME_LIMIT: Duration = Duration::from_secs(10);
const HEAD_BYTES: usize = 16 * 1024;
const MOST_HEADERS: usize = 100;
/// Kept of the time for stopping, so that what is cut can be recorded and told; at most, and of the whole.
const RECORD_TIME: Duration = Duration::from_secs(5);
const RECORD_SHARE: u32 = 4;

/// A proxy that listens, and serves once it is run.
pub struct Server {
    listener: TcpListener,
    metrics: Option<TcpListener>,
    address: SocketAddr,
    app: Arc<App>,
    router: Router,
    store: Store,
    connections: Arc<Connections>,
    drain_limit: Duration,
}

impl Server {
    /// Checks the configuration, opens the store and listens.
    ///
    /// # Errors
    /// A configuration that must not be started with, a store that is unsafe, and an address that cannot be listened on.
    pub async fn bind(config: &Config) -> anyhow::Result<Server> {
        config.check()?;
        let store = Store::open(&config.database_url).await?;
        let listener = TcpListener::bind(config.listen).await.context("listen: address cannot be bound")?;
        let address = listener.local_addr()?;
        let metrics = metrics::listen(&config.metrics).await?;
        let app = Arc::new(App::new(config, address.port(), &store)?);
        let router = app::router(&app, config);
        let connections = Connections::new(&config.connections);
        Ok(Server { listener, metrics, address, app, router, store, connections, drain_limit: config.drain_limit })
    }

    /// The address listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address at which metrics are read, where they are.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref()?.local_addr().ok()
    }

    /// Serves until `stop` is done; then accepts nothing more, lets what is under way end, and records as unknown what does
    /// not end in time.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let _caretaker = AbortOnDropHandle::new(tokio::spawn(caretaker::care(Arc::clone(&self.app))));
        let metrics = self.metrics.map(|listener| tokio::spawn(metrics::serve(listener, Arc::clone(&self.app))));
        let _metrics = metrics.map(AbortOnDropHandle::new);
        let open = GracefulShutdown::new();
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    // Without it an answer waits for the client's acknowledgement; with an error it is only slower.
                    let _ = stream.set_nodelay(true);
                    match self.connections.seat() {
                        Some(seat) => serve(stream, Peer(peer.ip()), seat, &self.router, &open),
                        None => tell(stream, &self.connections),
                    }
                }
                Err(error) => {
                    // Out of file descriptors, most likely: waiting lets some be given back.
                    tracing::warn!(kind = ?error.kind(), "connection not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(self.listener);
        let deadline = Instant::now() + self.drain_limit;
        drain(&self.app, open, deadline, RECORD_TIME.min(self.drain_limit / RECORD_SHARE)).await;
        self.app.traces.clone().end().await;
        self.store.close().await;
    }
}

/// Lets what is under way end until the deadline. Some time before it, deliveries that still wait are told to end, and are
/// recorded as unknown.
async fn drain(app: &App, open: GracefulShutdown, deadline: Instant, record_time: Duration) {
    app.tasks.close();
    // Connections without a request are closed at once, the others with their answer. Tasks come after them: until no connection
    // is left, what is still being read may begin another delivery.
    let mut ended = pin!(async {
        open.shutdown().await;
        app.tasks.wait().await;
    });
    if timeout_at(deadline - record_time, &mut ended).await.is_ok() {
        return;
    }
    tracing::warn!(deliveries = app.tasks.len(), "stopping: what is still being sent is recorded as unknown");
    app.cut.cancel();
    if timeout_at(deadline, ended).await.is_err() {
        tracing::error!(deliveries = app.tasks.len(), "stopped before everything had ended");
    }
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    // Runs from the first moment on, and again after each answer: it ends those who say nothing as well.
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_LIMIT)
        .max_headers(MOST_HEADERS)
        .max_buf_size(HEAD_BYTES);
    http
}

fn serve(stream: TcpStream, peer: Peer, seat: Arc<Seat>, router: &Router, open: &GracefulShutdown) {
    let (router, closed) = (router.clone(), seat.closed.clone());
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (router, seat) = (router.clone(), Arc::clone(&seat));
        let mut request = request.map(|body| Body::new(Arriving::new(body, &seat)));
        request.extensions_mut().insert(peer);
        async move {
            let response = router.oneshot(request).await;
            seat.waits();
            response
        }
    });
    let connection = open.watch(http().serve_connection(TokioIo::new(stream), service));
    tokio::spawn(async move {
        tokio::select! {
            // A client that hangs up or talks nonsense; hyper's error can quote it, so it is not logged.
            ended = connection => if ended.is_err() {
                tracing::debug!("connection ended early");
            },
            () = closed.cancelled() => tracing::debug!("connection gave way to another"),
        }
    });
}

/// Tells a connection there is no room for that there is none; if there are too many of those as well, says nothing.
fn tell(stream: TcpStream, connections: &Connections) {
    let Ok(telling) = Arc::clone(&connections.told).try_acquire_owned() else { return };
    let service = service_fn(async |_: hyper::Request<Incoming>| Ok::<_, Infallible>(Problem::no_room()));
    let connection = http().keep_alive(false).serve_connection(TokioIo::new(stream), service);
    tokio::spawn(async move {
        let _ = tokio::time::timeout(TOLD_LIMIT, connection).await;
        drop(telling);
    });
}

/// Done at the first SIGINT or SIGTERM; the handlers stand as soon as this returns.
///
/// # Errors
/// Handlers that cannot be set.
#[cfg(unix)]
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Done at the first Ctrl-C.
///
/// # Errors
/// None; the signature is that of the other systems.
#[cfg(not(unix))]
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            tracing::warn!("stop signal not heard");
        }
    })
}
