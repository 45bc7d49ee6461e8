//! The table of functions, without those that only wasm-bindgen asked for while it made the glue.
//!
//! Whatever stands in the table stays in the module. Closures are called by an export each, and there is no JSPI here, so that
//! nothing ever takes these out of the table: 0.3 kB of gzip.

use anyhow::Result;
use std::collections::BTreeSet;
use std::convert::Infallible;
use wasm_encoder::reencode::utils::element_items;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{Elements, Module};
use wasmparser::{ElementItems, KnownCustom, Name, Naming, Parser, Payload, TypeRef};

/// What is in the names of such functions.
const UNCALLED: [&str; 2] = ["wasm_bindgen::convert::closures::", "js_sys::futures::jspi::"];

/// The same module with the shortest of these functions in place of all: it traps.
pub(crate) fn cleared(module: &[u8]) -> Result<Vec<u8>> {
    let (mut lengths, mut uncalled) = (Vec::new(), BTreeSet::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let is_function = matches!(import?.ty, TypeRef::Func(_));
                    lengths.extend(is_function.then_some(usize::MAX));
                }
            }
            Payload::CodeSectionEntry(body) => lengths.push(body.range().len()),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(names) = section.as_known() else { continue };
                for name in names {
                    let Name::Function(functions) = name? else { continue };
                    for function in functions {
                        let Naming { index, name } = function?;
                        let is_uncalled = UNCALLED.iter().any(|part| without_hashes(name).contains(part));
                        uncalled.extend(is_uncalled.then_some(index));
                    }
                }
            }
            _ => {}
        }
    }
    let shortest = uncalled.iter().copied().min_by_key(|function| lengths.get(*function as usize));
    let mut out = Module::new();
    Cleared { uncalled, shortest }.parse_core_module(&mut out, Parser::new(0), module)?;
    Ok(out.finish())
}

/// A name without the hashes of crates: `js_sys[586faa3a]::global` is `js_sys::global`.
fn without_hashes(name: &str) -> String {
    name.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest)).collect()
}

struct Cleared {
    uncalled: BTreeSet<u32>,
    shortest: Option<u32>,
}

impl Reencode for Cleared {
    type Error = Infallible;

    fn element_items<'a>(&mut self, items: ElementItems<'a>) -> Result<Elements<'a>, Error<Infallible>> {
        let ElementItems::Functions(functions) = items else { return element_items(self, items) };
        let instead = |function| self.shortest.filter(|_| self.uncalled.contains(&function)).unwrap_or(function);
        let kept: Result<Vec<_>, _> = functions.into_iter().map(|function| function.map(instead)).collect();
        Ok(Elements::Functions(kept?.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, ConstExpr, ElementSection, Function, FunctionSection, NameMap, NameSection, TableSection,
        TableType, TypeSection,
    };

    /// Functions by name, each of so many instructions, and the table that has these.
    fn module(functions: &[(&str, usize)], table: &[u32]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let (mut declared, mut code, mut names) = (FunctionSection::new(), CodeSection::new(), NameMap::new());
        for (index, (name, length)) in (0..).zip(functions) {
            declared.function(0);
            let mut body = Function::new([]);
            (0..*length).for_each(|_| _ = body.instructions().nop());
            body.instructions().end();
            code.function(&body);
            names.append(index, name);
        }
        let mut tables = TableSection::new();
        let element_type = wasm_encoder::RefType::FUNCREF;
        tables.table(TableType { element_type, minimum: 9, maximum: None, table64: false, shared: false });
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(1), Elements::Functions(table.into()));
        let mut named = NameSection::new();
        named.functions(&names);
        let mut out = Module::new();
        out.section(&types).section(&declared).section(&tables).section(&elements).section(&code).section(&named);
        out.finish()
    }

    #[test]
    fn what_nothing_calls_is_not_in_the_table() {
        let functions = [
            ("wasm_bindgen[a1]::convert::closures::_::invoke::<js_sys[b2]::Array>", 4),
            ("cardwright[c3]::check", 1),
            ("js_sys[b2]::futures::jspi::task_waker::raw_wake", 2),
            ("js_sys[b2]::futures::task::raw_wake", 9),
        ];
        let found = cleared(&module(&functions, &[3, 0, 1, 2, 0])).unwrap();
        assert_eq!(found, module(&functions, &[3, 2, 1, 2, 2]));
    }

    #[test]
    fn without_such_functions_nothing_changes() {
        let given = module(&[("cardwright[c3]::check", 1)], &[0]);
        assert_eq!(cleared(&given).unwrap(), given);
    }
}
