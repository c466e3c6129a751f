//! Paths of images and of their labels, and paths as data files write them.

/// Endings of images that tools write next to YOLO labels.
const IMAGES: [&str; 18] = [
    "avif", "bmp", "dng", "gif", "heic", "heif", "jfif", "jp2", "jpe", "jpeg", "jpg", "mpo", "pfm", "png",
    "ppm", "tif", "tiff", "webp",
];

/// Returns true if a path has the ending of an image.
pub(super) fn is_image(path: &str) -> bool {
    let ending = name_of(path).rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| IMAGES.contains(&ending.as_str()))
}

/// Returns the last part of a path.
pub(super) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns the folder of a file, with a slash at its end; empty at the top.
pub(super) fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

/// Returns the name of a file without its folder and its ending.
pub(super) fn stem_of(path: &str) -> &str {
    let name = name_of(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Returns the path of an image's labels as Ultralytics computes it: the last folder `images` of
/// the path is `labels`, else the labels are next to the image.
pub(super) fn label_path(image: &str) -> String {
    let (folder, stem) = (folder_of(image), stem_of(image));
    let folder = renamed(folder, |part| part == "images").unwrap_or_else(|| folder.to_owned());
    format!("{folder}{stem}.txt")
}

/// Returns the paths at which the labels of an image are looked up, in this order.
pub(super) fn label_paths(image: &str) -> Vec<String> {
    let (folder, stem) = (folder_of(image), stem_of(image));
    let above = folder.strip_suffix('/').map_or("", folder_of);
    let named = |part: &str| part.eq_ignore_ascii_case("images") || part == "JPEGImages";
    let mut folders = vec![folder_of(&label_path(image)).to_owned()];
    folders.extend(renamed(folder, named));
    folders.extend([folder.to_owned(), format!("{folder}labels/"), format!("{above}labels/")]);
    folders.push(format!("labels/{folder}"));
    folders.into_iter().map(|folder| format!("{folder}{stem}.txt")).collect()
}

/// Replaces the last part of a folder's path that fits by `labels`.
fn renamed(folder: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').collect();
    let last = parts.iter().rposition(|part| fits(part))?;
    *parts.get_mut(last)? = "labels";
    Some(parts.join("/"))
}

/// Returns true if a path begins at the root of a file system.
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '\\', '~'])
        || matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// Returns the parts of a path; `\` separates like `/`. A drive, `.` and empty parts are left out.
pub(super) fn parts(path: &str) -> Vec<&str> {
    let path = if is_absolute(path) && path.as_bytes().get(1) == Some(&b':') { &path[2..] } else { path };
    path.trim().split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "~")).collect()
}

/// Joins paths; `None` if they lead out of the input.
pub(super) fn joined<'p>(parts: impl IntoIterator<Item = &'p str>) -> Option<String> {
    let mut path: Vec<&str> = Vec::new();
    for part in parts {
        if part == ".." {
            path.pop()?;
        } else {
            path.push(part);
        }
    }
    Some(path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_next_to_images_or_in_the_folder_of_labels() {
        for (image, label) in [
            ("images/train/a.jpg", "labels/train/a.txt"),
            ("train/images/a.b.JPG", "train/labels/a.b.txt"),
            ("images/x/images/a.png", "images/x/labels/a.txt"),
            ("my_images/a.png", "my_images/a.txt"),
            ("images.v2/a", "images.v2/a.txt"),
            ("a.png", "a.txt"),
        ] {
            assert_eq!(label_path(image), label);
        }
        assert!(label_paths("Images/a.jpg").contains(&"labels/a.txt".to_owned()));
        assert!(label_paths("x/JPEGImages/a.jpg").contains(&"x/labels/a.txt".to_owned()));
        assert!(label_paths("x/a.jpg").contains(&"x/labels/a.txt".to_owned()));
        assert!(label_paths("x/photos/a.jpg").contains(&"x/labels/a.txt".to_owned()));
        assert!(label_paths("train/a.jpg").contains(&"labels/train/a.txt".to_owned()));
    }

    #[test]
    fn paths_of_other_systems_are_split() {
        assert_eq!(parts(r"D:\data\.\a b.jpg"), ["data", "a b.jpg"]);
        assert!(is_absolute("/x") && is_absolute(r"D:\x") && is_absolute("C:/x") && !is_absolute("x/y"));
        assert_eq!(joined(["a", "..", "b"]), Some("b".to_owned()));
        assert_eq!(joined(["..", "b"]), None);
        assert!(is_image("a/B.JPG") && !is_image("jpg") && !is_image("a.jpg/b"));
    }
}
