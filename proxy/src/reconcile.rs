//! What became of an intent whose answer never came, as far as the issuer's own list of cards shows it.

use std::time::{Duration, SystemTime};

use cardwright::envelope::{UnknownFields, prove_object, rebuild};
use cardwright::input::{ANSWER_LIMITS, Value, read_json};
use cardwright::{Operation, operation};
use serde_json::json;

use crate::app::App;
use crate::claims::StoreUnavailable;
use crate::claims::record::{Address, Record, Snapshot};
use crate::clock::Moment;
use crate::ending::{Answer, Ending, Failure, Word};
use crate::principal::Principal;
use crate::register::{PER_PAGE, SeenCard, Sighting, TERMINATED, cards_in};

/// How far the issuer's clock may be behind ours.
const SKEW: Duration = Duration::from_secs(60);

/// The slug of what was not done after all.
const NOT_DONE: &str = "not_done";

/// What the issuer lists.
struct Listed {
    cards: Vec<SeenCard>,
    /// Whether these are all.
    is_whole: bool,
}

/// What a list says of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one at a time exists, for as long as it is read")]
enum Verdict {
    /// It was done, and this is the card.
    Done(SeenCard),
    /// It was not done.
    NotDone,
    /// The list does not tell.
    Open,
}

/// Settles an unknown intent, if the issuer's list tells what became of it; whether it did.
pub(crate) async fn reconcile(app: &App, address: &Address, seen: &Snapshot) -> Result<bool, StoreUnavailable> {
    let Some(record) = &seen.record else { return Ok(false) };
    let Some(operation) = operation::find(record.operation) else { return Ok(false) };
    let (Some(user_id), Some(sent_at)) = (record.subject.user_id.as_deref(), record.sent_at) else { return Ok(false) };
    let Some(listed) = list(app, operation, record, user_id).await else { return Ok(false) };
    // After the list, and in this order: what had not ended is counted, and of what had its card is known.
    let is_alone = app.claims.open_for(&record.tenant, user_id).await? <= 1;
    let known = known(app, record, user_id).await?;
    let is_late = app.claims.now() >= sent_at.after(2 * app.claims.lease());
    let asked = Asked { record, sent_at, is_alone, is_late, is_overtaken: seen.is_overtaken() };
    let mut sighting = None;
    let ending: Ending = match verdict(&asked, &listed, &known) {
        Verdict::Open => return Ok(false),
        Verdict::NotDone => Err(Failure::rejected(Word::parse(NOT_DONE), None)),
        Verdict::Done(card) => {
            let Some(answer) = answer(operation, &card) else { return Ok(false) };
            let ended = record.subject.card_id.clone().filter(|_| creates(operation.name));
            let has_ended = |id: &String| listed.cards.iter().any(|card| card.id == *id && card.status == TERMINATED);
            sighting = Some(Sighting { ended: ended.filter(has_ended), cards: vec![card], order: None });
            Ok(answer)
        }
    };
    let settled = app.claims.settle(address, &ending, None).await?;
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
    let total = value.get("data").and_then(|data| data.get("pagination")).and_then(|pages| pages.get("total"));
    let is_whole = match total {
        Some(Value::Number(total)) => total.parse() == Ok(cards.len()),
        _ => true,
    };
    cards.retain(|card| card.user_id == user_id);
    Some(Listed { cards, is_whole })
}

/// The user's cards that answers have shown, by id.
#[derive(Default)]
struct Known {
    /// Those of intents that are done.
    explained: Vec<String>,
    /// Those in the register. A card can be there and not above: somebody else's, or that of a proxy which ended in between.
    seen: Vec<String>,
}

async fn known(app: &App, record: &Record, user_id: &str) -> Result<Known, StoreUnavailable> {
    let mut known = Known::default();
    for page in 1.. {
        let found = app.register.cards(&record.tenant, Some(&[user_id]), page).await?;
        let is_last = found.items.len() < PER_PAGE as usize;
        known.seen.extend(found.items.into_iter().map(|card| card.id));
        if is_last {
            break;
        }
    }
    for answer in app.claims.ended_for(&record.tenant, user_id).await?.into_iter().flatten() {
        if let Ok(value) = read_json(answer.0.as_bytes(), ANSWER_LIMITS) {
            known.explained.extend(cards_in(&value, &asker(record), SystemTime::now()).into_iter().map(|card| card.id));
        }
    }
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

/// An intent, and what must be known beside the list.
struct Asked<'a> {
    record: &'a Record,
    sent_at: Moment,
    /// Whether no other intent for the same user is open, whose card it could be.
    is_alone: bool,
    /// Whether what has not been done by now will not be.
    is_late: bool,
    is_overtaken: bool,
}

