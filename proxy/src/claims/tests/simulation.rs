//! Replicas over one store that crash, stop and wake up between any two steps, in virtual time and by a seed. What the issuer has
//! seen is the oracle.
//!
//! `CARDWRIGHT_SEEDS=1000..2000` runs other seeds; a violation names its own.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use cardwright::{ErrorCode, Operation, Outcome, Safety, ingo};
use clap::Parser;
use tokio::task::LocalSet;
use tokio::time::{Instant, Sleep, sleep};

use super::contract::Draws;
use super::intent;
use crate::claims::record::{Address, Change, Done, Named, Snapshot, State};
use crate::claims::{Acquired, ClaimStore, Claims, StoreUnavailable};
use crate::clock::{Clock, Moment};
use crate::config::Config;
use crate::ending::{Answer, Ending, Failure};
use crate::intent::Intent;
use crate::memory::MemoryClaims;

const ISSUER_LIMIT: Duration = Duration::from_secs(30);
const LEASE: Duration = Duration::from_secs(60);
/// How far a replica's clock may be off, in milliseconds.
const SKEW: u64 = 5_000;
const EPOCH: Moment = Moment(1_000_000_000);
const PROXY_LIMIT: Duration = Duration::from_secs(35);

/// A store that takes its time, and now and then fails before or after it has done what it should.
struct Shaky {
    store: MemoryClaims,
    draws: Mutex<Draws>,
}

impl Shaky {
    async fn wait(&self) -> Result<(), StoreUnavailable> {
        let (millis, fails) = {
            let mut draws = self.draws.lock().unwrap();
            (draws.below(40), draws.is(40))
        };
        sleep(Duration::from_millis(millis)).await;
        if fails { Err(StoreUnavailable) } else { Ok(()) }
    }
}

#[async_trait]
impl ClaimStore for Shaky {
    async fn load(&self, at: &Address) -> Result<Snapshot, StoreUnavailable> {
        self.wait().await?;
        self.store.load(at).await
    }

    async fn swap(&self, at: &Address, seen: &Snapshot, change: &Change) -> Result<bool, StoreUnavailable> {
        self.wait().await?;
        let swapped = self.store.swap(at, seen, change).await;
        self.wait().await?;
        swapped
    }

    async fn due(&self, now: Moment, most: u32) -> Result<Vec<Address>, StoreUnavailable> {
        self.wait().await?;
        self.store.due(now, most).await
    }

    async fn open_for(&self, tenant: &str, user_id: &str) -> Result<u64, StoreUnavailable> {
        self.store.open_for(tenant, user_id).await
    }

    async fn unknown(&self) -> Result<u64, StoreUnavailable> {
        self.store.unknown().await
    }

    async fn done_for(&self, tenant: &str, user_id: &str) -> Result<Vec<Done>, StoreUnavailable> {
        self.store.done_for(tenant, user_id).await
    }

    async fn named(&self, tenant: &str) -> Result<Vec<Named>, StoreUnavailable> {
        self.store.named(tenant).await
    }

    async fn reap(&self, before: Moment) -> Result<u64, StoreUnavailable> {
        self.store.reap(before).await
    }
}

/// A replica's work, which at any point may end for good or stop for a while.
struct Chaos<F> {
    work: Pin<Box<F>>,
    asleep: Option<Pin<Box<Sleep>>>,
    draws: Draws,
}

impl<F: Future<Output = ()>> Future for Chaos<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.asleep.is_none() {
            if self.draws.is(60) {
                return Poll::Ready(());
            }
            if self.draws.is(25) {
                let time = Duration::from_millis(self.draws.below(150_000));
                self.asleep = Some(Box::pin(sleep(time)));
            }
        }
        if let Some(asleep) = &mut self.asleep {
            if asleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.asleep = None;
        }
        self.work.as_mut().poll(context)
    }
}

