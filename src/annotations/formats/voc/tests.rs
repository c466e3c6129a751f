//! Layouts, objects, faults and round trips.

use serde_json::{Value, json};

use super::*;
use crate::annotations::fault::RecordPlace;
use crate::annotations::formats::shared::round_trip::{
    ReadInput, assert_only_own_fixtures, assert_round_trip, assert_same, read, write, write_files,
};
use crate::annotations::model::{Class, ClassList, Image, ImageBytes, Label, Sample};

const SIZE: &str = "<size><width>64</width><height>48</height><depth>3</depth></size>";

/// Returns the XML of an image with a file name and objects.
fn xml(name: &str, objects: &str) -> String {
    format!("<annotation><folder>JPEGImages</folder><filename>{name}</filename>{SIZE}{objects}</annotation>")
}

/// Returns an object with a box and other elements.
fn object(class: &str, others: &str) -> String {
    format!(
        "<object><name>{class}</name>{others}<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11.5</xmax><ymax>22</ymax>\
         </bndbox></object>"
    )
}

fn read_folder(files: &[(&str, &str)]) -> Result<ReadInput, String> {
    let dir = tempfile::tempdir().unwrap();
    write_files(dir.path(), files);
    read(&FORMAT, dir.path())
}

fn one_label(objects: &str) -> Result<Value, String> {
    let input = read_folder(&[("a.xml", &xml("a.jpg", objects))])?;
    Ok(Value::Object(input.samples[0].labels[0].fields.clone()))
}

#[test]
fn the_layout_of_voc_is_read() {
    let dir = tempfile::tempdir().unwrap();
    write_files(
        dir.path(),
        &[
            (
                "VOC2007/Annotations/000001.xml",
                &xml("000001.jpg", &object("dog", "<pose>Left</pose><truncated>1</truncated>")),
            ),
            ("VOC2007/Annotations/000002.xml", &xml("000002.jpg", "")),
            ("VOC2007/Annotations/000003.xml", &xml("000003.jpg", &object("cat", ""))),
            ("VOC2007/JPEGImages/000001.jpg", ""),
            ("VOC2007/JPEGImages/000002.jpg", ""),
            ("VOC2007/JPEGImages/000004.jpg", ""),
            ("VOC2007/SegmentationClass/000001.png", ""),
            ("VOC2007/ImageSets/Main/train.txt", "000001\r\n"),
            ("VOC2007/ImageSets/Main/trainval.txt", "000001\n000002\n000009\n"),
            ("VOC2007/ImageSets/Main/val.txt", "000001\n\n"),
            ("VOC2007/ImageSets/Main/test.txt", "000004\n"),
            ("VOC2007/ImageSets/Main/dog_train.txt", "000001  1\n000002 -1\n"),
            ("VOC2007/ImageSets/Layout/train.txt", "000001 1\n"),
            ("README.md", "a"),
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
            ("VOC2007/000001.jpg", Some("TRAIN"), 1),
            ("VOC2007/000002.jpg", Some("TRAINVAL"), 0),
            ("VOC2007/000003.jpg", None, 1),
            ("VOC2007/000004.jpg", Some("TEST"), 0),
        ]
    );
    assert_eq!(input.samples[0].image.bytes, ImageBytes::File("VOC2007/JPEGImages/000001.jpg".to_owned()));
    assert_eq!(input.samples[2].image.bytes, ImageBytes::ByName);
    assert_eq!(
        Value::Object(input.samples[0].labels[0].fields.clone()),
        json!({"class": "dog", "bbox": [1.0, 2.0, 10.5, 20.0], "attributes": {"pose": "Left", "truncated": true}})
    );
    assert_eq!(input.samples[0].labels[0].place.to_string(), "VOC2007/Annotations/000001.xml, line 1");
    assert_eq!(input.classes, ClassList::of_names(["cat", "dog"]));
    assert_eq!(
        input.skipped_kinds(),
        [
            ("entry of a list without an image (ImageSets)", 1),
            ("entry of an image that another list has (ImageSets)", 1),
            ("list of images of another task (ImageSets)", 1),
            ("list of images that have a class (ImageSets)", 1),
            ("mask of an image (SegmentationClass, SegmentationObject)", 1),
            ("other file of the folder", 1),
        ]
    );
    assert_eq!(left_out.all().count(), 0, "{left_out:?}");
}

