//! Claims in SQLite and in PostgreSQL: one text of SQL for both.
//!
//! A change is refused where a row's version is no longer the one that was seen, so nothing has to be locked while it is decided.
//! The lane is always touched before the claim: two changes never wait for each other.

use async_trait::async_trait;
use cardwright::operation;
use sqlx::{FromRow, PgPool, Transaction};

use super::record::{Address, Change, Done, Lane, Named, Record, Snapshot, State, Subject};
use super::{ClaimStore, StoreUnavailable, written};
use crate::clock::Moment;
use crate::store::{Sqlite, within_limit};

/// Claims in a file.
pub(super) struct SqliteClaims(pub(super) Sqlite);

/// Claims in a database server.
pub(super) struct PostgresClaims(pub(super) PgPool);

/// Claim and lane in one statement, so that both are as of one moment. Each column by its name: PostgreSQL refuses a statement
/// that was prepared for all of them once a newer version has added one.
const LOAD: &str = "SELECT claims.version, claims.lane, claims.tenant, claims.asked_by, claims.operation, claims.user_id, \
    claims.card_id, claims.card_type, claims.absence_tells, claims.state, claims.fingerprint, claims.fence, claims.due_at, \
    claims.sent_at, claims.sends, claims.place, claims.ending, claims.changed_at, \
    lanes.newest AS lane_newest, lanes.sent AS lane_sent, lanes.version AS lane_version, \
    (SELECT MAX(others.due_at) FROM claims AS others \
     WHERE others.lane = asked.lane AND others.state = 'sending' AND others.id <> asked.id) AS busy_until \
    FROM (SELECT CAST($1 AS TEXT) AS id, CAST($2 AS TEXT) AS lane) AS asked \
    LEFT JOIN claims ON claims.id = asked.id LEFT JOIN lanes ON lanes.id = asked.lane";

const ENTER_LANE: &str =
    "INSERT INTO lanes (id, newest, sent, version) VALUES ($1, $2, $3, $4 + 1) ON CONFLICT (id) DO NOTHING";
const MOVE_LANE: &str = "UPDATE lanes SET newest = $2, sent = $3, version = version + 1 WHERE id = $1 AND version = $4";

const INSERT: &str = "INSERT INTO claims (id, version, tenant, asked_by, operation, user_id, card_id, card_type, state, \
    fingerprint, fence, due_at, sent_at, sends, place, ending, changed_at, absence_tells, lane) \
    VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (id) DO NOTHING";
const UPDATE: &str = "UPDATE claims SET version = version + 1, tenant = $3, asked_by = $4, operation = $5, user_id = $6, \
    card_id = $7, card_type = $8, state = $9, fingerprint = $10, fence = $11, due_at = $12, sent_at = $13, sends = $14, \
    place = $15, ending = $16, changed_at = $17, absence_tells = $18, \
    lane = COALESCE($19, lane) WHERE id = $1 AND version = $2";

const AUDIT: &str =
    "INSERT INTO settlements (claim, at, by_tenant, by_user, verdict, card_id) VALUES ($1, $2, $3, $4, $5, $6)";

const DUE: &str =
    "SELECT id, lane FROM claims WHERE state IN ('sending', 'unknown') AND due_at <= $1 ORDER BY due_at LIMIT $2";
const OPEN_FOR: &str =
    "SELECT COUNT(*) FROM claims WHERE state IN ('sending', 'unknown') AND tenant = $1 AND lower(user_id) = $2";
const UNKNOWN: &str = "SELECT COUNT(*) FROM claims WHERE state IN ('sending', 'unknown') AND state = 'unknown'";
const DONE_FOR: &str = "SELECT id, operation, ending FROM claims \
    WHERE state = 'done' AND tenant = $1 AND lower(user_id) = $2 AND ending IS NOT NULL";
const NAMED: &str =
    "SELECT claim, card_id FROM settlements WHERE by_tenant = $1 AND verdict = 'done' AND card_id IS NOT NULL";
const REAP: &str = "DELETE FROM claims WHERE state IN ('claimed', 'done', 'closed') AND changed_at < $1 \
    AND NOT (state = 'done' AND EXISTS (SELECT 1 FROM claims AS open WHERE open.state IN ('sending', 'unknown') \
        AND open.tenant = claims.tenant AND lower(open.user_id) = lower(claims.user_id)))";

