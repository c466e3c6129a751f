//! Recognition of images by the first bytes of a payload, and the check of a declared media type.
//!
//! Images only: other content has no reliable signature, so its declared type is accepted.

/// The media type and the size that the first bytes of a payload show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Media {
    /// One of [`RECOGNISED`].
    pub media_type: &'static str,
    /// The image's size, if it is near enough to the beginning.
    pub size: Option<ImageSize>,
}

/// An image's size in pixels as they are stored, before any rotation in its metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageSize {
    /// Pixels per row.
    pub width: u32,
    /// The number of rows.
    pub height: u32,
}

/// The media types that are recognised.
pub const RECOGNISED: [&str; 8] = [
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
];

/// Other names of some of them.
const ALSO: [(&str, &str); 5] = [
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("image/x-png", "image/png"),
    ("image/x-ms-bmp", "image/bmp"),
    ("image/heif", "image/heic"),
];

/// Returns the recognised type that this text names; parameters and case make no difference.
#[must_use]
pub fn told(media_type: &str) -> Option<&'static str> {
    let named = essence(media_type);
    let named = ALSO.iter().find(|(other, _)| *other == named).map_or(named.as_str(), |(_, name)| name);
    RECOGNISED.into_iter().find(|known| *known == named)
}

/// Returns true if a payload with this signature may be declared as this media type.
///
/// An image cannot be an image of another recognised type, text or JSON. Everything else is
/// accepted: other formats begin like some of these (raw camera files like TIFF), and bytes without
/// a known signature may be a rare form of the declared type (a TIFF of more than 4 GiB).
#[must_use]
pub fn may_be(said: &str, media: Media) -> bool {
    told(said).map_or(!is_text(said), |said| said == media.media_type)
}

fn is_text(media_type: &str) -> bool {
    let named = essence(media_type);
    named.starts_with("text/") || named == "application/json" || named.ends_with("+json")
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: Media = Media { media_type: "image/png", size: None };

    #[test]
    fn an_image_is_not_another() {
        assert!(may_be("image/png", PNG));
        assert!(may_be("Image/PNG; charset=x", PNG));
        assert!(may_be("image/x-png", PNG));
        assert!(!may_be("image/jpeg", PNG));
        assert!(!may_be("image/jpg", PNG));
    }

    #[test]
    fn text_is_no_image_and_other_types_are_accepted() {
        for said in ["text/plain", "application/json", "application/geo+json"] {
            assert!(!may_be(said, PNG), "{said}");
        }
        for said in ["application/octet-stream", "image/x-nikon-nef", "application/x-mine", "image/svg+xml"] {
            assert!(may_be(said, PNG), "{said}");
        }
    }
}
