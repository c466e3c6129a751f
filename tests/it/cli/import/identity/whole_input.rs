//! Images are recognised over the whole input: whatever the order of their names, a name alone counts
//! after bytes and addresses.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::super::exports::{birds, imported, versions};
use super::super::server::both;
use super::{YoloImage, yolo};
use crate::cli::stemma;
use crate::http::server::Server;

const SYNC: &[&str] =
    &["--training-set", "s", "--corrections", "fix", "--retract-missing", "gone", "--whole"];
const WREN: &str = "0 .5 .5 .25 .25\n";
const ROBIN: &str = "1 .5 .5 .25 .25\n";
/// Three pictures.
const PICTURES: [&str; 3] = ["pond.png", "garden-1.png", "garden-2.png"];

/// Writes three different pictures of the same size, and returns their names.
fn pictures(folder: &Path) -> [&'static str; 3] {
    let pond = fs::read(folder.join("images/pond.png")).unwrap();
    for (end, name) in ["1.png", "2.png", "3.png"].into_iter().enumerate() {
        fs::write(folder.join("images").join(name), [&pond[..], &[end as u8]].concat()).unwrap();
    }
    ["1.png", "2.png", "3.png"]
}

/// Asserts that no set has a wrong label.
fn assert_sound(folder: &Path) {
    let traced = stemma(folder, &["trace", "--all", "--json"]);
    let traced: Value = serde_json::from_str(&traced.out).unwrap();
    assert_eq!(traced["rows"].as_array().unwrap().len(), 0, "{traced}");
}

/// Imports an input here and on a server, twice, after a dry run. Returns the first report.
fn synced(folder: &Path, server: &Server, arguments: &[&str]) -> String {
    let dry = both(folder, server, &[arguments, SYNC, &["--dry-run"]].concat());
    let told = both(folder, server, &[arguments, SYNC].concat());
    let made = |text: &str| {
        text.lines().find_map(|line| Some(line.split_once("made: ")?.1)).map(|line| {
            let is_image = |part: &&str| part.starts_with("SOURCE") || part.starts_with("LABEL");
            line.split(", ").filter(is_image).collect::<Vec<_>>().join(", ")
        })
    };
    assert_eq!(made(&dry), made(&told), "{dry}\n{told}");
    let again = both(folder, server, &[arguments, SYNC].concat());
    assert!(again.contains(" 0 created in 0 commits, "), "{again}");
    told
}

