//! Keys made from parts, and keys of names of any length.
//!
//! [`joined`] is injective: different lists of parts of one length have different keys. [`fitted`]
//! makes a key of any text; texts that differ have keys that differ, as far as the hash does.
//! `docs/decisions/036-keys-made-from-parts.md` has the reasons.

use std::borrow::Cow;

use crate::domain::id::Digest;
use crate::domain::item::ItemKey;

/// The delimiter of parts, and the first character of every key with an escaped part.
const DELIMITER: char = '/';

/// The separator between the beginning of a text and its hash, in a key that has only these.
const HASHED: char = '~';
/// The number of hex digits of the hash.
const HASH: usize = 32;

/// Returns the parts as one text, with `/` between them.
///
/// The parts are joined as they are if the text can be split in one way only, by
/// these rules: a part ends at the next `/`, except that `scheme://authority` is one part; the last
/// part is the rest. So `s3://lake` and `team-a/cats` become `s3://lake/team-a/cats`.
///
/// If the text would be split in another way, it begins with `/`, and `/` and `%` in all parts but
/// the last are `%2F` and `%25`: `s3://lake/team-a` and `cats` become
/// `/s3:%2F%2Flake%2Fteam-a/cats`. A list with an empty first part is always escaped, so no other
/// text begins with `/`.
#[must_use]
pub fn joined<const N: usize>(parts: [&str; N]) -> String {
    let plain = parts.join("/");
    if split(&plain).is_some_and(|found| found == parts) {
        return plain;
    }
    let mut key = String::with_capacity(plain.len() + 16);
    for (place, part) in parts.iter().enumerate() {
        key.push(DELIMITER);
        if place + 1 == N {
            key.push_str(part);
        } else {
            key.push_str(&part.replace('%', "%25").replace(DELIMITER, "%2F"));
        }
    }
    key
}

/// Splits a text without escaped parts. Returns `None` if it has too few parts or begins with `/`.
fn split<const N: usize>(text: &str) -> Option<[&str; N]> {
    if text.starts_with(DELIMITER) {
        return None;
    }
    let (mut parts, mut rest) = ([""; N], text);
    let (last, leading) = parts.split_last_mut()?;
    for part in leading {
        let end = end_of_part(rest)?;
        (*part, rest) = (&rest[..end], &rest[end + 1..]);
    }
    *last = rest;
    Some(parts)
}

/// Returns the position of the `/` at which the first part ends.
fn end_of_part(text: &str) -> Option<usize> {
    let end = text.find(DELIMITER)?;
    if !text[..end].ends_with(':') || !text[end..].starts_with("//") {
        return Some(end);
    }
    let authority = end + 2;
    text[authority..].find(DELIMITER).map(|length| authority + length)
}

/// Returns a text as a key: the text itself if it can be one, else its beginning, `~` and the first
/// 32 hex digits of its hash.
///
/// A text that is too long for a key is cut, control characters in the beginning are `_`, and white
/// space at the ends is removed. A text that ends like such a key is hashed as well, so that none
/// has the key of another.
#[must_use]
pub fn fitted(text: &str) -> Cow<'_, str> {
    if ItemKey::is_valid_key(text) && !ends_with_hash(text) {
        return Cow::Borrowed(text);
    }
    let mut key = String::new();
    for c in text.trim().chars().map(|c| if c.is_control() { '_' } else { c }) {
        if key.len() + c.len_utf8() + 1 + HASH > ItemKey::MAX_KEY {
            break;
        }
        key.push(c);
    }
    key.push(HASHED);
    key.push_str(&Digest::of(text.as_bytes()).hex()[..HASH]);
    Cow::Owned(key)
}

/// Returns true if a text ends with `~` and as many hex digits as a hash has.
fn ends_with_hash(text: &str) -> bool {
    let end = text.rsplit_once(HASHED).map(|(_, end)| end.as_bytes());
    end.is_some_and(|end| end.len() == HASH && end.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}
