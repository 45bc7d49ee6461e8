//! What goes wrong, as data: it can be written in a test, sent over the control port, and made from a seed.

use serde::{Deserialize, Serialize};

/// Rules for the requests of one line; the first rule that fires decides, and where none does, all goes well.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// All that is left to chance depends on this, the rule and the number of the request, and on nothing else.
    pub seed: u64,
    /// Asked in order.
    pub rules: Vec<Rule>,
}

/// Which requests something happens to.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// How the request line must begin, such as `POST /api/`. Empty: any.
    pub on: String,
    /// Only so many of them, from the first on.
    pub first: Option<u64>,
    /// How probable it is for each of them, from 0 to 1.
    pub chance: f64,
    /// What happens; of several, chance takes one.
    pub faults: Vec<Fault>,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule { on: String::new(), first: None, chance: 1.0, faults: Vec::new() }
    }
}

/// What happens to one request and its answer.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fault {
    /// What happens on the way to the server; an end other than `pass` ends both connections.
    pub request: Leg,
    /// What happens on the way back. The server's answer is read to its end, whatever becomes of it here.
    pub answer: Leg,
    /// How many more times the whole request is sent, over connections of their own; nobody gets those answers.
    pub copies: u32,
    /// How much later those are sent.
    pub copies_after_ms: u64,
    /// Holds the request until another one of the line has gone to its server, for at most two seconds.
    pub overtaken: bool,
    /// Answers with this status, once the server has answered.
    pub instead: Option<u16>,
}

/// One direction: so many bytes pass, then there is a pause, and then an end.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Leg {
    /// How much passes first.
    pub at: At,
    /// The pause.
    pub delay_ms: u64,
    /// What comes then.
    pub end: End,
}

/// A place in a request or an answer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// After so many bytes, or all of them if there are fewer. Byte 0 of an answer does not wait for the answer.
    Byte(usize),
    /// After this part of the bytes, from 0 to 1. Part 0 of an answer is lost after the server gave it.
    Part(f64),
    /// Anywhere from the first byte to the last, by the seed.
    Any,
    /// After so many bytes for each request the rule had before: with 1, all places of like answers one after the other.
    Each(usize),
}

impl Default for At {
    fn default() -> At {
        At::Byte(0)
    }
}

/// What comes after the pause.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The rest passes.
    #[default]
    Pass,
    /// The connection is closed in order (FIN).
    Close,
    /// The connection is reset (RST).
    Reset,
    /// Nothing more comes, and the connection stays open.
    Stall,
}

/// A fault that was decided on, with the chance it has left.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    pub(crate) rule: usize,
    pub(crate) fault: Fault,
    nth: u64,
    chance: fastrand::Rng,
}

impl Script {
    /// A script of one rule that always fires.
    pub fn always(fault: Fault) -> Script {
        Script { seed: 0, rules: vec![Rule { faults: vec![fault], ..Rule::default() }] }
    }

    /// What happens to a request; `counts` are the requests that each rule has met so far.
    pub(crate) fn decide(&self, request_line: &str, counts: &mut Vec<u64>) -> Option<Decided> {
        counts.resize(self.rules.len(), 0);
        self.rules.iter().zip(counts).enumerate().find_map(|(rule, (written, count))| {
            if !request_line.starts_with(&written.on) {
                return None;
            }
            let nth = *count;
            *count += 1;
            let mut chance = dice(self.seed, rule, nth);
            if written.first.is_some_and(|first| nth >= first) || chance.f64() >= written.chance {
                return None;
            }
            let fault = chance.choice(&written.faults)?.clone();
            Some(Decided { rule, fault, nth, chance })
        })
    }
}

/// The chance of one request under one rule.
fn dice(seed: u64, rule: usize, nth: u64) -> fastrand::Rng {
    let mut dice = fastrand::Rng::with_seed(seed);
    // Forked twice, so that neighbouring requests have nothing in common.
    let mut dice = fastrand::Rng::with_seed(dice.u64(..) ^ rule as u64);
    fastrand::Rng::with_seed(dice.u64(..) ^ nth)
}

impl Decided {
    /// All goes well.
    pub(crate) fn nothing() -> Decided {
        Decided { rule: 0, fault: Fault::default(), nth: 0, chance: fastrand::Rng::with_seed(0) }
    }

    /// The place in a message of this length.
    pub(crate) fn place(&mut self, at: At, length: usize) -> usize {
        match at {
            At::Byte(byte) => byte.min(length),
            At::Part(part) => ((length as f64 * part) as usize).min(length),
            At::Any => self.chance.usize(..=length),
            At::Each(step) => usize::try_from(self.nth).map_or(length, |nth| nth.saturating_mul(step)).min(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn script(rules: serde_json::Value) -> Script {
        serde_json::from_value(json!({ "seed": 7, "rules": rules })).unwrap()
    }

    fn fired(script: &Script, lines: &[&str]) -> Vec<Option<usize>> {
        let mut counts = Vec::new();
        lines.iter().map(|line| script.decide(line, &mut counts).map(|decided| decided.rule)).collect()
    }

    #[test]
    fn the_first_rule_that_fires_decides() {
        let script = script(json!([
            { "on": "POST /a", "first": 2, "faults": [{ "answer": { "end": "reset" } }] },
            { "on": "POST", "faults": [{ "instead": 502 }] },
        ]));
        let lines = ["GET /a", "POST /a", "POST /b", "POST /a", "POST /a"];
        assert_eq!(fired(&script, &lines), [None, Some(0), Some(1), Some(0), Some(1)]);
    }

    #[test]
    fn chance_is_the_seeds_alone() {
        let rules = json!([{ "chance": 0.3, "faults": [{ "copies": 1 }, { "copies": 2, "answer": { "at": "any" } }] }]);
        let lines = ["GET /"; 1_000];
        let found = |script: &Script| {
            let mut counts = Vec::new();
            let decided = lines.iter().map(|line| script.decide(line, &mut counts));
            decided.map(|found| found.map(|mut one| (one.fault.copies, one.place(At::Any, 500)))).collect::<Vec<_>>()
        };
        let first = script(rules);
        assert_eq!(found(&first), found(&first));
        assert_ne!(found(&first), found(&Script { seed: 8, ..first.clone() }));
        let fired = found(&first).iter().flatten().count();
        assert!((250..350).contains(&fired), "{fired}");
        let both = found(&first).iter().flatten().filter(|(copies, _)| *copies == 1).count();
        assert!((fired / 3..fired * 2 / 3).contains(&both), "{both} of {fired}");
    }

    #[test]
    fn a_place_is_within_the_message() {
        let script = Script::always(Fault::default());
        let mut counts = vec![12];
        let mut decided = script.decide("", &mut counts).unwrap();
        assert_eq!(decided.place(At::Byte(3), 10), 3);
        assert_eq!(decided.place(At::Byte(30), 10), 10);
        assert_eq!(decided.place(At::Part(0.5), 10), 5);
        assert_eq!(decided.place(At::Part(1.0), 10), 10);
        assert_eq!((decided.place(At::Each(3), 100), decided.place(At::Each(1), 10)), (36, 10));
        assert!((0..100).all(|_| decided.place(At::Any, 10) <= 10));
    }

    #[test]
    fn a_script_with_a_word_too_many_is_refused() {
        let wrong = json!({ "rules": [{ "faults": [{ "answers": {} }] }] });
        assert!(serde_json::from_value::<Script>(wrong).is_err());
        assert_eq!(serde_json::from_value::<Script>(json!({})).unwrap(), Script::default());
    }
}
