//! What holds for every input, whatever somebody puts into a form.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::check::unreadable;
use cardwright::field::{Field, Kind, Presence};
use cardwright::input::{INPUT_LIMITS, Limits, Value, read_json};
use cardwright::{OPERATIONS, Operation, Request, Settings, check};
use proptest::prelude::*;
use serde_json::Value as Json;

/// Room for inputs that grow by being spelled in escapes.
const LIMITS: Limits = Limits { bytes: 1 << 20, ..INPUT_LIMITS };

proptest! {
    #[test]
    fn any_json_is_judged(operation in operation(), input in any_json(6), key in prop::option::of(".{0,70}")) {
        let text = input.to_string();
        let issues = match read_json(text.as_bytes(), INPUT_LIMITS) {
            Err(error) => vec![unreadable(error)],
            Ok(input) => match check(operation, &input, &Settings { key: key.as_deref(), ..Settings::default() }) {
                Ok(accepted) => return prop_is_known(operation, &accepted.request),
                Err(issues) => issues,
            },
        };
        prop_assert!(!issues.is_empty());
        prop_assert!(issues.iter().all(|issue| issue.message.ends_with('.')), "{:?}", issues);
    }

    #[test]
    fn an_accepted_request_holds_known_fields_alone((operation, input) in filled_in()) {
        let text = input.to_string();
        let request = accepted(operation, &text, None);
        prop_assume!(request.is_some());
        prop_is_known(operation, &request.unwrap())?;
    }

    #[test]
    fn the_normal_form_is_a_fixed_point((operation, input) in filled_in()) {
        let text = input.to_string();
        let request = accepted(operation, &text, None);
        prop_assume!(request.is_some());
        let normal = request.as_ref().unwrap().to_json();
        let again = accepted(operation, &normal, request.as_ref().unwrap().key());
        prop_assert_eq!(again.as_ref().map(Request::to_json), Some(normal.clone()));
        prop_assert!(again == request, "{}", normal);
    }

    #[test]
    fn how_an_input_is_written_changes_nothing((operation, input) in filled_in(), choices in any::<[u8; 32]>()) {
        let plain = input.to_string();
        let mut other = String::new();
        write_otherwise(&mut other, &input, &mut choices.into_iter().cycle());
        let request = accepted(operation, &plain, None);
        prop_assume!(request.is_some());
        prop_assert!(accepted(operation, &other, None) == request, "{}", other);
    }
}

fn accepted<'a>(operation: &'static Operation, text: &'a str, key: Option<&'a str>) -> Option<Request<'a>> {
    let settings = Settings { key, ..Settings::default() };
    let accepted = check(operation, &read_json(text.as_bytes(), LIMITS).unwrap(), &settings);
    accepted.ok().map(|accepted| accepted.request)
}

fn prop_is_known(operation: &Operation, request: &Request<'_>) -> Result<(), TestCaseError> {
    let normal = request.to_json();
    prop_assert!(is_known(operation.fields, &read_json(normal.as_bytes(), LIMITS).unwrap()), "{}", normal);
    Ok(())
}

/// Whether an object has known members alone, in the descriptor's order, and none that is empty.
fn is_known(fields: &[Field], object: &Value<'_>) -> bool {
    let Value::Object(members) = object else { return false };
    let mut left = fields.iter();
    members.iter().all(|(name, value)| {
        left.by_ref().find(|field| field.name == name).is_some_and(|field| match field.kind {
            Kind::Object(children) => is_known(children, value),
            kind => kind.is_sent() && !value.is_blank() && !matches!(value, Value::Object(_) | Value::List(_)),
        })
    })
}

