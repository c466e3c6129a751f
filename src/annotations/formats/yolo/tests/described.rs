//! Layouts and descriptions.

use super::*;
use crate::annotations::formats::FORMATS;
use crate::annotations::model::ImageBytes;

const BOX: &str = "0 0.5 0.5 0.5 0.5\n";
const PNG: &str = "200x100";

#[test]
fn the_layout_of_ultralytics_is_read() {
    let dir = folder(&[
        (
            "data.yaml",
            "path: ../datasets/birds\ntrain: images/train\nval: images/val\ntest:\nnames:\n  0: wren\n  1: robin\n",
        ),
        ("images/train/a.JPG", PNG),
        ("images/train/deep/b.png", PNG),
        ("images/val/a.jpg", PNG),
        ("images/other/c.png", PNG),
        ("labels/train/a.txt", BOX),
        ("labels/train/deep/b.txt", ""),
        ("labels/val/gone.txt", BOX),
        ("labels/train.cache", "x"),
    ]);
    assert!(recognised(dir.path()));
    let content = read_path(dir.path()).unwrap();
    assert_eq!(content.names(), ["wren", "robin"]);
    assert_eq!(
        content.images(),
        [
            ("images/train/a.JPG", Some("TRAIN"), 1),
            ("images/train/deep/b.png", Some("TRAIN"), 0),
            ("images/val/a.jpg", Some("VALIDATION"), 0),
        ]
    );
    assert_eq!(
        content.skipped(),
        [
            ("file that is neither an image nor a label", 1, "labels/train.cache"),
            ("image that is in no split of the data set", 1, "images/other/c.png"),
            ("text file without an image of its name", 1, "labels/val/gone.txt"),
        ]
    );
    let image = &content.samples[0].image;
    assert!(matches!(&image.bytes, ImageBytes::Path(path) if path.ends_with("images/train/a.JPG")));
    assert_eq!((&image.fields["width"], &image.fields["height"]), (&200.into(), &100.into()));
    // The data file alone stands for its folder.
    let data = dir.path().join("data.yaml");
    assert!(recognised(&data));
    assert_eq!(read_path(&data).unwrap().images(), content.images());
}

#[test]
fn the_layout_of_roboflow_is_read() {
    let dir = folder(&[
        (
            "data.yaml",
            "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 1\nnames: ['no']\n\nroboflow:\n  workspace: w\n  url: https://u\n",
        ),
        ("train/images/a_jpg.rf.12.jpg", PNG),
        ("train/labels/a_jpg.rf.12.txt", BOX),
        ("valid/images/b.jpg", PNG),
        ("valid/labels/b.txt", BOX),
        ("README.dataset.txt", "# birds"),
    ]);
    assert!(recognised(dir.path()));
    let content = read_path(dir.path()).unwrap();
    assert_eq!(
        content.images(),
        [("train/images/a_jpg.rf.12.jpg", Some("TRAIN"), 1), ("valid/images/b.jpg", Some("VALIDATION"), 1)]
    );
    assert_eq!(content.samples[0].labels[0].fields["class"], "no");
    assert_eq!(
        content.skipped(),
        [
            ("field of data.yaml that is not stored", 1, "roboflow"),
            ("file that is neither an image nor a label", 1, "README.dataset.txt"),
            ("split whose folder or list is not in the input", 1, "test: ../test/images"),
        ]
    );
}

#[test]
fn paths_of_another_machine_are_found_by_their_end() {
    for train in ["/content/birds/images/train", r"C:\Users\me\birds\images\train"] {
        let data = format!("train: '{train}'\nval: '{}'\nnames: [a]", train.replace("train", "val"));
        let dir = folder(&[("data.yaml", &data), ("images/train/a.jpg", PNG), ("labels/train/a.txt", BOX)]);
        assert_eq!(read_path(dir.path()).unwrap().images(), [("images/train/a.jpg", Some("TRAIN"), 1)]);
    }
    // Another split's folder is not taken for it.
    let dir = folder(&[
        ("data.yaml", "train: /x/train/images\nval: /x/val/images\nnames: [a]"),
        ("images/a.jpg", PNG),
    ]);
    let why = read_path(dir.path()).unwrap_err();
    assert!(why.starts_with("data.yaml: expected the images of the splits in the input, found none of them (train: /x/train/images)"), "{why}");
}

