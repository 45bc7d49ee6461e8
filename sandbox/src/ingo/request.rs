//! Reads a request body: a JSON object of known fields, each of its kind, nothing else.

use serde_json::{Map, Value};

use super::Operation;
use super::cards::CardType;
use super::inferred::{ADDRESS_LINES, INVALID_BODY, Rejection, is_id, is_shipped};

const SHIPPING_ADDRESS: &str = "shipping_address";

/// A body that was read without complaint.
#[derive(Debug)]
pub(super) enum Request {
    Create(Create),
    /// Activate, freeze or unfreeze: their bodies are the same.
    Change(Operation, Target),
    Reissue(Reissue),
    /// The cards of this user.
    List(String),
}

/// A new card.
#[derive(Debug)]
pub(super) struct Create {
    pub(super) user_id: String,
    pub(super) card_type: CardType,
    pub(super) virtual_card_id: Option<String>,
    pub(super) idempotent_key: Option<String>,
}

/// The card that is meant, and whose it is.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) user_id: String,
    pub(super) id: String,
}

/// A card in place of another.
#[derive(Debug)]
pub(super) struct Reissue {
    pub(super) target: Target,
    pub(super) reuse_pan: bool,
    /// The replaced card's, if not said.
    pub(super) card_type: Option<CardType>,
    pub(super) has_address: bool,
}

impl Request {
    /// The key of a new card, if it has one, or the card that is to be changed.
    pub(super) fn subject(&self) -> Option<&str> {
        match self {
            Self::Create(create) => create.idempotent_key.as_deref(),
            Self::Change(_, target) => Some(&target.id),
            Self::Reissue(reissue) => Some(&reissue.target.id),
            Self::List(_) => None,
        }
    }

    /// Reads the body of an operation.
    pub(super) fn read(operation: Operation, body: &[u8]) -> Result<Self, Rejection> {
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
            return Err(INVALID_BODY.into());
        };
        let mut fields = Fields { parent: None, object };
        // The gateway has read it already; here it only has to be text.
        fields.text("api_key")?;
        let request = match operation {
            Operation::Create => Self::Create(create(&mut fields)?),
            Operation::Reissue => Self::Reissue(reissue(&mut fields)?),
            Operation::List => Self::List(fields.required_id("user_id", "user-")?),
            Operation::Activate | Operation::Freeze | Operation::Unfreeze => {
                Self::Change(operation, change(&mut fields)?)
            }
        };
        fields.end()?;
        Ok(request)
    }
}

fn create(fields: &mut Fields) -> Result<Create, Rejection> {
    let user_id = fields.required_id("user_id", "user-")?;
    let card_type = fields.card_type()?.ok_or_else(|| fields.missing("card_type"))?;
    let has_address = fields.shipping_address(Some(card_type))?;
    if is_shipped(card_type) && !has_address {
        return Err(fields.missing(SHIPPING_ADDRESS));
    }
    let virtual_card_id = fields.id("virtual_card_id", "rcrd-")?;
    if card_type == CardType::Virtual && virtual_card_id.is_some() {
        return Err(fields.wrong("virtual_card_id", "expected nothing for a virtual card, found an id"));
    }
    let idempotent_key = fields.text("idempotent_key")?;
    Ok(Create { user_id, card_type, virtual_card_id, idempotent_key })
}

fn change(fields: &mut Fields) -> Result<Target, Rejection> {
    let user_id = fields.required_id("user_id", "user-")?;
    let id = fields.required_id("id", "rcrd-")?;
    // Read for their kind only: no document says what they do.
    fields.text("reason_code")?;
    fields.text("reason")?;
    Ok(Target { user_id, id })
}

fn reissue(fields: &mut Fields) -> Result<Reissue, Rejection> {
    let target = change(fields)?;
    let reuse_pan = fields.boolean("reuse_pan")?.ok_or_else(|| fields.missing("reuse_pan"))?;
    fields.boolean("terminate_old_card")?;
    let card_type = fields.card_type()?;
    let has_address = fields.shipping_address(card_type)?;
    Ok(Reissue { target, reuse_pan, card_type, has_address })
}

