//! What the writer adds to an export in the object `stemma`, and what the reader takes from it: fields
//! that COCO has no place for, and the names of fields that are there for other tools alone.

use serde_json::{Map, Value, json};

use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::model::fields::{
    BBOX, FILE_NAME, HEIGHT, KEYPOINTS, ROTATION, SEGMENTATION, TRACK_ID, WIDTH,
};
use crate::annotations::model::{Exported, Image, Label, Shape, make_upright};
use crate::annotations::normal::{is_same, settled};

/// The fields of which an export has only a copy for other tools.
const DERIVED: &str = "derived";
/// Fields whose names or values COCO gives another meaning.
const FIELDS: &str = "fields";
/// The name of an image, if it is not the path of its file.
const NAME: &str = "name";
/// The id of a label.
const ID: &str = "id";
/// A turned rectangle: `bbox` and `rotation`, of which other tools get the box around it.
const TURNED: &str = "turned";
/// The author of a label.
const AUTHOR: &str = "author";
/// The place of a region among the annotations of a label.
const REGION: &str = "region";
/// The split of an image.
const SPLIT: &str = "split";

/// The largest change of a coordinate that other tools make when they round, in pixels.
const ROUNDED: f64 = 0.01;

/// Fields of an annotation that refer to other parts of the document.
const OF_ANNOTATION: [&str; 7] =
    ["id", "image_id", "video_id", "category_id", "segments_info", STEMMA, "file_names"];

/// The place of a region among the annotations of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RegionPlace {
    /// The number of the label in its image.
    pub label: u64,
    /// The number of the annotation, of which the first has the fields of the label.
    pub part: u64,
    /// The number of all of them.
    pub parts: u64,
}

impl RegionPlace {
    fn of(value: &Value) -> Option<Self> {
        let number = |place: usize| value.get(place)?.as_u64();
        Some(Self { label: number(0)?, part: number(1)?, parts: number(2)? })
    }
}

/// What an export of ours says about an image or a label.
#[derive(Debug, Default)]
pub(super) struct OwnFields {
    pub name: Option<String>,
    pub id: Option<String>,
    pub author: Option<Value>,
    pub split: Option<String>,
    /// The place of a region.
    pub region: Option<RegionPlace>,
    /// Fields that are to be added when all others were read.
    pub others: Map<String, Value>,
}

impl OwnFields {
    /// Takes what the writer added, so that the fields are those that were written; `None` if it did
    /// not write them.
    pub(super) fn take(fields: &mut Map<String, Value>) -> Option<Self> {
        let Some(Value::Object(stemma)) = fields.get_mut(STEMMA) else { return None };
        if !stemma.contains_key(DERIVED) {
            return None;
        }
        let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
        let others = match stemma.remove(FIELDS) {
            Some(Value::Object(others)) => others,
            _ => Map::new(),
        };
        let own = Self {
            others,
            region: stemma.remove(REGION).as_ref().and_then(RegionPlace::of),
            name: text(stemma.remove(NAME)),
            id: text(stemma.remove(ID)),
            author: stemma.remove(AUTHOR),
            split: text(stemma.get(SPLIT).cloned()).filter(|split| !split.is_empty()),
        };
        let derived = stemma.remove(DERIVED);
        let turned = stemma.remove(TURNED);
        // The names of the item remain for the reader of all exports.
        if !stemma.contains_key("version") {
            fields.remove(STEMMA);
        }
        let names =
            derived.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let removed: Map<String, Value> = names.filter_map(|name| fields.remove_entry(name)).collect();
        if let Some(Value::Object(turned)) = turned {
            fields.extend(turned);
        }
        restore_changed(fields, removed);
        Some(own)
    }

    /// Returns true if the writer wrote fields.
    pub(super) fn wrote(fields: &Map<String, Value>) -> bool {
        fields.get(STEMMA).is_some_and(|stemma| stemma.get(DERIVED).is_some())
    }

    /// Returns the id of a label that the writer wrote with the object `stemma`; `None` if it did not.
    pub(super) fn id_of(stemma: &Value) -> Option<Option<&str>> {
        stemma.get(DERIVED)?;
        Some(stemma.get(ID).and_then(Value::as_str))
    }
}

