//! Reading an issuer's answer: its known fields proven, the others counted.

use crate::card_data::{is_amount, is_card_data, mask};
use crate::host_text::HostText;
use crate::input::{ANSWER_LIMITS, JsonError, Value, read_json};
use crate::write::{self, ObjectWriter};
use std::borrow::Cow;

/// The known fields of an answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its name in TypeScript.
    pub name: HostText,
    /// The fields at the top.
    pub fields: &'static [AnswerField],
}

/// One known field of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerField {
    /// The issuer's name.
    pub name: &'static str,
    /// What it holds.
    pub kind: AnswerKind,
    /// Whether an answer without it cannot be read.
    pub required: bool,
    /// What a tooltip says about it.
    pub doc: HostText,
}

impl AnswerField {
    /// A field without which the answer cannot be read.
    pub const fn required(name: &'static str, kind: AnswerKind, doc: &'static str) -> AnswerField {
        AnswerField { name, kind, required: true, doc: HostText::new(doc) }
    }

    /// A field that may be absent or null.
    pub const fn optional(name: &'static str, kind: AnswerKind, doc: &'static str) -> AnswerField {
        AnswerField { required: false, ..AnswerField::required(name, kind, doc) }
    }
}

/// What a field of an answer holds. A name in first place is the TypeScript type's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// This one word.
    Exactly(&'static str),
    /// True or false.
    Bool,
    /// The last four digits of a card's number; no other text passes.
    LastFour,
    /// Text of which these words are known; others are kept, as unrecognized.
    Word(HostText, &'static [&'static str]),
    /// An object.
    Object(HostText, &'static [AnswerField]),
    /// A list of objects.
    List(HostText, &'static [AnswerField]),
    /// The id of what the answer is about. Without it nobody could ask again, so it is whole or the answer is not read.
    Id,
    /// A decimal string; how many decimals it has is not documented.
    Decimal,
}

/// Why an answer cannot be read; it names a place, never a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The body is no JSON within the limits.
    NotJson(JsonError),
    /// A field is missing, or holds something else than documented.
    Field {
        /// The field's name.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: &'static str,
    },
}

/// Proves that a body is an answer of this shape.
///
/// # Errors
/// The first field that stands against it.
pub fn read<'a>(shape: &'static Shape, body: &'a [u8]) -> Result<Value<'a>, Unreadable> {
    let value = read_json(body, ANSWER_LIMITS).map_err(Unreadable::NotJson)?;
    prove_object("answer", shape.fields, &value)?;
    Ok(value)
}

/// Proves that a value is an object with these known fields.
///
/// # Errors
/// The first field that stands against it.
pub fn prove_object(name: &'static str, fields: &'static [AnswerField], value: &Value<'_>) -> Result<(), Unreadable> {
    if !matches!(value, Value::Object(_)) {
        return Err(Unreadable::Field { name, expected: "object", found: value.kind() });
    }
    fields.iter().try_for_each(|field| prove_member(field, value.get(field.name)))
}

/// Proves that a field's value, if there is one, is what the field holds.
pub(crate) fn prove_member(field: &'static AnswerField, value: Option<&Value<'_>>) -> Result<(), Unreadable> {
    match value {
        None | Some(Value::Null) if field.required => {
            Err(Unreadable::Field { name: field.name, expected: field.kind.expected(), found: "nothing" })
        }
        None | Some(Value::Null) => Ok(()),
        Some(value) => prove(field, value),
    }
}

fn prove(field: &'static AnswerField, value: &Value<'_>) -> Result<(), Unreadable> {
    let expected = field.kind.expected();
    let fits = match (field.kind, value) {
        (kind, Value::Text(text)) => kind.holds(text.as_bytes()),
        (AnswerKind::Number, Value::Number(_)) | (AnswerKind::Bool, Value::Bool(_)) => true,
        (AnswerKind::Object(_, fields), value) => return prove_object(field.name, fields, value),
        (AnswerKind::List(_, fields), Value::List(items)) => {
            return items.iter().try_for_each(|item| prove_object(field.name, fields, item));
        }
        _ => false,
    };
    if fits { Ok(()) } else { Err(Unreadable::Field { name: field.name, expected, found: value.kind() }) }
}

impl AnswerKind {
    /// What is text to all but who makes answers anew, which no wasm does.
    pub(crate) const fn text(kind: AnswerKind) -> AnswerKind {
        if cfg!(target_arch = "wasm32") { AnswerKind::Text } else { kind }
    }

