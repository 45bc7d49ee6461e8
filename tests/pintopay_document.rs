//! PintoPay's page on issuing cards, to the letter: its table of fields, its enums and its slugs stand in the core.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::envelope::{self, AnswerField, AnswerKind, UnknownFields};
use cardwright::operation;
use cardwright::pintopay::{order, slug};

const PAGE: &str = include_str!("fixtures/pintopay/card_issue/page.txt");

/// The cells of the page's tables, without the marks around code.
fn rows(columns: usize) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
        inner.split('|').map(|cell| cell.replace('`', "").trim().to_owned()).collect()
    };
    let rows = PAGE.lines().filter(|line| line.trim().ends_with('|') && !line.contains("---")).map(cells);
    rows.filter(|row: &Vec<String>| row.len() == columns && row[0] != "Field" && row[0] != "Error Slug").collect()
}

fn order_fields() -> &'static [AnswerField] {
    let field = order::ENVELOPE.fields.iter().find(|field| field.name == "order").unwrap();
    match field.kind {
        AnswerKind::Object(_, fields) => fields,
        _ => panic!("an order is an object"),
    }
}

#[test]
fn every_field_of_the_table_is_known_as_it_says() {
    let table = rows(4);
    assert_eq!(table.len(), 15);
    for row in &table {
        let [name, kind, need, doc] = &row[..] else { panic!("four columns") };
        let field =
            order_fields().iter().find(|field| field.name == name).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(field.required, need == "Required", "{name}");
        let fits = match field.kind {
            AnswerKind::Text | AnswerKind::Id | AnswerKind::Decimal | AnswerKind::Word(..) => kind == "string",
            AnswerKind::Bool => kind == "boolean",
            AnswerKind::Object(..) => kind == "object",
            _ => false,
        };
        assert!(fits, "{name} is a {kind}");
        if let Some((_, words)) = doc.split_once("Enum: ") {
            let AnswerKind::Word(_, known) = field.kind else { panic!("{name} has words") };
            let missing: Vec<_> = words.split(", ").filter(|word| !known.contains(word)).collect();
            assert_eq!(missing, [""; 0], "{name}");
            // Beyond the page stands only what the sibling deployment adds.
            let added: Vec<_> =
                known.iter().filter(|word| !words.split(", ").any(|on_page| on_page == **word)).collect();
            assert!(added.is_empty() || added == [&"paid"], "{name}: {added:?}");
        }
    }
    let on_page = |name: &str| table.iter().any(|row| row[0] == name);
    let added: Vec<_> = order_fields().iter().map(|field| field.name).filter(|name| !on_page(name)).collect();
    assert_eq!(added, ["updated_at"], "the sibling deployment's");
}

#[test]
fn every_slug_of_the_table_is_explained() {
    let table = rows(2);
    assert_eq!(table.len(), 9);
    for row in table {
        assert!(slug::explain(&row[0]).is_some(), "{}", row[0]);
    }
}

#[test]
fn every_path_of_the_page_is_a_default() {
    for name in ["pintopay.createCard", "pintopay.checkOrder", "pintopay.getCard"] {
        let upstream = operation::find(name).and_then(|operation| operation.upstream).unwrap();
        let path = format!("/api/{}{}", upstream.version, upstream.path);
        assert!(PAGE.contains(&path), "{path}");
    }
}

#[test]
fn an_order_passes_with_its_known_fields_and_without_what_nobody_documented() {
    let body = br#"{"success":true,"order":{"order_id":"o","order_type":"card_issue","status":"on_hold","data":{"pan":"4242424242424242",
        "note":1},"created_at":"t","issue_status":"brand_new","is_issued":null,"last_error":"card 4242 4242 4242 4242","extra":1}}"#;
    let answer = envelope::read(order::ENVELOPE, body).unwrap();
    let rebuilt = envelope::rebuild(order::ENVELOPE, &answer, UnknownFields::Drop).unwrap();
    assert_eq!(
        rebuilt.json,
        concat!(
            r#"{"success":true,"order":{"order_id":"o","order_type":"card_issue","status":"on_hold","#,
            r#""last_error":"card [withheld]","data":{},"created_at":"t","issue_status":"brand_new","is_issued":null}}"#
        )
    );
    assert_eq!((rebuilt.unknown, rebuilt.withheld), (3, 2));
}
