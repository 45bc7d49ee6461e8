//! The cipher against PyNaCl, both ways, on 10,000 random messages.

use super::Seal;
use crypto_secretbox::aead::OsRng;
use crypto_secretbox::aead::rand_core::RngCore;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

const MESSAGES: usize = 10_000;

#[test]
fn agrees_with_pynacl_both_ways() {
    let python = std::env::var("CARDWRIGHT_PYTHON").unwrap_or("python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/pynacl.py");
    let secrets: Vec<String> = (0..10).map(|_| hex(&random(16))).collect();
    let texts: Vec<Vec<u8>> = (0..MESSAGES).map(|at| random(at % 1_500)).collect();
    let secret_of = |at: usize| &secrets[at % secrets.len()];

    let mut lines = String::new();
    for (at, text) in texts.iter().enumerate() {
        let sealed = Seal::new(secret_of(at)).seal(text).unwrap();
        writeln!(lines, "{}\t{}\t{sealed}", secret_of(at), hex(text)).unwrap();
    }
    let mut oracle = Command::new(&python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = oracle.stdin.take().unwrap();
    let writing = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = oracle.wait_with_output().unwrap();
    // A script that stopped early breaks the pipe; what it said stands above, and the status says the rest.
    let _ = writing.join().unwrap();
    assert!(output.status.success(), "expected a Python with PyNaCl; `cargo xtask test` installs one");

    let answers = String::from_utf8(output.stdout).unwrap();
    let mut judged = 0;
    for (at, (line, text)) in answers.lines().zip(&texts).enumerate() {
        let (opened, sealed) = line.split_once('\t').unwrap();
        assert_eq!(opened, hex(text), "what we sealed, message {at}");
        assert_eq!(Seal::new(secret_of(at)).open(sealed).as_deref(), Ok(&text[..]), "what PyNaCl sealed, message {at}");
        judged += 1;
    }
    assert_eq!(judged, MESSAGES);
}

fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}
