//! Nine places, five faults, a keyed write and one that is sent once at most: each cell once.

use std::time::Instant;

use cardwright_faults::world::matrix::{self, cells};
use cardwright_faults::world::{Terms, Write};

/// Cells wait for leases most of the time.
const AT_ONCE: usize = 15;

#[tokio::test]
async fn each_fault_at_each_place_of_a_create_and_of_a_reissue() {
    let start = Instant::now();
    let cells = cells(&[Write::Issue, Write::Reissue]);
    assert_eq!(cells.len(), 90);
    let tally = matrix::run(&cells, AT_ONCE, Terms::NONE).await.unwrap();
    println!("90 cells: {tally}; {:.1} s", start.elapsed().as_secs_f64());
    assert!(tally.holds(), "{tally}");
    assert_eq!((tally.intents, tally.unknown), (90, 0), "the issuer's list settles each: {tally}");
}
