//! What a collector is told of requests, as it decodes it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;
use tokio::net::TcpListener;

use crate::client::{CARD, Call, KEY, USER};
use crate::rig::Proxy;
use crate::scripted::{Act, Issuer, envelope};

/// A server that takes traces, and keeps them as they came.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(HeaderMap, Bytes)>>>);

impl Collector {
    /// Starts it; gives the option that names it.
    async fn start() -> (Collector, String) {
        let collector = Collector::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let option = option(listener.local_addr().unwrap());
        let router = Router::new().route("/v1/traces", post(Collector::take)).with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (collector, option)
    }

    async fn take(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) -> StatusCode {
        collector.0.lock().unwrap().push((headers, body));
        StatusCode::OK
    }

    /// The spans, in the order of their beginning.
    fn spans(&self) -> Vec<Span> {
        let came = self.0.lock().unwrap();
        let requests = came.iter().map(|(_, body)| ExportTraceServiceRequest::decode(body.clone()).unwrap());
        let scopes = requests.flat_map(|request| request.resource_spans).flat_map(|resource| resource.scope_spans);
        let mut spans: Vec<_> = scopes.flat_map(|scope| scope.spans).collect();
        spans.sort_by_key(|span| span.start_time_unix_nano);
        spans
    }
}

fn option(collector: SocketAddr) -> String {
    format!("--traces-to=http://{collector}/v1/traces")
}

/// What a span says of itself, the request's id aside.
fn noted(span: &Span) -> Vec<String> {
    let mut all: Vec<_> = span
        .attributes
        .iter()
        .filter(|attribute| attribute.key != "cardwright.request_id")
        .map(|attribute| match attribute.value.clone().unwrap().value.unwrap() {
            Value::StringValue(text) => format!("{}={text}", attribute.key),
            Value::IntValue(number) => format!("{}={number}", attribute.key),
            Value::BoolValue(is) => format!("{}={is}", attribute.key),
            other => panic!("{}: {other:?}", attribute.key),
        })
        .collect();
    all.sort();
    all
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let mut found = spans.iter().filter(|span| span.name == name);
    let span = found.next().unwrap_or_else(|| panic!("expected {name} in {spans:?}"));
    assert!(found.next().is_none(), "one {name} is expected");
    span
}

#[tokio::test]
async fn the_parts_of_a_request_are_told_and_nothing_of_whom() {
    let (collector, to) = Collector::start().await;
    let yes = envelope(CARD, "active", r#","pan":"4111110000000013","name":"Zebra Person""#);
    let issuer = Issuer::start([Act::json(200, &yes)]).await;
    let proxy = Proxy::start(&issuer.url, &[&to]).await;
    let answer = Call::issue().with("x-zebra", "zebra").send(proxy.address).await;
    assert_eq!(answer.status, 200);
    proxy.stop().await;

    let spans = collector.spans();
    assert_eq!(spans.len(), 4, "{spans:?}");
    let request = named(&spans, "ingo.issueCard");
    assert_eq!((request.kind(), request.parent_span_id.len()), (SpanKind::Server, 0));
    let expected = [
        "cardwright.operation=ingo.issueCard",
        "cardwright.replayed=false",
        "http.request.method=POST",
        "http.response.status_code=200",
    ];
    assert_eq!(noted(request), expected);
    let id = request.attributes.iter().find(|attribute| attribute.key == "cardwright.request_id").unwrap();
    let Value::StringValue(id) = id.value.clone().unwrap().value.unwrap() else { panic!("expected a text") };
    assert_eq!(Some(id.as_str()), answer.header("cardwright-request-id"));
    let exchange = ["cardwright.issuer=ingo", "cardwright.operation=ingo.issueCard"];
    for (name, kind, expected) in [
        ("claim", SpanKind::Internal, &[][..]),
        ("exchange", SpanKind::Client, &exchange),
        ("record", SpanKind::Internal, &[]),
    ] {
        let part = named(&spans, name);
        assert_eq!((&part.trace_id, &part.parent_span_id), (&request.trace_id, &request.span_id), "{name}");
        assert_eq!(
            (part.kind(), noted(part)),
            (kind, expected.iter().map(|&text| text.to_owned()).collect()),
            "{name}"
        );
        assert!(part.start_time_unix_nano >= request.start_time_unix_nano, "{name}");
        assert!(part.end_time_unix_nano <= request.end_time_unix_nano, "{name}");
    }

    for (headers, body) in &*collector.0.lock().unwrap() {
        let said = format!("{headers:?}{}", String::from_utf8_lossy(body));
        for secret in [USER, CARD, KEY, "zebra", "Zebra", "4111110000000013", "4242", "test-secret"] {
            assert!(!said.contains(secret), "{secret}");
        }
    }
    assert!(!issuer.seen()[0].head.contains("traceparent"), "an issuer is told nothing of it");
}

#[tokio::test]
async fn what_went_wrong_is_told_by_its_code() {
    let (collector, to) = Collector::start().await;
    let issuer = Issuer::start([Act::json(500, "zebra")]).await;
    let proxy = Proxy::start(&issuer.url, &[&to]).await;
    assert_eq!(Call::issue().send(proxy.address).await.status, 502);
    assert_eq!(Call::get("/api/zebra").send(proxy.address).await.status, 404);
    proxy.stop().await;
    let spans = collector.spans();
    let failed = ["cardwright.code=issuer_failed", "cardwright.outcome=unknown"];
    for name in ["ingo.issueCard", "exchange"] {
        let span = named(&spans, name);
        assert!(failed.iter().all(|&told| noted(span).contains(&told.to_owned())), "{name}");
        assert_eq!(span.status.as_ref().unwrap().code, 2, "{name}: an error");
    }
    assert_eq!(noted(named(&spans, "GET"))[0], "cardwright.code=not_found");
    assert!(!format!("{spans:?}").contains("zebra"));
}

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn a_callers_trace_is_gone_on_with_only_where_that_is_wanted() {
    for (more, parent, expected) in [
        (&[][..], PARENT.to_owned(), Some(false)),
        (&["--traces-continue"], PARENT.to_owned(), Some(true)),
        (&["--traces-continue"], PARENT.replace("-01", "-00"), None),
        (&["--traces-continue"], "zebra".to_owned(), Some(false)),
        (&["--traces-percent=0"], PARENT.to_owned(), None),
    ] {
        let (collector, to) = Collector::start().await;
        let proxy = Proxy::start("http://127.0.0.1:9", &[&[to.as_str()], more].concat()).await;
        assert_eq!(Call::get("/api/me").with("traceparent", &parent).send(proxy.address).await.status, 200);
        proxy.stop().await;
        let spans = collector.spans();
        let continues = spans.first().map(|span| {
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            parent.contains(&hex(&span.trace_id)) && parent.contains(&hex(&span.parent_span_id))
        });
        assert_eq!(continues, expected, "{more:?} {parent}");
    }
}

#[tokio::test]
async fn no_request_waits_for_a_collector_and_no_stop_for_long() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for at in ["127.0.0.1:9".parse().unwrap(), silent.local_addr().unwrap()] {
        let proxy = Proxy::start("http://127.0.0.1:9", &[&option(at)]).await;
        let asked = Instant::now();
        for _ in 0..20 {
            assert_eq!(Call::get("/api/me").send(proxy.address).await.status, 200);
        }
        // A collector that says nothing is waited for for five seconds each time.
        assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
        let stopped = Instant::now();
        proxy.stop().await;
        assert!(stopped.elapsed() < Duration::from_secs(15), "{:?}", stopped.elapsed());
    }
}
