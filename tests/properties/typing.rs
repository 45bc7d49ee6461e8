//! What may still become right while it is typed: a table, and what holds for every text.

use crate::inputs::right;
use cardwright::field::{Field, IdForm, Kind};
use cardwright::input::{INPUT_LIMITS, Value, read_json};
use cardwright::typing::{Typing, typing};
use cardwright::{OPERATIONS, Settings, operation};
use proptest::prelude::*;
use serde_json::Value as Json;

const ID: &str = "user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef";

fn stage(field: &'static Field, text: &str, settings: &Settings<'_>) -> Typing {
    typing(field, &Value::Text(text.into()), settings)
}

fn issue_card(path: &str) -> &'static Field {
    operation::find("ingo.issueCard").unwrap().field(&path.split('.').collect::<Vec<_>>()).unwrap()
}

#[test]
fn the_table() {
    use Typing::{Empty, Incomplete, Invalid, Valid};
    let page = operation::find("ingo.listCards").unwrap().field(&["page"]).unwrap();
    let zip = issue_card("shipping_address.postal_code");
    let state = issue_card("shipping_address.state");
    let country = issue_card("shipping_address.country");
    let city = issue_card("shipping_address.city");
    let key = issue_card("idempotent_key");
    let (user, choice) = (issue_card("user_id"), issue_card("card_type"));
    let long = "a".repeat(51);
    #[rustfmt::skip]
    let table = [
        (zip, "", Empty), (zip, "  ", Empty), (zip, "941", Incomplete), (zip, " 941", Incomplete), (zip, "94103", Valid), (zip, "94103 ", Valid),
        (zip, "941 ", Invalid), (zip, "94103-", Invalid), (zip, "9a", Invalid), (zip, "٩", Invalid),
        (user, "u", Incomplete), (user, "user-8f3a", Incomplete), (user, "user-8f3a2b1c-", Incomplete), (user, ID, Valid),
        (user, "user-8f3a2b1c0", Invalid), (user, "user-8f-", Invalid), (user, "user-8g", Invalid), (user, "rcrd-", Invalid),
        (user, "User-", Invalid), (user, "user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef0", Invalid), (user, "user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef-", Invalid),
        (state, "C", Incomplete), (state, "c", Incomplete), (state, "CA", Valid), (state, "CX", Invalid), (state, "Cal", Invalid),
        (country, "u", Incomplete), (country, "US", Valid), (country, "D", Invalid), (country, "DE", Invalid),
        (choice, "phys", Incomplete), (choice, "physical", Valid), (choice, "Phys", Invalid), (choice, "metal", Invalid),
        (city, "A", Valid), (city, "a\nb", Invalid), (city, &long, Invalid),
        (key, "abc", Incomplete), (key, "abcdefghijklmnop", Valid), (key, "a b", Invalid),
        (page, "0", Incomplete), (page, "01", Valid), (page, "10001", Invalid), (page, "-", Invalid),
    ];
    for (field, text, expected) in table {
        assert_eq!(stage(field, text, &Settings::default()), expected, "{} {text:?}", field.name);
    }
}

#[test]
fn ids_by_their_prefix_alone() {
    let settings = Settings { ids: IdForm::PrefixOnly, ..Settings::default() };
    let stages = ["us", "user-", "user- ", "user-\n", "user-x", "user-x y", "rcrd"]
        .map(|text| stage(issue_card("user_id"), text, &settings));
    use Typing::{Incomplete, Invalid, Valid};
    assert_eq!(stages, [Incomplete, Incomplete, Incomplete, Invalid, Valid, Valid, Invalid]);
}

