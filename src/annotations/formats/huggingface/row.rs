//! A row of a data file.

use serde_json::{Map, Value};

use crate::annotations::fault::RecordPlace;

/// A row.
pub(super) struct DataRow {
    /// The place in the input.
    pub place: RecordPlace,
    /// The columns; those without a value are absent.
    pub fields: Map<String, Value>,
    /// The image of a Parquet file.
    pub image: Option<EmbeddedImage>,
    /// Other columns of images, which are not read.
    pub other_images: Vec<String>,
}

/// An image in a column.
#[derive(Debug, Default)]
pub(super) struct EmbeddedImage {
    /// The bytes; absent if the path is that of a file.
    pub bytes: Option<Vec<u8>>,
    /// The name.
    pub path: Option<String>,
}

/// Returns the ending of the name of an image, by its first bytes.
pub(crate) fn ending_of(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [b'G', b'I', b'F', b'8', ..] => "gif",
        [b'B', b'M', ..] => "bmp",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "tif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        _ => "jpg",
    }
}
