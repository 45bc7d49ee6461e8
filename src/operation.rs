//! What a descriptor is, and the list of all of them.

use crate::envelope::Shape;
use crate::field::Field;
use crate::host_text::HostText;
use crate::issue::NoticeCode;
use crate::{ingo, pintopay};

/// No operation has more fields than this, children included.
pub const MOST_FIELDS: usize = 16;

/// The one description of something that can be asked of an issuer.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name, issuer first: `ingo.issueCard`.
    pub name: &'static str,
    /// What it does, as a tooltip says it.
    pub summary: HostText,
    /// The HTTP method between page and proxy.
    pub method: Method,
    /// The path below the proxy's base: `/ingo/cards/issue`.
    pub path: &'static str,
    /// Where the issuer takes it, or `None` if the proxy answers from its own register.
    pub upstream: Option<Upstream>,
    /// What may be done when an answer is lost.
    pub safety: Safety,
    /// Whether it goes out even when the proxy cannot claim it: a stolen card cannot wait for a database.
    pub urgent: bool,
    /// The input's fields, in the order of the form.
    pub fields: &'static [Field],
    /// Groups of fields of which exactly one is given.
    pub one_of: &'static [&'static [&'static str]],
    /// Advice that depends on more than one field.
    pub advice: &'static [Advice],
    /// The answer's known fields.
    pub answer: &'static Shape,
}

/// How the page asks the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The input travels in the query.
    Get,
    /// The input travels as JSON in the body.
    Post,
}

impl Method {
    /// The method's word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// Where an issuer takes an operation, unless the proxy's configuration says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// The version in the path: `v4`.
    pub version: HostText,
    /// The path behind the version: `/user/routable-cards/create`.
    pub path: HostText,
}

impl Upstream {
    pub(crate) const fn at(version: &'static str, path: &'static str) -> Upstream {
        Upstream { version: HostText::new(version), path: HostText::new(path) }
    }
}

/// What may be done when an answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// The issuer honours a key: a copy may be sent again with the same key.
    Keyed,
    /// Doing it twice ends in the same state.
    Convergent,
    /// Sent to the issuer at most once, whatever happens.
    Once,
    /// Changes nothing: retry freely.
    Read,
}

impl Safety {
    /// The class as it stands in TypeScript and in the documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Safety::Keyed => "keyed",
            Safety::Convergent => "convergent",
            Safety::Once => "once",
            Safety::Read => "read",
        }
    }

    /// Whether a lost answer leaves it open what happened.
    pub const fn is_write(self) -> bool {
        !matches!(self, Safety::Read)
    }
}

/// A notice, and the fields that call for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Advice {
    /// All of them must hold.
    pub when: &'static [Condition],
    /// The field the notice is shown at.
    pub field: &'static str,
    /// The advice.
    pub notice: NoticeCode,
}

/// Something that is true or false of a checked field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The field has this word.
    Is(&'static str, &'static str),
    /// The field is this boolean.
    IsBool(&'static str, bool),
    /// The field is given.
    Given(&'static str),
}

impl Condition {
    /// The field the condition looks at.
    pub const fn field(&self) -> &'static str {
        match self {
            Condition::Is(field, _) | Condition::IsBool(field, _) | Condition::Given(field) => field,
        }
    }
}

/// Every operation there is. To add one: a file beside its siblings, and a row here.
pub static OPERATIONS: &[&Operation] = &[
    &ingo::ISSUE_CARD,
    &ingo::ACTIVATE_CARD,
    &ingo::FREEZE_CARD,
    &ingo::UNFREEZE_CARD,
    &ingo::REISSUE_CARD,
    &ingo::LIST_CARDS,
    &pintopay::CREATE_CARD,
    &pintopay::CHECK_ORDER,
    &pintopay::GET_CARD,
    &pintopay::LIST_ORDERS,
];

/// The operation with this name.
pub fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().copied().find(|operation| operation.name == name)
}

impl Operation {
    /// The issuer's word before the dot.
    pub fn issuer(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(issuer, _)| issuer)
    }

    /// The method's word behind the dot: `issueCard`.
    pub fn method_name(&self) -> &'static str {
        // By bytes: what looks for a `char` is 0.2 kB (gzip) of the wasm, and nothing else there does.
        let dot = self.name.bytes().position(|byte| byte == b'.');
        dot.and_then(|dot| self.name.get(dot + 1..)).unwrap_or(self.name)
    }

    /// Every field in the order of the form, each before its children: a child beside its parent.
    pub fn every_field(&self) -> impl Iterator<Item = (Option<&'static Field>, &'static Field)> {
        (0..).map_while(|place| self.field_at(place))
    }

    /// The field at a place of [`every_field`](Operation::every_field), beside its parent.
    pub fn field_at(&self, place: usize) -> Option<(Option<&'static Field>, &'static Field)> {
        let mut first = 0;
        for field in self.fields {
            let children = field.kind.children();
            match place.checked_sub(first)? {
                0 => return Some((None, field)),
                below if below <= children.len() => return children.get(below - 1).map(|child| (Some(field), child)),
                _ => first += 1 + children.len(),
            }
        }
        None
    }

    /// The field at a path of names, children included.
    pub fn field(&self, path: &[&str]) -> Option<&'static Field> {
        let (first, rest) = path.split_first()?;
        let mut field = self.fields.iter().find(|field| field.name == *first)?;
        for name in rest {
            field = field.kind.children().iter().find(|child| child.name == *name)?;
        }
        Some(field)
    }
}
