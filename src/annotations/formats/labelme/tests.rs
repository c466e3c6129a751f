//! Layouts, shapes, faults and round trips.

use serde_json::{Value, json};

use super::*;
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::shared::bitmap::mask_of;
use crate::annotations::formats::shared::png::Bitmap;
use crate::annotations::formats::shared::round_trip::{
    ReadInput, assert_only_own_fixtures, assert_round_trip, assert_same, read, write, write_files,
};
use crate::annotations::model::{ClassList, Image, ImageBytes, Label, Sample, Shape};

/// Returns a file with shapes.
fn file(image: &str, shapes: &Value) -> String {
    json!({"version": "5.0.1", "flags": {}, "shapes": shapes, "imagePath": image, "imageData": null,
        "imageHeight": 48, "imageWidth": 64})
    .to_string()
}

fn shape(kind: &str, points: &Value) -> Value {
    json!({"label": "cat", "points": points, "group_id": null, "description": "", "shape_type": kind, "flags": {}})
}

fn read_folder(files: &[(&str, &str)]) -> Result<ReadInput, String> {
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), files);
    read(&FORMAT, dir.path())
}

fn one_label(shape: &Value) -> Result<Value, String> {
    let input = read_folder(&[("a.json", &file("a.jpg", &json!([shape])))])?;
    Ok(Value::Object(input.samples[0].labels[0].fields.clone()))
}

#[test]
fn files_next_to_their_images_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let old = json!({"shapes": [{"label": "dog", "line_color": null, "fill_color": null, "points": [[1, 2], [3, 4], [5, 6]]}],
        "lineColor": [0, 255, 0, 128], "fillColor": [255, 0, 0, 128], "imagePath": "..\\images\\b.JPG", "imageData": "Zm9v",
        "flags": {"night": true, "rain": false}});
    let bytes = json!({"version": "4.5.6", "flags": {}, "shapes": [], "imagePath": "C:\\x\\c.png", "imageData": "Zm9v",
        "imageHeight": 48, "imageWidth": 64.0, "checked": true});
    write_files(
        dir.path(),
        &[
            (
                "train/a.json",
                &format!(
                    "\u{feff}{}",
                    file("a.jpg", &json!([shape("rectangle", &json!([[9, 8], [1.5, 2]]))]))
                ),
            ),
            ("train/a.jpg", ""),
            ("train/background.png", ""),
            ("labels/b.json", &old.to_string()),
            ("images/b.jpg", ""),
            ("val/c.json", &bytes.to_string()),
            ("labels.txt", "__ignore__\n_background_\r\nbird\ndog\n"),
            ("other.json", "{\"a\": 1}"),
            ("notes.md", ""),
        ],
    );
    assert!(recognises(&Files::open(dir.path()).unwrap()));
    let (input, left_out) = assert_round_trip(&FORMAT, dir.path());
    let shown: Vec<_> = input
        .samples
        .iter()
        .map(|sample| (sample.image.name.as_str(), sample.image.split.as_deref(), sample.labels.len()))
        .collect();
    assert_eq!(
        shown,
        [
            ("images/b.jpg", None, 1),
            ("train/a.jpg", Some("TRAIN"), 1),
            ("val/c.png", Some("VALIDATION"), 0),
            ("train/background.png", Some("TRAIN"), 0),
        ]
    );
    let [b, a, c, _] = &input.samples[..] else { panic!() };
    assert_eq!(b.image.bytes, ImageBytes::File("images/b.jpg".to_owned()));
    assert_eq!(b.image.fields["attributes"], json!({"flags": {"night": true, "rain": false}}));
    assert_eq!(
        (c.image.bytes.clone(), c.image.size()),
        (ImageBytes::Memory(b"foo".to_vec()), Some((64.0, 48.0)))
    );
    assert_eq!(
        Value::Object(a.labels[0].fields.clone()),
        json!({"class": "cat", "bbox": [1.5, 2.0, 7.5, 6.0]})
    );
    assert_eq!(a.labels[0].place.to_string(), "train/a.json, shapes[0]");
    assert_eq!(input.classes, ClassList::of_names(["bird", "dog", "cat"]));
    assert_eq!(
        input.skipped_kinds(),
        [
            ("JSON file of another kind", 1),
            ("colours of the display (lineColor, fillColor)", 2),
            ("other file of the folder", 1),
        ]
    );
    assert_eq!(left_out.all().count(), 0, "{left_out:?}");
}

