//! Hundreds of intents, each in 1 to 8 copies, while 30 % of the connections are killed.

use std::time::Instant;

use cardwright_faults::world::{Keys, Load, Tally, Terms, World};
use cardwright_test_postgres::Database;

use crate::{PATIENCE, seed};

async fn drive(terms: Terms, store: &str, replicas: usize, load: &Load) -> Tally {
    let start = Instant::now();
    let world = World::start(terms, store, replicas, load.seed).await.unwrap();
    let accounts = load.run(&world.caller(PATIENCE)).await;
    let tally = world.judge(&accounts).await.unwrap();
    let (killed, took) = (world.killed(), start.elapsed().as_secs_f64());
    println!(
        "keys {}, {replicas} replicas, SEED={}: {tally}; {killed} connections killed, {took:.1} s",
        terms.keys, load.seed
    );
    assert_eq!(tally.intents as u64, load.count);
    assert!(killed > tally.calls / 5, "{killed} of more than {} connections were killed", tally.calls);
    tally
}

async fn drive_three(terms: Terms, count: u64) {
    let database = Database::fresh().await.unwrap();
    let tally = drive(terms, &database.url, 3, &Load::new(seed(), count)).await;
    assert!(tally.holds(), "{tally}");
    assert!(tally.done > tally.intents / 2 && tally.rejected > 0, "{tally}");
}

#[tokio::test]
async fn five_hundred_over_three_replicas_whose_issuer_honours_keys() {
    drive_three(Terms::IDEMPOTENT, 500).await;
}

#[tokio::test]
async fn a_hundred_whose_issuer_is_racy() {
    drive_three(Terms::RACY, 100).await;
}

#[tokio::test]
async fn a_hundred_whose_issuer_ignores_keys() {
    drive_three(Terms::NONE, 100).await;
}

#[tokio::test]
async fn a_hundred_over_one_proxy_with_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("claims.db").display());
    let tally = drive(Terms::NONE, &store, 1, &Load::new(seed(), 100)).await;
    assert!(tally.holds(), "{tally}");
}

#[tokio::test]
async fn control_copies_with_keys_of_their_own_make_cards_of_their_own() {
    let load = Load { keys: Keys::OfEachCopy, ..Load::new(seed(), 40) };
    let tally = drive(Terms::IDEMPOTENT, "memory:", 1, &load).await;
    assert!(tally.duplicates > 40 && !tally.holds(), "{tally}");
}