/// The refusal of a physical card without an address, where only the replaced card tells that it is physical.
pub(super) fn address_missing() -> Rejection {
    Rejection::field(SHIPPING_ADDRESS.to_owned(), "expected a value, found nothing".to_owned())
}

/// The fields of an object that nobody has asked for yet.
struct Fields {
    parent: Option<&'static str>,
    object: Map<String, Value>,
}

impl Fields {
    fn text(&mut self, name: &str) -> Result<Option<String>, Rejection> {
        match self.object.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Err(self.wrong(name, "expected text, found nothing")),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong_kind(name, "text", &other)),
        }
    }

    fn required_text(&mut self, name: &str) -> Result<String, Rejection> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    fn boolean(&mut self, name: &str) -> Result<Option<bool>, Rejection> {
        match self.object.remove(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(other) => Err(self.wrong_kind(name, "boolean", &other)),
        }
    }

    fn id(&mut self, name: &str, prefix: &str) -> Result<Option<String>, Rejection> {
        match self.text(name)? {
            Some(id) if !is_id(&id, prefix) => {
                Err(self.wrong(name, &format!("expected an id with {prefix}, found other text")))
            }
            id => Ok(id),
        }
    }

    fn required_id(&mut self, name: &str, prefix: &str) -> Result<String, Rejection> {
        self.id(name, prefix)?.ok_or_else(|| self.missing(name))
    }

    fn card_type(&mut self) -> Result<Option<CardType>, Rejection> {
        match self.text("card_type")?.as_deref() {
            None => Ok(None),
            Some("physical") => Ok(Some(CardType::Physical)),
            Some("virtual") => Ok(Some(CardType::Virtual)),
            Some(_) => Err(self.wrong("card_type", "expected physical or virtual, found other text")),
        }
    }

    /// Whether a correct address is there; with a card said to be virtual it must not be, since nothing is shipped.
    fn shipping_address(&mut self, card_type: Option<CardType>) -> Result<bool, Rejection> {
        let object = match self.object.remove(SHIPPING_ADDRESS) {
            None => return Ok(false),
            Some(_) if card_type.is_some_and(|card_type| !is_shipped(card_type)) => {
                return Err(self.wrong(SHIPPING_ADDRESS, "expected nothing for a virtual card, found a value"));
            }
            Some(Value::Object(object)) => object,
            Some(other) => return Err(self.wrong_kind(SHIPPING_ADDRESS, "object", &other)),
        };
        let mut address = Fields { parent: Some(SHIPPING_ADDRESS), object };
        for line in ADDRESS_LINES {
            address.required_text(line)?;
        }
        address.text("address_two")?;
        address.code("state", "two upper-case letters", |code| is_all(code, 2, u8::is_ascii_uppercase))?;
        address.code("postal_code", "five digits", |code| is_all(code, 5, u8::is_ascii_digit))?;
        address.code("country", "two upper-case letters", |code| is_all(code, 2, u8::is_ascii_uppercase))?;
        address.end()?;
        Ok(true)
    }

    fn code(&mut self, name: &str, form: &str, has_form: impl Fn(&str) -> bool) -> Result<(), Rejection> {
        if has_form(&self.required_text(name)?) {
            Ok(())
        } else {
            Err(self.wrong(name, &format!("expected {form}, found other text")))
        }
    }

    /// Refuses what nobody has asked for.
    fn end(&self) -> Result<(), Rejection> {
        match self.object.keys().next() {
            None => Ok(()),
            Some(name) => Err(self.wrong(name, "expected no such field, found one")),
        }
    }

    fn missing(&self, name: &str) -> Rejection {
        self.wrong(name, "expected a value, found nothing")
    }

    fn wrong_kind(&self, name: &str, expected: &str, found: &Value) -> Rejection {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "text",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        self.wrong(name, &format!("expected {expected}, found {found}"))
    }

    fn wrong(&self, name: &str, message: &str) -> Rejection {
        let path = match self.parent {
            Some(parent) => format!("{parent}.{name}"),
            None => name.to_owned(),
        };
        Rejection::field(path, message.to_owned())
    }
}

fn is_all(text: &str, length: usize, is_allowed: impl Fn(&u8) -> bool) -> bool {
    text.len() == length && text.bytes().all(|byte| is_allowed(&byte))
}