    pub(crate) const fn word(name: &'static str, known: &'static [&'static str]) -> AnswerKind {
        AnswerKind::Word(HostText::new(name), if cfg!(target_arch = "wasm32") { &[] } else { known })
    }

    pub(crate) const fn object(name: &'static str, fields: &'static [AnswerField]) -> AnswerKind {
        AnswerKind::Object(HostText::new(name), fields)
    }

    pub(crate) const fn list(name: &'static str, fields: &'static [AnswerField]) -> AnswerKind {
        AnswerKind::List(HostText::new(name), fields)
    }
}

impl AnswerKind {
    /// Whether this text is what such a field holds.
    #[inline(always)]
    pub(crate) fn holds(self, text: &[u8]) -> bool {
        match self {
            AnswerKind::Text | AnswerKind::Id | AnswerKind::Decimal | AnswerKind::Word(..) => true,
            AnswerKind::LastFour => matches!(text, [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9']),
            AnswerKind::Exactly(word) => text == word.as_bytes(),
            AnswerKind::Bool | AnswerKind::Number | AnswerKind::Object(..) | AnswerKind::List(..) => false,
        }
    }

    #[cfg_attr(small, inline(never))]
    const fn expected(self) -> &'static str {
        match self {
            AnswerKind::Text | AnswerKind::Id | AnswerKind::Decimal | AnswerKind::Word(..) => "text",
            AnswerKind::LastFour => "four digits",
            AnswerKind::Bool => "boolean",
            AnswerKind::Number => "number",
            AnswerKind::Exactly(word) => word,
            AnswerKind::Object(..) => "object",
            AnswerKind::List(..) => "list",
        }
    }
}

/// Whether fields nobody documented are passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownFields {
    /// They are counted and dropped.
    #[default]
    Drop,
    /// They are counted and passed on, card data excepted.
    Forward,
}

/// An answer made anew from what may pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// The answer as JSON.
    pub json: String,
    /// How many fields nobody documented it had.
    pub unknown: u32,
    /// How many fields or texts held card data, and were withheld.
    pub withheld: u32,
}

/// Makes a proven answer anew from its known fields. Card data never passes, whatever it is called.
///
/// # Errors
/// The answer is about something whose id could be a card's number.
pub fn rebuild(shape: &'static Shape, answer: &Value<'_>, unknown: UnknownFields) -> Result<Rebuilt, Unreadable> {
    let mut json = String::new();
    let mut rebuilder = Rebuilder { policy: unknown, unknown: 0, withheld: 0, lost: None };
    rebuilder.object(&mut json, Some(shape.fields), answer);
    match rebuilder.lost {
        Some(name) => Err(Unreadable::Field { name, expected: "id", found: "a card's number" }),
        None => Ok(Rebuilt { json, unknown: rebuilder.unknown, withheld: rebuilder.withheld }),
    }
}

struct Rebuilder {
    policy: UnknownFields,
    unknown: u32,
    withheld: u32,
    /// An id that was withheld.
    lost: Option<&'static str>,
}

impl Rebuilder {
    /// An object of known fields, or, below an unknown field, of anything that is no card data.
    fn object(&mut self, out: &mut String, fields: Option<&'static [AnswerField]>, object: &Value<'_>) {
        let Value::Object(members) = object else {
            return out.push_str("null");
        };
        let mut writer = ObjectWriter::new(out);
        for field in fields.unwrap_or_default() {
            if let Some(value) = object.get(field.name) {
                let withheld = self.withheld;
                self.value(writer.member(field.name), Some(field.kind), value);
                if field.kind == AnswerKind::Id && self.withheld > withheld {
                    self.lost = Some(field.name);
                }
            }
        }
        for (name, value) in members {
            if fields.unwrap_or_default().iter().any(|field| field.name == name) {
                continue;
            }
            self.unknown += 1;
            if is_card_data(name) || mask(name) != *name {
                self.withheld += 1;
            } else if self.policy == UnknownFields::Forward {
                self.value(writer.member(name), None, value);
            }
        }
        writer.end();
    }

    fn value(&mut self, out: &mut String, kind: Option<AnswerKind>, value: &Value<'_>) {
        match value {
            Value::Null | Value::Foreign(_) => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => {
                let masked = mask(number);
                self.withheld += u32::from(masked != *number);
                out.push_str(if masked == *number { number } else { "null" });
            }
            Value::Text(text) => {
                let is_amount = kind == Some(AnswerKind::Decimal) && is_amount(text);
                let masked = if is_amount { Cow::Borrowed(text.as_ref()) } else { mask(text) };
                self.withheld += u32::from(masked != *text);
                write::text(out, &masked);
            }
            Value::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    match kind {
                        Some(AnswerKind::List(_, fields)) => self.object(out, Some(fields), item),
                        _ => self.value(out, None, item),
                    }
                }
                out.push(']');
            }
            Value::Object(_) => match kind {
                Some(AnswerKind::Object(_, fields)) => self.object(out, Some(fields), value),
                _ => self.object(out, None, value),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingo::card;
    use crate::pintopay::order;

    const CARD: &str = r#"{"id":"rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d","card_type":"physical","last_four":"4242",
        "status":"reissue","user_id":"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","created_at":"2026-04-16T12:34:56.000Z"
        ,"pan":"4242424242424242","note":"see 4242 4242 4242 4242","nested":{"cvv":"123","ok":1}}"#;

