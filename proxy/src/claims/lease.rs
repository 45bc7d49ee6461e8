//! The right to send, which ends.

use crate::clock::{Clock, Moment};

/// Until when the first byte of a request may leave. Looked at right before: a process can be stopped at any point, and wake up
/// long after everybody else has drawn conclusions.
#[derive(Clone)]
pub(crate) struct Lease(Option<(Moment, Clock)>);

impl Lease {
    /// For what needs no claim.
    pub(crate) fn unlimited() -> Lease {
        Lease(None)
    }

    /// Until this moment.
    pub(super) fn until(end: Moment, clock: &Clock) -> Lease {
        Lease(Some((end, clock.clone())))
    }

    /// One that has ended.
    #[cfg(test)]
    pub(crate) fn over() -> Lease {
        Lease::until(Moment(0), &Clock::of_the_machine())
    }

    /// When it ends.
    #[cfg(test)]
    pub(super) fn end(&self) -> Option<Moment> {
        self.0.as_ref().map(|(end, _)| *end)
    }

    /// Whether a first byte may leave now.
    pub(crate) fn holds(&self) -> bool {
        self.0.as_ref().is_none_or(|(end, clock)| clock.now() < *end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends() {
        assert!(Lease::unlimited().holds());
        let clock = Clock::new(|| Moment(10));
        assert!(Lease::until(Moment(11), &clock).holds());
        assert!(!Lease::until(Moment(10), &clock).holds());
    }
}
