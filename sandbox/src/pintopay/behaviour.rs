//! How an order goes on: the states it passes through and how long each lasts, with no clock in sight.

use std::time::Duration;

use super::inferred::{SLOWNESS, STEP};
use super::rejection::Slug;
use super::status::{CardStatus, IssueStatus, OrderStatus};

/// The way of a card that is made without trouble.
const MAIN_LINE: [IssueStatus; 6] = [
    IssueStatus::CardCreatePending,
    IssueStatus::CardCreateDone,
    IssueStatus::InitialTopupPending,
    IssueStatus::InitialTopupInProgress,
    IssueStatus::InitialTopupDone,
    IssueStatus::Completed,
];

/// All that changes about an order while it lives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct State {
    pub(super) order: OrderStatus,
    /// Inferred: none before the making of the card has begun.
    pub(super) issue: Option<IssueStatus>,
    /// Why the order failed, if it did.
    pub(super) error: Option<Slug>,
}

impl State {
    const NEW: Self = Self { order: OrderStatus::New, issue: None, error: None };

    /// Whether there is a card already.
    pub(super) fn is_issued(self) -> bool {
        self.issue.is_some_and(IssueStatus::is_issued)
    }

    /// Whether the initial top-up has reached the card.
    pub(super) fn is_topped_up(self) -> bool {
        use IssueStatus::{Completed, InitialTopupDone, InitialTopupVerifyError};
        matches!(self.issue, Some(InitialTopupDone | InitialTopupVerifyError | Completed))
    }

    /// Where the card stands, once there is one.
    pub(super) fn card(self) -> Option<CardStatus> {
        match self.issue? {
            IssueStatus::Completed => Some(CardStatus::Active),
            IssueStatus::InitialTopupSkipped => Some(CardStatus::WaitForTopupActivationByUser),
            issue => issue.is_issued().then_some(CardStatus::PendingActivation),
        }
    }
}

/// The states of an order from its first to its last, which it keeps for ever; each lasts one step.
#[derive(Clone, Debug)]
pub(super) struct Behaviour {
    states: Vec<State>,
    step: Duration,
}

impl Behaviour {
    /// An order that stays new.
    pub(super) fn stays_new() -> Self {
        Self { states: vec![State::NEW], step: STEP }
    }

    /// The same, and then it is in one order status while its card passes through some sub-statuses.
    pub(super) fn through(mut self, order: OrderStatus, issues: impl IntoIterator<Item = IssueStatus>) -> Self {
        self.states.extend(issues.into_iter().map(|issue| State { order, issue: Some(issue), error: None }));
        self
    }

    /// The same, and then another order status with nothing else changed.
    pub(super) fn then(mut self, order: OrderStatus) -> Self {
        self.states.push(State { order, ..self.last() });
        self
    }

    /// The same, and then it fails.
    pub(super) fn fails(mut self, error: Slug) -> Self {
        self.states.push(State { order: OrderStatus::Failed, error: Some(error), ..self.last() });
        self
    }

    /// The same, much slower.
    pub(super) fn slowly(self) -> Self {
        Self { step: self.step * SLOWNESS, ..self }
    }

    /// When the state of a moment began and what it is.
    fn place(&self, elapsed: Duration) -> (Duration, State) {
        let starts = std::iter::successors(Some(Duration::ZERO), |start| start.checked_add(self.step));
        let begun = starts.zip(self.states.iter().copied()).take_while(|(start, _)| *start <= elapsed);
        begun.last().unwrap_or((Duration::ZERO, State::NEW))
    }

    /// When the present state began.
    pub(super) fn last_change(&self, elapsed: Duration) -> Duration {
        self.place(elapsed).0
    }

    /// When something first became true, if it has by now.
    pub(super) fn since(&self, elapsed: Duration, is_true: impl Fn(State) -> bool) -> Option<Duration> {
        let first = self.states.iter().position(|&state| is_true(state))?;
        let start = self.step.checked_mul(u32::try_from(first).ok()?)?;
        (start <= elapsed).then_some(start)
    }

    fn last(&self) -> State {
        self.states.last().copied().unwrap_or(State::NEW)
    }
}

/// The state of an order after a time.
pub(super) fn snapshot(behaviour: &Behaviour, elapsed: Duration) -> State {
    behaviour.place(elapsed).1
}

/// The sub-statuses that lead to one, itself included.
pub(super) fn way_to(issue: IssueStatus) -> impl Iterator<Item = IssueStatus> {
    let interrupted = issue.interrupted();
    let last = interrupted.unwrap_or(issue);
    let before = MAIN_LINE.into_iter().take_while(move |&passed| passed != last);
    before.chain([last]).chain(interrupted.map(|_| issue))
}

/// The sub-statuses from one to the end, itself included.
pub(super) fn way_from(issue: IssueStatus) -> impl Iterator<Item = IssueStatus> {
    MAIN_LINE.into_iter().skip_while(move |&passed| passed != issue)
}
