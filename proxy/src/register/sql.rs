//! The register in a database. Both kinds speak the same SQL, compiled once for each: what differs is how a transaction
//! begins, and what keeps others from a record meanwhile.

use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, PgConnection, PgPool, SqliteConnection, SqlitePool, Transaction};

use super::{PER_PAGE, Page, Register, SeenCard, SeenOrder, Sighting, TERMINATED, What, known};
use crate::claims::StoreUnavailable;
use crate::store::{Sqlite, within_limit};

/// The register in a SQLite file.
pub(super) struct SqliteRegister(pub(super) Sqlite);

/// The register in a PostgreSQL database.
pub(super) struct PostgresRegister(pub(super) PgPool);

/// Whoever asked for its end may have written its id in another case than the issuer does.
const END_CARD: &str = "UPDATE cards SET status = $3 WHERE tenant = $1 AND lower(id) = $2";

/// What is read, each column by its name: see `claims/sql.rs`.
macro_rules! card {
    () => {
        "id, card_type, last_four, status, user_id, business_id, created_at, observed_at, owner"
    };
}
macro_rules! order {
    () => {
        "order_id, order_type, status, card_id, last_error_slug, created_at, completed_at, failed_at, issue_status, is_issued, \
         external_user_id, observed_at, owner"
    };
}

const CARD: &str = concat!("SELECT ", card!(), " FROM cards WHERE tenant = $1 AND id = $2");
const KEEP_CARD: &str = "
    INSERT INTO cards
        (tenant, id, card_type, last_four, status, user_id, business_id, created_at, observed_at, owner)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (tenant, id) DO UPDATE SET
        card_type = excluded.card_type, last_four = excluded.last_four, status = excluded.status,
        user_id = excluded.user_id, business_id = excluded.business_id, created_at = excluded.created_at,
        observed_at = excluded.observed_at, owner = excluded.owner";

const ORDER: &str = concat!("SELECT ", order!(), " FROM orders WHERE tenant = $1 AND order_id = $2");
const KEEP_ORDER: &str = "
    INSERT INTO orders
        (tenant, order_id, order_type, status, card_id, last_error_slug, created_at, completed_at, failed_at,
         issue_status, is_issued, external_user_id, observed_at, owner)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (tenant, order_id) DO UPDATE SET
        order_type = excluded.order_type, status = excluded.status, card_id = excluded.card_id,
        last_error_slug = excluded.last_error_slug, created_at = excluded.created_at,
        completed_at = excluded.completed_at, failed_at = excluded.failed_at, issue_status = excluded.issue_status,
        is_issued = excluded.is_issued, external_user_id = excluded.external_user_id,
        observed_at = excluded.observed_at, owner = excluded.owner";

/// The users to whom a card belongs: its own of Ingo's, or those whose order made it at PintoPay.
const USERS_OF_CARD: &str = "
    SELECT user_id FROM cards WHERE tenant = $1 AND lower(id) = lower($2)
    UNION SELECT external_user_id FROM orders WHERE tenant = $1 AND card_id = $2 AND external_user_id IS NOT NULL";
const USERS_OF_ORDER: &str =
    "SELECT external_user_id FROM orders WHERE tenant = $1 AND order_id = $2 AND external_user_id IS NOT NULL";

const TENANTS_OF_CARD: &str =
    "SELECT tenant FROM cards WHERE lower(id) = lower($1) UNION SELECT tenant FROM orders WHERE card_id = $1";
const TENANTS_OF_ORDER: &str = "SELECT DISTINCT tenant FROM orders WHERE order_id = $1";

/// How a table is listed: of a tenant, of one user of it, or of several, whose ids are a list in JSON. One has a question of
/// its own, which goes along the index page by page.
struct List {
    of_all: Question,
    of_user: Question,
    of_users: Question,
}

struct Question {
    count: &'static str,
    page: &'static str,
}

