//! The searchable parts of a version: its attributes as values at paths, and the words of its
//! texts.
//!
//! A value is a few bytes whose byte order is the order of a range: numbers by size, texts by their
//! code points. A text longer than [`MAX_TEXT`] bytes is truncated and extended by a hash, so that
//! different texts differ. Its position in a range is still correct, because the bounds of a range
//! are at most as long.

use std::collections::BTreeSet;
use std::ops::Bound;

use serde_json::{Map, Value};

use super::words::words;
use crate::domain::canonical::attributes::{Attributes, canonical};
use crate::domain::canonical::bytes::Canon;
use crate::domain::canonical::wire::{Broken, Reader, Writer};

/// The longest text that is stored untruncated, and the longest bound of a range, in bytes.
pub const MAX_TEXT: usize = 64;
/// The longest path that is stored untruncated, in bytes.
const MAX_PATH: usize = 256;
/// The most different words of one version that are indexed from its long texts and lists.
pub const MAX_WORDS: usize = 1_000;

const NULL: u8 = 0;
const TRUTH: u8 = 1;
const NUMBER: u8 = 2;
const TEXT: u8 = 3;
const WHOLE: u8 = 4;
/// Ends the truncated part of a long text. This byte occurs in no UTF-8 text.
const CUT: u8 = 0xff;

/// A value as bytes that give its order and its identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueKey(Box<[u8]>);

/// A [`ValueKey`] that borrows its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyBytes<'a> {
    kind: u8,
    rest: &'a [u8],
}

/// A range of values.
pub type KeyRange = (Bound<ValueKey>, Bound<ValueKey>);

/// The value of an attribute with its path.
pub type Placed = (String, ValueKey);

impl ValueKey {
    /// Returns the key of a checked value.
    #[must_use]
    pub fn new(value: &Value) -> Self {
        let mut bytes = Vec::new();
        match value {
            Value::Null => bytes.push(NULL),
            Value::Bool(truth) => bytes.extend([TRUTH, u8::from(*truth)]),
            Value::Number(number) => {
                bytes.push(NUMBER);
                bytes.extend(ordered(number.as_f64().unwrap_or_default()).to_be_bytes());
            }
            Value::String(text) => {
                bytes.push(TEXT);
                bytes.extend(&text.as_bytes()[..text.len().min(MAX_TEXT)]);
                if text.len() > MAX_TEXT {
                    bytes.push(CUT);
                    bytes.extend(fingerprint(text.as_bytes()));
                }
            }
            Value::Array(_) | Value::Object(_) => {
                bytes.push(WHOLE);
                bytes.extend(fingerprint(canonical(value).as_bytes()));
            }
        }
        Self(bytes.into())
    }

    /// Returns the bytes; their order is the order of values.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the text, if the value is an untruncated text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.bytes().text()
    }

    pub(in crate::domain) fn pack(&self, w: &mut Writer) {
        match (self.0.first(), self.text()) {
            (_, Some(text)) => {
                w.raw(&[TEXT]);
                w.text(text);
            }
            // The kind distinguishes a long text: its length is fixed.
            (Some(&TEXT), None) => {
                w.raw(&[CUT]);
                w.raw(&self.0[1..]);
            }
            _ => w.raw(&self.0),
        }
    }
}

impl<'a> KeyBytes<'a> {
    /// Returns an owned copy of the key.
    #[must_use]
    pub fn key(self) -> ValueKey {
        ValueKey([&[self.kind], self.rest].concat().into())
    }

    /// Appends the bytes of the key.
    pub fn extend(self, bytes: &mut Vec<u8>) {
        bytes.push(self.kind);
        bytes.extend_from_slice(self.rest);
    }

    /// Returns the text, if the value is an untruncated text.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        // The key of a long text is not valid UTF-8.
        if self.kind == TEXT { std::str::from_utf8(self.rest).ok() } else { None }
    }

    pub(in crate::domain) fn unpack(r: &mut Reader<'a>) -> Result<Self, Broken> {
        let (kind, rest): (u8, &[u8]) = match r.raw()? {
            [NULL] => (NULL, &[]),
            [TRUTH] => (TRUTH, if r.flag()? { &[1] } else { &[0] }),
            [NUMBER] => (NUMBER, r.slice::<8>()?),
            [TEXT] => {
                let text = r.text()?;
                if text.len() > MAX_TEXT {
                    return Err(Broken("text of an attribute"));
                }
                (TEXT, text.as_bytes())
            }
            [CUT] => {
                let bytes = r.slice::<{ MAX_TEXT + 17 }>()?;
                if bytes[MAX_TEXT] != CUT || bytes[..MAX_TEXT].contains(&CUT) {
                    return Err(Broken("long text of an attribute"));
                }
                (TEXT, bytes)
            }
            [WHOLE] => (WHOLE, r.slice::<16>()?),
            _ => return Err(Broken("kind of an attribute")),
        };
        Ok(Self { kind, rest })
    }
}

