//! The closed unions of codes, and the contract's constants.

use super::{quoted, union};
use cardwright::ingo::actions::Reason;
use cardwright::operation::MOST_FIELDS;
use cardwright::pintopay::order::{Ending, Stage};
use cardwright::pintopay::slug::{self, Hint};
use cardwright::presence::Place;
use cardwright::typing::Typing;
use cardwright::{ErrorCode, IssueCode, NoticeCode, Outcome, call, retry};
use std::fmt::Write as _;

pub(super) fn text() -> String {
    let mut out = String::new();
    let mut closed = |name: &str, doc: &str, codes: Vec<&str>| {
        let _ = writeln!(out, "/** {doc} */\nexport type {name} =\n  | {};\n", union(codes).replace(" | ", "\n  | "));
    };
    closed("IssueCode", "The rule an input broke.", IssueCode::ALL.iter().map(|code| code.as_str()).collect());
    closed("NoticeCode", "Advice on a valid request.", NoticeCode::ALL.iter().map(|code| code.as_str()).collect());
    closed("ReasonCode", "Why an action is not legal now.", Reason::ALL.iter().map(|code| code.as_str()).collect());
    closed("ErrorCode", "Why a call failed.", ErrorCode::ALL.iter().map(|code| code.as_str()).collect());
    closed("Outcome", "What is known of a failed call's effect.", Outcome::ALL.iter().map(|o| o.as_str()).collect());

    closed("StageCode", "Where an order is.", Stage::ALL.iter().map(|stage| stage.as_str()).collect());

    for (list, name, doc, words) in [
        (
            "PRESENCES",
            "Presence",
            "A field's place in a form as it is filled in now.",
            Place::ALL.map(Place::as_str).to_vec(),
        ),
        ("TYPINGS", "Typing", "How far a person is with a field.", Typing::ALL.map(Typing::as_str).to_vec()),
        ("ENDINGS", "OrderEnding", "How an order ended.", Ending::ALL.map(Ending::as_str).to_vec()),
        ("HINTS", "SlugHint", "What helps against an issuer's error.", Hint::ALL.map(Hint::as_str).to_vec()),
    ] {
        let words = union(words).replace(" | ", ", ");
        let _ = writeln!(
            out,
            "/** Every {name}, in the order in which they are counted. */\nexport const {list} = [{words}] as const;"
        );
        let _ = writeln!(out, "/** {doc} */\nexport type {name} = (typeof {list})[number];\n");
    }
    let hints: String = slug::ALL.iter().map(|slug| (slug.hint as usize).to_string()).collect();
    let _ = writeln!(out, "/** For each slug of the catalogue the place of its hint, a digit each. */");
    let _ = writeln!(out, "export const SLUG_HINTS = {};\n", quoted(&hints));
    let retryable = union(ErrorCode::ALL.iter().filter(|code| code.retryable()).map(|code| code.as_str()));
    let _ = writeln!(out, "/** The errors after which the same call may succeed later. */");
    let _ = writeln!(out, "export const RETRYABLE: readonly ErrorCode[] = [{}];\n", retryable.replace(" | ", ", "));
    for (name, value) in [
        ("VERSION", env!("CARGO_PKG_VERSION")),
        ("CONTRACT_HEADER", call::CONTRACT_HEADER),
        ("KEY_HEADER", call::KEY_HEADER),
        ("REQUEST_ID_HEADER", call::REQUEST_ID_HEADER),
        ("REPLAYED_HEADER", call::REPLAYED_HEADER),
    ] {
        let _ = writeln!(out, "export const {name} = {};", quoted(value));
    }
    for (name, value) in
        [("TOTAL_MS", retry::TOTAL_MS), ("BUDGET", retry::BUDGET.into()), ("REPEAT_COST", retry::REPEAT_COST.into())]
    {
        let _ = writeln!(out, "export const {name} = {value};");
    }
    let none = ["none"; MOST_FIELDS].join(", ");
    let _ = write!(
        out,
        "/** No operation has more fields than this, children included. */\n\
         export const PLACES = {MOST_FIELDS};\n\n\
         /** So many places. A list of its own for each reading, so that a getter of the page's may check something else meanwhile. */\n\
         export function noValues(): unknown[] {{\n  const none = undefined;\n  return [{none}];\n}}\n"
    );
    out
}