#[test]
fn an_object_is_as_far_as_its_child_that_is_least_so() {
    let address = issue_card("shipping_address");
    let right = r#""address_one":"1","city":"c","state":"CA","country":"US""#;
    for (members, expected) in [
        (String::new(), Typing::Empty),
        (r#""city":" ""#.into(), Typing::Empty),
        (right.into(), Typing::Incomplete),
        (format!(r#"{right},"postal_code":"941""#), Typing::Incomplete),
        (format!(r#"{right},"postal_code":"94103""#), Typing::Valid),
        (format!(r#"{right},"postal_code":"x""#), Typing::Invalid),
        (format!(r#"{right},"postal_code":"94103","zip":"""#), Typing::Invalid),
        (format!(r#"{right},"postal_code":"94103","api_key":"""#), Typing::Invalid),
    ] {
        let text = format!("{{{members}}}");
        let value = read_json(text.as_bytes(), INPUT_LIMITS).unwrap();
        assert_eq!(typing(address, &value, &Settings::default()), expected, "{text}");
    }
    let boolean = operation::find("ingo.reissueCard").unwrap().field(&["reuse_pan"]).unwrap();
    assert_eq!(typing(boolean, &Value::Bool(false), &Settings::default()), Typing::Valid);
    assert_eq!(stage(boolean, "tru", &Settings::default()), Typing::Invalid);
}

/// Every field that holds text, and settings.
fn field() -> impl Strategy<Value = (&'static Field, Settings<'static>)> {
    let fields: Vec<_> =
        OPERATIONS.iter().flat_map(|operation| operation.every_field()).map(|(_, field)| field).collect();
    let texts: Vec<_> =
        fields.into_iter().filter(|field| !matches!(field.kind, Kind::Object(_) | Kind::Boolean)).collect();
    let settings = prop_oneof![Just(IdForm::Hex), Just(IdForm::PrefixOnly)]
        .prop_map(|ids| Settings { ids, ..Settings::default() });
    (prop::sample::select(texts), settings)
}

/// A field, and text that is right for it or near to it.
fn typed() -> impl Strategy<Value = (&'static Field, Settings<'static>, String)> {
    field().prop_flat_map(|(field, settings)| {
        let right = right(&field.kind).prop_map(|json| match json {
            Json::String(text) => text,
            other => other.to_string(),
        });
        (Just(field), Just(settings), right, any::<prop::sample::Index>(), "[a-zA-Z0-9 _\\-\n\u{85}é]{0,3}").prop_map(
            |(field, settings, right, cut, more)| {
                let begun: String = right.chars().take(cut.index(right.chars().count() + 1)).collect();
                (field, settings, begun + &more)
            },
        )
    })
}

/// The text with each end of each right value behind it.
fn completions<'a>(text: &'a str, rights: &'a [String]) -> impl Iterator<Item = String> + 'a {
    let ends = rights.iter().flat_map(|right| {
        right.char_indices().filter_map(|(at, _)| right.get(at..)).map(str::to_owned).chain([String::new()])
    });
    ends.map(move |end| text.to_owned() + &end)
}

fn rights(field: &Field) -> Vec<String> {
    let of = |word: &&str| (*word).to_owned();
    match field.kind {
        Kind::Id(prefix) => vec![ID.replace("user-", prefix), ID.to_uppercase().replace("USER-", prefix), " x".into()],
        Kind::Choice(words) => words.iter().map(of).collect(),
        Kind::State => {
            cardwright::field::STATES.iter().flat_map(|code| [(*code).to_owned(), code.to_lowercase()]).collect()
        }
        Kind::Country => vec!["US".into(), "us".into()],
        Kind::PostalCode => vec!["94103".into()],
        Kind::Key => vec!["abcdefghijklmnop_-0".into()],
        Kind::Page => vec!["1".into(), "10000".into()],
        Kind::Text(_) | Kind::Boolean | Kind::Object(_) => vec!["x".into(), " x".into()],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_begins_like_a_right_value_is_never_invalid((field, settings) in field(), seed in any::<prop::sample::Index>()) {
        for right in rights(field) {
            if stage(field, &right, &settings) != Typing::Valid {
                continue;
            }
            let begun: String = right.chars().take(seed.index(right.chars().count() + 1)).collect();
            prop_assert_ne!(stage(field, &begun, &settings), Typing::Invalid, "{} {:?}", field.name, begun);
        }
    }

    #[test]
    fn each_stage_keeps_its_word((field, settings, text) in typed(), more in "[a-zA-Z0-9 _\\-\n]{0,12}") {
        let stage = |text: &str| stage(field, text, &settings);
        match stage(&text) {
            Typing::Empty => prop_assert!(text.trim().is_empty()),
            Typing::Invalid => {
                for longer in completions(&text, &rights(field)).chain([format!("{text}{more}")]) {
                    prop_assert_eq!(stage(&longer), Typing::Invalid, "{} {:?} {:?}", field.name, text, longer);
                }
            }
            Typing::Incomplete => {
                let completed = completions(&text, &rights(field)).any(|longer| stage(&longer) == Typing::Valid);
                prop_assert!(completed, "{} {:?}", field.name, text);
            }
            Typing::Valid => {
                let mut begun = text.clone();
                while begun.pop().is_some() {
                    prop_assert_ne!(stage(&begun), Typing::Invalid, "{} {:?} of {:?}", field.name, begun, text);
                }
            }
        }
    }
}
