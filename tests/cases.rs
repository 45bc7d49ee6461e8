//! Every case of `fixtures/cases`: an input, and the request or the issues the rules must make of it.
//!
//! The same files are run in WebAssembly and through the proxy. To add a case, add an entry; to add a theme, a file.
//!
//! | in a case | means |
//! |---|---|
//! | `input` or `text` | the values, or JSON text that no value can express |
//! | `key` | the idempotency key given beside the values |
//! | `accepts`, `request_key`, `notices` | the request's normal form, its key, and the advice on it |
//! | `issues`, `params` | every issue in its order, and, where they matter, the parameters of each |
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::check::unreadable;
use cardwright::input::{INPUT_LIMITS, Limits, Value, read_json};
use cardwright::{Accepted, Issue, Settings, check, operation};
use std::fs;
use std::path::Path;

/// The corpus never shrinks below this.
const AT_LEAST: usize = 280;

/// What a case expects, and what the rules answer.
#[derive(Debug, PartialEq)]
enum Verdict {
    Accepted { request: String, key: Option<String>, notices: Vec<(Vec<String>, String)> },
    Refused { issues: Vec<(Vec<String>, String)>, params: Option<Vec<Vec<String>>> },
}

#[test]
fn every_case_is_judged_as_it_says() {
    let mut count = 0;
    let mut failures = Vec::new();
    for file in files() {
        let text = fs::read(&file).unwrap();
        let theme = read_json(&text, FIXTURE_LIMITS).unwrap();
        let theme_name = file.file_stem().unwrap().to_string_lossy();
        assert!(theme.get("about").and_then(Value::text).is_some(), "{theme_name} says what it is about");
        let mut names = Vec::new();
        for case in list(&theme, "cases") {
            let name = text_of(case, "name").unwrap();
            assert!(!names.contains(&name), "{theme_name}: two cases are named {name:?}");
            let (expected, judged) = (expected(case), judged(case));
            if expected != judged {
                failures.push(format!("{theme_name}: {name}\n  expected {expected:?}\n  judged   {judged:?}"));
            }
            names.push(name);
        }
        println!("{:4} {theme_name}", names.len());
        count += names.len();
    }
    println!("{count:4} cases");
    assert!(count >= AT_LEAST, "only {count} cases");
    assert!(failures.is_empty(), "{} of {count} cases\n{}", failures.len(), failures.join("\n"));
}

const FIXTURE_LIMITS: Limits = Limits { bytes: usize::MAX, depth: 64 };

fn files() -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What the rules answer to the text a page would send.
fn judged(case: &Value<'_>) -> Verdict {
    let operation = operation::find(&text_of(case, "operation").unwrap()).expect("a known operation");
    let text = text_of(case, "text").unwrap_or_else(|| json(case.get("input").expect("an input")));
    let key = text_of(case, "key");
    let settings = Settings { key: key.as_deref(), ..Settings::default() };
    let answer = match read_json(text.as_bytes(), INPUT_LIMITS) {
        Err(error) => return refused(case, &[unreadable(error)]),
        Ok(input) => check(operation, &input, &settings).map(|accepted| accepted_verdict(&accepted)),
    };
    answer.unwrap_or_else(|issues| refused(case, &issues))
}

fn accepted_verdict(accepted: &Accepted<'_>) -> Verdict {
    let notices = accepted.notices.iter();
    Verdict::Accepted {
        request: accepted.request.to_json(),
        key: accepted.request.key().map(str::to_owned),
        notices: notices.map(|notice| (notice.path.clone(), notice.code.as_str().to_owned())).collect(),
    }
}

fn refused(case: &Value<'_>, issues: &[Issue]) -> Verdict {
    let params = |issue: &Issue| {
        let params = issue.params.iter();
        params.map(|(name, value)| format!("{name}={}", serde_json::to_string(value).unwrap())).collect()
    };
    Verdict::Refused {
        issues: issues.iter().map(|issue| (issue.path.clone(), issue.code.as_str().to_owned())).collect(),
        params: case.get("params").map(|_| issues.iter().map(params).collect()),
    }
}

fn expected(case: &Value<'_>) -> Verdict {
    let places = |name| {
        let place = |place| {
            let path = list(place, "path").iter().map(|step| step.text().unwrap().to_owned()).collect();
            (path, text_of(place, "code").unwrap())
        };
        list(case, name).iter().map(place).collect()
    };
    match case.get("accepts") {
        Some(request) => {
            Verdict::Accepted { request: json(request), key: text_of(case, "request_key"), notices: places("notices") }
        }
        None => Verdict::Refused {
            issues: places("issues"),
            params: case.get("params").map(|_| list(case, "params").iter().map(params).collect()),
        },
    }
}

fn params(of_one_issue: &Value<'_>) -> Vec<String> {
    let Value::Object(params) = of_one_issue else { panic!("the parameters of an issue are an object") };
    params.iter().map(|(name, value)| format!("{name}={}", json(value))).collect()
}

fn list<'v, 'a>(value: &'v Value<'a>, name: &str) -> &'v [Value<'a>] {
    match value.get(name) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn text_of(value: &Value<'_>, name: &str) -> Option<String> {
    value.get(name)?.text().map(str::to_owned)
}

/// A value as compact JSON, its members in their order: serde_json's own value would sort them.
fn json(value: &Value<'_>) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(spelling) => (*spelling).to_owned(),
        Value::Text(text) => quoted(text),
        Value::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let members = members.iter();
            let members: Vec<_> = members.map(|(name, value)| format!("{}:{}", quoted(name), json(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Foreign(_) => panic!("a file of cases is JSON"),
    }
}
