//! Paths of images in an export.

use serde_json::Value;

use crate::annotations::model::Image;
use crate::annotations::model::fields::FILE_NAME;
use crate::domain::id::Digest;

/// The endings of images.
const ENDINGS: [&str; 10] = ["avif", "bmp", "gif", "heic", "jpeg", "jpg", "png", "tif", "tiff", "webp"];

/// Returns the path below a folder at which an export has the bytes of an image.
///
/// A relative name stays as it is. Of other names the parts that would lead out of the folder are
/// left out, and a digest keeps different names apart.
pub(crate) fn output_path(folder: &str, name: &str) -> String {
    let unix = name.replace('\\', "/");
    let path = unix.split_once("://").map_or(unix.as_str(), |(_, path)| path);
    let path = if path.len() < unix.len() { path.split(['?', '#']).next().unwrap_or_default() } else { path };
    let is_part = |part: &&str| !matches!(*part, "" | "." | "..") && !part.ends_with(':');
    let parts: Vec<&str> = path.split('/').filter(is_part).collect();
    let safe = parts.join("/").replace(|c: char| c.is_control(), "_");
    if safe == name && !safe.is_empty() {
        return format!("{folder}/{safe}");
    }
    let digest = &Digest::of(name.as_bytes()).hex()[..8];
    let (folders, file) =
        safe.rsplit_once('/').map_or(("", safe.as_str()), |(folders, file)| (folders, file));
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let dot = if ending.is_empty() { "" } else { "." };
    let slash = if folders.is_empty() { "" } else { "/" };
    format!("{folder}/{folders}{slash}{stem}~{digest}{dot}{ending}")
}

/// Returns the path below a folder at which an export has the bytes of an image. A name without an
/// ending, such as that of a task, gets the one of the first file that its fields name.
pub(crate) fn image_path(folder: &str, image: &Image) -> String {
    let file = image.name.rsplit(['/', '\\']).next().unwrap_or_default();
    if file.contains('.') {
        return output_path(folder, &image.name);
    }
    let mut fields: Vec<(&String, &Value)> = image.fields.iter().collect();
    fields.sort_by_key(|(name, _)| (![FILE_NAME, "image"].contains(&name.as_str()), *name));
    let texts = fields.into_iter().flat_map(|(_, value)| match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        one => Vec::from_iter(one.as_str()),
    });
    match texts.into_iter().find_map(ending) {
        Some(ending) => output_path(folder, &format!("{}.{ending}", image.name)),
        None => output_path(folder, &image.name),
    }
}

/// Returns the ending of the name of an image.
fn ending(name: &str) -> Option<String> {
    let path = name.split(['?', '#']).next().unwrap_or_default();
    let path = if path.len() < name.len() && !path.contains('.') { name } else { path };
    let ending = path.rsplit_once('.')?.1.to_ascii_lowercase();
    ENDINGS.contains(&ending.as_str()).then_some(ending)
}

/// Returns the word for a split in the names of files: `train`, `val`, `test`, or a word from which
/// the split cannot be read again.
pub(crate) fn split_word(split: &str) -> String {
    match split {
        "VALIDATION" => return "val".to_owned(),
        "VAL" | "VALID" => {}
        _ => {
            let is_plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
            if !split.is_empty() && split.chars().all(is_plain) {
                return split.to_ascii_lowercase();
            }
        }
    }
    let digest = &Digest::of(split.as_bytes()).hex()[..8];
    let safe = split.replace(|c: char| !c.is_ascii_alphanumeric(), "_").to_ascii_lowercase();
    format!("{safe}-{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_has_the_ending_of_its_file() {
        let path = |name: &str, fields: Value| {
            let mut image = Image::new(crate::annotations::fault::RecordPlace::Line(0), name);
            image.fields = fields.as_object().unwrap().clone();
            image_path("images", &image)
        };
        let data =
            serde_json::json!({"a": "x.png", "image": "/data/local-files/?d=a/b.JPG", "text": "A stop. No"});
        assert_eq!(path("tasks/7", data.clone()), "images/tasks/7.jpg");
        assert_eq!(path("tasks/7.x", data), "images/tasks/7.x");
        assert_eq!(path("tasks/7", serde_json::json!({"pages": ["s3://b/1.png?s=1"]})), "images/tasks/7.png");
        assert_eq!(path("tasks/7", serde_json::json!({"text": "A stop. No"})), "images/tasks/7");
    }

    #[test]
    fn splits_have_different_words() {
        let words = ["TRAIN", "VALIDATION", "VAL", "VALID", "Train", "hold out", "hold-out", "HOLD-OUT", ""]
            .map(split_word);
        assert_eq!(words[..2], ["train", "val"]);
        assert_eq!(words.iter().collect::<std::collections::BTreeSet<_>>().len(), words.len(), "{words:?}");
    }

    #[test]
    fn paths_stay_below_the_folder_and_apart() {
        assert_eq!(output_path("images", "photos/a b.jpg"), "images/photos/a b.jpg");
        let names = [
            "../a.jpg",
            "/a.jpg",
            "./a.jpg",
            "C:\\a.jpg",
            "https://a.jpg",
            "https://h/a.jpg?x=1",
            "https://h/a.jpg?x=2",
            "..",
            "",
            "a\n.jpg",
            "x/..",
        ];
        let paths: std::collections::BTreeSet<String> =
            names.iter().map(|name| output_path("images", name)).collect();
        assert_eq!(paths.len(), names.len(), "{paths:?}");
        for path in paths {
            assert!(
                path.starts_with("images/") && !path.split('/').any(|part| matches!(part, "" | ".." | ".")),
                "{path}"
            );
        }
        assert!(output_path("images", "https://h/a.jpg?x=1").ends_with(".jpg"));
    }
}