macro_rules! question {
    ($columns:expr, $table:literal, $id:literal, $which:expr, $limit:literal) => {
        Question {
            count: concat!("SELECT count(*) FROM ", $table, " WHERE tenant = $1", $which),
            page: concat!(
                "SELECT ",
                $columns,
                " FROM ",
                $table,
                " WHERE tenant = $1",
                $which,
                " ORDER BY created_at DESC, ",
                $id,
                $limit
            ),
        }
    };
}

macro_rules! list {
    ($columns:expr, $table:literal, $id:literal, $user:literal, $ids:literal) => {
        List {
            of_all: question!($columns, $table, $id, "", " LIMIT $2 OFFSET $3"),
            of_user: question!($columns, $table, $id, concat!(" AND ", $user, " = $2"), " LIMIT $3 OFFSET $4"),
            of_users: question!(
                $columns,
                $table,
                $id,
                concat!(" AND ", $user, " IN (", $ids, ")"),
                " LIMIT $3 OFFSET $4"
            ),
        }
    };
}

impl SqliteRegister {
    const CARDS: List = list!(card!(), "cards", "id", "lower(user_id)", "SELECT value FROM json_each($2)");
    const ORDERS: List = list!(order!(), "orders", "order_id", "external_user_id", "SELECT value FROM json_each($2)");

    async fn begin(&self) -> sqlx::Result<Transaction<'static, sqlx::Sqlite>> {
        self.0.writer.begin_with(Sqlite::BEGIN).await
    }

    /// The whole file is locked already.
    async fn lock(_: &mut SqliteConnection, _: &str, _: &str) -> sqlx::Result<()> {
        Ok(())
    }

    fn reader(&self) -> &SqlitePool {
        &self.0.reader
    }
}

impl PostgresRegister {
    const CARDS: List =
        list!(card!(), "cards", "id", "lower(user_id)", "SELECT jsonb_array_elements_text(CAST($2 AS jsonb))");
    const ORDERS: List = list!(
        order!(),
        "orders",
        "order_id",
        "external_user_id",
        "SELECT jsonb_array_elements_text(CAST($2 AS jsonb))"
    );

    async fn begin(&self) -> sqlx::Result<Transaction<'static, sqlx::Postgres>> {
        self.0.begin().await
    }

    /// Keeps other proxies from a record until the transaction ends, also from one that is not there yet.
    async fn lock(work: &mut PgConnection, tenant: &str, id: &str) -> sqlx::Result<()> {
        let lock = "SELECT pg_advisory_xact_lock(hashtextextended($2, hashtextextended($1, 0)))";
        sqlx::query(lock).bind(tenant).bind(id).execute(work).await.map(drop)
    }

    fn reader(&self) -> &PgPool {
        &self.0
    }
}

