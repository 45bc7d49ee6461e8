//! Replicas that are killed (SIGKILL) and started again, and stopped (SIGSTOP) past their lease, at random moments under load.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context;
use fastrand::Rng;
use tokio::time::{Instant, sleep};

use super::{Account, Caller, LEASE, Load, World};

/// How often a killed replica is started again: its port may have been taken as the near end of a connection meanwhile.
const MOST_STARTS: u32 = 20;

/// How many faults.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    /// SIGKILLs.
    pub kills: u32,
    /// SIGSTOPs, each for up to twice the lease.
    pub stops: u32,
}

/// What came of it.
pub struct Kills {
    /// The intents that were driven meanwhile.
    pub accounts: Vec<Account>,
    /// From the last fault until everything was settled or listed for a person.
    pub settled_after: Duration,
}

impl World {
    /// Lets faults happen to its replicas, one after the other, while a load is driven; the load ends with them.
    ///
    /// # Errors
    /// A replica that does not start again.
    pub async fn suffer(&mut self, faults: Faults, load: &Load, caller: &Arc<Caller>) -> anyhow::Result<Kills> {
        let mut rng = Rng::with_seed(load.seed);
        let mut order: Vec<bool> = (0..faults.kills + faults.stops).map(|nth| nth < faults.kills).collect();
        rng.shuffle(&mut order);
        let driven = tokio::spawn({
            let (load, caller) = (load.clone(), Arc::clone(caller));
            async move { load.run(&caller).await }
        });
        for is_kill in order {
            sleep(Duration::from_millis(rng.u64(..500))).await;
            let count = self.replicas.len();
            let proxy = &mut self.replicas[rng.usize(..count)].proxy;
            if is_kill {
                proxy.program.kill().await?;
                sleep(Duration::from_millis(rng.u64(..300))).await;
                let mut tries = 0;
                while let Err(error) = proxy.restart().await {
                    tries += 1;
                    if tries == MOST_STARTS {
                        return Err(error.context("expected a killed replica to start again"));
                    }
                    sleep(Duration::from_millis(100)).await;
                }
            } else {
                proxy.program.pause()?;
                sleep(LEASE.mul_f64(2.0 * rng.f64())).await;
                proxy.program.resume()?;
            }
        }
        load.enough.store(true, Ordering::Relaxed);
        let last = Instant::now();
        let accounts = driven.await.context("a caller failed")?;
        Ok(Kills { accounts, settled_after: last.elapsed() })
    }
}
