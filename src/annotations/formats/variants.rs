//! The names of the variants of formats.

use super::AnnotationFormat;

/// The variants of a format.
struct Variants {
    format: &'static str,
    /// Those that are read and written.
    both: &'static [&'static str],
    /// Those that are only named to write them: the reader sees from the files what they are.
    written: &'static [&'static str],
}

/// The variants of each format that has some; `via` takes the name of any attribute.
const VARIANTS: [Variants; 6] = [
    Variants { format: "coco", both: &[], written: &["panoptic", "video"] },
    Variants { format: "huggingface", both: &[], written: &["parquet"] },
    Variants { format: "yolo", both: &["detect", "segment", "pose", "obb"], written: &["classify"] },
    Variants {
        format: "csv",
        both: &["tensorflow", "retinanet", "via", "openimages", "multi-label", "classes"],
        written: &[],
    },
    Variants { format: "geojson", both: &["pixels", "world", "class"], written: &[] },
    Variants { format: "via", both: &[], written: &[] },
];

/// The ending of a variant that reads predictions.
const RESULTS: &str = "-results";

/// Returns true if a variant reads predictions.
#[must_use]
pub fn is_of_results(variant: &str) -> bool {
    variant.ends_with(RESULTS)
}

/// Checks the name of a variant, and returns the reason if the format has none of this name.
///
/// # Errors
/// Returns what was expected and found.
pub fn check(format: &AnnotationFormat, variant: &str, is_written: bool) -> Result<(), String> {
    let none = || format!("the format {} has no variants; leave it out", format.name);
    let own = VARIANTS.iter().find(|own| own.format == format.name).ok_or_else(none)?;
    let is_any = own.both.is_empty() && own.written.is_empty();
    let names = if is_written { [own.both, own.written].concat() } else { own.both.to_vec() };
    if names.is_empty() && !is_any {
        return Err(format!(
            "the variants of the format {} are for exports, and an import sees what the files are; leave it out",
            format.name
        ));
    }
    // `class=NAME` and `via:NAME` have an argument; those of GeoJSON can be combined.
    let is_known = |part: &str| {
        let name = part.split([':', '=']).next().unwrap_or_default();
        let name = if is_written { name } else { name.strip_suffix(RESULTS).unwrap_or(name) };
        names.contains(&name)
    };
    if is_any || variant.split(',').all(is_known) {
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
        for (format, variant) in [("coco", "video"), ("huggingface", "parquet"), ("yolo", "classify")] {
            assert_eq!(checked(format, variant, true), Ok(()));
            assert!(checked(format, variant, false).is_err(), "{format} {variant}");
        }
        assert_eq!(checked("yolo", "detect-results", false), Ok(()));
        for (format, variant) in
            [("yolo", "detect-results"), ("csv", "foo"), ("geojson", "pixels,x"), ("coco", "a")]
        {
            assert!(checked(format, variant, true).is_err(), "{format} {variant}");
        }
        assert_eq!(checked("coco", "panoptic", true), Ok(()));
        let why = checked("coco", "panoptic", false).unwrap_err();
        assert!(why.contains("are for exports"), "{why}");
        let why = checked("yolo", "foo", false).unwrap_err();
        assert_eq!(why, "expected one of detect, segment, pose, obb, found \"foo\"");
    }
}
