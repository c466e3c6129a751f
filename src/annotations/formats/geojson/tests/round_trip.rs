use std::io;

use proptest::prelude::*;

use super::*;
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::WriterOptions;
use crate::annotations::model::{Image, Label, LabelOrigin, Mask, Rectangle, Shape};
use crate::annotations::writer::{Output, SetInfo};

struct Folder<'a>(&'a Path);

impl Output for Folder<'_> {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap())?;
        assert!(!path.exists(), "{path:?}");
        fs::write(path, bytes)
    }
}

fn write(samples: &[Sample], dir: &Path) -> Skipped {
    let mut writer = FORMAT.writer.unwrap()(&WriterOptions::default());
    let (mut left_out, mut out) = (Skipped::default(), Folder(dir));
    let set = SetInfo {
        name: String::new(),
        version: String::new(),
        committed_at: String::new(),
        splits: Vec::new(),
    };
    writer.begin(&set, &ClassList::default(), &mut left_out, &mut out).unwrap();
    for sample in samples {
        writer.sample(sample, &mut left_out, &mut out).unwrap();
        out.file(&writer.image_path(&sample.image).unwrap(), b"x").unwrap();
    }
    writer.end(&left_out, &mut out).unwrap();
    left_out
}

/// Returns what is compared, with numbers to 1e-6 and without originals of geometries.
fn content(samples: &[Sample], has_geometry: bool) -> Vec<Value> {
    fn rounded(value: &Value) -> Value {
        match value {
            Value::Number(number) => json!((number.as_f64().unwrap() * 1e6).round() / 1e6),
            Value::Array(list) => list.iter().map(rounded).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), rounded(value))).collect()
            }
            other => other.clone(),
        }
    }
    let mut sorted: Vec<&Sample> = samples.iter().collect();
    sorted.sort_by_key(|sample| &sample.image.name);
    let label = |label: &Label| {
        let mut fields = label.fields.clone();
        if let Some(Value::Object(attributes)) = fields.get_mut("attributes") {
            if !has_geometry {
                attributes.remove("geometry");
            }
            if attributes.is_empty() {
                fields.remove("attributes");
            }
        }
        json!([label.id, label.author, label.origin as u8, rounded(&Value::Object(fields))])
    };
    let one = |sample: &&Sample| {
        let labels: Vec<_> = sample.labels.iter().map(label).collect();
        json!([sample.image.name, sample.image.split, sample.image.fields, labels])
    };
    sorted.iter().map(one).collect()
}

fn image(name: &str, transform: Option<[f64; 6]>) -> Image {
    let mut image = Image::new(RecordPlace::Line(1), name);
    image.fields = json!({"file_name": name, "width": 1000, "height": 800, "licence": {"id": 3}})
        .as_object()
        .unwrap()
        .clone();
    if let Some(transform) = transform {
        image.fields.insert("geotransform".to_owned(), json!(transform));
        image.fields.insert("crs".to_owned(), json!({"type": "name", "properties": {"name": "EPSG:32632"}}));
    }
    image
}

