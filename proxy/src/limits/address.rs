//! Where a call comes from, as the last hop of ours saw it. Everything before that hop is the caller's own word.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Written by each hop: the address it was called from, after those it was told of.
const FORWARDED_HEADER: &str = "x-forwarded-for";

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Balancers that may be believed.
#[derive(Clone, Debug, Default)]
pub(super) struct Hops(Vec<IpNet>);

impl Hops {
    pub(super) fn new(trusted: &[IpNet]) -> Hops {
        Hops(trusted.to_vec())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the caller, or its network where it has one to itself; nothing if the peer is no hop of ours. From the
    /// right: what a hop of ours wrote is true, and what stands before the first address that is none, anybody may have made.
    pub(super) fn source(&self, Peer(peer): Peer, headers: &HeaderMap) -> Option<IpAddr> {
        let mut source = peer.to_canonical();
        if !self.trusts(source) {
            return None;
        }
        let told = headers.get_all(FORWARDED_HEADER).iter().rev();
        let words = told.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
        for word in words {
            // What a hop of ours could not have written ends the chain.
            let Some(address) = std::str::from_utf8(word).ok().and_then(|word| word.trim().parse::<IpAddr>().ok())
            else {
                break;
            };
            source = address.to_canonical();
            if !self.trusts(source) {
                break;
            }
        }
        Some(network_of(source))
    }
}

/// A household has 64 bits of IPv6 to itself, and could call from another address each time.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(peer: &str, told: &[&str]) -> Option<String> {
        let hops = Hops::new(&["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let mut headers = HeaderMap::new();
        for value in told {
            headers.append(FORWARDED_HEADER, value.parse().unwrap());
        }
        hops.source(Peer(peer.parse().unwrap()), &headers).map(|address| address.to_string())
    }

    #[test]
    fn nobody_but_a_hop_of_ours_is_read() {
        assert_eq!(source("203.0.113.9", &["198.51.100.1"]), None);
        assert_eq!(Hops::default().source(Peer("10.0.0.1".parse().unwrap()), &HeaderMap::new()), None);
    }

    #[test]
    fn the_last_address_that_is_no_hop_is_the_callers() {
        let told = |told: &[&str]| source("10.0.0.1", told).unwrap();
        assert_eq!(told(&["198.51.100.1"]), "198.51.100.1");
        assert_eq!(told(&["1.2.3.4, 198.51.100.1"]), "198.51.100.1", "the first is the caller's own word");
        assert_eq!(told(&["1.2.3.4, 198.51.100.1, 10.0.0.2"]), "198.51.100.1", "two hops");
        assert_eq!(told(&["1.2.3.4", "198.51.100.1"]), "198.51.100.1", "two headers are one list");
        assert_eq!(told(&["198.51.100.1", "10.0.0.2"]), "198.51.100.1");
        assert_eq!(told(&["10.0.0.3, 10.0.0.2"]), "10.0.0.3", "from inside");
        assert_eq!(told(&[]), "10.0.0.1");
    }

    #[test]
    fn what_cannot_be_read_ends_the_chain() {
        for wrong in
            ["198.51.100.1, unknown", "198.51.100.1, ", "198.51.100.1:80", "198.51.100.1,, ", "\"198.51.100.1\""]
        {
            assert_eq!(source("10.0.0.1", &[wrong]).unwrap(), "10.0.0.1", "{wrong}");
        }
    }

    #[test]
    fn a_network_of_64_bits_is_one_caller_and_mapped_addresses_are_plain() {
        assert_eq!(source("fd00::1", &["2001:db8:1:2:3:4:5:6"]).unwrap(), "2001:db8:1:2::");
        assert_eq!(source("::ffff:10.0.0.1", &["::ffff:198.51.100.1"]).unwrap(), "198.51.100.1");
    }
}