#[derive(FromRow)]
struct Row {
    version: Option<i64>,
    lane: Option<String>,
    tenant: Option<String>,
    asked_by: Option<String>,
    operation: Option<String>,
    user_id: Option<String>,
    card_id: Option<String>,
    card_type: Option<String>,
    absence_tells: Option<bool>,
    state: Option<String>,
    fingerprint: Option<String>,
    fence: Option<i64>,
    due_at: Option<i64>,
    sent_at: Option<i64>,
    sends: Option<i64>,
    place: Option<i64>,
    ending: Option<String>,
    changed_at: Option<i64>,
    lane_newest: Option<i64>,
    lane_sent: Option<i64>,
    lane_version: Option<i64>,
    busy_until: Option<i64>,
}

impl Row {
    /// What the row shows to whoever asked about this address; nothing, if this version of the proxy did not write it.
    fn snapshot(self, at: &Address) -> Option<Snapshot> {
        let lane = Lane {
            newest: self.lane_newest.unwrap_or_default(),
            sent: self.lane_sent.unwrap_or_default(),
            busy_until: Moment(self.busy_until.unwrap_or_default()),
            version: self.lane_version.unwrap_or_default(),
        };
        let Some(version) = self.version else { return Some(Snapshot { lane, ..Snapshot::default() }) };
        let in_lane = self.lane.as_deref() == at.lane.as_deref();
        let record = Record {
            tenant: self.tenant?,
            user: self.asked_by?,
            operation: operation::find(&self.operation?)?.name,
            subject: Subject {
                user_id: self.user_id,
                card_id: self.card_id,
                card_type: self.card_type,
                absence_tells: self.absence_tells?,
            },
            state: State::parse(&self.state?)?,
            fingerprint: match self.fingerprint {
                Some(hex) => Some(written::bytes(&hex)?),
                None => None,
            },
            fence: self.fence?,
            due_at: Moment(self.due_at?),
            sent_at: self.sent_at.map(Moment),
            sends: self.sends?,
            place: self.place?,
            ending: match self.ending {
                Some(text) => Some(written::read(&text)?),
                None => None,
            },
            changed_at: Moment(self.changed_at?),
        };
        Some(Snapshot { record: Some(record), version, lane, in_lane })
    }
}

fn snapshot(row: Row, at: &Address) -> Result<Snapshot, StoreUnavailable> {
    row.snapshot(at).ok_or_else(unreadable)
}

fn unreadable() -> StoreUnavailable {
    tracing::error!("claim could not be read; expected what this version writes");
    StoreUnavailable
}

fn addresses(rows: Vec<(String, Option<String>)>) -> Vec<Address> {
    rows.into_iter().map(|(claim, lane)| Address { claim: claim.into(), lane: lane.map(Into::into) }).collect()
}

