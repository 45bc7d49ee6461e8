//! The rows that come out, read as JavaScript reads them.

use cardwright::IssueCode;
use cardwright::wasm::intents::{ask_intent, repeat_after};
use cardwright::wasm::rules::{
    allowed_actions, build, check_field, check_snapshot, is_credential, read_answer, read_card,
};
use js_sys::{Function, JSON};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// Operations by their places: `ingo.issueCard`, `ingo.reissueCard`, `ingo.listCards`.
const ISSUE: usize = 0;
const REISSUE: usize = 4;
const LIST: usize = 5;
/// The place of `shipping_address.city`.
const CITY: usize = 5;
const VIRTUAL: &str = r#"{"user_id":" user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef ","card_type":"virtual"}"#;

fn json(value: JsValue) -> String {
    JSON::stringify(&value).unwrap().into()
}

#[wasm_bindgen_test]
fn a_request_comes_out_as_text_in_normal_form() {
    assert_eq!(
        json(check_snapshot(ISSUE, VIRTUAL, Some("k".repeat(16)), 0)),
        r#"["{\"user_id\":\"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef\",\"card_type\":\"virtual\"}","kkkkkkkkkkkkkkkk",[],[]]"#
    );
}

#[wasm_bindgen_test]
fn issues_and_notices_come_out_as_rows() {
    assert_eq!(
        json(check_snapshot(ISSUE, r#"{"card_type":"virtual","userId":1}"#, None, 0)),
        concat!(r#"[null,null,[[["user_id"],5,[]],"#, r#"[["userId"],6,[["nearest","user_id"]]]],[]]"#)
    );
    assert_eq!((IssueCode::Required.place(), IssueCode::UnknownField.place()), (5, 6));
    let reissue = r#"{"user_id":"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","id":"rcrd-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef","reuse_pan":false}"#;
    let row = json(check_snapshot(REISSUE, reissue, None, 0));
    assert!(row.ends_with(r#",null,[],[[["reuse_pan"],1,true]]]"#));
}

#[wasm_bindgen_test]
fn what_json_cannot_express_is_an_issue() {
    for word in ["non_finite", "bigint", "symbol", "function", "cycle", "class_instance", "unreadable"] {
        let row = json(check_field(ISSUE, 0, &format!("#{word}"), 0));
        let code = IssueCode::UnsupportedValue.place();
        assert_eq!(row, format!(r#"[[["user_id"],{code},[["found","{word}"]]]]"#));
    }
    let code = IssueCode::LoneSurrogate.place();
    assert_eq!(json(check_field(ISSUE, 0, "#lone_surrogate", 0)), format!(r#"[[["user_id"],{code},[]]]"#));
    let code = IssueCode::WrongKind.place();
    let row = json(check_field(ISSUE, CITY, "5", 0));
    assert!(row.starts_with(&format!(r#"[[["shipping_address","city"],{code},"#)), "{row}");
}

#[wasm_bindgen_test]
fn a_bent_prototype_changes_nothing() {
    let bend = Function::new_no_args(
        "for (const name of ['user_id', 'path', 'code', 'message', 'params', 'api_key', 'length', 'toJSON'])
           Object.defineProperty(Object.prototype, name, { configurable: true, get: () => 'bent', set() {} });",
    );
    let straighten = Function::new_no_args(
        "for (const name of ['user_id', 'path', 'code', 'message', 'params', 'api_key', 'length', 'toJSON'])
           delete Object.prototype[name];",
    );
    let before = check_snapshot(ISSUE, r#"{"card_type":"virtual"}"#, None, 0);
    bend.call0(&JsValue::NULL).unwrap();
    let bent = check_snapshot(ISSUE, r#"{"card_type":"virtual"}"#, None, 0);
    let good = check_snapshot(ISSUE, VIRTUAL, None, 0);
    straighten.call0(&JsValue::NULL).unwrap();
    assert_eq!(json(bent), json(before));
    assert!(json(good).starts_with(r#"["{\"user_id\":\"user-8f3a2b1c"#));
}

#[wasm_bindgen_test]
fn a_call_is_built_only_of_what_passed() {
    let row = json(build(ISSUE, VIRTUAL, Some("k".repeat(16)), "old_card_ends", 0));
    assert_eq!(
        row,
        concat!(
            r#"["POST","/ingo/cards/issue",[["accept","application/json"],["cardwright-contract","1"],"#,
            r#"["idempotency-key","kkkkkkkkkkkkkkkk"],["accept-notices","old_card_ends"],["content-type","application/json"]],"#,
            r#""{\"user_id\":\"user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef\",\"card_type\":\"virtual\"}"]"#
        )
    );
    assert_eq!(json(build(ISSUE, "{}", None, "", 0)), "null");
    assert_eq!(
        json(build(LIST, r#"{"page":2}"#, None, "", 0)),
        r#"["GET","/ingo/cards?page=2",[["accept","application/json"],["cardwright-contract","1"]],null]"#
    );
}

#[wasm_bindgen_test]
fn answers_are_read_and_problems_told_apart() {
    let read = |status, kind: &str, body: &str| {
        json(read_answer(ISSUE, false, status, Some(kind.into()), Some("3".into()), 0.0, body.len(), body))
    };
    assert_eq!(read(200, "application/json", r#"{"status":"success","message":"done"}"#), "0");
    let card =
        r#"{"id":"a","card_type":"virtual","last_four":"4242","status":"active","user_id":"u","created_at":"c"}"#;
    let cards = format!(r#"{{"status":"success","message":"done","data":{{"items":[{card},{card}]}}}}"#);
    assert_eq!(
        read(200, "application/json", &cards),
        "17",
        "two of the list, two of the first, a sign, and two for each of six values"
    );
    assert_eq!(
        read(200, "text/html", "<html>"),
        r#"["failed",["unexpected_answer",null,"unknown",3000,null,null,null,[],[]]]"#
    );
    assert_eq!(
        read(
            502,
            "application/problem+json",
            r#"{"code":"issuer_rejected","outcome":"rejected","slug":"user_not_found","field":"user_id","request_id":"r"}"#
        ),
        r#"["failed",["issuer_rejected",null,"rejected",3000,"user_not_found","user_id","r",[],[]]]"#
    );
    assert_eq!(
        read(
            422,
            "application/problem+json",
            r#"{"code":"brand_new","outcome":"not_sent","retry_after_ms":50,"issues":[{"path":["a"],"code":"c","message":"m","params":{"max":3,"choices":["x"]}},{"bad":1}]}"#
        ),
        r#"["failed",["unexpected_answer","brand_new","not_sent",50,null,null,null,[[["a"],"c",[["max",3],["choices",["x"]]],"m"]],[]]]"#
    );
    let asked =
        |body: &str| json(read_answer(ISSUE, true, 200, Some("application/json".into()), None, 0.0, body.len(), body));
    assert_eq!(asked(r#"{"operation":"ingo.issueCard","state":"sending"}"#), "null");
    assert_eq!(
        asked(r#"{"operation":"ingo.issueCard","state":"absent"}"#),
        r#"["over",["key_closed",null,"not_sent",null,null,null,null,[],[]]]"#
    );
}

#[wasm_bindgen_test]
fn a_failed_attempt_is_repeated_by_sending_or_asking() {
    let after = |operation, asking, code| repeat_after(operation, asking, code, None, 1, Some(2_000), 0.0, 100, 0.5);
    assert_eq!(after(ISSUE, false, "network_error"), 2_000);
    assert_eq!(after(REISSUE, false, "network_error"), -2_000);
    assert_eq!(after(REISSUE, true, "network_error"), 2_000);
    assert_eq!(after(ISSUE, false, "issuer_timeout"), 0);
    assert_eq!(
        json(ask_intent(ISSUE, "0123456789abcdef")),
        concat!(
            r#"["GET","/intents/ingo.issueCard/0123456789abcdef","#,
            r#"[["accept","application/json"],["cardwright-contract","1"]],null]"#
        )
    );
    assert_eq!(json(ask_intent(ISSUE, "short")), "null");
}

#[wasm_bindgen_test]
fn cards_and_actions() {
    assert_eq!(json(read_card("{}")), r#"["id","text","nothing"]"#);
    assert_eq!(json(read_card("#cycle")), r#"["card","object","cycle"]"#);
    let rows = json(allowed_actions("suspended", None));
    assert!(rows.contains(r#"["unfreezeCard",true,null]"#), "{rows}");
    assert!(is_credential("API-Key") && !is_credential("user_id"));
}
