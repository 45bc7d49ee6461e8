//! Rules for issuing and managing payment cards, the same in the browser and behind the proxy.
//!
//! ```text
//! form values, JSON bytes, ...          input/       what was given: unproven, a borrowed view
//!         │  check(descriptor, input)   check.rs     every issue at once, or the request
//!         ▼
//!      Request                          request.rs   normal form; nothing else can make one
//!         │  call::build                call.rs      method, path, headers, body: a value, no I/O
//!         ▼
//!  ═══ the proxy, and behind it the issuer ═══
//!         │  call::read                 envelope.rs  the issuer's answer, known fields proven
//!         ▼                             error.rs     or a code with an outcome: not sent, rejected, unknown
//!   answer or error
//! ```
//!
//! An operation is one descriptor ([`operation::Operation`]); the checks, the TypeScript types, the proxy's routes and the
//! redaction all derive from it. Nothing here reads a clock, draws a random number or does I/O.
//!
//! ```
//! use cardwright::input::{INPUT_LIMITS, read_json};
//! use cardwright::{IssueCode, Settings, check, ingo};
//!
//! let input = read_json(br#"{ "user_id": "user-1", "card_type": "virtual" }"#, INPUT_LIMITS).unwrap();
//! let issues = check(&ingo::ISSUE_CARD, &input, &Settings::default()).err().unwrap_or_default();
//! assert_eq!(issues.iter().map(|issue| issue.code).collect::<Vec<_>>(), [IssueCode::IdFormat]);
//! ```

#![cfg_attr(hot, feature(optimize_attribute))]

pub mod bulk;
pub mod call;
pub mod card_data;
pub mod check;
pub mod code;
pub mod credential;
pub mod envelope;
pub mod error;
pub mod field;
pub mod form;
pub mod host_text;
pub mod ingo;
pub mod input;
pub mod intent;
pub mod issue;
mod judge;
pub mod operation;
pub mod pintopay;
pub mod poll;
pub mod presence;
pub mod register;
pub mod request;
pub mod retry;
#[cfg(any(test, all(target_arch = "wasm32", not(feature = "rows"))))]
mod spans;
pub mod typing;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

mod nearest;
mod write;

pub use check::{Accepted, Settings, check};
pub use error::{ErrorCode, Outcome};
pub use issue::{Issue, IssueCode, Notice, NoticeCode};
pub use operation::{OPERATIONS, Operation, Safety};
pub use request::Request;
