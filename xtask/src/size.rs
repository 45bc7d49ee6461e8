//! What the package weighs, and which crate costs what.

use crate::{package, wasm};
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use wasmparser::{KnownCustom, Name, NameSectionReader, Parser, Payload};

/// Prints raw, gzip and brotli of every file that holds code.
pub(crate) fn print() -> Result<()> {
    println!("{:<34}{:>10}{:>10}{:>10}", "size in bytes", "raw", "gzip -9", "brotli 11");
    package::code().try_for_each(|name| row(&name, &package::dist().join(&name)))
}

fn row(name: &str, file: &Path) -> Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("expected {}", file.display()))?;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&bytes)?;
    let gzip = gzip.finish()?.len();
    let mut brotli = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut brotli, &settings)?;
    println!("{name:<34}{:>10}{gzip:>10}{:>10}", bytes.len(), brotli.len());
    Ok(())
}

/// Prints the bytes of code each crate put into the wasm, before wasm-opt folds them together.
pub(crate) fn print_by_crate() -> Result<()> {
    let bytes = std::fs::read(wasm::named())?;
    let mut names = BTreeMap::new();
    let mut sizes = Vec::new();
    let mut imported = 0;
    let mut data = 0;
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload? {
            Payload::ImportSection(imports) => {
                let functions =
                    imports.into_iter().filter(|i| matches!(i, Ok(i) if matches!(i.ty, wasmparser::TypeRef::Func(_))));
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
        *by_crate.entry(crate_of(name)).or_default() += size;
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
                names.insert(naming.index, naming.name.to_owned());
            }
        }
    }
    Ok(())
}

/// `<alloc::string::String as core::fmt::Write>::write_str` belongs to alloc.
fn crate_of(function: &str) -> String {
    let plain = function.trim_start_matches(['<', '&', '(', '*', '[']);
    let plain = ["dyn ", "mut ", "const "].iter().fold(plain, |plain, word| plain.trim_start_matches(word));
    match plain.split_once("::") {
        Some((krate, _)) if krate.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            krate.split('[').next().unwrap_or(krate).into()
        }
        _ if function.starts_with("__wbindgen")
            || function.starts_with("__wbg")
            || function.starts_with("__externref") =>
        {
            "wasm_bindgen".into()
        }
        _ => "(other)".into(),
    }
}
