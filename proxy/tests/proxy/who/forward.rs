//! Somebody else says who is calling.

use serde_json::json;

use super::service::{Service, answer};
use super::{from_elsewhere, me, nobody, unavailable};
use crate::client::Call;
use crate::rig::Proxy;

const YES: &str = "x-auth-request-user: ann\r\nx-auth-request-groups: staff,ingo.issueCard,cards:any\r\n";

async fn rig(said: &str, more: &[&str]) -> (Proxy, Service) {
    let service = Service::start(said).await;
    let url = format!("--forward-auth-url={}?from=cards", service.url);
    let args = [&url, "--scopes-from=X-Auth-Request-Groups", "--access-limit-ms=1000"];
    (Proxy::start("http://127.0.0.1:9", &[&args[..], more].concat()).await, service)
}

fn signed_in(call: Call) -> Call {
    call.with("cookie", "session=opaque")
}

#[tokio::test]
async fn who_is_known_there_is_known_here() {
    let (proxy, service) = rig(&answer(202, YES, ""), &[]).await;
    let call = signed_in(Call::get("/api/me?secret=1")).with("x-auth-request-user", "eve").with("x-other", "1");
    let told = call.send(proxy.address).await;
    let expected =
        json!({ "tenant": "main", "user": "ann", "scopes": ["cards:any", "ingo.issueCard"], "user_ids": [] });
    assert_eq!((told.status, told.json()), (200, expected));
    let asked = service.seen()[0].clone();
    assert!(asked.head.starts_with("GET /service?from=cards HTTP/1.1"), "{}", asked.head);
    assert_eq!(asked.header("cookie"), Some("session=opaque"));
    assert_eq!((asked.header("x-original-method"), asked.header("x-original-uri")), (Some("GET"), Some("/api/me")));
    let mut names: Vec<_> = asked.head.lines().skip(1).map(|line| line.split(':').next().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["cookie", "host", "x-original-method", "x-original-uri"]);
}

#[tokio::test]
async fn a_bearer_token_is_asked_about_too_and_no_credentials_are_not() {
    let (proxy, service) = rig(&answer(200, YES, ""), &[]).await;
    nobody(&me().send(proxy.address).await);
    nobody(&me().with("x-auth-request-user", "ann").send(proxy.address).await);
    assert!(service.seen().is_empty());
    let told = me().with("authorization", "Bearer opaque").send(proxy.address).await;
    assert_eq!((told.status, service.seen()[0].header("authorization")), (200, Some("Bearer opaque")));
    let mut twice = me().with("authorization", "Bearer opaque");
    twice.headers.push(("authorization", "Bearer other".into()));
    nobody(&twice.send(proxy.address).await);
    assert_eq!(service.seen().len(), 1);
}

#[tokio::test]
async fn another_site_cannot_use_a_session_and_has_no_token() {
    let (proxy, _service) = rig(&answer(200, YES, ""), &[]).await;
    let (session, token) = (signed_in(me()), me().with("authorization", "Bearer opaque"));
    let both = token.clone().with("cookie", "session=opaque");
    for (call, status) in [(session, 403), (both, 403), (token, 200)] {
        assert_eq!(from_elsewhere(call).send(proxy.address).await.status, status);
    }
}

#[tokio::test]
async fn what_it_does_not_clearly_say_is_no_yes() {
    let (proxy, mut service) = rig("", &["--tenant-from=x-org", "--user-ids-from=x-ids"]).await;
    let whole = format!("{YES}x-org: acme\r\n");
    let told = |said: String| {
        service.say(&said);
        let call = signed_in(me());
        async move { call.send(proxy.address).await }
    };
    for status in [200, 202, 204, 299] {
        assert_eq!(told(answer(status, &whole, "")).await.status, 200, "{status}");
    }
    nobody(&told(answer(401, &whole, "")).await);
    assert_eq!(told(answer(403, &whole, "")).await.told(), (403, "forbidden".into(), "not_sent".into()));
    for status in [300, 302, 307, 400, 404, 407, 418, 429, 500, 502, 503] {
        unavailable(&told(answer(status, &whole, "")).await);
    }
    for headers in [
        YES.to_owned(),
        "x-org: acme\r\n".to_owned(),
        format!("{whole}x-auth-request-user: eve\r\n"),
        format!("{whole}x-org: other\r\n"),
        whole.replace("ann", ""),
        whole.replace("ann", "a\tnn"),
        format!("{whole}x-ids: {}\r\n", "id,".repeat(101)),
    ] {
        unavailable(&told(answer(200, &headers, "")).await);
    }
    for said in [String::new(), "garbage\r\n\r\n".into(), answer(200, &whole, &"x".repeat(65 * 1024))] {
        unavailable(&told(said).await);
    }
    service.stop().await;
    unavailable(&signed_in(me()).send(proxy.address).await);
}
