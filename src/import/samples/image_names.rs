//! The names of stored images: what an input calls an image, from its key and its `file_name`.
//!
//! The key is the first name. `file_name` is the one that the tool wrote, often without a folder, so it
//! says that the image has another name only if it is no end of the key.

use serde_json::{Map, Value};

use super::known::KnownStore;
use crate::annotations::model::fields::FILE_NAME;
use crate::annotations::names;
use crate::annotations::reader::ReadStop;
use crate::domain::id::Digest;
use crate::domain::item::ItemKey;
use crate::domain::version::Activity;

/// The parameter of the activity of an import with its format.
const FORMAT: &str = "format";
/// The number of hexadecimal digits in the key of a copy.
const DIGITS: usize = 8;

impl KnownStore {
    /// Returns the name of an image as a key without the prefix: that of its newest version, if it may
    /// differ from the key, because the image was moved or its key was taken.
    pub(super) fn name_of(&self, image: &ItemKey) -> String {
        let key = self.key_of(image);
        let may_differ = is_copy(key) || self.has_older(image);
        let fields = may_differ.then(|| self.newest_fields(image)).flatten();
        name_from(key, fields.as_ref())
    }

    /// Returns the names and the keys of the images with this payload, without the prefix.
    ///
    /// # Errors
    /// As [`KnownStore::check`].
    pub(crate) fn image_names(&self, payload: &Digest) -> Result<Vec<String>, ReadStop> {
        let images = self.images_with(payload);
        let mut names: Vec<String> =
            images.iter().flat_map(|image| [self.key_of(image).to_owned(), self.name_of(image)]).collect();
        names.sort_unstable();
        names.dedup();
        self.check().map(|()| names)
    }

    /// Returns true if an import of this format made the newest version of an item.
    pub(super) fn is_of_format(&self, item: &ItemKey, format: &str) -> bool {
        let made = self.newest(item).and_then(|record| record.activity.clone()).filter(Activity::is_import);
        made.is_some_and(|made| made.parameters.to_map().get(FORMAT).and_then(Value::as_str) == Some(format))
    }

    /// Returns true if the newest version of an item has a payload.
    pub(super) fn has_payload(&self, item: &ItemKey) -> bool {
        self.newest(item).is_some_and(|record| record.content.payload.is_some())
    }
}

/// Returns the name of an image with this key, which has no prefix, and these fields.
pub(super) fn name_from(key: &str, fields: Option<&Map<String, Value>>) -> String {
    let own = names::key_of(without_copy(key));
    let name = fields.and_then(|fields| fields.get(FILE_NAME)?.as_str()).map(names::key_of);
    name.filter(|name| *name != own && !is_in_folder(&own, name)).unwrap_or(own)
}

/// Returns true if the first path is the second one in a folder.
pub(super) fn is_in_folder(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|folder| folder.ends_with('/'))
}

/// Returns true if a key may be that of a copy, whose name another image had first.
pub(super) fn is_copy(key: &str) -> bool {
    without_copy(key).len() < key.len()
}

/// Returns a key without what tells copies of one name apart: `~1a2b3c4d`, `~1a2b3c4d-2`, `~-2`.
fn without_copy(key: &str) -> &str {
    let Some((name, copy)) = key.rsplit_once('~') else { return key };
    let (digest, number) =
        copy.split_once('-').map_or((copy, None), |(digest, number)| (digest, Some(number)));
    let is_digest = digest.len() == DIGITS && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number =
        number.is_none_or(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    let is_copy = is_number && (is_digest || digest.is_empty() && number.is_some());
    if is_copy && !name.is_empty() { name } else { key }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_name_is_the_name_unless_it_is_an_end_of_the_key() {
        for (key, file_name, name) in [
            ("train/a.png", Some("a.png"), "train/a.png"),
            ("train/a.png", Some("valid/a.png"), "valid/a.png"),
            ("train/a.png", Some("b.png"), "b.png"),
            ("train/a.png~1a2b3c4d", Some("a.png"), "train/a.png"),
            ("train/a.png~1a2b3c4d-2", Some("train/a.png"), "train/a.png"),
            ("tasks/1~-2", None, "tasks/1"),
            ("a~b.png", None, "a~b.png"),
            ("a.png~1a2b3c4d5", None, "a.png~1a2b3c4d5"),
            ("a.png~-", None, "a.png~-"),
            ("./a.png", None, "a.png"),
        ] {
            let fields = file_name.map(|name| Map::from_iter([(FILE_NAME.to_owned(), json!(name))]));
            assert_eq!(name_from(key, fields.as_ref()), name, "{key} {file_name:?}");
        }
    }
}
