//! Uploads past the server: a client sends bytes to a staging key, and from there they become a
//! blob.
//!
//! The facts of an upload are in its [`Ticket`], which the client keeps: nothing is stored here, so
//! an upload survives a restart. A ticket gives no permission. A changed one names another key, or
//! another size and digest to compare with; bytes become a blob only under their digest.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::{BlobError, Fut, Stored};
use crate::domain::id::{Digest, Malformed, hex, unhex};

/// The prefix of the text of a ticket.
const PREFIX: &str = "upload:";

/// The maximum length of the name of a multipart upload.
const LONGEST_PARTS: usize = 1024;

/// An upload and its announced facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its unique id, which must not be guessable.
    pub nonce: [u8; 32],
    /// The number of bytes.
    pub size: u64,
    /// Their digest, if the client knows it.
    pub digest: Option<Digest>,
    /// Their SHA-256, if the client knows it.
    pub sha256: Option<[u8; 32]>,
    /// The backend's name of a multipart upload.
    pub parts: Option<String>,
}

/// One request that a client has to send: `PUT` to a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The URL.
    pub url: String,
    /// The headers, exactly as they must be sent.
    pub headers: Vec<(String, String)>,
    /// The first byte that it carries.
    pub start: u64,
    /// The number of bytes that it carries.
    pub size: u64,
}

/// A backend to which clients can send bytes past the server.
pub trait Uploads: Send + Sync {
    /// Begins an upload: returns the ticket, which may have a name for its parts now, and the
    /// requests that carry all bytes. They are valid for `expires`.
    ///
    /// # Errors
    /// Returns the error of the backend.
    fn begin(&self, ticket: Ticket, expires: Duration) -> Fut<'_, Result<(Ticket, Vec<Sending>), BlobError>>;

    /// Makes a blob of the uploaded bytes: verifies them, publishes them once, and removes the
    /// upload. A repetition returns the same blob.
    ///
    /// # Errors
    /// Returns [`Unsent`](BlobError::Unsent), [`OtherFacts`](BlobError::OtherFacts) or
    /// [`Mismatch`](BlobError::Mismatch) if the bytes are missing or are not the announced ones;
    /// nothing was published then.
    fn complete(&self, ticket: Ticket) -> Fut<'_, Result<Stored, BlobError>>;

    /// Removes uploads that were begun before this second of Unix time and are not completed.
    /// Returns their number.
    ///
    /// # Errors
    /// Returns the error of the backend.
    fn clear(&self, before: i64) -> Fut<'_, Result<usize, BlobError>>;
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = self.digest.map(|digest| digest.hex()).unwrap_or_default();
        let sha256 = self.sha256.map(|sha256| hex(&sha256)).unwrap_or_default();
        let parts = self.parts.as_deref().unwrap_or_default();
        write!(f, "{PREFIX}{}.{}.{digest}.{sha256}.{parts}", hex(&self.nonce), self.size)
    }
}

impl FromStr for Ticket {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        parse(text).ok_or_else(|| Malformed::new(text, "the id of an upload, as `beginUpload` gave it"))
    }
}

fn parse(text: &str) -> Option<Ticket> {
    let mut words = text.strip_prefix(PREFIX)?.splitn(5, '.');
    let nonce = unhex(words.next()?)?;
    let size = words.next()?;
    let digest = maybe(words.next()?)?.map(Digest::from_bytes);
    let sha256 = maybe(words.next()?)?;
    let parts = Some(words.next()?).filter(|parts| !parts.is_empty()).map(str::to_owned);
    let fits =
        |parts: &String| parts.len() <= LONGEST_PARTS && parts.bytes().all(|byte| byte.is_ascii_graphic());
    let ticket = Ticket { nonce, size: size.parse().ok()?, digest, sha256, parts };
    (ticket.parts.iter().all(fits) && ticket.to_string() == text).then_some(ticket)
}

/// Returns 32 bytes, or `None` for an empty text.
fn maybe(text: &str) -> Option<Option<[u8; 32]>> {
    if text.is_empty() { Some(None) } else { unhex(text).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_read_as_it_was_written() {
        let bare = Ticket { nonce: [1; 32], size: 0, digest: None, sha256: None, parts: None };
        let full = Ticket {
            nonce: [2; 32],
            size: u64::MAX,
            digest: Some(Digest::of(b"a")),
            sha256: Some([3; 32]),
            parts: Some("2~a.b_c-d".to_owned()),
        };
        for ticket in [bare, full] {
            assert_eq!(ticket.to_string().parse(), Ok(ticket));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let hex = "01".repeat(32);
        for wrong in [
            String::new(),
            "upload:".to_owned(),
            format!("upload:{hex}"),
            format!("{hex}.1..."),
            format!("upload:{hex}.1.."),
            format!("upload:{hex}.01..."),
            format!("upload:{hex}.+1..."),
            format!("upload:{hex}.-1..."),
            format!("upload:../{hex}.1..."),
            format!("upload:{}.1...", hex.to_uppercase().replace('0', "A")),
            format!("upload:{hex}.1.b3.."),
            format!("upload:{hex}.1..00."),
            format!("upload:{hex}.1...a b"),
            format!("upload:{hex}.1...{}", "x".repeat(1_025)),
        ] {
            assert!(wrong.parse::<Ticket>().is_err(), "{wrong}");
        }
    }
}
