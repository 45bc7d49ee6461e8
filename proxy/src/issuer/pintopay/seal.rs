//! PintoPay's cipher: Base64 of a version byte, a nonce, and a NaCl secretbox (XSalsa20-Poly1305) under the hash of the secret.
//!
//! Source: PintoPay, "Encrypted Payload". That the box's tag stands in front is inferred from the libraries it names.

use std::fmt;

use anyhow::anyhow;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use crypto_secretbox::aead::rand_core::RngCore;
use crypto_secretbox::aead::{Aead, OsRng};
use crypto_secretbox::{KeyInit, Nonce, XSalsa20Poly1305};
use sha2::{Digest, Sha256};

/// The version of the format.
const VERSION: u8 = 2;

/// Seals and opens for who holds a project's secret.
pub(super) struct Seal(XSalsa20Poly1305);

impl Seal {
    /// The seal of a secret.
    pub(super) fn new(secret: &str) -> Seal {
        let key: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        Seal(XSalsa20Poly1305::new(&key.into()))
    }

    /// Seals a text under a nonce of its own.
    pub(super) fn seal(&self, text: &[u8]) -> anyhow::Result<String> {
        let mut nonce = Nonce::default();
        // Not `generate_nonce`, which panics where the system has no random bytes.
        OsRng.try_fill_bytes(&mut nonce).map_err(|_| anyhow!("no random bytes were to be had"))?;
        self.seal_under(&nonce, text)
    }

    fn seal_under(&self, nonce: &Nonce, text: &[u8]) -> anyhow::Result<String> {
        let sealed = self.0.encrypt(nonce, text).map_err(|_| anyhow!("text could not be sealed"))?;
        Ok(BASE64_STANDARD.encode([&[VERSION], nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed under the same secret, or says why it does not open.
    pub(super) fn open(&self, sealed: &str) -> Result<Vec<u8>, &'static str> {
        let bytes = BASE64_STANDARD.decode(sealed).map_err(|_| "expected standard base64, found other text")?;
        let (version, rest) = bytes.split_first().ok_or("expected a version byte, found nothing")?;
        if *version != VERSION {
            return Err("expected version 2 of the format, found another");
        }
        let (nonce, sealed) = rest.split_first_chunk().ok_or("expected a nonce of 24 bytes, found fewer")?;
        let opened = self.0.decrypt(&Nonce::from(*nonce), sealed);
        opened.map_err(|_| "expected what our secret has sealed, found something else")
    }
}

/// Shows no secret.
impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod oracle;

#[cfg(test)]
mod tests {
    use super::*;

    // Computed by another implementation, PyNaCl, with the secret of `seal` and the nonce 00 01 .. 17.
    const TEXT: &[u8] = br#"{"request_timestamp": 1700000000000000, "card_id": "card_abc123"}"#;
    const SEALED: &str = "AgABAgMEBQYHCAkKCwwNDg8QERITFBUWF6SZgMpoLPnTFfkw0mi8vBEwl8cchnPytDnwA3qwQ95c+/UN7hYg40R+\
                          SenjMTivhBrlSbYa6cUeXAyk5mTRbA7BLEj6aDycvJPgUVwOX/w4rQ==";

    never!(Seal: fmt::Display);

    fn seal() -> Seal {
        Seal::new("your_api_secret_key_here")
    }

    #[test]
    fn another_implementation_seals_and_opens_alike() {
        let nonce: [u8; 24] = std::array::from_fn(|place| place as u8);
        assert_eq!(seal().seal_under(&nonce.into(), TEXT).unwrap(), SEALED);
        assert_eq!(seal().open(SEALED).unwrap(), TEXT);
    }

    #[test]
    fn no_bit_may_be_changed_and_no_byte_be_missing() {
        let bytes = BASE64_STANDARD.decode(SEALED).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(seal().open(&BASE64_STANDARD.encode(changed)).is_err(), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(seal().open(&BASE64_STANDARD.encode(&bytes[..length])).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_alike() {
        let (one, two) = (seal().seal(TEXT).unwrap(), seal().seal(TEXT).unwrap());
        assert_ne!(one, two);
        let nonce = |sealed| BASE64_STANDARD.decode(sealed).unwrap()[1..25].to_vec();
        assert_ne!(nonce(&one), nonce(&two));
        assert_eq!(seal().open(&one).unwrap(), TEXT);
    }

    #[test]
    fn what_another_secret_sealed_and_what_is_no_seal_stays_shut() {
        assert!(Seal::new("your_api_secret_key_hers").open(SEALED).is_err());
        for text in ["", "=", "zebra!", SEALED.trim_end_matches('='), &SEALED.replace('+', "-").replace('/', "_")] {
            assert!(seal().open(text).is_err(), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", Seal::new("zebra-zebra"));
        assert_eq!(shown, "Seal { .. }");
    }
}
