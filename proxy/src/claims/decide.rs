//! What a copy of an intent leads to. Pure: what is known and the time are arguments.

use std::time::Duration;

use cardwright::{ErrorCode, Outcome, Safety};

use super::record::{Record, Snapshot, State};
use super::settings::{MOST_SENDS, RESEND_FROM, RESEND_UNTIL};
use crate::clock::Moment;
use crate::ending::{Ending, Failure};

/// What a copy brings with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copy {
    pub(crate) fingerprint: [u8; 32],
    pub(crate) safety: Safety,
    /// Whether the issuer is known to honour keys.
    pub(crate) honoured: bool,
    /// Whether all who are asked about what is new have let it pass.
    pub(crate) asked: bool,
}

/// What is done with a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// It claims the intent: it is the first, or the one before it sent nothing and will not.
    Claim,
    /// It passed for a copy and is none, for the key is free: those who are asked about what is new come first.
    Ask,
    /// It sends the intent once more, under the same key at the issuer.
    Resend,
    /// It waits for the copy that is under way.
    Wait,
    /// Whoever was sending is gone; that is written down first.
    Abandon,
    /// It is told how the intent ended.
    Replay(Ending),
    /// It is refused.
    Refuse(Failure),
}

/// Decides what is done with a copy.
pub(crate) fn decide(seen: &Snapshot, copy: &Copy, now: Moment) -> Action {
    // Where another copy claimed and is gone, that one was asked about.
    let claim = if copy.asked || !seen.is_free() { Action::Claim } else { Action::Ask };
    let Some(record) = &seen.record else { return claim };
    let refuse = |code| Action::Refuse(Failure::new(code, Safety::Read));
    if record.state == State::Closed {
        return refuse(ErrorCode::KeyClosed);
    }
    if record.fingerprint.is_some_and(|known| known != copy.fingerprint) {
        return refuse(ErrorCode::KeyReused);
    }
    match record.state {
        State::Claimed if seen.is_overtaken() => refuse(ErrorCode::Superseded),
        State::Claimed if record.due_at > now => Action::Wait,
        State::Claimed => claim,
        State::Sending if record.due_at > now => Action::Wait,
        State::Sending => Action::Abandon,
        State::Unknown => once_more(seen, record, copy, now),
        State::Done | State::Closed => Action::Replay(ended(record)),
    }
}

fn once_more(seen: &Snapshot, record: &Record, copy: &Copy, now: Moment) -> Action {
    let age = record.sent_at.map_or(Duration::MAX, |sent_at| now.since(sent_at));
    let is_safe = match copy.safety {
        Safety::Keyed => copy.honoured && age >= RESEND_FROM && record.sends < MOST_SENDS,
        Safety::Convergent if seen.is_overtaken() => {
            // It may have been done, before what is newer; doing it now would undo that.
            let failure = Failure::new(ErrorCode::Superseded, copy.safety);
            return Action::Refuse(Failure { outcome: Outcome::Unknown, ..failure });
        }
        Safety::Convergent => true,
        Safety::Once | Safety::Read => false,
    };
    if is_safe && age <= RESEND_UNTIL { Action::Resend } else { Action::Replay(ended(record)) }
}

/// What a copy is told of an intent that is done or unknown.
pub(crate) fn ended(record: &Record) -> Ending {
    record.ending.clone().unwrap_or_else(|| Err(abandoned()))
}

