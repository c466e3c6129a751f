//! The files of a task: the addresses in its data.

use serde_json::{Map, Value};

use super::controls::path_class;

/// Endings of files that tasks are about.
const MEDIA: &[&str] = &[
    "avif", "bmp", "gif", "heic", "heif", "jfif", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp", "aac",
    "flac", "m4a", "mp3", "ogg", "opus", "wav", "avi", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "webm",
    "csv", "json", "pdf", "tsv", "txt",
];

/// Addresses of files that Label Studio serves.
const SERVED: &str = "/data/";

/// An address in the data of a task.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FileAddress {
    /// The field, with the position in a list: `image`, `pages[1]`.
    pub(super) field: String,
    /// The end of the key of an item for this file, injective: `image`, `pages/1`.
    pub(super) key: String,
    /// The address.
    pub(super) address: String,
}

/// Returns the addresses of files in the data of a task: the file of the task itself first.
///
/// That is `image`, or else the first address that Label Studio serves, or else the first with the
/// ending of a media file, by field name and position.
pub(super) fn files(data: &Map<String, Value>) -> Vec<FileAddress> {
    let mut fields: Vec<_> = data.iter().collect();
    fields.sort_by_key(|(name, _)| *name);
    let mut found = Vec::new();
    for (name, value) in fields {
        match value {
            Value::String(address) if name == "image" || is_file(address) => {
                let key = path_class([name.as_str()].into_iter());
                found.push(FileAddress { field: name.clone(), key, address: address.clone() });
            }
            Value::Array(list) => {
                for (place, address) in list.iter().enumerate() {
                    let Some(address) = address.as_str().filter(|text| is_file(text)) else { continue };
                    let key = path_class([name.as_str(), place.to_string().as_str()].into_iter());
                    found.push(FileAddress {
                        field: format!("{name}[{place}]"),
                        key,
                        address: address.to_owned(),
                    });
                }
            }
            _ => {}
        }
    }
    let rank = |file: &FileAddress| match file {
        FileAddress { field, .. } if field == "image" => 0,
        FileAddress { address, .. } if address.starts_with(SERVED) => 1,
        _ => 2,
    };
    if let Some(first) = (0..found.len()).min_by_key(|place| (rank(&found[*place]), *place)) {
        found[..=first].rotate_right(1);
    }
    found
}

/// Returns the path of a file that Label Studio serves, below the folder that it serves: for
/// uploads below `upload/`, for local files the given path.
pub(super) fn local(address: &str) -> &str {
    let path =
        address.strip_prefix("/data/local-files/?d=").or_else(|| address.strip_prefix("/data/upload/"));
    path.unwrap_or(address)
}

fn is_file(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_media = ending.is_some_and(|ending| MEDIA.contains(&ending.as_str()));
    text.starts_with(SERVED) || (is_media && !text.contains(['\n', '<']))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(data: Value) -> Vec<(String, String)> {
        let files = files(data.as_object().unwrap());
        files.into_iter().map(|file| (file.field, file.key)).collect()
    }

    #[test]
    fn the_file_of_the_task_is_first() {
        let names = |data: Value| found(data).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
        assert_eq!(names(json!({"image": "x", "a": "/data/upload/1/a.jpg"})), ["image", "a"]);
        assert_eq!(names(json!({"a": "s3://b/a.jpg", "z": "/data/upload/1/z"})), ["z", "a"]);
        assert_eq!(
            names(json!({"left": "https://h/l.png?s=1", "right": "r.PNG", "n": 7})),
            ["left", "right"]
        );
        assert_eq!(names(json!({"text": "a sentence. With a stop.", "html": "<img src='a.jpg'>"})), [""; 0]);
        assert_eq!(
            found(json!({"pages": ["/data/upload/7/a.jpg", "/data/upload/7/b.jpg"]})),
            [("pages[0]".to_owned(), "pages/0".to_owned()), ("pages[1]".to_owned(), "pages/1".to_owned())]
        );
        assert_eq!(found(json!({"a/0": "/data/x"})), [("a/0".to_owned(), "a\\/0".to_owned())]);
    }

    #[test]
    fn served_files_have_a_path() {
        assert_eq!(local("/data/upload/7/a.jpg"), "7/a.jpg");
        assert_eq!(local("/data/local-files/?d=x/a.jpg"), "x/a.jpg");
        assert_eq!(local("images/a.jpg"), "images/a.jpg");
    }
}
