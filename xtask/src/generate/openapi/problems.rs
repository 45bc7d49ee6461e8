//! What goes wrong: problem details of RFC 9457, and the table of statuses.

use super::reference;
use cardwright::call::{CONTRACT_HEADER, REQUEST_ID_HEADER};
use cardwright::operation::Method;
use cardwright::{ErrorCode, IssueCode, NoticeCode, Operation, Outcome};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The problem, and what it is made of.
pub(super) fn schemas() -> Map<String, Value> {
    let codes: Vec<_> =
        ErrorCode::ALL.iter().filter(|code| code.status().is_some()).map(|code| code.as_str()).collect();
    let path = json!({
        "type": "array", "items": { "type": "string" },
        "description": "The names from the outermost field to the one it is about; empty for the whole input.",
    });
    let message = json!({ "type": "string", "description": "A sentence for the person at the form." });
    let schemas = json!({
        "ErrorCode": { "type": "string", "enum": codes },
        "IssueCode": { "type": "string", "enum": words(IssueCode::ALL.iter().map(|code| code.as_str())) },
        "NoticeCode": { "type": "string", "enum": words(NoticeCode::ALL.iter().map(|code| code.as_str())) },
        "Outcome": {
            "type": "string",
            "enum": words(Outcome::ALL.iter().map(|outcome| outcome.as_str())),
            "description": "`not_sent`: the issuer was not asked. `rejected`: it said no. `unknown`: it may have done it.",
        },
        "Issue": {
            "type": "object",
            "properties": {
                "path": path,
                "code": reference("IssueCode"),
                "message": message,
                "params": {
                    "type": "object",
                    "additionalProperties": {
                        "anyOf": [{ "type": "string" }, { "type": "integer" }, { "type": "array", "items": { "type": "string" } }],
                    },
                },
            },
            "required": ["path", "code", "message", "params"],
        },
        "Notice": {
            "type": "object",
            "properties": {
                "path": path,
                "code": reference("NoticeCode"),
                "confirm": { "type": "boolean", "description": "Whether the person must accept it before this is sent." },
                "message": message,
            },
            "required": ["path", "code", "confirm", "message"],
        },
        "Problem": {
            "type": "object",
            "properties": {
                "type": { "const": "about:blank" },
                "title": { "type": "string" },
                "status": { "type": "integer", "minimum": 400, "maximum": 599 },
                "code": reference("ErrorCode"),
                "outcome": reference("Outcome"),
                "request_id": { "type": "string", "description": "The id of the request in the proxy's logs." },
                "retry_after_ms": { "type": "integer", "minimum": 0 },
                "issues": { "type": "array", "items": reference("Issue"), "description": "Every broken rule, for `invalid_request`." },
                "notices": { "type": "array", "items": reference("Notice"), "description": "What must be accepted, for `confirmation_required`." },
                "slug": { "type": "string", "description": "The issuer's own word, for `issuer_rejected`." },
                "field": { "type": "string", "description": "The field the issuer's no is about, dotted." },
            },
            "required": ["type", "title", "status", "code", "outcome"],
        },
    });
    match schemas {
        Value::Object(schemas) => schemas,
        _ => Map::new(),
    }
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    words.collect()
}

/// The table of statuses: one answer each, with its codes.
pub(super) fn responses() -> Map<String, Value> {
    let statuses: BTreeSet<u16> = ErrorCode::ALL.iter().filter_map(|code| code.status()).collect();
    statuses.into_iter().map(|status| (name(status), response(status))).collect()
}

fn response(status: u16) -> Value {
    let codes = || ErrorCode::ALL.iter().filter(move |code| code.status() == Some(status));
    let said: Vec<_> = codes().map(|code| format!("`{}`: {}", code.as_str(), code.template())).collect();
    let code = json!({ "enum": words(codes().map(|code| code.as_str())) });
    // What is told of an intent was answered to another request, and has no id.
    let answered = json!({
        "properties": { "status": { "const": status }, "code": code, "request_id": true },
        "required": ["request_id"],
    });
    let schema = json!({ "allOf": [reference("Problem"), answered] });
    json!({
        "description": said.join(" "),
        "headers": {
            CONTRACT_HEADER: { "$ref": "#/components/headers/Contract" },
            REQUEST_ID_HEADER: { "$ref": "#/components/headers/RequestId" },
            "retry-after": { "$ref": "#/components/headers/RetryAfter" },
        },
        "content": { "application/problem+json": { "schema": schema } },
    })
}

fn name(status: u16) -> String {
    format!("Problem{status}")
}

/// The statuses an operation may be answered with.
pub(super) fn of_operation(operation: &Operation) -> Map<String, Value> {
    of(|code| {
        is_of_every_call(code)
            || match code {
                ErrorCode::InvalidRequest | ErrorCode::RequestTooLarge => true,
                ErrorCode::NotJson | ErrorCode::NotJsonType => operation.method == Method::Post,
                ErrorCode::IssuerUnreachable
                | ErrorCode::IssuerRejected
                | ErrorCode::IssuerFailed
                | ErrorCode::IssuerUnreadable
                | ErrorCode::IssuerTimeout => operation.upstream.is_some(),
                _ => operation.safety.is_write(),
            }
    })
}

/// The statuses any call may be answered with.
pub(super) fn of_every_call() -> Map<String, Value> {
    of(is_of_every_call)
}

/// The statuses the question about an intent may be answered with.
pub(super) fn of_question() -> Map<String, Value> {
    of(|code| is_of_every_call(code) || code == ErrorCode::InvalidRequest)
}

/// The statuses whoever settles an intent may be answered with.
pub(super) fn of_settling() -> Map<String, Value> {
    of(|code| {
        is_of_every_call(code)
            || matches!(
                code,
                ErrorCode::InvalidRequest
                    | ErrorCode::InProgress
                    | ErrorCode::RequestTooLarge
                    | ErrorCode::NotJson
                    | ErrorCode::NotJsonType
            )
    })
}

fn is_of_every_call(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::ContractMismatch
            | ErrorCode::Unauthenticated
            | ErrorCode::Forbidden
            | ErrorCode::HostNotAllowed
            | ErrorCode::CrossSite
            | ErrorCode::AccessUnavailable
            | ErrorCode::NotFound
            | ErrorCode::MethodNotAllowed
            | ErrorCode::RateLimited
            | ErrorCode::StoreUnavailable
            | ErrorCode::InternalError
    )
}

fn of(answers: impl Fn(ErrorCode) -> bool) -> Map<String, Value> {
    let statuses: BTreeSet<u16> =
        ErrorCode::ALL.iter().filter(|code| answers(**code)).filter_map(|code| code.status()).collect();
    let reference = |status| json!({ "$ref": format!("#/components/responses/{}", name(status)) });
    statuses.into_iter().map(|status| (status.to_string(), reference(status))).collect()
}

/// The notices of an operation that must be accepted, as the header lists them.
pub(super) fn to_confirm(operation: &Operation) -> Option<Value> {
    let codes = operation.advice.iter().map(|advice| advice.notice).filter(|notice| notice.confirm());
    let codes: Vec<_> = codes.map(|notice| notice.as_str()).collect();
    (!codes.is_empty()).then(|| json!({ "type": "string", "examples": [codes.join(",")] }))
}
