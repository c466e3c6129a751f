//! Panoptic files: masks are the same after they were written and read.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::coco::FORMAT;
use crate::annotations::formats::shared::colours::ColourMap;
use crate::annotations::formats::shared::round_trip::{ReadInput, assert_same, read, write_variant};
use crate::annotations::model::{Class, ClassList, Exported, Image, Label, LabelOrigin, Mask, Sample, Shape};

const WIDTH: u32 = 8;
const HEIGHT: u32 = 6;

fn image(name: &str) -> Image {
    let mut image = Image::new(RecordPlace::Line(0), name);
    image.fields = json!({"file_name": name, "width": WIDTH, "height": HEIGHT}).as_object().unwrap().clone();
    image
}

fn mask(counts: &[u32]) -> Shape {
    let rest = WIDTH * HEIGHT - counts.iter().sum::<u32>();
    let counts = counts.iter().copied().chain((rest > 0).then_some(rest)).collect();
    Shape::Mask(Mask { height: HEIGHT, width: WIDTH, counts })
}

fn label(class: &str, shape: &Shape) -> Label {
    Label::new(RecordPlace::Line(0)).of_class(class).with_shape(shape)
}

fn classes() -> ClassList {
    let class = |name: &str, id: u64, fields: Value| Class {
        name: name.to_owned(),
        id: Some(id.into()),
        fields: fields.as_object().unwrap().clone(),
    };
    ClassList { classes: vec![class("wren", 7, json!({})), class("grass", 3, json!({"isthing": 0}))] }
}

/// Writes samples. Returns what was left out as well.
fn written(samples: &[Sample]) -> (tempfile::TempDir, Vec<(String, u64)>) {
    let folder = tempfile::tempdir().unwrap();
    let left_out = write_variant(&FORMAT, Some("panoptic"), &classes(), samples, folder.path());
    (folder, left_out.all().map(|(what, count, _)| (what.to_owned(), count)).collect())
}

fn document(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join("annotations").join(name)).unwrap()).unwrap()
}

fn read_again(folder: &Path) -> ReadInput {
    read(&FORMAT, folder).unwrap()
}

#[test]
fn segments_are_the_same_after_writing_and_reading() {
    let mut own = label("wren", &mask(&[0, 5]));
    own.id = Some("a.png/9".to_owned());
    own.exported = Some(Exported { item: "t/LABEL/1".to_owned(), version: Some("version:1".to_owned()) });
    own.fields.extend(
        json!({"segment_id": 9, "segments_file": "a.png", "iscrowd": 1, "attributes": {"wet": true},
            "id": "mine", "category_id": 4})
        .as_object()
        .unwrap()
        .clone(),
    );
    let unclassified = Label::new(RecordPlace::Line(0)).with_shape(&mask(&[30, 2, 5, 1]));
    let mut train = image("photos/a b.jpg");
    train.split = Some("TRAIN".to_owned());
    let mut twin = image("photos/a b.png");
    twin.split = Some("TRAIN".to_owned());
    let samples = [
        Sample { image: train, labels: vec![label("grass", &mask(&[10, 9])), own, unclassified] },
        Sample { image: twin, labels: vec![label("new", &mask(&[0, 48]))] },
        Sample { image: image("c.jpg"), labels: vec![] },
    ];
    let (folder, left_out) = written(&samples);
    assert_eq!(left_out, []);
    let again = read_again(folder.path());
    assert_same(&samples, &again.samples);
    assert_eq!(again.classes.classes[..2], [classes().classes[1].clone(), classes().classes[0].clone()]);
    assert_eq!(again.skipped_kinds(), []);
    let exported =
        again.samples.iter().flat_map(|sample| &sample.labels).find_map(|label| label.exported.clone());
    assert_eq!(exported.unwrap().item, "t/LABEL/1");

    let document = document(folder.path(), "panoptic_train.json");
    let [first, second] = &document["annotations"].as_array().unwrap()[..] else { panic!() };
    assert_eq!(first["file_name"], "photos/a b.png");
    assert_eq!(second["file_name"], "photos/a b_png.png");
    let segment = &first["segments_info"][1];
    assert_eq!((&segment["id"], &segment["category_id"]), (&json!(9), &json!(7)));
    let grass = &first["segments_info"][0];
    assert_eq!((&grass["bbox"], &grass["area"]), (&json!([1.0, 0.0, 3.0, 6.0]), &json!(9.0)));
    assert_eq!(grass["iscrowd"], 0);
    let things: Vec<&Value> =
        document["categories"].as_array().unwrap().iter().map(|class| &class["isthing"]).collect();
    assert_eq!(things, [&json!(1), &json!(0), &json!(1), &json!(1)]);
    let png = fs::read(folder.path().join("annotations/panoptic_train/photos/a b.png")).unwrap();
    let map = ColourMap::decode(&png).unwrap();
    assert_eq!((map.width, map.height, map.numbers[0], map.numbers[1]), (8, 6, 9, 0));
    // An image without labels has a PNG image as well.
    assert!(folder.path().join("annotations/panoptic_default/c.png").exists());
}