/// A value that has the bytes of a key.
pub trait Keyed {
    /// Returns the bytes.
    fn bytes(&self) -> KeyBytes<'_>;
}

impl Keyed for ValueKey {
    fn bytes(&self) -> KeyBytes<'_> {
        // No key is empty.
        let (kind, rest) = self.0.split_first().map_or((NULL, &[][..]), |(kind, rest)| (*kind, rest));
        KeyBytes { kind, rest }
    }
}

impl Keyed for KeyBytes<'_> {
    fn bytes(&self) -> KeyBytes<'_> {
        *self
    }
}

/// Returns the value whose key has these bytes; `None` for long texts, lists and objects, of which
/// a key has only a hash.
#[must_use]
pub fn whole_value(key: &[u8]) -> Option<Value> {
    match key {
        [NULL] => Some(Value::Null),
        [TRUTH, truth] => Some(Value::Bool(*truth == 1)),
        [NUMBER, bits @ ..] => {
            let bits = u64::from_be_bytes(bits.try_into().ok()?);
            number(f64::from_bits(if bits >> 63 == 1 { bits & !(1 << 63) } else { !bits }))
        }
        [TEXT, text @ ..] => std::str::from_utf8(text).ok().map(Value::from),
        _ => None,
    }
}

/// Returns a number as canonical JSON writes it: without a fraction if it is an integer.
fn number(number: f64) -> Option<Value> {
    let whole = number as i64;
    if whole as f64 == number {
        Some(whole.into())
    } else {
        serde_json::Number::from_f64(number).map(Value::Number)
    }
}

/// Returns the range of all numbers or of all texts, by the kind of a bound.
#[must_use]
pub fn kind_of_bound(bound: &ValueKey) -> Option<KeyRange> {
    let tag = *bound.0.first().filter(|tag| matches!(**tag, NUMBER | TEXT))?;
    let edge = |tag: u8| ValueKey([tag].into());
    Some((Bound::Included(edge(tag)), Bound::Excluded(edge(tag + 1))))
}

/// Returns bits that compare as the numbers do.
fn ordered(number: f64) -> u64 {
    // 0.0 and -0.0 are one value.
    let bits = if number == 0.0 { 0 } else { number.to_bits() };
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn fingerprint(bytes: &[u8]) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Canon::new("stemma value v1").field(bytes).hash()[..16]);
    short
}

/// Returns the path of an attribute as one text: names from the outside in, separated by dots, with
/// `\` before a dot or `\` inside a name. A very long path is truncated and extended by a hash.
#[must_use]
pub fn path(names: &[&str]) -> String {
    let escaped: Vec<String> =
        names.iter().map(|name| name.replace('\\', "\\\\").replace('.', "\\.")).collect();
    let mut path = escaped.join(".");
    if path.len() > MAX_PATH {
        let hash = fingerprint(path.as_bytes());
        path.truncate(path.floor_char_boundary(MAX_PATH));
        // Longer than any untruncated path, so never equal to one.
        path.extend(hash.iter().map(|byte| format!("{byte:02x}")));
    }
    path
}

impl Attributes {
    /// Returns every attribute with its path, nested ones included, in the order of paths.
    #[must_use]
    pub fn placed(&self) -> Vec<Placed> {
        let mut placed = Vec::new();
        collect(&self.to_map(), &mut Vec::new(), &mut placed);
        placed.sort_unstable();
        placed
    }

    /// Returns the words of long texts and of texts in lists, each once: those that
    /// [`Attributes::placed`] does not contain.
    #[must_use]
    pub fn further_words(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        let map: std::collections::BTreeMap<String, Value> = self.to_map().into_iter().collect();
        map.values().for_each(|value| collect_words(value, false, &mut found));
        found.into_iter().collect()
    }
}

fn collect<'a>(map: &'a Map<String, Value>, names: &mut Vec<&'a str>, placed: &mut Vec<Placed>) {
    for (name, value) in map {
        names.push(name);
        placed.push((path(names), ValueKey::new(value)));
        if let Value::Object(inner) = value {
            collect(inner, names, placed);
        }
        names.pop();
    }
}

fn collect_words(value: &Value, in_list: bool, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if in_list || text.len() > MAX_TEXT => {
            for word in words(text) {
                if found.len() < MAX_WORDS {
                    found.insert(word.into_owned());
                }
            }
        }
        Value::Array(elements) => {
            elements.iter().for_each(|element| collect_words(element, true, found));
        }
        Value::Object(map) => {
            let sorted: std::collections::BTreeMap<&String, &Value> = map.iter().collect();
            sorted.values().for_each(|value| collect_words(value, in_list, found));
        }
        _ => {}
    }
}
