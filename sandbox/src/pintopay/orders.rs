//! The orders of the project and the balance they are paid from.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::Operation;
use super::behaviour::{Behaviour, State, snapshot};
use super::freshness::Timestamps;
use super::inferred::{CARD_NOT_FOUND, FEE, ORDER_NOT_FOUND, new_id};
use super::money::Usdt;
use super::options::Options;
use super::product;
use super::rejection::{INSUFFICIENT_FUNDS, Rejection};
use super::request::{Create, Request};
use crate::effects::Effect;
use crate::keys::LookUp;
use crate::ledger::timestamp;
use crate::pan::Pans;

/// An order that really was made, and the card it leads to.
#[derive(Clone)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) card_id: String,
    pub(super) pan: String,
    pub(super) asked: Create,
    pub(super) balance_before: Usdt,
    pub(super) balance_after: Usdt,
    pub(super) created_at: SystemTime,
    behaviour: Behaviour,
    speed: f64,
}

impl Order {
    /// How it stands at a moment.
    pub(super) fn state(&self, now: SystemTime) -> State {
        snapshot(&self.behaviour, self.elapsed(now))
    }

    /// When something first became true of it, if it has by now.
    pub(super) fn since(&self, now: SystemTime, is_true: impl Fn(State) -> bool) -> Option<SystemTime> {
        self.behaviour.since(self.elapsed(now), is_true).map(|elapsed| self.moment(elapsed))
    }

    /// When its present state began.
    pub(super) fn last_change(&self, now: SystemTime) -> SystemTime {
        self.moment(self.behaviour.last_change(self.elapsed(now)))
    }

    fn elapsed(&self, now: SystemTime) -> Duration {
        let real = now.duration_since(self.created_at).unwrap_or_default();
        Duration::try_from_secs_f64(real.as_secs_f64() * self.speed).unwrap_or(Duration::MAX)
    }

    fn moment(&self, elapsed: Duration) -> SystemTime {
        self.created_at + Duration::try_from_secs_f64(elapsed.as_secs_f64() / self.speed).unwrap_or_default()
    }

    fn ledger(&self, now: SystemTime) -> Value {
        let state = self.state(now);
        json!({
            "order_id": self.id,
            "external_user_id": self.asked.external_user_id,
            "cardholder_id": self.asked.cardholder_id,
            "product": self.asked.product.word(),
            "idempotency_key": self.asked.idempotency_key,
            "card_id": state.is_issued().then_some(&self.card_id),
            "status": state.order,
            "issue_status": state.issue,
            "is_issued": state.is_issued(),
            "charged": FEE.to_string(),
            "balance_before": self.balance_before.to_string(),
            "balance_after": self.balance_after.to_string(),
            "created_at": timestamp(self.created_at),
        })
    }
}

/// All that the project has done since the start or the last reset.
#[derive(Default)]
pub(crate) struct Project {
    pub(super) timestamps: Timestamps,
    orders: Vec<Order>,
    spent: Usdt,
    pans: Pans,
}

/// What an operation found or made.
pub(super) enum Found {
    Order(Order),
    Card(Order),
}

impl Project {
    /// Carries out a request and gives what to answer with.
    pub(super) fn perform(
        &mut self,
        request: Request,
        look_up: LookUp,
        options: &Options,
        now: SystemTime,
    ) -> Result<Found, Rejection> {
        match request {
            Request::CreateOrder(create) => self.create(create, look_up, options, now).map(Found::Order),
            Request::CheckOrder { order_id } => {
                self.find(|order| order.id == order_id).map(Found::Order).ok_or(ORDER_NOT_FOUND.into())
            }
            Request::GetCard { card_id } => self
                .find(|order| order.card_id == card_id && order.state(now).is_issued())
                .map(Found::Card)
                .ok_or(CARD_NOT_FOUND.into()),
        }
    }

    /// What the ledger shows of it: the orders, oldest first, and the balance.
    pub(crate) fn ledger(&self, options: &Options, now: SystemTime) -> Map<String, Value> {
        let orders = self.orders.iter().map(|order| order.ledger(now)).collect();
        Map::from_iter([
            ("orders".to_owned(), orders),
            ("master_balance".to_owned(), Value::from(self.balance(options).to_string())),
        ])
    }

    /// What really happened: each order that was made.
    pub(crate) fn effects(&self) -> impl Iterator<Item = Effect> {
        self.orders.iter().map(|order| Effect {
            operation: Operation::CreateOrder.name(),
            user: order.asked.external_user_id.clone().or_else(|| order.asked.cardholder_id.clone()),
            id: order.id.clone(),
            made: true,
            status: "new".into(),
            key: Some(order.asked.idempotency_key.clone()),
            at: timestamp(order.created_at),
        })
    }

    /// Whether the key of an order has made one already.
    pub(super) fn knows(&self, asked: &Create) -> bool {
        self.first(asked).is_some()
    }

    fn first(&self, asked: &Create) -> Option<Order> {
        self.find(|order| order.asked.idempotency_key == asked.idempotency_key)
    }

    /// Makes an order, or gives the one that its key has made already.
    fn create(
        &mut self,
        asked: Create,
        look_up: LookUp,
        options: &Options,
        now: SystemTime,
    ) -> Result<Order, Rejection> {
        if look_up == LookUp::Yes
            && let Some(first) = self.first(&asked)
        {
            return Ok(first);
        }
        let behaviour = product::behaviour(asked.product.word(), options.dialect)?;
        let balance_before = self.balance(options);
        let balance_after = balance_before.pay(FEE).ok_or(INSUFFICIENT_FUNDS)?;
        let order = Order {
            id: new_id("order"),
            card_id: new_id("card"),
            pan: self.pans.next(),
            asked,
            balance_before,
            balance_after,
            created_at: now,
            behaviour,
            speed: options.speed,
        };
        self.spent = self.spent.and(FEE);
        self.orders.push(order.clone());
        Ok(order)
    }

    fn balance(&self, options: &Options) -> Usdt {
        options.balance.pay(self.spent).unwrap_or_default()
    }

    fn find(&self, is_meant: impl Fn(&Order) -> bool) -> Option<Order> {
        self.orders.iter().find(|order| is_meant(order)).cloned()
    }
}
