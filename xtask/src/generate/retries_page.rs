//! `docs/retries.md`: what is repeated after which failure, and what becomes of a key. Printed from the tables themselves.

use super::outcomes;
use crate::step::root;
use anyhow::{Context as _, Result};
use cardwright::ErrorCode;
use cardwright::intent::KeyFate;
use cardwright::retry::{BUDGET, MAX_ATTEMPTS, REPEAT_COST, REPEATED_STATUSES, REPEATS, Repeat, TOTAL_MS};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

fn file() -> PathBuf {
    root().join("docs/retries.md")
}

/// Writes the page, where it changed.
pub(super) fn write() -> Result<()> {
    let text = text();
    if fs::read_to_string(file()).ok().as_deref() != Some(text.as_str()) {
        fs::create_dir_all(root().join("docs"))?;
        fs::write(file(), text).context("expected to write docs/retries.md")?;
    }
    Ok(())
}

fn text() -> String {
    let statuses = REPEATED_STATUSES.map(|status| status.to_string()).join(", ");
    let budget = BUDGET / REPEAT_COST;
    let total = TOTAL_MS / 1_000.0;
    let mut out = String::from(
        "# Retries and keys\n\n\
         Made by `cargo xtask build` from `src/retry.rs` and `src/intent.rs`. Do not edit.\n\n\
         ## What follows a failed attempt\n\n\
         *send*: the same request, with the same key. *ask*: `GET {base}/intents/{operation}/{key}`, which can never send \
         anything to the issuer. *stop*: the caller is told. A code that is not listed stops, and a write without a key is never \
         sent again.\n\n\
         | code | read | keyed, convergent | once | why |\n|---|---|---|---|---|\n",
    );
    for row in REPEATS {
        let (read, write, once) = (word(row.read), word(row.write), word(row.once));
        let _ = writeln!(out, "| `{}` | {read} | {write} | {once} | {} |", row.code.as_str(), row.why);
    }
    let _ = write!(
        out,
        "\nAn answer without a code is judged by its status: {statuses} as `unexpected_answer` above, 429 as `rate_limited`; with any other \
         status it stops.\n\n\
         - At most {MAX_ATTEMPTS} attempts, and {total} s for everything together. A question that finds the intent still under way is no failed attempt: \
         it is asked again after 1 s, then 1.5 times longer each time up to 10 s.\n\
         - The pause is drawn evenly between 0 and 0.5 s, doubled with each attempt up to 8 s; between 0 and 1 s after `rate_limited`, \
         `store_unavailable`, `access_unavailable` and the status 503. Never less than 0.1 s, and after a write that timed out never less than 3 s.\n\
         - `Retry-After` (seconds or a date) and `retry_after_ms` lengthen the pause to at most 30 s. What is malformed, negative, past or \
         beyond 2^31 ms is ignored.\n\
         - A client has {budget} repetitions to spend; each success gives a tenth of one back. So a dead proxy is sent at most {budget} requests more than \
         it was called.\n\
         - Once the answer to a copy was lost, that a later copy was not sent does not close the matter: the outcome stays `unknown`, until an \
         answer of the claim or of the intents route says more. What ends as `unknown` is resolved by \
         `client.intents.resolve(error.idempotencyKey)`.\n\n\
         ## What becomes of a key\n\n\
         A key belongs to one tenant, user and operation. Success and the answers marked *recorded* are given to every copy, for 31 days; what is \
         unknown is kept until it is settled.\n\n\
         - *free*: the proxy did not get as far as the key. It may be used again, with other values too.\n\
         - *released*: the claim was given back. As free.\n\
         - *held*: another copy, or another request, has it.\n\
         - *recorded*: every copy gets this answer. Other values need a new key: `intent.revise(values)` after `rejected`, never after `unknown`.\n\
         - *closed*: it can never be sent. A new intent is needed.\n\n\
         | answer | outcome of a write | key |\n|---|---|---|\n| success | | recorded |\n"
    );
    for &code in ErrorCode::ALL {
        if let Some(fate) = KeyFate::of(code) {
            let _ = writeln!(out, "| `{}` | {} | {} |", code.as_str(), outcomes::of_write(code), fate.as_str());
        }
    }
    out
}

const fn word(repeat: Repeat) -> &'static str {
    match repeat {
        Repeat::Stop => "stop",
        Repeat::Send => "send",
        Repeat::Ask => "ask",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_the_one_of_today() {
        let found = fs::read_to_string(file()).unwrap();
        assert!(found == text(), "expected `cargo xtask build` to have been run and docs/retries.md committed");
    }
}