#[test]
fn files_next_to_their_images_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let roboflow = "<annotation>\n<folder></folder>\n<filename>a_jpg.rf.12.jpg</filename>\n<path>a_jpg.rf.12.jpg</path>\n\
        <source><database>roboflow.com</database></source>\n<size><width>0</width><height>0</height><depth>3</depth></size>\n\
        <segmented>0</segmented>\n<object>\n<name>Tom &amp; Jerry</name>\n<pose>Unspecified</pose><truncated>0</truncated>\
        <difficult>0</difficult><occluded>0</occluded><bndbox><xmin>1</xmin><xmax>5</xmax><ymin>2</ymin><ymax>9</ymax></bndbox>\
        <polygon><x1>1</x1><y1>2</y1><x2>5</x2><y2>2</y2><x3>5</x3><y3>9</y3></polygon></object></annotation>\n";
    write_files(
        dir.path(),
        &[
            ("train/a_jpg.rf.12.xml", roboflow),
            ("train/a_jpg.rf.12.jpg", ""),
            ("train/background.jpg", ""),
            ("valid/a_jpg.rf.12.xml", roboflow),
            ("test/images/b.PNG", ""),
            ("test/labels/b.xml", &xml("C:\\data\\b.png", "").replace("JPEGImages", "Desktop")),
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
            ("test/b.PNG", Some("TEST"), 0),
            ("train/a_jpg.rf.12.jpg", Some("TRAIN"), 1),
            ("valid/a_jpg.rf.12.jpg", Some("VALIDATION"), 1),
            ("train/background.jpg", Some("TRAIN"), 0),
        ]
    );
    let [test, train, valid, _] = &input.samples[..] else { panic!() };
    assert_eq!(test.image.bytes, ImageBytes::File("test/images/b.PNG".to_owned()));
    assert_eq!((train.image.size(), valid.image.size()), (Some((64.0, 48.0)), None));
    assert_eq!(
        Value::Object(train.labels[0].fields.clone()),
        json!({"class": "Tom & Jerry", "bbox": [1.0, 2.0, 4.0, 7.0], "segmentation": [[1.0, 2.0, 5.0, 2.0, 5.0, 9.0]]})
    );
    assert_eq!(train.image.fields["attributes"], json!({"source": {"database": "roboflow.com"}}));
    assert_eq!(
        input.skipped_kinds().last(),
        Some(&("`folder` and `path`, places on the computer of the tool", 3))
    );
    assert_eq!(test.image.fields["file_name"], "b.PNG");
    assert_eq!(left_out.all().count(), 0, "{left_out:?}");
}

#[test]
fn images_are_found_by_name_or_stem() {
    let found = |files: &[(&str, &str)]| -> Vec<(String, bool, usize)> {
        let input = read_folder(files).unwrap();
        let kinds = input.skipped_kinds().len();
        input
            .samples
            .iter()
            .map(|s| (s.image.name.clone(), s.image.bytes == ImageBytes::ByName, kinds))
            .collect()
    };
    let (a, b) = (xml("a.jpg", ""), xml("b.jpg", ""));
    let one = |name: &str, is_missing, kinds| vec![(name.to_owned(), is_missing, kinds)];
    assert_eq!(found(&[("x.xml", &a)]), one("a.jpg", true, 0));
    assert_eq!(found(&[("x.xml", &a), ("a.jpg", "")]), one("a.jpg", false, 0));
    assert_eq!(found(&[("x.xml", &a), ("x.png", "")]), one("x.png", false, 1));
    assert_eq!(found(&[("Annotations/x.xml", &xml("", "")), ("images/x.png", "")]), one("x.png", false, 1));
    assert_eq!(found(&[("Annotations/s/a.xml", &a), ("JPEGImages/s/a.jpg", "")]), one("s/a.jpg", false, 0));
    assert_eq!(found(&[("Annotations/a.xml", &a), ("pictures/a.jpg", "")]), one("a.jpg", false, 0));
    // The name of another image was copied.
    let both = found(&[("a.xml", &b), ("a.jpg", ""), ("b.xml", &b), ("b.jpg", "")]);
    assert_eq!(both, [("a.jpg".to_owned(), false, 1), ("b.jpg".to_owned(), false, 1)]);
    let why = read_folder(&[("a.xml", &b), ("b.xml", &b)]).unwrap_err();
    assert!(why.starts_with("b.xml, field filename: \"b.jpg\" is also the image of a.xml;"), "{why}");
}