/// The same steps for a database; only its connections differ.
macro_rules! claim_store {
    ($store:ident, $database:ty) => {
        #[async_trait]
        impl ClaimStore for $store {
            async fn load(&self, at: &Address) -> Result<Snapshot, StoreUnavailable> {
                let row = sqlx::query_as(LOAD).bind(&*at.claim).bind(at.lane.as_deref());
                snapshot(within_limit(row.fetch_one(self.reader())).await?, at)
            }

            async fn swap(&self, at: &Address, seen: &Snapshot, change: &Change) -> Result<bool, StoreUnavailable> {
                within_limit(async {
                    let mut work = self.begin().await?;
                    if let (Some(lane), Some((newest, sent))) = (at.lane.as_deref(), change.lane) {
                        let sql = if seen.lane.version == 0 { ENTER_LANE } else { MOVE_LANE };
                        let moved = sqlx::query(sql).bind(lane).bind(newest).bind(sent).bind(seen.lane.version);
                        if moved.execute(&mut *work).await?.rows_affected() != 1 {
                            work.rollback().await?;
                            return Ok(false);
                        }
                    }
                    let record = &change.record;
                    let put = sqlx::query::<$database>(if seen.version == 0 { INSERT } else { UPDATE })
                        .bind(&*at.claim)
                        .bind(seen.version)
                        .bind(&record.tenant)
                        .bind(&record.user)
                        .bind(record.operation)
                        .bind(&record.subject.user_id)
                        .bind(&record.subject.card_id)
                        .bind(&record.subject.card_type)
                        .bind(record.state.as_str())
                        .bind(record.fingerprint.as_ref().map(written::hex))
                        .bind(record.fence)
                        .bind(record.due_at.0)
                        .bind(record.sent_at.map(|at| at.0))
                        .bind(record.sends)
                        .bind(record.place)
                        .bind(record.ending.as_ref().map(written::write))
                        .bind(record.changed_at.0)
                        .bind(record.subject.absence_tells)
                        .bind(at.lane.as_deref());
                    if put.execute(&mut *work).await?.rows_affected() != 1 {
                        work.rollback().await?;
                        return Ok(false);
                    }
                    if let Some(audit) = &change.audit {
                        let line = sqlx::query(AUDIT)
                            .bind(&*at.claim)
                            .bind(audit.at.0)
                            .bind(&audit.by_tenant)
                            .bind(&audit.by_user)
                            .bind(audit.verdict)
                            .bind(&audit.card_id);
                        line.execute(&mut *work).await?;
                    }
                    work.commit().await?;
                    Ok(true)
                })
                .await
            }

            async fn due(&self, now: Moment, most: u32) -> Result<Vec<Address>, StoreUnavailable> {
                let due = sqlx::query_as(DUE).bind(now.0).bind(i64::from(most));
                Ok(addresses(within_limit(due.fetch_all(self.reader())).await?))
            }

            async fn open_for(&self, tenant: &str, user_id: &str) -> Result<u64, StoreUnavailable> {
                let count = sqlx::query_scalar(OPEN_FOR).bind(tenant).bind(user_id.to_ascii_lowercase());
                let count: i64 = within_limit(count.fetch_one(self.reader())).await?;
                Ok(count.unsigned_abs())
            }

            async fn unknown(&self) -> Result<u64, StoreUnavailable> {
                let count = sqlx::query_scalar(UNKNOWN);
                let count: i64 = within_limit(count.fetch_one(self.reader())).await?;
                Ok(count.unsigned_abs())
            }

            async fn done_for(&self, tenant: &str, user_id: &str) -> Result<Vec<Done>, StoreUnavailable> {
                let done = sqlx::query_as(DONE_FOR).bind(tenant).bind(user_id.to_ascii_lowercase());
                let done: Vec<(String, String, String)> = within_limit(done.fetch_all(self.reader())).await?;
                let read = |(claim, operation, ending): (String, String, String)| {
                    let ending = written::read(&ending).ok_or_else(unreadable)?;
                    Ok(Done { claim: claim.into(), operation, ending })
                };
                done.into_iter().map(read).collect()
            }

            async fn named(&self, tenant: &str) -> Result<Vec<Named>, StoreUnavailable> {
                let named = sqlx::query_as(NAMED).bind(tenant);
                within_limit(named.fetch_all(self.reader())).await
            }

            async fn reap(&self, before: Moment) -> Result<u64, StoreUnavailable> {
                let reaped = sqlx::query(REAP).bind(before.0);
                Ok(within_limit(reaped.execute(self.writer())).await?.rows_affected())
            }
        }
    };
}

impl SqliteClaims {
    fn reader(&self) -> &sqlx::SqlitePool {
        &self.0.reader
    }

    fn writer(&self) -> &sqlx::SqlitePool {
        &self.0.writer
    }

    async fn begin(&self) -> sqlx::Result<Transaction<'static, sqlx::Sqlite>> {
        self.0.writer.begin_with(Sqlite::BEGIN).await
    }
}

impl PostgresClaims {
    fn reader(&self) -> &PgPool {
        &self.0
    }

    fn writer(&self) -> &PgPool {
        &self.0
    }

    async fn begin(&self) -> sqlx::Result<Transaction<'static, sqlx::Postgres>> {
        self.0.begin().await
    }
}

claim_store!(SqliteClaims, sqlx::Sqlite);
claim_store!(PostgresClaims, sqlx::Postgres);
