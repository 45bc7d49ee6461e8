//! Runs a descriptor over an input: every issue at once, or the request.

use crate::credential;
use crate::field::{Field, IdForm, Kind, Presence, Proven};
use crate::input::{JsonError, Value};
use crate::issue::{Issue, IssueCode, Notice, Param, Refusal};
use crate::nearest::nearest;
use crate::operation::{Condition, Operation};
use crate::request::Request;
use crate::write;
use std::borrow::Cow;

/// What a caller may set beside the input.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings<'a> {
    /// How much of an id is looked at.
    pub ids: IdForm,
    /// Whether names the operation does not know are passed over. Those of credentials never are.
    pub drop_unknown: bool,
    /// The idempotency key given beside the values: an option in the page, a header at the proxy.
    pub key: Option<&'a str>,
}

/// A request, and what the person should know about it.
#[derive(Debug)]
pub struct Accepted<'a> {
    /// The input in normal form.
    pub request: Request<'a>,
    /// Advice; what is marked `confirm` must be accepted before the request may be sent.
    pub notices: Vec<Notice>,
}

/// Checks an input against every rule of an operation.
///
/// # Errors
/// Every broken rule, in the order of the descriptor; then repeated and unknown fields, then credentials.
pub fn check<'a>(
    operation: &'static Operation,
    input: &Value<'a>,
    settings: &Settings<'a>,
) -> Result<Accepted<'a>, Vec<Issue>> {
    judge(operation, input, settings).result(operation)
}

/// All that a check finds out.
pub(crate) struct Judged<'a> {
    /// The top-level fields that passed.
    pub(crate) values: Values<'a>,
    /// The idempotency key.
    pub(crate) key: Option<Cow<'a, str>>,
    /// Every broken rule.
    pub(crate) issues: Vec<Issue>,
    /// How many of them, from the first, are those of single fields: in the descriptor's order.
    pub(crate) of_fields: usize,
    /// Advice, should it be a request.
    pub(crate) notices: Vec<Notice>,
}

impl<'a> Judged<'a> {
    /// The request and advice, or every issue.
    pub(crate) fn result(self, operation: &'static Operation) -> Result<Accepted<'a>, Vec<Issue>> {
        if self.issues.is_empty() {
            Ok(Accepted { request: Request::proven(operation, self.values, self.key), notices: self.notices })
        } else {
            Err(self.issues)
        }
    }
}

pub(crate) fn judge<'a>(operation: &'static Operation, input: &Value<'a>, settings: &Settings<'a>) -> Judged<'a> {
    let mut checker = Checker { settings, issues: Vec::new(), notices: Vec::new(), path: Vec::new() };
    let Value::Object(members) = input else {
        checker.issue(Refusal { code: IssueCode::NotAnObject, params: vec![("found", Param::Word(input.kind()))] }, "");
        checker.credentials(input);
        return Judged { values: Vec::new(), key: None, issues: checker.issues, of_fields: 0, notices: Vec::new() };
    };
    let mut values = checker.fields(operation.fields, input);
    let of_fields = checker.issues.len();
    let key = checker.key(&mut values);
    checker.one_of(operation, &values);
    checker.names(operation.fields, members);
    checker.credentials(input);
    for advice in operation.advice {
        if advice.when.iter().all(|condition| holds(condition, &values) == Some(true)) {
            checker.notices.push(Notice::new(advice.field, advice.notice));
        }
    }
    Judged { values, key, issues: checker.issues, of_fields, notices: checker.notices }
}

/// Checks one field alone, as a person types it; rules that look at other fields do not apply.
pub fn check_field(field: &'static Field, value: &Value<'_>, settings: &Settings<'_>) -> Vec<Issue> {
    let mut checker = Checker { settings, issues: Vec::new(), notices: Vec::new(), path: Vec::new() };
    checker.path.push(field.name);
    if !is_absent(field, value, settings) {
        checker.prove(field, value);
    } else if matches!(field.presence, Presence::Required) {
        checker.missing(field);
    }
    checker.credentials(value);
    checker.issues
}

