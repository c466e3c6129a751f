//! The features of an image as labels.

use serde_json::{Map, Value};

use super::inputs::GeoDocument;
use super::place::{CoordinateFacts, Coordinates};
use super::properties::ClassProperty;
use super::shape::{self, ReadGeometry};
use super::transform::Transform;
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::formats::shared::ids::{id_of, take_exported};
use crate::annotations::formats::shared::object::object;
use crate::annotations::model::fields::{CAPTION, CLASS, SCORE, TRACK_ID};
use crate::annotations::model::{Label, LabelOrigin, Rectangle, Shape};
use crate::annotations::reader::Skipped;

/// The attribute with the geometry as the file has it.
pub(super) const GEOMETRY: &str = "geometry";
/// The property of xView with the box in pixels.
pub(super) const PIXEL_BOX: &str = "bounds_imcoords";
/// The field of a feature in our own export for what has no property.
pub(super) const ANNOTATION: &str = "annotation";

/// A feature that was read, before its coordinates are known to be pixels.
pub(super) struct ReadFeature {
    place: RecordPlace,
    id: Option<String>,
    geometry: Value,
    read: ReadGeometry,
    properties: Map<String, Value>,
    annotation: Map<String, Value>,
    /// The box in pixels, beside the geometry.
    bounds: Option<Rectangle>,
    exported: Option<crate::annotations::model::Exported>,
}

impl ReadFeature {
    /// Returns its id.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

/// Reads a feature. `image_property` is the property that names the image.
pub(super) fn read_feature(
    text: &[u8],
    place: RecordPlace,
    image_property: Option<&str>,
    skipped: &mut Skipped,
) -> Result<ReadFeature, RecordFault> {
    let refused = |reason: Reason| reason.at(place.clone());
    let mut fields = object(text).map_err(refused)?;
    if fields.get("type").and_then(Value::as_str) != Some("Feature") {
        return Err(refused(Reason::new("type", "expected `Feature`, found another object")));
    }
    let mut properties = match fields.remove("properties") {
        Some(Value::Object(properties)) => properties,
        None | Some(Value::Null) => Map::new(),
        other => return Err(refused(Reason::expected("properties", "an object or null", other.as_ref()))),
    };
    if let Some(name) = image_property {
        properties.remove(name);
    }
    let geometry = fields.remove("geometry").unwrap_or_default();
    let read = shape::read(&geometry).map_err(refused)?;
    let id = fields.remove("id").filter(|id| !id.is_null());
    let by_name = || ["feature_id", "feat_id", "fid"].iter().find_map(|name| properties.get(*name));
    let id = match &id {
        Some(_) => id_of("id", id.as_ref()).map_err(refused)?,
        None => by_name().and_then(|id| id_of("id", Some(id)).ok().flatten()),
    };
    let annotation = match fields.remove(ANNOTATION) {
        Some(Value::Object(annotation)) => annotation,
        _ => Map::new(),
    };
    let exported = take_exported(&mut properties, "label").item;
    for name in fields.keys().filter(|name| !matches!(name.as_str(), "type" | "bbox")) {
        skipped.note("field of a feature that is not in the standard", || format!("{place}: {name}"));
    }
    let bounds = properties.get(PIXEL_BOX).map(pixel_box).transpose().map_err(refused)?;
    Ok(ReadFeature { id, geometry, read, properties, annotation, bounds, exported, place })
}

/// Reads the box of xView: `"x1,y1,x2,y2"`, or a list of four numbers.
pub(super) fn pixel_box(value: &Value) -> Result<Rectangle, Reason> {
    let numbers: Option<Vec<f64>> = match value {
        Value::String(text) => text.split(',').map(|number| number.trim().parse().ok()).collect(),
        Value::Array(list) => list.iter().map(Value::as_f64).collect(),
        _ => None,
    };
    match numbers.as_deref() {
        Some([x1, y1, x2, y2])
            if x1 <= x2 && y1 <= y2 && [x1, y1, x2, y2].iter().all(|side| side.is_finite()) =>
        {
            Ok(Rectangle::between(*x1, *y1, *x2, *y2))
        }
        _ => Err(Reason::new(PIXEL_BOX, format!("expected `x1,y1,x2,y2` in pixels, found {value}"))),
    }
}

/// Returns the rectangle around the coordinates of features, without those that are known to be of
/// another kind.
pub(super) fn bounds_of(features: &[ReadFeature]) -> Option<Rectangle> {
    let points = |feature: &ReadFeature| {
        let around = Rectangle::around(&shape::points_of(&feature.read.shape))?;
        Some([around.x, around.y, around.x + around.width, around.y + around.height])
    };
    let corners: Vec<f64> =
        features.iter().filter(|feature| feature.bounds.is_none()).filter_map(points).flatten().collect();
    Rectangle::around(&corners)
}

/// Returns the labels of features.
pub(super) fn labels(
    features: Vec<ReadFeature>,
    coordinates: Coordinates,
    transform: Option<Transform>,
    class: &ClassProperty,
    skipped: &mut Skipped,
) -> Vec<Label> {
    let is_world = coordinates == Coordinates::World;
    let to_pixel = transform.filter(|_| is_world);
    let mut labels = Vec::with_capacity(features.len());
    for feature in features {
        let ReadFeature { place, id, geometry, read, mut properties, mut annotation, bounds, exported } =
            feature;
        let mut label = Label::new(place);
        (label.id, label.exported) = (id, exported);
        let pixels = to_pixel
            .map_or_else(|| read.shape.clone(), |to| shape::map(&read.shape, |point| to.to_pixel(point)));
        let pixels = match bounds {
            Some(bounds) => Shape::Box(bounds),
            None => shape::named(pixels, &mut properties),
        };
        pixels.write(&mut label.fields);
        let name = class.take(&mut properties);
        if !name.is_null() {
            label.fields.insert(CLASS.to_owned(), name);
        }
        for (field, is_fit) in [
            (SCORE, Value::is_number as fn(&Value) -> bool),
            (TRACK_ID, |value| value.is_number() || value.is_string()),
            (CAPTION, Value::is_string),
        ] {
            if properties.get(field).is_some_and(is_fit) {
                label.fields.extend(properties.remove(field).map(|value| (field.to_owned(), value)));
            }
        }
        if read.holes > 0 {
            skipped.note("hole of a polygon (kept only in the attribute `geometry`)", || {
                label.place.to_string()
            });
        }
        if is_world || bounds.is_some() || read.holes > 0 || read.has_more {
            properties.insert(GEOMETRY.to_owned(), geometry);
        }
        for (name, value) in properties {
            label.set_attribute(&name, value);
        }
        if annotation.get("prediction") == Some(&Value::Bool(true)) {
            label.origin = LabelOrigin::Prediction;
        }
        label.author = annotation.remove("author");
        if let Some(Value::Object(fields)) = annotation.remove("attributes") {
            for (name, value) in fields {
                label.set_attribute(&name, value);
            }
        }
        if let Some(Value::Object(fields)) = annotation.remove("fields") {
            label.fields.extend(fields);
        }
        labels.push(label);
    }
    labels
}

/// Returns what is known of the coordinates of an image.
pub(super) fn facts(
    features: &[ReadFeature],
    said: Option<Coordinates>,
    documents: &[&GeoDocument],
    transform: Option<Transform>,
    size: Option<(f64, f64)>,
) -> CoordinateFacts {
    let own = documents.iter().find_map(|document| document.coordinates);
    let has_crs = documents.iter().any(|document| document.has_crs);
    CoordinateFacts { said: said.or(own), has_crs, transform, size, bounds: bounds_of(features) }
}
