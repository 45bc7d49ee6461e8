//! The names of all scopes: one an operation, and three that reach over several.

use cardwright::OPERATIONS;

use crate::{balances, binding, settle};

/// Every scope there is.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|operation| operation.name).chain([balances::SCOPE, settle::SCOPE, binding::SCOPE])
}

/// The scope with this name.
pub(super) fn find(name: &str) -> Option<&'static str> {
    all().find(|scope| *scope == name)
}
