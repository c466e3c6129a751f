//! Ids: content ids of items and versions, digests of payloads, and the number of a commit.
//!
//! All three 32-byte ids are BLAKE3 hashes and `Copy`. Each has one parser; the text forms are
//! those of the API.

use std::fmt;
use std::str::FromStr;

/// A text that is not a name of the expected form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {text:?}")]
pub struct Malformed {
    /// The given text, shortened to 80 characters.
    pub text: String,
    /// The expected form, for instance `a digest: b3: and 64 hex digits`.
    pub expected: &'static str,
}

impl Malformed {
    /// Returns an error for `text`, which is shortened so that an error never carries a payload.
    #[must_use]
    pub fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.chars().take(80).collect(), expected }
    }
}

/// Returns the lower-case hex of 32 bytes.
#[must_use]
pub fn hex(bytes: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*bytes).to_hex().to_string()
}

/// Reads 32 bytes from exactly 64 lower-case hex digits: one text per id, so that ids can be
/// compared as text.
#[must_use]
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || text.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    blake3::Hash::from_hex(text).ok().map(|hash| *hash.as_bytes())
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $prefix:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type([u8; 32]);

        impl $type {
            /// The prefix of the text form.
            pub const PREFIX: &'static str = $prefix;

            /// Returns the id with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Returns the bytes of the id.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Returns 64 lower-case hex digits, without the prefix.
            #[must_use]
            pub fn hex(&self) -> String {
                hex(&self.0)
            }

            /// Reads the id from 64 lower-case hex digits, without the prefix.
            ///
            /// # Errors
            /// [`Malformed`] for any other text.
            pub fn from_hex(text: &str) -> Result<Self, Malformed> {
                unhex(text).map(Self).ok_or_else(|| Malformed::new(text, $expected))
            }
        }

        impl AsRef<[u8; 32]> for $type {
            fn as_ref(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.hex())
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}…"), &self.hex()[..12])
            }
        }

        impl FromStr for $type {
            type Err = Malformed;

            fn from_str(text: &str) -> Result<Self, Malformed> {
                text.strip_prefix($prefix)
                    .and_then(unhex)
                    .map(Self)
                    .ok_or_else(|| Malformed::new(text, $expected))
            }
        }
    };
}

name! {
    /// The id of an item: the hash of its namespace, kind and key.
    ItemId, "item:", "an item id: `item:` and 64 lower-case hex digits"
}
name! {
    /// The id of a version: the hash of its item, its parent and its content.
    VersionId, "version:", "a version id: `version:` and 64 lower-case hex digits"
}
name! {
    /// BLAKE3 of the bytes of a payload.
    Digest, "b3:", "a digest: `b3:` and 64 lower-case hex digits"
}

impl Digest {
    /// Returns the digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Returns true if the digests are equal. For digests of secrets: the time that it takes does
    /// not depend on the bytes. `==` does not guarantee that.
    #[must_use]
    pub fn is_equal_in_constant_time(&self, other: &Self) -> bool {
        // The comparison of two BLAKE3 hashes takes constant time.
        blake3::Hash::from_bytes(self.0) == blake3::Hash::from_bytes(other.0)
    }
}

/// The number of a commit: 1 for the first, without gaps. 0 is the empty store before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(pub u64);

impl Seq {
    /// The empty store, before any commit.
    pub const ZERO: Self = Self(0);

    /// Returns the next number. The largest is followed by itself, so that a number given by a
    /// client cannot overflow.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Seq {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let canonical = !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        let number = if canonical { text.parse().ok() } else { None };
        number
            .map(Self)
            .ok_or_else(|| Malformed::new(text, "a seq: a whole number from 0, without leading zeros"))
    }
}
