//! Which tokens are taken, and which are not.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use super::service::{Service, json as says};
use super::signer::{Signer, edwards, now, unsigned, with_secret};
use super::{ISSUER, bearer, but, from_elsewhere, good, me, nobody, rig, verifying};
use crate::client::{CARD, Call};
use crate::scripted::{Act, Issuer};

const NOWHERE: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn a_good_token_says_who_is_calling() {
    let (proxy, signer, _keys) = rig(NOWHERE, &[]).await;
    let told = bearer(me(), &signer.token(&good())).send(proxy.address).await;
    let expected = json!({
        "tenant": "acme", "user": "ann", "scopes": ["cards:any", "ingo.issueCard"], "user_ids": [],
    });
    assert_eq!((told.status, told.json()), (200, expected));
    for changes in [
        json!({ "aud": ["other", "cards-too"] }),
        json!({ "exp": now() - 20 }),
        json!({ "nbf": now() + 20 }),
        json!({ "scope": ["ingo.issueCard"] }),
        json!({ "user_ids": ["user-1", "ext-1"] }),
    ] {
        let told = bearer(me(), &signer.token(&but(&changes))).send(proxy.address).await;
        assert_eq!(told.status, 200, "{changes}");
    }
    nobody(&me().send(proxy.address).await);
    nobody(&bearer(me(), "x").without("cardwright-contract").send(proxy.address).await);
    let other = bearer(me(), &signer.token(&good())).with("cardwright-contract", "2").send(proxy.address).await;
    assert_eq!(other.told().1, "contract_mismatch");
    assert_eq!(Call::get("/health").send(proxy.address).await.status, 200);
}

#[tokio::test]
async fn what_is_not_in_scope_is_forbidden() {
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let (proxy, signer, _keys) = rig(&issuer.url, &[]).await;
    let token = signer.token(&good());
    assert_eq!(bearer(Call::freeze(), &token).send(proxy.address).await.told().1, "forbidden");
    assert_eq!(bearer(Call::issue(), &token).send(proxy.address).await.status, 200);
    assert_eq!(issuer.seen().len(), 1);
}

/// Every one of them is a good token in all but one thing.
#[tokio::test]
async fn a_token_that_is_wrong_in_one_thing_is_nobodys() {
    let issuer = Issuer::start([Act::card(CARD, "active")]).await;
    let (proxy, signer, _keys) = rig(&issuer.url, &[]).await;
    let stranger = Signer::new("key-1");
    let members = good();
    let signed = signer.token(&members);
    let header = |alg: &str| json!({ "typ": "JWT", "alg": alg, "kid": "key-1" });
    let hmac = |secret: &[u8]| with_secret(secret, &header("HS256"), &members);
    let parts: Vec<_> = signed.split('.').collect();
    let payload = BASE64_URL_SAFE_NO_PAD.encode(but(&json!({ "sub": "eve" })).to_string());
    let mut wrong = vec![
        ("none", format!("{}.", unsigned(&header("none"), &members))),
        ("None", format!("{}.", unsigned(&header("None"), &members))),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("another algorithm", signer.token_under(&header("ES384"), &members)),
        ("RS256", signer.token_under(&header("RS256"), &members)),
        ("HMAC with the public point", hmac(signer.point())),
        ("HMAC with the published key", hmac(signer.jwk().to_string().as_bytes())),
        ("HMAC with nothing", hmac(b"")),
        ("HMAC called ES256", with_secret(signer.point(), &header("ES256"), &members)),
        ("another key of that name", stranger.token(&members)),
        ("a key that is not known", Signer::new("key-9").token(&members)),
        ("the key in the token", {
            let header = json!({ "typ": "JWT", "alg": "ES256", "jwk": stranger.jwk() });
            stranger.token_under(&header, &members)
        }),
        ("crit", {
            let header = json!({ "alg": "ES256", "kid": "key-1", "crit": ["b64"], "b64": false });
            signer.token_under(&header, &members)
        }),
        ("another payload", format!("{}.{payload}.{}", parts[0], parts[2])),
        ("half a signature", signed[..signed.len() - 40].to_owned()),
        ("four parts", format!("{signed}.x")),
        ("too long", signer.token(&but(&json!({ "padding": "x".repeat(8 * 1024) })))),
        ("no token", "x".into()),
        ("nothing", String::new()),
    ];
    for (what, changes) in [
        ("expired", json!({ "exp": now() - 120 })),
        ("without an end", json!({ "exp": null })),
        ("an end that is text", json!({ "exp": (now() + 300).to_string() })),
        ("not yet", json!({ "nbf": now() + 120 })),
        ("a beginning that is text", json!({ "nbf": "0" })),
        ("for somebody else", json!({ "aud": "payments" })),
        ("for several others", json!({ "aud": ["payments", "CARDS"] })),
        ("for nobody", json!({ "aud": null })),
        ("for an empty list", json!({ "aud": [] })),
        ("from somebody else", json!({ "iss": format!("{ISSUER}/") })),
        ("from nobody", json!({ "iss": null })),
        ("without a user", json!({ "sub": null })),
        ("with a number for a user", json!({ "sub": 7 })),
        ("with two users", json!({ "sub": ["ann", "bob"] })),
        ("with an empty user", json!({ "sub": "" })),
        ("without a tenant", json!({ "org": null })),
        ("with scopes that are none", json!({ "scope": { "ingo.issueCard": true } })),
    ] {
        wrong.push((what, signer.token(&but(&changes))));
    }
    for (what, token) in &wrong {
        let told = bearer(Call::issue(), token).send(proxy.address).await;
        assert_eq!(told.status, 401, "{what}: {told:?}");
        nobody(&told);
    }
    assert!(issuer.seen().is_empty(), "nothing was sent");
    assert_eq!(bearer(Call::issue(), &signed).send(proxy.address).await.status, 200);
}

