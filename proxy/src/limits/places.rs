//! Places for cards: so many a minute and a day for each caller. A place belongs to an intent, whichever of its copies took it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::{PgPool, Postgres, Transaction};
use tokio::sync::MutexGuard;

use super::rates::WINDOW;
use crate::claims::StoreUnavailable;
use crate::clock::Moment;
use crate::store::{Sqlite, Store, within_limit};

/// Whose places they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Holder(pub(super) String);

/// A place for one card.
pub(crate) struct Place {
    pub(super) holder: Holder,
    /// What it is for; one intent has one place.
    pub(super) intent: String,
    /// Of the copy that asks. Only the last one to ask can give the place back.
    pub(super) token: String,
}

/// What a place is asked for under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taking {
    pub(super) now: Moment,
    /// When the day began.
    pub(super) midnight: Moment,
    pub(super) per_minute: Option<u32>,
    pub(super) per_day: Option<u32>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// There is one after this time.
    Minute(Duration),
    /// There is none today.
    Day,
}

/// Where places are kept.
#[async_trait]
pub(super) trait Places: Send + Sync {
    /// Takes a place, or finds the one that the intent has already. One step: of many that come at once, no more get one than
    /// there are.
    async fn take(&self, place: &Place, taking: Taking) -> Result<Result<(), Full>, StoreUnavailable>;

    /// Gives a place back, unless another copy has come to rely on it. It counts for its minute nevertheless.
    async fn give_back(&self, place: &Place) -> Result<(), StoreUnavailable>;

    /// Forgets places taken before.
    async fn forget(&self, before: Moment) -> Result<(), StoreUnavailable>;
}

/// Places in a store.
pub(super) fn in_store(store: &Store) -> Arc<dyn Places> {
    match store {
        Store::Memory => Arc::new(MemoryPlaces::default()),
        Store::Sqlite(file) => Arc::new(SqlitePlaces(file.clone())),
        Store::Postgres(pool) => Arc::new(PostgresPlaces { pool: pool.clone(), turn: tokio::sync::Mutex::default() }),
    }
}

/// Places that live as long as the process.
#[derive(Default)]
struct MemoryPlaces(Mutex<HashMap<Holder, HashMap<String, Taken>>>);

struct Taken {
    at: Moment,
    token: String,
    counts: bool,
}

#[async_trait]
impl Places for MemoryPlaces {
    async fn take(&self, place: &Place, taking: Taking) -> Result<Result<(), Full>, StoreUnavailable> {
        let Place { holder, intent, token } = place;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let places = all.entry(holder.clone()).or_default();
        let counts = |taken: &Taken| taken.counts && taken.at >= taking.midnight;
        if let Some(taken) = places.get_mut(intent).filter(|taken| counts(taken)) {
            taken.token.clone_from(token);
            return Ok(Ok(()));
        }
        let others = || places.iter().filter(|(other, _)| *other != intent).map(|(_, taken)| taken);
        let today = others().filter(|taken| counts(taken)).count();
        if taking.per_day.is_some_and(|most| today >= most as usize) {
            return Ok(Err(Full::Day));
        }
        let mut of_late: Vec<_> = others().map(|taken| taken.at).filter(|at| *at > taking.now.before(WINDOW)).collect();
        of_late.sort_unstable_by(|a, b| b.cmp(a));
        if let Some(in_the_way) = taking.per_minute.and_then(|most| of_late.get((most as usize).checked_sub(1)?)) {
            return Ok(Err(Full::Minute(in_the_way.after(WINDOW).since(taking.now))));
        }
        places.insert(intent.clone(), Taken { at: taking.now, token: token.clone(), counts: true });
        Ok(Ok(()))
    }

    async fn give_back(&self, Place { holder, intent, token }: &Place) -> Result<(), StoreUnavailable> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = all.get_mut(holder).and_then(|places| places.get_mut(intent));
        if let Some(taken) = taken.filter(|taken| taken.token == *token) {
            taken.counts = false;
        }
        Ok(())
    }

    async fn forget(&self, before: Moment) -> Result<(), StoreUnavailable> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, places| {
            places.retain(|_, taken| taken.at >= before);
            !places.is_empty()
        });
        Ok(())
    }
}

/// Places in a SQLite file.
struct SqlitePlaces(Sqlite);

/// Places in a PostgreSQL database.
struct PostgresPlaces {
    pool: PgPool,
    /// Of each replica, one waits for others at the database: a caller who asks for much takes no connection from anybody.
    turn: tokio::sync::Mutex<()>,
}

