//! The requests and answers printed on the issuer's four card pages, kept to the letter in `fixtures/ingo`.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::envelope::{self, UnknownFields};
use cardwright::input::{ANSWER_LIMITS, INPUT_LIMITS, Value, read_json};
use cardwright::{Settings, check, operation};
use std::fs;
use std::path::{Path, PathBuf};

/// Each page, its operation, and what our rules find in its sample request once the credential is gone.
const PAGES: [(&str, &str, &[&str]); 4] = [
    ("issue_card", "ingo.issueCard", &[]),
    ("activate_card", "ingo.activateCard", &[]),
    ("freeze_card", "ingo.freezeCard", &[]),
    // The sample is physical, and "Shipping address object. Required for physical card issuance" stands below it.
    (
        "reissue_card",
        "ingo.reissueCard",
        &[
            "shipping_address.address_one required",
            "shipping_address.city required",
            "shipping_address.state required",
            "shipping_address.postal_code required",
            "shipping_address.country required",
        ],
    ),
];

#[test]
fn every_recorded_page_is_tested() {
    let mut recorded: Vec<_> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    recorded.sort();
    let mut tested = PAGES.map(|(page, ..)| page);
    tested.sort();
    assert_eq!(recorded, tested);
}

#[test]
fn the_printed_request_is_refused_for_the_credential_it_carries() {
    for (page, operation, other_issues) in PAGES {
        let text = read(page, "request.json");
        let mut expected = other_issues.to_vec();
        expected.push("api_key secret_in_browser");
        assert_eq!(issues(operation, &read_json(&text, INPUT_LIMITS).unwrap()), expected, "{page}");
    }
}

#[test]
fn without_the_credential_the_rules_alone_decide() {
    for (page, operation, expected) in PAGES {
        let text = read(page, "request.json");
        assert_eq!(issues(operation, &without_credential(&text)), expected, "{page}");
    }
}

#[test]
fn a_printed_request_that_passes_keeps_every_value() {
    let text = read("freeze_card", "request.json");
    let accepted = check(operation::find("ingo.freezeCard").unwrap(), &without_credential(&text), &Settings::default());
    assert_eq!(
        accepted.unwrap().request.to_json(),
        concat!(
            r#"{"user_id":"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","#,
            r#""id":"rcrd-ea0f3bfe-d0bd-4c72-bf29-a326b9c6656f","reason_code":"101"}"#
        )
    );
}

#[test]
fn the_printed_reissue_needs_an_address_and_a_confirmation() {
    let text = read("reissue_card", "request.json");
    let mut values = without_credential(&text);
    let address =
        br#"{"address_one":"100 Innovation Way","city":"Anytown","state":"TX","postal_code":"30044","country":"US"}"#;
    if let Value::Object(members) = &mut values {
        members.push(("shipping_address".into(), read_json(address, INPUT_LIMITS).unwrap()));
    }
    let operation = operation::find("ingo.reissueCard").unwrap();
    let accepted = check(operation, &values, &Settings::default()).unwrap();
    let notices: Vec<_> = accepted.notices.iter().map(|notice| (notice.code.as_str(), notice.confirm)).collect();
    assert_eq!(notices, [("old_card_ends", true)]);
}

#[test]
fn the_printed_answer_is_rebuilt_whole() {
    for (page, operation, _) in PAGES {
        let text = read(page, "answer.json");
        let shape = operation::find(operation).unwrap().answer;
        let answer = envelope::read(shape, &text).unwrap_or_else(|unreadable| panic!("{page}: {unreadable:?}"));
        let rebuilt = envelope::rebuild(shape, &answer, UnknownFields::Drop).unwrap();
        assert_eq!((rebuilt.unknown, rebuilt.withheld), (0, 0), "{page}");
        assert!(read_json(rebuilt.json.as_bytes(), ANSWER_LIMITS).unwrap() == answer, "{page}: {}", rebuilt.json);
    }
}

fn issues(operation: &str, input: &Value<'_>) -> Vec<String> {
    let operation = operation::find(operation).unwrap();
    let Err(issues) = check(operation, input, &Settings::default()) else {
        return Vec::new();
    };
    issues.iter().map(|issue| format!("{} {}", issue.path.join("."), issue.code.as_str())).collect()
}

fn without_credential(request: &[u8]) -> Value<'_> {
    let mut values = read_json(request, INPUT_LIMITS).unwrap();
    let Value::Object(members) = &mut values else { panic!("a request is an object") };
    let before = members.len();
    members.retain(|(name, _)| name != "api_key");
    assert_eq!(before - members.len(), 1, "every printed request carries an api_key");
    values
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingo")
}

fn read(page: &str, file: &str) -> Vec<u8> {
    fs::read(folder().join(page).join(file)).unwrap()
}
