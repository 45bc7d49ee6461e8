//! The operations of all issuers: a row for each issuer.

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::{ingo, pintopay};

/// What can be asked, and of which issuer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged, expecting = "operation: expected the name of one, found something else")]
pub(crate) enum Operation {
    Ingo(ingo::Operation),
    PintoPay(pintopay::Operation),
}

impl Operation {
    /// The operation that a request target names, among the issuers that are there.
    pub(crate) fn route(target: &str, config: &Config) -> Option<Self> {
        let ingo = ingo::route(target).map(Self::Ingo);
        let pintopay = || config.pintopay.as_ref().and_then(|_| pintopay::route(target)).map(Self::PintoPay);
        ingo.or_else(pintopay)
    }

    /// Its name in the ledger and in faults.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ingo(operation) => operation.name(),
            Self::PintoPay(operation) => operation.name(),
        }
    }
}

impl From<ingo::Operation> for Operation {
    fn from(operation: ingo::Operation) -> Self {
        Self::Ingo(operation)
    }
}

impl From<pintopay::Operation> for Operation {
    fn from(operation: pintopay::Operation) -> Self {
        Self::PintoPay(operation)
    }
}
