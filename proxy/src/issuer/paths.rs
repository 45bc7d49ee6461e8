//! Where an issuer takes each of its operations.

use std::collections::HashMap;

use anyhow::ensure;
use axum::http::uri::PathAndQuery;
use cardwright::{ErrorCode, OPERATIONS, Operation};

use crate::ending::Failure;

/// The whole path of each operation, by its name.
pub(super) struct Paths(HashMap<&'static str, PathAndQuery>);

impl Paths {
    /// The documented paths behind `prefix`, each under its own version or all under this one; `set` holds whole paths that
    /// take their place.
    pub(super) fn new(
        issuer: &str,
        prefix: &str,
        version: Option<&str>,
        set: &HashMap<&'static str, PathAndQuery>,
    ) -> anyhow::Result<Paths> {
        let mut paths = HashMap::new();
        for operation in OPERATIONS.iter().filter(|operation| operation.issuer() == issuer) {
            let Some(upstream) = operation.upstream else { continue };
            let version = version.unwrap_or(upstream.version.as_str());
            let path = PathAndQuery::try_from(format!("{prefix}/{version}{}", upstream.path))?;
            ensure!(path.query().is_none(), "expected a path, found a query");
            paths.insert(operation.name, set.get(operation.name).cloned().unwrap_or(path));
        }
        Ok(Paths(paths))
    }

    /// Where this operation is taken.
    pub(super) fn of(&self, operation: &Operation) -> Result<&PathAndQuery, Failure> {
        self.0.get(operation.name).ok_or_else(|| Failure::new(ErrorCode::InternalError, operation.safety))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::{ingo, pintopay};

    fn path(issuer: &str, version: Option<&str>, operation: &Operation) -> String {
        let set = HashMap::from([("ingo.freezeCard", PathAndQuery::from_static("/other"))]);
        let paths = Paths::new(issuer, "/api", version, &set).unwrap();
        paths.of(operation).unwrap().as_str().to_owned()
    }

    #[test]
    fn a_version_counts_for_all_and_a_set_path_for_itself() {
        assert_eq!(path("ingo", None, &ingo::ISSUE_CARD), "/api/v4/user/routable-cards/create");
        assert_eq!(path("ingo", None, &ingo::ACTIVATE_CARD), "/api/v3/user/routable-cards/activate");
        assert_eq!(path("ingo", Some("v9"), &ingo::ACTIVATE_CARD), "/api/v9/user/routable-cards/activate");
        assert_eq!(path("ingo", Some("v9"), &ingo::FREEZE_CARD), "/other");
        assert_eq!(path("pintopay", None, &pintopay::CREATE_CARD), "/api/v1/cards/create");
    }

    #[test]
    fn what_goes_to_no_issuer_or_to_another_has_none() {
        let paths = Paths::new("ingo", "", None, &HashMap::new()).unwrap();
        assert!(paths.of(&ingo::LIST_CARDS).is_err() && paths.of(&pintopay::GET_CARD).is_err());
    }

    #[test]
    fn a_version_that_is_no_part_of_a_path_is_refused() {
        for version in ["v 1", "v1?a=b"] {
            assert!(Paths::new("ingo", "", Some(version), &HashMap::new()).is_err(), "{version}");
        }
    }
}
