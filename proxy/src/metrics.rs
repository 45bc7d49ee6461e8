//! What the proxy counts, for a monitor that reads it at a listener of its own. No label holds anything of a person, a caller or
//! an issuer's text: operations, codes, states and the issuers' names are all there is, so their number is small.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use anyhow::Context;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cardwright::Operation;
use clap::Args;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};
use tokio::net::TcpListener;

use crate::app::App;
use crate::ending::Ending;

/// Where metrics are read.
#[derive(Args, Clone, Debug)]
pub(crate) struct MetricsOptions {
    /// Address at which a monitor reads GET /metrics (OpenMetrics text, as Prometheus does); off if it is not given. It asks nobody
    /// who they are: keep it on loopback or in a network of your own. Example: 127.0.0.1:9464.
    #[arg(long, env = "CARDWRIGHT_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,
}

/// All that is counted; a process has one proxy.
pub(crate) static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

/// Upper bounds in seconds; the last are the limits of issuer and proxy.
const BOUNDS: [f64; 13] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 35.0];

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What stands for an operation where the path is none.
const NO_OPERATION: &str = "none";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    operation: &'static str,
    status: u16,
    code: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Exchanged {
    issuer: &'static str,
    code: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct At {
    issuer: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Step {
    from: &'static str,
    to: &'static str,
}

/// The counts since the process began.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Asked, Counter>,
    request_seconds: Family<Of, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    exchanges: Family<Exchanged, Counter>,
    exchange_seconds: Family<At, Histogram, fn() -> Histogram>,
    claim_steps: Family<Step, Counter>,
    store_errors: Counter,
    /// Asked of the store when it is read; NaN where the store is down.
    unknown_intents: Gauge<f64, std::sync::atomic::AtomicU64>,
}

impl Metrics {
    fn new() -> Metrics {
        let histogram: fn() -> Histogram = || Histogram::new(BOUNDS);
        let mut registry = Registry::with_prefix("cardwright");
        Metrics {
            requests: told(&mut registry, "requests", "Requests answered, or left by their client", Family::default()),
            request_seconds: told(
                &mut registry,
                "request_seconds",
                "Time until a request was answered",
                Family::new_with_constructor(histogram),
            ),
            in_flight: told(&mut registry, "requests_in_flight", "Requests under way", Gauge::default()),
            exchanges: told(
                &mut registry,
                "issuer_exchanges",
                "Calls to an issuer, by how they ended",
                Family::default(),
            ),
            exchange_seconds: told(
                &mut registry,
                "issuer_exchange_seconds",
                "Time a call to an issuer took",
                Family::new_with_constructor(histogram),
            ),
            claim_steps: told(
                &mut registry,
                "claim_steps",
                "Steps of claims from a state to another",
                Family::default(),
            ),
            store_errors: told(
                &mut registry,
                "store_errors",
                "Pieces of work that the store did not do",
                Counter::default(),
            ),
            unknown_intents: told(
                &mut registry,
                "unknown_intents",
                "Intents of which nobody knows the end",
                Gauge::default(),
            ),
            registry,
        }
    }

    /// A request has come.
    pub(crate) fn begun(&self) {
        self.in_flight.inc();
    }

    /// A request was answered, or its client has gone: then without a status.
    pub(crate) fn answered(
        &self,
        operation: Option<&'static str>,
        status: Option<u16>,
        problem: Option<(&'static str, &'static str)>,
        took: Duration,
    ) {
        let operation = operation.unwrap_or(NO_OPERATION);
        let (code, outcome) = match (problem, status) {
            (Some(told), _) => told,
            (None, Some(_)) => DONE,
            (None, None) => ("client_gone", "unknown"),
        };
        self.in_flight.dec();
        self.requests.get_or_create(&Asked { operation, status: status.unwrap_or_default(), code, outcome }).inc();
        self.request_seconds.get_or_create(&Of { operation }).observe(took.as_secs_f64());
    }

    /// A call to an issuer has ended.
    pub(crate) fn exchanged(&self, operation: &'static Operation, ending: &Ending, took: Duration) {
        let issuer = operation.issuer();
        let (code, outcome) = match ending {
            Ok(_) => DONE,
            Err(failure) => (failure.code.as_str(), failure.outcome.as_str()),
        };
        self.exchanges.get_or_create(&Exchanged { issuer, code, outcome }).inc();
        self.exchange_seconds.get_or_create(&At { issuer }).observe(took.as_secs_f64());
    }

    /// A claim has gone from a state, or from nothing, to another.
    pub(crate) fn stepped(&self, from: Option<&'static str>, to: &'static str) {
        let from = from.unwrap_or("none");
        if from != to {
            self.claim_steps.get_or_create(&Step { from, to }).inc();
        }
    }

    /// The store has not done its work.
    pub(crate) fn store_failed(&self) {
        self.store_errors.inc();
    }
}

/// A metric that a monitor is told of.
fn told<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

/// Code and outcome of what went well.
const DONE: (&str, &str) = ("ok", "done");

/// The listener, where one is wanted.
pub(crate) async fn listen(options: &MetricsOptions) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = options.metrics_listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await.context("metrics-listen: address cannot be bound")?;
    Ok(Some(listener))
}

/// Answers a monitor for as long as it is polled.
pub(crate) async fn serve(listener: TcpListener, app: Arc<App>) {
    let router = axum::Router::new().route("/metrics", get(metrics)).with_state(app);
    if axum::serve(listener, router).await.is_err() {
        tracing::error!("metrics are no longer served");
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let unknown = app.claims.unknown().await;
    // A count of intents is exact as a double.
    METRICS.unknown_intents.set(unknown.map_or(f64::NAN, |count| count as f64));
    let mut text = String::new();
    match encode(&mut text, &METRICS.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
