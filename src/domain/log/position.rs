//! A position in a log: a seq, and a mark that identifies the log.
//!
//! If commits are written to an older copy of a store, the copy assigns the same seqs again to
//! other commits. A position that is stored elsewhere has the first bytes of its commit's digest,
//! which covers everything before it, so it matches one history only.

use std::fmt;
use std::str::FromStr;

use crate::domain::id::{Malformed, Seq};

const EXPECTED: &str =
    "a position: a seq such as `120`, or one with its mark, `120-` and 16 lower-case hex digits";

/// The first 8 bytes of a commit's digest; zeros before the first commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogMark(u64);

impl LogMark {
    /// Returns the mark of the commit with this digest.
    #[must_use]
    pub fn of(digest: &[u8; 32]) -> Self {
        Self(digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes)))
    }

    /// Returns the mark with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }

    /// Returns the bytes, as they are in the digest.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

impl fmt::Display for LogMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for LogMark {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let digits =
            text.len() == 16 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let mark = if digits { u64::from_str_radix(text, 16).ok() } else { None };
        mark.map(Self).ok_or_else(|| Malformed::new(text, "a mark: 16 lower-case hex digits"))
    }
}

/// A position in a log. Without a mark it matches every log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The seq of the commit.
    pub seq: Seq,
    /// The mark of that commit.
    pub mark: Option<LogMark>,
}

impl From<Seq> for Position {
    fn from(seq: Seq) -> Self {
        Self { seq, mark: None }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, mark } = self;
        match mark {
            None => write!(f, "{seq}"),
            Some(mark) => write!(f, "{seq}-{mark}"),
        }
    }
}

impl FromStr for Position {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = |_| Malformed::new(text, EXPECTED);
        match text.split_once('-') {
            None => Ok(Self::from(text.parse::<Seq>().map_err(malformed)?)),
            Some((seq, mark)) => Ok(Self {
                seq: seq.parse().map_err(malformed)?,
                mark: Some(mark.parse().map_err(malformed)?),
            }),
        }
    }
}
