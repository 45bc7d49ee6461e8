//! Together with the sandbox, which is strict about key, encryption and timestamps.

use std::time::Duration;

use serde_json::{Value, json};

use super::{API_KEY, SECRET, create, proxy, read};
use crate::client::Call;
use crate::rig::Proxy;
use crate::sandbox::Sandbox;

/// The sandbox's PintoPay with these options, and a proxy in front of it.
async fn rig(of_sandbox: &[&str], of_proxy: &[&str]) -> (Sandbox, Proxy) {
    let project = [("api-key", API_KEY), ("secret", SECRET), ("speed", "50")]
        .map(|(name, value)| format!("--pintopay-{name}={value}"));
    let args: Vec<_> = project.iter().map(String::as_str).chain(of_sandbox.iter().copied()).collect();
    let sandbox = Sandbox::start(&args).await;
    let proxy = proxy(&sandbox.url, of_proxy).await;
    (sandbox, proxy)
}

fn ordered(product: &str, key: &str) -> Call {
    create().body(&json!({ "product_code": product, "external_user_id": "ext-1" }).to_string()).key(key)
}

/// Orders a product and waits until the order has ended; the order as it was answered at first, and at last.
async fn lived(proxy: &Proxy, product: &str, key: &str) -> (Value, Value) {
    let created = ordered(product, key).send(proxy.address).await;
    assert_eq!(created.status, 200, "{created:?}");
    let first = created.json()["order"].clone();
    for _ in 0..200 {
        let checked =
            read("/api/pintopay/orders/check", json!({ "order_id": first["order_id"] })).send(proxy.address).await;
        assert_eq!(checked.status, 200, "{checked:?}");
        let order = checked.json()["order"].clone();
        if order["status"] == "completed" || order["status"] == "failed" {
            return (first, order);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("expected an end of the order, found none");
}

#[tokio::test]
async fn an_orders_life() {
    let (_sandbox, proxy) = rig(&[], &[]).await;
    let (first, last) = lived(&proxy, "plain", "key-number-00001").await;
    assert_eq!((&first["status"], &last["status"]), (&json!("new"), &json!("completed")));
    assert_eq!((&first["balance_before"], &first["balance_after"]), (&json!("1000.00"), &json!("995.00")));
    let card = read("/api/pintopay/cards/get", json!({ "card_id": last["card_id"] })).send(proxy.address).await.json();
    assert_eq!((&card["card"]["status"], &card["card"]["external_user_id"]), (&json!("active"), &json!("ext-1")));
    assert!(ordered("plain", "key-number-00001").send(proxy.address).await.is_replayed());

    let (_, failed) = lived(&proxy, "topup-fails", "key-number-00002").await;
    assert_eq!((&failed["status"], &failed["last_error_slug"]), (&json!("failed"), &json!("provider_error")));
    let list = Call::get("/api/pintopay/orders?external_user_id=ext-1").send(proxy.address).await.json();
    let items = list["data"]["items"].as_array().unwrap();
    let statuses: Vec<_> = items.iter().map(|seen| (&seen["status"], &seen["is_issued"])).collect();
    assert_eq!(statuses, [(&json!("failed"), &json!(true)), (&json!("completed"), &json!(true))]);
}

#[tokio::test]
async fn each_documented_slug_is_told_whether_errors_are_sealed_or_not() {
    for more in [&[][..], &["--pintopay-plain-errors"]] {
        let (_sandbox, proxy) = rig(more, &[]).await;
        for (at, slug) in cardwright::pintopay::slug::WORDS.iter().take(9).enumerate() {
            let refused =
                ordered(&format!("fail-now-{slug}"), &format!("key-number-0000{at}")).send(proxy.address).await;
            let problem = refused.problem();
            assert_eq!((&problem["code"], &problem["slug"]), (&json!("issuer_rejected"), &json!(slug)));
        }
        let absent =
            read("/api/pintopay/orders/check", json!({ "order_id": "none" })).send(proxy.address).await.problem();
        assert_eq!((&absent["slug"], &absent["field"]), (&json!("order_not_found"), &json!("order_id")));
    }
}

#[tokio::test]
async fn the_sibling_deployment_takes_its_own_words() {
    let of_proxy = ["--pintopay-dialect=revio", "--pintopay-user-field=cardholder_id"];
    for of_proxy in [&of_proxy[..1], &of_proxy] {
        let (_sandbox, proxy) = rig(&["--pintopay-dialect=revio"], of_proxy).await;
        let (_, last) = lived(&proxy, "plain", "key-number-00001").await;
        assert_eq!(last["status"], "completed");
    }
}

#[tokio::test]
async fn another_secret_or_key_is_told_as_about_us() {
    let (sandbox, _) = rig(&[], &[]).await;
    for wrong in ["--pintopay-secret=another-secret", "--pintopay-api-key=another-key"] {
        let url = format!("--pintopay-base-url={}", sandbox.url);
        let (key, secret) = (format!("--pintopay-api-key={API_KEY}"), format!("--pintopay-secret={SECRET}"));
        let right = [url.as_str(), &key, &secret];
        let name = wrong.split('=').next().unwrap();
        let args: Vec<_> = right.into_iter().filter(|arg| !arg.starts_with(name)).chain([wrong]).collect();
        let proxy = Proxy::start("http://127.0.0.1:9", &args).await;
        let problem = create().send(proxy.address).await.problem();
        assert_eq!((&problem["slug"], &problem["outcome"]), (&json!("gateway_refused"), &json!("rejected")), "{wrong}");
    }
}

#[tokio::test]
async fn a_fault_inside_the_encryption_is_no_leak() {
    let (sandbox, proxy) = rig(&[], &["--forward-unknown-fields"]).await;
    for fault in ["card_data", "extra_fields", "unknown_status"] {
        sandbox.fault(json!({ "fault": fault, "operation": "createOrder" })).await;
        let created = ordered("plain", &format!("key-of-{fault:_>12}")).send(proxy.address).await;
        assert_eq!(created.status, 200, "{created:?}");
        let text = String::from_utf8(created.body.to_vec()).unwrap();
        assert!(!text.contains("cvv") && !text.contains("2031") && !text.contains("\"pan\""), "{text}");
        assert_eq!(created.json()["order"]["status"] == "on_hold", fault == "unknown_status");
    }
    sandbox.fault(json!({ "fault": "garbage_json", "after": true })).await;
    let told = ordered("plain", "key-number-00009").send(proxy.address).await.told();
    assert_eq!(told, (502, "issuer_unreadable".into(), "unknown".into()));
}