#[test]
fn objects_of_all_tools_are_read() {
    let rotated = "<object><type>robndbox</type><name>ship</name><robndbox><cx>10</cx><cy>20</cy><w>8</w><h>4</h>\
                   <angle>1.5707963267948966</angle></robndbox><extra/></object>";
    assert_eq!(
        one_label(rotated).unwrap(),
        json!({"class": "ship", "bbox": [6.0, 18.0, 8.0, 4.0], "rotation": 90.0})
    );
    let person = object(
        "person",
        "<point><x>3</x><y>4</y></point><actions><riding>1</riding><other>0</other></actions><part><name>head</name>\
         <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></part><attributes><attribute>\
         <name>age</name><value>7</value></attribute></attributes><score>0.5</score><trackid>4</trackid>\
         <occluded>Unknown</occluded><confidence>0.25</confidence>",
    );
    assert_eq!(
        one_label(&person).unwrap(),
        json!({"class": "person", "bbox": [1.0, 2.0, 10.5, 20.0], "score": 0.5, "track_id": 4, "attributes": {
            "actions": {"riding": true}, "age": "7", "confidence": "0.25", "occluded": "Unknown",
            "part": [{"name": "head", "bbox": [1.0, 1.0, 2.0, 3.0]}], "point": [3.0, 4.0]}})
    );
    let points = "<object><name>a</name><polygon><point><x>1</x><y>2</y></point><point><x>3</x><y>4</y></point></polygon></object>";
    assert_eq!(one_label(points).unwrap(), json!({"class": "a", "segmentation": [[1.0, 2.0, 3.0, 4.0]]}));
    let exchanged = "<object><name>a</name><bndbox><xmin>9</xmin><ymin>2</ymin><xmax>1</xmax><ymax>4</ymax></bndbox></object>";
    assert_eq!(one_label(exchanged).unwrap()["bbox"], json!([1.0, 2.0, 8.0, 2.0]));
    for objects in [rotated, &person, points, exchanged] {
        let dir = tempfile::tempdir().unwrap();
        write_files(dir.path(), &[("a.xml", &xml("a.jpg", objects)), ("a.jpg", "")]);
        let (_, left_out) = assert_round_trip(&FORMAT, dir.path());
        assert_eq!(left_out.all().count(), 0, "{left_out:?}");
    }
}

#[test]
fn faults_name_file_line_and_field() {
    for (objects, said) in [
        ("\n<object><name/></object>", "line 2, field name: expected the name of a class, found nothing"),
        (
            "\n\n<object><name>a</name></object>",
            "line 3: expected `bndbox`, `robndbox` or `polygon`, found none",
        ),
        (
            "<object><name>a</name><bndbox><xmin>x</xmin></bndbox></object>",
            "line 1, field bndbox.xmin: expected a number of pixels, found \"x\"",
        ),
        (
            "<object><name>a</name><bndbox><xmin>nan</xmin></bndbox></object>",
            "line 1, field bndbox.xmin: expected a number of pixels, found \"nan\"",
        ),
        (
            "<object><name>a</name><polygon><x1>1</x1><y1>1</y1><x2>1</x2></polygon></object>",
            "line 1, field polygon: expected an `x` and a `y` for each number",
        ),
        (
            "<object><name>a</name><polygon><x1>1</x1><y1>1</y1><x1>1</x1><y1>2</y1></polygon></object>",
            "line 1, field polygon: expected an `x` and a `y` for each number",
        ),
        ("<size><width>6.5</width></size>", "line 1, field size.width: expected a whole number of pixels"),
        ("<object>", "line 1: expected well-formed XML"),
    ] {
        let why = one_label(objects).unwrap_err();
        assert!(why.starts_with(&format!("a.xml, {said}")), "{why}");
    }
    let why = read_folder(&[("a.xml", " \n")]).unwrap_err();
    assert!(why.starts_with("a.xml: expected an XML document, found an empty file"), "{why}");
    let label_me =
        "<annotation><filename>a.jpg</filename><imagesize><nrows>1</nrows></imagesize></annotation>";
    assert!(read_folder(&[("a.xml", label_me)]).unwrap_err().contains("found one of the web tool LabelMe"));
    assert!(read_folder(&[("a.txt", "")]).unwrap_err().contains("expected XML files of Pascal VOC"));
    let map =
        read_folder(&[("a.xml", &xml("a.jpg", "")), ("labelmap.txt", "a:1,2,3::\nb:1,2::\n")]).unwrap_err();
    assert!(map.starts_with("labelmap.txt, line 2: expected a colour"), "{map}");
}

