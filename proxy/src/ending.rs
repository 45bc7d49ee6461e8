//! How something that was asked of an issuer ended: what every copy of it is answered.

use std::fmt;
use std::sync::Arc;

use cardwright::{ErrorCode, Outcome, Safety, card_data};

/// An answer, or why there is none.
pub(crate) type Ending = Result<Answer, Failure>;

/// An issuer's answer as JSON, rebuilt from its known fields.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer(pub(crate) Arc<str>);

/// Shows nothing: an answer is personal.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The code.
    pub(crate) code: ErrorCode,
    /// What is known of the effect.
    pub(crate) outcome: Outcome,
    /// The issuer's own code, where it said no.
    pub(crate) slug: Option<Word>,
    /// The field the issuer's no is about.
    pub(crate) field: Option<Word>,
}

impl Failure {
    /// A failure with the outcome its code stands for.
    pub(crate) fn new(code: ErrorCode, safety: Safety) -> Failure {
        Failure { code, outcome: code.outcome(safety), slug: None, field: None }
    }

    /// The issuer's no.
    pub(crate) fn rejected(slug: Option<Word>, field: Option<Word>) -> Failure {
        Failure { code: ErrorCode::IssuerRejected, outcome: Outcome::Rejected, slug, field }
    }

    /// A fault of our own, at a moment when something may have been sent.
    pub(crate) fn lost(safety: Safety) -> Failure {
        Failure { outcome: Outcome::after_send(safety), ..Failure::new(ErrorCode::InternalError, safety) }
    }
}

/// A short word of an issuer that may be passed on; its sentences may not, they can hold anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word(String);

const LONGEST_WORD: usize = 64;

impl Word {
    /// The text, if it is a short word of `a-z0-9_.-` and no card's number.
    pub(crate) fn parse(text: &str) -> Option<Word> {
        let is_word = (1..=LONGEST_WORD).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte))
            && card_data::mask(text) == text;
        is_word.then(|| Word(text.into()))
    }

    /// The word itself.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    never!(Answer: fmt::Display);

    #[test]
    fn an_answer_is_not_shown() {
        assert_eq!(format!("{:?}", Answer("zebra".into())), "Answer");
    }

    #[test]
    fn only_short_plain_words_pass() {
        for good in ["kyc_not_verified", "shipping_address.postal_code", "e-101", &"a".repeat(64)] {
            assert_eq!(Word::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "User Jane not found", "Slug", "a\nb", "é", "4242424242424242", &"a".repeat(65)] {
            assert_eq!(Word::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_fault_of_our_own_leaves_a_write_open() {
        assert_eq!(Failure::lost(Safety::Convergent).outcome, Outcome::Unknown);
        assert_eq!(Failure::lost(Safety::Read).outcome, Outcome::NotSent);
    }
}
