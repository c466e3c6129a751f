//! The paths of an export.

use super::super::paths::label_path;
use crate::annotations::model::Image;

/// Fields of `data.yaml` that are no splits.
const FIELDS: [&str; 12] = [
    "channels",
    "download",
    "flip_idx",
    "kpt_names",
    "kpt_shape",
    "license",
    "names",
    "nc",
    "path",
    "task",
    "version",
    "yaml_file",
];
/// Endings of images that Ultralytics reads.
const ENDINGS: [&str; 11] = ["bmp", "dng", "heic", "jpeg", "jpg", "mpo", "pfm", "png", "tif", "tiff", "webp"];

/// Returns the folder of a split; images without one are in `train`.
pub(super) fn folder_of_split(split: Option<&str>) -> String {
    match split {
        None | Some("" | "TRAIN") => "train".to_owned(),
        Some("VALIDATION") => "val".to_owned(),
        Some("TEST") => "test".to_owned(),
        Some(other) => {
            let mut folder = String::new();
            for c in other.to_lowercase().chars() {
                match c {
                    c if c.is_alphanumeric() || c == '-' || c == '_' => folder.push(c),
                    c => folder.push_str(&format!("_{:x}_", u32::from(c))),
                }
            }
            let is_taken = FIELDS.contains(&folder.as_str())
                || ["train", "val", "valid", "validation", "test"].contains(&folder.as_str());
            if is_taken { format!("split_{folder}") } else { folder }
        }
    }
}

/// Returns the split that the reader finds for a folder.
pub(super) fn split_of_folder(folder: &str) -> String {
    match folder {
        "train" => "TRAIN".to_owned(),
        "val" => "VALIDATION".to_owned(),
        "test" => "TEST".to_owned(),
        other => other.to_uppercase(),
    }
}

/// Returns the path of an image. Folders of the layouts of Ultralytics, Roboflow and Darknet at the
/// start of its name are not repeated.
pub(super) fn image_path(image: &Image) -> String {
    let folder = folder_of_split(image.split.as_deref());
    let is_split = |part: &str| is_split(&folder, part);
    let parts = parts_of(&image.name);
    let rest = match parts[..] {
        ["images", split, _, ..] | [split, "images", _, ..] if is_split(split) => &parts[2..],
        ["images", _, ..] => &parts[1..],
        [split, _, ..] if is_split(split) || of_darknet(split).is_some_and(|split| is_split(&split)) => {
            &parts[1..]
        }
        _ => &parts[..],
    };
    let rest = if rest.is_empty() { "image".to_owned() } else { rest.join("/") };
    format!("images/{folder}/{rest}")
}

/// Returns true if a part of a path is the folder of a split.
pub(super) fn is_split(folder: &str, part: &str) -> bool {
    match folder {
        "val" => matches!(part, "val" | "valid" | "validation"),
        folder => part == folder,
    }
}

/// Returns the parts of the name of an image, without those that lead out of a folder.
pub(super) fn parts_of(name: &str) -> Vec<&str> {
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "."));
    parts.map(|part| if part == ".." { "_" } else { part }).collect()
}

/// Returns the split of a folder of Darknet, such as `obj_train_data`.
fn of_darknet(folder: &str) -> Option<String> {
    folder.strip_prefix("obj_")?.strip_suffix("_data").map(str::to_lowercase)
}

/// Returns the path of the labels of an image in the export.
pub(super) fn path_of_labels(image: &Image) -> String {
    label_path(&image_path(image))
}

/// Returns true if Ultralytics reads images with this ending.
pub(super) fn has_known_ending(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotations::fault::RecordPlace;

    #[test]
    fn images_are_below_their_split() {
        for (name, split, path) in [
            ("a.jpg", Some("TRAIN"), "images/train/a.jpg"),
            ("a.jpg", None, "images/train/a.jpg"),
            ("images/train/x/a.jpg", Some("TRAIN"), "images/train/x/a.jpg"),
            ("images/a.jpg", Some("TEST"), "images/test/a.jpg"),
            ("valid/images/a.jpg", Some("VALIDATION"), "images/val/a.jpg"),
            ("train/images/a.jpg", Some("VALIDATION"), "images/val/train/images/a.jpg"),
            ("train/a.jpg", Some("TRAIN"), "images/train/a.jpg"),
            ("images/mini/a.jpg", Some("MINI"), "images/mini/a.jpg"),
            ("obj_Valid_data/a.jpg", Some("VALIDATION"), "images/val/a.jpg"),
            ("train", Some("TRAIN"), "images/train/train"),
            (r"..\a\.\b.jpg", Some("TRAIN"), "images/train/_/a/b.jpg"),
            ("https://host/a.jpg", Some("TRAIN"), "images/train/host/a.jpg"),
            ("/", Some("NAMES"), "images/split_names/image"),
        ] {
            let mut image = Image::new(RecordPlace::Line(1), name);
            image.split = split.map(str::to_owned);
            assert_eq!(image_path(&image), path);
        }
        assert_eq!(folder_of_split(Some("A/B")), "a_2f_b");
        assert!(has_known_ending("a/b.JPG") && !has_known_ending("a.gif") && !has_known_ending("tasks/7"));
    }
}
