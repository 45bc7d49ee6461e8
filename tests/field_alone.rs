//! One field judged alone, as a person types it, and ids judged by their prefix alone.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::check::check_field;
use cardwright::field::IdForm;
use cardwright::input::{INPUT_LIMITS, read_json};
use cardwright::{Settings, check, operation};

fn judged(operation: &str, path: &[&str], value: &str, settings: &Settings<'_>) -> Vec<String> {
    let field = operation::find(operation).unwrap().field(path).unwrap();
    let value = read_json(value.as_bytes(), INPUT_LIMITS).unwrap();
    let issues = check_field(field, &value, settings);
    issues.iter().map(|issue| format!("{} {}", issue.path.join("."), issue.code.as_str())).collect()
}

#[test]
fn a_field_alone_is_judged_by_its_own_rule() {
    let table: [(&[&str], &str, &[&str]); 9] = [
        (&["user_id"], r#""user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef""#, &[]),
        (&["user_id"], r#""user-8f""#, &["user_id id_format"]),
        (&["user_id"], "null", &["user_id required"]),
        (&["shipping_address", "state"], r#"" tx ""#, &[]),
        (&["shipping_address", "state"], r#""Texas""#, &["state state_unknown"]),
        (&["shipping_address", "address_two"], r#""""#, &[]),
        (&["shipping_address"], r#""100 Innovation Way""#, &["shipping_address wrong_kind"]),
        (
            &["shipping_address"],
            r#"{"city":"Anytown","state":"XX","zip":"1","country":"US","address_one":"100 Innovation Way"}"#,
            &[
                "shipping_address.state state_unknown",
                "shipping_address.postal_code required",
                "shipping_address.zip unknown_field",
            ],
        ),
        (&["shipping_address", "city"], r#"{"token":"x"}"#, &["city wrong_kind", "city.token secret_in_browser"]),
    ];
    for (path, value, expected) in table {
        assert_eq!(judged("ingo.issueCard", path, value, &Settings::default()), expected, "{path:?} {value}");
    }
}

#[test]
fn rules_about_other_fields_do_not_apply() {
    let settings = Settings::default();
    assert!(judged("ingo.issueCard", &["shipping_address"], "null", &settings).is_empty());
    let id = r#""rcrd-417b1398-8eff-4db4-a810-1ffa3dc24c4a""#;
    assert!(judged("ingo.issueCard", &["virtual_card_id"], id, &settings).is_empty());
}

#[test]
fn ids_may_be_judged_by_their_prefix_alone() {
    let settings = Settings { ids: IdForm::PrefixOnly, ..Settings::default() };
    let freeze = operation::find("ingo.freezeCard").unwrap();
    let accepted = |text: &str| check(freeze, &read_json(text.as_bytes(), INPUT_LIMITS).unwrap(), &settings).is_ok();
    assert!(accepted(r#"{"user_id":"user-1","id":"rcrd-any"}"#));
    assert!(!accepted(r#"{"user_id":"user-","id":"rcrd-any"}"#), "something must follow the prefix");
    assert!(!accepted(r#"{"user_id":"1","id":"rcrd-any"}"#), "the prefix stays");
    let long = format!(r#"{{"user_id":"user-1","id":"rcrd-{}"}}"#, "a".repeat(124));
    assert!(!accepted(&long), "an id holds at most 128 characters");
}
