//! A digest of everything that was read: what a commit of a file is known by.

use super::payload::Payload;
use crate::domain::canonical::bytes::Canon;

/// Grows with each record.
#[derive(Debug, Default)]
pub(in crate::cli::import) struct Chain([u8; 32]);

impl Chain {
    /// The digest of this record and all before it. Where it brings a payload, its bytes count.
    pub(in crate::cli::import) fn link(&mut self, text: &[u8], payload: Option<&Payload>) -> [u8; 32] {
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
        let mut chain = Chain::default();
        texts.iter().map(|text| chain.link(text.as_bytes(), None)).next_back().unwrap()
    }

    #[test]
    fn a_digest_is_that_of_all_records_in_their_order() {
        assert_eq!(all(&["a", "b"]), all(&["a", "b"]));
        assert_ne!(all(&["a", "b"]), all(&["b", "a"]));
        assert_ne!(all(&["ab"]), all(&["a", "b"]));
        let payload = Payload::of_bytes(b"p".to_vec());
        assert_ne!(Chain::default().link(b"a", Some(&payload)), Chain::default().link(b"a", None));
    }
}