const TAKE_AGAIN: &str = "
    UPDATE card_places SET taken_by = $3 WHERE holder = $1 AND intent = $2 AND counts = 1 AND taken_at >= $4";
const TODAY: &str = "
    SELECT count(*) FROM card_places WHERE holder = $1 AND intent <> $2 AND counts = 1 AND taken_at >= $3";
/// The place that must be a minute old before there is room for one more.
const IN_THE_WAY: &str = "
    SELECT taken_at FROM card_places WHERE holder = $1 AND intent <> $2 AND taken_at > $3
    ORDER BY taken_at DESC LIMIT 1 OFFSET $4";
const TAKE: &str = "
    INSERT INTO card_places (holder, intent, taken_at, taken_by, counts) VALUES ($1, $2, $3, $4, 1)
    ON CONFLICT (holder, intent) DO UPDATE SET taken_at = $3, taken_by = $4, counts = 1";
const GIVE_BACK: &str = "UPDATE card_places SET counts = 0 WHERE holder = $1 AND intent = $2 AND taken_by = $3";
const FORGET: &str = "DELETE FROM card_places WHERE taken_at < $1";

impl SqlitePlaces {
    async fn begin(&self, _: &Holder) -> sqlx::Result<(Transaction<'static, sqlx::Sqlite>, ())> {
        Ok((self.0.writer.begin_with(Sqlite::BEGIN).await?, ()))
    }
}

impl PostgresPlaces {
    /// Begins, and keeps others from the holder's places until the transaction ends.
    async fn begin(&self, holder: &Holder) -> sqlx::Result<(Transaction<'static, Postgres>, MutexGuard<'_, ()>)> {
        let turn = self.turn.lock().await;
        let mut work = self.pool.begin().await?;
        let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        sqlx::query(lock).bind(&holder.0).execute(&mut *work).await?;
        Ok((work, turn))
    }
}

macro_rules! places {
    ($Places:ty) => {
        #[async_trait]
        impl Places for $Places {
            async fn take(&self, place: &Place, taking: Taking) -> Result<Result<(), Full>, StoreUnavailable> {
                let Place { holder, intent, token } = place;
                within_limit(async {
                    let (mut work, _turn) = self.begin(holder).await?;
                    let again =
                        sqlx::query(TAKE_AGAIN).bind(&holder.0).bind(intent).bind(token).bind(taking.midnight.0);
                    if again.execute(&mut *work).await?.rows_affected() > 0 {
                        work.commit().await?;
                        return Ok(Ok(()));
                    }
                    if let Some(most) = taking.per_day {
                        let today = sqlx::query_scalar(TODAY).bind(&holder.0).bind(intent).bind(taking.midnight.0);
                        let today: i64 = today.fetch_one(&mut *work).await?;
                        if today >= i64::from(most) {
                            work.rollback().await?;
                            return Ok(Err(Full::Day));
                        }
                    }
                    if let Some(most) = taking.per_minute {
                        let since = taking.now.before(WINDOW);
                        let in_the_way = sqlx::query_scalar(IN_THE_WAY).bind(&holder.0).bind(intent).bind(since.0);
                        let in_the_way = in_the_way.bind(i64::from(most) - 1).fetch_optional(&mut *work).await?;
                        if let Some(taken_at) = in_the_way {
                            work.rollback().await?;
                            return Ok(Err(Full::Minute(Moment(taken_at).after(WINDOW).since(taking.now))));
                        }
                    }
                    let take = sqlx::query(TAKE).bind(&holder.0).bind(intent).bind(taking.now.0).bind(token);
                    take.execute(&mut *work).await?;
                    work.commit().await?;
                    Ok(Ok(()))
                })
                .await
            }

            async fn give_back(&self, Place { holder, intent, token }: &Place) -> Result<(), StoreUnavailable> {
                within_limit(async {
                    let (mut work, _turn) = self.begin(holder).await?;
                    let back = sqlx::query(GIVE_BACK).bind(&holder.0).bind(intent).bind(token);
                    back.execute(&mut *work).await?;
                    work.commit().await
                })
                .await
            }

            async fn forget(&self, before: Moment) -> Result<(), StoreUnavailable> {
                within_limit(async {
                    let (mut work, _turn) = self.begin(&Holder(String::new())).await?;
                    sqlx::query(FORGET).bind(before.0).execute(&mut *work).await?;
                    work.commit().await
                })
                .await
            }
        }
    };
}

