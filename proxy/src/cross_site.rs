//! Which page a call comes from. Where a browser says by itself who is calling, any page could make it call: only our own
//! pages, and those of listed origins, are heard.
//!
//! Fetch metadata is asked first, the origin besides; a call that carries neither is refused, a read as well. A browser sends
//! `Sec-Fetch-Site` over https and to loopback addresses (Chrome 76, Firefox 90, Safari 16.4), and no page can set it. Who
//! shows a token with each call is not asked: no page can show it for him.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, Request, State};
use axum::http::header::{self, GetAll};
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cardwright::ErrorCode;
use cardwright::call::{ACCEPT_HEADER, CONTRACT_HEADER, KEY_HEADER, REPLAYED_HEADER, REQUEST_ID_HEADER};
use clap::Args;
use clap::builder::BoolishValueParser;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::App;
use crate::inbound::CONFIRM_NEW_HEADER;
use crate::principal::Principal;
use crate::problem::Problem;

const FETCH_SITE_HEADER: &str = "sec-fetch-site";

/// How long a browser may remember what it was allowed.
const PREFLIGHT_AGE: Duration = Duration::from_secs(600);

/// Whose pages are heard besides our own.
#[derive(Args, Clone, Debug)]
pub(crate) struct OriginOptions {
    /// Origin of another page that is heard, exactly as its browser sends it, such as https://cards.example; repeat for more.
    /// Switches CORS on, for these only.
    #[arg(long = "allowed-origin", env = "CARDWRIGHT_ALLOWED_ORIGIN", value_delimiter = ',', value_name = "ORIGIN")]
    allowed_origins: Vec<Origin>,
    /// Let the pages of those origins send the cookies of their users.
    #[arg(long, env = "CARDWRIGHT_ALLOW_CREDENTIALS", value_parser = BoolishValueParser::new())]
    allow_credentials: bool,
}

/// Scheme, host and port, as a browser writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(HeaderValue);

impl FromStr for Origin {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Origin, Self::Err> {
        let expected = "expected an origin as a browser writes it: http or https, host, and any port but the usual one, in \
                        lower case and without a path";
        let uri: Uri = text.parse().map_err(|_| expected)?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else { return Err(expected) };
        let usual = if *scheme == Scheme::HTTPS { 443 } else { 80 };
        let is_plain = is_name(authority) && authority.port_u16() != Some(usual);
        let is_whole = text == format!("{scheme}://{authority}") && text == text.to_ascii_lowercase();
        if [Scheme::HTTP, Scheme::HTTPS].contains(scheme) && is_plain && is_whole {
            HeaderValue::from_str(text).map(Origin).map_err(|_| expected)
        } else {
            Err(expected)
        }
    }
}

/// Whether it is a host and perhaps a port, without a user, a wildcard or an empty port.
fn is_name(authority: &Authority) -> bool {
    let text = authority.as_str();
    !text.contains(['@', '*']) && !text.ends_with(':') && !authority.host().is_empty()
}

impl OriginOptions {
    /// What tells the browsers of the listed origins that their pages may read the answers; nothing where none is listed.
    pub(crate) fn cors(&self) -> Option<CorsLayer> {
        if self.allowed_origins.is_empty() {
            return None;
        }
        let origins = self.allowed_origins.iter().map(|origin| origin.0.clone());
        let named = |names: &[&'static str]| names.iter().copied().map(HeaderName::from_static).collect::<Vec<_>>();
        let mut asked = named(&[CONTRACT_HEADER, KEY_HEADER, ACCEPT_HEADER, CONFIRM_NEW_HEADER]);
        asked.extend([header::CONTENT_TYPE, header::AUTHORIZATION]);
        let mut shown = named(&[CONTRACT_HEADER, REQUEST_ID_HEADER, REPLAYED_HEADER]);
        shown.push(header::RETRY_AFTER);
        let layer = CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(asked)
            .expose_headers(shown)
            .allow_credentials(self.allow_credentials)
            .max_age(PREFLIGHT_AGE);
        Some(layer)
    }

    /// Whether the headers say that one of our pages calls, or one of a listed origin.
    fn hears(&self, headers: &HeaderMap) -> bool {
        let (Ok(site), Ok(origin)) = (at_most_one(headers, FETCH_SITE_HEADER), at_most_one(headers, "origin")) else {
            return false;
        };
        let is_own = |origin: &HeaderValue| own(headers).as_ref() == Some(origin);
        let is_listed = |origin: &HeaderValue| self.allowed_origins.iter().any(|listed| listed.0 == *origin);
        match (site.map(HeaderValue::as_bytes), origin) {
            (Some(b"same-origin"), None) => true,
            // A listed one: a server of development stands between, and has put its own host in place of the page's.
            (Some(b"same-origin") | None, Some(origin)) => is_own(origin) || is_listed(origin),
            (Some(b"same-site" | b"cross-site"), Some(origin)) => is_listed(origin),
            _ => false,
        }
    }
}

/// The value of a header; an error if there are several.
fn at_most_one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a HeaderValue>, ()> {
    let mut values = GetAll::iter(&headers.get_all(name));
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(()),
    }
}

