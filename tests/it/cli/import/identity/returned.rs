//! Sets that go out to a tool in another format and come back: what the format cannot say is as it
//! was.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::super::exports::{ask, birds, edit, imported};
use crate::cli::{Called, stemma};

const SET: &str = "birds/TRAINING_SET/garden";
const BACK: &[&str] = &["--namespace", "birds", "--corrections", "review"];

/// Imports labels with outlines and attributes, and pins them.
fn garden() -> tempfile::TempDir {
    let folder = birds();
    edit(&folder.path().join("coco.json"), |document| {
        for (number, annotation) in document["annotations"].as_array_mut().unwrap().iter_mut().enumerate() {
            let side = |place: usize| annotation["bbox"][place].as_f64().unwrap();
            let (x, y, width, height) = (side(0), side(1), side(2), side(3));
            annotation["segmentation"] = json!([[x, y, x + width, y, x + width / 2.0, y + height]]);
            annotation["attributes"] = json!({"occluded": number % 2 == 0, "reviewer": "anna"});
        }
    });
    let set = ["coco.json", "--payloads", "images", "--namespace", "birds", "--training-set", "garden"];
    imported(folder.path(), &set);
    folder
}

fn exported(folder: &Path, format: &str) {
    let called = stemma(folder, &["export", "annotations", SET, "--format", format, "--dir", format]);
    assert_eq!(called.code, Some(0), "{}", called.err);
}

#[test]
fn a_set_that_comes_back_unchanged_changes_nothing() {
    let folder = garden();
    for format in [
        "yolo",
        "voc",
        "labelme",
        "csv",
        "label-studio",
        "huggingface",
        "webdataset",
        "coco",
        "datumaro",
        "geojson",
        "cvat",
    ] {
        exported(folder.path(), format);
        let told = imported(folder.path(), &[&[format, "--format", format], BACK].concat());
        let is_unchanged = told.contains(" 0 created in 0 commits, ") && !told.contains("made:");
        assert!(is_unchanged, "{format}: {told}");
    }
}

/// What a format wants of a class, and no class list has, is no change of the list. Fails without the mark
/// `stemma.made`.
#[test]
fn a_class_list_that_comes_back_is_the_same() {
    let folder = birds();
    edit(&folder.path().join("coco.json"), |document| {
        for class in document["categories"].as_array_mut().unwrap() {
            class["color"] = json!([1, 2, 3]);
            class["keypoints"] = json!(["head", "tail"]);
        }
        for annotation in document["annotations"].as_array_mut().unwrap() {
            let side = |place: usize| annotation["bbox"][place].as_f64().unwrap();
            let (x, y, width, height) = (side(0), side(1), side(2), side(3));
            annotation["keypoints"] = json!([x, y, 2, x + width, y + height, 2]);
            annotation["attributes"] = json!({"age": 3, "old": true});
        }
    });
    let set = ["coco.json", "--payloads", "images", "--namespace", "birds", "--training-set", "garden"];
    imported(folder.path(), &set);
    for format in ["yolo", "cvat", "datumaro", "voc", "labelme", "huggingface", "webdataset", "coco"] {
        exported(folder.path(), format);
        let told = imported(folder.path(), &[&[format, "--format", format], BACK].concat());
        assert!(!told.contains("ONTOLOGY"), "{format}: {told}");
    }
}

/// The box of a label need not be the bounds of its outline.
#[test]
fn a_box_that_is_not_around_the_outline_is_the_same() {
    let folder = birds();
    edit(&folder.path().join("coco.json"), |document| {
        for annotation in document["annotations"].as_array_mut().unwrap() {
            annotation["segmentation"] = json!([[1.5, 1.5, 2.5, 1.5, 2.0, 2.5]]);
        }
    });
    let set = ["coco.json", "--payloads", "images", "--namespace", "birds", "--training-set", "garden"];
    imported(folder.path(), &set);
    let export = ["export", "annotations", SET, "--format", "yolo", "--variant", "detect", "--dir", "yolo"];
    assert_eq!(stemma(folder.path(), &export).code, Some(0));
    let told =
        imported(folder.path(), &[&["yolo", "--format", "yolo", "--retract-missing", "gone"], BACK].concat());
    assert!(told.contains(" 0 created in 0 commits, ") && !told.contains("gone from"), "{told}");
}

