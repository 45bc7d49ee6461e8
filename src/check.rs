//! Runs a descriptor over an input: every issue at once, or the request.

use crate::credential;
use crate::field::{Field, IdForm, Kind, Proven, Ruling};
use crate::input::{JsonError, Value};
use crate::issue::{Issue, IssueCode, Notice, Param, Params, Refusal};
use crate::judge::{Finding, Judged, Slot, Slots, judge, judge_alone, places};
use crate::nearest::nearest;
use crate::operation::Operation;
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
    examine(operation, input, settings, &mut |_, _| {}).0
}

/// Checks an input, and asks what was judged about it; second, how many of the issues are of single fields.
pub(crate) fn examine<'a>(
    operation: &'static Operation,
    input: &Value<'a>,
    settings: &Settings<'a>,
    ask: &mut dyn FnMut(&Judged<'_, '_, '_>, &Slots<'_, '_>),
) -> (Result<Accepted<'a>, Vec<Issue>>, usize) {
    let slots = Slots::of(operation.fields, input);
    let judged = judge(operation, &slots, settings);
    ask(&judged, &slots);
    let mut report = Report { settings, issues: Vec::new() };
    let Value::Object(members) = input else {
        let found = vec![("found", Param::Word(input.kind()))];
        report.issues.push(Issue::new(Vec::new(), IssueCode::NotAnObject, found, ""));
        report.credentials(&[], input);
        return (Err(report.issues), 0);
    };
    let (of_fields, of_groups) = judged.findings.split_at_checked(judged.of_fields).unwrap_or_default();
    let mut of_fields = of_fields.iter().peekable();
    for (place, field) in places(operation.fields, 0) {
        let behind = place + 1 + field.kind.children().len();
        while let Some(finding) = of_fields.next_if(|finding| finding.place < behind) {
            report.finding(operation, finding);
        }
        if judged.passes(place) {
            report.names_of(field, input.get(field.name));
        }
    }
    let fields_have = report.issues.len();
    let (values, inside) = values(operation, input, &judged);
    let key = report.key(inside);
    for finding in of_groups {
        report.finding(operation, finding);
    }
    report.names(&[], operation.fields, members);
    report.credentials(&[], input);
    let checked = if report.issues.is_empty() {
        Ok(Accepted { request: Request::proven(operation, values, key), notices: judged.notices })
    } else {
        Err(report.issues)
    };
    (checked, fields_have)
}

/// Checks one field alone, as a person types it; rules that look at other fields do not apply.
pub fn check_field(field: &'static Field, value: &Value<'_>, settings: &Settings<'_>) -> Vec<Issue> {
    let slots = Slots::alone(field, value);
    let judged = judge_alone(field, &slots, settings);
    let mut report = Report { settings, issues: Vec::new() };
    for finding in &judged.findings {
        let child = finding.place.checked_sub(1).and_then(|below| field.kind.children().get(below));
        report.field(child.map(|_| field), child.unwrap_or(field), finding.refusal);
    }
    if judged.passes(0) {
        report.names_of(field, Some(value));
    }
    report.credentials(&[field.name], value);
    report.issues
}

/// The issue an input is that cannot be read at all.
pub fn unreadable(error: JsonError) -> Issue {
    let (code, params) = match error {
        JsonError::TooLarge => (IssueCode::InputTooLarge, Vec::new()),
        JsonError::TooDeep => (IssueCode::InputTooDeep, Vec::new()),
        JsonError::Malformed { expected, .. } => (IssueCode::NotJson, vec![("expected", Param::Word(expected))]),
    };
    Issue::new(Vec::new(), code, params, "")
}

type Values<'a> = Vec<(&'static Field, Proven<'a>)>;

/// What passed, in normal form; the key of the intent is no part of it.
fn values<'a>(
    operation: &'static Operation,
    input: &Value<'a>,
    judged: &Judged<'_, '_, '_>,
) -> (Values<'a>, Option<Cow<'a, str>>) {
    let mut values = values_of(operation.fields, 0, input, judged);
    let at = values.iter().position(|(field, _)| !field.kind.is_sent());
    let key = at.map(|at| values.remove(at)).and_then(|(_, proven)| match proven {
        Proven::Text(key) => Some(key),
        _ => None,
    });
    (values, key)
}

fn values_of<'a>(fields: &'static [Field], base: usize, object: &Value<'a>, judged: &Judged<'_, '_, '_>) -> Values<'a> {
    let mut values = Vec::with_capacity(fields.len());
    for (place, field) in places(fields, base) {
        let Some(value) = object.get(field.name).filter(|_| judged.passes(place)) else { continue };
        let proven = match field.kind {
            Kind::Object(children) => Some(Proven::Object(values_of(children, place + 1, value, judged))),
            kind => kind.proven(value),
        };
        values.extend(proven.map(|proven| (field, proven)));
    }
    values
}

