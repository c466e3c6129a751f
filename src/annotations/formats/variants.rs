//! The names of the variants of formats.

use super::AnnotationFormat;

/// The variants of each format that has some; `via` takes the name of any attribute.
const VARIANTS: [(&str, &[&str]); 4] = [
    ("yolo", &["detect", "segment", "pose", "obb"]),
    ("csv", &["tensorflow", "retinanet", "via", "openimages", "multi-label", "classes"]),
    ("geojson", &["pixels", "world", "class"]),
    ("via", &[]),
];

/// The ending of a variant that reads predictions.
const RESULTS: &str = "-results";

/// Checks the name of a variant, and returns the reason if the format has none of this name.
///
/// # Errors
/// Returns what was expected and found.
pub fn check(format: &AnnotationFormat, variant: &str, is_written: bool) -> Result<(), String> {
    let Some((_, names)) = VARIANTS.iter().find(|(name, _)| *name == format.name) else {
        return Err(format!("the format {} has no variants; leave it out", format.name));
    };
    // `class=NAME` and `via:NAME` have an argument; those of GeoJSON can be combined.
    let is_known = |part: &str| {
        let name = part.split([':', '=']).next().unwrap_or_default();
        let name = if is_written { name } else { name.strip_suffix(RESULTS).unwrap_or(name) };
        names.contains(&name)
    };
    if names.is_empty() || variant.split(',').all(is_known) {
        return Ok(());
    }
    Err(format!("expected one of {}, found {variant:?}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotations::formats::named;

    #[test]
    fn variants_have_names() {
        let checked =
            |format: &str, variant: &str, is_written| check(named(format).unwrap(), variant, is_written);
        for (format, variant) in
            [("yolo", "obb"), ("csv", "via:class"), ("geojson", "pixels,class=kind"), ("via", "any")]
        {
            assert_eq!(checked(format, variant, true), Ok(()));
        }
        assert_eq!(checked("yolo", "detect-results", false), Ok(()));
        for (format, variant) in
            [("yolo", "detect-results"), ("csv", "foo"), ("geojson", "pixels,x"), ("coco", "a")]
        {
            assert!(checked(format, variant, true).is_err(), "{format} {variant}");
        }
        let why = checked("yolo", "foo", false).unwrap_err();
        assert_eq!(why, "expected one of detect, segment, pose, obb, found \"foo\"");
    }
}
