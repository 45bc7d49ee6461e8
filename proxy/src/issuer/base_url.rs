//! Where an issuer stands.

use anyhow::{bail, ensure};
use axum::http::Uri;

use crate::exchange::Origin;

/// An origin, and the path in front of every other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BaseUrl {
    pub(super) origin: Origin,
    /// Without a slash at its end.
    pub(super) path: String,
}

impl BaseUrl {
    /// Reads a base URL; the refused text is never shown, it may hold a password.
    pub(super) fn parse(text: &str) -> anyhow::Result<BaseUrl> {
        let Ok(url) = text.parse::<Uri>() else { bail!("expected a URL, found something else") };
        let origin = Origin::of(&url)?;
        ensure!(url.query().is_none(), "expected no query in the URL, found one");
        Ok(BaseUrl { origin, path: url.path().trim_end_matches('/').to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_and_path_are_told_apart() {
        let url = BaseUrl::parse("https://api.sdev.banking.ingopayments.tech/api/").unwrap();
        let origin = &url.origin;
        assert_eq!(
            (origin.host.as_str(), origin.port, url.path.as_str()),
            ("api.sdev.banking.ingopayments.tech", 443, "/api")
        );
        assert!(origin.tls.is_some());
        let url = BaseUrl::parse("http://[::1]:8080").unwrap();
        let origin = &url.origin;
        assert_eq!((origin.host.as_str(), origin.port, url.path.as_str()), ("::1", 8080, ""));
        assert_eq!((&origin.tls, origin.authority.as_str()), (&None, "[::1]:8080"));
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
