//! Where rows begin and end.

use crate::{USER, issue_card, read, read_as, said};
use cardwright::bulk::{Batch, Format, Terms};
use cardwright::issue::{IssueCode, Param};

fn virtual_card() -> String {
    format!(r#"{{"user_id":"{USER}","card_type":"virtual"}}"#)
}

#[test]
fn a_list_of_json() {
    let row = virtual_card();
    for (text, rows, valid) in [
        ("[]".to_owned(), 0, 0),
        (" \u{feff}[]".to_owned(), 1, 0),
        (format!("\u{feff} [ {row} ,\n {row} ] \n"), 2, 2),
        (format!(r#"[{row},{{}},7,null,[],"x",{row}]"#), 7, 2),
        (format!(r#"[{{"card_type":"virtual","user_id":"\u0075{}"}}]"#, USER.trim_start_matches('u')), 1, 1),
    ] {
        let report = read(Format::Json, &text);
        assert_eq!((report.rows, report.valid), (rows, valid), "{text} {:?}", said(&report));
    }
}

#[test]
fn a_list_that_breaks_says_at_which_row() {
    let row = virtual_card();
    for (text, expected) in [
        ("{}", "a list of rows"),
        ("", "a list of rows"),
        ("[", "the end of the list"),
        (&format!("[{row}"), "the end of the list"),
        (&format!("[{row},]"), "a value"),
        (&format!("[{row} {row}]"), "a comma or the end of the list"),
        (&format!("[{row}]]"), "the end of the text"),
        (&format!(r#"[{row},{{"a":tru}}]"#), "a value"),
        (&format!("[{row},{{\"a\":\"\n\"}}]"), "an escape in place of a control character"),
    ] {
        let report = read(Format::Json, text);
        assert!(!report.is_complete, "{text}");
        let [row, shape] = *report.issues.last().unwrap();
        assert_eq!(row, report.rows, "{text}");
        let issue = &report.shapes[shape as usize].issue;
        assert_eq!(issue.message, "This row could not be read.");
        assert_eq!(format!("{:?}", issue.params), format!("[(\"expected\", Word({expected:?}))]"), "{text}");
    }
    let report = read_as(Terms::new(issue_card(), Format::Json), b"[{\"user_id\":\"\xff\"}]");
    assert_eq!((report.is_complete, said(&report)), (false, vec!["1  row_unreadable".to_owned()]));
}

#[test]
fn what_is_no_row_is_one_thing_wherever_it_is_cut() {
    for text in ["[22]", "[-1.5e3 , true,null]\0", "[\"no\\u0020row\",[1,2],12"] {
        let whole = read(Format::Json, text);
        let mut batch = Batch::new(Terms::new(issue_card(), Format::Json));
        text.as_bytes().chunks(1).for_each(|piece| batch.push(piece));
        let cut = batch.end();
        assert_eq!((said(&cut), cut.rows, &cut.shapes), (said(&whole), whole.rows, &whole.shapes), "{text}");
    }
}

#[test]
fn a_broken_line_spoils_no_other() {
    let row = virtual_card();
    let report = read(Format::Lines, &format!("{row}\r\n\n  \n{{\"user_id\":\n{row} x\n  {row}  \n{row}"));
    assert_eq!(said(&report), ["2  row_unreadable", "3  row_unreadable"]);
    assert_eq!((report.rows, report.valid, report.is_complete), (5, 3, true));
}

#[test]
fn a_row_is_an_input_and_no_longer_than_one() {
    let long = format!(r#"{{"user_id":"{}"}}"#, "a".repeat(16 * 1024));
    let spread = format!("{{{}\"user_id\":\"{USER}\",\"card_type\":\"virtual\"}}", " ".repeat(16 * 1024));
    for row in [&long, &spread] {
        let report = read(Format::Json, &format!("[{row},{}]", virtual_card()));
        assert_eq!((said(&report), report.valid), (vec!["1  input_too_large".to_owned()], 1));
        let report = read(Format::Lines, &format!("{row}\n{}", virtual_card()));
        assert_eq!((said(&report), report.valid), (vec!["1  input_too_large".to_owned()], 1));
    }
    let deep = "[".repeat(40);
    assert_eq!(said(&read(Format::Json, &format!("[{deep}"))), ["1  input_too_deep"]);
    let endless = format!("[{{\"user_id\":\"{}", "a".repeat(2 << 20));
    let mut batch = Batch::new(Terms::new(issue_card(), Format::Json));
    endless.as_bytes().chunks(1 << 16).for_each(|piece| batch.push(piece));
    assert!(batch.is_over());
    assert_eq!(said(&batch.end()), ["1  input_too_large"]);
}

/// What is left out says why, however much is wrong.
#[test]
fn of_every_row_the_first_issue_is_known() {
    let row = |at: u32| if at.is_multiple_of(2) { virtual_card() } else { "{\"user_id\":7}".to_owned() };
    let rows = (1..=9).map(row).collect::<Vec<_>>().join("\n") + "\n{";
    let [kind, broken] = [IssueCode::WrongKind, IssueCode::RowUnreadable].map(|code| code.place() as u32);
    for (most_issues, unkept) in [
        (0, vec![[1, kind], [3, kind], [5, kind], [7, kind], [9, kind], [10, broken]]),
        (3, vec![[5, kind], [7, kind], [9, kind], [10, broken]]),
        (4, vec![[5, kind], [7, kind], [9, kind], [10, broken]]),
        (11, vec![]),
    ] {
        let terms = Terms { most_issues, ..Terms::new(issue_card(), Format::Lines) };
        for collects in [true, false] {
            let report = read_as(Terms { collects, ..terms.clone() }, rows.as_bytes());
            assert_eq!((report.unkept, report.issue_count), (unkept.clone(), 11), "{most_issues}");
        }
    }
}

#[test]
fn issues_are_counted_beyond_those_that_are_kept() {
    let rows = vec!["{}"; 100].join(",");
    let terms = Terms { most_issues: 7, ..Terms::new(issue_card(), Format::Json) };
    let report = read_as(terms, format!("[{rows}]").as_bytes());
    assert_eq!((report.rows, report.valid, report.issue_count, report.issues.len()), (100, 0, 200, 7));
    assert_eq!(report.shapes.len(), 2, "an issue is told once");
}

#[test]
fn keys_name_rows_once() {
    let row = |key: &str| format!(r#"{{"user_id":"{USER}","card_type":"virtual"{key}}}"#);
    let keys = [r#","no":"a""#, r#","no":" a ""#, r#","no":7"#, "", r#","no":" ""#, r#","no":"7""#, r#","no":"b""#];
    let rows = keys.map(row).join("\n");
    let terms = Terms { row_key: Some("no".to_owned()), ..Terms::new(issue_card(), Format::Lines) };
    let report = read_as(Terms { collects: true, ..terms.clone() }, rows.as_bytes());
    assert_eq!(said(&report), ["4 no required", "5 no required"]);
    let repeated: Vec<_> = report.repeated.iter().map(|it| (it.row_key.as_str(), it.rows.as_slice())).collect();
    assert_eq!(repeated, [("a", [1, 2].as_slice()), ("7", [3, 6].as_slice())]);
    assert_eq!((report.rows, report.valid), (7, 5));
    assert_eq!(said(&read_as(terms, rows.as_bytes())), said(&report));

    let by_user = Terms { row_key: Some("user_id".to_owned()), ..Terms::new(issue_card(), Format::Lines) };
    let report = read_as(by_user, [row(""), row("")].join("\n").as_bytes());
    assert_eq!((report.valid, report.repeated[0].row_key.as_str()), (2, USER));
}

#[test]
fn requests_are_collected_when_they_are_wanted() {
    let terms = Terms { row_key: Some("no".to_owned()), collects: true, ..Terms::new(issue_card(), Format::Json) };
    let mut batch = Batch::new(terms);
    let text = format!(
        r#"[{{"no":"1","card_type":" virtual ","user_id":"{USER}","shipping_address":{{"city":"x"}}}},{{"no":"2"}},
        {{"no":"3","user_id":"{USER}","card_type":"virtual","idempotent_key":"0123456789abcdef"}}]"#
    );
    batch.push(text.as_bytes());
    let taken = batch.take();
    assert!(batch.take().is_empty());
    let request = format!(r#"{{"user_id":"{USER}","card_type":"virtual"}}"#);
    assert_eq!(taken.iter().map(|row| row.row).collect::<Vec<_>>(), [1, 3]);
    assert!(taken.iter().all(|row| row.request == request));
    assert_eq!(taken[0].notices.len(), 1);
    assert_eq!((taken[1].row_key.as_deref(), taken[1].key.as_deref()), (Some("3"), Some("0123456789abcdef")));
}

#[test]
fn text_is_no_truth() {
    let reissue = cardwright::operation::find("ingo.reissueCard").unwrap();
    let id = "rcrd-417b1398-8eff-4db4-a810-1ffa3dc24c4a";
    let row = |is: &str| format!(r#"{{"user_id":"{USER}","id":"{id}","reuse_pan":{is}}}"#);
    let rows = [row("true"), row("\"true\""), row("false"), row("\"yes\"")].join("\n");
    let report = read_as(Terms::new(reissue, Format::Lines), rows.as_bytes());
    assert_eq!(
        (said(&report), report.valid),
        (vec!["2 reuse_pan wrong_kind".to_owned(), "4 reuse_pan wrong_kind".to_owned()], 2)
    );
}

#[test]
fn what_stands_between_texts_is_looked_at_in_each_row() {
    let rows = [
        virtual_card(),
        virtual_card(),
        // A blank more, a name twice, a name in the wrong object, signs inside a text, one that is not closed.
        virtual_card().replace("\",\"", "\" , \""),
        virtual_card().replace('}', r#","card_type":"virtual"}"#),
        virtual_card().replace('}', r#","shipping_address":{"user_id":"x"}}"#),
        virtual_card().replace("user-", "user\\u002d"),
        virtual_card().replace("\"card_type\":\"virtual\"", "\"card_type\":\"\\\"\""),
        virtual_card(),
    ];
    let expected = ["4 card_type duplicate_field", "7 card_type not_a_choice"];
    for text in [format!("[{}]", rows.join(",")), rows.join("\n")] {
        let report = read(if text.starts_with('[') { Format::Json } else { Format::Lines }, &text);
        let said = said(&report).into_iter().filter(|line| !line.starts_with('5')).collect::<Vec<_>>();
        assert_eq!((said.as_slice(), report.rows), (expected.map(str::to_owned).as_slice(), 8), "{text}");
    }
    // A blank of the length that passes is blank, and where it is no text of JSON, the row is none.
    let state = |state: &str| {
        format!(
            r#"{{"user_id":"{USER}","card_type":"physical","shipping_address":{{"address_one":"1 Way","city":"A","state":"{state}","postal_code":"30044","country":"US"}}}}"#
        )
    };
    let lines = [state("GA"), state("  "), state("\t\t"), state("ga"), state("G\"")].join("\n");
    assert_eq!(
        said(&read(Format::Lines, &lines)),
        ["2 shipping_address.state required", "3  row_unreadable", "5  row_unreadable"]
    );
}

#[test]
fn what_is_no_text_ends_the_reading_where_it_stands() {
    let rows = vec![physical_card(); 3];
    let table = format!("user_id,card_type,note\n{}", format!("{USER},virtual,Jos\u{e9}\n").repeat(3));
    for (format, text, end) in [
        (Format::Json, format!("[{}]", rows.join(",")), "}}"),
        (Format::Lines, rows.join("\n") + "\n", "}}\n"),
        (Format::Table(None), table, "\n"),
    ] {
        for at in 0..=text.len() {
            let bytes = [&text.as_bytes()[..at], b"\xff", &text.as_bytes()[at..]].concat();
            let before = String::from_utf8_lossy(&text.as_bytes()[..at]);
            let whole = before.matches(end).count() - usize::from(matches!(format, Format::Table(_)) && at > 22);
            for cut in [bytes.len(), 7] {
                let mut batch = Batch::new(Terms::new(issue_card(), format));
                bytes.chunks(cut).for_each(|piece| batch.push(piece));
                let report = batch.end();
                let [row, shape] = *report.issues.last().unwrap();
                let expected = [("expected", Param::Word("UTF-8"))];
                assert_eq!(report.shapes[shape as usize].issue.params, expected, "{format:?} {at} {cut}");
                let found = (row as usize, report.valid as usize, report.is_complete);
                assert_eq!(found, (whole + 1, whole, false), "{format:?} {at} {cut}");
            }
        }
    }
}

fn physical_card() -> String {
    let address = r#"{"address_one":"1 Way","city":"San José","state":"TX","postal_code":"30044","country":"US"}"#;
    format!(r#"{{"user_id":"{USER}","card_type":"physical","shipping_address":{address}}}"#)
}

#[test]
fn a_name_that_stands_twice_is_seen_in_rows_like_those_before() {
    let known = r#""state":"TX","postal_code":"30044","country":"US""#;
    let sent_to = |inside: &str| {
        let address = format!(r#"{{"address_one":"1 Way",{inside}}}"#);
        format!(r#"{{"user_id":"{USER}","card_type":"physical","shipping_address":{address}}}"#)
    };
    let rows = [
        format!(r#"{{"card_type":"virtual","user_id":"{USER}"}}"#),
        format!(r#"{{"user_id":"{USER}","card_type":"virtual"}}"#),
        format!(r#"{{"card_type":"virtual","user_id":"{USER}","card_type":"virtual"}}"#),
        format!(r#"{{"card_type":"","user_id":"{USER}","card_type":"virtual"}}"#),
        format!(r#"{{"user_id":"{USER}"}}"#),
        sent_to(&format!(r#""city":"A",{known}"#)),
        sent_to(&format!(r#"{known},"city":"A""#)),
        sent_to(&format!(r#""city":"A",{known},"city":"A""#)),
    ];
    // What is known of a row is compared with sixty-four bytes.
    let report = read(Format::Json, &format!("[{}{}]", rows.join(","), " ".repeat(64)));
    let expected = ["3 card_type", "4 card_type", "8 shipping_address.city"].map(|at| format!("{at} duplicate_field"));
    let expected = [&expected[..2], &["5 card_type required".to_owned()], &expected[2..]].concat();
    assert_eq!((said(&report), report.valid), (expected, 4));
}