#[test]
fn lists_of_images_are_read() {
    let dir = folder(&[
        (
            "data.yaml",
            "path: .\ntrain: [train.txt, extra]\nval: val.txt\nminival: images/minival\nnames: {0: a}\n",
        ),
        ("train.txt", "./images/a.jpg\ndata/images/b.jpg\n\nimages/gone.jpg\n"),
        ("val.txt", "/home/me/set/images/c.jpg\r\nimages/a.jpg\r\n"),
        ("images/a.jpg", PNG),
        ("images/b.jpg", PNG),
        ("images/c.jpg", PNG),
        ("images/minival/d.jpg", PNG),
        ("extra/e.jpg", PNG),
        ("extra/e.txt", BOX),
        ("labels/c.txt", BOX),
    ]);
    let content = read_path(dir.path()).unwrap();
    assert_eq!(
        content.images(),
        [
            ("extra/e.jpg", Some("TRAIN"), 1),
            ("images/a.jpg", Some("TRAIN"), 0),
            ("images/b.jpg", Some("TRAIN"), 0),
            ("images/c.jpg", Some("VALIDATION"), 1),
            ("images/minival/d.jpg", Some("MINIVAL"), 0),
        ]
    );
    assert_eq!(
        content.skipped(),
        [
            ("image of a list that is not in the input", 1, "train.txt, line 4: images/gone.jpg"),
            ("image that is in a second split (it stays in the first)", 1, "images/a.jpg"),
        ]
    );
}

/// Ultralytics needs `val`: a set without it names the images of another split there.
#[test]
fn a_split_of_the_same_images_is_noted_once() {
    let dir = folder(&[
        ("data.yaml", "train: images/train\nval: images/train\nnames: [wren]\n"),
        ("images/train/a.jpg", PNG),
        ("images/train/b.jpg", PNG),
    ]);
    let content = read_path(dir.path()).unwrap();
    assert_eq!(
        content.skipped(),
        [("split with the images of another one (they stay in the first)", 1, "train and val")]
    );
}

#[test]
fn the_layout_of_darknet_is_read() {
    let files = [
        (
            "obj.data",
            "classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\nnames = data/obj.names\nbackup = backup/\n",
        ),
        ("obj.names", "wren\r\nrobin\r\n"),
        ("train.txt", "data/obj_train_data/a.jpg\n"),
        ("valid.txt", "data/obj_valid_data/b.jpg\n"),
        ("obj_train_data/a.jpg", PNG),
        ("obj_train_data/a.txt", "1 0.5 0.5 0.5 0.5\n"),
        ("obj_valid_data/b.jpg", PNG),
        ("obj_valid_data/b.txt", ""),
    ];
    let dir = folder(&files);
    assert!(recognised(dir.path()));
    let content = read_path(dir.path()).unwrap();
    assert_eq!(
        content.images(),
        [("obj_train_data/a.jpg", Some("TRAIN"), 1), ("obj_valid_data/b.jpg", Some("VALIDATION"), 0)]
    );
    assert_eq!((content.names(), content.skipped()), (vec!["wren", "robin"], vec![]));
    let without: Vec<_> = files.iter().filter(|(path, _)| !path.ends_with(".jpg")).copied().collect();
    let dir = folder(&without);
    assert!(recognised(dir.path()));
    let why = read_path(dir.path()).unwrap_err();
    assert!(
        why.starts_with("obj_train_data/a.txt: expected the image of these labels in the input"),
        "{why}"
    );
    // Without obj.data.
    let dir = folder(&files[1..]);
    assert!(recognised(dir.path()));
    assert_eq!(read_path(dir.path()).unwrap().images(), content.images());
}

#[test]
fn folders_without_a_description_are_read() {
    // Label Studio.
    let dir = folder(&[
        ("classes.txt", "wren\nrobin"),
        (
            "notes.json",
            r#"{"categories": [{"id": 0, "name": "wren"}], "info": {"contributor": "Label Studio"}}"#,
        ),
        ("images/a.png", PNG),
        ("labels/a.txt", BOX),
    ]);
    assert!(recognised(dir.path()));
    let files = Files::open(dir.path()).unwrap();
    let format = FORMATS.iter().find(|format| (format.recognises)(&files)).unwrap();
    assert_eq!(format.name, "yolo");
    let content = read_path(dir.path()).unwrap();
    assert_eq!((content.names(), content.images()), (vec!["wren", "robin"], vec![("images/a.png", None, 1)]));
    // labelImg, with folders of splits.
    let dir = folder(&[
        ("train/a.png", PNG),
        ("train/a.txt", BOX),
        ("train/classes.txt", "wren"),
        ("valid/b.png", PNG),
        ("valid/b.txt", BOX),
        ("valid/classes.txt", "wren"),
    ]);
    assert!(recognised(dir.path()));
    let content = read_path(dir.path()).unwrap();
    assert_eq!(content.images(), [("train/a.png", Some("TRAIN"), 1), ("valid/b.png", Some("VALIDATION"), 1)]);
    fs::write(dir.path().join("valid/classes.txt"), "robin").unwrap();
    assert!(
        read_path(dir.path())
            .unwrap_err()
            .contains("expected the classes of train/classes.txt, found others")
    );
    // MakeSense.
    let dir = folder(&[("labels.txt", "wren\nrobin"), ("1.5.png", PNG), ("1.5.txt", BOX)]);
    assert!(recognised(dir.path()));
    assert_eq!(read_path(dir.path()).unwrap().names(), ["wren", "robin"]);
    // No names: the numbers are the names.
    let dir = folder(&[("a.png", PNG), ("a.txt", "7 .5 .5 1 1\n2 .5 .5 1 1"), ("b.png", PNG)]);
    assert!(recognised(dir.path()));
    let content = read_path(dir.path()).unwrap();
    assert_eq!((content.names(), content.images().len()), (vec!["2", "7"], 2));
    assert_eq!(content.samples[0].labels[0].fields["class"], "7");
    let why = "class without a name, whose number is its name (add data.yaml or classes.txt)";
    assert_eq!(content.skipped(), [(why, 2, "2")]);
}

