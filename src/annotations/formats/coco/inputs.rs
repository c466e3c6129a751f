//! The documents of an input: one file, or the files of a folder in a known layout.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::detect::{DocumentKind, is_list_of_categories, kind_of};
use super::document::CocoDocument;
use super::panoptic::SegmentFiles;
use super::pass::CocoSources;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::formats::shared::image_files::ImageFiles;
use crate::annotations::formats::shared::paths::image_path;
use crate::annotations::model::Image;
use crate::annotations::names::is_address;
use crate::annotations::reader::{ReadStop, Skipped};
use crate::annotations::splits::split_of;

/// The name of an annotation file in the layout of Roboflow.
const ROBOFLOW: &str = "_annotations.coco.json";
/// The starts of the names of annotation files in the layout of COCO, the richest first. Only files
/// with the first of them that occurs are read, because the others have the same images.
const SUBSETS: [&str; 5] = ["instances_", "person_keypoints_", "panoptic_", "lvis_v1_", "captions_"];

/// A document and its place in the input.
pub(super) struct CocoInput {
    /// The document of images and categories.
    pub document: CocoDocument,
    /// The list of results that refers to it.
    pub results: Option<CocoDocument>,
    /// The folder of the images' names, with a slash at its end.
    pub folder: String,
    /// The split of its images.
    pub split: Option<&'static str>,
    /// The start of the ids of labels, if the input has several documents.
    pub id_prefix: String,
    /// The PNG images of segments.
    pub segments: SegmentFiles,
    /// The folders in which images are looked up.
    lookup: Vec<String>,
    files: Arc<HashSet<String>>,
    images: Arc<ImageFiles>,
}

impl CocoInput {
    /// Returns the documents for a catalogue.
    pub(super) fn sources(&self, number: u32) -> CocoSources<'_> {
        CocoSources { images: &self.document, results: self.results.as_ref(), number, folder: &self.folder }
    }

    /// Returns the length of its documents, in bytes.
    pub(super) fn size(&self) -> u64 {
        self.document.size() + self.results.as_ref().map_or(0, CocoDocument::size)
    }

    /// Returns the path of the image's file in the input: where the document is, or its images are,
    /// else there in another spelling. The rest of an address or of a path of another machine is
    /// enough, if only one file has it.
    pub(super) fn find(&self, image: &Image) -> Option<String> {
        let own = image.name.strip_prefix(self.folder.as_str()).unwrap_or(&image.name);
        let lookup = || {
            let near = self.lookup.iter().map(|folder| format!("{folder}{own}"));
            std::iter::once(image.name.clone()).chain(near)
        };
        // The writer gives a file another name if that of the image is no path.
        let written = self.lookup.first().map(|above| image_path(&format!("{above}images"), image));
        let exact = lookup().chain(written).find(|path| self.files.contains(path));
        if exact.is_some() || self.images.paths().is_empty() {
            return exact;
        }
        let spelled = lookup().find_map(|path| self.images.at(&path));
        spelled.or_else(|| self.find_end(own)).map(str::to_owned)
    }

    /// Returns the file of an address, or of a path of another machine: the longest end of it that is
    /// a path where the images are, else the only path of the input that it ends with.
    fn find_end(&self, name: &str) -> Option<&str> {
        let is_drive = name.as_bytes().get(1) == Some(&b':');
        if !is_address(name) && !name.starts_with('/') && !is_drive {
            return None;
        }
        let path = name.split(['?', '#']).next().unwrap_or(name);
        let mut ends = path.match_indices('/').map(|(slash, _)| &path[slash + 1..]);
        let near = ends
            .find_map(|end| self.lookup.iter().find_map(|folder| self.images.at(&format!("{folder}{end}"))));
        let is_of_split =
            |path: &&str| split_of(path).is_none_or(|split| self.split.is_none_or(|own| own == split));
        near.or_else(|| self.images.only(name).filter(is_of_split))
    }
}

/// Returns the paths of the annotation files of a folder: those of Roboflow, else those of COCO,
/// else the only one at its top.
pub(super) fn documents(files: &Files) -> Vec<&str> {
    if files.is_one_file() {
        return files.paths().collect();
    }
    let named = |wanted: &dyn Fn(&str, &str) -> bool| -> Vec<&str> {
        let parts = |path: &&str| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            wanted(folder, name)
        };
        files.paths().filter(parts).collect()
    };
    let roboflow = named(&|_, name| name == ROBOFLOW);
    if !roboflow.is_empty() {
        return roboflow;
    }
    for start in SUBSETS {
        let subsets = named(&|folder, name| in_annotations(folder) && subset_of(name, start).is_some());
        if !subsets.is_empty() {
            return subsets;
        }
    }
    let is_at_top = |path: &&str| !path.contains('/') && is_coco(files, path);
    let at_top: Vec<&str> = files.ending(".json").filter(is_at_top).collect();
    if at_top.len() == 1 { at_top } else { Vec::new() }
}

