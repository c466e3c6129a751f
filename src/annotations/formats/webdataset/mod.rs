//! WebDataset: tars of samples. The parts of a sample are consecutive files with one name: the image,
//! its class as `.cls`, its fields as `.json`, its caption as `.txt`.
//!
//! The shards are not unpacked: their headers are indexed one shard at a time, and an image is read
//! when its sample is. The fields of the JSON are those of Hugging Face: `label`, `objects`, `text`.

use crate::annotations::files::Files;
use crate::annotations::files::archive::{IMAGE_ENDINGS, has_samples, open_tar};
use crate::annotations::formats::{AnnotationFormat, ReaderOptions, WriterOptions};
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::annotations::writer::SampleWriter;

mod held;
mod parts;
mod reader;
mod shards;
mod writer;

/// WebDataset.
pub(super) const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "webdataset",
    title: "WebDataset",
    files: &CLASSES,
    recognises,
    reader,
    writer: Some(writer),
};

/// The file of the names of classes, one a line, to which the numbers refer.
const CLASSES: [&str; 2] = ["classes.txt", "classnames.txt"];

fn recognises(files: &Files) -> bool {
    let has_images = files.paths().any(|path| {
        let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| IMAGE_ENDINGS.contains(&ending.as_str()))
    });
    let Some((_, first)) = shards::find(files).into_iter().next() else { return false };
    !has_images && files.archive().is_none() && open_tar(&first).is_ok_and(has_samples)
}

fn reader(files: Files, _: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::WebDatasetReader::open(files)?))
}

fn writer(_: &WriterOptions) -> Box<dyn SampleWriter> {
    Box::new(writer::WebDatasetWriter::default())
}

#[cfg(test)]
mod tests;
