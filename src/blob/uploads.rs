//! Uploads past the server: a client sends bytes to a place of their own, and from there they become a blob.
//!
//! What is known of such an upload is in its [`Ticket`], which the client keeps: nothing is remembered here, so an upload
//! outlives the server. A ticket is nobody's leave to anything. One that was changed names another place, or another size
//! and digest to compare with; bytes become a blob only under the name that they hash to.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::{BlobError, Fut, Stored};
use crate::domain::id::{Digest, Malformed, hex, unhex};

/// What the text of a ticket begins with.
const PREFIX: &str = "upload:";

/// The longest name of an upload in parts.
const LONGEST_PARTS: usize = 1024;

/// An upload, and what was said of it at its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// What tells it from all others; nobody must be able to guess it.
    pub nonce: [u8; 32],
    /// How many bytes will come.
    pub size: u64,
    /// Which, where the client knows.
    pub digest: Option<Digest>,
    /// Their SHA-256, where the client knows.
    pub sha256: Option<[u8; 32]>,
    /// The place's name for it where it comes in parts.
    pub parts: Option<String>,
}

/// One request that a client has to send: `PUT` to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// Where to.
    pub url: String,
    /// With which headers, exactly so.
    pub headers: Vec<(String, String)>,
    /// The first byte that it carries, and how many.
    pub start: u64,
    /// How many bytes it carries.
    pub size: u64,
}

/// A place to which clients can send bytes past the server.
pub trait Uploads: Send + Sync {
    /// Begins an upload: gives the ticket, which may have got a name for its parts, and the requests that bring all bytes.
    /// They hold for `expires`.
    ///
    /// # Errors
    /// What the place itself had to say.
    fn begin(&self, ticket: Ticket, expires: Duration) -> Fut<'_, Result<(Ticket, Vec<Sending>), BlobError>>;

    /// Makes a blob of what was sent: verifies it, publishes it once, and removes what was sent. Done again, it gives the
    /// same blob.
    ///
    /// # Errors
    /// [`Unsent`](BlobError::Unsent), [`OtherFacts`](BlobError::OtherFacts) and [`Mismatch`](BlobError::Mismatch) where the
    /// bytes are not here or are not those that were announced; nothing was published then.
    fn complete(&self, ticket: Ticket) -> Fut<'_, Result<Stored, BlobError>>;

    /// Removes what was sent and has not become a blob, if it was begun before this second of Unix time. Says how much.
    ///
    /// # Errors
    /// What the place itself had to say.
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

/// 32 bytes, or none for an empty text.
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
    fn anything_else_is_no_ticket() {
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