#[test]
fn images_are_found_by_path_or_stem() {
    let found = |files: &[(&str, &str)]| -> (String, bool, usize) {
        let input = read_folder(files).unwrap();
        let kinds = input.skipped_kinds().len();
        let sample = &input.samples[0];
        (sample.image.name.clone(), sample.image.bytes == ImageBytes::ByName, kinds)
    };
    let none = json!([]);
    assert_eq!(found(&[("x.json", &file("a.jpg", &none))]), ("a.jpg".to_owned(), true, 0));
    assert_eq!(found(&[("x.json", &file("a.jpg", &none)), ("x.png", "")]), ("x.png".to_owned(), false, 1));
    assert_eq!(found(&[("j/x.json", &file("../../a.jpg", &none))]), ("a.jpg".to_owned(), true, 0));
    assert!(!found(&[("j/a.json", &file("a.jpg", &none)), ("i/a.jpg", "")]).1);
    // The image of another split is another one.
    assert!(found(&[("test/a.json", &file("a.jpg", &none)), ("train/a.jpg", "")]).1);
    let why =
        read_folder(&[("a.json", &file("a.jpg", &none)), ("b.json", &file("a.jpg", &none))]).unwrap_err();
    assert!(why.starts_with("b.json, field imagePath: \"a.jpg\" is also the image of a.json;"), "{why}");
}

#[test]
fn the_image_in_the_file_counts_if_its_size_does() {
    let with = |height: u64| {
        let text = json!({"shapes": [], "imagePath": "a.jpg", "imageData": "Zm9v", "imageHeight": height, "imageWidth": 64});
        read_folder(&[("a.json", &text.to_string()), ("a.jpg", "")]).unwrap().samples[0].image.bytes.clone()
    };
    assert_eq!(with(48), ImageBytes::File("a.jpg".to_owned()));
    assert_eq!(with(49), ImageBytes::Memory(b"foo".to_vec()));
}

#[test]
fn shapes_of_all_types_are_read_and_written() {
    for (shape, read) in [
        (
            shape("polygon", &json!([[1, 2], [3, 4], [5, 6.5]])),
            json!({"class": "cat", "segmentation": [[1.0, 2.0, 3.0, 4.0, 5.0, 6.5]]}),
        ),
        (
            shape("rectangle", &json!([[1, 2], [5, 2], [5, 6], [1, 6]])),
            json!({"class": "cat", "bbox": [1.0, 2.0, 4.0, 4.0]}),
        ),
        (
            shape("rectangle", &json!([[1, 2], [5, 3], [5, 6], [1, 6]])),
            json!({"class": "cat", "corners": [1.0, 2.0, 5.0, 3.0, 5.0, 6.0, 1.0, 6.0]}),
        ),
        (
            shape("rotation", &json!([[1, 2], [5, 2], [5, 6], [1, 6]])),
            json!({"class": "cat", "corners": [1.0, 2.0, 5.0, 2.0, 5.0, 6.0, 1.0, 6.0], "attributes": {"shape_type": "rotation"}}),
        ),
        (
            shape("circle", &json!([[10, 10], [13, 14]])),
            json!({"class": "cat", "bbox": [5.0, 5.0, 10.0, 10.0], "attributes": {"circle": [10.0, 10.0, 13.0, 14.0]}}),
        ),
        (shape("line", &json!([[1, 2], [3, 4]])), json!({"class": "cat", "polyline": [1.0, 2.0, 3.0, 4.0]})),
        (
            shape("linestrip", &json!([[1, 2], [3, 4]])),
            json!({"class": "cat", "polyline": [1.0, 2.0, 3.0, 4.0], "attributes": {"shape_type": "linestrip"}}),
        ),
        (
            shape("linestrip", &json!([[1, 2], [3, 4], [5, 6]])),
            json!({"class": "cat", "polyline": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}),
        ),
        (shape("point", &json!([[1, 2]])), json!({"class": "cat", "keypoints": [1.0, 2.0, 2.0]})),
        (
            shape("points", &json!([[1, 2], [3, 4]])),
            json!({"class": "cat", "keypoints": [1.0, 2.0, 2.0, 3.0, 4.0, 2.0]}),
        ),
        (
            json!({"label": "cat", "points": [[1, 2], [3, 4]], "shape_type": "rectangle", "flags": {"seen": true},
                "group_id": 7, "description": "a b", "score": 0.5, "difficult": true, "kie_linking": [], "track_id": 3}),
            json!({"class": "cat", "bbox": [1.0, 2.0, 2.0, 2.0], "score": 0.5, "track_id": 3, "attributes":
                {"flags": {"seen": true}, "group_id": 7, "description": "a b", "difficult": true}}),
        ),
    ] {
        assert_eq!(one_label(&shape).unwrap(), read);
        let dir = tempfile::tempdir().unwrap();
        write_files(dir.path(), &[("a.json", &file("a.jpg", &json!([shape]))), ("a.jpg", "")]);
        let (_, left_out) = assert_round_trip(&FORMAT, dir.path());
        assert_eq!(left_out.all().count(), 0, "{left_out:?}");
    }
}

