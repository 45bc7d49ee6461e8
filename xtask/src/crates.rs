//! Which crate put how much into the wasm.

use crate::wasm;
use anyhow::Result;
use std::collections::BTreeMap;
use wasmparser::{KnownCustom, Name, NameSectionReader, Parser, Payload};

/// Prints the bytes of code each crate put into the wasm, before wasm-opt folds them together, and the largest functions.
pub(crate) fn print() -> Result<()> {
    let bytes = std::fs::read(wasm::Module::Rules.named())?;
    let mut names = BTreeMap::new();
    let mut sizes = Vec::new();
    let mut imported = 0;
    let mut data = 0;
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload? {
            Payload::ImportSection(imports) => {
                let functions = imports
                    .into_imports()
                    .filter(|i| matches!(i, Ok(i) if matches!(i.ty, wasmparser::TypeRef::Func(_))));
                imported = u32::try_from(functions.count())?;
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::DataSection(section) => data = section.range().len(),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(reader) = section.as_known() {
                    read_names(reader, &mut names)?;
                }
            }
            _ => {}
        }
    }
    let mut by_crate: BTreeMap<String, usize> = BTreeMap::from([("(static data)".into(), data)]);
    let mut functions = Vec::new();
    for (at, size) in sizes.into_iter().enumerate() {
        let name = names.get(&(imported + u32::try_from(at)?)).map_or("", String::as_str);
        *by_crate.entry(crate_of(name).to_owned()).or_default() += size;
        functions.push((name, size));
    }
    let mut crates: Vec<_> = by_crate.iter().map(|(name, size)| (name.as_str(), *size)).collect();
    table("bytes before wasm-opt, by crate", &mut crates);
    table("the largest functions", &mut functions);
    Ok(())
}

/// The 24 largest rows.
fn table(head: &str, rows: &mut [(&str, usize)]) {
    rows.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    println!("\n{head}");
    for (name, size) in rows.iter().take(24) {
        println!("{size:>10}  {name}");
    }
}

fn read_names(reader: NameSectionReader<'_>, names: &mut BTreeMap<u32, String>) -> Result<()> {
    for name in reader {
        if let Name::Function(functions) = name? {
            for naming in functions {
                let naming = naming?;
                names.insert(naming.index, readable(naming.name));
            }
        }
    }
    Ok(())
}

/// A function's name without the hashes of its crates: `cardwright[97b5de44cf7d233f]::check::judge` is `cardwright::check::judge`.
fn readable(name: &str) -> String {
    let mut parts = name.split('[');
    let mut readable = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if !hash.is_empty() && hash.chars().all(|c| c.is_ascii_hexdigit()) => readable += rest,
            _ => readable.extend(["[", part]),
        }
    }
    readable
}

/// `<alloc::string::String as core::fmt::Write>::write_str` belongs to alloc, and what has no path is one of our exports.
fn crate_of(function: &str) -> &str {
    let mut plain = function.trim_start_matches(['<', '&', '(', '*', '[']);
    for word in ["dyn ", "mut ", "const "] {
        plain = plain.trim_start_matches(word);
    }
    match plain.split_once("::") {
        Some((krate, _)) if krate.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => krate,
        _ if plain.starts_with("str>") || plain.starts_with("char>") || plain.starts_with("u8]>") => "core",
        _ if plain.starts_with("__") => "wasm_bindgen",
        _ => "(exports, with what was put into them)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_crate_of_its_type_or_path() {
        for (name, plain, krate) in [
            ("cardwright[97b5de44cf7d233f]::check::judge", "cardwright::check::judge", "cardwright"),
            ("<cardwright[97b5de44cf7d233f]::field::Kind>::prove", "<cardwright::field::Kind>::prove", "cardwright"),
            (
                "<&mut alloc[7a]::string::String as core[f]::fmt::Write>::w",
                "<&mut alloc::string::String as core::fmt::Write>::w",
                "alloc",
            ),
            ("<str>::trim_matches::<<char>::is_whitespace>", "<str>::trim_matches::<<char>::is_whitespace>", "core"),
            ("<[u8]>::to_vec", "<[u8]>::to_vec", "core"),
            ("__externref_heap_live_count", "__externref_heap_live_count", "wasm_bindgen"),
            ("readAnswer", "readAnswer", "(exports, with what was put into them)"),
        ] {
            assert_eq!(readable(name), plain);
            assert_eq!(crate_of(&readable(name)), krate, "{name}");
        }
    }
}