/// The issue an input is that cannot be read at all.
pub fn unreadable(error: JsonError) -> Issue {
    let refusal = match error {
        JsonError::TooLarge => Refusal::plain(IssueCode::InputTooLarge),
        JsonError::TooDeep => Refusal::plain(IssueCode::InputTooDeep),
        JsonError::Malformed { expected, .. } => Refusal::with(IssueCode::NotJson, "expected", Param::Word(expected)),
    };
    refusal.at(Vec::new(), "")
}

pub(crate) type Values<'a> = Vec<(&'static Field, Proven<'a>)>;

struct Checker<'s, 'a> {
    settings: &'s Settings<'a>,
    issues: Vec<Issue>,
    notices: Vec<Notice>,
    path: Vec<&'static str>,
}

impl<'a> Checker<'_, 'a> {
    fn fields(&mut self, fields: &'static [Field], object: &Value<'a>) -> Values<'a> {
        let mut values = Vec::with_capacity(fields.len());
        for field in fields {
            self.path.push(field.name);
            if let Some(proven) = self.field(field, object.get(field.name), &values) {
                values.push((field, proven));
            }
            self.path.pop();
        }
        values
    }

    fn field(&mut self, field: &'static Field, value: Option<&Value<'a>>, before: &Values<'a>) -> Option<Proven<'a>> {
        let Some(value) = value.filter(|value| !is_absent(field, value, self.settings)) else {
            let missing = match field.presence {
                Presence::Required => true,
                Presence::RequiredWhen(condition, _) => holds(&condition, before) == Some(true),
                Presence::Optional | Presence::OnlyWhen(..) => false,
            };
            if missing {
                self.missing(field);
            }
            return None;
        };
        match field.presence {
            Presence::RequiredWhen(condition, notice) if holds(&condition, before) == Some(false) => {
                self.notices.push(Notice::new(field.name, notice));
                return None;
            }
            Presence::OnlyWhen(condition, code) if holds(&condition, before) == Some(false) => {
                self.issue(Refusal::plain(code), field.label);
            }
            _ => {}
        }
        self.prove(field, value)
    }

    fn prove(&mut self, field: &'static Field, value: &Value<'a>) -> Option<Proven<'a>> {
        if let (Kind::Object(children), Value::Object(members)) = (field.kind, value) {
            let values = self.fields(children, value);
            self.names(children, members);
            return Some(Proven::Object(values));
        }
        match field.kind.prove(value, self.settings) {
            Ok(proven) => Some(proven),
            Err(refusal) => {
                self.issue(refusal, field.label);
                None
            }
        }
    }

    /// A required object that is absent names each child it lacks, so that every empty box of a form is marked.
    fn missing(&mut self, field: &'static Field) {
        if let Kind::Object(children) = field.kind {
            self.fields(children, &Value::Null);
        } else {
            self.issue(Refusal::plain(IssueCode::Required), field.label);
            if let (Some(sentence), Some(issue)) = (field.ask, self.issues.last_mut()) {
                issue.message = sentence.into();
            }
        }
    }

    /// The issue stands on the first of the group, where a form begins to read.
    fn one_of(&mut self, operation: &'static Operation, values: &Values<'a>) {
        for group in operation.one_of {
            let given = values.iter().filter(|(field, _)| group.contains(&field.name)).count();
            let broken = self.issues.iter().any(|issue| group.iter().any(|name| issue.path == [*name]));
            let Some(first) = group.first().filter(|_| given != 1 && !broken) else { continue };
            self.path.push(first);
            let labels = operation.fields.iter().filter(|field| group.contains(&field.name)).map(|field| field.label);
            let label = write::joined(labels, " or ");
            self.issue(Refusal::with(IssueCode::ExactlyOne, "fields", Param::Words(group)), &label);
            self.path.pop();
        }
    }

    /// The key of the values and the key beside them are one thing.
    fn key(&mut self, values: &mut Values<'a>) -> Option<Cow<'a, str>> {
        let at = values.iter().position(|(field, _)| matches!(field.kind, Kind::Key));
        let inside = at.map(|at| values.remove(at)).and_then(|(_, proven)| match proven {
            Proven::Text(key) => Some(key),
            _ => None,
        });
        let Some(beside) = self.settings.key.filter(|key| !key.trim().is_empty()) else {
            return inside;
        };
        self.path.push("idempotent_key");
        let beside = match Kind::Key.prove(&Value::Text(beside.into()), self.settings) {
            Ok(Proven::Text(beside)) => Some(beside),
            Ok(_) => None,
            Err(refusal) => {
                // Both broken is one thing to mend.
                if !self.issues.iter().any(|issue| issue.path == self.path) {
                    self.issue(refusal, "request key");
                }
                None
            }
        };
        if inside.is_some() && beside.is_some() && inside != beside {
            self.issue(Refusal::plain(IssueCode::KeyConflict), "request key");
        }
        self.path.pop();
        beside
    }

    /// Names that stand twice, and names the operation does not know.
    fn names(&mut self, fields: &'static [Field], members: &[(Cow<'a, str>, Value<'a>)]) {
        for (at, (name, _)) in members.iter().enumerate() {
            let twice = members.iter().take(at).any(|(earlier, _)| earlier == name);
            let refusal = if twice {
                Refusal::plain(IssueCode::DuplicateField)
            } else if self.settings.drop_unknown
                || fields.iter().any(|field| field.name == name)
                || credential::is_credential(name)
            {
                continue;
            } else {
                let near = nearest(name, fields.iter().map(|field| field.name));
                Refusal {
                    code: IssueCode::UnknownField,
                    params: near.map(|near| ("nearest", Param::Word(near))).into_iter().collect(),
                }
            };
            self.issue_below(name, refusal);
        }
    }

    fn credentials(&mut self, input: &Value<'_>) {
        credential::find(input, &mut |below| {
            let path = self.path.iter().map(|name| (*name).to_owned()).chain(below.iter().cloned()).collect();
            self.issues.push(Refusal::plain(IssueCode::SecretInBrowser).at(path, ""));
        });
    }

    fn issue(&mut self, refusal: Refusal, label: &str) {
        let path = self.path.iter().map(|name| (*name).to_owned()).collect();
        self.issues.push(refusal.at(path, label));
    }

    fn issue_below(&mut self, name: &str, refusal: Refusal) {
        let path = self.path.iter().copied().chain([name]).map(str::to_owned).collect();
        self.issues.push(refusal.at(path, name));
    }
}

/// Whether nothing was given: a blank value, or an object of known fields that are all blank, as an untouched form has it.
pub(crate) fn is_absent(field: &Field, value: &Value<'_>, settings: &Settings<'_>) -> bool {
    match (field.kind, value) {
        (Kind::Object(children), Value::Object(members)) => members.iter().all(|(name, value)| {
            children
                .iter()
                .find(|child| child.name == name)
                .map_or(settings.drop_unknown, |child| is_absent(child, value, settings))
        }),
        _ => value.is_blank(),
    }
}

/// Whether a condition holds, or `None` where the field it looks at is absent or broken.
pub(crate) fn holds(condition: &Condition, values: &Values<'_>) -> Option<bool> {
    let found = values.iter().find(|(field, _)| field.name == condition.field()).map(|(_, proven)| proven);
    match (condition, found) {
        (Condition::Given(_), found) => Some(found.is_some()),
        (Condition::Is(_, word), Some(Proven::Text(text))) => Some(text == word),
        (Condition::IsBool(_, is), Some(Proven::Bool(value))) => Some(value == is),
        _ => None,
    }
}
