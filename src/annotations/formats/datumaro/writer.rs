//! The writer: a file of items for each subset. Keeps their text until the end.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use serde_json::{Map, Value, json};

use super::annotation::{ELEMENTS, FIELDS, KIND, PLAIN};
use super::categories::written;
use super::item::FRAME;
use crate::annotations::formats::shared::beside::{is_image_name, path_in_export};
use crate::annotations::model::fields::{
    ATTRIBUTES, BBOX, CAPTION, CLASS, CORNERS, FILE_NAME, HEIGHT, KEYPOINTS, POLYLINE, ROTATION, SCORE,
    SEGMENTATION, SPAN, TRACK_ID, WIDTH,
};
use crate::annotations::model::{Class, ClassList, Image, Label, LabelOrigin, Rectangle, Sample, Shape};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// Writes a file for each subset.
#[derive(Default)]
pub(super) struct DatumaroWriter {
    classes: ClassList,
    numbers: HashMap<String, usize>,
    /// The items of each subset, as text.
    subsets: BTreeMap<String, String>,
    /// The ids of each subset.
    ids: HashSet<(String, String)>,
}

impl DatumaroWriter {
    /// Returns the number of a class, which is added if it is not in the list.
    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.classes.classes.len();
        self.classes.classes.push(Class::named(name));
        self.numbers.insert(name.to_owned(), number);
        number
    }

    fn item(&mut self, sample: &Sample, subset: &str, left_out: &mut Skipped) -> Map<String, Value> {
        let image = &sample.image;
        let stem =
            image.name.rsplit_once('.').filter(|(stem, _)| is_image_name(&image.name) && !stem.is_empty());
        let mut id = stem.map_or(image.name.as_str(), |(stem, _)| stem).to_owned();
        // Two images whose names differ only in their endings.
        if is_image_name(&id) || !self.ids.insert((subset.to_owned(), id.clone())) {
            id.clone_from(&image.name);
            self.ids.insert((subset.to_owned(), id.clone()));
        }
        let (mut item, mut fields) = (Map::new(), image.fields.clone());
        if fields.get(FILE_NAME).and_then(Value::as_str) == Some(image.name.as_str()) {
            fields.remove(FILE_NAME);
        }
        if let Some(attributes) = fields.remove(ATTRIBUTES) {
            item.insert("attr".to_owned(), attributes);
        }
        if let Some(frame) = fields.remove(FRAME) {
            item.insert(FRAME.to_owned(), frame);
        } else {
            let path = path_in_export(&image.name).unwrap_or_default();
            let mut media = Map::from_iter([("path".to_owned(), path.into())]);
            if let (Some(width), Some(height)) = (fields.get(WIDTH), fields.get(HEIGHT)) {
                media.insert("size".to_owned(), json!([height, width]));
                fields.remove(WIDTH);
                fields.remove(HEIGHT);
            }
            item.insert("image".to_owned(), Value::Object(media));
        }
        if !fields.is_empty() {
            item.insert(FIELDS.to_owned(), Value::Object(fields));
        }
        let group = |label: &Label| label.fields.get("group").and_then(Value::as_i64);
        let mut next_group = sample.labels.iter().filter_map(group).max().unwrap_or(0).saturating_add(1);
        let mut annotations = Vec::with_capacity(sample.labels.len());
        for label in &sample.labels {
            annotations.extend(self.annotations(label, image, &mut next_group, left_out));
        }
        item.insert("id".to_owned(), id.into());
        item.insert("annotations".to_owned(), Value::Array(annotations));
        item
    }

    /// Returns the annotations of a label: one, or one for each of its classes and parts.
    fn annotations(
        &mut self,
        label: &Label,
        image: &Image,
        next_group: &mut i64,
        left_out: &mut Skipped,
    ) -> Vec<Value> {
        let shape = Shape::of(&label.fields);
        let Some((parts, used)) = parts(label, &shape) else {
            left_out.note("range of a text", || image.name.clone());
            return Vec::new();
        };
        let common = common(label, &used, image, left_out);
        let classes: Vec<usize> = label.classes().into_iter().map(|name| self.number(name)).collect();
        let mut ids: Vec<Value> = classes.iter().map(|number| json!(number)).collect();
        if classes.len() > 1 {
            left_out.note("label of several classes (an annotation each is written)", || image.name.clone());
        }
        if ids.is_empty() {
            ids.push(Value::Null);
        }
        let has_group = common.contains_key("group");
        if parts.len() > 1 {
            left_out.note("polygon of several parts (an annotation each is written, of one group)", || {
                image.name.clone()
            });
        }
        let mut annotations = Vec::new();
        for id in ids {
            for part in &parts {
                let mut annotation = common.clone();
                annotation.extend(part.clone());
                if part.get(KIND).is_none_or(|kind| kind != "caption") {
                    annotation.insert("label_id".to_owned(), id.clone());
                }
                if parts.len() > 1 && !has_group {
                    annotation.insert("group".to_owned(), json!(*next_group));
                }
                for (name, default) in PLAIN {
                    let is_shape =
                        !matches!(part.get(KIND).and_then(Value::as_str), Some("label" | "caption"));
                    if name != "object_id" && (name != "z_order" || is_shape) {
                        annotation.entry(name).or_insert_with(|| json!(default));
                    }
                }
                annotations.push(Value::Object(annotation));
            }
        }
        if parts.len() > 1 {
            *next_group = next_group.saturating_add(1);
        }
        annotations
    }
}

