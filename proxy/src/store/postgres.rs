//! PostgreSQL, for several proxies at once: the primary only, and only where a commit is on its disk before it counts.

use std::time::Duration;

use anyhow::Context;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{Connection, Executor, PgPool};

use super::{CONNECT_LIMIT, Unsafe, kind, migrations};

const CONNECTIONS: u32 = 16;
/// How long a server that was down is left alone before it is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// The server gives up what waits too long, and what a proxy that hangs has begun: locks must not outlive their holder.
const LIMITS: &str = "SET statement_timeout = '2500ms'; SET lock_timeout = '2s'; \
                      SET idle_in_transaction_session_timeout = '10s'";

/// Opens the database and brings its tables up to date.
///
/// A server that is down is no reason not to start: cards can be frozen without it, and it is asked again until it answers.
pub(super) async fn open(options: PgConnectOptions) -> anyhow::Result<PgPool> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(CONNECT_LIMIT)
        .after_connect(|connection, _| {
            Box::pin(async move {
                check(connection)
                    .await
                    .inspect_err(|error| tracing::error!(why = kind(error), "connection refused"))?;
                connection.execute(LIMITS).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options.clone());
    match prepare(&options).await {
        Err(error) if is_down(&error) => {
            tracing::error!(why = kind(&error), "store cannot be reached: until it can, writes are refused");
            tokio::spawn(prepare_later(options));
        }
        // A database's own sentence names roles and databases, and no password.
        prepared => prepared.context("database-url")?,
    }
    Ok(pool)
}

async fn prepare_later(options: PgConnectOptions) {
    loop {
        tokio::time::sleep(PAUSE).await;
        match prepare(&options).await {
            Ok(()) => return tracing::info!("store can be reached"),
            Err(error) if is_down(&error) => {}
            Err(error) => tracing::error!(why = kind(&error), "store cannot be used"),
        }
    }
}

/// Checks the server and brings its tables up to date, over a connection of its own: a pool would try a refused one again.
async fn prepare(options: &PgConnectOptions) -> sqlx::Result<()> {
    let connecting = PgConnection::connect_with(options);
    let mut connection =
        tokio::time::timeout(CONNECT_LIMIT, connecting).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
    check(&mut connection).await?;
    migrations::postgres().run_direct(None, &mut connection, false).await?;
    connection.close().await
}

/// Whether a server may yet come: it does not answer, or says that it is starting or stopping.
fn is_down(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}

/// Refuses a connection over which a commit could be taken back, or that does not write at all.
async fn check(connection: &mut PgConnection) -> sqlx::Result<()> {
    let settings: Settings = sqlx::query_as(
        "SELECT pg_is_in_recovery() AS is_replica, current_setting('transaction_read_only') AS read_only, \
         current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync') AS fsync, \
         current_setting('full_page_writes') AS full_page_writes",
    )
    .fetch_one(connection)
    .await?;
    settings.check().map_err(sqlx::Error::from)
}

#[derive(sqlx::FromRow)]
struct Settings {
    is_replica: bool,
    read_only: String,
    synchronous_commit: String,
    fsync: String,
    full_page_writes: String,
}

impl Settings {
    fn check(&self) -> Result<(), Unsafe> {
        if self.is_replica {
            return Err(Unsafe("expected the primary, found a read replica".into()));
        }
        for (name, expected, found, danger) in [
            ("transaction_read_only", &["off"][..], &self.read_only, "claims could not be written"),
            // `local` and `remote_write` wait for less than a standby's disk, and a failover would take commits back.
            (
                "synchronous_commit",
                &["on", "remote_apply"],
                &self.synchronous_commit,
                "a crash would take back commits",
            ),
            ("fsync", &["on"], &self.fsync, "power loss would take back commits, or worse"),
            ("full_page_writes", &["on"], &self.full_page_writes, "power loss could destroy what was written"),
        ] {
            if !expected.contains(&found.as_str()) {
                return Err(Unsafe(format!("{name}: expected {}, found {found}: {danger}", expected.join(" or "))));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright_test_postgres::{Database, Server};

    async fn refusal(url: &str) -> String {
        format!("{:#}", open(url.parse().unwrap()).await.unwrap_err())
    }

    #[tokio::test]
    async fn a_sound_server_is_opened_again_and_again() {
        let database = Database::fresh().await.unwrap();
        let (one, other) = tokio::join!(open(database.url.parse().unwrap()), open(database.url.parse().unwrap()));
        for pool in [one.unwrap(), other.unwrap()] {
            sqlx::query("DELETE FROM cards").execute(&pool).await.unwrap();
            let limit: String = sqlx::query_scalar("SHOW statement_timeout").fetch_one(&pool).await.unwrap();
            assert_eq!(limit, "2500ms");
        }
    }

    #[tokio::test]
    async fn a_session_that_could_lose_a_commit_is_refused() {
        let database = Database::fresh().await.unwrap();
        for (option, reason) in [
            ("synchronous_commit=off", "synchronous_commit: expected on or remote_apply, found off"),
            ("synchronous_commit=local", "synchronous_commit: expected on or remote_apply, found local"),
            ("synchronous_commit=remote_write", "synchronous_commit: expected on or remote_apply, found remote_write"),
            ("default_transaction_read_only=on", "transaction_read_only: expected off, found on"),
        ] {
            let (name, value) = option.split_once('=').unwrap();
            let url = if database.url.contains('?') { &database.url } else { &format!("{}?", database.url) };
            let refused = refusal(&format!("{url}&options[{name}]={value}")).await;
            assert!(refused.contains("unsafe store: ") && refused.contains(reason), "{refused}");
        }
    }

    #[tokio::test]
    async fn a_server_that_could_lose_a_commit_is_refused() {
        for (setting, reason) in [
            ("fsync=off", "fsync: expected on, found off"),
            ("full_page_writes=off", "full_page_writes: expected on, found off"),
            ("synchronous_commit=off", "synchronous_commit: expected on or remote_apply, found off"),
        ] {
            let server = Server::start_with(&[setting]).unwrap();
            let refused = refusal(&server.url()).await;
            assert!(refused.contains("unsafe store: ") && refused.contains(reason), "{refused}");
        }
    }

    #[tokio::test]
    async fn a_read_replica_is_refused() {
        let server = Server::start_standby().unwrap();
        let refused = refusal(&server.url()).await;
        assert!(refused.contains("unsafe store: expected the primary, found a read replica"), "{refused}");
    }

    #[tokio::test]
    async fn a_password_is_not_in_a_refusal() {
        let server = Server::start().unwrap();
        let refused = refusal(&server.url().replace("cardwright@", "nobody:zebra@")).await;
        assert!(refused.contains("nobody") && !refused.contains("zebra"), "{refused}");
    }

    #[tokio::test]
    async fn a_server_that_is_down_is_waited_for() {
        let mut server = Server::start().unwrap();
        server.stop().unwrap();
        let pool = open(server.url().parse().unwrap()).await.unwrap();
        assert!(sqlx::query("DELETE FROM cards").execute(&pool).await.is_err());
        server.launch().unwrap();
        let back = async {
            while sqlx::query("DELETE FROM cards").execute(&pool).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), back).await.unwrap();
    }
}
