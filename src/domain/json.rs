//! JSON read strictly: a text that two readers could take for two things is refused.
//!
//! Owns the refusal of duplicate names, of nesting beyond [`MAX_DEPTH`] and of anything after the value, and says where
//! in the text and where in the value it stands. Does not judge numbers or meaning: that is the work of whoever takes
//! the value.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The deepest nesting that is read; a bare value is 1.
pub const MAX_DEPTH: usize = 64;

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
}

/// Reads exactly one JSON value.
///
/// # Errors
/// [`JsonError`] for text that is not UTF-8 or not JSON, that repeats a name in an object, or that is nested too deep.
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let mut trail = Trail::default();
    Element { trail: &mut trail, depth: 1 }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| trail.into_error(&error))
}

/// What is known of a failure while it travels outwards. Costs nothing where all is well.
#[derive(Default)]
struct Trail {
    /// From the inside out.
    steps: Vec<Step>,
    fault: Option<Fault>,
}

enum Step {
    Name(String),
    Index(usize),
}

impl Trail {
    fn fail<E: Error>(&mut self, fault: Fault) -> E {
        let error = E::custom(&fault);
        self.fault = Some(fault);
        error
    }

    fn into_error(self, error: &serde_json::Error) -> JsonError {
        let mut path = String::from("$");
        for step in self.steps.iter().rev() {
            path += &match step {
                Step::Name(name) => format!(".{}", name.chars().take(80).collect::<String>()),
                Step::Index(index) => format!("[{index}]"),
            };
        }
        let fault = self.fault.unwrap_or_else(|| Fault::Syntax(without_position(error)));
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
struct Element<'a> {
    trail: &'a mut Trail,
    depth: usize,
}

impl Element<'_> {
    fn inner(&mut self) -> Element<'_> {
        Element { trail: self.trail, depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth > MAX_DEPTH {
            return Err(self.trail.fail(Fault::TooDeep));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
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
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        loop {
            match seq.next_element_seed(self.inner()) {
                Ok(Some(element)) => elements.push(element),
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
            if members.contains_key(&name) {
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
