//! Where a token stands in a request. What stands there twice, or in two places, is nobody's: two readers in a row could
//! each take another.

use axum::http::{HeaderMap, HeaderName, header};

/// Where tokens are looked for.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// With the caller: in `Authorization: Bearer`, or in this cookie.
    Caller { cookie: Option<String> },
    /// In this header, in which a gateway puts it, whatever the caller sent.
    Gateway(HeaderName),
}

/// A token, unverified.
pub(super) struct Credential<'a> {
    pub(super) token: &'a str,
    /// Whether a browser sends it by itself.
    pub(super) ambient: bool,
}

impl Place {
    /// The one token of a request.
    pub(super) fn find<'a>(&self, headers: &'a HeaderMap) -> Option<Credential<'a>> {
        match self {
            Place::Caller { cookie } => {
                let bearer = headers.contains_key(header::AUTHORIZATION);
                let kept = cookie.as_deref().map_or(Ok(None), |name| cookie_of(headers, name)).ok()?;
                match (bearer, kept) {
                    (true, None) => {
                        Some(Credential { token: bearer_of(single(headers, &header::AUTHORIZATION)?)?, ambient: false })
                    }
                    (false, Some(token)) => Some(Credential { token, ambient: true }),
                    _ => None,
                }
            }
            // How the gateway knows them cannot be seen from here: most know a browser by its cookie.
            Place::Gateway(name) => {
                let text = single(headers, name)?;
                let token = if *name == header::AUTHORIZATION { bearer_of(text)? } else { text };
                Some(Credential { token, ambient: true })
            }
        }
    }
}

/// The one value of a header.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn bearer_of(text: &str) -> Option<&str> {
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// There is more than one, or what there is cannot be read.
struct Ambiguous;

fn cookie_of<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Ambiguous> {
    let mut found = None;
    for value in headers.get_all(header::COOKIE) {
        for pair in value.to_str().map_err(|_| Ambiguous)?.split(';') {
            let Some((known, token)) = pair.trim().split_once('=') else { continue };
            if known == name && found.replace(token).is_some() {
                return Err(Ambiguous);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    never!(Credential<'static>: std::fmt::Debug);
    never!(Credential<'static>: std::fmt::Display);

    fn found(place: &Place, given: &[(&'static str, &str)]) -> Option<(String, bool)> {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, value.parse().unwrap());
        }
        place.find(&headers).map(|credential| (credential.token.to_owned(), credential.ambient))
    }

    fn token(ambient: bool) -> Option<(String, bool)> {
        Some(("t".to_owned(), ambient))
    }

    #[test]
    fn one_token_in_one_place_is_found() {
        let place = Place::Caller { cookie: Some("__Host-s".into()) };
        let bearer = ("authorization", "Bearer t");
        assert_eq!(found(&place, &[bearer]), token(false));
        assert_eq!(found(&place, &[("authorization", "bearer  t")]), token(false));
        assert_eq!(found(&place, &[bearer, ("cookie", "other=1")]), token(false));
        assert_eq!(found(&place, &[("cookie", "a=1; __Host-s=t; b=2")]), token(true));
        for given in [
            &[][..],
            &[bearer, bearer],
            &[bearer, ("cookie", "__Host-s=t")],
            &[("cookie", "__Host-s=t; __Host-s=u")],
            &[("cookie", "__Host-s=t"), ("cookie", "__Host-s=t")],
            &[("cookie", "__host-s=t")],
            &[("cookie", "x__Host-s=t")],
            &[("authorization", "Basic t")],
            &[("authorization", "Basic t"), ("cookie", "__Host-s=t")],
            &[("authorization", "t")],
        ] {
            assert_eq!(found(&place, given), None, "{given:?}");
        }
        assert_eq!(found(&Place::Caller { cookie: None }, &[("cookie", "__Host-s=t")]), None);
    }

    #[test]
    fn behind_a_gateway_only_its_header_counts() {
        let place = Place::Gateway(HeaderName::from_static("x-identity"));
        assert_eq!(
            found(&place, &[("x-identity", "t"), ("authorization", "Bearer u"), ("cookie", "s=v")]),
            token(true)
        );
        assert_eq!(found(&place, &[("x-identity", "t"), ("x-identity", "t")]), None);
        assert_eq!(found(&place, &[("authorization", "Bearer t")]), None);
        let place = Place::Gateway(header::AUTHORIZATION);
        assert_eq!(found(&place, &[("authorization", "Bearer t")]), token(true), "a browser may be behind it");
    }
}
