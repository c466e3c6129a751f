//! For all formats: a label that goes out and comes back, completed by the stored one, is the stored
//! one, and a change of what the format holds is a change.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::super::shared::round_trip::write_variant;
use super::super::{AnnotationFormat, ReaderOptions, named};
use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::held::HeldFields;
use crate::annotations::model::{Class, ClassList, Image, ImageBytes, Label, Sample, Shape};
use crate::annotations::normal::is_same;
use crate::annotations::reader::Skipped;

/// The formats and variants that are written and read.
pub(super) const WRITTEN: [(&str, Option<&str>); 20] = [
    ("coco", None),
    ("label-studio", None),
    ("datumaro", None),
    ("cvat", None),
    ("voc", None),
    ("labelme", None),
    ("via", None),
    ("huggingface", None),
    ("webdataset", None),
    ("geojson", None),
    ("yolo", Some("detect")),
    ("yolo", Some("segment")),
    ("yolo", Some("pose")),
    ("yolo", Some("obb")),
    ("csv", Some("tensorflow")),
    ("csv", Some("retinanet")),
    ("csv", Some("openimages")),
    ("csv", Some("via")),
    ("csv", Some("multi-label")),
    ("csv", Some("classes")),
];

fn shapes() -> Vec<Value> {
    let mask = json!({"size": [48, 64], "counts": [5, 10, 40, 10, 3007]});
    vec![
        json!({}),
        json!({"bbox": [1, 2, 30, 40]}),
        json!({"bbox": [1.25, 2.1, 3.3, 4.7], "area": 15.51}),
        json!({"bbox": [20, 10, 20, 10], "rotation": 30.5}),
        json!({"bbox": [20, 10, 20, 10], "rotation": 90}),
        json!({"corners": [10, 5, 30, 10, 28, 18, 8, 13]}),
        json!({"corners": [10, 5, 30, 5, 30, 18, 10, 18]}),
        json!({"segmentation": [[1, 1, 20, 1.5, 20, 30]]}),
        json!({"segmentation": [[1, 1, 20, 1, 20, 30, 2, 25]], "bbox": [1, 1, 19, 29], "area": 500}),
        json!({"segmentation": [[1, 1, 20, 1, 20, 30]], "bbox": [0, 0, 22, 33]}),
        json!({"segmentation": [[1, 1, 20, 1, 20, 30], [40, 40, 50, 40, 50, 45]], "bbox": [1, 1, 49, 44]}),
        json!({"segmentation": mask, "bbox": [0, 5, 2, 10], "area": 20, "iscrowd": 1}),
        json!({"segmentation": mask}),
        json!({"polyline": [1, 1, 20, 30]}),
        json!({"polyline": [1, 1, 20, 30, 30, 5], "bbox": [1, 1, 29, 29]}),
        json!({"keypoints": [5, 6, 2, 9, 30, 1, 0, 0, 0], "bbox": [4, 4, 20, 30], "num_keypoints": 2}),
        json!({"keypoints": [5, 6, 2, 9, 30, 2]}),
        json!({"keypoints": [5, 6, 2]}),
    ]
}

fn further() -> Vec<Value> {
    vec![
        json!({}),
        json!({"attributes": {"occluded": true, "pose": "Unspecified", "colour": "red", "count": 3}}),
        json!({
            "score": 0.75, "track_id": 4, "caption": "a wren", "ignore": 1, "note": "x",
            "attributes": {
                "difficult": 0, "occluded": "a bit", "source": "manual", "z_order": 0, "group_id": 0, "name": "n",
                "shape_type": "x", "flags": 7, "list": [1, "b"], "deep": {"a": {"b": 1}}, "half": 0.5, "no": false,
                "digits": "12", "class": "c", "label": "l", "yes": true, "z": "Z z", "bbox": "b", "image": "i.jpg",
            },
        }),
        json!({"class": ["wren", "red robin"], "attributes": {"colour": 5}}),
    ]
}

/// Returns an image for each shape and each of the further fields, with one label.
fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (shape_number, shape) in shapes().iter().enumerate() {
        for (number, further) in further().iter().enumerate() {
            samples.push(sample(&format!("i{shape_number}-{number}.png"), &[shape, further]));
        }
    }
    samples
}

