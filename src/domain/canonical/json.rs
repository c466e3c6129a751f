//! JSON read strictly: a text that two readers could take for two things is refused.
//!
//! Owns the refusal of duplicate names, of nesting beyond [`MAX_DEPTH`], of values that need more memory than there is,
//! and of anything after the value, and says where in the text and in the value the fault is. Values are counted while
//! they are built, because small objects need a hundred times the memory of their text. Does not judge numbers or
//! meaning.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The deepest nesting that is read; a bare value is 1.
pub const MAX_DEPTH: usize = 64;

/// The most memory that the values of one text may need where no other meter is given, in bytes.
pub const MAX_MEMORY: usize = 512 * 1024 * 1024;

/// Counts the memory of values while they are built.
pub trait Meter {
    /// Takes more bytes; returns false if there are none left, which ends the reading.
    fn admits(&mut self, bytes: usize) -> bool;
}

/// A fixed number of bytes.
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

/// The memory of values as the `serde_json` crate lays them out, by estimate: what the allocator adds is counted, too.
mod memory {
    /// A value in a list, which has room for twice as many at worst.
    pub(super) const ELEMENT: usize = 64;
    /// The first node of an object's map, which has room for eleven members.
    pub(super) const OBJECT: usize = 656;
    /// A member of an object beyond the first eleven, in nodes that may be half full.
    pub(super) const MEMBER: usize = 128;
    /// The members that fit into the first node.
    pub(super) const FIRST_MEMBERS: usize = 11;
    /// A text's allocation, beside its bytes.
    pub(super) const TEXT: usize = 16;
    /// The meter is asked after so many bytes.
    pub(super) const STEP: usize = 16 * 1024;
}

/// Why a text is not one unambiguous JSON value, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}, at line {line} column {column}, in {path}")]
pub struct JsonError {
    /// Where in the value: `$` is the whole, `$.variables.ids[2]` a part.
    pub path: String,
    /// Line in the text, from 1.
    pub line: usize,
    /// Column in the line, in bytes, from 1; 0 where the line has only begun.
    pub column: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// The same name twice in one object: readers differ in which of the two they keep.
    #[error("the name {0:?} stands twice in one object; write it once")]
    Duplicate(String),
    /// Deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels; flatten it")]
    TooDeep,
    /// Its values need more memory than there is for them.
    #[error("its values need more memory than there is for them; send fewer of them at a time")]
    TooLarge,
}

/// Reads exactly one JSON value.
///
/// # Errors
/// [`JsonError`] for text that is not UTF-8 or not JSON, that repeats a name in an object, that is nested too deep, or
/// whose values need more than [`MAX_MEMORY`].
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

/// Reads exactly one JSON value of which the last of several equal names counts, as most readers have it.
///
/// # Errors
/// As [`parse_within`], but for repeated names.
pub fn parse_lenient(text: &[u8], meter: &mut dyn Meter) -> Result<Value, JsonError> {
    read(text, &mut Trail::new(meter, Repeated::LastCounts))
}

/// The memory that a value needs, by the same estimate.
#[must_use]
pub fn memory_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => memory::TEXT + text.len(),
        Value::Array(list) => list.iter().map(|value| memory::ELEMENT + memory_of(value)).sum(),
        Value::Object(map) => memory_of_map(map),
    }
}

/// The memory that an object needs, by the same estimate.
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
    let value = Element { trail, depth: 1 }.deserialize(&mut reader);
    let whole = value.and_then(|value| reader.end().map(|()| value)).and_then(|value| match trail.flush() {
        true => Ok(value),
        false => Err(trail.fail(Fault::TooLarge)),
    });
    whole.map_err(|error| trail.take_error(&error))
}

/// The treatment of a name that an object has twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeated {
    Refused,
    LastCounts,
}

/// What one reading knows: the path of a failure while it travels outwards, and the memory used so far.
struct Trail<'m> {
    /// From the inside out.
    steps: Vec<Step>,
    fault: Option<Fault>,
    meter: &'m mut dyn Meter,
    /// Bytes that the meter has not counted yet.
    uncounted: usize,
    repeated: Repeated,
}

enum Step {
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

    fn take_error(&mut self, error: &serde_json::Error) -> JsonError {
        let mut path = String::from("$");
        for step in self.steps.iter().rev() {
            path += &match step {
                Step::Name(name) => format!(".{}", name.chars().take(80).collect::<String>()),
                Step::Index(index) => format!("[{index}]"),
            };
        }
        let fault = self.fault.take().unwrap_or_else(|| Fault::Syntax(without_position(error)));
        JsonError { path, line: error.line(), column: error.column(), fault }
    }
}

/// The reader's own words, less the position that [`JsonError`] carries.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text[..end].to_owned()
}

/// One value at one depth.
struct Element<'a, 'm> {
    trail: &'a mut Trail<'m>,
    depth: usize,
}

impl<'m> Element<'_, 'm> {
    fn inner(&mut self) -> Element<'_, 'm> {
        Element { trail: self.trail, depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Element<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth > MAX_DEPTH {
            return Err(self.trail.fail(Fault::TooDeep));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_, '_> {
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
        // The reader has refused numbers that are out of range: what arrives is finite.
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
                    self.trail.steps.push(Step::Index(elements.len()));
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
                    self.trail.steps.push(Step::Name(name));
                    return Err(error);
                }
            };
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests;
