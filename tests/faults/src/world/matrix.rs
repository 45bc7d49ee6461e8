//! One fault at one place of one write: a proxy that dies, stops, hangs, or loses its issuer or its store, exactly there. Then
//! the copy is sent again, to another replica and to the one that came back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use cardwright_test_postgres::Database;
use fastrand::Rng;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Account, Caller, Intent, Switch, Tally, Terms, Write, judge};
use crate::rig::{Call, Proxy, Sandbox, Told};

/// The places, in the order a write reaches them: the proxy's `fail_point.rs`.
pub const POINTS: [&str; 9] = [
    "before_claim",
    "after_claim",
    "after_sending",
    "connected",
    "request_half_sent",
    "request_sent",
    "answer_headers",
    "answer_read_not_recorded",
    "recorded_not_answered",
];

/// What happens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakage {
    /// SIGKILL, and a new process.
    Kill,
    /// SIGSTOP until twice the lease has passed.
    Stop,
    /// What is under way never goes on.
    Hang,
    /// The connection to the issuer is reset, or the next one is.
    Reset,
    /// The connections to the store are reset, and none can be made for a while.
    StoreLost,
}

impl Breakage {
    /// All of them.
    pub const ALL: [Breakage; 5] =
        [Breakage::Kill, Breakage::Stop, Breakage::Hang, Breakage::Reset, Breakage::StoreLost];

    /// The word by which the proxy is armed. To break something at the right moment, the proxy is stopped there.
    fn armed(self) -> &'static str {
        match self {
            Breakage::Kill => "kill",
            Breakage::Hang => "hang",
            Breakage::Stop | Breakage::Reset | Breakage::StoreLost => "stop",
        }
    }
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Where.
    pub point: &'static str,
    /// What.
    pub breakage: Breakage,
    /// To which write.
    pub write: Write,
}

/// Every place and every fault, for each of these writes.
pub fn cells(writes: &[Write]) -> Vec<Cell> {
    let of =
        |write| POINTS.iter().flat_map(move |&point| Breakage::ALL.map(|breakage| Cell { point, breakage, write }));
    writes.iter().flat_map(|&write| of(write)).collect()
}

const LIMITS: [(&str, &str); 5] = [
    ("CARDWRIGHT_CONNECT_LIMIT_MS", "500"),
    ("CARDWRIGHT_ISSUER_LIMIT_MS", "1000"),
    ("CARDWRIGHT_PROXY_LIMIT_MS", "1400"),
    ("CARDWRIGHT_LEASE_MS", "1600"),
    ("CARDWRIGHT_COMPLETER_MS", "300"),
];
const LEASE: Duration = Duration::from_millis(1_600);
/// Longer than the longest limit above, and the time in which a store is asked.
const ATTEMPT: Duration = Duration::from_secs(8);
/// Nothing here takes as long, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it is waited until what is unknown settles by itself; two leases and some seconds on an idle machine.
const SETTLING: Duration = Duration::from_secs(40);
/// How often a cell is tried.
const MOST_TRIES: usize = 4;

/// Runs cells, so many at once, and judges them together.
///
/// # Errors
/// A cell whose fault did not happen, and a program or a database that is not to be had.
pub async fn run(cells: &[Cell], at_once: usize, terms: Terms) -> anyhow::Result<Tally> {
    let sandbox = Sandbox::start(terms.keys).await?;
    let issuer = sandbox.address;
    let cells: Arc<[Cell]> = cells.into();
    let next = Arc::new(AtomicUsize::new(0));
    let mut lanes = JoinSet::new();
    for _ in 0..at_once {
        let (cells, next) = (Arc::clone(&cells), Arc::clone(&next));
        lanes.spawn(async move {
            let lane = Lane::start(issuer, terms).await?;
            let mut accounts = Vec::new();
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let Some(cell) = cells.get(nth) else { return anyhow::Ok(accounts) };
                accounts.push(lane.run(*cell, nth).await.with_context(|| format!("{cell:?}"))?);
            }
        });
    }
    let mut accounts = Vec::new();
    while let Some(lane) = lanes.join_next().await {
        accounts.extend(lane??);
    }
    Ok(judge(&accounts, &sandbox.ledger().await?, terms))
}

/// A store, a sound replica over it, and its cells' own replicas one after the other.
struct Lane {
    issuer: SocketAddr,
    sound: Proxy,
    store: Database,
    terms: Terms,
}

impl Lane {
    async fn start(issuer: SocketAddr, terms: Terms) -> anyhow::Result<Lane> {
        let store = Database::fresh().await?;
        let environment = [&LIMITS[..], &terms.environment()].concat();
        let sound = Proxy::start(issuer, &store.url, &environment).await?;
        Ok(Lane { issuer, sound, store, terms })
    }

    /// Runs a cell, and again if it did not come about: on a busy machine a limit can end a write before it reaches the place.
    async fn run(&self, cell: Cell, nth: usize) -> anyhow::Result<Account> {
        let mut tries = 0..MOST_TRIES;
        loop {
            let number = nth * MOST_TRIES + tries.next().unwrap_or_default();
            match self.cell(cell, number).await {
                Err(_) if !tries.is_empty() => {}
                ran => return ran,
            }
        }
    }

