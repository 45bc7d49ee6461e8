//! The queue of faults that tests ask for.

use std::time::Duration;

use axum::http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};

use crate::operation::Operation;

const MAX_DELAY_MS: u64 = 120_000;

/// What goes wrong.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// No answer for 120 seconds, then the connection is closed.
    Hang,
    /// The connection is closed without an answer.
    Close,
    /// A page instead of JSON.
    Html,
    /// A redirect.
    Redirect,
    /// `Content-Length` promises the whole body, half of it comes, then the connection is closed.
    HalfBody,
    /// An error with the given status.
    Status,
    /// The right answer, late.
    Delay,
    /// A body that says it is JSON and is not.
    GarbageJson,
    /// The right answer in small pieces.
    SlowBody,
    /// The right answer, and card data that must never be passed on.
    CardData,
    /// The right answer, and harmless fields nobody knows.
    ExtraFields,
    /// The right answer, with a card status outside the documented set.
    UnknownStatus,
}

impl Kind {
    /// Whether it changes a successful envelope, and so can only follow an operation that took effect.
    fn alters_envelope(self) -> bool {
        matches!(self, Self::CardData | Self::ExtraFields | Self::UnknownStatus)
    }

    fn takes_status(self) -> bool {
        matches!(self, Self::Html | Self::Redirect | Self::HalfBody | Self::Status | Self::GarbageJson | Self::SlowBody)
    }

    fn needs_delay(self) -> bool {
        matches!(self, Self::Delay | Self::SlowBody)
    }
}

/// One fault, as asked for and as shown.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) fault: Kind,
    status: Option<u16>,
    #[serde(default)]
    delay_ms: u64,
    after: Option<bool>,
    #[serde(default = "once")]
    times: u32,
    operation: Option<Operation>,
    pub(crate) location: Option<String>,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// Whether the operation takes effect before the answer is spoiled.
    pub(crate) fn after(&self) -> bool {
        self.after.unwrap_or(self.fault.alters_envelope())
    }

    /// How long to wait before the operation takes effect: only a `delay` makes the effect itself late.
    pub(crate) fn wait_before_effect(&self) -> Option<Duration> {
        (self.fault == Kind::Delay && !self.after()).then(|| self.delay())
    }

    /// Whether the operation never takes effect.
    pub(crate) fn prevents_effect(&self) -> bool {
        self.fault != Kind::Delay && !self.after()
    }

    pub(crate) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    /// The status asked for, if any.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        self.status.and_then(|status| StatusCode::from_u16(status).ok())
    }

    /// Says what is wrong with a fault that cannot be carried out.
    fn check(&self) -> Result<(), &'static str> {
        let redirect = self.fault == Kind::Redirect;
        let statuses = if redirect { 300..=399 } else { 200..=599 };
        match self {
            _ if self.times == 0 => Err("times: expected at least 1, found 0"),
            _ if self.delay_ms > MAX_DELAY_MS => Err("delay_ms: expected at most 120000, found more"),
            _ if self.fault.needs_delay() && self.delay_ms == 0 => Err("delay_ms: expected at least 1, found 0"),
            _ if self.fault.alters_envelope() && !self.after() => {
                Err("after: expected true for a fault that alters a successful answer, found false")
            }
            Self { status: Some(_), .. } if !self.fault.takes_status() => {
                Err("status: expected none for this fault, found one")
            }
            Self { status: Some(status), .. } if !statuses.contains(status) => {
                Err("status: expected a final status (300 to 399 for a redirect), found another")
            }
            Self { location: Some(_), .. } if !redirect => Err("location: expected none for this fault, found one"),
            Self { location: Some(location), .. } if !is_loopback(location) => {
                Err("location: expected an http address on loopback, found another")
            }
            _ => Ok(()),
        }
    }
}

/// Whether a redirect to it stays on this machine.
fn is_loopback(location: &str) -> bool {
    let Ok(uri) = location.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    uri.scheme_str() == Some("http")
        && (host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()))
}

/// Faults waiting for a request, first come, first served.
#[derive(Default)]
pub(crate) struct Faults {
    pending: Vec<Fault>,
}

