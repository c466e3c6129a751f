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
use crate::annotations::formats::shared::paths::image_path;
use crate::annotations::model::Image;
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

    /// Returns the path of the image's file in the input.
    pub(super) fn find(&self, image: &Image) -> Option<String> {
        let own = image.name.strip_prefix(self.folder.as_str()).unwrap_or(&image.name);
        let lookup = self.lookup.iter().map(|folder| format!("{folder}{own}"));
        // The writer gives a file another name if that of the image is no path.
        let written = self.lookup.first().map(|above| image_path(&format!("{above}images"), image));
        std::iter::once(image.name.clone())
            .chain(lookup)
            .chain(written)
            .find(|path| self.files.contains(path))
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
    let is_coco = |path: &&str| {
        !path.contains('/')
            && files
                .get(path)
                .is_some_and(|file| kind_of(file) == DocumentKind::Coco && !is_list_of_categories(file))
    };
    let at_top: Vec<&str> = files.ending(".json").filter(is_coco).collect();
    if at_top.len() == 1 { at_top } else { Vec::new() }
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
pub(super) fn open(files: &Files, options: &ReaderOptions) -> Result<Vec<CocoInput>, ReadStop> {
    let paths = documents(files);
    if paths.is_empty() {
        let why = "expected `_annotations.coco.json` in the folder or its folders, `annotations/instances_*.json`, \
                   or one COCO file at its top, found none; name the annotation file";
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
