//! The proxy's contract as an OpenAPI 3.1 document, made from the descriptors: `proxy/openapi.json`.

mod answers;
mod problems;
mod requests;

use crate::step::root;
use anyhow::{Context as _, Result};
use cardwright::call::{ACCEPT_HEADER, CONTRACT, CONTRACT_HEADER, KEY_HEADER, REPLAYED_HEADER, REQUEST_ID_HEADER};
use cardwright::operation::Method;
use cardwright::{OPERATIONS, Operation, Safety};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Says that the same was meant once more. Its name stands in no constant of the core, which does not read it.
const CONFIRM_HEADER: &str = "confirm-new";

/// Where the document is committed.
fn file() -> PathBuf {
    root().join("proxy/openapi.json")
}

/// Writes the document.
pub(crate) fn write() -> Result<()> {
    std::fs::write(file(), text()?).context("expected to write proxy/openapi.json")
}

fn text() -> Result<String> {
    Ok(serde_json::to_string_pretty(&document())? + "\n")
}

fn document() -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let method = operation.method.as_str().to_ascii_lowercase();
        paths.insert(operation.path.into(), json!({ method: path(operation) }));
    }
    paths.insert("/me".into(), json!({ "get": me() }));
    paths.insert("/intents/{operation}/{key}".into(), json!({ "get": resolve() }));
    paths.insert("/intents/{operation}/{key}/settle".into(), json!({ "post": settle() }));
    let mut schemas = requests::schemas();
    schemas.extend(answers::schemas());
    schemas.extend(problems::schemas());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cardwright's proxy",
            "version": CONTRACT,
            "summary": "What a page asks of the server that holds the issuers' secrets.",
            "description": "Made by `cargo xtask openapi` from the descriptors in src/. Any server may implement it. Bodies are JSON of at most 16 KiB and 32 levels. The schemas of requests say the normal form, which the SDK sends; the reference proxy brings a looser input to it by the same rules. How a caller proves who it is, is the deployment's choice.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/api", "description": "The default base, on the page's own origin." }],
        "paths": paths,
        "components": { "schemas": schemas, "responses": problems::responses(), "headers": answered_headers() },
    })
}

fn path(operation: &Operation) -> Value {
    let name = operation.answer.name;
    let mut parameters = vec![contract_header()];
    if operation.safety.is_write() {
        parameters.extend([key_header(), confirm_header()]);
    }
    if let Some(notices) = problems::to_confirm(operation) {
        parameters.push(header(ACCEPT_HEADER, false, "The notices the person accepted, separated by commas.", notices));
    }
    if operation.method == Method::Get {
        parameters.extend(requests::query(operation));
    }
    let mut responses = problems::of_operation(operation);
    responses.insert("200".into(), ok(operation.safety.is_write(), "The issuer's envelope.", &reference(&name)));
    let mut path = json!({
        "operationId": operation.name,
        "summary": operation.summary.as_str(),
        "description": safety(operation.safety),
        "tags": [operation.issuer()],
        "parameters": parameters,
        "responses": responses,
    });
    if operation.method == Method::Post {
        let schema = reference(&requests::name(operation));
        path["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    path
}

const fn safety(safety: Safety) -> &'static str {
    match safety {
        Safety::Keyed => "Keyed: the issuer honours a key, so a copy with the same key is the same intent.",
        Safety::Convergent => "Convergent: doing it twice ends in the same state.",
        Safety::Once => "Once: sent to the issuer at most once, whatever happens.",
        Safety::Read => "Read: changes nothing.",
    }
}

fn me() -> Value {
    let schema = json!({
        "type": "object",
        "properties": {
            "tenant": { "type": "string" },
            "user": { "type": "string" },
            "scopes": { "type": "array", "items": { "type": "string" } },
            "user_ids": {
                "type": "array",
                "items": { "type": "string" },
                "description": "The issuers' ids of the caller. Without the scope cards:any nobody reaches what is of others.",
            },
        },
        "required": ["tenant", "user", "scopes"],
    });
    let mut responses = problems::of_every_call();
    responses.insert("200".into(), ok(false, "The caller.", &schema));
    json!({
        "operationId": "me",
        "summary": "Says who the proxy takes the caller for, and what they may do.",
        "parameters": [contract_header()],
        "responses": responses,
    })
}

const RESOLVE: &str = "Says what became of an intent. `absent` closes its key, so that a late copy is refused.";
const SETTLE: &str = "Ends an intent whose outcome nothing can read any more; it takes a scope of its own.";

fn resolve() -> Value {
    intent("resolveIntent", RESOLVE, problems::of_question())
}

fn settle() -> Value {
    let schema = json!({
        "type": "object",
        "properties": {
            "user": { "type": "string", "description": "Whose intent it is." },
            "as": { "enum": ["done", "rejected"], "description": "What became of it." },
            "card_id": {
                "type": "string", "pattern": "^[!-~]{1,128}$",
                "description": "The card it made or changed; never a card's number.",
            },
        },
        "required": ["user", "as"],
        "additionalProperties": false,
    });
    let mut path = intent("settleIntent", SETTLE, problems::of_settling());
    path["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    path
}

fn intent(id: &str, summary: &str, mut responses: Map<String, Value>) -> Value {
    responses.insert("200".into(), ok(false, "What is known of the intent.", &reference("Intent")));
    json!({
        "operationId": id,
        "summary": summary,
        "parameters": [
            contract_header(),
            { "name": "operation", "in": "path", "required": true, "schema": answers::write_names() },
            { "name": "key", "in": "path", "required": true, "schema": requests::key() },
        ],
        "responses": responses,
    })
}

fn ok(is_write: bool, description: &str, schema: &Value) -> Value {
    let mut headers = json!({
        CONTRACT_HEADER: { "$ref": "#/components/headers/Contract" },
        REQUEST_ID_HEADER: { "$ref": "#/components/headers/RequestId" },
    });
    if is_write {
        headers[REPLAYED_HEADER] = json!({ "$ref": "#/components/headers/Replayed" });
    }
    json!({ "description": description, "headers": headers, "content": { "application/json": { "schema": schema } } })
}

fn answered_headers() -> Value {
    json!({
        "Contract": { "description": "The version of the contract.", "required": true, "schema": { "const": CONTRACT } },
        "RequestId": { "description": "The id of the request in the proxy's logs.", "required": true, "schema": { "type": "string" } },
        "Replayed": { "description": "The answer was given before to the same intent.", "schema": { "const": "true" } },
        "RetryAfter": { "description": "Seconds to wait before asking again.", "schema": { "type": "integer", "minimum": 0 } },
    })
}

fn contract_header() -> Value {
    header(CONTRACT_HEADER, true, "The version of the contract.", json!({ "const": CONTRACT }))
}

fn key_header() -> Value {
    header(KEY_HEADER, true, "The intent's key: a copy carries the same.", requests::key())
}

fn confirm_header() -> Value {
    let description = "`true` says that the same is meant once more, after `possible_duplicate`.";
    header(CONFIRM_HEADER, false, description, json!({ "type": "string", "examples": ["true"] }))
}

fn header(name: &str, required: bool, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "header", "required": required, "description": description, "schema": schema })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[cfg(test)]
mod tests {
    use super::{file, text};

    #[test]
    fn the_committed_document_is_the_one_the_descriptors_make() {
        let committed = std::fs::read_to_string(file()).unwrap();
        assert!(committed == text().unwrap(), "proxy/openapi.json is out of date: run `cargo xtask openapi`");
    }
}
