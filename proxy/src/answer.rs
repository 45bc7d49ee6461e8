//! Reading an issuer's answer: proven, then made anew from its known fields.

use cardwright::envelope::{self, UnknownFields, Unreadable};
use cardwright::input::{ANSWER_LIMITS, Value, read_json};
use cardwright::{ErrorCode, Operation};

use crate::ending::{Answer, Failure};
use crate::issuer::Issuer;

/// Rebuilds the body of an issuer's yes.
///
/// What cannot be read says nothing about the effect.
pub(crate) fn read(
    issuer: &dyn Issuer,
    operation: &Operation,
    body: &[u8],
    unknown_fields: UnknownFields,
) -> Result<Answer, Failure> {
    let name = operation.name;
    match proven(issuer, operation, body)
        .and_then(|answer| envelope::rebuild(operation.answer, &answer, unknown_fields))
    {
        Ok(rebuilt) => {
            if rebuilt.unknown > 0 || rebuilt.withheld > 0 {
                let (unknown, withheld) = (rebuilt.unknown, rebuilt.withheld);
                tracing::info!(operation = name, unknown, withheld, "answer had more than is documented");
            }
            Ok(Answer(rebuilt.json.into()))
        }
        Err(why) => {
            tracing::warn!(operation = name, ?why, "answer could not be read");
            Err(Failure::new(ErrorCode::IssuerUnreadable, operation.safety))
        }
    }
}

/// What of an answer may be kept: undocumented fields may hold anything, also where they are passed on.
pub(crate) fn known(operation: &Operation, answer: Answer) -> Answer {
    let rebuilt = read_json(answer.0.as_bytes(), ANSWER_LIMITS)
        .map_err(Unreadable::NotJson)
        .and_then(|value| envelope::rebuild(operation.answer, &value, UnknownFields::Drop));
    match rebuilt {
        Ok(rebuilt) => Answer(rebuilt.json.into()),
        // It was made by `rebuild`, and can be made again.
        Err(_) => answer,
    }
}

fn proven<'a>(issuer: &dyn Issuer, operation: &Operation, body: &'a [u8]) -> Result<Value<'a>, Unreadable> {
    let answer = issuer.normalise(operation, read_json(body, ANSWER_LIMITS).map_err(Unreadable::NotJson)?);
    envelope::prove_object("answer", operation.answer.fields, &answer)?;
    Ok(answer)
}
