//! The issuer's error slugs: a known list that stays open, each with a sentence and what to do.
//!
//! Source: the first nine are PintoPay's "Card Issue" page; the others stand on its overview and its pages about top-ups,
//! status changes, cardholders, the wallet, and the OpenAPI file.

use crate::host_text::HostText;

/// What helps against an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Change what was entered.
    FixInput,
    /// Put money on the master balance.
    TopUpBalance,
    /// Wait, and try again.
    Wait,
    /// Ask the issuer's support, or whoever runs the proxy.
    CallSupport,
}

impl Hint {
    /// Every hint.
    pub const ALL: [Hint; 4] = [Hint::FixInput, Hint::TopUpBalance, Hint::Wait, Hint::CallSupport];

    /// The hint's word in TypeScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Hint::FixInput => "fix_input",
            Hint::TopUpBalance => "top_up_balance",
            Hint::Wait => "wait",
            Hint::CallSupport => "call_support",
        }
    }
}

/// What is known of a slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slug {
    /// The issuer's word.
    pub word: &'static str,
    /// A sentence for people; empty in the wasm.
    pub message: HostText,
    /// What helps.
    pub hint: Hint,
}

/// Writes the list once, as rows and as words.
macro_rules! slugs {
    ($($word:literal $hint:ident $message:literal;)+) => {
        /// Every slug we know.
        pub const ALL: &[Slug] = &[$(Slug { word: $word, message: HostText::new($message), hint: Hint::$hint },)+];
        /// The words alone.
        pub const WORDS: &[&str] = &[$($word,)+];
    };
}

slugs! {
    "idempotency_key_required" CallSupport "The request reached the issuer without its key.";
    "external_user_id_required" FixInput "Say which user the card is for.";
    "product_not_found" FixInput "The issuer does not know this product. Choose another one.";
    "product_not_active" FixInput "This product is not offered at the moment. Choose another one.";
    "cardholder_not_found" FixInput "The issuer does not know this user. Register the user first.";
    "cardholder_not_ready" Wait "This user's registration is not finished yet. Try again when it is.";
    "insufficient_funds" TopUpBalance "The master balance does not cover the fees. Top it up and try again.";
    "invalid_pricing" CallSupport "The prices of this product are not set up right. Ask the issuer's support.";
    "card_product_limits_invalid" CallSupport "The limits of this product are not set up right. Ask the issuer's support.";

    "card_not_found" FixInput "The issuer does not know this card.";
    "card_not_active" FixInput "This card is not active.";
    "card_issue_not_completed" Wait "This card is still being made. Try again when it is done.";
    "invalid_card_id" FixInput "This is not a card's id.";
    "invalid_card_status" FixInput "The card's state does not allow this.";
    "provider_invalid_card_status" FixInput "The card's state does not allow this.";
    "provider_error" CallSupport "The card provider failed. Ask the issuer's support what became of it.";
    "currency_mismatch" FixInput "The currencies do not match.";
    "invalid_amount" FixInput "This is not an amount.";
    "amount_below_minimum" FixInput "The amount is too small.";
    "amount_above_maximum" FixInput "The amount is too large.";
    "invalid_request" FixInput "The issuer could not use what was sent.";
    "external_user_id_exists" FixInput "The issuer has this user already.";
    "user_not_found" FixInput "The issuer does not know this user.";
    "project_user_id_or_external_user_id_required" FixInput "Say which user this is for.";
    "invalid_project_user_id" FixInput "This is not a user's id.";
    "project_user_not_found" FixInput "The issuer does not know this user.";
    "invalid_subprovider_id" CallSupport "The provider is not set up right. Ask the issuer's support.";
    "project_not_found" CallSupport "The issuer does not know this project. Ask its support.";
    "wallet_not_found" CallSupport "The issuer finds no wallet for this project. Ask its support.";
    "project_wallet_failed" Wait "The issuer could not read its wallet. Try again later.";
    "project_balance_failed" Wait "The issuer could not read the balance. Try again later.";
    "decryption_failed" CallSupport "The issuer could not read our message. Whoever runs the server has to look.";
    "api_key_not_found" CallSupport "The issuer did not get our key. Whoever runs the server has to look.";
    "api_key_invalid" CallSupport "The issuer did not take our key. Whoever runs the server has to look.";
    "internal_error" Wait "The issuer failed. Try again later.";
}

/// What is known of a slug, if it is one we know.
pub fn explain(word: &str) -> Option<&'static Slug> {
    ALL.iter().find(|slug| slug.word == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuers_table_comes_first_and_every_sentence_is_one() {
        assert_eq!(
            WORDS.iter().take(9).copied().collect::<Vec<_>>(),
            [
                "idempotency_key_required",
                "external_user_id_required",
                "product_not_found",
                "product_not_active",
                "cardholder_not_found",
                "cardholder_not_ready",
                "insufficient_funds",
                "invalid_pricing",
                "card_product_limits_invalid",
            ]
        );
        for slug in ALL {
            assert!(slug.message.ends_with('.') && slug.message.starts_with(char::is_uppercase), "{}", slug.word);
            assert_eq!(explain(slug.word), Some(slug), "each word stands once");
        }
        assert_eq!(explain("brand_new"), None);
    }
}
