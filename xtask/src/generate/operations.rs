//! The types of inputs and requests, the client's methods, and what a form wants to know of each field.

use super::{pascal, quoted, union};
use cardwright::OPERATIONS;
use cardwright::envelope::AnswerKind;
use cardwright::field::{Field, ID_MAX, Kind, LAST_PAGE, Presence, SERVED_COUNTRY, STATES};
use cardwright::operation::{Condition, Operation};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

pub(super) fn text() -> String {
    let mut objects = BTreeMap::new();
    let mut body = String::new();
    let mut fields = BTreeMap::new();
    for operation in OPERATIONS {
        input(&mut objects, &mut body, operation);
        request(&mut body, operation);
        descriptor(&mut fields, &mut body, operation);
    }
    client(&mut body);
    resolved(&mut body);
    let answers: BTreeSet<&str> = OPERATIONS.iter().map(|operation| item(operation)).collect();
    let mut out = format!(
        "import type {{ CallOptions, CardsData, Descriptor, ListData, Result, SafeResult }} from '../contract.js';\n\
         import type {{ {} }} from './answers.js';\n",
        answers.into_iter().collect::<Vec<_>>().join(", ")
    );
    for text in objects.values() {
        out.push('\n');
        out.push_str(text);
    }
    let _ = writeln!(
        out,
        "\n/** A US state, the District of Columbia, a territory or a military area. */\nexport type State ="
    );
    let _ = writeln!(out, "  | {};\n", union(STATES.iter().copied()));
    let _ = writeln!(
        out,
        "/** As one text: each in quotes, they are 40 bytes more (gzip). */\nconst STATES = /* @__PURE__ */ {}.match(/../g) as State[];\n",
        quoted(&STATES.concat())
    );
    out.push_str(&body);
    out
}

type Objects = BTreeMap<String, String>;

/// What a form holds: every word of a choice may still be missing, every box may be empty.
fn input(objects: &mut Objects, out: &mut String, operation: &Operation) {
    let name = pascal(operation.method_name());
    let _ = writeln!(
        out,
        "/** What a form for {} holds: not yet checked. */\nexport interface {name}Input {{",
        operation.name
    );
    for field in operation.fields {
        input_field(objects, out, field);
    }
    out.push_str("}\n\n");
}

fn input_field(objects: &mut Objects, out: &mut String, field: &'static Field) {
    let optional = if matches!(field.presence, Presence::Required) { "" } else { "?" };
    let kind = match field.kind {
        Kind::Boolean => "boolean | ''".into(),
        Kind::Page => "number | string".into(),
        Kind::Choice(_) | Kind::State | Kind::Country => format!("{} | (string & {{}})", sent(field)),
        Kind::Object(children) => {
            let name = pascal(field.name);
            object(objects, &name, children);
            format!("{name}Input")
        }
        _ => "string".into(),
    };
    let _ = writeln!(out, "  /** {} */\n  {}{optional}: {kind} | null | undefined;", field.doc, field.name);
}

fn object(objects: &mut Objects, name: &str, children: &'static [Field]) {
    let mut input = format!("/** The {name} of a form: not yet checked. */\nexport interface {name}Input {{\n");
    let mut request = format!("/** A checked {name}. */\nexport interface {name} {{\n");
    for child in children {
        input_field(objects, &mut input, child);
        request_field(&mut request, child, matches!(child.presence, Presence::Required));
    }
    objects.insert(name.into(), format!("{input}}}\n\n{request}}}\n"));
}

/// What is sent. Where a field depends on a word, the request is a union over that word.
fn request(out: &mut String, operation: &Operation) {
    let name = pascal(operation.method_name());
    let dependent = |field: &&Field| matches!(field.presence, Presence::RequiredWhen(..) | Presence::OnlyWhen(..));
    let on = operation.fields.iter().find_map(|field| match field.presence {
        Presence::RequiredWhen(Condition::Is(on, word), _) => Some((on, word)),
        _ => None,
    });
    let _ = writeln!(out, "/** A checked request of {}. */", operation.name);
    let Some((on, word)) = on else {
        let _ = writeln!(out, "export interface {name}Request {{");
        for field in operation.fields.iter().filter(|field| field.kind.is_sent()) {
            request_field(out, field, matches!(field.presence, Presence::Required));
        }
        out.push_str("}\n\n");
        return;
    };
    let _ = writeln!(out, "export type {name}Request = {{");
    for field in operation.fields.iter().filter(|field| field.kind.is_sent() && field.name != on && !dependent(field)) {
        request_field(out, field, matches!(field.presence, Presence::Required));
    }
    out.push_str("} & (\n");
    let chosen = operation.fields.iter().find(|field| field.name == on);
    let words = match chosen.map(|field| field.kind) {
        Some(Kind::Choice(words)) => words,
        _ => &[],
    };
    for other in words {
        let mut members = vec![format!("{on}: {}", quoted(other))];
        for field in operation.fields.iter().filter(dependent) {
            match field.presence {
                Presence::RequiredWhen(..) if *other == word => {
                    members.push(format!("{}: {}", field.name, sent(field)))
                }
                Presence::OnlyWhen(..) if *other == word => members.push(format!("{}?: {}", field.name, sent(field))),
                _ => {}
            }
        }
        let _ = writeln!(out, "  | {{ {} }}", members.join("; "));
    }
    if chosen.is_some_and(|field| matches!(field.presence, Presence::Optional)) {
        let members: Vec<_> = operation
            .fields
            .iter()
            .filter(dependent)
            .map(|field| format!("{}?: {}", field.name, sent(field)))
            .collect();
        let _ = writeln!(out, "  | {{ {on}?: undefined; {} }}", members.join("; "));
    }
    out.push_str(");\n\n");
}

