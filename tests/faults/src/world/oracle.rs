//! What callers were told, against the ledger: the proxy's own record is asked nothing.

use std::collections::HashMap;
use std::fmt;

use super::{Account, Ending, Terms, Write};
use crate::rig::{Effect, Ledger, Told};

/// How often the proxy may send a keyed write that the issuer's key protects.
const MOST_SENDS: u32 = 3;

/// What is told of one copy alone, whatever became of the others.
const OF_ONE_COPY: [&str; 2] = ["store_unavailable", "rate_limited"];

/// The sums of a run.
#[derive(Debug, Default)]
pub struct Tally {
    /// Intents.
    pub intents: usize,
    /// Copies that came at once.
    pub copies: usize,
    /// Calls, repetitions and later copies among them.
    pub calls: usize,
    /// Ended as done.
    pub done: usize,
    /// Ended with the issuer's no.
    pub rejected: usize,
    /// Never sent.
    pub not_sent: usize,
    /// Listed for a person.
    pub unknown: usize,
    /// Nobody knows anything.
    pub lost: usize,
    /// Cards and orders beyond the first of an intent.
    pub duplicates: usize,
    /// Sends to the issuer beyond those that are allowed.
    pub resends: u32,
    /// Freezes that went out while the store was not to be had, and have no record, as the proxy's README says.
    pub unrecorded: usize,
    /// What was told and is not so; each with its intent's key.
    pub false_answers: Vec<String>,
}

impl Tally {
    /// Whether what must hold does.
    pub fn holds(&self) -> bool {
        self.duplicates == 0 && self.lost == 0 && self.resends == 0 && self.false_answers.is_empty()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { intents, copies, calls, done, rejected, not_sent, unknown, lost, duplicates, resends, .. } = self;
        let (false_answers, unrecorded) = (self.false_answers.len(), self.unrecorded);
        write!(
            f,
            "{intents} intents, {copies} copies, {calls} calls: {done} done, {rejected} rejected, {not_sent} not sent, \
             {unknown} unknown left; {duplicates} duplicates, {lost} lost, {false_answers} false answers, \
             {resends} sends too many, {unrecorded} freezes without a record"
        )?;
        self.false_answers.iter().take(10).try_for_each(|answer| write!(f, "\n  {answer}"))
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.intents += other.intents;
        self.copies += other.copies;
        self.calls += other.calls;
        self.done += other.done;
        self.rejected += other.rejected;
        self.not_sent += other.not_sent;
        self.unknown += other.unknown;
        self.lost += other.lost;
        self.duplicates += other.duplicates;
        self.resends += other.resends;
        self.unrecorded += other.unrecorded;
        self.false_answers.extend(other.false_answers);
    }
}

/// Judges intents by the ledger.
pub fn judge(accounts: &[Account], ledger: &Ledger, terms: Terms) -> Tally {
    let mut by_user = HashMap::<&str, Vec<&Effect>>::new();
    for effect in &ledger.effects {
        by_user.entry(effect.user.as_deref().unwrap_or_default()).or_default().push(effect);
    }
    let mut tally = Tally { resends: resends(ledger, terms), ..Tally::default() };
    for account in accounts {
        let of_user = by_user.get(&*account.intent.user).map_or(&[][..], Vec::as_slice);
        let effects: Vec<_> = of_user.iter().filter(|effect| account.intent.is_effect(effect)).collect();
        tally.intents += 1;
        tally.copies += account.copies as usize;
        tally.calls += account.heard.len();
        if account.intent.write.makes() {
            tally.duplicates += effects.len().saturating_sub(1);
        }
        let count = match &account.ending {
            Ending::Done(_) => &mut tally.done,
            Ending::Rejected => &mut tally.rejected,
            Ending::NotSent => &mut tally.not_sent,
            Ending::Unknown => &mut tally.unknown,
            Ending::Lost => &mut tally.lost,
        };
        *count += 1;
        let is_unrecorded = account.intent.write == Write::Freeze && account.ending == Ending::NotSent;
        if is_unrecorded && !effects.is_empty() {
            tally.unrecorded += 1;
            continue;
        }
        let ids: Vec<_> = effects.iter().map(|effect| &*effect.id).collect();
        let found = contradictions(account, &ids);
        tally.false_answers.extend(
            found.into_iter().map(|what| format!("{} {}: {what}", account.intent.write.name(), account.intent.key)),
        );
    }
    tally
}

