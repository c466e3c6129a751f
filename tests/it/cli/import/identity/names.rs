//! Images that later inputs name in another way.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::super::exports::{ask, birds, imported};
use crate::cli::stemma;

const SET: &str = "default/TRAINING_SET/s";
const FIX: &[&str] = &["--corrections", "fix", "--retract-missing", "gone"];

/// Writes a COCO file of images with one label each: the name and the class.
fn coco(path: &Path, images: &[(&str, &str)]) {
    let classes = ["wren", "robin", "heron"];
    let class = |name: &str| classes.iter().position(|class| *class == name).unwrap() + 1;
    let numbered = || (1..).zip(images);
    let document = json!({
        "images": numbered().map(|(id, (name, _))| json!({"id": id, "file_name": name})).collect::<Value>(),
        "annotations": numbered()
            .map(|(id, (_, name))| json!({"id": id, "image_id": id, "category_id": class(name), "bbox": [1, 1, 2, 2]}))
            .collect::<Value>(),
        "categories": (1..).zip(classes).map(|(id, name)| json!({"id": id, "name": name})).collect::<Value>(),
    });
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, document.to_string()).unwrap();
}

/// Returns each image with its bytes, and the classes and the state of its labels.
fn images(folder: &Path) -> Vec<String> {
    let query = "{ items(first: 20, filter: {kinds: [SOURCE]}) { nodes { key head { payload { digest } } \
                 history(first: 9) { nodes { derivatives(first: 9) { nodes { derived { attributes wrong isHead item { kind } } } } } } } } }";
    let answer = ask(folder, query);
    let mut lines = Vec::new();
    for item in answer["items"]["nodes"].as_array().unwrap() {
        let made = item["history"]["nodes"].as_array().unwrap().iter();
        let made = made.flat_map(|version| version["derivatives"]["nodes"].as_array().unwrap());
        let labels = made.map(|edge| &edge["derived"]);
        let labels = labels.filter(|label| label["item"]["kind"] == "LABEL" && label["isHead"] == true);
        let mut labels: Vec<String> = labels
            .map(|label| {
                let wrong = if label["wrong"] == true { " wrong" } else { "" };
                format!("{}{wrong}", label["attributes"]["class"].as_str().unwrap())
            })
            .collect();
        labels.sort();
        let bytes = if item["head"]["payload"].is_null() { "no bytes" } else { "bytes" };
        lines.push(format!("{}: {bytes}, {}", item["key"].as_str().unwrap(), labels.join(" and ")));
    }
    lines.sort();
    lines
}

/// An image that was moved has its new name, also for an input without its bytes; its old name is that
/// of another image.
#[test]
fn an_image_that_was_moved_has_its_new_name() {
    let folder = birds();
    let at = |name: &str| folder.path().join(name);
    let import =
        |more: &[&str]| imported(folder.path(), &[&["c.json", "--training-set", "s"], more].concat());
    let payloads: &[&str] = &["--payloads", "p"];
    fs::create_dir(at("p")).unwrap();
    fs::copy(at("images/pond.png"), at("p/a.png")).unwrap();
    coco(&at("c.json"), &[("a.png", "wren")]);
    import(payloads);
    fs::rename(at("p/a.png"), at("p/z.png")).unwrap();
    coco(&at("c.json"), &[("z.png", "wren")]);
    import(payloads);
    let told = import(&[FIX, &["--whole"]].concat());
    assert!(told.contains(" 0 created in 0 commits, ") && !told.contains("retracted"), "{told}");
    assert_eq!(images(folder.path()), ["a.png: bytes, wren"]);
    // Another image has the old name.
    coco(&at("c.json"), &[("a.png", "robin"), ("z.png", "wren")]);
    let told = import(FIX);
    assert!(!told.contains("corrections among them"), "{told}");
    let expected = ["a.png: bytes, wren", "a.png~-2: no bytes, robin"];
    assert_eq!(images(folder.path()), expected);
    assert!(import(FIX).contains(" 0 created in 0 commits, "));
    // The moved image is replaced.
    fs::copy(at("images/garden-1.png"), at("p/z.png")).unwrap();
    fs::copy(at("images/garden-2.png"), at("p/a.png")).unwrap();
    let told = import(&[FIX, payloads].concat());
    assert!(!told.contains("gone from the export"), "{told}");
    assert_eq!(images(folder.path()), ["a.png: bytes, wren", "a.png~-2: bytes, robin"]);
}

/// The file of a split has names without its folder, and so have its exports.
#[test]
fn exports_without_images_have_the_names_of_the_input() {
    let folder = birds();
    let at = |name: &str| folder.path().join(name);
    for (split, name, image) in [("train", "a.png", "pond"), ("valid", "b.png", "garden-1")] {
        coco(&at(&format!("d/{split}/_annotations.coco.json")), &[(name, "wren")]);
        fs::copy(at(&format!("images/{image}.png")), at(&format!("d/{split}/{name}"))).unwrap();
    }
    imported(folder.path(), &["d", "--training-set", "s"]);
    let before = images(folder.path());
    assert_eq!(before, ["train/a.png: bytes, wren", "valid/b.png: bytes, wren"]);
    for format in
        ["voc", "cvat", "datumaro", "labelme", "via", "geojson", "csv", "huggingface", "webdataset", "coco"]
    {
        let export = ["export", "annotations", SET, "--format", format, "--no-images", "--dir", format];
        assert_eq!(stemma(folder.path(), &export).code, Some(0), "{format}");
        let told = imported(folder.path(), &[&[format, "--format", format], FIX].concat());
        assert!(!told.contains("SOURCE ") && !told.contains("LABEL "), "{format}: {told}");
        assert_eq!(images(folder.path()), before, "{format}");
    }
}

