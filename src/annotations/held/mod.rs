//! The fields of labels that a format can hold.
//!
//! A file says nothing about what its format has no place for, so the absence of such a field is
//! no change: [`HeldFields::complete`] takes it from the stored label. A field that the file has
//! is always the one of the file. A format that holds boxes and no polygons keeps the stored
//! polygon as long as its box is the one around it; else the shape of the file replaces all fields
//! of the stored shape. A value that a format has as an attribute and another one as a field is the
//! same in both places.

mod json_type;
mod names;
mod place;
mod shapes;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use json_type::JsonType;
pub use names::{HeldNames, ValueType};

use super::model::fields::{
    ATTRIBUTES, BBOX, CLASS, CORNERS, KEYPOINTS, POLYLINE, REGIONS, ROTATION, SEGMENTATION, SPAN,
};

/// The fields of a shape.
const SHAPES: [&str; 8] = [BBOX, ROTATION, CORNERS, SEGMENTATION, POLYLINE, KEYPOINTS, SPAN, REGIONS];
/// Fields that are computed from the shape.
const OF_SHAPE: [&str; 2] = ["area", "num_keypoints"];
/// Attributes with the exact shape, of which the fields have an outline.
const SHAPE_ATTRIBUTES: [&str; 7] =
    ["circle", "cuboid", "element", "geometry", "bounds_imcoords", "region_shape", "shape_type"];

/// The fields of a label that a format holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HeldFields {
    /// Every field.
    #[default]
    All,
    /// A part of them.
    Part(Box<HeldPart>),
}

/// A part of the fields of a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldPart {
    /// The kinds of shapes.
    pub shapes: BTreeSet<HeldShape>,
    /// The way in which a label has them.
    pub form: ShapeForm,
    /// True if a label has one class, the first of several.
    #[serde(default)]
    pub is_first_class: bool,
    /// The fields that are not of the shape.
    pub fields: HeldNames,
    /// The names in `attributes`.
    pub attributes: HeldNames,
    /// Attributes that an export adds, and when.
    #[serde(default)]
    pub made: BTreeMap<String, MadeFor>,
}

/// A kind of shape that a format holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HeldShape {
    /// Upright rectangles.
    Box,
    /// Rectangles with an angle.
    Rotated,
    /// The four corners of a rectangle.
    Corners,
    /// Polygons of one ring.
    Polygon,
    /// Polygons of one ring or several.
    Polygons,
    /// Masks.
    Mask,
    /// Lines of several points.
    Polyline,
    /// Points without a visibility: all are visible.
    Points,
    /// Points with their visibility.
    Keypoints,
    /// Ranges of a text.
    Span,
}

/// The way in which a label has shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ShapeForm {
    /// A label has one shape: the most exact one, or another one that is made from it.
    #[default]
    One,
    /// A label has a box and another shape.
    WithBox,
    /// Each shape has its own field; none is made from another.
    Fields,
}

/// The labels to which an export adds an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MadeFor {
    /// All labels.
    Any,
    /// Labels with several polygons.
    SeveralPolygons,
}

impl HeldFields {
    /// Creates the fields of a format whose labels have shapes of these kinds.
    #[must_use]
    pub fn of(
        form: ShapeForm,
        shapes: impl IntoIterator<Item = HeldShape>,
        fields: HeldNames,
        attributes: HeldNames,
    ) -> Self {
        Self::Part(Box::new(HeldPart {
            shapes: shapes.into_iter().collect(),
            form,
            is_first_class: false,
            fields,
            attributes,
            made: BTreeMap::new(),
        }))
    }

    /// Declares that a label has one class, the first of several.
    #[must_use]
    pub fn with_first_class(mut self) -> Self {
        if let Self::Part(part) = &mut self {
            part.is_first_class = true;
        }
        self
    }