macro_rules! register {
    ($Register:ty, $Row:ty) => {
        impl $Register {
            async fn see(&self, tenant: &str, sighting: Sighting) -> sqlx::Result<()> {
                let mut work = self.begin().await?;
                // Always in the same order, so that two answers that show the same cards do not wait for each other.
                for id in sighting.ids() {
                    Self::lock(&mut work, tenant, &id).await?;
                }
                if let Some(id) = sighting.ended() {
                    sqlx::query(END_CARD)
                        .bind(tenant)
                        .bind(id.to_ascii_lowercase())
                        .bind(TERMINATED)
                        .execute(&mut *work)
                        .await?;
                }
                for next in sighting.cards {
                    let seen: Option<SeenCard> =
                        sqlx::query_as(CARD).bind(tenant).bind(&next.id).fetch_optional(&mut *work).await?;
                    let card = known(seen, next);
                    sqlx::query(KEEP_CARD)
                        .bind(tenant)
                        .bind(card.id)
                        .bind(card.card_type)
                        .bind(card.last_four)
                        .bind(card.status)
                        .bind(card.user_id)
                        .bind(card.business_id)
                        .bind(card.created_at)
                        .bind(card.observed_at)
                        .bind(card.owner)
                        .execute(&mut *work)
                        .await?;
                }
                if let Some(next) = sighting.order {
                    let seen: Option<SeenOrder> =
                        sqlx::query_as(ORDER).bind(tenant).bind(&next.order_id).fetch_optional(&mut *work).await?;
                    let order = known(seen, next);
                    sqlx::query(KEEP_ORDER)
                        .bind(tenant)
                        .bind(order.order_id)
                        .bind(order.order_type)
                        .bind(order.status)
                        .bind(order.card_id)
                        .bind(order.last_error_slug)
                        .bind(order.created_at)
                        .bind(order.completed_at)
                        .bind(order.failed_at)
                        .bind(order.issue_status)
                        .bind(order.is_issued)
                        .bind(order.external_user_id)
                        .bind(order.observed_at)
                        .bind(order.owner)
                        .execute(&mut *work)
                        .await?;
                }
                work.commit().await
            }

            async fn page<T>(
                &self,
                list: &List,
                tenant: &str,
                users: Option<&[&str]>,
                page: u32,
            ) -> sqlx::Result<Page<T>>
            where
                T: for<'r> FromRow<'r, $Row> + Send + Unpin,
            {
                let before = i64::from(page.saturating_sub(1)) * i64::from(PER_PAGE);
                let (question, user) = match users {
                    None => (&list.of_all, None),
                    Some([user]) => (&list.of_user, Some((*user).to_owned())),
                    Some(users) => (&list.of_users, Some(serde_json::json!(users).to_string())),
                };
                let count = sqlx::query_scalar::<_, i64>(question.count).bind(tenant);
                let items = sqlx::query_as(question.page).bind(tenant);
                let (count, items) = match &user {
                    Some(user) => (count.bind(user), items.bind(user)),
                    None => (count, items),
                };
                let total = count.fetch_one(self.reader()).await?;
                let items = items.bind(i64::from(PER_PAGE)).bind(before).fetch_all(self.reader()).await?;
                Ok(Page { items, total: usize::try_from(total).unwrap_or_default() })
            }
        }

        #[async_trait]
        impl Register for $Register {
            async fn record(&self, tenant: &str, sighting: Sighting) -> Result<(), StoreUnavailable> {
                if sighting.is_empty() {
                    return Ok(());
                }
                within_limit(self.see(tenant, sighting)).await
            }

            async fn cards(
                &self,
                tenant: &str,
                users: Option<&[&str]>,
                page: u32,
            ) -> Result<Page<SeenCard>, StoreUnavailable> {
                let users: Option<Vec<_>> =
                    users.map(|users| users.iter().map(|user| user.to_ascii_lowercase()).collect());
                let users: Option<Vec<_>> = users.as_ref().map(|users| users.iter().map(String::as_str).collect());
                within_limit(self.page(&Self::CARDS, tenant, users.as_deref(), page)).await
            }

            async fn orders(
                &self,
                tenant: &str,
                users: Option<&[&str]>,
                page: u32,
            ) -> Result<Page<SeenOrder>, StoreUnavailable> {
                within_limit(self.page(&Self::ORDERS, tenant, users, page)).await
            }

            async fn users_of(&self, tenant: &str, what: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
                let (question, id) = match what {
                    What::Card(id) => (USERS_OF_CARD, id),
                    What::Order(id) => (USERS_OF_ORDER, id),
                };
                within_limit(sqlx::query_scalar(question).bind(tenant).bind(id).fetch_all(self.reader())).await
            }

            async fn tenants_of(&self, what: What<'_>) -> Result<Vec<String>, StoreUnavailable> {
                let (question, id) = match what {
                    What::Card(id) => (TENANTS_OF_CARD, id),
                    What::Order(id) => (TENANTS_OF_ORDER, id),
                };
                within_limit(sqlx::query_scalar(question).bind(id).fetch_all(self.reader())).await
            }
        }
    };
}

register!(SqliteRegister, SqliteRow);
register!(PostgresRegister, PgRow);
