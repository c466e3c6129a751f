//! Recognition of the shards of a WebDataset: tars whose entries are grouped into samples by their
//! names.

use std::collections::HashSet;
use std::io::Read;

use serde_json::Value;
use tar::Archive;

/// Endings of the names of images.
pub(crate) const IMAGE_ENDINGS: [&str; 12] =
    ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif", "jxl"];

/// The most entries that are examined.
const EXAMINED: usize = 64;
/// The most bytes of an entry that are examined.
const TEXT: u64 = 256 * 1024;

/// Endings of files that belong to the layouts of other formats.
const OTHERS: [&str; 6] = ["xml", "yaml", "yml", "names", "csv", "data"];
/// Fields by which the JSON files of other tools are known: labelme, COCO, Datumaro, VIA, VoTT,
/// GeoJSON.
const FIELDS: [&str; 7] =
    ["shapes", "images", "categories", "items", "_via_img_metadata", "asset", "features"];

/// The name of an entry: of a sample and of a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SampleName<'a> {
    /// The name of the sample: all before the first dot, its folder included.
    pub key: &'a str,
    /// All after that dot, such as `jpg` or `seg.png`.
    pub ending: &'a str,
}

/// Splits the name of an entry as `webdataset` does; `None` if it has no ending.
pub(crate) fn sample_name(path: &str) -> Option<SampleName<'_>> {
    let start = path.rfind('/').map_or(0, |slash| slash + 1);
    let dot = start + path.get(start..)?.find('.')?;
    let (key, ending) = (path.get(..dot)?, path.get(dot + 1..)?);
    (dot > start).then_some(SampleName { key, ending })
}

/// Returns true if the first entries of a tar are the samples of a WebDataset: consecutive entries
/// of one name, each with an image, and classes, captions or other fields that are not of another
/// tool.
pub(crate) fn has_samples(input: impl Read) -> bool {
    let mut archive = Archive::new(input.take(256 * 1024 * 1024));
    let Ok(entries) = archive.entries() else { return false };
    let (mut names, mut current, mut has_image, mut is_known) = (HashSet::new(), None::<String>, true, false);
    for (number, entry) in entries.enumerate() {
        // The sample of the last entry may have more.
        if number == EXAMINED {
            return is_known;
        }
        let Ok(entry) = entry else { break };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = entry.path_bytes().into_owned();
        let Some(name) = std::str::from_utf8(&path).ok().and_then(sample_name) else { return false };
        if current.as_deref() != Some(name.key) {
            if !has_image || !names.insert(name.key.to_owned()) {
                return false;
            }
            current = Some(name.key.to_owned());
            has_image = false;
        }
        let ending = name.ending.to_ascii_lowercase();
        has_image |= IMAGE_ENDINGS.contains(&ending.as_str());
        let fits: fn(&str) -> bool = match ending.as_str() {
            "cls" => |_| true,
            "json" => are_fields,
            "txt" => is_caption,
            other if OTHERS.contains(&other) => return false,
            _ => continue,
        };
        let mut content = String::new();
        if entry.take(TEXT).read_to_string(&mut content).is_err() || !fits(&content) {
            return false;
        }
        is_known = true;
    }
    is_known && has_image
}

/// Returns true if a JSON text is an object of fields that is not of another tool.
fn are_fields(text: &str) -> bool {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => !FIELDS.iter().any(|field| fields.contains_key(*field)),
        _ => false,
    }
}

/// Returns true if a text is one in words, and not a list of numbers such as a label of YOLO.
fn is_caption(text: &str) -> bool {
    let is_label = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let numbers = words.iter().filter(|word| word.parse::<f64>().is_ok()).count();
        numbers >= 4 && 2 * numbers > words.len()
    };
    !text.trim().is_empty() && !text.lines().any(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_the_first_dot_of_the_file() {
        for (path, split) in [
            ("a.jpg", Some(("a", "jpg"))),
            ("x.y/a.seg.png", Some(("x.y/a", "seg.png"))),
            ("a", None),
            ("x.y/a", None),
            (".hidden", None),
            ("x/.hidden.jpg", None),
        ] {
            let found = sample_name(path).map(|name| (name.key, name.ending));
            assert_eq!(found, split, "{path}");
        }
    }
}
