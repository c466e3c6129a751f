use serde_json::{Value, json};

use super::*;
use crate::annotations::model::ImageBytes;

const HEADER: &str = "filename,width,height,class,xmin,ymin,xmax,ymax\n";

fn labels(content: &ReadContent) -> Vec<(&str, Vec<Value>)> {
    let fields =
        |sample: &Sample| sample.labels.iter().map(|label| Value::Object(label.fields.clone())).collect();
    content.samples.iter().map(|sample| (sample.image.name.as_str(), fields(sample))).collect()
}

#[test]
fn rows_of_an_image_need_not_be_adjacent() {
    let text = format!(
        "\u{feff}{HEADER}a.jpg,640,480,wren,1,2,11,22\r\nb.jpg,64,48,\"robin, red\",0,0,4,5\r\n\r\n,,,,,,,\r\n\
         .\\a.jpg,640.0,480,wren,5.5,6,7,8\r\n"
    );
    let read = read_text(&text.replace("\r\n", "\n").replace('\n', "\r\n"), None).unwrap();
    assert_eq!(
        labels(&read),
        [
            (
                "a.jpg",
                vec![
                    json!({"class": "wren", "bbox": [1.0, 2.0, 10.0, 20.0]}),
                    json!({"class": "wren", "bbox": [5.5, 6.0, 1.5, 2.0]}),
                ]
            ),
            ("b.jpg", vec![json!({"class": "robin, red", "bbox": [0.0, 0.0, 4.0, 5.0]})]),
        ]
    );
    let image = &read.samples[0].image;
    assert_eq!(
        Value::Object(image.fields.clone()),
        json!({"file_name": "a.jpg", "width": 640, "height": 480})
    );
    assert_eq!(read.samples[0].labels[1].place.to_string(), "labels.csv, line 6");
    assert_eq!(read.classes, ClassList::of_names(["robin, red", "wren"]));
    assert_eq!(read.skipped(), [("row without text", 1)]);
}

#[test]
fn delimiters_order_of_columns_and_further_columns() {
    for delimiter in [";", "\t"] {
        let text = ",image;xmin;xmax;ymin;ymax;label;truncated;code;note\n0;a.jpg;1;11;2;22;wren;0.5;007;\n"
            .replacen(',', ";", 1)
            .replace(';', delimiter);
        let read = read_text(&text, None).unwrap();
        let expected = json!({"class": "wren", "bbox": [1.0, 2.0, 10.0, 20.0], "attributes": {"truncated": 0.5, "code": "007"}});
        assert_eq!(labels(&read)[0].1, [expected]);
    }
}

#[test]
fn bad_rows_are_refused_with_their_place() {
    for (row, said) in [
        ("a.jpg,64,48,wren,1,2,x,4", "labels.csv, line 2, field xmax: expected a number, found \"x\""),
        ("a.jpg,64,48,wren,1,2,3", "line 2: expected 8 fields, found 7"),
        ("a.jpg,64,48,wren,1,2,3,4,5", "line 2: expected 8 fields, found 9"),
        ("a.jpg,64,48,wren,1,2,3,nan", "expected a number, found \"nan\""),
        ("a.jpg,64,48,,1,2,3,4", "field class: expected a class, found nothing"),
        ("a.jpg,64,48,wren,9,2,3,4", "field xmax: expected at least 9 of `xmin`, found 3"),
        (",64,48,wren,1,2,3,4", "field filename: expected the name of an image"),
        ("a.jpg,64,48,wren,1,2,3,\"4,5\"", "write a point in place of the comma"),
        ("a.jpg,64.5,48,wren,1,2,3,4", "field width: expected a whole number of pixels"),
        (
            "a.jpg,64,48,wren,1,2,3,4\na.jpg,65,48,wren,1,2,3,4",
            "line 3, field width: expected 64 as in the first row",
        ),
        ("a.jpg,64,48,wren,0.1,0.2,0.5,0.7", "labels.csv: expected boxes in pixels"),
    ] {
        let why = read_text(&format!("{HEADER}{row}\n"), None).unwrap_err();
        assert!(why.contains(said), "{why}");
    }
    let why = read_text("name,colour\na,b\n", None).unwrap_err();
    assert!(why.contains("labels.csv: expected a table in UTF-8 whose header is known"), "{why}");
    let why = read_text(HEADER, Some("voc")).unwrap_err();
    assert!(why.contains("expected the variant `via`, `openimages`"), "{why}");
    let dir = folder(&[("labels.csv", HEADER)]);
    let mut bytes = HEADER.as_bytes().to_vec();
    bytes.extend(b"a.jpg,1,1,wr\xe9n,0,0,1,1\n");
    fs::write(dir.path().join("labels.csv"), bytes).unwrap();
    let why = read_path(&dir.path().join("labels.csv"), None).unwrap_err();
    assert!(why.contains("line 2: expected text in UTF-8"), "{why}");
}

