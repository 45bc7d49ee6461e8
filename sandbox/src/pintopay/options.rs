//! The part of the command line that is PintoPay's.

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use super::money::Usdt;

/// All that PintoPay is started with; without it, it is not there.
#[derive(Debug, Args)]
#[group(id = "pintopay", multiple = true, requires_all = ["PINTOPAY_API_KEY", "PINTOPAY_SECRET"])]
pub(crate) struct Options {
    /// Project API key; with it and its secret, PintoPay is served too.
    #[arg(id = "PINTOPAY_API_KEY", long = "pintopay-api-key", env = "SANDBOX_PINTOPAY_API_KEY")]
    #[arg(hide_env_values = true, required = false)]
    pub(crate) api_key: SecretString,
    /// API secret, from which the key of all encryption is made.
    #[arg(id = "PINTOPAY_SECRET", long = "pintopay-secret", env = "SANDBOX_PINTOPAY_SECRET")]
    #[arg(hide_env_values = true, required = false)]
    pub(crate) secret: SecretString,
    /// How many times faster than life its orders go.
    #[arg(id = "PINTOPAY_SPEED", long = "pintopay-speed", env = "SANDBOX_PINTOPAY_SPEED")]
    #[arg(default_value = "1.0", value_parser = speed)]
    pub(super) speed: f64,
    /// Master balance in USDT at the start.
    #[arg(id = "PINTOPAY_BALANCE", long = "pintopay-balance", env = "SANDBOX_PINTOPAY_BALANCE")]
    #[arg(default_value = "1000.00")]
    pub(super) balance: Usdt,
    /// Whose edition of the API is spoken.
    #[arg(id = "PINTOPAY_DIALECT", long = "pintopay-dialect", env = "SANDBOX_PINTOPAY_DIALECT")]
    #[arg(default_value = "pintopay")]
    pub(super) dialect: Dialect,
    /// Answers every error in plain JSON, as Revio's pages show it.
    #[arg(id = "PINTOPAY_PLAIN_ERRORS", long = "pintopay-plain-errors", env = "SANDBOX_PINTOPAY_PLAIN_ERRORS")]
    pub(super) plain_errors: bool,
}

/// The edition of the API.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(super) enum Dialect {
    /// PintoPay's own: products by code or id.
    Pintopay,
    /// Its sibling's: products by id, cardholders, one more order status.
    Revio,
}

/// Reads the factor; its bounds keep every moment of an order's life within what a clock can show.
fn speed(text: &str) -> Result<f64, &'static str> {
    match text.parse() {
        Ok(speed) if (0.01..=10_000.0).contains(&speed) => Ok(speed),
        _ => Err("expected a number from 0.01 to 10000, found something else"),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        pintopay: Option<Options>,
    }

    fn parse(options: &[&str]) -> Result<Option<Options>, clap::Error> {
        let arguments = ["program"].into_iter().chain(options.iter().copied());
        Program::try_parse_from(arguments).map(|program| program.pintopay)
    }

    #[test]
    fn it_is_there_only_with_its_credentials() {
        assert!(parse(&[]).unwrap().is_none());
        let options = parse(&["--pintopay-api-key=api-key-2", "--pintopay-secret=secret-2"]).unwrap().unwrap();
        assert_eq!((options.speed, options.balance, options.dialect), (1.0, Usdt::cents(100_000), Dialect::Pintopay));
        assert!(!options.plain_errors);
        for half in ["--pintopay-api-key=api-key-2", "--pintopay-secret=secret-2", "--pintopay-speed=20"] {
            assert!(parse(&[half]).is_err(), "{half}");
        }
    }

    #[test]
    fn a_speed_is_a_factor_within_reason() {
        assert_eq!((speed("20"), speed("0.5")), (Ok(20.0), Ok(0.5)));
        for wrong in ["0", "-1", "NaN", "inf", "1e9", "fast", ""] {
            assert!(speed(wrong).is_err(), "{wrong}");
        }
    }
}
