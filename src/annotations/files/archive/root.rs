//! The root of the files of an archive: many have one folder around all others.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::IMAGE_ENDINGS;

/// Names of folders that have a meaning in the layout of a format: they are no folder around it.
const LAYOUT: [&str; 24] = [
    "train",
    "training",
    "val",
    "valid",
    "validation",
    "test",
    "testing",
    "dev",
    "images",
    "imgs",
    "img",
    "labels",
    "annotations",
    "ann",
    "masks",
    "data",
    "jpegimages",
    "imagesets",
    "segmentationclass",
    "segmentationobject",
    "obj_train_data",
    "obj_valid_data",
    "obj_test_data",
    "default",
];

/// Returns the folder of the files: descends while a folder holds nothing but another one, unless
/// its name has a meaning in the layout of a format, or it has only images: then it can be their
/// class. Returns the file if there is only one, which is not an image, at the top.
pub(super) fn root_of(folder: &Path) -> io::Result<PathBuf> {
    let mut root = folder.to_owned();
    loop {
        let mut entries = fs::read_dir(&root)?.take(2).collect::<io::Result<Vec<_>>>()?.into_iter();
        let (Some(only), None) = (entries.next(), entries.next()) else { return Ok(root) };
        let path = only.path();
        let name = only.file_name().to_string_lossy().to_ascii_lowercase();
        if !path.is_dir() {
            return Ok(if is_image(&name) { root } else { path });
        }
        if is_of_layout(&name) || has_only_images(&path)? {
            return Ok(root);
        }
        root = path;
    }
}

/// Returns true if a name has a meaning, also with a year: `train2017`.
fn is_of_layout(name: &str) -> bool {
    LAYOUT.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit()))
}

fn has_only_images(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() || !is_image(&entry.file_name().to_string_lossy()) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_image(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| IMAGE_ENDINGS.contains(&ending.as_str()))
}
