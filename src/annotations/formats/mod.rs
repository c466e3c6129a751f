//! The formats: a folder each, with a reader and a writer.

pub mod coco;
pub mod csv;
mod cvat;
pub mod datumaro;
pub mod geojson;
mod huggingface;
pub mod image_folder;
pub mod label_studio;
pub mod labelme;
pub mod regions;
mod shared;
pub mod unread;
pub mod variants;
pub mod via;
pub mod voc;
mod webdataset;
pub mod yolo;

use std::fmt;
use std::path::{Path, PathBuf};

use super::files::Files;
use super::reader::{ReadStop, SampleReader};
use super::writer::SampleWriter;

/// A format. Formats are compared by their names.
pub struct AnnotationFormat {
    /// The name on the command line, such as `yolo`.
    pub name: &'static str,
    /// The name in messages, such as `YOLO`.
    pub title: &'static str,
    /// The files of its labels: endings such as `.json`, names such as `obj.data`, and folders such as
    /// `labels/`. One that is damaged is refused, and never another file.
    pub files: &'static [&'static str],
    /// Returns true if the files are surely of this format.
    pub recognises: fn(&Files) -> bool,
    /// Creates the reader.
    pub reader: NewReader,
    /// Creates the writer; `None` if the format can only be read.
    pub writer: Option<NewWriter>,
}

/// Creates a reader.
pub type NewReader = fn(Files, &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop>;

/// Creates a writer.
pub type NewWriter = fn(&WriterOptions) -> Box<dyn SampleWriter>;

/// The options of readers.
#[derive(Debug, Clone)]
pub struct ReaderOptions {
    /// True if the class of an image is the name of its folder.
    pub labels_from_folders: bool,
    /// Returns width and height of an image, in pixels, from its first bytes.
    pub size_of: fn(&Path) -> Option<(u64, u64)>,
    /// The file of ground truth to which a list of predictions refers.
    pub reference: Option<PathBuf>,
    /// The variant of the format, such as `obb` of YOLO, if the files do not say it.
    pub variant: Option<String>,
}

/// The options of writers.
#[derive(Debug, Clone, Default)]
pub struct WriterOptions {
    /// The variant of the format, such as `segment` of YOLO.
    pub variant: Option<String>,
}

/// All formats, in the order in which an input is tried: the most particular first.
pub const FORMATS: &[AnnotationFormat] = &[
    webdataset::FORMAT,
    coco::FORMAT,
    datumaro::FORMAT,
    label_studio::FORMAT,
    cvat::FORMAT,
    voc::FORMAT,
    labelme::FORMAT,
    via::FORMAT,
    huggingface::FORMAT,
    yolo::FORMAT,
    geojson::FORMAT,
    csv::FORMAT,
    image_folder::FORMAT,
];

/// Returns the format with this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static AnnotationFormat> {
    FORMATS.iter().find(|format| format.name == name)
}

impl fmt::Debug for AnnotationFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for AnnotationFormat {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for AnnotationFormat {}

#[cfg(test)]
mod tests;
