//! The fields of images and annotations, from the attributes of their versions.

use serde_json::{Map, Value, json};

use crate::annotations::model::make_upright;

/// Fields that COCO gives a meaning of its own; attributes with these names are in `stemma`.
const RESERVED: [&str; 4] = ["id", "image_id", "category_id", "stemma"];

/// The fields of an annotation, without its ids.
pub(super) struct AnnotationFields {
    pub fields: Map<String, Value>,
    /// Members for the field `stemma`: attributes that COCO cannot hold under their names, and the
    /// names of fields that are no attributes.
    pub stemma: Map<String, Value>,
    /// True if `bbox` is not four numbers, so that no tool can read it.
    pub bad_box: bool,
    /// True if it has regions of Label Studio, which are not converted to COCO's shapes.
    pub has_regions: bool,
}

/// Returns the fields of a label: all of its attributes except for its class. Adds `area` and
/// `iscrowd` to a shape without them, because COCO's tools require them.
pub(super) fn annotation(mut attributes: Map<String, Value>) -> AnnotationFields {
    if attributes.remove("class").is_none() {
        attributes.remove("category");
    }
    let mut stemma = set_apart(&mut attributes);
    let mut computed: Vec<&str> = Vec::new();
    if !attributes.contains_key("bbox")
        && let Some(bbox) = attributes.get("box").and_then(sides)
    {
        stemma.extend(attributes.remove("box").map(|sides| ("box".to_owned(), sides)));
        attributes.insert("bbox".to_owned(), bbox);
        computed.push("bbox");
    }
    let bbox = attributes.get("bbox").and_then(corners);
    let bad_box = bbox.is_none() && attributes.get("bbox").is_some_and(|bbox| !bbox.is_null());
    if bbox.is_none() {
        let other = attributes.remove("bbox");
        stemma.extend(other.map(|bbox| ("bbox".to_owned(), bbox)));
    }
    if !attributes.get("area").is_some_and(Value::is_number)
        && let Some([_, _, width, height]) = bbox
    {
        let other = attributes.insert("area".to_owned(), json!(width * height));
        stemma.extend(other.map(|area| ("area".to_owned(), area)));
        computed.push("area");
    }
    // Other tools know no rotation.
    if let Some(turned) = make_upright(&mut attributes) {
        stemma.insert("turned".to_owned(), turned.into());
    }
    let crowd = attributes.get("iscrowd");
    if !crowd.is_some_and(Value::is_number) && !attributes.contains_key("caption") {
        let is_crowd = crowd.is_some_and(|crowd| *crowd == true);
        let other = attributes.insert("iscrowd".to_owned(), u8::from(is_crowd).into());
        stemma.extend(other.map(|crowd| ("iscrowd".to_owned(), crowd)));
        computed.push("iscrowd");
    }
    if !computed.is_empty() {
        stemma.insert("computed".to_owned(), json!(computed));
    }
    let has_regions = attributes.get("regions").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    AnnotationFields { fields: attributes, stemma, bad_box, has_regions }
}

/// Returns the fields of an image: all of its attributes, its name and its id. `other` is another
/// name for its file, if an earlier image has the same one.
pub(super) fn image(
    id: u64,
    name: &str,
    other: Option<String>,
    mut attributes: Map<String, Value>,
) -> Map<String, Value> {
    let mut stemma = set_apart(&mut attributes);
    if let Some(other) = other {
        let own = attributes.insert("file_name".to_owned(), other.into());
        stemma.extend(own.map(|name| ("file_name".to_owned(), name)));
        stemma.insert("computed".to_owned(), json!(["file_name"]));
    }
    if !attributes.get("file_name").is_some_and(Value::is_string) {
        let other = attributes.remove("file_name");
        stemma.extend(other.map(|name| ("file_name".to_owned(), name)));
        let file_name = attributes.get("fileName").and_then(Value::as_str).unwrap_or(name).to_owned();
        attributes.insert("file_name".to_owned(), file_name.into());
        stemma.insert("computed".to_owned(), json!(["file_name"]));
    }
    attributes.insert("id".to_owned(), id.into());
    if !stemma.is_empty() {
        attributes.insert("stemma".to_owned(), stemma.into());
    }
    attributes
}

