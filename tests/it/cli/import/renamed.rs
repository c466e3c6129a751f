//! Renamed classes whose old names other classes have later.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::exports::{birds, imported};
use super::server::both;
use crate::cli::stemma;
use crate::http::server::Server;

const CAR: &str = "0 .5 .5 .2 .2\n1 .2 .2 .1 .1\n";
const NEW_CAR: &str = "0 .5 .5 .2 .2\n1 .2 .2 .1 .1\n2 .8 .8 .1 .1\n";
const RELABELLED: &str = "2 .5 .5 .2 .2\n1 .2 .2 .1 .1\n2 .8 .8 .1 .1\n";
const IMPORT: &[&str] = &["d", "--training-set", "s", "--corrections", "fix", "--retract-missing", "gone"];

/// Returns a folder for a YOLO data set of one image.
fn one_image() -> tempfile::TempDir {
    let folder = birds();
    for name in ["images/train", "labels/train"] {
        fs::create_dir_all(folder.path().join("d").join(name)).unwrap();
    }
    fs::copy(folder.path().join("images/pond.png"), folder.path().join("d/images/train/p.png")).unwrap();
    folder
}

fn import(folder: &Path, classes: &str, labels: &str, more: &[&str]) -> String {
    let description = format!("train: images/train\nnames: [{classes}]\n");
    fs::write(folder.join("d/data.yaml"), description).unwrap();
    fs::write(folder.join("d/labels/train/p.txt"), labels).unwrap();
    imported(folder, &[IMPORT, more].concat())
}

/// Returns the classes of the set's labels with their place, from an export as COCO and as YOLO.
fn classes(folder: &Path) -> [BTreeSet<String>; 2] {
    let called = stemma(folder, &["export", "coco", "default/TRAINING_SET/s"]);
    let coco: Value = serde_json::from_str(&called.out).unwrap();
    let width = coco["images"][0]["width"].as_f64().unwrap();
    let name = |id: &Value| {
        let mut all = coco["categories"].as_array().unwrap().iter();
        all.find(|class| class["id"] == *id).unwrap()["name"].as_str().unwrap().to_owned()
    };
    let place = |x: f64| (x * 100.0).round();
    let labels = coco["annotations"].as_array().unwrap().iter();
    let labels = labels.map(|label| {
        let (x, w) = (label["bbox"][0].as_f64().unwrap(), label["bbox"][2].as_f64().unwrap());
        format!("{} {}", name(&label["category_id"]), place((x + w / 2.0) / width))
    });
    let coco: BTreeSet<String> = labels.collect();
    let _ = fs::remove_dir_all(folder.join("o"));
    let arguments = ["export", "annotations", "default/TRAINING_SET/s", "--format", "yolo", "--dir", "o"];
    assert_eq!(stemma(folder, &arguments).code, Some(0));
    let files = crate::cli::files(&folder.join("o"));
    let text = |end: &str| {
        let (_, bytes) = files.iter().find(|(path, _)| path.ends_with(end)).unwrap();
        String::from_utf8(bytes.clone()).unwrap()
    };
    let description = text("data.yaml");
    let name = |number: &str| {
        let start = format!("{number}:");
        let line = description.lines().find_map(|line| line.trim().strip_prefix(&start)).unwrap();
        line.trim().trim_matches(['"', '\'']).to_owned()
    };
    let labels = text("p.txt");
    let labels = labels.lines().map(|line| {
        let mut words = line.split(' ');
        let class = name(words.next().unwrap());
        format!("{class} {}", place(words.next().unwrap().parse().unwrap()))
    });
    [coco, labels.collect()]
}

fn expected(labels: [&str; 3]) -> [BTreeSet<String>; 2] {
    let labels: BTreeSet<String> = labels.map(str::to_owned).into();
    [labels.clone(), labels]
}

/// The labels of the renamed class and those of the new class with its old name are different.
#[test]
fn the_old_name_of_a_renamed_class_can_be_used_again() {
    let folder = one_image();
    import(folder.path(), "car, b", CAR, &[]);
    import(folder.path(), "vehicle, b", CAR, &["--renamed", "car=vehicle"]);
    let told = import(folder.path(), "vehicle, b, car", NEW_CAR, &[]);
    assert!(told.contains("made: LABEL 1, ONTOLOGY 1, TRAINING_SET 1"), "{told}");
    assert_eq!(classes(folder.path()), expected(["vehicle 50", "b 20", "car 80"]));
    let told = import(folder.path(), "vehicle, b, car", RELABELLED, &[]);
    assert!(told.contains("corrections among them: 1\n"), "{told}");
    assert_eq!(classes(folder.path()), expected(["car 50", "b 20", "car 80"]));
    let told = import(folder.path(), "vehicle, b, car", RELABELLED, &[]);
    assert!(told.contains(" 0 created in 0 commits"), "{told}");
    // Back to the renamed class.
    let told = import(folder.path(), "vehicle, b, car", NEW_CAR, &[]);
    assert!(told.contains("corrections among them: 1\n"), "{told}");
    assert_eq!(classes(folder.path()), expected(["vehicle 50", "b 20", "car 80"]));
    assert!(import(folder.path(), "vehicle, b, car", NEW_CAR, &[]).contains(" 0 created in 0 commits"));
}