    /// Declares an attribute that an export adds.
    #[must_use]
    pub fn with_made(mut self, name: &str, made: MadeFor) -> Self {
        if let Self::Part(part) = &mut self {
            part.made.insert(name.to_owned(), made);
        }
        self
    }

    /// Returns the fields of a label in a file, with those of the stored label that the format
    /// cannot hold: fields, names in `attributes`, and the exact shape of which the file has an
    /// outline. A value that is the stored one in the other place, field or attribute, is in the stored
    /// place. `precision` is the largest error of the coordinates in the file, in pixels.
    #[must_use]
    pub fn complete(
        &self,
        found: &Map<String, Value>,
        stored: &Map<String, Value>,
        precision: f64,
    ) -> Map<String, Value> {
        match self {
            Self::All => place::as_stored(None, found, stored).into_owned(),
            Self::Part(part) => {
                part.complete(&place::as_stored(Some(part), found, stored), stored, precision)
            }
        }
    }
}

impl HeldPart {
    fn complete(
        &self,
        found: &Map<String, Value>,
        stored: &Map<String, Value>,
        precision: f64,
    ) -> Map<String, Value> {
        let mut fields = found.clone();
        let is_shape_kept = self.is_outlined(found, stored, precision);
        if is_shape_kept {
            fields.retain(|name, _| !SHAPES.contains(&name.as_str()));
        }
        for (name, value) in stored {
            let name = name.as_str();
            if SHAPES.contains(&name) {
                if is_shape_kept {
                    fields.insert(name.to_owned(), value.clone());
                }
            } else if name != ATTRIBUTES
                && (is_shape_kept || !OF_SHAPE.contains(&name))
                && self.keeps(&self.fields, name, found.get(name), value)
            {
                fields.insert(name.to_owned(), value.clone());
            }
        }
        match self.attributes(found.get(ATTRIBUTES), stored, is_shape_kept) {
            Some(attributes) => drop(fields.insert(ATTRIBUTES.to_owned(), attributes)),
            None => drop(fields.remove(ATTRIBUTES)),
        }
        fields
    }

    /// Returns the attributes; `None` without any.
    fn attributes(
        &self,
        found: Option<&Value>,
        stored: &Map<String, Value>,
        is_shape_kept: bool,
    ) -> Option<Value> {
        let empty = Map::new();
        let found = match found {
            Some(Value::Object(found)) => found,
            Some(other) => return Some(other.clone()),
            None => &empty,
        };
        let before = match stored.get(ATTRIBUTES) {
            Some(Value::Object(before)) => before,
            // Another value than attributes, which no format but JSON has a place for.
            Some(other) if found.is_empty() => return Some(other.clone()),
            _ => &empty,
        };
        let has_several = || stored.get(SEGMENTATION).and_then(Value::as_array).is_some_and(|r| r.len() > 1);
        let is_made = |name: &String| match self.made.get(name) {
            None => false,
            Some(MadeFor::Any) => is_shape_kept,
            Some(MadeFor::SeveralPolygons) => is_shape_kept && has_several(),
        };
        let mut attributes = found.clone();
        attributes.retain(|name, _| before.contains_key(name) || !is_made(name));
        for (name, value) in before {
            if (is_shape_kept || !SHAPE_ATTRIBUTES.contains(&name.as_str()))
                && self.keeps(&self.attributes, name, found.get(name), value)
            {
                attributes.insert(name.clone(), value.clone());
            }
        }
        (!attributes.is_empty()).then_some(Value::Object(attributes))
    }

    /// Returns true if a stored value says the same as the file, or what the file cannot say.
    fn keeps(&self, held: &HeldNames, name: &str, found: Option<&Value>, stored: &Value) -> bool {
        match found {
            None => !held.holds(name, stored),
            Some(found) if name == CLASS && self.is_first_class => {
                stored.as_array().and_then(|classes| classes.first()) == Some(found)
            }
            Some(found) => held.is_spelling(found, stored),
        }
    }
}

#[cfg(test)]
mod tests;