/// How an intent ended whose sender is gone.
pub(crate) fn abandoned() -> Failure {
    Failure::new(ErrorCode::IssuerTimeout, Safety::Once)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::record::Lane;
    use crate::claims::tests::record;
    use crate::ending::Answer;

    const LEASE_END: Moment = Moment(100_000);
    const SENT: Moment = Moment(50_000);

    fn seen(state: State, place: i64, sent_in_lane: i64, sends: i64) -> Snapshot {
        let record = Record {
            fingerprint: Some([1; 32]),
            due_at: LEASE_END,
            sent_at: Some(SENT),
            sends,
            place,
            ending: matches!(state, State::Done).then(|| Ok(Answer("{}".into()))),
            ..record(state)
        };
        let lane = Lane { sent: sent_in_lane, ..Lane::default() };
        Snapshot { record: Some(record), version: 1, lane, in_lane: true }
    }

    fn copy(safety: Safety, honoured: bool) -> Copy {
        Copy { fingerprint: [1; 32], safety, honoured, asked: true }
    }

    const WRITES: [Safety; 3] = [Safety::Keyed, Safety::Convergent, Safety::Once];

    /// Every state, safety, age and answer to "does the issuer honour keys", against the table written out here.
    #[test]
    fn the_table() {
        let early = SENT.after(RESEND_FROM).before(Duration::from_millis(1));
        let late = SENT.after(RESEND_UNTIL).after(Duration::from_millis(1));
        for state in State::ALL {
            for safety in WRITES {
                for honoured in [false, true] {
                    for now in [SENT, early, SENT.after(RESEND_FROM), LEASE_END, SENT.after(RESEND_UNTIL), late] {
                        let in_window = now >= SENT.after(RESEND_FROM) && now < late;
                        let expected = match (state, safety) {
                            (State::Claimed, _) if now < LEASE_END => Action::Wait,
                            (State::Claimed, _) => Action::Claim,
                            (State::Sending, _) if now < LEASE_END => Action::Wait,
                            (State::Sending, _) => Action::Abandon,
                            (State::Unknown, Safety::Keyed) if honoured && in_window => Action::Resend,
                            (State::Unknown, Safety::Convergent) if now < late => Action::Resend,
                            (State::Unknown, _) => Action::Replay(Err(abandoned())),
                            (State::Done, _) => Action::Replay(Ok(Answer("{}".into()))),
                            (State::Closed, _) => Action::Refuse(Failure::new(ErrorCode::KeyClosed, Safety::Read)),
                        };
                        let found = decide(&seen(state, 0, 0, 1), &copy(safety, honoured), now);
                        assert_eq!(found, expected, "{state:?} {safety:?} {honoured} {now:?}");
                    }
                }
            }
        }
        assert_eq!(decide(&Snapshot::default(), &copy(Safety::Once, false), SENT), Action::Claim);
    }

    #[test]
    fn another_request_is_refused_in_every_state_but_where_the_key_is_free() {
        for state in [State::Claimed, State::Sending, State::Unknown, State::Done] {
            for safety in WRITES {
                let other = Copy { fingerprint: [2; 32], ..copy(safety, true) };
                let refused = Action::Refuse(Failure::new(ErrorCode::KeyReused, Safety::Read));
                assert_eq!(decide(&seen(state, 0, 0, 1), &other, LEASE_END), refused, "{state:?}");
            }
        }
        let mut free = seen(State::Claimed, 0, 0, 0);
        free.record = free.record.map(|record| Record { fingerprint: None, due_at: Moment(0), ..record });
        assert_eq!(decide(&free, &Copy { fingerprint: [2; 32], ..copy(Safety::Once, false) }, SENT), Action::Claim);
    }

    #[test]
    fn what_was_not_asked_about_claims_no_free_key() {
        let unasked = Copy { asked: false, ..copy(Safety::Once, false) };
        let mut free = seen(State::Claimed, 0, 0, 0);
        assert_eq!(decide(&free, &unasked, LEASE_END), Action::Claim, "the copy before it was");
        free.record = free.record.map(|record| Record { fingerprint: None, due_at: Moment(0), ..record });
        for (seen, expected) in [
            (Snapshot::default(), Action::Ask),
            (free, Action::Ask),
            (seen(State::Claimed, 0, 0, 0), Action::Wait),
            (seen(State::Closed, 0, 0, 0), Action::Refuse(Failure::new(ErrorCode::KeyClosed, Safety::Read))),
        ] {
            assert_eq!(decide(&seen, &unasked, SENT), expected);
        }
    }

    #[test]
    fn a_copy_that_was_overtaken_is_refused_and_what_may_be_done_stays_unknown() {
        for now in [SENT, LEASE_END] {
            for (state, outcome) in [(State::Claimed, Outcome::NotSent), (State::Unknown, Outcome::Unknown)] {
                let found = decide(&seen(state, 1, 2, 1), &copy(Safety::Convergent, false), now);
                let Action::Refuse(failure) = found else { panic!("expected a refusal, found {found:?}") };
                assert_eq!((failure.code, failure.outcome), (ErrorCode::Superseded, outcome), "{state:?}");
            }
        }
        let done = decide(&seen(State::Done, 1, 2, 1), &copy(Safety::Convergent, false), LEASE_END);
        assert!(matches!(done, Action::Replay(Ok(_))), "what was done is told as ever");
        // In a lane that its card has no more, such as that of another spelling of its id.
        let elsewhere = |state| Snapshot { in_lane: false, ..seen(state, 1, 0, 1) };
        let found = decide(&elsewhere(State::Unknown), &copy(Safety::Convergent, false), LEASE_END);
        let Action::Refuse(failure) = found else { panic!("expected a refusal, found {found:?}") };
        assert_eq!((failure.code, failure.outcome), (ErrorCode::Superseded, Outcome::Unknown));
        assert_eq!(decide(&elsewhere(State::Claimed), &copy(Safety::Convergent, false), LEASE_END), Action::Claim);
        let newest = decide(&seen(State::Unknown, 2, 2, 1), &copy(Safety::Convergent, false), LEASE_END);
        assert_eq!(newest, Action::Resend);
    }

    #[test]
    fn sending_again_ends() {
        let found = |sends| decide(&seen(State::Unknown, 0, 0, sends), &copy(Safety::Keyed, true), LEASE_END);
        assert_eq!(found(MOST_SENDS - 1), Action::Resend);
        assert_eq!(found(MOST_SENDS), Action::Replay(Err(abandoned())));
    }
}