    fn envelope() -> String {
        format!(r#"{{"status":"success","message":"made 4242424242424242","data":{{"items":[{CARD}]}},"trace":7}}"#)
    }

    fn unreadable(body: &str) -> Unreadable {
        read(card::ENVELOPE, body.as_bytes()).unwrap_err()
    }

    #[test]
    fn unknown_fields_are_dropped_and_counted() {
        let body = envelope();
        let answer = read(card::ENVELOPE, body.as_bytes()).unwrap();
        let rebuilt = rebuild(card::ENVELOPE, &answer, UnknownFields::Drop).unwrap();
        assert_eq!(
            rebuilt.json,
            concat!(
                r#"{"status":"success","message":"made [withheld]","data":{"items":[{"id":"#,
                r#""rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d","card_type":"physical","last_four":"4242","status":"reissue","#,
                r#""user_id":"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","created_at":"2026-04-16T12:34:56.000Z"}]}}"#
            )
        );
        assert_eq!((rebuilt.unknown, rebuilt.withheld), (4, 2));
    }

    #[test]
    fn forwarded_fields_never_hold_card_data() {
        let body = envelope();
        let answer = read(card::ENVELOPE, body.as_bytes()).unwrap();
        let rebuilt = rebuild(card::ENVELOPE, &answer, UnknownFields::Forward).unwrap();
        assert!(rebuilt.json.contains(r#""note":"see [withheld]","nested":{"ok":1}"#), "{}", rebuilt.json);
        assert!(rebuilt.json.contains(r#""trace":7"#));
        assert!(!rebuilt.json.contains("4242424242424242") && !rebuilt.json.contains("pan"));
    }

    #[test]
    fn says_what_stands_against_an_answer() {
        let field = |name, expected, found| Unreadable::Field { name, expected, found };
        assert_eq!(unreadable("[]"), field("answer", "object", "list"));
        assert_eq!(unreadable("{}"), field("status", "success", "nothing"));
        assert_eq!(unreadable(r#"{"status":"error","message":"m"}"#), field("status", "success", "text"));
        assert_eq!(unreadable(r#"{"status":"success"}"#), field("message", "text", "nothing"));
        let items = |items: &str| format!(r#"{{"status":"success","message":"m","data":{{"items":{items}}}}}"#);
        assert_eq!(unreadable(&items("{}")), field("items", "list", "object"));
        assert_eq!(unreadable(&items("[1]")), field("items", "object", "number"));
        assert_eq!(unreadable(&items("[{}]")), field("id", "text", "nothing"));
        assert!(matches!(unreadable("<html>"), Unreadable::NotJson(_)));
    }

    #[test]
    fn a_last_four_is_four_digits_or_the_answer_is_not_read() {
        for text in ["42424", "4242424242424241", "42a2", ""] {
            let body = envelope().replace(r#""4242","#, &format!(r#""{text}","#));
            let refused = read(card::ENVELOPE, body.as_bytes()).unwrap_err();
            assert_eq!(refused, Unreadable::Field { name: "last_four", expected: "four digits", found: "text" });
        }
    }

    fn order(id: &str, balance: &str) -> String {
        format!(
            r#"{{"success":true,"order":{{"order_id":"{id}","order_type":"card_issue","status":"new","balance_after":"{balance}","data":{{}},"created_at":"t"}}}}"#
        )
    }

    fn rebuilt_order(id: &str, balance: &str) -> Result<String, Unreadable> {
        let body = order(id, balance);
        let answer = read(order::ENVELOPE, body.as_bytes()).unwrap();
        rebuild(order::ENVELOPE, &answer, UnknownFields::Drop).map(|rebuilt| rebuilt.json)
    }

    #[test]
    fn an_amount_is_no_cards_number() {
        for amount in ["0.000000000000", "-1000148.031675", "1.000000000000000000", "4242424242.424242"] {
            assert_eq!(rebuilt_order("o", amount), Ok(order("o", amount)));
        }
        for other in ["4242424242424242", "4242424242424242.00", "4242.4242.4242.4242", "4242 424242.424242"] {
            assert!(!rebuilt_order("o", other).unwrap().contains("4242"), "{other}");
        }
    }

    #[test]
    fn an_answer_whose_id_would_be_withheld_is_not_read() {
        assert_eq!(rebuilt_order("4242424242424241", "1.00"), Ok(order("4242424242424241", "1.00")));
        let refused = Unreadable::Field { name: "order_id", expected: "id", found: "a card's number" };
        assert_eq!(rebuilt_order("4242424242424242", "1.00"), Err(refused));
    }

    #[test]
    fn an_answer_may_have_no_data() {
        assert!(read(card::ENVELOPE, br#"{"status":"success","message":"m","data":null}"#).is_ok());
    }
}
