//! What the proxy says on stderr: its own events as JSON, and nobody else's.

use std::panic::PanicHookInfo;

use tracing_subscriber::filter::{EnvFilter, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// The first part of every target of our own.
const OWN: &str = env!("CARGO_CRATE_NAME");

/// Starts the log; `RUST_LOG` chooses among the proxy's own events and can let nothing else through.
pub fn start() {
    // The fixed filter is there because what libraries trace holds headers and bodies.
    let level = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        .with_filter(filter_fn(|event| is_own(event.target())));
    // Fails only where a subscriber stands already, which is then whoever embeds us and logs in our place.
    if tracing_subscriber::registry().with(level).with(lines).try_init().is_ok() {
        std::panic::set_hook(Box::new(panicked));
    }
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
    use super::is_own;

    #[test]
    fn libraries_are_not_heard() {
        assert!(is_own("cardwright_proxy") && is_own("cardwright_proxy::access"));
        for foreign in ["hyper::proto::h1", "rustls", "tower_http", "cardwright_proxyx", ""] {
            assert!(!is_own(foreign), "{foreign}");
        }
    }
}
