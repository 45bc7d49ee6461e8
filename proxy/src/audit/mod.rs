//! Who asked for what, and what became of it: a table that is only ever added to.
//!
//! A row is added for every write that was sent, and for everything that was refused to somebody who is known. It has the ids
//! of the request and nothing else of it. It comes after the fact: what was done is done, and its answer does not wait for
//! the row. The claim, which is committed before the first byte leaves, is the record that cannot be missing.

mod sql;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::Extensions;
use cardwright::ErrorCode;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use crate::access::RequestId;
use crate::claims::StoreUnavailable;
use crate::clock::{Clock, Moment};
use crate::ending::Ending;
use crate::ids::Ids;
use crate::principal::Principal;
use crate::problem::Problem;
use crate::store::Store;

/// How many refusals are added at once. Those who are refused wait for it, so that nobody who tries a thousand cards keeps
/// honest writes from the store.
const REFUSALS_AT_ONCE: usize = 2;
/// How long they wait for their turn: a store that hangs must not keep them all.
const TURN_LIMIT: Duration = Duration::from_secs(2);

/// What somebody asks for.
#[derive(Clone)]
pub(crate) struct Act {
    request_id: Arc<str>,
    principal: Arc<Principal>,
    operation: &'static str,
    ids: Ids,
}

/// A row.
pub(crate) struct Row {
    at: Moment,
    act: Act,
    outcome: &'static str,
    code: Option<ErrorCode>,
}

/// Where rows are added.
#[async_trait]
trait Table: Send + Sync {
    async fn add(&self, row: &Row) -> Result<(), StoreUnavailable>;
}

/// The audit of a store; in memory there is none.
#[derive(Clone)]
pub(crate) struct Audit {
    table: Option<Arc<dyn Table>>,
    refusals: Arc<Semaphore>,
    clock: Clock,
}

impl Act {
    /// What a caller asks for, of whose request nothing is known yet.
    pub(crate) fn new(principal: &Arc<Principal>, operation: &'static str, extensions: &Extensions) -> Act {
        let request_id = extensions.get::<RequestId>().map_or_else(|| "".into(), |id| Arc::clone(&id.0));
        Act { request_id, principal: Arc::clone(principal), operation, ids: Ids::default() }
    }

    /// The same, and what it is about.
    pub(crate) fn about(self, ids: Ids) -> Act {
        Act { ids, ..self }
    }

    /// Who asks.
    pub(crate) fn principal(&self) -> &Arc<Principal> {
        &self.principal
    }

    /// What it is about.
    pub(crate) fn ids(&self) -> &Ids {
        &self.ids
    }
}

impl Audit {
    /// The audit in a store.
    pub(crate) fn in_store(store: &Store, clock: Clock) -> Audit {
        let table: Option<Arc<dyn Table>> = match store {
            Store::Memory => None,
            Store::Sqlite(file) => Some(Arc::new(sql::SqliteTable(file.clone()))),
            Store::Postgres(pool) => Some(Arc::new(sql::PostgresTable(pool.clone()))),
        };
        Audit { table, refusals: Arc::new(Semaphore::new(REFUSALS_AT_ONCE)), clock }
    }

    /// The same verdict, of which a no is noted.
    pub(crate) async fn judged<T>(&self, act: &Act, verdict: Result<T, Problem>) -> Result<T, Problem> {
        if let Err(problem) = &verdict
            && matches!(problem.code, ErrorCode::Forbidden | ErrorCode::NotFound | ErrorCode::ApprovalRequired)
        {
            let row = self.row(act, "denied", Some(problem.code));
            match timeout(TURN_LIMIT, self.refusals.acquire()).await {
                Ok(_turn) => self.add(row).await,
                Err(_) => lost(&row),
            }
        }
        verdict
    }

    /// Notes how a write ended; nobody waits for it, but the proxy does when it stops.
    pub(crate) fn ended(&self, tasks: &TaskTracker, act: &Act, ending: &Ending) {
        let row = match ending {
            Ok(_) => self.row(act, "done", None),
            Err(failure) => self.row(act, failure.outcome.as_str(), Some(failure.code)),
        };
        let audit = self.clone();
        tasks.spawn(async move { audit.add(row).await });
    }

    fn row(&self, act: &Act, outcome: &'static str, code: Option<ErrorCode>) -> Row {
        Row { at: self.clock.now(), act: act.clone(), outcome, code }
    }

    async fn add(&self, row: Row) {
        let Some(table) = &self.table else { return };
        if table.add(&row).await.is_err() {
            lost(&row);
        }
    }
}

/// A row that cannot be added is in the log, as far as a log may show it.
fn lost(row: &Row) {
    let (request_id, operation) = (&*row.act.request_id, row.act.operation);
    tracing::error!(request_id, operation, outcome = row.outcome, "row of the audit could not be added");
}