fn creates(operation: &str) -> bool {
    matches!(operation, "ingo.issueCard" | "ingo.reissueCard")
}

/// Reads the list. Presence tells at once; absence only late, and only of a whole list.
fn verdict(asked: &Asked<'_>, listed: &Listed, known: &Known) -> Verdict {
    let subject = &asked.record.subject;
    let named = listed.cards.iter().find(|card| Some(&card.id) == subject.card_id.as_ref());
    let absent = if asked.is_late && listed.is_whole { Verdict::NotDone } else { Verdict::Open };
    let status = match asked.record.operation {
        "ingo.activateCard" | "ingo.unfreezeCard" => "active",
        "ingo.freezeCard" => "suspended",
        _ => "",
    };
    if !status.is_empty() {
        return match named {
            // What is newer may have undone it, or done it in its place.
            _ if asked.is_overtaken => Verdict::Open,
            Some(card) if card.status == status => Verdict::Done(card.clone()),
            Some(_) => absent,
            None => Verdict::Open,
        };
    }
    if !creates(asked.record.operation) || !asked.is_alone {
        return Verdict::Open;
    }
    let mut unseen = Vec::new();
    for card in listed.cards.iter().filter(|card| !known.explained.contains(&card.id)) {
        // A time that cannot be read proves nothing, either way.
        let Some(created_at) = created_at(card) else { return Verdict::Open };
        if created_at >= asked.sent_at.before(SKEW) {
            unseen.push(card);
        }
    }
    let is_meant = |card: &&&SeenCard| {
        Some(&card.id) != subject.card_id.as_ref()
            && subject.card_type.as_ref().is_none_or(|asked| *asked == card.card_type)
    };
    let new: Vec<&SeenCard> = unseen.iter().filter(is_meant).copied().collect();
    let replaced = subject.card_id.is_none() || named.is_some_and(|card| card.status == TERMINATED);
    let untouched = subject.card_id.is_none() || named.is_some_and(|card| card.status != TERMINATED);
    match new[..] {
        // It may be this intent's or another's.
        _ if new.iter().any(|card| known.seen.contains(&card.id)) => Verdict::Open,
        [card] if replaced => Verdict::Done(card.clone()),
        [] if untouched => absent,
        _ => Verdict::Open,
    }
}

fn created_at(card: &SeenCard) -> Option<Moment> {
    let time = humantime::parse_rfc3339(&card.created_at).ok()?;
    Some(Moment(0).after(time.duration_since(SystemTime::UNIX_EPOCH).ok()?))
}