/// Adds the fields for other tools that are not what we would add: another tool changed them.
fn restore_changed(fields: &mut Map<String, Value>, mut removed: Map<String, Value>) {
    // Those of an image, and those of a video that its reader adds.
    for name in [FILE_NAME, TRACK_ID, "video_id", "frame_index", "length"] {
        removed.remove(name);
    }
    if removed.is_empty() {
        return;
    }
    let label = Label { fields: fields.clone(), ..Label::new(RecordPlace::Line(0)) };
    let made = WrittenFields::of_label(&label, None).fields;
    removed = settled(removed, &made, ROUNDED);
    let only = |name: &str, value: &Value| Map::from_iter([(name.to_owned(), value.clone())]);
    removed.retain(|name, value| {
        !made.get(name).is_some_and(|made| is_same(&only(name, made), &only(name, value)))
    });
    if removed.contains_key(BBOX) {
        // A tool that moved the box around a turned rectangle has no other one.
        fields.remove(ROTATION);
    }
    fields.extend(removed);
}

/// The fields of an image or label as they are written, without ids, and its object `stemma`.
pub(super) struct WrittenFields {
    pub fields: Map<String, Value>,
    stemma: Map<String, Value>,
    derived: Vec<&'static str>,
    others: Map<String, Value>,
}

impl WrittenFields {
    fn new(fields: &Map<String, Value>, exported: Option<&Exported>, kind: &str) -> Self {
        let mut stemma = Map::new();
        if let Some(Exported { item, version }) = exported {
            stemma.insert("version".to_owned(), json!(version));
            stemma.insert(kind.to_owned(), item.as_str().into());
        }
        Self { fields: fields.clone(), stemma, derived: Vec::new(), others: Map::new() }
    }

    /// Moves a field that COCO would read as something else.
    pub(super) fn move_away(&mut self, name: &str) {
        self.others.extend(self.fields.remove(name).map(|value| (name.to_owned(), value)));
    }

    /// Adds a field for other tools, if the label has none.
    fn derive(&mut self, name: &'static str, value: Option<Value>) {
        if let Some(value) = value.filter(|_| !self.fields.contains_key(name)) {
            self.fields.insert(name.to_owned(), value);
            self.derived.push(name);
        }
    }

    /// Notes that the reader adds a field that is not one of the image or label.
    pub(super) fn set_derived(&mut self, name: &'static str) {
        self.derived.push(name);
    }

    /// Returns true if a field is there for other tools alone.
    pub(super) fn is_derived(&self, name: &str) -> bool {
        self.derived.contains(&name)
    }

    /// Replaces a turned rectangle by the box around it, because other tools know no `rotation`.
    fn upright(&mut self) {
        if let Some(turned) = make_upright(&mut self.fields) {
            self.stemma.insert(TURNED.to_owned(), turned.into());
            self.derived.push(BBOX);
        }
    }

    fn set(&mut self, name: &str, value: Option<impl Into<Value>>) {
        self.stemma.extend(value.map(|value| (name.to_owned(), value.into())));
    }

    /// Returns true if the annotation has the id of its label.
    pub(super) fn has_id(&self) -> bool {
        self.stemma.contains_key(ID)
    }

    /// Returns the object `stemma`.
    pub(super) fn stemma(&self) -> Map<String, Value> {
        let mut stemma = self.stemma.clone();
        stemma.insert(DERIVED.to_owned(), json!(self.derived));
        if !self.others.is_empty() {
            stemma.insert(FIELDS.to_owned(), Value::Object(self.others.clone()));
        }
        stemma
    }

    /// Returns the fields of an image of which the file is at a path.
    pub(super) fn of_image(image: &Image, path: &str) -> Self {
        let mut written = Self::new(&image.fields, image.exported.as_ref(), "source");
        for name in ["id", "file_names", STEMMA] {
            written.move_away(name);
        }
        for name in [WIDTH, HEIGHT] {
            let is_side = |side: &Value| side.as_u64().is_some_and(|side| side > 0);
            if written.fields.get(name).is_some_and(|side| !is_side(side)) {
                written.move_away(name);
            }
        }
        if written.fields.get(FILE_NAME).is_some_and(|name| *name != path) {
            written.move_away(FILE_NAME);
        }
        written.derive(FILE_NAME, Some(path.into()));
        let is_path =
            image.name == path && written.derived.is_empty() && !written.others.contains_key(FILE_NAME);
        written.set(NAME, Some(image.name.as_str()).filter(|_| !is_path));
        written.set(SPLIT, image.split.as_deref());
        written
    }