/// The same JSON with its members in another order, white space between its tokens, and letters spelled as escapes.
fn write_otherwise(out: &mut String, json: &Json, choices: &mut impl Iterator<Item = u8>) {
    let mut choose = |among: usize| usize::from(choices.next().unwrap()) % among;
    out.push_str(["", " ", "\t", "\r\n  "][choose(4)]);
    match json {
        Json::String(text) => write_escaped(out, text, &mut choose),
        Json::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write_otherwise(out, item, choices);
            }
            out.push(']');
        }
        Json::Object(members) => {
            let mut shuffled = Vec::new();
            for member in members {
                shuffled.insert(choose(shuffled.len() + 1), member);
            }
            out.push('{');
            for (at, (name, value)) in shuffled.into_iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_escaped(out, name, &mut |among| usize::from(choices.next().unwrap()) % among);
                out.push_str(" :");
                write_otherwise(out, value, choices);
            }
            out.push_str("\n}");
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn write_escaped(out: &mut String, text: &str, choose: &mut impl FnMut(usize) -> usize) {
    out.push('"');
    for letter in text.chars() {
        if choose(3) == 0 || letter.is_control() || matches!(letter, '"' | '\\') {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(letter);
        }
    }
    out.push('"');
}

fn operation() -> impl Strategy<Value = &'static Operation> {
    prop::sample::select(OPERATIONS)
}

/// An operation and values for its fields: mostly right ones, now and then none or anything.
fn filled_in() -> impl Strategy<Value = (&'static Operation, Json)> {
    operation().prop_flat_map(|operation| (Just(operation), object_of(operation.fields)))
}

fn object_of(fields: &'static [Field]) -> BoxedStrategy<Json> {
    let member = |field: &'static Field| {
        let absent = if field.presence == Presence::Required { 1 } else { 12 };
        let value = prop_oneof![
            40 => right(&field.kind).prop_map(Some),
            absent => Just(None),
            1 => any_json(2).prop_map(Some),
        ];
        value.prop_map(|value| Some((field.name.to_owned(), value?)))
    };
    let members: Vec<_> = fields.iter().map(member).collect();
    members.prop_map(|members| members.into_iter().flatten().collect()).boxed()
}

/// Values of a kind that pass, in spellings that are not the normal form.
fn right(kind: &'static Kind) -> BoxedStrategy<Json> {
    match kind {
        Kind::Id(prefix) => "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
            .prop_map(move |tail| format!(" {prefix}{tail}\t").into())
            .boxed(),
        Kind::Text(_) => text(r"\s{0,2}\PC{0,30}\s{0,2}"),
        Kind::Choice(words) => prop::sample::select(*words).prop_map(Json::from).boxed(),
        Kind::Boolean => any::<bool>().prop_map(Json::from).boxed(),
        Kind::State => text(r" ?([tT][xX]|[nN][yY]|pr|AE)\n?"),
        Kind::PostalCode => text(" ?[0-9]{5} ?"),
        Kind::Country => text(" ?[uU][sS] ?"),
        Kind::Key => text(" ?[A-Za-z0-9_-]{16,64} ?"),
        Kind::Page => prop_oneof![(1..=10_000_u32).prop_map(Json::from), text(" ?0?[1-9][0-9]{0,3} ?")].boxed(),
        Kind::Object(children) => object_of(children),
    }
}

fn text(pattern: &'static str) -> BoxedStrategy<Json> {
    pattern.prop_map(Json::from).boxed()
}

/// Any JSON; some of its names and texts mean something, others are there to annoy.
fn any_json(depth: u32) -> BoxedStrategy<Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        text(r#"[\s\x00\u{85}\u{200b}\u{feff}"\\]{0,8}"#),
        text("virtual|physical|US|TX|30044|user-|rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d"),
    ];
    let names = OPERATIONS.iter().flat_map(|it| it.fields).flat_map(|it| [it].into_iter().chain(it.kind.children()));
    let names: Vec<_> = names.map(|field| field.name).chain(["api_key", "__proto__", ""]).collect();
    let nested = leaf.prop_recursive(depth, 40, 6, move |inner| {
        let name = prop_oneof![3 => prop::sample::select(names.clone()).prop_map(str::to_owned), 1 => any::<String>()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((name, inner), 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    });
    nested.boxed()
}
