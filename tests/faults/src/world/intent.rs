//! One thing a person means once: what it asks, by which key, and how the ledger would show it.

use serde_json::{Value, json};

use crate::rig::{Call, Effect};

/// The operations that change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Write {
    /// `ingo.issueCard`, keyed.
    Issue,
    /// `ingo.activateCard`, convergent.
    Activate,
    /// `ingo.freezeCard`, convergent.
    Freeze,
    /// `ingo.unfreezeCard`, convergent.
    Unfreeze,
    /// `ingo.reissueCard`, once.
    Reissue,
    /// `pintopay.createCard`, keyed.
    Order,
}

impl Write {
    /// All of them.
    pub const ALL: [Write; 6] =
        [Write::Issue, Write::Activate, Write::Freeze, Write::Unfreeze, Write::Reissue, Write::Order];

    /// Its name in the SDK.
    pub fn name(self) -> &'static str {
        match self {
            Write::Issue => "ingo.issueCard",
            Write::Activate => "ingo.activateCard",
            Write::Freeze => "ingo.freezeCard",
            Write::Unfreeze => "ingo.unfreezeCard",
            Write::Reissue => "ingo.reissueCard",
            Write::Order => "pintopay.createCard",
        }
    }

    /// Its name in the ledger.
    pub(crate) fn in_ledger(self) -> &'static str {
        match self {
            Write::Issue => "create",
            Write::Activate => "activate",
            Write::Freeze => "freeze",
            Write::Unfreeze => "unfreeze",
            Write::Reissue => "reissue",
            Write::Order => "createOrder",
        }
    }

    /// Whether it makes a card or an order, of which there must be one.
    pub fn makes(self) -> bool {
        matches!(self, Write::Issue | Write::Reissue | Write::Order)
    }

    /// Whether a copy is safe because of the issuer's key.
    pub fn is_keyed(self) -> bool {
        matches!(self, Write::Issue | Write::Order)
    }

    /// Whether doing it twice ends in the same state.
    pub fn is_convergent(self) -> bool {
        matches!(self, Write::Activate | Write::Freeze | Write::Unfreeze)
    }

    fn path(self) -> &'static str {
        match self {
            Write::Issue => "/ingo/cards/issue",
            Write::Activate => "/ingo/cards/activate",
            Write::Freeze => "/ingo/cards/freeze",
            Write::Unfreeze => "/ingo/cards/unfreeze",
            Write::Reissue => "/ingo/cards/reissue",
            Write::Order => "/pintopay/cards/create",
        }
    }
}

/// One thing a person means once. No other intent for the same user does the same.
#[derive(Clone, Debug)]
pub struct Intent {
    /// What is asked.
    pub write: Write,
    /// For whom.
    pub user: String,
    /// The card it is about; none for what makes a first one.
    pub card: Option<String>,
    /// Its key.
    pub key: String,
}

impl Intent {
    /// The call that every copy of it makes.
    pub fn call(&self) -> Call {
        let (user, card) = (&self.user, &self.card);
        let values = match self.write {
            Write::Issue => json!({ "user_id": user, "card_type": "virtual" }),
            Write::Order => json!({ "product_code": "plain", "external_user_id": user }),
            Write::Reissue => json!({ "user_id": user, "id": card, "reuse_pan": false }),
            Write::Activate | Write::Freeze | Write::Unfreeze => json!({ "user_id": user, "id": card }),
        };
        Call { path: self.write.path(), values, key: Some(self.key.clone()) }
    }

    /// The card or order that an answer shows.
    pub(crate) fn shown<'a>(&self, answer: &'a Value) -> Option<&'a str> {
        match self.write {
            Write::Order => answer["order"]["order_id"].as_str(),
            _ => answer["data"]["items"][0]["id"].as_str(),
        }
    }

    /// Whether this is what it asked for.
    pub(crate) fn is_effect(&self, effect: &Effect) -> bool {
        effect.operation == self.write.in_ledger()
            && effect.made == self.write.makes()
            && effect.user.as_deref() == Some(&self.user)
            && (self.write.makes() || self.card.as_deref() == Some(&effect.id))
    }
}
