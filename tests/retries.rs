//! What holds for every retry: no wait outside of its bounds, no call without an end, no storm.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::call::{self, Reply};
use cardwright::retry::{BUDGET, Failed, MAX_ATTEMPTS, REPEAT_COST, Repeat, TOTAL_MS, decide, retry_after_ms};
use cardwright::{ErrorCode, Operation, Safety, ingo, pintopay};
use proptest::prelude::*;
use proptest::test_runner::Config;

/// One operation of each class.
const CLASSES: [&Operation; 4] = [&ingo::LIST_CARDS, &ingo::ISSUE_CARD, &ingo::FREEZE_CARD, &ingo::REISSUE_CARD];

fn first(safety: Safety, code: ErrorCode, status: Option<u16>) -> Failed {
    Failed { safety, has_key: true, code, status, attempts: 1, asked_ms: None, elapsed_ms: 0.0, budget: BUDGET }
}

/// Headers as a hostile or broken server may send them: numbers of every size and spelling, dates, garbage.
fn header() -> impl Strategy<Value = String> {
    let date = (0..9_u8, 0..40_u8, 0..13_usize, 0..10_000_u16, 0..30_u8, 0..70_u8).prop_map(
        |(name, day, month, year, hour, minute)| {
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Foo"];
            format!("D{name}y, {day:02} {} {year:04} {hour:02}:{minute:02}:07 GMT", months[month])
        },
    );
    prop_oneof![
        "[0-9]{1,40}",
        "-?[0-9]{1,10}(\\.[0-9]{1,5})?(e[0-9]{1,3})?",
        date.clone(),
        date.prop_map(|date| date.replacen('D', "S", 1)),
        "\\PC{0,40}",
        Just("NaN".to_owned()),
        Just("Infinity".to_owned()),
        Just("1e400".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
    ]
}

proptest! {
    #![proptest_config(Config::with_cases(10_000))]

    #[test]
    fn no_header_makes_a_wait_outside_of_its_bounds(header in header(), now in -1e15..1e15_f64, chance in any::<f64>()) {
        let asked_ms = retry_after_ms(&header, Some(now));
        prop_assert!(asked_ms.is_none_or(|asked| asked <= i32::MAX as u32));
        for operation in CLASSES {
            let failed = Failed { asked_ms, ..first(operation.safety, ErrorCode::RateLimited, Some(429)) };
            let (repeat, wait) = decide(&failed, chance);
            prop_assert_eq!(repeat, Repeat::Send);
            prop_assert!((100..=30_000).contains(&wait), "{} ms after {:?}", wait, header);
            prop_assert!(wait >= asked_ms.unwrap_or(0).min(30_000), "the server was not heard");
        }
    }
}

#[test]
fn six_hundred_statuses_by_four_classes() {
    for status in 0..600_u16 {
        for operation in CLASSES {
            // A page of HTML, as a balancer or a login wall answers: there is nothing but the status.
            let reply =
                Reply { status, content_type: Some("text/html"), retry_after: None, now_ms: None, body: b"<html>" };
            let failure = call::read(operation, &reply).expect_err("a page is no answer");
            let (repeat, wait) = decide(&first(operation.safety, failure.code, Some(status)), 1.0);
            let expected = match (status, operation.safety) {
                (429, _) => (Repeat::Send, 1_000),
                (503, Safety::Once) => (Repeat::Ask, 1_000),
                (503, _) => (Repeat::Send, 1_000),
                (408 | 425 | 502 | 504, Safety::Once) => (Repeat::Ask, 500),
                (408 | 425 | 502 | 504, _) => (Repeat::Send, 500),
                _ => (Repeat::Stop, 0),
            };
            assert_eq!((repeat, wait), expected, "{status} {}", operation.name);
        }
    }
}

/// A small generator: proptest's own is slower than what it would test.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[(self.next() % list.len() as u64) as usize]
    }
}

#[test]
fn a_million_schedules_end_within_two_minutes_and_three_attempts() {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for _ in 0..1_000_000 {
        let safety = chance.of(&[Safety::Read, Safety::Keyed, Safety::Convergent, Safety::Once]);
        let limit_ms = chance.of(&[1_000.0, 40_000.0, 90_000.0, 600_000.0_f64]);
        let (mut elapsed_ms, mut asking, mut attempts) = (0.0, false, 0);
        loop {
            // The client cuts the limit of an attempt to what is left of the whole.
            elapsed_ms += chance.unit() * limit_ms.min(TOTAL_MS - elapsed_ms);
            attempts += 1;
            let asked_ms = chance.of(&[None, Some(0), Some(5_000), Some(30_000), Some(u32::MAX)]);
            let code = chance.of(ErrorCode::ALL);
            let status = chance.of(&[None, Some(502), Some(503)]);
            let class = if asking { Safety::Read } else { safety };
            let failed = Failed { attempts, asked_ms, elapsed_ms, ..first(class, code, status) };
            let (repeat, wait) = decide(&failed, chance.unit());
            match repeat {
                Repeat::Stop => break,
                Repeat::Send => {}
                Repeat::Ask => asking = true,
            }
            elapsed_ms += f64::from(wait);
            assert!(attempts < MAX_ATTEMPTS && elapsed_ms < TOTAL_MS, "{attempts} attempts, {elapsed_ms} ms");
        }
        assert!(elapsed_ms <= TOTAL_MS, "{elapsed_ms} ms");
    }
}

#[test]
fn the_jitter_is_even() {
    let mut chance = Chance(7);
    let mut found = [0_f64; 8];
    let base = Failed { attempts: 2, ..first(Safety::Read, ErrorCode::RateLimited, None) };
    for _ in 0..80_000 {
        let (_, wait) = decide(&base, chance.unit());
        found[(wait as usize / 250).min(7)] += 1.0;
    }
    // Between 0 and 2,000 ms; the floor moves what is below 100 ms, and stays in the first part.
    let chi_square: f64 = found.iter().map(|found| (found - 10_000.0).powi(2) / 10_000.0).sum();
    assert!(chi_square < 24.3, "{chi_square}, of 7 degrees of freedom: less than one in a thousand by chance");
}

#[test]
fn a_dead_proxy_gets_at_most_ten_requests_more_than_calls() {
    for code in [ErrorCode::NetworkError, ErrorCode::TimedOut, ErrorCode::StoreUnavailable] {
        let (mut budget, mut sent) = (BUDGET, 0);
        for _ in 0..1_000 {
            for attempts in 1.. {
                sent += 1;
                let failed = Failed { attempts, budget, ..first(pintopay::CREATE_CARD.safety, code, None) };
                if decide(&failed, 0.5).0 == Repeat::Stop {
                    break;
                }
                budget -= REPEAT_COST;
            }
        }
        assert_eq!(sent, 1_010, "{code:?}");
    }
}
