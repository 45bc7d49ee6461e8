//! Marks in a database.

use async_trait::async_trait;
use sqlx::{PgPool, Postgres, SqlitePool, Transaction};

use super::{Mark, Marks};
use crate::claims::StoreUnavailable;
use crate::store::{Sqlite, within_limit};

/// Marks in a SQLite file.
pub(super) struct SqliteMarks(pub(super) Sqlite);

/// Marks in a PostgreSQL database.
pub(super) struct PostgresMarks(pub(super) PgPool);

const FORGET: &str = "DELETE FROM recent_contents WHERE asked_at < $1";
const OTHERS: &str = "
    SELECT count(*) FROM recent_contents WHERE content = $1 AND intent <> $2 AND asked_at >= $3
    AND NOT EXISTS (SELECT 1 FROM recent_contents WHERE content = $1 AND intent = $2)";
const MARK: &str = "
    INSERT INTO recent_contents (content, intent, asked_at) VALUES ($1, $2, $3) ON CONFLICT (content, intent) DO NOTHING";
const UNMARK: &str = "DELETE FROM recent_contents WHERE content = $1 AND intent = $2";

impl SqliteMarks {
    async fn begin(&self, _: &Mark) -> sqlx::Result<Transaction<'static, sqlx::Sqlite>> {
        self.0.writer.begin_with(Sqlite::BEGIN).await
    }

    fn pool(&self) -> &SqlitePool {
        &self.0.writer
    }
}

impl PostgresMarks {
    /// Begins, and keeps others from the content until the transaction ends.
    async fn begin(&self, mark: &Mark) -> sqlx::Result<Transaction<'static, Postgres>> {
        let mut work = self.0.begin().await?;
        let lock = "SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))";
        sqlx::query(lock).bind(&mark.content).execute(&mut *work).await?;
        Ok(work)
    }

    fn pool(&self) -> &PgPool {
        &self.0
    }
}

macro_rules! marks {
    ($Marks:ty) => {
        #[async_trait]
        impl Marks for $Marks {
            async fn mark(&self, mark: &Mark, confirmed: bool, now: i64, since: i64) -> Result<bool, StoreUnavailable> {
                within_limit(async {
                    // By itself, and as it may: it takes rows of other contents, which others may be taking too.
                    let _ = sqlx::query(FORGET).bind(since).execute(self.pool()).await;
                    let mut work = self.begin(mark).await?;
                    let others: i64 = sqlx::query_scalar(OTHERS)
                        .bind(&mark.content)
                        .bind(&mark.intent)
                        .bind(since)
                        .fetch_one(&mut *work)
                        .await?;
                    if others > 0 && !confirmed {
                        work.rollback().await?;
                        return Ok(false);
                    }
                    sqlx::query(MARK).bind(&mark.content).bind(&mark.intent).bind(now).execute(&mut *work).await?;
                    work.commit().await?;
                    Ok(true)
                })
                .await
            }

            async fn unmark(&self, mark: &Mark) -> Result<(), StoreUnavailable> {
                within_limit(async {
                    let mut work = self.begin(mark).await?;
                    sqlx::query(UNMARK).bind(&mark.content).bind(&mark.intent).execute(&mut *work).await?;
                    work.commit().await
                })
                .await
            }
        }
    };
}

marks!(SqliteMarks);
marks!(PostgresMarks);
