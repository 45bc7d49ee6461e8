//! Any bytes as the input of any operation: read as serde_json reads them, judged, and what passes is in normal form.
#![no_main]

use cardwright::input::{INPUT_LIMITS, Limits, read_json};
use cardwright::{OPERATIONS, Settings, check};
use libfuzzer_sys::fuzz_target;

/// serde_json gives up at its 128th level.
const LEVELS: Limits = Limits { bytes: 1 << 20, depth: 127 };

fuzz_target!(|bytes: &[u8]| {
    let Some((which, text)) = bytes.split_first() else { return };
    let theirs = serde_json::from_slice::<serde_json::Value>(text);
    assert_eq!(read_json(text, LEVELS).is_ok(), theirs.is_ok(), "one reads what the other does not");

    let operation = OPERATIONS[usize::from(*which) % OPERATIONS.len()];
    let Ok(input) = read_json(text, INPUT_LIMITS) else { return };
    let Ok(accepted) = check(operation, &input, &Settings::default()) else { return };
    let normal = accepted.request.to_json();
    let again = read_json(normal.as_bytes(), INPUT_LIMITS).expect("a request is JSON");
    let again = check(operation, &again, &Settings::default()).expect("a request passes its rules");
    assert_eq!(again.request.to_json(), normal, "the normal form is its own");
});