/// A field of an image that its format can hold is gone if the file has it no more.
#[test]
fn a_field_of_an_image_can_be_removed() {
    let folder = birds();
    let voc = |segmented: u8| {
        format!(
            "<annotation><filename>a.png</filename><size><width>8</width><height>6</height><depth>3</depth></size>\
             <segmented>{segmented}</segmented><object><name>wren</name><bndbox><xmin>1</xmin><ymin>1</ymin>\
             <xmax>4</xmax><ymax>3</ymax></bndbox></object></annotation>"
        )
    };
    fs::create_dir_all(folder.path().join("voc/Annotations")).unwrap();
    for (segmented, created) in [(1, "3 created"), (1, "0 created"), (0, "2 created"), (0, "0 created")] {
        fs::write(folder.path().join("voc/Annotations/a.xml"), voc(segmented)).unwrap();
        let told = imported(folder.path(), &["voc", "--format", "voc"]);
        assert!(told.contains(created), "{segmented}: {told}");
    }
}

/// A class is changed in a format that has no place for outlines and attributes: one label is
/// corrected, and keeps its attributes.
#[test]
fn a_change_keeps_what_its_format_cannot_hold() {
    let folder = garden();
    exported(folder.path(), "yolo");
    let labels = folder.path().join("yolo/labels/train/garden-1.txt");
    let text = fs::read_to_string(&labels).unwrap();
    let (class, rest) = text.split_once(' ').unwrap();
    let other = if class == "0" { "1" } else { "0" };
    fs::write(&labels, format!("{other} {rest}")).unwrap();
    let told = imported(folder.path(), &[&["yolo", "--format", "yolo"], BACK].concat());
    assert!(told.contains("made: LABEL 1\n") && told.contains("corrections among them: 1\n"), "{told}");
    let answer = ask(
        folder.path(),
        "{ items(first: 10, filter: {kinds: [LABEL]}) { nodes { head { number attributes } } } }",
    );
    let changed: Vec<_> = answer["items"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["head"])
        .filter(|head| head["number"] == 2)
        .collect();
    assert_eq!(changed.len(), 1, "{answer}");
    let attributes = &changed[0]["attributes"];
    assert_eq!(attributes["attributes"]["reviewer"], "anna", "{attributes}");
    assert_eq!(attributes["segmentation"][0].as_array().unwrap().len(), 6, "{attributes}");
}

/// Returns a JPEG without pixels, of 100 and 80 pixels, that EXIF turns by a right angle.
fn turned() -> Vec<u8> {
    let mut bytes = b"\xFF\xD8\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    bytes.extend([6, 0, 0, 0, 0, 0, 0]);
    bytes.extend(b"\xFF\xC0\0\x11\x08\0\x50\0\x64\x03\x01\x11\0\x02\x11\0\x03\x11\0\xFF\xD9");
    bytes
}

/// An image that is stored as EXIF turns it keeps its size and its boxes, also in formats that have no
/// size of images.
#[test]
fn a_turned_image_comes_back_unchanged() {
    let folder = birds();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("photos")).unwrap();
    fs::write(at("photos/ex.jpg"), turned()).unwrap();
    let document = json!({
        "images": [{"id": 1, "file_name": "ex.jpg", "width": 80, "height": 100}],
        "categories": [{"id": 1, "name": "wren"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [20, 60, 10, 20]}],
    });
    fs::write(at("set.json"), document.to_string()).unwrap();
    let set = ["set.json", "--payloads", "photos", "--namespace", "birds", "--training-set", "garden"];
    imported(folder.path(), &set);
    for (number, (format, variant)) in [
        ("via", None),
        ("csv", Some("via")),
        ("csv", Some("retinanet")),
        ("csv", Some("openimages")),
        ("csv", Some("tensorflow")),
        ("yolo", None),
        ("voc", None),
        ("coco", None),
    ]
    .into_iter()
    .enumerate()
    {
        let dir = format!("o{number}");
        let mut export = vec!["export", "annotations", SET, "--format", format, "--dir", &dir];
        export.extend(variant.iter().flat_map(|variant| ["--variant", variant]));
        let called = stemma(folder.path(), &export);
        assert_eq!(called.code, Some(0), "{}", called.err);
        let told = imported(folder.path(), &[&[&dir, "--format", format], BACK].concat());
        assert!(told.contains(" 0 created in 0 commits, "), "{format} {variant:?}: {told}");
        assert!(!told.contains("gone from"), "{format} {variant:?}: {told}");
    }
}

