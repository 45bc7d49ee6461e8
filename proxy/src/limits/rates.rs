//! Calls within the last minute. The times themselves are kept, so that no minute, wherever it begins, holds more than allowed.
//!
//! In memory, where one proxy is all there is (a file has one); in PostgreSQL one statement counts for all replicas.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::PgPool;

use crate::claims::StoreUnavailable;
use crate::clock::Moment;
use crate::store::{Store, within_limit};

/// Over which calls are counted.
pub(super) const WINDOW: Duration = Duration::from_secs(60);

/// How many buckets there may be before those that are over are looked for.
const TIDY_AT: usize = 10_000;

/// What counts for all replicas.
#[async_trait]
pub(super) trait Rates: Send + Sync {
    /// Counts a call, or says after which time there is room for it.
    async fn count(&self, bucket: &str, most: u32, now: Moment) -> Result<Option<Duration>, StoreUnavailable>;

    /// Forgets buckets nobody used within the window.
    async fn forget(&self, now: Moment) -> Result<(), StoreUnavailable>;
}

/// What all replicas over this store share; nothing where there is only one.
pub(super) fn shared(store: &Store) -> Option<Arc<dyn Rates>> {
    match store {
        Store::Memory | Store::Sqlite(_) => None,
        Store::Postgres(pool) => Some(Arc::new(PostgresRates(pool.clone()))),
    }
}

/// Times of calls, by bucket.
#[derive(Default)]
pub(super) struct Windows(Mutex<HashMap<String, VecDeque<Moment>>>);

impl Windows {
    /// Counts a call, or says after which time there is room for it.
    pub(super) fn count(&self, bucket: &str, most: u32, now: Moment) -> Option<Duration> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.before(WINDOW);
        if buckets.len() >= TIDY_AT && !buckets.contains_key(bucket) {
            buckets.retain(|_, times| times.back().is_some_and(|latest| *latest > since));
        }
        let times = buckets.entry(bucket.to_owned()).or_default();
        while times.front().is_some_and(|time| *time <= since) {
            times.pop_front();
        }
        if times.len() < most as usize {
            times.push_back(now);
            return None;
        }
        times.front().map(|oldest| oldest.after(WINDOW).since(now))
    }
}

/// Times of calls in a database.
struct PostgresRates(PgPool);

/// Inserts the first call; of the others, forgets what is over and adds this one, if there is room. The row is locked
/// meanwhile, and what stands in it then is what counts.
const COUNT: &str = "
    INSERT INTO call_times AS known (bucket, times, latest) VALUES ($1, ARRAY[$2::BIGINT], $2)
    ON CONFLICT (bucket) DO UPDATE
    SET times = ARRAY(SELECT called FROM unnest(known.times) AS called WHERE called > $3 ORDER BY called) || $2, latest = $2
    WHERE (SELECT count(*) FROM unnest(known.times) AS called WHERE called > $3) < $4";
const OLDEST: &str = "
    SELECT min(called) FROM call_times, unnest(times) AS called WHERE bucket = $1 AND called > $2";
const FORGET: &str = "DELETE FROM call_times WHERE latest <= $1";

#[async_trait]
impl Rates for PostgresRates {
    async fn count(&self, bucket: &str, most: u32, now: Moment) -> Result<Option<Duration>, StoreUnavailable> {
        let since = now.before(WINDOW);
        within_limit(async {
            let count = sqlx::query(COUNT).bind(bucket).bind(now.0).bind(since.0).bind(i64::from(most));
            if count.execute(&self.0).await?.rows_affected() > 0 {
                return Ok(None);
            }
            let oldest: Option<i64> = sqlx::query_scalar(OLDEST).bind(bucket).bind(since.0).fetch_one(&self.0).await?;
            Ok(Some(oldest.map_or(Duration::ZERO, |oldest| Moment(oldest).after(WINDOW).since(now))))
        })
        .await
    }

    async fn forget(&self, now: Moment) -> Result<(), StoreUnavailable> {
        let forgotten = sqlx::query(FORGET).bind(now.before(WINDOW).0);
        within_limit(async { forgotten.execute(&self.0).await.map(drop) }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright_test_postgres::Database;

    fn seconds(seconds: i64) -> Moment {
        Moment(1_700_000_000_000 + 1_000 * seconds)
    }

    #[tokio::test]
    async fn no_minute_holds_more_wherever_it_begins() {
        let database = Database::fresh().await.unwrap();
        let store = Store::open(&database.url.as_str().into()).await.unwrap();
        let (own, shared) = (Windows::default(), shared(&store).unwrap());
        let count = async |bucket: &str, now| {
            let found = own.count(bucket, 3, now);
            assert_eq!(shared.count(bucket, 3, now).await.unwrap(), found);
            found.map(|wait| wait.as_secs())
        };
        for (at, expected) in
            [(0, None), (50, None), (59, None), (59, Some(1)), (60, None), (61, Some(49)), (110, None)]
        {
            assert_eq!(count("a", seconds(at)).await, expected, "{at}");
        }
        assert_eq!(count("b", seconds(61)).await, None, "another bucket");
        shared.forget(seconds(500)).await.unwrap();
        let Store::Postgres(pool) = &store else { panic!("expected a server") };
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM call_times").fetch_one(pool).await.unwrap();
        assert_eq!(left, 0);
    }

    #[tokio::test]
    async fn of_many_at_once_over_replicas_no_more_than_allowed_are_counted() {
        let database = Database::fresh().await.unwrap();
        // More would wait for the row longer than a store may take on a machine that does much else.
        let at_once = Arc::new(tokio::sync::Semaphore::new(6));
        let mut counted = Vec::new();
        for _ in 0..3 {
            let store = Store::open(&database.url.as_str().into()).await.unwrap();
            let rates = shared(&store).unwrap();
            counted.extend((0..40).map(|number| {
                let (rates, at_once) = (Arc::clone(&rates), Arc::clone(&at_once));
                tokio::spawn(async move {
                    let _turn = at_once.acquire().await.unwrap();
                    rates.count("a", 60, seconds(number % 7)).await.unwrap().is_none()
                })
            }));
        }
        let mut passed = 0;
        for one in counted {
            passed += u32::from(one.await.unwrap());
        }
        assert_eq!(passed, 60);
    }

    #[test]
    fn buckets_that_are_over_do_not_stay() {
        let windows = Windows::default();
        for number in 0..=TIDY_AT {
            windows.count(&number.to_string(), 1, seconds(i64::from(number == TIDY_AT) * 100));
        }
        assert_eq!(windows.0.lock().unwrap().len(), 1);
    }
}
