//! Where claims and the register are kept, opened as one address says: SQLite beside the proxy, or PostgreSQL for several.
//!
//! A lost claim can be a second card, so a store that may forget what it has committed is not opened, and the reason is told.

mod address;
mod migrations;
mod postgres;
mod sqlite;

pub(crate) use sqlite::Sqlite;

use std::time::Duration;

use secrecy::SecretString;
use sqlx::PgPool;

use self::address::Address;
use crate::claims::StoreUnavailable;
use crate::metrics::METRICS;

/// How long a free connection is waited for, a new one included.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// How long one piece of work on the store may take. A database that hangs is down, and the page is still waiting.
const WORK_LIMIT: Duration = Duration::from_secs(3);

/// An open store.
#[derive(Clone)]
pub(crate) enum Store {
    /// Gone with the process.
    Memory,
    /// A file beside the proxy.
    Sqlite(Sqlite),
    /// A server, which several proxies may share.
    Postgres(PgPool),
}

impl Store {
    /// Opens the store at an address and brings its tables up to date.
    ///
    /// # Errors
    /// An address that cannot be read, and a store that is unsafe; neither shows the address, which can hold a password.
    pub(crate) async fn open(address: &SecretString) -> anyhow::Result<Store> {
        Ok(match Address::parse(address)? {
            Address::Memory => {
                tracing::warn!("claims and register are kept in memory: a restart forgets them");
                Store::Memory
            }
            Address::Sqlite(file) => Store::Sqlite(sqlite::open(&file).await?),
            Address::Postgres(options) => Store::Postgres(postgres::open(*options).await?),
        })
    }

    /// Ends its connections; a file takes up the log beside it. What hangs is left to the next start.
    pub(crate) async fn close(&self) {
        let closing = async {
            match self {
                Store::Memory => {}
                Store::Sqlite(Sqlite { writer, reader }) => drop(tokio::join!(writer.close(), reader.close())),
                Store::Postgres(pool) => pool.close().await,
            }
        };
        if tokio::time::timeout(CONNECT_LIMIT, closing).await.is_err() {
            tracing::warn!("store did not close in time");
        }
    }
}

/// Does a piece of work on the store, within the time it may take. Why it failed is logged by its kind only: a database
/// quotes values in its messages.
pub(crate) async fn within_limit<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreUnavailable> {
    let why = match tokio::time::timeout(WORK_LIMIT, work).await {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(error)) => kind(&error),
        Err(_) => "time limit".into(),
    };
    METRICS.store_failed();
    tracing::error!(why, "store unavailable");
    Err(StoreUnavailable)
}

/// The kind of an error, without a word of what was worked on.
fn kind(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => format!("code {}", error.code().unwrap_or_default()),
        sqlx::Error::Io(error) => format!("i/o: {}", error.kind()),
        sqlx::Error::PoolTimedOut => "no connection in time".into(),
        sqlx::Error::Configuration(error) => error.to_string(),
        sqlx::Error::Tls(_) => "tls".into(),
        sqlx::Error::Protocol(_) => "protocol".into(),
        sqlx::Error::WorkerCrashed => "worker ended".into(),
        _ => "unexpected answer".into(),
    }
}

/// A setting with which a store may forget what it has committed.
#[derive(Debug)]
struct Unsafe(String);

impl std::fmt::Display for Unsafe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unsafe store: {}", self.0)
    }
}

impl std::error::Error for Unsafe {}

impl From<Unsafe> for sqlx::Error {
    fn from(unsafe_setting: Unsafe) -> sqlx::Error {
        sqlx::Error::Configuration(Box::new(unsafe_setting))
    }
}
