//! What each caller asked to be made of late: the same once more, under another key, is asked about before it is sent.
//!
//! A second line only, off by default: the key is what makes an intent one, and one changed letter is another content.

mod sql;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use async_trait::async_trait;
use cardwright::{ErrorCode, Operation, Outcome, Request, Safety};
use clap::Args;
use clap::builder::BoolishValueParser;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::claims::StoreUnavailable;
use crate::deliver::Delivered;
use crate::intent::Scope;
use crate::memory::MemoryMarks;
use crate::problem::Problem;
use crate::store::Store;

/// Whether and how long the same content is asked about.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct RecentOptions {
    /// Answer 409 possible_duplicate when the same user asks for the same card again under another key; Confirm-New: true
    /// then sends it. Creates and reissue only.
    #[arg(long, env = "CARDWRIGHT_ASK_BEFORE_DUPLICATES", value_parser = BoolishValueParser::new())]
    ask_before_duplicates: bool,
    /// Milliseconds for which the same content is asked about.
    #[arg(
        long = "duplicate-window-ms",
        env = "CARDWRIGHT_DUPLICATE_WINDOW_MS",
        default_value = "600000",
        value_parser = crate::config::millis,
        value_name = "MS"
    )]
    duplicate_window: Duration,
}

/// What was asked of late, where that is looked at.
pub(crate) struct Recent {
    /// Keyed with a secret the store does not have: who reads the store can test no guess of an address.
    content: Hmac<Sha256>,
    window: Duration,
    marks: Arc<dyn Marks>,
}

/// That an intent asked for a content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mark {
    /// Of caller, operation and request; the key is no part of it.
    pub(crate) content: Vec<u8>,
    /// Of the intent.
    pub(crate) intent: String,
}

/// Where marks are kept.
#[async_trait]
pub(crate) trait Marks: Send + Sync {
    /// Makes a mark; `false`, and none is made, if it would be the content's second since `since`. One step: of two that come
    /// at once, one is the second. A `confirmed` mark is made in any case, and a mark that stands already is no second.
    async fn mark(&self, mark: &Mark, confirmed: bool, now: i64, since: i64) -> Result<bool, StoreUnavailable>;

    /// Takes a mark back.
    async fn unmark(&self, mark: &Mark) -> Result<(), StoreUnavailable>;
}

impl Recent {
    /// What this configuration asks for, if it does.
    pub(crate) fn new(options: &RecentOptions, secret: &SecretString, store: &Store) -> anyhow::Result<Option<Recent>> {
        if !options.ask_before_duplicates {
            return Ok(None);
        }
        let content = Hmac::new_from_slice(secret.expose_secret().as_bytes()).context("expected a secret for HMAC")?;
        let marks: Arc<dyn Marks> = match store {
            Store::Memory => Arc::new(MemoryMarks::default()),
            Store::Sqlite(file) => Arc::new(sql::SqliteMarks(file.clone())),
            Store::Postgres(pool) => Arc::new(sql::PostgresMarks(pool.clone())),
        };
        Ok(Some(Recent { content, window: options.duplicate_window, marks }))
    }

    /// The mark an intent would make; none where doing it twice makes no second card.
    pub(crate) fn mark_of(&self, operation: &Operation, scope: &Scope, request: &Request<'_>) -> Option<Mark> {
        if !matches!(operation.safety, Safety::Keyed | Safety::Once) {
            return None;
        }
        let mut mac = self.content.clone();
        for part in ["possible_duplicate", &scope.tenant, &scope.user, operation.name, &request.to_json()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(Mark { content: mac.finalize().into_bytes().to_vec(), intent: scope.upstream_key() })
    }

    /// Lets an intent pass whose content nobody asked for of late, or who confirms that it is meant once more.
    pub(crate) async fn ask(&self, mark: &Mark, confirmed: bool) -> Result<(), Problem> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let [now, since] = [now, now.saturating_sub(self.window)].map(|at| i64::try_from(at.as_millis()).unwrap_or(0));
        let is_first = self.marks.mark(mark, confirmed, now, since).await?;
        if is_first { Ok(()) } else { Err(Problem::new(ErrorCode::PossibleDuplicate)) }
    }

    /// Forgets an intent that made nothing. Where that cannot be recorded, one question too many is asked.
    pub(crate) async fn ended(&self, mark: &Mark, delivered: &Delivered) {
        let outcome = delivered.ending.as_ref().err().map(|failure| failure.outcome);
        if matches!(outcome, Some(Outcome::NotSent | Outcome::Rejected)) && self.marks.unmark(mark).await.is_err() {
            tracing::warn!("mark could not be taken back");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright_test_postgres::Database;

    fn mark(content: u8, intent: &str) -> Mark {
        Mark { content: vec![content; 32], intent: intent.into() }
    }

    async fn stores(folder: &tempfile::TempDir, database: &Database) -> Vec<Arc<dyn Marks>> {
        let file = format!("sqlite:{}", folder.path().join("a.db").display());
        let mut all = Vec::new();
        for address in ["memory:", &file, &database.url] {
            let store = Store::open(&address.into()).await.unwrap();
            let options = RecentOptions { ask_before_duplicates: true, duplicate_window: Duration::from_secs(1) };
            all.push(Recent::new(&options, &"secret".into(), &store).unwrap().unwrap().marks);
        }
        all
    }

    #[tokio::test]
    async fn the_second_of_a_content_is_asked_about_until_the_window_ends() {
        let (folder, database) = (tempfile::tempdir().unwrap(), Database::fresh().await.unwrap());
        for marks in stores(&folder, &database).await {
            let made =
                async |mark: Mark, confirmed, now: i64| marks.mark(&mark, confirmed, now, now - 100).await.unwrap();
            assert!(made(mark(1, "a"), false, 1_000).await);
            assert!(made(mark(1, "a"), false, 1_001).await, "a copy is the same intent");
            assert!(!made(mark(1, "b"), false, 1_002).await, "another key");
            assert!(!made(mark(1, "b"), false, 1_003).await, "also when it is asked again");
            assert!(made(mark(2, "c"), false, 1_004).await, "another content");
            assert!(made(mark(1, "b"), true, 1_005).await, "confirmed");
            assert!(made(mark(1, "a"), false, 1_006).await, "a copy of the first one is still no second");
            assert!(!made(mark(1, "d"), false, 1_105).await);
            assert!(made(mark(1, "d"), false, 1_106).await, "the window has ended");
            marks.unmark(&mark(1, "d")).await.unwrap();
            assert!(made(mark(1, "e"), false, 1_107).await, "nothing was made under that key");
        }
    }

    #[tokio::test]
    async fn of_many_at_once_one_is_the_first() {
        let (folder, database) = (tempfile::tempdir().unwrap(), Database::fresh().await.unwrap());
        for marks in stores(&folder, &database).await {
            let at_once: Vec<_> = (0..24)
                .map(|number| {
                    let marks = Arc::clone(&marks);
                    tokio::spawn(async move { marks.mark(&mark(9, &number.to_string()), false, 1_000, 900).await })
                })
                .collect();
            let mut firsts = 0;
            for made in at_once {
                firsts += u32::from(made.await.unwrap().unwrap());
            }
            assert_eq!(firsts, 1);
        }
    }
}
