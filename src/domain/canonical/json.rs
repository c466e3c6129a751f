//! Strict reading of JSON: refuses text that two readers could understand differently.
//!
//! Refuses duplicate names, nesting beyond [`MAX_DEPTH`], values that need more memory than is
//! available, and anything after the value; every error has the position in the text and the path
//! in the value. Memory is counted while values are built, because small objects need a hundred
//! times the memory of their text. Does not judge numbers or meaning.

mod syntax;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The deepest nesting that is read; a bare value is level 1.
pub const MAX_DEPTH: usize = 64;

/// The most memory that the values of one text may need if no other meter is given, in bytes.
pub const MAX_MEMORY: usize = 512 * 1024 * 1024;

/// Counts the memory of values while they are built.
pub trait Meter {
    /// Takes more bytes. Returns false if too few are left, which ends the reading.
    fn admits(&mut self, bytes: usize) -> bool;
}

/// A meter with a fixed number of bytes.
struct Allowance(usize);

impl Meter for Allowance {
    fn admits(&mut self, bytes: usize) -> bool {
        match self.0.checked_sub(bytes) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => false,
        }
    }
}

/// Estimates of the memory of values as the `serde_json` crate lays them out, overhead of the
/// allocator included.
mod memory {
    /// A value in a list; the list may have capacity for twice as many.
    pub(super) const ELEMENT: usize = 64;
    /// The first node of an object's map, with space for eleven members.
    pub(super) const OBJECT: usize = 656;
    /// A member of an object after the first eleven, in nodes that may be half full.
    pub(super) const MEMBER: usize = 128;
    /// The number of members that fit into the first node.
    pub(super) const FIRST_MEMBERS: usize = 11;
    /// The allocation of a text, without its bytes.
    pub(super) const TEXT: usize = 16;
    /// The number of bytes after which the meter is asked.
    pub(super) const STEP: usize = 16 * 1024;
}

/// The reason why a text is not one unambiguous JSON value, with its position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}, at line {line} column {column}, in {path}")]
pub struct JsonError {
    /// The path in the value, for instance `$.variables.ids[2]`; `$` is the value itself.
    pub path: String,
    /// Line in the text, from 1.
    pub line: usize,
    /// Column in the line, in bytes, from 1; 0 before the first byte of the line.
    pub column: usize,
    /// The fault at this position.
    pub fault: Fault,
}

/// A fault in a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// The same name twice in one object: readers differ in which of the two they keep.
    #[error("duplicate name {0:?} in one object; write it once")]
    Duplicate(String),
    /// Nesting deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels; flatten it")]
    TooDeep,
    /// Values that need more memory than is available.
    #[error("its values need more memory than is available; send fewer of them at a time")]
    TooLarge,
}

/// Reads exactly one JSON value.
///
/// # Errors
/// [`JsonError`] for text that is not UTF-8 or not JSON, that repeats a name in an object, that is
/// nested too deep, or whose values need more than [`MAX_MEMORY`].
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    parse_within(text, &mut Allowance(MAX_MEMORY))
}

/// Reads exactly one JSON value, as long as the meter admits its parts.
///
/// # Errors
/// As [`parse`]; [`Fault::TooLarge`] if the meter refuses.
pub fn parse_within(text: &[u8], meter: &mut dyn Meter) -> Result<Value, JsonError> {
    read(text, &mut Trail::new(meter, Repeated::Refused))
}

/// Reads exactly one JSON value. The last of several equal names in an object counts, as in most
/// readers.
///
/// # Errors
/// As [`parse_within`], except for repeated names.
pub fn parse_lenient(text: &[u8], meter: &mut dyn Meter) -> Result<Value, JsonError> {
    read(text, &mut Trail::new(meter, Repeated::LastCounts))
}

/// Returns the memory that a value needs, by the same estimate.
#[must_use]
pub fn memory_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => memory::TEXT + text.len(),
        Value::Array(list) => list.iter().map(|value| memory::ELEMENT + memory_of(value)).sum(),
        Value::Object(map) => memory_of_map(map),
    }
}