/// What this intent's callers were told that the ledger, or another answer, denies.
fn contradictions(account: &Account, effects: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut done = |id: &str, who: &str| match effects {
        [] => found.push(format!("{who}: done, and nothing was")),
        effects if !effects.contains(&id) => found.push(format!("{who}: done with {id:?}, and {effects:?} was made")),
        _ => {}
    };
    if let Ending::Done(id) = &account.ending {
        done(id, "in the end");
    }
    for heard in &account.heard {
        if let Told::Done { body, .. } = &heard.told {
            done(account.intent.shown(body).unwrap_or_default(), "a copy");
        }
    }
    let ended_without = matches!(account.ending, Ending::Rejected | Ending::NotSent);
    if ended_without && !effects.is_empty() {
        found.push(format!("in the end: {:?}, and it was done", account.ending));
    }
    let first_done = account.heard.iter().filter(|heard| matches!(heard.told, Told::Done { .. }));
    let first_done = first_done.map(|heard| heard.ended).min();
    for heard in &account.heard {
        let Told::Problem { code, outcome, .. } = &heard.told else { continue };
        if outcome == "rejected" && !effects.is_empty() {
            found.push(format!("a copy: rejected with {code}, and it was done"));
        }
        let comes_later = first_done.is_some_and(|done| done < heard.begun);
        if outcome == "not_sent" && comes_later && !OF_ONE_COPY.contains(&code.as_str()) {
            found.push(format!("a copy: not sent with {code}, after another had heard that it was done"));
        }
    }
    found
}

/// Sends beyond those that are allowed: one where nothing protects a second, and as many as the proxy promises where the key does.
fn resends(ledger: &Ledger, terms: Terms) -> u32 {
    let most = |operation: &str| match operation {
        "create" | "createOrder" if terms.honoured => MOST_SENDS,
        "create" | "createOrder" | "reissue" => 1,
        _ => u32::MAX,
    };
    ledger.receipts.iter().map(|receipt| receipt.times.saturating_sub(most(&receipt.operation))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::Receipt;
    use crate::world::{Heard, Intent};
    use serde_json::json;
    use std::time::Duration;
    use tokio::time::Instant;

    fn intent() -> Intent {
        Intent { write: Write::Issue, user: "u".into(), card: None, key: "k".into() }
    }

    fn ledger(cards: &[&str], times: u32) -> Ledger {
        let card = |id: &&str| Effect {
            operation: "create".into(),
            user: Some("u".into()),
            id: (*id).into(),
            made: true,
            status: "active".into(),
            key: None,
        };
        let receipts = vec![Receipt { operation: "create".into(), of: "k".into(), times }];
        Ledger { effects: cards.iter().map(card).collect(), receipts }
    }

    fn done(id: &str) -> Told {
        Told::Done { body: json!({ "data": { "items": [{ "id": id }] } }), replayed: false }
    }

    fn problem(code: &str, outcome: &str) -> Told {
        Told::Problem { status: 500, code: code.into(), outcome: outcome.into() }
    }

    fn tally(cards: &[&str], told: &[Told], ending: Ending) -> Tally {
        let start = Instant::now();
        let at = |nth: usize| start + Duration::from_secs(nth as u64);
        let heard = told.iter().enumerate();
        let heard = heard.map(|(nth, told)| Heard { begun: at(2 * nth), ended: at(2 * nth + 1), told: told.clone() });
        let account = Account { intent: intent(), copies: 1, heard: heard.collect(), ending };
        judge(&[account], &ledger(cards, 1), Terms::NONE)
    }

    #[test]
    fn what_is_true_holds() {
        for (cards, told, ending) in [
            (&["a"][..], vec![Told::Nothing, done("a")], Ending::Done("a".into())),
            (&[], vec![problem("issuer_rejected", "rejected")], Ending::Rejected),
            (&[], vec![problem("issuer_unreachable", "not_sent")], Ending::NotSent),
            (&["a"], vec![problem("issuer_timeout", "unknown")], Ending::Unknown),
            (&[], vec![problem("issuer_timeout", "unknown")], Ending::Unknown),
            (&["a"], vec![problem("issuer_unreachable", "not_sent"), done("a")], Ending::Done("a".into())),
            (&["a"], vec![done("a"), problem("store_unavailable", "not_sent")], Ending::Done("a".into())),
        ] {
            let tally = tally(cards, &told, ending);
            assert!(tally.holds(), "{tally}");
        }
    }

    #[test]
    fn each_breach_is_seen() {
        let is_false = |cards: &[&str], told: &[Told], ending| {
            let tally = tally(cards, told, ending);
            assert_eq!((tally.false_answers.len(), tally.holds()), (1, false), "{tally}");
        };
        is_false(&[], &[], Ending::Done("a".into()));
        is_false(&["a"], &[done("b")], Ending::Unknown);
        is_false(&["a"], &[], Ending::Rejected);
        is_false(&["a"], &[], Ending::NotSent);
        is_false(&["a"], &[problem("issuer_rejected", "rejected")], Ending::Done("a".into()));
        is_false(&["a"], &[done("a"), problem("issuer_unreachable", "not_sent")], Ending::Done("a".into()));
        let twice = tally(&["a", "b"], &[done("a")], Ending::Done("a".into()));
        assert_eq!((twice.duplicates, twice.holds()), (1, false));
        let lost = tally(&[], &[], Ending::Lost);
        assert_eq!((lost.lost, lost.holds()), (1, false));
        let resent = |terms, times| judge(&[], &ledger(&[], times), terms).resends;
        assert_eq!([resent(Terms::NONE, 2), resent(Terms::IDEMPOTENT, 3), resent(Terms::IDEMPOTENT, 5)], [1, 0, 2]);
    }
}