#[test]
fn a_missing_quote_does_not_read_on_without_end() {
    let text = format!("{HEADER}a.jpg,1,1,\"wren,0,0,1,1\n{}", "x,1,1,wren,0,0,1,1\n".repeat(1_000_000));
    let why = read_text(&text, None).unwrap_err();
    assert!(why.contains("line 2: expected a row of at most 16 MiB"), "{why}");
}

#[test]
fn splits_and_images_of_a_folder() {
    let rows = |name: &str| format!("{HEADER}{name},64,48,wren,1,2,3,4\n");
    // As Roboflow exports.
    let dir = folder(&[
        ("train/_annotations.csv", &rows("a.jpg")),
        ("valid/_annotations.csv", &rows("a.jpg")),
        ("train/a.jpg", "x"),
        ("valid/a.jpg", "x"),
        ("valid/empty.jpg", "x"),
        ("other.csv", "epoch,loss\n1,2\n"),
    ]);
    let read = read_path(dir.path(), None).unwrap();
    let images: Vec<_> = read.samples.iter().map(|sample| &sample.image).collect();
    assert_eq!(images[0].name, "train/a.jpg");
    assert_eq!(images[0].split.as_deref(), Some("TRAIN"));
    assert_eq!(images[1].bytes, ImageBytes::File("valid/a.jpg".to_owned()));
    assert_eq!(images[1].fields["file_name"], "a.jpg");
    assert_eq!(read.skipped(), [("image that no table names", 1), ("other table", 1)]);
    // As the tutorials of TensorFlow have it, with the paths of another machine.
    let dir = folder(&[
        ("annotations/train_labels.csv", &rows("C:\\tf\\images\\train\\a.jpg")),
        ("annotations/test_labels.csv", &rows("b.jpg")),
        ("images/train/a.jpg", "x"),
        ("images/test/b.jpg", "x"),
    ]);
    let read = read_path(dir.path(), None).unwrap();
    let found: Vec<_> = read.samples.iter().map(|sample| (&sample.image.name, &sample.image.bytes)).collect();
    assert_eq!(found[0], (&"b.jpg".to_owned(), &ImageBytes::File("images/test/b.jpg".to_owned())));
    assert_eq!(found[1].1, &ImageBytes::File("images/train/a.jpg".to_owned()));
    let dir = folder(&[("train_labels.csv", &rows("a.jpg")), ("test_labels.csv", &rows("a.jpg"))]);
    let why = read_path(dir.path(), None).unwrap_err();
    assert!(
        why.contains("train_labels.csv, line 2, field filename: \"a.jpg\" is also an image of another table"),
        "{why}"
    );
}

#[test]
fn retinanet_has_empty_images_and_a_list_of_classes() {
    let text =
        "/data/imgs/a.jpg,837,346,981,456,cow\n/data/imgs/b.jpg,,,,,\n/data/imgs/a.jpg,2,3,22,33,dog\n";
    let dir = folder(&[("train.csv", text), ("classes.csv", "dog,0\ncow,1\n"), ("imgs/b.jpg", "x")]);
    let read = read_path(dir.path(), None).unwrap();
    assert_eq!(labels(&read)[0].1[1], json!({"class": "dog", "bbox": [2.0, 3.0, 20.0, 30.0]}));
    assert_eq!(labels(&read)[1], ("/data/imgs/b.jpg", vec![]));
    assert_eq!(read.samples[1].image.bytes, ImageBytes::File("imgs/b.jpg".to_owned()));
    assert_eq!(
        read.classes.to_value(),
        json!({"classes": [{"class": "dog", "id": 0}, {"class": "cow", "id": 1}]})
    );
    assert_eq!(read.samples[0].image.split.as_deref(), Some("TRAIN"));
    // A class that is a number could be any other number.
    let text = "a.jpg,1,2,3,4,5\n";
    assert!(!is_recognised(&[("a.csv", text)]));
    assert_eq!(labels(&read_text(text, Some("retinanet")).unwrap())[0].1[0]["class"], "5");
}

#[test]
fn openimages_needs_the_images() {
    let table = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated\n\
                 0f,xclick,/m/015p6,1,0.1,0.5,0.25,0.75,0,-1\n0f,xclick,/m/x,0.5,0,1,0,1,1,0\n";
    let names = "LabelName,DisplayName\n/m/015p6,Bird\n/m/y,Dog\n";
    let dir = folder(&[
        ("annotations/validation-annotations-bbox.csv", table),
        ("annotations/class-descriptions-boxable.csv", names),
        ("validation/0f.jpg", "x"),
    ]);
    let read = read_path(dir.path(), None).unwrap();
    let image = &read.samples[0].image;
    assert_eq!(
        Value::Object(image.fields.clone()),
        json!({"file_name": "0f.jpg", "width": 200, "height": 100})
    );
    assert_eq!((image.name.as_str(), image.split.as_deref()), ("0f.jpg", Some("VALIDATION")));
    assert_eq!(
        labels(&read)[0].1,
        [
            json!({"class": "Bird", "bbox": [20.0, 25.0, 80.0, 50.0], "attributes": {"Source": "xclick", "IsOccluded": 0}}),
            json!({"class": "/m/x", "bbox": [0.0, 0.0, 200.0, 100.0], "score": 0.5,
                   "attributes": {"Source": "xclick", "IsOccluded": 1, "IsTruncated": 0}}),
        ]
    );
    assert_eq!(
        read.classes.to_value(),
        json!({"classes": [{"class": "Bird", "id": "/m/015p6"}, {"class": "/m/x"}]})
    );
    assert_eq!(read.skipped(), [("name of a class (its id is not in the descriptions)", 1)]);
    fs::write(dir.path().join("annotations/class-descriptions-boxable.csv"), "/m/015p6,Bird\n/m/x,Bird\n")
        .unwrap();
    let why = read_path(dir.path(), None).unwrap_err();
    assert!(why.contains("duplicate description \"Bird\" of the classes /m/015p6 and /m/x"), "{why}");
    let why = read_text(table, None).unwrap_err();
    assert!(why.contains("line 2, field ImageID: expected the image \"0f.jpg\" in the input"), "{why}");
}

