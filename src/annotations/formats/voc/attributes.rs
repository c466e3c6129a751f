//! Attributes of images and objects.

use serde_json::{Map, Value};

/// Adds a value that is not empty; the values of repeated elements are a list.
pub(super) fn add(attributes: &mut Map<String, Value>, name: &str, value: Value) {
    if value.as_str() == Some("") {
        return;
    }
    match attributes.get_mut(name) {
        None => {
            attributes.insert(name.to_owned(), value);
        }
        Some(Value::Array(list)) => list.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}
