//! The page, and the policy it stands under.

use crate::client::Call;
use crate::rig::Proxy;

#[tokio::test]
async fn files_are_served_under_a_strict_policy() {
    let dir = std::env::temp_dir().join(format!("cardwright-proxy-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("index.html"), "<!doctype html>").unwrap();
    std::fs::write(dir.join("rules.wasm"), "").unwrap();
    let proxy = Proxy::start("http://127.0.0.1:9", &["--static", dir.to_str().unwrap()]).await;

    let page = Call::get("/").without("cardwright-contract").send(proxy.address).await;
    assert_eq!((page.status, &page.body[..]), (200, &b"<!doctype html>"[..]));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "));
    assert!(policy.ends_with("frame-ancestors 'none'; require-trusted-types-for 'script'"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-cache"),
    ] {
        assert_eq!(page.header(name), Some(value));
    }
    let wasm = Call::get("/rules.wasm").send(proxy.address).await;
    assert_eq!(wasm.header("content-type"), Some("application/wasm"));
    assert_eq!(Call::get("/../Cargo.toml").send(proxy.address).await.status, 404);
    assert_eq!(Call::get("/").with("host", "evil.example").send(proxy.address).await.status, 403);
    let below_base = Call::get("/api/index.html").send(proxy.address).await;
    assert_eq!(below_base.told(), (404, "not_found".into(), "not_sent".into()));
    std::fs::remove_dir_all(dir).unwrap();
}