#[test]
fn files_of_other_tools_are_not_recognised() {
    let is_voc = |files: &[(&str, &str)]| {
        let dir = tempfile::tempdir().unwrap();
        write_files(dir.path(), files);
        recognises(&Files::open(dir.path()).unwrap())
    };
    let aux = "<PAMDataset>\n</PAMDataset>";
    assert!(is_voc(&[("a.xml", &xml("a.jpg", "")), ("b.xml", &xml("b.jpg", "")), ("a.aux.xml", aux)]));
    assert!(is_voc(&[(
        "a.xml",
        "\u{feff}<?xml version=\"1.0\"?>\n<!-- x -->\n<annotation verified='yes'><filename>a</filename></annotation>"
    )]));
    assert!(!is_voc(&[("a.aux.xml", aux)]));
    assert!(!is_voc(&[(
        "annotations.xml",
        "<annotations><version>1.1</version><size>1</size></annotations>"
    )]));
    assert!(!is_voc(&[(
        "a.xml",
        "<annotation><filename>a</filename><object><polygon><pt><x>1</x></pt></polygon></object></annotation>"
    )]));
    assert!(!is_voc(&[("a.xml", ""), ("a.txt", "<annotation><size>")]));
    assert_only_own_fixtures(&FORMAT);
}

#[test]
fn class_lists_are_read_and_written() {
    let map =
        "# label:color_rgb:parts:actions\nbackground:0,0,0::\nperson:192,128,128:head,hand:riding\ncat:::\n";
    let dir = tempfile::tempdir().unwrap();
    write_files(
        dir.path(),
        &[
            ("labelmap.txt", map),
            ("Annotations/a.xml", &xml("a.jpg", &object("dog", ""))),
            ("JPEGImages/a.jpg", ""),
        ],
    );
    let (input, _) = assert_round_trip(&FORMAT, dir.path());
    let names: Vec<&str> = input.classes.classes.iter().map(|class| class.name.as_str()).collect();
    assert_eq!(names, ["background", "person", "cat", "dog"]);
    assert_eq!(
        Value::Object(input.classes.classes[1].fields.clone()),
        json!({"color": [192, 128, 128], "parts": ["head", "hand"], "actions": ["riding"]})
    );
}

/// Returns a sample with labels of these fields.
fn sample(name: &str, split: Option<&str>, labels: &[Value]) -> Sample {
    let place = RecordPlace::File(name.to_owned());
    let mut image = Image::new(place.clone(), name);
    image.split = split.map(str::to_owned);
    image.bytes = ImageBytes::Memory(Vec::new());
    image.fields.insert("file_name".to_owned(), name.into());
    let labels = labels
        .iter()
        .map(|fields| Label { fields: fields.as_object().unwrap().clone(), ..Label::new(place.clone()) });
    Sample { image, labels: labels.collect() }
}

