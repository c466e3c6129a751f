//! Folders.

use std::fs;

use super::*;
use crate::annotations::model::ImageBytes;

/// Writes a file with one image and one label.
fn write(folder: &Path, path: &str, image: &str, category: &Value) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let document = json!({
        "images": [{"id": 0, "file_name": image}],
        "annotations": [{"id": 0, "image_id": 0, "category_id": 1}],
        "categories": [category],
    });
    fs::write(path, document.to_string()).unwrap();
}

#[test]
fn the_splits_of_roboflow_are_read_together() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "train/_annotations.coco.json", "a.jpg", &json!({"id": 1, "name": "cat"}));
    write(dir.path(), "valid/_annotations.coco.json", "a.jpg", &json!({"id": 1, "name": "dog"}));
    fs::write(dir.path().join("train/a.jpg"), "x").unwrap();
    assert!((FORMAT.recognises)(&Files::open(dir.path()).unwrap()));
    let content = read_path(dir.path(), None).unwrap();
    let names: Vec<&str> = content.classes.classes.iter().map(|class| class.name.as_str()).collect();
    assert_eq!(names, ["cat", "dog"]);
    let [train, valid] = &content.samples[..] else { panic!() };
    assert_eq!(train.image.bytes, ImageBytes::File("train/a.jpg".to_owned()));
    assert_eq!(
        (train.image.split.as_deref(), train.labels[0].id.as_deref()),
        (Some("TRAIN"), Some("train/0"))
    );
    assert_eq!((valid.image.name.as_str(), &valid.image.bytes), ("valid/a.jpg", &ImageBytes::ByName));
    assert_eq!(valid.image.split.as_deref(), Some("VALIDATION"));
    assert_eq!(valid.image.fields["file_name"], "a.jpg");
    assert_eq!(valid.labels[0].fields["class"], "dog");
    assert_eq!(valid.labels[0].place.to_string(), "valid/_annotations.coco.json: annotations[0]");
    // One file is known by its folder.
    let one = read_path(&dir.path().join("valid/_annotations.coco.json"), None).unwrap();
    assert_eq!(
        (one.samples[0].image.split.as_deref(), one.samples[0].image.name.as_str()),
        (Some("VALIDATION"), "a.jpg")
    );
    assert_eq!(one.samples[0].labels[0].id.as_deref(), Some("0"));
}

#[test]
fn the_layout_of_coco_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let cat = json!({"id": 1, "name": "cat"});
    write(dir.path(), "annotations/instances_train2017.json", "1.jpg", &cat);
    write(dir.path(), "annotations/instances_val2017.json", "2.jpg", &cat);
    write(dir.path(), "annotations/captions_val2017.json", "2.jpg", &cat);
    fs::create_dir_all(dir.path().join("val2017")).unwrap();
    fs::write(dir.path().join("val2017/2.jpg"), "x").unwrap();
    let content = read_path(dir.path(), None).unwrap();
    let [train, val] = &content.samples[..] else { panic!() };
    assert_eq!((train.image.name.as_str(), train.image.split.as_deref()), ("1.jpg", Some("TRAIN")));
    assert_eq!(val.image.bytes, ImageBytes::File("val2017/2.jpg".to_owned()));
    assert_eq!(val.labels[0].id.as_deref(), Some("val2017/0"));
    assert_eq!(content.classes.classes.len(), 1);
    let other = [("other COCO files of the folder", 1, "annotations/captions_val2017.json")];
    assert_eq!(content.skipped.all().collect::<Vec<_>>(), other);
    // The same image in two files.
    write(dir.path(), "annotations/instances_val2017.json", "1.jpg", &cat);
    let why = read_path(dir.path(), None).unwrap_err();
    let place = "annotations/instances_val2017.json: images[0], field file_name: ";
    assert_eq!(
        why,
        format!("{place}\"1.jpg\" is also an image of another file; import the files one by one")
    );
}

