//! The writer of folders of classes, `train/wren/7.jpg`, from which Ultralytics trains classifiers.
//!
//! A class has a folder in each split, also without images: the numbers of classes are the order of
//! these folders, in each split for itself. The hash of each path is in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;

use super::places::{folder_of_split, has_known_ending, is_split, parts_of};
use super::shapes::SHAPES;
use super::writer::{note_image, note_label};
use crate::annotations::model::fields::{CAPTION, SPAN};
use crate::annotations::model::{ClassList, Image, Label, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::splits::split_of;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};
use crate::domain::id::Digest;

/// The file of a folder without images.
const KEEP: &str = ".keep";
/// Endings of images that Ultralytics reads, but not for classifiers.
const UNREAD: [&str; 4] = ["dng", "heic", "mpo", "pfm"];

/// Writes folders of classes.
#[derive(Default)]
pub(super) struct ClassifyWriter {
    classes: BTreeSet<String>,
    /// The classes that have images, by the folder of the split.
    folders: BTreeMap<String, BTreeSet<String>>,
    paths: HashSet<[u8; 16]>,
}

impl SampleWriter for ClassifyWriter {
    fn begin(
        &mut self,
        _: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        for class in &classes.classes {
            self.class(&class.name, left_out);
        }
        let numbers: HashMap<&str, u64> = self.classes.iter().map(String::as_str).zip(0..).collect();
        for class in &classes.classes {
            let number = numbers.get(folder_of_class(&class.name).as_str()).copied();
            if class.id.as_ref().is_some_and(|id| id.as_u64() != number) {
                let what = "id of a class (the folders of classes are numbered in the order of their names)";
                left_out.note(what, || class.name.clone());
            }
            for (name, _) in class.fields.iter().filter(|(_, value)| !value.is_null()) {
                left_out.note("field of a class", || format!("{name} of {}", class.name));
            }
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, _: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        note_image(image, left_out);
        note_place(image, left_out);
        let chosen = class_of(sample);
        let mut is_chosen = false;
        for label in &sample.labels {
            note_label(label, left_out);
            let place = || label.place.to_string();
            if has_shape(label) {
                left_out.note("label with a shape (folders have classes of images)", place);
            } else if label.classes().is_empty() && !label.fields.contains_key(CAPTION) {
                left_out.note("label without a class", place);
            }
            for class in label.classes().into_iter().filter(|_| !has_shape(label)) {
                if std::mem::replace(&mut is_chosen, true) {
                    let what = match chosen == Some(class) {
                        true => "further label of the class of an image (a folder has one)",
                        false => "further class of an image (a folder has one)",
                    };
                    left_out.note(what, place);
                }
            }
        }
        let (Some(class), Some(path)) = (chosen, self.sample_path(sample)) else {
            left_out.note("image without a class, which is not written", || image.name.clone());
            return Ok(());
        };
        self.claim(image, &path)?;
        self.class(class, left_out);
        let folder = self.folders.entry(folder_of_split(image.split.as_deref())).or_default();
        folder.insert(folder_of_class(class));
        Ok(())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        for (split, present) in &self.folders {
            for class in self.classes.difference(present) {
                out.file(&format!("{split}/{class}/{KEEP}"), b"")?;
            }
        }
        Ok(())
    }

    fn image_path(&self, _: &Image) -> Option<String> {
        None
    }

    fn sample_path(&self, sample: &Sample) -> Option<String> {
        let class = folder_of_class(class_of(sample)?);
        let split = folder_of_split(sample.image.split.as_deref());
        let file = file_of(&sample.image.name, &split, &class);
        Some(format!("{split}/{class}/{file}"))
    }
}

impl ClassifyWriter {
    /// Adds a class.
    fn class(&mut self, name: &str, left_out: &mut Skipped) {
        let folder = folder_of_class(name);
        let is_same = folder == name;
        if self.classes.insert(folder) && !is_same {
            left_out.note("name of a class that is no name of a folder", || format!("{name:?}"));
        }
    }