#[tokio::test]
async fn an_algorithm_counts_only_where_it_is_named() {
    let (key, token) = edwards("key-2", &good());
    let keys = Service::start(&says(&json!({ "keys": [Signer::new("key-1").jwk(), key] }))).await;
    for (named, status) in [("ES256", 401), ("ES256,EdDSA", 200)] {
        let proxy = verifying(NOWHERE, &keys.url, &[&format!("--jwt-algorithms={named}")]).await;
        assert_eq!(bearer(me(), &token).send(proxy.address).await.status, status, "{named}");
    }
}

#[tokio::test]
async fn a_token_stands_in_one_place_only() {
    let (proxy, signer, _keys) = rig(NOWHERE, &["--jwt-cookie=__Host-session"]).await;
    let token = signer.token(&good());
    let with = |mut call: Call, given: &[(&'static str, String)]| {
        call.headers.extend(given.iter().cloned());
        call
    };
    let header = ("authorization", format!("Bearer {token}"));
    let cookie = ("cookie", format!("theme=dark; __Host-session={token}"));
    for given in [&header, &cookie] {
        assert_eq!(with(me(), std::slice::from_ref(given)).send(proxy.address).await.status, 200, "{}", given.0);
    }
    // A browser sends the one by itself and never the other.
    for (given, status) in [(&header, 200), (&cookie, 403)] {
        let call = with(from_elsewhere(me()), std::slice::from_ref(given));
        assert_eq!(call.send(proxy.address).await.status, status, "{}", given.0);
    }
    for given in [
        vec![header.clone(), cookie.clone()],
        vec![header.clone(), header.clone()],
        vec![cookie.clone(), cookie.clone()],
        vec![("cookie", format!("__Host-session={token}; __Host-session={token}"))],
        vec![("cookie", format!("session={token}"))],
        vec![("authorization", format!("Basic {token}"))],
        vec![("x-user", "ann".into()), ("x-forwarded-user", "ann".into()), ("x-auth-request-user", "ann".into())],
    ] {
        nobody(&with(me(), &given).send(proxy.address).await);
    }
}

#[tokio::test]
async fn behind_a_gateway_what_the_caller_brings_is_not_looked_at() {
    let (proxy, signer, _keys) = rig(NOWHERE, &["--gateway-header=x-identity"]).await;
    let (ann, eve) = (signer.token(&good()), signer.token(&but(&json!({ "sub": "eve" }))));
    let told = bearer(me(), &eve).with("x-identity", &ann).send(proxy.address).await;
    assert_eq!((told.status, told.json()["user"].clone()), (200, json!("ann")));
    nobody(&bearer(me(), &ann).send(proxy.address).await);
    nobody(&me().with("x-identity", "ann").send(proxy.address).await);
    let elsewhere = from_elsewhere(me()).with("x-identity", &ann).send(proxy.address).await;
    assert_eq!(elsewhere.told().1, "cross_site", "the gateway may know a browser by its cookie");
    let mut twice = me().with("x-identity", &ann);
    twice.headers.push(("x-identity", eve));
    nobody(&twice.send(proxy.address).await);
}
