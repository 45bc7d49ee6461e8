//! The documented cipher: Base64 of a version byte, a nonce and a NaCl secretbox under the hash of the API secret.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use crypto_secretbox::aead::{Aead, AeadCore, OsRng};
use crypto_secretbox::{KeyInit, Nonce, XSalsa20Poly1305};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const VERSION: u8 = 2;
const NONCE_LENGTH: usize = 24;

/// Encrypts and decrypts for the holders of one API secret.
pub(super) struct Cipher(XSalsa20Poly1305);

/// What was in a box, and under which nonce.
#[derive(Debug, PartialEq)]
pub(super) struct Opened {
    pub(super) nonce: [u8; NONCE_LENGTH],
    pub(super) plaintext: Vec<u8>,
}

impl Cipher {
    /// The cipher of an API secret.
    pub(super) fn new(secret: &SecretString) -> Self {
        let key: [u8; 32] = Sha256::digest(secret.expose_secret()).into();
        Self(XSalsa20Poly1305::new(&key.into()))
    }

    /// Encrypts under a nonce never used before.
    pub(super) fn seal(&self, plaintext: &[u8]) -> Result<String, crypto_secretbox::Error> {
        self.seal_under(XSalsa20Poly1305::generate_nonce(&mut OsRng), plaintext)
    }

    fn seal_under(&self, nonce: Nonce, plaintext: &[u8]) -> Result<String, crypto_secretbox::Error> {
        let ciphertext = self.0.encrypt(&nonce, plaintext)?;
        Ok(BASE64_STANDARD.encode([&[VERSION], nonce.as_slice(), &ciphertext].concat()))
    }

    /// Decrypts, or says what is wrong with the text.
    pub(super) fn open(&self, encrypted: &str) -> Result<Opened, &'static str> {
        let bytes = BASE64_STANDARD.decode(encrypted).map_err(|_| "expected standard base64, found other text")?;
        let (version, rest) = bytes.split_first().ok_or("expected a version byte, found nothing")?;
        if *version != VERSION {
            return Err("expected format version 2, found another");
        }
        let (nonce, ciphertext) = rest.split_first_chunk().ok_or("expected a nonce of 24 bytes, found fewer")?;
        let plaintext = self.0.decrypt(&Nonce::from(*nonce), ciphertext);
        let plaintext = plaintext.map_err(|_| "expected a box sealed under the project's secret, found another")?;
        Ok(Opened { nonce: *nonce, plaintext })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Computed by another implementation, libsodium.
    const PLAINTEXT: &[u8] = br#"{"request_timestamp": 1700000000000000, "card_id": "card_abc123"}"#;
    const ENCRYPTED: &str = "AgABAgMEBQYHCAkKCwwNDg8QERITFBUWF6SZgMpoLPnTFfkw0mi8vBEwl8cchnPytDnwA3qwQ95c+/UN7hYg40R+\
        SenjMTivhBrlSbYa6cUeXAyk5mTRbA7BLEj6aDycvJPgUVwOX/w4rQ==";

    fn cipher() -> Cipher {
        Cipher::new(&"your_api_secret_key_here".into())
    }

    fn nonce() -> [u8; NONCE_LENGTH] {
        std::array::from_fn(|place| place as u8)
    }

    #[test]
    fn the_vector_is_sealed_and_opened() {
        assert_eq!(cipher().seal_under(nonce().into(), PLAINTEXT).unwrap(), ENCRYPTED);
        assert_eq!(cipher().open(ENCRYPTED), Ok(Opened { nonce: nonce(), plaintext: PLAINTEXT.to_vec() }));
    }

    #[test]
    fn each_box_has_a_nonce_of_its_own() {
        let nonces = [(); 2].map(|()| cipher().open(&cipher().seal(PLAINTEXT).unwrap()).unwrap().nonce);
        assert_ne!(nonces[0], nonces[1]);
    }

    #[test]
    fn another_secret_opens_nothing() {
        assert!(Cipher::new(&"your_api_secret_key_hers".into()).open(ENCRYPTED).is_err());
    }

    #[test]
    fn a_box_changed_in_any_bit_or_cut_anywhere_is_not_opened() {
        let bytes = BASE64_STANDARD.decode(ENCRYPTED).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(cipher().open(&BASE64_STANDARD.encode(changed)).is_err(), "{place}");
            assert!(cipher().open(&BASE64_STANDARD.encode(&bytes[..place])).is_err(), "{place}");
        }
    }

    #[test]
    fn only_standard_padded_base64_is_read() {
        for wrong in [
            ENCRYPTED.trim_end_matches('='),
            &ENCRYPTED.replace('+', "-").replace('/', "_"),
            &format!("{ENCRYPTED}\n"),
            &format!(" {ENCRYPTED}"),
        ] {
            assert_eq!(cipher().open(wrong), Err("expected standard base64, found other text"));
        }
    }
}
