//! The tables, step by step. To change them: a further file of SQL in both folders, and a row in both lists; a step that was
//! ever released is not changed.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// The steps for SQLite.
pub(super) fn sqlite() -> Migrator {
    migrator(&[
        (1, "register", include_str!("../../migrations/sqlite/0001_register.sql")),
        (2, "claims", include_str!("../../migrations/sqlite/0002_claims.sql")),
        (3, "recent contents", include_str!("../../migrations/sqlite/0003_recent_contents.sql")),
        (4, "claims done for", include_str!("../../migrations/sqlite/0004_claims_done_for.sql")),
        (5, "audit", include_str!("../../migrations/sqlite/0005_audit.sql")),
        (6, "card places", include_str!("../../migrations/sqlite/0006_card_places.sql")),
        (7, "claims absence", include_str!("../../migrations/sqlite/0007_claims_absence.sql")),
        (8, "any case", include_str!("../../migrations/sqlite/0008_any_case.sql")),
    ])
}

/// The steps for PostgreSQL.
pub(super) fn postgres() -> Migrator {
    migrator(&[
        (1, "register", include_str!("../../migrations/postgres/0001_register.sql")),
        (2, "claims", include_str!("../../migrations/postgres/0002_claims.sql")),
        (3, "recent contents", include_str!("../../migrations/postgres/0003_recent_contents.sql")),
        (4, "claims done for", include_str!("../../migrations/postgres/0004_claims_done_for.sql")),
        (5, "audit", include_str!("../../migrations/postgres/0005_audit.sql")),
        (6, "card places", include_str!("../../migrations/postgres/0006_card_places.sql")),
        (7, "claims absence", include_str!("../../migrations/postgres/0007_claims_absence.sql")),
        (8, "any case", include_str!("../../migrations/postgres/0008_any_case.sql")),
    ])
}

fn migrator(steps: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(steps.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright_test_postgres::Database;
    use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

    /// Claims as the sixth step has them: id, operation, card type and state.
    const OLD: &str = "INSERT INTO claims (id, version, tenant, asked_by, operation, card_type, state, fence, due_at, sends, \
        place, changed_at) VALUES";
    const ROWS: [[&str; 4]; 6] = [
        ["a", "ingo.issueCard", "virtual", "unknown"],
        ["b", "ingo.issueCard", "physical", "unknown"],
        ["c", "ingo.reissueCard", "virtual", "sending"],
        ["d", "ingo.freezeCard", "", "sending"],
        ["e", "ingo.issueCard", "virtual", "done"],
        ["f", "pintopay.createCard", "", "unknown"],
    ];

    macro_rules! of_old_claims {
        ($steps:expr, $connection:expr) => {{
            let mut connection = $connection;
            $steps.run_direct(Some(6), &mut connection, false).await.unwrap();
            for [id, operation, card_type, state] in ROWS {
                let row =
                    format!("{OLD} ('{id}', 1, 't', 'u', '{operation}', '{card_type}', '{state}', 1, 1, 1, 0, 1)");
                sqlx::query(AssertSqlSafe(row)).execute(&mut connection).await.unwrap();
            }
            $steps.run_direct(None, &mut connection, false).await.unwrap();
            let told = sqlx::query_scalar("SELECT id FROM claims WHERE absence_tells ORDER BY id");
            let told: Vec<String> = told.fetch_all(&mut connection).await.unwrap();
            assert_eq!(told, ["a", "d"]);
        }};
    }

    /// Replicas go on while a newer one brings the tables up to date: what one of them has begun ends, and the step waits for it.
    #[tokio::test]
    async fn a_replica_that_writes_meanwhile_stops_no_step() {
        let database = Database::fresh().await.unwrap();
        let mut newer = PgConnection::connect(&database.url).await.unwrap();
        let mut replica = PgConnection::connect(&database.url).await.unwrap();
        postgres().run_direct(Some(7), &mut newer, false).await.unwrap();
        let mut work = replica.begin().await.unwrap();
        sqlx::raw_sql("SELECT id FROM cards").execute(&mut *work).await.unwrap();
        let step = tokio::spawn(async move { postgres().run_direct(None, &mut newer, false).await });
        // Until it waits for what the replica holds.
        let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'cards'::regclass \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut *work).await.unwrap() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        let card = "INSERT INTO cards VALUES ('t', 'c', 'virtual', '4242', 'active', 'u', NULL, '', '', 'o')";
        sqlx::raw_sql(card).execute(&mut *work).await.unwrap();
        work.commit().await.unwrap();
        step.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn of_an_old_claim_absence_tells_where_a_trace_is_left_for_certain() {
        of_old_claims!(sqlite(), SqliteConnection::connect("sqlite::memory:").await.unwrap());
        let database = Database::fresh().await.unwrap();
        of_old_claims!(postgres(), PgConnection::connect(&database.url).await.unwrap());
    }
}
