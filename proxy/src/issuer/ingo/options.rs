//! Ingo's part of the command line.

use anyhow::{Context, ensure};
use axum::http::uri::PathAndQuery;
use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::sign::Credentials;

/// How Ingo is reached, and who we are there.
#[derive(Args, Clone, Debug)]
pub(crate) struct IngoOptions {
    /// Ingo's address, without the version; https, or http to a loopback host. The default is its documented sandbox.
    #[arg(
        long,
        env = "CARDWRIGHT_INGO_BASE_URL",
        default_value = "https://api.sdev.banking.ingopayments.tech/api",
        value_name = "URL"
    )]
    pub(super) ingo_base_url: String,
    /// Version in every path of Ingo's, in place of each operation's documented one. Example: v4.
    #[arg(long, env = "CARDWRIGHT_INGO_VERSION", value_name = "VERSION")]
    pub(super) ingo_version: Option<String>,
    /// Whole path at which Ingo lists the cards of a user, POST with a user_id. No document has one; where it is set, writes whose
    /// end is unknown are settled by reading it. Example: /api/v4/user/routable-cards/list.
    #[arg(long, env = "CARDWRIGHT_INGO_CARD_LIST_PATH", value_name = "PATH")]
    ingo_card_list_path: Option<String>,
    /// Program API key.
    #[arg(long, env = "CARDWRIGHT_INGO_API_KEY", hide_env_values = true, value_name = "KEY")]
    ingo_api_key: SecretString,
    /// HMAC user name.
    #[arg(long, env = "CARDWRIGHT_INGO_USERNAME", hide_env_values = true, value_name = "NAME")]
    ingo_username: SecretString,
    /// HMAC secret.
    #[arg(long, env = "CARDWRIGHT_INGO_SECRET", hide_env_values = true, value_name = "SECRET")]
    ingo_secret: SecretString,
}

impl IngoOptions {
    /// The secret, from which keys for purposes of the proxy's own are derived.
    pub(crate) fn secret(&self) -> &SecretString {
        &self.ingo_secret
    }

    /// Where the cards of a user are listed.
    pub(super) fn card_list(&self) -> anyhow::Result<Option<PathAndQuery>> {
        let Some(text) = &self.ingo_card_list_path else { return Ok(None) };
        let path = PathAndQuery::try_from(text.as_str()).ok();
        let path = path.filter(|path| path.as_str().starts_with('/') && path.query().is_none());
        Ok(Some(path.context("ingo-card-list-path: expected a path from / without a query, found something else")?))
    }

    /// The credentials, if they can stand in a header. Checked here and not by clap, which would print a refused value.
    pub(super) fn credentials(&self) -> anyhow::Result<Credentials> {
        for (name, text) in
            [("ingo-api-key", self.ingo_api_key.expose_secret()), ("ingo-username", self.ingo_username.expose_secret())]
        {
            let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
            ensure!(plain && !text.is_empty(), "{name}: expected visible ASCII without quotes, found something else");
        }
        ensure!(!self.ingo_secret.expose_secret().is_empty(), "ingo-secret: expected text, found nothing");
        Credentials::new(
            self.ingo_api_key.expose_secret(),
            self.ingo_username.expose_secret(),
            self.ingo_secret.expose_secret(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(api_key: &str, username: &str, secret: &str) -> Option<String> {
        let options = IngoOptions {
            ingo_base_url: String::new(),
            ingo_version: None,
            ingo_card_list_path: None,
            ingo_api_key: api_key.into(),
            ingo_username: username.into(),
            ingo_secret: secret.into(),
        };
        options.credentials().err().map(|error| error.to_string())
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_refused_without_being_shown() {
        assert_eq!(refusal("key", "name", "secret"), None);
        for (api_key, username, secret) in
            [("", "n", "s"), ("k\n", "n", "s"), ("k", "n\"", "s"), ("k", "", "s"), ("k", "n", "")]
        {
            let text = refusal(api_key, username, secret).unwrap();
            assert!(text.contains(": expected "), "{text}");
        }
        assert!(!refusal("zebra ", "n", "s").unwrap().contains("zebra"));
    }
}
