//! Short names for what the module imports and exports.
//!
//! Only the glue says these names, wasm-bindgen puts hashes into some, and next to nothing compresses them.

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use wasm_encoder::reencode::{Reencode as _, RoundtripReencoder};
use wasm_encoder::{ExportSection, ImportSection, Module, RawSection};
use wasmparser::{ExternalKind, Parser, Payload};

/// A module with short names, and each long name with its short one.
pub(crate) struct Renamed {
    pub(crate) module: Vec<u8>,
    pub(crate) imports: Vec<(String, String)>,
    pub(crate) exports: Vec<(String, String)>,
}

/// What the imports are of: one word, as it stands before each of them. Also in pkg/src/source/module.ts and no_wasm.rs.
const GLUE: &str = "glue";

/// How the names of closures begin.
const CLOSURE: &str = "wasm_bindgen_";

/// What others than the glue know by name: `judge` and `verdict` are in pkg/src/engine.ts, `check` is where the tests trap.
const KNOWN: [&str; 4] = ["memory", "judge", "verdict", "check"];

impl Renamed {
    /// Renames the imports and exports of a module.
    pub(crate) fn of(module: &[u8]) -> Result<Renamed> {
        let mut renamed = Module::new();
        let (mut imported, mut exported) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            if let Payload::ImportSection(section) = payload {
                let imports = section.into_imports().collect::<Result<Vec<_>, _>>()?;
                imported = short(module, imports.iter().map(|import| import.name));
                let mut section = ImportSection::new();
                for (import, (_, name)) in imports.iter().zip(&imported) {
                    section.import(GLUE, name, RoundtripReencoder.entity_type(import.ty)?);
                }
                renamed.section(&section);
            } else if let Payload::ExportSection(exports) = payload {
                let mut section = ExportSection::new();
                for export in exports {
                    let export = export?;
                    let short = match (export.kind, export.name) {
                        // Two flags of an unwinding module's; this one never unwinds, and its glue has no name for them.
                        (ExternalKind::Global, _) => continue,
                        (_, name) if KNOWN.contains(&name) => name.to_owned(),
                        (_, name) => {
                            let kind = if name.starts_with(CLOSURE) { "closure" } else { "e" };
                            let short = format!("{kind}{}", exported.len());
                            exported.push((name.to_owned(), short.clone()));
                            short
                        }
                    };
                    section.export(&short, RoundtripReencoder.export_kind(export.kind)?, export.index);
                }
                renamed.section(&section);
            } else if let Some((id, range)) = payload.as_section() {
                let data = module.get(range).context("expected a section within the module")?;
                renamed.section(&RawSection { id, data });
            }
        }
        Ok(Renamed { module: renamed.finish(), imports: imported, exports: exported })
    }
}

/// Numbers, but for the first, which stands for the whole module: numbers mean something else in another one, as places of
/// operations do, so that a module of another version must not find glue that fits.
fn short<'a>(module: &[u8], names: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    let version: String = Sha256::digest(module).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let number = |(at, name): (usize, &str)| {
        (name.to_owned(), format!("i{}", if at == 0 { version.clone() } else { at.to_string() }))
    };
    names.enumerate().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CustomSection, EntityType, ExportKind, FunctionSection, TypeSection};

    fn module(of: &str, names: &[&str], exported: &[&str]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        for name in names {
            imports.import(of, name, EntityType::Function(0));
        }
        let mut exports = ExportSection::new();
        for name in exported {
            exports.export(name, ExportKind::Func, 0);
        }
        let kept = CustomSection { name: "kept".into(), data: b"as it was"[..].into() };
        Module::new()
            .section(&types)
            .section(&imports)
            .section(&FunctionSection::new())
            .section(&exports)
            .section(&kept)
            .clone()
            .finish()
    }

    #[test]
    fn names_become_short_and_nothing_else_changes() {
        let given =
            module("./bound.js", &["call_a410eb", "then_656f25"], &["judge", "build", "wasm_bindgen_e44e_invoke"]);
        let Renamed { module: found, imports, exports } = Renamed::of(&given).unwrap();
        assert_eq!(imports.len(), 2);
        assert_eq!((imports[0].0.as_str(), imports[0].1.len()), ("call_a410eb", 9));
        assert_eq!(imports[1], ("then_656f25".to_owned(), "i1".to_owned()));
        let pair = |long: &str, short: &str| (long.to_owned(), short.to_owned());
        assert_eq!(exports, [pair("build", "e0"), pair("wasm_bindgen_e44e_invoke", "closure1")]);
        assert_eq!(found, module("glue", &[&imports[0].1, "i1"], &["judge", "e0", "closure1"]));
    }

    #[test]
    fn another_version_has_another_first_name() {
        let first = |names: &[&str], exported: &[&str]| {
            Renamed::of(&module("./bound.js", names, exported)).unwrap().imports[0].1.clone()
        };
        assert_eq!(first(&["a", "b1"], &["c"]), first(&["a", "b1"], &["c"]));
        assert_ne!(first(&["a", "b1"], &["c"]), first(&["a", "b2"], &["c"]));
        assert_ne!(first(&["a", "b1"], &["c"]), first(&["a"], &["c"]));
        assert_ne!(first(&["a", "b1"], &["c"]), first(&["a", "b1"], &["b", "c"]), "the same imports, other numbers");
    }
}
