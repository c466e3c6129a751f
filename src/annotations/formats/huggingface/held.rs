//! The fields of labels that the columns of data files hold.

use std::collections::BTreeSet;

use serde_json::Value;

use super::columns::{BOXES, FIELDS, IDS, OBJECT_CLASSES};
use crate::annotations::held::{HeldFields, HeldNames, HeldShape, JsonType, ShapeForm, ValueType};
use crate::annotations::model::Label;
use crate::annotations::model::fields::{
    ATTRIBUTES, BBOX, CLASS, CORNERS, KEYPOINTS, POLYLINE, ROTATION, SEGMENTATION,
};

/// The columns of objects, with the types of their values.
pub(super) struct HeldColumns {
    shapes: BTreeSet<HeldShape>,
    fields: HeldNames,
    attributes: HeldNames,
}

impl Default for HeldColumns {
    fn default() -> Self {
        let (fields, attributes) = (HeldNames::only([CLASS]), HeldNames::none());
        Self { shapes: BTreeSet::new(), fields, attributes }
    }
}

impl HeldColumns {
    /// Adds the fields of a label.
    pub(super) fn note(&mut self, label: &Label) {
        for (name, value) in &label.fields {
            if self.add_shape(name, Some(value)) {
                continue;
            }
            match (name.as_str(), value) {
                (ATTRIBUTES, Value::Object(attributes)) => {
                    for (name, value) in attributes {
                        if let Some(kind) = ValueType::of(value) {
                            self.attributes.add(name, kind);
                        }
                    }
                }
                (name, value) => {
                    if let Some(kind) = ValueType::of(value) {
                        self.fields.add(name, kind);
                    }
                }
            }
        }
    }

    /// Adds a column of objects of which no value was read, with the type of its values, if it is
    /// known.
    pub(super) fn add(&mut self, column: &str, kind: Option<JsonType>) {
        let is_one_of = |names: &[&str]| names.contains(&column);
        if is_one_of(&IDS) {
            return;
        }
        // Classes may be the numbers of names.
        let (name, kind) = match (is_one_of(&BOXES), is_one_of(&OBJECT_CLASSES)) {
            (true, _) => (BBOX, kind),
            (_, true) => (CLASS, kind.map(of_classes)),
            _ => (column, kind),
        };
        let is_shape = self.add_shape(name, None);
        let is_field = is_shape || name == CLASS || is_one_of(&FIELDS);
        let names = if is_field { &mut self.fields } else { &mut self.attributes };
        match kind {
            Some(kind) => names.add_column(name, kind),
            None => names.add_name(name),
        }
    }

    /// Adds the kind of shape of a field; false if it is none.
    fn add_shape(&mut self, name: &str, value: Option<&Value>) -> bool {
        let shapes: &[HeldShape] = match (name, value) {
            (BBOX, _) => &[HeldShape::Box],
            (ROTATION, _) => &[HeldShape::Rotated],
            (CORNERS, _) => &[HeldShape::Corners],
            (SEGMENTATION, None) => &[HeldShape::Mask, HeldShape::Polygons],
            (SEGMENTATION, Some(Value::Object(_))) => &[HeldShape::Mask],
            (SEGMENTATION, _) => &[HeldShape::Polygons],
            (POLYLINE, _) => &[HeldShape::Polyline],
            (KEYPOINTS, _) => &[HeldShape::Keypoints],
            _ => return false,
        };
        self.shapes.extend(shapes);
        true
    }

    /// Returns the fields.
    pub(super) fn held(&self) -> HeldFields {
        let (fields, attributes) = (self.fields.clone(), self.attributes.clone());
        HeldFields::of(ShapeForm::Fields, self.shapes.iter().copied(), fields, attributes)
    }
}

/// Returns the type of the names of classes of a column.
fn of_classes(column: JsonType) -> JsonType {
    match column {
        JsonType::List(_) => JsonType::List(Box::new(JsonType::Text)),
        _ => JsonType::Text,
    }
}