/// The answer that copies are given of an intent that was settled with this card.
pub(crate) fn answer(operation: &Operation, card: &SeenCard) -> Option<Answer> {
    let text = json!({ "status": "success", "message": "settled", "data": { "items": [card] } }).to_string();
    let value = read_json(text.as_bytes(), ANSWER_LIMITS).ok()?;
    prove_object("answer", operation.answer.fields, &value).ok()?;
    Some(Answer(rebuild(operation.answer, &value, UnknownFields::Drop).json.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::record::{State, Subject};
    use crate::claims::tests::record;

    const SENT: Moment = Moment(1_000_000_000_000);

    fn card(id: &str, status: &str, minutes_after: i64) -> SeenCard {
        SeenCard {
            id: id.into(),
            card_type: "virtual".into(),
            last_four: "4242".into(),
            status: status.into(),
            user_id: "user".into(),
            business_id: None,
            created_at: Moment(SENT.0 + minutes_after * 60_000).iso(),
            observed_at: SENT.iso(),
            owner: "u".into(),
        }
    }

    /// The verdict on an intent for card `old`, by a list.
    fn judge(operation: &'static str, cards: &[SeenCard], change: impl FnOnce(&mut Asked<'_>, &mut Listed)) -> Verdict {
        judge_of(operation, None, cards, change)
    }

    fn judge_of(
        operation: &'static str,
        card_type: Option<&str>,
        cards: &[SeenCard],
        change: impl FnOnce(&mut Asked<'_>, &mut Listed),
    ) -> Verdict {
        let card_id = (operation != "ingo.issueCard").then(|| "old".to_owned());
        let subject = Subject { user_id: Some("user".into()), card_id, card_type: card_type.map(str::to_owned) };
        let record = Record { operation, subject, ..record(State::Unknown) };
        let mut asked = Asked { record: &record, sent_at: SENT, is_alone: true, is_late: true, is_overtaken: false };
        let mut listed = Listed { cards: cards.to_vec(), is_whole: true };
        change(&mut asked, &mut listed);
        let known = Known { explained: vec!["done".into()], seen: vec!["done".into(), "seen".into()] };
        verdict(&asked, &listed, &known)
    }

    fn as_is(_: &mut Asked<'_>, _: &mut Listed) {}

    #[test]
    fn a_card_nobody_has_seen_is_the_one_that_was_issued() {
        let before = card("old", "active", -600);
        let new = card("new", "active", 0);
        let issue = |cards: &[SeenCard]| judge("ingo.issueCard", cards, as_is);
        assert_eq!(issue(&[before.clone(), new.clone()]), Verdict::Done(new.clone()));
        assert_eq!(issue(&[before.clone(), card("done", "active", 0)]), Verdict::NotDone);
        let seen = [before.clone(), card("seen", "active", 0)];
        assert_eq!(issue(&seen), Verdict::Open, "its proxy may have ended before it could record that this is done");
        assert_eq!(issue(&[before, card("seen", "active", -600)]), Verdict::NotDone, "older than the question");
        assert_eq!(issue(&[new.clone(), card("newer", "active", 1)]), Verdict::Open, "whose is which");
        let strange = SeenCard { created_at: "yesterday".into(), ..card("old", "active", 0) };
        assert_eq!(issue(&[strange]), Verdict::Open);
        let of_type = |word| judge_of("ingo.issueCard", Some(word), std::slice::from_ref(&new), as_is);
        assert_eq!((of_type("virtual"), of_type("physical")), (Verdict::Done(new.clone()), Verdict::NotDone));
    }

    #[test]
    fn a_reissue_needs_both_the_old_cards_end_and_a_new_card() {
        let new = card("new", "unactivated", 0);
        let reissue = |cards: &[SeenCard]| judge("ingo.reissueCard", cards, as_is);
        assert_eq!(reissue(&[card("old", "terminated", -9), new.clone()]), Verdict::Done(new.clone()));
        assert_eq!(reissue(&[card("old", "active", -9)]), Verdict::NotDone);
        for unclear in [&[card("old", "active", -9), new.clone()][..], &[card("old", "terminated", -9)], &[new], &[]] {
            assert_eq!(reissue(unclear), Verdict::Open);
        }
    }

    #[test]
    fn a_change_is_read_from_the_cards_status() {
        for (operation, status) in
            [("ingo.activateCard", "active"), ("ingo.unfreezeCard", "active"), ("ingo.freezeCard", "suspended")]
        {
            let changed = card("old", status, -9);
            assert_eq!(judge(operation, std::slice::from_ref(&changed), as_is), Verdict::Done(changed.clone()));
            assert_eq!(judge(operation, &[card("old", "unactivated", -9)], as_is), Verdict::NotDone);
            assert_eq!(judge(operation, &[], as_is), Verdict::Open);
            assert_eq!(judge(operation, &[changed], |asked, _| asked.is_overtaken = true), Verdict::Open);
        }
    }

    #[test]
    fn absence_tells_late_of_a_whole_list_and_of_one_intent_alone() {
        let old = card("old", "active", -9);
        for operation in ["ingo.issueCard", "ingo.reissueCard"] {
            let judge = |change: fn(&mut Asked<'_>, &mut Listed)| judge(operation, std::slice::from_ref(&old), change);
            assert_eq!(judge(as_is), Verdict::NotDone);
            assert_eq!(judge(|asked, _| asked.is_late = false), Verdict::Open);
            assert_eq!(judge(|_, listed| listed.is_whole = false), Verdict::Open);
            assert_eq!(judge(|asked, _| asked.is_alone = false), Verdict::Open);
        }
        assert_eq!(judge("pintopay.createCard", &[old], as_is), Verdict::Open, "its issuer lists nothing");
    }
}
