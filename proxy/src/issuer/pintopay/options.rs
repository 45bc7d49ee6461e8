//! PintoPay's part of the command line.

use anyhow::{Context, bail, ensure};
use axum::http::HeaderValue;
use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::dialect::{Dialect, UserField, Wording};
use super::seal::Seal;
use crate::issuer::base_url::BaseUrl;

/// The shortest secret. Source: PintoPay, "Encrypted Payload", whose sample code refuses shorter ones.
const MIN_SECRET_LENGTH: usize = 8;

/// How PintoPay is reached, and who we are there; without its first three options it is not there.
#[derive(Args, Clone, Debug)]
pub(crate) struct PintoPayOptions {
    /// PintoPay's address, without /api and the version; https, or http to a loopback host. With its key and its secret, its
    /// operations are there too.
    #[arg(long, env = "CARDWRIGHT_PINTOPAY_BASE_URL", value_name = "URL")]
    pintopay_base_url: Option<String>,
    /// Project API key.
    #[arg(long, env = "CARDWRIGHT_PINTOPAY_API_KEY", hide_env_values = true, value_name = "KEY")]
    pintopay_api_key: Option<SecretString>,
    /// API secret, from which the key of all encryption is made; at least 8 characters.
    #[arg(long, env = "CARDWRIGHT_PINTOPAY_SECRET", hide_env_values = true, value_name = "SECRET")]
    pintopay_secret: Option<SecretString>,
    /// Version in every path of PintoPay's, in place of each operation's documented one, which is v1.
    #[arg(long, env = "CARDWRIGHT_PINTOPAY_VERSION", value_name = "VERSION")]
    pintopay_version: Option<String>,
    /// Whose words go out; revio names a product by its id, whichever the page gave.
    #[arg(long, env = "CARDWRIGHT_PINTOPAY_DIALECT", value_enum, default_value_t = Dialect::Pintopay, value_name = "DIALECT")]
    pintopay_dialect: Dialect,
    /// Field in which the user goes out; cardholder_id is revio's only.
    #[arg(long, env = "CARDWRIGHT_PINTOPAY_USER_FIELD", value_enum, default_value_t = UserField::ExternalUserId, value_name = "FIELD")]
    pintopay_user_field: UserField,
}

/// Who we are at PintoPay.
pub(super) struct Project {
    pub(super) base_url: BaseUrl,
    pub(super) api_key: HeaderValue,
    pub(super) seal: Seal,
}

impl PintoPayOptions {
    /// The project, or nothing where none is named. Checked here and not by clap, which would print a refused value.
    pub(super) fn project(&self) -> anyhow::Result<Option<Project>> {
        match (&self.pintopay_base_url, &self.pintopay_api_key, &self.pintopay_secret) {
            (None, None, None) => Ok(None),
            (Some(base_url), Some(api_key), Some(secret)) => Ok(Some(Project {
                base_url: BaseUrl::parse(base_url).context("pintopay-base-url")?,
                api_key: header_value(api_key.expose_secret())?,
                seal: seal(secret.expose_secret())?,
            })),
            _ => bail!("pintopay: expected base url, api key and secret together, found only some of them"),
        }
    }

    /// The version of every path, where one is set.
    pub(super) fn version(&self) -> Option<&str> {
        self.pintopay_version.as_deref()
    }

    /// The words that go out.
    pub(super) fn wording(&self) -> anyhow::Result<Wording> {
        Wording::new(self.pintopay_dialect, self.pintopay_user_field)
    }
}

fn header_value(api_key: &str) -> anyhow::Result<HeaderValue> {
    let plain = !api_key.is_empty() && api_key.bytes().all(|byte| byte.is_ascii_graphic());
    ensure!(plain, "pintopay-api-key: expected visible ASCII, found something else");
    let mut value = HeaderValue::from_str(api_key).context("pintopay-api-key: expected a header's value")?;
    value.set_sensitive(true);
    Ok(value)
}

fn seal(secret: &str) -> anyhow::Result<Seal> {
    let found = secret.chars().count();
    ensure!(
        found >= MIN_SECRET_LENGTH,
        "pintopay-secret: expected at least {MIN_SECRET_LENGTH} characters, found {found}"
    );
    Ok(Seal::new(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        pintopay: PintoPayOptions,
    }

    const URL: &str = "--pintopay-base-url=https://issuer.example";
    const KEY: &str = "--pintopay-api-key=key-zebra";
    const SECRET: &str = "--pintopay-secret=secret-zebra";

    fn parse(options: &[&str]) -> PintoPayOptions {
        Program::try_parse_from([&["program"], options].concat()).unwrap().pintopay
    }

    fn refusal(options: &[&str]) -> String {
        format!("{:#}", parse(options).project().err().unwrap())
    }

    #[test]
    fn it_is_there_with_all_three_and_with_none_it_is_not() {
        assert!(parse(&[]).project().unwrap().is_none());
        assert!(parse(&[URL, KEY, SECRET]).project().unwrap().is_some());
        for some in [&[URL][..], &[KEY], &[SECRET], &[URL, KEY], &[URL, SECRET], &[KEY, SECRET]] {
            let said = refusal(some);
            assert_eq!(said, "pintopay: expected base url, api key and secret together, found only some of them");
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_being_shown() {
        for (url, key, secret, reason) in [
            ("http://zebra.example", "k", "secret-1", "pintopay-base-url: expected https, or http to a loopback host"),
            ("https://i.example", "ze bra", "secret-1", "pintopay-api-key: expected visible ASCII"),
            ("https://i.example", "", "secret-1", "pintopay-api-key: expected visible ASCII"),
            ("https://i.example", "k", "zebra67", "pintopay-secret: expected at least 8 characters, found 7"),
        ] {
            let args = [("base-url", url), ("api-key", key), ("secret", secret)]
                .map(|(name, value)| format!("--pintopay-{name}={value}"));
            let said = refusal(&args.each_ref().map(String::as_str));
            assert!(said.starts_with(reason) && !said.contains("zebra"), "{said}");
        }
        assert!(parse(&["--pintopay-base-url=http://127.0.0.1:9", KEY, SECRET]).project().is_ok());
    }

    #[test]
    fn a_cardholder_is_revios() {
        let cardholder = "--pintopay-user-field=cardholder_id";
        assert!(parse(&[cardholder]).wording().is_err());
        assert!(parse(&[cardholder, "--pintopay-dialect=revio"]).wording().is_ok());
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", parse(&[URL, KEY, SECRET])).contains("zebra"));
    }
}
