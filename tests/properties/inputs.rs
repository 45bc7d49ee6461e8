//! Inputs somebody may give, right and wrong ones, for tests that hold for every input.

use cardwright::field::{Field, Kind, Presence};
use cardwright::{OPERATIONS, Operation};
use proptest::prelude::*;
use serde_json::Value as Json;

pub(crate) fn operation() -> impl Strategy<Value = &'static Operation> {
    prop::sample::select(OPERATIONS)
}

/// An operation and values for its fields: mostly right ones, now and then none or anything.
pub(crate) fn filled_in() -> impl Strategy<Value = (&'static Operation, Json)> {
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
pub(crate) fn right(kind: &'static Kind) -> BoxedStrategy<Json> {
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
pub(crate) fn any_json(depth: u32) -> BoxedStrategy<Json> {
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
