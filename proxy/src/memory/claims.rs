//! Claims in memory.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cardwright::{Outcome, Safety, operation};
use tokio::sync::watch;

use super::lock;
use crate::claims::{Claimed, Claims, StoreUnavailable};
use crate::ending::{Ending, Failure};
use crate::intent::{Intent, Scope};

/// Claims that live as long as the process.
pub(crate) struct MemoryClaims {
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    claims: HashMap<Arc<Scope>, Claim>,
    /// Those that may be forgotten to make room, oldest first: what ended, and is not unknown.
    settled: VecDeque<Arc<Scope>>,
}

struct Claim {
    fingerprint: [u8; 32],
    state: State,
}

enum State {
    Running(watch::Sender<Option<Ending>>),
    Ended(Ending),
}

impl MemoryClaims {
    /// Room for so many claims.
    pub(crate) fn new(capacity: usize) -> MemoryClaims {
        MemoryClaims { capacity, kept: Mutex::default() }
    }
}

#[async_trait]
impl Claims for MemoryClaims {
    async fn claim(&self, intent: &Intent) -> Result<Claimed, StoreUnavailable> {
        let mut kept = lock(&self.kept);
        if let Some(claim) = kept.claims.get(&intent.scope) {
            return Ok(match &claim.state {
                _ if claim.fingerprint != intent.fingerprint => Claimed::Reused,
                State::Running(told) => Claimed::Running(Box::pin(wait(told.subscribe(), intent.scope.operation))),
                State::Ended(ending) => Claimed::Ended(ending.clone()),
            });
        }
        if kept.claims.len() >= self.capacity {
            let oldest = kept.settled.pop_front().ok_or(StoreUnavailable)?;
            kept.claims.remove(&oldest);
        }
        let claim = Claim { fingerprint: intent.fingerprint, state: State::Running(watch::Sender::new(None)) };
        kept.claims.insert(Arc::new(intent.scope.clone()), claim);
        Ok(Claimed::New)
    }

    async fn end(&self, scope: &Scope, ending: &Ending) -> Result<(), StoreUnavailable> {
        let mut kept = lock(&self.kept);
        let Some((scope, claim)) = kept.claims.remove_entry(scope) else {
            return Ok(());
        };
        let State::Running(told) = claim.state else {
            kept.claims.insert(scope, claim);
            return Ok(());
        };
        let outcome = ending.as_ref().err().map(|failure| failure.outcome);
        if outcome != Some(Outcome::NotSent) {
            kept.claims.insert(Arc::clone(&scope), Claim { state: State::Ended(ending.clone()), ..claim });
            if outcome != Some(Outcome::Unknown) {
                kept.settled.push_back(scope);
            }
        }
        told.send_replace(Some(ending.clone()));
        Ok(())
    }
}

async fn wait(mut told: watch::Receiver<Option<Ending>>, operation: &'static str) -> Ending {
    let ending = told.wait_for(Option::is_some).await.ok().and_then(|ending| ending.clone());
    // A running claim is dropped only with the whole store.
    let safety = operation::find(operation).map_or(Safety::Once, |operation| operation.safety);
    ending.unwrap_or_else(|| Err(Failure::lost(safety)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ending::Answer;
    use cardwright::ErrorCode;

    fn intent(key: &str, fingerprint: u8) -> Intent {
        let scope = Scope { tenant: "t".into(), user: "u".into(), operation: "ingo.issueCard", key: key.into() };
        Intent { scope, fingerprint: [fingerprint; 32] }
    }

    fn done() -> Ending {
        Ok(Answer("{}".into()))
    }

    fn failed(code: ErrorCode) -> Ending {
        Err(Failure::new(code, Safety::Keyed))
    }

    #[tokio::test]
    async fn the_first_copy_sends_and_the_others_learn_how_it_ended() {
        let claims = MemoryClaims::new(10);
        let intent = intent("k", 1);
        assert!(matches!(claims.claim(&intent).await, Ok(Claimed::New)));
        let Ok(Claimed::Running(ending)) = claims.claim(&intent).await else { panic!("expected a running claim") };
        claims.end(&intent.scope, &done()).await.unwrap();
        assert_eq!(ending.await, done());
        assert!(matches!(claims.claim(&intent).await, Ok(Claimed::Ended(ending)) if ending == done()));
    }

    #[tokio::test]
    async fn of_many_at_once_one_is_new() {
        let claims = Arc::new(MemoryClaims::new(10));
        let copies: Vec<_> = (0..32)
            .map(|_| {
                let claims = Arc::clone(&claims);
                tokio::spawn(async move { matches!(claims.claim(&intent("k", 1)).await, Ok(Claimed::New)) })
            })
            .collect();
        let mut new = 0;
        for copy in copies {
            new += usize::from(copy.await.unwrap());
        }
        assert_eq!(new, 1);
    }

    #[tokio::test]
    async fn a_key_belongs_to_one_request() {
        let claims = MemoryClaims::new(10);
        claims.claim(&intent("k", 1)).await.unwrap();
        assert!(matches!(claims.claim(&intent("k", 2)).await, Ok(Claimed::Reused)));
        assert!(matches!(claims.claim(&intent("l", 2)).await, Ok(Claimed::New)));
    }

    #[tokio::test]
    async fn what_was_not_sent_gives_the_key_back_and_tells_who_waits() {
        let claims = MemoryClaims::new(10);
        let first = intent("k", 1);
        claims.claim(&first).await.unwrap();
        let Ok(Claimed::Running(ending)) = claims.claim(&first).await else { panic!("expected a running claim") };
        let not_sent = failed(ErrorCode::IssuerUnreachable);
        claims.end(&first.scope, &not_sent).await.unwrap();
        assert_eq!(ending.await, not_sent);
        assert!(matches!(claims.claim(&intent("k", 2)).await, Ok(Claimed::New)));
    }

    #[tokio::test]
    async fn an_ended_claim_is_never_overwritten() {
        let claims = MemoryClaims::new(10);
        let intent = intent("k", 1);
        claims.claim(&intent).await.unwrap();
        claims.end(&intent.scope, &done()).await.unwrap();
        claims.end(&intent.scope, &failed(ErrorCode::IssuerUnreachable)).await.unwrap();
        assert!(matches!(claims.claim(&intent).await, Ok(Claimed::Ended(ending)) if ending == done()));
    }

    #[tokio::test]
    async fn room_is_made_by_what_is_settled_and_by_nothing_else() {
        let claims = MemoryClaims::new(3);
        for (key, ending) in
            [("done", Some(done())), ("unknown", Some(failed(ErrorCode::IssuerTimeout))), ("runs", None)]
        {
            claims.claim(&intent(key, 1)).await.unwrap();
            if let Some(ending) = ending {
                claims.end(&intent(key, 1).scope, &ending).await.unwrap();
            }
        }
        assert!(matches!(claims.claim(&intent("next", 1)).await, Ok(Claimed::New)));
        assert!(claims.claim(&intent("one more", 1)).await.is_err());
        assert!(matches!(claims.claim(&intent("unknown", 1)).await, Ok(Claimed::Ended(_))));
        assert!(matches!(claims.claim(&intent("runs", 1)).await, Ok(Claimed::Running(_))));
    }
}
