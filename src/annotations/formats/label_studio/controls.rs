//! The catalogue of control tags: the members of a result's value that are classes, and those that
//! are answers.
//!
//! | tag | member of the value | |
//! |---|---|---|
//! | `Labels`, `VideoRectangle`, `VideoVectorLabels` | `labels` | class |
//! | `RectangleLabels`, `PolygonLabels`, `BrushLabels`, … | the tag's name in lower case | class |
//! | `Choices`, `Taxonomy` | `choices`, `taxonomy` | class of the task, answer about a region |
//! | `Number`, `Rating`, `DateTime`, `TextArea`, `Ranker`, `Pairwise`, `ChatMessage`, `ReactCode` | `number`, `rating`, … | answer |
//! | `Relations` | none: `from_id`, `to_id` and `labels` of the result | relation |
//!
//! Tags without labels, such as `Rectangle` or `Brush`, have only a shape; the labels of a shape
//! are then in a second result with the same id.

use serde_json::{Map, Value};

/// Members that are classes if they are about the task, and answers if about a region.
const CHOSEN: [&str; 2] = ["choices", "taxonomy"];

/// The end of the names of all members that are classes.
const LABELS: &str = "labels";

/// Members next to an answer that do not make it one about a region.
const NO_REGION: [&str; 2] = ["choices", "taxonomy"];

/// Returns the classes in a result's value. `is_of_region` is true if its choices are answers about
/// a region.
pub(super) fn classes(value: &Map<String, Value>, is_of_region: bool) -> Vec<Value> {
    let is_class = |name: &str| name.ends_with(LABELS) || (CHOSEN.contains(&name) && !is_of_region);
    let members = value.iter().filter(|(name, _)| is_class(name));
    members.flat_map(|(_, chosen)| chosen.as_array().into_iter().flatten().map(class)).collect()
}

/// Returns true if a result is only an answer: its value has nothing but what was chosen.
pub(super) fn is_answer_alone(value: &Map<String, Value>) -> bool {
    value.keys().all(|name| NO_REGION.contains(&name.as_str()))
}

/// Returns a class. A path in a taxonomy is one class.
fn class(chosen: &Value) -> Value {
    match chosen {
        Value::Array(path) if path.iter().all(Value::is_string) => {
            path_class(path.iter().filter_map(Value::as_str)).into()
        }
        other => other.clone(),
    }
}

/// Joins the names of a path with `/`. Different paths have different texts: `/` and `\` in a name
/// are preceded by `\`.
pub(super) fn path_class<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let escaped: Vec<String> = names.map(|name| name.replace('\\', "\\\\").replace('/', "\\/")).collect();
    escaped.join("/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn value(value: &Value) -> &Map<String, Value> {
        value.as_object().unwrap()
    }

    #[test]
    fn labels_are_classes_and_answers_are_not() {
        for (members, alone, of_region) in [
            (json!({"x": 1, "rectanglelabels": ["cat"]}), vec!["cat"], vec!["cat"]),
            (json!({"sequence": [], "labels": ["cat", "dog"]}), vec!["cat", "dog"], vec!["cat", "dog"]),
            (json!({"choices": ["yes"]}), vec!["yes"], vec![]),
            (json!({"taxonomy": [["A", "B"], ["C"]]}), vec!["A/B", "C"], vec![]),
            (json!({"rating": 4}), vec![], vec![]),
            (json!({"text": ["free"]}), vec![], vec![]),
        ] {
            assert_eq!(classes(value(&members), false), alone, "{members}");
            assert_eq!(classes(value(&members), true), of_region, "{members}");
        }
        assert!(is_answer_alone(value(&json!({"choices": []}))));
        assert!(!is_answer_alone(value(&json!({"choices": [], "start": 0}))));
    }

    proptest! {
        #[test]
        fn different_paths_are_different_classes(
            a in prop::collection::vec("[ab/\\\\]{0,3}", 1..4),
            b in prop::collection::vec("[ab/\\\\]{0,3}", 1..4),
        ) {
            let of = |names: &[String]| path_class(names.iter().map(String::as_str));
            prop_assert_eq!(of(&a) == of(&b), a == b);
        }
    }

    #[test]
    fn names_without_the_delimiter_stay_as_they_are() {
        assert_eq!(path_class(["Animals", "Birds", "Wren"].into_iter()), "Animals/Birds/Wren");
        assert_eq!(path_class(["A/B", "C\\"].into_iter()), "A\\/B/C\\\\");
    }
}
