//! The JSON files of an input and their images: one pass over all files before they are read.
//!
//! About 200 bytes of memory are needed for each image.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::detect::is_labelme;
use super::document::head;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::shared::image_files::{ImageFiles, is_image, parted, stem_of};
use crate::annotations::model::{Class, ClassList};
use crate::annotations::names::normal_name;
use crate::annotations::reader::{ReadStop, Skipped};
use crate::annotations::splits::split_of;

/// The name of a list of classes.
pub(super) const CLASSES: &str = "labels.txt";
/// Entries of a list of classes that are none.
pub(super) const NO_CLASSES: [&str; 2] = ["__ignore__", "_background_"];

/// An image of the input.
#[derive(Debug)]
pub(super) struct LabelmeEntry {
    /// The path of its JSON file; `None` for an image without one.
    pub json: Option<String>,
    /// The name of the image.
    pub name: String,
    /// The path of its file in the input.
    pub file: Option<String>,
    /// The split.
    pub split: Option<String>,
}

/// The images and classes of an input.
#[derive(Debug, Default)]
pub(super) struct LabelmeInput {
    pub entries: Vec<LabelmeEntry>,
    pub classes: ClassList,
}

/// Reads the names of all images and classes.
pub(super) fn index(files: &Files, skipped: &mut Skipped) -> Result<LabelmeInput, ReadStop> {
    let images = ImageFiles::of(files);
    let (mut input, mut names) = (LabelmeInput::default(), BTreeSet::new());
    let (mut owners, mut taken) = (HashMap::<String, String>::new(), HashSet::new());
    for path in files.ending(".json") {
        let is_own = files.get(path).is_some_and(is_labelme) || files.is_one_file();
        if !is_own {
            skipped.note("JSON file of another kind", || path.to_owned());
            continue;
        }
        let head = head(files, path)?;
        names.extend(head.shapes.into_iter().filter_map(|shape| shape.label));
        let (name, file) = image(files, &images, path, head.image_path.as_deref(), skipped);
        if let Some(other) = owners.insert(name.clone(), path.to_owned()) {
            let why = format!(
                "{name:?} is also the image of {other}; correct `imagePath`, or remove one of the files"
            );
            return Err(Reason::new("imagePath", why).at(RecordPlace::File(path.to_owned())).into());
        }
        taken.extend(file.clone());
        let split = folder_split(files, path);
        input.entries.push(LabelmeEntry { json: Some(path.to_owned()), name, file, split });
    }
    if input.entries.is_empty() {
        let why =
            "expected JSON files of labelme in the folder or its folders, found none; name their folder";
        return Err(Reason::record(why).at(RecordPlace::File(".".to_owned())).into());
    }
    for path in images.paths().iter().filter(|path| !taken.contains(*path)) {
        if owners.contains_key(path) {
            skipped.note("image whose name is that of another one", || path.clone());
            continue;
        }
        let split = folder_split(files, path);
        input.entries.push(LabelmeEntry { json: None, name: path.clone(), file: Some(path.clone()), split });
    }
    input.classes = classes(files, names)?;
    for path in files.paths() {
        let is_known =
            is_image(path) || parted(path).1 == CLASSES || path.to_ascii_lowercase().ends_with(".json");
        if !is_known {
            skipped.note("other file of the folder", || path.to_owned());
        }
    }
    Ok(input)
}

/// Returns the name and the file of an image: by `imagePath`, else by the name of the JSON file.
fn image(
    files: &Files,
    images: &ImageFiles,
    json: &str,
    given: Option<&str>,
    skipped: &mut Skipped,
) -> (String, Option<String>) {
    let folder = parted(json).0;
    let by_stem = images.with_stem(stem_of(json));
    let named = given.and_then(|given| joined(folder, given));
    let Some(named) = named else {
        skipped.note("image found by the name of its JSON file, without `imagePath`", || json.to_owned());
        return (by_stem.unwrap_or(stem_of(json)).to_owned(), by_stem.map(str::to_owned));
    };
    // An image elsewhere is meant if it is of the same split and has no JSON file of its own.
    let is_free = |path: &&str| {
        let own = format!("{}.json", stem_of(path));
        split_of(parted(path).0) == split_of(folder) && (own == json || files.get(&own).is_none())
    };
    if let Some(found) = images.at(&named) {
        return (found.to_owned(), Some(found.to_owned()));
    }
    if let Some(own) = by_stem {
        skipped.note("image found by the name of its JSON file, because `imagePath` is not there", || {
            json.to_owned()
        });
        return (own.to_owned(), Some(own.to_owned()));
    }
    let elsewhere = images.only(parted(&named).1).filter(is_free);
    (named.clone(), elsewhere.map(str::to_owned))
}

/// Returns the name of an image relative to the input. Of an absolute path only the name of the
/// file counts, and `..` above the input is left out.
pub(super) fn joined(folder: &str, path: &str) -> Option<String> {
    let normal = normal_name("imagePath", path).ok()?;
    let has_drive = matches!(normal.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if has_drive || normal.starts_with('/') {
        return Some(format!("{folder}{}", parted(&normal).1));
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in normal.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn folder_split(files: &Files, path: &str) -> Option<String> {
    if files.is_one_file() {
        let folder = files.root().parent()?.file_name()?.to_str()?;
        return split_of(folder).map(str::to_owned);
    }
    split_of(parted(path).0.trim_end_matches('/')).map(str::to_owned)
}

/// Returns the classes of `labels.txt`, then those that only the shapes name.
fn classes(files: &Files, mut names: BTreeSet<String>) -> Result<ClassList, ReadStop> {
    let mut list: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    for path in files.ending(CLASSES).filter(|path| parted(path).1 == CLASSES) {
        for name in files.text(path)?.lines().map(str::trim).filter(|name| !name.is_empty()) {
            if !NO_CLASSES.contains(&name) && known.insert(name.to_owned()) {
                list.push(name.to_owned());
            }
        }
    }
    for name in &list {
        names.remove(name);
    }
    list.extend(names);
    Ok(ClassList { classes: list.into_iter().map(Class::named).collect() })
}