/// The file of an image is no copy of it, however the annotations name it.
#[test]
fn an_image_is_recognised_in_another_layout() {
    let folder = birds();
    let at = |name: &str| folder.path().join(name);
    for name in ["y/images/train", "y/labels/train", "d/images/train", "d/annotations"] {
        fs::create_dir_all(at(name)).unwrap();
    }
    fs::copy(at("images/pond.png"), at("y/images/train/a.png")).unwrap();
    fs::copy(at("images/pond.png"), at("d/images/train/a.png")).unwrap();
    fs::write(at("y/labels/train/a.txt"), "0 .2 .25 .2 .5\n").unwrap();
    fs::write(at("y/data.yaml"), "train: images/train\nnames: [wren]\n").unwrap();
    let document = json!({
        "info": {},
        "categories": {"label": {"labels": [{"name": "wren", "parent": "", "attributes": []}], "attributes": []}},
        "items": [{
            "id": "a",
            "annotations": [{"id": 0, "type": "bbox", "attributes": {}, "group": 0, "label_id": 0, "z_order": 0, "bbox": [1, 0, 2, 2]}],
            "image": {"path": "a.png", "size": [4, 10]},
        }],
    });
    fs::write(at("d/annotations/train.json"), document.to_string()).unwrap();
    imported(folder.path(), &["y", "--training-set", "s"]);
    let told = imported(folder.path(), &[&["d", "--training-set", "s", "--whole"], FIX].concat());
    assert!(!told.contains("gone") && !told.contains("LABEL "), "{told}");
    assert_eq!(images(folder.path()).len(), 1);

    fs::create_dir(at("p")).unwrap();
    fs::copy(at("images/garden-1.png"), at("p/A.PNG")).unwrap();
    coco(&at("c.json"), &[("A.PNG", "wren")]);
    let namespace = ["--namespace", "n"];
    imported(
        folder.path(),
        &[&["c.json", "--payloads", "p", "--training-set", "s"], &namespace[..]].concat(),
    );
    let export = [
        "export",
        "annotations",
        "n/TRAINING_SET/s",
        "--format",
        "csv",
        "--variant",
        "openimages",
        "--dir",
        "o",
    ];
    assert_eq!(stemma(folder.path(), &export).code, Some(0));
    let told = imported(folder.path(), &[&["o"], &namespace[..], FIX].concat());
    assert!(!told.contains("SOURCE ") && !told.contains("LABEL "), "{told}");
}

/// Writes an export of Label Studio: the number of each task, its address, and the class of its label.
fn tasks(path: &Path, all: &[(u64, &str, &str)]) {
    let task = |(id, address, class): &(u64, &str, &str)| {
        let result = json!({
            "id": "r", "from_name": "label", "to_name": "image", "type": "rectanglelabels",
            "original_width": 10, "original_height": 10,
            "value": {"x": 10, "y": 10, "width": 20, "height": 20, "rotation": 0, "rectanglelabels": [class]},
        });
        json!({"id": id, "data": {"image": address}, "annotations": [{"id": id + 100, "result": [result]}]})
    };
    fs::write(path, all.iter().map(task).collect::<Value>().to_string()).unwrap();
}

/// Without bytes, the tasks of a project that was made again are known by their addresses.
#[test]
fn tasks_that_are_numbered_anew_are_known_by_their_addresses() {
    let folder = birds();
    let file = folder.path().join("t.json");
    let import = || imported(folder.path(), &[&["t.json", "--training-set", "s"], FIX].concat());
    tasks(
        &file,
        &[
            (1, "s3://b/a.png", "wren"),
            (2, "s3://b/b.png", "robin"),
            (3, "/data/upload/1/0a1b2c3d-c.png", "heron"),
        ],
    );
    import();
    let before = ["tasks/1: no bytes, wren", "tasks/2: no bytes, robin", "tasks/3: no bytes, heron"];
    assert_eq!(images(folder.path()), before);
    tasks(&file, &[(1, "s3://b/b.png", "robin"), (2, "/data/upload/7/ffff0000-c.png", "heron")]);
    let told = import();
    assert!(!told.contains("corrections among them") && told.contains("tasks/1"), "{told}");
    assert_eq!(images(folder.path()), before);
    // A task with the number and the name of another one.
    tasks(&file, &[(1, "s3://b/b.png", "robin"), (2, "s3://b/d.png", "wren")]);
    assert!(!import().contains("corrections among them"));
    let known = images(folder.path());
    assert_eq!(known[0], "tasks/1: no bytes, wren");
    assert!(known.contains(&"tasks/2: no bytes, robin".to_owned()), "{known:?}");
    assert!(known.contains(&"tasks/2~-2: no bytes, wren".to_owned()), "{known:?}");
    assert!(import().contains(" 0 created in 0 commits, "));
}
