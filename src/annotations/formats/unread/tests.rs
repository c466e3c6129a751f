//! Refusals of files that no format reads.

use std::fs;
use std::path::Path;

use super::*;
use crate::annotations::formats::FORMATS;
use crate::annotations::formats::shared::round_trip::write_files;

fn refusal(paths: &[(&str, &str)]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path(), paths);
    let files = Files::open(folder.path()).unwrap();
    // They would be read as a folder of images.
    let format = FORMATS.iter().find(|format| (format.recognises)(&files)).unwrap();
    assert_eq!(format.name, "images", "{paths:?}");
    unread_tool(&files).map(|fault| fault.to_string())
}

const LABEL_ME: &str = "<annotation><filename>a.jpg</filename><folder>f</folder><source><sourceImage>The MIT-CSAIL \
                        database</sourceImage></source><object><name>car</name><polygon><username>a</username>\
                        <pt><x>1</x><y>2</y></pt></polygon></object></annotation>";
const KITTI: &str = "Car 0.00 0 -1.58 587.01 173.33 614.12 200.12 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59\n\
                     DontCare -1 -1 -10 503.89 169.71 590.61 190.13 -1 -1 -1 -1000 -1000 -1000 -10\n";

#[test]
fn tools_are_named() {
    for (paths, said) in [
        (
            &[("Images/a.jpg", ""), ("Annotations/a.xml", LABEL_ME)][..],
            "Annotations/a.xml: expected annotations of \
          a known format, found XML of the web tool LabelMe; convert them to COCO",
        ),
        (
            &[
                ("S1/img1/000001.jpg", ""),
                ("S1/gt/gt.txt", "1,1,912,484,97,109,0,7,1\n2,1,912,484,97,109,0,7,1\n"),
            ],
            "a sequence of MOTChallenge",
        ),
        (&[("det/det.txt", "1,-1,912.5,484,97,109,0.9,-1,-1,-1\n"), ("img1/1.jpg", "")], "MOTChallenge"),
        (
            &[
                ("training/image_2/1.png", ""),
                ("training/label_2/0.txt", ""),
                ("training/label_2/1.txt", KITTI),
            ],
            "training/label_2/1.txt: expected annotations of a known format, found labels of KITTI",
        ),
        (
            &[
                ("ds/img/a.jpg", ""),
                ("meta.json", "{\"classes\": [], \"tags\": []}"),
                (
                    "ds/ann/a.jpg.json",
                    "{\"description\": \"\", \"tags\": [], \"size\": {\"height\": 4, \"width\": 5}, \"objects\": []}",
                ),
            ],
            "JSON of Supervisely; export the project as COCO",
        ),
        (
            &[("VOC2012/ImageSets/Main/train.txt", "a\n"), ("VOC2012/JPEGImages/a.jpg", "")],
            "lists of Pascal VOC (`ImageSets`) without the folder `Annotations`; import the folder that has both; \
             `--format images` imports the images alone",
        ),
        (
            &[
                ("ImageSets/Segmentation/train.txt", "a\n"),
                ("JPEGImages/a.jpg", ""),
                ("SegmentationClass/a.png", ""),
            ],
            "masks of Pascal VOC",
        ),
        (
            &[("gtFine/train/a/a_0_gtFine_labelIds.png", ""), ("leftImg8bit/train/a/a_0.png", "")],
            "Cityscapes",
        ),
        (
            &[
                ("stuffthingmaps_trainval2017/train2017/000000000009.png", ""),
                ("train2017/000000000009.jpg", ""),
            ],
            "masks of COCO-Stuff",
        ),
        (&[("annotations/train2017/000000000009_labelTrainIds.png", "")], "masks of COCO-Stuff"),
    ] {
        let why = refusal(paths).unwrap_or_else(|| panic!("{paths:?}"));
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn other_folders_are_folders_of_images() {
    for paths in [
        &[("a.jpg", ""), ("notes.txt", KITTI)][..],
        &[("a.jpg", ""), ("labels/readme.txt", "Car is a class")],
        &[("a.jpg", ""), ("gt/gt.txt", "1,1,912\n")],
        &[("a.jpg", ""), ("gt.txt", "1,1,912,484,97,109,0,7,1\n")],
        &[("a.jpg", ""), ("a.xml", "<html><pt></html>")],
        &[("a.jpg", ""), ("ann/a.json", "{\"size\": 1}")],
        &[("ImageSets/train.txt", "a"), ("JPEGImages/a.jpg", "")],
        &[("000000000009.png", "")],
    ] {
        assert_eq!(refusal(paths), None);
    }
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports")).unwrap() {
        let files = Files::open(&entry.unwrap().path()).unwrap();
        assert_eq!(unread_tool(&files), None, "{}", files.root().display());
    }
}

#[test]
fn a_single_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path(), &[("a.xml", LABEL_ME), ("1.txt", KITTI), ("gt.txt", "1,1,9,4,9,1,0,7,1")]);
    for name in ["a.xml", "1.txt", "gt.txt"] {
        let why = unread_tool(&Files::open(&folder.path().join(name)).unwrap()).unwrap().to_string();
        assert!(why.starts_with(name) && !why.contains("--format"), "{why}");
    }
}
