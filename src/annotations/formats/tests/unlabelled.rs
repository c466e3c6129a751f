//! For all formats: an image without labels goes out and comes back, or is counted.

use super::super::named;
use super::super::shared::round_trip::{read, write_variant};
use super::held::{WRITTEN, sample};
use crate::annotations::model::{Class, ClassList};
use serde_json::json;

/// Fails if a writer leaves an image without labels out and does not say so.
#[test]
fn an_image_without_labels_is_written_or_counted() {
    let variants = WRITTEN.into_iter().chain([("yolo", Some("classify"))]);
    for (name, variant) in variants {
        let format = named(name).unwrap();
        let mut empty = sample("empty.png", &[]);
        empty.labels.clear();
        // Folders of classes have no shapes.
        let has_shapes = variant != Some("classify");
        let box_of_wren = if has_shapes {
            json!({"class": "wren", "bbox": [1, 2, 30, 40]})
        } else {
            json!({"class": "wren"})
        };
        let samples = [sample("full.png", &[&box_of_wren]), empty];
        let classes = ClassList { classes: vec![Class::named("wren"), Class::named("red robin")] };
        let folder = tempfile::tempdir().unwrap();
        let left_out = write_variant(format, variant, &classes, &samples, folder.path());
        let is_counted = left_out
            .all()
            .any(|(what, _, first)| what.starts_with("image without") && first.contains("empty"));
        let found = read(format, folder.path()).map(|read| read.samples).unwrap_or_default();
        let is_found =
            found.iter().any(|sample| sample.image.name.contains("empty") && sample.labels.is_empty());
        assert!(is_found != is_counted, "{name} {variant:?}: found {is_found}, counted {is_counted}");
    }
}
