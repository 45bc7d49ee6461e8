//! The registers in memory, in SQLite and in PostgreSQL are one register: the same sightings, the same pages.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use cardwright_test_postgres::Database;

const SIGHTINGS: usize = 1_000;
const TENANTS: [&str; 3] = ["t", "tt", "nobody's"];

fn time() -> impl Strategy<Value = String> {
    (0..60_u32).prop_map(|second| format!("2026-01-02T00:00:{second:02}.000Z"))
}

fn user() -> impl Strategy<Value = String> {
    select(vec!["u", "U", "é", "u-1", "u_1"]).prop_map(String::from)
}

fn card() -> impl Strategy<Value = SeenCard> {
    let status = select(vec!["unactivated", "active", "suspended", "a word of tomorrow", TERMINATED]);
    (0..60_u32, status, user(), option::of(user()), time(), time()).prop_map(
        |(id, status, user_id, business_id, created_at, observed_at)| SeenCard {
            id: format!("card-{id}"),
            card_type: "virtual".into(),
            last_four: format!("{id:04}"),
            status: status.into(),
            user_id,
            business_id,
            created_at,
            observed_at,
            owner: "local".into(),
        },
    )
}

fn order() -> impl Strategy<Value = SeenOrder> {
    let status = select(vec!["new", "paid", "processing", "completed", "failed"]);
    let made = select(vec!["card_create_pending", "card_create_done", "initial_topup_done"]);
    let known = (option::of(select(vec!["card-1", "card-2"])), option::of(made), option::of(any::<bool>()));
    (0..60_u32, status, known, option::of(user()), time(), time()).prop_map(
        |(id, status, (card_id, issue_status, is_issued), external_user_id, created_at, observed_at)| SeenOrder {
            order_id: format!("order-{id}"),
            order_type: "card_issue".into(),
            status: status.into(),
            card_id: card_id.map(str::to_owned),
            last_error_slug: None,
            completed_at: (status == "completed").then(|| observed_at.clone()),
            failed_at: (status == "failed").then(|| observed_at.clone()),
            issue_status: issue_status.map(str::to_owned),
            is_issued,
            external_user_id,
            created_at,
            observed_at,
            owner: "local".into(),
        },
    )
}

fn sighting() -> impl Strategy<Value = Sighting> {
    let ended =
        option::weighted(0.1, (0..60_u32).prop_map(|id| format!("{}-{id}", if id % 2 == 0 { "card" } else { "Card" })));
    (ended, vec(card(), 0..4), option::of(order())).prop_map(|(ended, cards, order)| Sighting { ended, cards, order })
}

/// Pages until one is empty, and what each says of all.
async fn all<T>(mut page: impl AsyncFnMut(u32) -> Page<T>) -> Vec<(usize, Vec<T>)> {
    let mut pages = Vec::new();
    for number in 1.. {
        let Page { items, total } = page(number).await;
        let is_last = items.is_empty();
        pages.push((total, items));
        if is_last {
            break;
        }
    }
    pages
}

#[tokio::test]
async fn memory_sqlite_and_postgres_give_the_same_pages() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::fresh().await.unwrap();
    let file = format!("sqlite:{}", folder.path().join("a.db").display());
    let mut registers = Vec::new();
    for address in ["memory:", &file, &database.url] {
        registers.push(in_store(&Store::open(&address.into()).await.unwrap()));
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..SIGHTINGS {
        let seen = (select(&TENANTS[..2]), sighting()).new_tree(&mut runner).unwrap();
        for register in &registers {
            let (tenant, sighting) = seen.current();
            register.record(tenant, sighting).await.unwrap();
        }
    }
    // A thousand sightings show each of the sixty to both.
    let known_to = |tenant: &str, number: u32| tenant != "nobody's" && number < 60;
    let (mut compared, mut owned) = (0, 0);
    for tenant in TENANTS {
        let one = |user: &'static str| Some(vec![user]);
        for users in
            [None, one("u"), one("U"), one("é"), one("u-1"), one("u_1"), one("%"), Some(vec!["é", "u"]), Some(vec![])]
        {
            let users = users.as_deref();
            let mut found = Vec::new();
            for register in &registers {
                let cards = all(async |page| register.cards(tenant, users, page).await.unwrap()).await;
                let orders = all(async |page| register.orders(tenant, users, page).await.unwrap()).await;
                compared += cards.len() + orders.len();
                found.push((cards, orders));
            }
            assert!(found.iter().all(|other| *other == found[0]), "{tenant} {users:?}: {found:#?}");
        }
    }
    for (tenant, number) in TENANTS.into_iter().flat_map(|tenant| (0..61).map(move |number| (tenant, number))) {
        let (card, order) = (format!("card-{number}"), format!("order-{number}"));
        for what in [What::Card(&card), What::Order(&order)] {
            let mut found = Vec::new();
            for register in &registers {
                let mut users = register.users_of(tenant, what).await.unwrap();
                users.sort();
                users.dedup();
                let mut tenants = register.tenants_of(what).await.unwrap();
                tenants.sort();
                found.push((users, tenants));
            }
            assert!(found.iter().all(|other| *other == found[0]), "{tenant} {what:?}: {found:?}");
            owned += found[0].0.len();
            assert_eq!(found[0].1.contains(&tenant.to_owned()), known_to(tenant, number), "{tenant} {what:?}");
        }
    }
    assert!(owned >= 2 * 60 + 2 * 40, "{owned}");
    // Two tenants know all sixty cards and orders: three pages and the empty one.
    assert!(compared >= 3 * 2 * 2 * 4, "{compared}");
}

#[tokio::test]
async fn proxies_that_see_the_same_at_once_lose_nothing() {
    let database = Database::fresh().await.unwrap();
    let open = || async { in_store(&Store::open(&database.url.as_str().into()).await.unwrap()) };
    let proxies = [open().await, open().await];
    let mut runner = TestRunner::deterministic();
    let known = card().new_tree(&mut runner).unwrap().current();
    let at = |second: u32, status: &str| SeenCard {
        status: status.into(),
        observed_at: format!("2026-01-02T00:00:{second:02}.000Z"),
        ..known.clone()
    };
    let mut under_way = Vec::new();
    for second in 0..40 {
        let status = if second == 20 { TERMINATED } else { "active" };
        let (register, card) = (Arc::clone(&proxies[second as usize % 2]), at(second, status));
        let sighting = Sighting { cards: vec![card], ..Sighting::default() };
        under_way.push(tokio::spawn(async move { register.record("t", sighting).await }));
    }
    for recorded in under_way {
        recorded.await.unwrap().unwrap();
    }
    assert_eq!(proxies[0].cards("t", None, 1).await.unwrap().items, [at(39, TERMINATED)]);
}