/// Images of one name in different folders keep their folders.
#[test]
fn images_in_folders_come_back_unchanged() {
    let folder = birds();
    let at = |name: &str| folder.path().join(name);
    for (name, image) in [("sub", "pond"), ("sub2", "garden-1")] {
        fs::create_dir_all(at("photos").join(name)).unwrap();
        fs::copy(at(&format!("images/{image}.png")), at("photos").join(name).join("p.png")).unwrap();
    }
    let image = |id: u64, name: &str| json!({"id": id, "file_name": name});
    let label = |id: u64| json!({"id": id, "image_id": id, "category_id": 1, "bbox": [1, 1, 2, 2]});
    let document = json!({
        "images": [image(1, "sub/p.png"), image(2, "sub2/p.png")],
        "categories": [{"id": 1, "name": "wren"}],
        "annotations": [label(1), label(2)],
    });
    fs::write(at("set.json"), document.to_string()).unwrap();
    let set = ["set.json", "--payloads", "photos", "--namespace", "birds", "--training-set", "garden"];
    imported(folder.path(), &set);
    for format in ["labelme", "voc", "via", "csv", "cvat", "label-studio", "datumaro", "geojson", "yolo"] {
        exported(folder.path(), format);
        let told = imported(folder.path(), &[&[format, "--format", format], BACK].concat());
        assert!(!told.contains("SOURCE ") && !told.contains("LABEL "), "{format}: {told}");
    }
}

/// Returns the class of each label, with the number of the version of its class list.
fn classes_and_lists(folder: &Path) -> Vec<String> {
    let query = "{ items(first: 20, filter: {kinds: [LABEL]}) { nodes { head { attributes ontology { number } } } } }";
    let answer = ask(folder, query);
    let heads = answer["items"]["nodes"].as_array().unwrap().iter().map(|item| &item["head"]);
    let mut lines: Vec<String> =
        heads.map(|head| format!("{} {}", head["attributes"]["class"], head["ontology"]["number"])).collect();
    lines.sort();
    lines
}

