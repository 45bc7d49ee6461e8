//! What can go wrong with a call: a closed list of codes, each with its outcome.

use crate::code::codes;
use crate::operation::Safety;

/// What is known of a failed call's effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The issuer was not asked; nothing happened.
    NotSent,
    /// The issuer was asked and said no; nothing happened.
    Rejected,
    /// The issuer may have done it; only reading or asking again with the same key can tell.
    Unknown,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 3] = [Outcome::NotSent, Outcome::Rejected, Outcome::Unknown];

    /// The outcome's word in answers and in TypeScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::NotSent => "not_sent",
            Outcome::Rejected => "rejected",
            Outcome::Unknown => "unknown",
        }
    }

    /// The outcome with this word.
    pub fn parse(word: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }

    /// What is left open when an answer is lost after the send: everything for a write, nothing for a read.
    pub const fn after_send(safety: Safety) -> Outcome {
        if safety.is_write() { Outcome::Unknown } else { Outcome::NotSent }
    }
}

codes! {
    /// Why a call failed.
    ErrorCode {
        /// The input breaks a rule; `issues` says which.
        InvalidRequest "invalid_request" "Some fields need another look.";
        /// A notice must be accepted first; `notices` says which.
        ConfirmationRequired "confirmation_required" "Please confirm before this is sent.";
        /// The body of the request is not JSON.
        NotJson "not_json" "The request could not be read.";
        /// The body of the request is larger than the proxy reads.
        RequestTooLarge "request_too_large" "The request is too large.";
        /// The request was not sent as JSON.
        NotJsonType "not_json_type" "The request was not sent as JSON.";
        /// The `Cardwright-Contract` header is missing or names another version.
        ContractMismatch "contract_mismatch" "This page and its server do not fit together. Please reload the page.";
        /// The request names a host the proxy does not answer for.
        HostNotAllowed "host_not_allowed" "The server does not answer for this address.";
        /// No such route.
        NotFound "not_found" "The server does not know this request.";
        /// The route exists, under another method.
        MethodNotAllowed "method_not_allowed" "The server does not know this request.";
        /// A write came without an `Idempotency-Key`.
        KeyMissing "key_missing" "The request carries no key.";
        /// The key was used before with another request.
        KeyReused "key_reused" "This was sent before with other values. Please start again.";
        /// A copy of the same intent is under way; ask again with the same key.
        InProgress "in_progress" "This is already being processed.";
        /// The key was closed before anything was sent: a late copy of an intent that was given up.
        KeyClosed "key_closed" "This was given up before it was sent. Please start again.";
        /// A newer intent for the same card went out since.
        Superseded "superseded" "Something newer was asked of this card since. Please look at the card first.";
        /// The same was asked under another key a moment ago; `Confirm-New: true` says that it is meant.
        PossibleDuplicate "possible_duplicate" "The same was asked a moment ago. Please confirm that you want it once more.";
        /// The caller is not known.
        Unauthenticated "unauthenticated" "Please sign in again.";
        /// The caller is known, and may not do this.
        Forbidden "forbidden" "You are not allowed to do this.";
        /// The request was made by a page of another site, or by one that does not say which it is of.
        CrossSite "cross_site" "The server does not take this from another site.";
        /// Somebody else has to say yes before it is sent.
        ApprovalRequired "approval_required" "Somebody else has to approve this first.";
        /// It could not be found out who is calling, or whether they may.
        AccessUnavailable "access_unavailable" "The server cannot find out right now whether you may do this. Please try again.";
        /// The caller's cards of today are used up.
        CardLimitReached "card_limit_reached" "No more cards can be made today.";
        /// Too many requests.
        RateLimited "rate_limited" "Too many requests. Please wait a moment.";
        /// The proxy's own record cannot be written, so nothing was sent.
        StoreUnavailable "store_unavailable" "The server cannot take this right now. Please try again.";
        /// The issuer could not be connected.
        IssuerUnreachable "issuer_unreachable" "The card issuer cannot be reached. Please try again.";
        /// The issuer said no; `slug` says why, where it gave one.
        IssuerRejected "issuer_rejected" "The card issuer did not accept this.";
        /// The issuer failed after it was asked.
        IssuerFailed "issuer_failed" "The card issuer failed. It is not known whether this was done.";
        /// The issuer's answer could not be read.
        IssuerUnreadable "issuer_unreadable" "The card issuer's answer could not be read. It is not known whether this was done.";
        /// The issuer did not answer in time.
        IssuerTimeout "issuer_timeout" "The card issuer did not answer in time. It is not known whether this was done.";
        /// No answer came from the proxy.
        NetworkError "network_error" "No answer came from the server.";
        /// The proxy did not answer in time.
        TimedOut "timed_out" "The server did not answer in time.";
        /// The caller aborted the call.
        Aborted "aborted" "This was cancelled.";
        /// The caller's `headers` failed, or are none that can be sent.
        HeadersFailed "headers_failed" "The page could not prepare the request.";
        /// The browser gives no random numbers, so no key can be made.
        RandomUnavailable "random_unavailable" "This browser cannot make a safe key. Please use another one.";
        /// The browser's storage could not be read; what waits in it is still there.
        StorageFailed "storage_failed" "This browser's storage could not be read.";
        /// The intent may have been done, so its values can no longer be changed.
        CannotRevise "cannot_revise" "This may have been done already. Please find out what became of it first.";
        /// Nothing is stored of an intent with this key, so it is not known what to ask about.
        IntentNotFound "intent_not_found" "This page knows nothing of such a request.";
        /// The answer is none the contract knows; `rawCode` holds its code if it had one.
        UnexpectedAnswer "unexpected_answer" "The server gave an answer that is not understood.";
        /// The page does not allow WebAssembly, or its browser has none.
        WasmUnavailable "wasm_unavailable" "This page does not allow WebAssembly. Add 'wasm-unsafe-eval' to the script-src of its policy, or import cardwright/no-wasm.";
        /// `cardwright/slim` was called before it was given its module, or was given something else.
        WasmMissing "wasm_missing" "The rules of cardwright/slim are not loaded. Give cardwright.wasm of the same version to init() and wait for it, or to initSync().";
        /// A fault in this library or in the proxy.
        InternalError "internal_error" "Something went wrong on our side.";
    }
}