/// A rename changes no label, and the exports of the set have the new name all the same.
#[test]
fn a_set_has_the_new_names_of_classes() {
    let folder = one_image();
    import(folder.path(), "car, b", CAR, &[]);
    let told = import(folder.path(), "vehicle, b", CAR, &["--renamed", "car=vehicle"]);
    assert!(told.contains("made: ONTOLOGY 1, TRAINING_SET 1\n"), "{told}");
    let renamed = expected(["vehicle 50", "b 20", "b 20"]);
    assert_eq!(classes(folder.path()), renamed);
    let before = stemma(folder.path(), &["export", "coco", "default/TRAINING_SET/s#1"]).out;
    assert!(before.contains("\"car\"") && !before.contains("vehicle"), "{before}");
    for more in [&["--renamed", "car=vehicle"][..], &[]] {
        let told = import(folder.path(), "vehicle, b", CAR, more);
        assert!(told.contains(" 0 created in 0 commits") && told.contains("/s#2\n"), "{told}");
    }
    // Another import adds to the set, and what it keeps has its names.
    let other = ["coco.json", "--payloads", "images", "--prefix", "other/", "--training-set", "s"];
    let told = imported(folder.path(), &other);
    assert!(told.contains("/s#3\n") && told.contains("kept members"), "{told}");
    let all = stemma(folder.path(), &["export", "coco", "default/TRAINING_SET/s"]).out;
    assert!(all.contains("\"name\":\"vehicle\"") && !all.contains("\"name\":\"car\""), "{all}");
    // A set that pins this one.
    let outer = r#"{"type":"training_set","item":"default/TRAINING_SET/outer","members":[{"version":"default/TRAINING_SET/s"}]}"#;
    fs::write(folder.path().join("outer.ndjson"), outer).unwrap();
    imported(folder.path(), &["outer.ndjson"]);
    let all = stemma(folder.path(), &["export", "coco", "default/TRAINING_SET/outer"]).out;
    assert!(all.contains("\"name\":\"vehicle\"") && !all.contains("\"name\":\"car\""), "{all}");
}

/// A class that was kept as another one is not renamed afterwards: both may be in use.
#[test]
fn a_class_is_not_renamed_after_it_was_not() {
    let folder = one_image();
    import(folder.path(), "car, b", CAR, &[]);
    import(folder.path(), "vehicle, b", CAR, &["--not-renamed"]);
    let called = stemma(folder.path(), &[&["import"], IMPORT, &["--renamed", "car=vehicle"]].concat());
    crate::cli::refused(
        &called,
        1,
        "the class list has both \"car\" and \"vehicle\", as after --not-renamed",
    );
}

/// One import renames a class and has a new class of the old name; it can be repeated.
#[test]
fn a_class_is_renamed_and_its_name_used_again_at_once() {
    let folder = one_image();
    import(folder.path(), "car, b", CAR, &[]);
    let renamed = ["--renamed", "car=vehicle"];
    let told = import(folder.path(), "vehicle, b, car", RELABELLED, &renamed);
    assert!(told.contains("corrections among them: 1\n"), "{told}");
    assert_eq!(classes(folder.path()), expected(["car 50", "b 20", "car 80"]));
    let told = import(folder.path(), "vehicle, b, car", RELABELLED, &renamed);
    assert!(told.contains(" 0 created in 0 commits"), "{told}");
}

/// Writes a table with a box of each class.
fn table(folder: &Path, name: &str, classes: &[&str]) {
    let mut text = "filename,width,height,class,xmin,ymin,xmax,ymax\n".to_owned();
    for (place, class) in classes.iter().enumerate() {
        text += &format!("{name}.jpg,64,64,{class},{place},1,{},20\n", place + 20);
    }
    fs::write(folder.join(name).with_extension("csv"), text).unwrap();
}

/// The inputs of a command are one input: a class has its new name if one of them has it, in any order.
/// Fails if the first input alone is asked.
#[test]
fn a_class_is_renamed_over_all_inputs_of_a_command() {
    const RENAMED: &[&str] = &["--training-set", "s", "--corrections", "fix", "--renamed", "cat=kitten"];
    for inputs in [["v.csv", "t.csv"], ["t.csv", "v.csv"]] {
        let folder = birds();
        let folder = folder.path();
        let server_folder = tempfile::tempdir().unwrap();
        let server = Server::start(&server_folder.path().join("stemma-data"));
        table(folder, "v", &["dog"]);
        table(folder, "t", &["cat", "dog"]);
        both(folder, &server, &[&inputs[..], &["--training-set", "s"]].concat());
        let refused = |expected: &str, more: &[&str]| {
            for dry in [&["--dry-run"][..], &[]] {
                let all = [&["import"], &inputs[..], RENAMED, more, dry].concat();
                let here = stemma(folder, &all);
                let there = stemma(folder, &[&all[..], &["--server", &server.url]].concat());
                assert_eq!((here.code, &here.err), (Some(1), &there.err));
                assert!(here.err.contains(expected) && here.out.is_empty(), "{}{}", here.err, here.out);
            }
        };
        // No input has the new name; then one of them has the old one alone.
        table(folder, "t", &["dog", "dog"]);
        refused("--renamed: expected a class of one of the inputs, found \"kitten\"", &[]);
        refused("--renamed: expected a class of one of the inputs, found \"kitten\"", &["--not-renamed"]);
        table(folder, "t", &["kitten", "dog"]);
        table(folder, "v", &["dog", "cat"]);
        refused("expected \"kitten\" as the new name of \"cat\", found a class list with \"cat\" alone", &[]);
        table(folder, "v", &["dog"]);
        for dry in [&["--dry-run"][..], &[]] {
            let told = both(folder, &server, &[&inputs[..], RENAMED, dry].concat());
            assert!(!told.contains("corrections among them") && !told.contains("LABEL"), "{told}");
        }
        let again = both(folder, &server, &[&inputs[..], RENAMED].concat());
        assert!(!again.contains("made:"), "{again}");
        let coco = stemma(folder, &["export", "coco", "default/TRAINING_SET/s"]).out;
        assert!(coco.contains("\"name\":\"kitten\"") && !coco.contains("\"name\":\"cat\""), "{coco}");
    }
}
