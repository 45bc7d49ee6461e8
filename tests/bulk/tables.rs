//! Tables: what a header means, and how cells are written.

use crate::{USER, issue_card, read, read_as, said};
use cardwright::bulk::{Batch, Format, Terms};

const TABLE: Format = Format::Table(None);

#[test]
fn cells_are_written_as_spreadsheets_write_them() {
    let header = "user_id,card_type,shipping_address.address_one,shipping_address.city,state,postal_code,country";
    let physical = format!("{USER},physical,\"100 Way, \"\"A\"\"\",Anytown,GA,30044,US");
    for text in [
        format!("{header}\n{physical}\n"),
        format!("\u{feff}{header}\r\n{physical}\r\n"),
        format!("{header}\r{physical}"),
        format!("{}\n{USER};physical;\"100 Way; A\";Any, town;GA;30044;US\n\n", header.replace(',', ";")),
        format!("{}\n{USER}\tphysical\t100 Way\t\"Any\"\tGA\t30044\tUS", header.replace(',', "\t")),
        format!("\"user_id\",\"card_type\"\n\"{USER}\",\"virtual\""),
        format!("{header}\n{USER},virtual,,,,,\n"),
        format!("{header}\n{USER},virtual\n"),
        format!("{header}\n{USER},virtual,,,,,,,,\n"),
    ] {
        let report = read(TABLE, &text);
        assert_eq!((report.rows, report.valid), (1, 1), "{text:?} {:?}", said(&report));
    }
}

#[test]
fn a_column_is_known_by_its_path_or_by_words_that_mean_one_field() {
    let report =
        read(TABLE, &format!(" User ID ,Card Type,ZIP,City,colour,api_key,,user_id\n{USER},virtual,,,red,x,y,z\n"));
    assert_eq!(
        said(&report),
        [
            "0 ZIP unknown_field @ZIP",
            "0 colour unknown_field @colour",
            "0 api_key secret_in_browser @api_key",
            "0 user_id duplicate_field @user_id",
        ]
    );
    assert_eq!((report.rows, report.valid), (1, 1));

    let columns = [("Wer", Some("user_id")), ("Art", Some("card_type")), ("Farbe", None), ("Nr", None)];
    let columns = columns.map(|(name, path)| (name.to_owned(), path.map(str::to_owned))).to_vec();
    let terms = Terms { columns, ..Terms::new(issue_card(), TABLE) };
    let report = read_as(terms, format!("Wer;Art;Farbe;Nr\n{USER};virtual;rot;1\nx;virtual;;\n").as_bytes());
    assert_eq!(said(&report), ["2 user_id id_prefix @Wer"]);
}

#[test]
fn a_row_may_be_named_by_a_column_beside_the_fields() {
    let terms = Terms { row_key: Some("Employee".to_owned()), ..Terms::new(issue_card(), TABLE) };
    let text = format!(
        "Employee,user_id,card_type\n1,{USER},virtual\n,{USER},virtual\n\"1\",{USER},virtual\n\"a\"\"b\",{USER},virtual"
    );
    let report = read_as(terms, text.as_bytes());
    assert_eq!(said(&report), ["2 Employee required @Employee"]);
    assert_eq!((report.valid, report.repeated.len()), (3, 1));
}

/// Found by an audit: a column that was named as the row's key was taken away from the field it is.
#[test]
fn a_column_that_names_the_rows_is_the_field_it_is() {
    let id = "rcrd-417b1398-8eff-4db4-a810-1ffa3dc24c4a";
    let header = "User ID,Card type,Virtual card ID,Street,City,State,ZIP,Country,Idempotent key";
    let row = |city: &str, key: &str| format!("{USER},physical,{id},1 Way,{city},TX,30044,US,{key}\n");
    let rows = row("Rome", "onboarding-000001") + &row("\"Old \"\"Town\"\"\"", "onboarding-000002") + &row("", "");
    let told = [("Street", "address_one"), ("ZIP", "postal_code")]
        .map(|(name, field)| (name.to_owned(), Some(format!("shipping_address.{field}"))));
    let taken = |row_key: &str| {
        let terms =
            Terms { row_key: Some(row_key.to_owned()), columns: told.to_vec(), ..Terms::new(issue_card(), TABLE) };
        let mut batch = Batch::new(Terms { collects: true, ..terms.clone() });
        batch.push(format!("{header}\n{rows}").as_bytes());
        let taken = batch.take();
        let (plainly, slowly) = (read_as(terms, format!("{header}\n{rows}").as_bytes()), batch.end());
        assert_eq!((said(&plainly), &plainly.repeated), (said(&slowly), &slowly.repeated), "{row_key}");
        (said(&slowly), taken)
    };
    let keys = |row_key: &str| taken(row_key).1.into_iter().map(|row| row.row_key.unwrap()).collect::<Vec<_>>();
    for (named, path) in
        [("City", "shipping_address.city"), ("Idempotent key", "idempotent_key"), ("User ID", "user_id")]
    {
        let (issues, rows) = taken(path);
        assert_eq!(taken(named), (issues, rows), "{named}");
    }
    assert_eq!(keys("Virtual card ID"), [id, id]);
    assert_eq!(keys("shipping_address.city"), ["Rome", "Old \"Town\""]);
    let (issues, rows) = taken("Idempotent key");
    assert_eq!(issues, ["3 idempotent_key required @Idempotent key", "3 shipping_address.city required @City"]);
    assert!(rows.iter().all(|row| row.row_key == row.key && row.request.contains(id)), "{rows:?}");
    // As it is told, too; what is told to be no field names the rows beside them.
    for (field, issues) in [(Some("user_id"), vec![]), (None, vec!["1 user_id required", "2 user_id required"])] {
        let columns = vec![("ID".to_owned(), field.map(str::to_owned))];
        let terms = Terms { row_key: Some("ID".to_owned()), columns, ..Terms::new(issue_card(), TABLE) };
        let report = read_as(terms, format!("ID,Card type\n{USER},virtual\n{USER},virtual\n").as_bytes());
        assert_eq!((said(&report), report.repeated.len()), (issues.into_iter().map(str::to_owned).collect(), 1));
    }
}

