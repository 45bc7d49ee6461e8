//! Where an issuer stands.

use anyhow::{bail, ensure};
use axum::http::Uri;
use tokio_rustls::rustls::pki_types::ServerName;

/// An origin, and the path in front of every other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BaseUrl {
    /// The name to prove by TLS; none for plain HTTP.
    pub(super) tls: Option<ServerName<'static>>,
    /// The name or address to connect to.
    pub(super) host: String,
    pub(super) port: u16,
    /// The value of the Host header.
    pub(super) authority: String,
    /// Without a slash at its end.
    pub(super) path: String,
}

impl BaseUrl {
    /// Reads a base URL. Plain HTTP is for loopback only: the key and personal data would be open on the way.
    ///
    /// The refused text is never shown, it may hold a password.
    pub(super) fn parse(text: &str) -> anyhow::Result<BaseUrl> {
        let Ok(url) = text.parse::<Uri>() else { bail!("expected a URL, found something else") };
        let (Some(scheme), Some(authority)) = (url.scheme_str(), url.authority()) else {
            bail!("expected scheme and host, found none");
        };
        ensure!(!authority.as_str().contains('@'), "expected no credentials in the URL, found some");
        ensure!(url.query().is_none(), "expected no query in the URL, found one");
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
        Ok(BaseUrl {
            tls,
            host,
            port: authority.port_u16().unwrap_or(default_port),
            authority: authority.as_str().to_owned(),
            path: url.path().trim_end_matches('/').to_owned(),
        })
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_and_path_are_told_apart() {
        let url = BaseUrl::parse("https://api.sdev.banking.ingopayments.tech/api/").unwrap();
        assert_eq!(
            (url.host.as_str(), url.port, url.path.as_str()),
            ("api.sdev.banking.ingopayments.tech", 443, "/api")
        );
        assert!(url.tls.is_some());
        let url = BaseUrl::parse("http://[::1]:8080").unwrap();
        assert_eq!((url.host.as_str(), url.port, url.path.as_str()), ("::1", 8080, ""));
        assert_eq!((url.tls, url.authority.as_str()), (None, "[::1]:8080"));
    }

    #[test]
    fn what_is_unsafe_is_refused_without_being_shown() {
        for text in [
            "http://issuer.example/api",
            "https://user:zebra@issuer.example",
            "https://issuer.example/?zebra",
            "ftp://127.0.0.1",
            "/api",
            "zebra",
            "",
        ] {
            let error = BaseUrl::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("expected ") && !error.contains("zebra"), "{error}");
        }
    }
}
