//! The same once more under another key: asked about where the proxy is told to, and sent when confirmed.

use crate::client::{CARD, Call, KEY};
use crate::rig::Proxy;
use crate::scripted::{Act, Issuer, envelope};

const OTHER: &str = "fedcba9876543210";
const ASK: &str = "--ask-before-duplicates";

#[tokio::test]
async fn the_same_under_another_key_is_asked_about_and_sent_when_confirmed() {
    for (call, is_asked) in [(Call::issue as fn() -> Call, true), (Call::reissue, true), (Call::freeze, false)] {
        let issuer = Issuer::start([Act::card(CARD, "active")]).await;
        let proxy = Proxy::start(&issuer.url, &[ASK]).await;
        assert_eq!(call().send(proxy.address).await.status, 200);
        let second = call().key(OTHER).send(proxy.address).await;
        if !is_asked {
            assert_eq!((second.status, issuer.seen().len()), (200, 2));
            continue;
        }
        assert_eq!(second.told(), (409, "possible_duplicate".into(), "not_sent".into()));
        assert_eq!(
            second.json()["title"],
            "The same was asked a moment ago. Please confirm that you want it once more."
        );
        assert_eq!(issuer.seen().len(), 1);
        let confirmed = call().key(OTHER).with("confirm-new", "true").send(proxy.address).await;
        assert_eq!((confirmed.status, confirmed.is_replayed(), issuer.seen().len()), (200, false, 2));
        for key in [KEY, OTHER] {
            let copy = call().key(key).send(proxy.address).await;
            assert_eq!((copy.status, copy.is_replayed()), (200, true), "copies are answered as ever");
        }
    }
}

#[tokio::test]
async fn it_is_off_by_default_and_over_after_the_window() {
    for more in [&[][..], &[ASK, "--duplicate-window-ms=1"]] {
        let issuer = Issuer::start([Act::card(CARD, "active")]).await;
        let proxy = Proxy::start(&issuer.url, more).await;
        for (sent, key) in [KEY, OTHER].into_iter().enumerate() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            assert_eq!(Call::issue().key(key).send(proxy.address).await.status, 200);
            assert_eq!(issuer.seen().len(), sent + 1);
        }
    }
}

#[tokio::test]
async fn what_the_issuer_refused_is_no_first() {
    let acts = [Act::json(422, "{}"), Act::json(200, &envelope(CARD, "active", ""))];
    let issuer = Issuer::start(acts).await;
    let proxy = Proxy::start(&issuer.url, &[ASK]).await;
    assert_eq!(Call::issue().send(proxy.address).await.told().2, "rejected");
    assert_eq!(Call::issue().key(OTHER).send(proxy.address).await.status, 200);
}

#[tokio::test]
async fn of_pairs_at_once_one_is_sent_and_one_is_asked_about() {
    let issuer = Issuer::start([Act::card(CARD, "active").after(20)]).await;
    let proxy = Proxy::start(&issuer.url, &[ASK]).await;
    for pair in 0..50 {
        let [one, other] = [0, 1].map(|at| {
            let body = format!(r#"{{"user_id":"user-00000000-0000-0000-0000-{pair:012}","card_type":"virtual"}}"#);
            Call::issue().body(&body).key(&format!("{pair:016}-{at}"))
        });
        let (one, other) = tokio::join!(one.send(proxy.address), other.send(proxy.address));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }
    assert_eq!(issuer.seen().len(), 50);
}
