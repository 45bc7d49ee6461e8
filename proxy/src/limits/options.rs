//! The limits' part of the command line.

use std::net::IpAddr;

use clap::Args;
use ipnet::IpNet;

use super::address::Hops;

/// How much a caller may ask for. 0 is no limit.
#[derive(Args, Clone, Debug)]
pub(crate) struct LimitOptions {
    /// Calls a user may make within a minute, freezes excepted; 0 is no limit. Default: 60, and no limit without
    /// authentication.
    #[arg(long, env = "CARDWRIGHT_CALLS_PER_MINUTE", value_parser = number(), value_name = "N")]
    calls_per_minute: Option<u32>,
    /// Creates and reissues a user may ask for within a minute, copies not counted; 0 is no limit. Default: 5, and no limit
    /// without authentication.
    #[arg(long, env = "CARDWRIGHT_CREATES_PER_MINUTE", value_parser = number(), value_name = "N")]
    creates_per_minute: Option<u32>,
    /// Freezes a user may ask for within a minute, of each replica; 0 is no limit. Default: 30, and no limit without
    /// authentication.
    #[arg(long, env = "CARDWRIGHT_FREEZES_PER_MINUTE", value_parser = number(), value_name = "N")]
    freezes_per_minute: Option<u32>,
    /// Cards a user may have made on one day (UTC), reissues included; it holds exactly, over all replicas. 0 is no limit.
    #[arg(long, env = "CARDWRIGHT_CARDS_PER_DAY", default_value = "0", value_parser = number(), value_name = "N")]
    cards_per_day: u32,
    /// Calls that may come from one address within a minute, an IPv6 network of 64 bits being one; 0 is no limit. Only with
    /// trusted-hop.
    #[arg(
        long,
        env = "CARDWRIGHT_CALLS_PER_MINUTE_PER_ADDRESS",
        default_value = "600",
        value_parser = number(),
        value_name = "N"
    )]
    calls_per_minute_per_address: u32,
    /// Address or network of a balancer of ours, such as 10.0.0.0/8: of the X-Forwarded-For it brings, the last address that
    /// is no such hop is the caller's. What anybody else brings is not read. Repeat for more.
    #[arg(
        long = "trusted-hop",
        env = "CARDWRIGHT_TRUSTED_HOP",
        value_delimiter = ',',
        value_parser = network,
        value_name = "ADDRESS|CIDR"
    )]
    trusted_hops: Vec<IpNet>,
}

/// A window's times are kept, so it is bounded.
const MOST: i64 = 10_000;

fn number() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(0..=MOST)
}

fn network(text: &str) -> Result<IpNet, &'static str> {
    let network = text.parse::<IpAddr>().map(IpNet::from).or_else(|_| text.parse::<IpNet>());
    network.map_err(|_| "expected an address or a network such as 10.0.0.0/8")
}

/// What is allowed; nothing where there is no limit.
pub(super) struct Rules {
    pub(super) calls: Option<u32>,
    pub(super) freezes: Option<u32>,
    pub(super) creates_per_minute: Option<u32>,
    pub(super) cards_per_day: Option<u32>,
    pub(super) per_address: Option<u32>,
    pub(super) hops: Hops,
}

impl LimitOptions {
    pub(super) fn rules(&self, is_local: bool) -> Rules {
        let limit = |given: u32| Some(given).filter(|most| *most > 0);
        let of_a_user = |given: Option<u32>, default| limit(given.unwrap_or(if is_local { 0 } else { default }));
        Rules {
            calls: of_a_user(self.calls_per_minute, 60),
            freezes: of_a_user(self.freezes_per_minute, 30),
            creates_per_minute: of_a_user(self.creates_per_minute, 5),
            cards_per_day: limit(self.cards_per_day),
            per_address: limit(self.calls_per_minute_per_address),
            hops: Hops::new(&self.trusted_hops),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        limits: LimitOptions,
    }

    fn rules(is_local: bool, options: &[&str]) -> [Option<u32>; 5] {
        let line = Line::try_parse_from([&[""], options].concat()).unwrap();
        let rules = line.limits.rules(is_local);
        [rules.calls, rules.freezes, rules.creates_per_minute, rules.cards_per_day, rules.per_address]
    }

    #[test]
    fn users_are_limited_unless_nobody_says_who_is_calling() {
        assert_eq!(rules(false, &[]), [Some(60), Some(30), Some(5), None, Some(600)]);
        assert_eq!(rules(true, &[]), [None, None, None, None, Some(600)]);
        let given = ["--calls-per-minute=7", "--creates-per-minute=0", "--freezes-per-minute=0", "--cards-per-day=10"];
        for is_local in [true, false] {
            assert_eq!(rules(is_local, &given), [Some(7), None, None, Some(10), Some(600)]);
        }
    }

    #[test]
    fn what_is_no_number_and_no_network_is_refused() {
        for wrong in ["--calls-per-minute=-1", "--cards-per-day=10001", "--trusted-hop=10.0.0.0/33", "--trusted-hop=lb"]
        {
            assert!(Line::try_parse_from(["", wrong]).is_err(), "{wrong}");
        }
    }
}
