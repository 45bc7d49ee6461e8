//! A world in which intents are driven, spoiled and judged: one issuer, replicas of the proxy over one store, callers, and
//! lines between them that go wrong.
//!
//! ```text
//! intent.rs    one thing a person means once
//! caller.rs    its copies, and how callers repeat and ask until they know how it ended
//! load.rs      many intents at once, from a seed
//! oracle.rs    what callers were told, against the ledger
//! kills.rs     replicas that are killed and stopped under load
//! switch.rs    a connection that can be torn at any moment
//! matrix.rs    one fault at one place of one write
//! ```

mod caller;
mod intent;
mod kills;
mod load;
pub mod matrix;
mod oracle;
mod switch;

pub use caller::{Account, Caller, Ending, Heard};
pub use intent::{Intent, Write};
pub use kills::{Faults, Kills};
pub use load::{Keys, Load};
pub use oracle::{Tally, judge};
pub use switch::Switch;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::rig::{Proxy, Sandbox};
use crate::{At, End, Fault, Leg, Line, Rule, Script};

/// The issuer's list of a user's cards in the sandbox.
const CARD_LIST: &str = "/api/v3/user/routable-cards/list";

/// How probable it is that a connection is killed.
const KILLED: f64 = 0.3;

/// What the issuer's keys are worth, and what the proxies are told about it.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The sandbox's mode: `idempotent`, `racy` or `none`.
    pub keys: &'static str,
    /// Whether the proxies are told that the issuers honour keys.
    pub honoured: bool,
    /// Whether the proxies may read a user's cards.
    pub listed: bool,
}

impl Terms {
    /// Keys work and the proxies know it; there is no list, as in the issuers' documents.
    pub const IDEMPOTENT: Terms = Terms { keys: "idempotent", honoured: true, listed: false };
    /// Two copies within 50 ms make two cards; the proxies trust no key and read the list.
    pub const RACY: Terms = Terms { keys: "racy", honoured: false, listed: true };
    /// Keys are worth nothing; the proxies trust none and read the list.
    pub const NONE: Terms = Terms { keys: "none", honoured: false, listed: true };

    /// The proxies' part, as environment.
    pub(crate) fn environment(&self) -> Vec<(&'static str, &'static str)> {
        let mut environment = Vec::new();
        if self.honoured {
            environment.push(("CARDWRIGHT_ISSUER_HONOURS_KEYS", "ingo,pintopay"));
        }
        if self.listed {
            environment.push(("CARDWRIGHT_INGO_CARD_LIST_PATH", CARD_LIST));
        }
        environment
    }
}

/// Limits in time that hold each other as the real ones do, and end an abandoned claim in seconds.
pub(crate) const LIMITS: [(&str, &str); 5] = [
    ("CARDWRIGHT_CONNECT_LIMIT_MS", "1500"),
    ("CARDWRIGHT_ISSUER_LIMIT_MS", "3000"),
    ("CARDWRIGHT_PROXY_LIMIT_MS", "4000"),
    ("CARDWRIGHT_LEASE_MS", "5000"),
    ("CARDWRIGHT_COMPLETER_MS", "500"),
];

/// The lease of [`LIMITS`].
pub(crate) const LEASE: Duration = Duration::from_secs(5);

/// One proxy, and the line that callers reach it by.
pub struct Replica {
    /// The program.
    pub proxy: Proxy,
    /// Its line.
    pub line: Line,
}

/// An issuer, its line, and replicas over one store.
pub struct World {
    /// The issuer.
    pub sandbox: Sandbox,
    /// The line all replicas reach it by.
    pub issuer: Line,
    /// The replicas.
    pub replicas: Vec<Replica>,
    terms: Terms,
}

impl World {
    /// Starts so many replicas over one store. Of all connections, between callers and replicas and between replicas and
    /// issuer, 30 % are killed; others are slow, or carry their request twice.
    ///
    /// # Errors
    /// A program that does not start.
    pub async fn start(terms: Terms, store: &str, replicas: usize, seed: u64) -> anyhow::Result<World> {
        let sandbox = Sandbox::start(terms.keys).await?;
        let issuer = Line::to(sandbox.address).await?;
        issuer.set(Script { seed, rules: vec![killed(), slow()] });
        let environment = [&LIMITS[..], &terms.environment()].concat();
        let mut started = Vec::new();
        for number in 0..replicas as u64 {
            let proxy = Proxy::start(issuer.address(), store, &environment).await?;
            let line = Line::to(proxy.address).await?;
            line.set(Script { seed: seed ^ (number + 1), rules: vec![killed(), doubled()] });
            started.push(Replica { proxy, line });
        }
        Ok(World { sandbox, issuer, replicas: started, terms })
    }

    /// A caller of its replicas that gives up after so long.
    pub fn caller(&self, patience: Duration) -> Arc<Caller> {
        let lines: Vec<SocketAddr> = self.replicas.iter().map(|replica| replica.line.address()).collect();
        Arc::new(Caller { lines, terms: self.terms, attempt: Duration::from_secs(6), settling: 4 * LEASE, patience })
    }

    /// How many connections were killed.
    pub fn killed(&self) -> usize {
        let lines = self.replicas.iter().map(|replica| &replica.line).chain([&self.issuer]);
        lines.map(|line| line.log().iter().filter(|exchange| exchange.rule == Some(0)).count()).sum()
    }

    /// What callers were told, against the ledger.
    ///
    /// # Errors
    /// A sandbox that does not answer.
    pub async fn judge(&self, accounts: &[Account]) -> anyhow::Result<Tally> {
        Ok(judge(accounts, &self.sandbox.ledger().await?, self.terms))
    }
}

fn killed() -> Rule {
    let leg = |at, end| Leg { at, end, delay_ms: 0 };
    let request = |at, end| Fault { request: leg(at, end), ..Fault::default() };
    let answer = |at, end| Fault { answer: leg(at, end), ..Fault::default() };
    let faults = vec![
        request(At::Any, End::Close),
        request(At::Any, End::Reset),
        answer(At::Any, End::Close),
        answer(At::Any, End::Reset),
        answer(At::Byte(0), End::Reset),
        answer(At::Part(0.0), End::Close),
    ];
    Rule { chance: KILLED, faults, ..Rule::default() }
}

fn slow() -> Rule {
    let after = |delay_ms| Fault { answer: Leg { delay_ms, ..Leg::default() }, ..Fault::default() };
    Rule { chance: 0.5, faults: vec![after(20), after(100), after(300)], ..Rule::default() }
}

fn doubled() -> Rule {
    let faults = vec![
        Fault { copies: 1, copies_after_ms: 5, ..Fault::default() },
        Fault { request: Leg { delay_ms: 50, ..Leg::default() }, ..Fault::default() },
        Fault { answer: Leg { delay_ms: 50, ..Leg::default() }, ..Fault::default() },
    ];
    Rule { chance: 0.2, faults, ..Rule::default() }
}
