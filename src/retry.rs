//! Whether a failed attempt is repeated, how, and after how long. Pure: clock and chance are arguments.
//!
//! [`REPEATS`] is the whole of it: a code that has no row there is never repeated, whatever else is known. It is printed into
//! `docs/retries.md`.

use crate::error::ErrorCode;
use crate::host_text::HostText;
use crate::operation::Safety;
use Repeat::{Ask, Send, Stop};

/// No call fails more often than this before its caller is told.
pub const MAX_ATTEMPTS: u32 = 3;
/// No call lasts longer, all of its attempts and pauses together. An attempt's own limit is cut to what is left of it.
pub const TOTAL_MS: f64 = 120_000.0;
/// What a client may spend on repeating, in tenths of an attempt.
pub const BUDGET: u32 = 100;
/// What one repetition costs of it; an answer that succeeds gives one tenth of that back.
pub const REPEAT_COST: u32 = 10;

const BASE_MS: u32 = 500;
const THROTTLED_BASE_MS: u32 = 1_000;
const CAP_MS: u32 = 8_000;
/// Nothing is repeated sooner: chance may draw 0, and a server may ask for 0.
const FLOOR_MS: u32 = 100;
/// Ingo's gateway asks for 3 to 4 s before a call that timed out is repeated.
const TIMED_OUT_FLOOR_MS: u32 = 3_000;
/// With less time than this left, no further attempt is begun.
const SHORTEST_ATTEMPT_MS: f64 = 1_000.0;
/// A server that asks for more patience gets no more than this.
const LONGEST_ASKED_MS: u32 = 30_000;

/// How a failed attempt is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Not at all: tell the caller.
    Stop,
    /// Send the same request with the same key.
    Send,
    /// Ask the proxy what became of the intent; that can never send anything to the issuer.
    Ask,
}

/// How one code is answered, for each class of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The code.
    pub code: ErrorCode,
    /// For a `read`.
    pub read: Repeat,
    /// For a `keyed` or `convergent` write.
    pub write: Repeat,
    /// For a `once`.
    pub once: Repeat,
    /// Why, as the documentation says it.
    pub why: HostText,
}

const fn row(code: ErrorCode, [read, write, once]: [Repeat; 3], why: &'static str) -> Row {
    Row { code, read, write, once, why: HostText::new(why) }
}

/// Every code after which something is repeated. All others stop.
#[rustfmt::skip]
pub const REPEATS: &[Row] = &[
    row(ErrorCode::NetworkError, [Send, Send, Ask],
        "The answer was lost, or never came to be. A copy is harmless: the proxy's claim makes it the same intent, and behind \
         the claim a keyed write has the issuer's key and a convergent one ends in the same state. A `once` has no second line \
         of defence, so it is asked about, which cannot send it."),
    row(ErrorCode::TimedOut, [Send, Send, Ask],
        "As above. A write waits at least 3 s, so that its first copy has ended or is known to the proxy."),
    row(ErrorCode::UnexpectedAnswer, [Send, Send, Ask],
        "Only with status 408, 425, 502, 503 or 504: a balancer or gateway spoke for the proxy. As above."),
    row(ErrorCode::RateLimited, [Send, Send, Send],
        "The proxy took nothing of this copy, and says so."),
    row(ErrorCode::StoreUnavailable, [Send, Send, Send],
        "Without a claim nothing is sent, so nothing was."),
    row(ErrorCode::AccessUnavailable, [Send, Send, Send],
        "Whether the caller may is asked before the claim, so nothing was sent."),
    row(ErrorCode::IssuerUnreachable, [Send, Send, Send],
        "No byte reached the issuer, and the key was given back."),
    row(ErrorCode::InProgress, [Stop, Ask, Ask],
        "The proxy has the intent already. Asking learns how it ends; sending would add nothing."),
    row(ErrorCode::IssuerTimeout, [Send, Stop, Stop],
        "A read may be repeated. That a write is open is recorded for its key: a copy would be told the same."),
    row(ErrorCode::IssuerFailed, [Send, Stop, Stop],
        "As above."),
];

/// The statuses that are worth another attempt where the answer has no code. 429 is read as `rate_limited`.
pub const REPEATED_STATUSES: [u16; 5] = [408, 425, 502, 503, 504];

/// What is known when an attempt has failed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failed {
    /// The class of what was sent; `Read` where the proxy was only asked about an intent.
    pub safety: Safety,
    /// Whether it carried a key. A write without one is never sent again.
    pub has_key: bool,
    /// The code of the failure.
    pub code: ErrorCode,
    /// The status, if an answer came.
    pub status: Option<u16>,
    /// How many attempts of the call have failed, this one included.
    pub attempts: u32,
    /// How long the server asked to wait.
    pub asked_ms: Option<u32>,
    /// How long the call has lasted.
    pub elapsed_ms: f64,
    /// What is left of the client's [`BUDGET`].
    pub budget: u32,
}