prop_compose! {
    fn any_label()(class in prop::option::of("[a-z]{1,5}"), sides in prop::array::uniform4(8_u32..3200), kind in 0..8,
                   extra in prop::option::of(prop::sample::select(vec!["kind", "score", "type", "image_id", "shape"])),
                   is_prediction: bool, id in prop::option::of("[0-9a-z]{1,4}")) -> Label {
        // Eighths, so that the last digits of large coordinates do not change what is rounded.
        let [x, y, width, height] = sides.map(|side| f64::from(side) / 8.0);
        let rectangle = Rectangle { x, y, width, height };
        let triangle = |d: f64| vec![x + d, y, x + width, y, x, y + height];
        let shape = match kind {
            0 => Shape::Box(rectangle),
            1 => Shape::Rotated(rectangle, 30.5),
            2 => Shape::Corners([x, y, x + width, y + 1.0, x + width, y + height, x, y + height]),
            3 => Shape::Polygons(vec![triangle(0.0)]),
            4 => Shape::Polygons(vec![triangle(0.0), triangle(0.5)]),
            5 => Shape::Polyline(vec![x, y, width, height]),
            6 => Shape::Keypoints(vec![x, y, 2.0]),
            _ => Shape::Keypoints(vec![x, y, 1.0, width, height, 2.0]),
        };
        let mut label = Label::new(RecordPlace::Line(1)).with_shape(&shape);
        if let Some(class) = class {
            label = label.of_class(class);
        }
        if let Some(name) = extra {
            label.set_attribute(name, json!("x"));
            label.fields.insert("area".to_owned(), json!(12));
            label.fields.insert("score".to_owned(), json!(0.25));
            label.author = Some(json!("ann"));
        }
        label.id = id;
        label.origin = if is_prediction { LabelOrigin::Prediction } else { LabelOrigin::Annotation };
        label
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn samples_come_back(labels in prop::collection::vec(any_label(), 0..6), others in prop::collection::vec(any_label(), 0..3),
                         is_world: bool) {
        let transform = is_world.then_some([0.3, 0.01, 500_000.0, 0.01, -0.3, 5_000_000.0]);
        let mut samples = [
            Sample { image: image("x/a b.jpg", transform), labels },
            Sample { image: image("x/a b.png", None), labels: others },
            Sample { image: image("\u{e4}.tif", transform), labels: Vec::new() },
        ];
        samples[0].image.split = Some("TRAIN".to_owned());
        let (dir, again) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        prop_assert_eq!(write(&samples, dir.path()), Skipped::default());
        let read = read_path(dir.path(), None).unwrap();
        prop_assert_eq!(content(&read.samples, false), content(&samples, false));
        // What was read has the original coordinates, which come back exactly.
        prop_assert_eq!(write(&read.samples, again.path()), Skipped::default());
        for name in ["x/a b.geojson", "x/a b.png.geojson", "\u{e4}.geojson"] {
            let text = |dir: &tempfile::TempDir| fs::read_to_string(dir.path().join(name)).unwrap();
            let features = |text: String| serde_json::from_str::<Value>(&text).unwrap()["features"].clone();
            let geometries = |value: Value| {
                value.as_array().unwrap().iter().map(|feature| feature["geometry"].clone()).collect::<Vec<_>>()
            };
            prop_assert_eq!(geometries(features(text(&dir))), geometries(features(text(&again))));
        }
    }
}

#[test]
fn originals_are_written_back_unless_the_label_was_changed() {
    let rings = json!([
        [[10, 20, 5], [40, 20, 5], [40, 50, 5], [10, 20, 5]],
        [[20, 25], [22, 25], [22, 27], [20, 25]]
    ]);
    let text = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": 7, "properties": {"class": "roof"}, "geometry": {"type": "Polygon", "coordinates": rings}},
        {"type": "Feature", "properties": {"class": "car", "bounds_imcoords": "1,2,3,4"},
         "geometry": {"type": "Point", "coordinates": [-90.5, 15.1]}},
    ]});
    let dir = folder(&[("a.geojson", text.to_string().as_bytes()), ("a.jpg", b"x")]);
    let mut read = read_path(dir.path(), None).unwrap();
    let again = tempfile::tempdir().unwrap();
    assert_eq!(write(&read.samples, again.path()), Skipped::default());
    let written: Value =
        serde_json::from_str(&fs::read_to_string(again.path().join("a.geojson")).unwrap()).unwrap();
    assert_eq!(written["features"], text["features"]);
    let moved = Shape::Polygons(vec![vec![0.0, 0.0, 9.0, 0.0, 9.0, 9.0]]);
    moved.write(&mut read.samples[0].labels[0].fields);
    Shape::Box(Rectangle { x: 1.0, y: 2.0, width: 9.0, height: 9.0 })
        .write(&mut read.samples[0].labels[1].fields);
    let dir = tempfile::tempdir().unwrap();
    let left_out = write(&read.samples, dir.path());
    let kinds: Vec<_> = left_out.all().map(|(what, _, _)| what).collect();
    assert_eq!(
        kinds,
        ["geometry in the world of a box that was changed", "holes of a polygon that was changed"]
    );
    let written: Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("a.geojson")).unwrap()).unwrap();
    assert_eq!(written["features"][0]["geometry"]["coordinates"][0][1], json!([9.0, 0.0]));
    assert_eq!(written["features"][1]["properties"]["bounds_imcoords"], "1,2,10,11");
}

#[test]
fn masks_are_left_out() {
    let mask = Shape::Mask(Mask { height: 2, width: 2, counts: vec![1, 3] });
    let label = Label::new(RecordPlace::Line(1)).of_class("a").with_shape(&mask);
    let dir = tempfile::tempdir().unwrap();
    let left_out = write(&[Sample { image: image("a.jpg", None), labels: vec![label] }], dir.path());
    assert_eq!(left_out.all().collect::<Vec<_>>(), [("mask (GeoJSON has polygons)", 1, "a.jpg")]);
}
