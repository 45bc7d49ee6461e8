//! An input in normal form that has passed every rule.

use crate::field::{Field, Proven};
use crate::operation::Operation;
use crate::write::{self, ObjectWriter};
use std::borrow::Cow;
use std::fmt;

/// An input in normal form that has passed every rule; only [`crate::check()`] makes one.
#[derive(Clone, PartialEq)]
pub struct Request<'a> {
    operation: &'static Operation,
    values: Vec<(&'static Field, Proven<'a>)>,
    key: Option<Cow<'a, str>>,
}

impl<'a> Request<'a> {
    pub(crate) fn proven(
        operation: &'static Operation,
        values: Vec<(&'static Field, Proven<'a>)>,
        key: Option<Cow<'a, str>>,
    ) -> Request<'a> {
        Request { operation, values, key }
    }

    /// What is asked for.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The idempotency key, if one was given; it is no part of the request's text.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The text of a field at the top, if it was given.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Proven::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether a field at the top is true, if it was given.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Proven::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number of a field at the top, if it was given.
    pub fn count(&self, name: &str) -> Option<u32> {
        match self.value(name)? {
            Proven::Count(count) => Some(*count),
            _ => None,
        }
    }

    fn value(&self, name: &str) -> Option<&Proven<'a>> {
        self.values.iter().find(|(field, _)| field.name == name).map(|(_, proven)| proven)
    }

    /// The request as JSON, fields in the descriptor's order, under our names: what page and proxy exchange, and what a
    /// fingerprint is made of.
    pub fn to_json(&self) -> String {
        object(&self.values, |field| field.name)
    }

    /// The request as JSON under the issuer's names, with what the proxy adds behind it.
    pub fn to_wire_json(&self, added: &[(&str, &str)]) -> String {
        let mut text = String::new();
        let mut writer = ObjectWriter::new(&mut text);
        members(&mut writer, &self.values, |field| field.wire.as_str());
        for (name, value) in added {
            write::text(writer.member(name), value);
        }
        writer.end();
        text
    }

    /// The request as a query: every field that was given, percent-encoded.
    pub fn to_query(&self) -> String {
        let mut query = String::new();
        for (field, proven) in &self.values {
            // No query has an object; a descriptor that wants one is refused by the test of descriptors.
            if matches!(proven, Proven::Object(_)) {
                continue;
            }
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(field.name);
            query.push('=');
            match proven {
                Proven::Text(text) => write::percent(&mut query, text),
                Proven::Count(count) => write::count(&mut query, *count),
                Proven::Bool(value) => query.push_str(if *value { "true" } else { "false" }),
                Proven::Object(_) => {}
            }
        }
        query
    }
}

fn object(values: &[(&'static Field, Proven<'_>)], name: fn(&Field) -> &'static str) -> String {
    let mut text = String::new();
    let mut writer = ObjectWriter::new(&mut text);
    members(&mut writer, values, name);
    writer.end();
    text
}

fn members(writer: &mut ObjectWriter<'_>, values: &[(&'static Field, Proven<'_>)], name: fn(&Field) -> &'static str) {
    for (field, proven) in values {
        let out = writer.member(name(field));
        match proven {
            Proven::Text(text) => write::text(out, text),
            Proven::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Proven::Count(count) => write::count(out, *count),
            Proven::Object(children) => out.push_str(&object(children, name)),
        }
    }
}

/// Shows which fields are given, never a value: a request is personal.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.values.iter().map(|(field, _)| field.name).collect();
        f.debug_struct("Request").field("operation", &self.operation.name).field("fields", &names).finish()
    }
}
