//! What an issuer's HTTP status says about the effect.

use hyper::StatusCode;

/// The three things a status can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Done, if the body can be read.
    Yes,
    /// Refused, so nothing happened.
    No,
    /// Nothing that can be relied on.
    Open,
}

/// Reads a status.
pub(super) fn verdict(status: StatusCode) -> Verdict {
    match status.as_u16() {
        200..=299 => Verdict::Yes,
        // A gateway that waited too long for whoever may be at work.
        408 => Verdict::Open,
        400..=499 => Verdict::No,
        _ => Verdict::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        let read = |status| verdict(StatusCode::from_u16(status).unwrap());
        for yes in [200, 201] {
            assert_eq!(read(yes), Verdict::Yes, "{yes}");
        }
        for no in [400, 401, 403, 404, 409, 422, 429, 499] {
            assert_eq!(read(no), Verdict::No, "{no}");
        }
        for open in [100, 101, 301, 302, 304, 307, 408, 500, 502, 503, 504, 599, 999] {
            assert_eq!(read(open), Verdict::Open, "{open}");
        }
    }
}
