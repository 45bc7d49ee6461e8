//! What every descriptor must hold for the faces that derive from it: types, routes, forms, documents.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::envelope::{AnswerField, AnswerKind};
use cardwright::field::{Field, Kind, Presence, STATES, countries};
use cardwright::operation::{self, Condition, Method};
use cardwright::{OPERATIONS, Safety};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

#[test]
fn operations_are_named_and_routed_apart() {
    all_differ("names", OPERATIONS.iter().map(|it| it.name));
    all_differ("routes", OPERATIONS.iter().map(|it| (it.method.as_str(), it.path)));
    let upstream = OPERATIONS.iter().filter_map(|it| it.upstream);
    all_differ("issuer's paths", upstream.map(|upstream| upstream.path.as_str()));
    for operation in OPERATIONS {
        assert_eq!(operation::find(operation.name), Some(*operation));
        assert_eq!(format!("{}.{}", operation.issuer(), operation.method_name()), operation.name);
        let folder = format!("/{}/", operation.issuer());
        assert!(operation.path.starts_with(&folder), "{} is routed below {folder}", operation.name);
        assert!(is_sentence(&operation.summary), "{}: {}", operation.name, operation.summary);
    }
}

#[test]
fn issuers_paths_have_a_version_and_start_at_the_root() {
    for operation in OPERATIONS {
        let Some(upstream) = operation.upstream else {
            assert_eq!(
                operation.safety,
                Safety::Read,
                "{}: what the proxy answers itself changes nothing",
                operation.name
            );
            continue;
        };
        assert!(upstream.path.starts_with('/') && !upstream.path.ends_with('/'), "{}", upstream.path);
        let version = upstream.version.strip_prefix('v').unwrap_or_default();
        assert!(version.parse::<u32>().is_ok(), "{}", upstream.version);
    }
}

#[test]
fn a_query_holds_no_objects_and_makes_no_change() {
    for operation in OPERATIONS.iter().filter(|it| it.method == Method::Get) {
        assert_eq!(operation.safety, Safety::Read, "{}", operation.name);
        for field in operation.fields {
            assert!(!matches!(field.kind, Kind::Object(_)), "{}.{}", operation.name, field.name);
        }
    }
}

#[test]
fn only_a_keyed_operation_takes_a_key_among_its_values() {
    for operation in OPERATIONS {
        let keys = operation.fields.iter().filter(|field| field.kind == Kind::Key).count();
        // One issuer takes the key in the body, the other in a header; neither takes one it does not honour.
        assert!(keys <= usize::from(operation.safety == Safety::Keyed), "{}", operation.name);
    }
}

#[test]
fn fields_are_named_apart_and_say_what_they_are() {
    for operation in OPERATIONS {
        for fields in field_lists(operation.fields) {
            all_differ("field names", fields.iter().map(|field| field.name));
            all_differ("wire names", fields.iter().map(|field| field.wire.as_str()));
            for field in fields {
                let name = field.name;
                assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
                assert!(!field.label.is_empty() && !field.label.ends_with('.'), "{name}: {}", field.label);
                assert!(is_sentence(&field.doc), "{name}: {}", field.doc);
                assert_ne!(field.autocomplete.as_deref(), Some(""), "{name}");
            }
        }
    }
}

/// A catalogue has one label, and at most one question of its own, for each path.
#[test]
fn a_path_is_called_the_same_in_every_operation() {
    let mut called = HashMap::new();
    for field in OPERATIONS.iter().flat_map(|operation| operation.fields) {
        let below = field.kind.children().iter().map(|child| (format!("{}.{}", field.name, child.name), child));
        for (path, field) in std::iter::once((field.name.to_owned(), field)).chain(below) {
            let before = called.insert(path.clone(), (field.label, field.ask));
            assert!(before.is_none_or(|before| before == (field.label, field.ask)), "{path}");
        }
    }
}

#[test]
fn conditions_look_at_fields_that_stand_before() {
    for operation in OPERATIONS {
        for (at, field) in operation.fields.iter().enumerate() {
            if let Presence::RequiredWhen(condition, _) | Presence::OnlyWhen(condition, _) = &field.presence {
                // The types and the schemas are unions over that word.
                assert!(matches!(condition, Condition::Is(..)), "{}.{}", operation.name, field.name);
                assert!(fits(condition, &operation.fields[..at]), "{}.{}", operation.name, field.name);
            }
        }
        for advice in operation.advice {
            assert!(!advice.when.is_empty(), "{}: advice without a reason", operation.name);
            assert!(operation.field(&[advice.field]).is_some(), "{}: {}", operation.name, advice.field);
            for condition in advice.when {
                assert!(fits(condition, operation.fields), "{}: {condition:?}", operation.name);
            }
        }
    }
}