/// The answer that shows the intent's card.
fn answer(number: usize) -> Answer {
    let card = format!(r#"{{"id":"card-{number}"}}"#);
    Answer(format!(r#"{{"status":"success","message":"operation completed","data":{{"items":[{card}]}}}}"#).into())
}

/// One request that reached the issuer.
struct Sent {
    intent: usize,
    /// When its claim began to send, and when its first byte left.
    started: Moment,
    at: Moment,
}

/// What is wrong with the proxy on purpose.
#[derive(Clone, Copy, PartialEq)]
enum Flaw {
    None,
    /// It believes that the issuer honours keys, and the issuer does not.
    TrustsKeys,
    /// It does not look at its lease before it sends.
    IgnoresLease,
}

struct World {
    flaw: Flaw,
    epoch: Instant,
    /// Whether the issuer honours keys.
    honours: bool,
    intents: Vec<Intent>,
    sent: RefCell<Vec<Sent>>,
    /// How often each intent took effect.
    effects: RefCell<Vec<u32>>,
    told: RefCell<Vec<(usize, Ending)>>,
}

impl World {
    /// The issuer: connects, takes the request, and answers or does not.
    async fn issue(&self, number: usize, permit: &crate::claims::Permit, draws: &mut Draws) -> Ending {
        let started = permit.lease.end().unwrap().before(LEASE);
        let operation = self.intents[number].operation;
        let fail = |code: ErrorCode| Err(Failure::new(code, operation.safety));
        sleep(Duration::from_millis(draws.below(3_000))).await;
        if draws.is(8) {
            return fail(ErrorCode::IssuerUnreachable);
        }
        if self.flaw != Flaw::IgnoresLease && !permit.lease.holds() {
            return fail(ErrorCode::StoreUnavailable);
        }
        let at = EPOCH.after(self.epoch.elapsed());
        self.sent.borrow_mut().push(Sent { intent: number, started, at });
        // Every fifth intent is one the issuer always refuses.
        let refused = number % 5 == 4;
        if !refused && !draws.is(6) {
            let known = self.honours && operation.safety == Safety::Keyed && self.effects.borrow()[number] > 0;
            if !known {
                self.effects.borrow_mut()[number] += 1;
            }
            sleep(Duration::from_millis(draws.below(2_000))).await;
            if !draws.is(4) {
                return Ok(answer(number));
            }
        } else if refused && !draws.is(4) {
            return fail(ErrorCode::IssuerRejected);
        }
        sleep(ISSUER_LIMIT).await;
        fail(ErrorCode::IssuerTimeout)
    }

    /// One copy, as `deliver::once` treats it.
    async fn copy(&self, claims: &Claims, number: usize, mut draws: Draws) {
        match claims.acquire(&self.intents[number], true, Instant::now() + PROXY_LIMIT).await {
            Ok(Acquired::Yours(permit)) => {
                let mut ending = self.issue(number, &permit, &mut draws).await;
                loop {
                    let (told, recorded) = claims.end(&permit, ending.clone()).await;
                    if recorded.is_ok() {
                        ending = told;
                        break;
                    }
                    sleep(Duration::from_millis(500)).await;
                }
                self.told.borrow_mut().push((number, ending));
            }
            Ok(Acquired::Ended(ending)) => self.told.borrow_mut().push((number, ending)),
            Ok(Acquired::Refused(failure)) => {
                let codes = [ErrorCode::Superseded, ErrorCode::KeyClosed];
                assert!(codes.contains(&failure.code), "{failure:?}");
            }
            Ok(Acquired::InProgress | Acquired::Unasked) | Err(StoreUnavailable) => {}
        }
    }
}

/// Runs one seed to its end; what went wrong, in words.
async fn run(seed: u64, flaw: Flaw) -> Vec<String> {
    let mut draws = Draws(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let honours = flaw != Flaw::TrustsKeys && draws.is(2);
    let skewed = draws.is(2);
    let epoch = Instant::now();
    let store = Arc::new(Shaky { store: MemoryClaims::new(1_000), draws: Mutex::new(Draws(seed | 1)) });
    let over: Arc<dyn ClaimStore> = store.clone();
    let mut args = vec!["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s"];
    if honours || flaw == Flaw::TrustsKeys {
        args.push("--issuer-honours-keys=ingo");
    }
    let options = Config::try_parse_from(args).unwrap().claims;
    let replicas: Vec<Claims> = (0..3)
        .map(|_| {
            let skew = if skewed { draws.below(2 * SKEW) as i64 - SKEW as i64 } else { 0 };
            let clock = Clock::new(move || Moment(EPOCH.0 + skew).after(epoch.elapsed()));
            Claims::new(Arc::clone(&over), &options, clock)
        })
        .collect();
    let kinds: [&'static Operation; 4] =
        [&ingo::REISSUE_CARD, &ingo::ISSUE_CARD, &ingo::FREEZE_CARD, &ingo::UNFREEZE_CARD];
    let intents: Vec<_> = (0..6)
        .map(|number| {
            let operation = kinds[draws.below(4) as usize];
            intent(operation, &format!("key-{number}"), (operation.name != "ingo.issueCard").then_some("card"))
        })
        .collect();
    let count = intents.len();
    let world = Rc::new(World {
        flaw,
        epoch,
        honours,
        intents,
        sent: RefCell::default(),
        effects: RefCell::new(vec![0; count]),
        told: RefCell::default(),
    });
    let local = LocalSet::new();
    for number in 0..count {
        for _ in 0..1 + draws.below(5) {
            let (world, claims) = (Rc::clone(&world), replicas[draws.below(3) as usize].clone());
            let within = if draws.is(3) { 400_000 } else { 8_000 };
            let begin = Duration::from_millis(draws.below(within));
            let own = Draws(draws.below(u64::MAX >> 34) * 2 + 1);
            let chaos = Draws(draws.below(u64::MAX >> 34) * 2 + 1);
            local.spawn_local(async move {
                sleep(begin).await;
                let work = Box::pin(async move { world.copy(&claims, number, own).await });
                Chaos { work, asleep: None, draws: chaos }.await;
            });
        }
    }
    let completer = replicas[0].clone();
    local.spawn_local(async move {
        for _ in 0..80 {
            sleep(Duration::from_secs(10)).await;
            let _ = completer.due(50).await;
        }
    });
    local.await;
    judge(&world, &store.store, skewed).await
}

/// What must hold, whatever happened.
async fn judge(world: &World, store: &MemoryClaims, skewed: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    // Everybody has ended, so nothing is added any more.
    let sent = world.sent.take();
    for (number, intent) in world.intents.iter().enumerate() {
        let sends = sent.iter().filter(|sent| sent.intent == number).count();
        let effects = world.effects.borrow()[number];
        let most = match intent.operation.safety {
            Safety::Once => 1,
            Safety::Keyed if world.honours => 3,
            Safety::Keyed if world.flaw == Flaw::TrustsKeys => usize::MAX,
            Safety::Keyed => 1,
            Safety::Convergent | Safety::Read => usize::MAX,
        };
        if sends > most {
            wrong.push(format!("intent {number} was sent {sends} times"));
        }
        if effects > 1 && intent.operation.safety != Safety::Convergent {
            wrong.push(format!("intent {number} took effect {effects} times"));
        }
        let record = store.load(&intent.address()).await.unwrap().record;
        let state = record.as_ref().map(|record| record.state);
        if state == Some(State::Sending) || sends > 0 && !matches!(state, Some(State::Done | State::Unknown)) {
            wrong.push(format!("intent {number} was sent {sends} times and is {state:?}"));
        }
        let told: Vec<_> =
            world.told.borrow().iter().filter(|told| told.0 == number).map(|told| told.1.clone()).collect();
        for ending in told
            .iter()
            .chain(record.as_ref().filter(|_| state == Some(State::Done)).and_then(|record| record.ending.as_ref()))
        {
            let is_true = match ending {
                Ok(answer) => effects > 0 && *answer == self::answer(number),
                Err(failure) if failure.outcome == Outcome::Rejected => effects == 0,
                Err(_) => true,
            };
            if !is_true {
                wrong.push(format!("intent {number} was told {ending:?} with {effects} effects"));
            }
        }
    }
    // An older intent that began to send after a newer one had been sent was applied over it. With clocks that differ, a lease may
    // seem to have ended early, and both run at once; and a freeze waits for nobody for long.
    let mut on_card = Vec::new();
    for sent in sent.iter().filter(|sent| world.intents[sent.intent].subject.card_id.is_some()) {
        let place =
            store.load(&world.intents[sent.intent].address()).await.unwrap().record.map_or(0, |record| record.place);
        on_card.push((place, sent));
    }
    for (at, (older, late)) in on_card.iter().enumerate() {
        for (newer, early) in &on_card[..at] {
            let urgent = world.intents[early.intent].operation.urgent;
            let tolerance = if skewed { 2 * SKEW } else { 0 };
            let began_before = late.started < early.at.after(Duration::from_millis(tolerance));
            let at_once = began_before && (skewed || urgent);
            if older < newer && !at_once {
                let name = |sent: &Sent| world.intents[sent.intent].operation.name;
                wrong.push(format!(
                    "{} {} was applied over {} {}, skewed: {skewed}, began {:?}, sent {:?} and {:?}",
                    name(late),
                    late.intent,
                    name(early),
                    early.intent,
                    late.started,
                    late.at,
                    early.at
                ));
            }
        }
    }
    wrong
}

fn violations(seeds: std::ops::Range<u64>, flaw: Flaw) -> Vec<String> {
    let mut wrong = Vec::new();
    for seed in seeds {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let found = runtime.block_on(run(seed, flaw));
        wrong.extend(found.into_iter().map(|wrong| format!("seed {seed}: {wrong}")));
    }
    wrong
}

fn seeds(count: u64) -> std::ops::Range<u64> {
    let text = std::env::var("CARDWRIGHT_SEEDS").unwrap_or_default();
    let given = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    given.unwrap_or(1..1 + count)
}

#[test]
fn no_seed_sends_twice_loses_an_intent_or_tells_a_lie() {
    let wrong = violations(seeds(500), Flaw::None);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The checker is checked: what is wrong on purpose is found.
#[test]
fn a_flaw_is_found() {
    for (flaw, words) in [(Flaw::TrustsKeys, "took effect 2 times"), (Flaw::IgnoresLease, "was applied over")] {
        let wrong = violations(1..151, flaw);
        assert!(wrong.iter().any(|wrong| wrong.contains(words)), "{wrong:?}");
    }
}
