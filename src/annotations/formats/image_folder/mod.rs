//! A folder of images. The folder of an image can be its class (`ImageFolder` of torchvision), and
//! a folder above it its split.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Map;

use super::unread::may_have_labels;
use super::{AnnotationFormat, ReaderOptions};
use crate::annotations::fault::RecordPlace;
use crate::annotations::files::Files;
use crate::annotations::held::{HeldFields, HeldNames, ShapeForm};
use crate::annotations::model::fields::{CLASS, FILE_NAME};
use crate::annotations::model::{ClassList, Image, ImageBytes, Label, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};
use crate::annotations::splits::split_of;

/// The format.
pub const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "images",
    title: "a folder of images",
    files: &[
        ".csv", ".geojson", ".json", ".jsonl", ".parquet", ".tsv", ".xml", ".yaml", ".yml", "obj.data",
        "labels/",
    ],
    recognises: |files| !files.is_one_file(),
    reader: |files, options| Ok(Box::new(ImageFolder::new(files, options))),
    writer: None,
};

struct ImageFolder {
    files: Files,
    paths: Vec<String>,
    next: usize,
    /// True if the name of an image's folder is its class.
    labels: bool,
    size_of: fn(&Path) -> Option<(u64, u64)>,
    skipped: Skipped,
}

impl ImageFolder {
    fn new(files: Files, options: &ReaderOptions) -> Self {
        let mut skipped = Skipped::default();
        let is_taken = |path: &&str| {
            let may_have_labels = may_have_labels(path);
            if may_have_labels {
                skipped.note("file that may have labels (--format reads it)", || (*path).to_owned());
            }
            !may_have_labels
        };
        let paths = files.paths().filter(is_taken).map(str::to_owned).collect();
        Self { files, paths, next: 0, labels: options.labels_from_folders, size_of: options.size_of, skipped }
    }

    /// Returns the split that a folder above an image names. The folder that is its class names none.
    fn split(&self, path: &str) -> Option<&'static str> {
        let folder = Path::new(path).parent()?;
        let folder = if self.labels { folder.parent()? } else { folder };
        split_of(folder.to_str()?)
    }
}

impl SampleReader for ImageFolder {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        if !self.labels {
            return Ok(ClassList::default());
        }
        let names: BTreeSet<&str> = self.paths.iter().filter_map(|path| folder(path)).collect();
        Ok(ClassList::of_names(names))
    }

    fn holds(&self) -> HeldFields {
        HeldFields::of(ShapeForm::One, [], HeldNames::only([CLASS]), HeldNames::none())
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        let Some(path) = self.paths.get(self.next) else { return Ok(None) };
        self.next += 1;
        let place = RecordPlace::File(path.clone());
        let bytes = match self.files.get(path) {
            Some(file) => ImageBytes::Path(file.to_owned()),
            None => ImageBytes::ByName,
        };
        let mut image = Image::new(place.clone(), path.clone());
        image.fields = Map::from_iter([(FILE_NAME.to_owned(), path.as_str().into())]);
        image.bytes = bytes;
        image.split = self.split(path).map(str::to_owned);
        let mut labels = Vec::new();
        if self.labels {
            match folder(path) {
                Some(class) => labels.push(Label::new(place).of_class(class)),
                None if self.files.get(path).and_then(self.size_of).is_some() => {
                    self.skipped.note("label of an image in no sub-folder", || path.clone());
                }
                // The file is no image.
                None => {}
            }
        }
        Ok(Some(Sample { image, labels }))
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.next as u64, Some(self.paths.len() as u64))
    }
}

/// Returns the name of a file's folder; `None` for a file at the top.
fn folder(path: &str) -> Option<&str> {
    Path::new(path).parent()?.file_name()?.to_str()
}
