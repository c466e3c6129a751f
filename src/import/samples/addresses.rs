//! Images whose names are numbers, such as the tasks of Label Studio. A project that was made again
//! numbers them anew, so without bytes they are known by the addresses of their files.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::known::KnownStore;
use crate::annotations::names;
use crate::domain::id::VersionId;
use crate::domain::item::ItemKey;

/// The folder of uploads of Label Studio, which begin with eight random digits.
const UPLOADS: &str = "/data/upload/";
/// The number of records that are read at once.
const RECORDS: usize = 1_000;

/// The address of an image.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    field: &'a str,
    /// The address without its signature.
    text: String,
}

impl<'a> Address<'a> {
    /// Returns the address in a field; `None` if it has no text.
    pub(super) fn of(field: &'a str, fields: &Map<String, Value>) -> Option<Self> {
        let text = fields.get(field)?.as_str().filter(|text| !text.is_empty())?;
        Some(Self { field, text: names::key_of(text) })
    }

    /// Returns the name of an upload as it was before, without its folder and its random digits.
    fn upload(&self) -> Option<&str> {
        let name = self.text.strip_prefix(UPLOADS)?.rsplit('/').next()?;
        let is_random = |start: &str| start.len() == 8 && start.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(name.split_once('-').filter(|(start, _)| is_random(start)).map_or(name, |(_, rest)| rest))
    }

    /// Returns the last part of the path.
    fn file(&self) -> &str {
        let path = self.text.split(['?', '#']).next().unwrap_or_default();
        self.upload().unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path))
    }
}

/// The addresses of all stored images, which are read when one differs for the first time.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    images: OnceLock<HashMap<u64, Vec<ItemKey>>>,
}

impl Addresses {
    /// Returns the stored image of an address: the one of the same number if its address is the same,
    /// else the only one with this address, or with this upload, else the one of the same number if its
    /// file has the same name. `None` if the number is that of another image.
    pub(super) fn find(
        &self,
        known: &KnownStore,
        address: &Address<'_>,
        keyed: Option<ItemKey>,
        is_free: impl Fn(&ItemKey) -> bool,
    ) -> Option<ItemKey> {
        let Some(keyed) = keyed else { return self.only(known, address, &is_free) };
        let fields = known.newest_fields(&keyed).unwrap_or_default();
        // What has no address now may have had one.
        let Some(stored) = Address::of(address.field, &fields) else { return Some(keyed) };
        if stored == *address {
            return Some(keyed);
        }
        let is_same_file = stored.file() == address.file() && is_free(&keyed);
        self.only(known, address, &is_free).or_else(|| is_same_file.then_some(keyed))
    }

    /// Returns the only free image of an address, else the only one of an upload.
    fn only(
        &self,
        known: &KnownStore,
        address: &Address<'_>,
        is_free: &impl Fn(&ItemKey) -> bool,
    ) -> Option<ItemKey> {
        let images = self.images.get_or_init(|| read(known));
        let find = |hash: u64, is_it: &dyn Fn(&Address<'_>) -> bool| {
            let mut found = images.get(&hash)?.iter().filter(|item| {
                let fields = known.newest_fields(item).unwrap_or_default();
                is_free(item) && Address::of(address.field, &fields).is_some_and(|stored| is_it(&stored))
            });
            found.next().filter(|_| found.next().is_none()).cloned()
        };
        find(hash(address.field, &address.text), &|stored| stored == address).or_else(|| {
            let upload = address.upload()?;
            find(hash(address.field, upload), &|stored| stored.upload() == Some(upload))
        })
    }
}

/// Reads the addresses of all stored images.
fn read(known: &KnownStore) -> HashMap<u64, Vec<ItemKey>> {
    let mut found: HashMap<u64, Vec<ItemKey>> = HashMap::new();
    for images in known.images().chunks(RECORDS) {
        let ids: Vec<VersionId> = images.iter().map(|(_, head)| *head).collect();
        for ((item, _), fields) in images.iter().zip(known.fields_of(&ids)) {
            for name in fields.keys() {
                let Some(address) = Address::of(name, &fields) else { continue };
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
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_has_no_signature_and_an_upload_no_random_digits() {
        let of = |text: &str| {
            let fields = json!({"image": text}).as_object().unwrap().clone();
            let address = Address::of("image", &fields).unwrap();
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
}
