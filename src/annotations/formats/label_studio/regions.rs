//! Results of an annotation or prediction: their classes, and the results as exported.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{an_object, controls};
use crate::annotations::fault::Reason;

/// Returns the attributes of results: `class`, the classes in them, and `regions`, the results
/// without their origin, which does not describe the label.
///
/// A choice about a region is no class: its result has the id of another one, or repeats the shape
/// of the region. It is known by that id, and stays among the regions.
pub(super) fn fields(results: Vec<Value>) -> Result<Map<String, Value>, Reason> {
    let mut regions = Vec::with_capacity(results.len());
    for (place, result) in results.into_iter().enumerate() {
        let result = an_object(result).map_err(|reason| reason.within(&format!("result[{place}]")))?;
        regions.push(result);
    }
    let mut classes: Vec<Value> = Vec::new();
    let shared = Shared::of(&regions);
    for result in &regions {
        let Some(value) = result.get("value").and_then(Value::as_object) else { continue };
        let is_of_region = shared.has(result) || !controls::is_answer_alone(value);
        for class in controls::classes(value, is_of_region) {
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
    }
    let mut fields = Map::new();
    match classes.len() {
        0 => {}
        1 => drop(fields.insert("class".to_owned(), classes.remove(0))),
        _ => drop(fields.insert("class".to_owned(), Value::Array(classes))),
    }
    let stored = regions.into_iter().map(|mut result| {
        result.remove("origin");
        Value::Object(result)
    });
    fields.insert("regions".to_owned(), stored.collect());
    Ok(fields)
}

/// The ids of results, with the number of results that have each.
struct Shared<'r>(HashMap<&'r str, usize>);

impl<'r> Shared<'r> {
    fn of(results: &'r [Map<String, Value>]) -> Self {
        let mut counts = HashMap::new();
        for id in results.iter().filter_map(id) {
            *counts.entry(id).or_insert(0) += 1;
        }
        Self(counts)
    }

    /// Returns true if another result has the same id.
    fn has(&self, result: &Map<String, Value>) -> bool {
        id(result).is_some_and(|id| self.0.get(id).is_some_and(|count| *count > 1))
    }
}

fn id(result: &Map<String, Value>) -> Option<&str> {
    result.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn class(results: Value) -> Value {
        let Value::Array(results) = results else { panic!("a list") };
        fields(results).unwrap().remove("class").unwrap_or_default()
    }

    #[test]
    fn a_choice_about_a_region_is_no_class() {
        let shape =
            json!({"id": "a", "type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["cat"]}});
        let answer = |id: &str, value: Value| json!({"id": id, "type": "choices", "value": value});
        assert_eq!(class(json!([shape, answer("a", json!({"choices": ["yes"]}))])), "cat");
        assert_eq!(class(json!([shape, answer("b", json!({"choices": ["yes"], "x": 1}))])), "cat");
        assert_eq!(
            class(json!([shape, answer("b", json!({"choices": ["sunny"]}))])),
            json!(["cat", "sunny"])
        );
        assert_eq!(
            class(json!([answer("", json!({"choices": ["a"]})), answer("", json!({"choices": ["b"]}))])),
            json!(["a", "b"])
        );
        // A shape and its labels in two results.
        let split = json!([
            {"id": "a", "type": "rectangle", "value": {"x": 1}},
            {"id": "a", "type": "labels", "value": {"x": 1, "labels": ["cat"]}},
        ]);
        assert_eq!(class(split), "cat");
    }

    #[test]
    fn results_stay_as_exported() {
        let relation = json!({"type": "relation", "from_id": "a", "to_id": "b", "labels": ["on"]});
        let unknown = json!({"id": "c", "type": "hologram", "value": {"hologram": [1]}, "origin": "manual"});
        let fields = fields(vec![relation.clone(), unknown]).unwrap();
        let stored = json!({"id": "c", "type": "hologram", "value": {"hologram": [1]}});
        assert_eq!(Value::Object(fields), json!({"regions": [relation, stored]}));
    }
}
