//! The moment of sending, in microseconds since 1970: within 30 s of the issuer's clock, and never the same twice.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// The last one given. The process's, not an issuer's: whoever shares a key also shares the issuer's memory of it.
static LAST: AtomicU64 = AtomicU64::new(0);

/// How far from its own clock the issuer takes a timestamp.
const WINDOW: u64 = 30_000_000;

/// A timestamp later than every other of this process: now, or just behind the last one where the clock stands still or
/// is set back a little. What lies further ahead was refused if the clock is right now, so nothing has to come after it.
pub(super) fn next() -> u64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX);
    take(&LAST, now)
}

fn take(last: &AtomicU64, now: u64) -> u64 {
    let is_ahead = |last: u64| last > now.saturating_add(WINDOW);
    let next = |last: u64| if is_ahead(last) { now } else { now.max(last.saturating_add(1)) };
    let (Ok(before) | Err(before)) = last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
    next(before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ten_thousand_at_once_are_all_different() {
        let taken: Vec<Vec<u64>> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..10).map(|_| scope.spawn(|| (0..1_000).map(|_| next()).collect::<Vec<_>>())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for one_thread in &taken {
            assert!(one_thread.is_sorted_by(|a, b| a < b));
        }
        assert_eq!(taken.iter().flatten().collect::<HashSet<_>>().len(), 10_000);
    }

    #[test]
    fn it_is_now_unless_that_is_no_later_than_the_last() {
        let last = AtomicU64::new(0);
        assert_eq!([1_000, 1_000, 900, 2_000].map(|now| take(&last, now)), [1_000, 1_001, 1_002, 2_000]);
        let last = AtomicU64::new(2 * WINDOW - 2);
        assert_eq!([WINDOW, WINDOW].map(|now| take(&last, now)), [2 * WINDOW - 1, 2 * WINDOW], "set back a little");
        assert_eq!([1_000, 1_000].map(|now| take(&last, now)), [1_000, 1_001], "it was ahead, and was set right");
    }
}