impl ErrorCode {
    /// The outcome this code stands for, for an operation of this class.
    pub const fn outcome(self, safety: Safety) -> Outcome {
        match self {
            ErrorCode::IssuerRejected => Outcome::Rejected,
            ErrorCode::InProgress
            | ErrorCode::CannotRevise
            | ErrorCode::IntentNotFound
            | ErrorCode::StorageFailed
            | ErrorCode::IssuerFailed
            | ErrorCode::IssuerUnreadable
            | ErrorCode::IssuerTimeout
            | ErrorCode::NetworkError
            | ErrorCode::TimedOut
            | ErrorCode::UnexpectedAnswer => Outcome::after_send(safety),
            _ => Outcome::NotSent,
        }
    }

    /// The HTTP status a proxy answers it with, or `None` where the code is the page's own and no proxy answers it.
    pub const fn status(self) -> Option<u16> {
        Some(match self {
            ErrorCode::NotJson | ErrorCode::KeyMissing | ErrorCode::ContractMismatch => 400,
            ErrorCode::Unauthenticated => 401,
            // Not 421 for a wrong host: a browser answers that by sending the request once more.
            ErrorCode::Forbidden | ErrorCode::HostNotAllowed | ErrorCode::CrossSite | ErrorCode::ApprovalRequired => {
                403
            }
            ErrorCode::NotFound => 404,
            ErrorCode::MethodNotAllowed => 405,
            ErrorCode::InProgress | ErrorCode::KeyClosed | ErrorCode::Superseded | ErrorCode::PossibleDuplicate => 409,
            ErrorCode::RequestTooLarge => 413,
            ErrorCode::NotJsonType => 415,
            ErrorCode::InvalidRequest | ErrorCode::ConfirmationRequired | ErrorCode::KeyReused => 422,
            ErrorCode::RateLimited | ErrorCode::CardLimitReached => 429,
            ErrorCode::InternalError => 500,
            ErrorCode::IssuerUnreachable
            | ErrorCode::IssuerRejected
            | ErrorCode::IssuerFailed
            | ErrorCode::IssuerUnreadable => 502,
            ErrorCode::StoreUnavailable | ErrorCode::AccessUnavailable => 503,
            ErrorCode::IssuerTimeout => 504,
            ErrorCode::NetworkError
            | ErrorCode::TimedOut
            | ErrorCode::Aborted
            | ErrorCode::HeadersFailed
            | ErrorCode::RandomUnavailable
            | ErrorCode::StorageFailed
            | ErrorCode::CannotRevise
            | ErrorCode::IntentNotFound
            | ErrorCode::UnexpectedAnswer
            | ErrorCode::WasmUnavailable
            | ErrorCode::WasmMissing => return None,
        })
    }

    /// Whether the same call may succeed later, without a change by the caller.
    pub const fn retryable(self) -> bool {
        matches!(
            self,
            ErrorCode::InProgress
                | ErrorCode::RateLimited
                | ErrorCode::StoreUnavailable
                | ErrorCode::AccessUnavailable
                | ErrorCode::IssuerUnreachable
                | ErrorCode::IssuerFailed
                | ErrorCode::IssuerTimeout
                | ErrorCode::NetworkError
                | ErrorCode::TimedOut
        )
    }
}
