//! Many copies of one intent, and other writes to its card: one sends, and the others wait for what becomes of it.

use std::time::Duration;

use cardwright::{ErrorCode, Safety};
use tokio::time::{Instant, sleep_until, timeout};

use super::change::Next;
use super::decide::{Action, Copy, decide, ended};
use super::record::{Address, Snapshot, State};
use super::step::{self, NotNow, Token};
use super::{Claims, Lease, StoreUnavailable};
use crate::ending::{Ending, Failure};
use crate::fail_point::{self, Point};
use crate::intent::Intent;

/// How long a waiting copy looks away: at first, and at most.
const LOOK_AWAY: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(250)];

/// What a copy is told when it asks to send.
pub(crate) enum Acquired {
    /// It sends, as long as the permit holds.
    Yours(Permit),
    /// The intent has ended like this.
    Ended(Ending),
    /// It may not be sent.
    Refused(Failure),
    /// Another copy, or another write to the same card, is still under way.
    InProgress,
    /// It passed for a copy, and its key has come free: it must be asked about first.
    Unasked,
}

/// The right to send an intent.
pub(crate) struct Permit {
    pub(crate) lease: Lease,
    pub(super) address: Address,
    pub(super) token: Token,
    pub(super) before: Option<Failure>,
}

enum Attempt {
    Claimed(Token, Option<Failure>),
    Running(i64),
    Ended(Ending),
    Refused(Failure),
    Unasked,
}

impl Claims {
    /// Claims an intent and begins to send it, or waits until it is known what became of it; both until the deadline. `asked`:
    /// all who are asked about what is new have let it pass.
    pub(crate) async fn acquire(
        &self,
        intent: &Intent,
        asked: bool,
        deadline: Instant,
    ) -> Result<Acquired, StoreUnavailable> {
        let address = intent.address();
        let mut waited_for = None;
        let mut pause = LOOK_AWAY[0];
        loop {
            // Heard from before the look, so that nothing that ends in between is missed.
            let ended = self.ended.notified();
            match self.attempt(intent, asked, &address, waited_for).await? {
                Attempt::Claimed(token, before) => {
                    fail_point::hit(Point::AfterClaim).await;
                    if let Some(acquired) = self.enter(intent, &address, token, before, deadline).await? {
                        return Ok(acquired);
                    }
                }
                Attempt::Running(fence) => waited_for = Some(fence),
                Attempt::Ended(ending) => return Ok(Acquired::Ended(ending)),
                Attempt::Refused(failure) => return Ok(Acquired::Refused(failure)),
                Attempt::Unasked => return Ok(Acquired::Unasked),
            }
            if Instant::now() >= deadline {
                return Ok(Acquired::InProgress);
            }
            let _ = timeout(pause.min(deadline.saturating_duration_since(Instant::now())), ended).await;
            pause = (pause * 2).min(LOOK_AWAY[1]);
        }
    }

    /// One look at the intent, and what follows from it.
    async fn attempt(
        &self,
        intent: &Intent,
        asked: bool,
        address: &Address,
        waited_for: Option<i64>,
    ) -> Result<Attempt, StoreUnavailable> {
        let safety = intent.operation.safety;
        let honoured = self.options.honours_keys.iter().any(|issuer| issuer == intent.operation.issuer());
        let copy = Copy { fingerprint: intent.fingerprint, safety, honoured, asked };
        self.change(address, |seen, now| {
            if let Some(told) = given_back_to(seen, waited_for) {
                return Next::Keep(Attempt::Ended(Err(told)));
            }
            let fence = seen.record.as_ref().map_or(0, |record| record.fence);
            match decide(seen, &copy, now) {
                Action::Claim => {
                    let in_lane = address.lane.is_some();
                    let lease = self.options.lease_ms;
                    let (change, token) =
                        step::claim(seen, &intent.scope, &intent.subject, intent.fingerprint, in_lane, now, lease);
                    Next::Put(change, Attempt::Claimed(token, None))
                }
                Action::Ask => Next::Keep(Attempt::Unasked),
                Action::Resend => {
                    let before = seen.record.as_ref().and_then(|record| ended(record).err());
                    Next::Keep(Attempt::Claimed(Token { fence, resend: true }, before))
                }
                Action::Wait => Next::Keep(Attempt::Running(fence)),
                Action::Abandon => step::abandon(seen, now).map_or(Next::Again, Next::PutAndAgain),
                Action::Replay(ending) => Next::Keep(Attempt::Ended(ending)),
                Action::Refuse(failure) => Next::Keep(Attempt::Refused(failure)),
            }
        })
        .await
    }

    /// From claimed, or unknown, to sending, once no other write to the same card is being sent; nothing if the claim is lost.
    async fn enter(
        &self,
        intent: &Intent,
        address: &Address,
        token: Token,
        before: Option<Failure>,
        deadline: Instant,
    ) -> Result<Option<Acquired>, StoreUnavailable> {
        let urgent_at = Instant::now() + self.options.urgent_wait_ms;
        let mut pause = LOOK_AWAY[0];
        loop {
            let ended = self.ended.notified();
            let urgent = intent.operation.urgent && Instant::now() >= urgent_at;
            let lease = self.options.lease_ms;
            let started = self
                .change(address, |seen, now| match step::start(seen, token, urgent, now, lease) {
                    Ok((change, token)) => {
                        let end = change.record.due_at;
                        Next::Put(change, Ok((token, end)))
                    }
                    Err(why) => Next::Keep(Err(why)),
                })
                .await;
            match started {
                Ok(Ok((token, end))) => {
                    let lease = Lease::until(end, &self.clock);
                    return Ok(Some(Acquired::Yours(Permit { lease, address: address.clone(), token, before })));
                }
                Ok(Err(NotNow::Lost)) => return Ok(None),
                Ok(Err(NotNow::Overtaken)) => {
                    return Ok(Some(Acquired::Refused(superseded(token, intent.operation.safety))));
                }
                Ok(Err(NotNow::Busy)) if Instant::now() < deadline => {}
                Ok(Err(NotNow::Busy)) => {
                    self.give_back(address, token).await;
                    return Ok(Some(Acquired::InProgress));
                }
                Err(unavailable) => {
                    self.give_back(address, token).await;
                    return Err(unavailable);
                }
            }
            let wake = deadline.min(Instant::now() + pause);
            tokio::select! {
                () = ended => {}
                () = sleep_until(wake) => {}
            }
            pause = (pause * 2).min(LOOK_AWAY[1]);
        }
    }

    /// Gives a claim back under which nothing was sent; without a store it runs out by itself.
    async fn give_back(&self, address: &Address, token: Token) {
        if token.resend {
            return;
        }
        let not_sent = Err(Failure::new(ErrorCode::StoreUnavailable, Safety::Read));
        let _ = self.record_end(address, token, &not_sent).await;
    }
}

/// The failure of the copy that was waited for, where it sent nothing and gave the key back.
fn given_back_to(seen: &Snapshot, waited_for: Option<i64>) -> Option<Failure> {
    let record = seen.record.as_ref()?;
    let is_given_back = record.state == State::Claimed && record.fingerprint.is_none();
    if is_given_back && waited_for == Some(record.fence) { record.ending.clone()?.err() } else { None }
}

fn superseded(token: Token, safety: Safety) -> Failure {
    let failure = Failure::new(ErrorCode::Superseded, safety);
    let outcome = if token.resend { cardwright::Outcome::Unknown } else { failure.outcome };
    Failure { outcome, ..failure }
}
