//! What a form shows: a table of cases, and what holds between it and the check for every input.

use crate::inputs::filled_in;
use cardwright::input::{INPUT_LIMITS, Limits, Value, read_json};
use cardwright::presence::{Place, presence};
use cardwright::{IssueCode, Operation, Settings, check, operation};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Room for inputs that grow by being spelled in escapes.
const LIMITS: Limits = Limits { bytes: 1 << 20, ..INPUT_LIMITS };

fn places(operation: &'static Operation, input: &Value<'_>, settings: &Settings<'_>) -> BTreeMap<String, Place> {
    let paths = operation.every_field().map(|(parent, field)| match parent {
        Some(parent) => format!("{}.{}", parent.name, field.name),
        None => field.name.into(),
    });
    paths.zip(presence(operation, input, settings)).collect()
}

/// The places as a line: `!` required, `?` optional, `-` hidden.
fn line(operation: &str, input: &str) -> String {
    let operation = operation::find(operation).unwrap();
    let input = read_json(input.as_bytes(), LIMITS).unwrap();
    let mark = |place| match place {
        Place::Required => '!',
        Place::Optional => '?',
        Place::Hidden => '-',
    };
    presence(operation, &input, &Settings::default()).into_iter().map(mark).collect()
}

#[test]
fn an_address_is_asked_for_where_a_card_is_mailed() {
    // user_id, card_type, the address and its six children, virtual_card_id, idempotent_key
    for (input, expected) in [
        (r#"{}"#, "!!--------?"),
        (r#"{"card_type":"metal"}"#, "!!--------?"),
        (r#"{"card_type":"virtual"}"#, "!!--------?"),
        (r#"{"card_type":" physical "}"#, "!!!!?!!!!??"),
        (r#"{"shipping_address":{"city":"Anytown"}}"#, "!!?!?!!!!-?"),
        (r#"{"shipping_address":{"city":" "}}"#, "!!--------?"),
        (r#"{"card_type":"virtual","shipping_address":{"city":"Anytown"}}"#, "!!--------?"),
        (r#"{"card_type":"virtual","virtual_card_id":"x"}"#, "!!-------??"),
        (r#"[]"#, "!!--------?"),
    ] {
        assert_eq!(line("ingo.issueCard", input), expected, "{input}");
    }
}

#[test]
fn where_the_card_type_may_stay_open_so_may_the_address() {
    // user_id, id, reuse_pan, terminate_old_card, card_type, the address and its six children, reason_code, reason
    assert_eq!(line("ingo.reissueCard", "{}"), "!!!???????????");
    assert_eq!(line("ingo.reissueCard", r#"{"card_type":"virtual"}"#), "!!!??-------??");
    assert_eq!(line("ingo.reissueCard", r#"{"card_type":"physical"}"#), "!!!??!!?!!!!??");
    assert_eq!(line("ingo.reissueCard", r#"{"shipping_address":{"city":"Anytown"}}"#), "!!!???!?!!!!??");
}

#[test]
fn one_of_a_group_is_asked_for() {
    // product_code, product_id, external_user_id
    assert_eq!(line("pintopay.createCard", "{}"), "!?!");
    assert_eq!(line("pintopay.createCard", r#"{"product_code":"a"}"#), "!-!");
    assert_eq!(line("pintopay.createCard", r#"{"product_id":"a"}"#), "-!!");
    assert_eq!(line("pintopay.createCard", r#"{"product_code":"a","product_id":"b"}"#), "??!");
}

proptest! {
    #[test]
    fn the_form_and_the_check_agree((operation, input) in filled_in(), drop_unknown in any::<bool>()) {
        let text = input.to_string();
        let input = read_json(text.as_bytes(), LIMITS).unwrap();
        let settings = Settings { drop_unknown, ..Settings::default() };
        let places = places(operation, &input, &settings);
        let issues = check(operation, &input, &settings).err().unwrap_or_default();
        for issue in &issues {
            let place = places.get(&issue.path.join("."));
            prop_assert_ne!(place, Some(&Place::Hidden), "{:?}", issue);
            if issue.code == IssueCode::Required {
                prop_assert_eq!(place, Some(&Place::Required), "{:?}", issue);
            }
        }
        for (path, _) in places.iter().filter(|(_, place)| **place == Place::Required) {
            let path: Vec<&str> = path.split('.').collect();
            let value = path.iter().try_fold(&input, |object, name| object.get(name));
            let told = |issue: &cardwright::Issue| path.starts_with(&issue.path.iter().map(String::as_str).collect::<Vec<_>>());
            let object = operation.field(&path).is_some_and(|field| !field.kind.children().is_empty());
            let blank = value.is_none_or(Value::is_blank);
            prop_assert!(object || !blank || issues.iter().any(told), "{:?} is blank: {:?}", path, issues);
        }
    }
}
