//! Every request that reached an issuer, in order, refused ones too: the oracle of the safety tests.

use std::collections::BTreeMap;
use std::time::SystemTime;

use axum::http::StatusCode;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::config::Config;
use crate::faults::Kind;
use crate::received::Received;

/// The headers that are themselves secrets: Ingo's and PintoPay's.
const API_KEY_HEADERS: [&str; 2] = ["api_key", "api-key"];

/// The requests seen since the start or the last reset.
#[derive(Default)]
pub(crate) struct Ledger {
    arrived: u64,
    entries: Vec<Entry>,
}

/// Names one entry, also after a reset, when it is no longer there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct EntryId(u64);

/// One request and what became of it.
#[derive(Serialize)]
pub(crate) struct Entry {
    #[serde(skip)]
    id: EntryId,
    at: String,
    operation: Option<&'static str>,
    /// The key or the card that was read in it.
    #[serde(skip)]
    subject: Option<String>,
    method: String,
    path: String,
    http_version: String,
    request_line: String,
    headers: BTreeMap<String, String>,
    api_key_present: bool,
    body_base64: String,
    /// Whether a secret stood in what is shown here and was overwritten, so that digests no longer fit.
    masked: bool,
    /// Whether the operation took effect, whatever the client was told.
    accepted: bool,
    /// What the client was told; nothing yet, or nothing ever.
    status: Option<u16>,
    refusal: Option<&'static str>,
    fault: Option<Kind>,
    /// What an issuer read in the request that cannot be read here.
    #[serde(flatten)]
    notes: Map<String, Value>,
}

impl Ledger {
    /// Notes a request before anything is done about it.
    pub(crate) fn arrive(&mut self, received: &Received, operation: Option<&'static str>, config: &Config) -> EntryId {
        let mut mask = Mask { config, used: false };
        let id = EntryId(self.arrived);
        self.arrived += 1;
        self.entries.push(Entry {
            id,
            at: timestamp(SystemTime::now()),
            operation,
            subject: None,
            method: received.method.to_string(),
            path: mask.text(&received.target),
            http_version: format!("{:?}", received.version),
            request_line: mask.text(&received.request_line()),
            headers: shown_headers(received, &mut mask),
            api_key_present: API_KEY_HEADERS.iter().any(|&name| received.headers.contains_key(name)),
            body_base64: BASE64_STANDARD.encode(mask.bytes(received.body.to_vec())),
            masked: mask.used,
            accepted: false,
            status: None,
            refusal: None,
            fault: None,
            notes: Map::new(),
        });
        id
    }

    /// Notes the key of a request that makes something, the card of one that changes it.
    pub(crate) fn identify(&mut self, id: EntryId, subject: Option<&str>) {
        if let Some(entry) = self.entry(id) {
            entry.subject = subject.map(str::to_owned);
        }
    }

    /// Adds what an issuer read in the request.
    pub(crate) fn note(&mut self, id: EntryId, name: &str, value: Value, config: &Config) {
        let mut mask = Mask { config, used: false };
        let value = mask.value(value);
        if let Some(entry) = self.entry(id) {
            entry.masked |= mask.used;
            entry.notes.insert(name.to_owned(), value);
        }
    }

    /// Notes that the request was turned down.
    pub(crate) fn refuse(&mut self, id: EntryId, refusal: &'static str, status: StatusCode) {
        self.settle(id, Settled { accepted: false, status: Some(status), refusal: Some(refusal), fault: None });
    }

    /// Notes what became of the request, before the client can know.
    pub(crate) fn settle(&mut self, id: EntryId, settled: Settled) {
        let Some(entry) = self.entry(id) else {
            return;
        };
        entry.accepted = settled.accepted;
        entry.status = settled.status.map(|status| status.as_u16());
        entry.refusal = settled.refusal;
        entry.fault = settled.fault;
        tracing::info!(
            operation = entry.operation,
            accepted = entry.accepted,
            status = entry.status,
            refusal = entry.refusal,
            fault = entry.fault.map(tracing::field::debug),
            "request settled"
        );
    }

    fn entry(&mut self, id: EntryId) -> Option<&mut Entry> {
        self.entries.iter_mut().rev().find(|entry| entry.id == id)
    }

    /// All entries, oldest first.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Forgets all entries.
    pub(crate) fn reset(&mut self) {
        self.entries.clear();
    }
}

impl Entry {
    /// Operation and key, or operation and card, of a request in which they could be read.
    pub(crate) fn subject(&self) -> Option<(&'static str, &str)> {
        Some((self.operation?, self.subject.as_deref()?))
    }
}

/// What became of a request.
pub(crate) struct Settled {
    pub(crate) accepted: bool,
    pub(crate) status: Option<StatusCode>,
    pub(crate) refusal: Option<&'static str>,
    pub(crate) fault: Option<Kind>,
}

/// ISO 8601 in UTC with milliseconds, as the issuers write it.
pub(crate) fn timestamp(at: SystemTime) -> String {
    humantime::format_rfc3339_millis(at).to_string()
}

fn shown_headers(received: &Received, mask: &mut Mask<'_>) -> BTreeMap<String, String> {
    let mut shown = BTreeMap::<String, String>::new();
    for (name, value) in received.headers.iter().filter(|(name, _)| !API_KEY_HEADERS.contains(&name.as_str())) {
        let value = mask.text(&String::from_utf8_lossy(value.as_bytes()));
        shown.entry(name.to_string()).and_modify(|all| *all = format!("{all}, {value}")).or_insert(value);
    }
    shown
}

/// Overwrites secrets, keeping the length.
struct Mask<'a> {
    config: &'a Config,
    used: bool,
}

impl Mask<'_> {
    fn bytes(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        for (_, secret) in self.config.secrets() {
            let secret = secret.expose_secret().as_bytes();
            let mut from = 0;
            while let Some(rest) = bytes.get_mut(from..)
                && let Some(start) = rest.windows(secret.len()).position(|window| window == secret)
            {
                self.used = true;
                rest.iter_mut().skip(start).take(secret.len()).for_each(|byte| *byte = b'*');
                from += start + secret.len();
            }
        }
        bytes
    }

    fn text(&mut self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes().to_vec())).into_owned()
    }

    fn value(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) => self.text(&text).into(),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, value)| (self.text(&name), self.value(value))).collect()
            }
            other => other,
        }
    }
}
