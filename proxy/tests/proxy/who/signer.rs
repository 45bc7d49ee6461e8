//! Somebody who signs tokens, with a key made for the test.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

/// A signer with an ES256 key.
pub(super) struct Signer {
    pub(super) id: &'static str,
    pair: EcdsaKeyPair,
}

impl Signer {
    /// A signer whose key has this id.
    pub(super) fn new(id: &'static str) -> Signer {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Signer { id, pair: EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap() }
    }

    /// The public key as it is published.
    pub(super) fn jwk(&self) -> Value {
        let (x, y) = self.point()[1..].split_at(32);
        let [x, y] = [x, y].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": x, "y": y })
    }

    /// The point that the public key is.
    pub(super) fn point(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The set of the keys of these signers.
    pub(super) fn set(signers: &[&Signer]) -> Value {
        json!({ "keys": signers.iter().map(|signer| signer.jwk()).collect::<Vec<_>>() })
    }

    /// A token.
    pub(super) fn token(&self, members: &Value) -> String {
        self.token_under(&json!({ "typ": "JWT", "alg": "ES256", "kid": self.id }), members)
    }

    /// A token that says something else of itself; it is signed all the same.
    pub(super) fn token_under(&self, header: &Value, members: &Value) -> String {
        let text = unsigned(header, members);
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A published Ed25519 key of this id, and a token that is signed with it.
pub(super) fn edwards(id: &str, members: &Value) -> (Value, String) {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
    let x = BASE64_URL_SAFE_NO_PAD.encode(pair.public_key());
    let text = unsigned(&json!({ "typ": "JWT", "alg": "EdDSA", "kid": id }), members);
    let token = format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes())));
    (json!({ "kty": "OKP", "crv": "Ed25519", "kid": id, "x": x }), token)
}

/// A token that is signed with a secret.
pub(super) fn with_secret(secret: &[u8], header: &Value, members: &Value) -> String {
    let text = unsigned(header, members);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
}

/// Header and members of a token.
pub(super) fn unsigned(header: &Value, members: &Value) -> String {
    [header, members].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string())).join(".")
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