/// The type and the shape of each part of a label, and the fields that they hold.
type ShapeParts = (Vec<Map<String, Value>>, Vec<&'static str>);

/// Returns the type and the shape of each part of a label, and the fields that they hold; `None`
/// if Datumaro has no such type.
fn parts(label: &Label, shape: &Shape) -> Option<ShapeParts> {
    let object = |value: Value| value.as_object().cloned().unwrap_or_default();
    let one = |value: Value, used: &[&'static str]| Some((vec![object(value)], used.to_vec()));
    match shape {
        Shape::Span(..) => None,
        Shape::Whole => match label.fields.get(CAPTION) {
            Some(Value::String(caption)) if label.classes().is_empty() => {
                one(json!({KIND: "caption", "caption": caption}), &[CAPTION])
            }
            _ => one(json!({KIND: "label"}), &[]),
        },
        Shape::Box(rectangle) | Shape::Rotated(rectangle, _) => {
            let Rectangle { x, y, width, height } = *rectangle;
            let is_ellipse = label.fields.get(KIND).is_some_and(|kind| kind == "ellipse");
            if is_ellipse && matches!(shape, Shape::Box(_)) {
                let points = [x, y, x + width, y + height];
                return one(json!({KIND: "ellipse", "points": points}), &[BBOX, KIND]);
            }
            one(json!({KIND: "bbox", "bbox": [x, y, width, height]}), &[BBOX])
        }
        Shape::Corners(corners) => {
            one(json!({KIND: "polygon", "points": corners, "corners": true}), &[CORNERS])
        }
        Shape::Polygons(rings) => {
            let part = |ring: &Vec<f64>| object(json!({KIND: "polygon", "points": ring}));
            Some((rings.iter().map(part).collect(), vec![SEGMENTATION]))
        }
        Shape::Polyline(points) => one(json!({KIND: "polyline", "points": points}), &[POLYLINE]),
        Shape::Mask(mask) => {
            let size = [mask.height, mask.width];
            one(json!({KIND: "mask", "rle": {"counts": mask.to_text(), "size": size}}), &[SEGMENTATION])
        }
        Shape::Keypoints(list) => {
            let points: Vec<f64> = list.chunks_exact(3).flat_map(|point| [point[0], point[1]]).collect();
            #[expect(clippy::cast_possible_truncation, reason = "a visibility of 0 to 2")]
            let seen: Vec<i64> = list.iter().skip(2).step_by(3).map(|seen| *seen as i64).collect();
            match label.fields.get(ELEMENTS) {
                Some(Value::Array(elements)) if elements.len() == seen.len() => {
                    let element = |((element, point), seen): ((&Value, &[f64]), &i64)| {
                        let mut element = object(element.clone());
                        element.insert("points".to_owned(), json!(point));
                        element.insert("visibility".to_owned(), json!([seen]));
                        Value::Object(element)
                    };
                    let elements = elements.iter().zip(points.chunks_exact(2)).zip(&seen).map(element);
                    let elements: Vec<Value> = elements.collect();
                    one(json!({KIND: "skeleton", ELEMENTS: elements}), &[KEYPOINTS, ELEMENTS])
                }
                _ => one(json!({KIND: "points", "points": points, "visibility": seen}), &[KEYPOINTS]),
            }
        }
    }
}

/// Returns the fields of an annotation that do not depend on its type.
fn common(label: &Label, used: &[&str], image: &Image, left_out: &mut Skipped) -> Map<String, Value> {
    let mut fields = label.fields.clone();
    fields.remove(CLASS);
    for name in used {
        fields.remove(*name);
    }
    let mut attributes = match fields.remove(ATTRIBUTES) {
        Some(Value::Object(attributes)) => attributes,
        _ => Map::new(),
    };
    let is_box = used.contains(&BBOX);
    for name in [ROTATION, SCORE, TRACK_ID] {
        let is_fit = match fields.get(name) {
            Some(Value::Number(_)) => name != ROTATION || is_box,
            Some(Value::String(_)) => name == TRACK_ID,
            _ => false,
        };
        if is_fit && !attributes.contains_key(name) {
            attributes.extend(fields.remove(name).map(|value| (name.to_owned(), value)));
        }
    }
    let number =
        label.id.as_ref().and_then(|id| id.parse::<i64>().ok().filter(|number| number.to_string() == *id));
    if label.id.is_some() && number.is_none_or(|number| number == 0) {
        left_out.note("id of a label that is no number", || {
            format!("{} of {}", label.id.as_deref().unwrap_or_default(), image.name)
        });
    }
    let mut common = Map::new();
    common.insert("id".to_owned(), json!(number.unwrap_or(0)));
    for (name, _) in PLAIN {
        if fields.get(name).is_some_and(Value::is_i64) {
            common.extend(fields.remove(name).map(|value| (name.to_owned(), value)));
        }
    }
    common.insert(ATTRIBUTES.to_owned(), Value::Object(attributes));
    common.extend(label.author.clone().map(|author| ("author".to_owned(), author)));
    if label.origin == LabelOrigin::Prediction {
        common.insert("prediction".to_owned(), true.into());
    }
    fields.remove(SPAN);
    if !fields.is_empty() {
        common.insert(FIELDS.to_owned(), Value::Object(fields));
    }
    common
}

/// Returns the name of a subset.
fn subset_of(image: &Image) -> String {
    match image.split.as_deref() {
        None => "default".to_owned(),
        Some("VALIDATION") => "val".to_owned(),
        Some(split) => split.to_lowercase().replace(['/', '\\'], "_"),
    }
}

impl SampleWriter for DatumaroWriter {
    fn begin(
        &mut self,
        _: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        self.classes = classes.clone();
        for (number, class) in classes.classes.iter().enumerate() {
            if class.id.as_ref().is_some_and(|id| *id != json!(number)) {
                left_out.note("id of a class (Datumaro numbers them from 0)", || class.name.clone());
            }
            self.numbers.insert(class.name.clone(), number);
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, _: &mut dyn Output) -> io::Result<()> {
        let subset = subset_of(&sample.image);
        let item = self.item(sample, &subset, left_out);
        let text = self.subsets.entry(subset).or_default();
        text.push_str(if text.is_empty() { "\n" } else { ",\n" });
        text.push_str(&Value::Object(item).to_string());
        Ok(())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        if self.subsets.is_empty() {
            self.subsets.insert("default".to_owned(), String::new());
        }
        let categories = written(&self.classes);
        for (subset, items) in &self.subsets {
            let text = format!(
                "{{\"dm_format_version\":\"1.0\",\"media_type\":2,\"infos\":{{}},\"categories\":{categories},\"items\":[{items}\n]}}\n"
            );
            out.file(&format!("annotations/{subset}.json"), text.as_bytes())?;
        }
        Ok(())
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        if image.fields.contains_key(FRAME) {
            return None;
        }
        Some(format!("images/{}/{}", subset_of(image), path_in_export(&image.name)?))
    }
}
