//! Reads a payload: known fields, each of its kind, nothing else.

use serde_json::{Map, Value};

use super::Operation;
use super::inferred::{IDEMPOTENCY_KEY_CONFLICT, INVALID_REQUEST};
use super::options::Dialect;
use super::rejection::{EXTERNAL_USER_ID_REQUIRED, IDEMPOTENCY_KEY_REQUIRED, Rejection};
use crate::received::Received;

const IDEMPOTENCY_KEY_HEADER: &str = "idempotency-key";

/// A payload that was read without complaint.
#[derive(Debug)]
pub(super) enum Request {
    CreateOrder(Create),
    CheckOrder { order_id: String },
    GetCard { card_id: String },
}

/// An order for a new card.
#[derive(Clone, Debug)]
pub(super) struct Create {
    pub(super) idempotency_key: String,
    pub(super) product: Product,
    pub(super) external_user_id: Option<String>,
    /// Revio only.
    pub(super) cardholder_id: Option<String>,
}

/// A product in the way it was named.
#[derive(Clone, Debug)]
pub(super) enum Product {
    Code(String),
    Id(String),
}

impl Product {
    /// The word for it, whichever it is.
    pub(super) fn word(&self) -> &str {
        match self {
            Self::Code(word) | Self::Id(word) => word,
        }
    }
}

impl Request {
    /// Reads the payload of an operation.
    pub(super) fn read(
        operation: Operation,
        received: &Received,
        payload: Map<String, Value>,
        dialect: Dialect,
    ) -> Result<Self, Rejection> {
        let mut fields = Fields(payload);
        // Freshness has been proven already.
        fields.0.remove("request_timestamp");
        let request = match operation {
            Operation::CreateOrder => Self::CreateOrder(create(received, &mut fields, dialect)?),
            Operation::CheckOrder => Self::CheckOrder { order_id: fields.required_text("order_id")? },
            Operation::GetCard => Self::GetCard { card_id: fields.required_text("card_id")? },
        };
        fields.end()?;
        Ok(request)
    }
}

fn create(received: &Received, fields: &mut Fields, dialect: Dialect) -> Result<Create, Rejection> {
    let idempotency_key = idempotency_key(received, fields)?;
    // A field of the other dialect is left unasked for, and so refused as unknown.
    let (code, cardholder_id) = match dialect {
        Dialect::Pintopay => (fields.text("product_code")?, None),
        Dialect::Revio => (None, fields.text("cardholder_id")?),
    };
    let product = match (code, fields.text("product_id")?) {
        (Some(code), None) => Product::Code(code),
        (None, Some(id)) => Product::Id(id),
        (Some(_), Some(_)) => return Err(wrong("product_id", "expected nothing beside product_code, found text")),
        (None, None) => return Err(wrong("product_id", "expected a product, found nothing")),
    };
    let external_user_id = fields.text("external_user_id")?;
    if external_user_id.is_none() && cardholder_id.is_none() {
        return Err(EXTERNAL_USER_ID_REQUIRED.into());
    }
    Ok(Create { idempotency_key, product, external_user_id, cardholder_id })
}

/// The key from the header, from the body or from both.
fn idempotency_key(received: &Received, fields: &mut Fields) -> Result<String, Rejection> {
    let in_header = if received.headers.contains_key(IDEMPOTENCY_KEY_HEADER) {
        let readable = received.header(IDEMPOTENCY_KEY_HEADER);
        Some(readable.ok_or_else(|| wrong("Idempotency-Key", "expected one header of text, found another"))?)
    } else {
        None
    };
    match (in_header.filter(|key| !key.is_empty()), fields.text("idempotency_key")?) {
        (Some(header), Some(field)) if header != field => Err(IDEMPOTENCY_KEY_CONFLICT.into()),
        (Some(key), _) => Ok(key.to_owned()),
        (None, Some(key)) => Ok(key),
        (None, None) => Err(IDEMPOTENCY_KEY_REQUIRED.into()),
    }
}

/// The fields that nobody has asked for yet.
struct Fields(Map<String, Value>);

impl Fields {
    fn text(&mut self, name: &str) -> Result<Option<String>, Rejection> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(wrong(name, "expected text, found nothing or another kind")),
        }
    }

    fn required_text(&mut self, name: &str) -> Result<String, Rejection> {
        self.text(name)?.ok_or_else(|| wrong(name, "expected a value, found nothing"))
    }

    /// Refuses what nobody has asked for.
    fn end(&self) -> Result<(), Rejection> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(wrong(name, "expected no such field, found one")),
        }
    }
}

fn wrong(name: &str, text: &str) -> Rejection {
    Rejection::because(INVALID_REQUEST, format!("{name}: {text}"))
}
