//! What holds for every answer of an issuer: it reads or is refused, and what may not pass does not.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::card_data;
use cardwright::envelope::{self, Rebuilt, UnknownFields, Unreadable};
use cardwright::ingo::card;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::fs;
use std::path::Path;

#[test]
fn an_answer_cut_short_is_unreadable() {
    for answer in recorded() {
        let whole = answer.trim_ascii_end();
        for end in 0..whole.len() {
            let cut = envelope::read(card::ENVELOPE, &whole[..end]);
            assert!(matches!(cut, Err(Unreadable::NotJson(_))), "{end} bytes");
        }
        assert!(envelope::read(card::ENVELOPE, whole).is_ok());
    }
}

#[test]
fn an_answer_with_a_flipped_bit_is_refused_or_can_be_rebuilt() {
    for mut answer in recorded() {
        let mut read = 0;
        for bit in 0..answer.len() * 8 {
            answer[bit / 8] ^= 1 << (bit % 8);
            if let Ok(value) = envelope::read(card::ENVELOPE, &answer) {
                let rebuilt = envelope::rebuild(card::ENVELOPE, &value, UnknownFields::Forward).unwrap().json;
                assert!(envelope::read(card::ENVELOPE, rebuilt.as_bytes()).is_ok(), "bit {bit}: {rebuilt}");
                read += 1;
            }
            answer[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(read > 0 && read < answer.len() * 8, "{read} flipped bits left an answer");
    }
}

#[test]
fn a_name_of_card_data_never_passes() {
    for name in card_data::NAMES {
        let (head, tail) = name.split_at(1);
        for spelling in [(*name).to_owned(), name.to_uppercase(), format!("{head}-{tail}")] {
            let mut answer = sample();
            answer["data"]["items"][0][&spelling] = "withheld by its name".into();
            answer["trace"] = json!([{ "deep": { spelling.clone(): 1 } }]);
            let rebuilt = rebuild(&answer, UnknownFields::Forward);
            assert_eq!(rebuilt.withheld, 2, "{spelling}: {}", rebuilt.json);
            let mut expected = sample();
            expected["trace"] = json!([{ "deep": {} }]);
            assert_eq!(parsed(&rebuilt), expected);
        }
    }
}

#[test]
fn a_card_number_beside_an_id_never_passes() {
    let tail = "9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d";
    for text in [format!("4242424242424242 is rcrd-{tail}"), format!("4242424242424242-{tail}")] {
        let mut answer = sample();
        answer["message"] = text.into();
        let rebuilt = rebuild(&answer, UnknownFields::Drop);
        assert!(!rebuilt.json.contains("4242424242424242"), "{}", rebuilt.json);
    }
}

proptest! {
    #[test]
    fn unknown_fields_are_counted_and_dropped(
        names in prop::collection::btree_set("[a-z\u{e9}\"_ ]{0,12}", 0..6),
        value in prop_oneof![Just(json!(null)), Just(json!({ "a": [1, { "b": "c" }] })), ".*".prop_map(Json::from)],
        place in prop::sample::select(&["", "/data", "/data/items/0", "/data/pagination"][..]),
    ) {
        let mut answer = sample();
        let object = answer.pointer_mut(place).unwrap().as_object_mut().unwrap();
        let known = object.len();
        for name in names {
            object.entry(name).or_insert(value.clone());
        }
        let unknown = object.len() - known;
        let rebuilt = rebuild(&answer, UnknownFields::Drop);
        prop_assert_eq!(rebuilt.unknown as usize, unknown);
        prop_assert_eq!(parsed(&rebuilt), sample());
    }

    #[test]
    fn a_card_number_never_passes(
        number in card_number(),
        before in "[^0-9]{0,6}|[0-9]{1,4}[ .-]",
        after in "[^0-9]{0,6}|[ .-][0-9]{1,4}",
        place in 0..PLACES,
    ) {
        let answer = planted(place, &format!("{before}{number}{after}"), number.parse().unwrap());
        if place == ID {
            prop_assert!(try_rebuild(&answer, UnknownFields::Forward).is_err());
            return Ok(());
        }
        let rebuilt = rebuild(&answer, UnknownFields::Forward);
        prop_assert!(!rebuilt.json.contains(&number), "{}", rebuilt.json);
        prop_assert!(rebuilt.withheld > 0);
    }
}

const PLACES: usize = 13;

/// The place of the card's id.
const ID: usize = 7;

/// The sample with a text or a number planted at one of its places.
fn planted(place: usize, text: &str, number: u64) -> Json {
    let known = [
        "/message",
        "/data/items/0/id",
        "/data/items/0/status",
        "/data/items/0/business_id",
        "/data/items/0/created_at",
        "/data/pagination/sort",
        "/data/pagination/search",
    ];
    let mut answer = sample();
    match place {
        0 => answer["data"]["pagination"]["total"] = number.into(),
        1 => answer["trace"] = text.into(),
        2 => answer["trace"] = number.into(),
        3 => answer["data"]["pagination"][text] = true.into(),
        4 => answer["data"]["items"][0]["trace"] = json!({ "deep": [[{ "trace": text }]] }),
        5 => answer["data"]["trace"] = json!([{ text: { "deep": number } }]),
        _ => *answer.pointer_mut(known[place - 6]).unwrap() = text.into(),
    }
    answer
}

/// 13 to 19 digits, the last one the check digit of ISO/IEC 7812-1 (Luhn).
fn card_number() -> impl Strategy<Value = String> {
    "[1-9][0-9]{11,17}".prop_map(|payload| {
        let digits = payload.bytes().rev().map(|byte| u32::from(byte - b'0'));
        let sum: u32 = digits
            .zip([2, 1].into_iter().cycle())
            .map(|(digit, weight)| digit * weight)
            .map(|it| it / 10 + it % 10)
            .sum();
        format!("{payload}{}", (10 - sum % 10) % 10)
    })
}

fn rebuild(answer: &Json, unknown: UnknownFields) -> Rebuilt {
    try_rebuild(answer, unknown).unwrap()
}

fn try_rebuild(answer: &Json, unknown: UnknownFields) -> Result<Rebuilt, Unreadable> {
    let text = answer.to_string();
    envelope::rebuild(card::ENVELOPE, &envelope::read(card::ENVELOPE, text.as_bytes()).unwrap(), unknown)
}

fn parsed(rebuilt: &Rebuilt) -> Json {
    serde_json::from_str(&rebuilt.json).unwrap()
}

fn sample() -> Json {
    serde_json::from_slice(&recorded()[0]).unwrap()
}

fn recorded() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingo");
    let pages = fs::read_dir(folder).unwrap().map(|page| page.unwrap().path());
    let answers: Vec<_> = pages.map(|page| fs::read(page.join("answer.json")).unwrap()).collect();
    assert!(!answers.is_empty());
    answers
}
