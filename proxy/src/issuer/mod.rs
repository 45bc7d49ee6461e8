//! The issuers: one trait, one folder each. To add one: its folder, a row in [`all`], a row in the configuration.

mod base_url;
mod gateway;
pub(crate) mod ingo;
mod paths;
pub(crate) mod pintopay;
mod status;
mod transport;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cardwright::input::Value;
use cardwright::{Operation, Request};

use crate::claims::Lease;
use crate::config::Config;
use crate::ending::Failure;
use transport::Transport;

/// The issuers that are configured, by their word before the dot of an operation.
pub(crate) type Issuers = HashMap<&'static str, Arc<dyn Issuer>>;

/// Their words.
pub(crate) const NAMES: [&str; 2] = [ingo::NAME, pintopay::NAME];

/// The issuers of this configuration.
pub(crate) fn all(config: &Config) -> anyhow::Result<Issuers> {
    let transport = Transport::new(&config.limits)?;
    let set = config.upstream_paths();
    let ingo = ingo::Ingo::new(&config.ingo, &set, transport.clone())?;
    let pintopay = pintopay::PintoPay::new(&config.pintopay, &set, transport)?;
    let rows: [(_, Option<Arc<dyn Issuer>>); 2] = [
        (ingo::NAME, Some(Arc::new(ingo))),
        (pintopay::NAME, pintopay.map(|pintopay| Arc::new(pintopay) as Arc<dyn Issuer>)),
    ];
    Ok(rows.into_iter().filter_map(|(name, issuer)| Some((name, issuer?))).collect())
}

/// A request in an issuer's words, before it is signed or encrypted: that happens at send time.
pub(crate) struct Dispatch {
    pub(crate) operation: &'static Operation,
    /// The body as JSON; personal.
    pub(crate) body: String,
    /// The key, where the issuer honours one.
    pub(crate) key: Option<String>,
}

/// Somebody who issues cards.
#[async_trait]
pub(crate) trait Issuer: Send + Sync {
    /// Writes a proven request in the issuer's words; `key` is for an operation whose key the issuer honours.
    fn compose(&self, request: &Request<'_>, key: Option<&str>) -> Dispatch;

    /// Sends it, once and only while the lease holds, and returns the body of the issuer's yes.
    async fn send(&self, dispatch: &Dispatch, lease: &Lease) -> Result<Bytes, Failure>;

    /// Reads the cards of one of its users, and returns the body of the yes; nothing where no list is configured.
    async fn cards_of(&self, _user_id: &str) -> Option<Result<Bytes, Failure>> {
        None
    }

    /// Brings a yes into the one shape its operation documents, where the issuer gives it in more than one.
    fn normalise<'a>(&self, _operation: &Operation, answer: Value<'a>) -> Value<'a> {
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Debug;

    // What holds a credential, or a body before it is sealed, cannot be logged.
    never!(Dispatch: Debug);
    never!(ingo::Ingo: Debug);
    never!(pintopay::PintoPay: Debug);
    never!(transport::Reply: Debug);
    never!(crate::recent::Recent: Debug);
    never!(crate::app::App: Debug);

    /// Every option that is a secret has the type that shows a mask and is wiped.
    #[test]
    fn secret_options_are_masked() {
        use clap::CommandFactory;
        let public = ["base-url", "version", "card-list-path", "dialect", "user-field"];
        let command = Config::command();
        let of_issuers = command.get_arguments().filter_map(|argument| {
            let name = argument.get_long()?;
            let rest = NAMES.iter().find_map(|issuer| name.strip_prefix(issuer)?.strip_prefix('-'))?;
            Some((rest, argument))
        });
        let mut secrets = 0;
        for (name, argument) in of_issuers.filter(|(name, _)| !public.contains(name)) {
            assert!(argument.is_hide_env_values_set(), "{name} is shown by --help");
            let kind = format!("{:?}", argument.get_value_parser().type_id());
            assert!(kind.contains("Secret"), "{name} is a {kind}");
            secrets += 1;
        }
        assert_eq!(secrets, 5);
    }
}