#[test]
fn masks_are_read_and_written() {
    let part = Bitmap { width: 3, height: 2, pixels: vec![true, false, true, true, true, false] };
    let text = crate::annotations::formats::shared::base64::encode(&part.encode());
    let mask = |points: Value| json!({"label": "cat", "points": points, "shape_type": "mask", "mask": text, "flags": {}});
    let fields = one_label(&mask(json!([[10.2, 5], [12, 6]]))).unwrap();
    let (expected, _) = mask_of(&part, 10, 5, 64, 48);
    assert_eq!(Shape::of(fields.as_object().unwrap()), Shape::Mask(expected));
    let dir = tempfile::tempdir().unwrap();
    write_files(
        dir.path(),
        &[("a.json", &file("a.jpg", &json!([mask(json!([[62, 47], [64, 48]]))]))), ("a.jpg", "")],
    );
    let (input, _) = assert_round_trip(&FORMAT, dir.path());
    assert_eq!(input.skipped_kinds(), [("mask with pixels outside of the image, cut off", 1)]);
    let why =
        one_label(&json!({"label": "a", "points": [[1, 2], [3, 4]], "shape_type": "mask", "mask": "Zm9v"}))
            .unwrap_err();
    assert!(
        why.starts_with("a.json, shapes[0], field mask: expected a PNG image, found other bytes"),
        "{why}"
    );
}

#[test]
fn polygons_of_a_group_are_one_label() {
    let ring = |group: Value, label: &str, x: u32| json!({"label": label, "points": [[x, 0], [x, 9], [9, 9]], "group_id": group, "shape_type": "polygon", "flags": {}});
    let shapes = json!([
        ring(json!(1), "a", 1),
        ring(json!(null), "a", 2),
        ring(json!(1), "b", 3),
        ring(json!(1), "a", 4),
        ring(json!(null), "a", 5)
    ]);
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), &[("a.json", &file("a.jpg", &shapes)), ("a.jpg", "")]);
    let (input, left_out) = assert_round_trip(&FORMAT, dir.path());
    let rings: Vec<usize> = input.samples[0]
        .labels
        .iter()
        .map(|label| label.fields["segmentation"].as_array().unwrap().len())
        .collect();
    assert_eq!(rings, [2, 1, 1, 1]);
    assert_eq!(left_out.all().count(), 0, "{left_out:?}");
}

