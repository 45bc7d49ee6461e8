//! An order through the eyes of somebody whose answers come shuffled, repeated and late; and polling under a clock of our own.
#![cfg(test)]
#![cfg(not(target_arch = "wasm32"))]

use cardwright::pintopay::order::{self, Ending, Facts, ISSUE_TRANSITIONS, TRANSITIONS};
use cardwright::poll::{self, MAX_ACTIVE_MS, MAX_POLLS, Next};
use std::collections::HashSet;

/// SplitMix64: the same sequences on every machine, so that a failure can be looked at again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    fn unit(&mut self) -> f64 {
        self.below(1_000_001) as f64 / 1e6
    }
}

type State = (&'static str, Option<&'static str>);

fn facts((status, issue_status): State) -> Facts<'static> {
    let made = issue_status.is_some_and(|status| !matches!(status, "card_create_pending" | "card_create_error"));
    Facts { status, issue_status, is_issued: Some(made), has_card: made }
}

fn after(table: &'static [(&str, &[&str])], from: &str) -> &'static [&'static str] {
    table.iter().find(|(state, _)| *state == from).map_or(&[], |(_, next)| *next)
}

/// A life of an order, from `new` to its end, along the documented transitions.
fn life(chance: &mut Chance) -> Vec<State> {
    let mut state: State = ("new", None);
    let mut life = vec![state];
    while !order::is_final(state.0) {
        let making = state.1.map_or(&["card_create_pending"][..], |issue| after(ISSUE_TRANSITIONS, issue));
        let ends = after(TRANSITIONS, state.0);
        state = if !making.is_empty() && chance.below(8) > 0 {
            let status = if state.0 == "new" { ["activating", "processing"][chance.below(2)] } else { state.0 };
            (status, Some(making[chance.below(making.len())]))
        } else {
            (ends[chance.below(ends.len())], state.1)
        };
        life.push(state);
    }
    life
}

/// Whether a state can come after another along a table, by any number of steps.
fn reaches(table: &'static [(&str, &[&str])], from: &'static str, to: &'static str) -> bool {
    let mut seen = HashSet::from([from]);
    let mut ahead = vec![from];
    while let Some(state) = ahead.pop() {
        ahead.extend(after(table, state).iter().filter(|next| seen.insert(next)));
    }
    seen.contains(to)
}

#[test]
fn the_reported_state_never_goes_back_and_no_end_is_lost() {
    let mut chance = Chance(2026);
    let (mut dropped, mut kept) = (0, 0);
    for _ in 0..100_000 {
        let life = life(&mut chance);
        // Every answer once or more, in any order.
        let mut answers: Vec<State> = life.iter().flat_map(|state| vec![*state; 1 + chance.below(3)]).collect();
        for at in (1..answers.len()).rev() {
            answers.swap(at, chance.below(at + 1));
        }
        let mut seen = answers[0];
        for next in &answers[1..] {
            if !order::advances(&facts(seen), &facts(*next)) {
                dropped += 1;
                continue;
            }
            kept += 1;
            assert!(reaches(TRANSITIONS, seen.0, next.0), "{seen:?} -> {next:?}");
            if let (Some(from), Some(to)) = (seen.1, next.1) {
                assert!(reaches(ISSUE_TRANSITIONS, from, to), "{seen:?} -> {next:?}");
            }
            assert!(seen.1.is_none() || next.1.is_some(), "{seen:?} -> {next:?}");
            seen = *next;
        }
        assert_eq!(seen, *life.last().unwrap(), "the end was among the answers");
    }
    assert!(dropped > 100_000 && kept > 100_000, "both happened: {dropped} dropped, {kept} kept");
}

#[test]
fn ten_thousand_orders_are_polled_within_the_limits() {
    let mut chance = Chance(7);
    for _ in 0..10_000 {
        let ends_at = chance.unit() * 900_000.0;
        let limit = if chance.below(2) == 0 { f64::INFINITY } else { chance.unit() * 400_000.0 };
        let (mut clock, mut polls) = (0.0, 0);
        let seen_at_end = loop {
            polls += 1;
            if clock >= ends_at {
                break true;
            }
            match poll::next(polls, clock, limit, chance.unit()) {
                Next::GiveUp => break false,
                Next::After(wait) => {
                    assert!((1..=12_000).contains(&wait) || f64::from(wait) <= limit.min(MAX_ACTIVE_MS) - clock);
                    clock += f64::from(wait.max(1));
                }
            }
        };
        assert!(polls <= MAX_POLLS && clock <= MAX_ACTIVE_MS.min(limit) + 1.0, "{polls} polls, {clock} ms");
        // Nobody gives up on an order that ended well before the limit.
        let patience = limit.min(MAX_ACTIVE_MS) - 13_000.0;
        assert!(seen_at_end || ends_at > patience, "ended at {ends_at}, given up at {clock} after {polls} polls");
    }
}

#[test]
fn an_issued_card_is_never_called_failed() {
    let mut chance = Chance(99);
    for _ in 0..20_000 {
        let life = life(&mut chance);
        let result = order::result(&facts(*life.last().unwrap()));
        let made = life.iter().any(|state| facts(*state).has_card);
        assert_eq!(result.ending == Ending::Failed, !made && life.last().unwrap().0 == "failed", "{life:?}");
        assert_ne!(result.ending, Ending::StillRunning);
    }
}