#[test]
fn contradictions_are_refused_or_counted() {
    let dir = folder(&[
        ("a/data.yaml", "train: x\nnames: [a]"),
        ("b/data.yaml", "train: x\nnames: [a]"),
        ("a/x/i.png", PNG),
    ]);
    let why = read_path(dir.path()).unwrap_err();
    assert!(why.contains("expected one data set, found a/data.yaml and b/data.yaml"), "{why}");
    let dir = folder(&[("birds.yaml", "train: x\nnames: [a]"), ("yolo11.yaml", "nc: 80"), ("x/i.png", PNG)]);
    assert_eq!(read_path(dir.path()).unwrap().names(), ["a"]);
    let dir = folder(&[("data.yaml", "names: [a]\nroot: .\nimages: images"), ("images/i.png", PNG)]);
    let content = read_path(dir.path()).unwrap();
    assert_eq!(content.images(), [("images/i.png", None, 0)]);
    assert_eq!(content.skipped(), [("field of data.yaml that is not stored", 2, "root: .")]);
    let dir = folder(&[("data.yaml", "nc: 3\nnames: [a]"), ("i.png", PNG)]);
    let content = read_path(dir.path()).unwrap();
    assert_eq!(
        content.skipped(),
        [("`nc` that is not the number of names", 1, "data.yaml: nc is 3, names are 1")]
    );
    let dir = folder(&[("data.yaml", "train: x\nnames: [a"), ("x/i.png", PNG)]);
    assert!(recognised(dir.path()));
    assert!(read_path(dir.path()).unwrap_err().starts_with("data.yaml"));
    let dir = folder(&[("classes.txt", "a"), ("i.png", "no size"), ("i.txt", BOX), ("j.png", "no size")]);
    assert!(
        read_path(dir.path())
            .unwrap_err()
            .contains("i.txt: expected an image whose size can be read at i.png")
    );
}

#[test]
fn other_inputs_are_not_recognised() {
    for files in [
        &[("a.jpg", PNG), ("a.txt", "a photo of a wren")][..],
        &[("a.jpg", PNG), ("a.txt", "")],
        &[("wren/a.jpg", PNG), ("robin/b.jpg", PNG)],
        &[("a.jpg", PNG), ("a.txt", "0 150 20 30 40")],
        &[("a.jpg", PNG), ("a.txt", "Car 0.00 0 -1.5 10 20 30 40")],
        &[("images/a.jpg", PNG), ("labelTxt/a.txt", "1 2 3 4 5 6 7 8 plane 0")],
        &[("images/a.jpg", PNG), ("images/a.xml", "<annotation/>"), ("classes.txt", "a")],
        &[("config.yaml", "names: [a]"), ("a.jpg", PNG)],
        &[("gt/gt.txt", "1,1,912,484,97,109,0,7,1"), ("a.jpg", PNG)],
        &[("_annotations.coco.json", "{\"images\": []}"), ("a.jpg", PNG)],
    ] {
        assert!(!recognised(folder(files).path()), "{files:?}");
    }
    // Other formats' files.
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports");
    for entry in fs::read_dir(fixtures).unwrap() {
        let entry = entry.unwrap();
        assert!(!recognised(&entry.path()) || entry.file_name() == "yolo", "{entry:?}");
    }
    // COCO and others come first.
    assert!(FORMATS.iter().position(|format| *format == FORMAT) > Some(0));
}

#[test]
fn images_of_another_format_are_refused() {
    // Pascal VOC.
    let dir = folder(&[
        ("Annotations/a.xml", "<annotation/>"),
        ("ImageSets/Main/train.txt", "a\n"),
        ("JPEGImages/a.png", PNG),
    ]);
    let why = read_path(dir.path()).unwrap_err();
    assert!(why.starts_with("JPEGImages/a.png: expected `data.yaml`"), "{why}");
    // Images without labels are a data set of YOLO if something says so.
    let dir = folder(&[("data.yaml", "train: images\nnames: [wren]\n"), ("images/a.png", PNG)]);
    assert_eq!(read_path(dir.path()).unwrap().images(), [("images/a.png", Some("TRAIN"), 0)]);
}
