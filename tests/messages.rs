//! Every sentence a person can meet, beside what makes us say it.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::bulk::{Batch, Format, Terms};
use cardwright::check::unreadable;
use cardwright::ingo::actions::{Reason, allowed_actions};
use cardwright::input::{INPUT_LIMITS, read_snapshot};
use cardwright::{ErrorCode, Issue, IssueCode, NoticeCode, Settings, check, operation};

#[test]
fn every_issue_is_reached_and_says() {
    use IssueCode as Code;
    let too_large = " ".repeat(16 * 1024 + 1);
    let too_deep = "[".repeat(33);
    let too_long = format!(r#"{{"reason":"{}"}}"#, "a".repeat(256));
    #[rustfmt::skip]
    let table: &[(&str, &str, &str, Code, &str)] = &[
        // The input as a whole.
        ("freezeCard", "{", "", Code::NotJson,
            "The form could not be read. Please reload the page and try again."),
        ("freezeCard", "[]", "", Code::NotAnObject,
            "The form could not be read. Please reload the page and try again."),
        ("freezeCard", &too_large, "", Code::InputTooLarge,
            "The form holds too much text. Please shorten it."),
        ("freezeCard", &too_deep, "", Code::InputTooDeep,
            "The form could not be read. Please reload the page and try again."),
        // Its names.
        ("freezeCard", r#"{"colour":1}"#, "colour", Code::UnknownField,
            "This form has a field that is not expected here."),
        ("freezeCard", r#"{"id":1,"id":2}"#, "id", Code::DuplicateField,
            "This form has the same field twice."),
        ("freezeCard", r#"{"api_key":1}"#, "api_key", Code::SecretInBrowser,
            "This form contains a credential. Nothing was sent."),
        // Any field.
        ("freezeCard", "{}", "user_id", Code::Required,
            "Enter the user id."),
        ("freezeCard", "{}", "id", Code::Required,
            "Enter the card id."),
        ("issueCard", PHYSICAL, "shipping_address.address_one", Code::Required,
            "Enter the street address."),
        ("issueCard", PHYSICAL, "shipping_address.city", Code::Required,
            "Enter the city."),
        ("issueCard", PHYSICAL, "shipping_address.state", Code::Required,
            "Choose a state."),
        ("issueCard", PHYSICAL, "shipping_address.postal_code", Code::Required,
            "Enter the ZIP code."),
        ("issueCard", PHYSICAL, "shipping_address.country", Code::Required,
            "Choose a country."),
        ("freezeCard", r#"{"id":7}"#, "id", Code::WrongKind,
            "The card id is not in a form that can be used."),
        ("freezeCard", r#"{"id":#bigint}"#, "id", Code::UnsupportedValue,
            "The card id is not in a form that can be used."),
        ("freezeCard", r#"{"reason":#lone_surrogate}"#, "reason", Code::LoneSurrogate,
            "The reason has a character that cannot be used."),
        ("freezeCard", r#"{"reason":"a\nb"}"#, "reason", Code::ControlCharacter,
            "The reason must be a single line of plain text."),
        ("freezeCard", &too_long, "reason", Code::TooLong,
            "Use at most 255 characters for the reason."),
        // One kind of field.
        ("issueCard", r#"{"card_type":"metal"}"#, "card_type", Code::NotAChoice,
            "Choose one of the offered values for the card type."),
        ("freezeCard", r#"{"id":"7"}"#, "id", Code::IdPrefix,
            "The card id starts with rcrd-."),
        ("freezeCard", r#"{"user_id":"user-7"}"#, "user_id", Code::IdFormat,
            "The user id is user- and 32 hex digits in five groups."),
        ("issueCard", r#"{"shipping_address":{"state":"XX"}}"#, "shipping_address.state", Code::StateUnknown,
            "Choose a US state or territory."),
        ("issueCard", r#"{"shipping_address":{"postal_code":"1"}}"#, "shipping_address.postal_code",
            Code::PostalCodeFormat,
            "Enter a 5-digit ZIP code."),
        ("issueCard", r#"{"shipping_address":{"country":"XX"}}"#, "shipping_address.country", Code::CountryUnknown,
            "Choose a country."),
        ("issueCard", r#"{"shipping_address":{"country":"CA"}}"#, "shipping_address.country", Code::CountryNotSupported,
            "Cards can be sent to addresses in the United States only."),
        ("listCards", r#"{"page":0}"#, "page", Code::PageFormat,
            "Enter a page number from 1 to 10000."),
        ("issueCard", r#"{"idempotent_key":"short"}"#, "idempotent_key", Code::KeyFormat,
            "The request key is not valid. Please reload the page and try again."),
        // More than one field.
        ("issueCard", r#"{"idempotent_key":"another-key-than-the-one-beside"}"#, "idempotent_key", Code::KeyConflict,
            "The request carries two different keys. Please reload the page and try again."),
        ("issueCard", r#"{"card_type":"virtual","virtual_card_id":"x"}"#, "virtual_card_id",
            Code::VirtualCardNeedsPhysical,
            "Only a physical card can be made from a virtual card."),
        ("pintopay.createCard", r#"{"product_code":"a","product_id":"b"}"#, "product_code", Code::ExactlyOne,
            "Fill in just one of these: product or product id."),
    ];
    for (operation, input, path, code, sentence) in table {
        let issues = issues(operation, input);
        let said = issues.iter().find(|issue| issue.code == *code && issue.path.join(".") == *path);
        assert_eq!(said.map(|issue| issue.message.as_str()), Some(*sentence), "{operation} {path}: {issues:?}");
    }
    // A row of a file, of which an input alone knows nothing.
    let mut batch = Batch::new(Terms::new(operation::find("ingo.freezeCard").unwrap(), Format::Lines));
    batch.push(b"{");
    let report = batch.end();
    assert_eq!(report.shapes[0].issue.message, "This row could not be read.");
    let of_a_file = report.shapes[0].issue.code;
    all_reached(IssueCode::ALL, table.iter().map(|(.., code, _)| *code).chain([of_a_file]));
}

const PHYSICAL: &str = r#"{"card_type":"physical"}"#;

/// What is wrong with an input that comes with a key beside it.
fn issues(operation: &str, input: &str) -> Vec<Issue> {
    let operation = operation::find(operation).or(operation::find(&format!("ingo.{operation}"))).unwrap();
    let settings = Settings { key: Some("key-beside-the-values"), ..Settings::default() };
    match read_snapshot(input, INPUT_LIMITS) {
        Ok(input) => check(operation, &input, &settings).err().unwrap_or_default(),
        Err(error) => vec![unreadable(error)],
    }
}

#[test]
fn every_notice_is_reached_and_says() {
    let ids =
        r#""user_id":"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","id":"rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d""#;
    #[rustfmt::skip]
    let table = [
        (r#""reuse_pan":true,"card_type":"virtual","shipping_address":"x""#, NoticeCode::ShippingAddressLeftOut, false,
            "A virtual card is not shipped; the address will not be used."),
        (r#""reuse_pan":false"#, NoticeCode::OldCardEnds, true,
            "The old card stops working when its number is replaced."),
        (r#""reuse_pan":true,"terminate_old_card":true"#, NoticeCode::TerminateOldCardUnused, false,
            "The number is kept, so there is no old card to end."),
    ];
    let reissue = operation::find("ingo.reissueCard").unwrap();
    for (members, code, confirm, sentence) in table {
        let input = format!("{{{ids},{members}}}");
        let accepted = check(reissue, &read_snapshot(&input, INPUT_LIMITS).unwrap(), &Settings::default()).unwrap();
        let said: Vec<_> = accepted.notices.iter().map(|it| (it.code, it.confirm, it.message.as_str())).collect();
        assert_eq!(said, [(code, confirm, sentence)]);
    }
    all_reached(NoticeCode::ALL, table.iter().map(|(_, code, ..)| *code));
}

#[test]
fn every_reason_is_reached_and_says() {
    #[rustfmt::skip]
    let table = [
        ("active", "ingo.activateCard", None, Reason::AlreadyActivated, "This card has been activated before."),
        ("unactivated", "ingo.freezeCard", None, Reason::NotActivated, "Activate this card first."),
        ("suspended", "ingo.freezeCard", None, Reason::AlreadyFrozen, "This card is frozen already."),
        ("active", "ingo.unfreezeCard", None, Reason::NotFrozen, "This card is not frozen."),
        ("terminated", "ingo.reissueCard", None, Reason::Terminated, "This card has ended and cannot be used again."),
        ("limited", "ingo.reissueCard", None, Reason::Limited,
            "The issuer has limited this card. Please contact support."),
        ("active", "ingo.freezeCard", Some(&[] as &[&str]), Reason::ScopeMissing, "You are not allowed to do this."),
        ("reissue", "ingo.freezeCard", None, Reason::StatusUnrecognized,
            "This card has a status we do not know. The issuer will decide."),
    ];
    for (status, operation, scopes, reason, sentence) in table {
        let actions = allowed_actions(status, scopes);
        let action = actions.iter().find(|action| action.operation.name == operation).unwrap();
        assert_eq!(action.reason.map(|it| (it, it.template())), Some((reason, sentence)), "{status} {operation}");
    }
    all_reached(Reason::ALL, table.iter().map(|(.., reason, _)| *reason));
}

#[test]
fn every_error_says() {
    #[rustfmt::skip]
    let table = [
        ("invalid_request", "Some fields need another look."),
        ("confirmation_required", "Please confirm before this is sent."),
        ("not_json", "The request could not be read."),
        ("request_too_large", "The request is too large."),
        ("not_json_type", "The request was not sent as JSON."),
        ("contract_mismatch", "This page and its server do not fit together. Please reload the page."),
        ("host_not_allowed", "The server does not answer for this address."),
        ("not_found", "The server does not know this request."),
        ("method_not_allowed", "The server does not know this request."),
        ("key_missing", "The request carries no key."),
        ("key_reused", "This was sent before with other values. Please start again."),
        ("in_progress", "This is already being processed."),
        ("key_closed", "This was given up before it was sent. Please start again."),
        ("superseded", "Something newer was asked of this card since. Please look at the card first."),
        ("possible_duplicate", "The same was asked a moment ago. Please confirm that you want it once more."),
        ("unauthenticated", "Please sign in again."),
        ("forbidden", "You are not allowed to do this."),
        ("cross_site", "The server does not take this from another site."),
        ("approval_required", "Somebody else has to approve this first."),
        ("access_unavailable",
            "The server cannot find out right now whether you may do this. Please try again."),
        ("card_limit_reached", "No more cards can be made today."),
        ("rate_limited", "Too many requests. Please wait a moment."),
        ("store_unavailable", "The server cannot take this right now. Please try again."),
        ("issuer_unreachable", "The card issuer cannot be reached. Please try again."),
        ("issuer_rejected", "The card issuer did not accept this."),
        ("issuer_failed", "The card issuer failed. It is not known whether this was done."),
        ("issuer_unreadable", "The card issuer's answer could not be read. It is not known whether this was done."),
        ("issuer_timeout", "The card issuer did not answer in time. It is not known whether this was done."),
        ("network_error", "No answer came from the server."),
        ("timed_out", "The server did not answer in time."),
        ("aborted", "This was cancelled."),
        ("headers_failed", "The page could not prepare the request."),
        ("random_unavailable", "This browser cannot make a safe key. Please use another one."),
        ("storage_failed", "This browser's storage could not be read."),
        ("cannot_revise", "This may have been done already. Please find out what became of it first."),
        ("intent_not_found", "This page knows nothing of such a request."),
        ("unexpected_answer", "The server gave an answer that is not understood."),
        ("wasm_unavailable",
            "This page does not allow WebAssembly. Add 'wasm-unsafe-eval' to the script-src of its policy, or import cardwright/no-wasm."),
        ("wasm_missing",
            "The rules of cardwright/slim are not loaded. Give cardwright.wasm of the same version to init() and wait for it, or to initSync()."),
        ("internal_error", "Something went wrong on our side."),
    ];
    let said: Vec<_> = ErrorCode::ALL.iter().map(|code| (code.as_str(), code.template())).collect();
    assert_eq!(said, table);
}

fn all_reached<C: Copy + PartialEq + std::fmt::Debug>(all: &[C], reached: impl Iterator<Item = C>) {
    let reached: Vec<_> = reached.collect();
    let missing: Vec<_> = all.iter().filter(|code| !reached.contains(code)).collect();
    assert!(missing.is_empty(), "no line above reaches {missing:?}");
}