    /// Returns the fields of one region of a label.
    pub(super) fn of_region(
        label: &Label,
        region: &Map<String, Value>,
        place: RegionPlace,
        split: Option<&str>,
    ) -> Self {
        let is_first = place.part == 0;
        let drawn = Label {
            fields: region.clone(),
            id: label.id.clone().filter(|_| is_first),
            author: label.author.clone().filter(|_| is_first),
            ..label.clone()
        };
        let mut written = Self::of_label(&drawn, split);
        written.set(REGION, Some(json!([place.label, place.part, place.parts])));
        if is_first {
            written.others = label.fields.clone();
        }
        written
    }

    /// Returns the fields of a label of an image with a split.
    pub(super) fn of_label(label: &Label, split: Option<&str>) -> Self {
        let mut written = Self::new(&label.fields, label.exported.as_ref(), "label");
        OF_ANNOTATION.iter().for_each(|name| written.move_away(name));
        written.set(ID, label.id.as_deref());
        written.set(AUTHOR, label.author.clone());
        written.set(SPLIT, split.filter(|_| label.exported.is_some()));
        let shape = Shape::of(&written.fields);
        let outline = shape.outline().filter(|_| !matches!(shape, Shape::Box(_)));
        written.derive(SEGMENTATION, outline.map(|outline| json!([outline])));
        let bounds = shape.bounds();
        written.upright();
        written.derive(BBOX, bounds.map(|bounds| json!([bounds.x, bounds.y, bounds.width, bounds.height])));
        written.derive("area", area(&shape, &written.fields).map(Value::from));
        let count = written.fields.get(KEYPOINTS).and_then(Value::as_array).map(|points| {
            let seen = |point: &&[Value]| point.get(2).and_then(Value::as_f64).is_some_and(|seen| seen > 0.0);
            points.chunks_exact(3).filter(seen).count()
        });
        written.derive("num_keypoints", count.map(Value::from));
        let is_shape = bounds.is_some() || written.fields.contains_key(BBOX);
        written.derive("iscrowd", is_shape.then(|| 0.into()));
        written
    }
}

/// Returns the area of a shape, in square pixels; of keypoints and lines that of their box.
fn area(shape: &Shape, fields: &Map<String, Value>) -> Option<f64> {
    let of_polygon = |points: &[f64]| {
        let next = points.iter().skip(2).chain(points.iter().take(2));
        let ahead: Vec<f64> = next.copied().collect();
        let crossed = points.chunks_exact(2).zip(ahead.chunks_exact(2));
        (crossed.map(|(one, other)| one[0] * other[1] - other[0] * one[1]).sum::<f64>() / 2.0).abs()
    };
    match shape {
        Shape::Whole | Shape::Span(..) => None,
        Shape::Box(rectangle) | Shape::Rotated(rectangle, _) => Some(rectangle.area()),
        Shape::Corners(corners) => Some(of_polygon(corners)),
        Shape::Polygons(polygons) => Some(polygons.iter().map(|one| of_polygon(one)).sum()),
        #[expect(clippy::cast_precision_loss, reason = "the pixels of an image are far below 2^53")]
        Shape::Mask(mask) => Some(mask.area() as f64),
        Shape::Polyline(_) | Shape::Keypoints(_) => {
            let sides = fields.get(BBOX)?.as_array()?;
            Some(sides.get(2)?.as_f64()? * sides.get(3)?.as_f64()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_those_of_the_shapes() {
        let area = |fields: Value| {
            let fields = fields.as_object().unwrap();
            area(&Shape::of(fields), fields)
        };
        assert_eq!(area(json!({"bbox": [1, 2, 3, 4]})), Some(12.0));
        assert_eq!(area(json!({"segmentation": [[0, 0, 4, 0, 0, 3], [9, 9, 9, 10, 10, 9]]})), Some(6.5));
        assert_eq!(area(json!({"segmentation": {"size": [2, 2], "counts": [1, 3]}})), Some(3.0));
        assert_eq!(area(json!({"corners": [0, 0, 2, 0, 2, 2, 0, 2]})), Some(4.0));
        assert_eq!(area(json!({"keypoints": [1, 1, 2], "bbox": [0, 0, 2, 2]})), Some(4.0));
        assert_eq!(area(json!({"class": "a"})), None);
    }
}
