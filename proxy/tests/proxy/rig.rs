//! A proxy in this process, on a free port, and a store of its own.

use std::net::SocketAddr;

use cardwright_proxy::{Config, Server};
use clap::Parser;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::scripted::{Act, Issuer};

/// Limits for a test that reaches them.
pub(crate) const SHORT: [&str; 3] = ["--proxy-limit-ms=1500", "--issuer-limit-ms=700", "--connect-limit-ms=300"];

/// A proxy that serves until it is dropped.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    /// Where its store is; dropped after the proxy.
    _folder: TempDir,
    served: JoinHandle<()>,
}

impl Proxy {
    /// Starts a proxy in front of the issuer at this URL, on SQLite; `more` replaces what is set here.
    pub(crate) async fn start(issuer_url: &str, more: &[&str]) -> Proxy {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("--ingo-base-url={issuer_url}");
        let store = format!("--database-url=sqlite:{}", folder.path().join("cardwright.db").display());
        let name = |arg: &&str| arg.split('=').next().unwrap_or_default().to_owned();
        let given: Vec<_> = more.iter().map(name).collect();
        let mut args = vec![
            "--listen=127.0.0.1:0",
            "--ingo-api-key=test-api-key",
            "--ingo-username=test",
            "--ingo-secret=test-secret",
            // No test that runs beside others is to fail because its machine is slow.
            "--proxy-limit-ms=20000",
            "--issuer-limit-ms=15000",
            "--connect-limit-ms=5000",
            // Tests ask for more than a person does; what the limits are is a matter of their own tests.
            "--calls-per-minute=0",
            "--creates-per-minute=0",
            "--freezes-per-minute=0",
            &url,
            &store,
        ];
        args.retain(|arg| !given.contains(&name(arg)));
        let config = Config::try_parse_from([&["cardwright-proxy"], &args[..], more].concat()).unwrap();
        let server = Server::bind(&config).await.unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(server.run(async { drop(stopped.await) }));
        Proxy { address, served, stop, _folder: folder }
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        self.served.await.unwrap();
    }
}

/// An issuer that says nothing is not waited for long.
pub(crate) fn limits_for(acts: &[Act]) -> &'static [&'static str] {
    if acts.iter().any(|act| matches!(act, Act::Stall(_))) { &SHORT } else { &[] }
}

/// A proxy and the issuer behind it.
pub(crate) async fn rig(acts: impl Into<Vec<Act>>) -> (Proxy, Issuer) {
    let acts = acts.into();
    let limits = limits_for(&acts);
    let issuer = Issuer::start(acts).await;
    let proxy = Proxy::start(&issuer.url, limits).await;
    (proxy, issuer)
}
