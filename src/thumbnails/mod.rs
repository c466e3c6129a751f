//! Thumbnails: reduced copies of images, made of untrusted bytes within limits.
//!
//! `source` reads the header of an image, which tells the memory that its decoding needs before
//! anything is decoded; `render` decodes, reduces and encodes; `cache` keeps thumbnails in a folder.
//! This layer knows neither the blob store nor HTTP, takes no memory that the caller has not seen in
//! [`ImageSource::memory`], and has no clock: the caller ends a rendering by [`Stop`].

mod cache;
mod jpeg;
mod render;
mod source;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use image::ImageError;

use crate::domain::id::Malformed;

pub use cache::{ThumbnailCache, ThumbnailKey};
pub use source::{HEADER_MEMORY, ImageSource};

/// A number that changes when other pixels are made of the same image: caches of servers and
/// browsers then make it again.
const RENDERING: u32 = 1;

/// The longest side of a thumbnail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThumbnailSize {
    /// 64 pixels.
    Px64,
    /// 128 pixels.
    Px128,
    /// 256 pixels.
    Px256,
    /// 512 pixels.
    Px512,
}

impl ThumbnailSize {
    /// All sizes. The list is closed, so that the copies of an image are few.
    pub const ALL: [Self; 4] = [Self::Px64, Self::Px128, Self::Px256, Self::Px512];

    /// Returns the number of pixels.
    #[must_use]
    pub const fn pixels(self) -> u32 {
        match self {
            Self::Px64 => 64,
            Self::Px128 => 128,
            Self::Px256 => 256,
            Self::Px512 => 512,
        }
    }
}

impl fmt::Display for ThumbnailSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pixels().fmt(f)
    }
}

impl FromStr for ThumbnailSize {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let found = Self::ALL.into_iter().find(|size| size.to_string() == text);
        found.ok_or_else(|| Malformed::new(text, "the size of a thumbnail: 64, 128, 256 or 512"))
    }
}

/// An encoded thumbnail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// Its format.
    pub format: ThumbnailFormat,
    /// The encoded image.
    pub bytes: Bytes,
}

/// The format of a thumbnail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThumbnailFormat {
    /// JPEG.
    Jpeg,
    /// PNG: transparent images, and small ones, whose pixels are kept.
    Png,
}

impl ThumbnailFormat {
    /// Returns the media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// Ends a rendering before it is complete; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends the rendering at its next read of the file. The decoder of JPEG reads the file at once,
    /// so it ends only when its pixels are decoded.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The reason why there is no thumbnail.
#[derive(Debug, thiserror::Error)]
pub enum ThumbnailError {
    /// The bytes are in no known image format.
    #[error("these bytes are not an image")]
    NotAnImage,
    /// The image format, or the kind of its pixels, is not supported.
    #[error(
        "there are no thumbnails of {0}, only of PNG, JPEG, WebP, GIF, BMP and TIFF images with at most 16 bits per sample"
    )]
    Unsupported(String),
    /// The image has too many pixels.
    #[error(
        "the image has {width} x {height} pixels, and thumbnails are made of images with at most {limit}, and at most {} on \
         a side",
        source::LONGEST
    )]
    TooManyPixels {
        /// Its declared width.
        width: u32,
        /// Its declared height.
        height: u32,
        /// The limit.
        limit: u64,
    },
    /// A decoder met the limit of its memory.
    #[error("the image needs more memory than its size suggests: {0}")]
    TooLarge(String),
    /// The bytes do not follow their format.
    #[error("the image is damaged: {0}")]
    Damaged(String),
    /// The caller ended the rendering.
    #[error("the rendering was stopped")]
    Stopped,
    /// The file with the image cannot be read.
    #[error("the copy of the image cannot be read")]
    Io(#[from] io::Error),
}

impl From<ImageError> for ThumbnailError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Unsupported(what) => Self::Unsupported(format!("this kind of image ({what})")),
            ImageError::Limits(what) => Self::TooLarge(what.to_string()),
            ImageError::IoError(error) => of_io(error),
            other => Self::Damaged(other.to_string()),
        }
    }
}

/// Tells a file that ends too early, and a stopped rendering, from a file that cannot be read.
fn of_io(error: io::Error) -> ThumbnailError {
    match error.kind() {
        io::ErrorKind::TimedOut => ThumbnailError::Stopped,
        // What decoders say of bytes, and not what a system says of files.
        _ if error.raw_os_error().is_none() => ThumbnailError::Damaged(error.to_string()),
        _ => ThumbnailError::Io(error),
    }
}