places!(SqlitePlaces);
places!(PostgresPlaces);

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright_test_postgres::Database;

    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    const MIDNIGHT: i64 = 20_000 * DAY_MS;

    fn taking(seconds: i64, per_minute: u32, per_day: u32) -> Taking {
        let now = Moment(MIDNIGHT + 1_000 * seconds);
        let midnight = Moment(now.0 - now.0 % DAY_MS);
        let limit = |most| Some(most).filter(|most| *most > 0);
        Taking { now, midnight, per_minute: limit(per_minute), per_day: limit(per_day) }
    }

    fn place(holder: &str, intent: &str, token: &str) -> Place {
        Place { holder: Holder(holder.into()), intent: intent.into(), token: token.into() }
    }

    async fn stores(folder: &tempfile::TempDir, database: &Database) -> Vec<Arc<dyn Places>> {
        let file = format!("sqlite:{}", folder.path().join("a.db").display());
        let mut all = Vec::new();
        for address in ["memory:", &file, &database.url] {
            all.push(in_store(&Store::open(&address.into()).await.unwrap()));
        }
        all
    }

    #[tokio::test]
    async fn a_day_has_so_many_places_and_what_was_not_made_gives_its_own_back() {
        let (folder, database) = (tempfile::tempdir().unwrap(), Database::fresh().await.unwrap());
        for places in stores(&folder, &database).await {
            let take =
                async |intent: &str, token: &str, at| places.take(&place("h", intent, token), taking(at, 0, 2)).await;
            assert_eq!(take("a", "1", 10).await.unwrap(), Ok(()));
            assert_eq!(take("b", "2", 11).await.unwrap(), Ok(()));
            assert_eq!(take("c", "3", 12).await.unwrap(), Err(Full::Day));
            assert_eq!(take("a", "4", 13).await.unwrap(), Ok(()), "a copy has its place");
            let another = place("i", "c", "5");
            assert_eq!(places.take(&another, taking(14, 0, 2)).await.unwrap(), Ok(()), "another's day");

            places.give_back(&place("h", "a", "1")).await.unwrap();
            assert_eq!(take("c", "6", 15).await.unwrap(), Err(Full::Day), "a later copy relies on it");
            places.give_back(&place("h", "a", "4")).await.unwrap();
            assert_eq!(take("c", "7", 16).await.unwrap(), Ok(()));
            assert_eq!(take("a", "8", 17).await.unwrap(), Err(Full::Day), "which is given back has none");

            let tomorrow = DAY_MS / 1_000;
            assert_eq!(take("a", "9", tomorrow).await.unwrap(), Ok(()));
            assert_eq!(take("b", "9", tomorrow).await.unwrap(), Ok(()), "it counts for this day now");
            assert_eq!(take("d", "9", tomorrow).await.unwrap(), Err(Full::Day));
            places.forget(Moment(MIDNIGHT + DAY_MS + 1)).await.unwrap();
            assert_eq!(take("d", "9", tomorrow + 1).await.unwrap(), Ok(()));
        }
    }

    #[tokio::test]
    async fn a_minute_has_so_many_places_also_for_what_was_not_made() {
        let (folder, database) = (tempfile::tempdir().unwrap(), Database::fresh().await.unwrap());
        for places in stores(&folder, &database).await {
            let take = async |intent: &str, at| places.take(&place("h", intent, "t"), taking(at, 2, 0)).await.unwrap();
            assert_eq!(take("a", 0).await, Ok(()));
            assert_eq!(take("b", 20).await, Ok(()));
            places.give_back(&place("h", "b", "t")).await.unwrap();
            assert_eq!(take("c", 30).await, Err(Full::Minute(Duration::from_secs(30))));
            assert_eq!(take("a", 31).await, Ok(()), "a copy");
            assert_eq!(take("c", 60).await, Ok(()));
            assert_eq!(take("d", 61).await, Err(Full::Minute(Duration::from_secs(19))));
        }
    }

    #[tokio::test]
    async fn of_many_at_once_no_more_get_a_place_than_there_are() {
        let (folder, database) = (tempfile::tempdir().unwrap(), Database::fresh().await.unwrap());
        for places in stores(&folder, &database).await {
            // As many as a store takes in time on a machine that does much else.
            let at_once: Vec<_> = (0..16)
                .map(|number| {
                    let places = Arc::clone(&places);
                    tokio::spawn(async move {
                        places.take(&place("h", &number.to_string(), "t"), taking(0, 0, 7)).await.unwrap().is_ok()
                    })
                })
                .collect();
            let mut taken = 0;
            for one in at_once {
                taken += u32::from(one.await.unwrap());
            }
            assert_eq!(taken, 7);
        }
    }
}
