//! The outcomes a code can have, as the pages say them.

use cardwright::ErrorCode;
use cardwright::operation::Safety;

/// What follows from how far the call had come: the outcome of an answer may be open though that of its code is closed.
pub(super) const OPENED: [ErrorCode; 3] = [ErrorCode::Aborted, ErrorCode::Superseded, ErrorCode::InternalError];

/// The outcomes of a write.
pub(super) fn of_write(code: ErrorCode) -> String {
    let outcome = code.outcome(Safety::Keyed).as_str();
    let open = if OPENED.contains(&code) { ", or `unknown` where the write may have been sent" } else { "" };
    format!("`{outcome}`{open}")
}

/// The outcomes of a write and, where it has others, of a read.
pub(super) fn of(code: ErrorCode) -> String {
    let (write, read) = (of_write(code), code.outcome(Safety::Read).as_str());
    if code.outcome(Safety::Keyed) == code.outcome(Safety::Read) {
        write
    } else {
        format!("{write} for writes, `{read}` for reads")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::Outcome;

    #[test]
    fn what_may_be_open_is_not_said_to_be_closed() {
        for code in OPENED {
            assert_eq!(code.outcome(Safety::Keyed), Outcome::NotSent);
            assert_eq!(of(code), "`not_sent`, or `unknown` where the write may have been sent");
        }
        assert_eq!(of(ErrorCode::KeyClosed), "`not_sent`");
        assert_eq!(of(ErrorCode::IssuerTimeout), "`unknown` for writes, `not_sent` for reads");
    }
}
