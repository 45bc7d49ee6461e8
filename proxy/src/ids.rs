//! The ids a request names: whose they are decides what a cardholder may reach, and they are what is noted of a request.

use cardwright::{Request, card_data};
use serde_json::Value;

/// What an id is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A user, in an issuer's words.
    User,
    Card,
    Order,
}

/// The fields that name somebody or something of somebody's.
const FIELDS: [(&str, Kind); 6] = [
    ("user_id", Kind::User),
    ("external_user_id", Kind::User),
    ("id", Kind::Card),
    ("card_id", Kind::Card),
    ("virtual_card_id", Kind::Card),
    ("order_id", Kind::Order),
];

/// An id, and the field it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Id {
    pub(crate) field: &'static str,
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

impl Id {
    /// Whether two texts are one user's id where this one stands: Ingo's in whichever case, PintoPay's to the letter.
    pub(crate) fn is_same(&self, one: &str, other: &str) -> bool {
        matches!(self.field, "user_id" | "id" | "virtual_card_id") && one.eq_ignore_ascii_case(other)
    }
}

/// The ids of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ids(pub(crate) Vec<Id>);

impl Ids {
    /// The ids a request names.
    pub(crate) fn of(request: &Request<'_>) -> Ids {
        let id = |(field, kind)| Some(Id { field, kind, text: request.text(field)?.to_owned() });
        Ids(FIELDS.into_iter().filter_map(id).collect())
    }

    /// The ids by their fields.
    pub(crate) fn to_json(&self) -> Value {
        self.0.iter().map(|id| (id.field.to_owned(), Value::from(id.text.as_str()))).collect()
    }

    /// The same, to be kept: somebody may have typed the number of a card where its id belongs.
    pub(crate) fn masked(&self) -> Value {
        self.0.iter().map(|id| (id.field.to_owned(), Value::from(card_data::mask(&id.text)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::{OPERATIONS, field};

    /// A new operation whose ids stood in no row could be asked for by every cardholder.
    #[test]
    fn every_field_that_names_an_id_has_its_row() {
        for operation in OPERATIONS {
            for field in operation.fields {
                let is_id =
                    matches!(field.kind, field::Kind::Id(_)) || field.name == "id" || field.name.ends_with("_id");
                let is_known = FIELDS.iter().any(|(name, _)| *name == field.name);
                assert_eq!(is_known, is_id && field.name != "product_id", "{} {}", operation.name, field.name);
            }
            let named = operation.fields.iter().filter(|field| FIELDS.iter().any(|(name, _)| *name == field.name));
            assert!(named.count() > 0, "{} is bound to nobody", operation.name);
        }
    }
}
