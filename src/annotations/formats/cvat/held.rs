//! The fields of labels that elements hold.

use std::collections::BTreeSet;

use serde_json::Value;

use super::meta::{ATTRIBUTES, SUBLABELS};
use super::shapes::{ELEMENT, MANUAL, OWN};
use crate::annotations::held::{HeldFields, HeldNames, HeldShape, ShapeForm, ValueType};
use crate::annotations::model::ClassList;
use crate::annotations::model::fields::{CLASS, SCORE, TRACK_ID};

/// Returns the fields of an element. Attributes are those of the labels of the project; all names
/// if the document does not list them.
pub(super) fn held(classes: &ClassList) -> HeldFields {
    let lists = || classes.classes.iter().filter_map(|class| class.fields.get(ATTRIBUTES)?.as_array());
    let name = |spec: &Value| spec.get("name").and_then(Value::as_str).map(str::to_owned);
    let named: BTreeSet<String> = lists().flatten().filter_map(name).collect();
    let is_listed = classes.classes.iter().any(|class| !class.fields.is_empty());
    let has_skeletons = classes.classes.iter().any(|class| class.fields.contains_key(SUBLABELS));
    let fields = [SCORE, TRACK_ID].into_iter().filter(|name| !is_listed || named.contains(*name));
    let fields = HeldNames::only(fields.chain([CLASS])).as_texts();
    let attributes = if is_listed {
        HeldNames::only(named.into_iter().chain(OWN.map(str::to_owned)))
    } else {
        HeldNames::all()
    };
    let attributes = attributes
        .as_texts()
        .without(&[SCORE, TRACK_ID])
        .with_type("occluded", ValueType::Boolean)
        .with_type("keyframe", ValueType::Boolean)
        .with_type("z_order", ValueType::Integer)
        .with_type("group_id", ValueType::Integer)
        .with_type("source", ValueType::Text)
        .with_type(ELEMENT, ValueType::Text)
        .with_usual("source", MANUAL)
        .with_usual("keyframe", true)
        .with_usual("z_order", 0)
        .with_usual("group_id", 0);
    let points = if has_skeletons { HeldShape::Keypoints } else { HeldShape::Points };
    let shapes = [
        HeldShape::Box,
        HeldShape::Rotated,
        HeldShape::Polygon,
        HeldShape::Mask,
        HeldShape::Polyline,
        points,
    ];
    HeldFields::of(ShapeForm::One, shapes, fields, attributes)
}
