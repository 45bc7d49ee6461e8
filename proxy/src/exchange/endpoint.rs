//! One place at a server that is asked.

use anyhow::bail;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;

use super::Origin;

/// An origin, and what is asked for there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) origin: Origin,
    pub(crate) target: PathAndQuery,
}

impl Endpoint {
    /// Reads a URL; the refused text is never shown.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Endpoint> {
        let Ok(url) = text.parse::<Uri>() else { bail!("expected a URL, found something else") };
        let target = url.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        Ok(Endpoint { origin: Origin::of(&url)?, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_kept_to_the_letter() {
        let read = |text| Endpoint::parse(text).unwrap().target.to_string();
        assert_eq!(read("https://id.example/keys/?p=1"), "/keys/?p=1");
        assert_eq!(read("http://127.0.0.1:4180"), "/");
        for text in ["http://id.example/keys", "https://zebra:zebra@id.example", "/keys", "zebra"] {
            let error = Endpoint::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("expected ") && !error.contains("zebra"), "{error}");
        }
    }
}
