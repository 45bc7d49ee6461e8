//! What the proxy says on stderr: its own events as JSON, and nobody else's. Of each, only the fields on a list.

use std::fmt;
use std::panic::PanicHookInfo;
use std::time::SystemTime;

use cardwright::card_data;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{EnvFilter, LevelFilter, filter_fn};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// The first part of every target of our own.
const OWN: &str = env!("CARGO_CRATE_NAME");

/// The fields a line may have. None holds what a caller or an issuer wrote, except `said`, which is a short plain word.
const LISTED: &[&str] = &[
    "at",
    "claim",
    "code",
    "count",
    "deliveries",
    "done",
    "duration_ms",
    "kind",
    "message",
    "method",
    "operation",
    "outcome",
    "replayed",
    "request_id",
    "said",
    "status",
    "tries",
    "unknown",
    "variable",
    "verdict",
    "why",
    "withheld",
];

/// How many letters of a text are shown.
const LONGEST: usize = 200;

/// Starts the log; `RUST_LOG` chooses among the proxy's own events and can let nothing else through.
pub fn start() {
    // The fixed filter is there because what libraries trace holds headers and bodies.
    let level = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let lines = tracing_subscriber::fmt::layer()
        .event_format(Lines)
        .with_writer(std::io::stderr)
        .with_filter(filter_fn(|event| is_own(event.target())));
    // Fails only where a subscriber stands already, which is then whoever embeds us and logs in our place.
    if tracing_subscriber::registry().with(level).with(lines).try_init().is_ok() {
        std::panic::set_hook(Box::new(panicked));
    }
}

/// Writes an event as one line of JSON.
struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = line(event, &fields).map_err(|_| fmt::Error)?;
        writeln!(to, "{}", String::from_utf8_lossy(&line))
    }
}

fn line(event: &Event<'_>, fields: &Fields) -> serde_json::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut json = serde_json::Serializer::new(&mut line);
    let mut map = json.serialize_map(None)?;
    map.serialize_entry("timestamp", &humantime::format_rfc3339_micros(SystemTime::now()).to_string())?;
    map.serialize_entry("level", event.metadata().level().as_str())?;
    for (name, value) in &fields.listed {
        map.serialize_entry(name, value)?;
    }
    if fields.unlisted > 0 {
        map.serialize_entry("unlisted", &fields.unlisted)?;
    }
    map.serialize_entry("target", event.metadata().target())?;
    map.end()?;
    Ok(line)
}

/// What of an event may be told, and how much may not.
#[derive(Default)]
struct Fields {
    listed: Vec<(&'static str, Value)>,
    unlisted: u32,
}

impl Fields {
    fn take(&mut self, field: &Field, value: impl FnOnce() -> Value) {
        if LISTED.contains(&field.name()) {
            self.listed.push((field.name(), value()));
        } else {
            self.unlisted += 1;
        }
    }
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, || value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, || value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, || value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, || text(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, || text(&format!("{value:?}")));
    }
}

/// A text, cut, and without anything that could be a card's number.
fn text(text: &str) -> Value {
    card_data::mask(text).chars().take(LONGEST).collect::<String>().into()
}

fn is_own(target: &str) -> bool {
    target.split("::").next() == Some(OWN)
}

/// Says where, never what: the message of a panic can hold what was being worked on.
fn panicked(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string);
    tracing::error!(at, "a task panicked");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write;
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    #[test]
    fn libraries_are_not_heard() {
        assert!(is_own("cardwright_proxy") && is_own("cardwright_proxy::access"));
        for foreign in ["hyper::proto::h1", "rustls", "tower_http", "cardwright_proxyx", ""] {
            assert!(!is_own(foreign), "{foreign}");
        }
    }

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// The lines that are written meanwhile.
    fn lines(events: impl FnOnce()) -> String {
        let kept = Kept::default();
        let to = kept.clone();
        let layer = tracing_subscriber::fmt::layer().event_format(Lines).with_writer(move || to.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), events);
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn only_listed_fields_are_written() {
        let said = lines(|| {
            tracing::warn!(status = 200, replayed = true, body = "zebra", user = ?Some("zebra"), "said");
        });
        let mut event: Value = serde_json::from_str(&said).unwrap();
        assert!(event.as_object_mut().unwrap().remove("timestamp").unwrap().as_str().unwrap().ends_with('Z'));
        let target = concat!(env!("CARGO_CRATE_NAME"), "::log::tests");
        let expected = serde_json::json!({
            "level": "WARN", "message": "said", "status": 200, "replayed": true, "unlisted": 2, "target": target,
        });
        assert_eq!(event, expected);
    }

    #[test]
    fn a_line_is_one_line_and_holds_no_number_of_a_card() {
        let said = lines(|| {
            tracing::error!(said = "a\n\"}{\u{2028}", why = "4242 4242 4242 4242", kind = "x".repeat(999), "said");
        });
        assert_eq!(said.lines().count(), 1);
        let event: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((&event["said"], &event["why"]), (&"a\n\"}{\u{2028}".into(), &card_data::MASK.into()));
        assert_eq!(event["kind"].as_str().unwrap().len(), LONGEST);
    }

    /// Where it is this process that panics, and not the one that looks at it.
    const PANICS: &str = "CARDWRIGHT_TEST_PANICS";

    #[test]
    fn of_a_panic_only_its_place_is_told() {
        if std::env::var_os(PANICS).is_some() {
            start();
            let _ = std::thread::spawn(|| panic!("zebra")).join();
            return;
        }
        let ended = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "log::tests::of_a_panic_only_its_place_is_told", "--nocapture"])
            .env(PANICS, "1")
            .env("RUST_BACKTRACE", "1")
            .output()
            .unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        let event: Value = serde_json::from_str(said.trim()).unwrap();
        assert_eq!(event["message"], "a task panicked");
        assert!(event["at"].as_str().unwrap().contains("log.rs:"), "{said}");
        assert!(!said.contains("zebra") && !String::from_utf8(ended.stdout).unwrap().contains("zebra"), "{said}");
    }

    /// A message with a value in it would go round the list.
    #[test]
    fn messages_are_constant() {
        let mut calls = 0;
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let source = fs::read_to_string(&path).unwrap();
                let source = source.split("#[cfg(test)]").next().unwrap();
                for level in ["error", "warn", "info", "debug", "trace"] {
                    for call in source.split(&format!("tracing::{level}!(")).skip(1) {
                        let statement = call.split(";\n").next().unwrap();
                        let mut texts = statement.split('"').skip(1).step_by(2);
                        assert!(!texts.any(|text| text.contains('{')), "{}: {statement}", path.display());
                        calls += 1;
                    }
                }
            }
        }
        assert!(calls > 25, "{calls}");
    }
}
