//! Somebody is asked before a write.

use serde_json::{Value, json};

use super::service::{Service, answer, json as says};
use crate::client::{Answer, CARD, Call, USER};
use crate::rig::Proxy;
use crate::scripted::{Act, Issuer};

fn decision(word: &str) -> String {
    says(&json!({ "decision": word }))
}

async fn rig(said: &str) -> (Proxy, Service, Issuer) {
    let (service, issuer) = (Service::start(said).await, Issuer::start([Act::card(CARD, "active")]).await);
    let args = [&format!("--authorize-url={}", service.url), "--access-limit-ms=1000"];
    (Proxy::start(&issuer.url, &args).await, service, issuer)
}

fn told(answer: &Answer) -> (u16, String) {
    let (status, code, outcome) = answer.told();
    assert_eq!(outcome, "not_sent");
    (status, code)
}

#[tokio::test]
async fn each_decision_counts_and_what_is_none_stops_the_write() {
    let (proxy, service, issuer) = rig("").await;
    let yes = json!({ "decision": "allow" }).to_string();
    let (forbidden, unavailable) = ((403, "forbidden".to_owned()), (503, "access_unavailable".to_owned()));
    for (number, (said, expected)) in [
        (decision("deny"), forbidden),
        (decision("approval_required"), (403, "approval_required".into())),
        (decision("Allow"), unavailable.clone()),
        (decision("perhaps"), unavailable.clone()),
        (says(&json!({})), unavailable.clone()),
        (says(&json!(true)), unavailable.clone()),
        (answer(200, "", ""), unavailable.clone()),
        (answer(201, "", &yes), unavailable.clone()),
        (answer(302, "location: /\r\n", &yes), unavailable.clone()),
        (answer(500, "", &yes), unavailable.clone()),
        (answer(200, "", &format!("{yes}{}", " ".repeat(17 * 1024))), unavailable.clone()),
        (String::new(), unavailable),
    ]
    .into_iter()
    .enumerate()
    {
        service.say(&said);
        let key = format!("decision-{number:08}");
        assert_eq!(told(&Call::issue().key(&key).send(proxy.address).await), expected, "{said}");
    }
    assert!(issuer.seen().is_empty(), "nothing was sent");
    service.say(&decision("allow"));
    assert_eq!(Call::issue().send(proxy.address).await.status, 200);
    let asked = service.seen().last().unwrap().clone();
    assert!(asked.head.starts_with("POST /service HTTP/1.1"), "{}", asked.head);
    let expected =
        json!({ "tenant": "local", "user": "local", "operation": "ingo.issueCard", "ids": { "user_id": USER } });
    assert_eq!(serde_json::from_str::<Value>(&asked.body).unwrap(), expected);
}

#[tokio::test]
async fn nothing_personal_is_asked_with() {
    let (proxy, service, _issuer) = rig(&decision("deny")).await;
    let body = json!({ "user_id": USER, "card_type": "physical", "virtual_card_id": CARD, "shipping_address": {
        "address_one": "1 Zebra Street", "city": "Zebraville", "state": "CA", "postal_code": "94105", "country": "US" } });
    Call::issue().body(&body.to_string()).send(proxy.address).await;
    let asked: Value = serde_json::from_str(&service.seen()[0].body).unwrap();
    assert_eq!(asked["ids"], json!({ "user_id": USER, "virtual_card_id": CARD }));
    assert_eq!(asked.as_object().unwrap().len(), 4);
}

#[tokio::test]
async fn a_copy_of_what_was_sent_is_answered_whatever_would_be_decided_now() {
    let (proxy, service, issuer) = rig(&decision("allow")).await;
    let first = Call::issue().send(proxy.address).await;
    service.say(&decision("deny"));
    let copy = Call::issue().send(proxy.address).await;
    assert_eq!((copy.status, copy.is_replayed(), &copy.body), (200, true, &first.body));
    assert_eq!((service.seen().len(), issuer.seen().len()), (1, 1));
    let other = Call::issue().key("another-key-0123").send(proxy.address).await;
    assert_eq!(told(&other), (403, "forbidden".into()));
}

#[tokio::test]
async fn what_was_denied_can_be_allowed_later_under_the_same_key() {
    let (proxy, service, issuer) = rig(&decision("approval_required")).await;
    assert_eq!(told(&Call::issue().send(proxy.address).await), (403, "approval_required".into()));
    service.say(&decision("allow"));
    assert_eq!(Call::issue().send(proxy.address).await.status, 200);
    assert_eq!(issuer.seen().len(), 1);
}

#[tokio::test]
async fn a_freeze_goes_on_where_nobody_decides_and_not_where_it_is_denied() {
    let (proxy, mut service, issuer) = rig(&decision("deny")).await;
    assert_eq!(told(&Call::freeze().key("freeze-denied-0001").send(proxy.address).await), (403, "forbidden".into()));
    assert!(issuer.seen().is_empty());
    for (number, said) in [answer(500, "", ""), String::new()].into_iter().enumerate() {
        service.say(&said);
        assert_eq!(Call::freeze().key(&format!("freeze-{number:012}")).send(proxy.address).await.status, 200);
    }
    service.stop().await;
    assert_eq!(Call::freeze().key("freeze-while-down").send(proxy.address).await.status, 200);
    assert_eq!(told(&Call::issue().send(proxy.address).await), (503, "access_unavailable".into()));
    assert_eq!(issuer.seen().len(), 3);
}

#[tokio::test]
async fn reads_are_not_asked_about() {
    let (proxy, service, _issuer) = rig(&decision("deny")).await;
    assert_eq!(Call::get("/api/ingo/cards").send(proxy.address).await.status, 200);
    assert!(service.seen().is_empty());
}