/// Adds members to the field `stemma`.
pub(super) fn add_to_stemma(fields: &mut Map<String, Value>, members: Value) {
    let stemma = fields.entry("stemma").or_insert_with(|| json!({}));
    if let (Value::Object(stemma), Value::Object(members)) = (stemma, members) {
        stemma.extend(members.into_iter().filter(|(_, value)| !value.is_null()));
    }
}

/// Takes attributes with reserved names out. Returns them as a member of `stemma`.
fn set_apart(attributes: &mut Map<String, Value>) -> Map<String, Value> {
    let apart: Map<String, Value> =
        RESERVED.iter().filter_map(|name| Some(((*name).to_owned(), attributes.remove(*name)?))).collect();
    if apart.is_empty() { apart } else { Map::from_iter([("attributes".to_owned(), apart.into())]) }
}

/// Returns a box as COCO has it: x, y, width, height.
fn corners(bbox: &Value) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = bbox.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// Returns a box from its named sides.
fn sides(sides: &Value) -> Option<Value> {
    let side = |name: &str| sides.get(name).filter(|value| value.is_number()).cloned();
    Some(Value::Array(vec![side("x")?, side("y")?, side("width")?, side("height")?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn all_attributes_are_fields() {
        let complete = json!({
            "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 1, "score": 0.5, "track_id": 4, "attributes": {"occluded": true},
            "segmentation": {"size": [4, 4], "counts": [0, 16]}, "keypoints": [1, 2, 2], "num_keypoints": 1,
        });
        let mut label = map(complete.clone());
        label.insert("class".to_owned(), "wren".into());
        let AnnotationFields { fields, stemma, bad_box, has_regions } = annotation(label);
        assert_eq!(Value::Object(fields), complete);
        assert!(stemma.is_empty() && !bad_box && !has_regions);
    }

    #[test]
    fn what_tools_require_is_added_and_named() {
        for (label, expected, apart, bad) in [
            (
                json!({"bbox": [0, 0, 2, 3]}),
                json!({"bbox": [0, 0, 2, 3], "area": 6.0, "iscrowd": 0}),
                json!({"computed": ["area", "iscrowd"]}),
                false,
            ),
            (
                json!({"bbox": [10, 10, 20, 10], "rotation": 90, "iscrowd": 0}),
                json!({"bbox": [15.0, 5.0, 10.0, 20.0], "area": 200.0, "iscrowd": 0}),
                json!({"computed": ["area"], "turned": {"bbox": [10, 10, 20, 10], "rotation": 90}}),
                false,
            ),
            (
                json!({"box": {"x": 0, "y": 0, "width": 2, "height": 3}, "iscrowd": true, "area": 1}),
                json!({"bbox": [0, 0, 2, 3], "area": 1, "iscrowd": 1}),
                json!({"box": {"x": 0, "y": 0, "width": 2, "height": 3}, "iscrowd": true,
                       "computed": ["bbox", "iscrowd"]}),
                false,
            ),
            (
                json!({"bbox": [1, 2]}),
                json!({"iscrowd": 0}),
                json!({"bbox": [1, 2], "computed": ["iscrowd"]}),
                true,
            ),
            (json!({"caption": "a bird"}), json!({"caption": "a bird"}), json!({}), false),
            (
                json!({"iscrowd": 0, "id": 3, "stemma": 1}),
                json!({"iscrowd": 0}),
                json!({"attributes": {"id": 3, "stemma": 1}}),
                false,
            ),
        ] {
            let made = annotation(map(label.clone()));
            assert_eq!(Value::Object(made.fields), expected, "{label}");
            assert_eq!((Value::Object(made.stemma), made.bad_box), (apart, bad), "{label}");
        }
        assert!(annotation(map(json!({"regions": [{}]}))).has_regions);
    }

    #[test]
    fn an_image_has_a_name() {
        let named = json!({"file_name": "a.jpg", "width": 4, "license": 3, "site": "N4"});
        let mut expected = map(named.clone());
        expected.insert("id".to_owned(), 7.into());
        assert_eq!(image(7, "n/SOURCE/a#1", None, map(named)), expected);
        let unnamed = image(7, "n/SOURCE/a#1", None, map(json!({"id": 1})));
        let expected = json!({"id": 7, "file_name": "n/SOURCE/a#1",
                              "stemma": {"attributes": {"id": 1}, "computed": ["file_name"]}});
        assert_eq!(Value::Object(unnamed), expected);
    }
}