/// How the failed attempt is repeated, and after how many milliseconds. `chance` is evenly drawn from 0 to 1.
pub fn decide(failed: &Failed, chance: f64) -> (Repeat, u32) {
    let repeat = repeat(failed);
    let wait = wait(failed, chance);
    let left = TOTAL_MS - failed.elapsed_ms - f64::from(wait);
    let spent = failed.attempts == 0 || failed.attempts >= MAX_ATTEMPTS || failed.budget < REPEAT_COST;
    // A clock that says nothing is no reason to go on for ever.
    if spent || left.is_nan() || left < SHORTEST_ATTEMPT_MS {
        (Stop, 0)
    } else {
        (repeat, if repeat == Stop { 0 } else { wait })
    }
}

fn repeat(failed: &Failed) -> Repeat {
    if failed.code == ErrorCode::UnexpectedAnswer
        && !failed.status.is_some_and(|status| REPEATED_STATUSES.contains(&status))
    {
        return Stop;
    }
    let Some(row) = REPEATS.iter().find(|row| row.code == failed.code) else {
        return Stop;
    };
    match failed.safety {
        Safety::Read => row.read,
        _ if !failed.has_key => Stop,
        Safety::Keyed | Safety::Convergent => row.write,
        Safety::Once => row.once,
    }
}

/// Full jitter: anything from the floor to the doubled base, so that many pages do not come back at once.
fn wait(failed: &Failed, chance: f64) -> u32 {
    let is_throttled =
        matches!(failed.code, ErrorCode::RateLimited | ErrorCode::StoreUnavailable | ErrorCode::AccessUnavailable)
            || failed.code == ErrorCode::UnexpectedAnswer && failed.status == Some(503);
    let base = if is_throttled { THROTTLED_BASE_MS } else { BASE_MS };
    let ceiling = base.saturating_mul(1 << failed.attempts.saturating_sub(1).min(8)).min(CAP_MS);
    let chance = if (0.0..=1.0).contains(&chance) { chance } else { 1.0 };
    let is_timed_out_write = failed.code == ErrorCode::TimedOut && failed.safety.is_write();
    let floor = if is_timed_out_write { TIMED_OUT_FLOOR_MS } else { FLOOR_MS };
    let backoff = (f64::from(ceiling) * chance) as u32;
    backoff.max(floor).max(failed.asked_ms.unwrap_or(0).min(LONGEST_ASKED_MS))
}

/// Reads a `Retry-After` header, in milliseconds: whole seconds, or a date, given the time of the receiver's clock in
/// milliseconds since 1970. What is malformed, past, or further away than 2^31 ms says nothing.
pub fn retry_after_ms(header: &str, now_ms: Option<f64>) -> Option<u32> {
    let text = header.trim();
    let millis = if !text.is_empty() && text.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Not as a float: its parser would be 18 kB of the wasm (gzip).
        f64::from(text.parse::<u32>().ok()?) * 1_000.0
    } else {
        http_date_ms(text)? - now_ms?
    };
    (0.0..=f64::from(i32::MAX)).contains(&millis).then_some(millis as u32)
}