#[test]
fn faults_name_file_shape_and_field() {
    for (shape, said) in [
        (json!([]), "shapes[0]: expected an object, found"),
        (json!({"points": [[1, 2]]}), "shapes[0], field label: expected a string, found nothing"),
        (
            json!({"label": "", "points": [[1, 2]]}),
            "shapes[0], field label: expected a class, found an empty string",
        ),
        (json!({"label": "a"}), "shapes[0], field points: expected a list, found nothing"),
        (json!({"label": "a", "points": [[1]]}), "shapes[0], field points[0]: expected a list of x and y"),
        (json!({"label": "a", "points": [[1, "2"]]}), "shapes[0], field points[0][1]: expected a number"),
        (
            json!({"label": "a", "points": []}),
            "shapes[0], field points: expected points for a polygon, found 0",
        ),
        (
            shape("circle", &json!([[1, 2]])),
            "shapes[0], field points: expected two points for a circle, found 1",
        ),
        (shape("cuboid", &json!([[1, 2]])), "shapes[0], field shape_type: expected a polygon"),
        (
            shape("mask", &json!([[1, 2], [3, 4]])),
            "shapes[0], field mask: expected a PNG image in base64, found nothing",
        ),
    ] {
        let why = one_label(&shape).unwrap_err();
        assert!(why.starts_with(&format!("a.json, {said}")), "{why}");
    }
    for (text, said) in [
        ("", "expected"),
        ("{\"shapes\": [], \"version\": \"1\"", "a.json: "),
        ("{\"shapes\": {}, \"version\": \"1\"}", "a.json, field shapes: expected a list"),
        (
            "{\"shapes\": [], \"version\": \"1\", \"imagePath\": 7}",
            "a.json, field imagePath: expected a string",
        ),
        ("{\"shapes\": [], \"imageData\": \"#\"}", "a.json, field imageData: expected the image in base64"),
        (
            "{\"shapes\": [], \"imageData\": \"\", \"imageWidth\": \"7\"}",
            "a.json, field width: expected a whole number",
        ),
    ] {
        let why = read_folder(&[("a.json", text)]).unwrap_err();
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn files_of_other_tools_are_not_recognised() {
    for (head, is_own) in [
        (r#"{"version": "5.0", "flags": {}, "shapes": ["#, true),
        ("\u{feff} {\"shapes\": [], \"imagePath\": \"a\"}", true),
        (r#"{"flags": {}, "imageData": "iVBO"#, true),
        (r#"{"images": [], "annotations": [{"shapes": 1, "version": 2}]}"#, false),
        (r#"{"shapes": []}"#, false),
        (r#"[{"shapes": [], "version": 1}]"#, false),
        ("", false),
    ] {
        assert_eq!(detect::is_labelme_head(head.as_bytes()), is_own, "{head}");
    }
    assert_only_own_fixtures(&FORMAT);
}

/// Returns a sample with labels of these fields.
fn sample(name: &str, split: Option<&str>, labels: &[Value]) -> Sample {
    let place = RecordPlace::File(name.to_owned());
    let mut image = Image::new(place.clone(), name);
    image.split = split.map(str::to_owned);
    image.bytes = ImageBytes::Memory(Vec::new());
    let file_name = name.rsplit('/').next().unwrap();
    image.fields = json!({"file_name": file_name, "width": 64, "height": 48}).as_object().unwrap().clone();
    let labels = labels
        .iter()
        .map(|fields| Label { fields: fields.as_object().unwrap().clone(), ..Label::new(place.clone()) });
    Sample { image, labels: labels.collect() }
}

#[test]
fn what_labelme_cannot_hold_is_noted() {
    let dir = tempfile::tempdir().unwrap();
    let samples = [
        sample(
            "a.jpg",
            Some("TRAIN"),
            &[
                json!({"class": ["a", "b"], "bbox": [1, 2, 3, 4], "area": 5}),
                json!({"class": "a"}),
                json!({"bbox": [1, 2, 3, 4]}),
                json!({"class": "a", "bbox": [1, 2, 3, 4], "rotation": 30}),
                json!({"class": "a", "bbox": [1, 2, 3, 4], "segmentation": [[1, 2, 3, 2, 3, 4], [5, 5, 6, 5, 6, 6]]}),
                json!({"class": "a", "keypoints": [1, 2, 1, 0, 0, 0], "attributes": {"points": 7}}),
                json!({"class": "a", "segmentation": {"size": [48, 64], "counts": [3072]}}),
            ],
        ),
        sample("train/a.png", Some("TRAIN"), &[]),
    ];
    let left_out = write(&FORMAT, &ClassList::of_names([" a"]), &samples, dir.path());
    let kinds: Vec<&str> = left_out.all().map(|(what, _, _)| what).collect();
    assert_eq!(
        kinds,
        [
            "attribute whose name or type labelme uses for another thing",
            "box of a label that has another shape",
            "class whose name labels.txt cannot hold",
            "label with several classes, written once for each",
            "label without a class (labelme needs one)",
            "label without a shape (labelme needs one)",
            "mask that is empty, damaged or too large",
            "other field of a label (labelme has none for it)",
            "polygons of a label, to which a new `group_id` was given",
            "rotated box, written as its corners",
            "split of an image (labelme has folders)",
            "visibility of points (labelme has visible ones)",
        ]
    );
    let again = read(&FORMAT, dir.path()).unwrap();
    assert_eq!(again.samples.iter().map(|sample| sample.labels.len()).collect::<Vec<_>>(), [5, 0]);
}

#[test]
fn samples_survive_a_round_trip() {
    let labels = [
        json!({"class": "é \"x\"", "bbox": [0.1, 0.2, 10.25, 4.0], "attributes": {"n": 7.5, "list": [1, "a"], "ok": true}}),
        json!({"class": "a", "segmentation": [[1, 2, 3, 4, 5, 6]]}),
        json!({"class": "a", "corners": [1, 2, 5, 3, 5, 6, 1, 6]}),
        json!({"class": "a", "segmentation": {"size": [48, 64], "counts": [100, 3, 45, 3, 2921]}, "score": 0.25}),
    ];
    let samples = [
        sample("train/a.jpg", Some("TRAIN"), &labels),
        sample("train/a.png", Some("TRAIN"), &labels[..1]),
        sample("x/b.tif", None, &[]),
    ];
    let dir = tempfile::tempdir().unwrap();
    let left_out = write(&FORMAT, &ClassList::default(), &samples, dir.path());
    assert_eq!(left_out.all().count(), 0, "{left_out:?}");
    let again = read(&FORMAT, dir.path()).unwrap();
    assert_same(&samples, &again.samples);
    assert_eq!(again.skipped.all().count(), 0, "{:?}", again.skipped);
}
