//! What an issuer's list of a user's cards says of an intent. Pure.

use std::time::{Duration, SystemTime};

use crate::claims::record::Record;
use crate::clock::Moment;
use crate::register::{SeenCard, TERMINATED};

/// How far the issuer's clock may be behind ours: the 300 s within which Ingo takes a signature, and a minute for those of its
/// machines that are behind the one which checks it.
const SKEW: Duration = Duration::from_secs(300 + 60);

/// What the issuer lists.
pub(super) struct Listed {
    pub(super) cards: Vec<SeenCard>,
    /// Whether these are all.
    pub(super) is_whole: bool,
}

/// The user's cards that answers have shown, or persons have named, by id.
#[derive(Default)]
pub(super) struct Known {
    /// Those that were made by intents that are done.
    pub(super) explained: Vec<String>,
    /// Whether one of these made a card, and nobody knows which.
    pub(super) has_unnamed: bool,
    /// Those in the register, and all that were named. A card can be there and not above: somebody else's, or that of a proxy which
    /// ended in between.
    pub(super) seen: Vec<String>,
}

/// Whether an id is among others; persons write it in whichever case.
fn has(ids: &[String], id: &str) -> bool {
    ids.iter().any(|known| known.eq_ignore_ascii_case(id))
}

/// An intent, and what must be known beside the list.
pub(super) struct Asked<'a> {
    pub(super) record: &'a Record,
    pub(super) sent_at: Moment,
    /// Whether no other intent for the same user is open, whose card it could be.
    pub(super) is_alone: bool,
    /// Whether what has not been done by now will not be.
    pub(super) is_late: bool,
    pub(super) is_overtaken: bool,
}

/// What a list says of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one at a time exists, for as long as it is read")]
pub(super) enum Verdict {
    /// It was done, and this is the card.
    Done(SeenCard),
    /// It was not done.
    NotDone,
    /// The list does not tell.
    Open,
}

pub(super) fn creates(operation: &str) -> bool {
    matches!(operation, "ingo.issueCard" | "ingo.reissueCard")
}

/// Reads the list. Presence tells at once; absence only late, only of a whole list, and only of what leaves a trace in it.
pub(super) fn verdict(asked: &Asked<'_>, listed: &Listed, known: &Known) -> Verdict {
    let subject = &asked.record.subject;
    let is_old = |card: &SeenCard| subject.card_id.as_ref().is_some_and(|id| card.id.eq_ignore_ascii_case(id));
    let named = listed.cards.iter().find(|card| is_old(card));
    let is_proven = asked.is_late && listed.is_whole && subject.absence_tells;
    let absent = if is_proven { Verdict::NotDone } else { Verdict::Open };
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
    for card in listed.cards.iter().filter(|card| !has(&known.explained, &card.id)) {
        // A time that cannot be read proves nothing, either way.
        let Some(created_at) = created_at(card) else { return Verdict::Open };
        if created_at >= asked.sent_at.before(SKEW) {
            unseen.push(card);
        }
    }
    let is_meant =
        |card: &&&SeenCard| !is_old(card) && subject.card_type.as_ref().is_none_or(|asked| *asked == card.card_type);
    let new: Vec<&SeenCard> = unseen.iter().filter(is_meant).copied().collect();
    let replaced = subject.card_id.is_none() || named.is_some_and(|card| card.status == TERMINATED);
    let untouched = subject.card_id.is_none() || named.is_some_and(|card| card.status != TERMINATED);
    match new[..] {
        // It may be this intent's or another's.
        _ if new.iter().any(|card| has(&known.seen, &card.id)) => Verdict::Open,
        [card] if replaced && !known.has_unnamed => Verdict::Done(card.clone()),
        [] if untouched => absent,
        _ => Verdict::Open,
    }
}

fn created_at(card: &SeenCard) -> Option<Moment> {
    let time = humantime::parse_rfc3339(&card.created_at).ok()?;
    Some(Moment(0).after(time.duration_since(SystemTime::UNIX_EPOCH).ok()?))
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
        let card_type = card_type.map(str::to_owned);
        let subject = Subject { user_id: Some("user".into()), card_id, card_type, absence_tells: true };
        let record = Record { operation, subject, ..record(State::Unknown) };
        let mut asked = Asked { record: &record, sent_at: SENT, is_alone: true, is_late: true, is_overtaken: false };
        let mut listed = Listed { cards: cards.to_vec(), is_whole: true };
        change(&mut asked, &mut listed);
        let known =
            Known { explained: vec!["done".into()], has_unnamed: false, seen: vec!["done".into(), "seen".into()] };
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
