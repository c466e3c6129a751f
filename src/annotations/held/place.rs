//! The place of a value: a field of the label, or one of its attributes.
//!
//! Formats differ in it. One has the rotation of a box, the score or the track of a label among the
//! attributes, and its reader makes fields of them; another one has them as attributes of a tool. The
//! same value in the other place is no change.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{HeldPart, SHAPES};
use crate::annotations::model::fields::{ATTRIBUTES, CLASS, ROTATION};

/// Returns the found fields, with each value that the stored label has in the other place in the place
/// that it has there. `part` has the spellings of the format; `None` if it holds every field.
pub(super) fn as_stored<'f>(
    part: Option<&HeldPart>,
    found: &'f Map<String, Value>,
    stored: &Map<String, Value>,
) -> Cow<'f, Map<String, Value>> {
    let (Some(of_found), Some(of_stored)) = (attributes(found), attributes(stored)) else {
        return Cow::Borrowed(found);
    };
    let down: Vec<(&String, &Value)> = of_stored
        .iter()
        .filter(|(name, value)| {
            is_movable(name)
                && found.get(*name).is_some_and(|own| is_equal(part, own, value))
                && !of_found.contains_key(*name)
                && !stored.contains_key(*name)
        })
        .collect();
    let up: Vec<(&String, &Value)> = of_found
        .iter()
        .filter_map(|(name, value)| {
            let before = stored.get(name).filter(|before| is_equal(part, value, before))?;
            // A format without an attribute of this name has read the field.
            let is_field = |own| part.is_some_and(|part| !part.attributes.holds(name, own));
            let is_moved = is_movable(name) && !found.contains_key(name);
            let is_moved = is_moved && of_stored.get(name).is_none_or(is_field);
            is_moved.then_some((name, before))
        })
        .collect();
    if down.is_empty() && up.is_empty() {
        return Cow::Borrowed(found);
    }
    let (mut fields, mut attributes) = (found.clone(), of_found.as_ref().clone());
    for (name, value) in down {
        fields.remove(name);
        attributes.insert(name.clone(), value.clone());
    }
    for (name, value) in up {
        attributes.remove(name);
        fields.insert(name.clone(), value.clone());
    }
    match attributes.is_empty() {
        true => drop(fields.remove(ATTRIBUTES)),
        false => drop(fields.insert(ATTRIBUTES.to_owned(), attributes.into())),
    }
    Cow::Owned(fields)
}

/// Returns the attributes; `None` if the field is no object.
fn attributes(fields: &Map<String, Value>) -> Option<Cow<'_, Map<String, Value>>> {
    match fields.get(ATTRIBUTES) {
        None | Some(Value::Null) => Some(Cow::Owned(Map::new())),
        Some(Value::Object(attributes)) => Some(Cow::Borrowed(attributes)),
        Some(_) => None,
    }
}

/// Returns true if a value of this name can be in both places. Shapes and classes cannot, but for the
/// angle of a box.
fn is_movable(name: &str) -> bool {
    name == ROTATION || name != CLASS && name != ATTRIBUTES && !SHAPES.contains(&name)
}

/// Returns true if a found value is the stored one, or what the format makes of it.
fn is_equal(part: Option<&HeldPart>, found: &Value, stored: &Value) -> bool {
    let is_spelling = |part: &HeldPart| {
        [&part.fields, &part.attributes].iter().any(|names| names.is_spelling(found, stored))
    };
    found == stored
        || found.as_f64().is_some_and(|number| stored.as_f64() == Some(number))
        || part.is_some_and(is_spelling)
}
