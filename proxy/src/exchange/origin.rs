//! Where a server stands.

use anyhow::{bail, ensure};
use axum::http::Uri;
use tokio_rustls::rustls::pki_types::ServerName;

/// Whom to connect to, and how to be sure that it is them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The name to prove by TLS; none for plain HTTP.
    pub(crate) tls: Option<ServerName<'static>>,
    /// The name or address to connect to.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The value of the Host header.
    pub(crate) authority: String,
}

impl Origin {
    /// The origin of a URL. Plain HTTP is for loopback only: keys, tokens and personal data would be open on the way.
    ///
    /// The refused text is never shown, it may hold a password.
    pub(crate) fn of(url: &Uri) -> anyhow::Result<Origin> {
        let (Some(scheme), Some(authority)) = (url.scheme_str(), url.authority()) else {
            bail!("expected scheme and host, found none");
        };
        ensure!(!authority.as_str().contains('@'), "expected no credentials in the URL, found some");
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let (tls, default_port) = match scheme {
            "https" => {
                let Ok(name) = ServerName::try_from(host.clone()) else {
                    bail!("expected the host's name or address, found something else");
                };
                (Some(name), 443)
            }
            "http" => {
                ensure!(is_loopback(&host), "expected https, or http to a loopback host, found http to another");
                (None, 80)
            }
            _ => bail!("expected https or http, found another scheme"),
        };
        let port = authority.port_u16().unwrap_or(default_port);
        Ok(Origin { tls, host, port, authority: authority.as_str().to_owned() })
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
