//! Each request carries its own time, which must be near and must never come again.

use std::collections::BTreeSet;
use std::time::SystemTime;

use serde_json::Value;

use super::inferred::{TIMESTAMP_INVALID, TIMESTAMP_OUT_OF_RANGE, TIMESTAMP_REPLAYED, TIMESTAMP_WINDOW};
use super::rejection::Slug;

/// The timestamps that could still be replayed.
#[derive(Default)]
pub(super) struct Timestamps {
    seen: BTreeSet<u64>,
}

impl Timestamps {
    /// Uses a timestamp up, or says why it cannot be used.
    pub(super) fn accept(&mut self, timestamp: Option<&Value>, now: SystemTime) -> Result<(), Slug> {
        let found = timestamp.and_then(microseconds).ok_or(TIMESTAMP_INVALID)?;
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX);
        let window = TIMESTAMP_WINDOW.as_micros() as u64;
        if found.abs_diff(now) > window {
            return Err(TIMESTAMP_OUT_OF_RANGE);
        }
        // What is out of range needs no remembering.
        self.seen = self.seen.split_off(&now.saturating_sub(window));
        if self.seen.insert(found) { Ok(()) } else { Err(TIMESTAMP_REPLAYED) }
    }
}

/// Reads an integer, also one written as text.
fn microseconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    const NOW: u64 = 1_700_000_000_000_000;
    const WINDOW: u64 = 30_000_000;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_micros(NOW)
    }

    #[test]
    fn a_timestamp_may_be_off_by_30_seconds_and_no_more() {
        let mut timestamps = Timestamps::default();
        for right in [json!(NOW), json!(NOW - WINDOW), json!(NOW + WINDOW), json!((NOW + 1).to_string())] {
            assert_eq!(timestamps.accept(Some(&right), now()), Ok(()), "{right}");
        }
        for wrong in [json!(NOW - WINDOW - 1), json!(NOW + WINDOW + 1), json!(0), json!(NOW / 1_000)] {
            assert_eq!(timestamps.accept(Some(&wrong), now()), Err(TIMESTAMP_OUT_OF_RANGE), "{wrong}");
        }
    }

    #[test]
    fn only_integers_and_digits_are_timestamps() {
        let mut timestamps = Timestamps::default();
        for wrong in [
            json!(null),
            json!(1.7e15),
            json!(-1),
            json!(""),
            json!("now"),
            json!("+1700000000000000"),
            json!(" 1700000000000000"),
            json!([NOW]),
        ] {
            assert_eq!(timestamps.accept(Some(&wrong), now()), Err(TIMESTAMP_INVALID), "{wrong}");
        }
        assert_eq!(timestamps.accept(None, now()), Err(TIMESTAMP_INVALID));
    }

    #[test]
    fn a_timestamp_is_used_once_for_as_long_as_it_is_in_range() {
        let mut timestamps = Timestamps::default();
        assert_eq!(timestamps.accept(Some(&json!(NOW)), now()), Ok(()));
        for again in [json!(NOW), json!(NOW.to_string())] {
            for later in [Duration::ZERO, TIMESTAMP_WINDOW] {
                assert_eq!(timestamps.accept(Some(&again), now() + later), Err(TIMESTAMP_REPLAYED));
            }
        }
        let later = now() + 2 * TIMESTAMP_WINDOW;
        assert_eq!(timestamps.accept(Some(&json!(NOW + WINDOW)), later), Ok(()));
        assert_eq!(timestamps.seen.len(), 1);
    }
}
