//! The writer: a collection for each image, next to it.
//!
//! Coordinates are pixels, or those of the world if the image has the field `geotransform`. The
//! fields `image`, `image_fields`, `split` and `coordinates` of the collection are for the reader;
//! other programs do not need them.

use std::collections::BTreeSet;
use std::io;

use serde_json::{Map, Value, json};

use super::held::RESERVED;
use super::place::Coordinates;
use super::reader::TRANSFORM;
use super::sample::{ANNOTATION, GEOMETRY, PIXEL_BOX, pixel_box};
use super::shape::{self, SHAPE};
use super::transform::Transform;
use crate::annotations::formats::shared::beside::path_in_export;
use crate::annotations::model::fields::{
    ATTRIBUTES, BBOX, CAPTION, CLASS, CORNERS, FILE_NAME, KEYPOINTS, POLYLINE, ROTATION, SCORE, SEGMENTATION,
    SPAN, TRACK_ID,
};
use crate::annotations::model::{ClassList, Image, Label, LabelOrigin, Rectangle, Sample, Shape};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// Writes a collection for each image. Keeps only the names of the files.
#[derive(Default)]
pub(super) struct GeoJsonWriter {
    paths: BTreeSet<String>,
}

impl SampleWriter for GeoJsonWriter {
    fn begin(
        &mut self,
        _: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        for class in &classes.classes {
            let is_own = class.id.as_ref().is_none_or(|id| super::properties::text_of(id) == class.name);
            if !is_own || !class.fields.is_empty() {
                left_out.note("id or other field of a class", || class.name.clone());
            }
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, out: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        let Some(path) = self.image_path(image) else {
            left_out.note("image whose name is no path", || image.name.clone());
            return Ok(());
        };
        let stem = path
            .rsplit_once('.')
            .filter(|(stem, _)| !stem.ends_with('/'))
            .map_or(path.as_str(), |(stem, _)| stem);
        let stem = if stem.is_empty() { path.as_str() } else { stem };
        let mut file = format!("{stem}.geojson");
        if !self.paths.insert(file.to_lowercase()) {
            file = format!("{path}.geojson");
            if !self.paths.insert(file.to_lowercase()) {
                left_out.note("image whose name is also that of another one", || image.name.clone());
                return Ok(());
            }
        }
        let transform = image.fields.get(TRANSFORM).and_then(Transform::of_value);
        let mut text = collection(image, &path, transform);
        let mut is_first = true;
        for label in &sample.labels {
            let Some(feature) = feature(label, image, transform, left_out) else { continue };
            text.push_str(if is_first { "\n" } else { ",\n" });
            text.push_str(&Value::Object(feature).to_string());
            is_first = false;
        }
        text.push_str("\n]}\n");
        out.file(&file, text.as_bytes())
    }

    fn end(&mut self, _: &Skipped, _: &mut dyn Output) -> io::Result<()> {
        Ok(())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        path_in_export(&image.name)
    }
}

/// Returns the text of a collection up to its features.
fn collection(image: &Image, path: &str, transform: Option<Transform>) -> String {
    // The name is relative to the collection, which is next to the image.
    let own = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let name = if path == image.name { own } else { image.name.as_str() };
    let mut fields = image.fields.clone();
    let crs = fields.remove("crs");
    if fields.get(FILE_NAME).and_then(Value::as_str) == Some(name) {
        fields.remove(FILE_NAME);
    }
    let coordinates = if transform.is_some() { Coordinates::World } else { Coordinates::Pixels };
    let mut text = "{\"type\":\"FeatureCollection\"".to_owned();
    let members = [
        ("image", Some(json!(name))),
        ("image_fields", (!fields.is_empty()).then_some(Value::Object(fields))),
        ("split", image.split.as_ref().map(|split| json!(split))),
        ("coordinates", Some(json!(coordinates.name()))),
        ("crs", crs),
    ];
    for (name, value) in members {
        if let Some(value) = value {
            text.push_str(&format!(",{}:{value}", json!(name)));
        }
    }
    text.push_str(",\"features\":[");
    text
}

/// Returns the feature of a label; `None` if it has no geometry.
fn feature(
    label: &Label,
    image: &Image,
    transform: Option<Transform>,
    left_out: &mut Skipped,
) -> Option<Map<String, Value>> {
    let shape = Shape::of(&label.fields);
    let change = |point: [f64; 2]| transform.map_or(point, |transform| transform.to_world(point));
    let mut attributes = match label.fields.get(ATTRIBUTES) {
        Some(Value::Object(attributes)) => attributes.clone(),
        _ => Map::new(),
    };
    let (mut geometry, mut properties) = match shape::write(&shape, change) {
        Ok(written) => written,
        Err(what) => {
            left_out.note(what, || image.name.clone());
            return None;
        }
    };
    let stored = attributes.remove(GEOMETRY);
    if let Some(bounds) = attributes.get(PIXEL_BOX).cloned()
        && let Shape::Box(rectangle) = &shape
    {
        // The box of xView is in this property, and its geometry in the world.
        properties.remove(SHAPE);
        let is_same = pixel_box(&bounds).is_ok_and(|bounds| bounds == *rectangle);
        let Rectangle { x, y, width, height } = rectangle;
        if is_same {
            geometry = stored.unwrap_or_default();
        } else {
            attributes.insert(PIXEL_BOX.to_owned(), format!("{x},{y},{},{}", x + width, y + height).into());
            if transform.is_none() {
                left_out.note("geometry in the world of a box that was changed", || image.name.clone());
                geometry = Value::Null;
            }
        }
    } else if let Some(stored) = stored {
        let pixels = shape::read(&stored).ok().map(|read| {
            let pixels = shape::map(&read.shape, |point| {
                transform.map_or(point, |transform| transform.to_pixel(point))
            });
            shape::named(pixels, &mut properties.clone())
        });
        match pixels {
            Some(pixels) if shape::are_near(&pixels, &shape) => geometry = stored,
            _ if shape::read(&stored).is_ok_and(|read| read.holes > 0) => {
                left_out.note("holes of a polygon that was changed", || image.name.clone());
            }
            _ => {}
        }
    }
    properties.insert(CLASS.to_owned(), label.fields.get(CLASS).cloned().unwrap_or_default());
    let mut annotation = Map::new();
    let (plain, reserved): (Map<String, Value>, Map<String, Value>) =
        attributes.into_iter().partition(|(name, _)| !RESERVED.contains(&name.as_str()) && !is_image(name));
    properties.extend(plain);
    let mut fields = Map::new();
    for (name, value) in &label.fields {
        match name.as_str() {
            CLASS | ATTRIBUTES => {}
            BBOX if matches!(shape, Shape::Box(_) | Shape::Rotated(..)) => {}
            ROTATION if matches!(shape, Shape::Rotated(..)) => {}
            CORNERS if matches!(shape, Shape::Corners(_)) => {}
            SEGMENTATION if matches!(shape, Shape::Polygons(_)) => {}
            POLYLINE if matches!(shape, Shape::Polyline(_)) => {}
            KEYPOINTS if matches!(shape, Shape::Keypoints(_)) => {}
            SPAN if matches!(shape, Shape::Span(..)) => {}
            SCORE if value.is_number() => drop(properties.insert(name.clone(), value.clone())),
            TRACK_ID if value.is_number() || value.is_string() => {
                properties.insert(name.clone(), value.clone());
            }
            CAPTION if value.is_string() => drop(properties.insert(name.clone(), value.clone())),
            _ => drop(fields.insert(name.clone(), value.clone())),
        }
    }
    for (name, part) in [("fields", fields), ("attributes", reserved)] {
        if !part.is_empty() {
            annotation.insert(name.to_owned(), Value::Object(part));
        }
    }
    if label.origin == LabelOrigin::Prediction {
        annotation.insert("prediction".to_owned(), true.into());
    }
    annotation.extend(label.author.clone().map(|author| ("author".to_owned(), author)));
    let mut feature = Map::new();
    feature.insert("type".to_owned(), "Feature".into());
    if let Some(id) = &label.id {
        // A number remains a number.
        let number = id.parse::<i64>().ok().filter(|number| number.to_string() == *id);
        feature.insert("id".to_owned(), number.map_or_else(|| id.as_str().into(), Value::from));
    }
    feature.insert("geometry".to_owned(), geometry);
    feature.insert("properties".to_owned(), Value::Object(properties));
    if !annotation.is_empty() {
        feature.insert(ANNOTATION.to_owned(), Value::Object(annotation));
    }
    Some(feature)
}

/// Returns true if a property with this name would name the image.
fn is_image(name: &str) -> bool {
    let properties = Map::from_iter([(name.to_owned(), Value::from("x"))]);
    super::properties::image_property(&properties).is_some()
}