/// Returns the paths of all COCO files of a folder, wherever they are.
pub(super) fn all_documents(files: &Files) -> Vec<&str> {
    files.ending(".json").filter(|path| is_coco(files, path)).collect()
}

/// Returns true if a file is a COCO document with more than a list of categories.
fn is_coco(files: &Files, path: &str) -> bool {
    let is_coco = |file: &Path| kind_of(file) == DocumentKind::Coco && !is_list_of_categories(file);
    files.get(path).is_some_and(is_coco)
}

/// Returns true if a folder has the name of the folder of annotations in the layout of COCO.
fn in_annotations(folder: &str) -> bool {
    folder.rsplit('/').next() == Some("annotations")
}

/// Returns the subset that the name of an annotation file names: `train2017`.
fn subset_of<'a>(name: &'a str, start: &str) -> Option<&'a str> {
    name.strip_prefix(start)?.strip_suffix(".json")
}

/// Counts COCO files of the same folders that are not read, such as captions of the same images.
pub(super) fn others(files: &Files) -> Skipped {
    let mut skipped = Skipped::default();
    if files.is_one_file() {
        return skipped;
    }
    let read: HashSet<&str> = documents(files).into_iter().collect();
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let folders: HashSet<String> = read.iter().map(|path| folder(path)).collect();
    for path in files.ending(".json").filter(|path| !read.contains(path) && folders.contains(&folder(path))) {
        if files.get(path).is_some_and(|file| kind_of(file) != DocumentKind::Other) {
            skipped.note("other COCO files of the folder", || path.to_owned());
        }
    }
    skipped
}

/// Opens the documents of an input.
pub(super) fn open(
    files: &Files,
    beside: &Arc<ImageFiles>,
    options: &ReaderOptions,
) -> Result<Vec<CocoInput>, ReadStop> {
    let paths = documents(files);
    if paths.is_empty() {
        let elsewhere = all_documents(files);
        let found = match elsewhere.first() {
            Some(first) => format!("{} in another layout, the first is {first}", elsewhere.len()),
            None => "none".to_owned(),
        };
        let why = format!(
            "expected `_annotations.coco.json` in the folder or its folders, `annotations/instances_*.json`, or one \
             COCO file at its top, found {found}; name the annotation file, and the folder of its images with \
             `--payloads`"
        );
        return Err(Reason::record(why).at(RecordPlace::File(".".to_owned())).into());
    }
    let images: Arc<HashSet<String>> = Arc::new(if files.is_one_file() {
        HashSet::new()
    } else {
        files.paths().map(str::to_owned).collect()
    });
    let several = paths.len() > 1;
    let mut inputs = Vec::with_capacity(paths.len());
    for path in paths {
        let Some(system) = files.get(path) else { continue };
        let shown = if files.is_one_file() { "" } else { path };
        let (folder, name) = path
            .rsplit_once('/')
            .map_or((String::new(), path), |(folder, name)| (format!("{folder}/"), name));
        let subset = SUBSETS.iter().find_map(|start| subset_of(name, start));
        let split = if files.is_one_file() { split_of(&last_two(files.root())) } else { split_of(path) };
        let (above, folder, part) = match subset.filter(|_| in_annotations(folder.trim_end_matches('/'))) {
            // The folders of images and of annotations are siblings.
            Some(subset) => {
                let above = folder.strip_suffix("annotations/").unwrap_or_default().to_owned();
                (above.clone(), above.clone(), format!("{above}{subset}/"))
            }
            None => (folder.clone(), folder.clone(), folder),
        };
        let mut lookup = vec![above.clone()];
        lookup.extend(["images/", "data/"].iter().map(|inner| format!("{above}{inner}")));
        if let Some(subset) = subset {
            lookup.extend([format!("{above}{subset}/"), format!("{above}images/{subset}/")]);
        }
        let mut input = CocoInput {
            document: CocoDocument::open(system, shown)?,
            results: None,
            folder,
            split,
            segments: SegmentFiles::new(files, path),
            id_prefix: if several { part } else { String::new() },
            lookup,
            files: images.clone(),
            images: Arc::clone(beside),
        };
        if kind_of(system) == DocumentKind::Results {
            let Some(reference) = &options.reference else {
                let why = "expected the file of images and categories to which these COCO results refer, found \
                           none; name the file of ground truth with `--reference`";
                return Err(Reason::record(why).at(RecordPlace::File(path.to_owned())).into());
            };
            let name = reference.file_name().and_then(|name| name.to_str()).unwrap_or("the reference");
            let reference = CocoDocument::open(reference, name)?;
            input.results = Some(std::mem::replace(&mut input.document, reference));
        }
        inputs.push(input);
    }
    Ok(inputs)
}

/// Returns the name of a file and of its folder.
fn last_two(path: &Path) -> String {
    let name =
        |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str()).unwrap_or_default().to_owned();
    let folder = name(path.parent().and_then(Path::file_name));
    format!("{folder}/{}", name(path.file_name()))
}