/// An IMF-fixdate (`Sun, 06 Nov 1994 08:49:37 GMT`) in milliseconds since 1970. The obsolete forms are not read.
fn http_date_ms(text: &str) -> Option<f64> {
    const FORM: &[u8] = b"aaa, dd aaa dddd dd:dd:dd GMT";
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    // Day, year, hour, minute and second as one number.
    let mut digits: u64 = 0;
    for (byte, form) in text.bytes().zip(FORM) {
        match form {
            b'd' if byte.is_ascii_digit() => digits = digits * 10 + u64::from(byte - b'0'),
            b'a' if byte.is_ascii_alphabetic() => {}
            form if byte == *form => {}
            _ => return None,
        }
    }
    let name = text.get(8..11).filter(|_| text.len() == FORM.len())?;
    let month = MONTHS.as_bytes().chunks(3).position(|month| month == name.as_bytes())? as u64;
    let (day, year) = (digits / 10_000_000_000, digits / 1_000_000 % 10_000);
    let (hour, minute, second) = (digits / 10_000 % 100, digits / 100 % 100, digits % 100);
    if day == 0 || day > 31 || year < 1_970 || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Days of the civil calendar, the year beginning in March: howardhinnant.github.io/date_algorithms.html.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) as f64 * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [Safety; 4] = [Safety::Read, Safety::Keyed, Safety::Convergent, Safety::Once];

    fn failed(safety: Safety, code: ErrorCode) -> Failed {
        let status = (code == ErrorCode::UnexpectedAnswer).then_some(502);
        Failed { safety, has_key: true, code, status, attempts: 1, asked_ms: None, elapsed_ms: 0.0, budget: BUDGET }
    }

    #[test]
    fn the_table_as_it_is_published() {
        let of = |code| CLASSES.map(|safety| decide(&failed(safety, code), 1.0).0);
        for code in ErrorCode::ALL {
            let expected = match code {
                ErrorCode::NetworkError | ErrorCode::TimedOut | ErrorCode::UnexpectedAnswer => [Send, Send, Send, Ask],
                ErrorCode::RateLimited
                | ErrorCode::StoreUnavailable
                | ErrorCode::AccessUnavailable
                | ErrorCode::IssuerUnreachable => [Send; 4],
                ErrorCode::InProgress => [Stop, Ask, Ask, Ask],
                ErrorCode::IssuerTimeout | ErrorCode::IssuerFailed => [Send, Stop, Stop, Stop],
                _ => [Stop; 4],
            };
            assert_eq!(of(*code), expected, "{code:?}");
        }
    }

    #[test]
    fn no_code_has_two_rows() {
        for (at, row) in REPEATS.iter().enumerate() {
            assert!(REPEATS.iter().skip(at + 1).all(|other| other.code != row.code), "{:?}", row.code);
        }
    }

    #[test]
    fn a_write_without_a_key_is_never_repeated() {
        for code in ErrorCode::ALL {
            for safety in CLASSES {
                let bare = Failed { has_key: false, ..failed(safety, *code) };
                assert!(safety == Safety::Read || decide(&bare, 0.5).0 == Stop, "{code:?} {safety:?}");
            }
        }
    }

    #[test]
    fn waits_double_from_the_base_and_never_go_below_the_floor() {
        let wait = |code, attempts, chance| decide(&Failed { attempts, ..failed(Safety::Read, code) }, chance);
        assert_eq!(wait(ErrorCode::NetworkError, 1, 1.0), (Send, 500));
        assert_eq!(wait(ErrorCode::NetworkError, 2, 1.0), (Send, 1_000));
        assert_eq!(wait(ErrorCode::NetworkError, 3, 1.0), (Stop, 0));
        assert_eq!(wait(ErrorCode::NetworkError, 1, 0.0), (Send, 100));
        assert_eq!(wait(ErrorCode::NetworkError, 1, f64::NAN), (Send, 500));
        assert_eq!(wait(ErrorCode::RateLimited, 2, 1.0), (Send, 2_000));
        assert_eq!(wait(ErrorCode::StoreUnavailable, 1, 0.5), (Send, 500));
        let gateway = Failed { status: Some(503), ..failed(Safety::Read, ErrorCode::UnexpectedAnswer) };
        assert_eq!(decide(&gateway, 1.0), (Send, 1_000));
    }

    #[test]
    fn a_write_that_timed_out_waits_three_seconds() {
        assert_eq!(decide(&failed(Safety::Keyed, ErrorCode::TimedOut), 0.0), (Send, 3_000));
        assert_eq!(decide(&failed(Safety::Once, ErrorCode::TimedOut), 0.0), (Ask, 3_000));
        assert_eq!(decide(&failed(Safety::Read, ErrorCode::TimedOut), 0.0), (Send, 100));
    }

    #[test]
    fn a_server_is_heard_within_thirty_seconds() {
        let wait =
            |asked| decide(&Failed { asked_ms: Some(asked), ..failed(Safety::Read, ErrorCode::RateLimited) }, 0.0).1;
        assert_eq!((wait(0), wait(2_000), wait(30_001), wait(u32::MAX)), (100, 2_000, 30_000, 30_000));
    }

    #[test]
    fn time_and_budget_end_it() {
        let base = failed(Safety::Keyed, ErrorCode::NetworkError);
        let with = |elapsed_ms, budget| decide(&Failed { elapsed_ms, budget, ..base }, 1.0).0;
        assert_eq!((with(118_500.0, 10), with(118_501.0, 10)), (Send, Stop));
        assert_eq!((with(f64::NAN, 10), with(f64::INFINITY, 10), with(0.0, 9)), (Stop, Stop, Stop));
    }

    #[test]
    fn seconds_and_dates_are_read() {
        let at = 784_111_777_000.0;
        let read = |header| retry_after_ms(header, Some(at));
        assert_eq!((read("0"), read(" 2 "), read("2147483")), (Some(0), Some(2_000), Some(2_147_483_000)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(0));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10_000));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:36 GMT"), None, "past");
        assert_eq!(read("Tue, 29 Feb 2000 00:00:00 GMT"), None, "years away");
        assert_eq!(retry_after_ms("Sun, 06 Nov 1994 08:49:47 GMT", None), None, "no clock");
        assert_eq!(retry_after_ms("Tue, 29 Feb 2000 00:00:01 GMT", Some(951_782_400_000.0)), Some(1_000));
        assert_eq!(retry_after_ms("Fri, 01 Mar 2024 00:00:00 GMT", Some(1_709_251_199_000.0)), Some(1_000));
    }

    #[test]
    fn hostile_headers_are_ignored() {
        let forty = "9".repeat(40);
        for header in [
            "",
            "-1",
            "1.5",
            "NaN",
            "1e400",
            &forty,
            "2147484",
            "+1",
            "0x10",
            "Infinity",
            "\u{665}",
            "1 2",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 32 Nov 2994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
        ] {
            assert_eq!(retry_after_ms(header, Some(784_111_776_000.0)), None, "{header}");
        }
    }
}
