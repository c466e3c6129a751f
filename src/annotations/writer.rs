//! The interface of writers.

use std::io;

use super::model::{ClassList, Image, Sample};
use super::reader::Skipped;

/// The set that is written.
#[derive(Debug, Clone, PartialEq)]
pub struct SetInfo {
    /// The reference of the training set version: `namespace/TRAINING_SET/key#number`.
    pub name: String,
    /// The content id of the version: `version:<64 hex>`.
    pub version: String,
    /// The time of its commit, RFC 3339.
    pub committed_at: String,
    /// The splits that it has.
    pub splits: Vec<String>,
}

/// The receiver of the files of an export: a folder or an archive.
pub trait Output {
    /// Writes one file. Each path is written once; directories are made as needed.
    ///
    /// # Errors
    /// Returns the error of the folder or the archive.
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
}

/// A writer of one format.
///
/// Called in the order [`begin`](Self::begin), [`sample`](Self::sample) for each image,
/// [`end`](Self::end). A writer of one file per split or set collects what it must; it says in its
/// documentation how much memory a label needs.
pub trait SampleWriter: Send {
    /// Starts the export. What the format cannot hold of the classes is noted in `left_out`.
    ///
    /// # Errors
    /// Returns the error of the output.
    fn begin(
        &mut self,
        set: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        out: &mut dyn Output,
    ) -> io::Result<()>;

    /// Writes an image and its labels. What the format cannot hold is noted in `left_out`.
    ///
    /// # Errors
    /// Returns the error of the output.
    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, out: &mut dyn Output) -> io::Result<()>;

    /// Ends the export.
    ///
    /// # Errors
    /// Returns the error of the output.
    fn end(&mut self, left_out: &Skipped, out: &mut dyn Output) -> io::Result<()>;

    /// Returns what a reader of the export should know about it, besides what was left out. Called after
    /// [`end`](Self::end).
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// Returns the path of the image's bytes in the export; `None` if the format has no place for
    /// them.
    fn image_path(&self, image: &Image) -> Option<String>;

    /// Returns the path of the bytes of a sample's image in the export, which depends on its labels in
    /// some formats. By default, it is that of the image.
    fn sample_path(&self, sample: &Sample) -> Option<String> {
        self.image_path(&sample.image)
    }

    /// Returns true if the files of the format have the images in them: their bytes must be given with
    /// the samples.
    fn has_images_within(&self) -> bool {
        false
    }
}
