//! The order of a module's functions: what looks alike stands together.
//!
//! gzip finds what repeats only within 32 kB, and the code alone has three times that. It takes 2 % off the module, and off
//! every file that holds it.

use anyhow::{Context as _, Result};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// How many functions before it one is compared with. Of 1, 3, 6 and 12 this made the smallest module.
const NEAR: usize = 3;
/// Counted beside a function's own bytes, so that the shortest are not taken for the most alike.
const SHORT: usize = 20;

/// The same module with its functions in another order.
pub(crate) fn ordered(module: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => {
                bodies.push(module.get(body.range()).context("expected a function within the module")?);
            }
            _ => {}
        }
    }
    let order = order(&bodies);
    let mut places = vec![0; order.len()];
    for (place, function) in (imported..).zip(&order) {
        places[*function] = place;
    }
    let mut out = Module::new();
    Moved { imported, order, places }.parse_core_module(&mut out, Parser::new(0), module)?;
    Ok(out.finish())
}

/// Begins with the first, and goes on with whichever shares the largest part of itself with one of the last.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let parts: Vec<_> = bodies.iter().map(|body| body.windows(3).collect::<BTreeSet<_>>()).collect();
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut shared = vec![[0; NEAR]; bodies.len()];
    let mut order = Vec::new();
    let mut next = (!left.is_empty()).then_some(0);
    while let Some(at) = next {
        let last = left.remove(at);
        let nth = order.len() % NEAR;
        for &function in &left {
            shared[function][nth] = parts[function].intersection(&parts[last]).count();
        }
        order.push(last);
        let alike = |function: usize| {
            let most = shared[function].into_iter().max().unwrap_or_default();
            // Of whole numbers, so that every machine builds the same.
            (most << 32) / (parts[function].len() + SHORT)
        };
        next = (0..left.len()).max_by_key(|&at| (alike(left[at]), Reverse(at)));
    }
    order
}

/// Functions on their way to other places.
struct Moved {
    imported: u32,
    /// Which function stands at each place.
    order: Vec<usize>,
    /// Where each function went, as the module counts: imported ones first.
    places: Vec<u32>,
}

impl Reencode for Moved {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        let own = function.checked_sub(self.imported).and_then(|own| self.places.get(own as usize));
        Ok(own.copied().unwrap_or(function))
    }

    fn parse_function_section(
        &mut self,
        out: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for &function in &self.order {
            out.function(types[function]);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, out: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(out, bodies[function].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, ImportSection, RefType,
        TableSection, TableType, TypeSection, ValType,
    };

    /// Functions of the types given, each of which gives numbers away and calls a function.
    fn module(functions: &[(u32, &[i32], u32)], exported: u32, listed: &[u32]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([ValType::I32], []);
        let mut imports = ImportSection::new();
        imports.import("glue", "i0", EntityType::Function(0));
        let (mut declared, mut code) = (FunctionSection::new(), CodeSection::new());
        for (ty, numbers, callee) in functions {
            declared.function(*ty);
            let mut body = Function::new([]);
            for number in *numbers {
                body.instructions().i32_const(*number).drop();
            }
            body.instructions().call(*callee).end();
            code.function(&body);
        }
        let mut tables = TableSection::new();
        let size = listed.len() as u64;
        let table =
            TableType { element_type: RefType::FUNCREF, table64: false, minimum: size, maximum: None, shared: false };
        tables.table(table);
        let mut exports = ExportSection::new();
        exports.export("check", ExportKind::Func, exported);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(listed.into()));
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&declared).section(&tables);
        module.section(&exports).section(&elements).section(&code);
        module.finish()
    }

    #[test]
    fn what_looks_alike_stands_together_and_whoever_calls_it_still_does() {
        let (one, other): (&[i32], &[i32]) = (&[1001, 1002, 1003, 1004], &[2001, 2002, 2003, 2004]);
        // One and three are alike, two and four are; two has a type of its own.
        let given = module(&[(0, one, 0), (1, other, 4), (0, one, 3), (0, other, 2)], 3, &[2, 3]);
        let expected = module(&[(0, one, 0), (0, one, 2), (1, other, 4), (0, other, 3)], 2, &[3, 2]);
        assert_eq!(ordered(&given).unwrap(), expected);
        assert_eq!(ordered(&expected).unwrap(), expected, "what is in order stays so");
    }

    #[test]
    fn a_module_without_functions_stays_as_it_is() {
        let empty = Module::new().finish();
        assert_eq!(ordered(&empty).unwrap(), empty);
    }
}
