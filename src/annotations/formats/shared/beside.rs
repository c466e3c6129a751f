//! Images in the input: finds the file that an annotation names.

use std::collections::HashSet;

use crate::annotations::files::Files;
use crate::annotations::names::{Found, Resolver, is_address};
use crate::annotations::splits::split_of;

/// The endings of the names of images, in lower case.
const ENDINGS: [&str; 13] =
    ["jpg", "jpeg", "jfif", "png", "bmp", "gif", "tif", "tiff", "webp", "heic", "heif", "avif", "jp2"];
/// Folders of images next to an annotation file.
const FOLDERS: [&str; 4] = ["images/", "data/", "imgs/", "img/"];

/// The images of an input.
#[derive(Debug, Default)]
pub(crate) struct ImagesBeside {
    paths: HashSet<String>,
    resolver: Resolver,
}

impl ImagesBeside {
    /// Lists the images of an input; an input of one file has none.
    pub(crate) fn of(files: &Files) -> Self {
        if files.is_one_file() {
            return Self::default();
        }
        let paths: HashSet<String> =
            files.paths().filter(|path| is_image_name(path)).map(str::to_owned).collect();
        let resolver = Resolver::new(paths.iter().cloned());
        Self { paths, resolver }
    }

    /// Returns the paths of all images, sorted.
    pub(crate) fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        paths.sort_unstable();
        paths
    }

    /// Returns the path of the image with this name in an annotation file of `folder` (empty, or
    /// with a slash at its end). Of several that fit equally well, only one of the split counts.
    pub(crate) fn find(&self, folder: &str, name: &str, split: Option<&str>) -> Option<&str> {
        let get = |path: String| self.paths.get(&path).map(String::as_str);
        let near = FOLDERS.iter().map(|inner| format!("{folder}{inner}{name}"));
        let found = [relative_to(folder, name), name.to_owned()].into_iter().chain(near).find_map(get);
        if found.is_some() || self.paths.is_empty() {
            return found;
        }
        match self.resolver.find(name) {
            Found::One(path, _) => Some(path),
            Found::Several(paths) => {
                let mut fitting = paths.into_iter().filter(|path| split.is_some() && split_of(path) == split);
                let first = fitting.next();
                first.filter(|_| fitting.next().is_none())
            }
            Found::None => None,
        }
    }
}

/// Returns true if a name ends like the name of an image.
pub(crate) fn is_image_name(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| {
        ending.len() <= 4 && ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
    })
}

/// Returns a name relative to the input: `../a.jpg` in `train/` is `a.jpg`. An address or an
/// absolute path remains as it is.
pub(crate) fn relative_to(folder: &str, name: &str) -> String {
    let is_drive = name.as_bytes().get(1) == Some(&b':');
    if name.starts_with('/') || is_drive || is_address(name) {
        return name.to_owned();
    }
    let (mut folder, mut rest) = (folder, name);
    while let (Some(above), Some(after)) = (folder.strip_suffix('/'), rest.strip_prefix("../")) {
        folder = above.rfind('/').map_or("", |slash| &above[..=slash]);
        rest = after;
    }
    format!("{folder}{rest}")
}

/// Returns the path of an image in an export: its name without what would lead out of the export,
/// such as `..` or a drive; of an address the path.
pub(crate) fn path_in_export(name: &str) -> Option<String> {
    let path = if is_address(name) {
        let path = name.split_once("://").map_or(name, |(_, rest)| rest);
        path.find(['?', '#']).map_or(path, |end| &path[..end])
    } else {
        name
    };
    let is_part = |part: &&str| !matches!(*part, "" | "." | "..") && !part.ends_with(':');
    let parts: Vec<&str> = path.split(['/', '\\']).filter(is_part).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_beside_the_labels() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["train/a.jpg", "train/images/b.PNG", "test/x/c.jpg", "val/x/c.jpg", "test/a.txt"] {
            std::fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(dir.path().join(path), "x").unwrap();
        }
        let images = ImagesBeside::of(&Files::open(dir.path()).unwrap());
        assert_eq!(images.paths().len(), 4);
        assert_eq!(images.find("train/", "a.jpg", None), Some("train/a.jpg"));
        assert_eq!(images.find("train/", "b.PNG", None), Some("train/images/b.PNG"));
        assert_eq!(images.find("", "C:\\data\\train\\a.jpg", None), Some("train/a.jpg"));
        assert_eq!(images.find("", "c.jpg", None), None);
        assert_eq!(images.find("", "c.jpg", Some("VALIDATION")), Some("val/x/c.jpg"));
        assert_eq!(images.find("", "gone.jpg", None), None);
    }

    #[test]
    fn paths_stay_within_the_export() {
        for (name, path) in [
            ("a/b.jpg", Some("a/b.jpg")),
            ("../../a.jpg", Some("a.jpg")),
            ("C:\\data\\a.jpg", Some("data/a.jpg")),
            ("/data/a.jpg", Some("data/a.jpg")),
            ("https://h.org/b/a.jpg?x=1", Some("h.org/b/a.jpg")),
            ("..", None),
        ] {
            assert_eq!(path_in_export(name).as_deref(), path, "{name}");
        }
        assert_eq!(relative_to("x/train/", "../a.jpg"), "x/a.jpg");
        assert_eq!(relative_to("train/", "C:/a.jpg"), "C:/a.jpg");
        assert!(is_image_name("a.JPG") && !is_image_name("jpg") && !is_image_name("a.csv"));
    }
}
