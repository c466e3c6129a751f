//! The XML files of an input and their images: one pass over all files before they are read.
//!
//! About 200 bytes of memory are needed for each image.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::document::{class_names, document, file_name};
use super::label_map::{self, LABEL_MAP};
use super::splits::SplitLists;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::shared::image_files::{ImageFiles, is_image, parted, stem_of};
use crate::annotations::model::{Class, ClassList};
use crate::annotations::names::is_address;
use crate::annotations::reader::{ReadStop, Skipped};
use crate::annotations::splits::split_of;

/// Folders of annotations, in lower case; their images may be in a folder next to them.
const ANNOTATIONS: [&str; 6] = ["annotations", "annotation", "annots", "xml", "xmls", "labels"];
/// Folders of images next to those of annotations.
const IMAGES: [&str; 3] = ["JPEGImages/", "images/", ""];
/// Folders of masks.
const MASKS: [&str; 2] = ["SegmentationClass/", "SegmentationObject/"];

/// An image of the input.
#[derive(Debug)]
pub(super) struct VocEntry {
    /// The path of its XML file; `None` for an image without one.
    pub xml: Option<String>,
    /// The name of the image.
    pub name: String,
    /// The path of its file in the input.
    pub file: Option<String>,
    /// The split.
    pub split: Option<String>,
}

/// The images and classes of an input.
#[derive(Debug, Default)]
pub(super) struct VocInput {
    pub entries: Vec<VocEntry>,
    pub classes: ClassList,
}

/// The place of an XML file in a layout.
struct XmlPlace<'a> {
    /// The folder of the data set, with a slash at its end.
    above: &'a str,
    /// The folder below that of the annotations, with a slash at its end.
    inner: &'a str,
    /// The folder of the file itself, with a slash at its end.
    own: &'a str,
    /// The name of the file without its ending.
    stem: &'a str,
}

/// Reads the names of all images and classes.
pub(super) fn index(files: &Files, skipped: &mut Skipped) -> Result<VocInput, ReadStop> {
    let images = ImageFiles::of(files);
    let mut lists = SplitLists::read(files, skipped)?;
    let (mut input, mut names) = (VocInput::default(), BTreeSet::new());
    let (mut owners, mut taken) = (HashMap::<String, String>::new(), HashSet::new());
    let mut folders = HashSet::new();
    for path in files.ending(".xml") {
        let Some(root) = document(files, path)? else {
            skipped.note("XML file that is no annotation of VOC", || path.to_owned());
            continue;
        };
        let place = XmlPlace::of(path);
        names.extend(class_names(&root).map(str::to_owned));
        let (name, file) = image(files, &images, &place, file_name(&root), path, skipped);
        if let Some(other) = owners.insert(name.clone(), path.to_owned()) {
            let why = format!(
                "{name:?} is also the image of {other}; correct `filename`, or give the images together with the \
                 XML files"
            );
            return Err(Reason::new("filename", why).at(RecordPlace::File(path.to_owned())).into());
        }
        taken.extend(file.clone());
        if place.above == place.own {
            folders.insert(place.own.to_owned());
        }
        let listed = lists.of(&format!("{}{}{}", place.above, place.inner, place.stem));
        let split = listed.unwrap_or_else(|| folder_split(files, path));
        input.entries.push(VocEntry { xml: Some(path.to_owned()), name, file, split });
    }
    for path in images.paths().iter().filter(|path| !taken.contains(*path)) {
        if MASKS.iter().any(|masks| path.starts_with(masks) || path.contains(&format!("/{masks}"))) {
            skipped.note("mask of an image (SegmentationClass, SegmentationObject)", || path.clone());
            continue;
        }
        let name = name_of_file(path, &folders);
        if let Some(other) = owners.insert(name.clone(), path.clone()) {
            let why = format!("{name:?} is also the name of the image of {other}; rename one of them");
            return Err(Reason::record(why).at(RecordPlace::File(path.clone())).into());
        }
        let split = lists.of(stem_of(&name)).unwrap_or_else(|| folder_split(files, path));
        input.entries.push(VocEntry { xml: None, name, file: Some(path.clone()), split });
    }
    lists.count_unused(skipped);
    input.classes = classes(files, names, skipped)?;
    if input.entries.iter().all(|entry| entry.xml.is_none()) {
        let why = "expected XML files of Pascal VOC in the folder or its folders, found none; name the folder that \
                   has `Annotations`";
        return Err(Reason::record(why).at(RecordPlace::File(".".to_owned())).into());
    }
    Ok(input)
}