/// An export of Label Studio has no class list. What was changed or added there uses the stored one,
/// by which a later rename reaches it.
#[test]
fn labels_that_come_back_without_a_class_list_keep_theirs() {
    let folder = birds();
    let path = folder.path();
    let set = ["coco.json", "--payloads", "images", "--namespace", "birds", "--training-set", "garden"];
    imported(path, &set);
    let before = classes_and_lists(path);
    assert!(before.iter().all(|line| line.ends_with(" 1")), "{before:?}");
    exported(path, "label-studio");
    let file = path.join("label-studio/train.json");
    let add = |class: &str, x: u64| {
        json!({
            "id": format!("new-{x}"), "from_name": "rectanglelabels", "to_name": "image",
            "type": "rectanglelabels", "original_width": 8, "original_height": 6,
            "value": {"x": x, "y": 80, "width": 5, "height": 5, "rotation": 0, "rectanglelabels": [class]},
        })
    };
    edit(&file, |tasks| {
        let regions = tasks[0]["annotations"][0]["result"].as_array_mut().unwrap();
        regions[0]["value"]["polygonlabels"] = json!(["robin"]);
        regions[1]["value"]["x"] = json!(55);
        regions.extend([add("wren", 10), add("owl", 90)]);
    });
    let told = imported(path, &[&["label-studio"], BACK].concat());
    assert!(told.contains("made: LABEL 4\n") && told.contains("corrections among them: 2\n"), "{told}");
    let mut expected = before;
    let wren = expected.iter().position(|line| line == "\"wren\" 1").unwrap();
    expected[wren] = "\"robin\" 1".to_owned();
    // The list does not have the class that only Label Studio has.
    expected.extend(["\"wren\" 1".to_owned(), "\"owl\" null".to_owned()]);
    expected.sort();
    assert_eq!(classes_and_lists(path), expected);

    let renamed = fs::read_to_string(&file).unwrap().replace("[\"robin\"]", "[\"redbreast\"]");
    fs::write(&file, renamed).unwrap();
    let told = imported(path, &[&["label-studio", "--renamed", "robin=redbreast"], BACK].concat());
    assert!(told.contains("made: ONTOLOGY 1\n"), "{told}");
    let set = [&["label-studio", "--data", "new", "--renamed", "robin=redbreast"], BACK].concat();
    let refused = stemma(path, &[&["import"], &set[..]].concat());
    assert!(
        refused.err.contains("--renamed: expected a class list in the store, found none"),
        "{}",
        refused.err
    );
}

/// What one run has not retracted, a repetition does not retract either.
#[test]
fn a_repeated_import_of_all_there_is_retracts_no_more() {
    let folder = birds();
    let path = folder.path();
    imported(path, &["coco.json", "--payloads", "images", "--namespace", "birds"]);
    edit(&path.join("coco.json"), |document| {
        let images = document["images"].as_array_mut().unwrap();
        let gone = images.remove(0)["id"].clone();
        document["annotations"].as_array_mut().unwrap().retain(|label| label["image_id"] != gone);
    });
    let whole =
        ["coco.json", "--payloads", "images", "--namespace", "birds", "--whole", "--retract-missing", "gone"];
    let told = imported(path, &whole);
    assert!(told.contains("commits: seq "), "{told}");
    let again = imported(path, &whole);
    assert!(!again.contains("commits: seq ") && again.contains(" 0 created in 0 commits, "), "{again}");
}

/// The columns of a Parquet file have one type each: what another type leaves out is as it was.
#[test]
fn values_that_do_not_fit_a_column_come_back_unchanged() {
    let folder = birds();
    let path = folder.path();
    edit(&path.join("coco.json"), |document| {
        let shapes = [
            json!([[1, 1, 3, 1, 2, 2.5]]),
            json!({"size": [6, 8], "counts": [10, 5, 33]}),
            json!({"size": [8, 6], "counts": "<4P1"}),
        ];
        let attributes = [json!({"tags": ["a"]}), json!({"tags": [1]}), json!({"tags": "a"})];
        let labels = document["annotations"].as_array_mut().unwrap().iter_mut();
        for ((label, shape), attributes) in labels.zip(shapes).zip(attributes) {
            let label = label.as_object_mut().unwrap();
            label.remove("bbox");
            label.insert("segmentation".to_owned(), shape);
            label.insert("attributes".to_owned(), attributes);
        }
    });
    imported(
        path,
        &["coco.json", "--payloads", "images", "--namespace", "birds", "--training-set", "garden"],
    );
    for (dir, variant) in [("folders", &[][..]), ("shards", &["--variant", "parquet"])] {
        let export = ["export", "annotations", SET, "--format", "huggingface", "--dir", dir];
        let Called { code, out, err } = stemma(path, &[&export, variant].concat());
        assert_eq!(code, Some(0), "{err}");
        assert!(out.contains("value of another type"), "{out}");
        let gone = ["--format", "huggingface", "--retract-missing", "gone"];
        let told = imported(path, &[&[dir], &gone[..], BACK].concat());
        assert!(told.contains(" 0 created in 0 commits, ") && !told.contains("gone from"), "{dir}: {told}");
    }
}