fn request_field(out: &mut String, field: &'static Field, required: bool) {
    let optional = if required { "" } else { "?" };
    let _ = writeln!(out, "  /** {} */\n  {}{optional}: {};", field.doc, field.name, sent(field));
}

fn sent(field: &Field) -> String {
    match field.kind {
        Kind::Boolean => "boolean".into(),
        Kind::Page => "number".into(),
        Kind::Choice(words) => union(words.iter().copied()),
        Kind::State => "State".into(),
        Kind::Country => quoted(SERVED_COUNTRY),
        Kind::Object(_) => pascal(field.name),
        _ => "string".into(),
    }
}

/// What is known of an operation. Fields that another has, all of them and no more, are its own, by their text.
fn descriptor(known: &mut BTreeMap<String, String>, out: &mut String, operation: &Operation) {
    let mut fields = "{\n".to_owned();
    for field in operation.fields {
        constraints(&mut fields, "", field, matches!(field.presence, Presence::Required));
        for child in field.kind.children() {
            let required = matches!(field.presence, Presence::Required) && matches!(child.presence, Presence::Required);
            constraints(&mut fields, &format!("{}.", field.name), child, required);
        }
    }
    fields.push_str("  }");
    let name = format!("{}Descriptor", operation.method_name());
    let _ = writeln!(
        out,
        "export const {name} = {{\n  name: {},\n  place: {},\n  safety: {},\n  fields: {},",
        quoted(operation.name),
        OPERATIONS.iter().position(|known| known.name == operation.name).unwrap_or_default(),
        quoted(operation.safety.as_str()),
        known.get(&fields).unwrap_or(&fields),
    );
    known.entry(fields).or_insert(format!("{name}.fields"));
    presence(out, operation);
    out.push_str("} as const satisfies Descriptor;\n\n");
}

/// What no single field can say: which children stand in every object of theirs, and what depends on another field.
fn presence(out: &mut String, operation: &Operation) {
    let whole = operation.fields.iter().find(is_choice).or(operation.fields.first());
    let _ = writeln!(out, "  whole: {},", quoted(whole.map_or("", |field| field.name)));
    let mut inside = Vec::new();
    let mut when = Vec::new();
    for field in operation.fields {
        for child in field.kind.children().iter().filter(|child| matches!(child.presence, Presence::Required)) {
            inside.push(quoted(&format!("{}.{}", field.name, child.name)));
        }
        // The test of descriptors holds that a presence depends on nothing but a word.
        if let Presence::RequiredWhen(Condition::Is(on, word), _) | Presence::OnlyWhen(Condition::Is(on, word), _) =
            field.presence
        {
            let required = matches!(field.presence, Presence::RequiredWhen(..));
            when.push(format!("{}: [{}, {}, {required}]", field.name, quoted(on), quoted(word)));
        }
    }
    if !inside.is_empty() {
        let _ = writeln!(out, "  inside: [{}],", inside.join(", "));
    }
    if !when.is_empty() {
        let _ = writeln!(out, "  when: {{ {} }},", when.join(", "));
    }
    if !operation.one_of.is_empty() {
        let groups: Vec<_> = operation.one_of.iter().map(|group| format!("[{}]", list(group))).collect();
        let _ = writeln!(out, "  oneOf: [{}],", groups.join(", "));
    }
}

/// Whether the person has to choose here: the form shows it, and everybody finds it.
fn is_choice(field: &&Field) -> bool {
    matches!((field.presence, field.kind), (Presence::Required, Kind::Choice(_) | Kind::Boolean))
}

