//! How a request is made of values by place: a literal for each shape a request can have.
//!
//! A literal asks no prototype, and takes a tenth of the time of a copy that values are put into once many shapes were met.

use cardwright::OPERATIONS;
use cardwright::field::{Field, Kind, Presence};
use cardwright::operation::Operation;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Of more optional members there is no literal for each shape: they are copied in, which takes longer.
const MOST_OPTIONAL: usize = 3;

pub(super) fn text() -> String {
    let mut objects = BTreeMap::new();
    let request = |operation: &&Operation| {
        let members: Vec<_> = members(&mut objects, operation.fields, At::Top).collect();
        format!("(v, m) => ({})", object(&members))
    };
    let (requests, list) = super::shared("make", "Make", &OPERATIONS.iter().map(request).collect::<Vec<_>>());
    let mut out = "/** Values by place, and a bit for each place that is part of the request. */\n\
                   type Make = (v: readonly unknown[], m: number) => object;\n\n"
        .to_owned();
    for (name, text) in &objects {
        let _ = writeln!(out, "const {name} = (v: readonly unknown[], m: number, at: number) => ({text});\n");
    }
    out.push_str(&requests);
    out.push_str("/** How the request of each operation is made, by the operation's place. */\n");
    let _ = writeln!(out, "export const REQUESTS: readonly Make[] = {list};");
    out
}

/// Where fields stand.
#[derive(Clone, Copy)]
enum At {
    Top,
    /// Behind the place of the object they belong to, which is `at`.
    Inside,
}

struct Member {
    /// `name: v[1]`
    text: String,
    /// `m & 2`, where it may be absent.
    given: Option<String>,
}

/// Fields that stand beside each other; a field's children stand behind it.
fn members<'o>(
    objects: &'o mut BTreeMap<String, String>,
    fields: &'static [Field],
    at: At,
) -> impl Iterator<Item = Member> + use<'o> {
    let placed = fields.iter().scan(matches!(at, At::Inside).into(), |next: &mut usize, field| {
        let place = *next;
        *next += 1 + field.kind.children().len();
        Some((place, field))
    });
    placed.filter(|(_, field)| field.kind.is_sent()).map(move |(place, field)| {
        let name = field.name;
        let (value, bit) = match at {
            At::Top => (format!("v[{place}]"), format!("m & {}", 1 << place)),
            At::Inside => (format!("v[at + {place}]"), format!("m & ({} << at)", 1 << place)),
        };
        let text = match field.kind {
            Kind::Object(children) => {
                let inside: Vec<_> = members(objects, children, At::Inside).collect();
                let made = super::camel(name);
                let text = format!("{name}: {made}(v, m, {place})");
                objects.insert(made, object(&inside));
                text
            }
            _ => format!("{name}: {value}"),
        };
        Member { text, given: (!matches!(field.presence, Presence::Required)).then_some(bit) }
    })
}

fn object(members: &[Member]) -> String {
    let optional = members.iter().filter(|member| member.given.is_some()).count();
    if optional <= MOST_OPTIONAL {
        return shapes(members, &mut Vec::new());
    }
    let texts: Vec<_> = members
        .iter()
        .map(|Member { text, given }| {
            given.as_ref().map_or(text.clone(), |bit| format!("...({bit} ? {{ {text} }} : null)"))
        })
        .collect();
    format!("{{ {} }}", texts.join(", "))
}

/// `m & 4 ? { a: v[0], b: v[2] } : { a: v[0] }`: with and without each optional member.
fn shapes<'m>(members: &'m [Member], before: &mut Vec<&'m str>) -> String {
    let Some((Member { text, given }, rest)) = members.split_first() else {
        return format!("{{ {} }}", before.join(", "));
    };
    before.push(text);
    let with = shapes(rest, before);
    before.pop();
    match given {
        Some(bit) => format!("{bit} ? {with} : {}", shapes(rest, before)),
        None => with,
    }
}
