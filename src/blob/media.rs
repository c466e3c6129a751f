//! Detects images by their first bytes.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use imagesize::{Compression, ImageType};

use crate::domain::media::{ImageSize, Media};

/// The number of first bytes that are read: 256 KiB, because a JPEG may have a preview and profiles
/// before its size.
pub(super) const HEAD: usize = 256 * 1024;

/// Returns the media facts of a blob from its first bytes; `None` if it is not an image of a known
/// format.
pub(super) fn sniff(head: &[u8]) -> Option<Media> {
    let media_type = match imagesize::image_type(head).ok()? {
        ImageType::Bmp if !is_bitmap(head) => return None,
        ImageType::Bmp => "image/bmp",
        ImageType::Gif => "image/gif",
        ImageType::Heif(Compression::Av1) => "image/avif",
        ImageType::Heif(Compression::Hevc) => "image/heic",
        ImageType::Jpeg => "image/jpeg",
        ImageType::Png => "image/png",
        ImageType::Tiff => "image/tiff",
        ImageType::Webp => "image/webp",
        _ => return None,
    };
    let size = imagesize::blob_size(head).ok().and_then(|size| {
        let (width, height) = (u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?);
        (width > 0 && height > 0).then_some(ImageSize { width, height })
    });
    Some(Media { media_type, size })
}

/// Returns width and height of the image in a file, in pixels; `None` if it is no image of a known
/// format, or cannot be read.
#[must_use]
pub fn size_of_file(path: &Path) -> Option<(u64, u64)> {
    let mut head = Vec::new();
    File::open(path).ok()?.take(HEAD as u64).read_to_end(&mut head).ok()?;
    let size = sniff(&head)?.size?;
    Some((size.width.into(), size.height.into()))
}

/// Checks more of the header, because a text may begin with the two letters: two reserved numbers
/// are 0, and a header of a known length follows.
fn is_bitmap(head: &[u8]) -> bool {
    let number =
        |place| head.get(place..place + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    number(6) == Some(0) && matches!(number(14), Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(head: &[u8]) -> Option<(&'static str, Option<(u32, u32)>)> {
        sniff(head).map(|media| (media.media_type, media.size.map(|size| (size.width, size.height))))
    }

    fn bitmap(header: u8) -> Vec<u8> {
        let mut bytes = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0".to_vec();
        bytes.extend([header, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0]);
        bytes
    }

    /// A JPEG whose size comes after a comment of this length.
    fn jpeg(comment: u16) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        for _ in 0..3 {
            bytes.extend([0xFF, 0xFE]);
            bytes.extend((comment + 2).to_be_bytes());
            bytes.resize(bytes.len() + usize::from(comment), b' ');
        }
        bytes.extend(b"\xFF\xC0\x00\x0B\x08\x00\x07\x00\x09\x01\x01\x11\x00");
        bytes
    }

    #[test]
    fn images_are_detected_with_their_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x1c\0\0\0\x0e\x08\0\0\0\0";
        assert_eq!(detect(png), Some(("image/png", Some((28, 14)))));
        assert_eq!(detect(b"GIF89a\x05\0\x04\0\x80\0\0"), Some(("image/gif", Some((5, 4)))));
        assert_eq!(detect(&bitmap(40)), Some(("image/bmp", Some((3, 2)))));
        assert_eq!(detect(&jpeg(10)), Some(("image/jpeg", Some((9, 7)))));
        let webp = b"RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x07\x40\x01\0\0\0\0\0\0\0\0";
        assert_eq!(detect(webp), Some(("image/webp", Some((8, 6)))));
        let tiff = b"II\x2a\0\x08\0\0\0\x02\0\0\x01\x03\0\x01\0\0\0\x0b\0\0\0\x01\x01\x03\0\x01\0\0\0\x0d\0\0\0\0\0\0\0";
        assert_eq!(detect(tiff), Some(("image/tiff", Some((11, 13)))));
    }

    #[test]
    fn a_size_beyond_the_read_bytes_is_unknown() {
        let far = jpeg(0xFFF0);
        assert_eq!(detect(&far), Some(("image/jpeg", Some((9, 7)))));
        assert_eq!(detect(&far[..HEAD / 2]), Some(("image/jpeg", None)));
    }

    #[test]
    fn damaged_images_cause_no_panic() {
        let avif = b"\0\0\0\x14ftypavif\0\0\0\0avif\0\0\0\x40meta\0\0\0\0\0\0\0\x30iprp\0\0\0\x28ipco\0\0\0\x14ispe\0\0\0\0\0\0\0\x20\0\0\0\x10";
        assert_eq!(detect(avif), Some(("image/avif", Some((32, 16)))));
        for whole in
            [&avif[..], &jpeg(3), &bitmap(40), b"RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x07\x40\x01\0\0\0\0"]
        {
            for place in 0..whole.len() {
                detect(&whole[..place]);
                for value in [0, 1, 0x7F, 0x80, 0xFF] {
                    let mut damaged = whole.to_vec();
                    damaged[place] = value;
                    detect(&damaged);
                }
            }
        }
    }

    #[test]
    fn other_bytes_are_not_detected_as_images() {
        for bytes in
            [&b""[..], b"a", b"BMW is a car maker, and this is a text", b"{}", b"%PDF-1.7", b"PK\x03\x04"]
        {
            assert_eq!(detect(bytes), None, "{bytes:?}");
        }
        assert_eq!(detect(&bitmap(41)), None);
    }
}