#[test]
fn later_labels_cover_earlier_ones_and_things_cover_stuff() {
    let polygon = Shape::Polygons(vec![vec![0.0, 0.0, 2.0, 0.0, 2.0, 2.0, 0.0, 2.0]]);
    let mut predicted = label("wren", &mask(&[0, 1]));
    predicted.origin = LabelOrigin::Prediction;
    let other_size = Shape::Mask(Mask { height: 2, width: 2, counts: vec![0, 4] });
    let labels = vec![
        label("wren", &mask(&[0, 12])),
        label("wren", &mask(&[20, 4])),
        label("wren", &mask(&[18, 8])),
        label("grass", &mask(&[0, 48])),
        label("wren", &polygon),
        label("wren", &Shape::Polygons(vec![vec![1e9, 0.0, 2.0, 0.0, 2.0, 2.0]])),
        label("wren", &mask(&[48])),
        label("wren", &other_size),
        predicted,
        label("wren", &Shape::Keypoints(vec![1.0, 1.0, 2.0])),
        label("wren", &Shape::Whole),
        Label::new(RecordPlace::Line(0)).of_class(json!(["wren", "grass"])).with_shape(&mask(&[40, 2])),
    ];
    let mut unknown = Image::new(RecordPlace::Line(0), "b.jpg");
    unknown.fields.insert("file_name".to_owned(), json!("b.jpg"));
    let samples = [Sample { image: image("a.jpg"), labels }, Sample { image: unknown, labels: vec![] }];
    let (folder, left_out) = written(&samples);
    let expected: [(&str, u64); 11] = [
        ("further class of a label (panoptic has one a segment)", 1),
        ("image of unknown size, whose PNG image cannot be written", 1),
        ("keypoints without a mask (panoptic has pixels)", 1),
        ("label of the complete image (panoptic has pixels)", 1),
        ("label that later ones cover completely (panoptic has one a pixel)", 1),
        ("mask of another size than its image", 1),
        ("outline of a polygon (panoptic has its pixels)", 1),
        ("part of a label that later ones cover (panoptic has one a pixel)", 2),
        ("polygon far outside of its image", 1),
        ("prediction (panoptic files have ground truth)", 1),
        ("shape without a pixel in its image", 1),
    ];
    assert_eq!(left_out, expected.map(|(what, count)| (what.to_owned(), count)));
    let again = read_again(folder.path());
    let a = again.samples.iter().find(|sample| sample.image.name == "a.jpg").unwrap();
    let masks: Vec<(&str, Vec<u32>)> = a
        .labels
        .iter()
        .map(|label| match Shape::of(&label.fields) {
            Shape::Mask(mask) => (label.classes()[0], mask.counts),
            other => panic!("{other:?}"),
        })
        .collect();
    // The polygon covers two pixels of the first two columns.
    assert_eq!(masks[0], ("wren", vec![2, 4, 2, 4, 36]));
    assert_eq!(masks[1], ("wren", vec![18, 8, 22]));
    assert_eq!(masks[2], ("grass", vec![12, 6, 8, 14, 2, 6]));
    assert_eq!(masks[3], ("wren", vec![0, 2, 4, 2, 40]));
    assert_eq!(masks[4], ("wren", vec![40, 2, 6]));
    assert_eq!((masks.len(), again.samples.len()), (5, 2));
}

