//! The audit in a database, which itself refuses to change or delete a row.

use async_trait::async_trait;
use sqlx::PgPool;

use super::{Row, Table};
use crate::claims::StoreUnavailable;
use crate::store::{Sqlite, within_limit};

/// The audit in a SQLite file.
pub(super) struct SqliteTable(pub(super) Sqlite);

/// The audit in a PostgreSQL database.
pub(super) struct PostgresTable(pub(super) PgPool);

const ADD: &str = "
    INSERT INTO audit (at, request_id, tenant, subject, operation, ids, outcome, code)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

macro_rules! table {
    ($Table:ty, |$self:ident| $pool:expr) => {
        #[async_trait]
        impl Table for $Table {
            async fn add(&$self, row: &Row) -> Result<(), StoreUnavailable> {
                let (act, who) = (&row.act, &row.act.principal);
                let added = sqlx::query(ADD)
                    .bind(row.at.0)
                    .bind(&*act.request_id)
                    .bind(&who.tenant)
                    .bind(&who.user)
                    .bind(act.operation)
                    .bind(act.ids.masked().to_string())
                    .bind(row.outcome)
                    .bind(row.code.map(|code| code.as_str()))
                    .execute($pool);
                within_limit(added).await.map(drop)
            }
        }
    };
}

table!(SqliteTable, |self| &self.0.writer);
table!(PostgresTable, |self| &self.0);
