//! One field judged alone, where it stands alone, says what judging the whole would say.

use crate::inputs::{filled_in, right};
use cardwright::form::{self, Standing, Verdict, normal_form, verdict};
use cardwright::input::{INPUT_LIMITS, Limits, read_json};
use cardwright::{Issue, Settings, operation};
use proptest::prelude::*;
use serde_json::Value as Json;

/// Room for inputs that grow by being spelled in escapes.
const LIMITS: Limits = Limits { bytes: 1 << 20, ..INPUT_LIMITS };

/// What a whole says: its request and notices, or its issues.
type Said = Result<(Json, Vec<cardwright::Notice>), Vec<Issue>>;

fn said(operation: &'static cardwright::Operation, input: &Json) -> (Said, Vec<Standing>, usize) {
    let text = input.to_string();
    let form = form::check(operation, &read_json(text.as_bytes(), LIMITS).unwrap(), &Settings::default());
    let said =
        form.checked.map(|accepted| (serde_json::from_str(&accepted.request.to_json()).unwrap(), accepted.notices));
    (said, form.standings, form.of_fields)
}

fn at<'a>(json: &'a mut Json, path: &[&str]) -> Option<&'a mut Json> {
    path.iter().try_fold(json, |json, name| json.get_mut(name))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_verdict_is_what_the_whole_says(
        (operation, before) in filled_in(),
        which in any::<prop::sample::Index>(),
        wild in "[a-zA-Z0-9 \\-\u{fffd}é]{0,8}",
        seed in any::<[u8; 32]>(),
        take_right in any::<bool>(),
    ) {
        let fields: Vec<_> = operation.every_field().collect();
        let (parent, field) = fields[which.index(fields.len())];
        let path: Vec<&str> = parent.iter().map(|parent| parent.name).chain([field.name]).collect();
        let (first, standings, _) = said(operation, &before);
        let standing = standings[which.index(fields.len())];
        let mut after = before.clone();
        let mut runner = proptest::test_runner::TestRunner::new_with_rng(
            ProptestConfig::default(),
            proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed),
        );
        let chosen = right(&field.kind).new_tree(&mut runner).unwrap().current();
        let text = chosen.as_str().filter(|_| take_right).map_or(wild, str::to_owned);
        prop_assume!(standing != Standing::Bound);
        *at(&mut after, &path).unwrap() = Json::from(text.as_str());
        let (second, again, of_fields) = said(operation, &after);
        let own = |said: &Said| -> Vec<Issue> {
            said.as_ref().err().into_iter().flatten().filter(|issue| issue.path == path).cloned().collect()
        };
        let rest = |said: &Said| -> Vec<Issue> {
            said.as_ref().err().into_iter().flatten().filter(|issue| issue.path != path).cloned().collect()
        };
        let verdict = verdict(field, &text, &Settings::default());
        if verdict == Verdict::AskWhole {
            return Ok(());
        }
        prop_assert_eq!(&again, &standings, "the standings stay");
        if standing == Standing::LeftOut {
            prop_assert_eq!(first, second);
            return Ok(());
        }
        prop_assert_eq!(rest(&first), rest(&second), "the others stay");
        match verdict {
            Verdict::Breaks(code) => {
                let own = own(&second);
                prop_assert_eq!(own.iter().map(|issue| issue.code).collect::<Vec<_>>(), [code]);
                prop_assert!(second.unwrap_err().iter().position(|issue| issue.path == path).unwrap() < of_fields);
            }
            _ => {
                prop_assert_eq!(own(&second), []);
                let normal = normal_form(field, &text, &Settings::default()).unwrap();
                prop_assert_eq!(normal == text, verdict == Verdict::Passes);
                if let Verdict::PassesWithin(first, end) = verdict {
                    prop_assert_eq!(text.get(usize::from(first)..usize::from(end)), Some(normal.as_str()));
                }
                if let (Ok((mut request, notices)), Ok(second)) = (first, second) {
                    *at(&mut request, &path).unwrap() = normal.into();
                    prop_assert_eq!((request, notices), second);
                }
            }
        }
    }
}

#[test]
fn most_fields_of_a_filled_form_stand_alone() {
    let issue = operation::find("ingo.issueCard").unwrap();
    let letters = |card_type: &str| {
        let input = serde_json::json!({
            "user_id": "x", "card_type": card_type, "virtual_card_id": "x", "idempotent_key": "x",
            "shipping_address": { "address_one": "x", "address_two": "", "city": "x", "state": "x", "postal_code": 5, "country": "US" },
        });
        said(issue, &input).1.into_iter().map(Standing::letter).collect::<String>()
    };
    assert_eq!(letters("physical"), "abbabaababb");
    assert_eq!(letters("virtual"), "abblbllblbb");
    assert_eq!(letters("metal"), "abbabaababb");
}

#[test]
fn a_verdict_crosses_as_a_number() {
    let zip = operation::find("ingo.issueCard").unwrap().field(&["shipping_address", "postal_code"]).unwrap();
    let number = |text: &str| verdict(zip, text, &Settings::default()).number();
    let breaks =
        cardwright::IssueCode::ALL.iter().position(|code| code.as_str() == "postal_code_format").unwrap() as u32 + 3;
    assert_eq!(["", "\u{fffd}", "94103", "9410"].map(number), [0, breaks, 1, breaks]);
    assert_eq!([" 94103", "94103 \t"].map(number), [1 << 31 | 1 << 16 | 6, 1 << 31 | 5], "what is left of it");
    assert_eq!(number("\u{3000}94103"), 2, "letters and bytes are not the same there");
}
