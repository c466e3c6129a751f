//! The signature of a pre-signed URL, which lets its holder read one blob until it expires. Signed
//! with a key that the server keeps.

use crate::domain::id::{Digest, hex, unhex};

/// Prefix of the signed bytes, so that a signature of anything else is never valid here.
const CONTEXT: &[u8] = b"stemma pass 1: read a blob until\0";

/// The key that signs URLs. Never shown.
pub struct UrlSigningKey([u8; 32]);

impl UrlSigningKey {
    /// Returns the key with these bytes, which must be random.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the signature for reading the blob until a second of Unix time.
    #[must_use]
    pub fn sign(&self, digest: Digest, expires: i64) -> String {
        hex(self.mac(digest, expires).as_bytes())
    }

    /// Returns true if [`sign`](Self::sign) gave this signature for the same blob and second. Takes
    /// the same time for wrong and right signatures.
    #[must_use]
    pub fn has_signed(&self, digest: Digest, expires: i64, signature: &str) -> bool {
        // The comparison of two BLAKE3 hashes takes constant time.
        unhex(signature).is_some_and(|given| self.mac(digest, expires) == blake3::Hash::from_bytes(given))
    }

    fn mac(&self, digest: Digest, expires: i64) -> blake3::Hash {
        blake3::keyed_hash(&self.0, &[CONTEXT, digest.as_bytes(), &expires.to_le_bytes()].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_for_one_blob_one_expiry_and_one_key() {
        let (key, digest) = (UrlSigningKey::new([7; 32]), Digest::of(b"a"));
        let signature = key.sign(digest, 1_000);
        assert!(key.has_signed(digest, 1_000, &signature));
        assert!(!key.has_signed(digest, 1_001, &signature));
        assert!(!key.has_signed(Digest::of(b"b"), 1_000, &signature));
        assert!(!UrlSigningKey::new([8; 32]).has_signed(digest, 1_000, &signature));
        for at in 0..signature.len() {
            let mut changed = signature.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            assert!(!key.has_signed(digest, 1_000, &String::from_utf8(changed).unwrap()), "digit {at}");
        }
        for wrong in ["", &signature[1..], &signature.to_uppercase(), &format!("{signature}0")] {
            assert!(!key.has_signed(digest, 1_000, wrong), "{wrong}");
        }
    }
}