#[test]
fn a_new_image_under_the_old_name_of_a_renamed_one_is_new() {
    for to in ["train/a.png", "train/z.png"] {
        let folder = birds();
        let folder = folder.path();
        let server_folder = tempfile::tempdir().unwrap();
        let server = Server::start(&server_folder.path().join("stemma-data"));
        let first: [YoloImage<'_>; 2] =
            [("train/m.png", PICTURES[0], WREN), ("train/q.png", PICTURES[1], ROBIN)];
        yolo(folder, "d", &first);
        both(folder, &server, &[&["d"], SYNC].concat());
        // m has another name, and other bytes and another class are under its old one.
        yolo(folder, "d", &[(to, PICTURES[0], WREN), ("train/m.png", PICTURES[2], ROBIN), first[1]]);
        let told = synced(folder, &server, &["d"]);
        assert!(told.contains("made: SOURCE 2, LABEL 2"), "{to}: {told}");
        assert!(!told.contains("corrections") && !told.contains("gone"), "{to}: {told}");
        assert_sound(folder);
    }
}

/// An image whose bytes are replaced keeps its item, as long as no other image has its bytes.
#[test]
fn an_image_with_other_bytes_is_the_one_of_its_name() {
    let folder = birds();
    let folder = folder.path();
    let other = pictures(folder)[1];
    yolo(folder, "d", &[("train/m.png", PICTURES[0], WREN), ("train/q.png", PICTURES[0], ROBIN)]);
    imported(folder, &[&["d"], SYNC].concat());
    yolo(folder, "d", &[("train/m.png", other, WREN), ("train/q.png", PICTURES[0], ROBIN)]);
    let told = imported(folder, &[&["d"], SYNC].concat());
    assert!(told.contains("made: SOURCE 1, LABEL 1"), "{told}");
    assert!(versions(folder).contains("default/SOURCE/images/train/m.png#2"));
    assert_sound(folder);
}

/// Writes a folder of COCO files, one for each split, as Roboflow does: without folders in `file_name`.
fn roboflow(folder: &Path, images: &[(&str, Option<&str>, f64)]) {
    let root = folder.join("r");
    let _ = fs::remove_dir_all(&root);
    for split in ["train", "valid"] {
        fs::create_dir_all(root.join(split)).unwrap();
        let own: Vec<(&str, f64)> = images
            .iter()
            .filter_map(|(name, _, x)| Some((name.strip_prefix(split)?.strip_prefix('/')?, *x)))
            .collect();
        let image = |(id, (name, _)): (usize, &(&str, _))| json!({"id": id, "file_name": name});
        let label = |(id, (_, x)): (usize, &(_, f64))| {
            let bbox = [*x, 1.0, 2.0, 2.0];
            json!({"id": id, "image_id": id, "category_id": 1, "bbox": bbox})
        };
        let images: Vec<Value> = own.iter().enumerate().map(image).collect();
        let labels: Vec<Value> = own.iter().enumerate().map(label).collect();
        let document = json!({
            "images": images,
            "annotations": labels,
            "categories": [{"id": 1, "name": "wren"}],
        });
        fs::write(root.join(split).join("_annotations.coco.json"), document.to_string()).unwrap();
    }
    for (name, picture, _) in images {
        if let Some(picture) = picture {
            fs::copy(folder.join("images").join(picture), root.join(name)).unwrap();
        }
    }
}

#[test]
fn an_image_that_moved_to_another_folder_has_left_its_name() {
    let folder = birds();
    let folder = folder.path();
    let server_folder = tempfile::tempdir().unwrap();
    let server = Server::start(&server_folder.path().join("stemma-data"));
    let [a, b, c] = PICTURES.map(Some);
    roboflow(folder, &[("train/a.png", a, 1.0), ("train/b.png", b, 2.0)]);
    both(folder, &server, &[&["r"], SYNC].concat());
    let lines = versions(folder);
    assert!(lines.contains("default/SOURCE/train/a.png#1 {\"file_name\":\"a.png\""), "{lines}");
    // Another split.
    roboflow(folder, &[("train/b.png", b, 2.0), ("valid/a.png", a, 1.0)]);
    let told = synced(folder, &server, &["r"]);
    assert!(told.contains("made: SOURCE 1, LABEL 1") && !told.contains("gone"), "{told}");
    let lines = versions(folder);
    assert!(lines.contains("default/SOURCE/train/a.png#2 {\"file_name\":\"valid/a.png\""), "{lines}");
    // The same without images.
    roboflow(folder, &[("train/b.png", None, 2.0), ("valid/a.png", None, 1.0)]);
    let told = both(folder, &server, &[&["r"], SYNC].concat());
    assert!(told.contains(" 0 created in 0 commits, "), "{told}");
    // Another image under the old name, which sorts before the moved one.
    roboflow(folder, &[("train/a.png", c, 9.0), ("train/b.png", b, 2.0), ("valid/a.png", a, 1.0)]);
    let told = synced(folder, &server, &["r"]);
    assert!(told.contains("made: SOURCE 1, LABEL 1") && !told.contains("gone"), "{told}");
    let all = [("train/a.png", None, 9.0), ("train/b.png", None, 2.0), ("valid/a.png", None, 1.0)];
    roboflow(folder, &all);
    let told = both(folder, &server, &[&["r"], SYNC].concat());
    assert!(told.contains(" 0 created in 0 commits, "), "{told}");
    // Names that are exchanged, and the same without images.
    roboflow(folder, &[("train/a.png", b, 2.0), ("train/b.png", c, 9.0), ("valid/a.png", a, 1.0)]);
    let told = synced(folder, &server, &["r"]);
    assert!(!told.contains("corrections") && !told.contains("gone"), "{told}");
    roboflow(folder, &[("train/a.png", None, 2.0), ("train/b.png", None, 9.0), ("valid/a.png", None, 1.0)]);
    let told = both(folder, &server, &[&["r"], SYNC].concat());
    assert!(told.contains(" 0 created in 0 commits, "), "{told}");
    assert_sound(folder);
}

/// Writes a project of Label Studio: the address of each task, with the class and the place of its label.
fn project(folder: &Path, tasks: &[(&str, &str, u64)]) {
    let task = |(number, (address, class, x)): (usize, &(&str, &str, u64))| {
        json!({"id": number + 1, "data": {"image": address}, "annotations": [{"id": number + 5, "result": [{
            "id": "r", "from_name": "label", "to_name": "image", "type": "rectanglelabels",
            "original_width": 10, "original_height": 4,
            "value": {"x": x, "y": 10, "width": 20, "height": 20, "rotation": 0, "rectanglelabels": [class]},
        }]}]})
    };
    let tasks: Vec<Value> = tasks.iter().enumerate().map(task).collect();
    fs::write(folder.join("tasks.json"), json!(tasks).to_string()).unwrap();
}

#[test]
fn tasks_of_a_project_that_was_made_again_are_known_by_their_files() {
    let local = |name: &str| format!("/data/local-files/?d=images/{name}");
    let [a, b, c] = ["1.png", "2.png", "3.png"].map(local);
    let same = ["s3://b/f1/0001.png", "s3://b/f1/0002.png", "s3://b/f0/0001.png"].map(str::to_owned);
    let files: &[&str] = &["tasks.json", "--payloads", "."];
    for ([first, second, new], before, after) in [
        ([&a, &b, &c], files, files),
        ([&a, &b, &c], &files[..1], files),
        ([&a, &b, &c], &files[..1], &files[..1]),
        ([&same[0], &same[1], &same[2]], &files[..1], &files[..1]),
    ] {
        let folder = birds();
        let folder = folder.path();
        pictures(folder);
        let server_folder = tempfile::tempdir().unwrap();
        let server = Server::start(&server_folder.path().join("stemma-data"));
        project(folder, &[(first, "wren", 10), (second, "robin", 40)]);
        both(folder, &server, &[before, SYNC].concat());
        project(folder, &[(new, "wren", 12), (first, "wren", 10), (second, "robin", 40)]);
        let told = synced(folder, &server, after);
        assert!(!told.contains("corrections") && !told.contains("gone"), "{told}");
        let lines = versions(folder);
        let labels = lines.lines().filter(|line| line.contains("/LABEL/") && line.contains("#1 "));
        assert_eq!(labels.count(), 3, "{lines}");
        assert_sound(folder);
    }
}

/// Every order of the names of images that stay, move, come and are replaced has one outcome.
#[test]
fn the_order_of_names_does_not_matter() {
    let mut outcomes = Vec::new();
    for names in
        [["a", "b", "c"], ["a", "c", "b"], ["b", "a", "c"], ["b", "c", "a"], ["c", "a", "b"], ["c", "b", "a"]]
    {
        let folder = birds();
        let folder = folder.path();
        let [one, two, three] = names.map(|name| format!("train/{name}.png"));
        yolo(folder, "d", &[(&one, PICTURES[0], WREN), (&two, PICTURES[1], ROBIN)]);
        imported(folder, &[&["d"], SYNC].concat());
        // The first one moves to a new name, the second one to the name of the first, and a new one comes
        // under the name of the second.
        yolo(
            folder,
            "d",
            &[(&three, PICTURES[0], WREN), (&one, PICTURES[1], ROBIN), (&two, PICTURES[2], ROBIN)],
        );
        let told = imported(folder, &[&["d"], SYNC].concat());
        assert!(!told.contains("corrections") && !told.contains("gone"), "{names:?}: {told}");
        assert_sound(folder);
        let made = told.lines().find(|line| line.contains("made: ")).unwrap().to_owned();
        outcomes.push(made);
    }
    outcomes.dedup();
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
}

/// The classes of each image of the set, as YOLO has them.
fn exported_classes(folder: &Path) -> Vec<(String, String)> {
    let _ = fs::remove_dir_all(folder.join("out"));
    let export = ["export", "annotations", "default/TRAINING_SET/s", "--format", "yolo", "--dir", "out"];
    assert_eq!(stemma(folder, &export).code, Some(0));
    let files = crate::cli::files(&folder.join("out"));
    let texts = files.into_iter().filter(|(path, _)| path.ends_with(".txt"));
    texts.map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
}

const DOUBT: &str =
    "renamed images of equal bytes that their labels do not tell apart, assigned by the order of names: ";

/// Images of equal bytes have other names, in another order: each keeps its labels. Fails if they are
/// assigned by the order of their names.
#[test]
fn images_of_equal_bytes_are_told_apart_by_their_labels() {
    for inputs in [1, 2] {
        let folder = birds();
        let folder = folder.path();
        let server_folder = tempfile::tempdir().unwrap();
        let server = Server::start(&server_folder.path().join("stemma-data"));
        let two = format!("{WREN}{ROBIN}");
        let before = [("train/a.png", PICTURES[0], WREN), ("val/b.png", PICTURES[0], two.as_str())];
        yolo(folder, "d", &before);
        both(folder, &server, &[&["d"], SYNC].concat());
        let after = [("train/y.png", PICTURES[0], WREN), ("train/x.png", PICTURES[0], two.as_str())];
        yolo(folder, "d", &after[..3 - inputs]);
        yolo(folder, "e", &after[3 - inputs..]);
        let told = synced(folder, &server, &["d", "e"][..inputs]);
        for not in ["corrections", "gone", "order of names"] {
            assert!(!told.contains(not), "{told}");
        }
        assert_sound(folder);
        let exported = exported_classes(folder);
        let of =
            |name: &str| exported.iter().find(|(path, _)| path.contains(name)).unwrap().1.lines().count();
        assert_eq!((of("x.txt"), of("y.txt")), (2, 1), "{exported:?}");
    }
}

/// One of two images of equal bytes is gone, and the other has another name.
#[test]
fn the_image_that_is_left_is_the_one_of_its_labels() {
    for (kept, gone) in [(WREN, ROBIN), (ROBIN, WREN)] {
        let folder = birds();
        let folder = folder.path();
        let server_folder = tempfile::tempdir().unwrap();
        let server = Server::start(&server_folder.path().join("stemma-data"));
        yolo(folder, "d", &[("train/a.png", PICTURES[0], WREN), ("train/b.png", PICTURES[0], ROBIN)]);
        both(folder, &server, &[&["d"], SYNC].concat());
        yolo(folder, "d", &[("train/x.png", PICTURES[0], kept)]);
        let told = synced(folder, &server, &["d"]);
        assert!(!told.contains("order of names") && !told.contains("corrections"), "{gone}: {told}");
        assert!(told.contains(" and 1 retracted in "), "{gone}: {told}");
    }
}

/// Images of equal bytes with equal labels, or without labels, are counted.
#[test]
fn images_that_nothing_tells_apart_are_counted() {
    for labels in [WREN, ""] {
        let folder = birds();
        let folder = folder.path();
        let server_folder = tempfile::tempdir().unwrap();
        let server = Server::start(&server_folder.path().join("stemma-data"));
        yolo(folder, "d", &[("train/a.png", PICTURES[0], labels), ("train/b.png", PICTURES[0], labels)]);
        both(folder, &server, &[&["d"], SYNC].concat());
        yolo(folder, "d", &[("train/x.png", PICTURES[0], labels), ("train/y.png", PICTURES[0], labels)]);
        let dry = both(folder, &server, &[&["d"], SYNC, &["--dry-run"]].concat());
        let told = both(folder, &server, &[&["d"], SYNC].concat());
        for told in [dry, told] {
            let said = format!("{DOUBT}2, the first is default/SOURCE/images/train/a.png\n");
            assert!(told.contains(&said), "{told}");
        }
        assert_sound(folder);
    }
}