    /// Refuses an image whose path another one has.
    fn claim(&mut self, image: &Image, path: &str) -> io::Result<()> {
        let mut short = [0; 16];
        // Systems without regard to case have one file for both.
        short.copy_from_slice(&Digest::of(path.to_lowercase().as_bytes()).as_bytes()[..16]);
        if self.paths.insert(short) {
            return Ok(());
        }
        let why =
            format!("two images would be {path}, the second is {}; rename one of the images", image.name);
        Err(io::Error::new(io::ErrorKind::AlreadyExists, why))
    }
}

/// Returns the class of an image: the first of a label of the complete image.
fn class_of(sample: &Sample) -> Option<&str> {
    sample.labels.iter().filter(|label| !has_shape(label)).find_map(|label| label.classes().first().copied())
}

fn has_shape(label: &Label) -> bool {
    let has = |field: &str| label.fields.get(field).is_some_and(|value| !value.is_null());
    SHAPES.into_iter().chain([SPAN]).any(has)
}

/// Notes what the folders do not say of an image.
fn note_place(image: &Image, left_out: &mut Skipped) {
    let folder = folder_of_split(image.split.as_deref());
    if image.split.as_deref().is_some_and(|split| split_of(&folder) != Some(split)) {
        left_out.note("split that Ultralytics does not read from folders of classes", || folder);
    }
    let ending = image.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    if has_known_ending(&image.name) && ending.is_some_and(|ending| UNREAD.contains(&ending.as_str())) {
        left_out.note("image with an ending that Ultralytics does not read", || image.name.clone());
    }
}

/// Returns the folder of a class: its name, or one from which the name cannot be read again.
fn folder_of_class(name: &str) -> String {
    let is_plain = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | ':');
    let is_folder = !name.is_empty()
        && !name.starts_with('.')
        && !name.ends_with('.')
        && name.trim() == name
        && name.chars().all(is_plain);
    if is_folder { name.to_owned() } else { marked("class", name, name) }
}

/// Returns the name of a file in the folder of a class. A digest keeps images of several folders apart.
fn file_of(name: &str, split: &str, class: &str) -> String {
    let parts = parts_of(name);
    let Some(file) = parts.last() else { return marked("image", "", name) };
    let is_in_place = match parts[..] {
        [_] => true,
        [first, folder, _] => is_split(split, first) && folder == class,
        _ => false,
    };
    let is_plain = !file.starts_with('.') && !file.contains(|c: char| c.is_control() || c == ':');
    if is_in_place && is_plain && !name.contains("://") {
        (*file).to_owned()
    } else {
        marked("image", file, name)
    }
}

/// Returns a safe form of a name, with the digest of the complete one before its ending.
fn marked(empty: &str, name: &str, whole: &str) -> String {
    let digest = &Digest::of(whole.as_bytes()).hex()[..8];
    let name = name.split(['?', '#']).next().unwrap_or_default();
    let safe = name.replace(|c: char| c.is_control() || matches!(c, '/' | '\\' | ':'), "_");
    let safe = safe.trim().trim_matches('.');
    let (stem, ending) = match safe.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (safe, String::new()),
    };
    let stem = if stem.is_empty() { empty } else { stem };
    format!("{stem}~{digest}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_have_safe_names() {
        for (name, file) in [
            ("a.jpg", "a.jpg"),
            ("train/wren/a b.jpg", "a b.jpg"),
            ("train/robin/a.jpg", "a~2"),
            ("photos/a.jpg", "a~"),
            ("https://h/a.jpg?x=1", "a~"),
            (".a.jpg", "a~"),
            ("", "image~"),
        ] {
            let found = file_of(name, "train", "wren");
            let start = file.trim_end_matches('2');
            assert!(found.starts_with(start) && (found == file || found.contains('~')), "{name} {found}");
            assert!(!found.contains('/') && !found.starts_with('.'), "{found}");
        }
        assert_eq!(folder_of_class("great tit"), "great tit");
        for name in ["", ".", "..", "a/b", ".a", "a ", "C:"] {
            let folder = folder_of_class(name);
            assert!(!folder.contains(['/', ':']) && !folder.starts_with('.'), "{folder}");
        }
        assert_ne!(folder_of_class("a/b"), folder_of_class("a\\b"));
    }
}