impl<'a> XmlPlace<'a> {
    fn of(path: &'a str) -> Self {
        let (own, name) = parted(path);
        let stem = stem_of(name);
        let is_annotations = |folder: &str| ANNOTATIONS.contains(&folder.to_ascii_lowercase().as_str());
        let (above, inner) = first_folder(own, |folder| folder == "Annotations")
            .or_else(|| last_folder(own, is_annotations))
            .unwrap_or((own, ""));
        Self { above, inner, own, stem }
    }

    /// Calls `find` with the paths at which an image may be, and returns the first that it finds.
    fn find<'i>(&self, name: &str, find: impl Fn(&str) -> Option<&'i str>) -> Option<&'i str> {
        let inner = if name.contains('/') { "" } else { self.inner };
        let folders = IMAGES.iter().map(|folder| format!("{}{folder}", self.above));
        let mut folders = folders.chain([self.own.to_owned()]);
        folders.find_map(|folder| {
            find(&format!("{folder}{inner}{name}")).or_else(|| find(&format!("{folder}{name}")))
        })
    }

    /// Returns the name of an image of which the file is not in the input.
    fn name(&self, name: &str) -> String {
        if is_address(name) {
            return name.to_owned();
        }
        let inner = if name.contains('/') { "" } else { self.inner };
        format!("{}{inner}{name}", self.above)
    }
}

/// Returns the name and the file of an image: by the name that the XML file says, else by the
/// name of the XML file. Counts images of which these differ.
fn image(
    files: &Files,
    images: &ImageFiles,
    place: &XmlPlace<'_>,
    given: Option<String>,
    xml: &str,
    skipped: &mut Skipped,
) -> (String, Option<String>) {
    let by_stem = place.find(place.stem, |stem| images.with_stem(stem));
    let Some(given) = given else {
        let name = by_stem.map_or_else(|| place.name(place.stem), |path| name_in(path, place.above));
        skipped.note("image found by the name of its XML file, without `filename`", || xml.to_owned());
        return (name, by_stem.map(str::to_owned));
    };
    if is_address(&given) {
        return (given, by_stem.map(str::to_owned));
    }
    let by_name = place.find(&given, |path| images.at(path));
    // An image elsewhere is meant if it is of the same split and has no XML file of its own.
    let is_free = |path: &&str| {
        let own = format!("{}.xml", stem_of(path));
        split_of(parted(path).0) == split_of(place.own) && files.get(&own).is_none()
    };
    let elsewhere = || images.only(&given).filter(is_free);
    let by_name = by_name.or_else(|| by_stem.is_none().then(elsewhere).flatten());
    let found = match (by_name, by_stem) {
        (Some(named), Some(own)) if stem_of(named) != stem_of(own) => {
            // The other image has an XML file of its own name.
            let other = format!("{}{}.xml", place.own, stem_of(parted(named).1));
            let is_others = files.get(&other).is_some();
            let (what, found) = if is_others {
                ("image found by the name of its XML file, because `filename` is that of another one", own)
            } else {
                ("image found by `filename`, although another one has the name of the XML file", named)
            };
            skipped.note(what, || xml.to_owned());
            Some(found)
        }
        (None, Some(own)) => {
            skipped.note("image found by the name of its XML file, because `filename` is not there", || {
                xml.to_owned()
            });
            Some(own)
        }
        (named, _) => named,
    };
    match found {
        Some(path) if Some(path) == by_name && by_stem.is_none() => {
            (place.name(&given), Some(path.to_owned()))
        }
        Some(path) => (name_in(path, place.above), Some(path.to_owned())),
        None => (place.name(&given), None),
    }
}