    async fn cell(&self, cell: Cell, nth: usize) -> anyhow::Result<Account> {
        let intent = self.prepare(cell, nth).await?;
        let mut rng = Rng::with_seed(0);
        let issuer = Switch::to(self.issuer).await?;
        let (store, database) = self.switched().await?;
        let point = format!("{}:{}:1", cell.point, cell.breakage.armed());
        let sound = [&LIMITS[..], &self.terms.environment()].concat();
        let mut environment = LIMITS.to_vec();
        if self.terms.honoured {
            environment.push(("CARDWRIGHT_ISSUER_HONOURS_KEYS", "ingo,pintopay"));
        }
        // Without a list and with a completer that rests, nothing but the write reaches the place.
        environment.push(("CARDWRIGHT_COMPLETER_MS", "600000"));
        environment.push(("CARDWRIGHT_FAIL_POINT", &point));
        let mut broken = Proxy::start_armed(issuer.address, &database, &environment).await?;

        let mut first = tokio::spawn({
            let (caller, intent) = (self.caller(&[broken.address]), intent.clone());
            async move { caller.send(&intent, &mut Rng::with_seed(0)).await }
        });
        let other = self.caller(&[self.sound.address]);
        let mut heard = Vec::new();
        match cell.breakage {
            Breakage::Kill => {
                broken.program.ended().await?;
                heard.push(other.send(&intent, &mut rng).await);
                broken = Proxy::start(self.issuer, &self.store.url, &sound).await?;
            }
            Breakage::Stop => {
                broken.program.stopped().await?;
                let (said, ()) = tokio::join!(other.send(&intent, &mut rng), sleep(2 * LEASE));
                heard.push(said);
                broken.program.resume()?;
            }
            Breakage::Hang => {
                // Its proxy's own limit tells the caller, while what hangs still holds the claim.
                let said = (&mut first).await?;
                ensure!(!matches!(said.told, Told::Done { .. }), "expected it to hang, found it done");
                heard.push(said);
            }
            Breakage::Reset => {
                broken.program.stopped().await?;
                issuer.cut();
                broken.program.resume()?;
                sleep(LEASE / 4).await;
                issuer.join();
            }
            Breakage::StoreLost => {
                broken.program.stopped().await?;
                store.cut();
                broken.program.resume()?;
                sleep(LEASE / 2).await;
                store.join();
            }
        }
        heard.push(other.send(&intent, &mut rng).await);
        if cell.breakage != Breakage::Hang {
            heard.push(first.await?);
        }
        heard.push(self.caller(&[broken.address]).send(&intent, &mut rng).await);
        let ending = other.settle(&intent, &mut heard, &mut rng).await;
        Ok(Account { intent, copies: 1, heard, ending })
    }

    /// An intent of its own for a cell, with the card it needs.
    async fn prepare(&self, cell: Cell, nth: usize) -> anyhow::Result<Intent> {
        let key = format!("cell-{nth:012}");
        let user = match cell.write {
            Write::Order => format!("ext-{key}"),
            _ => format!("user-{nth:08x}-0000-4000-8000-000000000001"),
        };
        let address = json!({ "address_one": "1 Way", "city": "Anytown", "state": "TX", "postal_code": "30044", "country": "US" });
        let card = match cell.write {
            Write::Issue | Write::Order => None,
            Write::Activate => Some(json!({ "user_id": user, "card_type": "physical", "shipping_address": address })),
            Write::Freeze | Write::Unfreeze | Write::Reissue => {
                Some(json!({ "user_id": user, "card_type": "virtual" }))
            }
        };
        let mut intent = Intent { write: cell.write, user, card: None, key };
        if let Some(values) = card {
            let issue = Call { path: "/ingo/cards/issue", values, key: Some(format!("{}-card", intent.key)) };
            let Told::Done { body, .. } = issue.make(self.sound.address, ATTEMPT).await else {
                anyhow::bail!("expected a card to begin with");
            };
            intent.card = intent.shown(&body).map(str::to_owned);
        }
        if cell.write == Write::Unfreeze {
            let freeze = Intent { write: Write::Freeze, key: format!("{}-freeze", intent.key), ..intent.clone() };
            let told = freeze.call().make(self.sound.address, ATTEMPT).await;
            ensure!(matches!(told, Told::Done { .. }), "expected a frozen card to begin with");
        }
        Ok(intent)
    }

    /// A switch in front of the store, and the store's address by way of it.
    async fn switched(&self) -> anyhow::Result<(Switch, String)> {
        let (before, rest) = self.store.url.split_once('@').context("expected postgres://user@host/database")?;
        let (host, database) = rest.split_once('/').context("expected the name of a database")?;
        let server: SocketAddr = tokio::net::lookup_host(host).await?.next().context("expected a server")?;
        let switch = Switch::to(server).await?;
        let address = format!("{before}@{}/{database}", switch.address);
        Ok((switch, address))
    }

    fn caller(&self, lines: &[SocketAddr]) -> Caller {
        Caller { lines: lines.to_vec(), terms: self.terms, attempt: ATTEMPT, settling: SETTLING, patience: PATIENCE }
    }
}
