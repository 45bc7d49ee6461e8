//! Replicas that are killed and stopped under load.

use cardwright_faults::world::{Faults, Load, Terms, World};
use cardwright_test_postgres::Database;

use crate::{PATIENCE, seed};

#[tokio::test]
async fn ten_kills_and_five_stops() {
    let database = Database::fresh().await.unwrap();
    let mut world = World::start(Terms::IDEMPOTENT, &database.url, 3, seed()).await.unwrap();
    let caller = world.caller(PATIENCE);
    let load = Load { lanes: 24, ..Load::new(seed(), u64::MAX) };
    let kills = world.suffer(Faults { kills: 10, stops: 5 }, &load, &caller).await.unwrap();
    let tally = world.judge(&kills.accounts).await.unwrap();
    println!("10 kills, 5 stops, SEED={}: {tally}; settled {:.1} s later", seed(), kills.settled_after.as_secs_f64());
    assert!(tally.holds(), "{tally}");
    assert!(tally.intents > 50, "{tally}");
    assert!(kills.settled_after < PATIENCE);
}