#[test]
fn a_folder_with_one_file_is_read() {
    let dir = tempfile::tempdir().unwrap();
    assert!(!(FORMAT.recognises)(&Files::open(dir.path()).unwrap()));
    let why = read_path(dir.path(), None).unwrap_err();
    assert!(why.contains("expected `_annotations.coco.json` in the folder"), "{why}");
    write(dir.path(), "labels.json", "a.jpg", &json!({"id": 1, "name": "cat"}));
    fs::write(dir.path().join("other.json"), "{\"a\": 1}").unwrap();
    fs::create_dir_all(dir.path().join("data")).unwrap();
    fs::write(dir.path().join("data/a.jpg"), "x").unwrap();
    assert!((FORMAT.recognises)(&Files::open(dir.path()).unwrap()));
    let content = read_path(dir.path(), None).unwrap();
    assert_eq!(content.samples[0].image.bytes, ImageBytes::File("data/a.jpg".to_owned()));
    assert_eq!(content.samples[0].labels[0].id.as_deref(), Some("0"));
    // Two of them: the user must choose.
    write(dir.path(), "more.json", "b.jpg", &json!({"id": 1, "name": "cat"}));
    assert!(!(FORMAT.recognises)(&Files::open(dir.path()).unwrap()));
    let why = read_path(dir.path(), None).unwrap_err();
    assert!(
        why.contains("found 2 in another layout, the first is labels.json; name the annotation file"),
        "{why}"
    );
}

#[test]
fn images_that_no_file_names_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let cat = json!({"id": 1, "name": "cat"});
    write(dir.path(), "train/_annotations.coco.json", "a.jpg", &cat);
    fs::create_dir_all(dir.path().join("test/deep")).unwrap();
    for path in ["train/a.jpg", "train/b.jpg", "test/deep/c.PNG", "test/notes.txt"] {
        fs::write(dir.path().join(path), "x").unwrap();
    }
    let content = read_path(dir.path(), None).unwrap();
    let unnamed = [("image that no COCO file names", 2, "test/deep/c.PNG")];
    assert_eq!(content.skipped.all().collect::<Vec<_>>(), unnamed);
    // One file has no folder.
    let one = read_path(&dir.path().join("train/_annotations.coco.json"), None).unwrap();
    assert_eq!(one.skipped.all().count(), 0);
}

#[test]
fn images_are_found_in_other_spellings() {
    let cat = json!({"id": 1, "name": "cat"});
    for (name, files, found) in [
        ("A.PNG", &["train/images/a.png"][..], Some("train/images/a.png")),
        ("A.PNG", &["train/a.png", "train/A.png"], None),
        ("a%20b.jpg", &["train/a b.jpg"], Some("train/a b.jpg")),
        ("u\u{308}.jpg", &["train/\u{fc}.jpg"], Some("train/\u{fc}.jpg")),
        ("C:\\data\\x\\a.jpg", &["train/x/a.jpg"], Some("train/x/a.jpg")),
        ("/data/x/a.jpg", &["x/a.jpg"], Some("x/a.jpg")),
        ("s3://b/x/a.jpg", &["train/a.jpg"], Some("train/a.jpg")),
        ("s3://b/x/a.jpg", &["train/y/a.jpg", "train/z/a.jpg"], None),
        // The image of another split.
        ("/data/valid/a.jpg", &["valid/a.jpg"], None),
        ("a.jpg", &["train/other/a.jpg", "valid/a.jpg"], None),
    ] {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "train/_annotations.coco.json", name, &cat);
        for path in files {
            fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
            fs::write(dir.path().join(path), "x").unwrap();
        }
        let bytes = read_path(dir.path(), None).unwrap().samples.remove(0).image.bytes;
        let expected = found.map_or(ImageBytes::ByName, |path| ImageBytes::File(path.to_owned()));
        assert_eq!(bytes, expected, "{name} {files:?}");
    }
}