/// Returns the name of an image with a file: without the folder of images.
fn name_in(path: &str, above: &str) -> String {
    let rest = path.strip_prefix(above).unwrap_or(path);
    let inner =
        rest.split_once('/').filter(|(folder, _)| is_image_folder(folder)).map_or(rest, |(_, inner)| inner);
    let above = if path.starts_with(above) { above } else { "" };
    format!("{above}{inner}")
}

fn is_image_folder(folder: &str) -> bool {
    folder.eq_ignore_ascii_case("JPEGImages") || folder.eq_ignore_ascii_case("images")
}

/// Returns the parts of a path above and below the first folder that fits.
fn first_folder(path: &str, fits: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let mut start = 0;
    for folder in path.split_inclusive('/') {
        if folder.strip_suffix('/').is_some_and(&fits) {
            return Some((path.get(..start)?, path.get(start + folder.len()..)?));
        }
        start += folder.len();
    }
    None
}

/// Returns the parts of a path above and below the last folder that fits.
fn last_folder(path: &str, fits: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let mut end = path.len();
    for folder in path.split_inclusive('/').rev() {
        let start = end - folder.len();
        if folder.strip_suffix('/').is_some_and(&fits) {
            return Some((path.get(..start)?, path.get(end..)?));
        }
        end = start;
    }
    None
}

/// Returns the name of an image without an XML file. `folders` are those of XML files that are next
/// to their images.
fn name_of_file(path: &str, folders: &HashSet<String>) -> String {
    if folders.contains(parted(path).0) {
        return path.to_owned();
    }
    let parts =
        first_folder(path, |folder| folder == "JPEGImages").or_else(|| last_folder(path, is_image_folder));
    parts.map_or_else(|| path.to_owned(), |(above, inner)| format!("{above}{inner}"))
}

/// Returns the split that a folder above a file names.
fn folder_split(files: &Files, path: &str) -> Option<String> {
    if files.is_one_file() {
        let folder = files.root().parent()?.file_name()?.to_str()?;
        return split_of(folder).map(str::to_owned);
    }
    split_of(parted(path).0.trim_end_matches('/')).map(str::to_owned)
}

/// Returns the classes of `labelmap.txt`, then those that only the objects name.
fn classes(files: &Files, mut names: BTreeSet<String>, skipped: &mut Skipped) -> Result<ClassList, ReadStop> {
    let mut list: Vec<Class> = Vec::new();
    for path in files.ending(LABEL_MAP).filter(|path| parted(path).1 == LABEL_MAP) {
        for class in label_map::read(path, &files.text(path)?)? {
            match list.iter().find(|other| other.name == class.name) {
                None => list.push(class),
                Some(other) if other.fields == class.fields => {}
                Some(_) => skipped.note("class definitions that differ between files", || class.name.clone()),
            }
        }
    }
    for class in &list {
        names.remove(&class.name);
    }
    list.extend(names.into_iter().map(Class::named));
    for path in files.paths().filter(|path| !is_known(path)) {
        skipped.note("other file of the folder", || path.to_owned());
    }
    Ok(ClassList { classes: list })
}

/// Returns true for files that are read, or counted elsewhere.
fn is_known(path: &str) -> bool {
    let (folder, name) = parted(path);
    let has_ending = |ending: &str| name.to_ascii_lowercase().ends_with(ending);
    let is_list = has_ending(".txt") && (folder.starts_with("ImageSets/") || folder.contains("/ImageSets/"));
    is_image(path) || has_ending(".xml") || name == LABEL_MAP || is_list
}
