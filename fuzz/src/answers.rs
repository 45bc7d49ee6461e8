//! Any bytes as the answer of an issuer or of the proxy: what can be read can be made anew, and then holds no card data.
#![no_main]

use cardwright::call::{self, Reply};
use cardwright::envelope::{self, UnknownFields};
use cardwright::input::{ANSWER_LIMITS, read_json};
use cardwright::{OPERATIONS, Outcome, Safety};
use libfuzzer_sys::fuzz_target;

const STATUSES: [u16; 8] = [200, 400, 409, 422, 429, 502, 503, 504];

fuzz_target!(|bytes: &[u8]| {
    let Some(([which, status], body)) = bytes.split_first_chunk() else { return };
    let operation = OPERATIONS[usize::from(*which) % OPERATIONS.len()];
    let status = STATUSES[usize::from(*status) % STATUSES.len()];

    if let Ok(answer) = envelope::read(operation.answer, body) {
        for unknown in [UnknownFields::Drop, UnknownFields::Forward] {
            // An id that could be a card's number is not passed on, and neither is the answer about it.
            let Ok(rebuilt) = envelope::rebuild(operation.answer, &answer, unknown) else { continue };
            let Ok(value) = read_json(rebuilt.json.as_bytes(), ANSWER_LIMITS) else {
                // Escapes can make it longer than an answer may be.
                assert!(rebuilt.json.len() > ANSWER_LIMITS.bytes, "{}", rebuilt.json);
                continue;
            };
            let again = envelope::rebuild(operation.answer, &value, unknown).unwrap();
            assert_eq!((again.json, again.withheld), (rebuilt.json, 0));
        }
    }
    let content_type = Some(if status == 200 { "application/json" } else { "application/problem+json" });
    let reply = Reply { status, content_type, retry_after: None, now_ms: None, body };
    match call::read(operation, &reply) {
        Ok(()) => assert!(status == 200 && envelope::read(operation.answer, body).is_ok()),
        // A body that says nothing leaves a write open.
        Err(failure) if status == 200 && operation.safety != Safety::Read => {
            assert_eq!(failure.outcome, Outcome::Unknown);
        }
        Err(_) => {}
    }
});