/// A document of another program, with a PNG image next to it.
fn foreign(segments: &Value, map: &ColourMap) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let annotations = folder.path().join("annotations");
    fs::create_dir_all(annotations.join("panoptic_val2017")).unwrap();
    let document = json!({
        "images": [{"id": 1, "file_name": "a.jpg", "width": 2, "height": 2}],
        "annotations": [{"image_id": 1, "file_name": "a.png", "segments_info": segments}],
        "categories": [{"id": 1, "name": "cat", "isthing": 1}],
    });
    fs::write(annotations.join("panoptic_val2017.json"), document.to_string()).unwrap();
    fs::write(annotations.join("panoptic_val2017/a.png"), map.encode()).unwrap();
    folder
}

#[test]
fn masks_of_other_programs_are_read() {
    let map = ColourMap { width: 2, height: 2, numbers: vec![70_000, 0, 70_000, 5] };
    let segments = json!([{"id": 70_000, "category_id": 1, "area": 2}, {"id": 6, "category_id": 1}]);
    let folder = foreign(&segments, &map);
    let input = read_again(folder.path());
    let labels = &input.samples[0].labels;
    assert_eq!(
        Value::Object(labels[0].fields.clone()),
        json!({"class": "cat", "area": 2, "segment_id": 70_000, "segments_file": "a.png",
            "segmentation": {"size": [2, 2], "counts": [0, 2, 2]}})
    );
    assert_eq!(labels[0].id.as_deref(), Some("a.png/70000"));
    assert!(!labels[1].fields.contains_key("segmentation"));
    let counted = [
        ("colour of a PNG image that is no segment of the file", 1),
        ("segment without a pixel in its PNG image", 1),
    ];
    assert_eq!(input.skipped_kinds(), counted);
    // The document alone has the folder next to it.
    let alone = read_again(&folder.path().join("annotations/panoptic_val2017.json"));
    let fields = |labels: &[Label]| labels.iter().map(|label| label.fields.clone()).collect::<Vec<_>>();
    assert_eq!(fields(&alone.samples[0].labels), fields(labels));

    // Written and read again, the fields are those of the other program.
    let again = tempfile::tempdir().unwrap();
    let left_out = write_variant(&FORMAT, Some("panoptic"), &input.classes, &input.samples, again.path());
    assert_eq!(
        left_out.all().map(|(what, ..)| what).collect::<Vec<_>>(),
        ["label of the complete image (panoptic has pixels)"]
    );
    let mut expected = input.samples;
    expected[0].labels.pop();
    expected[0].image.split = Some("VALIDATION".to_owned());
    assert_same(&expected, &read_again(again.path()).samples);

    fs::remove_file(folder.path().join("annotations/panoptic_val2017/a.png")).unwrap();
    let input = read_again(folder.path());
    assert!(!input.samples[0].labels[0].fields.contains_key("segmentation"));
    let missing = "PNG image of segments that is not in the input, so that they have no masks";
    assert_eq!(input.skipped_kinds(), [(missing, 1)]);
}

#[test]
fn a_png_image_of_another_kind_is_refused() {
    let segments = json!([{"id": 1, "category_id": 1}]);
    let map = ColourMap { width: 1, height: 2, numbers: vec![1, 0] };
    let folder = foreign(&segments, &map);
    let why = read(&FORMAT, folder.path()).unwrap_err();
    assert!(why.starts_with("annotations/panoptic_val2017/a.png: expected 2 x 2 pixels"), "{why}");
    fs::write(folder.path().join("annotations/panoptic_val2017/a.png"), "no").unwrap();
    let why = read(&FORMAT, folder.path()).unwrap_err();
    assert!(why.contains("a.png: expected a PNG image, found other bytes; save it"), "{why}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn masks_without_overlap_survive(
        numbers in prop::collection::vec(0_u32..5, (WIDTH * HEIGHT) as usize), ids in 1_u32..1 << 24,
    ) {
        let masks = ColourMap { width: WIDTH, height: HEIGHT, numbers }.masks();
        let labels = masks.into_iter().filter(|(number, _)| *number > 0).map(|(number, mask)| {
            let mut label = label(["wren", "grass", "new"][number as usize % 3], &Shape::Mask(mask));
            if number > 2 {
                label.fields.insert("segment_id".to_owned(), ids.into());
                label.id = Some(number.to_string());
            }
            label
        });
        let samples = [Sample { image: image("a.jpg"), labels: labels.collect() }];
        let (folder, left_out) = written(&samples);
        prop_assert_eq!(left_out, []);
        assert_same(&samples, &read_again(folder.path()).samples);
    }
}