/// Returns an image with one label, which has the fields of all parts.
pub(super) fn sample(name: &str, parts: &[&Value]) -> Sample {
    let place = RecordPlace::Element(format!("labels of {name}"));
    let mut label = Label::new(place.clone()).of_class("red robin");
    for part in parts {
        label.fields.extend(part.as_object().unwrap().clone());
    }
    let mut image = Image::new(place, name.to_owned());
    image.bytes = ImageBytes::Memory(b"\x89PNG".to_vec());
    image.split = Some("TRAIN".to_owned());
    image.fields = json!({"file_name": name, "width": 64, "height": 48}).as_object().unwrap().clone();
    Sample { image, labels: vec![label] }
}

fn classes() -> ClassList {
    ClassList { classes: vec![Class::named("wren"), Class::named("red robin")] }
}

fn read(format: &AnnotationFormat, folder: &Path, variant: Option<&str>) -> (HeldFields, Vec<Sample>) {
    let options = ReaderOptions {
        labels_from_folders: false,
        size_of: |_| Some((64, 48)),
        reference: None,
        variant: variant.map(str::to_owned),
    };
    let mut reader = (format.reader)(Files::open(folder).unwrap(), &options).unwrap();
    reader.classes().unwrap();
    let held = reader.holds();
    let mut samples = Vec::new();
    while let Some(sample) = reader.next().unwrap_or_else(|stop| panic!("{}", stop.about("set"))) {
        samples.push(sample);
    }
    (held, samples)
}

pub(super) struct WrittenSet {
    pub stored: Vec<Sample>,
    held: HeldFields,
    found: Vec<Sample>,
    pub left_out: Skipped,
}

impl WrittenSet {
    pub(super) fn of(format: &str, variant: Option<&str>, stored: Vec<Sample>) -> Self {
        Self::changed(format, variant, stored, |_| {})
    }

    /// Writes a set, changes the files as a tool does, and reads them.
    fn changed(format: &str, variant: Option<&str>, stored: Vec<Sample>, change: impl Fn(&Path)) -> Self {
        let format = named(format).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let left_out = write_variant(format, variant, &classes(), &stored, folder.path());
        change(folder.path());
        // The files alone say what they hold, but for tables.
        let (held, found) = read(format, folder.path(), variant.filter(|_| format.name == "csv"));
        Self { stored, held, found, left_out }
    }

    /// Returns each stored label that was written as one label, and the found one.
    pub(super) fn pairs(&self) -> Vec<(&Label, &Label)> {
        let named = |name: &str| self.found.iter().find(|found| found.image.name.ends_with(name));
        let pair = |stored: &'_ Sample| {
            let found = named(&stored.image.name)?;
            match (stored.labels.as_slice(), found.labels.as_slice()) {
                ([_], [_]) => Some((stored.image.name.clone(), found.image.name.clone())),
                _ => None,
            }
        };
        let names: Vec<(String, String)> = self.stored.iter().filter_map(pair).collect();
        let label =
            |samples: &'_ [Sample], name: &str| samples.iter().position(|sample| sample.image.name == name);
        let pairs = names.iter().filter_map(|(stored, found)| {
            Some((
                &self.stored[label(&self.stored, stored)?].labels[0],
                &self.found[label(&self.found, found)?].labels[0],
            ))
        });
        pairs.collect()
    }

    fn complete(&self, found: &Label, stored: &Label) -> Map<String, Value> {
        self.held.complete(&found.fields, &stored.fields, found.precision)
    }
}

/// Returns what is not as it was stored, though it was not changed.
pub(super) fn wrong(name: &str, set: &WrittenSet) -> Vec<String> {
    let shown = |fields: &Map<String, Value>| Value::Object(fields.clone()).to_string();
    let mut wrong = Vec::new();
    for (stored, found) in set.pairs() {
        let complete = set.complete(found, stored);
        if !is_same(&complete, &stored.fields) {
            wrong.push(format!(
                "{name} {}:\n  stored   {}\n  found    {}\n  complete {}",
                stored.place,
                shown(&stored.fields),
                shown(&found.fields),
                shown(&complete)
            ));
        }
    }
    wrong
}

#[test]
fn labels_that_were_not_changed_are_the_stored_ones() {
    let mut all = Vec::new();
    for (format, variant) in WRITTEN {
        let set = WrittenSet::of(format, variant, samples());
        // Most labels have a shape that the format has, or of which it has the box.
        let least = if variant == Some("pose") { 12 } else { set.stored.len() / 2 };
        assert!(set.pairs().len() >= least, "{format} {variant:?}: {:?}", set.left_out);
        all.extend(wrong(&format!("{format} {variant:?}"), &set));
    }
    assert!(all.is_empty(), "{}\n{}", all.len(), all.join("\n"));
}

