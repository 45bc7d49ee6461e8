//! The issuer's cards and their life.

use std::collections::HashMap;
use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Operation;
use super::inferred::{
    CARD_NOT_FOUND, CARD_STATE_CONFLICT, MAGIC_USERS, Rejection, first_response, first_status, is_shipped,
    materialised_pan, next_status, reissued_pan,
};
use super::request::{Create, Reissue, Request, Target, address_missing};
use crate::effects::Effect;
use crate::keys::LookUp;
use crate::ledger::timestamp;
use crate::pan::Pans;

/// The form of a card.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CardType {
    Physical,
    Virtual,
}

/// The documented statuses that an operation can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Unactivated,
    Active,
    Suspended,
    Terminated,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Unactivated => "unactivated",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
        }
    }
}

/// A card that really was made.
#[derive(Clone)]
pub(super) struct Card {
    pub(super) id: String,
    pub(super) user_id: String,
    pub(super) card_type: CardType,
    pub(super) status: Status,
    pub(super) pan: String,
    pub(super) created_at: String,
    idempotent_key: Option<String>,
    made_by: Operation,
    history: Vec<Event>,
}

/// One operation that reached a card, also when it changed nothing.
#[derive(Clone, Serialize)]
struct Event {
    operation: Operation,
    at: String,
    status: Status,
}

impl Card {
    /// The end of its number, all that the issuer's API shows of it.
    pub(super) fn last_four(&self) -> &str {
        self.pan.get(self.pan.len().saturating_sub(4)..).unwrap_or_default()
    }

    fn change(&mut self, operation: Operation, now: SystemTime) -> Result<(), Rejection> {
        self.status = next_status(operation, self.status).ok_or(CARD_STATE_CONFLICT)?;
        self.history.push(Event { operation, at: timestamp(now), status: self.status });
        Ok(())
    }

    fn effects(&self) -> impl Iterator<Item = Effect> {
        self.history.iter().enumerate().map(|(at, event)| Effect {
            operation: event.operation.name(),
            user: Some(self.user_id.clone()),
            id: self.id.clone(),
            made: at == 0,
            status: event.status.name().into(),
            key: self.idempotent_key.clone().filter(|_| at == 0),
            at: event.at.clone(),
        })
    }

    fn ledger(&self) -> Value {
        let mut shown = json!({
            "id": self.id,
            "user_id": self.user_id,
            "card_type": self.card_type,
            "status": self.status,
            "last_four": self.last_four(),
            "made_by_operation": self.made_by,
            "history": self.history,
        });
        if let (Some(key), Some(object)) = (&self.idempotent_key, shown.as_object_mut()) {
            object.insert("idempotent_key".to_owned(), Value::from(key.as_str()));
        }
        shown
    }
}

/// All cards made since the start or the last reset.
#[derive(Default)]
pub(crate) struct Cards {
    cards: Vec<Card>,
    pans: Pans,
    /// The card as it was in the first response to each `idempotent_key`.
    first_responses: HashMap<String, Card>,
}

impl Cards {
    /// Carries out a request and gives the cards to answer with.
    pub(super) fn perform(
        &mut self,
        request: Request,
        look_up: LookUp,
        now: SystemTime,
    ) -> Result<Vec<Card>, Rejection> {
        let card = match request {
            Request::Create(create) => self.create(create, look_up, now),
            Request::Change(operation, target) => self.change(operation, &target, now),
            Request::Reissue(reissue) => self.reissue(reissue, now),
            Request::List(user_id) => return Ok(self.of(&user_id)),
        };
        card.map(|card| vec![card])
    }

    fn of(&self, user_id: &str) -> Vec<Card> {
        self.cards.iter().rev().filter(|card| card.user_id == user_id).cloned().collect()
    }

    /// The cards as the ledger shows them, oldest first.
    pub(crate) fn ledger(&self) -> Vec<Value> {
        self.cards.iter().map(Card::ledger).collect()
    }

    /// What really happened to each of them.
    pub(crate) fn effects(&self) -> impl Iterator<Item = Effect> {
        self.cards.iter().flat_map(Card::effects)
    }

    /// Whether the key of a new card has made one already.
    pub(super) fn knows(&self, create: &Create) -> bool {
        first_response(create, &self.first_responses).is_some()
    }

    fn create(&mut self, create: Create, look_up: LookUp, now: SystemTime) -> Result<Card, Rejection> {
        if look_up == LookUp::Yes
            && let Some(first) = first_response(&create, &self.first_responses)
        {
            return Ok(first.clone());
        }
        admit(&create.user_id)?;
        let pan = match &create.virtual_card_id {
            Some(id) => materialised_pan(self.virtual_card(id, &create.user_id)?),
            None => self.pans.next(),
        };
        let card = new_card(Operation::Create, create.user_id, create.card_type, pan, create.idempotent_key, now);
        if let Some(key) = &card.idempotent_key {
            self.first_responses.entry(key.clone()).or_insert_with(|| card.clone());
        }
        self.cards.push(card.clone());
        Ok(card)
    }

    fn change(&mut self, operation: Operation, target: &Target, now: SystemTime) -> Result<Card, Rejection> {
        admit(&target.user_id)?;
        let card = self.card(&target.id, &target.user_id)?;
        card.change(operation, now)?;
        Ok(card.clone())
    }

    fn reissue(&mut self, reissue: Reissue, now: SystemTime) -> Result<Card, Rejection> {
        let Target { user_id, id } = reissue.target;
        admit(&user_id)?;
        let old = self.card(&id, &user_id)?;
        let card_type = reissue.card_type.unwrap_or(old.card_type);
        if is_shipped(card_type) && !reissue.has_address {
            return Err(address_missing());
        }
        old.change(Operation::Reissue, now)?;
        let pan = reissued_pan(old, reissue.reuse_pan).unwrap_or_else(|| self.pans.next());
        let card = new_card(Operation::Reissue, user_id, card_type, pan, None, now);
        self.cards.push(card.clone());
        Ok(card)
    }

    fn card(&mut self, id: &str, user_id: &str) -> Result<&mut Card, Rejection> {
        let found = self.cards.iter_mut().find(|card| card.id == id && card.user_id == user_id);
        found.ok_or_else(|| CARD_NOT_FOUND.into())
    }

    fn virtual_card(&mut self, id: &str, user_id: &str) -> Result<&Card, Rejection> {
        let card = self.card(id, user_id)?;
        match (card.card_type, card.status) {
            (CardType::Physical, _) => Err(Rejection::field(
                "virtual_card_id".to_owned(),
                "expected a virtual card, found a physical one".to_owned(),
            )),
            (CardType::Virtual, Status::Terminated) => Err(CARD_STATE_CONFLICT.into()),
            (CardType::Virtual, _) => Ok(card),
        }
    }
}

/// Turns down the users that tests use to hear no.
fn admit(user_id: &str) -> Result<(), Rejection> {
    match MAGIC_USERS.iter().find(|(end, _)| user_id.ends_with(end)) {
        Some(&(_, slug)) => Err(slug.into()),
        None => Ok(()),
    }
}

fn new_card(
    made_by: Operation,
    user_id: String,
    card_type: CardType,
    pan: String,
    idempotent_key: Option<String>,
    now: SystemTime,
) -> Card {
    let status = first_status(card_type);
    let created_at = timestamp(now);
    let history = vec![Event { operation: made_by, at: created_at.clone(), status }];
    let id = format!("rcrd-{}", Uuid::new_v4());
    Card { id, user_id, card_type, status, pan, created_at, idempotent_key, made_by, history }
}