/// Returns the memory that an object needs, by the same estimate.
#[must_use]
pub fn memory_of_map(map: &Map<String, Value>) -> usize {
    let members = map.iter().map(|(name, value)| memory::TEXT + name.len() + memory_of(value));
    let nodes = match map.len() {
        0 => 0,
        count => memory::OBJECT + count.saturating_sub(memory::FIRST_MEMBERS) * memory::MEMBER,
    };
    nodes + members.sum::<usize>()
}

fn read(text: &[u8], trail: &mut Trail<'_>) -> Result<Value, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = ValueReader { trail, depth: 1 }.deserialize(&mut reader);
    let whole = value.and_then(|value| reader.end().map(|()| value)).and_then(|value| match trail.flush() {
        true => Ok(value),
        false => Err(trail.fail(Fault::TooLarge)),
    });
    whole.map_err(|error| trail.take_error(text, &error))
}

/// The treatment of a name that occurs twice in an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeated {
    Refused,
    LastCounts,
}

/// The state of one reading: the path of a failure, collected from the inside out, and the memory
/// used so far.
struct Trail<'m> {
    /// The path, from the inside out.
    steps: Vec<ValueStep>,
    fault: Option<Fault>,
    meter: &'m mut dyn Meter,
    /// Bytes that the meter has not counted yet.
    uncounted: usize,
    repeated: Repeated,
}

enum ValueStep {
    Name(String),
    Index(usize),
}

impl<'m> Trail<'m> {
    fn new(meter: &'m mut dyn Meter, repeated: Repeated) -> Self {
        Self { steps: Vec::new(), fault: None, meter, uncounted: 0, repeated }
    }

    /// Counts memory that a value needs.
    fn count<E: Error>(&mut self, bytes: usize) -> Result<(), E> {
        self.uncounted += bytes;
        if self.uncounted < memory::STEP || self.flush() { Ok(()) } else { Err(self.fail(Fault::TooLarge)) }
    }

    fn flush(&mut self) -> bool {
        self.meter.admits(std::mem::take(&mut self.uncounted))
    }

    fn fail<E: Error>(&mut self, fault: Fault) -> E {
        let error = E::custom(&fault);
        self.fault = Some(fault);
        error
    }

    fn take_error(&mut self, text: &[u8], error: &serde_json::Error) -> JsonError {
        let mut path = String::from("$");
        for step in self.steps.iter().rev() {
            path += &match step {
                ValueStep::Name(name) => format!(".{}", name.chars().take(80).collect::<String>()),
                ValueStep::Index(index) => format!("[{index}]"),
            };
        }
        let (line, column) = (error.line(), error.column());
        let explain = || Fault::Syntax(syntax::explain(text, line, column, &without_position(error)));
        let fault = self.fault.take().unwrap_or_else(explain);
        JsonError { path, line, column, fault }
    }
}

/// Returns the message of the JSON reader without the position, which [`JsonError`] has already.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text[..end].to_owned()
}

/// A reader of one value at one depth.
struct ValueReader<'a, 'm> {
    trail: &'a mut Trail<'m>,
    depth: usize,
}

impl<'m> ValueReader<'_, 'm> {
    fn inner(&mut self) -> ValueReader<'_, 'm> {
        ValueReader { trail: self.trail, depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for ValueReader<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth > MAX_DEPTH {
            return Err(self.trail.fail(Fault::TooDeep));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueReader<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // `serde_json` refuses numbers that are out of range, so the value is finite.
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.trail.count(memory::TEXT + value.len())?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        loop {
            match seq.next_element_seed(self.inner()) {
                Ok(Some(element)) => {
                    self.trail.count(memory::ELEMENT)?;
                    elements.push(element);
                }
                Ok(None) => return Ok(Value::Array(elements)),
                Err(error) => {
                    self.trail.steps.push(ValueStep::Index(elements.len()));
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let node = match members.len() {
                0 => memory::OBJECT,
                count if count < memory::FIRST_MEMBERS => 0,
                _ => memory::MEMBER,
            };
            self.trail.count(node + memory::TEXT + name.len())?;
            if self.trail.repeated == Repeated::Refused && members.contains_key(&name) {
                return Err(self.trail.fail(Fault::Duplicate(name.chars().take(80).collect())));
            }
            match map.next_value_seed(self.inner()) {
                Ok(value) => members.insert(name, value),
                Err(error) => {
                    self.trail.steps.push(ValueStep::Name(name));
                    return Err(error);
                }
            };
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests;
