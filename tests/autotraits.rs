//! What callers may rely on without reading the types: they cross threads, and their `Debug` shows no personal data.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::call::{Call, Failure, Reply};
use cardwright::envelope::{Rebuilt, Shape, Unreadable};
use cardwright::field::{Field, Proven};
use cardwright::ingo::actions::Action;
use cardwright::input::{INPUT_LIMITS, JsonError, Limits, Value, read_json};
use cardwright::intent::{Asked, KeyFate, State};
use cardwright::retry::{Failed, Repeat};
use cardwright::{Accepted, ErrorCode, Issue, Notice, Operation, Outcome, Request, Settings, check, operation};

const fn crosses_threads<T: Send + Sync>() {}

const _: () = {
    crosses_threads::<Value<'_>>();
    crosses_threads::<Proven<'_>>();
    crosses_threads::<Request<'_>>();
    crosses_threads::<Accepted<'_>>();
    crosses_threads::<Settings<'_>>();
    crosses_threads::<Issue>();
    crosses_threads::<Notice>();
    crosses_threads::<Operation>();
    crosses_threads::<Field>();
    crosses_threads::<Shape>();
    crosses_threads::<Rebuilt>();
    crosses_threads::<Unreadable>();
    crosses_threads::<Call>();
    crosses_threads::<Reply<'_>>();
    crosses_threads::<Failure<'_>>();
    crosses_threads::<Action>();
    crosses_threads::<Failed>();
    crosses_threads::<Repeat>();
    crosses_threads::<Asked<'_>>();
    crosses_threads::<KeyFate>();
    crosses_threads::<State>();
    crosses_threads::<ErrorCode>();
    crosses_threads::<Outcome>();
    crosses_threads::<JsonError>();
    crosses_threads::<Limits>();
};

/// Personal values are made of a letter and a digit that no name and no sentence of ours has.
const PERSONAL: &str = r#"{"user_id":"user-00000000-0000-0000-0000-000000000000","card_type":"physical",
    "idempotent_key":"0000000000000000","shipping_address":{"address_one":"Ж0","address_two":"Ж0","city":"Ж0",
    "state":"TX","postal_code":"00000","country":"US"}}"#;

#[test]
fn debug_of_a_value_is_its_kind() {
    for (text, kind) in [
        ("\"Ж0\"", "Value(text)"),
        ("1000", "Value(number)"),
        ("true", "Value(boolean)"),
        ("[\"Ж0\"]", "Value(list)"),
        (PERSONAL, "Value(object)"),
    ] {
        assert_eq!(format!("{:?}", read_json(text.as_bytes(), INPUT_LIMITS).unwrap()), kind);
    }
}

#[test]
fn debug_of_a_request_names_its_fields_alone() {
    let input = read_json(PERSONAL.as_bytes(), INPUT_LIMITS).unwrap();
    let accepted = check(operation::find("ingo.issueCard").unwrap(), &input, &Settings::default()).unwrap();
    let debug = format!("{:?}", accepted.request);
    assert_eq!(
        debug,
        r#"Request { operation: "ingo.issueCard", fields: ["user_id", "card_type", "shipping_address"] }"#
    );
    assert!(format!("{accepted:?}").contains(&debug));
}

#[test]
fn debug_of_a_proven_value_is_its_kind() {
    let proven = [Proven::Text("Ж0".into()), Proven::Bool(true), Proven::Count(1000), Proven::Object(Vec::new())];
    assert_eq!(format!("{proven:?}"), "[Text(..), Bool(..), Count(..), Object(..)]");
}

#[test]
fn an_issue_never_repeats_the_value_it_refuses() {
    let refused = PERSONAL.replace("0000-", "Ж-").replace("00000\"", "ЖЖ\"").replace("\"US\"", "\"Ж\"");
    let input = read_json(refused.as_bytes(), INPUT_LIMITS).unwrap();
    let issues = check(operation::find("ingo.issueCard").unwrap(), &input, &Settings::default()).unwrap_err();
    assert_eq!(issues.len(), 4, "{issues:?}");
    assert!(!format!("{issues:?}").contains('Ж'), "{issues:?}");
}
