//! How an intent is called: copies of it at once, each repeated as the SDK repeats, and then questions until it is settled.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::{Intent, Keys, Terms};
use crate::rig::{Told, ask};

/// No copy is made more often. The SDK's limit.
const MOST_ATTEMPTS: u32 = 3;
/// The proxy sends an unknown keyed write no sooner again after its first send; and some more.
const KEYED_PAUSE: Duration = Duration::from_millis(3_100);
/// How often an unknown intent is sent again before a person is asked.
const MOST_REPEATS: u32 = 4;
/// How long a copy may come after the first.
const SPREAD_MS: u64 = 300;

/// A caller of replicas.
pub struct Caller {
    /// Where the replicas are reached.
    pub lines: Vec<SocketAddr>,
    /// What may be sent again, and what settles by itself.
    pub terms: Terms,
    /// How long one attempt may take.
    pub attempt: Duration,
    /// How long it is waited until the proxies settle what is unknown.
    pub settling: Duration,
    /// When an intent that is neither settled nor unknown counts as lost.
    pub patience: Duration,
}

/// One thing that one copy was told.
#[derive(Clone, Debug)]
pub struct Heard {
    /// When it was sent.
    pub begun: Instant,
    /// When it was told.
    pub ended: Instant,
    /// What it was told.
    pub told: Told,
}

/// How an intent ended, as far as its caller knows in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// This card or order shows it.
    Done(String),
    /// The issuer said no.
    Rejected,
    /// It was not sent, and never will be.
    NotSent,
    /// It is listed as unknown: a person has to look.
    Unknown,
    /// Nobody can say anything about it.
    Lost,
}

/// One intent, and all its caller was told.
#[derive(Debug)]
pub struct Account {
    /// The intent.
    pub intent: Intent,
    /// How many copies came at once.
    pub copies: u32,
    /// What they were told.
    pub heard: Vec<Heard>,
    /// How it ended.
    pub ending: Ending,
}

impl Caller {
    /// Sends so many copies of an intent, and asks until it is settled.
    pub async fn drive(self: &Arc<Self>, intent: Intent, copies: u32, keys: Keys, mut rng: Rng) -> Account {
        let mut open = JoinSet::new();
        for number in 0..copies {
            let (caller, rng) = (Arc::clone(self), rng.fork());
            let key = match keys {
                Keys::OfTheIntent => intent.key.clone(),
                Keys::OfEachCopy => format!("{}-{number}", intent.key),
            };
            let copy = Intent { key, ..intent.clone() };
            open.spawn(async move { caller.copy(&copy, rng).await });
        }
        let mut heard: Vec<_> = open.join_all().await.into_iter().flatten().collect();
        let ending = self.settle(&intent, &mut heard, &mut rng).await;
        Account { intent, copies, heard, ending }
    }

    /// One copy, repeated until something is known.
    async fn copy(&self, intent: &Intent, mut rng: Rng) -> Vec<Heard> {
        let mut heard = Vec::new();
        sleep(Duration::from_millis(rng.u64(..SPREAD_MS))).await;
        for _ in 0..MOST_ATTEMPTS {
            let one = self.send(intent, &mut rng).await;
            let again = match &one.told {
                Told::Done { .. } => false,
                // What has no second line of defence is asked about.
                Told::Nothing => intent.write.is_keyed() || intent.write.is_convergent(),
                Told::Problem { code, .. } => matches!(code.as_str(), "store_unavailable" | "issuer_unreachable"),
            };
            heard.push(one);
            if !again {
                break;
            }
            sleep(Duration::from_millis(rng.u64(100..500))).await;
        }
        heard
    }

    /// Sends once.
    pub(crate) async fn send(&self, intent: &Intent, rng: &mut Rng) -> Heard {
        let begun = Instant::now();
        let told = intent.call().make(self.line(rng), self.attempt).await;
        Heard { begun, ended: Instant::now(), told }
    }

    /// Asks until it is known how an intent ended, or that a person has to look.
    pub(crate) async fn settle(&self, intent: &Intent, heard: &mut Vec<Heard>, rng: &mut Rng) -> Ending {
        let start = Instant::now();
        let mut unknown_since = None::<Instant>;
        let mut repeats = 0;
        let mut pause = Duration::from_millis(50);
        while start.elapsed() < self.patience {
            let said = ask(intent.write.name(), &intent.key, self.line(rng), self.attempt).await;
            let state = said.as_ref().and_then(|said| said["state"].as_str());
            match (state, &said) {
                (Some("absent"), _) => return Ending::NotSent,
                (Some("done"), Some(said)) => return ended(intent, said),
                (Some("unknown"), _) => {
                    let since = *unknown_since.get_or_insert_with(Instant::now);
                    if self.may_repeat(intent) && repeats < MOST_REPEATS {
                        repeats += 1;
                        sleep(if intent.write.is_keyed() { KEYED_PAUSE } else { pause }).await;
                        heard.push(self.send(intent, rng).await);
                        continue;
                    }
                    if !self.settles(intent) || since.elapsed() > self.settling {
                        return Ending::Unknown;
                    }
                }
                _ => {}
            }
            sleep(pause).await;
            pause = (2 * pause).min(Duration::from_secs(1));
        }
        Ending::Lost
    }

    fn line(&self, rng: &mut Rng) -> SocketAddr {
        self.lines[rng.usize(..self.lines.len())]
    }

    /// Whether a copy of what is unknown makes the proxy send it again.
    fn may_repeat(&self, intent: &Intent) -> bool {
        intent.write.is_convergent() || (intent.write.is_keyed() && self.terms.honoured)
    }

    /// Whether the proxies find out by themselves.
    fn settles(&self, intent: &Intent) -> bool {
        self.terms.listed && intent.write.name().starts_with("ingo.")
    }
}

/// How an intent ended that is done.
fn ended(intent: &Intent, said: &Value) -> Ending {
    match (intent.shown(&said["answer"]), said["problem"]["outcome"].as_str()) {
        (Some(id), _) => Ending::Done(id.to_owned()),
        (None, Some("rejected")) => Ending::Rejected,
        _ => Ending::Lost,
    }
}
