//! The regions of a label as labels of their own, for formats that have one shape a label.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::controls;
use super::{FoundResult, fields};
use crate::annotations::model::fields::{CLASS, REGIONS};

/// The regions of a label.
#[derive(Debug, Default, PartialEq)]
pub(in crate::annotations::formats) struct Drawn {
    /// Those that have a shape in the image, in their order; at last the classes of the label that
    /// no region has.
    pub regions: Vec<DrawnRegion>,
    /// The number of regions that have no shape of the model, or are of another image of the task.
    pub others: usize,
}

/// A region.
#[derive(Debug, PartialEq)]
pub(in crate::annotations::formats) struct DrawnRegion {
    /// Its class and shape.
    pub fields: Map<String, Value>,
    /// The positions of its results.
    pub results: Vec<usize>,
}

/// Returns the regions of a label; `None` if it has no results of Label Studio.
pub(in crate::annotations::formats) fn drawn(label: &Map<String, Value>) -> Option<Drawn> {
    let results = label.get(REGIONS)?.as_array()?;
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (position, result) in results.iter().enumerate() {
        if result.get("value").is_none() {
            continue;
        }
        let id = result.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
        match id.and_then(|id| places.get(id)) {
            Some(place) => groups[*place].push(position),
            None => {
                places.extend(id.map(|id| (id, groups.len())));
                groups.push(vec![position]);
            }
        }
    }
    let mut drawn = Drawn::default();
    for group in groups {
        let of_group = || group.iter().filter_map(|position| results.get(*position)?.as_object());
        if of_group().all(|result| !is_shape(result)) {
            let is_answer = |result: &Map<String, Value>| {
                let value = result.get("value").and_then(Value::as_object);
                value.is_some_and(|value| controls::is_answer_alone(value) || value.keys().eq(["text"]))
            };
            drawn.others += usize::from(!of_group().all(is_answer));
            continue;
        }
        let is_elsewhere = |result: &Map<String, Value>| {
            result.get("item_index").and_then(Value::as_u64).is_some_and(|item| item > 0)
        };
        let shapes: Vec<FoundResult<'_>> = of_group()
            .filter(|result| is_shape(result))
            .map(|result| FoundResult { result, keypoint: None })
            .collect();
        let read = fields(&shapes, None).filter(|_| !of_group().any(is_elsewhere));
        let Some(mut fields) = read else {
            drawn.others += 1;
            continue;
        };
        let values = of_group().filter_map(|result| result.get("value")?.as_object());
        let mut classes: Vec<Value> = Vec::new();
        for class in values.flat_map(|value| controls::classes(value, true)) {
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        set_class(&mut fields, classes);
        drawn.regions.push(DrawnRegion { fields, results: group });
    }
    let seen: Vec<&Value> = drawn.regions.iter().flat_map(|region| classes(&region.fields)).collect();
    let rest: Vec<Value> = classes(label).filter(|class| !seen.contains(class)).cloned().collect();
    if !rest.is_empty() {
        let mut fields = Map::new();
        set_class(&mut fields, rest);
        drawn.regions.push(DrawnRegion { fields, results: Vec::new() });
    }
    Some(drawn)
}

/// Returns true if a result has the shape of a region, and not only labels or answers about it.
fn is_shape(result: &Map<String, Value>) -> bool {
    let kind = result.get("type").and_then(Value::as_str).unwrap_or_default();
    let value = result.get("value");
    let has = |name: &str| value.is_some_and(|value| value.get(name).is_some());
    match kind.strip_suffix("labels").filter(|kind| !kind.is_empty()).unwrap_or(kind) {
        "rectangle" | "polygon" | "brush" | "vector" | "keypoint" | "ellipse" | "bitmask"
        | "videorectangle" => true,
        "labels" => {
            has("start")
                && has("end")
                && !has("x")
                && value.and_then(|value| value.get("start")?.as_u64()).is_some()
        }
        _ => false,
    }
}

fn classes(fields: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let class = fields.get(CLASS).filter(|class| !class.is_null());
    let (one, list) = match class {
        Some(Value::Array(list)) => (None, list.as_slice()),
        one => (one, &[][..]),
    };
    one.into_iter().chain(list)
}

fn set_class(fields: &mut Map<String, Value>, mut classes: Vec<Value>) {
    match classes.len() {
        0 => {}
        1 => drop(fields.insert(CLASS.to_owned(), classes.remove(0))),
        _ => drop(fields.insert(CLASS.to_owned(), Value::Array(classes))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(label: Value) -> Option<Drawn> {
        drawn(label.as_object().unwrap())
    }

    #[test]
    fn regions_have_their_shapes_in_pixels() {
        let size = |mut result: Value| {
            result["original_width"] = json!(200);
            result["original_height"] = json!(100);
            result
        };
        let rectangle = json!({"x": 10, "y": 10, "width": 50, "height": 20, "rotation": 0});
        let with = |name: &str, labels: Value| {
            let mut value = rectangle.clone();
            value[name] = labels;
            value
        };
        let label = json!({"class": ["wren", "sunny"], "regions": [
            size(json!({"id": "a", "type": "rectangle", "value": rectangle})),
            size(json!({"id": "a", "type": "labels", "value": with("labels", json!(["wren"]))})),
            size(json!({"id": "a", "type": "choices", "value": with("choices", json!(["hidden"]))})),
            size(json!({"id": "e", "type": "ellipselabels", "value": {"x": 1, "y": 1, "radiusX": 1, "ellipselabels": ["wren"]}})),
            size(json!({"id": "b", "type": "polygonlabels", "value": {"points": [[0, 0], [10, 0], [0, 10]], "polygonlabels": ["wren"]}})),
            {"id": "c", "type": "choices", "value": {"choices": ["sunny"]}},
            {"type": "relation", "from_id": "a", "to_id": "b"},
        ]});
        let found = read(label).unwrap();
        let fields: Vec<Value> =
            found.regions.iter().map(|region| Value::Object(region.fields.clone())).collect();
        assert_eq!(
            fields,
            [
                json!({"bbox": [20.0, 10.0, 100.0, 20.0], "class": "wren"}),
                json!({"segmentation": [[0.0, 0.0, 20.0, 0.0, 0.0, 10.0]], "class": "wren"}),
                json!({"class": "sunny"}),
            ]
        );
        assert_eq!(found.others, 1);
        assert_eq!(found.regions[0].results, [0, 1, 2]);
        assert_eq!(read(json!({"class": "wren"})), None);
    }
}
