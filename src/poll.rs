//! When an order is asked about again, and when to stop asking. Pure: time and chance are arguments.

use crate::error::ErrorCode;

/// The first wait.
const FIRST_MS: f64 = 1_000.0;
/// How much longer each wait is than the one before.
const GROWTH: f64 = 1.5;
/// No wait is longer.
const LONGEST_MS: f64 = 10_000.0;
/// How far chance moves a wait, so that many pages do not ask at once.
const JITTER: f64 = 0.2;
/// No order is asked about more often.
pub const MAX_POLLS: u32 = 40;
/// No order is asked about longer, time in which nobody looked not counted.
pub const MAX_ACTIVE_MS: f64 = 300_000.0;

/// What to do after a poll that found the order still running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask again after so many milliseconds.
    After(u32),
    /// Say "still running", with what was seen last; it is no failure.
    GiveUp,
}

/// Decides what follows poll number `polls` (from 1), `active_ms` after the first one. `chance` is evenly drawn from 0 to 1;
/// `limit_ms` is a limit of the caller's own, or more than ours for none.
pub fn next(polls: u32, active_ms: f64, limit_ms: f64, chance: f64) -> Next {
    let left = MAX_ACTIVE_MS.min(limit_ms) - active_ms;
    // A clock that says nothing is no reason to go on for ever.
    if polls >= MAX_POLLS || left.is_nan() || left <= 0.0 {
        return Next::GiveUp;
    }
    let grown = (0..polls.saturating_sub(1)).fold(FIRST_MS, |wait, _| (wait * GROWTH).min(LONGEST_MS));
    let chance = if (0.0..=1.0).contains(&chance) { chance } else { 0.5 };
    let wait = grown * (1.0 - JITTER + 2.0 * JITTER * chance);
    // The last wait is cut, so that the order is looked at once more when the time is up.
    Next::After(wait.min(left) as u32)
}

/// Whether a poll that failed like this is worth another: it may be the network, the proxy or the issuer, for now. What will
/// not change by waiting (no permission, no such order) is the caller's to know at once.
pub fn worth_another(code: ErrorCode) -> bool {
    let passing = [ErrorCode::IssuerUnreadable, ErrorCode::UnexpectedAnswer, ErrorCode::InternalError];
    code.retryable() || passing.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(polls: u32, chance: f64) -> Next {
        next(polls, 0.0, f64::INFINITY, chance)
    }

    #[test]
    fn waits_grow_to_ten_seconds_and_vary_by_a_fifth() {
        assert_eq!(
            (1..=8).map(|polls| wait(polls, 0.5)).collect::<Vec<_>>(),
            [
                Next::After(1_000),
                Next::After(1_500),
                Next::After(2_250),
                Next::After(3_375),
                Next::After(5_062),
                Next::After(7_593),
                Next::After(10_000),
                Next::After(10_000),
            ]
        );
        assert_eq!((wait(1, 0.0), wait(1, 1.0)), (Next::After(800), Next::After(1_200)));
        assert_eq!((wait(20, 0.0), wait(20, 1.0)), (Next::After(8_000), Next::After(12_000)));
        assert_eq!(wait(1, f64::NAN), Next::After(1_000));
    }

    #[test]
    fn what_waiting_does_not_change_is_told_at_once() {
        for code in
            [ErrorCode::NetworkError, ErrorCode::IssuerTimeout, ErrorCode::RateLimited, ErrorCode::UnexpectedAnswer]
        {
            assert!(worth_another(code), "{code:?}");
        }
        for code in [ErrorCode::InvalidRequest, ErrorCode::Forbidden, ErrorCode::IssuerRejected, ErrorCode::Aborted] {
            assert!(!worth_another(code), "{code:?}");
        }
    }

    #[test]
    fn it_stops_at_forty_polls_or_five_minutes_or_the_callers_limit() {
        assert_eq!(wait(39, 0.5), Next::After(10_000));
        assert_eq!(wait(40, 0.5), Next::GiveUp);
        assert_eq!(next(2, 300_000.0, f64::INFINITY, 0.5), Next::GiveUp);
        assert_eq!(next(2, 299_000.0, f64::INFINITY, 0.5), Next::After(1_000), "once more at the end");
        assert_eq!(next(2, 5_000.0, 5_000.0, 0.5), Next::GiveUp);
        assert_eq!(next(2, f64::NAN, 5_000.0, 0.5), Next::GiveUp);
    }
}
