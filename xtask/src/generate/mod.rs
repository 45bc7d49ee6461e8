//! TypeScript made from the descriptors: nothing that Rust knows is written a second time by hand.

mod answers;
mod codes;
mod codes_page;
mod contract;
mod cures;
mod messages;
pub(crate) mod openapi;
mod operations;
mod outcomes;
mod readers;
mod requests;
mod retries_page;

use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

const HEAD: &str = "// Made by `cargo xtask build` from the descriptors in src/. Do not edit.\n\n";

/// Writes every generated TypeScript file, and the pages of codes and of retries.
pub(crate) fn write(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).context("expected a folder for generated files")?;
    for (name, text) in [
        ("answers.ts", answers::text()),
        ("codes.ts", codes::text()),
        ("contract.ts", contract::text()),
        ("messages.ts", messages::text()),
        ("operations.ts", operations::text()),
        ("readers.ts", readers::text()),
        ("requests.ts", requests::text()),
    ] {
        let text = format!("{HEAD}{text}");
        let file = folder.join(name);
        // An unchanged file keeps its time, so that nothing downstream is rebuilt for it.
        if fs::read_to_string(&file).ok().as_deref() != Some(text.as_str()) {
            fs::write(&file, text).with_context(|| format!("expected to write {}", file.display()))?;
        }
    }
    codes_page::write()?;
    retries_page::write()
}

/// `'a' | 'b'`
fn union<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" | ")
}

/// `[it0, it1, it1]`, behind what each is: functions that are alike are written once.
fn shared(name: &str, kind: &str, functions: &[String]) -> (String, String) {
    let mut distinct: Vec<&str> = Vec::new();
    let places: Vec<_> = functions
        .iter()
        .map(|function| {
            let known = distinct.iter().position(|known| known == function);
            let at = known.unwrap_or_else(|| {
                distinct.push(function);
                distinct.len() - 1
            });
            format!("{name}{at}")
        })
        .collect();
    let written =
        distinct.iter().enumerate().map(|(at, function)| format!("const {name}{at}: {kind} = {function};\n\n"));
    (written.collect(), format!("[{}]", places.join(", ")))
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// `issue_card` or `issueCard` as `IssueCard`.
fn pascal(name: &str) -> String {
    name.split('_')
        .map(|part| part.chars().take(1).flat_map(char::to_uppercase).chain(part.chars().skip(1)).collect::<String>())
        .collect()
}

/// `issue_card` as `issueCard`.
fn camel(name: &str) -> String {
    pascal(name).replacen(char::is_uppercase, &name[..1], 1)
}