/// The origin of our own pages, by the host that was asked, which is one of the list: https, and http on loopback.
fn own(headers: &HeaderMap) -> Option<HeaderValue> {
    let host = headers.get(header::HOST)?.to_str().ok()?.to_ascii_lowercase();
    let scheme = if is_loopback(&host) { "http" } else { "https" };
    HeaderValue::from_str(&format!("{scheme}://{host}")).ok()
}

/// Whether a host, with or without a port, is this machine by its name alone.
pub(crate) fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name == "localhost"
        || name.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Lets pass what one of our own pages asks, or who identifies himself with each call.
pub(crate) async fn refuse(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    request: Request,
    next: Next,
) -> Response {
    if !principal.ambient || app.origins.hears(request.headers()) {
        next.run(request).await
    } else {
        Problem::new(ErrorCode::CrossSite).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(listed: &[&str]) -> OriginOptions {
        let allowed_origins = listed.iter().map(|origin| origin.parse().unwrap()).collect();
        OriginOptions { allowed_origins, allow_credentials: false }
    }

    fn heard(listed: &[&str], host: &str, headers: &[(&'static str, &str)]) -> bool {
        let mut all = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
        for (name, value) in headers {
            all.append(*name, value.parse().unwrap());
        }
        options(listed).hears(&all)
    }

    const SITES: [&str; 7] = ["same-origin", "same-site", "cross-site", "none", "", "Same-Origin", "same-origin, none"];

    #[test]
    fn without_a_list_only_our_own_pages_are_heard() {
        let (host, own) = ("cards.example", "https://cards.example");
        assert!(heard(&[], host, &[("sec-fetch-site", "same-origin"), ("origin", own)]));
        assert!(heard(&[], host, &[("sec-fetch-site", "same-origin")]), "a read has no origin");
        assert!(heard(&[], host, &[("origin", own)]), "an older browser");
        assert!(!heard(&[], host, &[]), "neither");
        for site in &SITES[1..] {
            for origin in [None, Some(own), Some("https://evil.example"), Some("null")] {
                let mut headers = vec![("sec-fetch-site", *site)];
                headers.extend(origin.map(|origin| ("origin", origin)));
                assert!(!heard(&[], host, &headers), "{headers:?}");
            }
        }
        for foreign in LOOK_ALIKES {
            assert!(!heard(&[], host, &[("origin", foreign)]), "{foreign}");
            assert!(!heard(&[], host, &[("sec-fetch-site", "same-origin"), ("origin", foreign)]), "{foreign}");
        }
    }

    const LOOK_ALIKES: [&str; 13] = [
        "null",
        "",
        "http://cards.example",
        "https://cards.example:443",
        "https://cards.example:8443",
        "https://cards.example/",
        "https://cards.example.evil.example",
        "https://evil-cards.example",
        "https://sub.cards.example",
        "https://cards.example@evil.example",
        "https://cards.example https://evil.example",
        "https://CARDS.example",
        "cards.example",
    ];

    #[test]
    fn what_is_said_twice_is_not_heard() {
        let site = ("sec-fetch-site", "same-origin");
        let origin = ("origin", "http://localhost:8787");
        assert!(heard(&[], "localhost:8787", &[site, origin]));
        assert!(!heard(&[], "localhost:8787", &[site, site, origin]));
        assert!(!heard(&[], "localhost:8787", &[site, origin, origin]));
    }

    #[test]
    fn a_listed_origin_is_heard_and_no_other() {
        let listed = ["https://app.example", "http://localhost:5173"];
        for site in ["same-origin", "same-site", "cross-site"] {
            for origin in listed {
                assert!(heard(&listed, "cards.example", &[("sec-fetch-site", site), ("origin", origin)]));
            }
            let other = [("sec-fetch-site", site), ("origin", "https://app.example.evil.example")];
            assert!(!heard(&listed, "cards.example", &other));
        }
        assert!(!heard(&listed, "cards.example", &[("sec-fetch-site", "cross-site")]));
        let typed = [("sec-fetch-site", "none"), ("origin", "https://app.example")];
        assert!(!heard(&listed, "cards.example", &typed));
    }

    #[test]
    fn own_pages_are_https_but_on_loopback() {
        for host in ["localhost:8787", "cards.localhost:8787", "127.0.0.1:1", "[::1]:8787", "localhost"] {
            assert!(heard(&[], host, &[("origin", &format!("http://{host}"))]), "{host}");
            assert!(!heard(&[], host, &[("origin", &format!("https://{host}"))]), "{host}");
        }
        for host in ["cards.example", "10.0.0.7:8787", "localhost.evil.example"] {
            assert!(heard(&[], host, &[("origin", &format!("https://{host}"))]), "{host}");
            assert!(!heard(&[], host, &[("origin", &format!("http://{host}"))]), "{host}");
        }
    }

    #[test]
    fn only_what_a_browser_could_send_is_listed() {
        for good in ["https://cards.example", "http://localhost:5173", "http://[::1]:3000", "https://10.0.0.7:8443"] {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        for bad in [
            "*",
            "null",
            "",
            "cards.example",
            "https://*.example",
            "https://cards.example/",
            "https://cards.example/path",
            "https://cards.example?a",
            "https://cards.example:443",
            "http://cards.example:80",
            "https://cards.example:",
            "https://Cards.example",
            "HTTPS://cards.example",
            "https://user@cards.example",
            "ftp://cards.example",
            "file:///",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }
}