impl Faults {
    /// Adds a fault behind those that wait already.
    pub(crate) fn add(&mut self, fault: Fault) -> Result<(), &'static str> {
        fault.check()?;
        self.pending.push(fault);
        Ok(())
    }

    /// Takes the first fault meant for this operation.
    pub(crate) fn take(&mut self, operation: impl Into<Operation>) -> Option<Fault> {
        let operation = operation.into();
        let at = self.pending.iter().position(|fault| fault.operation.is_none_or(|wanted| wanted == operation))?;
        let waiting = self.pending.get_mut(at)?;
        let taken = waiting.clone();
        waiting.times -= 1;
        if waiting.times == 0 {
            self.pending.remove(at);
        }
        Some(taken)
    }

    /// The faults that still wait.
    pub(crate) fn pending(&self) -> &[Fault] {
        &self.pending
    }

    /// Drops all faults.
    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ingo, pintopay};
    use serde_json::{Value, json};

    fn fault(value: Value) -> Fault {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn faults_go_to_their_operation_as_often_as_asked() {
        let mut faults = Faults::default();
        faults.add(fault(json!({ "fault": "close", "operation": "freeze", "times": 2 }))).unwrap();
        faults.add(fault(json!({ "fault": "hang" }))).unwrap();
        assert_eq!(faults.take(ingo::Operation::Create).unwrap().fault, Kind::Hang);
        assert!(faults.take(ingo::Operation::Create).is_none());
        assert_eq!(faults.take(ingo::Operation::Freeze).unwrap().fault, Kind::Close);
        assert_eq!(faults.take(ingo::Operation::Freeze).unwrap().fault, Kind::Close);
        assert!(faults.take(ingo::Operation::Freeze).is_none());
    }

    #[test]
    fn a_fault_names_an_operation_of_any_issuer() {
        let mut faults = Faults::default();
        for name in ["create", "createOrder"] {
            let close = json!({ "fault": "close", "operation": name });
            faults.add(fault(close)).unwrap();
        }
        let shown = serde_json::to_value(faults.pending()).unwrap();
        assert_eq!((&shown[0]["operation"], &shown[1]["operation"]), (&json!("create"), &json!("createOrder")));
        assert!(faults.take(pintopay::Operation::CheckOrder).is_none());
        assert!(faults.take(pintopay::Operation::CreateOrder).is_some());
        assert!(faults.take(pintopay::Operation::CreateOrder).is_none());
        assert!(faults.take(ingo::Operation::Create).is_some());
        let unknown = serde_json::from_value::<Fault>(json!({ "fault": "close", "operation": "explode" }));
        assert_eq!(unknown.unwrap_err().to_string(), "operation: expected the name of one, found something else");
    }

    #[test]
    fn a_fault_that_cannot_be_carried_out_is_refused() {
        for wrong in [
            json!({ "fault": "close", "times": 0 }),
            json!({ "fault": "close", "status": 500 }),
            json!({ "fault": "delay" }),
            json!({ "fault": "slow_body" }),
            json!({ "fault": "hang", "delay_ms": 120_001 }),
            json!({ "fault": "card_data", "after": false }),
            json!({ "fault": "status", "status": 101 }),
            json!({ "fault": "redirect", "status": 200 }),
            json!({ "fault": "html", "location": "http://127.0.0.1/" }),
            json!({ "fault": "redirect", "location": "http://192.0.2.1/" }),
            json!({ "fault": "redirect", "location": "https://127.0.0.1/" }),
            json!({ "fault": "redirect", "location": "http://127.0.0.1.example/" }),
        ] {
            assert!(fault(wrong.clone()).check().is_err(), "{wrong}");
        }
        for right in [
            json!({ "fault": "redirect", "location": "http://[::1]:1/", "status": 307 }),
            json!({ "fault": "redirect", "location": "http://localhost:1/" }),
            json!({ "fault": "card_data" }),
            json!({ "fault": "status" }),
        ] {
            assert!(fault(right.clone()).check().is_ok(), "{right}");
        }
    }
}
