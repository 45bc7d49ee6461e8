//! The products, which are how a test chooses what becomes of an order.

use super::behaviour::{Behaviour, way_from, way_to};
use super::inferred::TOPUP_FAILED;
use super::options::Dialect;
use super::rejection::{ISSUE_SLUGS, PRODUCT_NOT_FOUND, Slug};
use super::status::IssueStatus::{CardCreateDone, CardCreateError, Completed, InitialTopupError, InitialTopupSkipped};
use super::status::{IssueStatus, OrderStatus};

/// The beginnings of the products that name what they force.
const FORCING: [&str; 4] = ["fail-now-", "fail-later-", "retry-", "stuck-"];

/// What becomes of an order for a product, or why it cannot be ordered.
///
/// Any other product is an ordinary one. Only a word that begins as if it forced something and then names nothing is not
/// found, so that a slip of the pen does not pass for success.
pub(super) fn behaviour(product: &str, dialect: Dialect) -> Result<Behaviour, Slug> {
    let accepted = || match dialect {
        Dialect::Pintopay => Behaviour::stays_new(),
        Dialect::Revio => Behaviour::stays_new().then(OrderStatus::Paid),
    };
    let up_to = |issue| accepted().through(OrderStatus::Processing, way_to(issue));
    let completes = || up_to(Completed).then(OrderStatus::Completed);

    let forcing = FORCING.into_iter().find(|beginning| product.starts_with(beginning)).unwrap_or_default();
    let behaviour = match (forcing, product.strip_prefix(forcing).unwrap_or(product)) {
        ("fail-now-", name) => return Err(slug(name).unwrap_or(PRODUCT_NOT_FOUND)),
        ("fail-later-", name) => slug(name).map(|slug| up_to(CardCreateError).fails(slug)),
        ("retry-", name) => IssueStatus::named(name).and_then(|error| {
            let again = way_from(error.interrupted()?);
            Some(up_to(error).through(OrderStatus::Processing, again).then(OrderStatus::Completed))
        }),
        ("stuck-", "new") => Some(Behaviour::stays_new()),
        ("stuck-", name) => IssueStatus::named(name).filter(|issue| !issue.is_final()).map(up_to),
        (_, "slow") => Some(completes().slowly()),
        // Revio's pages do not know a top-up that is skipped. Inferred: it is what leaves an order `activating`.
        (_, "skip-topup") if dialect == Dialect::Revio => None,
        (_, "skip-topup") => {
            let issues = way_to(CardCreateDone).chain([InitialTopupSkipped]);
            Some(accepted().through(OrderStatus::Activating, issues).then(OrderStatus::Completed))
        }
        (_, "topup-fails") => Some(up_to(InitialTopupError).fails(TOPUP_FAILED)),
        (_, "unknown-status") => {
            let odd = accepted().then(OrderStatus::Undocumented);
            Some(odd.through(OrderStatus::Processing, way_to(Completed)).then(OrderStatus::Completed))
        }
        _ => Some(completes()),
    };
    behaviour.ok_or(PRODUCT_NOT_FOUND)
}

fn slug(name: &str) -> Option<Slug> {
    ISSUE_SLUGS.into_iter().find(|slug| slug.name == name)
}

#[cfg(test)]
mod tests;
