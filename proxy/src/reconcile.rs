//! What became of an intent whose answer never came, as far as the issuer's own list of cards shows it.

mod verdict;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::SystemTime;

use cardwright::envelope::{UnknownFields, prove_object, rebuild};
use cardwright::input::{ANSWER_LIMITS, Value, read_json};
use cardwright::{Operation, operation};
use serde_json::json;

use crate::app::App;
use crate::claims::StoreUnavailable;
use crate::claims::record::{Address, Done, Record, Snapshot};
use crate::ending::{Answer, Ending, Failure, Word};
use crate::intent;
use crate::principal::Principal;
use crate::register::{PER_PAGE, SeenCard, Sighting, TERMINATED, cards_in};
use verdict::{Asked, Known, Listed, Verdict, creates, verdict};

/// The slug of what was not done after all.
const NOT_DONE: &str = "not_done";

/// Settles an unknown intent, if the issuer's list tells what became of it; whether it did.
pub(crate) async fn reconcile(app: &App, address: &Address, seen: &Snapshot) -> Result<bool, StoreUnavailable> {
    let Some(record) = &seen.record else { return Ok(false) };
    let Some(operation) = operation::find(record.operation) else { return Ok(false) };
    let (Some(user_id), Some(sent_at)) = (record.subject.user_id.as_deref(), record.sent_at) else { return Ok(false) };
    // From the end of its last send, and before the list is asked for: what is not in it is missing at this moment.
    let is_late = app.claims.now() >= record.changed_at.after(2 * app.claims.lease());
    let Some(listed) = list(app, operation, record, user_id).await else { return Ok(false) };
    // After the list, and in this order: what is newer was in the lane before it was sent; what had not ended is counted, and of
    // what had its card is known.
    let of_today = intent::address(address.claim.clone(), &record.tenant, operation, record.subject.card_id.as_deref());
    let is_overtaken = app.claims.is_overtaken(&of_today).await?;
    let is_alone = app.claims.open_for(&record.tenant, user_id).await? <= 1;
    let known = known(app, record, user_id, &listed).await?;
    let asked = Asked { record, sent_at, is_alone, is_late, is_overtaken };
    let mut sighting = None;
    let ending: Ending = match verdict(&asked, &listed, &known) {
        Verdict::Open => return Ok(false),
        Verdict::NotDone => Err(Failure::rejected(Word::parse(NOT_DONE), None)),
        Verdict::Done(card) => {
            let Some(answer) = answer(operation, &card) else { return Ok(false) };
            let replaced = record.subject.card_id.as_ref().filter(|_| creates(operation.name));
            let has_ended = |card: &&SeenCard| {
                card.status == TERMINATED && replaced.is_some_and(|id| card.id.eq_ignore_ascii_case(id))
            };
            let ended = listed.cards.iter().find(has_ended).map(|card| card.id.clone());
            sighting = Some(Sighting { ended, cards: vec![card], order: None });
            Ok(answer)
        }
    };
    let settled = app.claims.settle(address, record.fence, &ending, None).await?;
    if settled {
        if let Some(sighting) = sighting {
            app.register.record(&record.tenant, sighting).await?;
        }
        tracing::info!(operation = operation.name, done = ending.is_ok(), "settled by reading the issuer");
    }
    Ok(settled)
}

async fn list(app: &App, operation: &Operation, record: &Record, user_id: &str) -> Option<Listed> {
    let body = app.issuers.get(operation.issuer())?.cards_of(user_id).await?.ok()?;
    let value = read_json(&body, ANSWER_LIMITS).ok()?;
    prove_object("answer", operation.answer.fields, &value).ok()?;
    let mut cards = cards_in(&value, &asker(record), SystemTime::now());
    let count = cards.len();
    // The issuer may write an id in another case than whoever asked.
    cards.retain(|card| card.user_id.eq_ignore_ascii_case(user_id));
    let is_whole = total(&value) == Some(count) && cards.len() == count;
    Some(Listed { cards, is_whole })
}

/// How many cards there are, by a list's own word. No document has this answer, so what is not there is not read as "none".
fn total(list: &Value<'_>) -> Option<usize> {
    let data = list.get("data")?;
    match (data.get("items")?, data.get("pagination")?.get("total")?) {
        (Value::List(_), Value::Number(total)) => total.parse().ok(),
        _ => None,
    }
}

async fn known(app: &App, record: &Record, user_id: &str, listed: &Listed) -> Result<Known, StoreUnavailable> {
    let mut known = Known::default();
    // The register has the user's id as the issuer writes it.
    let users: BTreeSet<_> = listed.cards.iter().map(|card| card.user_id.as_str()).chain([user_id]).collect();
    let users: Vec<_> = users.into_iter().collect();
    for page in 1.. {
        let found = app.register.cards(&record.tenant, Some(&users), page).await?;
        let is_last = found.items.len() < PER_PAGE as usize;
        known.seen.extend(found.items.into_iter().map(|card| card.id));
        if is_last {
            break;
        }
    }
    let named = app.claims.named(&record.tenant).await?;
    for Done { claim, operation, ending } in app.claims.done_for(&record.tenant, user_id).await? {
        let Ok(answer) = ending else { continue };
        if !creates(&operation) {
            continue;
        }
        let Ok(value) = read_json(answer.0.as_bytes(), ANSWER_LIMITS) else { continue };
        let shown = cards_in(&value, &asker(record), SystemTime::now()).into_iter().map(|card| card.id);
        let said = named.iter().filter(|named| *named.claim == *claim).map(|named| named.card_id.clone());
        let before = known.explained.len();
        known.explained.extend(shown.chain(said));
        known.has_unnamed |= known.explained.len() == before;
    }
    known.seen.extend(named.into_iter().map(|named| named.card_id));
    Ok(known)
}

/// Whoever asked for it.
fn asker(record: &Record) -> Principal {
    Principal {
        tenant: record.tenant.clone(),
        user: record.user.clone(),
        scopes: Vec::new(),
        user_ids: Vec::new(),
        ambient: false,
    }
}

/// The answer that copies are given of an intent that was settled with this card.
pub(crate) fn answer(operation: &Operation, card: &SeenCard) -> Option<Answer> {
    let text = json!({ "status": "success", "message": "settled", "data": { "items": [card] } }).to_string();
    let value = read_json(text.as_bytes(), ANSWER_LIMITS).ok()?;
    prove_object("answer", operation.answer.fields, &value).ok()?;
    Some(Answer(rebuild(operation.answer, &value, UnknownFields::Drop).ok()?.json.into()))
}
