//! Images whose names are numbers, such as the tasks of Label Studio. A project that was made again
//! numbers them anew, so without bytes they are known by the addresses of their files.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::known::KnownStore;
use crate::annotations::model::Image;
use crate::annotations::names;
use crate::domain::id::VersionId;
use crate::domain::item::ItemKey;

/// The folder of uploads of Label Studio, which begin with eight random digits.
const UPLOADS: &str = "/data/upload/";
/// The number of records that are read at once.
const RECORDS: usize = 1_000;

/// The address of an image.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Address {
    field: String,
    /// The address without its signature.
    text: String,
}

impl Address {
    /// Returns the address of an image whose name is a number; `None` if it has none.
    pub(super) fn of(image: &Image) -> Option<Self> {
        Self::in_field(image.address.as_ref()?, &image.fields)
    }

    /// Returns an address in the normal form.
    pub(super) fn new(field: &str, text: &str) -> Self {
        Self { field: field.to_owned(), text: names::key_of(text) }
    }

    /// Returns the address in a field; `None` if it has no text.
    fn in_field(field: &str, fields: &Map<String, Value>) -> Option<Self> {
        let text = fields.get(field)?.as_str().filter(|text| !text.is_empty())?;
        Some(Self::new(field, text))
    }

    /// Returns the field and the text.
    pub(super) fn into_parts(self) -> (String, String) {
        (self.field, self.text)
    }

    /// Returns the address that a stored image has in the same field.
    pub(super) fn stored(&self, known: &KnownStore, item: &ItemKey) -> Option<Self> {
        Self::in_field(&self.field, &known.newest_fields(item)?)
    }

    /// Returns true if two addresses have a file of the same name.
    pub(super) fn has_file_of(&self, other: &Self) -> bool {
        !self.file().is_empty() && self.file() == other.file()
    }

    /// Returns the name of an upload as it was before, without its folder and its random digits.
    fn upload(&self) -> Option<&str> {
        let name = self.text.strip_prefix(UPLOADS)?.rsplit('/').next()?;
        let is_random = |start: &str| start.len() == 8 && start.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(name.split_once('-').filter(|(start, _)| is_random(start)).map_or(name, |(_, rest)| rest))
    }

    /// Returns the name of the file: the last part of the path, or of a value of the query, as in
    /// `/data/local-files/?d=x/a.png`. If neither has an ending, the rest of the address after its path.
    fn file(&self) -> &str {
        if let Some(upload) = self.upload() {
            return upload;
        }
        let text = self.text.split('#').next().unwrap_or_default();
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let last = |path: &'_ str| path.rfind('/').map_or(0, |slash| slash + 1);
        let name = &path[last(path)..];
        if name.contains('.') || query.is_empty() {
            return name;
        }
        let values = query.split('&').filter_map(|part| part.split_once('=')).map(|(_, value)| value);
        let files = values.map(|value| {
            let value = &value[last(value)..];
            value.rsplit("%2F").next().and_then(|value| value.rsplit("%2f").next()).unwrap_or(value)
        });
        files.into_iter().find(|file| file.contains('.')).unwrap_or(&text[last(path)..])
    }
}

/// The addresses of all stored images, which are read when one differs for the first time.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    images: OnceLock<HashMap<u64, Vec<ItemKey>>>,
}

impl Addresses {
    /// Returns true if no stored image has this address, or this upload.
    pub(super) fn is_new(&self, known: &KnownStore, address: &Address) -> bool {
        let images = self.images.get_or_init(|| read(known));
        let has = |text: &str| images.contains_key(&hash(&address.field, text));
        !has(&address.text) && !address.upload().is_some_and(has)
    }

    /// Returns the only free stored image of an address; `None` if there are several.
    pub(super) fn only(
        &self,
        known: &KnownStore,
        address: &Address,
        is_free: impl Fn(&ItemKey) -> bool,
    ) -> Option<ItemKey> {
        self.found(known, (&address.field, &address.text), |item| {
            is_free(item) && address.stored(known, item).as_ref() == Some(address)
        })
    }

    /// Returns the only free stored image of an upload; `None` if there are several.
    pub(super) fn only_upload(
        &self,
        known: &KnownStore,
        address: &Address,
        is_free: impl Fn(&ItemKey) -> bool,
    ) -> Option<ItemKey> {
        let upload = address.upload()?;
        self.found(known, (&address.field, upload), |item| {
            is_free(item) && address.stored(known, item).is_some_and(|stored| stored.upload() == Some(upload))
        })
    }

    fn found(
        &self,
        known: &KnownStore,
        (field, text): (&str, &str),
        is_it: impl Fn(&ItemKey) -> bool,
    ) -> Option<ItemKey> {
        let images = self.images.get_or_init(|| read(known));
        let mut found = images.get(&hash(field, text))?.iter().filter(|item| is_it(item));
        found.next().filter(|_| found.next().is_none()).cloned()
    }
}

/// Reads the addresses of all stored images.
fn read(known: &KnownStore) -> HashMap<u64, Vec<ItemKey>> {
    let mut found: HashMap<u64, Vec<ItemKey>> = HashMap::new();
    for images in known.images().chunks(RECORDS) {
        let ids: Vec<VersionId> = images.iter().map(|(_, head)| *head).collect();
        for ((item, _), fields) in images.iter().zip(known.fields_of(&ids)) {
            for name in fields.keys() {
                let Some(address) = Address::in_field(name, &fields) else { continue };
                found.entry(hash(name, &address.text)).or_default().push(item.clone());
                if let Some(upload) = address.upload() {
                    found.entry(hash(name, upload)).or_default().push(item.clone());
                }
            }
        }
    }
    found
}

/// Returns a hash, which is valid within this process.
fn hash(field: &str, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (field, text).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_signature_and_an_upload_no_random_digits() {
        let of = |text: &str| {
            let address = Address::new("image", text);
            let upload = address.upload().map(str::to_owned);
            (address.text.clone(), upload, address.file().to_owned())
        };
        let signed = "https://b/x/a.jpg?X-Amz-Date=1&X-Amz-Signature=2";
        assert_eq!(of(signed), ("https://b/x/a.jpg".to_owned(), None, "a.jpg".to_owned()));
        let upload = "/data/upload/3/0a1b2c3d-wren-1.jpg";
        assert_eq!(of(upload), (upload.to_owned(), Some("wren-1.jpg".to_owned()), "wren-1.jpg".to_owned()));
        let plain = "/data/upload/3/red-wren.jpg";
        assert_eq!(of(plain).1.as_deref(), Some("red-wren.jpg"));
    }
    #[test]
    fn a_file_may_be_in_the_query() {
        for (text, file) in [
            ("/data/local-files/?d=x/a.png", "a.png"),
            ("/data/local-files/?d=x%2Fa.png", "a.png"),
            ("https://h/get?size=2&file=y/b.png", "b.png"),
            ("https://h/x/a.png?versionId=v1.2", "a.png"),
            ("https://h/get?id=7", "get?id=7"),
            ("s3://b/f1/0001.png", "0001.png"),
        ] {
            assert_eq!(Address::new("image", text).file(), file, "{text}");
        }
        let local = |name: &str| Address::new("image", &format!("/data/local-files/?d=x/{name}"));
        assert!(local("a.png").has_file_of(&local("a.png")) && !local("a.png").has_file_of(&local("b.png")));
        let folder = Address::new("image", "https://h/x/");
        assert!(!folder.has_file_of(&folder));
    }
}
