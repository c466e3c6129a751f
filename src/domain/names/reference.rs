//! References: the forms in which a version is named.
//!
//! `version:<hex>` · a prefix of it with at least 8 hex digits · `namespace/KIND/key` for the head
//! · `…/key#3` for the third version · `…/key@tag` · `…/key@seq:120` for the head at a seq. The
//! moment in a version's id is removed.

use std::str::FromStr;

use super::moment;
use crate::domain::id::{Malformed, Seq, VersionId};
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::text;

/// The possible meanings of a text, in the order in which they are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// One version.
    Version(VersionId),
    /// The version whose id starts with these hex digits.
    Prefix(String),
    /// A version of an item. A key may contain `@` or `#`, so the complete text is tried as a key
    /// first. At least one of the two readings is present.
    Item {
        /// The item, if the complete text can be its key; `None` if it is longer than a key can be.
        whole: Option<ItemKey>,
        /// The item and one of its versions, if the end of the text names one.
        split: Option<(ItemKey, VersionSelector)>,
    },
}

/// The part of a reference that selects a version of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionSelector {
    /// By its position in the history, from 1.
    Number(u32),
    /// The version with this tag.
    Tag(String),
    /// The head at a seq.
    Seq(Seq),
}

impl VersionSelector {
    /// Returns true if a version can have such a name, independent of the store.
    fn can_be(&self) -> bool {
        match self {
            Self::Number(_) | Self::Seq(_) => true,
            Self::Tag(tag) => text::name("tag", tag).is_ok(),
        }
    }
}

/// The fewest hex digits of a prefix.
pub const MIN_PREFIX: usize = 8;

const EXPECTED: &str = "a version: `version:<64 hex>`, a prefix of it with 8 digits or more, `namespace/KIND/key`, or that with `#number`, `@tag` or `@seq:number`";

impl FromStr for Reference {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        if let Some(hex) = moment::strip(text).strip_prefix(VersionId::PREFIX) {
            return match VersionId::from_hex(hex) {
                Ok(id) => Ok(Self::Version(id)),
                Err(_) => prefix(hex).ok_or_else(|| Malformed::new(text, EXPECTED)),
            };
        }
        if let Some(prefix) = prefix(text) {
            return Ok(prefix);
        }
        let end = text.rfind(['@', '#']);
        let split = end.and_then(|end| {
            let selector = selector(&text[end..])?;
            // A tag or number cannot be in the namespace or kind.
            item(&text[..end]).ok().map(|key| (key, selector))
        });
        match (item(text), &split) {
            (Ok(whole), _) => Ok(Self::Item { whole: Some(whole), split }),
            // The limit of a key counts the key alone, without the suffix that names a version.
            (Err(_), Some((_, selector))) if is_too_long(text) && selector.can_be() => {
                Ok(Self::Item { whole: None, split })
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// Returns true if the text would be an item's name if keys could be longer.
fn is_too_long(text: &str) -> bool {
    text.splitn(3, '/').nth(2).is_some_and(|key| key.len() > ItemKey::MAX_KEY)
}

fn prefix(text: &str) -> Option<Reference> {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    ((MIN_PREFIX..=64).contains(&text.len()) && text.bytes().all(hex))
        .then(|| Reference::Prefix(text.to_owned()))
}

fn selector(end: &str) -> Option<VersionSelector> {
    match end.split_at(1) {
        ("#", number) => number.parse().ok().filter(|number| *number > 0).map(VersionSelector::Number),
        (_, tag) => match tag.strip_prefix("seq:") {
            Some(seq) => number(seq).map(VersionSelector::Seq),
            None if tag.is_empty() => None,
            None => Some(VersionSelector::Tag(tag.to_owned())),
        },
    }
}

/// Reads a seq. A number that exceeds 64 bits is read as the largest seq, which is after every commit
/// as well.
fn number(text: &str) -> Option<Seq> {
    let digits = !text.is_empty() && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().or_else(|| digits.then_some(Seq(u64::MAX)))
}

/// Reads an item's identity from `namespace/KIND/key`.
///
/// # Errors
/// [`Malformed`] for any other text.
pub fn item(text: &str) -> Result<ItemKey, Malformed> {
    let mut parts = text.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(namespace), Some(kind), Some(key)) => {
            ItemKey::new(namespace.parse::<Namespace>()?, kind.parse::<Kind>()?, key)
        }
        _ => Err(Malformed::new(text, EXPECTED)),
    }
}