/// What a broken rule is to people, if the operation has such a place.
pub(crate) fn issue(operation: &'static Operation, finding: &Finding) -> Option<Issue> {
    let mut report = Report { settings: &Settings::default(), issues: Vec::new() };
    report.finding(operation, finding);
    report.issues.pop()
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What is said to people about a judged input.
struct Report<'s, 'a> {
    settings: &'s Settings<'a>,
    issues: Vec<Issue>,
}

impl<'a> Report<'_, 'a> {
    fn finding(&mut self, operation: &'static Operation, finding: &Finding) {
        let Some((parent, field)) = operation.field_at(finding.place) else { return };
        let group = operation.one_of.iter().find(|group| group.contains(&field.name));
        if let (IssueCode::ExactlyOne, Some(group)) = (finding.refusal.code, group) {
            let labels =
                operation.fields.iter().filter(|field| group.contains(&field.name)).map(|field| field.label.as_str());
            let params = vec![("fields", Param::Words(group))];
            self.issue(&[], field.name, IssueCode::ExactlyOne, params, &write::joined(labels, " or "));
        } else {
            self.field(parent, field, finding.refusal);
        }
    }

    fn field(&mut self, parent: Option<&'static Field>, field: &'static Field, refusal: Refusal) {
        let parents: &[&str] = parent.map_or(&[], |parent| std::slice::from_ref(&parent.name));
        self.issue(parents, field.name, refusal.code, refusal.params(&field.kind), &field.label);
        if let (IssueCode::Required, Some(sentence), Some(issue)) = (refusal.code, field.ask, self.issues.last_mut()) {
            issue.message = sentence.as_str().into();
        }
    }

    /// The key of the values and the key beside them are one thing.
    fn key<'k>(&mut self, inside: Option<Cow<'k, str>>) -> Option<Cow<'k, str>>
    where
        'a: 'k,
    {
        const NAME: &str = "idempotent_key";
        const LABEL: &str = "request key";
        let Some(beside) = self.settings.key.filter(|key| !key.trim().is_empty()) else {
            return inside;
        };
        match Kind::Key.judge(Slot::Text(beside), self.settings) {
            Ruling::Breaks(refusal) => {
                // Both broken is one thing to mend.
                if !self.issues.iter().any(|issue| issue.path == [NAME]) {
                    self.issue(&[], NAME, refusal.code, Vec::new(), LABEL);
                }
                None
            }
            _ => {
                let beside = Kind::Key.normal(beside);
                if inside.is_some_and(|inside| inside != beside) {
                    self.issue(&[], NAME, IssueCode::KeyConflict, Vec::new(), LABEL);
                }
                Some(beside)
            }
        }
    }

    fn names_of(&mut self, field: &'static Field, value: Option<&Value<'_>>) {
        if let (Kind::Object(children), Some(Value::Object(members))) = (field.kind, value) {
            self.names(&[field.name], children, members);
        }
    }

    /// Names that stand twice, and names the operation does not know.
    fn names(&mut self, parents: &[&str], fields: &'static [Field], members: &[(Cow<'_, str>, Value<'_>)]) {
        for (at, (name, _)) in members.iter().enumerate() {
            let twice = members.iter().take(at).any(|(earlier, _)| earlier == name);
            let (code, params) = if twice {
                (IssueCode::DuplicateField, Vec::new())
            } else if self.settings.drop_unknown
                || fields.iter().any(|field| field.name == name)
                || credential::is_credential(name)
            {
                continue;
            } else {
                let near = nearest(name, fields.iter().map(|field| field.name));
                (IssueCode::UnknownField, near.map(|near| ("nearest", Param::Word(near))).into_iter().collect())
            };
            self.issue(parents, name, code, params, name);
        }
    }

    fn credentials(&mut self, parents: &[&str], input: &Value<'_>) {
        credential::find(input, &mut |below| {
            let mut path = owned(parents);
            path.extend_from_slice(below);
            self.issues.push(Issue::new(path, IssueCode::SecretInBrowser, Vec::new(), ""));
        });
    }

    fn issue(&mut self, parents: &[&str], name: &str, code: IssueCode, params: Params, label: &str) {
        let mut path = owned(parents);
        path.push(name.to_owned());
        self.issues.push(Issue::new(path, code, params, label));
    }
}