/// A schema takes a capital of a choice in either case, as states and countries are read; other words have none.
#[test]
fn only_codes_of_places_have_capitals() {
    for field in OPERATIONS.iter().flat_map(|operation| field_lists(operation.fields)).flatten() {
        if let Kind::Choice(words) = field.kind {
            assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        }
    }
}

/// Whether the field a condition looks at is among these, and can hold what the condition asks for.
fn fits(condition: &Condition, fields: &[Field]) -> bool {
    let field = fields.iter().find(|field| field.name == condition.field());
    field.is_some_and(|field| match condition {
        Condition::Is(_, word) => matches!(field.kind, Kind::Choice(words) if words.contains(word)),
        Condition::IsBool(..) => field.kind == Kind::Boolean,
        Condition::Given(_) => true,
    })
}

#[test]
fn children_depend_on_no_sibling_and_one_is_required() {
    for operation in OPERATIONS {
        for field in operation.fields.iter().filter(|field| !field.kind.children().is_empty()) {
            let children = || field.kind.children().iter();
            for child in children() {
                let plain = matches!(child.presence, Presence::Required | Presence::Optional);
                assert!(plain, "{}: {}", operation.name, child.name);
                assert!(child.kind.children().is_empty(), "{} is one level deep", field.name);
            }
            let required = children().any(|child| child.presence == Presence::Required);
            assert!(required, "{}: its absence would be no issue", field.name);
        }
    }
}

#[test]
fn paths_of_names_find_their_fields() {
    let issue = operation::find("ingo.issueCard").unwrap();
    assert_eq!(issue.field(&["shipping_address", "postal_code"]).unwrap().kind, Kind::PostalCode);
    for nowhere in [&[] as &[&str], &["postal_code"], &["user_id", "x"], &["shipping_address", "zip"]] {
        assert!(issue.field(nowhere).is_none(), "{nowhere:?}");
    }
}

#[test]
fn answers_are_named_apart_and_say_what_they_hold() {
    for operation in OPERATIONS {
        assert!(!operation.answer.name.is_empty());
        answer_fields(operation.answer.fields);
    }
}

fn answer_fields(fields: &[AnswerField]) {
    all_differ("answer fields", fields.iter().map(|field| field.name));
    for field in fields {
        assert!(is_sentence(&field.doc), "{}: {}", field.name, field.doc);
        match field.kind {
            AnswerKind::Object(name, children) | AnswerKind::List(name, children) => {
                assert!(!name.is_empty(), "{}", field.name);
                answer_fields(children);
            }
            AnswerKind::Word(name, words) => {
                assert!(!name.is_empty(), "{}", field.name);
                all_differ("words", words.iter().copied());
            }
            AnswerKind::Text
            | AnswerKind::Id
            | AnswerKind::Decimal
            | AnswerKind::Bool
            | AnswerKind::LastFour
            | AnswerKind::Number
            | AnswerKind::Exactly(_) => {}
        }
    }
}

#[test]
fn codes_of_places_are_two_capitals_and_stand_once() {
    for codes in [STATES.to_vec(), countries().collect()] {
        all_differ("codes", codes.iter().copied());
        for code in codes {
            assert!(code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()), "{code}");
        }
    }
}

/// The fields at the top, and those of every object among them.
fn field_lists(fields: &'static [Field]) -> Vec<&'static [Field]> {
    let children = fields.iter().map(|field| field.kind.children());
    std::iter::once(fields).chain(children.filter(|list| !list.is_empty())).collect()
}

fn is_sentence(text: &str) -> bool {
    text.len() > 1 && text.ends_with('.')
}

fn all_differ<T: Hash + Eq + std::fmt::Debug>(what: &str, items: impl Iterator<Item = T>) {
    let mut seen = HashSet::new();
    for item in items {
        assert!(!seen.contains(&item), "two {what} are {item:?}");
        seen.insert(item);
    }
}

/// An urgent operation may be sent twice, so it must not matter how often it is sent.
#[test]
fn only_convergent_operations_are_urgent() {
    let urgent: Vec<_> = OPERATIONS.iter().filter(|operation| operation.urgent).collect();
    assert!(urgent.iter().all(|operation| operation.safety == Safety::Convergent));
    assert_eq!(urgent.iter().map(|operation| operation.name).collect::<Vec<_>>(), ["ingo.freezeCard"]);
}
