//! Many intents at once. What is asked, and in how many copies, comes from the seed and the number of the intent alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fastrand::Rng;
use tokio::task::JoinSet;

use super::{Account, Caller, Ending, Intent, Write};

/// Whose key a copy carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// The intent's, as it should be.
    OfTheIntent,
    /// Its own: the control, in which no claim can help.
    OfEachCopy,
}

/// Intents to be driven.
#[derive(Clone, Debug)]
pub struct Load {
    /// All that is left to chance depends on it.
    pub seed: u64,
    /// How many intents.
    pub count: u64,
    /// How many at once.
    pub lanes: usize,
    /// No intent has more copies.
    pub most_copies: u32,
    /// Whose key a copy carries.
    pub keys: Keys,
    /// No further intent is begun once this is set.
    pub enough: Arc<AtomicBool>,
}

impl Load {
    /// So many intents of 1 to 8 copies.
    pub fn new(seed: u64, count: u64) -> Load {
        Load { seed, count, lanes: 64, most_copies: 8, keys: Keys::OfTheIntent, enough: Arc::default() }
    }

    /// Drives them all to their ends.
    pub async fn run(&self, caller: &Arc<Caller>) -> Vec<Account> {
        let next = Arc::new(AtomicU64::new(0));
        let mut lanes = JoinSet::new();
        for _ in 0..self.lanes {
            let (load, caller, next) = (self.clone(), Arc::clone(caller), Arc::clone(&next));
            lanes.spawn(async move { load.lane(&caller, &next).await });
        }
        lanes.join_all().await.into_iter().flatten().collect()
    }

    async fn lane(&self, caller: &Arc<Caller>, next: &AtomicU64) -> Vec<Account> {
        let mut accounts = Vec::new();
        // The card that was made last here, and whose it is: what comes next may be about it.
        let mut card = None;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= self.count || self.enough.load(Ordering::Relaxed) {
                return accounts;
            }
            let mut rng = Rng::with_seed(Rng::with_seed(self.seed).u64(..) ^ number);
            // Neighbouring seeds begin alike.
            let mut rng = rng.fork();
            let intent = self.intent(number, card.take(), &mut rng);
            let copies = rng.u32(1..=self.most_copies);
            let account = caller.drive(intent, copies, self.keys, rng).await;
            if let (Write::Issue, Ending::Done(id)) = (account.intent.write, &account.ending) {
                card = Some((account.intent.user.clone(), id.clone()));
            }
            accounts.push(account);
        }
    }

    fn intent(&self, number: u64, card: Option<(String, String)>, rng: &mut Rng) -> Intent {
        let key = format!("{:016x}-{number:08}", self.seed);
        if let Some((user, card)) = card.filter(|_| rng.u32(..2) == 0) {
            let write = if rng.u32(..3) == 0 { Write::Freeze } else { Write::Reissue };
            return Intent { write, user, card: Some(card), key };
        }
        if rng.u32(..5) == 0 {
            return Intent { write: Write::Order, user: format!("ext-{key}"), card: None, key };
        }
        // The issuer says no to users whose id ends like this.
        let end = if rng.u32(..25) == 0 { "000000000422" } else { "000000000001" };
        let user = format!("user-{number:08x}-{:04x}-4000-8000-{end}", self.seed & 0xffff);
        Intent { write: Write::Issue, user, card: None, key }
    }
}
