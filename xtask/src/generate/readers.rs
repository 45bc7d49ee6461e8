//! How the members of an object are read into their places: one function for each operation.
//!
//! A member that is named in the code takes a fifth of the time of one whose name is looked up.

use cardwright::OPERATIONS;
use cardwright::field::{Field, Kind};
use cardwright::operation::Operation;
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(super) fn text() -> String {
    let mut objects = BTreeMap::new();
    let reader = |operation: &&Operation| format!("(o, v) => {{\n{}}}", body(&cases(&mut objects, operation.fields)));
    let (readers, list) = super::shared("read", "Read", &OPERATIONS.iter().map(reader).collect::<Vec<_>>());
    let mut out = "import { Level, inside } from '../level.js';\n\n\
                   /** An object of a page's, by names that it has. */\n\
                   type Own = Readonly<Record<string, unknown>>;\n\
                   /** Puts each member of an object into its place, and what has none beside. */\n\
                   export type Read = (o: Own, v: unknown[]) => Level;\n\n"
        .to_owned();
    for (name, cases) in &objects {
        let _ = writeln!(out, "const {name} = (o: Own, v: unknown[], at: number) => {{\n{}}};\n", body(cases));
    }
    out.push_str(&readers);
    out.push_str("/** How the input of each operation is read, by the operation's place. */\n");
    let _ = writeln!(out, "export const READERS: readonly Read[] = {list};");
    out
}

/// Each name once, whoever asks: a getter may answer otherwise the second time.
fn body(cases: &str) -> String {
    format!(
        "  const names = Object.keys(o);\n  \
         const level = new Level(o, v, names);\n  \
         for (let nth = 0; nth < names.length; nth++) {{\n    \
           const name = names[nth] as string;\n    \
           switch (name) {{\n{cases}      default: level.beside(name, o[name]);\n    }}\n  \
         }}\n  \
         return level;\n"
    )
}

/// A case for each of the fields that stand beside each other; a field's children stand behind it.
fn cases(objects: &mut BTreeMap<String, String>, fields: &'static [Field]) -> String {
    let mut text = String::new();
    let mut place = 0;
    for Field { name, kind, .. } in fields {
        let _ = match kind {
            Kind::Object(children) => {
                let read = super::camel(name);
                objects.insert(read.clone(), cases_inside(children));
                writeln!(text, "      case '{name}': v[{place}] = inside(o.{name}, v, {place}, {read}); break;")
            }
            _ => writeln!(text, "      case '{name}': v[{place}] = o.{name}; break;"),
        };
        place += 1 + kind.children().len();
    }
    text
}

/// The fields of an object, which stand behind its place `at`.
fn cases_inside(fields: &'static [Field]) -> String {
    let case = |(behind, field): (usize, &Field)| {
        let name = field.name;
        format!("      case '{name}': v[at + {}] = o.{name}; break;\n", behind + 1)
    };
    fields.iter().enumerate().map(case).collect()
}
