//! What the first bytes of a payload tell of it, and whether what is said of it can be true.
//!
//! Images only: their formats begin in ways that nothing else begins. What is said of other bytes is believed.

/// What bytes tell of themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Media {
    /// One of [`TOLD`].
    pub media_type: &'static str,
    /// The image's size, where it stands near enough to the beginning.
    pub size: Option<ImageSize>,
}

/// An image's size in pixels as they are stored, before any turn that its metadata may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageSize {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// The media types that bytes tell.
pub const TOLD: [&str; 8] = [
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
];

/// Other names in use for some of them.
const ALSO: [(&str, &str); 5] = [
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("image/x-png", "image/png"),
    ("image/x-ms-bmp", "image/bmp"),
    ("image/heif", "image/heic"),
];

/// The type that this text names, where bytes tell it; parameters and case make no difference.
#[must_use]
pub fn told(media_type: &str) -> Option<&'static str> {
    let named = essence(media_type);
    let named = ALSO.iter().find(|(other, _)| *other == named).map_or(named.as_str(), |(_, name)| name);
    TOLD.into_iter().find(|told| *told == named)
}

/// Whether bytes that tell this may be called by this media type.
///
/// One image cannot be another, nor text or JSON. All else is believed: other formats begin as some of these do (raw camera files
/// as TIFF), and bytes that tell nothing may be a rare form of what is said (a TIFF of more than 4 GiB).
#[must_use]
pub fn may_be(said: &str, tells: Media) -> bool {
    told(said).map_or(!is_text(said), |said| said == tells.media_type)
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
    fn text_is_no_image_and_the_rest_is_believed() {
        for said in ["text/plain", "application/json", "application/geo+json"] {
            assert!(!may_be(said, PNG), "{said}");
        }
        for said in ["application/octet-stream", "image/x-nikon-nef", "application/x-mine", "image/svg+xml"] {
            assert!(may_be(said, PNG), "{said}");
        }
    }
}
