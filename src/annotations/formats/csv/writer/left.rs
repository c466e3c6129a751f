//! What tables cannot hold.

use serde_json::Value;

use super::super::kind::TableKind;
use crate::annotations::model::fields::{
    ATTRIBUTES, BBOX, CAPTION, CLASS, CORNERS, FILE_NAME, HEIGHT, KEYPOINTS, POLYLINE, REGIONS, ROTATION,
    SCORE, SEGMENTATION, SPAN, TRACK_ID, WIDTH,
};
use crate::annotations::model::{Image, Label, LabelOrigin};
use crate::annotations::reader::Skipped;

/// Notes the fields of an image that a table has no column for.
pub(super) fn note_image(kind: TableKind, image: &Image, left_out: &mut Skipped) {
    for name in image.fields.keys() {
        let is_via = kind == TableKind::Via && matches!(name.as_str(), "file_size" | ATTRIBUTES);
        if !is_via && !matches!(name.as_str(), FILE_NAME | WIDTH | HEIGHT) {
            left_out.note("other field of an image", || format!("{name} of {}", image.name));
        }
    }
}

/// Notes the fields of a label that a table has no column for; shapes and attributes are noted
/// where they are written.
pub(super) fn note_label(kind: TableKind, label: &Label, image: &str, left_out: &mut Skipped) {
    if label.id.is_some() {
        left_out.note("id of a label", || format!("{} of {image}", label.id.as_deref().unwrap_or_default()));
    }
    if label.author.as_ref().is_some_and(|author| !author.is_null()) {
        left_out.note("author of a label", || image.to_owned());
    }
    if label.origin == LabelOrigin::Prediction && kind != TableKind::OpenImages {
        left_out.note("origin of a label (a prediction is written like a label)", || image.to_owned());
    }
    for (name, value) in &label.fields {
        let which = || format!("{name} of {image}");
        match name.as_str() {
            CLASS | BBOX | ROTATION | CORNERS | SEGMENTATION | POLYLINE | ATTRIBUTES => {}
            SCORE if kind == TableKind::OpenImages => {}
            SPAN if value.is_array() => {}
            KEYPOINTS if kind == TableKind::Via => {}
            _ if is_empty(value) => {}
            SCORE => left_out.note("score", which),
            TRACK_ID => left_out.note("track id", which),
            CAPTION => left_out.note("caption", which),
            REGIONS => left_out.note("regions of a label", which),
            KEYPOINTS => left_out.note("keypoints", which),
            _ => left_out.note("other field of a label", which),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
