//! Traces: which part of a request took how long, for a collector of the operator's, by OpenTelemetry's protocol.
//!
//! A span holds operations, codes, states and the request's id. Nothing of a person, a caller or an issuer's text gets into it, and
//! nothing of it into a request to an issuer.

mod carrier;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::http::{Extensions, HeaderMap};
use cardwright::operation::Operation;
use clap::Args;
use clap::builder::BoolishValueParser;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanBuilder, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};

use crate::ending::Ending;
use crate::exchange::Endpoint;
use carrier::Carrier;

/// How long the collector may take for what is still to be told when the proxy ends.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Where traces go.
#[derive(Args, Clone, Debug)]
pub(crate) struct TraceOptions {
    /// URL of a collector that is told which part of a request took how long (OTLP over HTTP, protobuf); off if it is not given.
    /// The headers it asks for are read from OTEL_EXPORTER_OTLP_HEADERS, what is said of this program from
    /// OTEL_RESOURCE_ATTRIBUTES. Example: http://127.0.0.1:4318/v1/traces.
    #[arg(long, env = "CARDWRIGHT_TRACES_TO", value_name = "URL")]
    traces_to: Option<String>,
    /// How many of a hundred requests are traced.
    #[arg(long, env = "CARDWRIGHT_TRACES_PERCENT", default_value = "100", value_name = "0..100")]
    #[arg(value_parser = clap::value_parser!(u8).range(..=100))]
    traces_percent: u8,
    /// Go on with the trace that a request's traceparent names, and with its word whether to trace; for a gateway of yours that
    /// sets it. Whoever else can call decides with it what is traced.
    #[arg(long, env = "CARDWRIGHT_TRACES_CONTINUE", value_parser = BoolishValueParser::new())]
    traces_continue: bool,
}

/// All traces of a proxy; none are made where none are asked for.
#[derive(Clone, Default)]
pub(crate) struct Traces(Option<Arc<Wanted>>);

struct Wanted {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    continues: bool,
}

impl Traces {
    /// The traces of this configuration. What is to be told waits in a bounded queue, and is lost where that is full: no request
    /// waits for it.
    pub(crate) fn new(options: &TraceOptions) -> anyhow::Result<Traces> {
        let Some(url) = &options.traces_to else { return Ok(Traces::default()) };
        let endpoint = Endpoint::parse(url).context("traces-to")?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(url)
            .with_http_client(Carrier::to(endpoint)?)
            .build()
            .context("traces-to: expected a usable configuration, found none")?;
        let share = Sampler::TraceIdRatioBased(f64::from(options.traces_percent) / 100.0);
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let provider = SdkTracerProvider::builder()
            .with_resource(Resource::builder().with_service_name("cardwright-proxy").with_attribute(version).build())
            .with_sampler(Sampler::ParentBased(Box::new(share)))
            .with_batch_exporter(exporter)
            .build();
        let tracer = provider.tracer(env!("CARGO_PKG_NAME"));
        Ok(Traces(Some(Arc::new(Wanted { provider, tracer, continues: options.traces_continue }))))
    }

    /// Begins the trace of a request.
    pub(crate) fn begin(&self, operation: Option<&'static str>, method: &'static str, headers: &HeaderMap) -> Trace {
        let Some(wanted) = &self.0 else { return Trace::default() };
        let mut parent = Context::new();
        if wanted.continues {
            parent = TraceContextPropagator::new().extract_with_context(&parent, &HeaderExtractor(headers));
        }
        let span = SpanBuilder::from_name(operation.unwrap_or(method)).with_kind(SpanKind::Server);
        let span = wanted.tracer.build_with_context(span, &parent);
        Trace(Some((wanted.tracer.clone(), parent.with_span(span))))
    }

    /// Tells what is still to be told, for a short time.
    pub(crate) async fn end(self) {
        let Some(wanted) = self.0 else { return };
        // It waits for a thread of its own, which waits for this runtime.
        let told = tokio::task::spawn_blocking(move || wanted.provider.shutdown_with_timeout(LAST_WORDS));
        if !matches!(told.await, Ok(Ok(()))) {
            tracing::warn!("last traces were not delivered");
        }
    }
}

/// The trace of one request, in which each part may note itself.
#[derive(Clone, Default)]
pub(crate) struct Trace(Option<(SdkTracer, Context)>);

impl Trace {
    /// The trace of the request with these extensions.
    pub(crate) fn of(extensions: &Extensions) -> Trace {
        extensions.get::<Trace>().cloned().unwrap_or_default()
    }

    /// Does a part of the request.
    pub(crate) async fn during<T>(&self, name: &'static str, work: impl Future<Output = T>) -> T {
        let _part = self.begin(SpanBuilder::from_name(name).with_kind(SpanKind::Internal));
        work.await
    }

    /// Begins the exchange with an issuer.
    pub(crate) fn exchange(&self, operation: &'static Operation) -> Part {
        let part = self.begin(SpanBuilder::from_name("exchange").with_kind(SpanKind::Client));
        part.note("cardwright.issuer", operation.issuer());
        part.note("cardwright.operation", operation.name);
        part
    }

    fn begin(&self, span: SpanBuilder) -> Part {
        Part(self.0.as_ref().map(|(tracer, context)| context.with_span(tracer.build_with_context(span, context))))
    }

    /// Notes something of the request; only what is no caller's word.
    pub(crate) fn note(&self, name: &'static str, value: impl Into<Value>) {
        if let Some((_, context)) = &self.0 {
            context.span().set_attribute(KeyValue::new(name, value));
        }
    }

    /// Ends it with the status that was answered, if one was.
    pub(crate) fn end(&self, status: Option<u16>) {
        let Some((_, context)) = &self.0 else { return };
        let span = context.span();
        match status {
            Some(status) => span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status))),
            None => span.set_attribute(KeyValue::new("cardwright.client_gone", true)),
        }
        if status.is_some_and(|status| status >= 500) {
            span.set_status(Status::error(""));
        }
        span.end();
    }
}

/// A part of a request; it ends when it is dropped.
pub(crate) struct Part(Option<Context>);

impl Part {
    fn note(&self, name: &'static str, value: &'static str) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(name, value));
        }
    }

    /// Notes how an exchange ended.
    pub(crate) fn ended(self, ending: &Ending) {
        let Err(failure) = ending else { return };
        self.note("cardwright.code", failure.code.as_str());
        self.note("cardwright.outcome", failure.outcome.as_str());
        if let Some(context) = &self.0 {
            context.span().set_status(Status::error(""));
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Some(context) = &self.0 {
            context.span().end();
        }
    }
}