/// What a form control can be told about a field.
fn constraints(out: &mut String, parents: &str, field: &'static Field, required: bool) {
    let mut members = vec![format!("required: {required}")];
    match field.kind {
        Kind::Id(prefix) => {
            members.push(format!("maxLength: {ID_MAX}"));
            members.push(format!(
                "pattern: {}",
                quoted(&format!("\\s*{prefix}[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}\\s*"))
            ));
        }
        Kind::Text(max) => members.push(format!("maxLength: {max}")),
        Kind::Choice(words) => members.push(format!("choices: [{}]", list(words))),
        Kind::State => members.push("choices: STATES".into()),
        Kind::Country => members.push(format!("choices: [{}]", quoted(SERVED_COUNTRY))),
        // No length: it would cut a code that is pasted behind a blank, and never is a wrong one too long.
        Kind::PostalCode => members.push("pattern: '\\\\s*[0-9]{5}\\\\s*', inputMode: 'numeric'".into()),
        Kind::Key => members.push("maxLength: 64, pattern: '[A-Za-z0-9_\\\\-]{16,64}'".into()),
        Kind::Page => members.push(format!("max: {LAST_PAGE}, inputMode: 'numeric'")),
        Kind::Boolean | Kind::Object(_) => {}
    }
    if let Some(token) = field.autocomplete {
        members.push(format!("autocomplete: {}", quoted(&token)));
    }
    let _ = writeln!(
        out,
        "    {}: {{ constraints: {{ {} }}{} }},",
        quoted(&format!("{parents}{}", field.name)),
        members.join(", "),
        match field.kind {
            Kind::Boolean => ", boolean: true".into(),
            Kind::Id(prefix) => format!(", prefix: {}", quoted(prefix)),
            _ => String::new(),
        }
    );
}

fn list(words: &[&str]) -> String {
    union(words.iter().copied()).replace(" | ", ", ")
}

/// Each issuer's methods, twice: as they reject, and as they never do.
fn client(out: &mut String) {
    let mut issuers: Vec<&str> = OPERATIONS.iter().map(|operation| operation.issuer()).collect();
    issuers.dedup();
    for issuer in issuers {
        let operations = || OPERATIONS.iter().filter(|operation| operation.issuer() == issuer);
        for (safe, result, doc) in [
            ("", "Result", "Each rejects with a `CardwrightError`."),
            ("Safe", "SafeResult", "None rejects; what they give is plain and can be cloned."),
        ] {
            let _ = writeln!(
                out,
                "/** The operations of {issuer}. {doc} */\nexport interface {safe}{}Client {{",
                pascal(issuer)
            );
            for operation in operations() {
                let method = operation.method_name();
                let _ = writeln!(
                    out,
                    "  /** {} */\n  {method}(values: {}Input, options?: CallOptions): Promise<{result}<{}>>;",
                    operation.summary,
                    pascal(method),
                    data(operation)
                );
            }
            out.push_str("}\n\n");
        }
        let list: Vec<_> = operations().map(|operation| format!("{}Descriptor", operation.method_name())).collect();
        let _ = writeln!(out, "export const {} = [{}] as const;", issuer.to_uppercase(), list.join(", "));
    }
}

/// What an intent gives when it is found again by its key: which operation it was of is known only then.
fn resolved(out: &mut String) {
    let _ = writeln!(out, "/** What became of an intent that was asked about by its key. */\nexport type Resolved =");
    let writes: Vec<_> = OPERATIONS
        .iter()
        .filter(|operation| operation.safety.is_write())
        .map(|operation| {
            format!("  | ({{ readonly operation: {} }} & Result<{}>)", quoted(operation.name), data(operation))
        })
        .collect();
    let _ = writeln!(out, "{};", writes.join("\n"));
}

/// The type of an operation's `data`: a list with what belongs to it, or the one object behind the wrapper.
fn data(operation: &Operation) -> String {
    let item = item(operation);
    match (list_of(operation), item.ends_with("Card")) {
        (None, _) => item.into(),
        (Some(_), true) => format!("CardsData<{item}>"),
        (Some(_), false) => format!("ListData<{item}>"),
    }
}

/// What an operation answers with, one or a list of it.
fn item(operation: &Operation) -> &'static str {
    let one = operation.answer.fields.iter().find_map(|field| match field.kind {
        AnswerKind::Object(name, _) => Some(name.as_str()),
        _ => None,
    });
    list_of(operation).or(one).unwrap_or(operation.answer.name.as_str())
}

fn list_of(operation: &Operation) -> Option<&'static str> {
    operation.answer.fields.iter().find_map(|field| match field.kind {
        AnswerKind::Object(_, fields) => fields.iter().find_map(|field| match field.kind {
            AnswerKind::List(item, _) => Some(item.as_str()),
            _ => None,
        }),
        _ => None,
    })
}
