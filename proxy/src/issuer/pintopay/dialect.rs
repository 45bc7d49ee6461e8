//! What a deployment calls things on the wire. The page's words are the same for all of them.
//!
//! Source: PintoPay and Revio, "Card Issue": Revio has products by id only, and takes a cardholder in place of a user.

use anyhow::ensure;
use clap::ValueEnum;

/// A deployment of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Dialect {
    /// PintoPay's own.
    Pintopay,
    /// Its sibling's: products by id.
    Revio,
}

/// What names the user a card is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum UserField {
    /// The caller's own id.
    ExternalUserId,
    /// The issuer's id of the cardholder; Revio only.
    CardholderId,
}

/// The words that go out.
#[derive(Clone, Copy)]
pub(super) struct Wording {
    dialect: Dialect,
    user_field: UserField,
}

impl Wording {
    /// The words of a deployment, if it has them.
    pub(super) fn new(dialect: Dialect, user_field: UserField) -> anyhow::Result<Wording> {
        ensure!(
            dialect == Dialect::Revio || user_field == UserField::ExternalUserId,
            "pintopay-user-field: expected external_user_id, found what only the dialect revio has"
        );
        Ok(Wording { dialect, user_field })
    }

    /// The name a field goes out under.
    pub(super) fn on_wire(self, name: &str) -> &str {
        match name {
            "product_code" if self.dialect == Dialect::Revio => "product_id",
            "external_user_id" if self.user_field == UserField::CardholderId => "cardholder_id",
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_deployment_has_its_words() {
        let names = ["product_code", "product_id", "external_user_id", "order_id"];
        let words = |dialect, user_field| {
            let wording = Wording::new(dialect, user_field).unwrap();
            names.map(|name| wording.on_wire(name))
        };
        assert_eq!(words(Dialect::Pintopay, UserField::ExternalUserId), names);
        let by_id = ["product_id", "product_id", "external_user_id", "order_id"];
        assert_eq!(words(Dialect::Revio, UserField::ExternalUserId), by_id);
        let cardholder = ["product_id", "product_id", "cardholder_id", "order_id"];
        assert_eq!(words(Dialect::Revio, UserField::CardholderId), cardholder);
    }

    #[test]
    fn pintopay_has_no_cardholder_id() {
        assert!(Wording::new(Dialect::Pintopay, UserField::CardholderId).is_err());
    }
}
