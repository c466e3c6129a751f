//! Files that are no export of tasks: names the tool that an element seems to come from.

use serde_json::{Map, Value};

/// Tell-tale fields of an element, and the message for it.
const TOOLS: &[(&[&str], &str)] = &[
    (
        &["completions"],
        "expected `annotations`, found `completions`, the name in exports of Label Studio before 1.0; open the project in a version from 1.0 on and export it as JSON again",
    ),
    (
        &["annotation_id", "annotator"],
        "expected an object in `data`, found a JSON-MIN export of Label Studio, which has no ids of regions and no results; export as JSON",
    ),
    (
        &["image_id", "category_id", "score"],
        "expected tasks of Label Studio, found a list of COCO results; import the COCO file of the data set",
    ),
    (
        &["image_id", "category_id"],
        "expected tasks of Label Studio, found the annotations of a COCO file without its images; import the whole file",
    ),
    (&["shapes", "imagePath"], "expected tasks of Label Studio, found a file of labelme"),
    (&["Label", "External ID"], "expected tasks of Label Studio, found an export of Labelbox"),
    (&["data_row", "projects"], "expected tasks of Label Studio, found an export of Labelbox"),
    (&["dm_format_version"], "expected tasks of Label Studio, found a file of Datumaro"),
    (
        &["file_attributes", "regions"],
        "expected tasks of Label Studio, found a file of the VGG Image Annotator",
    ),
    (&["objects", "size", "tags"], "expected tasks of Label Studio, found a file of Supervisely"),
    (
        &["images", "categories"],
        "expected tasks of Label Studio, found a COCO file; import it with --format coco",
    ),
];

/// Returns the message for an element of a known file.
pub(crate) fn named(fields: &Map<String, Value>) -> Option<&'static str> {
    let fits = |names: &[&str]| names.iter().all(|name| fields.contains_key(*name));
    TOOLS.iter().find(|(names, _)| fits(names)).map(|(_, message)| *message)
}

/// The hint for an input that is no JSON.
pub(crate) const NO_JSON: &str = "CSV, TSV, CONLL, YOLO and other conversions of Label Studio have lost ids or shapes; export the project as JSON";

/// Returns true if the names of an element are those of a tool whose files no format reads.
pub(crate) fn is_of_unread_tool(has: impl Fn(&str) -> bool) -> bool {
    TOOLS.iter().any(|(names, message)| message.contains("Labelbox") && names.iter().all(|name| has(name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn other_tools_are_named() {
        let named = |value: Value| named(value.as_object().unwrap());
        assert!(named(json!({"id": 1, "completions": []})).unwrap().contains("before 1.0"));
        assert!(
            named(json!({"image": "a", "annotator": 1, "annotation_id": 2})).unwrap().contains("JSON-MIN")
        );
        assert!(named(json!({"image_id": 1, "category_id": 2, "score": 1})).unwrap().contains("results"));
        assert_eq!(named(json!({"id": 1, "data": {}})), None);
    }
}
