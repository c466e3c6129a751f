//! Names of things: content ids of items and versions, digests of payloads, and the commit number.
//!
//! All three 32-byte names are BLAKE3 and `Copy`. One parser each; the text forms are those of the API.

use std::fmt;
use std::str::FromStr;

/// Why a text is not a name. The message says what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct Malformed {
    /// What was given, shortened to 80 characters.
    pub text: String,
    /// What would have been right, for instance `a digest: b3: and 64 hex digits`.
    pub expected: &'static str,
}

impl Malformed {
    /// A refusal of `text`, which is shortened so that an error never carries a payload.
    #[must_use]
    pub fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.chars().take(80).collect(), expected }
    }
}

/// Lower-case hex of 32 bytes.
#[must_use]
pub fn hex(bytes: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*bytes).to_hex().to_string()
}

/// 32 bytes from exactly 64 lower-case hex digits: one text per name, so that names can be compared as text.
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
            /// What the text form begins with.
            pub const PREFIX: &'static str = $prefix;

            /// The name with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes of the name.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// 64 lower-case hex digits, without the prefix.
            #[must_use]
            pub fn hex(&self) -> String {
                hex(&self.0)
            }

            /// The name from 64 lower-case hex digits, without the prefix.
            ///
            /// # Errors
            /// [`Malformed`] where the text is anything else.
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
    /// Identity of an item: the hash of its namespace, kind and key.
    ItemId, "item:", "an item id: `item:` and 64 lower-case hex digits"
}
name! {
    /// Identity of a version: the hash of its item, its parent and its content.
    VersionId, "version:", "a version id: `version:` and 64 lower-case hex digits"
}
name! {
    /// BLAKE3 of a payload's bytes.
    Digest, "b3:", "a digest: `b3:` and 64 lower-case hex digits"
}

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}

/// A commit's number: 1 for the first, without gaps. 0 is the empty store before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(pub u64);

impl Seq {
    /// The empty store, before any commit.
    pub const ZERO: Self = Self(0);

    /// The number after this one; the largest is followed by itself, so that a number from outside does no harm.
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
