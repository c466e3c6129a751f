//! GeoJSON: the features of an image, or of many, in pixels or in coordinates of the world.
//!
//! A collection belongs to the image of the same name, or a property of its features names their
//! images (SpaceNet, xView). Coordinates of the world become pixels by the tags of a GeoTIFF or a
//! world file; the originals are kept in the attribute `geometry`, and the writer writes them back.

mod geotiff;
mod held;
mod inputs;
mod place;
mod properties;
mod reader;
mod sample;
mod shape;
#[cfg(test)]
mod tests;
mod transform;
mod writer;

use super::{AnnotationFormat, ReaderOptions, WriterOptions};
use crate::annotations::files::Files;
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::annotations::writer::SampleWriter;

/// GeoJSON.
pub const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "geojson",
    title: "GeoJSON",
    files: &[".geojson", ".json"],
    recognises,
    reader,
    writer: Some(writer),
};

fn recognises(files: &Files) -> bool {
    inputs::is_geojson(files)
}

fn reader(files: Files, options: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::GeoJsonReader::new(files, options)?))
}

fn writer(_: &WriterOptions) -> Box<dyn SampleWriter> {
    Box::new(writer::GeoJsonWriter::default())
}
