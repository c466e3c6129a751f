//! A running digest of all records, which identifies a commit of a file.

use super::payload::ImportPayload;
use crate::domain::canonical::bytes::Canon;

/// The digest of all records so far.
#[derive(Debug, Default)]
pub(crate) struct RunningDigest([u8; 32]);

impl RunningDigest {
    /// Adds a record and its payload. Returns the digest of all records through this one.
    pub(crate) fn add(&mut self, text: &[u8], payload: Option<&ImportPayload>) -> [u8; 32] {
        let mut canon = Canon::new("stemma import v1");
        canon.field(&self.0).field(text);
        if let Some(payload) = payload {
            canon.field(payload.meta.digest.as_bytes());
        }
        self.0 = canon.hash();
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> [u8; 32] {
        let mut running = RunningDigest::default();
        texts.iter().map(|text| running.add(text.as_bytes(), None)).next_back().unwrap()
    }

    #[test]
    fn a_digest_covers_all_records_in_their_order() {
        assert_eq!(all(&["a", "b"]), all(&["a", "b"]));
        assert_ne!(all(&["a", "b"]), all(&["b", "a"]));
        assert_ne!(all(&["ab"]), all(&["a", "b"]));
        let payload = ImportPayload::of_bytes(b"p".to_vec());
        assert_ne!(
            RunningDigest::default().add(b"a", Some(&payload)),
            RunningDigest::default().add(b"a", None)
        );
    }
}
