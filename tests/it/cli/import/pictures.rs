//! Folders of images.

use std::fs;

use super::exports::{birds, imported, versions};
use crate::cli::{refused, stemma};

const FOLDER: &[&str] = &["images", "--namespace", "birds", "--labels-from-folders"];

#[test]
fn a_folder_of_images_becomes_sources_and_labels() {
    let folder = birds();
    let images = folder.path().join("images");
    for (class, name) in [("wren", "garden-1"), ("robin", "garden-2")] {
        fs::create_dir(images.join(class)).unwrap();
        fs::rename(images.join(format!("{name}.png")), images.join(format!("{class}/{name}.png"))).unwrap();
    }
    fs::write(images.join(".DS_Store"), "x").unwrap();
    fs::write(images.join("notes.txt"), "taken in March").unwrap();
    insta::assert_snapshot!(imported(folder.path(), FOLDER));
    insta::assert_snapshot!(versions(folder.path()));
    let again = imported(folder.path(), FOLDER);
    assert!(again.starts_with("images: 6 records: 0 created in 0 commits, 6 already there.\n"), "{again}");

    // A changed picture: a new version of it, and a version of its label.
    fs::copy(images.join("pond.png"), images.join("wren/garden-1.png")).unwrap();
    let told = imported(folder.path(), FOLDER);
    assert!(told.contains("6 records: 2 created in 1 commit, 4 already there."), "{told}");
    // The bytes are those of another image, which is stored.
    assert!(told.contains("payloads: 0 stored (0 bytes), 1 already there"), "{told}");
    assert!(versions(folder.path()).contains("birds/LABEL/wren/garden-1.png#2"));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_refused() {
    let folder = birds();
    let images = folder.path().join("images");
    std::os::unix::fs::symlink(images.join("pond.png"), images.join("same.png")).unwrap();
    std::os::unix::fs::symlink(&images, images.join("loop")).unwrap();
    let told = imported(folder.path(), &["images"]);
    assert!(told.starts_with("images: 4 records: 4 created in 1 commit"), "{told}");
    assert!(told.contains("skipped: link to a folder that contains it, loop"), "{told}");
    std::os::unix::fs::symlink(folder.path().join("coco.json"), images.join("zz.png")).unwrap();
    refused(
        &stemma(folder.path(), &["import", "images"]),
        1,
        "images, zz.png: it is a link out of the folder",
    );
}

#[test]
fn options_without_effect_are_refused() {
    let folder = birds();
    fs::write(folder.path().join("versions.ndjson"), "").unwrap();
    for (arguments, said) in [
        (&["coco.json", "--table", "tags"][..], "--table does not apply to the format coco"),
        (&["coco.json", "--labels-from-folders"], "--labels-from-folders does not apply to the format coco"),
        (
            &["versions.ndjson", "--retract-missing", "gone"],
            "--retract-missing does not apply to the format ndjson",
        ),
        (&["images", "--payloads", "images"], "--payloads does not apply to the format images"),
        (&["coco.json", "--split", "TEST"], "--training-set"),
    ] {
        let called = stemma(folder.path(), &[&["import"], arguments].concat());
        assert_eq!(called.code, Some(2), "{}", called.err);
        assert!(called.err.contains(said), "{arguments:?}: {}", called.err);
    }
    assert!(!folder.path().join("stemma-data").exists());
}
