//! The normal form of attributes: members with a meaning of their own, and all others.

use serde_json::{Map, Value};

use super::form::{Normal, classes, member};
use super::{area, mask, regions};

/// The mark of an annotation as an example for annotators, as a member of attributes.
const STAR: [&str; 2] = ["groundTruth", "ground_truth"];

/// Returns the normal form of an object of attributes.
pub(super) fn of(attributes: &Map<String, Value>) -> Normal {
    Normal::fields(attributes.iter().filter(|(name, value)| !is_star(name, value)), |name, value| {
        match (name, value) {
            ("regions", Value::Array(results)) if regions::are_results(results) => Some(regions::of(results)),
            ("segmentation", shape) => mask::segmentation(shape),
            ("class", class) => classes(class),
            (area::AREA, size) if area::is_computed(attributes, size) => None,
            _ => member(name, value),
        }
    })
}

fn is_star(name: &str, value: &Value) -> bool {
    STAR.contains(&name) && value.is_boolean()
}
