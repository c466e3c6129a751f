//! The images of an input, and the paths of images in an export.

use std::collections::HashSet;

use crate::annotations::files::Files;
use crate::annotations::names::{Found, How, Resolver, is_address, tail_of_address};

/// The endings of images, in lower case.
const ENDINGS: [&str; 14] =
    ["jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff", "webp", "heic", "heif", "avif", "jfif", "pgm", "ppm"];

/// Returns true if a path has the ending of an image.
pub(crate) fn is_image(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// Returns the folder of a path, with a slash at its end, and the name of the file.
pub(crate) fn parted(path: &str) -> (&str, &str) {
    path.rfind('/').map_or(("", path), |slash| path.split_at(slash + 1))
}

/// Returns a path without the ending of its file.
pub(crate) fn stem_of(path: &str) -> &str {
    let (folder, name) = parted(path);
    let length = name.rfind('.').filter(|dot| *dot > 0).unwrap_or(name.len());
    path.get(..folder.len() + length).unwrap_or(path)
}

/// The images of an input.
#[derive(Debug, Default)]
pub(crate) struct ImageFiles {
    resolver: Resolver,
    /// Sorted.
    paths: Vec<String>,
}

impl ImageFiles {
    /// Lists the images of a folder. An input of one file has none.
    pub(crate) fn of(files: &Files) -> Self {
        if files.is_one_file() {
            return Self::default();
        }
        let paths: Vec<String> = files.paths().filter(|path| is_image(path)).map(str::to_owned).collect();
        Self { resolver: Resolver::new(paths.iter().cloned()), paths }
    }

    /// Returns the paths, sorted.
    pub(crate) fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Returns the image at a path of the input, also in another spelling.
    pub(crate) fn at(&self, path: &str) -> Option<&str> {
        match self.resolver.find(path) {
            Found::One(found, how) if how < How::Tail => Some(found),
            _ => None,
        }
    }

    /// Returns the only image of which the path ends with a name.
    pub(crate) fn only(&self, name: &str) -> Option<&str> {
        match self.resolver.find(name) {
            Found::One(found, _) => Some(found),
            _ => None,
        }
    }

    /// Returns the image with this path but for the ending, the first if there are several.
    pub(crate) fn with_stem(&self, stem: &str) -> Option<&str> {
        let start = format!("{stem}.");
        let from = self.paths.partition_point(|path| *path < start);
        let mut found = self.paths.iter().skip(from).take_while(|path| path.starts_with(&start));
        found.find(|path| stem_of(path) == stem).map(String::as_str)
    }
}

/// Returns the path of an image in an export: relative, without `..`. An address is its last two
/// parts.
pub(crate) fn export_path(name: &str) -> String {
    let name = if is_address(name) { tail_of_address(name) } else { name };
    let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let parts: Vec<String> = parts.map(|part| part.replace([':', '\0'], "_")).collect();
    if parts.is_empty() { "image".to_owned() } else { parts.join("/") }
}

/// Gives the label files of an export their names.
#[derive(Debug, Default)]
pub(crate) struct LabelFileNames {
    taken: HashSet<String>,
}

impl LabelFileNames {
    /// Returns a path without an ending that no other image has: that of the image without its
    /// ending.
    pub(crate) fn stem(&mut self, path: &str) -> String {
        let stem = stem_of(path);
        let ending = path.get(stem.len() + 1..).unwrap_or_default();
        let mut name = stem.to_owned();
        for number in 1_u64.. {
            // Systems without regard to case have one file for both.
            if self.taken.insert(name.to_lowercase()) {
                break;
            }
            name = if number == 1 { format!("{stem}_{ending}") } else { format!("{stem}_{ending}_{number}") };
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["images/A.JPG", "images/a.b.png", "train/a.png", "train/a.txt", "train/x.y/a.tif"] {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let images = ImageFiles::of(&Files::open(dir.path()).unwrap());
        assert_eq!(images.paths().len(), 4);
        assert_eq!(images.at("images/a.jpg"), Some("images/A.JPG"));
        assert_eq!(images.at("a.jpg"), None);
        assert_eq!(images.only("a.jpg"), Some("images/A.JPG"));
        assert_eq!(images.with_stem("train/a"), Some("train/a.png"));
        assert_eq!(images.with_stem("images/a"), None);
        assert_eq!(images.with_stem("images/a.b"), Some("images/a.b.png"));
        assert_eq!((stem_of("a.b/c"), stem_of("a/.b"), stem_of("c.d.e")), ("a.b/c", "a/.b", "c.d"));
    }

    #[test]
    fn paths_of_an_export_are_below_its_folder() {
        for (name, path) in [
            ("a/b.jpg", "a/b.jpg"),
            ("../../a.jpg", "a.jpg"),
            ("/data/a.jpg", "data/a.jpg"),
            ("C:\\x\\a.jpg", "C_/x/a.jpg"),
            ("https://h/x/y/a.jpg?b=/c", "y/a.jpg"),
            ("..", "image"),
        ] {
            assert_eq!(export_path(name), path);
        }
    }
}
