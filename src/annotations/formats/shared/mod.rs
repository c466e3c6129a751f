//! Parts that several formats read alike.

pub(crate) mod base64;
pub(crate) mod beside;
pub(crate) mod bitmap;
pub(crate) mod colours;
pub(crate) mod document;
pub(crate) mod ids;
pub(crate) mod image_files;
pub(crate) mod object;
pub(crate) mod paths;
pub(crate) mod outlines;
pub(crate) mod png;
pub(crate) mod shown;
pub(crate) mod xml;

#[cfg(test)]
pub(crate) mod round_trip;