#[test]
fn what_voc_cannot_hold_is_noted() {
    let dir = tempfile::tempdir().unwrap();
    let mut named =
        sample("a.jpg", Some("TRAIN"), &[json!({"class": ["a", "b"], "bbox": [1, 2, 3, 4], "area": 5})]);
    named.labels[0].id = Some("7".to_owned());
    let classes = ClassList { classes: vec![Class { id: Some(json!(1)), ..Class::named("a:b") }] };
    let samples = [
        named,
        sample(
            "a.png",
            Some("Holdout 1"),
            &[
                json!({"class": "a"}),
                json!({"bbox": [1, 2, 3, 4]}),
                json!({"class": "a", "polyline": [1, 2, 3, 4]}),
                json!({"class": "a", "segmentation": {"size": [2, 2], "counts": [1, 3]}}),
                json!({"class": "a", "bbox": [1, 2, 3, 4], "keypoints": [1, 1, 2], "attributes": {"n": 7, "o": null}}),
                json!({"class": "a", "corners": [0, 0, 4, 0, 4, 2, 0, 2]}),
            ],
        ),
        sample("../a.png", None, &[]),
    ];
    let left_out = write(&FORMAT, &classes, &samples, dir.path());
    let kinds: Vec<&str> = left_out.all().map(|(what, _, _)| what).collect();
    assert_eq!(
        kinds,
        [
            "class whose name labelmap.txt cannot hold",
            "corners of a rectangle, written as a polygon",
            "id of a label (VOC has none)",
            "image whose path is that of another one",
            "keypoints (VOC has boxes and polygons)",
            "label with several classes, written once for each",
            "label without a box or polygon (VOC has no others)",
            "label without a class (VOC needs one)",
            "line or points (VOC has boxes and polygons)",
            "mask, of which the box is written",
            "other field of a label (VOC has none for it)",
            "split whose name a file cannot have",
            "type of an attribute (VOC has texts)",
        ]
    );
    let again = read(&FORMAT, dir.path()).unwrap();
    assert_eq!(again.samples.iter().map(|sample| sample.labels.len()).collect::<Vec<_>>(), [2, 3]);
    assert!(dir.path().join("Annotations/a_png.xml").exists());
}

#[test]
fn shapes_survive_a_round_trip() {
    let labels = [
        json!({"class": "a b", "bbox": [0.1, 0.2, 10.3, 4.0]}),
        json!({"class": "<a> & \"b\"", "bbox": [0, 0, 0, 0], "attributes": {"note": " two\nlines ", "list": ["x", "y"]}}),
        json!({"class": "é", "segmentation": [[1, 2, 3.5, 4, 5, 6], [7, 8, 9, 10, 11, 12.25]]}),
        json!({"class": "c", "bbox": [1, 2, 3, 4], "segmentation": [[1, 2, 4, 2, 4, 6]]}),
        json!({"class": "d", "bbox": [1, 2, 3, 4], "rotation": 30.0, "attributes": {"occluded": true, "extra": {"b": "c"}}}),
        json!({"class": "e", "bbox": [1, 2, 3, 4], "rotation": -30.5, "segmentation": [[1, 2, 4, 2, 4, 6]]}),
        json!({"class": "f", "bbox": [-5, 2, 1e9, 4], "score": 0.125, "track_id": "x-1"}),
    ];
    let names = ["x/labels/a.jpg", "images/a.jpg", "a.jpg", "a.png", "Annotations/b.jpeg", "train/ü 1.jpg"];
    let splits = [Some("TRAIN"), Some("VALIDATION"), Some("TEST"), Some("HOLDOUT"), None, Some("TRAINVAL")];
    let samples: Vec<Sample> =
        names.iter().zip(splits).map(|(name, split)| sample(name, split, &labels)).collect();
    let dir = tempfile::tempdir().unwrap();
    let left_out = write(&FORMAT, &ClassList::default(), &samples, dir.path());
    assert_eq!(left_out.all().count(), 0, "{left_out:?}");
    let again = read(&FORMAT, dir.path()).unwrap();
    let sized: Vec<Sample> = samples
        .into_iter()
        .map(|mut sample| {
            sample.image.fields.insert("width".to_owned(), 64.into());
            sample.image.fields.insert("height".to_owned(), 48.into());
            sample
        })
        .collect();
    assert_same(&sized, &again.samples);
    assert_eq!(again.skipped.all().count(), 0, "{:?}", again.skipped);
}
