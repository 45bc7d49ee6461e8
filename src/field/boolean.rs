//! True or false, never a word that means it.

use crate::field::{Proven, wrong_kind};
use crate::input::Value;
use crate::issue::Refusal;

pub(super) fn prove<'a>(value: &Value<'a>) -> Result<Proven<'a>, Refusal> {
    match value {
        Value::Bool(value) => Ok(Proven::Bool(*value)),
        other => Err(wrong_kind("boolean", other)),
    }
}
