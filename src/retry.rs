//! Whether a failed call is sent again, and after how long. Pure: chance is an argument.
//!
//! Today only reads are sent again. A write is repeated by a person, with the same key.

use crate::error::ErrorCode;
use crate::operation::Safety;

/// No call is sent more often than this.
pub const MAX_ATTEMPTS: u32 = 3;

const BASE_MS: u32 = 500;
const THROTTLED_BASE_MS: u32 = 1_000;
const CAP_MS: u32 = 8_000;
/// A server that asks for more is answered by the caller, not by waiting.
const LONGEST_RETRY_AFTER_MS: u32 = 30_000;

/// What to do after an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Tell the caller.
    Stop,
    /// Send it again after so many milliseconds.
    After(u32),
}

/// Decides what follows the failed attempt number `attempt` (from 1). `chance` is evenly drawn from 0 to 1.
pub fn decide(safety: Safety, code: ErrorCode, attempt: u32, retry_after_ms: Option<u32>, chance: f64) -> Decision {
    if safety.is_write() || !code.retryable() || attempt == 0 || attempt >= MAX_ATTEMPTS {
        return Decision::Stop;
    }
    let base = if code == ErrorCode::RateLimited { THROTTLED_BASE_MS } else { BASE_MS };
    let ceiling = base.saturating_mul(1 << (attempt - 1)).min(CAP_MS);
    let chance = if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 1.0 };
    let backoff = (f64::from(ceiling) * chance) as u32;
    match retry_after_ms {
        Some(asked) if asked > LONGEST_RETRY_AFTER_MS => Decision::Stop,
        Some(asked) => Decision::After(asked.max(backoff)),
        None => Decision::After(backoff),
    }
}

/// Reads a `Retry-After` header of whole seconds, in milliseconds; anything else is ignored.
pub fn retry_after_ms(header: &str) -> Option<u32> {
    let digits = header.trim();
    let plain = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse::<u32>().ok()?.checked_mul(1_000) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_never_sent_again() {
        for code in ErrorCode::ALL {
            for safety in [Safety::Keyed, Safety::Convergent, Safety::Once] {
                assert_eq!(decide(safety, *code, 1, None, 0.5), Decision::Stop, "{code:?} {safety:?}");
            }
        }
    }

    #[test]
    fn a_read_waits_longer_each_time_and_then_stops() {
        let wait = |attempt, chance| decide(Safety::Read, ErrorCode::NetworkError, attempt, None, chance);
        assert_eq!(wait(1, 1.0), Decision::After(500));
        assert_eq!(wait(2, 1.0), Decision::After(1_000));
        assert_eq!(wait(3, 1.0), Decision::Stop);
        assert_eq!(wait(1, 0.25), Decision::After(125));
        assert_eq!(wait(1, f64::NAN), Decision::After(500));
        assert_eq!(decide(Safety::Read, ErrorCode::Forbidden, 1, None, 1.0), Decision::Stop);
    }

    #[test]
    fn the_server_may_ask_for_patience_within_reason() {
        let wait = |asked| decide(Safety::Read, ErrorCode::RateLimited, 1, Some(asked), 0.0);
        assert_eq!(wait(2_000), Decision::After(2_000));
        assert_eq!(wait(30_001), Decision::Stop);
    }

    #[test]
    fn hostile_headers_are_ignored() {
        assert_eq!(retry_after_ms("2"), Some(2_000));
        for header in ["", "-1", "1.5", "NaN", "1e400", "99999999999999999999", "Fri, 17 Jan 2020 19:59:29 GMT", "+1"] {
            assert_eq!(retry_after_ms(header), None, "{header}");
        }
    }
}
