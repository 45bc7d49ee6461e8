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
    ])
}

fn migrator(steps: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(steps.iter().map(migration).collect())
}
