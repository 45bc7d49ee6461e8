//! The steps of a claim's life. Pure: each takes what a snapshot showed and gives what should stand there instead.

use std::time::Duration;

use cardwright::Outcome;

use super::decide::{abandoned, ended};
use super::record::{Audit, Change, Record, Snapshot, State, Subject};
use super::written::kept;
use crate::clock::Moment;
use crate::ending::{Ending, Failure};
use crate::intent::Scope;

/// What the holder of a claim shows when it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) fence: i64,
    /// Whether it has been sent before.
    pub(crate) resend: bool,
}

/// Why sending may not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotNow {
    /// The lease has ended, or the claim is somebody else's.
    Lost,
    /// Another write to the same card is being sent.
    Busy,
    /// A newer intent for the same card went out.
    Overtaken,
}

/// Claims an intent, for the first time or again after one that sent nothing. The place in the lane stays with the intent, as long as
/// it is about the same card.
pub(crate) fn claim(
    seen: &Snapshot,
    scope: &Scope,
    subject: &Subject,
    fingerprint: [u8; 32],
    in_lane: bool,
    now: Moment,
    lease: Duration,
) -> (Change, Token) {
    let known = seen.record.as_ref();
    let fence = known.map_or(1, |record| record.fence + 1);
    let place = match known.filter(|_| seen.in_lane).map(|record| record.place) {
        Some(place) if place > 0 => place,
        _ if in_lane => seen.lane.newest + 1,
        _ => 0,
    };
    let record = Record {
        fingerprint: Some(fingerprint),
        fence,
        due_at: now.after(lease),
        place,
        ..fresh(scope, subject.clone(), State::Claimed, now)
    };
    let lane = (place > seen.lane.newest).then_some((place, seen.lane.sent));
    (Change { record, lane, audit: None }, Token { fence, resend: false })
}

/// Begins to send. `urgent`: also beside another write to the same card.
pub(crate) fn start(
    seen: &Snapshot,
    token: Token,
    urgent: bool,
    now: Moment,
    lease: Duration,
) -> Result<(Change, Token), NotNow> {
    let record = seen.record.as_ref().filter(|record| record.fence == token.fence).ok_or(NotNow::Lost)?;
    match record.state {
        State::Claimed if !token.resend && record.due_at > now => {}
        State::Unknown if token.resend => {}
        _ => return Err(NotNow::Lost),
    }
    if seen.is_overtaken() {
        return Err(NotNow::Overtaken);
    }
    if record.place > 0 && seen.lane.busy_until > now && !urgent {
        return Err(NotNow::Busy);
    }
    let fence = if token.resend { record.fence + 1 } else { record.fence };
    let lane = (record.place > 0).then_some((seen.lane.newest, record.place));
    let record = Record {
        state: State::Sending,
        fence,
        due_at: now.after(lease),
        sent_at: record.sent_at.or(Some(now)),
        sends: record.sends + 1,
        changed_at: now,
        ..record.clone()
    };
    Ok((Change { record, lane, audit: None }, Token { fence, ..token }))
}

/// Records how sending ended; nothing, if the claim has ended already or is somebody else's.
pub(crate) fn end(seen: &Snapshot, token: Token, ending: &Ending, now: Moment) -> Option<Change> {
    let record = seen.record.as_ref().filter(|record| record.fence == token.fence)?;
    if matches!(record.state, State::Done | State::Closed) {
        return None;
    }
    let outcome = ending.as_ref().err().map(|failure| failure.outcome);
    let ending = &kept(record.operation, ending);
    let is_first = !token.resend;
    Some(Change::of(match outcome {
        None => done(record, ending.clone(), now),
        Some(Outcome::Rejected) if is_first && record.state != State::Claimed => done(record, ending.clone(), now),
        Some(Outcome::NotSent) if is_first => given_back(record, ending.clone(), now),
        Some(Outcome::Unknown) if is_first => unknown(record, ending.clone(), now),
        // What a second send does not confirm says nothing about the first.
        Some(_) => unknown(record, ended(record), now),
    }))
}

/// What its copy is told after a send ended like this: of a second send only a yes counts.
pub(crate) fn told(token: Token, before: Option<Failure>, ending: Ending) -> Ending {
    match ending {
        Err(_) if token.resend => Err(before.unwrap_or_else(abandoned)),
        ending => ending,
    }
}

/// Writes down that whoever was sending is gone.
pub(crate) fn abandon(seen: &Snapshot, now: Moment) -> Option<Change> {
    let record = seen.record.as_ref()?;
    (record.state == State::Sending && record.due_at <= now).then(|| Change::of(unknown(record, ended(record), now)))
}

/// Closes a key under which nothing was sent and nobody is about to, so that nothing ever will be.
pub(crate) fn close(seen: &Snapshot, scope: &Scope, now: Moment) -> Option<Change> {
    let (fence, place) = match &seen.record {
        None => (1, 0),
        Some(record) if record.state == State::Claimed && (record.due_at <= now || seen.is_overtaken()) => {
            (record.fence + 1, record.place)
        }
        Some(_) => return None,
    };
    Some(Change::of(Record { fence, place, ..fresh(scope, Subject::default(), State::Closed, now) }))
}

/// Ends what is unknown, by what the issuer shows or by a person's word; neither knows of a send that began after they had looked,
/// at this fence.
pub(crate) fn settle(seen: &Snapshot, fence: i64, ending: Ending, audit: Option<Audit>, now: Moment) -> Option<Change> {
    let is_meant = |record: &&Record| record.state == State::Unknown && record.fence == fence;
    let record = seen.record.as_ref().filter(is_meant)?;
    let record = Record { fence: record.fence + 1, ..done(record, ending, now) };
    Some(Change { audit, ..Change::of(record) })
}

/// Puts off the next look at the issuer; the older the question, the longer.
pub(crate) fn put_off(seen: &Snapshot, now: Moment) -> Option<Change> {
    const SHORTEST: Duration = Duration::from_secs(2);
    const LONGEST: Duration = Duration::from_secs(60 * 60);
    let record = seen.record.as_ref().filter(|record| record.state == State::Unknown && record.due_at <= now)?;
    let age = record.sent_at.map_or(LONGEST, |sent_at| now.since(sent_at));
    Some(Change::of(Record { due_at: now.after((age / 2).clamp(SHORTEST, LONGEST)), ..record.clone() }))
}

fn fresh(scope: &Scope, subject: Subject, state: State, now: Moment) -> Record {
    Record {
        tenant: scope.tenant.clone(),
        user: scope.user.clone(),
        operation: scope.operation,
        subject,
        state,
        fingerprint: None,
        fence: 1,
        due_at: Moment::NEVER,
        sent_at: None,
        sends: 0,
        place: 0,
        ending: None,
        changed_at: now,
    }
}

fn done(record: &Record, ending: Ending, now: Moment) -> Record {
    Record { state: State::Done, due_at: Moment::NEVER, ending: Some(ending), changed_at: now, ..record.clone() }
}

fn unknown(record: &Record, ending: Ending, now: Moment) -> Record {
    Record { state: State::Unknown, due_at: now, ending: Some(ending), changed_at: now, ..record.clone() }
}

/// The key is free for any request; the place among the intents for the card is kept.
fn given_back(record: &Record, ending: Ending, now: Moment) -> Record {
    Record {
        state: State::Claimed,
        fingerprint: None,
        due_at: Moment(0),
        sent_at: None,
        sends: 0,
        ending: Some(ending),
        changed_at: now,
        ..record.clone()
    }
}
