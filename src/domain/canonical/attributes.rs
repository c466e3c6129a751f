//! Attributes: the free JSON object of a version, stored in its one canonical form, RFC 8785 (JCS).
//!
//! Refuses JSON that two readers could understand differently before it is hashed: numbers beyond
//! ±(2^53 - 1), which JavaScript and JCS cannot carry exactly, and names that begin with `$`, which
//! are reserved. Duplicate names are refused where text is parsed ([`json`](super::json)).

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::bytes::Canon;

/// Attributes in canonical form. Equal attributes have equal text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attributes(Arc<str>);

/// The reason why attributes were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributesError {
    /// Not a JSON object.
    #[error("expected attributes to be a JSON object, found {0}")]
    NotAnObject(&'static str),
    /// A number that JSON cannot carry exactly.
    #[error("the number {number} at {path:?} is beyond ±(2^53 - 1); write it as a string")]
    Number {
        /// The path of the number, for instance `box.corners[2]`; empty for the value itself.
        path: String,
        /// The number as it was read.
        number: String,
    },
    /// A reserved name.
    #[error("attribute name {0:?} begins with `$`, which is reserved; choose another name")]
    Reserved(String),
    /// Attributes that are too large.
    #[error("attributes have {given} {what}, the limit is {limit}; put large content into a payload")]
    Limit {
        /// The unit that was counted.
        what: &'static str,
        /// The number found.
        given: usize,
        /// The largest number allowed.
        limit: usize,
    },
    /// Text from a store that is not canonical JSON.
    #[error("attributes are not canonical JSON")]
    NotCanonical,
}

/// A fingerprint of "the attribute at this path has this value": 128 bits of BLAKE3.
pub type Leaf = u128;

const LARGEST_EXACT: f64 = 9_007_199_254_740_991.0;

impl Attributes {
    /// The longest canonical text, in bytes.
    pub const MAX_BYTES: usize = 65_536;
    /// The deepest nesting; the object itself is level 1.
    pub const MAX_DEPTH: usize = 32;
    /// The most names, those of nested objects included (elements of lists do not count).
    pub const MAX_NAMES: usize = 256;

    /// Returns no attributes: `{}`.
    #[must_use]
    pub fn empty() -> Self {
        Self("{}".into())
    }

    /// Checks a value and returns it in canonical form.
    ///
    /// # Errors
    /// [`AttributesError`] with the rule that the value breaks and the path at which it does.
    pub fn new(value: &Value) -> Result<Self, AttributesError> {
        let Value::Object(map) = value else {
            return Err(AttributesError::NotAnObject(type_name(value)));
        };
        if let Some(name) = map.keys().find(|name| name.starts_with('$')) {
            return Err(AttributesError::Reserved(name.clone()));
        }
        check(value, &mut String::new(), 1)?;
        limit("names", count_names(map), Self::MAX_NAMES)?;
        let text = canonical(value);
        limit("bytes", text.len(), Self::MAX_BYTES)?;
        Ok(Self(text.into()))
    }

    /// Reads attributes from the text of a store, which must be canonical already.
    ///
    /// # Errors
    /// [`AttributesError::NotCanonical`], or the rule that the text breaks.
    pub fn from_canonical(text: &str) -> Result<Self, AttributesError> {
        let value: Value = serde_json::from_str(text).map_err(|_| AttributesError::NotCanonical)?;
        let attributes = Self::new(&value)?;
        if &*attributes.0 == text { Ok(attributes) } else { Err(AttributesError::NotCanonical) }
    }

    /// Returns the canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the attributes as a JSON object.
    #[must_use]
    pub fn to_map(&self) -> Map<String, Value> {
        // The text was written by `new` from an object.
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// Returns the classes that a label uses, each once: the attribute `class`, or each element if
    /// it is a list.
    #[must_use]
    pub fn classes(&self) -> Vec<Leaf> {
        match self.to_map().get("class") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(classes)) => distinct(classes.iter().map(class_leaf)),
            Some(class) => vec![class_leaf(class)],
        }
    }
}

/// Returns the fingerprint of one class value, independent of the path that it was read from.
#[must_use]
pub fn class_leaf(class: &Value) -> Leaf {
    leaf(&["class"], class)
}

/// Returns the fingerprints in ascending order, each once.
#[must_use]
pub fn distinct(leaves: impl Iterator<Item = Leaf>) -> Vec<Leaf> {
    leaves.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Returns the fingerprint of `value` at `path` (names from the outside in).
#[must_use]
pub fn leaf(path: &[&str], value: &Value) -> Leaf {
    let mut canon = Canon::new("stemma attribute v1");
    canon.number(path.len() as u64);
    for name in path {
        canon.field(name.as_bytes());
    }
    canon.field(canonical(value).as_bytes());
    let hash = canon.hash();
    let mut low = [0; 16];
    low.copy_from_slice(&hash[..16]);
    u128::from_le_bytes(low)
}

/// Splits a search path into names: separated by dots, a dot inside a name written `\.`.
#[must_use]
pub fn split_path(path: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut characters = path.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, characters.peek()) {
            ('\\', Some(&next @ ('.' | '\\'))) => {
                names.last_mut().into_iter().for_each(|name| name.push(next));
                characters.next();
            }
            ('.', _) => names.push(String::new()),
            _ => names.last_mut().into_iter().for_each(|name| name.push(c)),
        }
    }
    names
}

/// Refuses a value that could not be found or hashed exactly, at any depth.
///
/// # Errors
/// [`AttributesError::Number`] or the depth limit.
pub fn check_value(value: &Value) -> Result<(), AttributesError> {
    check(value, &mut String::new(), 1)
}

/// Returns the RFC 8785 text of a checked value.
#[must_use]
pub fn canonical(value: &Value) -> String {
    // Fails only on NaN and infinities, which `serde_json::Value` cannot hold.
    serde_json_canonicalizer::to_string(value).unwrap_or_default()
}

fn check(value: &Value, path: &mut String, depth: usize) -> Result<(), AttributesError> {
    limit("levels of nesting", depth, Attributes::MAX_DEPTH)?;
    match value {
        Value::Number(number) => {
            let exact = number.as_f64().is_some_and(|n| n.is_finite() && n.abs() <= LARGEST_EXACT);
            if exact {
                Ok(())
            } else {
                let path = path.trim_start_matches('.').chars().take(80).collect();
                Err(AttributesError::Number { path, number: number.to_string() })
            }
        }
        Value::Array(elements) => elements.iter().enumerate().try_for_each(|(i, element)| {
            within(path, &format!("[{i}]"), |path| check(element, path, depth + 1))
        }),
        Value::Object(map) => map.iter().try_for_each(|(name, value)| {
            within(path, &format!(".{name}"), |path| check(value, path, depth + 1))
        }),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

fn within<T>(path: &mut String, step: &str, then: impl FnOnce(&mut String) -> T) -> T {
    let length = path.len();
    path.push_str(step);
    let result = then(path);
    path.truncate(length);
    result
}

fn limit(what: &'static str, given: usize, limit: usize) -> Result<(), AttributesError> {
    if given <= limit { Ok(()) } else { Err(AttributesError::Limit { what, given, limit }) }
}

fn count_names(map: &Map<String, Value>) -> usize {
    map.values().map(|value| 1 + value.as_object().map_or(0, count_names)).sum()
}

/// Returns the JSON type of a value with its article, such as "a list".
#[must_use]
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
