//! The facts of a blob as one line of text next to it: size, SHA-256 and kind of image, bound to
//! its digest.
//!
//! The line: `2 <size> <SHA-256> <media type> <width>x<height> <check>`, with `-` for unknown
//! values. The check is the BLAKE3 of the digest and the words before it. The line can always be
//! recomputed from the blob, so a malformed one, or one of an older format, is treated as missing.
//! an older form, is treated as a missing one.

use super::BlobMeta;
use crate::domain::id::{Digest, hex, unhex};
use crate::domain::media::{ImageSize, Media, told};

/// The placeholder for an unknown value.
const NOTHING: &str = "-";

/// Returns the line, without a line end.
pub(super) fn line(meta: &BlobMeta) -> String {
    let kind = meta.media.map_or(NOTHING, |media| media.media_type);
    let size = meta.media.and_then(|media| media.size);
    let size = size.map_or(NOTHING.to_owned(), |size| format!("{}x{}", size.width, size.height));
    let facts = format!("2 {} {} {kind} {size}", meta.size, hex(&meta.sha256));
    let check = Digest::of(format!("{} {facts}", meta.digest.hex()).as_bytes());
    format!("{facts} {}", check.hex())
}

/// Parses a line that [`line()`] wrote for this blob: the facts must give the same line again.
pub(super) fn parse(digest: Digest, text: &str) -> Option<BlobMeta> {
    let mut words = text.split(' ').skip(1);
    let size = words.next()?.parse().ok()?;
    let sha256 = unhex(words.next()?)?;
    let kind = told(words.next()?);
    let extent = words.next()?.split_once('x').and_then(|(width, height)| {
        Some(ImageSize { width: width.parse().ok()?, height: height.parse().ok()? })
    });
    let media = kind.map(|media_type| Media { media_type, size: extent });
    let meta = BlobMeta { digest, sha256, size, media };
    (line(&meta) == text).then_some(meta)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_as_it_was_written_is_read() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x1c\0\0\0\x0e\x08\0\0\0\0";
        for bytes in [&b"a text"[..], b"", png, &png[..20]] {
            let meta = BlobMeta::of(bytes);
            let line = line(&meta);
            assert_eq!(parse(meta.digest, &line), Some(meta), "{line}");
            assert_eq!(parse(Digest::of(b"another"), &line), None);
            assert_eq!(parse(meta.digest, &line.replacen("2 ", "1 ", 1)), None);
            assert_eq!(
                parse(meta.digest, &line.replace("28x14", "28x15")).is_some(),
                !line.contains("28x14")
            );
        }
        assert_eq!(BlobMeta::of(png).media.map(|media| media.media_type), Some("image/png"));
    }
}
