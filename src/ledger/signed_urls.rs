//! Addresses under which anybody may read a blob for a while, for places that have none of their own.
//!
//! Such an address is a path on this server with a moment and a signature in it. The key lies in the data directory, and is
//! made when there is none: whoever has it can read every blob whose digest they know.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::{Clock, LedgerError};
use crate::domain::id::{Digest, hex, unhex};
use crate::domain::signed_url::PassKey;

const FILE: &str = "url-key";
const NEXT: &str = "url-key.next";

/// Under what name processes on one store agree on a key.
pub(super) const AGREED: &str = "url-key";

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Gives out such addresses, and knows them again.
pub struct Passes {
    key: PassKey,
    clock: Arc<dyn Clock>,
    /// The address by which clients reach this server.
    base: OnceLock<String>,
}

/// Why a pass is no leave to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPass {
    /// It was one.
    #[error("this address has expired; ask for a new one")]
    Expired,
    /// It never was one.
    #[error("this address was not signed by this server, or was changed; ask for a new one")]
    Forged,
}

impl Passes {
    /// Signs with this key, by this clock.
    #[must_use]
    pub fn new(key: PassKey, clock: Arc<dyn Clock>) -> Self {
        Self { key, clock, base: OnceLock::new() }
    }

    /// Puts this address before all paths from now on.
    pub fn serve_at(&self, base: String) {
        // It is set once, before the first request.
        let _ = self.base.set(base);
    }

    /// The address of a path on this server: the path alone if it is not known by which address clients reach it.
    #[must_use]
    pub fn here(&self, path: &str) -> String {
        format!("{}{path}", self.base.get().map_or("", String::as_str))
    }

    /// The address of a blob until so long from now, in whole seconds: a path on this server, or an address that begins
    /// with that of [`Passes::serve_at`].
    #[must_use]
    pub fn address(&self, digest: Digest, expires: Duration) -> String {
        let seconds = i64::try_from(expires.as_secs()).unwrap_or(i64::MAX);
        let expires = (self.clock.now() / SECOND).saturating_add(seconds);
        let signature = self.key.sign(digest, expires);
        self.here(&format!("/blobs/{digest}?expires={expires}&signature={signature}"))
    }

    /// Whether an address that was given out holds still.
    ///
    /// # Errors
    /// [`BadPass`].
    pub fn check(&self, digest: Digest, expires: i64, signature: &str) -> Result<(), BadPass> {
        if !self.key.has_signed(digest, expires, signature) {
            return Err(BadPass::Forged);
        }
        if self.clock.now() / SECOND < expires { Ok(()) } else { Err(BadPass::Expired) }
    }
}

impl fmt::Debug for Passes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passes(…)")
    }
}

/// The key of a data directory, which is made where it is missing.
pub(super) fn key(dir: &Path) -> Result<[u8; 32], LedgerError> {
    let key = match fs::read_to_string(dir.join(FILE)) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(dir),
        Err(error) => Err(error),
    };
    key.map_err(|error| LedgerError::Unavailable {
        what: format!("the key that signs addresses, {FILE} in the data directory, cannot be used: {error}"),
        why: String::new(),
    })
}

/// The key of a data directory that is only read. Where there is none, or none that may be read, it is one that no other process
/// knows.
pub(super) fn borrowed(dir: &Path) -> Result<[u8; 32], LedgerError> {
    let kept = fs::read_to_string(dir.join(FILE)).and_then(|text| parse(&text));
    let key = kept.or_else(|_| {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        Ok(key)
    });
    key.map_err(|error: io::Error| {
        LedgerError::unavailable(&format!("the system gives no random bytes: {error}"))
    })
}

fn parse(text: &str) -> io::Result<[u8; 32]> {
    unhex(text.trim_end()).ok_or_else(|| {
        let why = "it is damaged; remove it, and a new one is made: addresses given out until now end then";
        io::Error::new(io::ErrorKind::InvalidData, why)
    })
}

/// Makes the key. It has its name only when it is whole and durable.
fn make(dir: &Path) -> io::Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let next = dir.join(NEXT);
    // What a crash left may have other permissions.
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

    /// Passes of a directory, whose clock shows this second at first and the next ones after it.
    fn at(dir: &Path, second: i64) -> Result<Passes, LedgerError> {
        let clock = Arc::new(StepClock::new(second * SECOND, SECOND));
        Ok(Passes::new(PassKey::new(key(dir)?), clock))
    }

    /// The moment and the signature in an address.
    fn parts(address: &str) -> (i64, &str) {
        let (_, query) = address.split_once("?expires=").unwrap();
        let (expires, signature) = query.split_once("&signature=").unwrap();
        (expires.parse().unwrap(), signature)
    }

    #[test]
    fn an_address_holds_until_its_moment_and_over_a_start() {
        let dir = tempfile::tempdir().unwrap();
        let digest = Digest::of(b"a");
        let address = at(dir.path(), 1_000).unwrap().address(digest, Duration::from_secs(10));
        assert!(address.starts_with(&format!("/blobs/{digest}?expires=1010&signature=")), "{address}");
        let (expires, signature) = parts(&address);
        for (now, expected) in
            [(1_000, Ok(())), (1_009, Ok(())), (1_010, Err(BadPass::Expired)), (9_999, Err(BadPass::Expired))]
        {
            assert_eq!(at(dir.path(), now).unwrap().check(digest, expires, signature), expected, "at {now}");
        }
        let passes = at(dir.path(), 1_000).unwrap();
        passes.serve_at("https://lineage.example/s".to_owned());
        let absolute = passes.address(digest, Duration::from_secs(10));
        assert!(absolute.starts_with(&format!("https://lineage.example/s/blobs/{digest}?")), "{absolute}");
        assert_eq!(passes.check(digest, expires + 1, signature), Err(BadPass::Forged));
        assert_eq!(passes.check(Digest::of(b"b"), expires, signature), Err(BadPass::Forged));
        let other = tempfile::tempdir().unwrap();
        let elsewhere = at(other.path(), 1_000).unwrap();
        assert_eq!(elsewhere.check(digest, expires, signature), Err(BadPass::Forged));
    }

    #[test]
    fn the_key_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        // What a crash left, for everybody to read.
        fs::write(dir.path().join(NEXT), "half").unwrap();
        at(dir.path(), 0).unwrap();
        let mode = fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{mode:o}");
        assert!(!dir.path().join(NEXT).exists());
    }

    #[test]
    fn a_damaged_key_is_refused_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        for damaged in ["", "00", "not hex at all"] {
            fs::write(dir.path().join(FILE), damaged).unwrap();
            let refused = at(dir.path(), 0).unwrap_err().to_string();
            assert!(refused.contains("url-key") && refused.contains("remove it"), "{refused}");
        }
    }
}
