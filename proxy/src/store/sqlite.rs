//! SQLite beside the proxy: one file, one writer at a time, every commit on the disk before it counts.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Connection, SqliteConnection, SqlitePool};

use super::address::File;
use super::{CONNECT_LIMIT, Unsafe, migrations};

/// How long another process may hold the file's write lock; within this process the writer has it alone.
const BUSY_LIMIT: Duration = Duration::from_secs(2);
const READERS: u32 = 4;

/// An open database file.
#[derive(Clone)]
pub(crate) struct Sqlite {
    /// One connection: writers wait here in order, instead of meeting a locked file. Begin with [`Sqlite::BEGIN`].
    pub(crate) writer: SqlitePool,
    /// Connections that cannot write.
    pub(crate) reader: SqlitePool,
}

impl Sqlite {
    /// How a transaction that writes begins: with the write lock, so that it never fails half-way for want of it.
    pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";
}

/// Opens the file, makes it where it is missing, and brings its tables up to date.
pub(super) async fn open(file: &File) -> anyhow::Result<Sqlite> {
    create(&file.path).context("database-url: the file cannot be opened for writing")?;
    let options = SqliteConnectOptions::new()
        .filename(&file.path)
        // A write-ahead log: one fsync a commit instead of two or more, and readers never wait for the writer.
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("synchronous", file.synchronous)
        .busy_timeout(BUSY_LIMIT);
    // Alone first: a pool would try a refused connection again.
    let mut first = SqliteConnection::connect_with(&options).await.context("database-url: the file cannot be used")?;
    check(&mut first).await.context("database-url")?;
    migrations::sqlite().run_direct(None, &mut first, false).await.context("database-url: tables")?;
    first.close().await?;
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(CONNECT_LIMIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(|connection, _| Box::pin(check(connection)))
            // A commit that failed on a full disk leaves sqlx in a transaction that SQLite has rolled back: no other could
            // ever begin over that connection.
            .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
    };
    Ok(Sqlite {
        writer: pool().max_connections(1).connect_lazy_with(options.clone()),
        reader: pool().max_connections(READERS).connect_lazy_with(options.pragma("query_only", "ON")),
    })
}

/// Makes the file where it is missing, for its owner's eyes only; SQLite gives the files beside it the same rights.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Refuses a connection with which a commit could be taken back.
async fn check(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    if journal != "wal" {
        let found = format!("journal_mode: expected wal, found {journal}; the file system may not offer shared memory");
        return Err(Unsafe(found).into());
    }
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await?;
    if synchronous < 2 {
        return Err(Unsafe(format!("synchronous: expected 2 (FULL) or 3, found {synchronous}")).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn opened(folder: &tempfile::TempDir) -> Sqlite {
        open(&File { path: folder.path().join("a.db"), synchronous: "FULL" }).await.unwrap()
    }

    #[tokio::test]
    async fn each_connection_is_full_and_only_one_writes() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let Sqlite { writer, reader } = opened(&folder).await;
            for pool in [&writer, &reader] {
                let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await.unwrap();
                assert_eq!(synchronous, 2);
            }
            sqlx::query("DELETE FROM cards").execute(&writer).await.unwrap();
            assert!(sqlx::query("DELETE FROM cards").execute(&reader).await.is_err());
            assert!(writer.acquire().await.is_ok());
            let _held = writer.acquire().await.unwrap();
            assert!(writer.try_acquire().is_none());
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_file_is_its_owners() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = opened(&folder).await;
        sqlx::query("DELETE FROM cards").execute(&store.writer).await.unwrap();
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[tokio::test]
    async fn a_connection_that_could_lose_a_commit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        drop(opened(&folder).await);
        let file = SqliteConnectOptions::new().filename(folder.path().join("a.db"));
        for (pragma, value, reason) in [
            ("synchronous", "NORMAL", "unsafe store: synchronous: expected 2 (FULL) or 3, found 1"),
            ("synchronous", "OFF", "unsafe store: synchronous: expected 2 (FULL) or 3, found 0"),
            ("journal_mode", "MEMORY", "unsafe store: journal_mode: expected wal, found memory"),
            ("journal_mode", "OFF", "unsafe store: journal_mode: expected wal, found off"),
        ] {
            let weak = file.clone().pragma(pragma, value);
            let mut connection = SqliteConnection::connect_with(&weak).await.unwrap();
            let refused = check(&mut connection).await.unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused}");
            connection.close().await.unwrap();
        }
    }
}