#[test]
fn a_required_field_that_names_the_rows_is_missed_once() {
    let table = "User ID,Card type\n,virtual\n ,virtual\n";
    let json = r#"[{"card_type":"virtual"},{"user_id":null,"card_type":"virtual"}]"#;
    for (format, text, row_key, column) in [
        (TABLE, table, "User ID", " @User ID"),
        (TABLE, table, "user_id", " @User ID"),
        (Format::Json, json, "user_id", ""),
    ] {
        let terms = Terms { row_key: Some(row_key.to_owned()), ..Terms::new(issue_card(), format) };
        let report = read_as(terms, text.as_bytes());
        assert_eq!(said(&report), [1, 2].map(|row| format!("{row} user_id required{column}")), "{row_key}");
        assert_eq!((report.valid, report.issue_count), (0, 2));
    }
    // One that they do not require is missed by its row alone.
    let terms = Terms { row_key: Some("idempotent_key".to_owned()), ..Terms::new(issue_card(), Format::Json) };
    let report = read_as(terms, format!(r#"[{{"user_id":"{USER}","card_type":"virtual"}}]"#).as_bytes());
    assert_eq!((said(&report), report.valid), (vec!["1 idempotent_key required".to_owned()], 0));
}

#[test]
fn what_is_no_table_is_said() {
    for (text, expected) in [
        ("", vec![]),
        ("user_id,card_type", vec![]),
        ("user_id,card_type\n\"a", vec!["1  row_unreadable"]),
        ("user_id,card_type\n\"a\"b,c\n", vec!["1  row_unreadable"]),
        ("user_id,card_type\na,virtual,x\n", vec!["1  row_unreadable"]),
    ] {
        assert_eq!(said(&read(TABLE, text)), expected, "{text:?}");
    }
}

#[test]
fn true_and_false_are_words_in_a_table() {
    let reissue = cardwright::operation::find("ingo.reissueCard").unwrap();
    let id = "rcrd-417b1398-8eff-4db4-a810-1ffa3dc24c4a";
    let text = format!("user_id,id,reuse_pan\n{USER},{id},TRUE\n{USER},{id},\"false\"\n{USER},{id},yes");
    let report = read_as(Terms::new(reissue, TABLE), text.as_bytes());
    assert_eq!((said(&report), report.valid), (vec!["3 reuse_pan wrong_kind @reuse_pan".to_owned()], 2));
}

/// Found by fuzzing: what separates two cells was guessed from as much of the file as there was, where a quote stood alone.
#[test]
fn a_header_means_the_same_wherever_it_is_cut() {
    for text in [
        "user_id;user\"s type,note\na,b;\";c\n\";\t;;;;,\nd,e\n",
        "\"user_id\",\"card\"\"_type\"\n;;;;;;\n\"a\",b\n",
        "user_id,\"a\nb\";;,,,\n;;;;;;\n",
        "user_id,card_type;;",
    ] {
        let whole = said(&read(TABLE, text));
        for size in 1..=text.len() {
            let mut batch = Batch::new(Terms::new(issue_card(), TABLE));
            text.as_bytes().chunks(size).for_each(|piece| batch.push(piece));
            assert_eq!(said(&batch.end()), whole, "{text:?} in pieces of {size}");
        }
    }
}

#[test]
fn empty_lines_before_the_header_are_none() {
    let table = format!("user_id;card_type\n{USER};virtual\nx;virtual\n");
    for before in ["\n", "\r\n\r\n", "\r", "\"\"\n", "\u{feff}\n"] {
        let text = format!("{before}{table}");
        for size in [1, 2, 3, text.len()] {
            let mut batch = Batch::new(Terms::new(issue_card(), TABLE));
            text.as_bytes().chunks(size).for_each(|piece| batch.push(piece));
            let report = batch.end();
            assert_eq!(
                (said(&report), report.rows),
                (vec!["2 user_id id_prefix @user_id".to_owned()], 2),
                "{before:?}"
            );
        }
    }
}
