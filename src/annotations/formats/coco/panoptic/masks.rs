//! The masks of segments, from the PNG image of an annotation.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

use super::SEGMENTS;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::{Files, MAX_TEXT};
use crate::annotations::formats::shared::colours::ColourMap;
use crate::annotations::model::{Image, Mask};
use crate::annotations::reader::{ReadStop, Skipped};

/// The PNG images of a document.
pub(in crate::annotations::formats::coco) struct SegmentFiles {
    files: Files,
    /// The folders in which they are looked up, each with a slash at its end.
    folders: [String; 2],
    /// The folder next to a document that is the only file of the input.
    beside: Option<PathBuf>,
    /// True if one of them was in the folder of the document.
    are_in_own_folder: Cell<bool>,
}

/// The masks of the segments of an annotation, by their ids.
#[derive(Default)]
pub(in crate::annotations::formats::coco) struct SegmentMasks {
    masks: BTreeMap<u32, Mask>,
    is_read: bool,
    /// The number of segments without a mask.
    missing: u64,
}

impl SegmentFiles {
    /// Takes the files of an input. The images of a document `a/b.json` are in `a/b/`, or in `a/`.
    pub(in crate::annotations::formats::coco) fn new(files: &Files, document: &str) -> Self {
        let stem = document.strip_suffix(".json").unwrap_or(document);
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let beside = files.is_one_file().then(|| files.root().with_extension(""));
        let folders = [format!("{stem}/"), folder];
        Self { files: files.clone(), folders, beside, are_in_own_folder: Cell::new(false) }
    }

    /// Reads the masks of an annotation that has segments. A missing image is counted.
    pub(in crate::annotations::formats::coco) fn masks(
        &self,
        fields: &Map<String, Value>,
        image: &Image,
        place: &RecordPlace,
        skipped: &mut Skipped,
    ) -> Result<SegmentMasks, ReadStop> {
        let has_segments = fields.get(SEGMENTS).and_then(Value::as_array).is_some_and(|all| !all.is_empty());
        if !has_segments {
            return Ok(SegmentMasks::default());
        }
        let name = fields.get("file_name").and_then(Value::as_str).map(|name| name.replace('\\', "/"));
        let Some((path, system)) = name.as_deref().and_then(|name| self.find(name)) else {
            let what = "PNG image of segments that is not in the input, so that they have no masks";
            skipped.note(what, || place.to_string());
            return Ok(SegmentMasks::default());
        };
        let refused = |why: String| ReadStop::from(Reason::record(why).at(RecordPlace::File(path.clone())));
        let unreadable = |error: std::io::Error| refused(format!("cannot be read: {error}"));
        let length = fs::metadata(&system).map_err(unreadable)?.len();
        if length > MAX_TEXT {
            return Err(refused(format!("expected at most {MAX_TEXT} bytes, found {length}; compress it")));
        }
        let map = ColourMap::decode(&fs::read(&system).map_err(unreadable)?)
            .map_err(|why| refused(format!("{why}; save it as panopticapi does, or remove it")))?;
        let size = (f64::from(map.width), f64::from(map.height));
        if let Some((width, height)) = image.size().filter(|own| *own != size) {
            return Err(refused(format!(
                "expected {width} x {height} pixels, the size of its image, found {} x {}; correct one of them",
                map.width, map.height
            )));
        }
        let mut masks = map.masks();
        masks.remove(&0);
        Ok(SegmentMasks { masks, is_read: true, missing: 0 })
    }

    /// Returns true if a path is in the folder of the PNG images that were read.
    pub(in crate::annotations::formats::coco) fn may_have(&self, path: &str) -> bool {
        let [folder, own] = &self.folders;
        let is_in_own = || path.strip_prefix(own.as_str()).is_some_and(|name| !name.contains('/'));
        path.starts_with(folder.as_str()) || self.are_in_own_folder.get() && is_in_own()
    }

    /// Returns the path of an image for messages, and its file.
    fn find(&self, name: &str) -> Option<(String, PathBuf)> {
        let known = self.folders.iter().enumerate().find_map(|(place, folder)| {
            let path = format!("{folder}{name}");
            let system = self.files.get(&path)?.to_owned();
            self.are_in_own_folder.set(self.are_in_own_folder.get() || place > 0);
            Some((path, system))
        });
        known.or_else(|| {
            // A link must not lead out of the folder.
            let folder = self.beside.as_ref()?.canonicalize().ok()?;
            let system = folder.join(name).canonicalize().ok()?;
            (system.starts_with(&folder) && system.is_file()).then(|| (name.to_owned(), system))
        })
    }
}

impl SegmentMasks {
    /// Takes the mask of a segment.
    pub(in crate::annotations::formats::coco) fn take(&mut self, id: &str) -> Option<Mask> {
        let mask = id.parse().ok().and_then(|id: u32| self.masks.remove(&id));
        self.missing += u64::from(self.is_read && mask.is_none());
        mask
    }

    /// Counts segments without pixels, and pixels without a segment.
    pub(in crate::annotations::formats::coco) fn end(self, place: &RecordPlace, skipped: &mut Skipped) {
        if self.missing > 0 {
            skipped.count("segment without a pixel in its PNG image", self.missing, place.to_string());
        }
        if !self.masks.is_empty() {
            let what = "colour of a PNG image that is no segment of the file";
            skipped.count(what, self.masks.len() as u64, place.to_string());
        }
    }
}
