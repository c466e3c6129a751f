//! Pre-signed URLs for blobs, for blob stores that have none.
//!
//! Such a URL is a path on this server with an expiry time and a signature. The key is in the data
//! directory and is created if it is missing. A process with the key can read every blob whose
//! digest it knows.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::{Clock, LedgerError};
use crate::domain::id::{Digest, hex, unhex};
use crate::domain::signed_url::UrlSigningKey;

const FILE: &str = "url-key";
const NEXT: &str = "url-key.next";

/// The name under which processes on one store agree on a key.
pub(super) const AGREED: &str = "url-key";

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Issues and checks pre-signed URLs.
pub struct UrlSigner {
    key: UrlSigningKey,
    clock: Arc<dyn Clock>,
    /// The URL by which clients reach this server.
    base: OnceLock<String>,
}

/// A reason why a pre-signed URL is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It has expired.
    #[error("this URL has expired; request a new one")]
    Expired,
    /// It was never valid.
    #[error("this URL was not signed by this server, or was changed; request a new one")]
    Forged,
}

impl UrlSigner {
    /// Creates an issuer with this key and clock.
    #[must_use]
    pub fn new(key: UrlSigningKey, clock: Arc<dyn Clock>) -> Self {
        Self { key, clock, base: OnceLock::new() }
    }

    /// Prefixes all paths with this URL from now on.
    pub fn serve_at(&self, base: String) {
        // It is set once, before the first request.
        let _ = self.base.set(base);
    }

    /// Returns the URL of a path on this server; the path alone if the public URL is not known.
    #[must_use]
    pub fn here(&self, path: &str) -> String {
        format!("{}{path}", self.base.get().map_or("", String::as_str))
    }

    /// Returns the pre-signed URL of a blob, valid for `expires` (full seconds): a path on this
    /// server, prefixed with the URL of [`UrlSigner::serve_at`].
    #[must_use]
    pub fn address(&self, digest: Digest, expires: Duration) -> String {
        let seconds = i64::try_from(expires.as_secs()).unwrap_or(i64::MAX);
        let expires = (self.clock.now() / SECOND).saturating_add(seconds);
        let signature = self.key.sign(digest, expires);
        self.here(&format!("/blobs/{digest}?expires={expires}&signature={signature}"))
    }

    /// Checks the parameters of a pre-signed URL.
    ///
    /// # Errors
    /// Returns [`InvalidUrl`].
    pub fn check(&self, digest: Digest, expires: i64, signature: &str) -> Result<(), InvalidUrl> {
        if !self.key.has_signed(digest, expires, signature) {
            return Err(InvalidUrl::Forged);
        }
        if self.clock.now() / SECOND < expires { Ok(()) } else { Err(InvalidUrl::Expired) }
    }
}

impl fmt::Debug for UrlSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlSigner(…)")
    }
}

/// Returns the key of a data directory, and creates it if it is missing.
pub(super) fn key(dir: &Path) -> Result<[u8; 32], LedgerError> {
    let key = match fs::read_to_string(dir.join(FILE)) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(dir),
        Err(error) => Err(error),
    };
    key.map_err(|error| LedgerError::Unavailable {
        what: format!("the key for pre-signed URLs, {FILE} in the data directory, cannot be used: {error}"),
        why: String::new(),
    })
}

/// Returns the key of a data directory that is opened read-only. If it is missing or not readable,
/// the key is random and no other process knows it.
pub(super) fn borrowed(dir: &Path) -> Result<[u8; 32], LedgerError> {
    let kept = fs::read_to_string(dir.join(FILE)).and_then(|text| parse(&text));
    let key = kept.or_else(|_| {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        Ok(key)
    });
    key.map_err(|error: io::Error| {
        LedgerError::unavailable(&format!("the system provides no random bytes: {error}"))
    })
}

fn parse(text: &str) -> io::Result<[u8; 32]> {
    unhex(text.trim_end()).ok_or_else(|| {
        let why = "it is damaged; remove it to create a new one, which ends the URLs that were issued before";
        io::Error::new(io::ErrorKind::InvalidData, why)
    })
}

/// Creates the key. The file gets its name only when it is complete and durable.
fn make(dir: &Path) -> io::Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let next = dir.join(NEXT);
    // A file from a crash may have other permissions.
    match fs::remove_file(&next) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&next)?;
    file.write_all(format!("{}\n", hex(&key)).as_bytes())?;
    file.sync_all()?;
    fs::rename(&next, dir.join(FILE))?;
    File::open(dir)?.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::ledger::StepClock;

    /// Creates an issuer in a directory, whose clock begins at this second and advances by one.
    fn at(dir: &Path, second: i64) -> Result<UrlSigner, LedgerError> {
        let clock = Arc::new(StepClock::new(second * SECOND, SECOND));
        Ok(UrlSigner::new(UrlSigningKey::new(key(dir)?), clock))
    }

    /// Returns the expiry time and the signature of a URL.
    fn parts(address: &str) -> (i64, &str) {
        let (_, query) = address.split_once("?expires=").unwrap();
        let (expires, signature) = query.split_once("&signature=").unwrap();
        (expires.parse().unwrap(), signature)
    }

    #[test]
    fn a_url_is_valid_until_it_expires_and_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let digest = Digest::of(b"a");
        let address = at(dir.path(), 1_000).unwrap().address(digest, Duration::from_secs(10));
        assert!(address.starts_with(&format!("/blobs/{digest}?expires=1010&signature=")), "{address}");
        let (expires, signature) = parts(&address);
        for (now, expected) in [
            (1_000, Ok(())),
            (1_009, Ok(())),
            (1_010, Err(InvalidUrl::Expired)),
            (9_999, Err(InvalidUrl::Expired)),
        ] {
            assert_eq!(at(dir.path(), now).unwrap().check(digest, expires, signature), expected, "at {now}");
        }
        let signer = at(dir.path(), 1_000).unwrap();
        signer.serve_at("https://lineage.example/s".to_owned());
        let absolute = signer.address(digest, Duration::from_secs(10));
        assert!(absolute.starts_with(&format!("https://lineage.example/s/blobs/{digest}?")), "{absolute}");
        assert_eq!(signer.check(digest, expires + 1, signature), Err(InvalidUrl::Forged));
        assert_eq!(signer.check(Digest::of(b"b"), expires, signature), Err(InvalidUrl::Forged));
        let other = tempfile::tempdir().unwrap();
        let elsewhere = at(other.path(), 1_000).unwrap();
        assert_eq!(elsewhere.check(digest, expires, signature), Err(InvalidUrl::Forged));
    }

    #[test]
    fn only_the_owner_can_read_the_key() {
        let dir = tempfile::tempdir().unwrap();
        // A file from a crash that everyone can read.
        fs::write(dir.path().join(NEXT), "half").unwrap();
        at(dir.path(), 0).unwrap();
        let mode = fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{mode:o}");
        assert!(!dir.path().join(NEXT).exists());
    }

    #[test]
    fn a_damaged_key_is_refused_with_a_remedy() {
        let dir = tempfile::tempdir().unwrap();
        for damaged in ["", "00", "not hex at all"] {
            fs::write(dir.path().join(FILE), damaged).unwrap();
            let refused = at(dir.path(), 0).unwrap_err().to_string();
            assert!(refused.contains("url-key") && refused.contains("remove it"), "{refused}");
        }
    }
}