/// Changes all files with an ending.
fn rewrite(folder: &Path, ending: &str, change: &dyn Fn(&str) -> String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rewrite(&path, ending, change);
        } else if path.extension().is_some_and(|own| own == ending) {
            let text = change(&fs::read_to_string(&path).unwrap());
            fs::write(&path, text).unwrap();
        }
    }
}

fn without(value: Value, name: &str) -> Value {
    match value {
        Value::Array(list) => list.into_iter().map(|value| without(value, name)).collect(),
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(own, _)| own != name);
            Value::Object(kept.map(|(own, value)| (own, without(value, name))).collect())
        }
        other => other,
    }
}

#[test]
fn what_only_our_exports_have_is_no_change_if_a_tool_drops_it() {
    let drop_member =
        |name: &'static str| move |text: &str| without(serde_json::from_str(text).unwrap(), name).to_string();
    for (format, variant, ending, change) in [
        ("datumaro", None, "json", &drop_member("fields") as &dyn Fn(&str) -> String),
        ("geojson", None, "geojson", &drop_member("annotation")),
        ("voc", None, "xml", &|text: &str| {
            text.replace(" of=\"polygon\"", "").replace(" of=\"robndbox\"", "")
        }),
        ("yolo", Some("detect"), "yaml", &|text: &str| text.replace("task: ", "# ")),
        ("yolo", Some("segment"), "yaml", &|text: &str| text.replace("task: ", "# ")),
        ("yolo", Some("obb"), "yaml", &|text: &str| text.replace("task: ", "# ")),
        ("yolo", Some("pose"), "yaml", &|text: &str| text.replace("task: ", "# ")),
    ] {
        let set = WrittenSet::changed(format, variant, samples(), |folder| rewrite(folder, ending, change));
        let wrong = wrong(&format!("{format} {variant:?}"), &set);
        assert!(!set.pairs().is_empty() && wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// Moves all coordinates by five pixels to the right.
fn moved(fields: &mut Map<String, Value>) {
    let shift = |list: &mut Value, every: usize| {
        for (place, number) in list.as_array_mut().unwrap().iter_mut().enumerate() {
            if place % every == 0 && !(every == 3 && number.as_f64() == Some(0.0)) {
                *number = json!(number.as_f64().unwrap() + 5.0);
            }
        }
    };
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("bbox", value) => shift(value, 4),
            ("corners" | "polyline", value) => shift(value, 2),
            ("keypoints", value) => shift(value, 3),
            ("segmentation", Value::Array(rings)) => rings.iter_mut().for_each(|ring| shift(ring, 2)),
            ("segmentation", mask) => mask["counts"] = json!([245, 10, 40, 10, 2767]),
            _ => {}
        }
    }
}

#[test]
fn changes_of_what_a_format_holds_are_changes() {
    for (format, variant) in WRITTEN {
        let name = format!("{format} {variant:?}");
        let set = WrittenSet::of(format, variant, samples());
        let mut attributes = 0;
        for (stored, found) in set.pairs() {
            let mut other = stored.clone();
            other.fields.insert("class".to_owned(), "owl".into());
            let complete = set.complete(found, &other);
            assert_eq!(complete.get("class"), found.fields.get("class"), "{name}");
            if !matches!(variant, Some("multi-label" | "classes")) {
                let mut other = stored.clone();
                moved(&mut other.fields);
                let complete = set.complete(found, &other);
                // A mask is no value of a column of polygons.
                let is_said = Shape::of(&found.fields) != Shape::Whole;
                let has_moved = is_said && !is_same(&other.fields, &stored.fields);
                assert_ne!(is_same(&complete, &other.fields), has_moved, "{name} {}", stored.place);
                // Nothing of the stored shape is left next to that of the file.
                for shape in ["bbox", "rotation", "corners", "segmentation", "polyline", "keypoints", "area"]
                {
                    let (now, then) = (complete.get(shape), found.fields.get(shape));
                    assert!(!has_moved || now == then, "{name} {}: {shape}", stored.place);
                }
            }
            let mut other = stored.clone();
            other.set_attribute("colour", "blue".into());
            attributes += u64::from(!is_same(&set.complete(found, &other), &other.fields));
        }
        let has_none = format == "yolo" || matches!(variant, Some("retinanet" | "multi-label"));
        assert_eq!(attributes == 0, has_none, "{name}");
        assert!(has_none || attributes as usize == set.pairs().len(), "{name}: {attributes}");
    }
}