#[test]
fn via_tables() {
    let text = "#filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n\
        a.jpg,77,\"{\"\"caption\"\":\"\"pond\"\"}\",2,0,\"{\"\"name\"\":\"\"rect\"\",\"\"x\"\":1,\"\"y\"\":2,\"\"width\"\":3,\
        \"\"height\"\":4}\",\"{\"\"bird\"\":\"\"wren\"\"}\"\n\
        b.jpg,-1,\"{}\",0,0,\"{}\",\"{}\"\n\
        a.jpg,77,\"{\"\"caption\"\":\"\"pond\"\"}\",2,1,\"{\"\"name\"\":\"\"point\"\",\"\"cx\"\":1,\"\"cy\"\":2}\",\"{}\"\n";
    let read = read_text(text, None).unwrap();
    assert_eq!(
        labels(&read),
        [
            (
                "a.jpg",
                vec![
                    json!({"class": "wren", "bbox": [1.0, 2.0, 3.0, 4.0]}),
                    json!({"keypoints": [1.0, 2.0, 2.0]}),
                ]
            ),
            ("b.jpg", vec![]),
        ]
    );
    let fields = json!({"file_name": "a.jpg", "file_size": 77, "attributes": {"caption": "pond"}});
    assert_eq!(Value::Object(read.samples[0].image.fields.clone()), fields);
    let why = read_text(&text.replace("\"\"name\"\":\"\"rect", "\"\"name\"\":\"\"cube"), None).unwrap_err();
    assert!(why.contains("line 2, field region_shape_attributes.name: expected `rect`"), "{why}");
    let why = read_text(&text.replace("{\"\"bird\"\"", "{'bird'"), None).unwrap_err();
    assert!(why.contains("line 2, field region_attributes"), "{why}");
}

#[test]
fn classes_of_images() {
    let read = read_text("image_id,label\na.jpg,wren\nb.jpg,3\na.jpg,robin\n", None).unwrap();
    assert_eq!(labels(&read)[0].1, [json!({"class": "wren"}), json!({"class": "robin"})]);
    assert_eq!(labels(&read)[1].1, [json!({"class": "3"})]);
    let text = "filename, wren, robin\na.jpg, 1, 1\nb.jpg, 0, 0\nc.jpg, 0, 1\n";
    let dir = folder(&[("train/_classes.csv", text), ("train/a.jpg", "x")]);
    let read = read_path(dir.path(), None).unwrap();
    assert_eq!(labels(&read)[0].1, [json!({"class": ["wren", "robin"]})]);
    assert_eq!(labels(&read)[1], ("train/b.jpg", vec![]));
    assert_eq!(labels(&read)[2].1, [json!({"class": "robin"})]);
    assert_eq!(read.classes, ClassList::of_names(["wren", "robin"]));
    let why = read_text(&text.replace("c.jpg, 0", "c.jpg, 0.4"), Some("multi-label")).unwrap_err();
    assert!(why.contains("expected a table"), "{why}");
}

#[test]
fn other_tables_are_not_recognised() {
    for (path, text) in [
        ("metadata.csv", "file_name,label\na.jpg,wren\n"),
        ("results.csv", "epoch,train/box_loss\n0,1.5\n"),
        ("a.csv", "a.jpg,1,2,3,4\n"),
        ("a.csv", "id,label\n1,wren\n"),
        ("a.csv", "text,label\nhello,1\n"),
        ("a.csv", ""),
        ("a.csv", "\0\0"),
        ("a.txt", "filename,label\na.jpg,b\n"),
        ("predictions.csv", "image_id,PredictionString\na.jpg,1 2\n"),
    ] {
        assert!(!is_recognised(&[(path, text)]), "{path} {text}");
    }
    assert!(is_recognised(&[("x/y.CSV", "file_name;Class\na.JPG;wren\n")]));
    let birds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/birds");
    if birds.exists() {
        assert!(!(FORMAT.recognises)(&Files::open(&birds).unwrap()));
    }
}
